"""Best price to buy and to sell, before and after taker fees, for an amount or at the top of the book, with the reason for
everything left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, localcontext

from msgspec import structs

from exchanges.numbers import EXACT
from markets.analysis import amounts, converted, figures, quality, reference, verdict, wording
from markets.analysis.amounts import TOP, Asked, Deal, Order
from markets.analysis.converted import Joined
from markets.analysis.fees import Fees, charged
from markets.analysis.figures import HUNDRED, Best, Summary
from markets.analysis.quality import ANOMALIES, ONE, Look
from markets.analysis.rows import Name, Row, Table, name_of
from markets.analysis.settings import DEFAULT, Method
from markets.analysis.verdict import Verdict
from markets.analysis.wallets import Wallet
from markets.board import Board, Ladder, PairKey, Quote

__all__ = ["Best", "Choice", "Comparison", "Order", "Row", "Summary", "Terms", "compare", "prefer", "spreads", "survey"]

_OLD = ("aging", "stale", "frozen")
SIDES = ("buy", "sell")
LARGER = 10  # times the amount: who is best there is told where it is somebody else


@dataclass(frozen=True)
class Terms:
    """On whose terms a comparison is made: side, before or after fees, what is ordered, and the visitor's own taker fees."""

    side: str = "buy"
    net: bool = True
    order: Order = TOP
    fees: Fees = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """One pair over all exchanges at `as_of`: what the page, the API, a sentence and an alert all say.

    The winners, the gap and what is left after fees are those of the ordered amount, where there is one; `price_range_pct`
    is always of the best prices. `after_fees_size`: for so many coins it is left.
    """

    key: PairKey
    as_of: datetime
    side: str  # buy sell
    net: bool  # ranked after fees
    status: str  # ok single_source disputed no_consensus none
    grade: str  # A B C D
    pair_class: str  # stable major mid tail
    reference_price: Decimal | None
    index_price: Decimal | None
    price_range_pct: Decimal | None
    dispersion_bps: Decimal | None
    gap_bps: Decimal | None  # (sell price - buy price) / buy price of the two winners shown, before fees
    after_fees_pct: Decimal | None  # what is left of that gap after both taker fees
    after_fees_size: Decimal | None
    change_24h_pct: Decimal | None  # volume-weighted over ranked rows
    high_24h: Decimal | None
    low_24h: Decimal | None
    quote_volume_24h: Decimal | None  # sum over not-excluded rows, in quote units
    volume_usd: Decimal | None
    live: int  # fresh and not excluded
    listed: int
    oldest_s: float | None  # age of the oldest ranked row
    best_buy: Best | None
    best_sell: Best | None
    rows: tuple[Row, ...]  # ranked first, then the rest
    notes: tuple[str, ...]
    order: Order = TOP
    choice: Choice | None = None  # the one price, where one was asked for


@dataclass(frozen=True)
class Choice:
    """One price where one is asked for. `kind`: preferred, fallback (another exchange), old (labelled with its age) or none.

    All fields are of one exchange's quote; `detail` says why it is not the first one asked for, or why there is none.
    """

    quote: Quote | None
    kind: str
    state: str
    age_s: float | None
    detail: str


def compare(key: PairKey, quotes: Mapping[str, Quote], now: datetime, method: Method = DEFAULT, *, terms: Terms | None = None,
            books: Mapping[str, Ladder] | None = None, wallets: Mapping[str, Sequence[Wallet]] | None = None, joined: Sequence[Joined] = (),
            usd: Decimal | None = None, stable: bool = False, names: Mapping[str, str] | None = None, measured: bool = True,
            side: str = "buy", net: bool = True) -> Comparison:
    """Compare one pair. `usd` converts the quote currency to USD (None: unknown, class tail); `stable`: both are stablecoins.

    `terms` say what is ordered on whose terms (without: `side` and `net`, at the top of the book). `books` and `wallets` are by
    exchange; `joined` are the coin's quotes in other currencies with their rates. `names` are the exchanges' names for the
    notes (default: their slugs). Without `measured` nothing is told of what the books hold.
    """
    asked = terms or Terms(side=side, net=net)
    with localcontext(EXACT):
        asked = replace(asked, order=asked.order.resolved(usd))
        judged = verdict.judge(charged(quotes, asked.fees), now, method, usd, stable)
        return _Comparing(key, judged, now, method, asked, books or {}, wallets or {}, joined, usd, names or {}, measured).made()


