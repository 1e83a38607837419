"""Reference price, anomalies, index price, grade: the methodology's worked examples digit for digit, and its hard cases."""

import math

import pytest

from markets.analysis import best, reference, verdict
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.boards import NAMES, NOW, PAIR, D, quote, quotes

MAJOR, MID = D(1_000_000), D(10)  # USD per quote unit that lift our 50,000 coins of volume into a class


def anomalies(*mids, usd=None, half="0.00025"):
    judged = verdict.judge(quotes(*mids, half=half), NOW, DEFAULT, usd)
    return judged.status, {name: look.reason for name, look in judged.looks.items() if look.reason}


def test_example_1_the_dear_and_the_wrong():
    mids = [D(m) for m in ("0.8198", "0.8234", "0.8245", "0.8231", "0.7801")]
    s = reference.scale(mids, [0.00025] * 5, DEFAULT)
    assert round(math.exp(s.centre), 4) == 0.8231
    assert (round(s.mad, 7), round(s.sigma, 7)) == (0.0016994, 0.0025196)
    dev, z = ([math.expm1(math.log(m) - s.centre) * 100 for m in mids], [abs(math.log(m) - s.centre) / s.sigma for m in mids])
    assert (round(dev[4], 2), round(z[4], 1)) == (-5.22, 21.3)
    assert (round(dev[0], 2), round(z[0], 1)) == (-0.40, 1.6)
    assert verdict.judge(quotes(*mids), NOW, DEFAULT, D(100)).pair_class == "mid"
    assert anomalies(*mids, usd=D(100)) == ("ok", {"eve": "price_anomaly"})


def test_example_2_the_floor_where_mad_is_zero():
    mids = [D(m) for m in ("100", "100", "100", "100.06", "101.9")]
    s = reference.scale(mids, [0.0] * 5, DEFAULT)
    assert (s.mad, s.sigma) == (0, 0.0005)
    assert [round((math.log(m) - s.centre) / s.sigma, 1) for m in mids[3:]] == [1.2, 37.6]
    assert anomalies(*mids, usd=MAJOR, half="0") == ("ok", {"eve": "price_anomaly"})


def test_example_3_weights_and_the_cap():
    ages, volumes = (12, 8, 39, 20), (2, 18, 3, 5)
    mids = ("0.8198", "0.8234", "0.8245", "0.8231")
    board = {n: quote(n, m, age=a, base_volume_24h=None, quote_volume_24h=v * 1_000_000) for n, m, a, v in zip(NAMES, mids, ages, volumes, strict=False)}
    weights = [D(v) for v in ("2", "18", "2.1", "5")]
    raw, capped = reference.shares(weights, D(1)), reference.shares(weights, D("0.40"))
    assert [f"{s * 100:.2f}" for s in raw] == ["7.38", "66.42", "7.75", "18.45"]
    assert [f"{s * 100:.2f}" for s in capped] == ["13.19", "40.00", "13.85", "32.97"]
    assert f"{reference.index([D(m) for m in mids], weights, D(1)):.6f}" == "0.823164"
    c = best.compare(PAIR, board, NOW, usd=D(1))
    assert f"{c.index_price:.6f}" == "0.822979"
    assert f"{c.reference_price:.5f}" == "0.82325"


def test_one_of_three_is_wrong_and_the_two_good_ones_are_not_flagged():
    assert anomalies(1, 1, 2) == ("ok", {"cid": "price_anomaly"})
    assert anomalies(1, 1, "2.01") == ("ok", {"cid": "identity_conflict"})


def test_no_majority_nothing_excluded_nothing_ranked():
    assert anomalies(1, 1, "1.05", "1.05", usd=MAJOR)[0] == "no_consensus"
    c = best.compare(PAIR, quotes(1, 1, "1.05", "1.05"), NOW, usd=MAJOR)
    assert (c.best_buy, c.best_sell, c.reference_price, c.index_price, c.grade, c.live) == (None, None, None, None, "D", 0)
    assert {row.flags for row in c.rows} == {("no_consensus",)}
    assert {row.rank for row in c.rows} == {None}
    assert c.notes == ("The exchanges disagree, and not enough of them agree on a price: no best price.",)


def test_two_that_differ_are_both_disputed_and_neither_is_averaged():
    c = best.compare(PAIR, quotes(100, 107), NOW)
    assert (c.status, c.grade, c.reference_price, c.index_price, c.best_buy) == ("disputed", "D", None, None, None)
    assert [row.flags for row in c.rows] == [("disputed",)] * 2
    assert c.notes == ("The exchanges disagree by 7.00 %, and two are too few to say who is right: no best price.",)
    assert best.compare(PAIR, quotes(100, 105), NOW).status == "ok", "5 % is the tail's tolerance"


def test_a_single_source_says_so():
    c = best.compare(PAIR, quotes(100), NOW)
    assert (c.status, c.grade, c.best_buy.exchange, c.price_range_pct, c.dispersion_bps) == ("single_source", "C", "ada", None, None)
    assert c.notes == ("A single source: no cross-check is possible.",)


@pytest.mark.parametrize(("usd", "stable", "name", "tol"), [
    (None, False, "tail", 0.05), (D("0.1"), False, "tail", 0.05), (D("0.2"), False, "mid", 0.015),
    (D(10), False, "major", 0.005), (None, True, "stable", 0.003),
])
def test_the_class_of_a_pair_decides_the_tolerance(usd, stable, name, tol):
    judged = verdict.judge({"ada": quote("ada", 100)}, NOW, DEFAULT, usd, stable)  # 5,000,000 a day in quote units
    assert (judged.pair_class, judged.tol) == (name, tol)


