"""Contracts, funding and options as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis import derivatives
from markets.analysis.chain import Expiry
from markets.analysis.derivatives import HUNDRED, Contract, Funding, Option
from markets.analysis.funding import Cell, Line, Mean, Route, in_usd, next_payment
from markets.analysis.settings import Method
from markets.api.serialize import seconds
from markets.reads.settled import Settlement

Usd = Mapping[str, Decimal]
_PLACE = ("exchange", "symbol", "base", "quote", "kind", "status")
_NUMBERS = ("bid", "bid_size", "ask", "ask_size", "last", "mark_price", "index_price")
_DAY = ("base_volume_24h", "quote_volume_24h", "change_24h_pct", "high_24h", "low_24h")
_TIMES = ("exchange_ts", "ts_source", "requested_at", "received_at", "observed_at")


def numbers(row: object, names: tuple[str, ...]) -> dict[str, str | None]:
    """Decimals as plain text."""
    return {name: plain(getattr(row, name)) for name in names}


def aged(observed_at: datetime | None, period_s: int, now: datetime, method: Method) -> dict[str, Any]:
    """How old something is, in seconds and in a word."""
    age = derivatives.age_s(observed_at, now)
    return {"age_s": seconds(age), "state": derivatives.freshness(age, period_s, method)}


def contract(row: Contract, usd: Usd, now: datetime, method: Method) -> dict[str, Any]:
    """One perpetual or dated future, and what it pays."""
    return {
        **{name: getattr(row, name) for name in _PLACE}, **_terms(row), **numbers(row, ("max_leverage",)), "expiry": row.expiry,
        **numbers(row, _NUMBERS), **_interest(row, usd),
        "basis_pct": plain(row.basis_pct), "basis_apr_pct": plain(derivatives.basis_apr_pct(row.basis_pct, row.expiry, now)), **numbers(row, _DAY),
        **{name: getattr(row, name) or None for name in _TIMES}, **aged(row.observed_at, row.period_s, now, method),
        "flags": list(derivatives.flags(row)), "identity": row.identity, "funding": _paid(row.funding, now, method) if row.funding else None,
    }


def _terms(row: Contract) -> dict[str, Any]:
    return {"settle": row.settle or None, "inverse": row.inverse, "contract_size": plain(row.contract_size)}


def _interest(row: Contract, usd: Usd) -> dict[str, Any]:
    value = row.open_interest_value
    return {
        "open_interest": plain(row.open_interest), "open_interest_at": row.open_interest_at, "open_interest_value": plain(value),
        "open_interest_usd": plain(in_usd(row, usd)),
    }


def _paid(f: Funding, now: datetime, method: Method) -> dict[str, Any]:
    """A funding rate on its own scale, and on the common ones where its interval is known."""
    return {
        "rate": plain(f.rate), "rate_kind": "predicted", "interval_hours": plain(f.interval_hours), "interval_from": f.interval_from or None,
        "next_funding_at": derivatives.to_come(f.next_funding_at, now), **numbers(f, ("next_rate", "rate_8h", "apr_pct")),
        **aged(f.observed_at, f.period_s, now, method),
    }


def funding(row: Contract, usd: Usd, now: datetime, method: Method, mean: Mean | None = None) -> dict[str, Any]:
    """The funding of one perpetual, with what tells whether it matters, and the `mean` of what it paid in seven days."""
    f = row.funding or Funding()
    return {
        **{name: getattr(row, name) for name in _PLACE}, **_terms(row), **_paid(f, now, method), **numbers(f, ("cap", "floor")), **_mean(mean),
        **numbers(row, ("mark_price",)), **_interest(row, usd), **{name: getattr(f, name) or None for name in _TIMES},
        "flags": list(derivatives.funding_flags(row, f)), "identity": row.identity,
    }


def _mean(mean: Mean | None) -> dict[str, Any]:
    names = ("mean_rate_8h", "mean_apr_pct")
    scales = dict.fromkeys(names) if mean is None else numbers(mean, ("rate_8h", "apr_pct"))
    return {**dict(zip(names, scales.values(), strict=True)), "mean_payments": mean.payments if mean else 0}


def line(row: Line, volume_usd: Decimal | None, now: datetime) -> dict[str, Any]:
    """One coin across exchanges: every rate with why it is in no route, and the best route."""
    return {
        "base": row.base, "quote": row.quote, "spread_apr_pct": plain(row.spread_apr_pct), "route": _route(row.route) if row.route else None,
        "rates": [_cell(cell) for cell in row.cells.values()], **numbers(row, ("open_interest_usd", "basis_pct")), "volume_24h_usd": plain(volume_usd),
        "next_funding_at": next_payment(row, now),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "exchange": cell.contract.exchange, "symbol": cell.contract.symbol, "rate": plain(cell.rate), "interval_hours": plain(cell.hours),
        **numbers(cell, ("rate_8h", "apr_pct", "open_interest_usd")), "payments": cell.payments, "age_s": seconds(cell.age_s), "state": cell.state,
        "reason": cell.reason or None,
    }


def _route(route: Route) -> dict[str, Any]:
    fees = None if route.fees is None else route.fees * HUNDRED
    return {
        "long": route.long.contract.exchange, "short": route.short.contract.exchange, **numbers(route, ("diff_hourly", "diff_apr_pct")),
        "fees_pct": plain(fees), "break_even_hours": plain(route.break_even_h), **numbers(route, ("price_gap_pct", "open_interest_usd")),
    }


def expiry(row: Expiry) -> dict[str, Any]:
    """What the options of one exchange and expiry come to."""
    return {
        "exchange": row.exchange, "base": row.base, "quote": row.quote, "expiry": row.expiry,
        **numbers(row, ("underlying", "atm_strike", "atm_iv", "call_open_interest", "put_open_interest", "put_call_interest", "call_volume", "put_volume")),
        **numbers(row, ("put_call_volume", "max_pain")), "parity_broken_at": [plain(strike) for strike in row.broken],
        "counted": row.counted, "listed": row.listed,
    }


def settlement(row: Settlement) -> dict[str, Any]:
    """One funding payment."""
    return {
        **{name: getattr(row, name) for name in ("exchange", "symbol", "base", "quote")}, "settle": row.settle or None, "settled_at": row.settled_at,
        "rate_kind": "settled", **numbers(row, ("rate", "interval_hours", "rate_8h", "apr_pct")),
    }


def option(row: Option, now: datetime, method: Method) -> dict[str, Any]:
    """One option of a chain. An empty side of an option is usual, so it carries no flag for that."""
    flags = [flag for flag in derivatives.flags(row) if flag != "no_bid_ask"]
    return {
        **{name: getattr(row, name) for name in _PLACE}, "settle": row.settle or None, "underlying": row.underlying or None, "expiry": row.expiry,
        "strike": plain(row.strike), "option_type": row.option_type or None, "contract_size": plain(row.contract_size),
        **numbers(row, (*_NUMBERS[:6], "mark_iv", "bid_iv", "ask_iv", "delta", "gamma", "vega", "theta")),
        **numbers(row, ("open_interest", "underlying_price", "index_price", *_DAY[:3])), **{name: getattr(row, name) or None for name in _TIMES},
        **aged(row.observed_at, row.period_s, now, method), "flags": flags, "identity": row.identity,
    }
