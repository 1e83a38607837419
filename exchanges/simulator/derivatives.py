"""Perpetuals and dated futures of the simulated world: which there are, and what each of them costs at an instant.

`listed(prices, slug, t)` is the catalogue at an instant, `contract_quotes(prices, slug, t)` one row for each contract at `t`, in the same order;
`funding_history` what was paid before. In a writer: `scene.contracts()`, `scene.contract_quotes()`.

Units. Everything is counted in units of `Contract.base`, the code as that exchange writes it: of 1000PEPE one unit is a
thousand PEPE, prices are for one unit, sizes, volumes and open interest in units (open interest: one side only).
`contract_size` is units per contract (Gate.io 10,000,000 PEPE, KuCoin 0.001 XBT; 1 where an exchange counts units), or
money per contract when `inverse`. `in_contracts` turns units into whole contracts; every size and open interest here is a
whole number of contracts already. Exchanges differ in what they publish, and the writer converts: Bybit counts both sides
of open interest beside one, inverse volumes are contracts in one field and coins in another.

The basis of a perpetual swings around its index in two slow waves, and the funding rate is the mean basis of the running
interval: positive where the perpetual stands above its index. A dated contract's basis shrinks towards its expiry.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING, NamedTuple

from exchanges.simulator.contracts import Contract, contracts
from exchanges.simulator.universe import chance

if TYPE_CHECKING:
    from exchanges.simulator.prices import Prices

__all__ = (
    "Contract", "ContractQuote", "Funding", "contract_quote", "contract_quotes", "contracts", "funding_history", "in_contracts", "interval_h",
    "listed", "paid_at",
)  # fmt: skip

HOUR, DAY = 3_600, 86_400
SLOW = (31_000.0, 173_000.0)  # the periods of the basis' two waves, in seconds


class ContractQuote(NamedTuple):
    """One contract at one instant. Prices in quote for one unit of `contract.base`; sizes, volume, open interest in units of it.

    `funding_rate` is for the running interval, as a fraction for one interval, `next_rate` foretells the one after; both None,
    and `next_funding_at` 0, on dated contracts. Times are epoch seconds. `basis` is the mark's distance from the index (0.0004).
    """

    contract: Contract
    bid: float
    bid_size: float
    ask: float
    ask_size: float
    last: float
    mark: float
    index: float
    open_interest: float
    volume: float
    quote_volume: float
    open: float
    high: float
    low: float
    funding_rate: float | None
    next_funding_at: int
    next_rate: float | None
    interval_h: int
    basis: float
    chance: float  # in [0, 1), new at every tick: what a writer needs of small change
    age: float  # seconds since the last trade


class Funding(NamedTuple):
    """One settled funding: paid at `at` (epoch seconds), a fraction for the interval of so many hours that ended then."""

    at: int
    rate: float
    interval_h: int
    mark: float


class _Plan(NamedTuple):
    """A contract's constants: index pair, dollar pair of the quote (None for dollars), factor, and its waves."""

    pair: int
    money: int | None
    factor: float
    waves: tuple[tuple[float, float, float], ...]
    level: float
    half: float
    unit: float
    depth: float
    volume: float
    swing: float
    phase: float
    interest: float


def listed(prices: Prices, slug: str, t: float) -> list[Contract]:
    """The contracts of an exchange at `t`: the catalogue, and what has been opened since the world began."""
    return [*contracts(slug, t), *prices.timetable.contracts(slug, t)]


def contract_quotes(prices: Prices, slug: str, t: float) -> list[ContractQuote]:
    """All contracts of an exchange that are listed at `t`, in the exchange's order."""
    return _quotes(prices, slug, t, prices.timetable.version)


def contract_quote(prices: Prices, contract: Contract, t: float) -> ContractQuote:
    """One contract's row of `contract_quotes`."""
    return _by_symbol(prices, contract.exchange, t, prices.timetable.version)[contract.symbol]


