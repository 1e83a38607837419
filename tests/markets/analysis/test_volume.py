"""Volumes: what counts for a total, shares and concentration, the norm, the spreads, the index's change."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.analysis import volume
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.boards import NOW, D, quote

few = settings(max_examples=100, deadline=None)
amounts = st.decimals("0.01", "1e9", places=2)


def judged(rate="1", suspicious=False, **fields):
    return volume.judge(quote(**fields), None if rate is None else D(rate), NOW, DEFAULT, suspicious=suspicious)


# --- What counts ------------------------------------------------------------------------------------------------
def test_a_volume_is_told_in_usd_with_its_age():
    v = judged("2", age=3, change_24h_pct="1.5")
    assert (v.exchange, v.symbol, v.quote, v.usd, v.change_pct, v.reason, v.age_s, v.state) == (
        "ada", "POLUSDT", "USDT", D(10_000_000), D("1.5"), "", 3, "fresh")
    assert volume.counts(v)
    assert volume.judge(quote(), D(1), NOW, DEFAULT).reason == "", "nothing is suspicious that nobody suspects"


@pytest.mark.parametrize(("fields", "reason", "usd"), [
    ({"rate": None}, "no_rate", None),
    ({"quote_volume_24h": None}, "no_volume", None),
    ({"quote_volume_24h": None, "bad": ("quote_volume_24h",)}, "bad_number", None),
    ({"age": 100}, "stale", 5_000_000),
    ({"switch": "disabled"}, "disabled", 5_000_000),
    ({"identity": "conflicted"}, "conflicted", 5_000_000),
    ({"flag": "identity_conflict"}, "identity_conflict", 5_000_000),
    ({"flag": "dislocated"}, "", 5_000_000),
    ({"suspicious": True}, "volume_suspicious", 5_000_000),
    ({"bid": None}, "no_bid_ask", None),
    ({"bid": None, "base_volume_24h": None}, "no_bid_ask", None),
    ({"quote_volume_24h": "5500000"}, "", 5_500_000),  # a tenth off is in order
    ({"quote_volume_24h": "5500001"}, "unit_mismatch", 5_500_001),
    ({"quote_volume_24h": "4500000"}, "", 4_500_000),
    ({"quote_volume_24h": "4499999"}, "unit_mismatch", 4_499_999),
    ({"quote_volume_24h": "100000001"}, "unit_mismatch", None),  # more than twenty times off: not even shown as a figure
    ({"quote_volume_24h": "50000", "base_volume_24h": "5000000"}, "unit_mismatch", None),  # swapped
    ({"quote_volume_24h": "1e30"}, "unit_mismatch", None),
    ({"quote_volume_24h": "6600000", "high_24h": "120"}, "", 6_600_000),  # the coin stood at 120 in between
    ({"quote_volume_24h": "6600001", "high_24h": "120"}, "unit_mismatch", 6_600_001),
    ({"quote_volume_24h": "3600000", "low_24h": "80"}, "", 3_600_000),
    ({"quote_volume_24h": "3599999", "low_24h": "80"}, "unit_mismatch", 3_599_999),
    ({"base_volume_24h": None}, "", 5_000_000),  # cannot be tested
    ({"last": None}, "", 5_000_000),
    ({"quote_volume_24h": "0", "base_volume_24h": "0"}, "", 0),
    ({"quote_volume_24h": "0"}, "unit_mismatch", None),
])
def test_every_volume_counts_or_says_why_not(fields, reason, usd):
    v = judged(**fields)
    assert (v.reason, v.usd) == (reason, usd)
    assert volume.counts(v) == (not reason and usd is not None)


def test_only_what_is_doubted_can_be_asked_for():
    asked = {reason: volume.counts(judged(**fields), suspect=True) for reason, fields in {
        "off": {"quote_volume_24h": "5500001"}, "suspicious": {"suspicious": True}, "absurd": {"quote_volume_24h": "1e30"},
        "stale": {"age": 100}, "in order": {}, "unknown": {"quote_volume_24h": None}}.items()}  # fmt: skip
    assert asked == {"off": True, "suspicious": True, "absurd": False, "stale": False, "in order": True, "unknown": False}


# --- Shares -----------------------------------------------------------------------------------------------------
def test_the_concentration_of_the_worked_example():
    portions = volume.parts({name: D(part) for name, part in zip("abcde", (62, 14, 12, 7, 5), strict=True)})
    assert portions["a"] == D("0.62")
    assert round(volume.concentration(portions.values()), 3) == D("0.426")
    assert volume.concentration([D("0.2")] * 5) == D("0.20")


def test_nothing_has_no_share_and_no_total():
    assert (volume.parts({}), volume.parts({"a": D(0)}), volume.concentration([]), volume.total([])) == ({}, {}, None, None)
    assert volume.total([D(0)]) == 0
    assert volume.total([D(1), D(2)]) == 3


@few
@given(st.lists(amounts, min_size=1, max_size=8), st.sampled_from([D("0.001"), D(3), D(10_000)]))
def test_shares_sum_to_one_and_concentration_lies_between_even_and_alone(values, scale):
    portions = volume.parts(dict(enumerate(values)))
    assert abs(sum(portions.values()) - 1) < D("1e-25")
    hhi = volume.concentration(portions.values())
    assert D(1) / len(values) - D("1e-25") <= hhi <= 1 + D("1e-25")
    scaled = volume.concentration(volume.parts({at: value * scale for at, value in enumerate(values)}).values())
    assert abs(scaled - hhi) < D("1e-25")


# --- The norm ---------------------------------------------------------------------------------------------------
def days(*values, key="m"):
    return [{key: D(value)} for value in values]


def floats(*values):
    return [{"m": float(value)} for value in values]


def test_the_norm_is_the_median_of_the_days():
    assert volume.norm_ratio({"m": D(180)}, days(100, 50, 120)) == (D("1.8"), 3)
    ratio, count = volume.norm_ratio({"m": D(180)}, days(80, 100, 120, 150))
    assert (round(ratio, 20), count) == (round(D(180) / 110, 20), 4)


def test_two_days_are_no_history():
    assert volume.norm_ratio({"m": D(180)}, days(100, 100)) == (None, 2)
    assert volume.norm_ratio({"m": D(180)}, [*days(100, 100), {}]) == (None, 2)
    assert volume.norm_ratio({}, days(100, 100, 100)) == (None, 0)
    assert volume.norm_ratio({"m": D(0)}, days(100, 100, 100)) == (None, 0)
    assert volume.norm_ratio({"m": D(5)}, days(0, 0, 0)) == (None, 3)


def test_like_is_compared_with_like():
    today = {"old": D(60), "new": D(40)}
    assert volume.norm_ratio(today, days(30, 30, 30, key="old")) == (D(2), 3)  # the newcomer does not double it
    assert volume.norm_ratio({"old": D(60)}, [{"old": D(30), "gone": D(1000)}] * 3) == (D(2), 3)
    assert volume.norm_ratio({"old": D(50), "new": D(50)}, days(25, 25, 25, key="old")) == (D(2), 3)  # just half
    assert volume.norm_ratio({"old": D(49), "new": D(51)}, days(30, 30, 30, key="old")) == (None, 0)  # less than half says nothing


@few
@given(st.lists(amounts, min_size=3, max_size=14), amounts, st.sampled_from([D("0.001"), D(7), D(1000)]))
def test_the_norm_has_no_unit_and_grows_with_today(values, now, scale):
    past = [{"m": value} for value in values]
    ratio, count = volume.norm_ratio({"m": now}, past)
    assert count == len(values)
    scaled, _ = volume.norm_ratio({"m": now * scale}, [{"m": value * scale} for value in values])
    assert math.isclose(ratio, scaled, rel_tol=1e-20)
    assert volume.norm_ratio({"m": now * 2}, past)[0] > ratio


# --- Spreads ----------------------------------------------------------------------------------------------------
def test_a_spread_is_the_mad_with_a_floor():
    assert volume.spread([0.0, 1.0, 5.0], 0.15) == pytest.approx(1.4826)
    assert volume.spread([0.1, 0.1, 0.1], 0.15) == 0.15
    assert volume.spread([0.1, 0.2], 0.15) is None


def test_the_spread_of_volume_needs_three_days_that_have_a_norm():
    assert volume.volume_spread(floats(*[100] * 5), 0.15) is None
    assert volume.volume_spread(floats(*[100] * 6), 0.15) == 0.15
    wild = floats(100, 1000, 10, 100, 100, 100)  # RV 1, 10 and 0.1
    assert volume.volume_spread(wild, 0.15) == pytest.approx(1.4826 * math.log(10))
    assert volume.volume_spread([*floats(100), {}, *floats(1000, 10, 100, 100, 100)], 0.15) == pytest.approx(1.4826 * math.log(10))


def test_the_spread_of_volume_looks_thirty_days_back_and_fourteen_before_each():
    calm = floats(*[100] * 30)
    assert volume.volume_spread([*calm, *floats(*[100] * 14)], 0.15) == 0.15
    assert volume.volume_spread([*calm, *floats(*[1] * 300)], 0.01) == pytest.approx(0.01)  # what is older moves only norms
    norms = [volume.norm_ratio({"m": 100.0}, floats(*[100] * 7, *[1] * 7, *[1] * 9)[:14])[1]]
    assert norms == [14]


def test_the_last_of_thirty_and_of_fourteen_days_still_counts_and_the_next_does_not():
    def seen(*places):
        return [{"m": 100.0} if at in places else {} for at in range(40)]

    assert volume.volume_spread(seen(0, 1, 2, 14, 15, 16), 0.15) == 0.15
    assert volume.volume_spread(seen(0, 1, 2, 15, 16, 17), 0.15) is None  # each has two of the fourteen before it
    assert volume.price_spread(seen(0, 1, 2, 29, 30), {}, 0.01) == 0.01
    assert volume.price_spread(seen(0, 1, 2, 30, 31), {}, 0.01) is None


def test_a_change_of_price_is_weighed_by_volume():
    prices = [{"m": price, "n": 100.0} for price in (100.0, 100.0, 200.0, 100.0)]
    assert volume.price_spread(prices, {"m": 3.0, "n": 1.0}, 0.01) == pytest.approx(1.4826 * math.log(1.6))  # 1, 0.625 and 1.75
    assert volume.price_spread(prices, {"m": 1.0}, 0.01) == pytest.approx(1.4826 * math.log(2))  # an unknown volume weighs nothing


def test_every_one_of_the_days_before_counts():
    rising = floats(8, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    assert volume.norm_ratio(rising[0], rising[1 : 1 + volume.NORM_DAYS]) == (8, 14)


def test_the_spread_of_price_is_of_logarithmic_changes_of_the_index():
    prices = floats(100, 100, 200, 100)  # latest first: 0, -ln 2, +ln 2
    assert volume.price_spread(prices, {"m": 1.0}, 0.01) == pytest.approx(1.4826 * math.log(2))
    assert volume.price_spread(floats(100, 100, 100), {"m": 1.0}, 0.01) is None
    assert volume.price_spread(floats(100, 100, 100, 100), {}, 0.01) == 0.01
    assert volume.price_spread([*floats(100, 100), {}, *floats(100, 100)], {}, 0.01) is None  # a gap is no change
    assert volume.price_spread(floats(0, 100, 100, 100), {}, 0.01) is None  # nothing fell by everything
    assert volume.price_spread(floats(100, 0, 100, 100, 100, 100), {}, 0.01) == 0.01
    late = floats(*[100] * 31, *[100, 900] * 20)
    assert volume.price_spread(late, {}, 0.01) == 0.01


def test_the_index_weighs_changes_by_volume_and_no_market_above_two_fifths():
    assert volume.index_change([]) is None
    assert volume.index_change([(D("0.1"), None)]) == D("0.1")
    assert volume.index_change([(D("0.1"), D(3)), (D("0.2"), D(1))]) == D("0.125")
    assert volume.index_change([(D("0.1"), D(98)), (D("0.2"), D(1)), (D("0.2"), D(1))]) == D("0.16")
    assert volume.index_change([(D("0.1"), D(2)), (D("0.2"), None)]) == D("0.15")  # the unknown weighs the least known
    assert volume.index_change([(D("0.1"), None), (D("0.2"), None)]) == D("0.15")


# --- Rates ------------------------------------------------------------------------------------------------------
def test_rates_are_straight_or_inverse_medians_and_never_made_up():
    prices = {("EUR", "USDT"): [D("1.08"), D("1.09"), D("1.10")], ("USDT", "TRY"): [D(40), D(40)], ("BTC", "EUR"): [D(9)]}
    assert volume.rates(prices, ["EUR", "TRY", "BTC", "USDT", "USD"]) == {"USDT": 1, "EUR": D("1.09"), "TRY": D("0.025")}
    assert volume.rates({("EUR", "USDT"): [D(2)], ("USDT", "EUR"): [D(4)]}, ["EUR"]) == {"USDT": 1, "EUR": 2}
    assert isinstance(volume.rates(prices, ["TRY"])["TRY"], Decimal)
