"""Funding: rates, where an interval was learnt, what is unknown and stays unknown, and what was paid."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.rows import FundingRate
from markets.models import Funding, FundingSettlement, Market
from tests.markets.build import NOW, contract, contracts, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
HOUR = timedelta(hours=1)
RATE = Decimal("0.0001")


def paid(*hours, rate=RATE, **more):
    return [FundingRate("BTCUSDT", rate, "settled", settled_at=NOW - hour * HOUR + timedelta(milliseconds=3 * n), **more) for n, hour in enumerate(hours)]


def interval():
    return Funding.objects.values_list("interval_hours", "interval_from").get()


def test_the_running_interval_is_stored_with_what_is_foretold_kept_apart():
    contracts("bybit", "BTC/USDT")
    bounds = {"cap": Decimal("0.005"), "floor": Decimal("-0.005")}
    row = FundingRate("BTCUSDT", RATE, interval_hours=Decimal(4), next_funding_at=NOW + HOUR, next_rate=Decimal("-0.0002"), **bounds)
    rows("bybit", "funding", row)
    stored = Funding.objects.get()
    assert (stored.rate, stored.next_rate, stored.cap, stored.floor) == (RATE, Decimal("-0.0002"), Decimal("0.005"), Decimal("-0.005"))
    assert (stored.next_funding_at, *interval()) == (NOW + HOUR, 4, "exchange")


def test_an_interval_is_taken_from_the_catalogue_then_from_history():
    contracts("binance", contract("BTC/USDT", funding_interval_hours=Decimal(8)))
    rows("binance", "funding", FundingRate("BTCUSDT", RATE))
    assert interval() == (8, "catalogue")
    Market.objects.update(funding_interval_hours=None)
    rows("binance", "funding_history", *paid(13, 9, 5, 1), markets={"BTCUSDT": Market.objects.get().pk})
    rows("binance", "funding", FundingRate("BTCUSDT", RATE))
    assert interval() == (4, "history")


def test_an_unknown_interval_stays_unknown():
    contracts("binance", "BTC/USDT")
    rows("binance", "funding", FundingRate("BTCUSDT", RATE))
    assert interval() == (None, "")


def test_one_settlement_or_a_hole_between_two_tells_no_interval():
    contracts("binance", "BTC/USDT")
    for hours in ((1,), (50, 1)):
        rows("binance", "funding_history", *paid(*hours), markets={"BTCUSDT": Market.objects.get().pk})
        rows("binance", "funding", FundingRate("BTCUSDT", RATE))
        assert interval() == (None, "")


def test_an_interval_that_changes_is_followed():
    contracts("binance", "BTC/USDT")
    rows("binance", "funding_history", *paid(20, 12, 4, 3), markets={"BTCUSDT": Market.objects.get().pk})
    rows("binance", "funding", FundingRate("BTCUSDT", RATE))
    assert interval() == (1, "history")
    assert list(FundingSettlement.objects.order_by("settled_at").values_list("interval_hours", flat=True)) == [None, 8, 8, 1]


def test_settlements_are_kept_once_and_the_exchanges_own_interval_counts():
    contracts("bybit", "BTC/USDT")
    markets = {"BTCUSDT": Market.objects.get().pk}
    for interval_hours in (None, Decimal(8), None):
        rows("bybit", "funding_history", *paid(16, interval_hours=interval_hours), markets=markets)
    assert FundingSettlement.objects.values_list("rate", "interval_hours").get() == (RATE, 8)


def test_a_rate_of_zero_is_a_rate_and_a_dated_contract_has_none():
    contracts("bybit", "BTC/USDT", contract("BTC/USDTZ", kind="future", expiry=NOW + HOUR))
    rows("bybit", "funding", FundingRate("BTCUSDT", Decimal(0)), FundingRate("BTCUSDTZ"))
    assert list(Funding.objects.values_list("market__symbol", "rate")) == [("BTCUSDT", 0)]


def test_a_settlement_that_comes_with_the_running_rate_becomes_history():
    contracts("kucoin", "BTC/USDT")
    rows("kucoin", "funding", FundingRate("BTCUSDT", RATE), *paid(8, rate=Decimal("0.0003")))
    assert (Funding.objects.get().rate, FundingSettlement.objects.get().rate) == (RATE, Decimal("0.0003"))


def test_a_multiplier_changes_no_rate():
    contracts("binance", "1000PEPE/USDT")
    Market.objects.get().base.__class__.objects.filter(code="1000PEPE").update(multiplier=1000)
    rows("binance", "funding", FundingRate("1000PEPEUSDT", RATE))
    assert Funding.objects.get().rate == RATE
