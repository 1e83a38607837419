"""Thousands of rows inserted or updated at once: one COPY on PostgreSQL, one executemany on SQLite, the same table.

Django's own `bulk_create(update_conflicts=True)` leaves that table too, but took 4 times (PostgreSQL) and 21 times
(SQLite) as long for 9,000 quotes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

from django.db import connection, models, transaction

CHUNK = 10_000

Update = Sequence[str] | Mapping[str, str] | None
Row = Sequence[object]
Adapters = Mapping[str, Callable[[Any], list[Any]]]
# Tab, newline and backslash have a meaning of their own in COPY's text format.
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def upsert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, key: Sequence[str], update: Update = None) -> int:
    """Insert rows, or update those whose unique `key` exists, in the caller's transaction; return how many distinct rows.

    `columns` are column names (`market_id`); values are what Django's fields hold: Decimal, aware datetime, date, str, int,
    bool, lists for JSON, or None. `update` names the columns to overwrite (None: all but the key), or maps columns to SQL in which
    {old} and {new} stand for the stored and the incoming value. Where a key comes twice, the last row counts.
    """
    distinct = list(_last_by_key(columns, rows, key))
    write = _copy if connection.vendor == "postgresql" else _executemany
    with transaction.atomic(savepoint=False):
        for start in range(0, len(distinct), CHUNK):
            write(model, columns, distinct[start : start + CHUNK], key, update)
    return len(distinct)


def _last_by_key(columns: Sequence[str], rows: Iterable[Row], key: Sequence[str]) -> Iterable[Row]:
    # PostgreSQL refuses to update a row twice in one statement, SQLite would do it in turn: decided here for both.
    of = itemgetter(*(columns.index(name) for name in key))
    return {of(row): row for row in rows}.values()


def _executemany(model: type[models.Model], columns: Sequence[str], rows: list[Row], key: Sequence[str], update: Update) -> None:
    values = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {_table(model)} ({_names(columns)}) VALUES ({values}) {_on_conflict(model, columns, key, update)}"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(_adapted(model, columns, rows, _SQLITE)))


def _copy(model: type[models.Model], columns: Sequence[str], rows: list[Row], key: Sequence[str], update: Update) -> None:
    names, table = _names(columns), _table(model)
    temporary = connection.ops.quote_name(f"bulk_{model._meta.db_table[:40]}_{zlib.crc32(names.encode()):08x}")
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # Made once per connection: making and dropping it each time fills PostgreSQL's catalogue with dead rows.
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {temporary} ON COMMIT DELETE ROWS AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        cursor.execute(f"TRUNCATE {temporary}")
        with cursor.copy(f"COPY {temporary} ({names}) FROM STDIN") as copy:
            copy.write("".join(["\t".join(row) + "\n" for row in _adapted(model, columns, rows, _POSTGRESQL)]))
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {temporary} {_on_conflict(model, columns, key, update)}")  # noqa: S608


def _on_conflict(model: type[models.Model], columns: Sequence[str], key: Sequence[str], update: Update) -> str:
    if update is None:
        update = [name for name in columns if name not in key]
    if not update:
        return f"ON CONFLICT ({_names(key)}) DO NOTHING"
    templates = update if isinstance(update, Mapping) else dict.fromkeys(update, "{new}")
    old = {name: f"{_table(model)}.{_names([name])}" for name in templates}
    new = {name: template.format(old=old[name], new=f"excluded.{_names([name])}") for name, template in templates.items()}
    assigned = ", ".join(f"{_names([name])} = {new[name]}" for name in templates)
    # A row that says the same again is not written: no dead version for PostgreSQL, no page for SQLite's log.
    distinct = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(f"{old[name]} {distinct} {new[name]}" for name in templates)
    return f"ON CONFLICT ({_names(key)}) DO UPDATE SET {assigned} WHERE {changed}"


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in columns)


def _adapted(model: type[models.Model], columns: Sequence[str], rows: list[Row], adapters: Adapters) -> Iterator[tuple[Any, ...]]:
    """The rows as the database driver takes them, converted column by column: the type is looked up once, not per value."""
    types = {field.column: _type(field) for field in model._meta.concrete_fields}
    whole = zip(columns, zip(*rows, strict=True), strict=True)
    return zip(*(adapters.get(types[name], adapters["*"])(values) for name, values in whole), strict=True)


def _type(field: models.Field[Any, Any]) -> str:
    return _type(field.target_field) if isinstance(field, models.ForeignKey) else field.get_internal_type()


def _texts(null: Any) -> Callable[[Any], list[Any]]:
    """Numbers: nearly every one is another, and none has the text "None"."""

    def adapt(values: Sequence[object]) -> list[Any]:
        texts = list(map(str, values))
        return [null if text == "None" else text for text in texts] if "None" in texts else texts

    return adapt


def _each_once(convert: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    """A poll's rows share most of their times and words, so each distinct one is converted once."""

    def adapt(values: Sequence[Any]) -> list[Any]:
        converted = {value: convert(value) for value in set(values)}
        return [converted[value] for value in values]

    return adapt


def _plain(value: object) -> str:
    return "\\N" if value is None else str(value)


def _naive(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _day(value: date | None) -> str | None:
    return None if value is None else str(value)


def _json(values: Sequence[object]) -> list[str]:
    return [json.dumps(value) for value in values]


def _escaped(value: str | None) -> str:
    return "\\N" if value is None else value.translate(_COPY_ESCAPES)


# SQLite: what Django's own adapters would bind. A decimal's text becomes INTEGER or REAL by the column's affinity.
_SQLITE: Adapters = {
    "DecimalField": _texts(None), "DateTimeField": _each_once(_naive), "DateField": _each_once(_day), "JSONField": _json, "*": list,
}  # fmt: skip
_POSTGRESQL: Adapters = {
    "DecimalField": _texts("\\N"),
    "JSONField": lambda values: [_escaped(text) for text in _json(values)],
    **dict.fromkeys(("CharField", "SlugField", "TextField"), _each_once(_escaped)),
    "*": _each_once(_plain),
}
