"""Ways to buy at one place and sell at another, found over the whole board and its order books. Pure.

A `Scene` is what is known at one instant; `crosses` finds every pair of exchanges between which something is left after fees,
also where a leg is in doubt (`markets.analysis.classes` says what each comes to). Cheap bounds come first: most pairs cannot
pay and are not looked at any closer.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, localcontext

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import arbitrage, quality, verdict, wording
from markets.analysis.arbitrage import ONE, ZERO, Terms, Trade
from markets.analysis.depth import Level, oddness
from markets.analysis.derivatives import age_s
from markets.analysis.fees import OWN, Fees
from markets.analysis.quality import Look
from markets.analysis.settings import DEFAULT, Method
from markets.analysis.verdict import Verdict
from markets.board import Board, Ladder, PairKey, Quote

ASSUMED = "assumed"  # the origin of a fee that nobody told us
GONE = frozenset({"disabled", "auto_disabled", "banned", "blocked", "not_in_rollout", "expired", "no_bid_ask", "bad_number"})  # no price of today
NEAREST = 10  # routes that come closest to paying, shown where none pays
TRIED = 4 * NEAREST

Books = Mapping[PairKey, Mapping[str, Ladder]]


class Leg(Struct, frozen=True, gc=False, kw_only=True):
    """One order of a route: what is bought or sold where, at which best price, and how far that may be trusted.

    `levels` is the book's side where `source` is book, else the ticker's best price with its size (none where the size is
    unknown). `reason` is why a comparison would leave the quote out, "" when it counts. `step`, `min_size` are in coins.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    side: str  # buy sell
    price: Decimal
    fee: Decimal
    fee_source: str
    kind: str = "spot"
    levels: tuple[Level, ...] = ()
    source: str = "ticker"
    observed_at: datetime | None = None
    age_s: float | None = None
    state: str = "fresh"
    reason: str = ""
    detail: str = ""
    identity: str = "unknown"
    flag_since: datetime | None = None
    period_s: int = 10
    step: Decimal | None = None
    min_size: Decimal | None = None
    min_notional: Decimal | None = None

    @property
    def size(self) -> Decimal | None:
        """Coins at the best price; None where that is unknown."""
        return self.levels[0][1] if self.levels else None


class Carry(Struct, frozen=True, gc=False, kw_only=True):
    """What holding a spot position against a perpetual earns: its funding, a ratio an hour, and how often it is paid.

    `break_even_h` are the hours of today's funding that pay what entry and exit lose; None where it never does, 0 where
    entering pays already.
    """

    hourly: Decimal | None = None
    interval_hours: Decimal | None = None
    apr_pct: Decimal | None = None
    next_funding_at: datetime | None = None
    break_even_h: Decimal | None = None
    open_interest_value: Decimal | None = None


class Route(Struct, frozen=True, gc=False, kw_only=True):
    """Orders that end in what they began with. Money is the buyer's (`quote`); ratios are of what is spent.

    `gross` and `net` are those of the best prices, before and after fees. `trade` is all that pays, `sized` that within the
    amount asked for. `usd` is USD for one unit of `quote`, None where unknown. `pair_class` is the pair's (major, tail ...).
    """

    kind: str  # cross triangle basis
    legs: tuple[Leg, ...]
    base: str
    quote: str
    gross: Decimal
    net: Decimal
    trade: Trade
    sized: Trade
    terms: Terms = Terms()
    usd: Decimal | None = None
    pair_class: str = "tail"
    carry: Carry | None = None

    @property
    def buy(self) -> Leg:
        """Where it begins."""
        return self.legs[0]

    @property
    def sell(self) -> Leg:
        """Where the coin is sold again."""
        return self.legs[1] if self.kind != "triangle" else self.legs[-1]

    @property
    def key(self) -> PairKey:
        """The pair that is bought."""
        return PairKey(self.buy.base, self.buy.quote)

    @property
    def name(self) -> str:
        """The same for the same route at any time."""
        return f"{self.kind}:" + ">".join(f"{leg.exchange}:{leg.side}:{leg.symbol}" for leg in self.legs)

    @property
    def fees(self) -> Decimal:
        """What gross has to make up for, a ratio: the difference to net."""
        return EXACT.subtract(self.gross, self.net)

    @property
    def age_s(self) -> float | None:
        """Of the older leg; None when a leg has none."""
        ages = [leg.age_s for leg in self.legs]
        return None if None in ages else max(ages)  # type: ignore[type-var]

    @property
    def skew_s(self) -> float | None:
        """Between the oldest and the youngest leg."""
        times = [leg.observed_at for leg in self.legs]
        known = [at for at in times if at is not None]
        return (max(known) - min(known)).total_seconds() if len(known) == len(times) else None

    def usd_of(self, money: Decimal) -> Decimal | None:
        """An amount of the route's money in USD."""
        return None if self.usd is None else EXACT.multiply(money, self.usd)


