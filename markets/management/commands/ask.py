"""Questions in plain language: one answered from what is stored, or many read, one frame for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone

from markets.api.ask import told
from markets.ask import agent, text
from markets.ask.agent import Reply
from markets.ask.frame import Frame
from markets.ask.grammar import parse
from markets.models import Revision
from markets.reads.findings import Asked
from markets.reads.vocabulary import built_in, vocabulary

FIRST = ("q", "intent", "assets", "quote", "exchanges", "exclude", "side", "amount")


class Question(msgspec.Struct):
    """One line of a batch. What else it carries is not read."""

    q: str


class Command(BaseCommand):
    """One question is answered as on the page; many are only read, which needs no database."""

    help = "Answer a question. Or read many: NDJSON lines with a q in, one frame a line out; exit with 1 when a line could not be read."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The question, or where many are."""
        parser.add_argument("question", nargs="*", help="what is asked, such as: best price for 2 ETH")
        parser.add_argument("--json", action="store_true", help="print what the API answers")
        parser.add_argument("--batch", metavar="FILE", help='lines like {"q": "best price for SOL"}; - is standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        """An answer, refusals included. Of many one line out for each line in; a bad one says what to do, and the rest goes on."""
        question = " ".join(options["question"])
        if bool(question.strip()) == bool(options["batch"]):
            raise CommandError('Give a question, such as: ask "best price for 2 ETH". Or give --batch with a file of many.')
        if question:
            self._one(question, as_json=options["json"])
        elif bad := self._batch(options["batch"]):
            raise CommandError(f"{bad} lines could not be read; each says why")

    def _one(self, question: str, *, as_json: bool) -> None:
        if not _stored():
            raise CommandError(_start())
        now = timezone.now()
        reply = agent.ask(question, Asked(now))
        if as_json:
            self.stdout.write(msgspec.json.encode({"as_of": now, "simulated": settings.SIMULATED, **told(reply)}).decode())
        else:
            self.stdout.write(_plainly(reply))

    def _batch(self, name: str) -> int:
        words, bad = vocabulary() if _stored() else built_in(), 0
        for number, line in enumerate(_lines(name), 1):
            question = _question(line, number)
            bad += isinstance(question, dict)
            row = question if isinstance(question, dict) else ordered(parse(question, words))
            self.stdout.write(msgspec.json.encode(row).decode())
        return bad


def _stored() -> bool:
    """Whether there is a database of ours. Looking for one makes none: SQLite would leave an empty file."""
    file = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not connection.is_in_memory_db() and not Path(file).exists():  # type: ignore[attr-defined]
        return False
    try:
        return Revision._meta.db_table in connection.introspection.table_names()
    except DatabaseError:
        return False


def _start() -> str:
    """What to do where nothing is stored."""
    where = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else "the database of DATABASE_URL"
    other = "live" if settings.SIMULATED else "simulated"
    return f"No prices are stored in {where}. Start with make run; or set PEBBLE_MARKET={other} where Pebble runs with the {other} market."


def _plainly(reply: Reply) -> str:
    """Every answer, and where they can be looked up."""
    kept = reply.receipt
    where = f"Receipt, until {kept.until:%-d %b %Y}: {settings.BASE_URL}{kept.path}" if kept else f"No receipt: {reply.why_not}."
    invented = ["Invented prices of a simulated market."] if settings.SIMULATED else []
    return "\n\n".join([*map(text.plain, reply.answers), "\n".join([*invented, where])])


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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # the last of brackets in brackets in brackets
        return {"line": number, "error": f'not a question: {error}. Write one JSON object a line, such as {{"q": "best price for SOL"}}.'}


def ordered(frame: Frame) -> dict[str, Any]:
    """A frame as plain data, what every program needs first."""
    fields: dict[str, Any] = msgspec.to_builtins(frame)
    return {name: fields[name] for name in FIRST} | fields
