"""Liquidity of one book and of several: methodology section 8, and invariants 1 and 8."""

from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import fills, liquidity
from markets.analysis.depth import BANDS, Band
from markets.analysis.fills import Curve
from markets.analysis.liquidity import Cost, Sides, Wish
from markets.analysis.settings import DEFAULT, Method
from markets.board import Ladder
from tests.markets.analysis.boards import D

ONE = Decimal(1)
TINY = D("1e-24")


def levels(text):
    return tuple((D(price), D(size)) for price, size in (each.split("x") for each in text.split(", ")))


def ladder(bids, asks, exchange="ada"):
    bids, asks = (levels(side) if isinstance(side, str) else side for side in (bids, asks))
    return Ladder(exchange=exchange, symbol="POLUSDT", bids=bids, asks=asks)


BOOK = ladder("99.9x3, 99.7x6, 99.0x12, 98.2x40, 97.0x80", "100.0x2, 100.1x5, 100.5x10, 101.5x40, 102.5x100")


def cost(amount, side="buy", *, of=BOOK, in_base=False):
    return liquidity.cost(of, Wish(D(amount), side, in_base))


# --- The worked example -------------------------------------------------------------------------------------------
def test_the_depth_of_the_example():
    found = liquidity.measure(BOOK, ONE)
    band = found.band(D("0.02"))
    assert (found.depth.mid, band.ask, band.bid) == (D("99.95"), D("5765.5"), D("6013.9"))
    assert (found.move_up_usd, found.move_down_usd) == (D("5765.5"), D("6013.9")) and not found.depth.truncated


@pytest.mark.parametrize(("amount", "side", "vwap", "slippage"), [
    (1000, "buy", "100.1994", "0.2495"), (1000, "sell", "99.6878", "0.2623"), (5000, "buy", "101.0956", "1.1462"), (10_000, "buy", "101.7168", "1.7677"),
    (10_000, "sell", "97.9491", "2.0019"),
])
def test_the_amounts_of_the_example(amount, side, vwap, slippage):
    found = cost(amount, side)
    assert (f"{found.vwap:.4f}", f"{found.slippage_bps / 100:.4f}", found.share) == (vwap, slippage, 1)
    assert found.money == amount and abs(found.base * found.vwap - amount) < TINY


def test_what_cannot_be_filled_is_null_with_the_part_that_can():
    found = cost(50_000)
    assert (found.slippage_bps, found.vwap) == (None, None)
    assert (found.share, found.money, found.base) == (D("16015.5") / 50_000, D("16015.5"), 157)


def test_the_score_of_the_example_and_its_parts():
    found = liquidity.measure(BOOK, ONE).score
    assert f"{found.value:.1f}" == "53.2"
    assert [(part.notional, part.weight) for part in found.parts] == [
        (100, D("0.15")), (500, D("0.15")), (1000, D("0.20")), (5000, D("0.20")), (10_000, D("0.15")),
        (50_000, D("0.07")), (100_000, D("0.05")), (200_000, D("0.03"))]
    assert sum(part.weight for part in found.parts) == 1 and abs(sum(part.points for part in found.parts) - found.value) < TINY
    thousand, ten = found.parts[2], found.parts[4]
    assert f"{thousand.buy:.6f} {thousand.sell:.6f} {thousand.points:.3f}" == "0.002495 0.002623 17.377"  # 100 * 0.2 * (1 - 0.002623 / 0.02)
    assert ten.points == 0 and ten.sell > D("0.02") > ten.buy  # the worse side
    assert [part.points for part in found.parts[5:]] == [0, 0, 0] and found.parts[5].buy is None


def test_coins_are_walked_by_coins():
    found = cost(7, in_base=True)
    assert (found.base, found.money, f"{found.vwap:.6f}") == (7, D("700.5"), "100.071429")
    assert cost(157, in_base=True).share == 1 and cost(158, in_base=True).slippage_bps is None
    assert cost(9, "sell", in_base=True).money == D("897.9")


