"""Perpetuals and options for tests of what is pure: sound ones, of which a test changes what it is about."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from markets.analysis.derivatives import Contract, Funding, Option
from markets.analysis.funding import View, cell
from markets.analysis.settings import DEFAULT

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
USD = {"USDT": Decimal(1)}


def D(value):
    return None if value is None else Decimal(str(value))


def paying(rate, hours, age_s=3, **more):
    return Funding(rate=D(rate), interval_hours=D(hours), observed_at=NOW - timedelta(seconds=age_s), **more)


def perp(exchange, rate="0.0001", hours=8, *, age_s=3, next_rate=None, funding=None, priced_s=2, **more):
    """Fresh, known, with ten million of open interest and volumes that agree with the price; 0.06 % a fill."""
    numbers = {"mark_price": 100, "index_price": 100, "last": 100, "open_interest": 100_000, "base_volume_24h": 1000, "quote_volume_24h": 100_000,
               "bid": 99, "ask": 101, "taker_fee": "0.0006"} | {k: more.pop(k) for k in list(more) if k in FIGURES}
    words = {"symbol": "BTCUSDT", "base": "BTC", "quote": "USDT", "kind": "perp", "identity": "confirmed"} | more
    paid = funding or paying(rate, hours, age_s, next_rate=D(next_rate))
    return Contract(exchange=exchange, observed_at=NOW - timedelta(seconds=priced_s), funding=paid, **words, **{k: D(v) for k, v in numbers.items()})


FIGURES = ("mark_price", "index_price", "last", "open_interest", "base_volume_24h", "quote_volume_24h", "bid", "ask", "taker_fee")


def view(**more):
    return View(**{"now": NOW, "usd": USD, "method": DEFAULT} | more)


def cells(*contracts, **more):
    return [cell(contract, view(**more)) for contract in contracts]


def option(strike, kind, *, exchange="one", expiry=NOW + timedelta(days=30), age_s=3, **numbers):
    words = {name: numbers.pop(name) for name in ("status", "switch", "identity", "bad", "symbol", "base") if name in numbers}
    row = {"underlying_price": 100} | numbers
    return Option(**{"symbol": f"BTC-{strike}-{kind}", "base": "BTC", "identity": "confirmed"} | words, exchange=exchange, quote="USDT", strike=D(strike),
                  option_type=kind, expiry=expiry, observed_at=NOW - timedelta(seconds=age_s), **{k: D(v) for k, v in row.items()})
