"""Weighted phrases found in a question in one walk: the evidence tables as a tree, whatever their size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from markets.ask.lemmas import LEMMAS
from markets.ask.tables import words

SKIPPED = words(
    """
    the a an please pls plz kindly really actually exactly currently still quickly simply basically literally maybe perhaps so well um uh hey hi hello ok okay
    yo bro guys sir dear honestly <quote> <amount> <number> <bound>
    """
)
WINDOW = 10  # tokens that a piece may reach over, those passed over included: the walk stays linear
_GAP = "..."
_LEAF = ""


class Phrase(Struct, frozen=True):
    """One row of a table: it speaks for `label` with `weight` when its pieces stand in the question in this order."""

    label: str
    weight: int
    pieces: tuple[int, ...]


class Phrases:
    """All phrases of some tables, to be looked for at once."""

    def __init__(self, tables: Mapping[str, Mapping[int, str]]) -> None:
        self._tree: dict[str, object] = {}
        self._ids: dict[tuple[str, ...], int] = {}
        rows: dict[tuple[str, tuple[int, ...]], int] = {}  # phrases that are equal by their lemmas count once
        for label, table in tables.items():
            for weight, text in table.items():
                for phrase in text.split(";"):
                    key = label, tuple(self._piece(piece.split()) for piece in phrase.split(_GAP))
                    rows[key] = max(weight, rows.get(key, weight))
        self._rows = [Phrase(label, weight, pieces) for (label, pieces), weight in rows.items()]
        self._by_piece: dict[int, list[Phrase]] = {}
        for row in self._rows:
            self._by_piece.setdefault(row.pieces[0], []).append(row)

    def _piece(self, words: Sequence[str]) -> int:
        key = tuple(LEMMAS.get(word, word) for word in words)
        number = self._ids.setdefault(key, len(self._ids))
        node = self._tree
        for word in key:
            node = node.setdefault(word, {})  # type: ignore[assignment]
        node[_LEAF] = number
        return number

    def found(self, stream: Sequence[str], is_skipped: Sequence[bool]) -> dict[str, list[int]]:
        """{label: weights of its phrases that the stream holds}."""
        first: dict[int, int] = {}  # piece -> where it first ends
        last: dict[int, int] = {}  # piece -> where it last begins
        for start in range(len(stream)):
            for piece, end in self._from(stream, is_skipped, start):
                first.setdefault(piece, end)
                last[piece] = start
        weights: dict[str, list[int]] = {}
        for row in self._held(first, last):
            weights.setdefault(row.label, []).append(row.weight)
        return weights

    def _from(self, stream: Sequence[str], is_skipped: Sequence[bool], start: int) -> Iterable[tuple[int, int]]:
        """(piece, end) of all pieces that begin at `start`. At most as many branches are open as a piece is long."""
        opened = [self._tree]
        for at in range(start, min(start + WINDOW, len(stream))):
            entered = [node[stream[at]] for node in opened if stream[at] in node]
            opened = [*entered, *(opened if is_skipped[at] and at > start else ())]  # type: ignore[list-item]
            if not opened:
                return
            yield from ((node[_LEAF], at + 1) for node in entered if _LEAF in node)  # type: ignore[operator, index]

    def _held(self, first: Mapping[int, int], last: Mapping[int, int]) -> Iterable[Phrase]:
        for piece in first:
            for row in self._by_piece.get(piece, ()):
                if all(later in first and first[one] <= last[later] for one, later in pairwise(row.pieces)):
                    yield row


def strength(weights: Iterable[int]) -> float:
    """One figure for all evidence: the strongest counts, each further piece a quarter of the one before; what speaks against counts in full."""
    score, share = 0.0, 1.0
    for weight in sorted((w for w in weights if w > 0), reverse=True):
        score += weight * share
        share /= 4
    return score + sum(w for w in weights if w < 0)
