"""Discovery over stored catalogues and prices: what is new and what only looks new, who lists what, what trends, and what an hour leaves behind."""

from datetime import timedelta
from decimal import Decimal

import pytest

from markets import hourly, read
from markets.analysis.discovery import Flood
from markets.api import core
from markets.models import Asset, AssetAlias, CheapestHour, ExchangeAsset, Listing, Revision, TrendRank
from markets.reads import discover, listed, standings
from markets.reads.wanted import Wanted
from tests.markets.build import NOW, catalogue, instrument, outcome, prices, save, ticker

pytestmark = pytest.mark.usefixtures("stored")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MANY = [f"C{n:02}/USDT" for n in range(20)]


def view(name, now=NOW + HOUR, **wanted):
    read.forget()
    return discover.VIEWS[name](Wanted(**wanted), now)


def fresh(slug, *rows, now=NOW):
    """One poll of rows (symbol, bid, volume, change)."""
    asks = [Decimal(str(bid)) * Decimal("1.001") for _, bid, _, _ in rows]
    found = [ticker(symbol, bid, ask, quote_volume_24h=volume, change_24h_pct=change) for (symbol, bid, volume, change), ask in zip(rows, asks, strict=True)]
    prices(slug, *found, now=now)


# --- New ------------------------------------------------------------------------------------------------------------
def test_a_first_list_is_nothing_new_and_a_coin_that_comes_after_it_is():
    catalogue("kucoin", *MANY)
    catalogue("bybit", "NEW/USDT")
    assert view("new").rows == ()
    catalogue("kucoin", *MANY, "NEW/USDT", now=NOW + HOUR)
    fresh("kucoin", ("NEW/USDT", 2, 500_000, 5), now=NOW + HOUR)
    fresh("kucoin", ("NEW/USDT", 3, 500_000, 5), now=NOW + HOUR + 10 * MINUTE)
    (row,) = view("new", NOW + HOUR + 10 * MINUTE).rows
    assert (row.news.exchange, row.news.event, row.news.time_source, row.news.at) == ("kucoin", "listed", "first_seen", NOW + HOUR)
    assert (row.on, row.verified, row.conflicted, row.safety.exchanges) == (("kucoin", "bybit"), False, False, 2)
    assert row.change_pct == 50
    assert row.price.age_s == 0.05
    catalogue("kucoin", *MANY, "NEW/USDT", now=NOW + 2 * HOUR)
    (row,) = view("new", NOW + 2 * HOUR).rows
    assert row.verified


def test_a_list_that_lost_a_fifth_is_not_believed_and_its_return_is_no_news():
    catalogue("kucoin", *MANY)
    assert save("kucoin", "instruments", outcome([instrument(s) for s in MANY[:15]], NOW + HOUR), NOW + HOUR)
    catalogue("kucoin", *MANY, now=NOW + 2 * HOUR)
    assert view("new", NOW + 2 * HOUR, what="all").rows == ()
    assert len(listed.presences()) == 20


def test_what_three_lists_miss_is_gone_and_two_do_not_say_so():
    catalogue("kucoin", *MANY)
    for hour in (1, 2):
        catalogue("kucoin", *MANY[1:], now=NOW + hour * HOUR)
    assert view("new", NOW + 2 * HOUR, what="gone").rows == ()
    catalogue("kucoin", *MANY[1:], now=NOW + 3 * HOUR)
    (row,) = view("new", NOW + 3 * HOUR, what="gone").rows
    assert (row.news.asset, row.news.event, row.news.status) == ("C00", "delisted", "delisted")
    assert "C00" not in listed.presences()


