"""The overview's tiles: what rounds to nothing is shown as nothing."""

from decimal import Decimal as D

import pytest

from markets.reads import glance


@pytest.mark.parametrize(("percent", "places", "text"), [
    ("0.19", 2, "+0.19%"), ("-0.19", 2, "−0.19%"),
    ("0.004", 2, "0.00%"), ("-0.004", 2, "0.00%"), ("0", 2, "0.00%"), ("38.26", 1, "+38.3%"), ("0.006", 2, "+0.01%"),
])  # fmt: skip
def test_only_a_gain_that_shows_has_a_plus(percent, places, text):
    assert glance.signed(D(percent), places) == text
