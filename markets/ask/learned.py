"""What the wording of labelled questions says about the intent: a linear model over the question's lemmas and slots. Pure.

The phrases of `evidence.py` say what we thought of; this says what the develop part of the corpus has in common beyond that. The
table is made by `make learn` and never touched by hand; it holds whole hundredths, so that the same question has the same reading
everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, json

from markets.ask.frame import INTENTS

TABLE = Path(__file__).with_name("learned.json")


class Table(Struct, frozen=True):
    """`weights` is {feature: hundredths, in the order of INTENTS}; `corpus` the digest of the questions they were learned from."""

    corpus: str
    weights: dict[str, tuple[int, ...]]


def features(symbols: Sequence[str]) -> set[str]:
    """Single symbols, neighbours, and neighbours but one of a question's stream (`intents.stream`)."""
    return set(_features(symbols))


def _features(symbols: Sequence[str]) -> Iterator[str]:
    for at, symbol in enumerate(symbols):
        yield symbol
        if at + 1 < len(symbols):
            yield f"{symbol} {symbols[at + 1]}"
        if at + 2 < len(symbols):
            yield f"{symbol} _ {symbols[at + 2]}"


def likelihood(symbols: Sequence[str], table: Table | None = None) -> dict[str, float]:
    """{intent: natural logarithm of its probability}, by the wording alone."""
    return normal(summed(features(symbols), (table or _table()).weights))


def summed(found: set[str], weights: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """The weights of all features together, in units of one; long questions weigh no more than short ones."""
    rows = [weights[feature] for feature in found if feature in weights]
    scale = 100 * math.sqrt(len(rows) or 1)
    return {intent: sum(row[at] for row in rows) / scale for at, intent in enumerate(INTENTS)}


def normal(totals: Mapping[str, float]) -> dict[str, float]:
    """Sums as logarithms of probabilities."""
    most = max(totals.values())
    whole = most + math.log(sum(math.exp(total - most) for total in totals.values()))
    return {intent: total - whole for intent, total in totals.items()}


_kept: list[Table] = []


def _table() -> Table:
    """The table, read once in a process."""
    if not _kept:
        _kept.append(json.decode(TABLE.read_bytes(), type=Table))
    return _kept[0]
