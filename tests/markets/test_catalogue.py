"""Instruments into markets, codes and assets: identity starts unknown, nothing is merged by mistake, nothing is lost."""

from decimal import Decimal

import pytest

from exchanges.models import Feed
from markets.catalogue import free_slug
from markets.models import Asset, ExchangeAsset, Market
from tests.markets.build import catalogue, instrument, outcome, save

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
