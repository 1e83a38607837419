"""Loops inside one exchange: money into one coin, that into another, and back into the money. Pure.

Selling a leg's base multiplies by its bid, buying it divides by its ask, and each fill keeps (1 - fee) of what it brings. The
end is compared with the start in the same money; both ways round are tried, for turning a loop round does not turn its result.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext

from exchanges.numbers import EXACT
from markets.analysis import fills
from markets.analysis.arbitrage import ONE, ZERO, Step, Trade, floored
from markets.analysis.routes import GONE, NEAREST, TRIED
from markets.analysis.scene import Leg, Route, Scene
from markets.board import Board, PairKey

Turn = tuple[PairKey, str]  # a market and whether its base is bought or sold
Loop = tuple[Turn, Turn, Turn]


def result(turns: Sequence[tuple[str, Decimal]], fees: Sequence[Decimal] = ()) -> Decimal:
    """End over start minus one, of (side, price) in order: buy divides by the ask, sell multiplies by the bid."""
    end = ONE
    with localcontext(EXACT):
        for at, (side, price) in enumerate(turns):
            end = (end / price if side == "buy" else end * price) * (ONE - (fees[at] if fees else ZERO))
        return end - ONE


def triangles(scene: Scene, *, everything: bool = False) -> list[Route]:
    """Every loop that pays, in doubt or not; then those that come closest (all with `everything`), best first of each."""
    with localcontext(EXACT):
        raw = list(_raw(scene))
        paying = [route for net, exchange, loop in raw if net > ZERO and (route := _route(scene, exchange, loop))]
        losing = [found for found in raw if found[0] <= ZERO]
        tried = losing if everything else heapq.nlargest(TRIED, losing)
        near = [route for _, exchange, loop in tried if (route := _route(scene, exchange, loop)) and not any(leg.reason for leg in route.legs)]
        near.sort(key=_order)
        return sorted((r for r in paying if r.net > ZERO), key=_order) + (near if everything else near[:NEAREST])


def one(scene: Scene, exchange: str, loop: Loop) -> Route | None:
    """One loop on one exchange, paying or not; None where a market has no price of today."""
    with localcontext(EXACT):
        return _route(scene, exchange, loop)


def _order(route: Route) -> tuple[Decimal, str]:
    return -route.net, route.name


def _raw(scene: Scene) -> Iterator[tuple[Decimal, str, Loop]]:
    """(net by tickers, exchange, loop) of every loop on every exchange."""
    pairs = scene.board.pairs
    # What one unit brings after the fee, by exchange, market and side: each is part of many loops.
    worth: dict[tuple[str, Turn], Decimal] = {}
    for loop in loops(scene.board):
        first, second, third = loop
        for name in pairs[second[0]]:  # the second market is the one with the fewest exchanges
            if name in pairs[first[0]] and name in pairs[third[0]] and scene.wanted(name):
                factors = [factor for turn in loop if (factor := _factor(scene, worth, name, turn))]
                if len(factors) == len(loop):
                    yield factors[0] * factors[1] * factors[2] - ONE, name, loop


def _factor(scene: Scene, worth: dict[tuple[str, Turn], Decimal], name: str, turn: Turn) -> Decimal:
    """What one unit brings; 0 where the side is missing."""
    found = worth.get((name, turn))
    if found is None:
        key, side = turn
        q = scene.board.pairs[key][name]
        kept = ONE - scene.fee(name, q.taker_fee)
        found = ZERO if not q.bid or not q.ask else kept / q.ask if side == "buy" else q.bid * kept
        worth[name, turn] = found
    return found


def loops(board: Board) -> Iterator[Loop]:
    """Every loop of three markets, once in each direction, beginning with its money."""
    told_in: dict[str, set[str]] = {}
    for key in board.pairs:
        told_in.setdefault(key.quote, set()).add(key.base)
    for key in board.pairs:  # a market between two moneys: key.base is bought with key.quote
        for coin in sorted(told_in[key.quote] & told_in.get(key.base, set())):
            yield from _both(board, coin, key)


def _both(board: Board, coin: str, key: PairKey) -> Iterator[Loop]:
    """Through the middle money and back by the coin, and the other way round; begun with what is more like money."""
    cheap, dear = PairKey(coin, key.quote), PairKey(coin, key.base)
    if _rank(board, key.quote) <= _rank(board, key.base):
        yield (key, "buy"), (dear, "buy"), (cheap, "sell")
        yield (cheap, "buy"), (dear, "sell"), (key, "sell")
    else:
        yield (dear, "buy"), (cheap, "sell"), (key, "buy")
        yield (key, "sell"), (cheap, "buy"), (dear, "sell")


def _rank(board: Board, ticker: str) -> tuple[int, str]:
    """USDT before other stablecoins, those before fiat, that before coins."""
    known = board.coins.get(ticker)
    order = {"stablecoin": 1, "fiat": 2}.get(known.kind, 3) if known else 3
    return (0 if ticker == "USDT" else order), ticker


def _route(scene: Scene, exchange: str, loop: Loop) -> Route | None:
    if any(scene.verdict(key).looks[exchange].reason in GONE for key, _ in loop):
        return None
    booked = all(scene.book(key, exchange) is not None for key, _ in loop)
    legs = tuple(scene.leg(key, exchange, side, booked=booked) for key, side in loop)
    first = legs[0]
    money = first.quote if first.side == "buy" else first.base
    coins = {leg.base for leg in legs} | {leg.quote for leg in legs}
    coin = next(name for name in sorted(coins, key=lambda name: _rank(scene.board, name), reverse=True) if name != money)
    usd = scene.board.usd.get(money)
    limit = None if scene.amount is None or not usd else scene.amount / usd
    trade = rounded(legs, limit=None)
    sides = [(leg.side, leg.price) for leg in legs]
    return Route(
        kind="triangle", legs=legs, base=coin, quote=money, gross=result(sides), net=result(sides, [leg.fee for leg in legs]), trade=trade,
        sized=trade if limit is None or trade.cost <= limit else rounded(legs, limit=limit), usd=usd, pair_class=_class(scene, loop),
    )


def _class(scene: Scene, loop: Loop) -> str:
    """Major where every pair is one; else that of the first that is not."""
    classes = [scene.verdict(key).pair_class for key, _ in loop]
    return next((found for found in classes if found not in ("major", "stable")), "major")


# --- Size -------------------------------------------------------------------------------------------------------
def walk(legs: Sequence[Leg], limit: Decimal | None = None) -> Decimal:
    """The start amount up to which another unit still pays: the thinnest leg's level ends a step, the next level begins one."""
    with localcontext(EXACT):
        places, used, total = [0] * len(legs), [ZERO] * len(legs), ZERO
        while all(place < len(leg.levels) for place, leg in zip(places, legs, strict=True)):
            rates, room = [], []
            before = ONE
            for leg, place, spent in zip(legs, places, used, strict=True):
                rate, holds = _level(leg, place)
                room.append((holds - spent) / before)
                rates.append(rate)
                before *= rate
            if before <= ONE:
                break
            took = min(room)
            if limit is not None and total + took >= limit:
                return limit
            total += took
            _spend(places, used, rates, room, took)
        return total


