"""Order books: the best bid and ask of the quote of the same instant, and a finite ladder of orders behind them.

`book(prices, thing, t, levels)` works for a spot `Market`, a `Contract` and an `Option`. How deep a book is, how far its
levels lie apart and how quickly sizes grow differs from exchange to exchange; all of one side together is worth a
plausible part of what the market trades in a day, and asking for more levels than there are gives all there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10, sqrt
from typing import TYPE_CHECKING, NamedTuple

from exchanges.simulator.contracts import Contract
from exchanges.simulator.derivatives import contract_quote
from exchanges.simulator.options import Option, option_quote
from exchanges.simulator.universe import Market, chance

if TYPE_CHECKING:
    from exchanges.simulator.prices import Prices

Levels = list[tuple[float, float]]  # price, size; best first
Thing = Market | Contract | Option

# How an exchange's books are built: levels of a side for a liquid market, ticks between two of them, growth of the sizes,
# the share of a day's turnover that rests on one side within a per cent or so.
SHAPE = {
    "binance": (300, 1.0, 1.012, 0.004), "kucoin": (150, 1.6, 1.02, 0.0025), "bybit": (220, 1.2, 1.015, 0.0035), "gateio": (180, 2.0, 1.03, 0.002),
    "bitget": (200, 1.4, 1.018, 0.003),
}  # fmt: skip
FEWEST = 20


class _Top(NamedTuple):
    """The two best prices with sizes, price tick and size step, and what is traded a day, in quote."""

    bid: float | None
    bid_size: float | None
    ask: float | None
    ask_size: float | None
    tick: float
    step: float
    turnover: float


def book(prices: Prices, thing: Thing, t: float, levels: int = 1_000_000) -> tuple[Levels, Levels]:
    """(bids, asks), best first: price and size in the units of the thing's quote. A side that the quote lacks is empty.

    Raises KeyError for something that is not listed at `t`.
    """
    top = _top(prices, thing, t)
    bids = list(_side(prices, thing, t, top, top.bid, -1)) if top.bid else []
    asks = list(_side(prices, thing, t, top, top.ask, 1)) if top.ask else []
    return bids[:levels], asks[:levels]


def _top(prices: Prices, thing: Thing, t: float) -> _Top:
    if isinstance(thing, Option):
        q = option_quote(prices, thing, t)
        return _Top(q.bid, q.bid_size, q.ask, q.ask_size, thing.tick, thing.contract_size, 3e6)
    if isinstance(thing, Contract):
        c = contract_quote(prices, thing, t)
        step = thing.contract_size / c.mark if thing.inverse else thing.contract_size if thing.contract_size != 1 else 10.0**-thing.size_digits
        return _Top(c.bid, c.bid_size, c.ask, c.ask_size, 10.0**-thing.digits, step, thing.turnover)
    s = prices.quote(thing, t)
    return _Top(s.bid, s.bid_size, s.ask, s.ask_size, 10.0**-thing.digits, 10.0**-thing.size_digits, thing.turnover / thing.money.price)


def _side(prices: Prices, thing: Thing, t: float, top: _Top, best: float, way: int) -> Iterator[tuple[float, float]]:  # noqa: PLR0917 - one loop's constants
    """One side, from the best price outwards: `way` is -1 for bids."""
    most, apart, growth, share = SHAPE[thing.exchange]
    rng = chance(f"{prices.seed}:{thing.exchange}:{thing.symbol}:{way}:{int(t)}")
    count = max(FEWEST, min(most, int(most * min(1.0, sqrt(top.turnover / 2e7)) * rng.uniform(0.9, 1.1))))
    if isinstance(thing, Option):
        count = min(count, 25)
    reach = max(apart * top.tick, best * 0.02 / count)  # a liquid book reaches a few per cent
    usual = top.turnover * share / best * (growth - 1) / (growth**count - 1)
    place, digits = round(best / top.tick), max(0, round(-log10(top.tick)))
    yield best, (top.bid_size if way < 0 else top.ask_size) or top.step
    for n in range(1, count):
        place += way * max(1, round(reach / top.tick * rng.uniform(0.4, 1.6)))
        if place <= 0:
            return
        units = usual * growth**n * rng.uniform(0.3, 1.9)
        yield round(place * top.tick, digits), max(1, round(units / top.step)) * top.step
