"""Contracts as one list, for `derivatives/` and `funding/`: filtered and ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from markets import read
from markets.analysis import derivatives
from markets.analysis.derivatives import Contract
from markets.analysis.funding import in_usd
from markets.method import current_method
from markets.reads import contracts

Value = Callable[[Contract], Any]


def matching(values: Mapping[str, Any], now: datetime, *, paid: bool = False) -> list[Contract]:
    """The contracts that the parameters let through, in the asked order. `paid`: those with a funding rate, judged by it."""
    tests = [test for name, test in _tests(values, now, paid).items() if values.get(name) not in (None, (), "")]
    alive = (row for row in contracts.contracts() if derivatives.trades_still(row.expiry, now))
    found = [row for row in alive if (row.funding or not paid) and all(test(row) for test in tests)]
    return ordered(found, values["ordering"], _orders(paid, now))


def _tests(v: Mapping[str, Any], now: datetime, paid: bool) -> dict[str, Callable[[Contract], bool]]:
    method, usd = current_method(), read.board().usd

    def state(row: Contract) -> str:
        at, period = (row.funding.observed_at, row.funding.period_s) if paid and row.funding else (row.observed_at, row.period_s)
        return derivatives.freshness(derivatives.age_s(at, now), period, method)

    def flags(row: Contract) -> tuple[str, ...]:
        return derivatives.funding_flags(row, row.funding) if paid and row.funding else derivatives.flags(row)

    return {
        "exchange": lambda row: row.exchange in v["exchange"],
        "base": lambda row: row.base in v["base"],
        "quote": lambda row: row.quote in v["quote"],
        "settle": lambda row: row.settle.upper() in v["settle"],
        "kind": lambda row: row.kind in v["kind"],
        "inverse": lambda row: row.inverse is v["inverse"],
        "symbol": lambda row: row.symbol == v["symbol"],
        "min_open_interest_usd": lambda row: (in_usd(row, usd) or 0) >= v["min_open_interest_usd"],
        "state": lambda row: state(row) in v["state"],
        "flag": lambda row: not set(v["flag"]).isdisjoint(flags(row)),
    }


def _orders(paid: bool, now: datetime) -> dict[str, Value]:
    usd = read.board().usd
    named = ("base", "exchange", "symbol", "expiry", "bid", "ask", "mark_price", "basis_pct", "quote_volume_24h", "change_24h_pct", "observed_at")
    found: dict[str, Value] = {name: field(name) for name in named} | {"open_interest_usd": lambda row: in_usd(row, usd)}
    if paid:
        names = ("rate", "interval_hours", "next_funding_at", "rate_8h", "apr_pct", "observed_at")
        found |= {name: field(name, of_funding=True) for name in names}
        found["next_funding_at"] = lambda row: derivatives.to_come(row.funding.next_funding_at, now)
    return found


def field(name: str, of_funding: bool = False) -> Value:
    """One attribute of a row, or of its funding."""
    return lambda row: getattr(row.funding if of_funding else row, name, None)


def ordered(rows: Sequence[Any], ordering: str, values: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    """Sorted by one value, "-" in front for descending; the unknown comes last either way, and of equals the place decides."""
    rows = sorted(rows, key=lambda row: (row.base, row.quote, row.exchange, row.symbol))
    value = values[ordering.lstrip("-")]
    known = sorted((row for row in rows if value(row) is not None), key=value, reverse=ordering.startswith("-"))
    return known + [row for row in rows if value(row) is None]