class Priced(Struct, gc=False):
    """What one coin of a pair costs and brings after fees, by ticker, as (money, exchange); and the bounds by books as well."""

    costs: list[tuple[Decimal, str]]
    values: list[tuple[Decimal, str]]
    bounds: tuple[Decimal | None, Decimal | None]  # least cost, most value


@dataclass
class Scene:
    """The board, its books and the settings at `now`; verdicts are made once for each pair that is looked at.

    `fees` are the visitor's. `only`: routes over these exchanges (none named: all). `amount` in USD limits `Route.sized`.
    """

    board: Board
    books: Books
    now: datetime
    method: Method = DEFAULT
    fees: Fees = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    amount: Decimal | None = None
    _verdicts: dict[PairKey, Verdict] = field(default_factory=dict)
    _priced: dict[PairKey, Priced] = field(default_factory=dict)

    def verdict(self, key: PairKey) -> Verdict:
        """The pair judged as every comparison judges it."""
        found = self._verdicts.get(key)
        if found is None:
            found = verdict.judge(self.board.pairs[key], self.now, self.method, self.board.usd.get(key.quote), self.board.is_stable(key))
            self._verdicts[key] = found
        return found

    def fee(self, exchange: str, known: Decimal | None) -> Decimal:
        """The taker fee that counts: the visitor's, else the board's, else one on the safe side."""
        own = self.fees.get(exchange, self.fees.get("")) if self.fees else None
        return own if own is not None else self.method.unknown_fee if known is None else known

    def fee_source(self, exchange: str, quote: Quote) -> str:
        """Where that fee is from."""
        return OWN if exchange in self.fees or "" in self.fees else ASSUMED if quote.taker_fee is None else quote.fee_source or ASSUMED

    def priced(self, key: PairKey) -> Priced:
        """Costs and values of a pair on every exchange, whatever its quotes are worth."""
        found = self._priced.get(key)
        if found is None:
            found = self._priced[key] = self._price(key)
        return found

    def _price(self, key: PairKey) -> Priced:
        costs, values, quotes = [], [], self.board.pairs[key]
        for name, q in quotes.items():
            fee = q.taker_fee if q.taker_fee is not None and not self.fees else self.fee(name, q.taker_fee)
            if q.ask:
                costs.append((q.ask * (ONE + fee), name))
            if q.bid:
                values.append((q.bid * (ONE - fee), name))
        low, high = min(costs)[0] if costs else None, max(values)[0] if values else None
        books = [(book, self.fee(n, quotes[n].taker_fee)) for n in self.books.get(key, ()) if (book := self.book(key, n))]
        for book, fee in books:
            ask, bid = book.asks[0][0] * (ONE + fee), book.bids[0][0] * (ONE - fee)
            low, high = ask if low is None else min(low, ask), bid if high is None else max(high, bid)
        return Priced(costs, values, (low, high))

    def wanted(self, exchange: str) -> bool:
        """Whether a route may use it."""
        return not self.only or exchange in self.only

    def book(self, key: PairKey, exchange: str) -> Ladder | None:
        """The stored book, where it is as fresh as a price has to be, of this very market, and in order."""
        ladder, quote = self.books.get(key, {}).get(exchange), self.board.pairs[key].get(exchange)
        if ladder is None or quote is None or ladder.symbol != quote.symbol or ladder.switch or oddness(ladder.bids, ladder.asks):
            return None
        return ladder if self.state(ladder.observed_at, quote.period_s) == "fresh" else None

    def state(self, observed_at: datetime | None, period_s: int) -> str:
        """Fresh, aging, stale or expired."""
        return quality.state(age_s(observed_at, self.now), period_s, self.method)

    def leg(self, key: PairKey, exchange: str, side: str, *, booked: bool) -> Leg:
        """One order, from the book or from the ticker."""
        look = self.verdict(key).looks[exchange]
        q, book = look.quote, self.book(key, exchange) if booked else None
        price, size, levels = _side(q, book, side)
        at, age = (book.observed_at, age_s(book.observed_at, self.now)) if book else (q.observed_at, look.age_s)
        return Leg(
            exchange=exchange, symbol=q.symbol, base=q.base, quote=q.quote, side=side, price=price, fee=self.fee(exchange, q.taker_fee),
            fee_source=self.fee_source(exchange, q), levels=levels if book else ((price, size),) if size else (), source="book" if book else "ticker",
            observed_at=at, age_s=age, state="fresh" if book else look.state, reason=reason_of(look), detail=wording.detail(look, None), identity=q.identity,
            flag_since=q.flag_since if q.flag else None, period_s=q.period_s, step=q.lot_size, min_size=q.min_size, min_notional=q.min_notional,
        )

    def money(self, quote: str) -> Decimal | None:
        """The amount in a quote currency; None where none was given, or its rate is unknown."""
        usd = self.board.usd.get(quote)
        return None if self.amount is None or not usd else EXACT.divide(self.amount, usd)


def _side(q: Quote, book: Ladder | None, side: str) -> tuple[Decimal, Decimal | None, tuple[Level, ...]]:
    """(best price, size there, the whole side where there is a book)."""
    if book:
        levels = book.asks if side == "buy" else book.bids
        return levels[0][0], levels[0][1], levels
    return (q.ask, q.ask_size, ()) if side == "buy" else (q.bid, q.bid_size, ())  # type: ignore[return-value]  # only sides that are there are asked for


