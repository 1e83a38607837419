"""Distances from the median and the best exchange by hour: to the digit, with gaps, ties and unknown fees."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis.deviation import best_by_hour, deviation, presence

D = Decimal
HOUR = 3600
FEES = {"a": D("0.001"), "b": D("0.001"), "c": D("0.002")}


def test_distances_from_the_median_of_those_that_have_a_price():
    found = deviation({"a": {0: D(100), 60: D(100)}, "b": {0: D(101), 60: D(102)}, "c": {0: D(99)}}, 0, 120, 60)
    assert (found.starts, found.period_s, found.judged) == ((0, 60, 120), 60, 2)
    assert found.medians[0] == 100 and found.medians[2] is None
    a, b, c = found.lines
    assert (a.exchange, a.mids, a.bps[0], a.bps[2]) == ("a", (D(100), D(100), None), 0, None)
    assert (b.bps[0], c.bps) == (100, (-100, None, None))
    assert found.medians[1].quantize(D("0.0001")) == D("100.9950")  # of two the geometric mean: both are equally far in ratio
    assert (a.bps[1].quantize(D("0.01")), b.bps[1].quantize(D("0.01"))) == (D("-98.52"), D("99.50"))


def test_alone_nobody_is_cheap_and_the_price_is_still_kept():
    found = deviation({"a": {0: D(5)}, "b": {}}, 0, 0, 60)
    assert (found.medians, found.judged) == ((None,), 0)
    assert (found.lines[0].mids, found.lines[0].bps, found.lines[0].mean, found.lines[0].latest) == ((D(5),), (None,), None, None)


def test_a_line_keeps_its_gaps_its_last_value_and_its_mean():
    prices = {"a": {0: D(100), 120: D(100), 180: D(100)}, "b": {0: D(100), 120: D(100)}, "c": {0: D(101), 120: D("100.5"), 180: D(100)}}
    a, b, c = deviation(prices, 0, 180, 60).lines
    assert c.bps == (100, None, 50, 0)
    assert (c.mean, c.latest, b.latest, a.mean) == (50, 0, 0, 0)
    assert deviation(prices, 60, 120, 60).lines[2].bps == (None, 50)  # both ends of the window belong to it


def test_a_mean_is_exact_whatever_the_context():
    prices = {"a": {0: D("100.0000123"), 60: D("0.0456")}, "b": {0: D("100.1"), 60: D("0.0457")}}
    expected = [line.mean for line in deviation(prices, 0, 60, 60).lines]
    with localcontext() as poor:
        poor.prec = 5
        assert [line.mean for line in deviation(prices, 0, 60, 60).lines] == expected


def test_no_exchange_no_lines():
    assert deviation({}, 0, 60, 60).lines == ()
    assert best_by_hour({}, {}, "buy", 0, HOUR).judged == 0


def test_presence_is_a_share_of_the_slots_somebody_could_be_compared_in():
    here = {at: D(1) for at in range(0, 420, 60)}
    found = deviation({"a": here, "b": {at: D(1) for at in (0, 60, 180, 240, 300)}, "c": {0: D(1), 360: D(1)}}, 0, 420, 60)
    a, b, c = found.lines
    assert [middle is None for middle in found.medians] == [False, False, True, False, False, False, False, True]
    assert presence(a, found.medians, 4) == (1, 1, 1, 1)
    assert presence(b, found.medians, 4) == (1, 1, 1, 0)  # the third slot and the last one tell nothing
    assert presence(c, found.medians, 4) == (D("0.5"), 0, 0, 1)
    assert presence(b, found.medians, 3) == (1, 1, D("0.5"))  # of eight slots in threes the first piece holds two
    assert presence(b, found.medians, 100) == (1, 1, None, 1, 1, 1, 0, None)
    assert [round(share, 4) for share in presence(b, found.medians, 1)] == [D("0.8333")]
    with pytest.raises(ValueError, match="shorter"):
        presence(b, found.medians[1:], 4)


def test_no_slots_have_no_pieces():
    empty = deviation({"a": {}}, 60, 0, 60)
    assert presence(empty.lines[0], empty.medians, 30) == ()


# --- By hour ----------------------------------------------------------------------------------------------------
def test_the_cheapest_to_buy_after_fees():
    mids = {"a": {0: D("100.05"), HOUR: D(100)}, "b": {0: D("100.10"), HOUR: D(101)}, "c": {0: D(100), HOUR: D("99.80")}}
    found = best_by_hour(mids, FEES, "buy", 0, HOUR)
    # 100.05 × 1.001 = 100.15005 < 100 × 1.002 = 100.2; 99.80 × 1.002 = 99.9996 < 100 × 1.001
    assert [(s.exchange, s.hours, s.pct) for s in found.shares] == [("a", 1, 50), ("c", 1, 50), ("b", 0, 0)]
    assert (found.side, found.judged) == ("buy", 2)
    assert found.cells[0] == (0, ("a",), 1, 1) and found.cells[1] == (1, ("c",), 1, 1) and found.cells[2:] == (None,) * 22


def test_the_dearest_to_sell_after_fees():
    mids = {"a": {0: D(100)}, "b": {0: D("99.99")}, "c": {0: D("100.08")}}
    assert best_by_hour(mids, FEES, "sell", 0, 0).cells[0].leaders == ("a",)  # 100 × 0.999 = 99.9 > 100.08 × 0.998 = 99.87984


def test_who_told_prices_in_another_unit_was_neither_dear_nor_best_in_that_hour():
    """Beyond half or double of the middle, as in a comparison; of two that are so far apart nobody knows which."""
    mids = {"a": {0: D(100), HOUR: D(100)}, "b": {0: D(101), HOUR: D("0.9")}, "c": {0: D("11000"), HOUR: D(101)}}
    a, b, c = deviation(mids, 0, HOUR, HOUR).lines
    assert (a.bps[0], b.bps[1], c.bps[0], c.mids[0]) == (pytest.approx(D("-49.6"), abs=1), None, None, D(11000))
    assert best_by_hour(mids, FEES, "sell", 0, 0).cells[0].leaders == ("b",)
    assert best_by_hour(mids, FEES, "buy", HOUR, HOUR).cells[1].leaders == ("a",)
    two = {"a": {0: D(1), HOUR: D(1)}, "b": {0: D(110), HOUR: D(2)}}
    found = deviation(two, 0, HOUR, HOUR)
    assert (found.judged, found.lines[1].bps[0]) == (1, None) and found.lines[1].bps[1] > 4000, "double is still believed"
    assert best_by_hour(two, FEES, "buy", 0, HOUR).judged == 1
    assert deviation({"a": {0: D(100)}, "b": {0: D(200)}, "c": {0: D(400)}}, 0, 0, HOUR).judged == 0, "each is within double of the middle, not of each other"
    assert deviation({"a": {0: D(100)}, "b": {0: D(300)}}, 0, 0, HOUR).judged == 0


def test_equal_prices_count_for_each():
    found = best_by_hour({"b": {0: D(1)}, "a": {0: D(1)}}, FEES, "buy", 0, 0)
    assert found.cells[0].leaders == ("a", "b")
    assert [(s.exchange, s.pct) for s in found.shares] == [("a", 100), ("b", 100)]


def test_without_a_known_fee_nobody_is_judged_and_one_alone_is_none():
    mids = {"a": {0: D(100)}, "b": {0: D(90)}, "x": {0: D(1)}}
    found = best_by_hour(mids, {**FEES, "x": None}, "buy", 0, 0)
    assert (found.cells[0].leaders, [s.exchange for s in found.shares]) == (("b",), ["b", "a"])
    alone = best_by_hour(mids, {"a": D(0)}, "buy", 0, 0)
    assert (alone.judged, alone.shares, alone.cells) == (0, (), (None,) * 24)


def test_a_fee_of_zero_is_known_and_who_has_no_hour_is_not_listed():
    found = best_by_hour({"a": {0: D(100)}, "b": {0: D(100)}, "c": {}}, {"a": D(0), "b": D("0.001"), "c": D(0)}, "buy", 0, 0)
    assert [(s.exchange, s.hours) for s in found.shares] == [("a", 1), ("b", 0)]


def test_an_hour_of_the_day_adds_up_over_days():
    at = [hour * HOUR for hour in (5, 29, 53)]  # 05:00 on three days
    mids = {"a": dict(zip(at, (D(1), D(1), D(3)), strict=True)), "b": dict(zip(at, (D(2), D(2), D(2)), strict=True))}
    found = best_by_hour(mids, FEES, "buy", 0, 53 * HOUR)
    assert found.cells[5] == (5, ("a",), 2, 3)
    assert [(s.exchange, s.hours, s.pct.quantize(D("0.01"))) for s in found.shares] == [("a", 2, D("66.67")), ("b", 1, D("33.33"))]
    even = best_by_hour(mids, FEES, "buy", at[1], at[2])
    assert even.cells[5] == (5, ("a", "b"), 1, 2)


PRICES = st.decimals(min_value="0.0001", max_value="100000", places=4)
MIDS = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.integers(0, 5).map(lambda n: n * HOUR), PRICES), min_size=2)


@settings(max_examples=80)
@given(MIDS, st.sampled_from([D("0.5"), D(3), D(1000)]), st.sampled_from(["buy", "sell"]))
def test_another_unit_changes_no_distance_and_no_winner(mids, factor, side):
    scaled = {name: {at: price * factor for at, price in series.items()} for name, series in mids.items()}
    assert best_by_hour(scaled, FEES, side, 0, 5 * HOUR) == best_by_hour(mids, FEES, side, 0, 5 * HOUR)
    for one, other in zip(deviation(mids, 0, 5 * HOUR, HOUR).lines, deviation(scaled, 0, 5 * HOUR, HOUR).lines, strict=True):
        assert [value is None for value in one.bps] == [value is None for value in other.bps]
        assert all(abs(x - y) < D("1e-20") for x, y in zip(one.bps, other.bps, strict=True) if x is not None)


@settings(max_examples=80)
@given(MIDS)
def test_somebody_is_at_or_below_the_median_and_somebody_at_or_above(mids):
    found = deviation(mids, 0, 5 * HOUR, HOUR)
    for at in range(len(found.starts)):
        known = [line.bps[at] for line in found.lines if line.bps[at] is not None]
        assert len(known) != 1 and (not known or (min(known) <= D("1e-25") and max(known) >= D("-1e-25")))
