"""Counts of what is asked and how it ends: gathered in memory, added to the day's rows every two seconds at most.

The last seconds of a process that ends are not counted, nor what comes while the database is away for longer than that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import date

from django.db import DatabaseError, models, transaction

from markets import bulk, held
from markets.ask import outcome
from markets.ask.answer import Answer
from markets.ask.record import Part
from markets.brief import brief
from markets.models import AskCount, RolloutCount

SPACING_S = 2.0
MOST = 5_000  # rows that wait while the database is away
Key = tuple[object, ...]
logger = logging.getLogger(__name__)

_ASKED = ("day", "intent", "outcome", "corrected", "within_ms")
_ROLLOUT = ("day", "intent", "exchange_id", "inside")
_asked: dict[Key, int] = {}
_rollout: dict[Key, tuple[int, int]] = {}
_lock = threading.Lock()
_written_at = float("-inf")


def count(part: Part, answers: Sequence[Answer], day: date, ms: float, *, corrected: bool) -> None:
    """One question, answered in `ms`. `corrected`: somebody changed how it was read."""
    key: Key = (day, part.frame.intent, outcome.ended(part, answers), corrected, outcome.within(ms))
    sides = _sides(part, answers, day)
    with _lock:
        if len(_asked) + len(_rollout) < MOST:
            _asked[key] = _asked.get(key, 0) + 1
            for side, error in sides:
                before = _rollout.get(side, (0, 0))
                _rollout[side] = before[0] + 1, before[1] + error
    if time.monotonic() - _written_at >= SPACING_S:
        flush()


def _sides(part: Part, answers: Sequence[Answer], day: date) -> list[tuple[Key, bool]]:
    """Each exchange that was in the answer, or out of it for its rollout alone, and whether it failed."""
    rows, intent = held.current().exchanges, part.frame.intent
    inside = [(slug, True) for slug in part.route.priced]
    outside = [(left.exchange, False) for left in part.route.left if left.reason == "not_in_rollout"]
    return [((day, intent, rows[slug].pk, side), outcome.failed(part, answers, slug)) for slug, side in (*inside, *outside) if slug in rows]


def flush() -> None:
    """Write down what has been counted."""
    global _written_at  # noqa: PLW0603 - one count per process
    with _lock:
        _written_at = time.monotonic()
        asked, rollout = dict(_asked), dict(_rollout)
        _asked.clear()
        _rollout.clear()
    if not asked:
        return
    try:
        with brief(), transaction.atomic():
            _add(AskCount, (*_ASKED, "questions"), [(*key, number) for key, number in asked.items()], _ASKED)
            _add(RolloutCount, (*_ROLLOUT, "answers", "errors"), [(*key, *numbers) for key, numbers in rollout.items()], _ROLLOUT)
    except DatabaseError as error:
        logger.warning("what was asked is counted later: %s", error)
        _put_back(asked, rollout)


def _add(model: type[models.Model], columns: Sequence[str], rows: Sequence[Key], key: Sequence[str]) -> None:
    sums = {name: "{old} + {new}" for name in columns if name not in key}
    bulk.upsert(model, columns, sorted(rows, key=repr), key=key, update=sums)


def _put_back(asked: dict[Key, int], rollout: dict[Key, tuple[int, int]]) -> None:
    with _lock:
        for key, number in asked.items():
            _asked[key] = _asked.get(key, 0) + number
        for side, (answers, errors) in rollout.items():
            before = _rollout.get(side, (0, 0))
            _rollout[side] = before[0] + answers, before[1] + errors


def forget() -> None:
    """Drop what has not been written (tests, and after a fork)."""
    global _written_at  # noqa: PLW0603
    with _lock:
        _asked.clear()
        _rollout.clear()
        _written_at = float("-inf")
