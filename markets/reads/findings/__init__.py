"""What is read for a question: one module for each kind, each asking the same functions as the page of that kind.

`GATHER` is {intent: function of (frame, route, asked) -> findings}; `Asked` says when, for whom, and how long to wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from markets.ask.answers import Finding
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads.findings import (
    arbitrage,
    best_price,
    compare,
    copying,
    derivatives,
    elsewhere,
    funding,
    helping,
    liquidity,
    listings,
    price_history,
    status,
    volume,
)
from markets.reads.findings.asked import Asked

__all__ = ["GATHER", "Asked"]

GATHER: Mapping[str, Callable[[Frame, Route, Asked], tuple[Finding, ...]]] = {
    "arbitrage": arbitrage.gather,
    "best_price": best_price.gather,
    "compare": compare.gather,
    "copy_trading": copying.gather,
    "derivatives": derivatives.gather,
    "funding": funding.gather,
    "help": helping.gather,
    "liquidity": liquidity.gather,
    "new_tokens": listings.gather,
    "price_history": price_history.gather,
    "status": status.gather,
    "trending_not_on": elsewhere.gather,
    "unknown": helping.nothing,
    "volume_sentiment": volume.gather,
}
