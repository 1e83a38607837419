"""Invariants 1 to 4, 8, 13 and 14 of the methodology for amounts and fees."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets.analysis import best, fills
from markets.analysis.amounts import UNSEEN, Order
from markets.analysis.best import Terms
from markets.api import serialize_compare
from markets.board import Ladder
from tests.markets.analysis.boards import NAMES, NOW, PAIR, D, quote

some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
steps = st.lists(st.tuples(st.integers(1, 40), st.decimals("0.1", "50", places=1)), min_size=1, max_size=6)
amounts = st.builds(Order, st.sampled_from([None, D(1), D(50), D(700), D(4000), D(100_000)]), st.sampled_from(["quote", "base"]))
sides, nets = st.sampled_from(["buy", "sell"]), st.booleans()
fees = st.dictionaries(st.sampled_from(["", *NAMES]), st.sampled_from([D(0), D("0.0005"), D("0.004")]), max_size=2)


def side(mid, away, rungs):
    found, price = [], mid
    for gap, size in rungs:
        price += away * gap * D("0.01")
        found.append((price, size))
    return tuple(found)


ages = st.sampled_from([2, 20])


@st.composite
def markets(draw, age=ages):
    """Two to five sound exchanges near each other: {name: quote}, {name: book}; a book or a size may be missing, a book old."""
    board, books = {}, {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=2)):
        mid = 100 + draw(st.integers(-50, 50)) * D("0.01")
        bids, asks = side(mid, -1, draw(steps)), side(mid, 1, draw(steps))
        board[name] = quote(
            name, bid=bids[0][0], ask=asks[0][0], bid_size=draw(st.sampled_from([None, bids[0][1]])), ask_size=draw(st.sampled_from([None, asks[0][1]])),
            taker_fee=draw(st.sampled_from([None, D("0.001"), D("0.002")])), age=draw(age), priority=draw(st.integers(0, 2)),
        )
        if draw(st.integers(0, 4)):
            seen = NOW - timedelta(seconds=draw(st.sampled_from([1, 30, 400])))
            books[name] = Ladder(exchange=name, symbol="POLUSDT", bids=bids, asks=asks, observed_at=seen)
    return board, books


def compare(market, order, **terms):
    board, books = market
    return best.compare(PAIR, board, NOW, terms=Terms(order=order, **terms), books=books, usd=D(1))


def winner(c):
    return c.best_buy if c.side == "buy" else c.best_sell


@some
@given(markets(), amounts, sides, nets, fees)
def test_the_winner_fills_and_beats_every_other_that_does(market, order, way, net, own):
    c = compare(market, order, side=way, net=net, fees=own)
    rows = [row for row in c.rows if row.rank]
    filled = [row for row in rows if row.deal.fills]
    assert rows[: len(filled)] == filled, "what is not known to fill comes last"
    values = [value for row in filled if (value := row.deal.each if net else row.deal.price) is not None]
    assert values == sorted(values, reverse=way == "sell")
    won = winner(c)
    assert (won.exchange if won else None) == (filled[0].quote.exchange if filled else None)
    assert bool(filled) == any("best_price" in row.badges for row in rows)
    for row in rows:
        assert row.age_s <= 6 * row.quote.period_s and row.state in ("fresh", "aging")
        assert row.deal.book_age_s is None or row.deal.book_age_s <= 360
        assert row.vs_best is None or row.vs_best <= 0
        assert ("partial" in row.flags) == (row.deal.handicap > UNSEEN)


@some
@given(markets(age=st.just(2)), amounts, sides, nets)
def test_removing_the_winner_promotes_the_runner_up(market, order, way, net):
    before = compare(market, order, side=way, net=net)
    filled = [row.quote.exchange for row in before.rows if row.rank and row.deal.fills]
    if len(filled) < 2:
        return
    board = {name: q for name, q in market[0].items() if name != filled[0]}
    assert winner(compare((board, market[1]), order, side=way, net=net)).exchange == filled[1]


@some
@given(markets(), amounts, sides, st.sampled_from([{"age": 400}, {"switch": "disabled"}, {"identity": "conflicted"}, {"status": "halted"}]))
def test_adding_what_may_not_count_changes_nothing(market, order, way, odd):
    """However good its price and however deep its book."""
    board, books = market
    cheap = quote("zed", "99" if way == "buy" else "101", **odd)
    deep = Ladder(exchange="zed", symbol="X", bids=((D(100), D(10**6)),), asks=((D(100), D(10**6)),), observed_at=NOW)
    before, after = compare(market, order, side=way), compare(({**board, "zed": cheap}, {**books, "zed": deep}), order, side=way)
    assert (before.best_buy, before.best_sell, before.reference_price, before.index_price) == (
        after.best_buy, after.best_sell, after.reference_price, after.index_price)
    assert next(row for row in after.rows if row.quote.exchange == "zed").rank is None


@some
@given(markets(), amounts, sides, st.permutations(NAMES))
def test_the_order_of_exchanges_changes_nothing(market, order, way, names):
    board, books = market
    turned = {name: board[name] for name in names if name in board}, dict(reversed(books.items()))
    assert compare(turned, order, side=way) == compare(market, order, side=way)


@some
@given(markets(), amounts, sides, st.sampled_from([D("0.001"), D(4), D(1000)]))
def test_scaling_every_price_changes_no_flag_rank_or_share(market, order, way, c):
    board, books = market
    money = {name: msgspec.structs.replace(
        q, bid=q.bid * c, ask=q.ask * c, bid_size=q.bid_size and q.bid_size / c, ask_size=q.ask_size and q.ask_size / c, base_volume_24h=q.base_volume_24h / c,
    ) for name, q in board.items()}
    ladders = {name: msgspec.structs.replace(b, bids=scaled(b.bids, c), asks=scaled(b.asks, c)) for name, b in books.items()}
    wish = msgspec.structs.replace(order, amount=order.amount / c if order.amount is not None and order.in_base else order.amount)
    before, after = compare(market, order, side=way), compare((money, ladders), wish, side=way)
    for one, other in zip(before.rows, after.rows, strict=True):
        assert (one.quote.exchange, one.rank, one.flags, one.badges) == (other.quote.exchange, other.rank, other.flags, other.badges)
        assert one.deal.reason == other.deal.reason
        for name in ("share", "slippage_bps"):
            a, b = getattr(one.deal, name), getattr(other.deal, name)
            assert (a is None) == (b is None) and (a is None or abs(a - b) < D("1e-20"))


def scaled(levels, c):
    return tuple((price * c, size / c) for price, size in levels)


@some
@given(steps, st.decimals("0.1", "5000", places=1), st.decimals("0.1", "5000", places=1), st.booleans())
def test_slippage_never_falls_with_the_amount_and_levels_add_up_to_the_walk(rungs, one, other, in_money):
    levels = side(D(100), 1, rungs)
    fill = fills.by_money if in_money else fills.by_base
    small, large = (fill(levels, amount) for amount in sorted((one, other)))
    assert small.vwap <= large.vwap + D("1e-25")
    taken = fills.taken(levels, one, in_money=in_money)
    walked = fill(levels, one)
    assert abs(sum((size for _, size in taken), Decimal(0)) - walked.base) < D("1e-20") and len(taken) == walked.levels


@some
@given(markets(), amounts, sides, fees)
def test_no_number_is_written_with_an_exponent(market, order, way, own):
    c = compare(market, order, side=way, fees=own)
    text = json.dumps(serialize_compare.comparison(c, (), why=True), default=str)
    assert not re.search(r"\d[eE][+-]?\d", text.replace("+00:00", ""))
