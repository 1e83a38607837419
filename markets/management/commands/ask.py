"""Questions in plain language, read: one frame for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from markets.ask.frame import Frame
from markets.ask.grammar import parse
from markets.reads.vocabulary import vocabulary

FIRST = ("q", "intent", "assets", "quote", "exchanges", "exclude", "side", "amount")


class Question(msgspec.Struct):
    """One line of a batch. What else it carries is not read."""

    q: str


class Command(BaseCommand):
    """Reads questions; needs no database."""

    help = "Read many questions: NDJSON lines with a q in, one frame a line out. Exit with 1 when a line could not be read."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the questions are."""
        parser.add_argument("--batch", metavar="FILE", required=True, help='lines like {"q": "best price for SOL"}; - is standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        """One line out for each line in; a bad one says what to do, and the rest goes on."""
        bad = self._batch(options["batch"])
        if bad:
            raise CommandError(f"{bad} lines could not be read; each says why")

    def _batch(self, name: str) -> int:
        words, bad = vocabulary(), 0
        for number, line in enumerate(_lines(name), 1):
            question = _question(line, number)
            bad += isinstance(question, dict)
            row = question if isinstance(question, dict) else ordered(parse(question, words))
            self.stdout.write(msgspec.json.encode(row).decode())
        return bad


def _lines(name: str) -> Iterator[bytes]:
    try:
        with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
            yield from (line for line in file if line.strip())
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}. Give a file of NDJSON lines, or - for standard input.") from error


def _question(line: bytes, number: int) -> str | dict[str, Any]:
    """The question of a line, or what is said in its place."""
    try:
        return msgspec.json.decode(line, type=Question).q
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return {"line": number, "error": f'not a question: {error}. Write one JSON object a line, such as {{"q": "best price for SOL"}}.'}


def ordered(frame: Frame) -> dict[str, Any]:
    """A frame as plain data, what every program needs first."""
    fields: dict[str, Any] = msgspec.to_builtins(frame)
    return {name: fields[name] for name in FIRST} | fields
