"""Listings in words: what is new, to come or gone, who is early; and since when a coin is listed where."""

from datetime import timedelta

import pytest

from markets.ask.answers.common import Coin
from markets.ask.answers.first_listed import FirstListed
from markets.ask.answers.listings import BASELINE, Ahead, Event, Listings, Notice, Wave
from markets.ask.answers.lists import Read, Since, joined
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]
LISTS = (Read(A, NOW - timedelta(seconds=240), 240.0), Read(B, NOW - timedelta(seconds=60), 60.0), Read(C))
OLD = "New and thin markets are easy to move."


def event(asset="NOVA", exchange=A, minutes=-30, **more):
    given = {"event": "listed", "quote": "USDT", "price": D("1.5"), "change_pct": D("0.5"), "volume_usd": D(250_000), "exchanges": 3} | more
    return Event(asset=asset, exchange=exchange, at=NOW + timedelta(minutes=minutes), **given)


def told(*events, way=None, found=None, **asked):
    known = Listings(**({"events": events, "count": len(events), "lists": LISTS} | (found or {})))
    return one(Frame("?", intent="new_tokens", **asked), way or route("new_tokens"), known)


# --- News ---------------------------------------------------------------------------------------------------------
def test_new_coins_lead_with_their_count_and_the_latest():
    answer = told(event(), event("SUN", B, -90, price=None, change_pct=None, volume_usd=None), found={"count": 19})
    assert answer.sentence == f"19 new coins in the last 7 days; the latest is NOVA on {A.title()}, 22 Nov 2026, 11:30 UTC."
    assert answer.title == "Listings - new coins" and cells(answer, "at") == ["30 m ago", "1 h 30 m ago"] and answer.table.more == 17
    assert cells(answer, "price") == ["1.5000 USDT", "–"] and cells(answer, "volume_usd") == ["250K", "–"] and cells(answer, "event") == ["new coin"] * 2
    assert answer.notes[:2] == (BASELINE, OLD) and (answer.page, answer.api) == ("/discover/", "/api/v1/discover/?view=new")
    assert answer.notes[-1] == (
        f"By identity, not by ticker, in the lists of markets last read: {A.title()} 4 m ago, {B.title()} 1 m ago. "
        f"Nothing is claimed of {C.title()}: no list has been read yet."
    )  # fmt: skip
    assert answer.max_age_s == 240.0 and [used.exchange for used in answer.sources] == [A, B]


def test_one_and_none():
    assert told(event()).sentence == f"One new coin in the last 7 days: NOVA on {A.title()}, 22 Nov 2026, 11:30 UTC."
    assert told(event(), topic="gone").sentence.startswith("One removal or suspension in the last 7 days: NOVA")
    nothing = told(exchanges=(A,), time_range="24h")
    assert nothing.kind == "nothing" and nothing.sentence == f"No new coins on {A.title()} in the last 24 hours that Pebble has seen." and nothing.table is None
    assert OLD not in nothing.notes


@pytest.mark.parametrize(("topic", "what", "says"), [
    ("gone", "gone", "removals and suspensions"), ("pairs", "pairs", "new pairs"), ("renamed", "renamed", "renamed markets"), ("", "coins", "new coins"),
])  # fmt: skip
def test_other_kinds_of_news(topic, what, says):
    answer = told(event(), event(), topic=topic, found={"what": what, "window": "30d"}, time_range="30d", quote="USDT")
    assert answer.sentence.startswith(f"2 {says} in the last 30 days") and answer.title == f"Listings - {says}"
    assert answer.page == "/discover/?" + ("" if what == "coins" else f"what={what}&") + "window=30d&quote=USDT" and (OLD in answer.notes) == (what == "coins")


def test_what_is_to_come_is_told_with_the_time_left_and_with_notices():
    notices = (Notice(B, "Will list SUN at 14:00", NOW),)
    answer = told(event(minutes=95, event="announced"), event("SUN", minutes=300, event="announced"), topic="upcoming", found={"notices": notices})
    assert answer.sentence == f"2 listings to come; the next is NOVA on {A.title()}, 22 Nov 2026, 13:35 UTC."
    assert cells(answer, "at") == ["in 1 h 35 m", "in 5 h"]
    assert answer.lines == (f"{B.title()}, 22 Nov: Will list SUN at 14:00",)
    assert told(topic="upcoming").sentence == "No listings to come that Pebble has seen."


@pytest.mark.parametrize(("topic", "nothing"), [("upcoming", "No listings to come"), ("gone", "No removals and suspensions in the last 7 days")])
def test_what_is_only_announced_leads(topic, nothing):
    notices = (Notice(B, "About SUN (2026-11-24).", NOW), Notice(A, "About NOVA", NOW))
    answer = told(topic=topic, found={"notices": notices})
    assert answer.kind == "answer" and answer.lines == (f"{A.title()}, 22 Nov: About NOVA",)
    assert answer.sentence == f"Announced: {B.title()}, 22 Nov: About SUN (2026-11-24). {nothing} that Pebble has seen in a list of markets."


