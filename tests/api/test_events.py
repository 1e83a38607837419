"""Listings, announcements, history and copy trading through their addresses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed
from markets.models import Announcement, Asset, Candle, LeadTrader, Listing, Market, Snapshot
from tests.api import published as p
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ENVELOPE = ["as_of", "simulated", "count", "next", "previous", "missing", "notes", "results"]
ONE, TWO, THREE = "binance", "bybit", "kucoin"
DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
COPYING = next(slug for slug, a in ADAPTERS.items() if a.copy_traders)


# --- Listings ---------------------------------------------------------------------------------------------------
@pytest.fixture
def events(stored):
    """BTC got a pair, TIA was listed, then is to be delisted in a year; one notice of each kind of time."""
    btc, tia = p.market(ONE, "BTC/USDC", kind="spot"), p.market(TWO, "TIA/USDT", kind="perp", status="delisting")

    def event(market, name, at, source="first_seen", **more):
        Listing.objects.create(exchange=market.exchange, market=market, asset=market.base.asset, event=name, at=at, time_source=source, seen_at=DAY, **more)

    event(btc, "pair_added", DAY)
    event(tia, "listed", DAY - HOUR, "exchange")
    event(tia, "delisting", DAY + timedelta(days=365), "exchange", detail="said by the exchange")
    one = Exchange.objects.get(slug=THREE)
    for key, kind, published in (("1", "listing", DAY), ("2", "maintenance", None), ("3", "other", DAY - HOUR)):
        Announcement.objects.create(exchange=one, key=key, title=f"Notice {key}", kind=kind, published_at=published, first_seen_at=DAY + HOUR)
    for source in ("instruments", "perp_instruments", "announcements"):
        p.answered(source)


def told(answer):
    return [(row["exchange"], row["event"], row["asset"]) for row in answer["results"]]


def test_events_come_newest_first_with_market_coin_and_whose_time_it_is(get, events):
    answer = get("listings/")
    assert list(answer) == ENVELOPE and answer["missing"] == [] and answer["notes"] == []
    assert told(answer) == [(TWO, "delisting", "TIA"), (ONE, "pair_added", "BTC"), (TWO, "listed", "TIA")]
    row = answer["results"][0]
    assert (row["symbol"], row["kind"], row["base"], row["quote"], row["status"]) == ("TIAUSDT", "perp", "TIA", "USDT", "delisting")
    assert (row["at"], row["time_source"], row["detail"]) == ("2027-11-20T12:00:00Z", "exchange", "said by the exchange")
    assert answer["results"][1]["detail"] is None


@pytest.mark.parametrize(("query", "found"), [
    ("exchange=bybit", 2), ("event=listed,pair_added", 2), ("asset=tia", 2), ("kind=spot", 1),
    ("since=2026-11-20T12:00:00Z", 2), ("until=2026-11-20T12:00:00Z", 1), ("since=2027-01-01", 1),
    ("asset=TIA&event=listed", 1), ("ordering=seen_at", 3), ("limit=1", 1),
])
def test_events_are_narrowed(get, events, query, found):
    assert len(get(f"listings/?{query}")["results"]) == found


def test_events_are_ordered_and_paged(get, events):
    first = get("listings/?ordering=at&limit=2")
    rest = get(first["next"].removeprefix(f"{settings.BASE_URL}/api/v1/"))
    assert told(first) + told(rest) == told(get("listings/"))[::-1] and rest["next"] is None


def test_an_old_ticker_finds_the_coin_and_says_so(get, stored):
    market, pol = p.market(ONE, "POL/USDT", kind="spot"), Asset.objects.get(slug="pol")
    Listing.objects.create(exchange=market.exchange, market=market, asset=pol, event="renamed", at=DAY, time_source="first_seen", seen_at=DAY)
    fresh_memory()
    answer = get("listings/?asset=matic")
    assert told(answer) == [(ONE, "renamed", "POL")] and answer["notes"] == ["MATIC is now called POL."]


def test_no_event_is_explained_and_who_has_not_answered_is_named(get, stored):
    answer = get("listings/")
    assert answer["results"] == [] and "no event" in answer["notes"][0]
    assert {m["exchange"]: m["reason"] for m in answer["missing"]} == dict.fromkeys(ADAPTERS, "starting")


def test_notices_come_by_their_time_and_those_without_last(get, events):
    answer = get("listings/announcements/")
    assert list(answer) == ENVELOPE and [row["id"] for row in answer["results"]] == ["1", "3", "2"]
    assert (answer["results"][0]["kind"], answer["results"][0]["url"], answer["results"][2]["published_at"]) == ("listing", None, None)
    assert [row["id"] for row in get("listings/announcements/?kind=maintenance,other")["results"]] == ["3", "2"]
    assert get("listings/announcements/?since=2026-11-20T12:00:00Z")["count"] == 1
    assert get(f"listings/announcements/?exchange={THREE}")["count"] == 3


def test_who_publishes_no_notices_is_named_with_what_is_known_of_it(get, events):
    absent = {m["exchange"]: m for m in get("listings/announcements/")["missing"]}
    assert set(absent) == {slug for slug, a in ADAPTERS.items() if a.announcements is None} and absent
    assert {m["reason"] for m in absent.values()} == {"not_offered"}
    for slug, m in absent.items():
        assert ADAPTERS[slug].absent.get("announcements", "not published") in m["detail"]


# --- History ----------------------------------------------------------------------------------------------------
def opened(hours_ago):
    return timezone.now().replace(minute=0, second=0, microsecond=0) - hours_ago * HOUR


def candle(market, at, close, period=3600):
    Candle.objects.create(
        market=market, period_s=period, opened_at=at, **{n: p.number(close) for n in ("open", "high", "low", "close")}, base_volume=p.number(2),
    )


def snapshot(market, at, close, period=3600):
    numbers = {n: p.number(close) for n in ("open", "high", "low", "close")}
    Snapshot.objects.create(market=market, period_s=period, opened_at=at, **numbers, quote_volume_24h=p.number(9), count=7)


@pytest.fixture
def past(stored):
    """BTC/USDT on two exchanges: one with trades three hours back and own candles for the last two, one with trades only; a perpetual."""
    one, two = p.market(ONE, "BTC/USDT", kind="spot"), p.market(TWO, "BTC/USDT", kind="spot")
    for hours, close in ((0, 13), (1, 12), (2, 11)):
        candle(one, opened(hours), close)
    for hours, close in ((0, "13.5"), (1, "12.5")):
        snapshot(one, opened(hours), close)
    candle(two, opened(1), 20)
    candle(one, opened(40), 1)
    candle(one, opened(0).replace(hour=0), 5, period=86_400)
    candle(p.market(ONE, "BTC/USDT", symbol="BTCUSDTP"), opened(0), 99)
    p.answered("candles")


def bars(answer):
    return [(row["exchange"], row["source"], row["close"]) for row in answer["results"]]


def test_own_candles_stand_before_the_exchanges_and_each_says_which_it_is(get, past):
    answer = get("history/BTC-USDT/")
    assert bars(answer) == [(ONE, "exchange", "1"), (ONE, "exchange", "11"), (ONE, "own", "12.5"), (TWO, "exchange", "20"), (ONE, "own", "13.5")]
    own, traded = answer["results"][-1], answer["results"][-2]
    assert (own["samples"], own["quote_volume_24h"], own["base_volume"]) == (7, "9", None)
    assert (traded["samples"], traded["quote_volume_24h"], traded["base_volume"]) == (None, None, "2")
    assert (answer["base"], answer["period_s"], answer["source"], answer["count"], answer["next"]) == ("BTC", 3600, None, 5, None)
    assert {m["exchange"]: m["reason"] for m in answer["missing"]} == {slug: "not_listed" for slug in ADAPTERS if slug not in (ONE, TWO)}


@pytest.mark.parametrize(("query", "closes"), [
    ("source=own", ["12.5", "13.5"]), ("source=exchange&limit=3", ["11", "12", "20", "13"]), ("exchange=bybit", ["20"]), ("kind=perp", ["99"]),
    ("period=86400", ["5"]), ("period=60", []), ("limit=1", ["13.5"]),
])
def test_a_window_is_narrowed(get, past, query, closes):
    assert [row["close"] for row in get(f"history/btc-usdt/?{query}")["results"]] == closes


def test_windows_lead_back_over_a_gap_and_hold_every_candle_once(get, past):
    address, found = "history/BTC-USDT/?limit=2", []
    while address:
        answer = get(address.removeprefix(f"{settings.BASE_URL}/api/v1/"))
        found = bars(answer) + found
        address = answer["next"]
    assert found == bars(get("history/BTC-USDT/"))


def test_from_and_to_bound_the_window(get, past):
    start, end = (opened(h).strftime("%Y-%m-%dT%H:%M:%SZ") for h in (2, 0))
    answer = get(f"history/BTC-USDT/?from={start}&to={end}")
    assert [row["close"] for row in answer["results"]] == ["11", "12.5", "20"] and answer["next"] is None
    assert get(f"history/BTC-USDT/?from={end}&to={start}", 400)["field"] == "from"


def test_nothing_stored_is_explained_by_exchange(get, past):
    Feed.objects.filter(exchange__slug=TWO, source="candles").update(enabled=False)
    fresh_memory()
    answer = get("history/BTC-USDT/?period=300")
    reasons = {m["exchange"]: (m["reason"], m["detail"]) for m in answer["missing"]}
    assert reasons[ONE][0] == "none" and "being asked for" in reasons[ONE][1] and reasons[TWO][0] == "disabled"
    assert "Nothing is stored in this window." in answer["notes"]


def test_what_pebble_never_keeps_of_its_own_is_said(get, past):
    assert "source=exchange" in get("history/BTC-USDT/?source=own&period=86400")["notes"][0]
    assert "spot markets only" in get("history/BTC-USDT/?source=own&kind=perp")["notes"][0]


def test_a_delisted_market_keeps_its_past_and_an_unknown_pair_names_what_exists(get, past):
    Market.objects.update(status="delisted")
    fresh_memory()
    assert len(get("history/BTC-USDT/")["results"]) == 5
    body = get("history/BTC-EUR/?kind=perp", 404)
    assert body["nearest"] == ["BTC-USDT"] and "BTC-EUR" in body["detail"]
    assert "BASE-QUOTE" in get("history/BTC/", 404)["detail"]


# --- Copy trading -----------------------------------------------------------------------------------------------
KEYS = {f"PEBBLE_{COPYING.upper()}_API_{word}": "invented" for word in ("KEY", "SECRET", "PASSPHRASE")}


@pytest.fixture
def keys(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def no_keys(monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def traders(stored):
    one = Exchange.objects.get(slug=COPYING)
    at = timezone.now() - timedelta(minutes=5)

    def trader(key, roi, followers, win, *symbols):
        LeadTrader.objects.create(
            exchange=one, trader_id=key, roi_pct=p.number(roi), followers=followers, win_rate_pct=p.number(win), symbols=list(symbols), seen_at=at,
        )

    trader("a", "12.5", 10, "60", "BTCUSDT", "ETHUSDT")
    trader("b", None, None, "50", "BTCUSDT")
    trader("c", "40", 7, None, "ETHUSDT")
    p.answered("copy_traders", age_s=300)


def test_without_a_key_it_is_off_with_the_reason_and_what_to_do(get, stored, no_keys):
    answer = get("copy-trading/")
    assert (answer["state"], answer["results"], answer["count"]) == ("off", [], 0)
    assert "no key is set" in answer["reason"] and all(name in answer["what_to_do"] for name in KEYS if "SECRET" not in name)
    absent = {m["exchange"]: m["reason"] for m in answer["missing"]}
    assert absent.pop(COPYING) == "key_needed" and set(absent.values()) == {"not_offered"}


def test_a_refusal_is_no_empty_ranking(get, stored, keys):
    p.answered("copy_traders", outcome="api_error", detail="40014 incorrect permissions", ok_at=None)
    answer = get("copy-trading/")
    assert (answer["state"], answer["results"]) == ("refused", []) and "40014" in answer["reason"] and "read copy trading" in answer["what_to_do"]
    [missing] = [m for m in answer["missing"] if m["exchange"] == COPYING]
    assert missing["reason"] == "refused" and "40014" in missing["detail"]


def test_switched_off_by_an_operator_is_off(get, stored, keys):
    p.answered("copy_traders", enabled=False)
    answer = get("copy-trading/")
    assert answer["state"] == "off" and "operator" in answer["reason"] and "admin" in answer["what_to_do"]


def test_nothing_yet_is_starting(get, stored, keys):
    assert get("copy-trading/")["state"] == "starting"


def test_a_key_that_was_just_set_is_not_said_to_be_missing(get, stored, keys):
    p.answered("copy_traders", outcome="not_offered", detail="a key is needed", ok_at=None)
    answer = get("copy-trading/")
    assert answer["state"] == "starting" and "key" not in answer["reason"]


def test_traders_are_told_in_order_with_the_unknown_last(get, traders, keys):
    answer = get("copy-trading/")
    assert (answer["state"], answer["reason"], answer["what_to_do"], answer["summary"]) == ("ok", None, None, None)
    assert [(row["trader_id"], row["roi_pct"], row["name"], row["state"]) for row in answer["results"]] == [
        ("c", "40", None, "fresh"), ("a", "12.5", None, "fresh"), ("b", None, None, "fresh")]
    assert [row["trader_id"] for row in get("copy-trading/?ordering=followers&limit=2")["results"]] == ["c", "a"]
    [source] = answer["sources"]
    assert (source["exchange"], source["state"], source["freshness"]) == (COPYING, "ok", "fresh") and 250 < source["age_s"] < 400


@pytest.mark.parametrize("symbol", ["BTCUSDT", "btc-usdt", "BTC_USDT"])
def test_a_symbol_is_summed_up_from_what_is_known(get, traders, keys, symbol):
    answer = get(f"copy-trading/?symbol={symbol}")
    assert [row["trader_id"] for row in answer["results"]] == ["a", "b"]
    assert answer["summary"] == {"symbol": "BTCUSDT", "traders": 2, "followers": 10, "median_roi_pct": "12.5", "median_win_rate_pct": "55"}


def test_who_left_the_ranking_long_ago_is_not_summed_up(get, traders, keys):
    LeadTrader.objects.filter(trader_id="b").update(seen_at=timezone.now() - timedelta(days=40))
    answer = get("copy-trading/?symbol=BTCUSDT")
    assert [(row["trader_id"], row["state"]) for row in answer["results"]] == [("a", "fresh"), ("b", "expired")]
    assert (answer["summary"]["traders"], answer["summary"]["median_win_rate_pct"]) == (1, "60")


def test_a_symbol_nobody_trades_sums_up_to_nothing_known(get, traders, keys):
    assert get("copy-trading/?symbol=DOGEUSDT")["summary"] == {
        "symbol": "DOGEUSDT", "traders": 0, "followers": None, "median_roi_pct": None, "median_win_rate_pct": None}


def test_old_statistics_stay_with_their_age_when_the_key_goes(get, traders, no_keys):
    answer = get("copy-trading/")
    assert answer["state"] == "off" and answer["count"] == 3 and answer["results"][0]["age_s"] > 250


# --- Refusals ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("address", "field", "says"), [
    ("listings/?event=born", "event", "pair_added"),
    ("listings/?ordering=exchange", "ordering", "-seen_at"),
    ("listings/announcements/?kind=gossip", "kind", "maintenance"),
    ("listings/?since=soon", "since", "2026-11-22"),
    ("history/BTC-USDT/?period=61", "period", "60, 300, 3600, 86400"),
    ("history/BTC-USDT/?source=rumour", "source", "own, exchange"),
    ("history/BTC-USDT/?limit=1001", "limit", "1 to 1000"),
    ("history/BTC-USDT/?offset=5", "offset", "Known here"),
    ("copy-trading/?symbol=---", "symbol", "BTCUSDT"),
    ("copy-trading/?ordering=luck", "ordering", "-roi_pct"),
])
def test_a_bad_question_is_a_400_that_says_what_to_do(get, address, field, says):
    body = get(address, 400)
    assert body["field"] == field and says in body["detail"]
