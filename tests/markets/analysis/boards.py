"""Quotes and boards to judge: one honest quote with everything overridable, and a whole synthetic board."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from markets.board import Board, Coin, PairKey, Quote

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAIR = PairKey("POL", "USDT")
NAMES = ("ada", "bea", "cid", "dot", "eve")  # exchanges; what they are called must not matter


def D(text: object) -> Decimal:
    return Decimal(str(text))


def quote(exchange: str = "ada", mid: object = "100", *, half: str = "0.00025", age: float = 2, **fields: object) -> Quote:
    """A fresh, confirmed quote around `mid`, `half` being the relative half spread."""
    m = D(mid)
    seen = NOW - timedelta(seconds=age)
    given = {
        "exchange": exchange, "symbol": "POLUSDT", "base": PAIR.base, "quote": PAIR.quote, "identity": "confirmed",
        "bid": m - m * D(half), "ask": m + m * D(half), "bid_size": D(900), "ask_size": D(900), "last": m,
        "base_volume_24h": D(50_000), "quote_volume_24h": 50_000 * m, "taker_fee": D("0.001"), "fee_source": "exchange",
        "observed_at": seen, "requested_at": seen, "received_at": seen,
    }
    return Quote(**{**given, **{name: D(value) if isinstance(value, str | int) and name in _DECIMALS else value for name, value in fields.items()}})


_DECIMALS = {
    "bid", "bid_size", "ask", "ask_size", "last", "base_volume_24h", "quote_volume_24h",
    "change_24h_pct", "high_24h", "low_24h", "taker_fee", "min_notional", "same_reference",
}


def quotes(*mids: object, **fields: object) -> dict[str, Quote]:
    """One quote per mid, on exchanges ada, bea, cid, ..."""
    return {name: quote(name, mid, **fields) for name, mid in zip(NAMES, mids, strict=False)}


def whole_board(pairs: int = 2300, seed: int = 7) -> Board:
    """About four quotes a pair in a market as it really is: mostly calm, some old, halted, missing, flagged or far off."""
    r = random.Random(seed)
    rows: dict[PairKey, dict[str, Quote]] = {}
    for i in range(pairs):
        key = PairKey(f"C{i}", "USDT")
        price = D(f"{10 ** r.uniform(-6, 4):.10f}")
        listed = [r.choice(NAMES)] if r.random() < 0.12 else [name for name in NAMES if r.random() < 0.88]
        rows[key] = {name: _somewhere(r, key, name, price) for name in listed}
    coins = {key.base: Coin(key.base) for key in rows} | {"USDT": Coin("USDT", kind="stablecoin")}
    return Board(rows, coins, {"USDT": D(1)}, "1")


_ODD = ({"status": "halted"}, {"bid": None}, {"switch": "disabled"}, {"identity": "unknown"}, {"taker_fee": None})


def _somewhere(r: random.Random, key: PairKey, exchange: str, price: Decimal) -> Quote:
    mid = price * D(f"{r.gauss(1, 0.0004):.7f}") * (D(10) if r.random() < 0.01 else 1)
    volume = D(f"{10 ** r.uniform(4, 7.5):.4f}")
    age = r.choice([40, 120, 4000]) if r.random() < 0.03 else r.uniform(0, 12)
    given = {
        "half": f"{10 ** r.uniform(-5, -3):.8f}", "age": age, "base": key.base, "symbol": str(key), "identity": "probable",
        "bid_size": D(f"{r.uniform(1, 900):.4f}"), "ask_size": D(f"{r.uniform(1, 900):.4f}"), "taker_fee": D(r.choice(["0.001", "0.002"])),
        "base_volume_24h": (volume / mid).quantize(D("0.0001")), "quote_volume_24h": volume, "change_24h_pct": D(f"{r.gauss(0, 4):.4f}"),
        "high_24h": mid, "low_24h": mid, "priority": NAMES.index(exchange), "exchange_ts": NOW - timedelta(seconds=age),
    }
    odd = r.choice(_ODD) if r.random() < 0.05 else {}
    return quote(exchange, f"{mid:.12f}", **{**given, **odd})
