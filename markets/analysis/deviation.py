"""Who runs cheap and who runs dear: distances from the median over time, and which exchange was best hour by hour. Pure.

Both come from stored mid prices, not from fills: what somebody would really have paid depends on spread and depth as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import NamedTuple

from exchanges.numbers import EXACT
from markets.analysis.reference import median

BPS = Decimal(10_000)
HUNDRED = Decimal(100)
TWICE = Decimal(2)
FEWEST = 2  # exchanges in one slot: alone nobody is cheap or dear
HOUR_S = 3600
DAY_H = 24

Mids = Mapping[int, Decimal]  # start of a slot in seconds since 1970 -> mid price in quote per coin


class Line(NamedTuple):
    """One exchange through all slots: its mids, and their distance from the median in bps; None where there is no data."""

    exchange: str
    mids: tuple[Decimal | None, ...]
    bps: tuple[Decimal | None, ...]

    @property
    def latest(self) -> Decimal | None:
        """The last known distance."""
        return next((value for value in reversed(self.bps) if value is not None), None)

    @property
    def mean(self) -> Decimal | None:
        """The mean of the known distances."""
        known = [value for value in self.bps if value is not None]
        return EXACT.divide(_sum(known), Decimal(len(known))) if known else None


@dataclass(frozen=True)
class Deviation:
    """Distances from the median, slot by slot. `starts` are seconds since 1970; a slot with fewer than two exchanges has no median."""

    period_s: int
    starts: tuple[int, ...]
    medians: tuple[Decimal | None, ...]
    lines: tuple[Line, ...]

    @property
    def judged(self) -> int:
        """In how many slots there was somebody to compare with."""
        return sum(middle is not None for middle in self.medians)


def deviation(mids: Mapping[str, Mids], first: int, last: int, period_s: int) -> Deviation:
    """Every exchange's distance from the median of all, for the slots from `first` to `last`, both included."""
    starts = tuple(range(first, last + 1, period_s))
    believed = {start: _believed({name: series[start] for name, series in mids.items() if start in series}) for start in starts}
    medians = tuple(_middle(list(believed[start].values())) for start in starts)
    lines = tuple(_line(exchange, mids[exchange], [exchange in believed[start] for start in starts], starts, medians) for exchange in mids)
    return Deviation(period_s, starts, medians, lines)


def presence(line: Line, medians: Sequence[Decimal | None], pieces: int) -> tuple[Decimal | None, ...]:
    """How much of each piece of the window an exchange was there: its share of the slots that somebody could be compared in.

    The window is cut into at most `pieces` of equally many slots, the last one ending with it; None where nobody was compared.
    """
    there = [None if middle is None else mid is not None for mid, middle in zip(line.mids, medians, strict=True)]
    each = -(-len(there) // pieces)
    cuts = range(len(there) % each or each, len(there) + 1, each) if there else ()
    return tuple(_share([known for known in there[max(0, end - each) : end] if known is not None]) for end in cuts)


def _share(there: Sequence[bool]) -> Decimal | None:
    return EXACT.divide(Decimal(sum(there)), Decimal(len(there))) if there else None


def _believed(prices: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    """Without those beyond half or double of the middle, as in a comparison: who told prices in another unit for an hour was neither
    dear nor best in it. Nobody, where those that are left are still more than double of each other."""
    if _are_near(prices):
        return prices
    middle = median(list(prices.values()))
    near = {name: price for name, price in prices.items() if middle <= TWICE * price and price <= TWICE * middle}
    return near if _are_near(near) else {}


def _are_near(prices: Mapping[str, Decimal]) -> bool:
    return not prices or max(prices.values()) <= TWICE * min(prices.values())


def _middle(prices: Sequence[Decimal]) -> Decimal | None:
    return median(prices) if len(prices) >= FEWEST else None


def _line(exchange: str, series: Mids, believed: Sequence[bool], starts: Sequence[int], medians: Sequence[Decimal | None]) -> Line:
    own = tuple(series.get(start) for start in starts)
    return Line(exchange, own, tuple(_bps(mid, middle) if counts else None for mid, counts, middle in zip(own, believed, medians, strict=True)))


def _bps(mid: Decimal | None, middle: Decimal | None) -> Decimal | None:
    if mid is None or middle is None:
        return None
    return EXACT.multiply(EXACT.subtract(EXACT.divide(mid, middle), Decimal(1)), BPS)


def _sum(values: Sequence[Decimal]) -> Decimal:
    with localcontext(EXACT):
        return sum(values, Decimal(0))


# --- Best exchange by hour --------------------------------------------------------------------------------------
class Share(NamedTuple):
    """In how many of the judged hours an exchange was best, and in percent. Equal prices count for each, so percents may pass 100."""

    exchange: str
    hours: int
    pct: Decimal


class Cell(NamedTuple):
    """One hour of the day, UTC: who was best most often, in `hours` of the `of` judged; more than one name are equally often."""

    hour: int
    leaders: tuple[str, ...]
    hours: int
    of: int


@dataclass(frozen=True)
class Hours:
    """Which exchange was best in each hour of a window. `judged` are the hours with two or more exchanges of known fee."""

    side: str
    judged: int
    shares: tuple[Share, ...]  # most hours first, then by name; who took part and never won has 0
    cells: tuple[Cell | None, ...]  # 24; None where no hour was judged


def best_by_hour(mids: Mapping[str, Mids], fees: Mapping[str, Decimal | None], side: str, first: int, last: int) -> Hours:
    """By mid after the taker fee (a ratio): cheapest to buy, or dearest to sell. `first` and `last` are hours' starts, both included.

    An exchange without a known fee is not judged.
    """
    known = {exchange: fee for exchange in mids if (fee := fees.get(exchange)) is not None}
    hours = [(start // HOUR_S % DAY_H, _winners(mids, known, side, start)) for start in range(first, last + 1, HOUR_S)]
    judged = [(hour, winners) for hour, winners in hours if winners]
    won = {exchange: sum(exchange in winners for _, winners in judged) for exchange in known}
    shares = [Share(exchange, count, EXACT.divide(count * HUNDRED, Decimal(len(judged)))) for exchange, count in won.items() if judged and mids[exchange]]
    cells = tuple(_cell(hour, [winners for at, winners in judged if at == hour]) for hour in range(DAY_H))
    return Hours(side, len(judged), tuple(sorted(shares, key=lambda share: (-share.hours, share.exchange))), cells)


def _winners(mids: Mapping[str, Mids], fees: Mapping[str, Decimal], side: str, start: int) -> tuple[str, ...]:
    """Who was best in one hour; nobody where fewer than two can be compared."""
    sign = Decimal(1) if side == "buy" else Decimal(-1)
    prices = _believed({exchange: mids[exchange][start] for exchange in fees if start in mids[exchange]})
    costs = {exchange: EXACT.multiply(price, EXACT.add(sign, fees[exchange])) for exchange, price in prices.items()}
    least = min(costs.values(), default=None)
    return tuple(sorted(exchange for exchange, cost in costs.items() if cost == least)) if len(costs) >= FEWEST else ()


def _cell(hour: int, wins: Sequence[tuple[str, ...]]) -> Cell | None:
    names = sorted({name for winners in wins for name in winners})
    counts = {name: sum(name in winners for winners in wins) for name in names}
    if not counts:
        return None
    most = max(counts.values())
    return Cell(hour, tuple(name for name in names if counts[name] == most), most, len(wins))
