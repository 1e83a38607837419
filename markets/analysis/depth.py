"""What an order book holds: the money that lies within so much of its middle, on each side."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

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
    return Depth(mid, (asks[0][0] - bids[0][0]) / mid * 10_000, tuple(_band(bids, asks, mid, ratio) for ratio in BANDS))


def oddness(bids: Sequence[Level], asks: Sequence[Level]) -> str:
    """Why a book has no middle, in words; "" when it has one."""
    if not bids or not asks:
        return "has no bids and no asks" if not bids and not asks else f"has no {'asks' if bids else 'bids'}"
    return "is crossed" if bids[0][0] > asks[0][0] else ""


def _band(bids: Sequence[Level], asks: Sequence[Level], mid: Decimal, ratio: Decimal) -> Band:
    lowest, highest = mid * (ONE - ratio), mid * (ONE + ratio)
    return Band(
        ratio,
        sum((price * size for price, size in bids if price >= lowest), Decimal(0)),
        sum((price * size for price, size in asks if price <= highest), Decimal(0)),
        bids[-1][0] >= lowest, asks[-1][0] <= highest,
    )  # fmt: skip