def interval_h(prices: Prices, contract: Contract, t: float) -> int:
    """Hours between two fundings of a perpetual at `t`. One contract of each exchange pays twice as often from 16:00 UTC on, every day."""
    usual = contract.usual_interval_h
    if contract.changing and t % DAY >= 16 * HOUR:
        usual //= 2
    return prices.timetable.interval_h(contract.exchange, contract.symbol, t, usual)


def paid_at(t: float, hours: int) -> int:
    """The next time a contract pays that pays every so many hours (epoch seconds)."""
    return int(t // (hours * HOUR) + 1) * hours * HOUR


def in_contracts(contract: Contract, units: float, price: float) -> int:
    """Units of base as whole contracts; `price` matters only for inverse ones."""
    return round(units * price / contract.contract_size) if contract.inverse else round(units / contract.contract_size)


def funding_history(prices: Prices, contract: Contract, start: float, end: float) -> list[Funding]:
    """What a perpetual paid after `start` and up to `end`, oldest first; empty for dated contracts and before the listing."""
    found: list[Funding] = []
    if contract.kind != "perp":
        return found
    at = float(max(start, contract.listed_at))
    while (due := paid_at(at, hours := interval_h(prices, contract, at))) <= end:
        plan = _plan(prices, contract)
        rate = round(_mean_basis(plan, due - hours * HOUR, due) * hours / 8, 8)
        found.append(Funding(due, rate, hours, _index_at(prices, plan, due) * (1 + _basis(contract, plan, due))))
        at = due
    return found


def basis_at(prices: Prices, contract: Contract, t: float) -> float:
    """How far a contract stands from its index at `t`: `ContractQuote.basis` without the rest."""
    return _basis(contract, _plan(prices, contract), t)


def mid(prices: Prices, contract: Contract, t: float) -> float:
    """What a contract trades at, before spread and ticks: what its candles are made of."""
    plan = _plan(prices, contract)
    return _index_at(prices, plan, t) * (1 + _basis(contract, plan, t))


def day_volume(prices: Prices, contract: Contract) -> tuple[float, float, float]:
    """(units a day, angular speed and phase of its swing): `volume` is units * (1 + 0.25 sin(speed t + phase))."""
    plan = _plan(prices, contract)
    return plan.volume, plan.swing, plan.phase


def _index_at(prices: Prices, plan: _Plan, t: float) -> float:
    money = prices.pair_at(plan.money, t) if plan.money is not None else 1.0
    return prices.pair_at(plan.pair, t) * plan.factor / money


def _basis(contract: Contract, plan: _Plan, t: float) -> float:
    """How far the contract stands from its index: waves for a perpetual; for a dated one so much a year until it expires."""
    if contract.expiry is not None:
        return 0.06 * plan.level * max(0.0, contract.expiry - t) / (365 * DAY)
    return plan.level + sum(a * sin(w * t + p) for a, w, p in plan.waves)


def _mean_basis(plan: _Plan, start: float, end: float) -> float:
    """The mean of a perpetual's basis over a stretch of time."""
    if end <= start:
        end = start + 1
    return plan.level + sum(a / w * (cos(w * start + p) - cos(w * end + p)) for a, w, p in plan.waves) / (end - start)


@lru_cache(maxsize=8)
def _by_symbol(prices: Prices, slug: str, t: float, version: int) -> dict[str, ContractQuote]:
    return {q.contract.symbol: q for q in _quotes(prices, slug, t, version)}


@lru_cache(maxsize=8)
def _quotes(prices: Prices, slug: str, t: float, version: int) -> list[ContractQuote]:
    now, then = prices.pairs(t), prices.pairs(float((t - DAY) // 60 * 60))
    highs, lows = prices.extremes(int(t // HOUR))
    moment = (now, then, highs, lows)
    tick = int(t * 2) * 137
    return [_quote(prices, c, t, moment, tick + n) for n, c in enumerate(listed(prices, slug, t))]


def _quote(prices: Prices, c: Contract, t: float, moment: tuple[list[float], ...], n: int) -> ContractQuote:
    plan, (now, then, highs, lows) = _plan(prices, c), moment
    a, b, e = prices.noise(n * 17), prices.noise(n * 29 + 7), prices.noise(n * 53 + 91)
    basis, before = _basis(c, plan, t), _basis(c, plan, t - DAY)
    was = then[plan.pair] * plan.factor / (then[plan.money] if plan.money is not None else 1.0)
    index = now[plan.pair] * plan.factor / (now[plan.money] if plan.money is not None else 1.0)
    mark, ticks = index * (1 + basis), 10.0**c.digits
    width = plan.half * (0.7 + 0.6 * a)
    low_tick, high_tick = int(mark * (1 - width) * ticks) or 1, int(mark * (1 + width) * ticks) + 1
    last, opened = (low_tick + int(e * (high_tick - low_tick + 1))) / ticks, (int(was * (1 + before) * ticks) or 1) / ticks
    high = max(highs[plan.pair] * index / now[plan.pair] * (1 + basis), last, opened)
    low = min(lows[plan.pair] * index / now[plan.pair] * (1 + basis), last, opened)
    volume = plan.volume * (1 + 0.25 * sin(plan.swing * t + plan.phase))
    interest = _whole(c, plan.interest * (1 + 0.1 * sin(plan.swing * t / 3 + plan.phase)), mark)
    size = plan.depth / mark
    return ContractQuote(
        c, low_tick / ticks, _whole(c, size * (0.15 + 1.7 * b), mark), high_tick / ticks, _whole(c, size * (0.15 + 1.7 * e), mark), last,
        round(mark, c.digits + 2), round(index, c.digits + 2), interest, volume, volume * (high + low + 2 * last) / 4, opened, high, low,
        *_funding(prices, c, plan, t), basis, a, (t + plan.phase * 1_000) % min(5_400.0, 0.4 + 4e7 / c.turnover),
    )  # fmt: skip


def _funding(prices: Prices, c: Contract, plan: _Plan, t: float) -> tuple[float | None, int, float | None, int]:
    """(rate, paid at, next rate, hours): the mean basis since the interval began, scaled to its hours."""
    if c.kind != "perp":
        return None, 0, None, 0
    hours = interval_h(prices, c, t)
    due = paid_at(t, hours)
    start = due - hours * HOUR
    return round(_mean_basis(plan, start, max(t, start + 60)) * hours / 8, 8), due, round(_basis(c, plan, t) * hours / 8, 8), hours


def _whole(c: Contract, units: float, price: float) -> float:
    """Units rounded to whole contracts, at least one (to whole steps of the size where contracts are single units)."""
    if c.contract_size == 1 and not c.inverse:
        return max(round(units, c.size_digits), 10.0**-c.size_digits)
    return max(1, in_contracts(c, units, price)) * (c.contract_size / price if c.inverse else c.contract_size)


def _plan(prices: Prices, c: Contract) -> _Plan:
    return prices.remembered(c, _planned)


def _planned(prices: Prices, c: Contract) -> _Plan:
    own, shared = chance(f"{prices.seed}:{c.exchange}:{c.symbol}"), chance(f"{prices.seed}:basis:{c.asset.key}")
    calm = 1.0 if c.rank < 20 else 1.8
    mood, phases = shared.gauss(0.00008, 0.00006 * calm), [shared.uniform(0, 2 * pi) for _ in SLOW]
    waves = [(calm * size, 2 * pi / period, phase + own.uniform(-0.5, 0.5)) for size, period, phase in zip((0.00016, 0.0001), SLOW, phases, strict=True)]
    level = own.uniform(0.7, 1.2) if c.expiry is not None else mood + own.gauss(0, 0.00002)
    pairs = prices.world.pair_of
    money = pairs[c.quote, "USDT"] if c.quote not in ("USDT", "USD") else None
    half = min(0.006, max(2e-6, 0.4e-4 * (1e8 / c.turnover) ** 0.36))
    units = c.turnover / c.price
    return _Plan(
        pairs[c.asset.key, "USDT"], money, c.multiplier, tuple(waves), level, half, float(10**c.digits), 2.5 * sqrt(c.turnover), units,
        2 * pi / own.uniform(0.6 * DAY, 2 * DAY), own.uniform(0, 2 * pi), units * own.uniform(0.15, 0.8),
    )  # fmt: skip
