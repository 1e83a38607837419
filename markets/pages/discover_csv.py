"""The rows of the discovery page as plain numbers. Nothing stands for what is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from markets.analysis.discovery import Flood
from markets.analysis.display import exact
from markets.pages.overview_shown import cell
from markets.reads.elsewhere import OnlyRow
from markets.reads.news import NewRow
from markets.reads.prices import Price
from markets.reads.trends import TrendRow
from markets.reads.wanted import Found

HEADS = {  # view -> its columns
    "new": (
        "asset", "name", "exchange", "event", "at", "time_source", "seen_at", "symbol", "quote", "status", "price", "since_listing_pct", "volume_usd",
        "also_on", "depth_usd", "identity", "verified", "detail",
    ),
    "only": (
        "asset", "name", "on", "missing", "price", "price_exchange", "quote", "age_s", "change_24h_pct", "volume_usd", "spread_bps", "since",
        "time_source", "score", "likely_same_as",
    ),
    "trending": (
        "rank", "move", "asset", "name", "score", "parts", "relative_volume", "change_24h_pct", "price", "price_exchange", "quote", "age_s",
        "volume_usd", "new_on", "bids_share", "trends_on", "on",
    ),
}


def csv_rows(view: str, found: Found) -> Iterable[tuple[str, ...]]:
    """The same rows as plain numbers, a heading first. Nothing stands for what is unknown."""
    yield HEADS[view]
    for row in found.rows:
        yield {"new": _new_csv, "only": _only_csv, "trending": _trend_csv}[view](row)


def _figure(value: Decimal | float | None) -> str:
    return "" if value is None else exact(round(Decimal(repr(value)) if isinstance(value, float) else value, 6))


def _new_csv(row: NewRow | Flood) -> tuple[str, ...]:
    if isinstance(row, Flood):
        return ("", "", row.exchange, "flood", row.at.isoformat(), "first_seen", row.at.isoformat(), *[""] * 10, f"{row.count} new symbols at once")
    n, p = row.news, row.price
    return (
        cell(row.coin.ticker), cell(row.coin.name), n.exchange, n.event, n.at.isoformat(), n.time_source, n.seen_at.isoformat(), cell(n.symbol), cell(n.quote),
        n.status, exact(p.price if p else None), _figure(row.change_pct), _figure(p.volume_usd if p else None), " ".join(row.on), _figure(row.safety.depth_usd),
        row.safety.identity, "yes" if row.verified else "no", cell(n.detail),
    )


def _priced(p: Price | None) -> tuple[str, str, str, str]:
    return ("", "", "", "") if p is None else (exact(p.price), p.exchange, cell(p.key.quote), "" if p.age_s is None else f"{p.age_s:.1f}")


def _only_csv(row: OnlyRow) -> tuple[str, ...]:
    p = row.price
    return (
        cell(row.coin.ticker), cell(row.coin.name), " ".join(row.on), " ".join(row.missing), *_priced(p), _figure(p.change_24h_pct if p else None),
        _figure(p.volume_usd if p else None), _figure(p.spread_bps if p else None), row.since.isoformat() if row.since else "", row.time_source,
        _figure(row.trend.score if row.trend else None), cell(" ".join(ticker for ticker, _ in row.same)),
    )


def _trend_csv(row: TrendRow) -> tuple[str, ...]:
    o, p = row.trend, row.price
    return (
        str(o.rank), "" if row.move is None else str(row.move), cell(row.coin.ticker), cell(row.coin.name), _figure(o.score), " ".join(o.parts),
        _figure(o.relative), _figure(p.change_24h_pct if p else None), *_priced(p), _figure(o.volume_usd), str(row.fresh), _figure(row.pressure),
        " ".join(o.on), " ".join(row.on),
    )
