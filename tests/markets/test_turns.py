"""Whose turn it is, what people look at, and that however many look, the exchange is asked once."""

from datetime import timedelta

import pytest

from exchanges.client import Outcome
from exchanges.models import Feed
from exchanges.rows import Book
from markets import held, tasks, turns
from markets.models import Market, Reading
from tests.markets.build import NOW, catalogue, contracts, instrument, prices, ticker

pytestmark = pytest.mark.django_db
FIRST, SECOND = "binance", "kucoin"


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: calls.append((name, *args)))
    return calls


@pytest.fixture
def feed(db):
    for slug in (FIRST, SECOND):
        catalogue(slug, "BTC/USDT", "ETH/USDT", *([instrument("ONE/USDT")] if slug == FIRST else []))
        prices(slug, ticker("BTC/USDT", 100, 101, quote_volume_24h=900), ticker("ETH/USDT", 10, 11, quote_volume_24h=5000), ticker("ONE/USDT", 1, 2))
    held.forget()
    feed = Feed.objects.select_related("exchange").get(exchange__slug=FIRST, source="book")
    feed.period_s, feed.markets = 30, 2
    feed.save()
    return feed


def market(symbol, slug=FIRST):
    return Market.objects.get(exchange__slug=slug, symbol=symbol).pk


def source(feed):
    return turns.source_of(feed)


def good(at=NOW):
    return Outcome("ok", at, at, 5, rows=[Book("x")])


def test_the_plan_is_the_pairs_on_several_exchanges_by_volume(feed):
    assert turns.busiest(feed, source(feed)) == [market("ETHUSDT"), market("BTCUSDT")]
    feed.markets = 1
    assert turns.busiest(feed, source(feed)) == [market("ETHUSDT")]


def test_markets_take_turns_and_nobody_has_a_second_one_before_the_first_is_due(feed):
    one = turns.due(feed, source(feed), NOW)
    assert len(one) == 1  # two markets in 30 s are one every 15 s
    turns.done({one[0]: good()}, "book", NOW)
    (other,) = turns.due(feed, source(feed), NOW + timedelta(seconds=15))
    assert other != one[0]
    turns.done({other: good()}, "book", NOW + timedelta(seconds=15))
    assert turns.due(feed, source(feed), NOW + timedelta(seconds=20)) == []
    assert turns.due(feed, source(feed), NOW + timedelta(seconds=30)) == one


def test_what_somebody_looks_at_joins_the_plan_for_a_while(feed, queued):
    turns.want([market("ONEUSDT")], "book", NOW, fresh_s=10)
    turns.done({market("ONEUSDT"): good()}, "book", NOW)
    feed.markets = 0
    assert turns.due(feed, source(feed), NOW + timedelta(seconds=60)) == [market("ONEUSDT")]
    assert turns.due(feed, source(feed), NOW + timedelta(minutes=3)) == []


def test_a_hundred_looks_ask_the_queue_once(feed, queued):
    for _ in range(100):
        turns.want([market("BTCUSDT")], "book", NOW, fresh_s=10)
    assert queued == [("markets.tasks.look", FIRST, "book")]
    assert turns.pending(feed) == [market("BTCUSDT")]


def test_what_is_fresh_is_not_asked_again_and_what_is_old_is(feed, queued):
    pk = market("BTCUSDT")
    turns.done({pk: good()}, "book", NOW)
    assert turns.want([pk], "book", NOW + timedelta(seconds=5), fresh_s=10) == []
    assert (turns.pending(feed), queued) == ([], [])
    assert turns.want([pk], "book", NOW + timedelta(seconds=30), fresh_s=10) == [pk]


def test_one_task_takes_everything_that_is_wanted_of_an_exchange(feed, queued):
    turns.want([market("BTCUSDT"), market("ETHUSDT"), market("BTCUSDT", SECOND)], "book", NOW, fresh_s=10)
    assert sorted(queued) == [("markets.tasks.look", FIRST, "book"), ("markets.tasks.look", SECOND, "book")]
    assert set(turns.pending(feed)) == {market("BTCUSDT"), market("ETHUSDT")}
    turns.done({pk: good() for pk in turns.pending(feed)}, "book", NOW + timedelta(seconds=1))
    assert turns.pending(feed) == []


def test_a_failed_turn_keeps_when_it_was_last_read(feed):
    pk = market("BTCUSDT")
    turns.done({pk: good()}, "book", NOW)
    turns.done({pk: Outcome("deadline", NOW, NOW, 5, detail="slow")}, "book", NOW + timedelta(seconds=30))
    reading = Reading.objects.get(market=pk)
    assert (reading.read_at, reading.tried_at, reading.outcome, reading.detail) == (NOW, NOW + timedelta(seconds=30), "deadline", "slow")


def test_who_looks_at_an_exchange_that_is_off_is_told(feed, queued):
    feed.exchange.enabled = False
    feed.exchange.save()
    turns.want([market("BTCUSDT")], "book", NOW, fresh_s=10)
    assert tasks.look(FIRST, "book") == "disabled"
    assert turns.pending(feed) == []
    assert Reading.objects.get(market=market("BTCUSDT")).outcome == "disabled"


def test_a_request_knows_the_market_by_its_exchanges_own_words(feed):
    ((pk, ask),) = turns.asks(feed, source(feed), [market("BTCUSDT")], NOW)
    assert (pk, ask.market.symbol, ask.market.base, ask.market.quote, ask.market.kind) == (market("BTCUSDT"), "BTCUSDT", "BTC", "USDT", "spot")


def test_candles_are_asked_for_in_every_period_we_keep_as_far_back_as_one_reply_reaches(feed):
    candles = Feed.objects.select_related("exchange").get(exchange__slug=FIRST, source="candles")
    asked = [ask for _, ask in turns.asks(candles, source(candles), [market("BTCUSDT")], NOW)]
    assert [ask.period_s for ask in asked] == [3600, 86_400, 300, 60]
    assert {(ask.end - ask.start).total_seconds() / ask.period_s for ask in asked} == {500}
    assert all(ask.end == NOW for ask in asked)


def test_two_markets_of_one_symbol_are_not_asked_about_in_one_firing(feed):
    """Answers are told apart by the exchange's own symbol, and a contract may have that of the coin's market."""
    contracts(FIRST, "BTC/USDT", "ETH/USDTX")
    spot, perp = (Market.objects.get(exchange__slug=FIRST, symbol="BTCUSDT", kind=kind).pk for kind in ("spot", "perp"))
    asked = turns.asks(feed, source(feed), [perp, spot, market("ETHUSDTX")], NOW)
    assert [pk for pk, _ in asked] == [perp, market("ETHUSDTX")]
