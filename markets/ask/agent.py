"""MarketAgent: from a text to its answers, by reading what is stored. The only part of Ask that knows the store.

Everything it says is composed of a `Record`, so what a page shows, the API sends, a command prints and a receipt replays is one thing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from django.db import DatabaseError
from msgspec.structs import replace

from markets import chat, held, learning, receipts, tallies
from markets.ask import chips, grammar, model
from markets.ask.answer import Answer
from markets.ask.answers import unread
from markets.ask.answers.unread import Unread
from markets.ask.frame import Frame, Vocabulary
from markets.ask.model import Model
from markets.ask.record import Part, Record
from markets.ask.router import Standing, route
from markets.latest import Shared
from markets.method import current_method
from markets.reads import routing
from markets.reads.findings import GATHER, Asked
from markets.reads.vocabulary import vocabulary
from markets.receipts import Link

MOST = 3  # questions of one text that are answered
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What a question is answered with, and everything that answer was made of. `took_ms` is the whole way, reading included.

    `receipt` is where it can be looked up; without one `why_not` says why, as half a sentence.
    """

    record: Record
    answers: tuple[Answer, ...]
    receipt: Link | None
    why_not: str
    took_ms: float


_replies, _proposals = Shared(256), Shared(256)


def ask(text: str, asked: Asked, changes: Mapping[str, str] | None = None) -> Reply:
    """The answers to a text, whatever it is. `changes` are parts of how it is read that somebody has set otherwise.

    Where the grammar is at a loss, a model that is plugged in may propose how it was meant.
    """
    words = vocabulary()
    frame, plugged = grammar.parse(text, words), chat.model()
    if changes:
        frame = chips.changed(frame, changes)
    elif plugged is not None and model.may_try(frame):
        frame = _proposals.get((frame.q, asked.now.replace(second=0, microsecond=0)), lambda: _proposed(plugged, frame, words))
    return replied(frame, asked, corrected=bool(changes))


def _proposed(plugged: Model, frame: Frame, words: Vocabulary) -> Frame:
    proposal = plugged.propose(frame.q, words)
    return (model.accepted(proposal, frame, words) if proposal else None) or frame


def replied(frame: Frame, asked: Asked, *, corrected: bool = False) -> Reply:
    """The answers to a frame and its further questions. What many ask within a second of the same stored numbers is worked out once.

    `corrected`: somebody changed how the text was read. That, how it ended and how long it took are counted.
    """
    start = time.monotonic()
    parts = tuple((each, routing.standings(each.intent, asked.subject, asked.now)) for each in (frame, *frame.also)[:MOST])
    found = _replies.get(_key(parts, asked), lambda: _answered(parts, asked))
    ms = (time.monotonic() - start) * 1000
    for part, answers in found.each:
        tallies.count(part, answers, asked.now.date(), ms, corrected=corrected)
        learning.note(part, answers, asked.now, corrected=corrected)
    return Reply(found.record, found.answers, found.receipt, found.why_not, ms)


@dataclass(frozen=True)
class _Found:
    """A reply before anybody in particular asks for it: each question with its own answers, and what a `Reply` has."""

    each: tuple[tuple[Part, tuple[Answer, ...]], ...]
    record: Record
    answers: tuple[Answer, ...]
    receipt: Link | None
    why_not: str


def _key(parts: tuple[tuple[Frame, tuple[Standing, ...]], ...], asked: Asked) -> Hashable:
    """What an answer depends on: the question, who is in a rollout, the visitor's fees, what is stored, and the second."""
    return parts, tuple(sorted(asked.fees.items())), tuple(sorted(held.current().numbers.items())), int(asked.now.timestamp())


def _answered(parts: Sequence[tuple[Frame, Sequence[Standing]]], asked: Asked) -> _Found:
    each = tuple(_read(frame, standings, asked) for frame, standings in parts)
    record = Record(asked.now, current_method().version, tuple(part for part, _ in each))
    answers = tuple(answer for _, found in each for answer in found)
    kept = receipts.keep(record, answers, asked.now)
    return _Found(each, record, _rephrased(answers, record), kept if isinstance(kept, Link) else None, kept if isinstance(kept, str) else "")


def _rephrased(answers: tuple[Answer, ...], record: Record) -> tuple[Answer, ...]:
    """The first answer's sentence in the words of a plugged-in model, where they say exactly the same. The receipt keeps our own."""
    plugged = chat.model()
    first = answers[0]
    if plugged is None or first.kind not in ("answer", "partial"):
        return answers
    said, names = plugged.rephrase(first), {name for part in record.parts for name in part.route.names.values()}
    return (replace(first, sentence=said), *answers[1:]) if said and model.faithful(first.sentence, said, names) else answers


def _read(frame: Frame, standings: Sequence[Standing], asked: Asked) -> tuple[Part, tuple[Answer, ...]]:
    """One question read and answered. What fails becomes an answer that says so: the other questions of the text stand."""
    way = route(frame, standings)
    try:
        found = GATHER[frame.intent](frame, way, asked)
        return _composed(Part(frame, way, found or (Unread(unread.EMPTY),)), asked)
    except DatabaseError:
        logger.warning("the database is away: %s is not answered", frame.intent, exc_info=True)
        return _composed(Part(frame, way, (Unread(unread.AWAY),)), asked)
    except Exception:
        logger.exception("%s is not answered", frame.intent)
        return _composed(Part(frame, way, (Unread(unread.BROKEN),)), asked)


def _composed(part: Part, asked: Asked) -> tuple[Part, tuple[Answer, ...]]:
    return part, part.answers(asked.now)
