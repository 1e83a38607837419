"""What trends: unusual volume times movement, as a percentile among an exchange's own markets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis import trending
from markets.analysis.trending import MINIMUM_USD, MOVE, TRENDS, VOLUME, Overall, Traded, Trend

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def traded(asset, change="1", volume=1_000_000, relative=None):
    volume_usd, change_24h_pct = (None if number is None else Decimal(number) for number in (volume, change))
    return Traded(asset=asset, exchange="ada", volume_usd=volume_usd, change_24h_pct=change_24h_pct, relative=relative)


def scores(*markets, **more):
    return {asset: trend.score for asset, trend in trending.at(markets, **more).items()}


def test_heat_is_relative_volume_times_movement_either_way():
    assert trending.heat(2.0, Decimal(50)) == trending.heat(2.0, Decimal(-50)) == 3.0
    assert trending.heat(1.8, Decimal("4.2")) == pytest.approx(1.8756)
    assert trending.heat(1.0, Decimal(0)) == 1.0


def test_a_percentile_is_the_share_of_the_others_below_and_half_of_equals():
    ordered = [1.0, 2.0, 2.0, 5.0, 9.0]
    assert [trending.percentile(ordered, v) for v in (1.0, 2.0, 5.0, 9.0)] == [0.0, 37.5, 75.0, 100.0]
    assert trending.percentile([4.0], 4.0) == trending.percentile([], 4.0) == 50.0
    assert trending.percentile([4.0, 5.0], 5.0) == 100.0


def test_unusual_volume_beats_movement_alone_and_says_what_it_is_made_of():
    found = trending.at([traded("A", "10", relative=1.0), traded("B", "0", relative=3.0), traded("C", "-20", relative=0.5)])
    assert {a: t.score for a, t in found.items()} == {"A": 50.0, "B": 100.0, "C": 0.0}
    b = found["B"]
    assert (b.asset, b.exchange, b.parts, b.volume_usd, b.relative) == ("B", "ada", (VOLUME, MOVE), Decimal(1_000_000), 3.0)


def test_without_history_movement_alone_ranks_and_says_so():
    found = trending.at([traded("A", "10"), traded("B", "-20"), traded("C", "0")])
    assert {a: (t.score, t.parts, t.relative) for a, t in found.items()} == {"A": (50.0, (MOVE,), None), "B": (100.0, (MOVE,), None), "C": (0.0, (MOVE,), None)}


def test_history_of_half_of_them_or_less_ranks_all_by_movement_alone():
    found = trending.at([traded("A", "10", relative=9.0), traded("B", "-20"), traded("C", "0"), traded("D", "1", relative=5.0)])
    assert {a: (round(t.score), t.parts) for a, t in found.items()} == {"A": (67, (MOVE,)), "B": (100, (MOVE,)), "C": (0, (MOVE,)), "D": (33, (MOVE,))}
    assert found["A"].relative == 9.0  # still told


def test_coins_are_measured_when_the_volume_of_most_of_them_is():
    def coins(*known):
        return trending.overall([{name: trend(name, 1.0, parts=(VOLUME, MOVE) if is_known else (MOVE,)) for name, is_known in zip("ABC", known, strict=False)}])

    assert trending.measured(coins(True, True, False)) and trending.measured(coins(True))
    assert not trending.measured(coins(True, False)) and not trending.measured(coins(False)) and not trending.measured(())


def test_with_history_of_most_what_is_not_ranked_by_another_measure():
    assert scores(traded("A", "10", relative=1.0), traded("B", "90"), traded("C", "1", relative=1.0)) == {"A": 100.0, "C": 0.0}


def test_only_markets_that_trade_the_minimum_count():
    assert Decimal(100_000) == MINIMUM_USD
    assert set(scores(traded("A", volume=99_999), traded("B", volume=100_000), traded("C", volume=None), traded("D", change=None))) == {"B"}
    assert set(scores(traded("A", volume=5), traded("B", volume=4), minimum_usd=Decimal(5))) == {"A"}


def test_the_busiest_market_speaks_for_a_coin():
    found = trending.at([traded("A", "1", 3_000_000), traded("A", "9", 2_000_000), traded("B", "5")])
    assert (found["A"].score, found["A"].change_24h_pct) == (0.0, Decimal(1))
    assert trending.at([traded("A", "9", 2_000_000), traded("A", "1", 3_000_000)])["A"].change_24h_pct == Decimal(1)
    assert trending.at([traded("A", "1"), traded("A", "9")])["A"].score == 100.0  # as busy: the warmer one


def trend(asset, score, exchange="ada", volume=1, **more):
    about = {"parts": (MOVE,), "relative": None} | more
    return Trend(asset=asset, exchange=exchange, score=score, volume_usd=Decimal(volume), change_24h_pct=Decimal(0), **about)


def test_over_exchanges_the_mean_by_volume_ranks():
    found = trending.overall([
        {"A": trend("A", 100.0, volume=3), "B": trend("B", 80.0)},
        {"A": trend("A", 20.0, "bea", parts=(VOLUME, MOVE), relative=2.5), "C": trend("C", TRENDS, "bea", volume=9), "D": trend("D", 80.0, "bea", volume=2)},
    ])
    assert [(o.asset, o.score, o.rank) for o in found] == [("C", 90.0, 1), ("A", 80.0, 2), ("D", 80.0, 3), ("B", 80.0, 4)]
    a = next(o for o in found if o.asset == "A")
    assert (a.on, a.parts, a.relative, a.volume_usd) == (("ada",), (VOLUME, MOVE), 2.5, Decimal(4))
    assert [t.exchange for t in a.trends] == ["ada", "bea"]
    c = found[0]
    assert (c.on, c.parts, c.relative) == (("bea",), (MOVE,), None)
    assert next(o for o in found if o.asset == "B").on == ()


def test_no_volume_at_all_still_has_a_mean_and_equals_stand_by_name():
    found = trending.overall([{"B": trend("B", 10.0, volume=0), "A": trend("A", 10.0, volume=0)}, {"A": trend("A", 30.0, "bea", volume=0)}])
    assert [(o.asset, o.score) for o in found] == [("A", 20.0), ("B", 10.0)]
    assert [o.asset for o in trending.overall([{"B": trend("B", 1.0), "A": trend("A", 1.0)}])] == ["A", "B"]


def test_a_mean_has_six_digits():
    (found,) = trending.overall([{"A": trend("A", 100.0)}, {"A": trend("A", 0.0, "bea", volume=2)}])
    assert found.score == 33.333333


def test_equal_trends_of_a_coin_stand_by_exchange():
    (found,) = trending.overall([{"A": trend("A", 50.0, "bea")}, {"A": trend("A", 50.0, "ada")}])
    assert [t.exchange for t in found.trends] == ["ada", "bea"]


def test_ranks_begin_at_one_again_when_something_is_left_out():
    kept = [Overall(asset="A", score=9.0, trends=(), rank=4), Overall(asset="B", score=8.0, trends=(), rank=7)]
    assert [o.rank for o in trending.ranked(kept)] == [1, 2]


def test_an_hour_ago_is_the_nearest_moment_within_reason():
    def at(*minutes):
        return trending.hour_ago([NOW - m * MINUTE for m in minutes], NOW)

    assert at(5, 65, 125) == NOW - 65 * MINUTE
    assert at(29, 181) is at() is None
    assert at(30) == NOW - 30 * MINUTE
    assert at(180) == NOW - 180 * MINUTE
    assert at(40, 75) == NOW - 75 * MINUTE


markets = st.lists(st.builds(
    traded, st.sampled_from("ABCDEF"), st.integers(-90, 300), st.integers(0, 10**7), st.none() | st.floats(0.01, 50)), max_size=12)


@settings(max_examples=100)
@given(markets, st.randoms(use_true_random=False))
def test_scores_are_percentiles_and_neither_order_nor_thin_markets_change_them(found, random):
    result = scores(*found)
    assert all(0 <= score <= 100 for score in result.values())
    shuffled = random.sample(found, len(found))
    assert scores(*shuffled) == pytest.approx(result)
    assert scores(*found, traded("THIN", "900", 99_999, 99.0), traded("ODD", None), traded("OLD", "900", None)) == result
