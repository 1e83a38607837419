"""Asks a running Pebble over HTTP, and holds each answer against the API right before and right after."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from markets.benchmarks.asking.checking import Reads, Row
from markets.benchmarks.asking.checks import Verdict, examined
from markets.benchmarks.asking.meaning import as_read, misread, told
from markets.benchmarks.asking.questions import Question
from markets.benchmarks.asking.world import World

TRIES = 8  # askings before numbers that fit neither before nor after are wrong
PAUSE_S = 0.4  # longer before each further asking: what a process keeps for some seconds is another in the next one
TOLD = 500  # questions between two signs of life
WAIT_S = 30.0
LATE = "not arrive in time"
NOTHING: Mapping[str, Any] = {"results": [], "quotes": [], "excluded": [], "closest": [], "expiries": []}  # an address that refuses has no rows
Ask = Callable[[str], tuple[int, float, Row]]  # an address under /api/v1/ to (status, milliseconds, decoded answer)


class Line:
    """One connection that is kept."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=WAIT_S)

    def ask(self, path: str) -> tuple[int, float, Row]:
        """GET, once more where the server had closed what was kept."""
        target = f"/api/v1/{quote(path, safe='/?&=,%+')}"
        began = time.perf_counter()
        try:
            self._connection.request("GET", target)
            response = self._connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            self._connection.close()
            self._connection.request("GET", target)
            response = self._connection.getresponse()
        body = response.read()
        return response.status, (time.perf_counter() - began) * 1000, json.loads(body)


def rows_of(ask: Ask) -> Callable[[str], Row]:
    """The same as the checks read: what is refused is without rows."""
    def get(path: str) -> Row:
        status, _, found = ask(path)
        return found if status < 400 else {**NOTHING, **found}

    return get


@dataclass
class Outcome:
    """How one question went. `fetched`: order books that were read while it waited are in its answer, or did not come in time."""

    question: Question
    status: int = 200
    ms: float = 0.0
    reply: Row = field(default_factory=dict)
    slots: tuple[str, ...] = ()
    verdict: Verdict = field(default_factory=Verdict)
    fetched: bool = False
    tries: int = 1
    reads: tuple[Row, ...] = ()

    @property
    def failed(self) -> bool:
        """An error status, or an answer that something broke."""
        return self.status >= 400 or bool(self.verdict.broken)

    @property
    def bad(self) -> bool:
        """Something that must not be."""
        return self.failed or bool(self.verdict.wrong or self.verdict.loose)

    @property
    def kind(self) -> str:
        """Of its first answer."""
        return str(self.reply["answers"][0]["kind"]) if self.status < 400 else "error"

    def line(self) -> str:
        """Everything about it, for the file of what went wrong."""
        v = self.verdict
        return json.dumps({
            "q": self.question.text, "meant": told(self.question.meaning), "misread": self.slots, "status": self.status, "wrong": v.wrong, "loose": v.loose,
            "broken": v.broken, "reply": self.reply, "api": [dict(read) for read in self.reads],
        }, ensure_ascii=False)  # fmt: skip


def asked(question: Question, ask: Ask, world: World, down: Sequence[str] = ()) -> Outcome:
    """One question asked and examined; asked anew while its numbers are neither those of before nor those of after."""
    found, paths = Outcome(question), tuple[str, ...]()
    for tried in range(1, TRIES + 1):
        time.sleep(PAUSE_S * max(0, tried - 2))
        before, at = Reads(rows_of(ask), paths), datetime.now(UTC)
        status, ms, reply = ask(f"ask/?q={quote(question.text, safe='')}")
        if status >= 400:
            return Outcome(question, status, ms, reply)
        after = Reads(rows_of(ask))
        slots = misread(question.meaning, reply["frame"])
        meant = as_read(question.meaning, reply["frame"]) if slots else question.meaning
        verdict = examined(meant, reply, after, world, down)
        if verdict.wrong and paths:
            verdict = min(verdict, examined(meant, reply, before, world, down), key=lambda v: len(v.wrong))
        first = found if tried > 1 else None
        found = Outcome(question, status, first.ms if first else ms, reply, slots, verdict, first.fetched if first else fetched(reply, after, at), tried,
                        (before.answers, after.answers))  # fmt: skip
        if not verdict.wrong:
            break
        paths = after.paths
    return found


def fetched(reply: Row, reads: Reads, at: datetime) -> bool:
    """Whether order books had to be read for it: one that it stands on was observed after it was asked, or one that it needs is not there."""
    answers = reply["answers"]
    if any(LATE in note for answer in answers for note in answer["notes"]):
        return True
    rows = [row for read in reads.answers.values() for row in (*read.get("quotes", ()), *read.get("results", ()))]
    if any(row.get("fill_reason") == "unknown_depth" or ("book" in row and row["book"] is None) for row in rows):
        return True
    if any(_since(used["observed_at"], at) for answer in answers for used in answer["sources"] if reply["frame"]["intent"] == "liquidity"):
        return True
    quotes = [(read, row) for read in reads.answers.values() for row in read.get("quotes", ()) if row.get("book_age_s") is not None]
    return any(datetime.fromisoformat(read["as_of"]) - timedelta(seconds=row["book_age_s"]) > at for read, row in quotes)


def _since(observed: str | None, at: datetime) -> bool:
    return observed is not None and datetime.fromisoformat(observed) > at


def drive(
    questions: Iterable[Question], mine: Line, world: World, down: Sequence[str] = (), tell: Callable[[list[Outcome]], None] = lambda _: None,
) -> list[Outcome]:
    """All questions, one after the other: two would wait for each other's checks. `tell` is called with all so far, every TOLD questions."""
    outcomes: list[Outcome] = []
    for question in questions:
        outcome = asked(question, mine.ask, world, down)
        outcomes.append(outcome if outcome.bad else light(outcome))
        if len(outcomes) % TOLD == 0:
            tell(outcomes)
    return outcomes


def light(outcome: Outcome) -> Outcome:
    """One that went well, without what it was held against."""
    first, receipt = outcome.reply["answers"][0], outcome.reply["receipt"]
    outcome.reads, outcome.reply = (), {"answers": [{"kind": first["kind"]}], "receipt": receipt, "frame": {"intent": outcome.reply["frame"]["intent"]}}
    return outcome
