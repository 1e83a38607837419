"""The last ninety days of every exchange, and what went wrong in them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as midnight

from django.db import DatabaseError

from exchanges.models import Exchange, Incident
from markets import away, days, held, incidents
from markets.analysis import uptime
from markets.analysis.uptime import Day
from markets.latest import Latest
from markets.models import ExchangeDay
from markets.shapes import History, Trouble

KEPT_S = 5
RECENT = timedelta(days=30)
_kept = Latest(1)
_away = Latest(1)


def histories(now: datetime) -> Mapping[str, History]:
    """{slug: its days, the oldest first}. Read at most every five seconds per process; empty while the database is away."""
    try:
        found = _kept.get((now.date(), time.monotonic() // KEPT_S), lambda: _read(now))
    except DatabaseError:
        return {}
    return {slug: history for slug, history in found.items() if slug not in held.unseen()}


def _read(now: datetime) -> Mapping[str, History]:
    first = now.date() - timedelta(days=uptime.DAYS - 1)
    known: dict[tuple[int, date], ExchangeDay] = {(row.exchange_id, row.day): row for row in ExchangeDay.objects.filter(day__gte=first)}
    return {each.slug: _history(each, known, first, now) for each in Exchange.objects.all()}


def _history(exchange: Exchange, known: Mapping[tuple[int, date], ExchangeDay], first: date, now: datetime) -> History:
    dates = [first + timedelta(days=n) for n in range(uptime.DAYS)]
    rows = [known.get((exchange.pk, day)) for day in dates]
    found = [Day(row.live_s, row.degraded_s, row.down_s, row.off_s) if row else Day() for row in rows]
    today = rows[-1]
    if today and today.upto < now:  # what was not added up yet
        found[-1] += days.between(exchange, today.upto, now, now)
    return History(tuple(zip(dates, found, strict=True)), uptime.uptime_pct(found))


def troubles(now: datetime, limit: int = 20) -> tuple[Trouble, ...]:
    """What goes on, and what was in the last thirty days; the newest first."""
    return tuple(_trouble(row, now) for row in incidents.between(now - RECENT, now + timedelta(seconds=1))[:limit])


def troubles_of(day: date, slug: str, now: datetime) -> tuple[Trouble, ...]:
    """Those of one exchange, or of Pebble itself, that were open at some time of that day (UTC)."""
    start = datetime.combine(day, midnight(), UTC)
    rows = incidents.between(start, start + timedelta(days=1))
    return tuple(_trouble(row, now) for row in rows if row.exchange is None or row.exchange.slug == slug)


def unseen(row: Incident, now: datetime) -> timedelta:
    """How much of an incident nobody saw. What is known of that is read at most every five seconds per process."""
    spans = _away.get(time.monotonic() // KEPT_S, lambda: away.spans(now - away.KEPT, now, now))
    return timedelta(seconds=uptime.overlap(spans, row.opened_at, row.closed_at or now))


def _trouble(row: Incident, now: datetime) -> Trouble:
    exchange = row.exchange
    return Trouble(
        id=row.pk, exchange=exchange.slug if exchange else "", name=exchange.name if exchange else "", kind=row.kind, kind_label=row.get_kind_display(),
        critical=row.critical, title=row.title, detail=held.veiled(row.detail), opened_at=row.opened_at, closed_at=row.closed_at, closing=row.closing,
        away_s=unseen(row, now).total_seconds(),
    )  # fmt: skip
