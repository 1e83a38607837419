"""Rows of discovery as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from typing import Any

from exchanges.numbers import plain
from markets.analysis.discovery import Flood, Lead
from markets.analysis.trending import Overall
from markets.api.serialize import seconds
from markets.board import Coin
from markets.reads.elsewhere import OnlyRow
from markets.reads.listed import Catalogue
from markets.reads.news import NewRow
from markets.reads.prices import Price
from markets.reads.trends import TrendRow


def row(found: NewRow | Flood | OnlyRow | TrendRow) -> dict[str, Any]:
    """One line of any view; what a view has not got is not there."""
    if isinstance(found, Flood):
        return {"event": "flood", "exchange": found.exchange, "at": found.at, "count": found.count, "assets": list(found.assets)}
    if isinstance(found, NewRow):
        return _new(found)
    return _only(found) if isinstance(found, OnlyRow) else _trend(found)


def _coin(coin: Coin, asset: str) -> dict[str, Any]:
    return {"asset": asset, "ticker": coin.ticker, "name": coin.name or None, "asset_class": coin.kind}


def price(p: Price | None) -> dict[str, Any] | None:
    """One market's price with its age."""
    if p is None:
        return None
    return {
        "exchange": p.exchange, "base": p.key.base, "quote": p.key.quote, "price": plain(p.price), "age_s": seconds(p.age_s), "state": p.state,
        "change_24h_pct": plain(p.change_24h_pct), "spread_bps": plain(p.spread_bps), "volume_usd": plain(p.volume_usd),
    }


def _new(r: NewRow) -> dict[str, Any]:
    n, s = r.news, r.safety
    return {
        **_coin(r.coin, n.asset), "event": n.event, "exchange": n.exchange, "at": n.at, "time_source": n.time_source, "seen_at": n.seen_at,
        "symbol": n.symbol, "quote": n.quote, "status": n.status, "detail": n.detail or None,
        "price": price(r.price), "since_listing_pct": plain(r.change_pct), "on": list(r.on),
        "depth_usd": plain(s.depth_usd), "depth_truncated": s.at_least, "identity": s.identity, "verified": r.verified, "conflicted": r.conflicted,
        "same_ticker": list(r.twins),
    }


def _only(r: OnlyRow) -> dict[str, Any]:
    return {
        **_coin(r.coin, r.asset), "on": list(r.on), "missing_from": list(r.missing), "same_ticker_on": list(r.others), "price": price(r.price),
        "since": r.since, "time_source": r.time_source or None, "likely_same_as": [{"ticker": ticker, "on": list(where)} for ticker, where in r.same],
        "score": None if r.trend is None else r.trend.score, "trends_on": list(r.trend.on) if r.trend else [],
    }


def _trend(r: TrendRow) -> dict[str, Any]:
    o = r.trend
    return {
        **_coin(r.coin, o.asset), "rank": o.rank, "move": r.move, **_score(o), "price": price(r.price), "on": list(r.on), "new_on": r.fresh,
        "bids_share": plain(r.pressure),
    }


def _score(o: Overall) -> dict[str, Any]:
    parts = [
        {"exchange": t.exchange, "score": t.score, "relative_volume": t.relative, "change_24h_pct": plain(t.change_24h_pct), "volume_usd": plain(t.volume_usd)}
        for t in o.trends
    ]
    return {
        "score": o.score, "parts": list(o.parts), "relative_volume": o.relative, "volume_usd": plain(o.volume_usd), "trends_on": list(o.on),
        "exchanges": parts,
    }


def catalogue(c: Catalogue) -> dict[str, Any]:
    """How old one exchange's list of markets is: what an absence stands on."""
    return {"exchange": c.exchange, "accepted_at": c.accepted_at, "age_s": seconds(c.age_s)}


def lead(x: Lead) -> dict[str, Any]:
    """Who listed coins before whom."""
    return {"leader": x.leader, "follower": x.follower, "median_s": x.median.total_seconds(), "coins": x.coins, "both": x.both}
