"""Days of an exchange as seconds in each state, and what they come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise

DAYS = 90
LIVE, DEGRADED, DOWN, OFF = "live_s", "degraded_s", "down_s", "off_s"
STATES = {
    "healthy": LIVE, "degraded": DEGRADED, "down": DOWN, "banned": DOWN, "blocked": DOWN, "disabled": OFF, "auto_disabled": OFF,
}  # `starting` is none of them: nothing is known yet
FULL, HALF = Decimal("0.999"), Decimal("0.5")
Move = tuple[datetime, str]  # from then on it was in that state
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Day:
    """Seconds of one day (UTC). What is missing to a whole day is not known."""

    live_s: float = 0.0
    degraded_s: float = 0.0
    down_s: float = 0.0
    off_s: float = 0.0

    def __add__(self, other: Day) -> Day:
        return Day(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def asked_s(self) -> float:
        """Seconds in which it was asked, and how it did is known."""
        return self.live_s + self.degraded_s + self.down_s

    @property
    def up_share(self) -> Decimal | None:
        """The share of them in which it answered, if slowly or in part; None where it was not asked."""
        return Decimal(str(self.live_s + self.degraded_s)) / Decimal(str(self.asked_s)) if self.asked_s else None

    @property
    def live_share(self) -> Decimal | None:
        """The share of them in which it was well."""
        return Decimal(str(self.live_s)) / Decimal(str(self.asked_s)) if self.asked_s else None

    @property
    def bar(self) -> Decimal | None:
        """How its bar is drawn: 1 well all day (to a tenth of a percent), 0 down for half of it or more, between them a half."""
        if self.live_share is None or self.up_share is None:
            return None
        return Decimal(1) if self.live_share >= FULL else Decimal(0) if self.up_share <= HALF else HALF


def spent(state: str, moves: Sequence[Move], start: datetime, end: datetime, away: Sequence[Span] = ()) -> Day:
    """The seconds of [start, end) by state. `state` is the one at `start`; `moves` are in order, those outside are passed over.

    What lies in `away` counts for nothing: nobody looked.
    """
    seconds = dict.fromkeys((LIVE, DEGRADED, DOWN, OFF), 0.0)
    at = start
    for moved, after in [*((moved, after) for moved, after in moves if start < moved < end), (end, "")]:
        if state in STATES:
            seconds[STATES[state]] += max(0.0, (moved - at).total_seconds() - overlap(away, at, moved))
        at, state = moved, after
    return Day(**seconds)


def silences(signs: Iterable[datetime], limit: timedelta) -> list[Span]:
    """Between which signs of life more than `limit` lies."""
    known = sorted(signs)
    return [(before, after) for before, after in pairwise(known) if after - before > limit]


def overlap(spans: Iterable[Span], start: datetime, end: datetime) -> float:
    """Seconds of [start, end) that lie in any of the spans."""
    total, at = 0.0, start
    for since, until in sorted(spans):
        first, last = max(since, at), min(until, end)
        if last > first:
            total, at = total + (last - first).total_seconds(), last
    return total


def pieces(start: datetime, end: datetime) -> list[tuple[date, datetime, datetime]]:
    """[start, end) cut at midnight: (day, from, to)."""
    found = []
    while start < end:
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), start.tzinfo)
        found.append((start.date(), start, min(midnight, end)))
        start = midnight
    return found


def uptime_pct(days: Iterable[Day]) -> Decimal | None:
    """Percent of the asked time in which it answered, to three decimals, rounded down: 100 is all of it. None where nothing is known."""
    share = sum(days, Day()).up_share
    return (share * 100).quantize(Decimal("0.001"), ROUND_DOWN) if share is not None else None
