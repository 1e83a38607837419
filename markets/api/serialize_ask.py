"""A question's reply as a JSON-ready dict: how it was read, its answers with every exact number, what was read for them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from exchanges.numbers import plain
from markets.api.serialize import seconds
from markets.ask.answer import Answer, Table
from markets.ask.frame import Frame
from markets.ask.record import Part

FRAME = (  # what a program asks for first, then the rest
    "intent", "assets", "quote", "exchanges", "exclude", "side", "amount", "time_range", "threshold", "limit", "confidence", "notes", "unit", "topic",
    "readings", "uncovered", "unknown", "spans",
)  # fmt: skip


def frame(found: Frame) -> dict[str, Any]:
    """A question as it was read, and the further ones of the same text."""
    built = msgspec.to_builtins(found)
    return {**{name: built[name] for name in FRAME}, "also": [frame(each) for each in found.also]}


def route(part: Part) -> dict[str, Any]:
    """What was read for one question, in which order and why; and who was not asked."""
    way = part.route
    return {
        "intent": way.intent,
        "steps": [{"exchange": s.exchange, "sources": list(s.sources), "role": s.role, "why": s.why} for s in way.steps],
        "left": [{"exchange": left.exchange, "reason": left.reason, "detail": left.detail} for left in way.left],
    }


def answer(found: Answer) -> dict[str, Any]:
    """One answer; every number as it is, and as it is written in `figures`."""
    return {
        "kind": found.kind, "title": found.title, "sentence": found.sentence, "lines": list(found.lines), "table": table(found.table) if found.table else None,
        "notes": list(found.notes),
        "sources": [
            {"exchange": used.exchange, "name": used.name, "observed_at": used.observed_at, "age_s": seconds(used.age_s), "state": used.state}
            for used in found.sources
        ],
        "excluded": [{"exchange": left.exchange, "name": left.name, "reason": left.reason, "detail": left.detail} for left in found.excluded],
        "value": plain(found.value), "unit": found.unit or None, "grade": found.grade, "as_of": found.as_of, "max_age_s": seconds(found.max_age_s),
        "method": found.method or None, "page": found.page or None, "api": found.api or None,
        "figures": [{"name": f.name, "value": f.value, "unit": f.unit or None, "text": f.text} for f in found.figures],
        "readings": [{"label": reading.label, "changes": reading.changes} for reading in found.readings], "examples": list(found.examples),
    }  # fmt: skip


def table(found: Table) -> dict[str, Any]:
    """The evidence: rows by the names of their columns; a number's exact value as text, null where there is none, else what is read."""
    return {
        "columns": [{"name": column.name, "title": column.title, "number": column.number} for column in found.columns],
        "rows": [
            {column.name: (cell.value or None) if column.number else cell.text for column, cell in zip(found.columns, row, strict=True)} for row in found.rows
        ],
        "more": found.more,
    }


def reply(parts: Sequence[Part], answers: Sequence[Answer], receipt: dict[str, Any] | None, why_not: str, took_ms: float) -> dict[str, Any]:
    """The whole reply. `receipt` has its id, its address and until when it is kept; `why_not` says why there is none, "" where there is one."""
    whole = parts[0].frame
    return {
        "q": whole.q, "frame": frame(whole), "answers": [answer(each) for each in answers], "route": [route(part) for part in parts], "receipt": receipt,
        "receipt_missing": why_not or None, "took_ms": round(took_ms),
    }
