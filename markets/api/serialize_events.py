"""Listing events, notices, candles and traders as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from exchanges.numbers import plain
from markets.analysis import copying, derivatives
from markets.analysis.copying import Change
from markets.api.serialize import seconds
from markets.api.serialize_contracts import numbers
from markets.reads.history import Bar
from markets.reads.listings import Event, Notice
from markets.reads.traders import Standing, Summary, Trader

_MONEY = ("roi_pct", "profit", "follower_profit", "managed", "win_rate_pct", "max_drawdown_pct")


def event(row: Event) -> dict[str, Any]:
    """One change of what an exchange trades."""
    return {**asdict(row), "detail": row.detail or None}


def notice(row: Notice) -> dict[str, Any]:
    """One public notice."""
    return {**asdict(row), "url": row.url or None}


def bar(row: Bar) -> dict[str, Any]:
    """One candle, and whose it is."""
    names = ("open", "high", "low", "close", "base_volume", "quote_volume", "quote_volume_24h")
    return {
        "exchange": row.exchange, "symbol": row.symbol, "source": row.source, "opened_at": row.opened_at, **numbers(row, names), "samples": row.samples,
    }


def trader(row: Trader, change: Change, state: str, now: datetime) -> dict[str, Any]:
    """One trader as last seen, and what became of the figures over the period asked for."""
    return {
        **asdict(row), **numbers(row, _MONEY), "name": row.name or None, "symbols": list(row.symbols),
        "roi_change_points": plain(change.points), "profit_change": plain(change.profit), "marks": list(copying.marks(row.days, row.trades)),
        "age_s": seconds(derivatives.age_s(row.seen_at, now)), "state": state,
    }


def standing(row: Standing) -> dict[str, Any]:
    """How one exchange's copy trading stands."""
    return {
        "exchange": row.exchange, "state": row.state, "reason": row.reason or None, "what_to_do": row.what_to_do or None, "ok_at": row.ok_at,
        "age_s": seconds(row.age_s), "freshness": row.freshness or None,
    }


def summary(row: Summary) -> dict[str, Any]:
    """What the traders of one symbol come to."""
    return {**asdict(row), "median_roi_pct": plain(row.median_roi_pct), "median_win_rate_pct": plain(row.median_win_rate_pct)}
