"""Whether a day's volumes imply a price of that day: one rule for spot markets and contracts."""

import pytest

from markets.analysis import units
from markets.analysis.derivatives import Contract
from tests.markets.analysis.boards import D, quote

MOVED = {"last": "85", "low_24h": "80", "high_24h": "104", "base_volume_24h": "1000"}  # by 15 % in a day


def day(kind, **fields):
    given = {"last": "100", "base_volume_24h": "1000", "quote_volume_24h": "100000"} | fields
    given = {name: None if value is None else D(value) for name, value in given.items()}
    if kind == "spot":
        return quote(**given)
    return Contract(exchange="ada", symbol="POLUSDT", base="POL", quote="USDT", kind="perp", **given)


@pytest.mark.parametrize("kind", ["spot", "perp"])
@pytest.mark.parametrize(("fields", "agree"), [
    ({}, True), ({"quote_volume_24h": "110000"}, True), ({"quote_volume_24h": "110001"}, False),
    ({"quote_volume_24h": "90000"}, True), ({"quote_volume_24h": "89999"}, False),
    ({**MOVED, "quote_volume_24h": "97000"}, True),  # 14 % over the last price: what most was traded at
    ({**MOVED, "quote_volume_24h": "114400"}, True), ({**MOVED, "quote_volume_24h": "114401"}, False),
    ({**MOVED, "quote_volume_24h": "72000"}, True), ({**MOVED, "quote_volume_24h": "71999"}, False),
    ({"last": "100", "low_24h": "101", "high_24h": "99"}, True),  # a range that the last price has left
    ({"quote_volume_24h": None}, True), ({"base_volume_24h": None}, True), ({"last": None}, True),
    ({"quote_volume_24h": "0", "base_volume_24h": "0"}, True), ({"quote_volume_24h": "0"}, True),
    ({"quote_volume_24h": "5", "base_volume_24h": "0"}, False),  # money without coins
    ({"quote_volume_24h": "1000", "base_volume_24h": "100000"}, False),  # swapped
])
def test_money_over_coins_is_a_price_of_the_day(kind, fields, agree):
    assert units.agree(day(kind, **fields)) is agree
