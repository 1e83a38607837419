"""Writes that must not hold anybody up: where the database is locked by others they fail after a moment instead of waiting for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WAIT_MS = 250


@contextmanager
def brief(wait_ms: int = WAIT_MS) -> Iterator[None]:
    """Inside, this thread waits so long for SQLite's one write lock; then an OperationalError. PostgreSQL locks rows, and nobody shares ours."""
    if connection.vendor != "sqlite":
        yield
        return
    usual_ms = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    _wait(wait_ms)
    try:
        yield
    finally:
        _wait(usual_ms)


def _wait(ms: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {ms:d}")
