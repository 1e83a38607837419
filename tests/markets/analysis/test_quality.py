"""One quote by itself: age, state, weight, gate, frozen feeds, future stamps, volumes that contradict themselves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis import best, quality, wording
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.boards import NOW, PAIR, D, quote, quotes


def reason(**fields):
    return quality.look(quote(**fields), NOW, DEFAULT).reason


@pytest.mark.parametrize(("age", "state"), [
    (0, "fresh"), (30, "fresh"), (30.1, "aging"), (60, "aging"), (60.1, "stale"), (900, "stale"), (900.1, "expired"), (None, "expired"),
])
def test_states_by_age_at_ten_seconds(age, state):
    assert quality.state(age, 10, DEFAULT) == state


def test_the_period_of_the_feed_moves_the_limits():
    assert [quality.state(age, 60, DEFAULT) for age in (180, 181, 360, 361, 901)] == ["fresh", "aging", "aging", "stale", "expired"]


@pytest.mark.parametrize(("age", "weight"), [(10, "1"), (30, "1"), (39, "0.7"), (45, "0.5"), (60, "0"), (600, "0")])
def test_weight_of_age(age, weight):
    assert quality.weight(quote(age=age), NOW, DEFAULT) == D(weight)


def test_what_was_never_seen_has_no_age_and_no_weight():
    never = quote(observed_at=None)
    assert (quality.age_s(never, NOW), quality.weight(never, NOW, DEFAULT)) == (None, 0)
    assert quality.look(never, NOW, DEFAULT).reason == "expired"


def test_a_clock_that_was_put_back_makes_what_it_stamped_worth_nothing():
    ahead = quote(observed_at=NOW + timedelta(seconds=5.1))
    assert (quality.age_s(ahead, NOW), quality.look(ahead, NOW, DEFAULT).reason) == (None, "expired")
    assert quality.age_s(quote(observed_at=NOW + timedelta(seconds=5)), NOW) == 0


@given(st.floats(-5, 1e6), st.floats(0, 1e6))
def test_age_is_never_negative_and_nothing_becomes_fresher_by_waiting(age, wait):
    order = ("fresh", "aging", "stale", "expired")
    seen = NOW - timedelta(seconds=age)
    now, later = (quality.age_s(quote(observed_at=seen), at) for at in (NOW, NOW + timedelta(seconds=wait)))
    assert 0 <= now <= later
    assert order.index(quality.state(now, 10, DEFAULT)) <= order.index(quality.state(later, 10, DEFAULT))


@pytest.mark.parametrize(("fields", "expected"), [
    ({}, ""),
    ({"bid": "100", "ask": "100"}, ""),  # a locked book passes
    ({"bid": "100.01", "ask": "100"}, "crossed"),
    ({"bid": "95", "ask": "105"}, ""),  # 10 % exactly
    ({"bid": "94.9", "ask": "105"}, "wide"),
    ({"bid": None}, "no_bid_ask"),
    ({"ask": None, "bad": ("last",)}, "no_bid_ask"),
    ({"ask": "0"}, "no_bid_ask"),
    ({"bid": None, "bad": ("bid",)}, "bad_number"),
    ({"bid": None, "bad": ("ask_size",)}, "no_bid_ask"),
    ({"status": "halted"}, "not_trading"),
    ({"switch": "banned"}, "banned"),
    ({"age": 901}, "expired"),
    ({"age": 61}, "stale"),
    ({"identity": "conflicted"}, "conflicted"),
    ({"identity": "unknown"}, ""),
])
def test_gate(fields, expected):
    assert reason(**fields) == expected


def test_the_first_failing_reason_is_the_one_recorded():
    """Each line heals what failed first in the line before."""
    broken = {"switch": "disabled", "status": "halted", "bid": None, "age": 1000, "identity": "conflicted"}
    healed = [{}, {"switch": ""}, {"status": "trading"}, {"bid": "120"}, {"bid": "80"}, {"bid": "99.9"}, {"age": 100}, {"identity": "probable"}]
    found = []
    for heal in healed:
        broken |= heal
        found.append(reason(**broken))
    assert found == ["disabled", "not_trading", "no_bid_ask", "crossed", "wide", "expired", "conflicted", "stale"]


@pytest.mark.parametrize(("ahead", "flags", "ranked"), [
    (0, (), True), (5, (), True), (6, ("future",), True), (60, ("future",), True), (3600, ("future",), False),
])
def test_future_stamps_are_flagged_beyond_5_s_and_not_ranked_beyond_60_s(ahead, flags, ranked):
    row = best.compare(PAIR, {"ada": quote(exchange_ts=NOW + timedelta(seconds=ahead - 2))}, NOW).rows[0]
    assert row.flags == flags
    assert (row.rank == 1) is ranked
    assert row.age_s == 2
    if not ranked:
        assert row.detail == "its time stamp lies 1 h in the future"


def frozen_after(polls=5, seconds=60, reference="100", others=("100.3", "100.3", "100.3"), **fields):
    still = quote("eve", 100, same_polls=polls, same_since=NOW - timedelta(seconds=seconds), same_reference=reference, **fields)
    return {row.quote.exchange: row.reason for row in best.compare(PAIR, {**quotes(*others), "eve": still}, NOW).rows}["eve"]


def test_frozen_needs_polls_and_time_and_that_the_others_moved():
    assert frozen_after() == "frozen"
    assert frozen_after(polls=4) == ""
    assert frozen_after(seconds=59) == ""
    assert frozen_after(others=("100.19", "100.19")) == "", "0.19 % is quiet"
    assert frozen_after(others=("99.7", "99.7")) == "frozen"
    assert frozen_after(others=("100.3",)) == "frozen", "oneself is not among the others"
    assert frozen_after(others=()) == "", "nobody to compare with"
    assert frozen_after(reference=None) == ""


def test_what_memory_found_frozen_stays_frozen_while_the_others_come_back():
    assert frozen_after(others=("100", "100"), flag="frozen") == "frozen"


@pytest.mark.parametrize(("base", "quoted", "believed"), [
    ("1000", "100000", True), ("1000", None, False), (None, "7", True), ("0", "0", True),
    ("100000", "1000", False), ("1000", "2000000", True), ("1000", "2000001", False),
])
def test_a_volume_that_contradicts_the_price_twentyfold_is_quarantined(base, quoted, believed):
    volume = quality.look(quote(base_volume_24h=base, quote_volume_24h=quoted), NOW, DEFAULT).volume
    assert volume == (D(quoted) if believed else None)


@pytest.mark.parametrize(("fields", "usd", "thin"), [
    ({}, 1, False), ({"ask_size": "0.05"}, 1, True), ({"ask_size": "0.05"}, None, False),
    ({"bid_size": "0.05", "min_notional": "6"}, None, True), ({"bid_size": None}, 1, False),
])
def test_thin_is_little_at_the_best_price_and_only_informs(fields, usd, thin):
    row = best.compare(PAIR, {"ada": quote(**fields)}, NOW, usd=usd and D(usd)).rows[0]
    assert row.flags == (("thin",) if thin else ())
    assert row.rank == 1


@pytest.mark.parametrize(("seconds", "text"), [
    (0.9, "0 s"), (59, "59 s"), (60, "1 m"), (94, "1 m 34 s"), (3600, "1 h"), (8040, "2 h 14 m"), (3 * 86400 + 5, "3 d"),
])
def test_ages_as_people_read_them(seconds, text):
    assert wording.age(seconds) == text


@pytest.mark.parametrize(("fields", "detail"), [
    ({"switch": "disabled"}, "switched off by an operator"),
    ({"age": 94}, "last seen 1 m 34 s ago"),
    ({"observed_at": None}, "never seen"),
    ({"bid": "101", "ask": "100"}, "bid above ask"),
    ({"bid": "80", "ask": "100"}, "bid and ask are 22.22 % apart"),
    ({"bid": None, "ask": None}, "no bid and no ask"),
    ({"ask": None, "bad": ("ask",)}, "its ask is not a number"),
    ({"status": "halted"}, "trading is halted"),
    ({"status": "pre_open"}, "not open for trading yet"),
    ({"identity": "conflicted"}, "the same ticker names another coin here"),
    ({"age": 45}, "45 s old"),
    ({}, ""),
])
def test_why_in_words(fields, detail):
    assert best.compare(PAIR, {"ada": quote(**fields)}, NOW).rows[0].detail == detail


def test_an_age_below_a_second_is_told_and_without_a_side_too():
    assert quality.age_s(quote(age=0.5), NOW) == 0.5
    seen = quality.look(quote(bid=None, age=7), NOW, DEFAULT)
    assert (seen.age_s, seen.mid, seen.volume, seen.state) == (7, 0, None, "fresh")


def test_a_stamp_that_cannot_be_compared_is_not_ahead():
    late = NOW + timedelta(seconds=100)
    assert quality.ahead_s(quote(exchange_ts=late, received_at=None)) == quality.ahead_s(quote(exchange_ts=None)) == 0
    assert quality.ahead_s(quote(exchange_ts=late, received_at=NOW)) == 100


@pytest.mark.parametrize("missing", [{"same_polls": 4}, {"same_since": None}, {"same_reference": None}, {"same_reference": 0}])
def test_without_polls_time_or_place_nothing_is_frozen(missing):
    still = {"same_polls": 5, "same_since": NOW - timedelta(seconds=60), "same_reference": 100}
    assert quality.is_frozen(quote(**still), [D(101)], NOW, DEFAULT, 0.05)
    assert not quality.is_frozen(quote(**{**still, **missing}), [D(101)], NOW, DEFAULT, 0.05)
    assert not quality.is_frozen(quote(**still), [], NOW, DEFAULT, 0.05)


@pytest.mark.parametrize(("others", "frozen"), [
    (("104.9",), True), (("105.1",), False),  # one alone that is far off: a dispute
    ((130, 130), True), ((100, 130), False), ((100, 130, 130), True), ((100, 100, 130, 130), False), (("100.2", 100), False), (("100.3", "99.7"), True),
])
def test_what_stands_still_is_frozen_when_most_of_the_others_moved(others, frozen):
    still = {"same_polls": 5, "same_since": NOW - timedelta(seconds=60), "same_reference": 100}
    assert quality.is_frozen(quote(**still), [D(other) for other in others], NOW, DEFAULT, 0.05) is frozen


def test_thin_is_below_the_minimum_and_not_at_it():
    top = {"bid": "10", "bid_size": D(2), "ask": "10", "ask_size": D(1)}
    assert not quality.is_thin(quote(**top, min_notional="10"), D(1), DEFAULT)
    assert quality.is_thin(quote(**top, min_notional="10.01"), D(1), DEFAULT)
    assert quality.is_thin(quote(**top), D("0.99"), DEFAULT)
