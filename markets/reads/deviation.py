"""The past of one pair across exchanges: distances from the median, and the best exchange by hour, from Pebble's own candles.

A slot is worth its last stored mid. What is read stays in memory for a minute: nothing newer is stored more often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from markets import held
from markets.analysis.deviation import HOUR_S, Deviation, Hours, Mids, best_by_hour, deviation
from markets.analysis.fees import Fees, charged
from markets.board import PairKey, Quote
from markets.models import IdentityState, Snapshot
from markets.reads import gaps, ladders
from markets.series import points

MINUTE_S, DAY_S = 60, 86_400
UNSHOWN = ("disabled", "not_in_rollout")  # an exchange that is switched off or not shown yet has no past either
OTHER_COINS = ("identity_conflict", "unit_mismatch")
KEPT = 48  # windows in memory


class Range(NamedTuple):
    """A window to look back: its length, and the widths of slots in the order they are tried; wider ones exist for every pair."""

    length_s: int
    periods: tuple[int, ...]


RANGES = {"1h": Range(3600, (60,)), "24h": Range(DAY_S, (300, 3600)), "7d": Range(7 * DAY_S, (3600,)), "30d": Range(30 * DAY_S, (3600,))}
HOURLY = tuple(name for name, span in RANGES.items() if span.length_s >= DAY_S)  # those that hold every hour of the day


@dataclass(frozen=True)
class Past:
    """One pair's distances in one window. `exchanges` are all whose quotes are compared, whether they have a past or not."""

    key: PairKey
    span: str
    as_of: datetime  # the end of what was read, to the minute
    found: Deviation
    exchanges: tuple[str, ...]


@dataclass(frozen=True)
class BestHours:
    """One pair's best exchange by hour, for one side, in one window that ends with the running hour."""

    key: PairKey
    span: str
    as_of: datetime
    found: Hours


class Bar(NamedTuple):
    """One candle of the mid; `at` is its start in seconds since 1970."""

    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


@dataclass(frozen=True)
class Candles:
    """One exchange's candles of a window, oldest first."""

    exchange: str
    rows: tuple[Bar, ...]


def forget() -> None:
    """Drop what this process holds in memory."""
    _closes.cache_clear()
    _bars.cache_clear()


def past(key: PairKey, now: datetime, span: str = "24h") -> Past:
    """Who ran cheap and who ran dear. Of the widths of a range, the finest in which anything can be compared."""
    places, minute = _places(key), int(now.timestamp()) // MINUTE_S * MINUTE_S
    as_of = datetime.fromtimestamp(minute, UTC)
    for period_s in RANGES[span].periods:
        first, last = _window(RANGES[span].length_s, period_s, minute)
        found = deviation(_closes(places, period_s, first, minute), first, last, period_s)
        if found.judged:
            break
    return Past(key, span, as_of, found, tuple(slug for slug, _ in places))


def best_hours(key: PairKey, now: datetime, side: str, span: str = "24h", fees: Fees | None = None) -> BestHours:
    """Which exchange was cheapest to buy on, or dearest to sell on, after its taker fee of today (or the visitor's own)."""
    minute = int(now.timestamp()) // MINUTE_S * MINUTE_S
    first, last = _window(RANGES[span].length_s, HOUR_S, minute)
    mids = _closes(_places(key), HOUR_S, first, minute)
    taker = {slug: quote.taker_fee for slug, quote in charged(_quotes(key), fees or {}).items()}
    return BestHours(key, span, datetime.fromtimestamp(minute, UTC), best_by_hour(mids, taker, side, first, last))


def bars(past: Past) -> Candles | None:
    """The candles in the slots of a window, of the exchange that trades most of the pair today; None where nobody is compared."""
    quotes = _quotes(past.key)
    places = sorted(_places(past.key), key=lambda place: (-(quotes[place[0]].quote_volume_24h or Decimal(0)), place))
    if not places:
        return None
    slug, pk = places[0]
    return Candles(slug, _bars(pk, past.found.period_s, past.found.starts[0], int(past.as_of.timestamp())))


def _window(length_s: int, period_s: int, end: int) -> tuple[int, int]:
    """The starts of the first and of the running slot."""
    last = end // period_s * period_s
    return last - length_s + period_s, last


def _quotes(key: PairKey) -> Mapping[str, Quote]:
    """Those of the board whose past may be compared: the same coin, and shown."""
    quotes = held.current().board.pairs.get(key, {})
    return {
        slug: quote for slug, quote in quotes.items()
        if quote.switch not in UNSHOWN and quote.flag not in OTHER_COINS and quote.identity != IdentityState.CONFLICTED
    }


def _places(key: PairKey) -> tuple[tuple[str, int], ...]:
    """(exchange, Market.pk) in the adapters' order."""
    markets, quotes = ladders.places().get(key, {}), _quotes(key)
    return tuple((slug, markets[slug]) for slug in (e.slug for e in gaps.ordered()) if slug in quotes and slug in markets)


@lru_cache(maxsize=KEPT)
def _closes(places: tuple[tuple[str, int], ...], period_s: int, first: int, until: int) -> dict[str, Mids]:
    """{exchange: {start of a slot: its last mid}} of the slots that began between two instants, both included."""
    since, end = datetime.fromtimestamp(first - 1, UTC), datetime.fromtimestamp(until, UTC)
    return {slug: {at: Decimal(close) for at, close in points(Snapshot, pk, period_s, since, end) if close} for slug, pk in places}


@lru_cache(maxsize=KEPT)
def _bars(pk: int, period_s: int, first: int, until: int) -> tuple[Bar, ...]:
    since, end = datetime.fromtimestamp(first - 1, UTC), datetime.fromtimestamp(until, UTC)
    rows = points(Snapshot, pk, period_s, since, end, columns=("open", "high", "low", "close"))
    return tuple(Bar(at, *map(Decimal, prices)) for at, *prices in rows if all(prices))
