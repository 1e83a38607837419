"""Candles of a spot market or a contract, out of the same price process as the tickers.

A finished candle's close is the next one's open; the newest candle is unfinished and closes at the ticker's last price of
the same instant. A day's volumes add up to what the ticker calls its 24 hours, about.
"""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING, NamedTuple

from exchanges.simulator import derivatives
from exchanges.simulator.contracts import Contract
from exchanges.simulator.universe import Market

if TYPE_CHECKING:
    from exchanges.simulator.prices import Prices

DAY = 86_400
SAMPLES = 8  # looks at the price within one candle
MOST = 2_000  # candles in one answer, whatever is asked


class Candle(NamedTuple):
    """One period from `opened_at` (epoch seconds) on; volumes in units of base and in quote."""

    opened_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    quote_volume: float


def candles(prices: Prices, thing: Market | Contract, period_s: int, start: float, end: float, *, now: float | None = None) -> list[Candle]:
    """The candles that opened from `start` to `end` (both epoch seconds, inclusive), oldest first, from the listing's on.

    `now` is the present (`end` when left out): a candle that it falls into is unfinished, later ones do not exist.
    """
    now = end if now is None else now
    first = -(-max(start, now - MOST * period_s * 10) // period_s) * period_s
    opened = int(max(first, thing.listed_at // period_s * period_s))
    last = min(end, now)
    if thing.status == "pre_open":
        return []
    found: list[Candle] = []
    while opened <= last and len(found) < MOST:
        found.append(_candle(prices, thing, opened, period_s, now))
        opened += period_s
    return found


def _candle(prices: Prices, thing: Market | Contract, opened: int, period_s: int, now: float) -> Candle:
    until = min(float(opened + period_s), now)
    looks = [_at(prices, thing, opened + (until - opened) * n / SAMPLES) for n in range(SAMPLES + 1)]
    if until < opened + period_s:
        looks[-1] = _last(prices, thing, now) or looks[-1]
    high, low = max(looks), min(looks)
    since = min(max(opened, thing.listed_at), until)
    volume = _traded(prices, thing, since, until)
    return Candle(opened, looks[0], high, low, looks[-1], volume, volume * sum(looks) / len(looks))


def _at(prices: Prices, thing: Market | Contract, t: float) -> float:
    """The price at an instant, on the market's ticks and never nothing."""
    if isinstance(thing, Contract):
        price = derivatives.mid(prices, thing, t)
    else:
        plan = prices.plan(thing)
        price = prices.pair_at(plan[1], t) * thing.factor * (1 + plan[3] * sin(plan[4] * t + plan[5]))
    return max(round(price, thing.digits), 10.0**-thing.digits)


def _last(prices: Prices, thing: Market | Contract, t: float) -> float | None:
    if isinstance(thing, Contract):
        return derivatives.contract_quote(prices, thing, t).last
    return prices.quote(thing, t).last


def _traded(prices: Prices, thing: Market | Contract, start: float, end: float) -> float:
    """Units traded between two instants: the rate whose 24 hours are the ticker's volume."""
    if isinstance(thing, Contract):
        volume, speed, phase = derivatives.day_volume(prices, thing)
    else:
        plan = prices.plan(thing)
        volume, speed, phase = plan[9], plan[10], plan[5]
    swing = 0.25 * (speed * DAY / 2) / (sin(speed * DAY / 2) or 1e-9)
    swing = max(-0.9, min(0.9, swing))
    middle = (start + end) / 2
    waves = 1 + swing * sin(speed * (middle + DAY / 2) + phase) * _evened(speed * (end - start) / 2)
    minute = 0.6 + 0.8 * prices.noise(int(start // 60) * 31) if end - start <= 900 else 1.0
    return max(0.0, volume * (end - start) / DAY * waves * minute)


def _evened(x: float) -> float:
    """How much of a wave is left in its mean over a stretch of 2x radians."""
    return sin(x) / x if x else 1.0
