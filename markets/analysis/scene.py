"""What is known at one instant: the board, its books and the settings, and the orders and routes made from them. Pure.

A `Scene` judges and prices each pair once, a `Leg` is one order with how far its price may be trusted, a `Route` is orders that
end in what they began with. `routes`, `triangles` and `basis` find routes in a scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import quality, verdict, wording
from markets.analysis.arbitrage import ONE, Terms, Trade
from markets.analysis.depth import Level, oddness
from markets.analysis.derivatives import Contract, age_s
from markets.analysis.fees import OWN, Fees
from markets.analysis.quality import Look
from markets.analysis.settings import DEFAULT, Method
from markets.analysis.verdict import Verdict
from markets.board import Board, Ladder, PairKey, Quote

ASSUMED = "assumed"  # the origin of a fee that nobody told us

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
    newer: Decimal | None = None  # the ticker's price where it was seen after the book

    @property
    def latest(self) -> Decimal:
        """The best price as it was last seen, in book or ticker."""
        return self.price if self.newer is None else self.newer

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
        own = self.fees.get(exchange, self.fees.get(""))
        return own if own is not None else self.method.unknown_fee if known is None else known

    def fee_source(self, exchange: str, quote: Quote | Contract) -> str:
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
            fee = self.fee(name, q.taker_fee)
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
        later = book is not None and at is not None and q.observed_at is not None and q.observed_at > at
        return Leg(
            exchange=exchange, symbol=q.symbol, base=q.base, quote=q.quote, side=side, price=price, fee=self.fee(exchange, q.taker_fee),
            fee_source=self.fee_source(exchange, q), levels=levels if book else ((price, size),) if size else (), source="book" if book else "ticker",
            observed_at=at, age_s=age, state="fresh" if book else look.state, reason=reason_of(look), detail=wording.detail(look, None), identity=q.identity,
            flag_since=q.flag_since if q.flag else None, period_s=q.period_s, step=q.lot_size, min_size=q.min_size, min_notional=q.min_notional,
            newer=(q.ask if side == "buy" else q.bid) if later else None,
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
