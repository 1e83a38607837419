"""Where a coin is cheapest to buy or dearest to sell, at an amount or at the best prices, everywhere or on one exchange. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from markets.analysis.best import Best, Comparison, Row
from markets.analysis.cross import Peg
from markets.analysis.display import exact
from markets.analysis.inputs import Inputs
from markets.ask.answer import Answer, Left, Said, Table, Used
from markets.ask.answers import best_price_rows, common
from markets.ask.answers.common import Coin
from markets.ask.answers.words import HARDLY, Words, off
from markets.ask.frame import Frame
from markets.ask.router import Route

WORSE = {"buy": "dearer", "sell": "less"}
WORST, DEAREST, PEG = "worst", "dearest", "peg"  # topics: the other end (where a coin is sold the dearest place is the best), and what a stablecoin is worth
STATES = {"pegged": "holds its peg", "wobbling": "wobbles around its peg", "depegged": "has lost its peg"}


class BestPrice(Struct, frozen=True, tag="best_price", kw_only=True):
    """One coin's comparison as it can be made again, over the exchanges of `inputs`.

    `both`: no side was named, so the best place to sell is told as well. `only`: the one exchange that was asked about. `notes` say how
    the question was read; `late` are exchanges whose order book did not come in time. `worth` is a stated currency that nobody lists the
    coin in, with what one unit of the pair's money is in it. `peg` is of the stablecoin that is asked about. Of `unread` exchanges it is
    not known what they list.
    """

    coin: Coin
    inputs: Inputs
    both: bool = False
    only: str = ""
    notes: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    worth: tuple[str, Decimal] | None = None
    peg: Peg | None = None
    unread: tuple[Left, ...] = ()


def compose(frame: Frame, route: Route, found: BestPrice, now: datetime) -> Answer:
    """The best price and how far the others are."""
    return _Telling(frame, route, found, found.inputs.compared(now), now).answer()


@dataclass
class _Telling:
    """One answer on its way: what its parts share."""

    frame: Frame
    route: Route
    found: BestPrice
    c: Comparison
    now: datetime
    said: Said = field(default_factory=Said)

    # --- What is shared ---------------------------------------------------------------------------------------
    @property
    def side(self) -> str:
        return self.c.side

    @property
    def quote(self) -> str:
        return self.c.key.quote

    @property
    def best(self) -> Best | None:
        return self.c.best_buy if self.side == "buy" else self.c.best_sell

    @property
    def rows(self) -> list[Row]:
        return [row for row in self.c.rows if row.rank]

    @cached_property
    def filling(self) -> list[Row]:
        """The exchanges that count and are known to fill the order, the best first."""
        return [row for row in self.rows if row.deal and row.deal.fills]

    @property
    def turned(self) -> bool:
        """Whether the worst place is asked for."""
        asked = self.frame.topic == WORST or (self.frame.topic == DEAREST and self.side == "buy")
        return asked and not self.found.only and self.best is not None

    @cached_property
    def words(self) -> Words:
        return Words.of(self.c, self.found.coin, self.route, self.said)

    # --- The whole ----------------------------------------------------------------------------------------------
    def answer(self) -> Answer:
        sources, left = common.used(self.rows, self.route), common.left_out(self.c, self.route, self.said, self.found.coin.ticker, self.found.unread)
        kind, sentence = self.alone() if self.found.only else self.everywhere()
        if self.found.peg and self.frame.topic == PEG:
            sentence = f"{self.pegged(self.found.peg)} {common.pair(self.c.key, self.found.coin)}: {sentence}"
        lead = self.row_of(self.found.only) if self.found.only else self.filling[-1] if self.turned else None
        value = lead.price if lead else self.best.price if self.best else None
        query = self.query()
        return Answer(
            kind=kind, title=self.title(), sentence=sentence, table=self.table(),
            lines=self.lines(sources, left), notes=self.notes(), sources=sources, excluded=left, value=value, unit=self.quote,
            grade=common.graded(self.c.grade, len(self.filling)),
            as_of=self.now, max_age_s=common.oldest(sources), method=self.found.inputs.method.version, page=common.address(f"/compare/{self.c.key}/", **query),
            api=common.address(f"/api/v1/compare/{self.c.key}/", **query), figures=self.said.figures,
        )

    def table(self) -> Table | None:
        return best_price_rows.table(self.frame, self.c, self.words, both=self.found.both, turned=self.turned)

    def query(self) -> dict[str, str | tuple[str, ...] | None]:
        order = self.c.order
        return {
            "side": "sell" if self.side == "sell" else None, "amount": exact(order.amount),
            "unit": "base" if order.in_base and order.amount is not None else None, "exchange": () if self.found.only else common.only(self.frame, self.route),
        }

    def title(self) -> str:
        label, amount = self.found.coin.label, self.amount()
        if self.found.only:
            of = " of" if self.c.order.amount is not None and self.c.order.in_base else ""
            what = f"price{of}" if self.found.both else f"price to {self.side}"
            return f"{label} - {what}{amount} on {self.words.name(self.found.only)}"
        return f"{label} - {'worst' if self.turned else 'best'} price to {self.side}{amount}"

    def amount(self) -> str:
        """What is ordered, for a title."""
        order = self.c.order
        if order.amount is None:
            return ""
        return f" {self.words.coins(order.amount)}" if order.in_base else f" for {self.words.money(order.amount)}"

    # --- The sentence -------------------------------------------------------------------------------------------
    def everywhere(self) -> tuple[str, str]:
        """(kind, sentence) over all exchanges."""
        if self.best is None:
            return self.nothing()
        return "partial" if self.found.late else "answer", self.loser(self.best) if self.turned else self.winner(self.best)

    def nothing(self) -> tuple[str, str]:
        """Nobody is best: no usable price, a dispute, or nobody fills the amount."""
        return ("partial" if self.rows else "nothing"), common.numbers(self.said, "remark", self.lacking)

    @cached_property
    def lacking(self) -> str:
        """The remark of the comparison that says why there is no best price: where prices count the last one, on the amount; else the first."""
        usual = f"No exchange has a usable price of {common.pair(self.c.key, self.found.coin)} right now."
        return (self.c.notes[-1] if self.rows else self.c.notes[0]) if self.c.notes else usual

    def winner(self, best: Best) -> str:
        price = f"{self.words.name(best.exchange)} {self.words.quoted('best_price', best.price)}"
        if self.c.order.amount is None:
            return price
        row = next(row for row in self.rows if row.quote.exchange == best.exchange)
        return f"{price} on average: {self.words.comes_to(row, self.c)}"

    def loser(self, best: Best) -> str:
        """The worst place, and how far it is from the best."""
        row = self.filling[-1]
        if len(self.filling) == 1 or row.deal is None:
            return f"Only one exchange counts, so none is worse: {self.winner(best)}"
        least = f"{'Dearest' if self.side == 'buy' else 'Pays least'}: {self.words.name(row.quote.exchange)}"
        price = self.words.quoted("worst_price", row.deal.price)
        far = best_price_rows.behind(row.deal, best)
        apart = "practically the same as" if far is None or abs(far) < HARDLY else f"{self.said.percent('off best', abs(far))} {WORSE[self.side]} than"
        return f"{least} {price}, {apart} the best after fees: {self.winner(best)}"

    # --- One exchange alone -------------------------------------------------------------------------------------
    def row_of(self, exchange: str) -> Row | None:
        return next((row for row in self.c.rows if row.quote.exchange == exchange), None)

    def alone(self) -> tuple[str, str]:
        """(kind, sentence) of one exchange."""
        name, row = self.words.name(self.found.only), self.row_of(self.found.only)
        refused = next((each for each in self.route.left if each.exchange == self.found.only), None)
        if refused or row is None:
            why = f"{name}: {refused.detail}." if refused else f"{name} does not list {common.pair(self.c.key, self.found.coin)}."
            return "nothing", why
        if not row.rank:
            return "partial", f"{name} {self.words.quoted(f'price on {name}', row.price)}, but that does not count: {self.words.doubt(row)}"
        if self.c.order.amount is not None and row.deal and row.deal.fills:
            return "answer", f"{name} {self.words.quoted(f'price on {name}', row.deal.price)} on average: {self.words.comes_to(row, self.c)}"
        if self.c.order.amount is not None:
            ordered = self.amount().removeprefix(" for").strip()
            return "partial", f"{name} is not known to fill {ordered}: its best price is {self.words.quoted('top price', row.price)}"
        if self.found.both:
            return "answer", f"{name} {self.words.quoted('ask', row.quote.ask)} to buy, {self.words.quoted('bid', row.quote.bid)} to sell"
        return "answer", f"{name} {self.words.quoted(f'price on {name}', row.price)}"

    def standing(self) -> list[str]:
        """How the one exchange stands against the best."""
        row, best = self.row_of(self.found.only), self.best
        if best is None:
            return []
        count = self.said.count("ranked", len(self.rows))
        if row and row.rank == 1:
            return [f"That is the best of {count} exchanges." if len(self.rows) > 1 else "It is the only exchange with a usable price."]
        price = f"{self.words.name(best.exchange)} {self.words.quoted('best_price', best.price)}"
        if row is None or not row.rank or row.deal is None:
            return [f"Best of {count} exchanges: {price}."]
        behind = off(row.deal.price, best.price)
        if not behind or (behind > 0) != (self.side == "buy"):
            return [f"Best of {count} exchanges after fees: {price}."]
        name = self.words.name(self.found.only)
        far = "practically the same" if abs(behind) < HARDLY else f"{self.said.percent('off best', abs(behind))} {WORSE[self.side]}"
        return [f"Best of {count} exchanges: {price}. {name} is {far}."]

    # --- Lines and notes ----------------------------------------------------------------------------------------
    def lines(self, sources: tuple[Used, ...], left: tuple[Left, ...]) -> tuple[str, ...]:
        ranges = " ".join(part for part in (self.words.price_range(self.c), "" if self.found.only else self.words.after_fees(self.c)) if part)
        standing = self.standing() if self.found.only else []
        instead = [*self.selling(), *self.converted(), *self.at_the_top(), *self.last_seen()]
        peg = [self.pegged(self.found.peg)] if self.found.peg and self.frame.topic != PEG else []
        lines = [*self.threshold(), *standing, *peg, ranges, common.closing(sources, left, self.said), *self.walked(), *instead]
        return tuple(line for line in lines if line)

    def walked(self) -> list[str]:
        """How old the oldest order book is that an amount was walked through: books are read less often than prices."""
        ages = [row.deal.book_age_s for row in self.filling if row.deal and row.deal.book_age_s is not None]
        return [f"Walked through order books, the oldest {self.said.age('book_age', max(ages))} old."] if ages else []

    def pegged(self, peg: Peg) -> str:
        """Whether a stablecoin holds, and how far it is from the others."""
        if peg.deviation_pct is None or peg.state not in STATES:
            return f"Whether {peg.ticker} holds its peg is not known."
        far = self.said.percent("off the other stablecoins", abs(peg.deviation_pct))
        return f"{peg.ticker} {STATES[peg.state]}: {far} {'below' if peg.deviation_pct < 0 else 'above'} the median of the other stablecoins."

    def selling(self) -> list[str]:
        """The other side, where none was named."""
        best = self.c.best_sell
        if not self.found.both or self.found.only or best is None:
            return []
        price = f"{self.words.name(best.exchange)} {self.words.quoted('best_sell', best.price)}"
        if self.c.order.amount is None or best.net_price is None or best.size is None:
            return [f"Best to sell: {price}."]
        brings = self.words.money(best.net_price * best.size, "sale")
        sold = self.words.coins(best.size, "sold")
        return [f"Best to sell: {price} on average; {sold} bring {brings} after the {self.said.rate('sell fee', best.fee_pct)} fee."]

    def at_the_top(self) -> list[str]:
        """The best price there is for less, where nobody is known to fill the amount."""
        known = [(row.price, row.quote) for row in self.rows if row.price]
        if self.best or self.found.only or not known:
            return []
        best = min if self.side == "buy" else max
        price, quote = best(known, key=lambda each: each[0])
        size = quote.ask_size if self.side == "buy" else quote.bid_size
        upto = f" for up to {self.words.coins(size, 'top size')}" if size else ""
        return [f"Before fees the best price is {self.words.name(quote.exchange)} {self.words.quoted('top price', price)}{upto}."]

    def last_seen(self) -> list[str]:
        """The youngest price there is, where none counts."""
        known = [(row.age_s, row) for row in self.c.rows if row.price and row.age_s is not None]
        if self.rows or self.found.only or not known:
            return []
        age, row = min(known, key=lambda each: each[0])
        name = self.words.name(row.quote.exchange)
        return [f"Last seen: {name} {self.words.quoted('last seen', row.price)}, {self.said.age('last seen age', age)} ago."]

    def threshold(self) -> list[str]:
        """Whether the price passes what the question names."""
        limit, best = self.frame.threshold, self.best
        if limit is None or best is None or limit.unit not in ("", "usd", "USD", self.quote, self.quote.lower()):
            return []
        row = self.row_of(self.found.only)
        price, value = row.price if row and row.price else best.price, Decimal(limit.value)
        word, holds = ("below", price < value) if limit.op == "<" else ("above", price > value)
        told, limited = self.words.price("price", price), self.said.coins("threshold", value, self.quote)
        return [f"Yes: {told} is {word} {limited}." if holds else f"No: {told} is not {word} {limited}."]

    def converted(self) -> list[str]:
        """The price in the currency that was asked for, where nobody trades in it."""
        if self.found.worth is None or self.best is None:
            return []
        currency, rate = self.found.worth
        value = self.best.price * rate
        price = self.words.quoted("best_price", self.best.price)
        return [f"{price} are about {self.said.price('converted', value, currency)} {currency} by today's rate."]

    def notes(self) -> tuple[str, ...]:
        late = self.words.late(self.found.late)
        own = [note for note in (self.found.coin.note, *self.found.notes) if note]
        told = self.c.notes if self.best or self.found.only else [note for note in self.c.notes if note != self.lacking]
        return tuple(common.numbers(self.said, "remark", note) for note in (*own, *told, *late))

