"""A visitor's own fee tier in place of each exchange's."""

from decimal import Decimal as D

import pytest

from exchanges.adapters import ADAPTERS
from markets.analysis import fees
from markets.api import filters
from markets.board import Quote

FIRST, SECOND = [*ADAPTERS][:2]
QUOTES = {slug: Quote(exchange=slug, symbol="AB", base="A", quote="B", taker_fee=D("0.001"), fee_source="default") for slug in (FIRST, SECOND)}


def test_without_a_tier_nothing_changes():
    assert fees.charged(QUOTES, {}) is QUOTES


def test_one_for_all_and_one_by_name():
    own = fees.charged(QUOTES, {"": D("0.0008"), SECOND: D(0)})
    assert {slug: (q.taker_fee, q.fee_source) for slug, q in own.items()} == {FIRST: (D("0.0008"), "visitor"), SECOND: (D(0), "visitor")}
    assert fees.charged(QUOTES, {SECOND: D(0)})[FIRST] is QUOTES[FIRST]


@pytest.mark.parametrize(("text", "found"), [
    ("base", {}), ("", {}), ("0.08", {"": D("0.0008")}), (f"{FIRST}:0.075,{SECOND}:0", {FIRST: D("0.00075"), SECOND: D(0)}), ("5", {"": D("0.05")}),
])
def test_as_it_stands_in_an_address(text, found):
    parameter = filters.fees()
    assert parameter.read(text) == found
    assert parameter.read(filters.fees_text(found)) == found


@pytest.mark.parametrize("text", ["free", "-1", "5.1", "nowhere:0.1", f"{FIRST}:", "1e-3", f"{FIRST}:0.1,", "0,1"])
def test_nonsense_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        filters.fees().read(text)
