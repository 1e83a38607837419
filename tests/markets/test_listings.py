"""What an exchange began, stopped and planned to trade: only changes after the first catalogue, and each told once."""

from datetime import timedelta

import pytest

from exchanges.rows import Instrument
from markets.models import Asset, Listing, Revision
from tests.markets.build import NOW, catalogue, contract, contracts, instrument, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = [f"C{n:02}/USDT" for n in range(20)]


def events(*columns):
    return list(Listing.objects.order_by("id").values_list("event", *columns))


def test_the_first_catalogue_is_a_baseline_even_where_it_names_opening_times():
    catalogue("kucoin", *MANY, instrument("NEW/USDT", status="pre_open", listed_at=NOW + DAY))
    catalogue("kucoin", *MANY, instrument("NEW/USDT", status="pre_open", listed_at=NOW + DAY), now=NOW + HOUR)
    assert events() == []


def test_a_time_that_is_published_later_for_an_old_market_is_no_event():
    catalogue("kucoin", *MANY)
    catalogue("kucoin", *[instrument(s, listed_at=NOW - DAY) for s in MANY], now=NOW + HOUR)
    assert events() == []


def test_a_new_coin_and_a_new_pair_of_a_known_one():
    catalogue("kucoin", *MANY)
    catalogue("kucoin", *MANY, instrument("NEW/USDT", listed_at=NOW + HOUR / 2), "C00/USDC", "NEW/USDC", now=NOW + HOUR)
    told = {(event, symbol): (at, source) for event, symbol, at, source in events("market__symbol", "at", "time_source")}
    assert told == {
        ("listed", "NEWUSDT"): (NOW + HOUR / 2, "exchange"),
        ("pair_added", "C00USDC"): (NOW + HOUR, "first_seen"),
        ("pair_added", "NEWUSDC"): (NOW + HOUR, "first_seen"),
    }
    assert Listing.objects.get(event="listed").asset == Asset.objects.get(ticker="NEW")


def test_the_same_list_again_tells_nothing_new():
    catalogue("kucoin", *MANY)
    for hour in (1, 2, 3):
        catalogue("kucoin", *MANY, "NEW/USDT", now=NOW + hour * HOUR)
    assert events() == [("listed",)]
    assert Revision.objects.get(name="listings").number == 1


def test_a_market_is_announced_put_off_and_opened():
    catalogue("kucoin", *MANY)
    catalogue("kucoin", *MANY, instrument("NEW/USDT", status="pre_open", listed_at=NOW + DAY), now=NOW + HOUR)
    assert events("at", "time_source") == [("announced", NOW + DAY, "exchange")]
    catalogue("kucoin", *MANY, instrument("NEW/USDT", status="pre_open", listed_at=NOW + 2 * DAY), now=NOW + 2 * HOUR)
    assert events("at") == [("announced", NOW + 2 * DAY)]
    catalogue("kucoin", *MANY, instrument("NEW/USDT", listed_at=NOW + 2 * DAY), now=NOW + 2 * DAY + HOUR)
    assert events("at", "time_source")[1:] == [("opened", NOW + 2 * DAY, "exchange")]


def test_trading_is_suspended_and_resumed():
    catalogue("kucoin", *MANY)
    catalogue("kucoin", *MANY[1:], instrument(MANY[0], status="halted"), now=NOW + HOUR)
    catalogue("kucoin", *MANY, now=NOW + 2 * HOUR)
    assert events("at", "market__symbol") == [("suspended", NOW + HOUR, "C00USDT"), ("resumed", NOW + 2 * HOUR, "C00USDT")]


def test_an_end_is_planned_and_comes():
    catalogue("bitget", *MANY)
    catalogue("bitget", *MANY[1:], instrument(MANY[0], delist_at=NOW + DAY), now=NOW + HOUR)
    catalogue("bitget", *MANY[1:], instrument(MANY[0], delist_at=NOW + 2 * DAY), now=NOW + 2 * HOUR)
    assert events("at", "time_source") == [("delisting", NOW + 2 * DAY, "exchange")]
    for hour in (49, 50, 51):
        catalogue("bitget", *MANY[1:], now=NOW + hour * HOUR)
    assert events("at", "time_source")[1:] == [("delisted", NOW + 2 * DAY, "exchange")]


