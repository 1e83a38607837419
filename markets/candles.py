"""What exchanges say was traded in each period, per coin: the history from before Pebble's first run."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.client import Outcome
from exchanges.rows import Candle as CandleRow
from markets.bulk import upsert
from markets.method import setting
from markets.models import Candle
from markets.polls import Listed, Poll, Write, listed, steady, touch
from markets.quotes import divided, times
from markets.retention import keeps

KINDS = ("spot", "perp", "future")
COLUMNS = ("market_id", "period_s", "opened_at", "open", "high", "low", "close", "base_volume", "quote_volume")
AHEAD = timedelta(minutes=1)  # clocks differ

Values = tuple[object, ...]


def candles(poll: Poll) -> Write:
    """Store candles; the running one is written again until it is closed. What cannot be a candle is dropped and counted."""
    kept = keeps(setting())
    judged = steady(poll.exchange, lambda: _rows(poll, kept))

    def write() -> Outcome[Any]:
        rows, dropped = judged()
        upsert(Candle, COLUMNS, rows, key=COLUMNS[:3])
        touch("candles")
        return poll.said(f"{dropped} candles contradict themselves" if dropped else "", dropped=dropped)

    return write


def _rows(poll: Poll, kept: dict[int, timedelta]) -> tuple[list[Values], int]:
    markets, rows, dropped = listed(poll, KINDS), list[Values](), 0
    for row in poll.outcome.rows:
        if row.symbol not in markets:
            continue
        if not sane(row, poll.now):
            dropped += 1
        elif row.period_s in kept and row.opened_at > poll.now - kept[row.period_s]:  # older ones would be dropped by the next housekeeping
            rows.append(_row(row, markets[row.symbol]))
    return rows, dropped


def sane(row: CandleRow, now: datetime) -> bool:
    """Whether it has all four prices, in an order that can be, and has begun."""
    prices = (row.open, row.high, row.low, row.close)
    if row.opened_at > now + AHEAD or any(price is None for price in prices):
        return False
    return row.low <= min(row.open, row.close) and max(row.open, row.close) <= row.high  # type: ignore[operator, type-var]  # all four are there


def _row(row: CandleRow, market: Listed) -> Values:
    m: Decimal = market.multiplier
    prices = (row.open, row.high, row.low, row.close)
    if m == 1:
        return market.pk, row.period_s, row.opened_at, *prices, row.base_volume, row.quote_volume
    return market.pk, row.period_s, row.opened_at, *(divided(m, price) for price in prices), times(m, row.base_volume), row.quote_volume
