"""The working sheet of one question: its tokens, and which of them were taken for which slot. Each step of the grammar marks its own."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from markets.ask.frame import Threshold
from markets.ask.lemmas import LEMMAS
from markets.ask.lexicon import Lexicon
from markets.ask.tokens import WORD, Token, tokens

_MOSTLY = 2  # a sentence is in capitals when more than one word in so many is


class Mark(Struct, frozen=True, gc=False):
    """Tokens first..end-1 are a slot's. `value` is what goes into the frame."""

    first: int
    end: int
    slot: str
    value: str


class Sheet:
    """Tokens, their lemmas, and the marks on them."""

    def __init__(self, q: str, lex: Lexicon) -> None:
        self.q, self.lex = q, lex
        self.tokens: list[Token] = tokens(q)
        self.lemmas = [LEMMAS.get(token.low, token.low) for token in self.tokens]
        self.marks: list[Mark | None] = [None] * len(self.tokens)
        self.notes: list[str] = []
        self.unknown: list[str] = []
        self.threshold: Threshold | None = None
        self.glued_quotes: list[str] = []  # of pairs in one word
        self.in_capitals = self._in_capitals()

    def __len__(self) -> int:
        return len(self.tokens)

    def _in_capitals(self) -> bool:
        """Whether capitals say nothing here: most of the words that are neither tickers nor exchanges are written so."""
        words = [t for t in self.tokens if t.kind == WORD and len(t.text) > 1 and (t.low in self.lex.ordinary or t.text.upper() not in self.lex.tickers)]
        loud = [t for t in words if t.text.isupper() and t.low in self.lex.ordinary]
        calm = [t for t in words if not t.text.isupper()]
        return len(calm) == 0 or len(loud) > len(calm)

    def free(self, at: int) -> bool:
        """Whether a token belongs to no slot yet."""
        return self.marks[at] is None

    def mark(self, first: int, end: int, slot: str, value: str = "") -> None:
        """Take tokens for a slot."""
        made = Mark(first, end, slot, value)
        self.marks[first:end] = [made] * (end - first)

    def low(self, at: int) -> str:
        """A token's small letters; "" beyond the ends."""
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def lemma(self, at: int) -> str:
        """A token's lemma; "" beyond the ends."""
        return self.lemmas[at] if 0 <= at < len(self.lemmas) else ""

    def mark_of(self, at: int) -> Mark | None:
        """The mark on a token; None for none and beyond the ends."""
        return self.marks[at] if 0 <= at < len(self.marks) else None

    def slot(self, at: int) -> str:
        """The slot a token belongs to; "" for none and beyond the ends."""
        mark = self.mark_of(at)
        return mark.slot if mark else ""

    def is_kind(self, at: int, kind: str) -> bool:
        """Whether there is such a token, of that kind."""
        return 0 <= at < len(self.tokens) and self.tokens[at].kind == kind

    def glued(self, at: int) -> bool:
        """Whether a token follows the one before without a space."""
        return 0 <= at < len(self.tokens) and self.tokens[at].glued

    def marked(self, *slots: str) -> Iterator[Mark]:
        """The marks of some slots in order, each once."""
        last: Mark | None = None
        for mark in self.marks:
            if mark is not None and mark is not last and mark.slot in slots:
                yield mark
            last = mark

    def values(self, *slots: str) -> tuple[str, ...]:
        """The values of some slots, each once, in order of mention."""
        return tuple(dict.fromkeys(mark.value for mark in self.marked(*slots)))
