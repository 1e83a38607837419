"""When Pebble itself polled nothing: it was off, its machine slept, or no worker came round. What lies in there nobody has seen.

They are stored before days are added up, every minute; what is younger is found from the polls themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min

from exchanges.models import Feed, Run
from markets.analysis import uptime
from markets.analysis.uptime import Span
from markets.models import Away, ExchangeDay

PERIODS = 3
LEAST_S = 180.0  # days are added up every minute: shorter gaps are not told from a slow machine
KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Polling:
    """Seconds since any poll ended, whatever its outcome (None: never), and how many are still right."""

    age_s: float | None
    limit_s: float

    @property
    def stopped(self) -> bool:
        """Whether the workers have stopped finishing polls. A switched-off or sick exchange does not look like that."""
        return self.age_s is None or self.age_s > self.limit_s

    def __str__(self) -> str:
        return "no poll has ended yet" if self.age_s is None else f"the last poll ended {self.age_s:.0f} s ago, {self.limit_s:.0f} s are allowed"


def polling(now: datetime) -> Polling:
    """The newest end of a poll of any exchange, against three of the shortest periods and at least `WATCHDOG_S`."""
    newest = Feed.objects.aggregate(at=Max("finished_at"), period=Min("period_s"))
    age = max(0.0, (now - newest["at"]).total_seconds()) if newest["at"] else None  # one may end while we look
    return Polling(age, max(PERIODS * (newest["period"] or 0), settings.WATCHDOG_S))


def record(now: datetime) -> None:
    """Store what was found since days were last added up, and drop what is past its keep. Safe to run twice."""
    for since, until in _found(now):
        Away.objects.update_or_create(since=since, defaults={"until": until})
    Away.objects.filter(until__lt=now - KEPT).delete()


def spans(start: datetime, end: datetime, now: datetime) -> tuple[Span, ...]:
    """Every such time that reaches into [start, end). They may overlap."""
    stored = Away.objects.filter(since__lt=end, until__gt=start).values_list("since", "until")
    return (*stored, *(span for span in _found(now) if span[0] < end and span[1] > start))


def within(start: datetime, end: datetime, now: datetime) -> timedelta:
    """How much of [start, end) that is."""
    return timedelta(seconds=uptime.overlap(spans(start, end, now), start, end))


def _found(now: datetime) -> list[Span]:
    """Since days were last added up, or since the last poll before that: so many seconds in which none ended. Before the first day there is none."""
    counted, found = ExchangeDay.objects.aggregate(at=Max("upto"))["at"], polling(now)
    if counted is None:
        return []
    last = now - timedelta(seconds=found.age_s) if found.age_s is not None else counted
    runs = Run.objects.filter(finished_at__gt=counted, finished_at__lt=now).order_by().values_list("finished_at", flat=True)
    return uptime.silences({min(counted, last), last, *runs, now}, timedelta(seconds=max(LEAST_S, found.limit_s)))
