"""Alerts in the public vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from markets import alerts as kept
from markets.analysis import alert_paths, alert_words
from markets.analysis.alert_words import Words
from markets.analysis.alerts import Condition, Items, Seen
from markets.models import Alert, Firing
from markets.reads import alerts as reads

TOLD = 20  # of one alert, the latest first


def alerts(rows: Sequence[Alert], now: datetime) -> list[dict[str, Any]]:
    """Alerts with what stands there now, by one round of reads."""
    conditions, words = [kept.condition_of(row) for row in rows], reads.words()
    seen = reads.look(conditions, now)
    return [alert(row, condition, what, words, now) for row, condition, what in zip(rows, conditions, seen, strict=True)]


def one(row: Alert, now: datetime) -> dict[str, Any]:
    """One alert with what it last told."""
    return {**alerts([row], now)[0], "told": [told(firing) for firing in row.firings.all()[:TOLD]]}


def alert(row: Alert, condition: Condition, seen: Seen | None, words: Words, now: datetime) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": row.pk, "kind": row.kind, "condition": alert_paths.texts(condition), "sentence": alert_words.sentence(condition, words),
        "state": "ended" if kept.is_over(row, now) else "paused" if row.paused else "on", "cool_down_s": row.cool_down_s,
        "quiet_from": row.quiet_from and f"{row.quiet_from:%H:%M}", "quiet_to": row.quiet_to and f"{row.quiet_to:%H:%M}", "ends_at": row.ends_at,
        "channel": [channel.pk for channel in row.channels.all()], "made_at": row.made_at, "last_checked_at": row.last_checked_at,
        "last_fired_at": row.last_fired_at, "fired": row.fired, "problem": row.problem or None,
        "now": None if seen is None else {"says": alert_words.standing(condition, seen, words), "results": facts(seen)},
        "url": f"{settings.BASE_URL}{alert_paths.path(condition)}",
    }  # fmt: skip


def facts(seen: Seen) -> list[dict[str, object]]:
    """What stands there, one by one."""
    levels = seen.here if isinstance(seen, Items) else (seen,) if seen.value is not None else ()
    return [{"says": None, "receipt": None, **alert_words.facts(each)} for each in levels]


def told(firing: Firing) -> dict[str, Any]:
    """One thing that was told."""
    return {
        "key": firing.key, "at": firing.at, "test": firing.test, "subject": firing.subject, "text": firing.text,
        "url": f"{settings.BASE_URL}{firing.path}", "receipt": firing.receipt or None, "read_at": firing.read_at,
    }
