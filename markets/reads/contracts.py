"""Perpetuals and dated futures with their tickers and their funding, per coin: every one, kept until something changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import InterfaceError, OperationalError

from exchanges.models import Exchange
from markets import held
from markets.analysis.derivatives import Contract, Funding
from markets.models import IdentityState, Market
from markets.reads import gaps

KINDS = ("perp", "future")
SOURCES = ("derivatives", "funding", "contracts", "catalogue", "state")  # the change numbers, by exchange, that these rows stand on
_MARKET = ("symbol", "kind", "status", "settle", "inverse", "contract_size", "max_leverage", "expiry", "enabled", "taker_fee")
_CODES = ("base__asset__slug", "base__state", "base__multiplier", "quote__asset__slug", "quote__state")
_OBSERVED = ("bad", "exchange_ts", "ts_source", "requested_at", "received_at", "observed_at")
_TICKER = (
    "bid", "bid_size", "ask", "ask_size", "last", "mark_price", "index_price", "open_interest", "open_interest_at", "base_volume_24h", "quote_volume_24h",
    "change_24h_pct", "high_24h", "low_24h", *_OBSERVED,
)
_FUNDING = ("rate", "interval_hours", "interval_from", "next_funding_at", "next_rate", "cap", "floor", *_OBSERVED)
_COLUMNS = ("pk", *_MARKET, *_CODES, *(f"derivative__{name}" for name in _TICKER), *(f"funding__{name}" for name in _FUNDING))

_kept: dict[str, tuple[object, tuple[Contract, ...]]] = {}


def forget() -> None:
    """Drop what this process holds in memory."""
    _kept.clear()


def contracts() -> tuple[Contract, ...]:
    """Every perpetual and dated future that is not delisted, in the adapters' order of exchanges."""
    return tuple(row for exchange in gaps.ordered() for row in of(exchange))


def of(exchange: Exchange) -> tuple[Contract, ...]:
    """One exchange's, from memory while nothing they are made of has changed, or while the database is away."""
    numbers = held.current().numbers
    names = [f"{name}:{exchange.slug}" for name in SOURCES] + ["assets", "switches"]
    stand = tuple(numbers.get(name) for name in names)
    found = _kept.get(exchange.slug)
    if found is None or (found[0] != stand and not held.is_away()):
        try:
            found = _kept[exchange.slug] = (stand, tuple(_read(exchange)))
        except (OperationalError, InterfaceError):  # it has just gone away
            if found is None:
                raise
    return found[1]


def coin(slug: str) -> str:
    """An asset as pairs name it."""
    return slug.upper()


def identity(row: Mapping[str, Any]) -> str:
    """The base's, unless it or the quote is in conflict."""
    conflicted = IdentityState.CONFLICTED in (row["base__state"], row["quote__state"])
    return str(IdentityState.CONFLICTED) if conflicted else str(row["base__state"])


def apart(markets: Iterable[Market]) -> list[str]:
    """A note for every market whose code means another coin, or other money, than its name says. Needs base, quote and exchange."""
    odd = (m for m in markets if IdentityState.CONFLICTED in (m.base.state, m.quote.state))
    return [f"{m.exchange.name}: {m.symbol} is another coin by its price than the others' of that name: do not compare it." for m in odd]


def per_coin(row: Mapping[str, Any]) -> Decimal | None:
    """A linear contract's size in coins: the catalogue keeps it in the exchange's units, of which one may hold many coins."""
    size, multiplier = row["contract_size"], row["base__multiplier"]
    return size if size is None or row["inverse"] else size * multiplier


def _read(exchange: Exchange) -> Iterator[Contract]:
    off, ticker_period = gaps.switch(exchange, "perp_tickers"), gaps.period_s(exchange, "perp_tickers")
    paid_off, paid_period = gaps.switch(exchange, "funding"), gaps.period_s(exchange, "funding")
    rows = Market.objects.filter(exchange=exchange, kind__in=KINDS).exclude(status=Market.Status.DELISTED).order_by("symbol")
    for row in rows.values(*_COLUMNS):
        market_off = "" if row["enabled"] else "disabled"
        fee, fee_source = held.fee_of(exchange, None, row["taker_fee"])
        yield Contract(
            exchange=exchange.slug, base=coin(row["base__asset__slug"]), quote=coin(row["quote__asset__slug"]), identity=identity(row),
            symbol=row["symbol"], kind=row["kind"], status=row["status"], settle=row["settle"], inverse=row["inverse"], expiry=row["expiry"],
            contract_size=per_coin(row), max_leverage=row["max_leverage"], taker_fee=fee, fee_source=fee_source, period_s=ticker_period,
            switch=off or market_off,
            funding=_funding(row, paid_period, paid_off or market_off), **known(row, "derivative__", _TICKER),
        )


def _funding(row: Mapping[str, Any], period_s: int, switch: str) -> Funding | None:
    """None where nothing is known of it: dated futures pay none."""
    if row["funding__received_at"] is None:
        return None
    return Funding(**known(row, "funding__", _FUNDING), period_s=period_s, switch=switch)


def known(row: Mapping[str, Any], prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The columns of a joined table that may have no row: what is text is "" there, not None."""
    found = {name: row[prefix + name] for name in names}
    return {name: "" if value is None and name in ("bad", "ts_source", "interval_from") else value for name, value in found.items()}
