"""The operator's budget is obeyed by every request: halve it, and the exchange counts half the requests."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from exchanges.state import SqliteLimits
from markets import asking, read, tasks
from tests.journeys.conftest import poll

pytestmark = pytest.mark.system
SLUG = "bybit"


@pytest.fixture
def minutes(installation, monkeypatch, tmp_path):
    """Polls on a clock of our own: `minutes(n, every)` asks every so many seconds for n minutes and counts requests."""
    clock = [1000.0]
    limits = SqliteLimits(tmp_path / "own.sqlite3", clock=lambda: clock[0])
    monkeypatch.setattr(asking, "_limits", lambda file: limits)
    monkeypatch.setattr("exchanges.client.PATIENCE_S", 0)  # nobody can wait on a clock of our own

    def run(count, every=3.0):
        before, outcomes = len(installation.requests(SLUG)), []
        for _ in range(int(count * 60 / every)):
            outcomes.append(tasks.poll(SLUG, "tickers", spaced=False))
            clock[0] += every
        return len(installation.requests(SLUG)) - before, outcomes

    return run


def test_half_the_budget_is_half_the_requests_and_prices_stay_only_older(installation, minutes):
    Exchange.objects.filter(slug=SLUG).update(budget_per_minute=16)
    assert poll(SLUG, "instruments") == "ok"
    minutes(1)  # the first minute spends the full bucket
    whole, outcomes = minutes(3)
    assert set(outcomes) == {"ok", "budget_exhausted"}, "the plan asks for more than the budget"
    assert whole <= 16 * 3
    Exchange.objects.filter(slug=SLUG).update(budget_per_minute=8)
    minutes(1)
    half, _ = minutes(3)
    read.forget()
    assert half == pytest.approx(whole / 2, abs=2)
    now = timezone.now() + timedelta(seconds=20)
    assert next(e for e in read.exchanges(now) if e.slug == SLUG).age_s >= 20
    assert read.compare("BTC", "USDT", now).best_buy.exchange == SLUG