@dataclass(frozen=True)
class _Comparing:
    """One comparison on its way: what its steps share."""

    key: PairKey
    judged: Verdict
    now: datetime
    method: Method
    terms: Terms
    own_books: Mapping[str, Ladder]
    wallets: Mapping[str, Sequence[Wallet]]
    joined: Sequence[Joined]
    usd: Decimal | None
    names: Mapping[str, str]
    measured: bool

    def made(self) -> Comparison:
        """The comparison. The reference is the pair's own; converted quotes are ranked beside it and move no statistic."""
        mids = [look.mid for look in self.judged.counted] if self.judged.ranked else []
        middle = reference.median(mids) if mids else None
        others = self._converted(middle)
        if converted.outvoted(self.judged.counted, others, self.judged.tol):
            return replace(self, judged=self.judged.contested())._made([], None, others)
        return self._made(mids, middle, others)

    def _made(self, mids: Sequence[Decimal], middle: Decimal | None, others: list[Look]) -> Comparison:
        judged, side, net = self.judged, self.terms.side, self.terms.net
        ranked = _youngest([*judged.ranked, *(look for look in others if not look.reason)])
        books = self._books()
        deals = {s: {name_of(look): self._deal(look, s, books) for look in [*judged.looks.values(), *others] if look.mid} for s in SIDES}
        summary = figures.summarise(self.key, judged, net, self.usd, {s: [deals[s][name_of(look)] for look in ranked] for s in SIDES})
        winner = summary.best_buy if side == "buy" else summary.best_sell
        table = Table(
            self.key, [*judged.looks.values(), *others], ranked, deals, winner, side, net, self.terms.order, self.usd, self.now, self.method, middle,
            books if self.measured else {}, {each.conversion.quote: each.conversion for each in self.joined},
        )
        rows = table.rows()
        return Comparison(
            **structs.asdict(summary), as_of=self.now, side=side, net=net, grade=verdict.grade(judged, self.method), reference_price=middle,
            index_price=reference.index(mids, _weights(judged.counted, self.now, self.method), self.method.weight_cap) if mids else None,
            price_range_pct=_range(rows), dispersion_bps=reference.dispersion_bps([look.mid for look in judged.eligible], self.method),
            high_24h=max((look.quote.high_24h for look in judged.ranked if look.quote.high_24h), default=None),
            low_24h=min((look.quote.low_24h for look in judged.ranked if look.quote.low_24h), default=None),
            rows=rows, notes=(*wording.notes(judged, side, self._changed(ranked, deals[side])), *self._told(rows, ranked, books, winner)),
            order=self.terms.order,
        )

    def _converted(self, middle: Decimal | None) -> list[Look]:
        found: list[Look] = []
        for each in self.joined:
            priced = Joined(conversion=each.conversion, quotes=charged(each.quotes, self.terms.fees), usd=each.usd, stable=each.stable)
            judged, looks = converted.looks(priced, self.now, self.method)
            converted.apart(looks, middle, max(judged.tol, self.judged.tol))
            converted.disputed(looks, self.judged.status)
            found += looks
        return found

    def _books(self) -> dict[Name, Ladder]:
        """Every book by row, converted where the row is."""
        own = {(exchange, self.key.quote): ladder for exchange, ladder in self.own_books.items()}
        for each in self.joined:
            own |= {(exchange, each.conversion.quote): converted.ladder(book, each.conversion.rate) for exchange, book in each.books.items()}
        return own

    def _deal(self, look: Look, side: str, books: Mapping[Name, Ladder], times: int = 1) -> Deal:
        order = self.terms.order
        if order.amount is not None:
            order = structs.replace(order, amount=order.amount * times)
        asked = Asked(side, order, self.now, self.method, self.key.quote)
        return amounts.deal(look, asked, books.get(name_of(look)), self.wallets.get(look.quote.exchange, ()))

    def _named(self, exchange: str) -> str:
        return self.names.get(exchange, exchange)

    def _changed(self, ranked: Sequence[Look], deals: Mapping[Name, Deal]) -> tuple[str, str] | None:
        """Who is best before and after fees, where they differ."""
        offered = [deals[name_of(look)] for look in ranked]
        before, after = (figures.best_deal(offered, self.terms.side, net) for net in (False, True))
        if before is None or after is None or before.exchange == after.exchange:
            return None
        return self._named(before.exchange), self._named(after.exchange)

    def _told(self, rows: Sequence[Row], ranked: Sequence[Look], books: Mapping[Name, Ladder], winner: Best | None) -> list[str]:
        """What the amount changes: nobody fills it, or ten times as much is better bought elsewhere."""
        order, side = self.terms.order, self.terms.side
        if order.amount is None or not ranked:
            return []
        if winner is None:
            fullest = max((row for row in rows if row.rank and row.deal and row.deal.share), key=lambda row: row.deal.share, default=None)  # type: ignore[union-attr, return-value, arg-type]
            most = (self._named(fullest.quote.exchange), fullest.deal.share) if fullest and fullest.deal and fullest.deal.share else None
            return [wording.unfilled(order.amount, self._unit(), most)]
        larger = figures.best_deal([self._deal(look, side, books, LARGER) for look in ranked], side, self.terms.net)
        if larger is None or larger.exchange == winner.exchange:
            return []
        return [wording.at_more(order.amount * LARGER, self._unit(), self._named(larger.exchange), self._named(winner.exchange), side)]

    def _unit(self) -> str:
        return self.key.base if self.terms.order.in_base else self.key.quote


