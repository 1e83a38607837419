"""What of a text is told and not asked: a story, a reason, a courtesy. No evidence for what is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from markets.ask.sheet import Sheet
from markets.ask.slots import AMOUNT, ASSET, EXCHANGE, EXCLUDED, QUOTE, UNCOVERED
from markets.ask.tables import words

_BREAKS = frozenset(".;:!?,()–—")
_NAMED = frozenset({AMOUNT, ASSET, EXCHANGE, EXCLUDED, QUOTE, UNCOVERED})
_TELLERS = words("i we my our he she they someone somebody people everyone sorry thanks thank")
_REASONS = words("because since before after while so but although though if unless until now as when once whenever given and")
_STORIES = _REASONS - words("if as when and so but")  # those may as well join what is asked
_TOLD = words("i we my it that you")  # what a story is about
_OPENING = _REASONS | words("hi hello hey well ok oh yes just to be also by the way anyway")
_BECAUSE = words("because since before after now while if as")
_POLITE = (
    ("in", "your", "opinion"),
    ("for", "my"),
    ("for", "our"),
    ("for", "a"),
    ("to", "settle"),
    ("not", "sure"),
    ("no", "rush"),
    ("no", "hurry"),
    ("just", "woke"),
    ("it", "is", "for"),
    ("keep", "me", "in"),
    ("long", "story"),
    ("in", "short"),
)
_ASKING = words(
    """
    what which where who whom whose how show compare find list give is are does do did can could will would should has have was were want need looking look
    interested wish love prefer plan planning trying try consider considering hoping must wonder wondering like search searching tell check know curious rank
    sort any
    """
)
_REQUESTS = """
my question is; i want to know; i would like to know; i would love to know; i like to know; i need to know; i was wondering; i am wondering; i wonder;
i ask myself; can you tell me; could you tell me; can you please tell me; could you please tell me; please tell me; tell me; could you find out; can
you find out; do you know; would you know; want to know; wants to know; told me to ask you; to ask you; like to know
"""
_SPOKEN: dict[str, list[list[str]]] = {}  # by the first word, the longest first
for _request_ in sorted((each.split() for each in _REQUESTS.split(";")), key=len, reverse=True):
    _SPOKEN.setdefault(_request_[0], []).append(_request_)


def asked(sheet: Sheet) -> list[bool]:
    """For each token whether it is part of what is asked."""
    starts = [0, *(at for at in range(1, len(sheet)) if _begins(sheet, at))]
    counts = [True] * len(sheet)
    for first, end in zip(starts, [*starts[1:], len(sheet)], strict=True):
        if _is_told(sheet, first, end):
            counts[first:end] = [False] * (end - first)
    return counts


def _begins(sheet: Sheet, at: int) -> bool:
    """Whether a clause begins: after a break, with a request, or with a reason somebody has."""
    if sheet.low(at - 1) in _BREAKS and not sheet.glued(at):
        return True
    if _request(sheet, at):
        return True
    if sheet.low(at) == "but" and sheet.slot(at) == "" and sheet.low(at + 1) != "not":
        return True
    return sheet.low(at) in _STORIES and sheet.low(at + 1) in _TOLD


def _request(sheet: Sheet, at: int) -> int:
    """How many words of asking begin here; 0 for none."""
    return next((len(request) for request in _SPOKEN.get(sheet.low(at), ()) if _reads(sheet, at, request)), 0)


def _reads(sheet: Sheet, at: int, phrase: Sequence[str]) -> bool:
    return all(sheet.low(at + offset) == word for offset, word in enumerate(phrase))


def _is_told(sheet: Sheet, first: int, end: int) -> bool:
    """Whether a clause only tells: somebody tells it, or it gives a reason; it names nothing that is traded, and asks nothing."""
    if _request(sheet, first) or any(sheet.slot(at) in _NAMED for at in range(first, end)):
        return False
    at = first
    while sheet.low(at) in _OPENING and at < end - 1:
        at += 1
    if any(_reads(sheet, first, polite) for polite in _POLITE):
        return True
    teller = sheet.low(at) in _TELLERS or (at > first and sheet.low(first) in _BECAUSE)
    return teller and not any(sheet.low(spot) in _ASKING for spot in range(at + 1, end) if sheet.low(spot) not in _AUXILIARY)


_AUXILIARY = words("is are do did can could will would should has have was were does any")  # in a telling clause these ask nothing
