"""Candles of exchanges: per coin, rewritten while they run, and none that contradicts itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Run
from exchanges.rows import Candle as CandleRow
from markets.models import Candle, ExchangeAsset, Market
from tests.markets.build import NOW, catalogue, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
HOUR = timedelta(hours=1)


def candle(opened_at=NOW, prices="2 3 1 2", period_s=3600, volume=5):
    o, h, low, c = (None if p == "-" else Decimal(p) for p in prices.split())
    return CandleRow("BTCUSDT", period_s, opened_at, o, h, low, c, Decimal(volume), Decimal(9))


def store(*found, now=NOW):
    rows("binance", "candles", *found, now=now, markets=dict(Market.objects.values_list("symbol", "pk")))


def test_a_running_candle_is_rewritten_until_it_is_closed():
    catalogue("binance", "BTC/USDT")
    store(candle(NOW - HOUR), candle())
    store(candle(prices="2 4 1 3", volume=7), now=NOW + HOUR)
    assert list(Candle.objects.order_by("opened_at").values_list("opened_at", "high", "close", "base_volume")) == [(NOW - HOUR, 3, 2, 5), (NOW, 4, 3, 7)]


@pytest.mark.parametrize("prices", ["2 3 2.5 2", "2 2.5 1 3", "5 3 1 2", "- 3 1 2", "2 3 1 -"])
def test_a_candle_that_contradicts_itself_is_dropped_and_counted(prices):
    catalogue("binance", "BTC/USDT")
    store(candle(prices=prices), candle(NOW - HOUR))
    assert Candle.objects.count() == 1
    run = Run.objects.first()
    assert (run.dropped, run.detail) == (1, "1 candles contradict themselves")


def test_a_candle_of_the_future_is_dropped():
    catalogue("binance", "BTC/USDT")
    store(candle(NOW + HOUR), candle())
    assert (Candle.objects.count(), Run.objects.first().dropped) == (1, 1)


def test_what_housekeeping_would_drop_is_not_stored():
    catalogue("binance", "BTC/USDT")
    store(candle(NOW - timedelta(days=100)), candle(NOW - timedelta(days=80)), candle(NOW - timedelta(days=900), period_s=86_400), candle(period_s=7))
    assert set(Candle.objects.values_list("period_s", "opened_at")) == {(3600, NOW - timedelta(days=80)), (86_400, NOW - timedelta(days=900))}
    assert Run.objects.first().dropped == 0


def test_a_multiplier_is_undone():
    catalogue("binance", "BTC/USDT")
    ExchangeAsset.objects.filter(code="BTC").update(multiplier=1000)
    store(candle())
    assert Candle.objects.values_list("open", "low", "base_volume", "quote_volume").get() == (Decimal("0.002"), Decimal("0.001"), 5000, 9)
