"""Instruments into markets, codes and assets: identity starts unknown, nothing is merged by mistake, nothing is lost."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Feed
from exchanges.rows import Instrument
from markets.catalogue import free_slug
from markets.models import Asset, ExchangeAsset, Market
from tests.markets.build import NOW, catalogue, contract, contracts, instrument, outcome, save

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
MANY = [f"C{n:02}/USDT" for n in range(20)]


def test_an_instrument_becomes_a_market_of_known_assets():
    catalogue("binance", instrument("BTC/USDT", tick_size=Decimal("0.01"), taker_fee=Decimal("0.001")))
    market = Market.objects.get(symbol="BTCUSDT")
    assert (market.base.asset.name, market.quote.asset.kind) == ("Bitcoin", "stablecoin")
    assert (market.tick_size, market.taker_fee, market.status) == (Decimal("0.01"), Decimal("0.001"), "trading")
    assert market.base.state == "unknown"


def test_a_code_in_another_spelling_means_the_same_coin():
    catalogue("kucoin", instrument("XBT/USDT"))
    assert ExchangeAsset.objects.get(code="XBT").asset.ticker == "BTC"


def test_a_former_ticker_is_not_merged_with_todays():
    catalogue("binance", instrument("MATIC/USDT", status="halted"), instrument("POL/USDT"))
    assert ExchangeAsset.objects.get(code="MATIC").asset != ExchangeAsset.objects.get(code="POL").asset


def test_a_share_or_a_leveraged_token_is_never_the_coin_of_that_ticker():
    catalogue("binance", instrument("APT/USDT"))
    catalogue("bitget", instrument("APT/USDT", tokenised=True))
    catalogue("gateio", instrument("BTC3L/USDT", leveraged=True))
    assert len({code.asset_id for code in ExchangeAsset.objects.filter(code="APT")}) == 2
    assert ExchangeAsset.objects.get(code="BTC3L").asset.kind == "leveraged"


def test_non_latin_codes_have_an_address():
    catalogue("binance", instrument("币安人生/USDT"))
    assert Asset.objects.get(ticker="币安人生").slug == "币安人生"


def test_a_second_reading_changes_what_changed_and_keeps_what_people_set():
    catalogue("binance", instrument("BTC/USDT", tick_size=Decimal("0.01")))
    first = Market.objects.get(symbol="BTCUSDT")
    Market.objects.filter(pk=first.pk).update(enabled=False)
    catalogue("binance", instrument("BTC/USDT", tick_size=Decimal("0.1"), status="halted"))
    again = Market.objects.get(symbol="BTCUSDT")
    assert (again.pk, again.first_seen_at, again.enabled) == (first.pk, first.first_seen_at, False)
    assert (again.tick_size, again.status) == (Decimal("0.1"), "halted")


def test_a_market_whose_row_cannot_be_read_is_not_delisted():
    catalogue("binance", *MANY)
    rest = [instrument(symbol) for symbol in MANY[1:]]
    for _ in range(4):
        assert save("binance", "instruments", outcome(rest, kind="partial", dropped=1))
    assert Market.objects.get(symbol=MANY[0].replace("/", "")).status == "trading"
    for _ in range(3):
        assert save("binance", "instruments", outcome(rest[1:], kind="partial", dropped=1))
    assert Market.objects.get(symbol=MANY[1].replace("/", "")).status == "delisted", "one unreadable row does not explain two absences"


def test_a_market_is_delisted_after_three_lists_without_it():
    catalogue("binance", *MANY)
    for _ in range(2):
        catalogue("binance", *MANY[1:])
    assert Market.objects.get(symbol="C00USDT").status == "trading"
    catalogue("binance", *MANY[1:])
    assert Market.objects.get(symbol="C00USDT").status == "delisted"


def test_a_list_that_lost_a_fifth_is_refused_until_it_insists():
    catalogue("binance", *MANY)
    half = [instrument(s) for s in MANY[:10]]
    for _ in range(3):
        save("binance", "instruments", outcome(half))
        feed = Feed.objects.get(exchange__slug="binance", source="instruments")
        assert feed.outcome == "schema" and "lost 10 of 20" in feed.detail
    assert not Market.objects.filter(missing__gt=0).exists()
    save("binance", "instruments", outcome(half))
    assert Market.objects.filter(missing=1).count() == 10


def test_a_taken_address_gets_its_class_and_then_a_number():
    taken = {"apt", "apt-tokenised"}
    assert [free_slug("APT", "tokenised", taken), free_slug("APT", "coin", taken)] == ["apt-2", "apt-3"]


# --- Contracts ------------------------------------------------------------------------------------------------------
DAY = timedelta(days=1)


def test_a_contract_keeps_what_its_units_need():
    terms = {"contract_size": Decimal(1), "index": "BTCUSD", "funding_interval_hours": Decimal(8), "max_leverage": Decimal(100)}
    contracts("bybit", contract("BTC/USD", inverse=True, settle="BTC", **terms),
              contract("ETH/USDT", kind="future", expiry=NOW + DAY))
    inverse, future = Market.objects.order_by("symbol")
    assert (inverse.kind, inverse.inverse, inverse.settle, inverse.contract_size, inverse.index) == ("perp", True, "BTC", 1, "BTCUSD")
    assert (inverse.funding_interval_hours, inverse.max_leverage, future.kind, future.expiry, future.max_leverage) == (8, 100, "future", NOW + DAY, None)


def test_one_symbol_may_be_a_coin_market_and_a_contract():
    catalogue("binance", "BTC/USDT")
    contracts("binance", "BTC/USDT")
    spot, perp = Market.objects.order_by("-kind")
    assert (spot.kind, perp.kind) == ("spot", "perp") and spot.base == perp.base


def test_the_lists_of_coins_and_of_contracts_do_not_miss_each_others_markets():
    catalogue("binance", *MANY)
    contracts("binance", "C00/USDT", "C01/USDT")
    for _ in range(3):
        catalogue("binance", *MANY)
        contracts("binance", "C00/USDT", "C01/USDT")
    assert not Market.objects.filter(missing__gt=0).exists()


def test_a_contract_on_a_share_is_not_the_coin_of_that_ticker_on_the_same_exchange():
    catalogue("bitget", "APT/USDT")
    contracts("bitget", contract("APT/USDT", tokenised=True))
    coin, share = ExchangeAsset.objects.filter(code="APT").order_by("family")
    assert (coin.family, share.family) == ("coin", "tokenised") and coin.asset != share.asset
    assert Market.objects.get(kind="spot").base == coin and Market.objects.get(kind="perp").base == share


def test_an_expired_contract_is_delisted_at_once_and_is_no_loss():
    expiring = [contract(f"C{n}/USDT", kind="future", expiry=NOW + DAY) for n in range(5)]
    contracts("bybit", *expiring, "BTC/USDT")
    contracts("bybit", "BTC/USDT", now=NOW + 2 * DAY)
    assert set(Market.objects.filter(kind="future").values_list("status", flat=True)) == {"delisted"}
    assert Feed.objects.get(exchange__slug="bybit", source="perp_instruments").outcome == "ok"


def test_contracts_that_vanish_before_their_time_are_a_loss():
    contracts("bybit", *[contract(f"C{n}/USDT", kind="future", expiry=NOW + DAY) for n in range(5)], "BTC/USDT")
    contracts("bybit", "BTC/USDT", now=NOW + DAY / 2)
    feed = Feed.objects.get(exchange__slug="bybit", source="perp_instruments")
    assert (feed.outcome, "lost 5 of 6" in feed.detail) == ("schema", True)


def test_what_a_failed_part_would_have_said_is_neither_missed_nor_forgotten():
    contracts("binance", contract("BTC/USDT", funding_interval_hours=Decimal(4)), *[contract(f"C{n}/USD", inverse=True, settle=f"C{n}") for n in range(9)])
    for _ in range(4):
        contracts("binance", "BTC/USDT", kind="partial", detail="coin: server_error: HTTP 500")
    assert Market.objects.filter(status="trading", missing=0).count() == 10
    assert Market.objects.get(symbol="BTCUSDT").funding_interval_hours == 4


def test_options_rotate_every_day():
    def option(n, day):
        return Instrument(f"BTC-{day}-{n}-C", "BTC", "USDT", kind="option", expiry=NOW + day * DAY, strike=Decimal(n), option_type="call", underlying="BTCUSDT")

    for day in (1, 2):
        save("bybit", "option_instruments", outcome([option(n, day) for n in range(1000, 1010)]), NOW + (day - 1) * DAY)
    assert Market.objects.filter(status="delisted").count() == Market.objects.filter(status="trading").count() == 10
    assert Market.objects.filter(strike=1003, option_type="call", underlying="BTCUSDT").count() == 2
