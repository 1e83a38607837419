"""Books as they are stored: digit for digit, per coin, each with its own times; and the history of what they held."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Run
from exchanges.rows import Book as BookRow
from markets.depth import as_levels
from markets.models import Book, Depth, ExchangeAsset, Market, Revision
from tests.markets.build import NOW, catalogue, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
BIDS = "99.9x3 99.7x6 99.0x12 98.2x40 97.0x80"
ASKS = "100.0x2 100.1x5 100.5x10 101.5x40 102.5x100"


def levels(text):
    return tuple(tuple(Decimal(part) for part in level.split("x")) for level in text.split())


def book(symbol="BTCUSDT", bids=BIDS, asks=ASKS, **more):
    return BookRow(symbol, levels(bids), levels(asks), **more)


def markets():
    return dict(Market.objects.values_list("symbol", "pk"))


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def test_a_book_is_kept_digit_for_digit_without_exponents():
    catalogue("binance", "BTC/USDT")
    rows("binance", "book", book(bids="0.00000123456789012x1E+3 0.00000001x5.50", asks="0.000002x3"), markets=markets())
    stored = Book.objects.get()
    assert stored.bids == '[["0.00000123456789012","1000"],["0.00000001","5.5"]]'
    assert (stored.levels, as_levels(stored.asks)) == (3, ((Decimal("0.000002"), Decimal(3)),))


def test_each_book_has_its_own_times():
    catalogue("bybit", "BTC/USDT", "ETH/USDT")
    times = {"BTCUSDT": (later(-10), later(-8)), "ETHUSDT": (later(-4), later(-2))}
    rows("bybit", "book", book(exchange_ts=later(-9)), book("ETHUSDT"), clock="snapshot", markets=markets(), times=times)
    btc, eth = Book.objects.order_by("market__symbol")
    assert (btc.requested_at, btc.received_at, btc.observed_at, btc.exchange_ts) == (later(-10), later(-8), later(-9), later(-9))
    assert (eth.observed_at, eth.exchange_ts) == (later(-3), None)


def test_history_holds_what_lay_within_the_bands():
    catalogue("binance", "BTC/USDT")
    rows("binance", "book", book(), markets=markets())
    for row in Depth.objects.all():
        assert (row.mid, row.ask_2, row.bid_2, row.ask_01, row.truncated) == (Decimal("99.95"), Decimal("5765.5"), Decimal("6013.9"), 200, False)
    assert set(Depth.objects.values_list("period_s", "opened_at")) == {(300, NOW), (3600, NOW)}


def test_the_last_book_of_a_period_stands_for_it():
    catalogue("binance", "BTC/USDT")
    for seconds, ask in ((0, 2), (60, 3), (400, 4)):
        rows("binance", "book", book(asks=f"100x{ask} 110x1"), now=later(seconds), markets=markets())
    assert list(Depth.objects.order_by("period_s", "opened_at").values_list("period_s", "ask_01", "count")) == [(300, 300, 2), (300, 400, 1), (3600, 400, 3)]


def test_a_crossed_or_one_sided_book_is_kept_without_depth_and_named():
    catalogue("binance", "BTC/USDT", "ETH/USDT", "SOL/USDT")
    rows("binance", "book", book(bids=ASKS, asks=BIDS), book("ETHUSDT", asks=""), book("SOLUSDT"), markets=markets())
    assert Book.objects.count() == 3
    assert set(Depth.objects.values_list("market__symbol", flat=True)) == {"SOLUSDT"}
    assert Run.objects.first().detail == "BTCUSDT is crossed, ETHUSDT has no asks"


def test_a_multiplier_is_undone_in_a_book():
    catalogue("binance", "1000SATS/USDT")
    ExchangeAsset.objects.filter(code="1000SATS").update(multiplier=1000)
    rows("binance", "book", book("1000SATSUSDT", bids="0.2x5 0.1x99999999999999999999", asks="0.3x1"), markets=markets())
    stored = Book.objects.get()
    assert (stored.bids, stored.asks) == ('[["0.0002","5000"]]', '[["0.0003","1000"]]')


def test_an_order_beyond_any_number_costs_its_side_of_the_depth_only():
    catalogue("binance", "BTC/USDT")
    rows("binance", "book", book(asks="100x99999999999999999000 200x1"), markets=markets())
    row = Depth.objects.get(period_s=300)
    assert (row.ask_2, row.bid_2) == (None, Decimal("6013.9"))


def test_books_have_one_change_number():
    catalogue("binance", "BTC/USDT")
    before = dict(Revision.objects.values_list("name", "number"))
    rows("binance", "book", book(), markets=markets())
    after = dict(Revision.objects.values_list("name", "number"))
    assert {name for name in after if after[name] != before.get(name)} == {"books"}
