"""Everything switched on for an hour of simulated market: whether each plan stays inside its limits, and what it leaves behind.

Not part of `make bench`: it takes the time it says. `manage.py bench hour --minutes 60`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from exchanges.budgets import Budgets
from exchanges.models import Exchange, Run
from markets import growth, planning, schedules
from markets.asking import limits
from markets.benchmarks.measure import Figure
from markets.benchmarks.processes import cpu_s, workers

MINUTES = "PEBBLE_BENCH_MINUTES"
SAMPLE_S = 2.0
REFUSED = ("rate_limited", "banned", "geoblocked", "forbidden")


def run() -> Iterator[Figure]:
    """One figure for each exchange's limits and sources, one for the size."""
    seconds = float(os.environ.get(MINUTES, "60")) * 60
    peaks: dict[tuple[str, str], float] = {}
    start, size = timezone.now(), _bytes()
    for exchange in Exchange.objects.filter(enabled=True):
        schedules.start_now(exchange.slug)  # as `manage.py run` does
    with workers() as pid:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            _sample(peaks)
            time.sleep(SAMPLE_S)
        cpu = cpu_s(pid)
    for exchange in Exchange.objects.all():
        yield from _exchange(exchange, peaks, seconds)
    yield _growth(start, timezone.now(), _bytes() - size, cpu / seconds)


def _sample(peaks: dict[tuple[str, str], float]) -> None:
    """How full each bucket's last window is; the fullest it ever was is kept."""
    for exchange in Exchange.objects.all():
        if exchange.adapter:
            for usage in Budgets(exchange.adapter, exchange.budget_per_minute).usage(limits()):
                key = (exchange.slug, usage.name)
                peaks[key] = max(peaks.get(key, 0.0), usage.used / usage.limit)


def _exchange(exchange: Exchange, peaks: dict[tuple[str, str], float], seconds: float) -> Iterator[Figure]:
    """The fullest any limit was, and beside it what each source took of the budget, planned and used, in requests a minute."""
    mine = {name: round(100 * share, 1) for (slug, name), share in peaks.items() if slug == exchange.slug}
    runs = Run.objects.filter(exchange=exchange)
    total = runs.aggregate(total=Sum("requests"))["total"] or 0
    refused = runs.filter(outcome__in=REFUSED).count()
    shares = {share.source: [share.planned and round(share.planned, 1), round(share.used, 1)] for share in planning.shares(exchange, timezone.now())}
    detail = {
        "refused by the exchange": refused, "out of budget": runs.filter(outcome="budget_exhausted").count(),
        "requests a minute": round(total / seconds * 60, 1), "peak % of each limit": mine, "planned and used": shares, "minutes": seconds / 60,
    }
    fullest = max(mine.values(), default=0.0)
    inside = fullest < 100 and not refused
    yield Figure(f"fullest limit of {exchange.slug}", fullest, "%", {"the limit": 100.0}, None, "below 100 %, no refusal", inside, detail)


def _growth(start: datetime, end: datetime, grown: int, cores: float) -> Figure:
    """Rows that each table of history gained, beside what the plan and the settings predict."""
    expected = growth.rows(start, end)
    found = {model: model.objects.count() for model in expected}
    off = max(abs(found[model] - count) / count for model, count in expected.items() if count)
    detail = {
        "rows": {model.__name__: found[model] for model in expected}, "predicted": {model.__name__: count for model, count in expected.items()},
        "largest difference %": round(100 * off), "whole database MB": round(grown / 1e6, 1), "cores used by the workers": round(cores, 2),
        "minutes": round((end - start).total_seconds() / 60, 1),
    }
    value, predicted = growth.size(found) / 1e6, growth.size(expected) / 1e6
    as_said = abs(value / predicted - 1) <= 0.2
    return Figure("history written", value, "MB", {"predicted": predicted}, value / predicted, "within 20 % of the prediction", as_said, detail)


def _bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return Path(connection.settings_dict["NAME"]).stat().st_size