def _youngest(ranked: Sequence[Look]) -> list[Look]:
    """Aging ones only where nothing fresh exists, over all currencies; the others get the reason."""
    fresh = [look for look in ranked if look.state == "fresh"] or list(ranked)
    for look in ranked if len(fresh) < len(ranked) else ():
        if look.state != "fresh":
            look.reason = "aging"
    return fresh


BooksOf = Callable[[PairKey], Mapping[str, Ladder]]


def no_books(_: PairKey) -> Mapping[str, Ladder]:
    """Nothing is known of any depth."""
    return {}


def survey(board: Board, now: datetime, method: Method = DEFAULT, *, net: bool = True, terms: Terms | None = None,
           books: BooksOf = no_books) -> dict[PairKey, Summary]:
    """Every pair's figures, the same as `compare` would give, without the rows.

    `terms` rank every pair at an amount of its own quote units, of coins, or of USD-equivalents: where nobody is known to fill it
    a pair has no winner. `books` gives a pair's ladders by exchange; it is asked only where a best price is not enough.
    """
    asked = terms or Terms(net=net)
    with localcontext(EXACT):
        return {key: _surveyed(board, key, now, method, asked, books) for key in board.pairs}


def _surveyed(board: Board, key: PairKey, now: datetime, method: Method, terms: Terms, books: BooksOf) -> Summary:  # noqa: PLR0917
    usd = board.usd.get(key.quote)
    judged, order = verdict.judge(charged(board.pairs[key], terms.fees), now, method, usd, board.is_stable(key)), terms.order.resolved(usd)
    if order.amount is None:
        return figures.summarise(key, judged, terms.net, usd)
    deals = {side: amounts.deals(judged.ranked, Asked(side, order, now, method, key.quote), lambda: books(key)) for side in SIDES}
    return figures.summarise(key, judged, terms.net, usd, deals)


def spreads(board: Board, key: PairKey, now: datetime, method: Method = DEFAULT) -> dict[str, Decimal]:
    """{exchange: its spread in basis points} of those ranked on a pair, the same as `compare` would give."""
    with localcontext(EXACT):
        judged = verdict.judge(board.pairs[key], now, method, board.usd.get(key.quote), board.is_stable(key))
        found = {look.quote.exchange: wording.spread(look.quote) for look in judged.ranked}
        return {exchange: spread * figures.BPS for exchange, spread in found.items() if spread is not None}


def _range(rows: Sequence[Row]) -> Decimal | None:
    prices = [row.price for row in rows if row.rank and row.price]
    return (max(prices) - min(prices)) / min(prices) * HUNDRED if len(prices) > 1 else None


def _weights(counted: Sequence[Look], now: datetime, method: Method) -> list[Decimal | None]:
    """Volume times the weight of age; where nobody's volume is known, age alone."""
    known = any(look.volume is not None for look in counted)
    volumes = [look.volume if known else ONE for look in counted]
    return [None if volume is None else volume * quality.weight(look.quote, now, method) for look, volume in zip(counted, volumes, strict=True)]


def prefer(quotes: Mapping[str, Quote], wanted: Sequence[str], now: datetime, method: Method = DEFAULT, *,
           usd: Decimal | None = None, stable: bool = False) -> Choice:
    """One exchange's quote for a single-price request: the first wanted one that may be ranked and is fresh, else another
    such one, else the youngest price whose only fault is its age, else none with the reason.

    `wanted` are slugs, best liked first; empty means the operator's order.
    """
    with localcontext(EXACT):
        judged = verdict.judge(quotes, now, method, usd, stable)
    liked = list(wanted) or sorted(quotes, key=lambda name: (quotes[name].priority, name))
    ordered = [*liked, *sorted(quotes.keys() - set(liked), key=lambda name: (quotes[name].priority, name))]
    fresh = [name for name in ordered if name in quotes and judged.looks[name].state == "fresh" and judged.looks[name] in judged.ranked]
    why = _why_not(judged, liked[0]) if liked else "nobody lists it"
    if fresh:
        look = judged.looks[fresh[0]]
        first = fresh[0] == liked[0]
        return Choice(look.quote, "preferred" if first else "fallback", look.state, look.age_s, "" if first else why)
    old = [look for look in judged.looks.values() if look in judged.ranked or (look.reason in _OLD and look.quote.flag not in ANOMALIES)]
    if not old or judged.status in verdict.DISPUTES or _is_apart(old):
        return Choice(None, "none", "expired", None, wording.PLAIN.get(judged.status, why))
    look = min(old, key=lambda seen: (seen.age_s or 0, ordered.index(seen.quote.exchange)))
    return Choice(look.quote, "old", look.state, look.age_s, f"no fresh price anywhere: {wording.detail(look, None)}")


def _is_apart(old: Sequence[Look]) -> bool:
    """Whether last prices are more than double of each other: then the youngest may be in another unit."""
    mids = [look.mid for look in old if look.mid]
    return bool(mids) and max(mids) > verdict.TWICE * min(mids)


def _why_not(judged: Verdict, exchange: str) -> str:
    look = judged.looks.get(exchange)
    return "not listed there" if look is None else wording.detail(look, None)
