"""What findings work out without a store: which exchange is bought on, and how much of a book is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from markets.analysis import liquidity
from markets.analysis.amounts import TOP, Order
from markets.analysis.best import Terms
from markets.ask.frame import Frame, Span
from markets.board import Ladder
from markets.reads.findings import arbitrage, cuts
from tests.ask.answers.build import inputs
from tests.markets.analysis.boards import NOW, quote
from tests.markets.gaps import BUY, SELL

D = Decimal


@pytest.mark.parametrize(("q", "ways"), [
    ("buy pol on kucoin, sell on gate", ((BUY, SELL),)), ("sell pol on kucoin after buying at gate", ((SELL, BUY),)),
    ("kucoin gate", ((BUY, SELL), (SELL, BUY))),
    ("buy pol, kucoin gate", ((BUY, SELL), (SELL, BUY))), ("dumping it on kucoin, purchased at gate", ((SELL, BUY),)),
])  # fmt: skip
def test_directions(q, ways):
    assert arbitrage.directions(Frame(q, exchanges=(BUY, SELL))) == ways


@pytest.mark.parametrize(("q", "ways"), [
    ("is it worth moving pol from kucoin to gate", ((BUY, SELL),)), ("bring pol to kucoin from gate", ((SELL, BUY),)), ("pol kucoin to gate", ((BUY, SELL),)),
    ("pol from kucoin or gate", ((BUY, SELL),)), ("send pol to kucoin or to gate", ((BUY, SELL), (SELL, BUY))), ("kucoin and gate", ((BUY, SELL), (SELL, BUY))),
])  # fmt: skip
def test_where_coins_are_and_where_they_go(q, ways):
    spans = tuple(Span(q.index(word), q.index(word) + len(word), "exchange", slug) for word, slug in (("kucoin", BUY), ("gate", SELL)))
    assert arbitrage.directions(Frame(q, exchanges=(BUY, SELL), spans=spans)) == ways


def test_levels_that_an_order_meets_and_one_more():
    levels = [(D(10), D(1)), (D(11), D(1)), (D(12), D(1)), (D(13), D(1))]
    assert [cuts.reached(levels, Order(D(size), "base")) for size in ("0.5", "1", "1.5", "3", "9")] == [2, 2, 3, 4, 4]
    assert [cuts.reached(levels, Order(D(money))) for money in (10, 11, 21, 34)] == [2, 3, 3, 5] and cuts.reached([], Order(D(1))) == 0


def ladder(levels=90, bid="100", step="0.05"):
    bids = tuple((D(bid) - D(step) * n, D(1)) for n in range(levels))
    return Ladder(exchange="ada", symbol="POLUSDT", bids=bids, asks=tuple((D(bid) + D(step) * (n + 1), D(1)) for n in range(levels)))


def test_a_measured_book_keeps_its_widest_band_and_what_is_walked():
    whole = ladder()  # 2 % of the middle are 40 levels on each side
    kept = cuts.measured(whole, None, TOP)
    assert (len(kept.bids), len(kept.asks)) == (41, 41)
    assert liquidity.measure(kept).depth == liquidity.measure(whole).depth
    assert len(cuts.measured(whole, D(6000), TOP).asks) == 61 and len(cuts.measured(whole, None, Order(D(70), "base")).bids) == 71
    assert cuts.measured(ladder(5), D(6000), TOP) == ladder(5)


def test_a_book_without_a_side_is_kept_as_it_is():
    empty = replace(ladder(), asks=())
    assert cuts.measured(empty, D(1), TOP) is empty


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("order", [Order(D(3), "base"), Order(D(250))])
@pytest.mark.parametrize("now", [100, 102, 98])  # the book was read at 100: a later price leaves only what lies beyond it
def test_a_comparison_at_an_amount_is_the_same_over_what_is_kept_of_its_books(side, order, now):
    quotes = {name: quote(name, now, half="0.0001", ask_size="0.5", bid_size="0.5", taker_fee=fee) for name, fee in (("ada", "0.1"), ("bea", None))}
    seen = NOW if now == 100 else NOW - timedelta(seconds=9)
    whole = inputs(quotes, books={name: replace(ladder(), exchange=name, observed_at=seen, period_s=60) for name in quotes}, terms=Terms(side, order=order))
    kept = cuts.compared(whole)
    assert all(row.deal.fills for row in whole.compared(NOW).rows)
    before, after = whole.compared(NOW), kept.compared(NOW)
    assert (before.best_buy, before.best_sell, before.notes, before.after_fees_pct) == (after.best_buy, after.best_sell, after.notes, after.after_fees_pct)
    assert [row.deal for row in before.rows] == [row.deal for row in after.rows]
    assert all(len(book.bids) + len(book.asks) < 80 for book in kept.books.values())


def test_the_larger_amount_does_not_make_a_receipt_large():
    quotes = {"ada": quote("ada", 100, ask_size="0.5")}
    kept = cuts.compared(inputs(quotes, books={"ada": ladder()}, terms=Terms("buy", order=Order(D(20), "base"))))
    assert (len(kept.books["ada"].asks), len(kept.books["ada"].bids)) == (cuts.MOST, 21)
    far = cuts.compared(inputs(quotes, books={"ada": ladder()}, terms=Terms("buy", order=Order(D(75), "base"))))
    assert len(far.books["ada"].asks) == 76


def test_a_book_of_an_exchange_that_is_not_compared_is_dropped():
    found = inputs({"ada": quote("ada", 100)}, books={"ada": ladder(), "bea": ladder()}, terms=Terms("buy", order=Order(D(1), "base")))
    assert list(cuts.compared(found).books) == ["ada"] and cuts.compared(inputs({"ada": quote("ada")}, books={"ada": ladder()})).books == {}
