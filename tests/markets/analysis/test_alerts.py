"""When a condition fires: once for each crossing, never on a first look, never on what is not sure, never while it is held back."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis.alerts import (
    BACK,
    KEPT,
    KINDS,
    Arbitrage,
    Best,
    Condition,
    Down,
    Funding,
    Item,
    Items,
    Level,
    Listing,
    Memory,
    Price,
    Spread,
    Terms,
    is_back,
    judge,
    kind_of,
)
from markets.board import PairKey

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
ABOVE = Price(base="BTC", quote="USDT", level=Decimal(100))
BELOW = Price(base="BTC", quote="USDT", level=Decimal(100), above=False)
SPREAD = Spread(base="BTC", quote="USDT", level=Decimal(4))
FUNDING = Funding(base="BTC", level=Decimal(0))
BEST = Best(base="BTC", quote="USDT")
GAPS, NEW, DOWN = Arbitrage(level=Decimal("0.5")), Listing(), Down()


@dataclass
class Watcher:
    """One alert over several looks."""

    condition: Condition
    memory: Memory = field(default_factory=Memory)
    terms: Terms | None = None
    last: object = None

    def sees(self, value, **more) -> bool:
        return self.looks(Level(value=None if value is None else Decimal(str(value)), **more))

    def finds(self, *keys) -> bool:
        return self.looks(Items(tuple(Item(key=key, says=key) for key in keys)))

    def looks(self, seen, now=NOW) -> bool:
        self.last = judge(self.condition, seen, self.memory, now, self.terms)
        self.memory = self.last.memory
        return self.last.fires


# --- Levels -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("condition", "looks"),
    [
        (ABOVE, [(99, False), (100, True), (101, False), ("99.95", False), ("99.9", False), (100, False), ("99.89", False), (100, True)]),
        (BELOW, [(101, False), (100, True), (99, False), ("100.05", False), ("100.1", False), (100, False), ("100.11", False), (100, True)]),
        (SPREAD, [(3, False), (4, True), ("3.8", False), (4, False), ("3.79", False), ("4.5", True)]),
        (FUNDING, [(-1, False), (0, True), ("-0.0005", False), (0, False), ("-0.00051", False), ("0.1", True)]),
    ],
)
def test_a_level_fires_once_for_each_crossing_and_again_only_after_it_has_come_back_some_way(condition, looks):
    watcher = Watcher(condition)
    assert [watcher.sees(value) for value, _ in looks] == [fires for _, fires in looks]


def test_a_first_look_never_fires_unless_that_was_asked_for():
    assert not Watcher(ABOVE).sees(200)
    assert Watcher(msgspec.structs.replace(ABOVE, soon=True)).sees(200)
    watcher = Watcher(ABOVE)
    assert [watcher.sees(200), watcher.sees(200), watcher.sees(50), watcher.sees(200)] == [False, False, False, True]
    soon = Watcher(msgspec.structs.replace(ABOVE, soon=True))
    assert [soon.sees(50), soon.sees(200), soon.sees(200)] == [False, True, False]


def test_a_first_look_beyond_is_beyond_until_the_value_has_come_back():
    watcher = Watcher(ABOVE)
    assert [watcher.sees(value) for value in (200, "99.95", 200)] == [False, False, False]


@pytest.mark.parametrize("doubt", ["stale", "aging", "expired", "price_anomaly", "identity_conflict", "unknown_identity", "disputed", "thin", "single_source"])
def test_what_is_not_sure_is_no_look_and_leaves_no_trace(doubt):
    watcher = Watcher(ABOVE)
    watcher.sees(99)
    before = watcher.memory
    assert not watcher.sees(200, doubt=doubt)
    assert (watcher.memory, watcher.last.why) == (before, doubt)
    assert watcher.sees(200)  # sure again, and still beyond


def test_nothing_to_look_at_says_so():
    watcher = Watcher(ABOVE)
    assert not watcher.sees(None)
    assert (watcher.last.why, watcher.memory) == ("never", Memory())
    assert not watcher.sees(None, doubt="partial")
    assert watcher.last.why == "partial"


def test_a_memory_is_only_new_where_something_is():
    watcher = Watcher(ABOVE)
    watcher.sees(99)
    assert watcher.memory == Memory(side="before")
    watcher.sees(98)
    assert watcher.memory == Memory(side="before")
    watcher.sees(100)
    assert watcher.memory == Memory(side="beyond")
    watcher.sees("99.95")
    assert watcher.memory == Memory(side="beyond")


@given(st.lists(st.decimals("0.01", "1000", places=2), max_size=30), st.booleans())
def test_between_two_firings_the_value_was_back(values, above):
    watcher, level = Watcher(ABOVE if above else BELOW), Decimal(100)
    back, band = False, level * BACK[Price][0]
    for number, value in enumerate(values):
        fires = watcher.sees(value)
        assert not fires or back
        assert not (fires and not number)
        back = value < level - band if above else value > level + band
        back = not fires and (back or watcher.memory.side == "before")


@given(st.decimals("-1000", "1000", places=4), st.decimals("-1000", "1000", places=4))
def test_what_is_beyond_is_not_back(level, value):
    for above in (True, False):
        condition = Funding(base="BTC", level=level, above=above)
        beyond = value >= level if above else value <= level
        assert not (beyond and is_back(condition, value))


# --- Held back ----------------------------------------------------------------------------------------------------
def test_a_crossing_in_the_cool_down_is_told_when_it_is_over_if_it_still_holds():
    watcher = Watcher(ABOVE, Memory(side="before"), Terms(cool_down_s=60, last_fired_at=NOW - timedelta(seconds=59)))
    assert not watcher.looks(Level(value=Decimal(101)))
    assert watcher.last.why == "cooling"
    assert watcher.looks(Level(value=Decimal(101)), NOW + timedelta(seconds=1))
    gone = Watcher(ABOVE, Memory(side="before"), Terms(cool_down_s=60, last_fired_at=NOW))
    assert [gone.looks(Level(value=Decimal(v)), NOW + timedelta(seconds=at)) for v, at in ((101, 0), (99, 30), (99, 60))] == [False, False, False]


@pytest.mark.parametrize(
    ("start", "end", "at", "held"),
    [
        ((22, 0), (7, 0), (22, 0), True), ((22, 0), (7, 0), (21, 59), False), ((22, 0), (7, 0), (6, 59), True), ((22, 0), (7, 0), (7, 0), False),
        ((9, 0), (17, 0), (9, 0), True), ((9, 0), (17, 0), (8, 59), False), ((9, 0), (17, 0), (16, 59), True), ((9, 0), (17, 0), (17, 0), False),
        ((9, 0), (9, 0), (9, 0), False), ((9, 0), (9, 0), (12, 0), False),
    ],
)  # fmt: skip
def test_the_quiet_time_holds_back(start, end, at, held):
    terms = Terms(quiet_from=time(*start), quiet_to=time(*end))
    assert terms.holds_back(NOW.replace(hour=at[0], minute=at[1])) == ("quiet" if held else "")


def test_no_terms_hold_nothing_back_and_a_clock_that_was_put_back_does_not_either():
    assert Terms().holds_back(NOW) == ""
    assert Terms(cool_down_s=60, last_fired_at=NOW + timedelta(seconds=1)).holds_back(NOW) == ""
    assert Terms(cool_down_s=60, last_fired_at=NOW).holds_back(NOW) == "cooling"
    assert Terms(cool_down_s=60, last_fired_at=NOW).holds_back(NOW + timedelta(seconds=60)) == ""
    assert Terms(cool_down_s=0, last_fired_at=NOW).holds_back(NOW) == ""
    assert Terms(quiet_from=time(1), quiet_to=None).holds_back(NOW) == ""
    assert Terms(quiet_from=None, quiet_to=time(23)).holds_back(NOW) == ""
    assert Terms(quiet_from=time(12, 0, 1), quiet_to=time(13)).holds_back(NOW) == ""


def test_the_quiet_time_is_kept_to_the_second():
    terms = Terms(quiet_from=time(12, 30, 1), quiet_to=time(12, 30, 3))
    assert [terms.holds_back(NOW.replace(minute=30, second=second)) for second in range(5)] == ["", "quiet", "quiet", "", ""]


# --- Who is best --------------------------------------------------------------------------------------------------
def at(seconds, where):
    return Level(value=Decimal(1), where=where, observed_at=NOW + timedelta(seconds=seconds))


def test_the_best_exchange_changes_when_a_later_snapshot_says_so_too():
    watcher = Watcher(BEST)
    assert [watcher.looks(at(s, who)) for s, who in ((0, "a"), (10, "a"), (20, "b"), (20, "b"), (30, "b"), (40, "b"))] == [
        False, False, False, False, True, False,
    ]  # fmt: skip
    assert watcher.memory == Memory(winner="b")


def test_the_best_before_is_told():
    watcher = Watcher(BEST, Memory(winner="a", rival="b", rival_at=NOW))
    assert watcher.looks(at(1, "b"))
    assert (watcher.last.former, watcher.memory) == ("a", Memory(winner="b"))


def test_prices_that_swap_places_change_nothing():
    watcher = Watcher(BEST, Memory(winner="a"))
    assert not any(watcher.looks(at(s, who)) for s, who in ((0, "b"), (10, "a"), (20, "b"), (30, "c"), (40, "b"), (50, "a")))
    assert watcher.memory == Memory(winner="a")


def test_a_new_best_is_held_back_like_everything_else():
    watcher = Watcher(BEST, Memory(winner="a", rival="b", rival_at=NOW), Terms(cool_down_s=60, last_fired_at=NOW))
    assert not watcher.looks(at(1, "b"))
    assert (watcher.last.why, watcher.memory.winner) == ("cooling", "a")
    assert watcher.looks(at(70, "b"), NOW + timedelta(seconds=70))


def test_a_rival_without_a_time_is_not_a_later_snapshot():
    watcher = Watcher(BEST, Memory(winner="a", rival="b"))
    assert not watcher.looks(at(1, "b"))
    assert watcher.memory.rival_at == NOW + timedelta(seconds=1)
    watcher = Watcher(BEST, Memory(winner="a", rival="b", rival_at=NOW))
    assert not watcher.looks(Level(value=Decimal(1), where="b"))


# --- Sets ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("condition", [GAPS, NEW, DOWN])
def test_of_a_set_only_what_is_new_is_told_and_nothing_at_the_first_look(condition):
    watcher = Watcher(condition)
    assert not watcher.finds("a", "b")
    assert (watcher.last.items, watcher.memory.looked) == ((), True)
    assert not watcher.finds("b", "a")
    assert watcher.finds("a", "c", "b")
    assert [item.key for item in watcher.last.items] == ["c"]
    assert not watcher.finds("c")


def test_an_empty_first_look_is_a_look():
    watcher = Watcher(NEW)
    assert not watcher.finds()
    assert watcher.finds("a")


def test_a_set_may_be_told_of_at_once():
    assert Watcher(Down(soon=True)).finds("a")
    assert Watcher(Arbitrage(level=Decimal(1), soon=True)).finds("a")
    assert not Watcher(Down(soon=True)).finds()


def test_an_exchange_that_came_back_is_new_again_and_a_gap_or_listing_is_not():
    down, new = Watcher(DOWN, Memory(looked=True)), Watcher(NEW, Memory(looked=True))
    assert [down.finds("a"), down.finds(), down.finds("a")] == [True, False, True]
    assert [new.finds("a"), new.finds(), new.finds("a")] == [True, False, False]


def test_a_set_is_held_back_whole():
    watcher = Watcher(NEW, Memory(looked=True), Terms(cool_down_s=60, last_fired_at=NOW))
    assert not watcher.finds("a")
    assert (watcher.last.why, watcher.memory) == ("cooling", Memory(looked=True))
    watcher.terms = Terms()
    assert watcher.finds("a", "b")
    assert len(watcher.last.items) == 2
    first = Watcher(NEW, Memory(), Terms(cool_down_s=60, last_fired_at=NOW))
    assert not first.finds("a")
    assert (first.memory.looked, first.last.why) == (True, "")  # nothing would have been told: nothing is held back


def test_a_memory_of_a_set_is_only_new_where_the_set_is():
    watcher = Watcher(NEW, Memory(looked=True, told=("a", "b")))
    watcher.finds("b", "a")
    assert watcher.memory == Memory(looked=True, told=("a", "b"))
    watcher.finds("b")
    assert watcher.memory == Memory(looked=True, told=("a", "b"))


def test_what_still_stands_is_remembered_before_what_is_over():
    old = tuple(f"old {n}" for n in range(KEPT - 1))
    watcher = Watcher(NEW, Memory(looked=True, told=(*old, "here")))
    assert watcher.finds("here", "new")
    assert watcher.memory.told[:2] == ("new", "here")
    assert len(watcher.memory.told) == KEPT
    assert not watcher.finds("here", "new")


# --- Data ---------------------------------------------------------------------------------------------------------
EVERY = (
    Price(base="BTC", quote="USDT", level=Decimal("1.5"), fees={"": Decimal("0.0008")}, amount=Decimal(25000), exchanges=("a", "b"), soon=True),
    BEST, SPREAD, FUNDING, Arbitrage(level=Decimal("0.5"), base=("BTC",), max_age_s=Decimal(5)), Listing(base=("TIA",)), DOWN,
)  # fmt: skip


@pytest.mark.parametrize("condition", EVERY, ids=kind_of)
def test_a_condition_is_data(condition):
    kept = msgspec.json.decode(msgspec.json.encode(condition))
    assert kept["kind"] == kind_of(condition)
    assert msgspec.convert(kept, Condition, strict=False) == condition
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**kept, "more": 1}, Condition, strict=False)


def test_a_memory_is_data():
    memory = Memory(winner="a", rival="b", rival_at=NOW, told=("x",), looked=True)
    assert msgspec.convert(msgspec.to_builtins(memory), Memory) == memory
    assert msgspec.to_builtins(Memory()) == {}


def test_the_kinds_have_names_and_an_offer_its_pair():
    assert [kind.__struct_config__.tag for kind in KINDS] == ["price", "best", "arbitrage", "funding", "spread", "listing", "down"]
    assert ABOVE.key == PairKey("BTC", "USDT", "spot")
    assert Price(base="BTC", quote="USDT", market="perp", level=Decimal(1)).key == PairKey("BTC", "USDT", "perp")
