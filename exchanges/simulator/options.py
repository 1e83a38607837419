"""Options of the simulated world: a chain a coin on the exchanges that have one, priced by Black and Scholes with a smile.

`options(slug, t)` is the catalogue at an instant (daily, weekly, monthly and quarterly expiries come and go), and
`option_quotes(prices, slug, t)` one row for each, in the same order; in a writer `scene.options()`, `scene.option_quotes()`.

Prices are in the quote currency for one unit of the underlying, on ticks; sizes, volume and open interest in units of the
underlying; `contract_size` is units per contract (Gate.io 0.01 BTC). Implied volatilities are ratios a year (0.56). The
forward is the index (no interest), so a call less a put of the same strike is index less strike, but for rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from math import erf, exp, floor, log, log10, pi, sqrt
from typing import TYPE_CHECKING, NamedTuple

from exchanges.simulator.universe import chance, universe

if TYPE_CHECKING:
    from exchanges.simulator.prices import Prices

DAY, YEAR = 86_400, 365 * 86_400
COINS = {"binance": ("BTC", "ETH", "SOL", "BNB"), "bybit": ("BTC", "ETH", "SOL"), "gateio": ("BTC", "ETH", "SOL")}
LEVEL = {"BTC": 0.48, "ETH": 0.66, "SOL": 0.82, "BNB": 0.58}  # the volatility at the money, a year
SKEW, CURVE = -0.12, 0.9  # how the smile leans and bends, over log(strike / price) / sqrt(years)
STRIKES = 15
SIZE = {"gateio": {"BTC": 0.01, "ETH": 0.1, "SOL": 1.0}}
TICK = {"BTC": 5.0, "ETH": 0.1, "SOL": 0.01, "BNB": 0.1}
STEPS = {"BTC": 2_000, "ETH": 100, "SOL": 5, "BNB": 20}


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One option. `underlying` is its coin ("BTC"), `underlying_name` what the exchange calls what it is written on; times epoch seconds."""

    exchange: str
    symbol: str
    underlying: str
    underlying_name: str
    quote: str
    settle: str
    strike: float
    call: bool
    expiry: int
    contract_size: float
    listed_at: int
    tick: float
    digits: int
    size_digits: int


class OptionQuote(NamedTuple):
    """One option at one instant; bid and its parts are None where nobody bids. See the module for the units."""

    option: Option
    bid: float | None
    bid_size: float | None
    ask: float
    ask_size: float
    last: float
    mark: float
    mark_iv: float
    bid_iv: float | None
    ask_iv: float
    delta: float
    gamma: float
    vega: float  # for one per cent of volatility
    theta: float  # a day
    open_interest: float
    underlying_price: float
    index: float
    volume: float
    quote_volume: float
    open: float
    high: float
    low: float
    chance: float


