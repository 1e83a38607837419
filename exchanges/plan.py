"""The reading plan as arithmetic: how often each source is read, for how many markets, at what weight, and whether that fits.

A plan fits when every limit it touches (the operator's budget, each published pool) keeps a fifth of what it can sustain
for what people ask besides. Pure: the caller brings periods, counts and the budget.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exchanges.adapter import Adapter, Part, Source
from exchanges.limits import Priority, Rate
from exchanges.rows import Row

KEPT = 0.2  # for what people ask
CANDLE_PERIODS = (3600, 86_400, 300, 60)  # what history is read in, the most telling first
SHORTEST_S = 5.0  # between two firings of a source that is read market by market
MINUTE_S = 60.0
ALL: Mapping[str, float] = {}  # of every pool all is ours

# What waits first when a limit runs low: lists and history. Prices, and what they need to be understood, wait last.
USUAL: Mapping[str, Priority] = {
    **dict.fromkeys(("time", "instruments", "tickers"), "prices"),
    **dict.fromkeys(("announcements", "candles", "copy_traders", "currencies", "funding_history", "index_members"), "spare"),
}


@dataclass(frozen=True)
class Line:
    """One source of the plan. `requests` and `weights` (by pool, of one endpoint where the pool is counted so) are per minute.

    Both are as they count: `weight` times what is asked.
    """

    source: str
    period_s: int
    markets: int | None
    requests: float
    weights: Mapping[str, float] = field(default_factory=dict)
    weight: int = 1


@dataclass(frozen=True)
class Limit:
    """What a limit can sustain a minute, and what may be planned of it."""

    name: str
    published: float
    sustained: float
    planned: float
    unit: str = "requests"

    @property
    def room(self) -> float:
        """What may be planned a minute."""
        return self.sustained * (1 - KEPT)

    @property
    def fits(self) -> bool:
        """Whether the plan leaves a fifth for people."""
        return self.planned <= self.room


def firing_s(source: Source[Row], period_s: int, markets: int | None) -> float:
    """Seconds between two tasks of a source: its period, or one market's share of it where markets take turns."""
    if source.markets is None:
        return float(period_s)
    return min(max(period_s / (markets or 1), SHORTEST_S), float(period_s))


def turns(source: Source[Row], period_s: int, markets: int | None) -> int:
    """How many markets are read at one firing."""
    return math.ceil((markets or 1) * firing_s(source, period_s, markets) / period_s)


def asks(part: Part[Row]) -> tuple[int, ...]:
    """The candle periods a part is asked for at one market's turn; of anything else one request, whatever its period."""
    return tuple(period for period in CANDLE_PERIODS if period in part.periods) if part.periods else (3600,)


def usual(source: str) -> Priority:
    """How long a source is served when a limit runs low, where the operator says nothing else."""
    return USUAL.get(source, "others")


def line(name: str, source: Source[Row], period_s: int, markets: int | None, weight: int = 1) -> Line:
    """What one source takes a minute. Where markets take turns each costs its dearest part: which one fits is the market's doing.

    `weight` is how often the operator lets each of its requests count.
    """
    sweeps = MINUTE_S / period_s
    if source.markets is None:
        counts = [(part, part.pages * sweeps) for part in source.parts]
    else:
        dearest = max(source.parts, key=lambda part: (len(asks(part)), sum(part.cost.values())))
        counts = [(dearest, (markets or 0) * len(asks(dearest)) * sweeps)]
    counts = [(part, weight * count) for part, count in counts]
    pools = {pool for part, _ in counts for pool in part.cost}
    weights = {pool: sum(part.cost.get(pool, 0) * count for part, count in counts) for pool in pools}
    return Line(name, period_s, markets, sum(count for _, count in counts), weights, weight)


def limits(adapter: Adapter, budget_per_minute: int, lines: Iterable[Line], shares: Mapping[str, float] = ALL) -> tuple[Limit, ...]:
    """The operator's budget and every published pool beside what the plan takes of each. `shares`: what is ours of a pool, where not all is.

    Raises ValueError when a weight makes one request too dear for a limit.
    """
    lines = list(lines)
    times = {each.source: each.weight for each in lines}
    found = [_limit("operator", Rate(max(budget_per_minute, 1), MINUTE_S, max([1, *times.values()])), sum(each.requests for each in lines))]
    for pool in adapter.pools:
        taken = [each.weights.get(pool.name, 0.0) for each in lines]
        # An endpoint's pool is its own: no two sources share one in a way that adds up.
        planned = max(taken, default=0.0) if pool.per_endpoint else sum(taken)
        biggest = max([1, *(times.get(name, 1) * part.cost.get(pool.name, 0) for name, source in adapter.sources.items() for part in source.parts)])
        found.append(_limit(pool.name, Rate(pool.units, pool.window_s, biggest, shares.get(pool.name, 1.0)), planned, pool.unit))
    return tuple(found)


def _limit(name: str, rate: Rate, planned: float, unit: str = "requests") -> Limit:
    return Limit(name, rate.ours * MINUTE_S / rate.window_s, rate.refill * MINUTE_S, planned, unit)


def refusal(adapter: Adapter, budget_per_minute: int, lines: Iterable[Line], shares: Mapping[str, float] = ALL) -> str:
    """Why a plan cannot be carried out, and what to do; "" when it can."""
    lines = list(lines)
    try:
        found = limits(adapter, budget_per_minute, lines, shares)
    except ValueError as error:
        return f"A weight is too large ({error}): lower it, or raise the budget."
    return next((_sentence(adapter, limit, lines) for limit in found if not limit.fits), "")


def _sentence(adapter: Adapter, limit: Limit, lines: list[Line]) -> str:
    def taken(each: Line) -> float:
        return each.requests if limit.name == "operator" else each.weights.get(limit.name, 0.0)

    most = sorted(lines, key=taken, reverse=True)[:2]
    whose = "the budget" if limit.name == "operator" else f"our share of {adapter.name}'s published limit {limit.name!r}"
    does = "raise the budget, lengthen a period or read fewer markets" if limit.name == "operator" else "lengthen a period or read fewer markets"
    biggest = " and ".join(f"{each.source} {taken(each):.0f}" for each in most)
    return (
        f"This plan takes {limit.planned:.0f} {limit.unit} a minute; {whose} of {limit.published:.0f} sustains {limit.sustained:.0f},"
        f" of which a fifth is kept for what people ask: {limit.room:.0f} may be planned. Most goes to {biggest}: {does}."
    )
