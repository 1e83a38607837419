"""Questions that were not answered, or read otherwise than they were meant: written down for an operator, without who asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError

from markets import bulk, polls
from markets.ask import outcome
from markets.ask.answer import Answer
from markets.ask.answers.common import Unlisted
from markets.ask.masking import masked
from markets.ask.record import Part
from markets.brief import brief
from markets.models import Asset, AssetAlias, Question

MOST = 5_000  # different questions; a flood of nonsense fills no disk
WAITING = 200  # of them in memory, while others write
WORD = 60
NOT_UNDERSTOOD = ("nonsense", "off_topic")  # or so it seems; other topics are refused on purpose
Why = Question.Why
_COLUMNS = ("text", "why", "intent", "word", "count", "first_at", "last_at")
Row = tuple[str, str, str, str, int, datetime, datetime]
_waiting: dict[tuple[str, str], Row] = {}
_lock = threading.Lock()
logger = logging.getLogger(__name__)


def note(part: Part, answers: Sequence[Answer], now: datetime, *, corrected: bool) -> None:
    """Write a question down where it was not answered, or where somebody `corrected` how it was read."""
    why, word = _why(part, answers, corrected=corrected)
    if why is None:
        return
    _add((masked(part.frame.q), str(why), part.frame.intent, masked(word)[:WORD], 1, now, now))
    flush()


def _add(row: Row) -> None:
    """To those that wait, where there is room; the same question once, with its count."""
    with _lock:
        before = _waiting.get(row[:2])
        if before is not None:
            _waiting[row[:2]] = (*row[:4], before[4] + row[4], min(before[5], row[5]), max(before[6], row[6]))
        elif len(_waiting) < WAITING:
            _waiting[row[:2]] = row


def flush() -> None:
    """Write down what waits; while others write it goes on waiting."""
    with _lock:
        rows = list(_waiting.values())
        _waiting.clear()
    try:
        with brief():
            if kept := [row for row in rows if Question.objects.count() < MOST or Question.objects.filter(text=row[0], why=row[1]).exists()]:
                bulk.upsert(Question, _COLUMNS, kept, key=("text", "why"), update={"count": "{old} + {new}", "last_at": "{new}"})
    except DatabaseError as error:
        logger.warning("questions are written down later: %s", error)
        for row in rows:
            _add(row)


def forget() -> None:
    """Drop what has not been written (tests)."""
    with _lock:
        _waiting.clear()


def _why(part: Part, answers: Sequence[Answer], *, corrected: bool) -> tuple[Question.Why | None, str]:
    """Why it is worth a look, and the word nobody knows."""
    unlisted = [found.typed for found in part.findings if isinstance(found, Unlisted) and not found.why]
    if corrected:
        return Why.CORRECTED, ""
    if part.frame.unknown or unlisted:
        return Why.COIN, (*part.frame.unknown, *unlisted)[0].upper()
    if part.frame.intent == "unknown":
        return (Why.UNKNOWN if part.frame.topic in NOT_UNDERSTOOD else None), ""
    return (Why.NOTHING if outcome.ended(part, answers) == outcome.NOTHING else None), ""


def teach(question: Question, asset: Asset) -> AssetAlias:
    """From now on the word that stood where a coin should means this one. Raises ValueError where the question has no such word."""
    if not question.word:
        raise ValueError(f"“{question}” has no word that could name a coin.")
    alias, _ = AssetAlias.objects.get_or_create(asset=asset, text=question.word, kind=AssetAlias.Kind.NAME)
    Question.objects.filter(why=Why.COIN, word=question.word).update(means=asset)
    polls.touch("assets")
    return alias
