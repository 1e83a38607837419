"""One market's past as a chart takes it: seconds and plain decimal text, straight from the driver.

A series has thousands of rows and is drawn, not computed with. Through the ORM it takes five times as long, and nearly all of
that goes into making a time of every text that says one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from exchanges.numbers import STORED, plain

Point = tuple[Any, ...]  # seconds since 1970, then a text or None for each column


def points(model: type[models.Model], market_id: int, period_s: int, since: datetime, until: datetime, *, columns: Sequence[str] = ("close",)) -> list[Point]:
    """The rows of a history table that opened after `since` and not after `until`, oldest first. `columns` are its number columns."""
    numbers = {field.column for field in model._meta.concrete_fields if isinstance(field, models.DecimalField)}
    if unknown := set(columns) - numbers:
        raise ValueError(f"{model.__name__} has no number called {', '.join(sorted(unknown))}")
    on_server = connection.vendor == "postgresql"
    asked = [f"trim_scale({name})::text" if on_server else name for name in columns]
    opened = "extract(epoch FROM opened_at)::bigint" if on_server else "CAST(strftime('%%s', opened_at) AS INTEGER)"
    sql = (
        f"SELECT {opened}, {', '.join(asked)} FROM {connection.ops.quote_name(model._meta.db_table)} "  # noqa: S608 - names of our own columns
        "WHERE market_id = %s AND period_s = %s AND opened_at > %s AND opened_at <= %s ORDER BY opened_at"
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, [market_id, period_s, adapt(since), adapt(until)])
        rows = cursor.fetchall()
    return rows if on_server else [(at, *map(_text, values)) for at, *values in rows]


def _text(value: float | int | None) -> str | None:
    """SQLite keeps decimals as binary doubles: their first 15 significant digits are what was stored."""
    return None if value is None else plain(STORED.create_decimal_from_float(value))
