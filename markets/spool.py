"""Receipts that found the database locked: a file each in the data folder, until the next writer stores them.

All processes of a host share the folder. A file appears whole or not at all, and is bounded like a receipt; so is their number.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings

from markets.models import Receipt

MOST = 500  # 32 MB at the very most; a database that is locked for longer than so many answers is not merely busy
AT_ONCE = 50  # stored by one writer, so that nobody's answer waits for all of them
logger = logging.getLogger(__name__)


class Waiting(msgspec.Struct):
    """A receipt as its file has it: the columns of its row."""

    id: str
    created_at: datetime
    until: datetime
    size: int
    question: str
    method: str
    version: int
    record: bytes
    answers: bytes


def put(row: Receipt) -> bool:
    """Keep it until it can be stored. False: it cannot be kept here either."""
    folder: Path = settings.RECEIPTS_FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if len(names()) >= MOST:
            return False
        made = folder / f".{row.id}-{os.getpid()}-{threading.get_ident()}"
        made.write_bytes(msgspec.msgpack.encode(Waiting(**{name: getattr(row, name) for name in Waiting.__struct_fields__})))
        made.replace(folder / row.id)
    except OSError as error:
        logger.warning("a receipt cannot wait in %s: %s", folder, error)
        return False
    return True


def names() -> frozenset[str]:
    """Of those that wait."""
    try:
        return frozenset(name for name in os.listdir(settings.RECEIPTS_FOLDER) if not name.startswith("."))  # noqa: PTH208 - for every answer: no objects
    except OSError:  # as a rule there is no folder yet
        return frozenset()


def find(name: str) -> Receipt | None:
    """The one of that name, which must be a receipt's. One that cannot be read is dropped: it would never be stored."""
    path: Path = settings.RECEIPTS_FOLDER / name
    try:
        return Receipt(**msgspec.structs.asdict(msgspec.msgpack.decode(path.read_bytes(), type=Waiting)))
    except OSError:
        return None
    except msgspec.DecodeError as error:
        logger.warning("a waiting receipt is dropped: %s", error)
        path.unlink(missing_ok=True)
        return None


def some() -> list[Receipt]:
    """Those that are to be stored next."""
    return [row for name in sorted(names())[:AT_ONCE] if (row := find(name)) is not None]


def drop(rows: list[Receipt]) -> None:
    """They are stored."""
    for row in rows:
        with suppress(OSError):  # another process stored it too
            (settings.RECEIPTS_FOLDER / row.id).unlink()
