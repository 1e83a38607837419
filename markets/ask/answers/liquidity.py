"""Where a coin is most liquid: books measured and ranked by score, by what an amount costs, or by spread. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from markets.analysis import liquidity, wording
from markets.analysis.derivatives import age_s
from markets.analysis.display import places_of
from markets.analysis.liquidity import WIDEST, Cost, Wish, thinner
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.common import cell
from markets.ask.answers.measured import USABLE, Book, Liquid, Seen, books_of, state_of, wish_of
from markets.ask.answers.words import LIKELY, cents
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import Ladder

HUNDRED = Decimal(100)
LEVELS = 10  # of a book that is asked for itself
SPREAD, BOOK = ("spread", "tight"), ("book", "orderbook")  # words of a question that ask for these


def compose(frame: Frame, route: Route, found: Liquid, now: datetime) -> Answer:
    """Who is most liquid, what an amount costs there, how deep and how tight everybody is."""
    return _Telling(frame, route, found, now).answer()


@dataclass
class _Telling:
    """One answer on its way."""

    frame: Frame
    route: Route
    found: Liquid
    now: datetime
    said: Said = field(default_factory=Said)

    @property
    def money(self) -> str:
        return self.found.key.quote

    @cached_property
    def by_spread(self) -> bool:
        return self.found.amount is None and any(word in self.frame.q.lower() or word == self.frame.topic for word in SPREAD)

    @cached_property
    def wish(self) -> Wish | None:
        return wish_of(self.found)

    @cached_property
    def books(self) -> list[Book]:
        """The books that count, the most liquid first (asked for the spread: the tightest)."""
        ranked = books_of(self.found, self.now)
        return sorted(ranked, key=lambda book: book.measure.depth.spread_bps) if self.by_spread else ranked

    def state(self, ladder: Ladder) -> str:
        return state_of(ladder, self.now, self.found.method)

    # --- The whole ----------------------------------------------------------------------------------------------
    def answer(self) -> Answer:
        f, sources, left = self.found, self.sources(), self.left()
        query = {
            "amount": None if f.amount is None else format(f.amount.normalize(), "f"), "unit": "base" if f.in_base else None,
            "side": f.side if f.side == "sell" else None, "exchange": common.only(self.frame, self.route),
        }
        best = self.books[0] if self.books else None
        return Answer(
            kind=self.kind(), title=self.title(), sentence=self.sentence(), table=self.table(),
            lines=(*self.held(), *self.passing(), *self.slipping(), common.closing(sources, left, self.said, "book")), notes=self.notes(),
            sources=sources, excluded=left, value=self.value(best) if best else None, unit="bps" if self.by_spread or f.amount is not None else "",
            grade=self.grade(), as_of=self.now, max_age_s=common.oldest(sources), method=f.method.version, page=common.address(f"/liquidity/{f.key}/", **query),
            api=common.address(f"/api/v1/liquidity/{f.key}/", **query), figures=self.said.figures,
        )

    def kind(self) -> str:
        return "nothing" if not self.books else "partial" if any(seen.waiting for seen in self.found.books) else "answer"

    def grade(self) -> str:
        """A: three fresh books and more. B: two. C: one, or none is fresh. D: none."""
        fresh = sum(self.state(book.seen.ladder) == "fresh" for book in self.books if book.seen.ladder)
        return "D" if not self.books else "C" if not fresh or len(self.books) == 1 else "A" if fresh > 2 else "B"

    def value(self, best: Book) -> Decimal | None:
        if self.by_spread:
            return best.measure.depth.spread_bps
        if self.found.amount is not None:
            return best.cost.slippage_bps if best.cost else None
        return best.measure.score.value if best.measure.score else None

    def title(self) -> str:
        label = self.found.coin.label
        if self.by_spread:
            return f"{label} - tightest spread"
        return f"{label} - best liquidity" if self.found.amount is None else f"{label} - liquidity for a {self.wished()} {self.found.side}"

    def wished(self) -> str:
        wish: Wish = self.wish  # type: ignore[assignment]  # asked only of what has one
        unit = self.found.coin.ticker if wish.in_base else self.money
        return f"{self.said.coins('amount', round(wish.amount, LIKELY) if wish.in_base else cents(wish.amount), unit)} {unit}"

    # --- The sentence -------------------------------------------------------------------------------------------
    def sentence(self) -> str:
        if not self.books:
            return f"No order book of {common.pair(self.found.key, self.found.coin)} can be measured right now."
        best = self.books[0]
        name = self.route.named(best.name)
        if self.by_spread:
            return f"{name} is tightest with a spread of {self.spread(best)}{self.next_spread()}."
        first = f"{name} {self.leads(best)}"
        alone = first if len(self.books) > 1 else name if len(self.route.priced) == 1 else f"{name}'s book is the only one that counts"
        score = "" if best.measure.score is None or self.found.amount is not None else f", score {self.score(best)} of {self.said.text('full score', '100')}"
        return f"{alone}{score}. {self.costs(best)}".strip()

    def leads(self, best: Book) -> str:
        """By what the first one is first."""
        if self.found.amount is None:
            return "is most liquid"
        return "is cheapest to fill" if best.cost and best.cost.slippage_bps is not None else "comes closest"

    def next_spread(self) -> str:
        return f"; next is {self.route.named(self.books[1].name)} at {self.spread(self.books[1])}" if len(self.books) > 1 else ""

    def costs(self, best: Book) -> str:
        """What the amount does there and at the next one."""
        if best.cost is None:
            return ""
        side = self.found.side
        if best.cost.slippage_bps is None:
            more = ", more than any other" if len(self.books) > 1 else ""
            return f"It fills {self.filled(best)} of a {self.wished()} {side}{more}."
        following = self.books[1] if len(self.books) > 1 else None
        return f"A {self.wished()} {side} moves the price {self.slippage(best)}{self.then(best.cost, following)}."

    def then(self, first: Cost, following: Book | None) -> str:
        """The next one; one that is next by its score may move less at this one amount, which is said."""
        if following is None or following.cost is None or following.cost.slippage_bps is None or first.slippage_bps is None:
            return ""
        name, moves = self.route.named(following.name), self.slippage(following)
        if following.cost.slippage_bps < first.slippage_bps:
            return f", more than on {name} ({moves}), which is next: a score is made of several amounts, of both sides"
        return f"; next is {name} at {moves}"

    def score(self, book: Book) -> str:
        value = book.measure.score.value if book.measure.score else None
        return self.said.price(f"score of {book.name}", value, "", places=1)

    def spread(self, book: Book) -> str:
        return self.said.bps(f"spread on {book.name}", book.measure.depth.spread_bps)

    def slippage(self, book: Book) -> str:
        return self.said.bps(f"slippage on {book.name}", book.cost.slippage_bps if book.cost else None)

    def filled(self, book: Book) -> str:
        return common.numbers(self.said, "share", wording.share(book.cost.share if book.cost else Decimal(0)))

    def depth(self, book: Book) -> str:
        held, more = thinner(book.measure.band(WIDEST))
        return f"{'over ' if more else ''}{self.said.amount(f'depth on {book.name}', held, self.money)}"

    # --- The table ----------------------------------------------------------------------------------------------
    def table(self) -> Table | None:
        if not self.books:
            return None
        if len(self.route.priced) == 1 and any(word in self.frame.q.lower().replace(" ", "") for word in BOOK):
            return self.ladder(self.books[0])
        limit = self.frame.limit or len(self.books)
        columns = (
            Column("exchange", "Exchange"), Column("score", "Score", True), Column("depth_2", "Depth 2 %", True),
            Column("slippage_bps", "Slippage", True, not self.by_spread), Column("spread_bps", "Spread", True, self.by_spread),
            Column("average", f"Average, {self.money}", True, False), Column("age_s", "Age", True, False),
        )
        return Table(columns, tuple(self.cells(book) for book in self.books[:limit]), max(0, len(self.books) - limit))

    def cells(self, book: Book) -> tuple[Cell, ...]:
        measure, cost = book.measure, book.cost
        costs = self.slippage(book) if cost is None or cost.slippage_bps is not None else f"fills {self.filled(book)}"
        vwap = cost.vwap if cost else None
        return (
            Cell(self.route.named(book.name)), cell(self.score(book), measure.score.value if measure.score else None),
            cell(self.depth(book), thinner(measure.band(WIDEST))[0]), cell(costs, cost.slippage_bps if cost else None),
            cell(self.spread(book), measure.depth.spread_bps),
            cell(self.said.price(f"average on {book.name}", vwap, self.money, places=places_of(measure.depth.mid) + 1), vwap),
            Cell(self.said.age(f"age of {book.name}", book.age), common.seconds(book.age)),
        )

    def ladder(self, book: Book) -> Table:
        """The book itself: the best levels of both sides beside each other."""
        seen = book.seen.ladder
        bids, asks = (seen.bids, seen.asks) if seen else ((), ())
        limit = self.frame.limit or LEVELS
        columns = (Column("bid_size", "Bid size", True), Column("bid", f"Bid, {self.money}", True), Column("ask", f"Ask, {self.money}", True),
                   Column("ask_size", "Ask size", True))  # fmt: skip
        prices = [price for price, _ in (*bids[:limit], *asks[:limit])]
        places = max(common.digits(prices), *(-int(price.as_tuple().exponent) for price in prices))
        rows = [
            (*reversed(self.level("bid", bids, at, places)), *self.level("ask", asks, at, places)) for at in range(min(limit, max(len(bids), len(asks))))
        ]
        return Table(columns, tuple(rows), max(0, max(len(bids), len(asks)) - limit))

    def level(self, side: str, levels: tuple[tuple[Decimal, Decimal], ...], at: int, places: int) -> tuple[Cell, Cell]:
        price, size = levels[at] if at < len(levels) else (None, None)
        return (
            cell(self.said.price(f"{side} {at + 1}", price, self.money, places=places), price),
            cell(self.said.coins(f"{side} size {at + 1}", size, self.found.coin.ticker), size),
        )

    # --- Lines and notes ----------------------------------------------------------------------------------------
    def held(self) -> list[str]:
        """How deep the best one is, and how tight."""
        if not self.books:
            return []
        best = self.books[0]
        band = self.said.text("band", "2 %", "%")
        return [
            f"Within {band} of its middle {self.route.named(best.name)} holds {self.depth(best)} {self.money} on the thinner side; "
            f"its spread is {self.spread(best)}."
        ]

    def slipping(self) -> list[str]:
        """Of what the column of slippage is, where the sentence does not say so."""
        return [f"Slippage is that of a {self.wished()} {self.found.side}."] if self.by_spread and self.books and self.wish else []

    def passing(self) -> list[str]:
        """Whose spread, or slippage, passes what the question names."""
        limit = self.frame.threshold
        if limit is None or limit.unit not in ("bps", "pct") or not self.books:
            return []
        value = Decimal(limit.value) * (HUNDRED if limit.unit == "pct" else 1)
        fit = [book for book in self.books if (figure := self.figure(book)) is not None and (figure < value if limit.op == "<" else figure > value)]
        what = "slippage" if self.found.amount is not None else "spread"
        word = "below" if limit.op == "<" else "above"
        names = common.listed([self.route.named(book.name) for book in fit]) or "nobody"
        return [f"A {what} {word} {self.said.bps('threshold', value)}: {names}."]

    def figure(self, book: Book) -> Decimal | None:
        if self.found.amount is not None:
            return book.cost.slippage_bps if book.cost else None
        return book.measure.depth.spread_bps

    def notes(self) -> tuple[str, ...]:
        odd = liquidity.suspicious((book.measure for book in self.books), self.found.method)
        own = [common.numbers(self.said, "remark", note) for note in (self.found.coin.note, *self.found.notes) if note]
        unbacked = [f"The volume that {self.route.named(name)} reports is not backed by its book." for name in sorted(odd)]
        late = [self.route.named(seen.exchange) for seen in self.found.books if seen.waiting]
        came = [f"The order book{'s' if len(late) > 1 else ''} of {common.listed(late)} did not arrive in time."] if late else []
        return (*own, *unbacked, *came)

    # --- Who answered -------------------------------------------------------------------------------------------
    def sources(self) -> tuple[Used, ...]:
        return tuple(
            Used(book.name, self.route.named(book.name), book.seen.ladder.observed_at, book.age, self.state(book.seen.ladder))
            for book in self.books if book.seen.ladder
        )  # fmt: skip

    def left(self) -> tuple[Left, ...]:
        measured, seen = {book.name for book in self.books}, {each.exchange for each in self.found.books}
        gone = tuple(self.why(each) for each in self.found.books if each.exchange not in measured)
        return (*common.told(self.route), *gone, *common.absent(common.pair(self.found.key, self.found.coin), seen, self.route, self.found.unread))

    def why(self, seen: Seen) -> Left:
        name, ladder = self.route.named(seen.exchange), seen.ladder
        if seen.waiting and (ladder is None or self.state(ladder) not in USABLE):
            return Left(seen.exchange, name, "unknown_depth", "its order book did not arrive in time")
        if ladder is not None and seen.counts:
            state, age = self.state(ladder), age_s(ladder.observed_at, self.now)
            if state in USABLE:
                return Left(seen.exchange, name, "crossed", "its order book has no middle")
            return Left(seen.exchange, name, state, f"its order book is {state} ({self.said.age(f'age of {seen.exchange}', age)})")
        return Left(seen.exchange, name, seen.code, seen.reason or "its order book has not been read yet")
