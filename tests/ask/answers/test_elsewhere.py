"""On one exchange, not on another, in words: what trends or is listed, and how its absence is known."""

from datetime import timedelta

import pytest

from markets.ask.answers.elsewhere import Elsewhere, Lone
from markets.ask.answers.lists import Read
from markets.ask.frame import Frame
from tests.ask.answers.build import cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]
LISTS = (Read(A, NOW - timedelta(seconds=240), 240.0), Read(B, NOW - timedelta(seconds=60), 60.0), Read(C))


def lone(asset="NOVA", **more):
    given = {"on": (A,), "exchange": A, "quote": "USDT", "price": D("1.5"), "change_pct": D("-9.75"), "volume_usd": D(102_000), "score": D("99.6")} | more
    return Lone(asset=asset, **given)


def told(*rows, found=None, **asked):
    known = Elsewhere(**({"rows": rows, "count": len(rows), "listed": 416, "on": (A,), "off": (B,), "lists": LISTS} | (found or {})))
    return one(Frame("?", intent="trending_not_on", **asked), route("trending_not_on"), known)


def test_what_trends_here_and_is_missing_there():
    answer = told(lone(), lone("SUN", on=(A, C), relative=D("4.25"), score=None), found={"count": 32})
    change = "\N{MINUS SIGN}9.75 % in a day, 102K USD traded"
    assert answer.sentence == f"32 coins trend on {A.title()} but not on {B.title()}; warmest is NOVA ({change})."
    assert answer.title == f"Trending on {A.title()}, not on {B.title()}" and answer.value == 32 and answer.table.more == 30
    assert cells(answer, "on") == [A.title(), f"{A.title()}, {C.title()}"] and cells(answer, "score") == ["100", "–"]
    assert cells(answer, "relative") == ["–", "4.2×"]
    assert answer.lines == (f"Listed on {A.title()} but not on {B.title()}, trending or not: 416 coins.",)
    assert answer.notes[0] == f"By identity, not by ticker, in the lists of markets last read: {B.title()} 1 m ago." and "movement alone" in answer.notes[1]
    address = f"view=only&on={A}&not_on={B}&trending=true"
    assert (answer.page, answer.api) == (f"/discover/?{address}", f"/api/v1/discover/?{address}")
    assert answer.max_age_s == 240.0 and [used.exchange for used in answer.sources] == [A, B]


def test_what_is_merely_listed():
    answer = told(lone(), lone("SUN"), found={"trending": False}, quote="USDT")
    assert answer.sentence.startswith(f"2 coins are listed on {A.title()} but not on {B.title()}; busiest is NOVA (") and answer.lines == ()
    assert answer.title.startswith("Listed on") and "trending" not in answer.page and answer.page.endswith("&quote=USDT") and len(answer.notes) == 2


def test_one_and_none():
    assert told(lone(change_pct=None, volume_usd=None)).sentence == f"One coin trends on {A.title()} but not on {B.title()}: NOVA."
    nothing = told()
    assert nothing.kind == "nothing" and nothing.sentence == f"No coin trends on {A.title()} but not on {B.title()} right now." and nothing.table is None
    assert told(found={"trending": False}).sentence == f"No coin is listed on {A.title()} but not on {B.title()} right now."


def test_nothing_is_claimed_of_a_list_that_was_never_read():
    answer = told(found={"off": (C,)})
    assert answer.sentence == f"What is missing on {C.title()} cannot be said: no list of markets is read there." and answer.lines == ()


@pytest.mark.parametrize(("every", "word"), [(True, "and"), (False, "or")])
def test_several_on_either_side(every, word):
    answer = told(lone(), lone(), found={"on": (A, C), "off": (B, C), "every": every, "measured": True})
    assert f" trend on {A.title()} {word} {C.title()} but not on {B.title()} or {C.title()};" in answer.sentence
    assert ("on_match=all" in answer.page) == every and "not_match=all" in answer.page and "volume against its norm times movement" in answer.notes[1]


def test_without_another_side_it_is_what_moves_most():
    answer = told(lone(), found={"off": (), "count": 751})
    assert answer.sentence.startswith(f"NOVA moves most on {A.title()} (") and answer.sentence.endswith("of 751 coins that are traded enough.")
    assert told(lone(), found={"off": (), "count": 1}).sentence.endswith("of 1 coin that is traded enough.")
    assert answer.title == f"Trending on {A.title()}" and answer.page == f"/discover/?view=trending&exchange={A}" and "By identity" not in answer.notes[0]
    assert told(found={"off": ()}).sentence == f"No coin trends on {A.title()} right now."
    assert told(lone(), found={"off": (), "on": ()}).sentence.startswith("NOVA moves most (")


def test_likely_twins_and_other_coins_of_the_ticker_are_said():
    answer = told(lone(same=("SUN", "OLD"), others=(B,)))
    assert "NOVA is likely the same as SUN and OLD." in answer.notes and f"{B.title()}: NOVA is another coin there." in answer.notes
