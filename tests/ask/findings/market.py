"""Asking over a stored market: what is read for a question, kept, and answered again from what was kept."""

import time

import msgspec

from markets.ask.answer import Answer
from markets.ask.frame import Frame
from markets.ask.record import Part, Record
from markets.ask.router import route
from markets.reads import routing
from markets.reads.findings import GATHER, Asked
from tests.ask.answers.build import MOST
from tests.ask.figures import holds
from tests.markets.build import NOW


def ask(intent: str, *assets: str, now=NOW, patience: float = 0.0, fees=None, **frame) -> tuple[Answer, ...]:
    """The answers to a frame. Its record, written and read again, gives the same ones, is small, and says no number without a figure."""
    asked = Asked(now, fees=fees or {}, until=time.monotonic() + patience)
    given = Frame(**{"q": f"{intent} {' '.join(assets)}", "intent": intent, "assets": assets} | frame)
    way = route(given, routing.standings(intent, "", now))
    record = Record(now, "1", (Part(given, way, GATHER[intent](given, way, asked)),))
    raw, answers = msgspec.json.encode(record), record.answers()
    again = msgspec.json.decode(raw, type=Record)
    assert again == record and again.answers() == answers and len(raw) < MOST
    for answer in answers:
        holds(answer)
    return answers


def one(*args, **fields) -> Answer:
    """The only answer."""
    (answer,) = ask(*args, **fields)
    return answer
