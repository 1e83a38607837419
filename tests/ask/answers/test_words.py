"""How money and distances are written, whatever answer writes them."""

import pytest

from markets.ask.answers.words import cents, off
from tests.markets.analysis.boards import D


@pytest.mark.parametrize(("amount", "written"), [
    ("1.234567", "1.23"), ("0.999999999", "1.00000000"), ("-1.234567", "-1.23"), ("-0.1234567891", "-0.12345679"), ("0.000000000001", "1E-12"), ("0", "0"),
])  # fmt: skip
def test_money_has_two_digits_and_less_than_one_of_it_eight(amount, written):
    assert str(cents(D(amount))) == written


@pytest.mark.parametrize(("price", "best", "apart"), [("101", "100", "1"), ("99", "100", "-1"), (None, "100", None), ("100", None, None), ("100", "0", None)])
def test_how_far_a_price_is_from_another(price, best, apart):
    assert off(D(price) if price else None, D(best) if best else None) == (D(apart) if apart else None)
