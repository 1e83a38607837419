"""Traders whom others copy: their public statistics as last told, and at the end of each day."""

from __future__ import annotations

from typing import Any

from exchanges.client import Outcome
from exchanges.rows import LeadTrader as TraderRow
from markets.bulk import upsert
from markets.models import LeadTrader, LeadTraderDay
from markets.polls import Poll, Write, touch

STATISTICS = ("followers", "roi_pct", "profit", "follower_profit", "managed", "win_rate_pct", "max_drawdown_pct", "trades")
_MORE = ("open_to_copy", "max_followers", "followers_ever", "wins", "losses", "days", "last_trade_at")
_COLUMNS = ("exchange_id", "trader_id", "name", "symbols", "seen_at", *STATISTICS, *_MORE)
_DAY = ("trader_id", "day", *STATISTICS)


def copy_traders(poll: Poll) -> Write:
    """Store the statistics of everybody in the list; who has left it stays as last seen."""
    traders = {row.trader_id[:60]: row for row in poll.outcome.rows}

    def write() -> Outcome[Any]:
        upsert(LeadTrader, _COLUMNS, [_trader(poll, key, row) for key, row in traders.items()], key=("exchange_id", "trader_id"))
        ids = dict(LeadTrader.objects.filter(exchange=poll.exchange, seen_at=poll.now).values_list("trader_id", "pk"))
        days = [(ids[key], poll.now.date(), *_statistics(row)) for key, row in traders.items()]
        upsert(LeadTraderDay, _DAY, days, key=_DAY[:2])
        touch("traders")
        return poll.outcome

    return write


def _trader(poll: Poll, key: str, row: TraderRow) -> tuple[object, ...]:
    more = tuple(getattr(row, name) for name in _MORE)
    return poll.exchange.pk, key, row.name[:120], list(row.symbols), poll.now, *_statistics(row), *more


def _statistics(row: TraderRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in STATISTICS)
