"""manage.py parse: one reply of an exchange, from a file or standard input, as the rows Pebble would store."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from exchanges.adapter import Adapter, Instruments, Part
from exchanges.adapters import ADAPTERS
from exchanges.errors import ExchangeError
from exchanges.numbers import plain
from exchanges.rows import Instrument, Row


class Command(BaseCommand):
    """Reads no network and no database, so it also answers "what would Pebble make of this?" for a reply caught elsewhere."""

    help = "Read one reply of an exchange and print its rows, one JSON object a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("exchange")
        parser.add_argument("source", metavar="source[:part]")
        parser.add_argument("file", nargs="?", default="-", help="the reply; - or nothing is standard input")
        parser.add_argument("--header", action="append", default=[], metavar="K=V", help="a header of the reply; may be repeated")
        parser.add_argument("--instruments", metavar="FILE", help="the instruments reply of the same exchange: units of contracts stand there")
        parser.add_argument("--symbol", help="the market this reply is about, where the reply itself does not say (order books, candles)")

    def handle(
        self, *args: Any, exchange: str, source: str, file: str, header: list[str], instruments: str | None, symbol: str | None, **options: Any
    ) -> None:
        """Print the rows; a CommandError (exit 1) says why there are none."""
        adapter, part = _find(exchange, source)
        headers = dict(map(_header, header))
        try:
            known = _known(adapter, source.partition(":")[0], _read(instruments)) if instruments else {}
            known = _about(known, symbol) if symbol else known
            body = _read(file)
            adapter.check(200, headers, body)
            parsed = part.parse(body, headers, known)
        except ExchangeError as error:
            raise CommandError(f"{error.outcome}: {error.detail}") from None
        with suppress(BrokenPipeError):  # whoever reads has seen enough
            for row in parsed.rows:
                self.stdout.write(json.dumps(as_json(row), ensure_ascii=False))
        if parsed.dropped or parsed.bad_fields:
            self.stderr.write(f"{parsed.dropped} rows dropped, {parsed.bad_fields} fields not readable")


def as_json(row: Row) -> dict[str, Any]:
    """A row under its field names: decimals as plain strings, times ISO 8601 in UTC, unknown as null."""
    return {name: _value(value) for name, value in msgspec.structs.asdict(row).items()}


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return [_value(each) for each in value] if isinstance(value, tuple) else value


def _find(exchange: str, name: str) -> tuple[Adapter, Part[Row]]:
    if (adapter := ADAPTERS.get(exchange)) is None:
        raise CommandError(f"no exchange is called {exchange!r}; choose one of {', '.join(ADAPTERS)}")
    wanted, _, part_name = name.partition(":")
    if (source := adapter.sources.get(wanted)) is None:
        raise CommandError(f"{adapter.name} has no source {wanted!r}; choose one of {', '.join(adapter.sources)}")
    parts = {part.name: part for part in source.parts}
    if not part_name and len(parts) == 1:
        return adapter, source.parts[0]
    if part_name not in parts:
        raise CommandError(f"{wanted} comes in parts; say {' or '.join(f'{wanted}:{each}' for each in parts)}")
    return adapter, parts[part_name]


def _header(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--header {text!r} is not K=V")
    return name.strip().lower(), value.strip()


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None


def _known(adapter: Adapter, wanted: str, body: bytes) -> Instruments:
    """The instruments in a reply, read as the first catalogue of those the source needs that understands it."""
    needed = adapter.sources[wanted].known or ("instruments", "perp_instruments", "option_instruments")
    problems = []
    for part in (part for name in needed if name in adapter.sources for part in adapter.sources[name].parts):
        try:
            return {row.symbol: row for row in part.parse(body, {}, {}).rows if isinstance(row, Instrument)}
        except ExchangeError as error:
            problems.append(error)
    raise problems[0] if problems else CommandError(f"{adapter.name} publishes no instruments that {wanted} could need")


def _about(known: Instruments, symbol: str) -> Instruments:
    """Only the market asked about; one that is not among the instruments is known by its name alone."""
    return {symbol: known.get(symbol) or Instrument(symbol, "", "")}
