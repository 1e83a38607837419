"""Walking an order book: what an amount costs or brings, how far it moves the price, and how much of it a book can fill. Pure.

Levels are (price, size in coins), best first: asks when buying, bids when selling. All arithmetic is exact within
`exchanges.numbers.EXACT`; nothing is rounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import accumulate

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis.depth import Level

ZERO = Decimal(0)
ONE = Decimal(1)


class Fill(Struct, frozen=True, gc=False):
    """What a walk came to: `base` coins for `money` in quote units, over `levels` levels, the last of them at `worst`.

    `share` is how much of the wish was filled, a ratio up to 1; `complete` says that all of it was.
    """

    base: Decimal
    money: Decimal
    worst: Decimal | None
    levels: int
    share: Decimal

    @property
    def complete(self) -> bool:
        """Whether the book held all that was wished for."""
        return self.share == ONE

    @property
    def vwap(self) -> Decimal | None:
        """The average price of what was filled; None when nothing was."""
        return EXACT.divide(self.money, self.base) if self.base else None


def by_base(levels: Sequence[Level], size: Decimal) -> Fill:
    """Fill `size` coins from the best level on."""
    return _walk(levels, size, in_money=False)


def by_money(levels: Sequence[Level], money: Decimal) -> Fill:
    """Spend (or receive) `money` quote units from the best level on."""
    return _walk(levels, money, in_money=True)


def _walk(levels: Sequence[Level], wish: Decimal, *, in_money: bool) -> Fill:
    """Whole levels while they do not reach the wish, then what is missing of the next one."""
    if wish <= ZERO:
        return Fill(ZERO, ZERO, None, 0, ONE)
    with localcontext(EXACT):
        base = money = ZERO
        price, count = None, 0
        for price, size in levels:
            count += 1
            more_base, more_money = base + size, money + price * size
            if (more_money if in_money else more_base) >= wish:
                took = (wish - money) / price if in_money else wish - base
                return Fill(base + took, wish if in_money else money + price * took, price, count, ONE)
            base, money = more_base, more_money
        return Fill(base, money, price, count, (money if in_money else base) / wish)


class Curve:
    """One side of a book with its running sums, for many amounts: each fill as the walk above would have it, without the walk."""

    def __init__(self, levels: Sequence[Level]) -> None:
        self.levels = levels
        self.base = list(accumulate((size for _, size in levels), EXACT.add, initial=ZERO))
        self.money = list(accumulate((EXACT.multiply(price, size) for price, size in levels), EXACT.add, initial=ZERO))

    def by_base(self, size: Decimal) -> Fill:
        """Fill `size` coins from the best level on."""
        return self._fill(self.base, size, in_money=False)

    def by_money(self, money: Decimal) -> Fill:
        """Spend (or receive) `money` quote units from the best level on."""
        return self._fill(self.money, money, in_money=True)

    def _fill(self, sums: Sequence[Decimal], wish: Decimal, *, in_money: bool) -> Fill:
        if wish <= ZERO:
            return Fill(ZERO, ZERO, None, 0, ONE)
        whole = bisect_left(sums, wish) - 1  # levels that do not reach the wish
        base, money = self.base[whole], self.money[whole]
        if whole == len(self.levels):
            return Fill(base, money, self.levels[-1][0] if whole else None, whole, EXACT.divide(sums[whole], wish))
        price, missing = self.levels[whole][0], EXACT.subtract(wish, sums[whole])
        took = EXACT.divide(missing, price) if in_money else missing
        return Fill(EXACT.add(base, took), wish if in_money else EXACT.add(money, EXACT.multiply(price, took)), price, whole + 1, ONE)


def taken(levels: Sequence[Level], wish: Decimal, *, in_money: bool) -> list[Level]:
    """What a walk takes of each level it touches: (price, coins)."""
    found: list[Level] = []
    left = wish
    for price, size in levels:
        if left <= ZERO:
            break
        took = min(size, EXACT.divide(left, price) if in_money else left)
        found.append((price, took))
        left = EXACT.subtract(left, EXACT.multiply(price, took) if in_money else took)
    return found


def slippage(vwap: Decimal | None, mid: Decimal | None) -> Decimal | None:
    """How far an average price lies from the middle, a ratio, never negative; None when either is unknown."""
    return abs(EXACT.divide(vwap, mid) - ONE) if vwap is not None and mid else None
