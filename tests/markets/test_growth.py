"""What the plan says it will write, beside what a small market of two exchanges really left behind."""

from datetime import timedelta

import pytest

from exchanges.models import Exchange, Feed
from markets import growth, held
from markets.models import Candle, Depth, FundingSettlement, Setting, Snapshot
from tests.markets.build import NOW, catalogue, prices, ticker

pytestmark = pytest.mark.django_db
ONE, TWO = "binance", "kucoin"
SYMBOLS = ("BTC/USDT", "ETH/USDT")


@pytest.fixture
def market(db):
    Exchange.objects.exclude(slug__in=(ONE, TWO)).update(enabled=False)
    Feed.objects.exclude(source__in=("tickers", "book", "candles", "funding_history")).update(enabled=False)
    Feed.objects.filter(source__in=("book", "candles", "funding_history")).update(markets=3)
    for slug in (ONE, TWO):
        catalogue(slug, *SYMBOLS)
        prices(slug, *(ticker(symbol, 100, 101) for symbol in SYMBOLS), now=NOW)
    held.forget()


@pytest.fixture
def predicted(market):
    return growth.rows(NOW, NOW + timedelta(minutes=14, seconds=50))


def test_snapshots_are_as_many_as_polls_leave(predicted):
    for step in range(0, 900, 30):
        for slug in (ONE, TWO):
            prices(slug, *(ticker(symbol, 100, 101) for symbol in SYMBOLS), now=NOW + timedelta(seconds=step))
    assert Snapshot.objects.count() == predicted[Snapshot] == 4 * (1 + 3 + 15)  # an hour, five minutes, minutes; of four markets


def test_only_the_busiest_leave_minutes(market):
    Setting.objects.update_or_create(pk=1, defaults={"snapshot_pairs": 1})
    assert growth.rows(NOW, NOW + timedelta(minutes=14, seconds=50))[Snapshot] == 4 + 2 * (3 + 15)


def test_an_interval_that_crosses_an_hour_touches_two(market):
    assert growth.rows(NOW - timedelta(minutes=1), NOW + timedelta(minutes=1))[Snapshot] == 4 * (2 + 2 + 3)


def test_books_candles_and_funding_follow_the_plan(market):
    found = growth.rows(NOW, NOW + timedelta(minutes=59, seconds=59))
    assert found[Depth] == 2 * 3 * (12 + 1)
    # Nearly all of the three markets of each exchange have had their first turn: 500 candles back in four periods, and the hour since.
    assert found[Candle] == pytest.approx(2 * 3 * (4 * 500 + 60 + 12 + 1), rel=0.01)
    assert found[FundingSettlement] == pytest.approx(2 * 3 * 100, rel=0.01)


def test_what_is_off_writes_nothing(market):
    Exchange.objects.update(enabled=False)
    held.forget()
    found = growth.rows(NOW, NOW + timedelta(hours=1))
    assert (found[Depth], found[Candle], found[FundingSettlement]) == (0, 0, 0)


def test_size_is_rows_times_what_a_row_takes():
    assert growth.size({Snapshot: 10, Candle: 2}) == 10 * growth.BYTES[Snapshot] + 2 * growth.BYTES[Candle]
