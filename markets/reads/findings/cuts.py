"""What a finding keeps of order books: the levels that its arithmetic meets, so that a receipt stays small and computes the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from markets.analysis import amounts
from markets.analysis.amounts import Order
from markets.analysis.best import LARGER
from markets.analysis.depth import BANDS, Level
from markets.analysis.fees import charged
from markets.analysis.inputs import Inputs
from markets.board import Ladder, Quote

MOST = 60  # levels of a side beyond those that the amount itself needs
SIDES = ("buy", "sell")


def compared(found: Inputs) -> Inputs:
    """The same comparison with its books cut to the order, and ten times as much on its side; without an order there are none."""
    order = found.terms.order
    if order.amount is None:
        return replace(found, books={})
    quotes = charged(found.quotes, found.terms.fees)
    return replace(found, books={name: _cut(ladder, order, found.terms.side, quotes[name]) for name, ladder in found.books.items() if name in quotes})


def _cut(ladder: Ladder, order: Order, side: str, quote: Quote) -> Ladder:
    kept = {each: _levels(ladder, order, each, quote, larger=each == side) for each in SIDES}
    return replace(ladder, asks=kept["buy"], bids=kept["sell"])


def _levels(ladder: Ladder, order: Order, side: str, quote: Quote, *, larger: bool) -> tuple[Level, ...]:
    """The best level, by which the middle goes, and of those that a later price left standing as many as are walked."""
    levels = ladder.asks if side == "buy" else ladder.bids
    standing, fee = tuple(amounts.standing(levels, quote, ladder, side)), quote.taker_fee
    least = reached(standing, amounts.walked(order, side, fee))
    if larger and order.amount is not None:
        least = max(least, min(reached(standing, amounts.walked(replace(order, amount=order.amount * LARGER), side, fee)), MOST))
    return standing[:least] if standing == levels else (*levels[:1], *standing[:least])


def reached(levels: Sequence[Level], order: Order) -> int:
    """How many levels an order meets, and one more; at least one."""
    left = order.amount or Decimal(0)
    for at, (price, size) in enumerate(levels, 1):
        left -= size if order.in_base else price * size
        if left <= 0:
            return at + 1
    return len(levels)


def measured(ladder: Ladder, money: Decimal | None, order: Order) -> Ladder:
    """A book with all that measuring it takes: what lies within the widest band of its middle, what `money` meets, what an order does."""
    if not ladder.bids or not ladder.asks:
        return ladder
    mid, width = (ladder.bids[0][0] + ladder.asks[0][0]) / 2, BANDS[-1]
    orders = [wish for wish in (order, Order(money)) if wish.amount is not None]
    bids = [sum(price >= mid * (1 - width) for price, _ in ladder.bids) + 1, *(reached(ladder.bids, wish) for wish in orders)]
    asks = [sum(price <= mid * (1 + width) for price, _ in ladder.asks) + 1, *(reached(ladder.asks, wish) for wish in orders)]
    return replace(ladder, bids=ladder.bids[: max(bids)], asks=ladder.asks[: max(asks)])
