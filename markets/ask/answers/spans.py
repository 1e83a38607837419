"""Time ranges of questions: 24h, 7d, 2w as durations and in words. Pure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from markets.ask.answer import Said

MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10_080}
MOSTLY, TWO_DAYS = Decimal("0.9"), 48
NAMES = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def length(text: str | None, default: str = "7d") -> timedelta:
    """How long a range is; an absent one is the default."""
    count, unit = _parts(text or default)
    return timedelta(minutes=count * MINUTES[unit])


def hours(text: str) -> Decimal:
    """The same in hours."""
    count, unit = _parts(text)
    return Decimal(count * MINUTES[unit]) / 60


def words(said: Said, text: str | None, default: str = "7d") -> str:
    """7 days, 24 hours, 1 week: the count is a figure."""
    count, unit = _parts(text or default)
    name = NAMES[unit]
    return f"{said.count('time range', count)} {name if count != 1 else name.removesuffix('s')}"


def reached(said: Said, text: str | None, known_h: Decimal | None) -> str:
    """The range in words; where clearly less of it is known, so many hours or days and that it is less."""
    if text is None or known_h is None or known_h >= hours(text) * MOSTLY:
        return words(said, text)
    count = max(1, round(known_h))
    return f"{words(said, f'{count}h' if count < TWO_DAYS else f'{round(count / 24)}d')} (no more is known)"


def last(said: Said, text: str | None, default: str = "7d") -> str:
    """Last 7 days, last 24 hours, last hour: of one the count is not said."""
    count, unit = _parts(text or default)
    return f"last {NAMES[unit].removesuffix('s')}" if count == 1 else f"last {words(said, text, default)}"


def _parts(text: str) -> tuple[int, str]:
    return int(text[:-1]), text[-1]
