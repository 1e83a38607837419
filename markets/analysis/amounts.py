"""What an order of some amount comes to on one exchange: its average fill, fee, withdrawal, and what it leaves in hand. Pure.

Call it inside the exact decimal context, as `best` does. Without an amount the order is one coin at the best price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import plain
from markets.analysis import fills, quality, wording
from markets.analysis.depth import Level, oddness
from markets.analysis.derivatives import age_s
from markets.analysis.fills import Fill
from markets.analysis.quality import HALF, ONE, ZERO, Look
from markets.analysis.settings import Method
from markets.analysis.wallets import Exit, Wallet, way_out
from markets.board import Ladder, Quote

BPS = Decimal(10_000)
USD = "usd"
# What puts a deal behind others, the smaller the better: nothing; a cost that is not known; a depth that is not known. What
# is known to be too short comes last, the longest first: SHORT minus the share it fills.
KNOWN, COSTLESS, UNSEEN, SHORT = ZERO, ONE, Decimal(2), Decimal(4)


class Order(Struct, frozen=True, gc=False):
    """What is wanted: `amount` in quote units (what is spent or received, fee included) or in base units (coins).

    Over many pairs it may count USD-equivalents, until `resolved`. None: no amount, the top of the book. `withdraw`: a buyer
    takes the coins away, by `network` ("": the cheapest open one).
    """

    amount: Decimal | None = None
    unit: str = "quote"  # quote base usd
    withdraw: bool = False
    network: str = ""

    def resolved(self, usd: Decimal | None) -> Order:
        """The same in quote units where it was in USD; `usd` is what one of these is worth. Without a rate it stays as it is."""
        if self.amount is None or self.unit != USD or not usd:
            return self
        return replace(self, amount=self.amount / usd, unit="quote")

    @property
    def in_base(self) -> bool:
        """Whether the amount counts coins."""
        return self.unit == "base"


TOP = Order()


class Deal(Struct, frozen=True, gc=False, kw_only=True):
    """One exchange's side of an order. What is not known is None; what is partly filled is told of the part.

    `price` is the average fill before fees, `each` what one coin costs (or brings) all in. `base`: coins bought, or sold;
    `arrives`: what is left of them after the withdrawal; `money`: the whole cost, or what is left of the proceeds; `fee`: the
    taker fee in money. `share` of the amount is filled, a ratio up to 1. `book_age_s` is None where the ticker's top was
    enough. `reason`: "", or why it is not known to fill: thin_book, unknown_depth, below_minimum, below_withdrawal.
    """

    look: Look
    handicap: Decimal
    price: Decimal | None = None
    each: Decimal | None = None
    base: Decimal | None = None
    arrives: Decimal | None = None
    money: Decimal | None = None
    fee: Decimal | None = None
    share: Decimal | None = ONE
    slippage_bps: Decimal | None = None
    book_age_s: float | None = None
    levels: int = 0
    way: Exit | None = None
    reason: str = ""
    detail: str = ""

    @property
    def fills(self) -> bool:
        """Whether all of the amount is known to be filled."""
        return not self.reason


class Asked(Struct, frozen=True, gc=False):
    """Everything a deal needs beside the quote. `currency` is what money is counted in."""

    side: str
    order: Order
    now: datetime
    method: Method
    currency: str


def deal(look: Look, asked: Asked, ladder: Ladder | None = None, wallets: Sequence[Wallet] = ()) -> Deal:
    """What the order comes to by this quote, whose two sides are there, or by the book where the best price is not enough."""
    quote, order = look.quote, asked.order
    if order.amount is not None and order.unit == USD:
        return Deal(look=look, handicap=UNSEEN, share=None, reason="unknown_depth", detail=f"what {asked.currency} is worth is not known")
    price: Decimal
    price, size = (quote.ask, quote.ask_size) if asked.side == "buy" else (quote.bid, quote.bid_size)  # type: ignore[assignment]  # it has both sides
    wish = walked(order, asked.side, quote.taker_fee)
    top = _at_the_top(price, size, wish)
    if top is not None:
        return _taken(_filled(look, top, look.mid), asked, top, wallets)
    why = unusable(ladder, asked.now, asked.method)
    if ladder is None or why:
        return Deal(look=look, handicap=UNSEEN, share=None, reason="unknown_depth", detail=why)
    levels = ladder.asks if asked.side == "buy" else ladder.bids
    left = standing(levels, quote, ladder, asked.side)
    fill, moved = walk(left, wish), len(left) < len(levels)
    if moved and not fill.complete:
        return Deal(look=look, handicap=UNSEEN, share=None, reason="unknown_depth", detail="its price has moved since its order book was read")
    mid = look.mid if moved else (ladder.bids[0][0] + ladder.asks[0][0]) * HALF
    return _taken(_filled(look, fill, mid, age_s(ladder.observed_at, asked.now)), asked, fill, wallets)


def deals(looks: Sequence[Look], asked: Asked, books: Callable[[], Mapping[str, Ladder]]) -> list[Deal]:
    """What the order comes to on each exchange. The books are only asked for where a best price is not enough."""
    found = [deal(look, asked) for look in looks]
    if asked.order.unit != USD and any(each.handicap == UNSEEN for each in found):
        ladders = books()
        found = [deal(each.look, asked, ladders.get(each.look.quote.exchange)) if each.handicap == UNSEEN else each for each in found]
    return found


def _at_the_top(price: Decimal, size: Decimal | None, order: Order) -> Fill | None:
    """The fill by the best price alone; None where that is not known to be enough. Without an amount: of one coin."""
    if order.amount is None:
        return Fill(ONE, price, price, 0, ONE)
    if size is None:
        return None
    if order.in_base:
        return Fill(order.amount, order.amount * price, price, 0, ONE) if order.amount <= size else None
    return Fill(order.amount / price, order.amount, price, 0, ONE) if order.amount <= price * size else None


def walked(order: Order, side: str, fee: Decimal | None) -> Order:
    """What is taken from a book: who wants so much money in hand sells for the fee, too, or the book would not hold the coins."""
    if side == "buy" or order.amount is None or order.unit != "quote" or not fee:
        return order
    return replace(order, amount=order.amount / (ONE - fee))


def walk(levels: Sequence[Level], order: Order) -> Fill:
    """The amount walked through a side of a book."""
    amount: Decimal = order.amount  # type: ignore[assignment]  # without one there is nothing to walk
    return fills.by_base(levels, amount) if order.in_base else fills.by_money(levels, amount)


def standing(levels: Sequence[Level], quote: Quote, ladder: Ladder, side: str) -> Sequence[Level]:
    """The levels that a price seen after the book leaves: what was offered better than the best one of now has been taken.

    Without this a book of two minutes ago wins because the market has moved since.
    """
    best = quote.ask if side == "buy" else quote.bid
    if best is None or quote.observed_at is None or ladder.observed_at is None or quote.observed_at <= ladder.observed_at:
        return levels
    return [level for level in levels if (level[0] >= best if side == "buy" else level[0] <= best)]


def state(ladder: Ladder, now: datetime, method: Method) -> str:
    """Fresh, aging, stale or expired."""
    return quality.state(age_s(ladder.observed_at, now), ladder.period_s, method)


def unusable(ladder: Ladder | None, now: datetime, method: Method) -> str:
    """Why a book may not be walked, in words; "" when it may."""
    if ladder is None:
        return "its order book has not been read yet"
    if ladder.switch:
        return f"its order book: {wording.PLAIN.get(ladder.switch, ladder.switch)}"
    if state(ladder, now, method) not in ("fresh", "aging"):
        age = age_s(ladder.observed_at, now)
        return "its order book is old" if age is None else f"its order book is {wording.age(age)} old"
    odd = oddness(ladder.bids, ladder.asks)
    return f"its order book {odd}" if odd else ""


# --- From the fill to what is left in hand ------------------------------------------------------------------------
def _filled(look: Look, fill: Fill, mid: Decimal, book_age_s: float | None = None) -> Deal:
    """The fill alone: nothing is known yet of what it costs."""
    slippage = fills.slippage(fill.vwap, mid)
    return Deal(
        look=look, handicap=COSTLESS, price=fill.vwap, slippage_bps=None if slippage is None else slippage * BPS, book_age_s=book_age_s, levels=fill.levels,
    )


def _taken(found: Deal, asked: Asked, fill: Fill, wallets: Sequence[Wallet]) -> Deal:
    """The deal with its fee, its coins and its way out."""
    quote, order, price = found.look.quote, asked.order, found.price
    if price is None:
        return replace(found, handicap=SHORT, share=ZERO, reason="thin_book")
    each = None if quote.taker_fee is None else price * (ONE + quote.taker_fee if asked.side == "buy" else ONE - quote.taker_fee)
    way = way_out(wallets, order.network, asked.now, asked.method) if order.withdraw and asked.side == "buy" else None
    if order.amount is None:
        return replace(found, each=each, way=way, handicap=COSTLESS if each is None else KNOWN)
    base = _coins(fill, asked, each, quote)
    small = _too_small(quote, base, price, asked.currency)
    if small:
        return replace(found, each=each, way=way, handicap=SHORT, share=ZERO, reason="below_minimum", detail=small)
    money = None if each is None else base * each
    bought = replace(
        found, base=base, arrives=base, money=money, fee=None if money is None else abs(money - base * price), each=each,
        handicap=COSTLESS if each is None else KNOWN,
    )
    left = bought if way is None else _withdrawn(bought, base, way)
    return left if fill.complete else replace(left, handicap=SHORT - fill.share, share=fill.share, reason="thin_book")


def _coins(fill: Fill, asked: Asked, each: Decimal | None, quote: Quote) -> Decimal:
    """The coins ordered, in whole lots: those asked for or walked, or what the money buys with the fee in it."""
    wanted = fill.base if asked.side == "sell" or asked.order.in_base or not each else fill.money / each
    lot = quote.lot_size
    return (wanted / lot).to_integral_value(ROUND_FLOOR) * lot if lot else wanted


def _too_small(quote: Quote, base: Decimal, price: Decimal, currency: str) -> str:
    """Why the exchange would not take an order of so little; "" when it would, or when its minimum is not known."""
    if not base:
        return "it is less than the smallest step there"
    if quote.min_size and base < quote.min_size:
        return f"it is less than the smallest order there, {plain(quote.min_size)} {quote.base}"
    if quote.min_notional and base * price < quote.min_notional:
        return f"it is less than the smallest order there, {plain(quote.min_notional)} {currency}"
    return ""


def _withdrawn(bought: Deal, base: Decimal, way: Exit) -> Deal:
    """The deal after the coins left the exchange: what arrives, and what each of these costs."""
    if way.fee is None or way.wallet is None:
        return replace(bought, way=way, arrives=None, each=None, handicap=COSTLESS)
    left, least = base - way.fee, way.wallet.withdraw_min
    if left <= ZERO or (least is not None and base < least):
        why = "the withdrawal fee is more than it buys" if left <= ZERO else "it is less than the smallest withdrawal there"
        return replace(bought, way=way, arrives=None, each=None, handicap=SHORT, share=ZERO, reason="below_withdrawal", detail=why)
    return replace(bought, way=way, arrives=left, each=None if bought.money is None else bought.money / left)
