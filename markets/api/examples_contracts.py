"""Worked examples of contracts for the schema: invented rows through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import structs

from exchanges.adapters import ADAPTERS
from markets.analysis import chain, funding
from markets.analysis.derivatives import Contract, Funding, Option
from markets.analysis.funding import Line, View
from markets.analysis.settings import DEFAULT
from markets.api import serialize_contracts
from markets.reads.settled import Settlement

Page = Callable[[list[dict[str, Any]]], Any]
USD = {"USDT": Decimal(1), "USD": Decimal(1)}
EXPIRY = datetime(2026, 12, 25, 8, tzinfo=UTC)
PAID = datetime(2026, 11, 22, 8, tzinfo=UTC)


def answers(page: Page, now: datetime) -> dict[str, Any]:
    """{address: what it answers}. `page` puts rows into the envelope of a list."""
    seen = {"exchange_ts": now, "ts_source": "exchange", "requested_at": now, "received_at": now, "observed_at": now - timedelta(seconds=3)}
    perpetual = _perpetual(seen)
    settled = Settlement(next(iter(ADAPTERS)), "BTCUSDT", "BTC", "USDT", "USDT", PAID, Decimal("0.0000734"), Decimal(8))
    dated = structs.replace(perpetual, symbol="BTCUSDT-25DEC26", kind="future", expiry=EXPIRY, mark_price=Decimal("64512.5"), funding=None)
    return {
        "derivatives/": page([serialize_contracts.contract(row, USD, now, DEFAULT) for row in (perpetual, dated)]),
        "funding/": page([serialize_contracts.funding(perpetual, USD, now, DEFAULT)]),
        "funding/routes/": page([serialize_contracts.line(_line(perpetual, now), Decimal(14_600_000_000), now)]),
        "funding/history/": page([serialize_contracts.settlement(row) for row in (settled, replace(settled, settled_at=PAID - timedelta(hours=8)))]),
        "options/": {
            **page([serialize_contracts.option(_option(seen), now, DEFAULT)]),
            "expiries": msgspec.to_builtins([serialize_contracts.expiry(chain.expiry([_option(seen)], now, DEFAULT))]),
        },
    }


def _line(perpetual: Contract, now: datetime) -> Line:
    """The methodology's pair: 0.03 % every 8 h against 0.005 % every 4 h, four fees of 0.06 %."""
    rates = (("0.0003", 8), ("0.00005", 4))
    legs = [
        structs.replace(
            perpetual, exchange=exchange, taker_fee=Decimal("0.0006"), base_volume_24h=None,
            funding=structs.replace(perpetual.funding, rate=Decimal(rate), interval_hours=Decimal(hours)),  # type: ignore[type-var]  # it has one
        )
        for exchange, (rate, hours) in zip(ADAPTERS, rates, strict=False)
    ]
    [line] = funding.lines([funding.cell(leg, View(now=now, usd=USD, method=DEFAULT)) for leg in legs], DEFAULT)
    return line


def _perpetual(seen: dict[str, Any]) -> Contract:
    paid = Funding(
        rate=Decimal("0.0001"), interval_hours=Decimal(8), interval_from="exchange", next_funding_at=PAID + timedelta(hours=8),
        cap=Decimal("0.003"), floor=Decimal("-0.003"), **seen,
    )
    return Contract(
        exchange=next(iter(ADAPTERS)), symbol="BTCUSDT", base="BTC", quote="USDT", kind="perp", settle="USDT", contract_size=Decimal(1), identity="confirmed",
        max_leverage=Decimal(100), bid=Decimal("64210.1"), bid_size=Decimal("3.2"), ask=Decimal("64210.2"), ask_size=Decimal("1.9"), last=Decimal("64210.2"),
        mark_price=Decimal("64209.8"), index_price=Decimal("64228.4"), open_interest=Decimal("81250.5"), base_volume_24h=Decimal("152000.4"),
        quote_volume_24h=Decimal(9_760_000_000), change_24h_pct=Decimal("1.38"), high_24h=Decimal(64905), low_24h=Decimal(63102), funding=paid, **seen,
    )


def _option(seen: dict[str, Any]) -> Option:
    return Option(
        exchange=next(iter(ADAPTERS)), symbol="BTC-25DEC26-70000-C", base="BTC", quote="USDT", settle="USDT", underlying="BTCUSDT", expiry=EXPIRY,
        strike=Decimal(70000), option_type="call", contract_size=Decimal(1), identity="confirmed",
        bid=Decimal(1510), bid_size=Decimal("2.5"), ask=Decimal(1545), ask_size=Decimal(4), mark_price=Decimal("1527.4"),
        mark_iv=Decimal("0.4821"), bid_iv=Decimal("0.478"), ask_iv=Decimal("0.4865"), delta=Decimal("0.2874"), gamma=Decimal("0.0000356"),
        vega=Decimal("64.7"), theta=Decimal("-44.2"), open_interest=Decimal("412.3"), underlying_price=Decimal("64512.5"), index_price=Decimal("64228.4"),
        base_volume_24h=Decimal("85.1"), **seen,
    )
