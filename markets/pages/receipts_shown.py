"""What the page of a receipt shows: the verdict, how the question was read, the answers, the route, and everything that was read.

What was read differs with every kind of question, so it is shown as it is: what stands side by side becomes a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from exchanges.numbers import plain
from markets.analysis import wording
from markets.analysis.display import DASH
from markets.api import filters
from markets.ask.record import Part
from markets.pages import ask_shown
from markets.pages.ask import PARAMETERS
from markets.pages.ask_shown import Chip, Section
from markets.pages.query import Asked
from markets.receipts import Found
from markets.shapes import ExchangeStatus

Faces = Mapping[str, ExchangeStatus]
ROWS = 40  # of one table; the API has them all
ACROSS = 8  # things of one kind that stand side by side, each a column; more of them are rows
LEVELS = 10  # of a book's side
NOT_SHOWN = ("type", "names")  # the finding's kind is its heading; what exchanges are called stands wherever they do
AGED = "observed_at"
_NUMBER, _INSTANT = re.compile(r"-?\d+\.\d+"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@dataclass(frozen=True)
class Sheet:
    """One table of what was read: its heading, its columns, rows of text, and how many rows are not shown."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: int = 0
    open: bool = False  # what was observed is what people look for


@dataclass(frozen=True)
class Shown:
    """One question of the receipt: how it was read, who was asked and why, and what came."""

    chips: Sequence[Chip]
    part: Part | None
    steps: Sequence[tuple[Any, ExchangeStatus | None]]
    left: Sequence[tuple[Any, ExchangeStatus | None]]
    sheets: Sequence[Sheet]


def context(found: Found, faces: Faces) -> dict[str, Any]:
    """Everything the template needs beside the frame."""
    q = found.record.frame.q if found.record else found.question
    asked = Asked("/ask/", filters.parse(urlencode({"q": q}), PARAMETERS), PARAMETERS)
    names = {face.slug: face.name for face in faces.values()}
    return {
        "found": found, "q": q, "frozen": True, "again_link": asked.link(), "sections": [_section(each.answer, asked, faces) for each in found.answers],
        "differs": sorted({name for each in found.answers for name in each.differs}),
        "parts": [_part(at, part, found, asked, faces, names) for at, part in enumerate(found.raw.get("parts", ()))],
        "api_link": f"/api/v1{found.link.path}",
    }  # fmt: skip


def _section(answer: Any, asked: Asked, faces: Faces) -> Section:
    return ask_shown.section(answer, asked, faces)


def _part(at: int, raw: dict[str, Any], found: Found, asked: Asked, faces: Faces, names: Mapping[str, str]) -> Shown:  # noqa: PLR0917 - one row of the page
    part = found.record.parts[at] if found.record else None
    findings = raw.get("findings", ())
    sheets = [
        replace(sheet, title=f"{about}: {sheet.title}" if about and len(findings) > 1 else sheet.title) for finding in findings
        for about in [_about(finding)] for sheet in sheets_of(finding, str(finding.get("type", "")), found.created_at, names)
    ]  # fmt: skip
    return Shown(
        [chip for chip in ask_shown.chips(asked, part.frame, faces) if chip.said] if part else (), part,
        [(step, faces.get(step.exchange)) for step in part.route.steps] if part else (),
        [(left, faces.get(left.exchange)) for left in part.route.left] if part else (), sheets,
    )  # fmt: skip


def _about(finding: Mapping[str, Any]) -> str:
    """Which coin a finding is of, where it is of one."""
    coin = finding.get("coin")
    return str(coin.get("ticker", "")) if isinstance(coin, dict) else str(coin or "")


# --- What was read ------------------------------------------------------------------------------------------------
def sheets_of(data: Mapping[str, Any], title: str, at: datetime, names: Mapping[str, str]) -> Iterator[Sheet]:
    """The tables that some plain data comes to: its own values first, then each thing in it that has values of its own."""
    own = [(_words(name), _text(value, name)) for name, value in data.items() if not _deep(value) and name not in NOT_SHOWN and not _empty(value)]
    if own:
        yield Sheet(_words(title), (), own)
    for name, value in data.items():
        if _deep(value) and name not in NOT_SHOWN:
            yield from _deeper(value, _words(name), at, names)


def _deeper(value: Any, title: str, at: datetime, names: Mapping[str, str]) -> Iterator[Sheet]:
    alike = _alike(value)
    if alike is None:
        yield from sheets_of(value, title, at, names)
    elif alike:
        yield _side_by_side(alike, title, at, names)
        for name, each in alike:
            for inner, deep in each.items():
                if _deep(deep):
                    yield from _deeper(deep, f"{title}, {names.get(name, name)}: {_words(inner)}", at, names)


def _alike(value: Any) -> list[tuple[str, dict[str, Any]]] | None:
    """Things of one kind with their names; None for a single thing."""
    if isinstance(value, list):
        return [(str(place), each if isinstance(each, dict) else {"value": each}) for place, each in enumerate(value, 1)]
    if value and all(isinstance(each, dict) for each in value.values()):
        return list(value.items())
    return None


def _side_by_side(alike: Sequence[tuple[str, dict[str, Any]]], title: str, at: datetime, names: Mapping[str, str]) -> Sheet:
    """A column each where they are few, else a row each. What none of them has is left out, and what was observed has its age of then."""
    keys = dict.fromkeys(key for _, each in alike for key, value in each.items() if not _deep(value) and not _empty(value))
    fields = [(_words(key), [_text(each.get(key), key) for _, each in alike]) for key in keys]
    if AGED in keys:
        fields.append(("age", [_age(each.get(AGED), at) for _, each in alike]))
    if len(alike) <= ACROSS:
        return Sheet(title, ("", *(names.get(name, name) for name, _ in alike)), [(name, *texts) for name, texts in fields], open=AGED in keys)
    rows = [(names.get(name, name), *(texts[place] for _, texts in fields)) for place, (name, _) in enumerate(alike)]
    return Sheet(title, ("", *(name for name, _ in fields)), rows[:ROWS], max(0, len(rows) - ROWS), AGED in keys)


def _deep(value: Any) -> bool:
    """Whether something has values of its own: a thing, or a list of things."""
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value))


def _empty(value: Any) -> bool:
    return value is None or value in ("", []) or value is False


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any, name: str) -> str:
    """A value as it was stored, without what adds nothing: zeros at the end, parts of a second. A book's levels with their number."""
    if isinstance(value, list):
        cut = value[: LEVELS if name in ("bids", "asks") else ROWS]
        more = f" and {len(value) - len(cut)} more" if len(value) > len(cut) else ""
        return ", ".join(" × ".join(_single(inner) for inner in each) if isinstance(each, list) else _single(each) for each in cut) + more
    return _single(value)


def _single(value: Any) -> str:
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return plain(Decimal(value)) or DASH
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return f"{value[:10]} {value[11:19]} UTC"
    return str(value)


def _age(observed: Any, at: datetime) -> str:
    return wording.age(max(0.0, (at - datetime.fromisoformat(observed)).total_seconds())) if observed else DASH
