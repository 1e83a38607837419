"""What lies within so much of the middle: methodology's worked example, and books that have no middle."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis.depth import BANDS, measure, oddness


def levels(text):
    return [tuple(Decimal(part) for part in level.split("x")) for level in text.split()]


ASKS = levels("100.0x2 100.1x5 100.5x10 101.5x40 102.5x100")
BIDS = levels("99.9x3 99.7x6 99.0x12 98.2x40 97.0x80")


def test_the_worked_example():
    found = measure(BIDS, ASKS)
    assert found.mid == Decimal("99.95")
    widest = found.bands[-1]
    assert (widest.ratio, widest.ask, widest.bid) == (Decimal("0.02"), Decimal("5765.5"), Decimal("6013.9"))
    assert not found.truncated
    assert round(found.spread_bps, 4) == Decimal("10.0050")


def test_the_narrower_bands():
    tenth, half, one, _ = measure(BIDS, ASKS).bands
    assert (tenth.bid, tenth.ask) == (Decimal("299.7"), 200)  # 99.85005 to 100.04995
    assert (half.bid, half.ask) == (Decimal("897.9"), Decimal("700.5"))  # 99.45025 to 100.44975
    assert (one.bid, one.ask) == (Decimal("2085.9"), Decimal("1705.5"))  # 98.9505 to 100.9495


def test_a_book_that_ends_inside_a_band_is_a_lower_bound_on_that_side_of_it():
    found = measure(BIDS, ASKS[:3])
    assert [(band.bid_truncated, band.ask_truncated) for band in found.bands] == [(False, False), (False, False), (False, True), (False, True)]
    assert found.truncated


def test_a_level_on_the_edge_is_inside():
    edge = measure([(Decimal("99"), Decimal(1)), (Decimal(98), Decimal(1)), (Decimal(1), Decimal(1))], [(Decimal(101), Decimal(1))])
    assert (edge.mid, edge.bands[-1].bid, edge.bands[-1].ask) == (100, 99 + 98, 101)


@pytest.mark.parametrize(("bids", "asks", "said"), [
    ([], ASKS, "has no bids"), (BIDS, [], "has no asks"), ([], [], "has no bids and no asks"), (ASKS, BIDS, "is crossed"),
])
def test_a_book_without_a_middle_has_no_depth(bids, asks, said):
    assert measure(bids, asks) is None
    assert oddness(bids, asks) == said


def test_a_locked_book_has_a_middle():
    level = [(Decimal(100), Decimal(1))]
    assert measure(level, level).spread_bps == 0


PRICES = st.lists(st.decimals("0.01", "1000", places=2), min_size=2, max_size=30, unique=True)


@given(PRICES, st.integers(1, 29))
def test_wider_bands_hold_no_less_and_a_far_order_adds_nothing(prices, cut):
    prices = sorted(prices)
    cut = min(cut, len(prices) - 1)
    bids, asks = ([(p, Decimal(1)) for p in side] for side in (prices[:cut][::-1], prices[cut:]))
    found = measure(bids, asks)
    for side in ("bid", "ask"):
        sums = [getattr(band, side) for band in found.bands]
        assert sums == sorted(sums)
    far = measure(bids, [*asks, (found.mid * (1 + BANDS[-1]) + 1 + asks[-1][0], Decimal(10**6))])
    assert [(band.bid, band.ask) for band in far.bands] == [(band.bid, band.ask) for band in found.bands]
