"""How a success measure is written."""

from decimal import Decimal

import pytest

from markets.shapes import Measure
from markets.templatetags.pebble import measure


@pytest.mark.parametrize(("value", "unit", "text"), [
    (None, "%", "–"), ("99.954", "%", "99.95%"), ("0", "%", "0.00%"), ("0.0051", "%", "0.01%"), ("0.005", "%", "under 0.01%"), ("1204", "", "1,204"),
    ("1.4", "x", "1.40x"), ("300", "ms", "300 ms"), ("10000", "ms", "10,000 ms"), ("60000", "ms", "over 10,000 ms"),
])  # fmt: skip
def test_what_is_known_is_said_and_what_lies_beyond_the_scale_is_not_made_up(value, unit, text):
    assert measure(Measure("k", "Label", None if value is None else Decimal(value), unit, "", None, "told")) == text
