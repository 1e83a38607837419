"""A vocabulary made ready: which phrase means which coin or exchange, longest first, and what a misspelt word was meant to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markets.ask.english import COMMON, GRAMMAR, NEVER_MISSPELT
from markets.ask.frame import Vocabulary
from markets.ask.lemmas import LEMMAS, MENDED
from markets.ask.slots import COIN, EXCHANGE, MONEY, UNCOVERED
from markets.ask.spelling import SHORT, Spelling
from markets.ask.tokens import SIGN, Token, tokens

JOINERS = frozenset(".-'&")  # may stand inside a name
_PLURAL = 4  # letters from which an s at the end may be a plural's
_KEPT = 1000  # misspelt words whose meaning is remembered
Found = tuple[int, str, str]  # index after the last token, kind, value


class Lexicon:
    """What `words` says, by phrase. Made once for each vocabulary (`lexicon`)."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.quotes = words.quotes
        self.tickers = words.tickers | {old for old in words.former if old.lower() not in words.names}
        self.ordinary = COMMON | GRAMMAR | LEMMAS.keys()
        self._phrases: dict[str, tuple[str, str]] = {}
        self._longest: dict[str, int] = {}
        for kind, table in ((COIN, words.names), (MONEY, words.money), (UNCOVERED, words.uncovered), (EXCHANGE, words.exchanges)):
            for phrase, value in table.items():
                self._add(phrase, kind, value)
        self._joined = {
            phrase.replace(" ", ""): phrase for phrase in sorted(self._phrases, key=lambda phrase: " " in phrase) if self._phrases[phrase][0] != MONEY
        }
        self._spelling: Spelling | None = None
        self._meant: dict[str, str | None] = {}  # the same words come again in each part of a text that may be several questions

    def _add(self, phrase: str, kind: str, value: str) -> None:
        parts = [token.low for token in tokens(phrase) if token.kind != SIGN]
        if parts:
            self._phrases[" ".join(parts)] = (kind, value)
            self._longest[parts[0]] = max(self._longest.get(parts[0], 0), len(parts))
            self._phrases.setdefault("".join(parts), (kind, value))
            self._longest.setdefault("".join(parts), 1)

    def knows(self, low: str) -> bool:
        """Whether a word is one that is understood or ordinary, so that it is no misspelling."""
        return low in self.ordinary or low in self._phrases or low in self._longest or low.upper() in self.tickers or low in NEVER_MISSPELT

    def phrase(self, text: Sequence[Token], at: int, is_free: Callable[[int], bool]) -> Found | None:
        """The longest known phrase that begins with token `at` and takes free tokens only."""
        longest, spot = self._longest.get(text[at].low, self._longest.get(text[at].low.removesuffix("s"), 0)), at
        best: Found | None = None
        parts: list[str] = []
        while len(parts) < longest and spot < len(text) and is_free(spot) and text[spot].kind != SIGN:
            parts.append(text[spot].low)
            hit = self._phrases.get(" ".join(parts)) or self._plural(parts)
            if hit:
                best = (spot + 1, *hit)
            spot += 1
            if spot + 1 < len(text) and text[spot].kind == SIGN and text[spot].low in JOINERS and text[spot].glued and text[spot + 1].glued:
                spot += 1
        return best

    def _plural(self, parts: list[str]) -> tuple[str, str] | None:
        last = parts[-1]
        if len(last) <= _PLURAL or not last.endswith("s") or {last, last[:-1]} & self.ordinary:
            return None
        return self._phrases.get(" ".join([*parts[:-1], last[:-1]]))

    def meant(self, low: str) -> str | None:
        """The phrase or word that a misspelt one stands for."""
        if low not in self._meant:
            if len(self._meant) >= _KEPT:
                self._meant.clear()
            self._meant[low] = self._nearest(low)
        return self._meant[low]

    def _nearest(self, low: str) -> str | None:
        if self._spelling is None:
            self._spelling = Spelling(filter(self._is_mended, self._joined), MENDED)
        found = self._spelling.nearest(low)
        return found and self._joined.get(found, found)

    def _is_mended(self, joined: str) -> bool:
        phrase = self._joined[joined]
        kind, value = self._phrases[phrase]
        if kind == EXCHANGE:
            return joined == value  # the name itself: its other spellings are misspelt enough
        return len(joined) >= SHORT and (not self.words.mendable or phrase in self.words.mendable)

    def hit(self, phrase: str) -> tuple[str, str] | None:
        """Kind and value of an exact phrase."""
        return self._phrases.get(phrase)


_ready: list[Lexicon] = []  # the last few: the vocabulary is the same object from one question to the next


def lexicon(words: Vocabulary) -> Lexicon:
    """The vocabulary made ready, kept for the last few vocabularies."""
    for known in _ready:
        if known.words is words:
            return known
    made = Lexicon(words)
    _ready[:] = [made, *_ready[:3]]
    return made
