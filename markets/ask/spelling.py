"""Misspelt words: an index that finds the known word within two edits of a typed one, at a cost that the number of known words does not change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SHORTEST, SHORT = 5, 6  # letters from which one edit is forgiven, and two
LONG = 9  # and two of an ordinary word
LONGEST = 20  # longer words are not looked up: the number of their deletions grows with the square


class Spelling:
    """Known words, to be found again when misspelt."""

    def __init__(self, words: Iterable[str], plain: Iterable[str] = ()) -> None:
        """`plain` words are ordinary ones, of which two edits make other words: forgiven only when they are long."""
        self._index: dict[str, list[str]] = {}
        self._plain = frozenset(plain)
        for word in sorted({*words, *self._plain}):
            if SHORTEST <= len(word) <= LONGEST:
                for key in _shortened(word):
                    self._index.setdefault(key, []).append(word)

    def nearest(self, word: str) -> str | None:
        """The known word that `word` most likely is: one edit away, or two with the same first letter. None where there is none."""
        if not SHORTEST <= len(word) <= LONGEST:
            return None
        near = {found for key in _shortened(word) for found in self._index.get(key, ())}
        best = min(((edits(word, found), found) for found in near), default=(3, ""))
        return best[1] if self._is_forgiven(word, *best) else None

    def _is_forgiven(self, word: str, distance: int, found: str) -> bool:
        if distance <= 1:
            return True
        enough = LONG if found in self._plain else SHORT
        return distance == 2 and min(len(word), len(found)) >= enough and word[0] == found[0]


def _shortened(word: str) -> Iterator[str]:
    """The word, and all that is left of it without one or two letters."""
    once = {word[:i] + word[i + 1 :] for i in range(len(word))}
    yield from {word} | once | {shorter[:i] + shorter[i + 1 :] for shorter in once for i in range(len(shorter))}


def edits(a: str, b: str) -> int:
    """How many letters were changed, left out, added, or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