def reason_of(look: Look) -> str:
    """Why a quote may not be a leg, "" when it may: what a comparison leaves out, and what is not fresh."""
    return look.reason or ("" if look.state == "fresh" else look.state)


def coarser(*steps: Decimal | None) -> Decimal | None:
    """The largest known step."""
    return max((step for step in steps if step), default=None)


# --- Two exchanges ----------------------------------------------------------------------------------------------
class Conversion(Struct, frozen=True, gc=False):
    """Selling one money for another on one exchange: `rate` after the fee, of the market `key` by its `side`."""

    key: PairKey
    side: str
    rate: Decimal


def crosses(scene: Scene, *, everything: bool = False) -> list[Route]:
    """Every route that pays, in doubt or not; then those that come closest (all of them with `everything`), best first of each."""
    with localcontext(EXACT):
        paying = list(_same_money(scene)) + list(_other_money(scene))
        near = [route for key in _hopeful(scene, everything) if (route := _closest(scene, key)) is not None and route.net <= ZERO]
        near.sort(key=lambda route: (-route.net, route.name))
        return sorted(paying, key=lambda route: (-route.net, route.name)) + (near if everything else near[:NEAREST])


def _same_money(scene: Scene) -> Iterator[Route]:
    for key in scene.board.pairs:
        low, high = scene.priced(key).bounds
        if low is not None and high is not None and high > low:
            yield from _paying(scene, key)


def _ends(scene: Scene, key: PairKey) -> list[tuple[str, Quote, Ladder | None]]:
    """The exchanges between which a pair may be traded, with their fresh book where there is one."""
    looks = scene.verdict(key).looks
    return [(name, look.quote, scene.book(key, name)) for name, look in looks.items() if scene.wanted(name) and look.reason not in GONE]


def _paying(scene: Scene, key: PairKey) -> Iterator[Route]:
    ends = _ends(scene, key)
    for a, q, book in ends:
        for b, p, other in ends:
            if a != b and _leaves(scene, (q, book), (p, other)) > ZERO:
                yield _route(scene, key, a, key, b, None)


def _leaves(scene: Scene, bought: tuple[Quote, Ladder | None], sold: tuple[Quote, Ladder | None], rate: Decimal = ONE) -> Decimal:
    """Value minus cost of one coin: by both books where both are there, else by both tickers."""
    (q, book), (p, other) = bought, sold
    ask, bid = (book.asks[0][0], other.bids[0][0]) if book and other else (q.ask, p.bid)
    if not ask or not bid:
        return ZERO
    return bid * (ONE - scene.fee(p.exchange, p.taker_fee)) * rate - ask * (ONE + scene.fee(q.exchange, q.taker_fee))


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


def settled(scene: Scene, kind: str, legs: tuple[Leg, ...], terms: Terms, *, pair_class: str, carry: Carry | None = None) -> Route:
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
        usd=scene.board.usd.get(buy.quote), pair_class=pair_class, carry=carry,
    )


# --- Two moneys -------------------------------------------------------------------------------------------------
def _other_money(scene: Scene) -> Iterator[Route]:
    """Bought for one money, sold for another, and that sold for the first where the coin was sold: never taken to be equal."""
    by_base: dict[str, list[PairKey]] = {}
    for key in scene.board.pairs:
        by_base.setdefault(key.base, []).append(key)
    rates = conversions(scene)
    for keys in by_base.values():
        if len(keys) > 1:
            for sold in keys:
                for brings, b in scene.priced(sold).values:
                    yield from _converted(scene, keys, sold, (brings, b), rates)


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


def _converted(
    scene: Scene, keys: Sequence[PairKey], sold: PairKey, end: tuple[Decimal, str], rates: Mapping[tuple[str, str, str], Conversion],
) -> Iterator[Route]:
    """Sold on one exchange, bought anywhere else for other money."""
    brings, b = end
    for key in keys:
        via = rates.get((b, sold.quote, key.quote)) if key.quote != sold.quote else None
        low = scene.priced(key).bounds[0]
        if via is None or low is None or brings * via.rate <= low:
            continue
        for cost, a in scene.priced(key).costs:
            if a != b and brings * via.rate > cost and _there(scene, (key, a), (sold, b), (via.key, b)):
                route = _route(scene, key, a, sold, b, via)
                if route.net > ZERO:  # by the books, where they are there
                    yield route


def _there(scene: Scene, *places: tuple[PairKey, str]) -> bool:
    return all(scene.wanted(name) and scene.verdict(key).looks[name].reason not in GONE for key, name in places)


# --- What comes closest -----------------------------------------------------------------------------------------
def _hopeful(scene: Scene, everything: bool) -> list[PairKey]:
    """The pairs that may hold the routes closest to paying."""
    several = [(scene.priced(key).bounds, key) for key, quotes in scene.board.pairs.items() if len(quotes) > 1]
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
