"""Volume through time, by exchange: what was traded in each hour, and how the day's volume was shared at each hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from exchanges.numbers import EXACT
from markets import held
from markets.models import Candle, Reading, VolumeHour
from markets.reads import rates
from markets.reads.volume import Asked
from markets.volumes import CHANGED

WINDOWS = {"24h": 24, "7d": 168, "30d": 720}  # hours
STEPS = {"24h": 1, "7d": 1, "30d": 6}  # hours in one column: as many as a chart has room for
HOUR, ONE_HOUR = 3600, timedelta(hours=1)
Hours = tuple[tuple[datetime, Mapping[str, Decimal]], ...]  # (begin of a step, {exchange: USD}), oldest first; gaps are absent


@dataclass(frozen=True)
class Past:
    """`traded` in each step of `step_h` hours, over the `markets` whose candles are read; `totals` of 24 hours as they stood at its end."""

    window: str
    step_h: int
    traded: Hours
    markets: int
    totals: Hours


def past(asked: Asked, window: str, now: datetime) -> Past:
    """Both, as far back as the window reaches and something is known. Made anew every minute at most."""
    return _past(asked, window, now.replace(second=0, microsecond=0), (held.looker(), held.current().numbers.get(CHANGED)))


def forget() -> None:
    """Drop what this process holds in memory."""
    _past.cache_clear()


@lru_cache(maxsize=12)
def _past(asked: Asked, window: str, now: datetime, _stand: tuple[str, int | None]) -> Past:
    step = STEPS[window]
    since = _floor(now, step) - timedelta(hours=WINDOWS[window])
    traded, markets = _traded(asked, since, now, step)
    return Past(window, step, traded, markets, _totals(asked, since, step))


def _floor(at: datetime, step_h: int) -> datetime:
    return at.replace(hour=at.hour // step_h * step_h, minute=0, second=0, microsecond=0)


# --- What was traded --------------------------------------------------------------------------------------------
def _traded(asked: Asked, since: datetime, now: datetime, step: int) -> tuple[Hours, int]:
    """By the exchanges' hourly candles, from where all of them begin to where the first of them ends; no trade is no candle."""
    usd, places = {name: rate.mid for name, rate in rates.rates(now).items()}, _places(asked)
    bars: dict[int, list[tuple[datetime, Decimal]]] = {}
    rows = Candle.objects.filter(market_id__in=places, period_s=HOUR, opened_at__gte=since, opened_at__lt=_floor(now, 1), quote_volume__isnull=False)
    for pk, at, money in rows.values_list("market_id", "opened_at", "quote_volume"):
        _, quote, read_at = places[pk]
        if quote in usd and at + ONE_HOUR <= read_at:  # one that was read before it ended is of a part of it
            bars.setdefault(pk, []).append((at, EXACT.multiply(money, usd[quote])))
    if not bars:
        return (), 0
    first, last = max(min(row)[0] for row in bars.values()), min(max(row)[0] for row in bars.values())
    found: dict[datetime, dict[str, Decimal]] = {}
    for pk, known in bars.items():
        for at, money in known:
            if first <= at <= last:
                column = found.setdefault(_floor(at, step), {})
                column[places[pk][0]] = EXACT.add(column.get(places[pk][0], Decimal(0)), money)
    whole = {at: column for at, column in found.items() if first <= at and at + timedelta(hours=step - 1) <= last}
    return tuple(sorted(whole.items())), len(bars)


def _places(asked: Asked) -> dict[int, tuple[str, str, datetime]]:
    """{market: (exchange, quote currency, when they were read)} of the spot markets whose candles are read."""
    read = dict(Reading.objects.filter(source="candles", read_at__isnull=False).values_list("market_id", "read_at"))
    wanted = {slug: entries for slug, entries in held.current().entries.items() if not asked.exchanges or slug in asked.exchanges}
    return {
        pk: (slug, entry.key.quote, read[pk]) for slug, entries in wanted.items() for pk, entry in entries.items()
        if pk in read and asked.quote in ("", entry.key.quote)
    }  # fmt: skip


# --- How it was shared ------------------------------------------------------------------------------------------
def _totals(asked: Asked, since: datetime, step: int) -> Hours:
    """The last known hour of each step, as Pebble saw it."""
    rows = VolumeHour.objects.filter(opened_at__gte=since, exchange__slug__in=held.current().exchanges).order_by("opened_at")
    rows = rows.filter(quote=asked.quote) if asked.quote else rows
    rows = rows.filter(exchange__slug__in=asked.exchanges) if asked.exchanges else rows
    hours: dict[datetime, dict[str, Decimal]] = {}
    for at, slug, usd in rows.values_list("opened_at", "exchange__slug", "usd"):
        column = hours.setdefault(at, {})
        column[slug] = EXACT.add(column.get(slug, Decimal(0)), usd)
    return tuple({_floor(at, step): column for at, column in hours.items()}.items())
