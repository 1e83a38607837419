"""Perpetuals and dated futures of one pair as quotes, so that they are compared among themselves as coins are: never with coins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from markets import held
from markets.analysis.derivatives import Contract, trades_still
from markets.board import PairKey, Quote
from markets.entries import baseline_at
from markets.models import Market
from markets.reads import contracts, ladders

_SHARED = (
    "exchange", "symbol", "base", "quote", "kind", "status", "identity", "bid", "bid_size", "ask", "ask_size", "last", "base_volume_24h", "quote_volume_24h",
    "change_24h_pct", "high_24h", "low_24h", "exchange_ts", "ts_source", "requested_at", "received_at", "observed_at", "period_s", "switch", "taker_fee",
    "fee_source",
)
_MARKET = ("pk", "exchange__slug", "symbol", "tick_size", "first_seen_at", "base__multiplier", "base__code", "quote__code")


@dataclass(frozen=True)
class Listed:
    """The contracts of one pair that may be compared: `quotes` by exchange, `market_ids` by exchange, `expiries` to choose from."""

    quotes: Mapping[str, Quote]
    market_ids: Mapping[str, int]
    expiries: Sequence[date] = ()
    expiry: date | None = None


def of(key: PairKey, expiry: date | None, now: datetime) -> Listed:
    """One pair's contracts. Dated ones are compared where they end on the same day: `expiry`, else the day most exchanges have."""
    rows = [row for row in contracts.contracts() if (row.kind, row.base, row.quote) == (key.kind, key.base, key.quote) and trades_still(row.expiry, now)]
    days = sorted({row.expiry.date() for row in rows if row.expiry})
    if key.kind == "future":
        expiry = expiry if expiry in days else max(days, key=lambda day: (_exchanges(rows, day), -day.toordinal()), default=None)
        rows = [row for row in rows if row.expiry and row.expiry.date() == expiry]
    chosen: dict[str, Contract] = {}
    for row in sorted(rows, key=lambda row: (row.status == "trading", row.quote_volume_24h or Decimal(0), row.symbol)):
        chosen[row.exchange] = row  # of two on one exchange the busier one that trades
    markets = _markets(key.kind, chosen)
    quotes = {slug: _quote(row, markets[slug]) for slug, row in chosen.items() if slug in markets}
    return Listed(quotes, {slug: markets[slug]["pk"] for slug in quotes}, tuple(days), expiry if key.kind == "future" else None)


def books(listed: Listed) -> dict[str, ladders.Ladder]:
    """Their stored books by exchange."""
    found = ladders.of_markets(listed.market_ids.values())
    return {slug: found[pk] for slug, pk in listed.market_ids.items() if pk in found}


def _exchanges(rows: Sequence[Contract], day: date) -> int:
    return len({row.exchange for row in rows if row.expiry and row.expiry.date() == day})


def _markets(kind: str, chosen: Mapping[str, Contract]) -> dict[str, dict[str, Any]]:
    rows = Market.objects.filter(kind=kind, exchange__slug__in=chosen, symbol__in={row.symbol for row in chosen.values()}).values(*_MARKET)
    return {row["exchange__slug"]: row for row in rows if chosen[row["exchange__slug"]].symbol == row["symbol"]}


def _quote(row: Contract, market: Mapping[str, Any]) -> Quote:
    """Without lots and minimums: some exchanges count these in contracts and some in coins."""
    exchange = held.current().exchanges[row.exchange]
    began = baseline_at(exchange, "perp_instruments")
    return Quote(
        **{name: getattr(row, name) for name in _SHARED}, bad=tuple(row.bad.split(",")) if row.bad else (),
        tick_size=market["tick_size"] and market["tick_size"] / market["base__multiplier"], multiplier=market["base__multiplier"],
        first_seen_at=market["first_seen_at"] if market["first_seen_at"] and market["first_seen_at"] > began else None,
        base_code=market["base__code"], quote_code=market["quote__code"], priority=exchange.priority,
    )
