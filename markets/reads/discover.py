"""What is new, what is listed here but not there, and what trends: the views of discovery, for page, CSV, API and feeds alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from markets import read
from markets.analysis.discovery import Flood
from markets.board import PairKey
from markets.reads import elsewhere, listed, news, trends
from markets.reads.wanted import Found, Wanted

VIEWS: Mapping[str, Callable[[Wanted, datetime], Found]] = {"new": news.new, "only": elsewhere.only, "trending": trends.trend}
ORDERS: Mapping[str, tuple[str, ...]] = {"new": (), "only": tuple(elsewhere.KEYS), "trending": tuple(trends.KEYS)}


def tag_of(found: Found) -> str:
    """What of a view changes without a new change number of the board: catalogues, and ages that become states."""
    states = [row.price.state for row in found.rows if not isinstance(row, Flood) and row.price]
    return repr((listed.revision(), found.total, found.hour_ago, states))


def sparks(found: Found, now: datetime) -> Mapping[PairKey, tuple[Decimal, ...]]:
    """The last day of each row's pair."""
    return read.sparks(tuple(row.price.key for row in found.rows if not isinstance(row, Flood) and row.price), now)
