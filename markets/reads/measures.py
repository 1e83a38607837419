"""How questions fared: success, corrections and speed of the last days, from what was counted as they were answered."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import DatabaseError

from exchanges.numbers import EXACT
from markets.ask import outcome
from markets.latest import Latest
from markets.models import AskCount
from markets.shapes import AskedKind, Asking

DAYS = 7
KEPT_S = 5
_kept = Latest(1)
Row = tuple[str, str, bool, int, int]  # intent, outcome, corrected, within so many ms, questions


def asking(now: datetime) -> Asking:
    """Of today and the days before it; read at most every five seconds per process. Empty while the database is away."""
    try:
        return _kept.get((now.date(), time.monotonic() // KEPT_S), lambda: _read(now))
    except DatabaseError:
        return summed(())


def _read(now: datetime) -> Asking:
    rows = AskCount.objects.filter(day__gt=now.date() - timedelta(days=DAYS), day__lte=now.date())
    return summed(rows.values_list("intent", "outcome", "corrected", "within_ms", "questions"))


def summed(rows: Iterable[Row]) -> Asking:
    """The counts of some days as shares."""
    known = list(rows)
    speed: dict[int, int] = {}
    for _, _, _, within_ms, questions in known:
        speed[within_ms] = speed.get(within_ms, 0) + questions
    kinds = [_kind(intent, [row for row in known if row[0] == intent]) for intent in sorted({row[0] for row in known})]
    return Asking(
        DAYS, _count(known), _success(known), _corrected(known), outcome.percentile(speed, 0.5), outcome.percentile(speed, 0.95),
        tuple(sorted(kinds, key=lambda kind: (-kind.questions, kind.intent))),
    )  # fmt: skip


def _kind(intent: str, rows: Collection[Row]) -> AskedKind:
    return AskedKind(intent, _count(rows), _success(rows), _corrected(rows))


def _count(rows: Iterable[Row]) -> int:
    return sum(row[4] for row in rows)


def _success(rows: Collection[Row]) -> Decimal | None:
    return _share([row for row in rows if row[1] in outcome.SUCCESS], rows)


def _corrected(rows: Collection[Row]) -> Decimal | None:
    return _share([row for row in rows if row[2]], rows)


def _share(some: Collection[Row], rows: Collection[Row]) -> Decimal | None:
    whole = _count(rows)
    return EXACT.divide(Decimal(100 * _count(some)), Decimal(whole)) if whole else None
