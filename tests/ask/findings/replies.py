"""A frame answered by the agent over the stored market, and what must hold of every answer and its record."""

import msgspec
from django.utils import timezone

from markets import read
from markets.ask import agent
from markets.ask.frame import Frame
from markets.ask.record import Record
from markets.reads.findings import Asked
from tests.ask.answers.build import MOST
from tests.ask.figures import holds


def replied(intent, q="?", now=None, fees=None, **asked):
    """The answers, once the record was kept and read again with the same result."""
    read.forget()
    reply = agent.replied(Frame(q, intent=intent, **asked), Asked(now or timezone.now(), fees=fees or {}))
    raw = msgspec.json.encode(reply.record)
    again = msgspec.json.decode(raw, type=Record)
    assert again == reply.record and again.answers() == reply.answers and len(raw) < MOST
    for answer in reply.answers:
        holds(answer)
    return reply.answers


def one(intent, q="?", **asked):
    """The only answer."""
    (answer,) = replied(intent, q, **asked)
    return answer