def test_pairs_are_named_whole_and_floods_are_one_line():
    wave = Wave(B, NOW, 80, ("AAA", "BBB"))
    answer = told(event(event="pair_added"), found={"waves": (wave, Wave(A, NOW, 2, ("CCC", "DDD"))), "count": 3}, topic="pairs")
    assert "NOVA/USDT" in answer.sentence and cells(answer, "asset") == ["NOVA/USDT"] and answer.table.more == 0
    assert answer.lines == (
        f"{B.title()}: 80 new symbols at once, AAA, BBB and more. One piece of news, not so many.",
        f"{A.title()}: 2 new symbols at once, CCC, DDD. One piece of news, not so many.",
    )  # fmt: skip
    assert told(found={"waves": (wave,), "count": 1}).kind == "answer"
    assert told(found={"waves": (wave,), "count": 1}).sentence == "One new coin in the last 7 days."


def test_what_one_list_only_has_had_is_said():
    assert "Seen in one list only so far: NOVA, SUN." in told(event(verified=False), event(verified=False), event("SUN", verified=False)).notes


def test_exchanges_that_are_left_out_narrow_the_address():
    answer = told(event(), exclude=(A,), way=route("new_tokens"))
    assert f"exchange={','.join(list(route().names)[1:])}" in answer.page and [used.exchange for used in answer.sources] == [B]
    assert f"exchange={B}" in told(event(), exchanges=(B,)).page


# --- Who is early -------------------------------------------------------------------------------------------------
def test_who_lists_before_whom():
    leads = (Ahead(A, B, 3 * 86_400.0, 12, 40), Ahead(B, A, 86_400.0, 3, 40))
    answer = told(topic="leads", found={"leads": leads})
    assert answer.sentence == f"{A.title()} most often: it was ahead of {B.title()} by a median of 3 d on 12 of 40 coins." and answer.kind == "answer"
    assert answer.title == "Who lists coins first" and cells(answer, "median_s") == ["3 d", "1 d"] and cells(answer, "coins") == ["12", "3"]
    assert told(topic="leads").kind == "nothing" and told(topic="leads").sentence.startswith("Who lists coins first is not known yet")


# --- One coin -----------------------------------------------------------------------------------------------------
def since(exchange, days=None, **more):
    return Since(exchange=exchange, at=None if days is None else NOW - timedelta(days=days), time_source="" if days is None else "exchange", **more)


def listed(*places, coin=POL, found=None, **asked):
    known = FirstListed(**({"coin": coin, "places": places, "lists": LISTS} | (found or {})))
    return one(Frame("?", intent="new_tokens", assets=(coin.typed,), **asked), route("new_tokens"), known)


def test_who_was_first():
    answer = listed(since(A, 10), since(B, 12, trading=False), coin=MATIC)
    assert answer.sentence == f"MATIC (now POL) was first on {B.title()}, since 10 Nov 2026, 12:00 UTC, 2 d before {A.title()}."
    assert answer.title == "MATIC (now POL) - where it is listed" and cells(answer, "exchange") == [B.title(), A.title()]
    assert cells(answer, "since") == ["10 Nov 2026, 12:00 UTC", "12 Nov 2026, 12:00 UTC"] and cells(answer, "trading") == ["not trading", "trading"]
    assert cells(answer, "says") == ["as the exchange says"] * 2 and (answer.page, answer.api) == ("/assets/pol/", "/api/v1/listings/?asset=POL")
    assert answer.lines == () and answer.max_age_s == 240.0  # of the third no list was read: nothing is claimed


def test_the_first_is_told_with_the_next():
    answer = listed(since(A, 10), since(B, 12), since(C, 9))
    assert answer.sentence == f"POL was first on {B.title()}, since 10 Nov 2026, 12:00 UTC, 2 d before {A.title()}."


def test_a_time_that_nobody_knows_may_be_the_first():
    answer = listed(since(A), since(B, 12))
    unknown = f"Who was first is not known: it stood in the first list that was read of {A.title()}."
    assert answer.sentence == f"POL is listed on {B.title()} and {A.title()}. {unknown}"
    assert cells(answer, "since") == ["10 Nov 2026, 12:00 UTC", "before the first list"] and cells(answer, "says")[1] == "–"


def test_one_exchange_and_none():
    assert listed(since(A, 10)).sentence == f"POL is listed on {A.title()}, since 12 Nov 2026, 12:00 UTC."
    assert listed(since(A, 10)).lines == (f"Not on {B.title()}.",)
    assert listed(since(B, 10), found={"lists": (*LISTS[:2], Read(C, NOW, 0.0))}).lines == (f"Not on {A.title()} or {C.title()}.",)
    assert listed(found={"lists": ()}).max_age_s is None
    assert listed(since(A)).sentence.endswith("since when is not known, for it stood in the first list that was read.")
    nothing = listed(exchanges=(A,), found={"lists": LISTS[:1]})
    assert nothing.kind == "nothing" and nothing.sentence == f"POL is not listed on {A.title()}." and nothing.table is None and nothing.lines == ()
    assert listed().sentence == "POL is not listed on any exchange here."


def test_another_coin_of_the_ticker_is_said():
    assert f"{B.title()}: the same ticker is another coin there." in listed(since(A, 10), found={"others": (B,)}).notes
    renamed = Coin("AAA", "POL", "POL", "", "AAA", "1 AAA became 1000 POL.")
    assert listed(since(A, 10), coin=renamed).notes[0] == renamed.note


def test_names_are_joined():
    assert [joined(names) for names in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
    assert joined(("a", "b"), "or") == "a or b"
