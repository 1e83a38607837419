"""What an order book holds: the money that lies within so much of its middle, on each side."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

from msgspec import Struct

Level = tuple[Decimal, Decimal]  # price, size in coins

BANDS = (Decimal("0.001"), Decimal("0.005"), Decimal("0.01"), Decimal("0.02"))  # ratios of the mid
ONE = Decimal(1)


class Band(Struct, frozen=True, gc=False):
    """Money (quote units) within `ratio` of the mid: what bids would pay, what asks would cost.

    `bid_truncated`, `ask_truncated`: the last known level lies inside, so there may be more; the figure is a lower bound.
    """

    ratio: Decimal
    bid: Decimal
    ask: Decimal
    bid_truncated: bool
    ask_truncated: bool


class Depth(Struct, frozen=True, gc=False):
    """A book's middle, its spread in basis points of it, and its bands, the narrowest first."""

    mid: Decimal
    spread_bps: Decimal
    bands: tuple[Band, ...]

    @property
    def truncated(self) -> bool:
        """Whether any figure is a lower bound."""
        return any(band.bid_truncated or band.ask_truncated for band in self.bands)


def measure(bids: Sequence[Level], asks: Sequence[Level]) -> Depth | None:
    """The depth of a book, best levels first. None for one that is crossed or lacks a side: it has no middle."""
    if oddness(bids, asks):
        return None
    mid = (bids[0][0] + asks[0][0]) / 2
    below = _within(bids, [mid * (ONE - ratio) for ratio in BANDS], sign=-1)
    above = _within(asks, [mid * (ONE + ratio) for ratio in BANDS], sign=1)
    bands = tuple(Band(ratio, bid, ask, less, more) for ratio, (bid, less), (ask, more) in zip(BANDS, below, above, strict=True))
    return Depth(mid, (asks[0][0] - bids[0][0]) / mid * 10_000, bands)


def oddness(bids: Sequence[Level], asks: Sequence[Level]) -> str:
    """Why a book has no middle, in words; "" when it has one."""
    if not bids or not asks:
        return "has no bids and no asks" if not bids and not asks else f"has no {'asks' if bids else 'bids'}"
    return "is crossed" if bids[0][0] > asks[0][0] else ""


def _within(levels: Sequence[Level], limits: Sequence[Decimal], sign: int) -> list[tuple[Decimal, bool]]:
    """(money up to each limit, whether the side ends before it). Levels go away from the mid: `sign` 1 upwards, -1 downwards."""
    away = [sign * price for price, _ in levels]
    sums = list(accumulate((price * size for price, size in levels), initial=Decimal(0)))
    counts = [bisect_right(away, sign * limit) for limit in limits]
    return [(sums[count], count == len(levels)) for count in counts]
