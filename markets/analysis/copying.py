"""What the public statistics of traders whom others copy come to. Never a recommendation. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

YOUNG_DAYS, FEW_TRADES = 30, 20  # a record under these says little
PERIODS = (7, 30, 90)  # days
LATE = timedelta(days=3)  # so much older than a period may the note be that begins it


class Noted(Struct, frozen=True, gc=False):
    """What an exchange told of a trader at the end of a day: the result in percent, as told, and the profit in money."""

    roi_pct: Decimal | None = None
    profit: Decimal | None = None


class Change(Struct, frozen=True, gc=False):
    """What became of both over a period: the result in percentage points, the profit in money; None: one end is not known."""

    points: Decimal | None = None
    profit: Decimal | None = None


def marks(days: int | None, trades: int | None) -> tuple[str, ...]:
    """What is to be said beside a record: young, few. What is not told is not called either."""
    found = (("young", days is not None and days < YOUNG_DAYS), ("few", trades is not None and trades < FEW_TRADES))
    return tuple(name for name, there in found if there)


def changed(now: Noted, notes: Mapping[date, Noted], today: date, period: int) -> Change:
    """From the note `period` days ago, or up to three days before it, to now."""
    begins = today - timedelta(days=period)
    then = next((notes[day] for back in range(LATE.days + 1) if (day := begins - timedelta(days=back)) in notes), None)
    return Change() if then is None else Change(_less(now.roi_pct, then.roi_pct), _less(now.profit, then.profit))


def _less(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return None if now is None or then is None else now - then


def middle(values: Iterable[Decimal | None]) -> Decimal | None:
    """The median of what is known; None of nothing."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def fits(days: int | None, fall_pct: Decimal | None, least_days: int, most_fall_pct: Decimal | None) -> bool:
    """Whether a record is long enough, and its largest fall small enough. What is not told fits no limit."""
    long = not least_days or (days is not None and days >= least_days)
    return long and (most_fall_pct is None or (fall_pct is not None and abs(fall_pct) <= most_fall_pct))


def runs(notes: Mapping[date, Decimal | None], days: Collection[date]) -> list[list[tuple[int, Decimal]]]:
    """The known values as stretches of (place, value): a line stops where a day is missing."""
    found: list[list[tuple[int, Decimal]]] = [[]]
    for place, day in enumerate(sorted(days)):
        value = notes.get(day)
        if value is not None:
            found[-1].append((place, value))
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]
