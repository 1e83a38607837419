"""How an answer about one pair writes its prices, coins, money and exchanges: with the pair's digits, each number kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markets.analysis.amounts import Deal
from markets.analysis.best import Comparison, Row
from markets.analysis.display import places_of
from markets.ask.answer import Said
from markets.ask.answers import common
from markets.ask.answers.common import Coin
from markets.ask.router import Route

HUNDRED = Decimal(100)
LIKELY = 8  # digits of coins after the point that somebody may want to read
CENTS = 2
HARDLY = Decimal("0.005")  # percent: less is written as nothing


@dataclass(frozen=True)
class Words:
    """One pair's words. `places` are the decimals of its prices, `fine` those of prices after fees, which a coarse tick would hide."""

    said: Said
    route: Route
    ticker: str
    quote: str
    places: int
    fine: int

    @classmethod
    def of(cls, c: Comparison, coin: Coin, route: Route, said: Said) -> Words:
        """Those of a comparison: the digits of the finest tick; of an average fill at least what its size calls for."""
        rows = [row.quote for row in c.rows if row.rank] or [row.quote for row in c.rows]
        places = common.digits([price for q in rows for price in (q.ask, q.bid)], [q.tick_size for q in rows])
        fine = max(places, places_of(c.reference_price)) if c.reference_price else places
        return cls(said, route, coin.ticker, c.key.quote, places if c.order.amount is None else fine, fine)

    def name(self, slug: str) -> str:
        """An exchange as people know it."""
        return self.route.named(slug)

    def price(self, name: str, value: Decimal | None) -> str:
        """A price with the pair's digits."""
        return self.said.price(name, value, self.quote, places=self.places)

    def quoted(self, name: str, value: Decimal | None) -> str:
        """A price with its money: 0.8198 USDT."""
        return f"{self.price(name, value)} {self.quote}"

    def net(self, name: str, value: Decimal | None) -> str:
        """A price after fees."""
        return self.said.price(name, value, self.quote, places=self.fine)

    def coins(self, amount: Decimal, name: str = "amount") -> str:
        """So many coins: 900 POL."""
        return f"{self.said.coins(name, round(amount, LIKELY) or amount, self.ticker)} {self.ticker}"

    def money(self, amount: Decimal, name: str = "amount") -> str:
        """So much money: 12,000.5 USDT."""
        return f"{self.said.coins(name, cents(amount), self.quote)} {self.quote}"

    def comes_to(self, row: Row, c: Comparison) -> str:
        """What an amount comes to on one exchange that fills it: 10,000 USDT buy 12,170.3 POL after the 0.1 % fee."""
        deal: Deal = row.deal  # type: ignore[assignment]  # it fills, so it has a price and coins
        worth: Decimal = deal.base * deal.price if deal.money is None else deal.money  # type: ignore[operator]
        fee = "before fees" if deal.money is None else f"after the {self.said.rate('fee', row.fee_pct)} fee"
        coins, money = self.coins(deal.base, "coins"), self.money(worth, "money")  # type: ignore[arg-type]
        if c.side == "sell":
            return f"{coins} bring {money} {fee}"
        return f"{coins} cost {money} {fee}" if c.order.in_base else f"{money} buy {coins} {fee}"

    def price_range(self, c: Comparison) -> str:
        """How far the exchanges' prices are apart, which is not money; "" of fewer than two."""
        found = c.price_range_pct
        return "" if found is None else f"Price range {self.said.percent('price_range_pct', found)}."

    def after_fees(self, c: Comparison) -> str:
        """What is left between the best place to buy and the best to sell, at the amount where one is asked for; "" without both."""
        buy, sell, left = c.best_buy, c.best_sell, c.after_fees_pct
        if buy is None or sell is None:
            return ""
        if left is None:
            return "What is left after fees is not known: a fee is missing."
        fees = f"After taker fees ({self.said.rate('buy fee', buy.fee_pct)} + {self.said.rate('sell fee', sell.fee_pct)})"
        if left < HARDLY:
            return f"{fees} nothing is left."
        size = c.after_fees_size
        coins = "" if size is None else f" for {self.coins(size, 'size')}"
        return f"{fees} up to {self.said.percent('after_fees_pct', left)} is left{coins} if both books hold."

    def change(self, c: Comparison) -> str:
        """+2.10 % in 24 h; "" where that is not known."""
        found = c.change_24h_pct
        if found is None:
            return ""
        return f"{self.said.percent(f'change of {self.ticker}', found, sign=True)} in {self.said.text('window', '24 h', 'h')}"

    def doubt(self, row: Row) -> str:
        """Why a row does not count, in a few words: stale (4 m)."""
        if row.reason in common.AGES and row.age_s is not None:
            return f"{row.reason} ({self.said.age(f'age of {self.name(row.quote.exchange)}', row.age_s)})"
        return common.numbers(self.said, "doubt", row.detail or row.reason.replace("_", " "))

    def names(self, slugs: Sequence[str]) -> str:
        """Several exchanges: Binance, KuCoin and Bybit."""
        return common.listed([self.name(slug) for slug in slugs])

    def late(self, slugs: Sequence[str]) -> list[str]:
        """Whose books did not come in time; nothing where all did."""
        books = "books of" if len(slugs) > 1 else "book of"
        return [f"The order {books} {self.names(slugs)} did not arrive in time."] if slugs else []


def cents(amount: Decimal) -> Decimal:
    """Money as people say it: two digits after the point, more of what is less than one; never nothing of something."""
    return round(amount, CENTS if abs(amount) >= 1 else LIKELY) or amount


def off(price: Decimal | None, best: Decimal | None) -> Decimal | None:
    """How far a price is from another one, in percent of that; None without both."""
    return None if price is None or not best else (price / best - 1) * HUNDRED
