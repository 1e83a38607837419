"""Worked examples of events, history and copy trading for the schema: invented rows through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis.copying import Change
from markets.api import serialize_events
from markets.reads.history import EXCHANGE, OWN, Bar
from markets.reads.listings import Event, Notice
from markets.reads.traders import Standing, Summary, Trader

Page = Callable[[list[dict[str, Any]]], Any]
HOUR = timedelta(hours=1)


def answers(page: Page, answer: Callable[[dict[str, Any]], Any], now: datetime) -> dict[str, Any]:
    """{address: what it answers}. `page` puts rows into the envelope of a list, `answer` into that of one answer."""
    first = next(iter(ADAPTERS))
    event = Event(first, "pair_added", now - HOUR, "exchange", now - HOUR, "TIA", "TIAUSDC", "spot", "TIA", "USDC", "trading", "")
    notice = Notice(first, "20261122-1", "TIA/USDC opens for trading", "listing", "", now - 3 * HOUR, now - HOUR, None, now - 2 * HOUR)
    return {
        "listings/": page([serialize_events.event(event)]), "listings/announcements/": page([serialize_events.notice(notice)]),
        "history/{pair}/": answer(_history(first, now)), "copy-trading/": _trading(page, now),
    }


def _history(first: str, now: datetime) -> dict[str, Any]:
    opened = now.replace(minute=0, second=0)
    prices = {"open": Decimal("64180.5"), "high": Decimal("64260.1"), "low": Decimal("64150.2"), "close": Decimal("64211.3")}
    bars = [
        Bar(first, "BTCUSDT", EXCHANGE, opened - HOUR, **prices, base_volume=Decimal("812.4"), quote_volume=Decimal(52_160_000)),
        Bar(first, "BTCUSDT", OWN, opened, **prices, quote_volume_24h=Decimal(1_170_000_000), samples=18),
    ]
    return {
        "base": "BTC", "quote": "USDT", "kind": "spot", "period_s": 3600, "source": None, "count": len(bars), "next": None, "previous": None,
        "missing": [], "notes": [], "results": [serialize_events.bar(bar) for bar in bars],
    }


def _trading(page: Page, now: datetime) -> dict[str, Any]:
    first = next(iter(ADAPTERS))
    trader = Trader(
        first, "b1946ac92492d234", "quiet river", True, 212, 500, 1840, Decimal("38.2"), Decimal("12376.16"), Decimal("8120.4"), None, Decimal("71.4"),
        Decimal("9.8"), 310, 221, 89, 140, ("BTCUSDT", "ETHUSDT"), now - HOUR, now - timedelta(minutes=9),
    )
    standing = Standing(first, "ok", ok_at=trader.seen_at, age_s=540.0, freshness="fresh")
    return {
        **page([serialize_events.trader(trader, Change(Decimal("3.1"), Decimal("640.5")), "fresh", now)]), "state": "ok", "reason": None, "what_to_do": None,
        "sources": [serialize_events.standing(standing)],
        "summary": serialize_events.summary(Summary("BTCUSDT", 1, 212, Decimal("38.2"), Decimal("71.4"))),
    }
