"""History: candles of the mid price, built as polls are stored, at three widths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from exchanges.numbers import EPOCH, stored
from markets.board import Board, PairKey, Quote
from markets.bulk import upsert
from markets.models import Snapshot

MINUTE, FIVE_MINUTES, HOUR = 60, 300, 3600

_COLUMNS = ("market_id", "period_s", "opened_at", "open", "high", "low", "close", "quote_volume_24h", "count")
_ON_CONFLICT = {
    "high": "CASE WHEN {old} >= {new} THEN {old} ELSE {new} END",
    "low": "CASE WHEN {old} <= {new} THEN {old} ELSE {new} END",
    "close": "{new}",
    "quote_volume_24h": "{new}",
    "count": "{old} + 1",
}


def record(quotes: Iterable[tuple[int, Quote]], busy: set[PairKey], now: datetime) -> None:
    """Add this poll's (market id, quote) to the running hour, and to the running minute and five minutes for the busy pairs."""
    rows: list[Sequence[object]] = []
    for market_id, quote in quotes:
        mid = stored(quote.mid)
        if mid is None or quote.bid > quote.ask:  # type: ignore[operator]  # a mid has both sides
            continue
        periods = (MINUTE, FIVE_MINUTES, HOUR) if (quote.base, quote.quote, quote.kind) in busy else (HOUR,)
        rows += [(market_id, period, opened(now, period), mid, mid, mid, mid, quote.quote_volume_24h, 1) for period in periods]
    upsert(Snapshot, _COLUMNS, rows, key=("market_id", "period_s", "opened_at"), update=_ON_CONFLICT)


def opened(now: datetime, period_s: int) -> datetime:
    """When the candle running at `now` began."""
    return EPOCH + timedelta(seconds=int((now - EPOCH).total_seconds()) // period_s * period_s)


def busiest(board: Board, count: int) -> set[PairKey]:
    """The `count` pairs with the largest 24-hour volume in USD over all exchanges."""
    def volume(key: PairKey) -> Decimal:
        rate = board.usd.get(key.quote, Decimal(0))
        return rate * sum((q.quote_volume_24h or Decimal(0) for q in board.pairs[key].values()), Decimal(0))

    return set(sorted(board.pairs, key=volume, reverse=True)[:count])
