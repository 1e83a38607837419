"""Whether a day's volumes are in the units they claim: money over coins is a price the coin traded at that day. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from exchanges.numbers import EXACT

OFF = Decimal("0.10")  # so far from the last price, or outside the day's range, may the mean lie before its units are doubted
ONE = Decimal(1)


class Day(Protocol):
    """The last 24 hours of a market, as its ticker tells them. None is unknown."""

    @property
    def last(self) -> Decimal | None:
        """What was paid last."""

    @property
    def low_24h(self) -> Decimal | None:
        """The lowest price of the day."""

    @property
    def high_24h(self) -> Decimal | None:
        """The highest price of the day."""

    @property
    def base_volume_24h(self) -> Decimal | None:
        """Coins that changed hands."""

    @property
    def quote_volume_24h(self) -> Decimal | None:
        """Money that changed hands."""


def agree(day: Day) -> bool:
    """The sanity test: money over coins is the day's mean price, so it lies near the last one or between low and high.

    A coin that moved by more than a tenth in a day has a mean that far from its last price. Passes what cannot be tested.
    """
    money, coins, last = day.quote_volume_24h, day.base_volume_24h, day.last
    if not money or not coins or not last:
        return not (money and coins == 0)
    mean = EXACT.divide(money, coins)
    low, high = day.low_24h or last, day.high_24h or last
    return min(low, last) * (ONE - OFF) <= mean <= max(high, last) * (ONE + OFF)
