"""A language model that may be plugged in: what it is asked for, and what of its words is let through. Pure.

It may propose how a question was meant, or put a sentence differently. It supplies no number and no name: a proposal may only hold
what the question holds, and a rephrased sentence must say exactly what the original says in the same order, with other little words between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from markets.ask.answer import Answer
from markets.ask.frame import INTENTS, SIDES, Frame, Vocabulary
from markets.ask.tables import words as listed

NOT_UNDERSTOOD = ("nonsense", "off_topic")  # topics of `unknown` that a model may try; the others are refused on purpose
LOW = 0.02  # below it two readings weigh the same
NOTE = "A language model proposed how to read this question."
LONGER = 2  # times as long as the original a sentence may be
NEVER = re.compile(r"risk.free|guarantee|you should|\brecommend", re.IGNORECASE)
# Words that another wording may bring in or leave out. Nothing that turns a sentence round, says a direction, a time or a condition.
GLUE = listed(
    """
    a an the is are be it its this that these those there here which who you your we our i me of on at in by with for as than and so well just pay pays paid
    has have get gets place stands comes makes perhaps please
    """
)
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?\s?(?:k|m|thousand|million)?(?!\w)|\d[\d,]*(?:\.\d+)?", re.IGNORECASE)
_TIMES = {"k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}
_RANGE = re.compile(r"([1-9]\d{0,3})[mhdw]")
_TOKEN = re.compile(r"[\w.,%+−/-]*\d[\w.,%+−/-]*|[^\W\d_]+(?:[.'’-][^\W\d_]+)*|[^\s.,;:!?()–—]")


class Model(Protocol):
    """What is plugged in. Both give None where it has nothing to say, or did not in time; neither raises."""

    def propose(self, text: str, words: Vocabulary) -> Proposal | None:
        """How a question was meant."""

    def rephrase(self, answer: Answer) -> str | None:
        """An answer's sentence in other words."""


class Proposal(Struct, frozen=True):
    """How a model reads a question: the parts of a frame that it may fill. Numbers are plain decimal text."""

    intent: str
    assets: tuple[str, ...] = ()
    quote: str | None = None
    exchanges: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    side: str | None = None
    amount: str | None = None
    unit: str | None = None
    time_range: str | None = None
    limit: int | None = None


def may_try(frame: Frame) -> bool:
    """Whether a model may propose another reading: nothing was understood, or two readings weigh the same. What is refused stays refused."""
    if frame.intent == "unknown":
        return frame.topic in NOT_UNDERSTOOD
    return frame.confidence < LOW and not frame.also


# --- Proposals ----------------------------------------------------------------------------------------------------
def accepted(proposal: Proposal, frame: Frame, words: Vocabulary) -> Frame | None:
    """The frame with a proposed reading, where every part of it is in the vocabulary and in the question; else None, whole."""
    text = frame.q.casefold()
    tests: tuple[Callable[[], bool], ...] = (
        lambda: proposal.intent in INTENTS and proposal.intent != "unknown",
        lambda: all(_coin(ticker, text, words) for ticker in proposal.assets),
        lambda: proposal.quote is None or _currency(proposal.quote, text, words),
        lambda: all(_exchange(slug, text, words) for slug in (*proposal.exchanges, *proposal.exclude)),
        lambda: not set(proposal.exchanges) & set(proposal.exclude),
        lambda: proposal.side in (None, *SIDES),
        lambda: proposal.amount is None or _amount(proposal.amount, text),
        lambda: proposal.unit is None or (proposal.amount is not None and (_coin(proposal.unit, text, words) or _currency(proposal.unit, text, words))),
        lambda: proposal.time_range is None or _range(proposal.time_range, text),
        lambda: proposal.limit is None or (proposal.limit > 0 and Decimal(proposal.limit) in _numbers(text)),
    )
    if not all(test() for test in tests):
        return None
    return replace(
        frame, intent=proposal.intent, assets=proposal.assets, quote=proposal.quote, exchanges=proposal.exchanges, exclude=proposal.exclude,
        side=proposal.side, amount=proposal.amount, unit=proposal.unit, time_range=proposal.time_range, limit=proposal.limit, topic="", readings=(),
        unknown=(), notes=(*frame.notes, NOTE), spans=(),
    )  # fmt: skip


def _said(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text) is not None


def _coin(ticker: str, text: str, words: Vocabulary) -> bool:
    """A coin of the vocabulary whose ticker or one of whose names is said."""
    spoken = (name for name, today in words.names.items() if today == ticker)
    return ticker in words.tickers | words.former.keys() and (_said(ticker, text) or any(_said(name, text) for name in spoken))


def _currency(ticker: str, text: str, words: Vocabulary) -> bool:
    spoken = (name for name, meant in words.money.items() if meant == ticker)
    return ticker in words.quotes and (_said(ticker, text) or any(_said(name, text) for name in spoken))


def _exchange(slug: str, text: str, words: Vocabulary) -> bool:
    return any(_said(name, text) for name, meant in words.exchanges.items() if meant == slug)


def _numbers(text: str) -> set[Decimal]:
    """Every number that a text says, 10k as ten thousand, too."""
    found = set()
    for match in _NUMBER.findall(text):
        digits, unit = re.fullmatch(r"([\d,.]+)\s?([a-z]*)", match).groups()  # type: ignore[union-attr]
        number = Decimal(digits.replace(",", ""))
        found |= {number, number * _TIMES.get(unit, 1)}
    return found


def _amount(amount: str, text: str) -> bool:
    return re.fullmatch(r"\d{1,26}(\.\d{1,18})?", amount) is not None and Decimal(amount) > 0 and Decimal(amount) in _numbers(text)


def _range(time_range: str, text: str) -> bool:
    found = _RANGE.fullmatch(time_range)
    return found is not None and Decimal(found[1]) in _numbers(text)


# --- Other words ----------------------------------------------------------------------------------------------------
def faithful(sentence: str, said: str, names: Iterable[str]) -> bool:
    """Whether other words say the same: every number, unit, name and word but GLUE, in the same order, and nothing forbidden."""
    known = frozenset(names)
    if not said.strip() or len(said) > LONGER * len(sentence) or not said.isprintable() or NEVER.search(said):
        return False
    return _facts(sentence, known) == _facts(said, known)


def _facts(text: str, names: frozenset[str]) -> list[str]:
    """What is not GLUE, in order. A capital letter makes a name, but for the first word of a sentence."""
    found, first = [], True
    for match in _TOKEN.finditer(text):
        word = match[0].rstrip(".,")
        is_name = word in names or (word != word.lower() and not (first and word[1:] == word[1:].lower()))
        if is_name or word.lower() not in GLUE:
            found.append(word if is_name else word.lower())
        first = text[match.end() :].lstrip(" ")[:1] in (".", "!", "?", ":") or match[0].endswith(".")
    return found
