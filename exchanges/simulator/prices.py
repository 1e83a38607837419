"""What everything costs at an instant: pure functions of (seed, time), in floats, for five exchanges at once.

An asset follows one market wave and its own waves: sums of sines whose amplitude grows with the root of the period,
so that a minute, an hour and a week each move about as much as they do in life. An exchange's price leans a few basis
points off and comes back; now and then a gap opens on one of them that pays after fees, and closes in minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import cache, lru_cache
from math import exp, pi, sin, sqrt
from random import Random
from typing import NamedTuple, TypeVar, cast

from exchanges.simulator.events import Timetable
from exchanges.simulator.universe import Market, chance, universe

DAY = 86_400
HOUR = 3_600
GAP_S = 240  # one draw of gaps per so many seconds
HALTED_AT = 1_759_312_800  # October 2025: where the numbers of halted markets stand still
GAPS = 6  # gaps open at a time, over all exchanges
MARKET_PERIODS = (41, 317, 2_213, 11_900, 50_400, 198_700, 777_600)
OWN_PERIODS = (67, 1_021, 14_760, 111_600)
DAILY_VOL = 0.018
NOISE = 4_096  # a table of chances: which market uses which entry changes with every tick

H = TypeVar("H", bound=Hashable)
V = TypeVar("V")

# market, pair, factor, reach, speed, phase, half spread, ticks per unit, depth, volume, swing of the volume, seconds between trades
Plan = tuple[Market, int, float, float, float, float, float, float, float, float, float, float]


class Quote(NamedTuple):
    """One market at one instant, numbers on its own ticks; None where the side, or the whole history, is absent."""

    market: Market
    bid: float | None
    bid_size: float | None
    ask: float | None
    ask_size: float | None
    last: float | None
    open: float | None
    high: float | None
    low: float | None
    volume: float
    quote_volume: float
    chance: float  # in [0, 1), new at every tick: what a writer needs of small change
    age: float  # seconds since the market's last trade
    pair: int  # which of `Prices.pairs`


class Prices:
    """The market model of one seed. `timetable` says what is listed when; without one nothing ever happens."""

    def __init__(self, seed: int, timetable: Timetable | None = None) -> None:
        self.seed, self.world, self.timetable = seed, universe(), timetable or Timetable(seed, None)
        rng = chance(f"prices:{seed}")
        self._market = [_wave(rng, period, DAILY_VOL) for period in MARKET_PERIODS]
        self._own = []
        for asset in self.world.assets:
            start = asset.price * exp(rng.gauss(0, 0.02 if asset.lean else 0.0))
            waves = [_wave(rng, period * rng.uniform(0.7, 1.3), asset.vol) for period in OWN_PERIODS]
            self._own.append((start, asset.lean, *(part for wave in waves for part in wave)))
        self._noise = [rng.random() for _ in range(NOISE)]
        self.pairs: Callable[[float], list[float]] = lru_cache(maxsize=64)(self._pairs)
        self.extremes: Callable[[int], tuple[list[float], list[float]]] = lru_cache(maxsize=4)(self._extremes)
        self.gaps: Callable[[int], dict[tuple[str, str], float]] = lru_cache(maxsize=8)(self._gaps)
        self._by_symbol: Callable[[str, float, int], dict[str, Quote]] = lru_cache(maxsize=8)(self._quotes_by_symbol)
        self._halted: Callable[[str], list[Quote]] = lru_cache(maxsize=None)(self._halted_quotes)
        self._plan_of: dict[Market, Plan] = {}
        self._memory: dict[tuple[Hashable, object], object] = {}
        self._plans = {
            slug: [_plan(self.world.pair_of, m, chance(f"{seed}:{slug}:{m.symbol}")) for m in markets if m.status != "delisted"]
            for slug, markets in self.timetable.listed.items()
        }

    def _pairs(self, t: float) -> list[float]:
        """The price of every pair of the world at `t`, before any exchange has its say."""
        tide = sum(a * sin(w * t + p) for a, w, p in self._market)
        assets = [
            start * exp(lean * tide + a * sin(b * t + c) + d * sin(e * t + f) + g * sin(h * t + i) + j * sin(k * t + m))
            for start, lean, a, b, c, d, e, f, g, h, i, j, k, m in self._own
        ]
        return [assets[base] / assets[quote] for base, quote in self.world.pairs]

    def pair_at(self, pair: int, t: float) -> float:
        """One pair of the world at `t`: the same number as in `pairs`, without the other thousands."""
        tide = sum(a * sin(w * t + p) for a, w, p in self._market)
        base, quote = self.world.pairs[pair]
        return self._worth(base, tide, t) / self._worth(quote, tide, t)

    def _worth(self, asset: int, tide: float, t: float) -> float:
        start, lean, a, b, c, d, e, f, g, h, i, j, k, m = self._own[asset]
        return start * exp(lean * tide + a * sin(b * t + c) + d * sin(e * t + f) + g * sin(h * t + i) + j * sin(k * t + m))

    def plan(self, market: Market) -> Plan:
        """A market's constants: of those listed from the start, or of one that an event has opened."""
        if (found := self._plan_of.get(market)) is None:
            found = self._plan_of[market] = _plan(self.world.pair_of, market, chance(f"{self.seed}:{market.exchange}:{market.symbol}"))
        return found

    def noise(self, n: int) -> float:
        """The n-th of a table of chances in [0, 1): which one a market uses changes with every tick."""
        return self._noise[n & (NOISE - 1)]

    def remembered(self, thing: H, make: Callable[[Prices, H], V]) -> V:
        """What was once worked out for a contract or an option under this seed."""
        if (found := self._memory.get((thing, make))) is None:
            found = self._memory[thing, make] = make(self, thing)
        return cast("V", found)

    def _extremes(self, hour: int) -> tuple[list[float], list[float]]:
        """Highest and lowest of each pair over the 24 full hours up to `hour` (hours since 1970)."""
        past = [self.pairs(float((hour - back) * HOUR)) for back in range(24)]
        return list(map(max, *past)), list(map(min, *past))

    def _gaps(self, window: int) -> dict[tuple[str, str], float]:
        """Which market stands how far off in one window: 0.6 to 1.1 % either way, less for the big coins, where more would be wrong."""
        rng, found = chance(f"{self.seed}:gap:{window}"), {}
        for slug in rng.choices(list(self.world.markets), k=GAPS):
            fit = [m for m in self.world.markets[slug] if m.quote == "USDT" and 40 <= m.rank < 400 and m.asset.kind == "coin" and m.factor == 1.0]
            market = rng.choice(fit)
            size = rng.uniform(0.0033, 0.0042) if market.asset.turnover > 3e7 else rng.uniform(0.006, 0.011)
            found[slug, market.symbol] = rng.choice((-1, 1)) * size
        return found

    def _halted_quotes(self, slug: str) -> list[Quote]:
        return [q if q.market.book == "both" else _thinned(q) for q in self._living(slug, HALTED_AT, self._plans[slug]) if q.market.status == "halted"]

    def quotes(self, slug: str, t: float) -> list[Quote]:
        """All markets of an exchange at `t` (epoch seconds), in the exchange's order, the dead ones last."""
        odd = {q.market.symbol: q._replace(age=t - HALTED_AT) for q in self._halted(slug)}
        rows = [*(odd.get(q.market.symbol, q) for q in self._whole(slug, t, self._plans[slug])), *_dead(self.timetable.listed[slug])]
        changed = self.timetable.changed(slug, t)
        return self._changed(slug, t, rows, changed) if changed else rows

    def quote(self, market: Market, t: float) -> Quote:
        """One market's row of `quotes`; KeyError when it is not listed at `t`."""
        return self._by_symbol(market.exchange, t, self.timetable.version)[market.symbol]

    def _quotes_by_symbol(self, slug: str, t: float, version: int) -> dict[str, Quote]:
        return {q.market.symbol: q for q in self.quotes(slug, t)}

    def _changed(self, slug: str, t: float, rows: list[Quote], changed: dict[str, Market | None]) -> list[Quote]:
        """The same rows with what has happened since the world began: opened, renamed, gone."""
        found = []
        for q in rows:
            market = changed.get(q.market.symbol, q.market)
            if market is not None:
                found.append(_last_day(market) if market.status == "delisted" != q.market.status else q._replace(market=market))
        old = {q.market.symbol for q in rows}
        new = [market for symbol, market in changed.items() if market is not None and symbol not in old]
        found += (_last_day(m) for m in new if m.status == "delisted")
        return found + list(self._whole(slug, t, [self.plan(m) for m in new if m.status != "delisted"]))

    def _whole(self, slug: str, t: float, plans: list[Plan]) -> Iterator[Quote]:
        return (q if q.market.book == "both" else _thinned(q) for q in self._living(slug, t, plans))

    def _living(self, slug: str, t: float, plans: list[Plan]) -> Iterator[Quote]:
        now, then = self.pairs(t), self.pairs(float((t - DAY) // 60 * 60))
        highs, lows = self.extremes(int(t // HOUR))
        hump = sin(pi * (t % GAP_S) / GAP_S) ** 2
        gaps = {symbol: gap * hump for (where, symbol), gap in self.gaps(int(t // GAP_S)).items() if where == slug}
        noise, tick = self._noise, int(t * 2) * 131 + len(self._plans[slug])
        for n, (market, pair, factor, reach, speed, phase, half, inverse, depth, volume, swing, pause) in enumerate(plans):
            mid = now[pair] * factor * (1 + reach * sin(speed * t + phase))
            if market.symbol in gaps:
                mid *= 1 + gaps[market.symbol]
            a, b, c = noise[(tick + n * 17) & 4095], noise[(tick + n * 29 + 7) & 4095], noise[(tick + n * 53 + 91) & 4095]
            width = half * (0.7 + 0.6 * a)
            low_tick = int(mid * (1 - width) * inverse) or 1
            high_tick = int(mid * (1 + width) * inverse) + 1
            last = (low_tick + int(c * (high_tick - low_tick + 1))) / inverse
            opened = (int(then[pair] * factor * inverse) or 1) / inverse
            high, low = max(highs[pair] * factor, last, opened), min(lows[pair] * factor, last, opened)
            traded = volume * (1 + 0.25 * sin(swing * t + phase))
            size = depth / mid
            yield Quote(
                market, low_tick / inverse, size * (0.15 + 1.7 * b), high_tick / inverse, size * (0.15 + 1.7 * c), last, opened, high, low,
                traded, traded * (high + low + 2 * last) / 4, a, (t + phase * 1_000) % pause, pair,
            )  # fmt: skip


def _thinned(quote: Quote) -> Quote:
    """What is left of a quote where a side, or everything so far, is missing."""
    if quote.market.book == "null":
        return Quote(quote.market, None, None, None, None, None, None, None, None, 0.0, 0.0, quote.chance, 0.0, quote.pair)
    if quote.market.book != "bid":
        quote = quote._replace(bid=None, bid_size=None)
    return quote if quote.market.book == "ask" else quote._replace(ask=None, ask_size=None)


@cache
def _dead(markets: tuple[Market, ...]) -> tuple[Quote, ...]:
    """The last day of the markets that are gone."""
    return tuple(_last_day(m) for m in markets if m.status == "delisted")


@cache
def _last_day(m: Market) -> Quote:
    """One trade's worth of numbers that never change again."""
    rng = chance(f"last day:{m.symbol}")
    opened, last = round(m.price * rng.uniform(0.97, 1.03), m.digits), round(m.price, m.digits)
    volume = rng.choice((0.0, m.turnover / m.price / m.money.price))
    high, low = max(opened, last) * 1.01, min(opened, last) * 0.99
    return Quote(m, None, None, None, None, last, opened, high, low, volume, volume * (high + low) / 2, 0.5, 0.0, -1)


def _wave(rng: Random, period: float, daily: float) -> tuple[float, float, float]:
    """(amplitude, angular speed, phase) of one wave of so many seconds, given a daily volatility."""
    return 0.5 * daily * sqrt(period / DAY), 2 * pi / period, rng.uniform(0, 2 * pi)


def _plan(pair_of: dict[tuple[str, str], int], m: Market, rng: Random) -> Plan:
    """All of a market that does not change with time, for the one loop that has to be quick."""
    half = min(0.012, max(2e-6, 0.5e-4 * (1e8 / m.turnover) ** 0.38))
    if m.asset.kind == m.money.kind == "stable":
        half = min(half, 2e-4)
    reach = min(0.004, 0.8 * half + (0.5e-4 if m.asset.kind == "stable" else 1e-4))
    dollars = m.money.price
    return (
        m, pair_of[m.asset.key, m.money.key], m.factor, reach, 2 * pi / rng.uniform(90, 420), rng.uniform(0, 2 * pi), half, float(10**m.digits),
        1.5 * sqrt(m.turnover) / dollars, m.turnover / dollars / m.price, 2 * pi / rng.uniform(0.6 * DAY, 2 * DAY), min(5_400.0, 0.4 + 4e7 / m.turnover),
    )  # fmt: skip
