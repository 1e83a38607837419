"""Gaps as JSON-ready dicts. Ratios become percent; figures are rounded far below what means anything, money is exact."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis.arbitrage import Trade, break_even
from markets.analysis.depth import Level
from markets.analysis.derivatives import FIGURE
from markets.analysis.episodes import Episode
from markets.analysis.scene import Carry, Leg
from markets.api.serialize import seconds
from markets.reads.arbitrage import Detail, Line

HUNDRED = Decimal(100)
BPS = Decimal(10_000)


def figure(value: Decimal | None) -> str | None:
    """A computed number to fifteen digits."""
    return None if value is None else plain(FIGURE.plus(value))


def _times(ratio: Decimal | None, factor: Decimal = HUNDRED) -> str | None:
    return None if ratio is None else figure(ratio * factor)


def leg(row: Leg) -> dict[str, Any]:
    """One order."""
    return {
        "exchange": row.exchange, "symbol": row.symbol, "base": row.base, "quote": row.quote, "kind": row.kind, "side": row.side, "price": plain(row.price),
        "size": plain(row.size), "fee_pct": _times(row.fee), "fee_source": row.fee_source, "source": row.source, "observed_at": row.observed_at,
        "age_s": seconds(row.age_s), "state": row.state, "reason": row.reason or None, "identity": row.identity,
    }


def trade(found: Trade) -> dict[str, Any]:
    """What a size comes to. `size` in coins, the rest in the route's money."""
    return {
        "size": figure(found.size), "cost": figure(found.cost), "proceeds": figure(found.proceeds), "profit": figure(found.profit),
        "net_pct": _times(found.net), "ended_by": found.end,
    }


def line(row: Line, now: datetime) -> dict[str, Any]:
    """One route. Where its figures would mislead they are null, and `reasons` say why."""
    route, judged, hidden = row.route, row.judged, row.judged.hidden
    way = judged.way
    return {
        "kind": route.kind, "class": judged.kind, "base": route.base, "quote": route.quote, "legs": [leg(each) for each in route.legs],
        "gross_bps": None if hidden else _times(route.gross, BPS), "fees_bps": None if hidden else _times(route.fees, BPS),
        "break_even_pct": _times(break_even(route.terms.buy_fee, route.terms.sell_fee)) if route.kind != "triangle" else None,
        "net_pct": None if hidden else _times(route.net),
        "at_amount": None if hidden else trade(judged.trade), "at_most": None if hidden else trade(judged.full),
        "profit_usd": None if hidden else figure(judged.profit_usd), "most_usd": None if hidden else figure(route.usd_of(judged.full.cost)),
        "transfer": None if way is None else {"state": way.state, "network": way.network or None, "fee": plain(way.fee), "detail": way.detail},
        "age_s": seconds(route.age_s), "skew_s": route.skew_s,
        "noise_pct": None if judged.noise is None else round(judged.noise * 100, 6), "risk_pct": round(judged.risk * 100, 6), "risk_measured": judged.measured,
        "open_s": seconds(row.open_s(now)), "snapshots": row.episode.snapshots if row.episode else 0, "seen_24h": row.seen_24h,
        "carry": _carry(route.carry) if route.carry else None, "reasons": [{"code": c.code, "class": c.leads_to, "detail": c.detail} for c in judged.reasons],
    }


def _carry(row: Carry) -> dict[str, Any]:
    return {
        "funding_hourly": figure(row.hourly), "interval_hours": plain(row.interval_hours), "apr_pct": plain(row.apr_pct),
        "next_funding_at": row.next_funding_at, "break_even_h": figure(row.break_even_h), "open_interest_value": plain(row.open_interest_value),
    }


def episode(row: Episode) -> dict[str, Any]:
    """One life of a gap."""
    return {
        "born_at": row.born_at, "died_at": row.died_at, "snapshots": row.snapshots, "best_net_pct": _times(row.best_net), "peak_at": row.peak_at,
        "peak_profit": figure(row.peak_profit), "half_life_s": seconds(row.half_life_s), "best_class": row.best_class,
        "receipt": row.receipt or None,
    }


def detail(found: Detail, now: datetime) -> dict[str, Any]:
    """One route in full: conditions, both sides, the curve, its last day, its past."""
    judged = found.line.judged
    return {
        **line(found.line, now), "conditions": [{"code": c.code, "met": c.met, "class": c.leads_to, "detail": c.detail} for c in judged.conditions],
        "asks": levels(found.asks), "bids": levels(found.bids), "curve": [[figure(spent), figure(profit)] for spent, profit in found.curve],
        "past": [{"at": at, "net_pct": _times(net)} for at, net in found.past], "episodes": [episode(row) for row in found.episodes],
    }


def levels(side: tuple[Level, ...]) -> list[list[str | None]]:
    """[price, size] in coins, best first."""
    return [[plain(price), plain(size)] for price, size in side]
