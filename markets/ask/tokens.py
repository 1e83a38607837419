"""A question cut into tokens, once: words, numbers and signs with their places. Everything else of the grammar reads these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from markets.ask.frame import LONGEST
from markets.ask.tables import words

LOOKED_AT = 20_000  # characters of a text that are looked at before it is cut to LONGEST
WORD, NUMBER, SIGN = "word", "number", "sign"
_TOKEN = re.compile(r"(?P<number>[0-9]+(?:[.,'][0-9]+)*|(?<![^\W_])\.[0-9]+)|(?P<word>[^\W_0-9][^\W_]*(?:'[^\W_]+)?)|(?P<sign>\S)")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_MARKS = {"Mn", "Me"}

# What short forms stand for; with the apostrophe left out, too, where that is no other word.
_NOT = {f"{verb}n't": f"{verb} not" for verb in ["is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "would", "should", "could"]}
_SHORT = {
    **_NOT, "can't": "can not", "cannot": "can not", "won't": "will not", "ain't": "is not", "let's": "let us", "gonna": "going to", "wanna": "want to",
    "gotta": "got to", "gimme": "give me", "lemme": "let me", "dunno": "do not know", "w/o": "without", "im": "i am", "ive": "i have", "whats": "what is",
    "wheres": "where is", "hows": "how is", "whos": "who is", "whens": "when is", "thats": "that is", "wats": "what is", "u": "you", "ur": "your", "r": "are",
    "y'all": "you", "c'mon": "come on",
}  # fmt: skip
_BARE = {short.replace("'", ""): long for short, long in {**_NOT, "can't": "can not", "won't": "will not", "ain't": "is not"}.items()} | {"wont": "will not"}
_ENDINGS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would"}
_ASKING = words("what where who how when why that it there here he she which")


class Token(Struct, frozen=True, gc=False):
    """`text` as typed at q[start:end]; `low` in small letters without accents, a short form taken apart; `glued` to what stands before."""

    text: str
    low: str
    start: int
    end: int
    kind: str
    glued: bool


def shown(text: str) -> str:
    """The text without what shows nothing or turns the rest round: control and format characters. Every white space is a space."""
    return "".join(" " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")


def cleaned(text: str) -> str:
    """The text without control characters, in composed form, single spaces, at most LONGEST characters."""
    seen = shown(text[:LOOKED_AT])
    # Cut before composing as well: sorting a long run of combining characters takes the square of its length.
    composed = unicodedata.normalize("NFKC", " ".join(seen.split())[: 2 * LONGEST])
    return " ".join(composed.split())[:LONGEST].rstrip()


def is_cut(text: str) -> bool:
    """Whether `cleaned` had to leave something off."""
    return len(" ".join(text[:LOOKED_AT].split())) > LONGEST


def folded(text: str) -> str:
    """Small letters, no accents, one kind of apostrophe."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    return "".join(char for char in apart if unicodedata.category(char) not in _MARKS)


def tokens(q: str) -> list[Token]:
    """All tokens of a cleaned text, in order. A short form gives several of the same place: isn't -> is, not."""
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(q.translate(_APOSTROPHES)):
        start, end = match.span()
        kind = match.lastgroup or SIGN
        text = q[start:end]
        glued = start == last and start > 0
        found += (Token(text, low, start, end, kind, glued) for low in (_long(folded(text)) if kind == WORD else (text,)))
        last = end
    return found


def _long(low: str) -> Iterator[str]:
    """The words that one typed word stands for; a possessive is its owner."""
    known = _SHORT.get(low) or _BARE.get(low)
    if known:
        yield from known.split()
        return
    head, apostrophe, tail = low.partition("'")
    ending = apostrophe + tail
    yield head
    if ending in _ENDINGS:
        yield _ENDINGS[ending]
    elif ending == "'s" and head in _ASKING:
        yield "is"
    elif apostrophe and ending != "'s":
        yield tail
