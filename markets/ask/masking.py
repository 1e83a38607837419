"""A question without whatever might tell of a person: what is kept of those that were not answered. Pure."""

from __future__ import annotations

import re

from markets.ask.frame import LONGEST

# In this order: an address of a wallet is a long word, too. Amounts stay: nine digits and more are no amount anybody trades.
_MASKS = (
    (re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"(?<![\w.-])(?:[\w-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"\b(?:password|passwd|passphrase|secret|token|api[_-]?key)\s?[:=]\s?\S+", re.IGNORECASE), "[key]"),
    (re.compile(r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.[a-z]{2,}", re.IGNORECASE), "[e-mail]"),
    (re.compile(r"(?<!\w)@\w{2,}"), "[name]"),
    (re.compile(r"\b0x[0-9a-f]{8,}\b", re.IGNORECASE), "[address]"),
    (re.compile(r"\b(?:bc1|tb1|ltc1|addr1|cosmos1)[0-9a-z]{8,}\b", re.IGNORECASE), "[address]"),
    (re.compile(r"(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{20,}", re.IGNORECASE), "[key]"),
    (re.compile(r"(?<!\w)\w{22,}"), "[key]"),
    (re.compile(r"(?<![\w:])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){4})[0-9a-f:]{6,}", re.IGNORECASE), "[address]"),
    (re.compile(r"(?<![\w.])(?!\d{1,3}(?:\.\d{3})+(?![\w.]))\+?\d{1,4}(?:\.\d{1,4}){2,}(?![\w.]*\w)"), "[number]"),
    (re.compile(r"(?<![\w.])\+?\d(?:[ ()/-]{0,2}\d){8,}"), "[number]"),
)


def masked(text: str) -> str:
    """The text, cut to LONGEST, with links, addresses, names, keys and long numbers replaced by what they were. White space is made plain."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    for pattern, word in _MASKS:
        plain = pattern.sub(word, plain)
    return plain[:LONGEST]