def test_a_flood_is_one_line_and_windows_classes_and_quotes_narrow():
    catalogue("kucoin", *MANY)
    flood = [f"F{n:02}/USDT" for n in range(60)]
    catalogue("kucoin", *MANY, *flood, now=NOW + HOUR)
    catalogue("kucoin", *MANY, *flood, "NEW/USDC", instrument("C003L/USDT", leveraged=True), now=NOW + 2 * HOUR)
    lines = view("new", NOW + 2 * HOUR).rows
    assert [line.count if isinstance(line, Flood) else line.news.asset for line in lines] == ["NEW", 60]
    assert len(view("new", NOW + 2 * HOUR, hide_leveraged=False).rows) == 3
    assert [line.news.asset for line in view("new", NOW + 2 * HOUR, quote="USDC").rows] == ["NEW"]
    empty = view("new", NOW + 2 * HOUR, quote="EUR")
    assert (empty.rows, empty.widest) == ((), "quote EUR")
    assert view("new", NOW + 9 * DAY).rows == ()
    assert view("new", NOW + 2 * HOUR, exchanges=("bybit",)).rows == ()


# --- On one, not on another -----------------------------------------------------------------------------------------
def test_absence_is_by_identity_and_only_where_a_list_was_read():
    catalogue("kucoin", "AAA/USDT", "BBB/USDT", "CCC/USDT")
    catalogue("bybit", "BBB/USDT", "CCC/USDT")
    found = view("only", on=("kucoin",), off=("bybit", "bitget"))
    assert [(row.asset, row.missing) for row in found.rows] == [("AAA", ("bybit",))]
    assert found.catalogues["bitget"].accepted_at is None
    assert found.catalogues["bybit"].age_s == 3600
    ExchangeAsset.objects.filter(exchange__slug="bybit", code="CCC").update(state="conflicted")
    found = view("only", on=("kucoin",), off=("bybit",))
    assert [(row.asset, row.others) for row in found.rows] == [("AAA", ()), ("CCC", ("bybit",))]


def test_a_coin_renamed_elsewhere_is_noted_as_likely_the_same():
    pol = Asset.objects.get(ticker="POL")
    AssetAlias.objects.get_or_create(asset=pol, text="MATIC", kind="former")
    catalogue("kucoin", "MATIC/USDT")
    catalogue("bybit", "POL/USDT")
    matic = next(row for row in view("only", on=("kucoin",), off=("bybit",)).rows)
    assert (matic.coin.ticker, matic.same) == ("MATIC", (("POL", ("bybit",)),))


def test_since_when_needs_every_exchange_to_say_so_and_leads_only_known_times():
    catalogue("kucoin", instrument("AAA/USDT", listed_at=NOW - 30 * DAY), instrument("BBB/USDT", listed_at=NOW - 9 * DAY))
    catalogue("bybit", instrument("AAA/USDT", listed_at=NOW - 20 * DAY), "BBB/USDT")
    rows = {row.asset: (row.since, row.time_source) for row in view("only", off=("bitget", "bybit", "kucoin")).rows}
    assert rows == {}  # both list both, and the others were never read
    catalogue("gateio", "CCC/USDT")
    rows = {row.asset: (row.since, row.time_source) for row in view("only", off=("gateio",)).rows}
    assert rows == {"AAA": (NOW - 30 * DAY, "exchange"), "BBB": (None, "")}
    (lead,) = listed.leads(NOW)
    assert (lead.leader, lead.follower, lead.median, lead.coins, lead.both) == ("kucoin", "bybit", 10 * DAY, 1, 1)


# --- Trending, and what an hour leaves ------------------------------------------------------------------------------
def lively(now, hot):
    """Three coins on two exchanges; `hot` moves most."""
    for slug in ("kucoin", "bybit"):
        fresh(slug, *[(f"{c}/USDT", 10, 500_000, 30 if c == hot else 1 + n) for n, c in enumerate(("AAA", "BBB", "CCC"))], now=now)


def test_ranks_move_since_an_hour_ago_and_only_where_they_can_be_compared():
    for slug in ("kucoin", "bybit"):
        catalogue(slug, "AAA/USDT", "BBB/USDT", "CCC/USDT")
    lively(NOW, "AAA")
    read.forget()
    assert hourly.record(NOW)
    assert not hourly.record(NOW + MINUTE), "once an hour"
    lively(NOW + HOUR, "CCC")
    found = view("trending")
    assert [(row.trend.asset, row.trend.rank, row.move) for row in found.rows] == [("CCC", 1, 1), ("BBB", 2, 1), ("AAA", 3, -2)]
    assert (found.hour_ago, found.measured, found.rows[0].trend.parts) == (NOW, False, ("move",))
    assert set(found.rows[0].trend.on) == {"kucoin", "bybit"}
    assert [row.move for row in view("trending", exchanges=("kucoin",)).rows] == [1, 1, -2]
    for other in ({"min_volume_usd": Decimal(1)}, {"exchanges": ("kucoin", "bybit")}, {"hide_wrapped": False}):
        assert {row.move for row in view("trending", **other).rows} == {None}
    assert view("trending", min_volume_usd=Decimal(600_000)).rows == ()


