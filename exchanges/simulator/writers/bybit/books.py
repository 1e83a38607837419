"""Order books and candles on the wire: arrays of text, candles newest first; an inverse contract's sizes are dollars."""

from __future__ import annotations

from exchanges.simulator.books import Levels
from exchanges.simulator.candles import Candle
from exchanges.simulator.contracts import Contract
from exchanges.simulator.options import Option
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Query, Reply, Scene, short
from exchanges.simulator.writers.bybit.wire import CATEGORIES, LINEAR, dollars, moment, refused, scale, thing, whole, written

DEPTH = {"spot": (1, 1_000), "linear": (25, 1_000), "inverse": (25, 1_000), "option": (1, 25)}  # levels when none are named, and at most
PERIODS = {str(minutes): minutes * 60 for minutes in (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)} | {"D": 86_400, "W": 604_800}


def orderbook(scene: Scene, query: Query) -> Reply:
    """{"s", "b", "a", "ts", "u", "seq", "cts"}."""
    category = query.get("category", "")
    if category not in CATEGORIES:
        return refused(scene, "params error: Category is invalid")
    found, limit = thing(scene, category, query.get("symbol", "")), whole(query, "limit", *DEPTH[category])
    if found is None or limit is None:
        return refused(scene, "Not supported symbols" if limit else "params error: limit")
    bids, asks = scene.book(found, limit)
    result = {"s": found.symbol, "b": _levels(found, bids), "a": _levels(found, asks), "ts": scene.ms}
    return written(scene, result | {"u": scene.ms // 10 % 10**9, "seq": scene.ms * 7, "cts": scene.ms - 8})


def _levels(found: Market | Contract | Option, side: Levels) -> list[list[str]]:
    if isinstance(found, Contract):
        return [[f"{p:.{scale(found)}f}", str(dollars(found, s, p)) if found.inverse else short(s, found.size_digits)] for p, s in side]
    extra = 1 if isinstance(found, Market) else 0  # the tickers' sizes have one decimal more than the lots
    return [[short(p, found.digits), short(s, found.size_digits + extra)] for p, s in side]


def kline(scene: Scene, query: Query) -> Reply:
    """[start, open, high, low, close, volume, turnover], newest first. Without a category linear is meant; options have none."""
    category, period = query.get("category") or LINEAR, PERIODS.get(query.get("interval", ""))
    found, limit = thing(scene, category, query.get("symbol", "")) if category in CATEGORIES[:3] else None, whole(query, "limit", 200, 1_000)
    if not isinstance(found, Market | Contract) or period is None or limit is None:
        return refused(scene, "params error: interval" if found else "Not supported symbols")
    start, end = _range(moment(query, "start"), moment(query, "end"), period * limit, scene.t)
    rows = [_candle(found, c) for c in reversed(scene.candles(found, period, start, end)[-limit:])]
    return written(scene, {"symbol": found.symbol, "category": category, "list": rows})


def _range(start: float | None, end: float | None, reach: float, now: float) -> tuple[float, float]:
    """From and until when: the newest ones, unless only a start is named."""
    if end is None:
        end = now if start is None else min(now, start + reach)
    return max(start or 0.0, end - reach), end


def _candle(found: Market | Contract, c: Candle) -> list[str]:
    d, inverse = found.digits, isinstance(found, Contract) and found.inverse
    volume, turnover = (short(c.quote_volume, 0), short(c.volume, 8)) if inverse else (short(c.volume, found.size_digits + 1), short(c.quote_volume, 4))
    return [str(c.opened_at * 1_000), *(short(price, d) for price in (c.open, c.high, c.low, c.close)), volume, turnover]
