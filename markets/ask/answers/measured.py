"""A question's books: what was read of each exchange, and what they measure and cost, ranked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import liquidity, quality
from markets.analysis.derivatives import age_s
from markets.analysis.liquidity import Cost, Measure, Wish
from markets.analysis.settings import Method
from markets.ask.answer import Left
from markets.ask.answers.common import Coin
from markets.board import Ladder, PairKey

USUAL_USD = Decimal(10_000)  # the amount whose cost is told where nobody named one
USABLE = ("fresh", "aging")


class Seen(Struct, frozen=True, kw_only=True):
    """One exchange's book as it was read: `ladder` None where none is stored. `reason` says why not, or why it is not measured; `code` is its reason code.

    `counts`: it may be compared, if it is not too old. `waiting`: it was asked for and did not come in time. `volume` is the day's.
    """

    exchange: str
    ladder: Ladder | None = None
    reason: str = ""
    code: str = "unknown_depth"
    counts: bool = True
    waiting: bool = False
    volume: Decimal | None = None


class Liquid(Struct, frozen=True, tag="liquidity", kw_only=True):
    """One pair's books, and what is asked of them: `amount` in coins or money, None by score. `usd` is USD for one unit of money.

    Of `unread` exchanges it is not known what they list.
    """

    coin: Coin
    key: PairKey
    books: tuple[Seen, ...]
    method: Method
    usd: Decimal | None = None
    amount: Decimal | None = None
    in_base: bool = False
    side: str = "buy"
    notes: tuple[str, ...] = ()
    unread: tuple[Left, ...] = ()


@dataclass(frozen=True)
class Book:
    """One book measured. `cost` is what the wish comes to on it."""

    seen: Seen
    measure: Measure
    cost: Cost | None
    age: float | None

    @property
    def name(self) -> str:
        """The exchange."""
        return self.seen.exchange


def wish_of(found: Liquid) -> Wish | None:
    """The amount; without one what USUAL_USD are, None without a rate."""
    if found.amount is not None:
        return Wish(found.amount, found.side, found.in_base)
    return Wish(EXACT.divide(USUAL_USD, found.usd), found.side) if found.usd else None


def state_of(ladder: Ladder, now: datetime, method: Method) -> str:
    """Fresh, aging, stale or expired."""
    return quality.state(age_s(ladder.observed_at, now), ladder.period_s, method)


def books_of(found: Liquid, now: datetime) -> list[Book]:
    """The books that count, the most liquid first: by what an amount costs where one was asked for, else by score."""
    wish = wish_of(found)
    made = {book.name: book for seen in found.books if (book := _measured(seen, found, wish, now))}
    costs = {name: book.cost for name, book in made.items() if book.cost} if found.amount is not None else {}
    return [made[name] for name in liquidity.best_first(list(made), {name: book.measure for name, book in made.items()}, costs)]


def _measured(seen: Seen, found: Liquid, wish: Wish | None, now: datetime) -> Book | None:
    ladder = seen.ladder
    if ladder is None or not seen.counts or state_of(ladder, now, found.method) not in USABLE:
        return None
    measure = liquidity.measure(ladder, found.usd)
    if measure is None:
        return None
    return Book(seen, liquidity.with_volume(measure, seen.volume), liquidity.cost(ladder, wish) if wish else None, age_s(ladder.observed_at, now))
