"""A small stored market, seen through the API, with no limit on how often a test may ask."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from markets import read, store
from markets.api import core as api
from markets.api import throttle
from markets.models import Setting
from tests.markets import kept
from tests.markets.build import catalogue, instrument, prices, ticker

EXPONENT = re.compile(r'"-?\d+(\.\d+)?[eE][+-]?\d+"')


def fresh_memory():
    read.forget()
    throttle.forget()
    api.forget()


@pytest.fixture
def stored(db):
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})
    fresh_memory()
    yield
    fresh_memory()


@pytest.fixture
def market(stored):
    """BTC on three exchanges (one of them crossed), PEPE far below 1e-6 on two, POL (formerly MATIC) on one, XYZ halted."""
    kept.again(fill, timezone.now() - timedelta(seconds=2))
    fresh_memory()


def fill(now):
    catalogue("binance", "BTC/USDT", "PEPE/USDT", "POL/USDT", instrument("XYZ/USDT", status="halted"), now=now)
    catalogue("kucoin", "BTC/USDT", "PEPE/USDT", now=now)
    catalogue("bybit", "BTC/USDT", now=now)
    prices("binance", ticker("BTC/USDT", 100, 101, last="100.5"), ticker("PEPE/USDT", "0.00000000012", "0.00000000013", bid_size="123456789012345"),
           ticker("POL/USDT", "0.5", "0.501"), now=now)
    prices("kucoin", ticker("BTC/USDT", "100.2", "100.9"), ticker("PEPE/USDT", "0.000000000121", "0.000000000131"), now=now)
    prices("bybit", ticker("BTC/USDT", "101.5", "101.1"), now=now)


@pytest.fixture
def get(client):
    """Ask an address under /api/v1/ and give back the decoded answer, holding what is true of every one."""
    def ask(address, status=200, **headers):
        response = client.get(f"/api/v1/{address}", headers=headers)
        assert response.status_code == status, response.content[:500]
        assert not EXPONENT.search(response.content.decode())
        assert "NaN" not in response.content.decode()
        return response.json()

    return ask


@pytest.fixture
def switch():
    def turn(slug, on):
        Exchange.objects.filter(slug=slug).update(enabled=on)
        store.touch("switches")
        fresh_memory()

    return turn
