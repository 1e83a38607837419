"""Volumes, their norms and sentiments as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis.activity import Activity
from markets.analysis.sentiment import Sentiment
from markets.analysis.volume import Volume
from markets.api.serialize import seconds
from markets.reads.volume import Line
from markets.reads.volume_hours import Hours, Past

WAYS = {1: "up", -1: "down", 0: "none"}


def line(row: Line, waited_s: float) -> dict[str, Any]:
    """One coin. `waited_s`: how long ago its figures were put together."""
    p = row.pressure
    return {
        "base": row.base, "name": row.name or None, **activity(row.activity, waited_s),
        "book_imbalance": plain(p.imbalance), "books": p.books, "funding_8h_pct": plain(p.funding_8h_pct), "perpetuals": p.funded,
        "open_interest_usd": plain(p.open_interest_usd), "open_interest_change_pct": plain(p.open_interest_change_pct), "taker_buy_share": None,
    }


def activity(a: Activity, waited_s: float) -> dict[str, Any]:
    """What some markets come to."""
    return {
        "volume_usd": plain(a.usd), "relative_volume": plain(a.relative), "norm_days": a.days, "concentration": plain(a.concentration),
        "change_24h_pct": plain(None if a.change is None else a.change * 100), "sentiment": sentiment(a.sentiment),
        "agreement": {"agree": a.agree, "of": a.told, "direction": WAYS[a.way] if a.told else None},
        "exchanges": [
            {"exchange": slug, "volume_usd": plain(usd), "share_pct": plain(a.shares[slug] * 100 if slug in a.shares else None)}
            for slug, usd in sorted(a.by_exchange.items(), key=lambda item: (-item[1], item[0]))
        ],
        "markets": a.markets, "left_out": len(a.left_out), "oldest_s": seconds(None if a.oldest_s is None else a.oldest_s + waited_s),
    }  # fmt: skip


def sentiment(s: Sentiment) -> dict[str, Any]:
    """The score, its parts, and which of them are left out."""
    return {
        "score": _points(s.score), "label": s.label or None, "price": _points(s.price), "volume": _points(s.volume), "breadth": _points(s.breadth),
        "left_out": list(s.left_out),
    }


def _points(value: float | None) -> str | None:
    """A score is no money: six decimals of it are more than it knows."""
    return None if value is None else plain(Decimal(f"{value:.6f}"))


def excluded(v: Volume) -> dict[str, Any]:
    """One market's volume that is shown and not counted."""
    return {"exchange": v.exchange, "symbol": v.symbol, "volume_usd": plain(v.usd), "reason": v.reason}


def past(found: Past) -> dict[str, Any]:
    """Volume through time."""
    return {
        "window": found.window, "step_h": found.step_h, "markets": found.markets, "traded": _hours(found.traded), "totals": _hours(found.totals),
    }


def _hours(hours: Hours) -> list[dict[str, Any]]:
    return [{"opened_at": at, "volumes": _texts(column)} for at, column in hours]


def _texts(column: Mapping[str, Decimal]) -> dict[str, str | None]:
    return {slug: plain(usd) for slug, usd in sorted(column.items())}
