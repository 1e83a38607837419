"""What the status page shows of each exchange's ninety days, and of one day that somebody opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.utils.safestring import SafeString, mark_safe

from markets.analysis import display
from markets.analysis.uptime import Day
from markets.pages.charts import availability
from markets.reads import uptime
from markets.shapes import ExchangeStatus, History, Status, Trouble


@dataclass(frozen=True)
class Troubled:
    """One day of an exchange that was not well all through: what it is called, where it leads, and how it was."""

    day: date
    address: str
    said: str


@dataclass(frozen=True)
class Line:
    """One row of the table: the exchange, its bars, its uptime, and the days to look at."""

    exchange: ExchangeStatus
    bars: SafeString
    uptime_pct: Decimal | None  # to two decimals, rounded down
    degraded: str  # how much of the time in which it answered it did so poorly; "" for none of it
    known_days: int
    troubled: tuple[Troubled, ...]


@dataclass(frozen=True)
class Opened:
    """One exchange's day that somebody looks at."""

    name: str
    day: date
    said: str
    troubles: tuple[Trouble, ...]


def lines(found: Status) -> tuple[Line, ...]:
    """The table's rows."""
    return tuple(_line(exchange, found.histories.get(exchange.slug, History((), None))) for exchange in found.exchanges)


def _line(exchange: ExchangeStatus, history: History) -> Line:
    each = [(day, spent, _troubled(exchange, day, spent)) for day, spent in history.days]
    known, bad = sum(spent.bar is not None for _, spent, _ in each), [troubled for _, spent, troubled in each if spent.bar not in (None, Decimal(1))]
    uptime_pct = history.uptime_pct.quantize(Decimal("0.01"), ROUND_DOWN) if history.uptime_pct is not None else None
    sentence = f"{exchange.name}: {len(bad)} of {known} known days with trouble, {display.percent(uptime_pct, sign=False)} uptime"
    links = [(troubled.address if troubled in bad else "", f"{day:%d %b}: {troubled.said}") for day, _, troubled in each]
    bars = availability([spent.bar for _, spent, _ in each], sentence, links)
    degraded_s = sum(spent.degraded_s for _, spent, _ in each)
    degraded = display.age(degraded_s) if degraded_s >= 1 else ""
    return Line(exchange, mark_safe(bars), uptime_pct, degraded, known, tuple(reversed(bad)))  # noqa: S308 - numbers, and escaped names


def _troubled(exchange: ExchangeStatus, day: date, spent: Day) -> Troubled:
    return Troubled(day, f"/status/?exchange={exchange.slug}&day={day:%Y-%m-%d}#day", said(spent))


def said(spent: Day) -> str:
    """Live 23 h 50 m, down 10 m."""
    parts = (("live", spent.live_s), ("degraded", spent.degraded_s), ("down", spent.down_s), ("off", spent.off_s))
    shown = ", ".join(f"{word} {display.age(seconds)}" for word, seconds in parts if seconds >= 1)
    return shown or "nothing is known"


def opened(found: Status, slug: str, day: date | None) -> Opened | None:
    """What happened to an exchange on a day; None where no day was chosen."""
    names = {exchange.slug: exchange.name for exchange in found.exchanges}
    if day is None or slug not in names:
        return None
    spent = dict(found.histories[slug].days).get(day, Day()) if slug in found.histories else Day()
    return Opened(names[slug], day, said(spent), uptime.troubles_of(day, slug, found.as_of))


def going_on(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """Those that are not over."""
    return tuple(trouble for trouble in troubles if trouble.closed_at is None)