def _level(leg: Leg, place: int) -> tuple[Decimal, Decimal]:
    """(what one unit put in brings, how many units the level takes) of one level."""
    price, size = leg.levels[place]
    kept = ONE - leg.fee
    return (kept / price, price * size) if leg.side == "buy" else (price * kept, size)


def _spend(places: list[int], used: list[Decimal], rates: Sequence[Decimal], room: Sequence[Decimal], took: Decimal) -> None:
    """Take `took` of the start through every leg; a level that is used up gives way to the next."""
    through = took
    for at, rate in enumerate(rates):
        if room[at] == took:
            places[at], used[at] = places[at] + 1, ZERO
        else:
            used[at] += through
        through *= rate


def rounded(legs: Sequence[Leg], limit: Decimal | None) -> Trade:
    """The loop at its size, each order in whole steps: what is too small to trade on the way is lost."""
    start = walk(legs, limit)
    with localcontext(EXACT):
        amount, spent, steps = start, ZERO, list[Step]()
        for at, leg in enumerate(legs):
            coins, cost, brings = _order_of(leg, amount)
            if at == 0:
                spent = cost
            steps.append(Step(coins, leg.price, leg.price))
            amount = brings * (ONE - leg.fee)
        ends = "amount" if limit is not None and start == limit else "unprofitable" if start else "book"
        return Trade(spent, spent, amount, tuple(steps), ends)


def _order_of(leg: Leg, amount: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """(coins, what they cost in the leg's input, what they bring before the fee) of an order for `amount` of its input."""
    if not amount or not leg.levels:
        return ZERO, ZERO, ZERO
    if leg.side == "sell":
        coins = floored(amount, leg.step)
        return coins, coins, fills.by_base(leg.levels, coins).money if coins else ZERO
    coins = floored(fills.by_money(leg.levels, amount).base, leg.step)
    return coins, fills.by_base(leg.levels, coins).money if coins else ZERO, coins
