"""A market's past as seconds and plain texts, the same on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest

from markets.bulk import upsert
from markets.models import Candle, Market
from markets.series import points
from tests.markets.build import NOW, catalogue

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
HOUR = timedelta(hours=1)
PRICES = ["0.0000012", "123456789.012345", None, "100", "0.5"]


@pytest.fixture
def market():
    catalogue("binance", "BTC/USDT", "ETH/USDT")
    columns = ("market_id", "period_s", "opened_at", "open", "close")
    first, other = Market.objects.order_by("symbol")
    rows = [(first.pk, 3600, NOW - n * HOUR, Decimal(n), price and Decimal(price)) for n, price in enumerate(PRICES)]
    upsert(Candle, columns, [*rows, (first.pk, 300, NOW, None, None), (other.pk, 3600, NOW, None, None)], key=columns[:3])
    return first.pk


def test_oldest_first_between_two_times_digit_for_digit(market):
    now = int(NOW.timestamp())
    found = points(Candle, market, 3600, NOW - 4 * HOUR, NOW)
    assert found == [(now - 3 * 3600, "100"), (now - 2 * 3600, None), (now - 3600, "123456789.012345"), (now, "0.0000012")]
    assert points(Candle, market, 3600, NOW - 5 * HOUR, NOW - HOUR)[0] == (now - 4 * 3600, "0.5")


def test_the_columns_that_are_asked_for(market):
    assert points(Candle, market, 3600, NOW - 2 * HOUR, NOW, columns=("open", "close", "base_volume"))[-1] == (int(NOW.timestamp()), "0", "0.0000012", None)


def test_a_column_that_is_no_number_is_refused(market):
    with pytest.raises(ValueError, match="opened_at; x"):
        points(Candle, market, 3600, NOW - HOUR, NOW, columns=("opened_at; x",))
