"""What trends on an exchange: unusual volume times movement, as a percentile among its own markets. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

MINIMUM_USD = Decimal(100_000)  # of 24 h volume; below it a market can be moved by anybody
TRENDS = 90.0  # from this percentile on an asset counts as trending
HOUR = timedelta(hours=1)
TOO_NEAR = timedelta(minutes=30)  # a rank so young is no "hour ago"
TOO_OLD = timedelta(hours=3)
VOLUME, MOVE = "volume", "move"


class Traded(Struct, frozen=True, gc=False, kw_only=True):
    """One spot market of an exchange. `relative` is its volume against its norm (1 = as usual); None: not enough history."""

    asset: str
    exchange: str
    volume_usd: Decimal | None
    change_24h_pct: Decimal | None
    relative: float | None = None


class Trend(Struct, frozen=True, gc=False, kw_only=True):
    """An asset on one exchange: `score` is a percentile 0 to 100; `parts` says what it is made of, volume, move or both."""

    asset: str
    exchange: str
    score: float
    parts: tuple[str, ...]
    volume_usd: Decimal
    relative: float | None
    change_24h_pct: Decimal


def heat(relative: float, change_24h_pct: Decimal) -> float:
    """RV x (1 + |change|)."""
    return relative * (1 + abs(float(change_24h_pct)) / 100)


def at(markets: Iterable[Traded], minimum_usd: Decimal = MINIMUM_USD) -> dict[str, Trend]:
    """{asset: its trend} of one exchange's markets; an asset's busiest market speaks for it.

    Where the relative volume of most of them is known only those are ranked; else movement alone ranks all, and `parts` says so:
    the first few whose history is long enough are not all that trends.
    """
    busy = [m for m in markets if m.volume_usd is not None and m.volume_usd >= minimum_usd and m.change_24h_pct is not None]
    known = [m for m in busy if m.relative is not None]
    by_volume = _most(known, busy)
    parts, ranked = ((VOLUME, MOVE), known) if by_volume else ((MOVE,), busy)
    heats = [(m, heat(m.relative if by_volume else 1.0, m.change_24h_pct)) for m in ranked]  # type: ignore[arg-type]  # known, see above
    order = sorted(warmth for _, warmth in heats)
    best: dict[str, Trend] = {}
    for m, warmth in heats:
        trend = Trend(asset=m.asset, exchange=m.exchange, score=percentile(order, warmth), parts=parts, volume_usd=m.volume_usd,  # type: ignore[arg-type]
                      relative=m.relative, change_24h_pct=m.change_24h_pct)  # type: ignore[arg-type]
        if m.asset not in best or _busier(trend, best[m.asset]):
            best[m.asset] = trend
    return best


def _most(some: Sequence[object], every: Sequence[object]) -> bool:
    return 2 * len(some) > len(every)


def _busier(one: Trend, other: Trend) -> bool:
    return (one.volume_usd, one.score) > (other.volume_usd, other.score)


def percentile(ordered: Sequence[float], value: float) -> float:
    """The share of the others that lie below, equals counted half, 0 to 100. One alone stands in the middle: it beats nobody."""
    others = len(ordered) - 1
    if others <= 0:
        return 50.0
    low, high = bisect_left(ordered, value), bisect_right(ordered, value)
    return 100 * (low + (high - low - 1) / 2) / others


class Overall(Struct, frozen=True, gc=False, kw_only=True):
    """An asset over the exchanges looked at: the mean of its percentiles by volume, and each one, the warmest first."""

    asset: str
    score: float
    trends: tuple[Trend, ...]
    rank: int = 0

    @property
    def on(self) -> tuple[str, ...]:
        """Where it trends."""
        return tuple(t.exchange for t in self.trends if t.score >= TRENDS)

    @property
    def volume_usd(self) -> Decimal:
        """Of the day, over those exchanges."""
        return sum((t.volume_usd for t in self.trends), Decimal(0))

    @property
    def relative(self) -> float | None:
        """The largest of its relative volumes; None where none is known."""
        return max((t.relative for t in self.trends if t.relative is not None), default=None)

    @property
    def parts(self) -> tuple[str, ...]:
        """What of the score is known anywhere."""
        return tuple(part for part in (VOLUME, MOVE) if any(part in t.parts for t in self.trends))


def measured(coins: Sequence[Overall]) -> bool:
    """Whether the volume of most is part of their scores; else they are told as made of movement alone."""
    return _most([o for o in coins if VOLUME in o.parts], coins)


def overall(by_exchange: Iterable[Mapping[str, Trend]]) -> list[Overall]:
    """Every asset over some exchanges, ranked from 1; of equals the busier first, then by name."""
    groups: dict[str, list[Trend]] = {}
    for trends in by_exchange:
        for trend in trends.values():
            groups.setdefault(trend.asset, []).append(trend)
    return ranked(sorted((_together(asset, group) for asset, group in groups.items()), key=lambda o: (-o.score, -o.volume_usd, o.asset)))


def ranked(ordered: Iterable[Overall]) -> list[Overall]:
    """The same with ranks from 1, in the order they come."""
    return [replace(o, rank=rank) for rank, o in enumerate(ordered, 1)]


def _together(asset: str, trends: Sequence[Trend]) -> Overall:
    weighed = [(t.score, float(t.volume_usd) or 1.0) for t in trends]
    score = sum(score * weight for score, weight in weighed) / sum(weight for _, weight in weighed)
    return Overall(asset=asset, score=round(score, 6), trends=tuple(sorted(trends, key=lambda t: (-t.score, t.exchange))))


def hour_ago(stored: Iterable[datetime], now: datetime) -> datetime | None:
    """Of the moments ranks were stored the one nearest an hour ago; None when there is none within reason."""
    fit = [moment for moment in stored if TOO_NEAR <= now - moment <= TOO_OLD]
    return min(fit, key=lambda moment: abs(now - moment - HOUR), default=None)
