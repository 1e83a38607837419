"""Volume sentiment: which way price and volume point, as a number from 0 to 100. A measure of activity, not advice. Pure.

Made of three parts, each of which is left out, and named, where it is not known. Floats, since it is a score.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from decimal import Decimal

from msgspec import Struct

PRICE_FLOOR, VOLUME_FLOOR = 0.01, 0.15  # of the spreads: quieter markets than these do not exist, only short histories
MIDDLE, PRICE, VOLUME, BREADTH = 50.0, 20.0, 20.0, 10.0
PARTS = ("price", "volume", "breadth")


class Sentiment(Struct, frozen=True, gc=False):
    """`score` None: no part is known. Parts are points above or below 50; None: left out."""

    score: float | None
    price: float | None
    volume: float | None
    breadth: float | None

    @property
    def label(self) -> str:
        """The score in words; "" when there is none."""
        return "" if self.score is None else label(self.score)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The parts that are not in it."""
        return tuple(name for name in PARTS if getattr(self, name) is None)


def sentiment(
    change: Decimal | None, price_spread: float | None, relative: Decimal | None, volume_spread: float | None, breadth: Decimal | None,
) -> Sentiment:
    """`change` of the index price over 24 hours, a ratio; `relative` is RV; the spreads are s_p and s_v; `breadth` is b."""
    price = _price(change, price_spread)
    volume = _volume(change, relative, volume_spread)
    wide = None if breadth is None else BREADTH * float(breadth)
    known = [part for part in (price, volume, wide) if part is not None]
    return Sentiment(MIDDLE + sum(known) if known else None, price, volume, wide)


def _price(change: Decimal | None, spread: float | None) -> float | None:
    if change is None or change <= -1 or not spread:
        return None
    return PRICE * math.tanh(math.log1p(float(change)) / spread / 2)


def _volume(change: Decimal | None, relative: Decimal | None, spread: float | None) -> float | None:
    """Much volume strengthens the direction of the price, little weakens it; without a direction it says nothing."""
    if change is None or not relative or relative < 0 or not spread:
        return None
    return VOLUME * math.tanh(math.log(float(relative)) / spread / 2) * sign(change)


def sign(change: Decimal) -> int:
    """1, 0 or -1."""
    return (change > 0) - (change < 0)


def label(score: float) -> str:
    """Strongly bearish under 20, bearish under 40, neutral to 60, bullish above, strongly bullish above 80."""
    if score < 40:
        return "strongly bearish" if score < 20 else "bearish"
    if score <= 60:
        return "neutral"
    return "bullish" if score <= 80 else "strongly bullish"


# --- Over exchanges ---------------------------------------------------------------------------------------------
def breadth(changes: Collection[Decimal]) -> Decimal | None:
    """(exchanges up - exchanges down) / exchanges whose change is known."""
    return Decimal(sum(map(sign, changes))) / len(changes) if changes else None


def agreement(changes: Sequence[Decimal]) -> tuple[int, int, int]:
    """(how many exchanges point the most common way, that way: 1, 0 or -1, of how many). A tie of up and down points nowhere."""
    ways = list(map(sign, changes))
    counts = {way: ways.count(way) for way in (1, -1, 0)}
    most = max(counts.values())
    leading = [way for way in (1, -1, 0) if counts[way] == most]
    return most, leading[0] if len(leading) == 1 else 0, len(ways)


def imbalance(bids: Decimal, asks: Decimal) -> Decimal | None:
    """(bids - asks) / (bids + asks) of the money in books, -1 to 1; None where there is none."""
    return (bids - asks) / (bids + asks) if bids + asks else None
