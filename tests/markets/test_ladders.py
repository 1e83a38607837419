"""Books in memory: renewed by change number, late rows, today's period and switch, and none of what is delisted."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Feed
from exchanges.rows import Book as BookRow
from exchanges.rows import Instrument
from markets import held, store
from markets.board import PairKey
from markets.models import Book, Market
from markets.reads import ladders
from tests.markets.build import NOW, catalogue, exchange, prices, rows, ticker

pytestmark = pytest.mark.usefixtures("stored")
KEY = PairKey("BTC", "USDT")


def book(bid=100, ask=101, size=2):
    return BookRow("BTCUSDT", bids=((Decimal(bid), Decimal(size)),), asks=((Decimal(ask), Decimal(size)),))


def listed(*slugs):
    for slug in slugs:
        catalogue(slug, "BTC/USDT", "ETH/USDT")
        prices(slug, ticker("BTC/USDT", 100, 101), ticker("ETH/USDT", 10, 11))


def store_book(slug, bid, at=NOW):
    """As the worker leaves it, whatever came before: the late one is stored after one that was answered later."""
    market = Market.objects.get(exchange__slug=slug, symbol="BTCUSDT", kind="spot")
    levels = f'[["{bid}", "2"]]', f'[["{bid + 1}", "2"]]'
    Book.objects.update_or_create(market=market, defaults={
        "bids": levels[0], "asks": levels[1], "levels": 2, "requested_at": at, "received_at": at, "observed_at": at,
    })
    store.touch("books")
    held.forget()


def best_bid(slug):
    return ladders.of(KEY)[slug].bids[0][0]


def test_books_are_told_by_pair_and_exchange():
    listed("kucoin", "binance")
    store_book("kucoin", 100)
    found = ladders.of(KEY)
    assert list(found) == ["kucoin"] and found["kucoin"].asks == ((101, 2),) and found["kucoin"].observed_at == NOW
    assert ladders.everything() == {KEY: found}
    assert ladders.of(PairKey("ETH", "USDT")) == {} == ladders.of(PairKey("NO", "WAY"))
    market = ladders.places()[KEY]["kucoin"]
    assert ladders.of_markets([market, 10**9]) == {market: found["kucoin"]}


def test_a_book_is_read_again_only_when_the_change_number_moved(django_assert_num_queries):
    listed("kucoin")
    store_book("kucoin", 100)
    assert best_bid("kucoin") == 100
    first = ladders.of(KEY)["kucoin"]
    Book.objects.update(bids='[["50", "1"]]')
    with django_assert_num_queries(0):
        assert ladders.of(KEY)["kucoin"] is first, "decoded once"
    store_book("kucoin", 102, NOW + timedelta(seconds=60))
    assert best_bid("kucoin") == 102


def test_a_row_that_is_stored_late_is_not_missed():
    listed("kucoin", "binance")
    store_book("kucoin", 100, NOW)
    assert best_bid("kucoin") == 100
    store_book("binance", 99, NOW - timedelta(seconds=59))
    assert best_bid("binance") == 99, "answered before the newest, stored after it"
    store_book("kucoin", 103, NOW + timedelta(seconds=30))
    assert {slug: ladder.bids[0][0] for slug, ladder in ladders.of(KEY).items()} == {"kucoin": 103, "binance": 99}


def test_period_and_switch_are_always_todays():
    listed("kucoin")
    store_book("kucoin", 100)
    before = ladders.of(KEY)["kucoin"]
    Feed.objects.filter(exchange=exchange("kucoin"), source="book").update(period_s=17)
    held.forget()
    assert (before.switch, ladders.of(KEY)["kucoin"].period_s) == ("", 17)
    Feed.objects.filter(exchange=exchange("kucoin"), source="book").update(enabled=False)
    held.forget()
    assert ladders.of(KEY)["kucoin"].switch == "disabled"
    Feed.objects.filter(exchange=exchange("kucoin"), source="book").update(enabled=True)
    store.touch("switches")
    held.forget()
    assert ladders.of(KEY)["kucoin"].switch == ""


def test_what_is_delisted_has_no_book():
    listed("kucoin")
    store_book("kucoin", 100)
    Market.objects.filter(symbol="BTCUSDT").update(status=Market.Status.DELISTED)
    store.touch("catalogue:kucoin")
    held.forget()
    assert ladders.everything() == {} and ladders.of(KEY) == {}


def test_through_the_store_a_polled_book_is_there():
    catalogue("kucoin", Instrument("BTCUSDT", "BTC", "USDT"))
    prices("kucoin", ticker("BTC/USDT", 100, 101))
    market = Market.objects.get()
    rows("kucoin", "book", book(), markets={"BTCUSDT": market.pk})
    assert best_bid("kucoin") == 100