def options(slug: str, t: float) -> tuple[Option, ...]:
    """Every option an exchange lists at `t`: by coin, expiry, strike, calls before puts. Empty where it has none."""
    return _options(slug, int((t - 8 * 3_600) // DAY))


@cache
def _options(slug: str, day: int) -> tuple[Option, ...]:
    return tuple(
        _option(slug, coin, ends, strike, call)
        for coin in COINS.get(slug, ()) for ends in _expiries(day) for strike in _strikes(coin, *ends) for call in (True, False)
    )  # fmt: skip


def _expiries(day: int) -> list[tuple[int, int]]:
    """(expiry, listed since) of the chain on a day that began at 08:00 UTC: two days, two Fridays, month's end, two quarters."""
    today = datetime(1970, 1, 1, 8, tzinfo=UTC) + timedelta(days=day)
    ahead = {today + timedelta(days=n): 2 for n in (1, 2)}
    friday = today + timedelta(days=(4 - today.weekday()) % 7 or 7)
    ahead |= {friday + timedelta(days=7 * n): 14 for n in (0, 1)}
    first = _last_friday(today + timedelta(days=5), 1)
    second = _last_friday(first, 1)
    ahead |= {first: 60, second: 95, _last_friday(second, 3): 190}
    return sorted((int(end.timestamp()), int((end - timedelta(days=days)).timestamp())) for end, days in ahead.items())


def _last_friday(after: datetime, step: int) -> datetime:
    """The last Friday of a month, after a day; of a month whose number is a multiple of `step` (3: of a quarter)."""
    month = after.year * 12 + after.month - 1
    while True:
        end = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1, 8, tzinfo=UTC) - timedelta(days=1)
        friday = end - timedelta(days=(end.weekday() - 4) % 7)
        if end.month % step == 0 and friday > after:
            return friday
        month += 1


def _strikes(coin: str, end: int, listed: int) -> list[float]:
    """Fifteen strikes about the coin's usual price, further apart the longer the option runs."""
    price, wide = universe().by_key[coin].price, max(1, round(((end - listed) / DAY / 14) ** 0.5))
    step = STEPS[coin] * wide
    middle = round(price / step) * step
    return [float(middle + step * n) for n in range(-(STRIKES // 2), STRIKES // 2 + 1) if middle + step * n > 0]


def _option(slug: str, coin: str, ends: tuple[int, int], strike: float, call: bool) -> Option:
    end, listed = ends
    day, letter = datetime.fromtimestamp(end, UTC), "C" if call else "P"
    symbol, name, quote = {
        "binance": (f"{coin}-{day:%y%m%d}-{strike:.0f}-{letter}", f"{coin}USDT", "USDT"),
        "bybit": (f"{coin}-{day.day}{day:%b%y}-{strike:.0f}-{letter}-USDT".upper(), coin, "USDT"),
        "gateio": (f"{coin}_USDT-{day:%Y%m%d}-{strike:.0f}-{letter}", f"{coin}_USDT", "USDT"),
    }[slug]
    tick = TICK[coin]
    return Option(slug, symbol, coin, name, quote, quote, strike, call, end, SIZE.get(slug, {}).get(coin, 1.0), listed, tick, max(0, -floor(log10(tick))), 2)


def implied(coin: str, price: float, strike: float, years: float) -> float:
    """The volatility of the smile at a strike: lowest near the money, rising on both sides, higher for puts."""
    x = log(strike / price) / sqrt(max(years, 1 / 365))
    x = max(-1.6, min(1.6, x))
    return LEVEL[coin] * (1 + SKEW * x + CURVE * x * x * 0.4) + 0.06 * exp(-years * 8)


def black_scholes(price: float, strike: float, years: float, iv: float, call: bool) -> tuple[float, float, float, float, float]:
    """(value, delta, gamma, vega per one per cent, theta a day) of an option without interest."""
    spread = iv * sqrt(years)
    d1 = log(price / strike) / spread + spread / 2
    density, up, down = exp(-d1 * d1 / 2) / sqrt(2 * pi), _normal(d1), _normal(d1 - spread)
    value = price * up - strike * down
    gamma, vega, theta = density / (price * spread), price * density * sqrt(years) / 100, -price * density * iv / (2 * sqrt(years)) / 365
    return (value, up, gamma, vega, theta) if call else (value - price + strike, up - 1, gamma, vega, theta)


def _normal(x: float) -> float:
    return 0.5 * (1 + erf(x / sqrt(2)))


def option_quotes(prices: Prices, slug: str, t: float) -> list[OptionQuote]:
    """All options of an exchange at `t`, in the order of `options`."""
    return _quotes(prices, slug, t)


def option_quote(prices: Prices, option: Option, t: float) -> OptionQuote:
    """One option's row of `option_quotes`."""
    return _by_symbol(prices, option.exchange, t)[option.symbol]


@lru_cache(maxsize=4)
def _by_symbol(prices: Prices, slug: str, t: float) -> dict[str, OptionQuote]:
    return {q.option.symbol: q for q in _quotes(prices, slug, t)}


@lru_cache(maxsize=4)
def _quotes(prices: Prices, slug: str, t: float) -> list[OptionQuote]:
    pair_of = prices.world.pair_of
    now = {coin: prices.pair_at(pair_of[coin, "USDT"], t) for coin in COINS.get(slug, ())}
    then = {coin: prices.pair_at(pair_of[coin, "USDT"], t - DAY) for coin in now}
    tick = int(t * 2) * 139
    return [_quote(prices, o, t, (now[o.underlying], then[o.underlying]), tick + n) for n, o in enumerate(options(slug, t))]


def _quote(prices: Prices, o: Option, t: float, spot: tuple[float, float], n: int) -> OptionQuote:
    a, b, c = prices.noise(n * 17), prices.noise(n * 29 + 7), prices.noise(n * 53 + 91)
    price, before = spot
    years = max(o.expiry - t, 60.0) / YEAR
    iv = implied(o.underlying, price, o.strike, years)
    value, delta, gamma, vega, theta = black_scholes(price, o.strike, years, iv, o.call)
    half = iv * (0.012 + 0.01 * a)
    bid_tick = int((value - half * vega * 100) / o.tick)
    ask_tick = max(int((value + half * vega * 100) / o.tick) + 1, 1)
    size, interest, traded = prices.remembered(o, _liquidity)
    last = max(bid_tick + round(c * (ask_tick - bid_tick)), 1) * o.tick
    opened = max(black_scholes(before, o.strike, years + DAY / YEAR, iv, o.call)[0], o.tick)
    bid = bid_tick > 0
    return OptionQuote(
        o, bid_tick * o.tick if bid else None, _whole(o, size * (0.2 + 1.6 * b)) if bid else None, ask_tick * o.tick, _whole(o, size * (0.2 + 1.6 * c)),
        last, value, iv, iv - half if bid else None, iv + half, delta, gamma, vega, theta, _whole(o, interest), price, price,
        traded, traded * price, opened, max(opened, last) * 1.05, min(opened, last) * 0.95, a,
    )  # fmt: skip


def _whole(o: Option, units: float) -> float:
    return max(1, round(units / o.contract_size)) * o.contract_size


def _liquidity(prices: Prices, o: Option) -> tuple[float, float, float]:
    """(size at the best price, open interest, units traded a day), most near the money and in the near expiries."""
    rng, price = chance(f"{prices.seed}:{o.exchange}:{o.symbol}"), universe().by_key[o.underlying].price
    near = exp(-8 * abs(log(o.strike / price)))
    units = 2e6 / price * near * rng.lognormvariate(0, 0.6)
    return units / 12, units * 6, units * (0.4 if o.expiry else 1.0)
