"""The table of a best price: every exchange that counts, with its price, how far that is from the best, and what the order comes to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markets.analysis import wording
from markets.analysis.amounts import Deal
from markets.analysis.best import Best, Comparison, Row
from markets.ask.answer import Cell, Column, Table
from markets.ask.answers import common
from markets.ask.answers.common import cell
from markets.ask.answers.words import LIKELY, Words, cents, off
from markets.ask.frame import Frame


def table(frame: Frame, c: Comparison, words: Words, *, both: bool, turned: bool) -> Table | None:
    """The ranked exchanges, the worst first where that is asked for (`turned`); None where there are none."""
    rows = [row for row in c.rows if row.rank]
    if turned:
        filling = [row for row in rows if row.deal and row.deal.fills]
        rows = [*reversed(filling), *rows[len(filling) :]]
    limit = frame.limit or len(rows)
    made = _Rows(c, both, words)
    return Table(made.columns(), tuple(made.cells(row) for row in rows[:limit]), max(0, len(rows) - limit)) if rows else None


def behind(deal: Deal, best: Best) -> Decimal | None:
    """How far what an order comes to is from the best: after fees, which decide who that is; before them where one is not known. Percent."""
    return off(deal.each, best.net_price) if deal.each and best.net_price else off(deal.price, best.price)


@dataclass(frozen=True)
class _Rows:
    """Writes the rows. `both`: with what a seller gets, too."""

    c: Comparison
    both: bool
    words: Words

    @property
    def at_amount(self) -> bool:
        return self.c.order.amount is not None

    @property
    def gets_coins(self) -> bool:
        """Whether an order comes to coins: one in money does."""
        return not self.c.order.in_base

    def columns(self) -> tuple[Column, ...]:
        """What narrow screens and plain text keep are exchange, price and distance."""
        money, price = self.c.key.quote, "average" if self.at_amount else "ask" if self.c.side == "buy" else "bid"
        amount = [Column("comes_to", f"Comes to, {self.words.ticker if self.gets_coins else money}", True, False)] if self.at_amount else []
        other = [Column("other", f"Bid, {money}", True, False)] if self.both else []
        return (
            Column("exchange", "Exchange"), Column(price, f"{price.capitalize()}, {money}", True), Column("vs_best", "Against best, after fee", True),
            Column("net_price", f"After fee, {money}", True, False), Column("fee_pct", "Fee", True, False), *amount, *other,
            Column("age_s", "Age", True, False),
        )

    def cells(self, row: Row) -> tuple[Cell, ...]:
        """One exchange."""
        name, deal, words = self.words.name(row.quote.exchange), row.deal, self.words
        price, each = (deal.price, deal.each) if deal and deal.fills else (None, None)
        bid = row.quote.bid
        return (
            Cell(name), cell(words.price(f"price on {name}", price), price), self._against(row, name),
            cell(words.net(f"net price on {name}", each), each), cell(words.said.rate(f"fee on {name}", row.fee_pct), row.fee_pct),
            *([self._comes_to(row, name)] if self.at_amount else []),
            *([cell(words.price(f"bid on {name}", bid), bid)] if self.both else []),
            Cell(words.said.age(f"age of {name}", row.age_s), common.seconds(row.age_s)),
        )

    def _comes_to(self, row: Row, name: str) -> Cell:
        deal = row.deal
        got = None if deal is None or not deal.fills else deal.base if self.gets_coins else deal.money
        shown = None if got is None else round(got, LIKELY) if self.gets_coins else cents(got)
        return cell(self.words.said.coins(f"comes to on {name}", shown, self.words.ticker if self.gets_coins else self.c.key.quote), shown)

    def _against(self, row: Row, name: str) -> Cell:
        """How far it is from the best, or why it does not fill the order."""
        deal, best = row.deal, self.c.best_buy if self.c.side == "buy" else self.c.best_sell
        if deal is None or best is None or not deal.fills:  # where one fills there is a best
            return Cell(self._short(name, deal))
        if "best_price" in row.badges:
            return Cell("best", "0")
        far = behind(deal, best)
        return cell(self.words.said.percent(f"{name} against best", far, sign=True), far)

    def _short(self, name: str, deal: Deal | None) -> str:
        if deal is None or deal.share is None:
            return "depth not known"
        if deal.reason == "below_minimum":
            return "below its minimum"
        return f"fills {common.numbers(self.words.said, f'share on {name}', wording.share(deal.share))}"
