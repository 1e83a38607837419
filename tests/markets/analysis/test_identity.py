"""Which coin is it: price evidence, bundled units, leveraged names."""

from datetime import timedelta

import pytest

from markets.analysis import identity
from markets.analysis.identity import Prices
from tests.markets.analysis.boards import NOW, D

NEW = Prices()


def after(*ratios, start=NEW, step=60):
    found = start
    for i, ratio in enumerate(ratios):
        found = identity.sample(found, ratio, NOW + timedelta(seconds=step * i))
    return found


def test_twenty_near_samples_over_ten_minutes_make_a_code_probable():
    assert after(*[1.01] * 19).state == "unknown"
    assert after(*[1.01] * 20).state == "probable"
    assert after(*[1.01] * 40, step=10).state == "unknown", "too soon"
    assert after(*[1.01] * 61, step=10).state == "probable"
    assert after(*[0.67] * 20).state == after(*[1.49] * 20).state == "probable"
    assert after(*[1.6] * 50) == Prices()


def test_three_far_samples_in_a_row_are_a_conflict_which_only_long_agreement_ends():
    assert after(110, 110).state == "unknown"
    assert after(110, 110, 110) == Prices("conflicted", 0, None, 3)
    assert after(110, 110, 1.0, 110, 110).state == "unknown", "in a row"
    assert after(110, 110, 1.7, 110, 110).state == "unknown"
    assert after(0.4, 0.4, 0.4, start=Prices("probable", 20, NOW)).state == "conflicted"
    conflict = Prices("conflicted", far=3)
    assert (after(*[1.0] * 19, start=conflict).state, after(*[1.0] * 20, start=conflict).state) == ("conflicted", "probable")


def test_a_far_sample_starts_the_near_ones_again():
    assert after(*[1.0] * 19, 3.0, 1.0) == Prices("unknown", 1, NOW + timedelta(seconds=1200), 0)


def test_nobody_to_compare_with_is_no_evidence():
    assert after(None, start=Prices("unknown", 3, NOW, 2)) == Prices("unknown", 3, NOW, 2)


def test_the_limits_themselves_are_near_and_neither():
    assert after(1.5) == after(1 / 1.5) == Prices("unknown", 1, NOW, 0)
    assert after(2.0, start=Prices("unknown", 3, NOW, 2)) == after(0.5, start=Prices("unknown", 3, NOW, 2)) == Prices("unknown", 3, NOW, 0)
    assert after(2.01) == Prices("unknown", 0, None, 1)


KNOWN = {"PEPE", "SATS", "MOG", "BABYDOGE", "SHIB", "INCH", "CAT", "X", "SET", "BTC", "ETH", "J", "SYR", "PUMP"}


@pytest.mark.parametrize(("code", "expected"), [
    ("1000PEPE", [("PEPE", 1000)]), ("10000SATS", [("SATS", 10_000)]), ("1000SATS", [("SATS", 1000)]), ("1000000MOG", [("MOG", 1_000_000)]),
    ("1MBABYDOGE", [("BABYDOGE", 1_000_000)]), ("SHIB1000", [("SHIB", 1000)]), ("1000X", [("X", 1000)]), ("1000BONK", []),
    ("1INCH", []), ("0G", []), ("2Z", []), ("9BIT", []), ("10SET", []), ("kPEPE", []), ("PEPE", []), ("1000", []),
])
def test_bundled_units_are_stripped_only_where_the_rest_is_listed(code, expected):
    assert identity.multiplier_candidates(code, KNOWN) == tuple((base, D(m)) for base, m in expected)


@pytest.mark.parametrize(("price", "confirmed"), [
    ("0.0100", True), ("0.01049", True), ("0.0096", True), ("0.0105", True), ("0.0095", True), ("0.01051", False),
    ("0.0106", False), ("0.0094", False), ("0.00001", False),
])
def test_the_price_confirms_a_multiplier_within_five_percent(price, confirmed):
    assert identity.confirms_multiplier(D(price), D("0.00001"), D(1000)) is confirmed
