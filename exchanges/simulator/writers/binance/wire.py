"""What Binance's four hosts have in common on the wire: errors, levels, candles, and how their parameters are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from exchanges.simulator.books import Levels
from exchanges.simulator.candles import Candle
from exchanges.simulator.contracts import Contract
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene

INTERVALS = {
    "1m": 60, "3m": 180, "5m": 300, "15m": 900, "30m": 1_800, "1h": 3_600, "2h": 7_200, "4h": 14_400, "6h": 21_600, "8h": 28_800, "12h": 43_200, "1d": 86_400,
}  # fmt: skip
FIRST_MS = 1_569_398_400_000  # September 2019: of what was before, nothing is told


class Span(NamedTuple):
    """Candles somebody wants: seconds a candle, from and to (epoch seconds), at most how many."""

    period_s: int
    start: float
    end: float
    limit: int


def error(code: int, text: str, status: int = 400, headers: dict[str, str] | None = None) -> Reply:
    """A refusal in the exchange's words."""
    return Reply(to_json({"code": code, "msg": text}), status, headers=headers or {})


def to_json(data: object) -> bytes:
    """Without spaces, and every script as it is."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def misses(query: Query, *names: str) -> Reply | None:
    """The refusal for the first parameter that was not sent."""
    missing = next((name for name in names if not query.get(name)), None)
    return error(-1102, f"Mandatory parameter '{missing}' was not sent, was empty/null, or malformed.") if missing else None


def asked_number(query: Query, name: str, usual: int, most: int) -> int | None:
    """A whole number from the query, at most `most`; None for something else."""
    text = query.get(name, str(usual))
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) <= 20 and int(text) else None


def asked_span(scene: Scene, query: Query, most: int) -> Span | Reply:
    """Which candles are wanted: the newest ones, or the first ones from a start on."""
    period, limit = INTERVALS.get(query["interval"]), asked_number(query, "limit", 500, most)
    if period is None:
        return error(-1120, "Invalid interval.")
    start, end = asked_number(query, "startTime", 1, 10**15), asked_number(query, "endTime", scene.ms, 10**15)
    if limit is None or start is None or end is None:
        return error(-1100, "Illegal characters found in a parameter.")
    end_s = min(end / 1_000, scene.t)
    first = max(start, FIRST_MS) / 1_000 if "startTime" in query else (end_s // period - limit + 1) * period
    return Span(period, first, end_s, limit)


def klines(scene: Scene, thing: Market | Contract, span: Span, volumes: Callable[[Candle], tuple[str, str]], digits: int) -> Reply:
    """[[opened, open, high, low, close, volume, closes, other volume, trades, taken, taken, "0"], ...]; `volumes` says both volumes."""
    rows = []
    for c in scene.candles(thing, span.period_s, span.start, span.end)[: span.limit]:
        opened, (first, second) = c.opened_at * 1_000, volumes(c)
        prices = ",".join(f'"{price:.{digits}f}"' for price in (c.open, c.high, c.low, c.close))
        closes = opened + span.period_s * 1_000 - 1
        rows.append(f'[{opened},{prices},"{first}",{closes},"{second}",{int(c.volume) % 900 + 1},"{first}","{second}","0"]')
    return Reply(f"[{','.join(rows)}]".encode())


def sides(bids: Levels, asks: Levels, level: Callable[[float, float], str]) -> str:
    """`"bids":[...],"asks":[...]` with each level as `level(price, size)` writes it."""
    return f'"bids":[{",".join(level(*each) for each in bids)}],"asks":[{",".join(level(*each) for each in asks)}]'
