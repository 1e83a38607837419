"""How a question ended, for the counts: answered well, poorly, refused, asked back, with nothing, or not read at all. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markets.ask.answer import Answer
from markets.ask.answers.unread import Unread
from markets.ask.record import Part

ANSWERED, POOR, REFUSED, ASKED_BACK, NOTHING, UNREAD = "answered", "poor", "refused", "asked_back", "nothing", "unread"
OUTCOMES = (ANSWERED, POOR, REFUSED, ASKED_BACK, NOTHING, UNREAD)
SUCCESS = frozenset({ANSWERED, REFUSED, ASKED_BACK})  # a grade of A to C, or a refusal where one is due
# Why an exchange that was routed has no part in an answer, where that is the fault of its data and not of the question.
FAULTS = frozenset({"stale", "expired", "future", "frozen", "bad_number", "no_bid_ask", "crossed", "unit_mismatch"})
WITHIN_MS = (10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000)  # the steps in which speed is counted
SLOWER = 60_000
NONSENSE = "nonsense"


def ended(part: Part, answers: Sequence[Answer]) -> str:
    """One of OUTCOMES. Of several answers to one question (a coin each) the best counts."""
    if any(isinstance(found, Unread) for found in part.findings):
        return UNREAD
    if part.frame.topic == NONSENSE:  # refused, too, but not because that is due
        return NOTHING
    return min((_ended(answer) for answer in answers), key=OUTCOMES.index, default=NOTHING)


def _ended(answer: Answer) -> str:
    if answer.kind in ("refusal", "choose", "nothing"):
        return {"refusal": REFUSED, "choose": ASKED_BACK, "nothing": NOTHING}[answer.kind]
    return POOR if answer.grade == "D" else ANSWERED


def failed(part: Part, answers: Sequence[Answer], exchange: str) -> bool:
    """Whether an exchange that was to be read did not come through: nothing could be read, or its numbers were no good."""
    return ended(part, answers) == UNREAD or any(left.exchange == exchange and left.reason in FAULTS for answer in answers for left in answer.excluded)


def within(ms: float) -> int:
    """The step that a duration falls into, in milliseconds."""
    return next((step for step in WITHIN_MS if ms <= step), SLOWER)


def percentile(counts: dict[int, int], share: float) -> int | None:
    """The step within which so large a share of durations lies; None where there are none."""
    total, seen = sum(counts.values()), 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= share * total and seen:
            return step
    return None
