"""Which figure of the past a question names, and whether it names a moment that no range of time is. Pure."""

from __future__ import annotations

import re

HIGH, LOW, AVERAGE, AGO = "high", "low", "average", "ago"
_NAMES = {
    HIGH: re.compile(r"\b(high|highs|highest|peak|peaked|top|ath|maximum|max)\b", re.IGNORECASE),
    LOW: re.compile(r"\b(low|lows|lowest|bottom|bottomed|atl|minimum|min)\b", re.IGNORECASE),
    AVERAGE: re.compile(r"\b(average|averaged|avg|mean)\b", re.IGNORECASE),
    AGO: re.compile(r"\bago\b", re.IGNORECASE),
}
_MOMENT = re.compile(
    r"\bat (noon|midnight|\d{1,2}:\d\d)\b|\b\d{1,2}(:\d\d)? ?[ap]\.?m\b|\bon (the )?(\d|(mon|tues|wednes|thurs|fri|satur|sun)day\b)", re.IGNORECASE,
)  # fmt: skip
UNHEARD = "A day or an hour by its name is not understood: say how long ago, or over how long. "


def named(q: str) -> tuple[str, ...]:
    """The figures that a question names, in the order they are told."""
    return tuple(name for name, words in _NAMES.items() if words.search(q))


def unheard(q: str) -> str:
    """What is said first of a question that names a moment by the clock or the calendar; else nothing."""
    return UNHEARD if _MOMENT.search(q) else ""