def test_a_market_that_is_gone_without_a_word_is_delisted_when_three_lists_agree():
    catalogue("bitget", *MANY)
    for hour in (1, 2, 3):
        assert events() == []
        catalogue("bitget", *MANY[1:], now=NOW + hour * HOUR)
    assert events("at", "time_source") == [("delisted", NOW + 3 * HOUR, "first_seen")]


def test_a_delisted_market_that_returns_is_listed_again():
    catalogue("bitget", *MANY)
    for hour in (1, 2, 3):
        catalogue("bitget", *MANY[1:], now=NOW + hour * HOUR)
    catalogue("bitget", *MANY, now=NOW + 4 * HOUR)
    assert events() == [("delisted",), ("listed",)]


def test_a_return_did_not_happen_when_the_market_first_opened():
    opened = instrument(MANY[0], listed_at=NOW - 900 * DAY)
    catalogue("bitget", opened, *MANY[1:])
    for hour in (1, 2, 3):
        catalogue("bitget", *MANY[1:], now=NOW + hour * HOUR)
    catalogue("bitget", opened, *MANY[1:], now=NOW + 4 * HOUR)
    assert events("at", "time_source")[1:] == [("listed", NOW + 4 * HOUR, "first_seen")]
    for hour in (5, 6, 7):
        catalogue("bitget", *MANY[1:], now=NOW + hour * HOUR)
    catalogue("bitget", instrument(MANY[0], listed_at=NOW + 7.5 * HOUR), *MANY[1:], now=NOW + 8 * HOUR)
    assert events("at", "time_source")[3:] == [("listed", NOW + 7.5 * HOUR, "exchange")], "a new time is the return's own"


def test_a_rename_is_no_listing():
    catalogue("kucoin", *MANY)
    catalogue("kucoin", *MANY[1:], Instrument(symbol="C00USDT", base="FRESH", quote="USDT"), now=NOW + HOUR)
    assert events("detail") == [("renamed", "C00 is now FRESH")]


def test_contracts_have_a_baseline_and_a_first_market_of_their_own():
    catalogue("bybit", *MANY)
    contracts("bybit", *MANY[:10])
    assert events() == []
    contracts("bybit", *MANY[:11], now=NOW + HOUR)
    assert events("market__kind") == [("listed", "perp")]


def test_while_a_part_of_the_first_list_is_missing_nothing_is_new():
    inverse = contract("C00/USD", inverse=True, settle="C00")
    contracts("bybit", *MANY, kind="partial", detail="inverse: server_error: HTTP 500")
    contracts("bybit", *MANY, inverse, now=NOW + HOUR)
    assert events() == []
    contracts("bybit", *MANY, inverse, "NEW/USDT", now=NOW + 2 * HOUR)
    assert events() == [("listed",)]


def test_that_a_dated_contract_ends_is_planned_from_the_start():
    contracts("bybit", *MANY)
    contracts("bybit", *MANY, instrument("C00/USDTQ", kind="future", expiry=NOW + DAY), now=NOW + HOUR)
    contracts("bybit", *MANY, instrument("C00/USDTQ", kind="future", expiry=NOW + DAY, delist_at=NOW + DAY), now=NOW + 2 * HOUR)
    contracts("bybit", *MANY, now=NOW + 2 * DAY)
    assert events("at", "time_source") == [("pair_added", NOW + HOUR, "first_seen"), ("delisted", NOW + DAY, "exchange")]


def test_options_make_no_events():
    def option(n):
        return Instrument(f"BTC-{n}-C", "BTC", "USDT", kind="option", expiry=NOW + DAY)

    rows("bybit", "option_instruments", option(1))
    rows("bybit", "option_instruments", option(1), option(2), now=NOW + HOUR)
    assert events() == []