# --- One book -----------------------------------------------------------------------------------------------------
def test_top_costs_steps_and_turnover():
    found = liquidity.with_volume(liquidity.measure(BOOK, ONE), D("1177940"))
    assert (found.top_bid, found.top_ask) == (D("299.7"), 200)
    assert found.costs[0] == (cost(1000), cost(1000, "sell")) and len(found.costs) == 4 and found.costs[3][0].share < 1
    assert liquidity.STEPS == (1000, 10_000, 100_000, 1_000_000)
    assert found.turnover_ratio == 100 and found.volume == D("1177940")


def test_usd_sizes_the_amounts_and_without_it_there_is_no_score():
    tenth = liquidity.measure(BOOK, D("0.1"))
    assert tenth.costs[0] == (cost(10_000), cost(10_000, "sell")) and tenth.move_up_usd == D("576.55")
    unknown = liquidity.measure(BOOK)
    assert (unknown.score, unknown.costs, unknown.move_up_usd, unknown.move_down_usd) == (None, (), None, None) and unknown.depth.mid == D("99.95")


def test_no_middle_no_measure():
    for bids, asks in (("101x1", "100x1"), ((), "100x1"), ("100x1", ())):
        odd = ladder(bids, asks)
        assert liquidity.measure(odd, ONE) is None and liquidity.cost(odd, Wish(ONE)) is None


def test_turnover_is_unknown_without_volume_or_depth():
    measured = liquidity.measure(BOOK, ONE)
    assert liquidity.with_volume(measured, None).turnover_ratio is None
    far = liquidity.measure(ladder("97x1", "103x1"), ONE)
    assert liquidity.with_volume(far, D(5)).turnover_ratio is None and liquidity.with_volume(measured, D(0)).turnover_ratio == 0


@pytest.mark.parametrize(("bids", "asks", "leaning"), [(3, 1, "0.5"), (1, 3, "-0.5"), (2, 2, "0"), (0, 4, "-1"), (4, 0, "1"), (0, 0, None)])
def test_imbalance(bids, asks, leaning):
    assert liquidity.imbalance(Band(D("0.02"), D(bids), D(asks), False, False)) == (None if leaning is None else D(leaning))


def test_the_thinner_side_and_whether_it_ends():
    assert liquidity.thinner(Band(D("0.02"), D(3), D(5), True, False)) == (3, True)
    assert liquidity.thinner(Band(D("0.02"), D(7), D(5), True, False)) == (5, False)


# --- Several books ------------------------------------------------------------------------------------------------
def turned_over(exchange, volume, *, of=BOOK):
    """A book with a day's volume of so many times what the example's book holds."""
    return liquidity.with_volume(liquidity.measure(replace(of, exchange=exchange), ONE), None if volume is None else volume * D("11779.4"))


ENDING = ladder("99.9x30, 99.7x20", "100.0x30, 100.1x20")


@pytest.mark.parametrize(("volumes", "found"), [
    ((50_001, 1000, 1000), {"a"}), ((50_000, 1000, 1000), set()), ((50_001, 1000), {"a"}), ((50_001,), set()), ((50_001, None, None), set()),
    ((75_001, 1000, 2000), {"a"}), ((74_999, 1000, 2000), set()), ((None, 1000, 1000), set()), ((500, 0, 0), {"a"}),
])
def test_turnover_over_fifty_times_the_peers_median_is_suspicious(volumes, found):
    assert liquidity.suspicious([turned_over(name, volume) for name, volume in zip("abc", volumes, strict=False)]) == found


def test_a_book_that_ends_inside_accuses_nobody_and_the_limit_is_a_setting():
    assert liquidity.suspicious([turned_over("a", 10**9, of=ENDING), turned_over("b", 1000)]) == frozenset()
    one_sided = ladder(BOOK.bids, "100.0x2")
    assert liquidity.suspicious([turned_over("a", 10**9, of=one_sided), turned_over("b", 1000)]) == frozenset()
    assert liquidity.suspicious([turned_over("a", 3000), turned_over("b", 1000)], Method(suspicious_turnover=D(2))) == {"a"}
    assert DEFAULT.suspicious_turnover == 50


