"""Walking a book: the methodology's example to its digits, and what must hold for any book."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis import fills

ASKS = [(D("100.0"), D(2)), (D("100.1"), D(5)), (D("100.5"), D(10)), (D("101.5"), D(40)), (D("102.5"), D(100))]
BIDS = [(D("99.9"), D(3)), (D("99.7"), D(6)), (D("99.0"), D(12)), (D("98.2"), D(40)), (D("97.0"), D(80))]
MID = D("99.95")


@pytest.mark.parametrize(("levels", "money", "vwap", "slip"), [
    (ASKS, 1000, "100.1994", "0.2495"), (BIDS, 1000, "99.6878", "0.2623"),
    (ASKS, 5000, None, "1.1462"), (ASKS, 10_000, None, "1.7677"), (BIDS, 10_000, None, "2.0019"),
])
def test_the_methodologys_book(levels, money, vwap, slip):
    fill = fills.by_money(levels, D(money))
    assert fill.complete
    assert vwap is None or fill.vwap.quantize(D("0.0001")) == D(vwap)
    assert (fills.slippage(fill.vwap, MID) * 100).quantize(D("0.0001")) == D(slip)


def test_too_much_for_the_book_is_filled_as_far_as_it_goes():
    fill = fills.by_money(ASKS, D(50_000))
    assert not fill.complete
    assert fill.base == 157
    assert fill.money == D("16015.5") == D(50_000) * fill.share
    assert fill.worst == D("102.5")
    assert fill.levels == 5


def test_a_walk_by_coins():
    fill = fills.by_base(ASKS, D(7))
    assert (fill.money, fill.levels, fill.worst, fill.complete) == (D("700.5"), 2, D("100.1"), True)
    assert fills.by_base(BIDS, D(4)).money == D("399.4")


def test_an_empty_book_fills_nothing():
    fill = fills.by_base([], D(1))
    assert (fill.share, fill.base, fill.vwap, fill.worst, fill.levels) == (0, 0, None, None, 0)
    assert fills.slippage(fill.vwap, MID) is None
    assert fills.slippage(D(1), None) is None


prices = st.decimals("0.0001", "100000", places=4)
books = st.lists(st.tuples(prices, st.decimals("0.001", "1000", places=3)), min_size=1, max_size=12, unique_by=lambda level: level[0]).map(sorted)


@given(books, st.decimals("0.01", "100000", places=2), st.decimals("0.01", "100000", places=2))
def test_more_money_never_buys_at_a_better_average(asks, one, other):
    less, more = sorted((one, other))
    first, second = fills.by_money(asks, less), fills.by_money(asks, more)
    assert first.base <= second.base
    assert first.vwap <= second.vwap * (1 + D("1e-25"))
    assert asks[0][0] * (1 - D("1e-25")) <= second.vwap <= second.worst * (1 + D("1e-25"))


@given(books, st.decimals("0.01", "100000", places=2))
def test_a_walk_by_coins_and_one_by_its_money_are_the_same(asks, size):
    fill = fills.by_base(asks, size)
    again = fills.by_money(asks, fill.money)
    assert abs(again.base - fill.base) <= fill.base * D("1e-25")
    assert fill.complete == (size <= sum(each for _, each in asks))


# --- Many amounts, and each level ---------------------------------------------------------------------------------
@given(st.one_of(st.just([]), books), st.decimals("0", "100000", places=2))
def test_running_sums_fill_exactly_as_the_walk_does(asks, wish):
    curve = fills.Curve(asks)
    assert curve.by_base(wish) == fills.by_base(asks, wish)
    assert curve.by_money(wish) == fills.by_money(asks, wish)


@pytest.mark.parametrize("wish", [-1, 0, 1, 2, 7, 8, 157, 158])
def test_running_sums_at_the_ends_of_levels(wish):
    curve = fills.Curve(ASKS)
    assert curve.by_base(D(wish)) == fills.by_base(ASKS, D(wish))
    worth = fills.by_base(ASKS, D(wish)).money
    assert curve.by_money(worth) == fills.by_money(ASKS, worth)


@pytest.mark.parametrize("wish", [0, -1])
def test_no_wish_is_filled_by_nothing(wish):
    assert fills.by_base(ASKS, D(wish)) == fills.by_money(ASKS, D(wish)) == fills.Fill(D(0), D(0), None, 0, D(1))


def test_what_is_taken_of_each_level():
    assert fills.taken(ASKS, D(2), in_money=False) == [(D("100.0"), 2)]
    assert fills.taken(ASKS, D(3), in_money=False) == [(D("100.0"), 2), (D("100.1"), 1)]
    assert fills.taken(ASKS, D("300.1"), in_money=True) == [(D("100.0"), 2), (D("100.1"), 1)]
    assert fills.taken(ASKS, D(1000), in_money=False) == ASKS, "all there is"
    assert fills.taken(ASKS, D(0), in_money=True) == []


def test_slippage_is_never_negative_and_needs_a_middle():
    assert fills.slippage(D(99), D(100)) == fills.slippage(D(101), D(100)) == D("0.01")
    assert fills.slippage(D(1), D(0)) is None
