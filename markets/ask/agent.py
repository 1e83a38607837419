"""MarketAgent: from a text to its answers, by reading what is stored. The only part of Ask that knows the store.

Everything it says is composed of a `Record`, so what a page shows, the API sends, a command prints and a receipt replays is one thing.
"""

from __future__ import annotations

from collections.abc import Sequence

from markets.ask.frame import Frame
from markets.ask.record import Part, Record
from markets.ask.router import Standing, route
from markets.method import current_method
from markets.reads.findings import GATHER, Asked

MOST = 3  # questions of one text that are answered


def answered(frame: Frame, standings: Sequence[Standing], asked: Asked) -> Record:
    """Everything the answer to a frame and its further questions is made of."""
    parts = tuple(_part(each, standings, asked) for each in (frame, *frame.also)[:MOST])
    return Record(asked.now, current_method().version, parts)


def _part(frame: Frame, standings: Sequence[Standing], asked: Asked) -> Part:
    way = route(frame, standings)
    return Part(frame, way, GATHER[frame.intent](frame, way, asked))
