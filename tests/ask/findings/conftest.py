"""The methodology's ladder between two exchanges, with nothing running that would read books."""

import pytest

from markets import turns
from tests.markets import gaps
from tests.markets.build import NOW


@pytest.fixture
def queued(monkeypatch):
    """What the queue was asked for, by exchange and source."""
    calls = []
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: calls.append(args))
    return calls


@pytest.fixture
def gapped(stored, queued):
    """POL pays from BUY to SELL; SUI by tickers only; NOVA is two coins; ETH is quiet; OLD's seller is stale."""
    gaps.fill(NOW)
    return queued
