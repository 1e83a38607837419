"""Ways to buy at one place and sell at another, found over the whole board and its order books. Pure.

`crosses` finds every pair of exchanges between which something is left after fees, also where a leg is in doubt
(`markets.analysis.classes` says what each comes to). Cheap bounds come first: most pairs cannot pay and are not looked at any
closer.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import NamedTuple

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import arbitrage
from markets.analysis.arbitrage import ONE, ZERO, Terms
from markets.analysis.scene import Leg, Route, Scene, reason_of
from markets.board import Ladder, PairKey, Quote

GONE = frozenset({"disabled", "auto_disabled", "banned", "blocked", "not_in_rollout", "expired", "no_bid_ask", "bad_number"})  # no price of today
NEAREST = 10  # routes that come closest to paying, shown where none pays
TRIED = 4 * NEAREST


# --- Two exchanges ----------------------------------------------------------------------------------------------
class Conversion(Struct, frozen=True, gc=False):
    """Selling one money for another on one exchange: `rate` after the fee, of the market `key` by its `side`."""

    key: PairKey
    side: str
    rate: Decimal


def crosses(scene: Scene, *, everything: bool = False, bases: Collection[str] = ()) -> list[Route]:
    """Every route that pays, in doubt or not; then those that come closest (all of them with `everything`), best first of each.

    `bases` are the only coins looked at, where some are named.
    """
    keys = [key for key in scene.board.pairs if not bases or key.base in bases]
    with localcontext(EXACT):
        paying = list(_same_money(scene, keys)) + list(_other_money(scene, keys))
        near = [route for key in _hopeful(scene, keys, everything) if (route := _closest(scene, key)) is not None and route.net <= ZERO]
        near.sort(key=lambda route: (-route.net, route.name))
        return sorted(paying, key=lambda route: (-route.net, route.name)) + (near if everything else near[:NEAREST])


def _same_money(scene: Scene, keys: Sequence[PairKey]) -> Iterator[Route]:
    for key in keys:
        low, high = scene.priced(key).bounds
        if low is not None and high is not None and high > low:
            yield from _paying(scene, key)


def _ends(scene: Scene, key: PairKey) -> list[tuple[str, Quote, Ladder | None]]:
    """The exchanges between which a pair may be traded, with their fresh book where there is one."""
    looks = scene.verdict(key).looks
    return [(name, look.quote, scene.book(key, name)) for name, look in looks.items() if scene.wanted(name) and look.reason not in GONE]


def _paying(scene: Scene, key: PairKey) -> Iterator[Route]:
    ends, old = _ends(scene, key), list[tuple[Decimal, str, str]]()
    for a, q, book in ends:
        for b, p, other in ends:
            left = _leaves(scene, (q, book), (p, other)) if a != b else ZERO
            if left > ZERO and _any_old(scene, (key, a), (key, b)):
                old.append((left, a, b))
            elif left > ZERO:
                yield _route(scene, key, a, key, b, None)
    if old:
        _, a, b = max(old)
        yield _route(scene, key, a, key, b, None)


def _any_old(scene: Scene, *places: tuple[PairKey, str]) -> bool:
    """Whether a price is too old to count: what it seems to leave is not there, so the best of these is told, not all.

    With two exchanges down there would be thousands, and nobody would find the others among them.
    """
    return any(scene.verdict(key).looks[name].state not in ("fresh", "aging") for key, name in places)


def _leaves(scene: Scene, bought: tuple[Quote, Ladder | None], sold: tuple[Quote, Ladder | None]) -> Decimal:
    """Value minus cost of one coin: by both books where both are there, else by both tickers."""
    (q, book), (p, other) = bought, sold
    ask, bid = (book.asks[0][0], other.bids[0][0]) if book and other else (q.ask, p.bid)
    if not ask or not bid:
        return ZERO
    return bid * (ONE - scene.fee(p.exchange, p.taker_fee)) - ask * (ONE + scene.fee(q.exchange, q.taker_fee))


def _route(scene: Scene, key: PairKey, a: str, sold: PairKey, b: str, via: Conversion | None) -> Route:  # noqa: PLR0917
    booked = scene.book(key, a) is not None and scene.book(sold, b) is not None
    buy, sell = scene.leg(key, a, "buy", booked=booked), scene.leg(sold, b, "sell", booked=booked)
    legs: tuple[Leg, ...] = (buy, sell)
    if via:
        legs = (*legs, scene.leg(via.key, b, via.side, booked=scene.book(via.key, b) is not None))
    terms = Terms(buy.fee, sell.fee, rate_of(legs[2]) if via else ONE, proceeds=_room(legs[2]) if via else None)
    return settled(scene, "cross", legs, terms, pair_class=scene.verdict(key).pair_class)


def rate_of(leg: Leg) -> Decimal:
    """What one unit sold there brings after the fee: the bid, or one over the ask."""
    return EXACT.multiply(leg.price, ONE - leg.fee) if leg.side == "sell" else EXACT.divide(ONE, EXACT.multiply(leg.price, ONE + leg.fee))


def _room(leg: Leg) -> Decimal | None:
    """How much may be sold there at its best price, in what is sold."""
    if leg.size is None:
        return None
    return leg.size if leg.side == "sell" else EXACT.multiply(leg.size, EXACT.multiply(leg.price, ONE + leg.fee))


def settled(scene: Scene, kind: str, legs: tuple[Leg, ...], terms: Terms, *, pair_class: str) -> Route:
    """A route of two orders with its sizes worked out."""
    buy, sell = legs[0], legs[1]
    step, money = coarser(buy.step, sell.step), scene.money(buy.quote)
    trade = arbitrage.rounded(buy.levels, sell.levels, terms, step)
    within = Terms(terms.buy_fee, terms.sell_fee, terms.rate, money, None, terms.proceeds)
    sized = trade if money is None or trade.cost <= money else arbitrage.rounded(buy.levels, sell.levels, within, step)
    # Before fees: what the fees of a conversion take is among them.
    rate = ONE if len(legs) == 2 else legs[2].price if legs[2].side == "sell" else EXACT.divide(ONE, legs[2].price)
    return Route(
        kind=kind, legs=legs, base=buy.base, quote=buy.quote, gross=arbitrage.gross(buy.price, sell.price, rate),
        net=arbitrage.net(buy.price, sell.price, terms.buy_fee, terms.sell_fee, terms.rate), trade=trade, sized=sized, terms=terms,
        usd=scene.board.usd.get(buy.quote), pair_class=pair_class,
    )


def coarser(*steps: Decimal | None) -> Decimal | None:
    """The largest known step."""
    return max((step for step in steps if step), default=None)


# --- Two moneys -------------------------------------------------------------------------------------------------
def _other_money(scene: Scene, keys: Sequence[PairKey]) -> Iterator[Route]:
    """Bought for one money, sold for another, and that sold for the first where the coin was sold: never taken to be equal."""
    by_base: dict[str, list[PairKey]] = {}
    for key in keys:
        by_base.setdefault(key.base, []).append(key)
    rates = conversions(scene)
    for alike in by_base.values():
        for way in _told(scene, [way for sold in alike for end in scene.priced(sold).values for way in _converted(scene, alike, sold, end, rates)]):
            route = _route(scene, way.bought, way.a, way.sold, way.b, way.via)
            if route.net > ZERO:  # by the books, where they are there
                yield route


def _told(scene: Scene, ways: Iterable[Converted]) -> Iterable[Converted]:
    """Those over prices that count, and of the others the best."""
    young, old = list[Converted](), list[Converted]()
    for way in ways:
        (old if _any_old(scene, (way.bought, way.a), (way.sold, way.b), (way.via.key, way.b)) else young).append(way)
    return young + sorted(old, key=lambda way: way.ratio)[-1:]


def conversions(scene: Scene) -> dict[tuple[str, str, str], Conversion]:
    """{(exchange, from, to): how} of every market between two moneys that prices are told in."""
    moneys = {key.quote for key in scene.board.pairs}
    found: dict[tuple[str, str, str], Conversion] = {}
    for key in scene.board.pairs:
        if key.base in moneys:
            for name, q in scene.board.pairs[key].items():
                fee = scene.fee(name, q.taker_fee)
                if q.bid and q.ask:
                    found[name, key.base, key.quote] = Conversion(key, "sell", q.bid * (ONE - fee))
                    found.setdefault((name, key.quote, key.base), Conversion(key, "buy", ONE / (q.ask * (ONE + fee))))
    return found


class Converted(NamedTuple):
    """What seems to leave something by the best prices: bought on `a`, sold on `b` for other money. `ratio`: value over cost."""

    ratio: Decimal
    bought: PairKey
    a: str
    sold: PairKey
    b: str
    via: Conversion


def _converted(
    scene: Scene, keys: Sequence[PairKey], sold: PairKey, end: tuple[Decimal, str], rates: Mapping[tuple[str, str, str], Conversion],
) -> Iterator[Converted]:
    """Sold on one exchange, bought anywhere else for other money."""
    brings, b = end
    for key in keys:
        via = rates.get((b, sold.quote, key.quote)) if key.quote != sold.quote else None
        low = scene.priced(key).bounds[0]
        if via is None or low is None or brings * via.rate <= low:
            continue
        for cost, a in scene.priced(key).costs:
            if a != b and brings * via.rate > cost and _there(scene, (key, a), (sold, b), (via.key, b)):
                yield Converted(brings * via.rate / cost, key, a, sold, b, via)


def _there(scene: Scene, *places: tuple[PairKey, str]) -> bool:
    return all(scene.wanted(name) and scene.verdict(key).looks[name].reason not in GONE for key, name in places)


# --- What comes closest -----------------------------------------------------------------------------------------
def _hopeful(scene: Scene, keys: Sequence[PairKey], everything: bool) -> list[PairKey]:
    """The pairs that may hold the routes closest to paying."""
    several = [(scene.priced(key).bounds, key) for key in keys if len(scene.board.pairs[key]) > 1]
    ratios = [(high / low, key) for (low, high), key in several if low and high]
    found = ratios if everything else [r for r in ratios if r[0] > ONE] + heapq.nlargest(TRIED, (r for r in ratios if r[0] <= ONE))
    return [key for _, key in found]


def _closest(scene: Scene, key: PairKey) -> Route | None:
    """The best route of a pair between two exchanges that both count; None with fewer than two."""
    ends = [end for end in _ends(scene, key) if not reason_of(scene.verdict(key).looks[end[0]])]
    priced = [(_leaves(scene, (q, book), (p, other)), a, b) for a, q, book in ends for b, p, other in ends if a != b]
    if not priced:
        return None
    _, a, b = max(priced, key=lambda found: (found[0], found[1], found[2]))
    return _route(scene, key, a, key, b, None)


# --- One route --------------------------------------------------------------------------------------------------
def between(scene: Scene, key: PairKey, a: str, b: str, sold: str = "") -> Route | None:
    """Buying a pair on one exchange and selling on another, for other money where `sold` names it, paying or not.

    None where a side has no price of today, or the money has no market there.
    """
    other = PairKey(key.base, sold or key.quote, key.kind)
    with localcontext(EXACT):
        via = conversions(scene).get((b, other.quote, key.quote)) if other != key else None
        places = [(key, a), (other, b), *([(via.key, b)] if via else [])]
        if a == b or (other != key and via is None) or not all(n in scene.board.pairs.get(k, {}) for k, n in places) or not _there(scene, *places):
            return None
        ask, bid = scene.board.pairs[key][a].ask, scene.board.pairs[other][b].bid
        return _route(scene, key, a, other, b, via) if ask and bid else None