def filled(slippage, share="1"):
    return Cost(None if slippage is None else D(slippage), None, D(share), ONE, ONE)


DEEP = ladder("99.9x3000", "100.0x3000")


def test_best_liquidity_is_by_score_without_an_amount():
    measures = {"a": turned_over("a", None), "b": turned_over("b", None, of=DEEP), "c": turned_over("c", None, of=DEEP)}
    assert liquidity.best_first(["a", "c", "b", "gone"], measures, {}) == ["b", "c", "a"]


def test_it_is_by_cost_with_one_and_who_cannot_fill_comes_last():
    measures = {name: turned_over(name, None) for name in "abcd"}
    costs = {"a": filled("3"), "b": filled("2"), "c": filled(None, "0.4"), "d": filled(None, "0.9")}
    assert liquidity.best_first("abcd", measures, costs) == ["b", "a", "d", "c"]
    measures["a"] = turned_over("a", None, of=DEEP)
    assert liquidity.best_first("ab", measures, {"a": filled("2"), "b": filled("2")}) == ["a", "b"]  # equals by score


def test_a_score_counts_before_depth_and_any_score_before_none():
    near = liquidity.measure(ladder("99.99x20", "100.01x20", "near"), ONE)
    far, lost = liquidity.measure(ladder("98.5x3000", "101.5x3000", "far"), ONE), liquidity.measure(ladder("95x1", "105x1", "lost"), ONE)
    measures = {"far": far, "near": near, "lost": lost, "unknown": liquidity.measure(replace(DEEP, exchange="unknown"))}
    assert liquidity.best_first([*measures], measures, {}) == ["near", "far", "lost", "unknown"]


def test_without_rates_it_is_by_depth():
    deeper = liquidity.measure(ladder("99.9x4", "100.0x4", "b"))
    measures = {"a": liquidity.measure(ladder("99.9x3", "100.0x3", "a")), "b": deeper, "c": liquidity.measure(replace(BOOK, exchange="c"), ONE)}
    assert liquidity.best_first("abc", measures, {}) == ["c", "b", "a"]


# --- Curves -------------------------------------------------------------------------------------------------------
amounts = st.decimals("0.01", "60000", places=2)


@st.composite
def books(draw):
    """A sound book around 100: prices in steps of 0.1, sizes from crumbs to walls."""
    sizes = st.decimals("0.01", "400", places=2)
    def side(sign):
        steps = draw(st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True).map(sorted))
        return tuple((D(100) + sign * D(step) / 10, draw(sizes)) for step in steps)

    return ladder(side(-1), side(1))


@settings(max_examples=100, deadline=None)
@given(books(), amounts, st.booleans())
def test_a_curve_fills_as_a_walk_does(book, amount, in_base):
    curve, walk = Curve(book.asks), fills.by_base if in_base else fills.by_money
    found, walked = (curve.by_base if in_base else curve.by_money)(amount), walk(book.asks, amount)
    assert (found.levels, found.worst, found.complete) == (walked.levels, walked.worst, walked.complete)
    assert abs(found.base - walked.base) < TINY and abs(found.money - walked.money) < TINY and abs(found.share - walked.share) < TINY


@pytest.mark.parametrize("wish", ["0", "200", "200.01", "700.5", "16015.5", "16015.51"])
def test_a_curve_at_the_edges_of_levels(wish):
    assert Curve(BOOK.asks).by_money(D(wish)) == fills.by_money(BOOK.asks, D(wish))
    assert Curve(()).by_money(D(wish)) == fills.by_money((), D(wish))
    assert Curve(BOOK.asks).by_base(D(wish)) == fills.by_base(BOOK.asks, D(wish))


