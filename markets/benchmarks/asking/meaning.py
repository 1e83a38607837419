"""What a question means, written down by whoever made it, and how a reply's frame is held against it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Meaning:
    """One question's meaning: the seven slots that a frame is judged by, and `unit` and `topic`, which say what the answer is to be."""

    intent: str
    assets: tuple[str, ...] = ()
    quote: str | None = None
    exchanges: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    side: str | None = None
    amount: str | None = None
    unit: str | None = None
    topic: str = ""


SLOTS = ("intent", "assets", "quote", "exchanges", "exclude", "side", "amount")
_UNORDERED = ("exchanges", "exclude")
SIDELESS = ("compare", "arbitrage", "price_history", "volume_sentiment", "funding")  # here a side says nothing


def misread(meant: Meaning, frame: Mapping[str, Any]) -> tuple[str, ...]:
    """The slots in which a frame says something else than what was meant. Of what is declined only that it is declined counts."""
    names = ("intent",) if meant.intent in ("unknown", "help") else SLOTS
    return tuple(name for name in names if not _same(name, getattr(meant, name), frame[name]))


def _same(name: str, meant: Any, read: Any) -> bool:
    if name == "amount":
        return (meant is None) == (read is None) and (meant is None or Decimal(meant) == Decimal(read))
    if name in _UNORDERED:
        return set(meant) == set(read)
    return bool(meant == (tuple(read) if isinstance(meant, tuple) else read))


def as_read(meant: Meaning, frame: Mapping[str, Any]) -> Meaning:
    """What the frame says instead: an answer to a misread question is held to what it was read as."""
    slots: dict[str, Any] = {name: tuple(frame[name]) if isinstance(getattr(meant, name), tuple) else frame[name] for name in SLOTS}
    return replace(meant, **slots, unit=frame["unit"], topic=frame["topic"] if frame["intent"] != meant.intent else meant.topic)


def told(meant: Meaning) -> dict[str, Any]:
    """For a report."""
    return {field.name: value for field in fields(meant) if (value := getattr(meant, field.name))}
