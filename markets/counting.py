"""What Pebble does, counted for good and where it matters by the hour: gathered in memory, added to the table every few seconds.

The last seconds of a process that ends are not counted. While the database is away counts wait, so many and no more; what
finds no room is dropped, and that is counted, too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet, Sum

from markets import bulk
from markets.analysis import timings
from markets.brief import brief
from markets.models import Tally

SPACING_S, SAID_EVERY_S = 5.0, 300.0
MOST = 2_000  # rows that wait while the database is away
KEPT = timedelta(days=8)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # the hour of all hours: sums that never fall, read by whoever collects metrics
HOURLY = frozenset({"web", "requests", "published", "contradicted"})
COLUMNS, KEY, SUMS = ("name", "key", "hour", "within_ms", "times", "amount"), ("name", "key", "hour", "within_ms"), ("times", "amount")
DROPPED = "dropped"
Key = tuple[str, str, datetime, int]  # name, labels, hour, within so many ms

logger = logging.getLogger(__name__)

_waiting: dict[Key, tuple[int, int]] = {}
_lock = threading.Lock()
_written_at = _said_at = float("-inf")
_vain = 0  # times in which nothing could be written, since that was last said


def add(name: str, labels: Sequence[str], ms: float = 0, *, times: int = 1, amount: int | None = None) -> None:
    """Count something that took `ms`. `labels` come from the code, never from what somebody sent. Touches memory only."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with _lock:
        for at in (EPOCH, hour) if name in HOURLY else (EPOCH,):
            _put((name, " ".join(labels)[:120], at, timings.within(ms)), times, round(ms) if amount is None else amount)


def _put(key: Key, times: int, amount: int) -> None:
    if key not in _waiting and len(_waiting) >= MOST:
        key = (DROPPED, "counts", key[2], timings.within(0))
    before = _waiting.get(key, (0, 0))
    _waiting[key] = before[0] + times, before[1] + amount


def flush_when_due() -> None:
    """`flush`, but not more often than every few seconds: for workers, after each task."""
    if time.monotonic() - _written_at >= SPACING_S:
        flush()


def flush() -> bool:
    """Add what waits to the table; False when that is not possible now. It never waits for somebody's lock and never raises."""
    global _written_at  # noqa: PLW0603 - one count per process
    with _lock:
        _written_at = time.monotonic()
        taken = dict(_waiting)
        _waiting.clear()
    if not taken:
        return True
    try:
        with brief(), transaction.atomic():
            rows = sorted((*key, *numbers) for key, numbers in taken.items())
            bulk.upsert(Tally, COLUMNS, rows, key=KEY, update=dict.fromkeys(SUMS, "{old} + {new}"))
    except DatabaseError as error:
        _say(error)
        with _lock:
            for key, (times, amount) in taken.items():
                _put(key, times, amount)
        return False
    return True


def _say(error: DatabaseError) -> None:
    """That it could not be written, with how often since this was last said: a database that stays locked is one line in five minutes."""
    global _said_at, _vain  # noqa: PLW0603
    _vain += 1
    if time.monotonic() - _said_at >= SAID_EVERY_S:
        logger.warning("what was counted is written later: %s (%d times since this was last said)", error, _vain)
        _said_at, _vain = time.monotonic(), 0


def keep_flushing() -> None:
    """In a web process: a thread that writes every few seconds, so that no visitor waits for it."""
    threading.Thread(target=_flush_for_ever, name="counts", daemon=True).start()


def _flush_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(SPACING_S):
        flush()
        connection.close()  # this thread's own: a server that went away must not be remembered


def purge(now: datetime) -> int:
    """Drop hours past their keep; return how many rows went. The sums stay."""
    return Tally.objects.filter(hour__gt=EPOCH, hour__lt=now - KEPT).delete()[0]


def totals(name: str) -> dict[tuple[str, ...], dict[int, tuple[int, int]]]:
    """{labels: {step in ms: (times, amount)}} since ever."""
    return _grouped(Tally.objects.filter(name=name, hour=EPOCH))


def since(name: str, at: datetime) -> dict[tuple[str, ...], dict[int, tuple[int, int]]]:
    """The same of the hours that began at `at` or later."""
    return _grouped(Tally.objects.filter(name=name, hour__gte=at))


def _grouped(rows: QuerySet[Tally]) -> dict[tuple[str, ...], dict[int, tuple[int, int]]]:
    found: dict[tuple[str, ...], dict[int, tuple[int, int]]] = {}
    for key, within_ms, times, amount in rows.values_list("key", "within_ms").annotate(Sum("times"), Sum("amount")).order_by("key", "within_ms"):
        found.setdefault(tuple(key.split(" ")), {})[within_ms] = times, amount
    return found


def forget() -> None:
    """Drop what has not been written (tests, and after a fork)."""
    global _written_at  # noqa: PLW0603
    with _lock:
        _waiting.clear()
        _written_at = float("-inf")
