"""Who lists what and since when, by identity; who was first; what is one piece of news and what is many."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from markets.analysis import discovery
from markets.analysis.discovery import ALL, ANY, FLOOD, Flood, Lead, Market, News, Presence
from markets.board import Coin

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def market(exchange="ada", asset="POL", pk=1, **more):
    return Market(pk=pk, exchange=exchange, asset=asset, **more)


def there(*exchanges, **conflicted):
    found = {name: Presence(exchange=name, identity="probable", trading=True) for name in exchanges}
    return found | {name: Presence(exchange=name, identity="conflicted", trading=True) for name in conflicted}


# --- Since when -----------------------------------------------------------------------------------------------------
def test_the_exchange_says_when_else_the_first_look_and_the_first_look_at_everything_says_nothing():
    said = market(listed_at=NOW - 9 * DAY, first_seen_at=NOW - DAY)
    assert discovery.since([said]) == (NOW - 9 * DAY, "exchange")
    seen = market(first_seen_at=NOW - DAY, baseline=False)
    assert discovery.since([seen]) == (NOW - DAY, "first_seen")
    assert discovery.since([said, seen]) == discovery.since([seen, said]) == (NOW - 9 * DAY, "exchange")
    assert discovery.since([market(first_seen_at=NOW - DAY)]) == (None, "")  # the baseline
    assert discovery.since([market(baseline=False)]) == (None, "")
    assert discovery.since([]) == (None, "")


def test_one_market_of_unknown_age_may_be_the_oldest():
    assert discovery.since([market(listed_at=NOW - 9 * DAY), market(first_seen_at=NOW)]) == (None, "")


def test_presence_is_what_is_not_delisted_and_its_surest_identity():
    found = discovery.presences([
        market(status="delisted", listed_at=NOW - 90 * DAY), market(pk=2, listed_at=NOW - DAY, identity="probable"),
        market(pk=3, status="halted", listed_at=NOW),
        market("bea", status="delisted"), market("cid", status="pre_open"), market("dot", status="delisting"), market("dot", asset="ETH", status="halted"),
    ])
    assert set(found) == {"POL", "ETH"}
    assert set(found["POL"]) == {"ada", "cid", "dot"}
    assert found["POL"]["ada"] == Presence(exchange="ada", identity="probable", trading=True, since=NOW - 90 * DAY, time_source="exchange")
    assert (found["POL"]["cid"].trading, found["POL"]["dot"].trading, found["ETH"]["dot"].trading) == (False, True, False)


def test_the_surest_identity_is_not_the_first_of_the_alphabet():
    found = discovery.presences([market(identity="conflicted"), market(pk=2, identity="probable"), market("bea", identity="unknown"), market("bea")])
    assert (found["POL"]["ada"].identity, found["POL"]["bea"].identity) == ("probable", "unknown")


# --- On one, not on another -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("on_match", "off_match", "listed", "expected"), [
    (ANY, ANY, "ada", True), (ANY, ANY, "ada cid", True), (ANY, ANY, "cid", False), (ANY, ANY, "ada cid dot", False),
    (ALL, ANY, "ada", False), (ALL, ANY, "ada bea", True), (ALL, ANY, "ada bea cid dot", False),
    (ANY, ALL, "ada cid", False), (ANY, ALL, "bea", True), (ALL, ALL, "ada bea", True), (ALL, ALL, "ada bea dot", False),
])
def test_listed_on_any_or_all_and_missing_from_any_or_all(on_match, off_match, listed, expected):
    found = there(*listed.split())
    assert discovery.absent(found, {"ada", "bea"}, {"cid", "dot"}, on_match=on_match, off_match=off_match) is expected


def test_any_of_is_what_is_meant_where_nothing_is_said():
    assert discovery.absent(there("ada", "cid"), {"ada", "bea"}, {"cid", "dot"})


def test_another_coin_of_the_same_ticker_is_neither_here_nor_there():
    listed = there("ada", bea=True)
    assert discovery.here(listed) == {"ada"}
    assert discovery.absent(listed, {"ada"}, {"bea"})
    assert not discovery.absent(listed, {"bea"}, {"cid"})


slugs = st.sampled_from(("ada", "bea", "cid", "dot", "eve"))


some, matches = st.sets(slugs, min_size=1), st.sampled_from((ANY, ALL))


@settings(max_examples=100)
@given(st.sets(slugs), some, some, st.tuples(matches, matches), st.permutations(("ada", "bea", "cid", "dot", "eve")))
def test_names_mean_nothing_and_another_coin_changes_nothing(listed, on, off, how, order):
    def ask(listed, on, off):
        return discovery.absent(there(*listed), on, off, on_match=how[0], off_match=how[1])

    names = dict(zip(("ada", "bea", "cid", "dot", "eve"), order, strict=True))
    result = ask(listed, on, off)
    assert result == ask({names[s] for s in listed}, {names[s] for s in on}, {names[s] for s in off})
    other = there(*listed) | {s: p for s, p in there(**dict.fromkeys(names, True)).items() if s not in listed}
    assert result == discovery.absent(other, on, off, on_match=how[0], off_match=how[1])


# --- Who was first --------------------------------------------------------------------------------------------------
def since(**days):
    return {name: Presence(exchange=name, identity="probable", trading=True, since=NOW - n * DAY if n is not None else None) for name, n in days.items()}


def test_leads_are_medians_over_the_coins_one_had_first():
    listed = {"A": since(ada=30, bea=20), "B": since(ada=30, bea=26), "C": since(ada=40, bea=20), "D": since(ada=5, bea=7), "E": since(ada=9, bea=9)}
    assert discovery.leads(listed, NOW) == (Lead("ada", "bea", 10 * DAY, 3, 5), Lead("bea", "ada", 2 * DAY, 1, 5))


def test_an_even_number_of_leads_has_the_middle_of_the_middle_two():
    assert discovery.leads({"A": since(ada=3, bea=2), "B": since(ada=7, bea=2)}, NOW) == (Lead("ada", "bea", 3 * DAY, 2, 2),)


def test_a_second_is_a_lead():
    listed = {"A": since(ada=1) | {"bea": changed(since(bea=1)["bea"], since=NOW - DAY + timedelta(seconds=1))}}
    assert discovery.leads(listed, NOW) == (Lead("ada", "bea", timedelta(seconds=1), 1, 1),)


def test_unknown_times_openings_to_come_and_other_coins_lead_nobody():
    conflicted = {"bea": replace_identity(since(bea=1)["bea"])}
    assert discovery.leads({"A": since(ada=30, bea=None), "B": since(ada=30, bea=-1), "C": since(ada=30) | conflicted, "D": since(ada=1)}, NOW) == ()
    assert len(discovery.leads({"B": since(ada=30, bea=0)}, NOW)) == 1  # this very moment has begun


def replace_identity(presence):
    return changed(presence, identity="conflicted")


# --- News -----------------------------------------------------------------------------------------------------------
def news(pk, event="listed", market=None, **more):
    about = {"exchange": "ada", "at": NOW, "seen_at": NOW, "asset": f"C{pk}"} | more
    return News(pk=pk, event=event, time_source="exchange", market=market or pk, **about)


def test_an_opening_follows_its_announcement_up_and_every_other_event_stands():
    coming = [news(1, "announced", 7, at=NOW + DAY), news(2, "opened", 7, seen_at=NOW + HOUR)]
    told = [*coming, news(3, "delisted", 7, at=NOW - DAY), news(4, "suspended", 7, at=NOW - 2 * DAY)]
    assert [n.pk for n in discovery.newest(reversed(told))] == [2, 3, 4]
    assert [n.pk for n in discovery.newest([news(1), news(2, at=NOW + DAY), news(3)])] == [2, 3, 1]


def test_a_flood_is_one_line_and_what_is_not_one_is_not():
    calm = [news(n) for n in range(FLOOD)]
    assert len(discovery.digested(calm)) == FLOOD == 50
    flood = [*calm, news(99, "announced", asset="C1")]
    others = [news(200, exchange="bea"), news(201, seen_at=NOW + HOUR, at=NOW + HOUR), news(202, "delisted", at=NOW - HOUR)]
    lines = discovery.digested([*flood, *others])
    assert [getattr(line, "pk", "flood") for line in lines] == [201, 200, "flood", 202]
    found = lines[2]
    assert (found.exchange, found.at, found.count, len(found.assets)) == ("ada", NOW, FLOOD + 1, FLOOD)
    assert found.key == "ada-20261122120000"
    assert found.assets[:3] == ("C0", "C1", "C10")
    assert isinstance(found, Flood)


def test_lines_of_one_moment_stand_by_their_number():
    assert [n.pk for n in discovery.digested([news(1), news(3), news(2)])] == [3, 2, 1]


def test_departures_are_never_a_flood():
    assert len(discovery.digested([news(n, "delisted") for n in range(FLOOD + 5)])) == FLOOD + 5
    assert len(discovery.digested([news(n) for n in range(3)], limit=2)) == 1


def test_two_lists_make_a_market_sure():
    assert discovery.is_verified(news(1), NOW + HOUR)
    assert not discovery.is_verified(news(1), NOW)
    assert not discovery.is_verified(news(1), None)


# --- The same coin, another coin ------------------------------------------------------------------------------------
COINS = {
    "POL": Coin("POL", "Polygon", former=("MATIC",)), "MATIC": Coin("MATIC", ""), "WIF": Coin("WIF", "dog wif hat"), "DWIF": Coin("DWIF", "DogWifHat"),
    "CAT": Coin("CAT", ""), "CAT-2": Coin("CAT", "Another Cat"), "BTC": Coin("BTC", "Bitcoin"),
}


def test_renames_and_equal_full_names_are_likely_the_same_and_equal_tickers_are_not():
    assert discovery.likely_same(COINS) == {"POL": ("MATIC",), "MATIC": ("POL",), "WIF": ("DWIF",), "DWIF": ("WIF",)}
    assert discovery.same_ticker(COINS) == {"CAT": ("CAT-2",), "CAT-2": ("CAT",)}


def test_two_coins_that_were_called_the_same_are_likely_the_same():
    old = {"A": replace(COINS["BTC"], name="", ticker="A", former=("X",)), "B": replace(COINS["BTC"], name="", ticker="B", former=("X",))}
    assert discovery.likely_same(old) == {"A": ("B",), "B": ("A",)}


def test_names_fold_case_spaces_punctuation_and_width():
    assert discovery.fold("Dog-Wif Hat!") == discovery.fold("\N{FULLWIDTH LATIN CAPITAL LETTER D}OGWIFHAT") == "dogwifhat"
    assert discovery.fold(" - ") == ""
