"""How an answer writes gaps: where they are, what they leave, how they are traded, and the table of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markets.analysis.classes import Judged
from markets.analysis.cross import MONEY
from markets.analysis.display import DASH
from markets.analysis.scene import Leg, Route
from markets.ask.answer import Cell, Column, Said, Table
from markets.ask.answers import common
from markets.ask.answers.common import cell
from markets.ask.answers.gap import Pair
from markets.ask.answers.words import cents
from markets.ask.router import Route as Way
from markets.board import Quote

HUNDRED, BPS = Decimal(100), Decimal(10_000)


@dataclass(frozen=True)
class GapWords:
    """The words of some gaps. `pairs` are those they go over, whose ticks prices are written with."""

    said: Said
    way: Way
    tickers: Mapping[str, str]
    pairs: Sequence[Pair]

    def name(self, slug: str) -> str:
        """An exchange as people know it."""
        return self.way.named(slug)

    def ticker(self, base: str) -> str:
        """A coin as people write it."""
        return self.tickers.get(base, base)

    def where(self, route: Route) -> str:
        """POL from KuCoin to Gate.io (POL-EUR where it is not priced in USDT), or a loop with its stops."""
        if route.kind == "triangle":
            stops = [route.quote, *(leg.base if leg.side == "buy" else leg.quote for leg in route.legs)]
            return f"{' > '.join(self.ticker(stop) for stop in stops)} on {self.name(route.buy.exchange)}"
        sold = f" for {route.sell.quote}" if route.sell.quote != route.buy.quote else ""
        what = self.ticker(route.base) if route.quote == MONEY else f"{self.ticker(route.base)}-{route.quote}"
        return f"{what} from {self.name(route.buy.exchange)} to {self.name(route.sell.exchange)}{sold}"

    def net(self, best: Judged) -> str:
        """What is left after fees."""
        return self.said.percent(f"left on {best.route.name}", net_of(best) * HUNDRED)

    def money(self, value: Decimal, route: Route, name: str) -> str:
        """So much of a route's money."""
        return f"{self.said.coins(name, cents(value), route.quote)} {route.quote}"

    def how(self, best: Judged) -> str:
        """Buy at 0.8200 on KuCoin, sell at 0.8241 on Gate.io: gross 0.50 %, taker fees 0.1 % + 0.1 %."""
        route = best.route
        steps = ", ".join(f"{leg.side} {self.ticker(leg.base)} at {self.price(leg)} {leg.quote} on {self.name(leg.exchange)}" for leg in route.legs)
        fees = " + ".join(self.said.rate(f"fee {at}", leg.fee * HUNDRED) for at, leg in enumerate(route.legs, 1))
        gross = self.said.percent("gross", route.gross * HUNDRED)
        return f"{steps[0].upper()}{steps[1:]}: {gross} before fees, taker fees {fees}."

    def table(self, gaps: Sequence[Judged], more: int) -> Table | None:
        """A row for each gap; None without any."""
        if not gaps:
            return None
        columns = (
            Column("route", "Route"), Column("net_pct", "Left after fees", True), Column("profit", "Profit", True), Column("buy", "Buy at", True, False),
            Column("sell", "Sell at", True, False), Column("gross_bps", "Gross", True, False), Column("most", "Pays up to", True, False),
            Column("class", "Class", False, False), Column("age_s", "Age", True, False),
        )
        return Table(columns, tuple(self._cells(judged) for judged in gaps), more)

    def _cells(self, judged: Judged) -> tuple[Cell, ...]:
        route, hidden = judged.route, judged.hidden
        if hidden:
            return (Cell(self.where(route)), *[Cell(DASH)] * 6, Cell(judged.kind), self._age(route))
        net, trade, full = net_of(judged) * HUNDRED, judged.trade, judged.full
        return (
            Cell(self.where(route)), cell(self.said.percent(f"left on {route.name}", net), net),
            cell(self.money(trade.profit, route, f"profit of {route.name}"), cents(trade.profit)) if trade.size else Cell("nothing"),
            cell(self.price(route.buy), route.buy.price), cell(self.price(route.sell), route.sell.price),
            cell(self.said.bps(f"gross of {route.name}", route.gross * BPS), route.gross * BPS),
            cell(f"{self.said.amount(f'most of {route.name}', full.cost, route.quote)} {route.quote}", full.cost) if full.size else Cell("nothing"),
            Cell(judged.kind), self._age(route),
        )

    def _age(self, route: Route) -> Cell:
        return Cell(self.said.age(f"age of {route.name}", route.age_s), common.seconds(route.age_s))

    def price(self, leg: Leg) -> str:
        """A leg's best price with the digits of its market."""
        quote = self._quote(leg)
        return self.said.price(f"{leg.side} {leg.base} on {leg.exchange}", leg.price, leg.quote, tick=quote.tick_size if quote else None)

    def _quote(self, leg: Leg) -> Quote | None:
        return next((pair.quotes.get(leg.exchange) for pair in self.pairs if (pair.key.base, pair.key.quote) == (leg.base, leg.quote)), None)


def net_of(judged: Judged) -> Decimal:
    """What is left at the amount, a ratio; where nothing can be traded, at the best prices."""
    return judged.trade.net if judged.trade.net is not None else judged.route.net
