"""The overview's tiles: what rounds to nothing is shown as nothing, and one that knows nothing says why."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest

from markets.reads import glance
from tests.pages import market
from tests.pages.conftest import empty  # noqa: F401 - a fixture


@pytest.mark.parametrize(("percent", "places", "text"), [
    ("0.19", 2, "+0.19%"), ("-0.19", 2, "−0.19%"),
    ("0.004", 2, "0.00%"), ("-0.004", 2, "0.00%"), ("0", 2, "0.00%"), ("38.26", 1, "+38.3%"), ("0.006", 2, "+0.01%"),
])  # fmt: skip
def test_only_a_gain_that_shows_has_a_plus(percent, places, text):
    assert glance.signed(D(percent), places) == text


def test_without_two_live_exchanges_no_gap_is_known_for_that_very_reason(empty):  # noqa: F811
    now = datetime.now(UTC)
    market.fill(now - timedelta(minutes=5))
    assert [(tile.value, tile.caption) for tile in glance.tiles((), now)[:1]] == [("–", "no pair is live on two exchanges right now")]
    market.refresh(now)
    assert glance.tiles((), now + timedelta(seconds=5))[0].caption == "known once ten minutes of prices have told the coins apart"