# --- Invariants ---------------------------------------------------------------------------------------------------
@settings(max_examples=60, deadline=None)
@given(books(), st.lists(amounts, min_size=2, max_size=6), st.sampled_from(["buy", "sell"]))
def test_slippage_never_falls_as_the_amount_grows(book, wishes, side):
    """Invariant 8."""
    slips = [cost(wish, side, of=book).slippage_bps for wish in sorted(wishes)]
    known = [slip for slip in slips if slip is not None]
    assert slips[: len(known)] == known and all(b >= a - TINY for a, b in pairwise(known))


@settings(max_examples=60, deadline=None)
@given(books(), st.sampled_from([D("0.001"), D("0.3"), ONE, D(7), D(60_000)]))
def test_the_score_stays_within_its_scale(book, usd):
    found = liquidity.measure(book, usd).score.value
    assert 0 <= found <= 100


def test_both_ends_of_the_scale_are_reached():
    assert liquidity.measure(ladder("100x1000000", "100x1000000"), ONE).score.value == 100
    assert liquidity.measure(ladder("95x1", "105x1"), ONE).score.value == 0


@settings(max_examples=60, deadline=None)
@given(books(), st.decimals("102.1", "500", places=1), st.decimals("0.01", "90000", places=2))
def test_an_order_beyond_two_percent_moves_neither_depth_nor_score(book, price, size):
    """Invariant 8: it counts only for amounts that reach it."""
    before = liquidity.measure(book, ONE)
    mid = before.depth.mid
    assume(price > mid * D("1.02") and price not in {p for p, _ in book.asks})
    after = liquidity.measure(replace(book, asks=tuple(sorted((*book.asks, (price, size))))), ONE)
    assert [(b.bid, b.ask) for b in after.depth.bands] == [(b.bid, b.ask) for b in before.depth.bands]
    within = before.band(BANDS[-1]).ask
    for old, new in zip(before.score.parts, after.score.parts, strict=True):
        assert new == old or old.notional > within


@settings(max_examples=60, deadline=None)
@given(books(), st.sampled_from([D("0.0001"), D("0.5"), D(8), D(100_000)]))
def test_what_a_coin_is_counted_in_changes_nothing(book, c):
    """Invariant 1: prices times c, sizes divided by c."""
    def scaled(side):
        return tuple((price * c, size / c) for price, size in side)

    one, other = liquidity.measure(book, ONE), liquidity.measure(replace(book, bids=scaled(book.bids), asks=scaled(book.asks)), ONE)
    assert abs(one.score.value - other.score.value) < TINY and abs(one.depth.spread_bps - other.depth.spread_bps) < TINY
    assert [(b.bid.normalize(), b.ask.normalize()) for b in one.depth.bands] == [(b.bid.normalize(), b.ask.normalize()) for b in other.depth.bands]


@settings(max_examples=40, deadline=None)
@given(st.lists(books(), min_size=2, max_size=4), st.lists(st.integers(0, 10**7), min_size=4, max_size=4), st.permutations(range(4)))
def test_the_order_of_exchanges_changes_nothing(found, volumes, order):
    named = [replace(book, exchange=name) for book, name in zip(found, "abcd", strict=False)]
    measures = [liquidity.with_volume(liquidity.measure(book, ONE), D(v)) for book, v in zip(named, volumes, strict=False)]
    mixed = [measures[place] for place in order if place < len(measures)]
    assert liquidity.suspicious(mixed) == liquidity.suspicious(measures)
    table = {m.exchange: m for m in measures}
    assert liquidity.best_first([m.exchange for m in mixed], table, {}) == liquidity.best_first([*table], table, {})


def test_sides_answer_many_amounts_from_one_book():
    sides = Sides(BOOK, D("99.95"))
    with localcontext(EXACT):
        assert sides.both(D(500), D("0.5")) == (cost(1000), cost(1000, "sell"))
        assert (sides.cost(Wish(D(7), in_base=True)), sides.cost(Wish(D(7), "sell", True))) == (cost(7, in_base=True), cost(7, "sell", in_base=True))