@pytest.mark.parametrize(("ratio", "kind"), [
    ("10", "unit_mismatch"), ("0.1", "unit_mismatch"), ("1000", "unit_mismatch"), ("1040", "unit_mismatch"), ("1060", "identity_conflict"),
    ("110", "identity_conflict"), ("2.1", "identity_conflict"), ("0.49", "identity_conflict"), ("1.35", "price_anomaly"), ("0.7", "price_anomaly"),
])
def test_what_kind_of_anomaly(ratio, kind):
    assert anomalies(1, 1, 1, 1, ratio)[1] == {"eve": kind}


def test_z_alone_and_tolerance_alone_do_not_make_an_anomaly():
    assert anomalies(100, 100, 100, 100, "100.4", usd=MAJOR, half="0")[1] == {}, "z 8, but inside the tolerance"
    noisy = anomalies(100, "100.45", "99.6", "100.3", "101", usd=MAJOR)
    assert noisy == ("ok", {}), "outside the tolerance, but the pair is that noisy"


def test_the_median_of_an_even_number_is_geometric():
    assert reference.median([D(1), D(4)]) == 2
    assert reference.median([D(3), D(3), D(1), D(9)]) == 3
    assert reference.median([D(5), D(1), D(2)]) == 2


@pytest.mark.parametrize(("weights", "expected"), [
    ((1, 0, 0), ("0.4", "0.3", "0.3")), ((1, 1, 0), ("0.4", "0.4", "0.2")), ((0, 0), ("0.5", "0.5")), ((9, 1), ("0.9", "0.1")), ((0, 0, 0, 0), ("0.25",) * 4),
])
def test_shares_in_the_corners(weights, expected):
    assert reference.shares([D(w) for w in weights], D("0.4")) == [D(e) for e in expected]


def test_when_all_are_capped_the_shares_are_equal():
    assert [f"{share:.6f}" for share in reference.shares([D(5), D(3), D(1)], D("0.3"))] == ["0.333333"] * 3


def test_index_weights_where_volumes_are_unknown():
    assert reference.index([], [], D("0.4")) is None
    assert reference.index([D(1), D(3)], [None, D(1)], D("0.4")) == 2, "an unknown volume weighs the least known one"
    unknown = {n: quote(n, m, age=a, base_volume_24h=None, quote_volume_24h=None) for n, m, a in (("ada", 100, 5), ("bea", 101, 45))}
    c = best.compare(PAIR, unknown, NOW)
    assert (f"{c.index_price:.4f}", c.quote_volume_24h, c.volume_usd) == ("100.3333", None, None), "age alone weighs 1 to 0.5"


@pytest.mark.parametrize(("mids", "ages", "grade"), [
    ((100, 100, 100), (1, 1, 1), "A"), ((100, 100, 100), (1, 1, 45), "B"), ((100, 100), (1, 1), "B"), ((100,), (1,), "C"), ((100, 100, 100), (45, 45, 45), "C"),
    ((100, 100), (100, 100), "D"), ((100, 120), (1, 1), "D"), ((100, 100, "103.6", "103.6", "101.8"), (1,) * 5, "B"),
])
def test_grades(mids, ages, grade):
    board = {n: quote(n, m, age=a) for n, m, a in zip(NAMES, mids, ages, strict=False)}
    assert best.compare(PAIR, board, NOW).grade == grade


def test_a_pair_nobody_lists_has_no_price():
    c = best.compare(PAIR, {}, NOW)
    assert (c.status, c.grade, c.rows, c.best_buy, c.gap_bps, c.change_24h_pct, c.oldest_s) == ("none", "D", (), None, None, None, None)
    assert c.notes == ("No exchange has a usable price right now.",)


def test_a_scale_is_no_finer_than_half_the_middle_half_spread():
    assert reference.scale([D(100)] * 3, [0.03, 0.01, 0.02], DEFAULT).sigma == 0.01
    assert reference.scale([D(100)] * 2, [0.03, 0.01], DEFAULT).sigma == 0.01
    even = reference.scale([D(1), D(4)], [0.0], DEFAULT)
    assert (even.centre, even.mad) == (pytest.approx(math.log(2)), pytest.approx(math.log(2)))


@pytest.mark.parametrize(("mids", "found"), [
    ((80, 98, 100, 101, 150), "ok"), ((80, 90, 100, 101, 150), "no_consensus"), ((100, 100, 101, 150), "ok"), ((90, 100, 101, 150), "no_consensus"),
])
def test_a_majority_is_more_than_half(mids, found):
    prices = {name: D(mid) for name, mid in zip(NAMES, mids, strict=False)}
    judged = reference.consensus(prices, [0.0001] * len(mids), 0.05, DEFAULT)
    assert judged.status == found and (found == "ok" or judged == reference.Consensus("no_consensus", {}))


def test_of_two_nobody_is_called_wrong():
    assert reference.consensus({"ada": D(100), "bea": D(200)}, [0.0001] * 2, 0.05, DEFAULT) == reference.Consensus("disputed", {})


def test_dispersion_takes_two_and_has_six_digits():
    assert reference.dispersion_bps([D(100)], DEFAULT) is None
    assert reference.dispersion_bps([D(100), D(101)], DEFAULT) == D("73.761803")
    assert reference.dispersion_bps([D(100), D(100)], DEFAULT) == 0


def test_an_index_of_unknown_volumes_weighs_all_alike_and_wants_a_weight_for_each_price():
    assert reference.index([D(1), D(3)], [None, None], D("0.4")) == 2
    with pytest.raises(ValueError, match="zip"):
        reference.index([D(1), D(3)], [D(1)], D("0.4"))