def test_trending_here_but_not_there():
    for slug, coins in (("kucoin", ("AAA", "BBB", "CCC")), ("bybit", ("AAA", "BBB"))):
        catalogue(slug, *[f"{c}/USDT" for c in coins])
    fresh("kucoin", ("AAA/USDT", 10, 500_000, 1), ("BBB/USDT", 10, 500_000, 2), ("CCC/USDT", 10, 500_000, 40))
    (row,) = view("only", NOW, on=("kucoin",), off=("bybit",), trending=True).rows
    assert (row.asset, row.trend.score, row.trend.on) == ("CCC", 100.0, ("kucoin",))
    fresh("kucoin", ("AAA/USDT", 10, 500_000, 90), ("BBB/USDT", 10, 500_000, 80), ("CCC/USDT", 10, 500_000, 40))
    assert view("only", NOW, on=("kucoin",), off=("bybit",), trending=True).rows == ()


def test_old_prices_trend_nowhere():
    catalogue("kucoin", "AAA/USDT", "BBB/USDT")
    fresh("kucoin", ("AAA/USDT", 10, 500_000, 50), ("BBB/USDT", 10, 500_000, 1))
    assert len(view("trending", NOW).rows) == 2
    assert view("trending", NOW + 2 * MINUTE).rows == ()


def test_who_was_cheapest_is_summed_over_the_hours_of_a_day():
    for slug in ("kucoin", "bybit"):
        catalogue(slug, "AAA/USDT", "BBB/USDT")
    assert not hourly.record(NOW), "nothing is known yet"
    for hours, cheap in ((0, "kucoin"), (1, "bybit"), (2, "bybit"), (50, "kucoin")):
        at = NOW + hours * HOUR
        for slug in ("kucoin", "bybit"):
            fresh(slug, *[(f"{c}/USDT", 10 if slug == cheap else "10.01", 500_000, 1) for c in ("AAA", "BBB")], now=at)
        read.forget()
        assert hourly.record(at)
        if hours == 2:
            assert standings.cheapest(at) == standings.Cheapest("bybit", 4, 6, 2, 3)
    read.forget()
    assert standings.cheapest(NOW + 50 * HOUR) == standings.Cheapest("kucoin", 2, 2, 2, 1)
    assert set(CheapestHour.objects.values_list("at", flat=True)) == {NOW + 2 * HOUR, NOW + 50 * HOUR}, "two days are kept"
    assert set(TrendRank.objects.values_list("at", flat=True)) == {NOW + 50 * HOUR}


def test_the_api_says_the_same(client):
    core.forget()
    catalogue("kucoin", "AAA/USDT", "BBB/USDT")
    catalogue("bybit", "BBB/USDT")
    Revision.objects.update_or_create(name="switches", defaults={"number": 99})
    read.forget()
    answer = client.get("/api/v1/discover/?view=only&on=kucoin&not_on=bybit").json()
    assert [(row["asset"], row["on"], row["missing_from"]) for row in answer["results"]] == [("AAA", ["kucoin"], ["bybit"])]
    assert [c["accepted_at"] is not None for c in answer["catalogues"]] == [False, True, True, False, False]
    refused = client.get("/api/v1/discover/?view=only&ordering=relative")
    assert (refused.status_code, refused.json()["field"]) == (400, "ordering")
    assert client.get("/api/v1/discover/?view=new&ordering=volume").status_code == 400


def test_events_of_a_coin_that_is_gone_with_its_asset_are_left_out():
    catalogue("kucoin", *MANY)
    catalogue("kucoin", *MANY, "NEW/USDT", now=NOW + HOUR)
    Listing.objects.update(asset=None)
    assert view("new").rows == ()
