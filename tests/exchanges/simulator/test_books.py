"""Books and candles: the top is the quote, the depth is finite and differs, candles close where the ticker trades."""

from itertools import pairwise

import pytest

from exchanges.simulator.books import FEWEST, book
from exchanges.simulator.candles import candles
from exchanges.simulator.derivatives import contract_quote, contracts
from exchanges.simulator.events import Happening, Timetable
from exchanges.simulator.options import option_quotes
from exchanges.simulator.prices import Prices

from .conftest import EXCHANGES

NOON = 1_795_000_000.0
DAY = 86_400


@pytest.fixture(scope="module")
def market():
    return Prices(1)


def spot(market, slug, number=0):
    return [m for m in market.world.markets[slug] if m.status == "trading" and m.book == "both"][number]


def ordered(bids, asks):
    return all(a[0] > b[0] for a, b in pairwise(bids)) and all(a[0] < b[0] for a, b in pairwise(asks)) and (not bids or not asks or bids[0][0] < asks[0][0])


@pytest.mark.parametrize("slug", EXCHANGES)
def test_the_top_of_a_book_is_the_ticker_of_the_same_instant(market, slug):
    for number in (0, 40, 200):
        thing = spot(market, slug, number)
        bids, asks = book(market, thing, NOON)
        q = market.quote(thing, NOON)
        assert (bids[0], asks[0]) == ((q.bid, q.bid_size), (q.ask, q.ask_size))
        assert ordered(bids, asks)
    for thing in contracts(slug, NOON)[::40]:
        bids, asks = book(market, thing, NOON)
        q = contract_quote(market, thing, NOON)
        assert (bids[0], asks[0]) == ((q.bid, q.bid_size), (q.ask, q.ask_size))
        assert ordered(bids, asks)
    for q in option_quotes(market, slug, NOON)[::29]:
        bids, asks = book(market, q.option, NOON)
        assert asks[0] == (q.ask, q.ask_size)
        assert (bids[0] if bids else (None, None)) == (q.bid, q.bid_size)
        assert ordered(bids, asks)


def test_a_side_that_the_ticker_lacks_is_empty_in_the_book(market):
    thing = next(m for m in market.world.markets["kucoin"] if m.symbol == "DODO-USDT")
    bids, asks = book(market, thing, NOON)
    assert bids
    assert asks == []


def test_depth_is_finite_fits_the_market_and_differs_between_exchanges(market):
    depths = {}
    for slug in EXCHANGES:
        for number in (0, 250):
            thing = spot(market, slug, number)
            bids, asks = book(market, thing, NOON)
            assert FEWEST <= len(bids) <= 330
            assert FEWEST <= len(asks) <= 330
            worth = sum(price * size for price, size in bids) * thing.money.price
            assert 0.0002 < worth / thing.turnover < 0.05, thing.symbol
            assert all(size > 0 for _, size in (*bids, *asks))
            depths[slug, number] = (len(bids), worth)
        assert depths[slug, 0][1] > depths[slug, 250][1]
    assert len({depths[slug, 0] for slug in EXCHANGES}) == len(EXCHANGES)
    assert len(book(market, spot(market, "binance"), NOON, 50)[0]) == 50


def test_sizes_are_whole_contracts(market):
    thing = next(c for c in contracts("gateio", NOON) if c.symbol == "PEPE_USDT")
    for _, size in book(market, thing, NOON)[0]:
        assert size / 10_000_000 == pytest.approx(round(size / 10_000_000))


@pytest.mark.parametrize("slug", EXCHANGES)
def test_candles_join_and_end_at_the_tickers_price(market, slug):
    for thing, last in ((spot(market, slug), None), (contracts(slug, NOON)[0], None)):
        last = (contract_quote if hasattr(thing, "contract_size") else lambda p, m, t: p.quote(m, t))(market, thing, NOON).last  # noqa: PLW2901
        for period in (60, 300, 3_600, 86_400):
            found = candles(market, thing, period, NOON - 5 * period, NOON)
            assert len(found) == 5
            assert found[-1].close == last
            assert found[-1].opened_at == NOON // period * period
            for c in found:
                assert c.opened_at % period == 0
                assert c.low <= min(c.open, c.close) <= max(c.open, c.close) <= c.high
                assert c.volume > 0
                assert c.low * c.volume * 0.999 <= c.quote_volume <= c.high * c.volume * 1.001
            assert all(a.close == b.open for a, b in pairwise(found))


def test_a_minute_of_the_past_is_the_same_whenever_it_is_asked_for(market):
    thing = spot(market, "bybit")
    assert candles(market, thing, 60, NOON - 3_600, NOON - 60)[:50] == candles(market, thing, 60, NOON - 3_600, NOON + 900, now=NOON + 900)[:50]


def test_a_days_candles_add_up_to_the_tickers_day(market):
    for number in range(0, 200, 20):
        thing = spot(market, "binance", number)
        q = market.quote(thing, NOON)
        day = candles(market, thing, 3_600, NOON - DAY, NOON)
        assert sum(c.volume for c in day) == pytest.approx(q.volume, rel=0.35)
        assert max(c.high for c in day) == pytest.approx(q.high, rel=0.02)
        assert min(c.low for c in day) == pytest.approx(q.low, rel=0.02)


def test_there_are_no_candles_before_the_listing(market):
    thing = next(m for m in market.world.markets["gateio"] if m.listed_at > 1_700_000_000 and m.status == "trading")
    start = float(thing.listed_at)
    found = candles(market, thing, 3_600, start - DAY, start + DAY, now=start + DAY)
    assert found[0].opened_at == thing.listed_at


def test_the_candle_of_the_opening_is_there_before_its_period_is_over():
    world = Prices(1, Timetable(1, None))
    opens = NOON // 3_600 * 3_600 + 600
    world.timetable.trigger(Happening("list", "kucoin", opens, "NEWCOIN", said_at=opens - 60))
    thing = next(m for m in world.timetable.markets("kucoin", opens + 60) if m.base == "NEWCOIN")
    (only,) = candles(world, thing, 3_600, opens - DAY, opens + 60)
    assert only.opened_at == opens - 600
    (whole,) = candles(world, thing, 3_600, opens - DAY, opens - 600, now=opens + 7_200)
    assert only.volume * 10 < whole.volume
