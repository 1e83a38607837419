"""What an operator looks at first: breakers that are open, pairs without a fresh price, incidents that go on."""

from __future__ import annotations

from datetime import datetime

from exchanges.breaker import Breaker
from exchanges.models import Feed
from markets import read
from markets.analysis import quality
from markets.board import Quote
from markets.method import current_method
from markets.reads import uptime
from markets.shapes import Trouble
from markets.statuses import traded


def open_breakers() -> tuple[tuple[str, str, str, datetime], ...]:
    """(exchange, source, open or half open, when the next try may leave) of every feed that is on."""
    feeds = Feed.objects.filter(enabled=True, exchange__enabled=True, probe_at__isnull=False).select_related("exchange").order_by("exchange__priority", "pk")
    return tuple((f.exchange.name, f.source, Breaker(f.fails, f.opened, f.probe_at).phase, f.probe_at) for f in feeds if f.probe_at)


def stale_pairs(now: datetime) -> tuple[str, ...]:
    """The pairs that trade somewhere switched on, and have no fresh price anywhere."""
    rows = traded(read.board())
    return tuple(sorted(str(key) for key, quotes in rows.items() if not any(_fresh(quote, now) for quote in quotes)))


def _fresh(quote: Quote, now: datetime) -> bool:
    if quote.observed_at is None:
        return False
    return quality.state(max(0.0, (now - quote.observed_at).total_seconds()), quote.period_s, current_method()) == "fresh"


def open_troubles(now: datetime) -> tuple[Trouble, ...]:
    """Incidents that go on, the newest first."""
    return tuple(trouble for trouble in uptime.troubles(now, 200) if trouble.closed_at is None)
