"""Answers kept with everything they were made of, so that anybody with the link can look them up and have them computed again.

Where the database is locked it waits in a file (`spool`) and can be looked up as if it were stored. Where it cannot be kept at all
(a full store, no database) the answer has none and says why. It never fails an answer.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import time
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.db.models import Sum

from exchanges.numbers import plain
from markets import spool
from markets.ask.answer import Answer
from markets.ask.masking import masked
from markets.ask.record import VERSION, Record
from markets.brief import brief
from markets.method import current_method, setting
from markets.models import Receipt

LARGEST = 64 * 1024  # bytes of one, packed
MB = 1_000_000
COUNTED_S = 60.0  # how often the room taken is summed up
TOO_LARGE = "it is made of more than a receipt can hold"
FULL = "the room for receipts is full"
OFF = "receipts are switched off here"
_NAME = re.compile(r"[a-z2-7]{16}")
_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d{1,3}")
AWAY = "it could not be written down in time"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Link:
    """Where an answer can be looked up, and until when."""

    id: str
    until: datetime

    @property
    def path(self) -> str:
        """The page's address on this site."""
        return f"/receipts/{self.id}/"


# --- Keeping ----------------------------------------------------------------------------------------------------
def keep(record: Record, answers: Sequence[Answer], now: datetime) -> Link | str:
    """Keep an answer; equal ones share a receipt. Returns why not where that is so, as half a sentence."""
    told, said = msgspec.json.encode(record), msgspec.json.encode(answers)
    packed = zlib.compress(told), zlib.compress(said)
    size = len(packed[0]) + len(packed[1])
    if size > LARGEST:
        return TOO_LARGE
    try:
        return _write(Receipt(
            id=name_of(told, said), created_at=now, size=size, question=masked(record.frame.q), method=record.method, version=record.version,
            record=packed[0], answers=packed[1],
        ))  # fmt: skip
    except DatabaseError as error:
        logger.warning("an answer has no receipt: %s", error)
        return AWAY


def keep_record(record: Record, now: datetime) -> Link | str:
    """The same for what nobody has asked: the answers are those of the record."""
    return keep(record, record.answers(), now)


def standing(names: Collection[str], now: datetime) -> frozenset[str]:
    """Those of some receipts that are still kept."""
    if not names:
        return frozenset()
    return frozenset(Receipt.objects.filter(pk__in=names, until__gt=now).values_list("pk", flat=True)) | (spool.names() & frozenset(names))


def _write(row: Receipt) -> Link | str:
    rules = setting()
    if not rules.receipts_mb:
        return OFF
    if not _room(row.size, rules.receipts_mb * MB):
        return FULL
    row.until = row.created_at + timedelta(days=rules.receipts_kept_d)
    try:
        with brief():
            settle(row)
    except OperationalError:
        if not spool.put(row):
            raise
    return Link(row.id, row.until)


def settle(*rows: Receipt) -> None:
    """Store them, and some of those that wait. Raises OperationalError where others write for too long."""
    waiting = spool.some()
    if rows or waiting:
        Receipt.objects.bulk_create([*rows, *waiting], ignore_conflicts=True)
    spool.drop(waiting)


def name_of(record: bytes, answers: bytes) -> str:
    """Of the same content the same name, which nobody can guess who does not know this installation's secret."""
    digest = hashlib.blake2b(record + b"\0" + answers, key=settings.SECRET_KEY.encode()[:64], digest_size=10).digest()
    return base64.b32encode(digest).decode().lower()


_taken: tuple[float, int] = (float("-inf"), 0)


def _room(size: int, limit: int) -> bool:
    """Whether one more fits. All are summed up once a minute, and what this process adds meanwhile is added."""
    global _taken  # noqa: PLW0603 - one count per process
    if time.monotonic() - _taken[0] > COUNTED_S:
        _taken = (time.monotonic(), Receipt.objects.aggregate(taken=Sum("size"))["taken"] or 0)
    _taken = (_taken[0], _taken[1] + size)
    return _taken[1] <= limit


def forget() -> None:
    """Sum up the room anew at the next one (tests, and after a purge)."""
    global _taken  # noqa: PLW0603
    _taken = (float("-inf"), 0)


# --- Looking up ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Replayed:
    """One answer as it was given and, where that can be done, as it is computed now: `differs` are the fields that are not the same."""

    answer: Answer
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A receipt. `record` is None where its shape is of another version; `why` says why nothing was computed again, "" where it was.

    `raw` is the record as plain data: whatever its version, all of it can be shown.
    """

    link: Link
    created_at: datetime
    question: str
    method: str
    answers: tuple[Replayed, ...]
    record: Record | None
    raw: dict[str, Any]
    why: str

    @property
    def same(self) -> bool | None:
        """Whether every answer comes out the same again; None: not computed again."""
        return None if self.why else not any(each.differs for each in self.answers)


def find(name: str, now: datetime) -> Found | None:
    """The receipt of that name, computed again; None where there is none, or its time is over. Raises DatabaseError."""
    row = (Receipt.objects.filter(pk=name).first() or spool.find(name)) if _NAME.fullmatch(name) else None
    if row is None or row.until <= now:
        return None
    told, said = zlib.decompress(row.record), zlib.decompress(row.answers)
    answers = msgspec.json.decode(said, type=tuple[Answer, ...])
    why = _not_again(row)
    record = None if row.version != VERSION else msgspec.json.decode(told, type=Record)
    again = answers if record is None or why else record.answers()
    return Found(
        Link(row.pk, row.until), row.created_at, row.question, row.method, _compared(answers, again), record, plainly(msgspec.json.decode(told)), why,
    )


def plainly(value: Any) -> Any:
    """The same data with no number in scientific notation."""
    if isinstance(value, dict):
        return {name: plainly(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plainly(inner) for inner in value]
    return plain(Decimal(value)) if isinstance(value, str) and _SCIENTIFIC.fullmatch(value) else value


def _not_again(row: Receipt) -> str:
    if row.version != VERSION:
        return "It was kept in an older form, so it is shown as it was answered and not computed again."
    if row.method != current_method().version:
        return f"The method has changed since (then {row.method}, now {current_method().version}), so it is shown as it was answered."
    return ""


def _compared(answers: Sequence[Answer], again: Sequence[Answer]) -> tuple[Replayed, ...]:
    """Each answer beside what it is now; where there are more or fewer of them, the last ones differ in everything."""
    padded = [*again, *[None] * len(answers)]
    return tuple(Replayed(then, _differs(then, now)) for then, now in zip(answers, padded, strict=False))


def _differs(then: Answer, now: Answer | None) -> tuple[str, ...]:
    """The fields that are not letter for letter the same."""
    return tuple(name for name in Answer.__struct_fields__ if now is None or _written(getattr(then, name)) != _written(getattr(now, name)))


def _written(value: object) -> bytes:
    return msgspec.json.encode(value)
