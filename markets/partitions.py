"""PostgreSQL: history in partitions, by width of its rows and then by time, made ahead and dropped whole.

`markets_snapshot` -> `markets_snapshot_p3600` (all rows of an hour) -> `markets_snapshot_p3600_20261119` (a week of them,
from that day on) and `markets_snapshot_p3600_rest` for what no partition takes. SQLite has none of this.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction

from exchanges.numbers import EPOCH

# model -> {width of its rows in seconds: days that one partition spans}
TIERS: Mapping[str, Mapping[int, int]] = {
    "Snapshot": {60: 1, 300: 1, 3600: 7},
    "Depth": {300: 1, 3600: 7},
    "Candle": {60: 1, 300: 1, 900: 7, 3600: 7, 86_400: 364},
}
LOCK_S = 5  # so long is waited for readers; they would wait behind us
AHEAD = 3  # partitions made for the time to come
ORDERED_FROM = 300  # seconds: narrower rows are dropped before ordering them has paid
CLOSED_FOR = timedelta(hours=2)  # nobody writes into a partition any more so long after its end, but for candles read late

logger = logging.getLogger(__name__)


def maintain(now: datetime, keeps: Mapping[int, timedelta], order_s: float = 4.0) -> int:
    """Make what is missing, drop what is over, order what is closed; return how many partitions were dropped.

    No ordering begins after `order_s` seconds: a worker has little time for a task, and the next housekeeping goes on.
    """
    dropped, ends = 0, time.monotonic() + order_s
    for model, tiers in TIERS.items():
        for period_s, days in tiers.items():
            tier, width, oldest = f"markets_{model.lower()}_p{period_s}", timedelta(days=days), now - keeps[period_s]
            make(tier, oldest, now + AHEAD * width, width)
            _done(f'DELETE FROM "{tier}_rest" WHERE opened_at < {_literal(oldest)}')  # noqa: S608
            for name, start in list(made(tier)):
                if start + width <= oldest:
                    dropped += _done(f'DROP TABLE "{name}"')
                elif period_s >= ORDERED_FROM and _is_closed(start + width, now) and time.monotonic() < ends and not _is_ordered(name):
                    # One market's rows side by side: its series is a few pages instead of one for each row.
                    _done(f'CLUSTER "{name}" USING "{name}_pkey"')
    return dropped


def make(tier: str, since: datetime, until: datetime, width: timedelta) -> None:
    """Make the partitions of a tier that are missing between two times."""
    have = {start for _, start in made(tier)}
    start = EPOCH + (since - EPOCH) // width * width
    while start < until:
        if start not in have:
            _make(tier, start, start + width)
        start += width


def _make(tier: str, start: datetime, end: datetime) -> None:
    """A new table, filled with what lies in the rest although it belongs here, and then attached."""
    name, first, last = f"{tier}_{start:%Y%m%d}", _literal(start), _literal(end)
    moved = f'DELETE FROM "{tier}_rest" WHERE opened_at >= {first} AND opened_at < {last} RETURNING *'  # noqa: S608
    _done(
        f'CREATE TABLE "{name}" (LIKE "{tier}" INCLUDING ALL)',
        f'WITH moved AS ({moved}) INSERT INTO "{name}" SELECT * FROM moved',  # noqa: S608
        f'ALTER TABLE "{tier}" ATTACH PARTITION "{name}" FOR VALUES FROM ({first}) TO ({last})',
    )


def _literal(at: datetime) -> str:
    return f"'{at:%Y-%m-%d %H:%M:%S}+00'"


def made(tier: str) -> Iterator[tuple[str, datetime]]:
    """(name, start) of a tier's partitions, but for the rest."""
    found = _asked("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass", f'"{tier}"')
    for (name,) in sorted(found):
        if (day := name.rpartition("_")[2]).isdigit():
            yield name, datetime.strptime(f"{day}+0000", "%Y%m%d%z")


def _is_closed(end: datetime, now: datetime) -> bool:
    return end + CLOSED_FOR < now


def _is_ordered(name: str) -> bool:
    return bool(_asked("SELECT 1 FROM pg_index WHERE indrelid = %s::regclass AND indisclustered", f'"{name}"'))


def _asked(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _done(*statements: str) -> bool:
    """Do it in one transaction. Whoever reads meanwhile is waited for briefly; the next housekeeping tries again."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Checks still to come would keep tables from being changed in this transaction.
            for statement in (f"SET LOCAL lock_timeout = {LOCK_S * 1000:.0f}", "SET CONSTRAINTS ALL IMMEDIATE", *statements, "SET CONSTRAINTS ALL DEFERRED"):
                cursor.execute(statement)
    except DatabaseError as error:
        logger.warning("partitions: %s: %s", statements[0], error)
        return False
    return True


# --- Tables that were whole -------------------------------------------------------------------------------------------
def divide(model: str, now: datetime, keeps: Mapping[int, timedelta]) -> None:
    """Turn a table into one of partitions, with its rows. Called by the migration."""
    table = f"markets_{model.lower()}"
    with connection.cursor() as cursor:
        for statement in _divided(table, model):
            cursor.execute(statement)
    for period_s, days in TIERS[model].items():
        make(f"{table}_p{period_s}", now - keeps[period_s], now + AHEAD * timedelta(days=days), timedelta(days=days))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}_old"')  # noqa: S608
        cursor.execute(f'DROP TABLE "{table}_old"')


def _divided(table: str, model: str) -> Iterator[str]:
    yield "SET CONSTRAINTS ALL IMMEDIATE"
    yield f'ALTER TABLE "{table}" RENAME TO "{table}_old"'
    yield f'ALTER TABLE "{table}_old" RENAME CONSTRAINT "{table}_pkey" TO "{table}_old_pkey"'
    yield f'CREATE TABLE "{table}" (LIKE "{table}_old" INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY LIST (period_s)'
    yield f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (market_id, period_s, opened_at)'
    yield (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_market" FOREIGN KEY (market_id) REFERENCES "markets_market" (id) '
        "DEFERRABLE INITIALLY DEFERRED"
    )
    for period_s in TIERS[model]:
        yield f'CREATE TABLE "{table}_p{period_s}" PARTITION OF "{table}" FOR VALUES IN ({period_s}) PARTITION BY RANGE (opened_at)'
        yield f'CREATE TABLE "{table}_p{period_s}_rest" PARTITION OF "{table}_p{period_s}" DEFAULT'
    yield f'CREATE TABLE "{table}_rest" PARTITION OF "{table}" DEFAULT'


def unite(model: str) -> None:
    """The way back: one table with all the rows."""
    table = f"markets_{model.lower()}"
    with connection.cursor() as cursor:
        for statement in (
            "SET CONSTRAINTS ALL IMMEDIATE",
            f'CREATE TABLE "{table}_whole" (LIKE "{table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
            f'INSERT INTO "{table}_whole" SELECT * FROM "{table}"',  # noqa: S608
            f'DROP TABLE "{table}"',
            f'ALTER TABLE "{table}_whole" RENAME TO "{table}"',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (market_id, period_s, opened_at)',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_market" FOREIGN KEY (market_id) REFERENCES "markets_market" (id) DEFERRABLE INITIALLY DEFERRED',
        ):
            cursor.execute(statement)
