"""Asking over a stored market: what is read for a question, kept, and answered again from what was kept."""

import time

import msgspec

from markets.ask import agent
from markets.ask.answer import Answer
from markets.ask.frame import Frame
from markets.ask.record import Record
from markets.reads.findings import Asked
from tests.ask.answers.build import MOST
from tests.ask.figures import holds
from tests.markets.build import NOW


def ask(intent: str, *assets: str, now=NOW, patience: float = 0.0, fees=None, **frame) -> tuple[Answer, ...]:
    """The answers to a frame. Its record, written and read again, gives the same ones, is small, and says no number without a figure."""
    asked = Asked(now, fees=fees or {}, until=time.monotonic() + patience)
    reply = agent.replied(Frame(**{"q": f"{intent} {' '.join(assets)}", "intent": intent, "assets": assets} | frame), asked)
    raw = msgspec.json.encode(reply.record)
    again = msgspec.json.decode(raw, type=Record)
    assert again == reply.record and again.answers() == reply.answers and len(raw) < MOST
    for answer in reply.answers:
        holds(answer)
    return reply.answers


def one(*args, **fields) -> Answer:
    """The only answer."""
    (answer,) = ask(*args, **fields)
    return answer
