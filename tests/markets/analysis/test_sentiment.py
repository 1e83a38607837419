"""Volume sentiment: the three worked examples with their printed digits, the labels, and what is left out."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis import sentiment
from markets.analysis.activity import weigh
from markets.analysis.depth import Band, Depth
from tests.markets.analysis.boards import D

few = settings(max_examples=100, deadline=None)
change_of = st.decimals("-0.99", "20", places=4)
ratio_of = st.decimals("0.001", "1000", places=3)
spread_of = st.floats(0.01, 2)
breadth_of = st.sampled_from([D(-1), D("-0.2"), D(0), D("0.6"), D(1)])


@pytest.mark.parametrize(("change", "relative", "breadth", "score", "label"), [
    ("0.042", "1.8", [D(1)] * 5, 85.6, "strongly bullish"),
    ("-0.06", "2.5", [D(-1)] * 5, 7.2, "strongly bearish"),
    ("0.004", "0.9", [D(1)] * 3 + [D(-1)] * 2, 50.3, "neutral"),
])
def test_the_worked_examples(change, relative, breadth, score, label):
    found = sentiment.sentiment(D(change), 0.03, D(relative), 0.35, sentiment.breadth(breadth))
    assert round(found.score, 1) == score
    assert (found.label, found.left_out) == (label, ())
    assert found.score == 50 + found.price + found.volume + found.breadth


@pytest.mark.parametrize(("score", "label"), [
    (0, "strongly bearish"), (19.99, "strongly bearish"), (20, "bearish"), (39.99, "bearish"), (40, "neutral"), (60, "neutral"), (60.01, "bullish"),
    (80, "bullish"), (80.01, "strongly bullish"), (100, "strongly bullish"),
])
def test_labels_change_where_they_say(score, label):
    assert sentiment.label(score) == label


def test_parts_that_are_not_known_are_left_out_and_named():
    change, relative, wide = D("0.042"), D("1.8"), D(1)
    without_volume = sentiment.sentiment(change, 0.03, None, 0.35, wide)
    assert (without_volume.volume, without_volume.left_out) == (None, ("volume",))
    assert without_volume.score == 50 + without_volume.price + 10
    assert sentiment.sentiment(change, 0.03, relative, None, wide).left_out == ("volume",)
    assert sentiment.sentiment(change, None, relative, 0.35, wide).left_out == ("price",)
    assert sentiment.sentiment(None, 0.03, relative, 0.35, wide).left_out == ("price", "volume")
    assert sentiment.sentiment(change, 0.03, D(0), 0.35, None).left_out == ("volume", "breadth")
    assert sentiment.sentiment(D(-1), 0.03, relative, 0.35, wide).left_out == ("price",)  # all of it lost has no logarithm
    none = sentiment.sentiment(None, None, None, None, None)
    assert (none.score, none.label, none.left_out) == (None, "", ("price", "volume", "breadth"))


def test_no_change_gives_volume_no_direction():
    still = sentiment.sentiment(D(0), 0.03, D(9), 0.35, D(0))
    assert (still.score, still.price, still.volume, still.breadth) == (50, 0, 0, 0)


@few
@given(change_of, spread_of, ratio_of, spread_of, breadth_of)
def test_it_stays_between_0_and_100_and_turns_with_everything(change, p, relative, v, wide):
    found = sentiment.sentiment(change, p, relative, v, wide)
    assert 0 <= found.score <= 100
    assert -20 <= found.price <= 20 and -20 <= found.volume <= 20 and -10 <= found.breadth <= 10
    assert found.price * float(change) >= 0


@few
@given(st.tuples(change_of, change_of), st.tuples(ratio_of, ratio_of), st.tuples(breadth_of, breadth_of))
def test_it_never_falls_when_a_part_rises(changes, ratios, breadths):
    (change, other), (relative, more), (wide, wider) = changes, ratios, breadths

    def score(c, r, b):
        return sentiment.sentiment(c, 0.03, r, 0.35, b).score

    assert score(change, relative, min(wide, wider)) <= score(change, relative, max(wide, wider))
    low, high = sorted((relative, more))
    if change > 0:
        assert score(change, low, wide) <= score(change, high, wide)
    elif change < 0:
        assert score(change, low, wide) >= score(change, high, wide)
    assert sentiment.sentiment(min(change, other), 0.03, None, None, wide).score <= sentiment.sentiment(max(change, other), 0.03, None, None, wide).score


def test_breadth_and_agreement_count_exchanges():
    up, down, flat = D("0.01"), D("-0.01"), D(0)
    assert sentiment.breadth([]) is None
    assert sentiment.breadth([up, up, down, flat]) == D("0.25")
    assert sentiment.agreement([up, up, up, down, flat]) == (3, 1, 5)
    assert sentiment.agreement([down, down, up]) == (2, -1, 3)
    assert sentiment.agreement([flat, flat, up]) == (2, 0, 3)
    assert sentiment.agreement([up, down]) == (1, 0, 2)
    assert sentiment.agreement([]) == (0, 0, 0)
    assert [sentiment.sign(x) for x in (up, flat, down)] == [1, 0, -1]


def test_imbalance_lies_between_all_asks_and_all_bids():
    assert sentiment.imbalance(D(3), D(1)) == D("0.5")
    assert sentiment.imbalance(D(0), D(1)) == -1
    assert sentiment.imbalance(D(1), D(1)) == 0
    assert sentiment.imbalance(D(0), D(0)) is None


def book(*filled):
    bands = (D("0.001"), D("0.005"), D("0.01"), D("0.02"))
    shown = enumerate(zip(bands, filled, strict=True), 1)
    return Depth(D(100), D(1), tuple(Band(ratio, D(at), D(10 * at), not full & 1, not full & 2) for at, (ratio, full) in shown))


@pytest.mark.parametrize(("filled", "found"), [
    ((3, 3, 3, 3), (3, 30)), ((3, 3, 3, 0), (3, 30)), ((3, 3, 1, 0), (2, 20)), ((3, 3, 2, 0), (2, 20)), ((3, 0, 0, 0), (1, 10)), ((0, 0, 0, 0), None),
])
def test_a_book_is_weighed_within_the_widest_band_it_fills_up_to_one_percent(filled, found):
    assert weigh(book(*filled)) == (None if found is None else tuple(map(Decimal, found)))
