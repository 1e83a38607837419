"""Questions that were not answered, or read otherwise than they were meant: written down for an operator, without who asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError

from markets import bulk, polls
from markets.ask import outcome
from markets.ask.answer import Answer
from markets.ask.answers.common import Coinless, Unlisted
from markets.ask.masking import masked
from markets.ask.record import Part
from markets.ask.unheard import unheard
from markets.brief import brief
from markets.models import Asset, AssetAlias, Question
from markets.reads.vocabulary import vocabulary

MOST = 5_000  # different questions; a flood of nonsense fills no disk
WORD = 60
NOT_UNDERSTOOD = ("nonsense", "off_topic")  # or so it seems; other topics are refused on purpose
Why = Question.Why
_COLUMNS = ("text", "why", "intent", "word", "count", "first_at", "last_at")
logger = logging.getLogger(__name__)


def note(part: Part, answers: Sequence[Answer], now: datetime, *, corrected: bool) -> None:
    """Write a question down where it was not answered, or where somebody `corrected` how it was read."""
    why, word = _why(part, answers, corrected=corrected)
    if why is None:
        return
    row = (masked(part.frame.q), str(why), part.frame.intent, masked(word)[:WORD], 1, now, now)
    try:
        with brief():
            if Question.objects.count() < MOST or Question.objects.filter(text=row[0], why=why).exists():
                bulk.upsert(Question, _COLUMNS, [row], key=("text", "why"), update={"count": "{old} + {new}", "last_at": "{new}"})
    except DatabaseError as error:
        logger.warning("a question is not written down: %s", error)


def _why(part: Part, answers: Sequence[Answer], *, corrected: bool) -> tuple[Question.Why | None, str]:
    """Why it is worth a look, and the word nobody knows."""
    unlisted = [found.typed for found in part.findings if isinstance(found, Unlisted) and not found.why]
    if corrected:
        return Why.CORRECTED, ""
    if part.frame.unknown or unlisted:
        return Why.COIN, (*part.frame.unknown, *unlisted)[0]
    if any(isinstance(found, Coinless) for found in part.findings):  # it asks back; worth a look where a word may have been meant for a coin
        word = unheard(part.frame.q, vocabulary())
        return (Why.COIN if word else None), word
    if part.frame.intent == "unknown":
        return (Why.UNKNOWN if part.frame.topic in NOT_UNDERSTOOD else None), ""
    return (Why.NOTHING if outcome.ended(part, answers) == outcome.NOTHING else None), ""


def teach(question: Question, asset: Asset) -> AssetAlias:
    """From now on the word that stood where a coin should means this one. Raises ValueError where the question has no such word."""
    if not question.word:
        raise ValueError(f"“{question}” has no word that could name a coin.")
    alias, _ = AssetAlias.objects.get_or_create(asset=asset, text=question.word, kind=AssetAlias.Kind.NAME)
    Question.objects.filter(why=Why.COIN, word=question.word).update(means=asset)
    polls.touch("assets")
    return alias
