"""Prices that agree for ten minutes say that a code means the same coin. What is decided is so on any database: once is enough."""

import pytest

from markets.models import ExchangeAsset
from tests.markets.test_quotes import ALL, everywhere, poll_all

pytestmark = pytest.mark.usefixtures("stored")


def test_ten_minutes_of_agreeing_prices_make_a_code_probable():
    everywhere(slugs=ALL[:3])
    poll_all(ALL[:3], 19)
    assert {c.state for c in ExchangeAsset.objects.filter(code="BTC")} == {"unknown"}
    poll_all(ALL[:3], 3, start=19)
    assert ExchangeAsset.objects.get(exchange__slug="binance", code="BTC").state == "probable"


def test_a_conflict_made_by_prices_is_ended_by_ten_minutes_of_agreement():
    everywhere(slugs=ALL[:3])
    poll_all(ALL[:3], 4, lambda slug: 11000 if slug == "bybit" else 100)
    poll_all(ALL[:3], 25, start=4)
    assert ExchangeAsset.objects.get(exchange__slug="bybit", code="BTC").state == "probable"


def test_so_is_one_on_a_pair_of_two_exchanges():
    everywhere(slugs=ALL[:2])
    poll_all(ALL[:2], 4, lambda slug: 1000 if slug == "kucoin" else 100)
    assert "conflicted" in {c.state for c in ExchangeAsset.objects.filter(code="BTC")}
    poll_all(ALL[:2], 45, start=4)
    assert {c.state for c in ExchangeAsset.objects.filter(code="BTC")} == {"probable"}
