"""What buying on one exchange and selling on another brings: the unit test, the size two books allow, transfers, noise. Pure.

Fees are ratios (0.001 = 0.1 %), `rate` turns the seller's money into the buyer's (1 where it is the same). All arithmetic is
exact within `exchanges.numbers.EXACT`. How far a price moves in a minute (`sigma`) is a float: it decides flags only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import pairwise

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import fills
from markets.analysis.depth import Level
from markets.analysis.settings import DEFAULT, Method
from markets.analysis.wallets import Wallet, usable

ZERO = Decimal(0)
ONE = Decimal(1)
MOVES = 10


# --- One unit ---------------------------------------------------------------------------------------------------
def cost(ask: Decimal, fee: Decimal) -> Decimal:
    """What one coin costs with the taker fee."""
    return EXACT.multiply(ask, ONE + fee)


def value(bid: Decimal, fee: Decimal, rate: Decimal = ONE) -> Decimal:
    """What one coin brings after the taker fee, in the buyer's money."""
    return EXACT.multiply(EXACT.multiply(bid, ONE - fee), rate)


def net(ask: Decimal, bid: Decimal, buy_fee: Decimal, sell_fee: Decimal, rate: Decimal = ONE) -> Decimal:
    """What is left of one unit of money after both fees, a ratio; negative when it loses."""
    return EXACT.subtract(EXACT.divide(value(bid, sell_fee, rate), cost(ask, buy_fee)), ONE)


def gross(ask: Decimal, bid: Decimal, rate: Decimal = ONE) -> Decimal:
    """The same before fees: (bid - ask) / ask."""
    return EXACT.subtract(EXACT.divide(EXACT.multiply(bid, rate), ask), ONE)


def break_even(buy_fee: Decimal, sell_fee: Decimal) -> Decimal:
    """The gross spread that pays both fees and nothing more, a ratio."""
    return EXACT.subtract(EXACT.divide(ONE + buy_fee, ONE - sell_fee), ONE)


# --- Size -------------------------------------------------------------------------------------------------------
class Step(Struct, frozen=True, gc=False):
    """A part of a walk down two books at once: `size` coins bought at `ask` and sold at `bid`, before fees."""

    size: Decimal
    ask: Decimal
    bid: Decimal


class Trade(Struct, frozen=True, gc=False):
    """What buying and selling `size` coins comes to: `cost` and `proceeds` after fees, in the buyer's money.

    `steps` are the levels met on the way; `end` says what stopped the walk: unprofitable (the next level does not pay),
    amount (the money or size asked for), book (a side has no further known level).
    """

    size: Decimal
    cost: Decimal
    proceeds: Decimal
    steps: tuple[Step, ...]
    end: str

    @property
    def profit(self) -> Decimal:
        """In the buyer's money."""
        return EXACT.subtract(self.proceeds, self.cost)

    @property
    def net(self) -> Decimal | None:
        """Profit as a ratio of the cost; None when nothing was traded."""
        return EXACT.divide(self.profit, self.cost) if self.cost else None


class Terms(Struct, frozen=True, gc=False):
    """What two books are walked under: both fees, the rate, and the limits (None: none) in money to spend and in coins.

    `proceeds` limits what the seller's money may come to, before it is turned by `rate`: where that is sold has a depth, too.
    """

    buy_fee: Decimal = ZERO
    sell_fee: Decimal = ZERO
    rate: Decimal = ONE
    money: Decimal | None = None
    coins: Decimal | None = None
    proceeds: Decimal | None = None

    def pays(self, ask: Decimal, bid: Decimal) -> bool:
        """Whether one coin bought and sold there leaves something."""
        return value(bid, self.sell_fee, self.rate) > cost(ask, self.buy_fee)


def walk(asks: Sequence[Level], bids: Sequence[Level], terms: Terms, *, losses: bool = False) -> Trade:
    """Buy from `asks` and sell to `bids`, best levels first, as long as it pays; with `losses` to the end of a book."""
    steps, total, spent, got = [], ZERO, ZERO, ZERO
    end = "book"
    with localcontext(EXACT):
        for size, ask, bid in _matched(asks, bids):
            if not losses and not terms.pays(ask, bid):
                end = "unprofitable"
                break
            each, brings = ask * (ONE + terms.buy_fee), bid * (ONE - terms.sell_fee)
            took = min([size, *_room(terms, total, spent, got, each, brings)])
            if took > ZERO:
                steps.append(Step(took, ask, bid))
            total, spent, got = total + took, spent + took * each, got + took * brings
            if took < size:
                end = "amount"
                break
        return Trade(total, spent, got * terms.rate, tuple(steps), end)


def _matched(asks: Sequence[Level], bids: Sequence[Level]) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """(size, ask, bid) while both books last: the cheapest coins left against the dearest bids left."""
    a = b = 0
    ask_left = bid_left = ZERO
    while True:
        if not ask_left:
            if a == len(asks):
                return
            ask, ask_left = asks[a]
            a += 1
        if not bid_left:
            if b == len(bids):
                return
            bid, bid_left = bids[b]
            b += 1
        took = min(ask_left, bid_left)
        ask_left, bid_left = ask_left - took, bid_left - took
        if took:
            yield took, ask, bid


def _room(terms: Terms, total: Decimal, spent: Decimal, got: Decimal, each: Decimal, brings: Decimal) -> Iterator[Decimal]:  # noqa: PLR0917
    """How many more coins each limit allows, never fewer than none."""
    if terms.coins is not None:
        yield max(ZERO, terms.coins - total)
    if terms.money is not None:
        yield max(ZERO, (terms.money - spent) / each)
    if terms.proceeds is not None and brings:
        yield max(ZERO, (terms.proceeds - got) / brings)


def rounded(asks: Sequence[Level], bids: Sequence[Level], terms: Terms, step: Decimal | None) -> Trade:
    """The walk with its size rounded down to whole steps of both exchanges (`step`: the coarser one, None: not known)."""
    found = walk(asks, bids, terms)
    whole = floored(found.size, step)
    if whole == found.size:
        return found
    again = walk(asks, bids, Terms(terms.buy_fee, terms.sell_fee, terms.rate, coins=whole))
    return Trade(again.size, again.cost, again.proceeds, again.steps, found.end)


def curve(asks: Sequence[Level], bids: Sequence[Level], terms: Terms) -> list[tuple[Decimal, Decimal]]:
    """(money spent, profit) at the end of every level, from nothing to twice the money that pays, or the end of a book."""
    whole = walk(asks, bids, terms).cost
    limits = Terms(terms.buy_fee, terms.sell_fee, terms.rate, 2 * whole if whole else None)
    points = [(ZERO, ZERO)]
    with localcontext(EXACT):
        for step in walk(asks, bids, limits, losses=True).steps:
            spent = step.size * cost(step.ask, terms.buy_fee)
            points.append((points[-1][0] + spent, points[-1][1] + step.size * value(step.bid, terms.sell_fee, terms.rate) - spent))
    return points


def floored(size: Decimal, step: Decimal | None) -> Decimal:
    """`size` in whole steps."""
    return size if not step else EXACT.multiply(EXACT.divide(size, step).to_integral_value(rounding=ROUND_FLOOR), step)


# --- Transfer ---------------------------------------------------------------------------------------------------
class Way(Struct, frozen=True, gc=False):
    """How coins get from one exchange to another. `state`: open, closed, apart (no network of one contract) or unknown.

    `fee` in coins is what leaving costs on `network`; None where it is not known. `detail` is the sentence for people.
    """

    state: str
    network: str = ""
    fee: Decimal | None = None
    detail: str = ""


def way(out: Sequence[Wallet], into: Sequence[Wallet], now: datetime, method: Method = DEFAULT) -> Way:
    """The cheapest network with withdrawals open on the one side and deposits open on the other, for the same contract."""
    leaving, arriving = ([w for w in side if usable(w, now, method)] for side in (out, into))
    if leaving and all(w.withdraw_open is False for w in leaving):
        return Way("closed", detail="withdrawals are closed where it is bought")
    if arriving and all(w.deposit_open is False for w in arriving):
        return Way("closed", detail="deposits are closed where it is sold")
    if not leaving or not arriving:
        return Way("unknown", detail=f"the networks are not known where it is {'sold' if leaving else 'bought'}")
    shared = [(a, b) for a in leaving for b in arriving if same_contract(a, b)]
    return _best_way(shared) if shared else Way("apart", detail="no network of the same contract is known on both sides")


def _best_way(shared: Sequence[tuple[Wallet, Wallet]]) -> Way:
    opened = [a for a, b in shared if a.withdraw_open and b.deposit_open]
    if opened:
        best = min(opened, key=lambda w: (w.withdraw_fee is None, w.withdraw_fee or ZERO, w.name))
        return Way("open", best.name, best.withdraw_fee, f"by {best.name}: withdrawals and deposits are open")
    names = ", ".join(sorted({a.name for a, _ in shared}))
    if all(a.withdraw_open is False or b.deposit_open is False for a, b in shared):
        return Way("closed", names, detail=f"every shared network ({names}) is closed on one side")
    return Way("unknown", names, detail=f"whether {names} is open on both sides is not known")


def same_contract(a: Wallet, b: Wallet) -> bool:
    """Whether two exchanges mean the same coin on the same network: a known chain, and the same address, or none on both."""
    return bool(a.chain) and a.chain == b.chain and a.contract_address == b.contract_address


def transferred(trade: Trade, bids: Sequence[Level], terms: Terms, fee: Decimal) -> Trade:
    """The same purchase with `fee` coins lost on the way: only what arrives is sold. The fee may eat it all."""
    arrived = max(ZERO, EXACT.subtract(trade.size, fee))
    got = fills.by_base(bids, arrived).money if arrived else ZERO
    return Trade(trade.size, trade.cost, value(got, terms.sell_fee, terms.rate), trade.steps, trade.end)


# --- Noise ------------------------------------------------------------------------------------------------------
def deviation(closes: Sequence[Decimal]) -> float | None:
    """How far a price moves from one close to the next: the standard deviation of logarithms, None with fewer than ten moves."""
    logs = [math.log(close) for close in closes if close > ZERO]
    moves = [after - before for before, after in pairwise(logs)]
    if len(moves) < MOVES:
        return None
    mean = math.fsum(moves) / len(moves)
    return math.sqrt(math.fsum((move - mean) ** 2 for move in moves) / len(moves))


def noise(sigma: float, skew_s: float) -> float:
    """One standard deviation of what two prices seen `skew_s` apart may differ by, a ratio. `sigma` is that of a minute."""
    return sigma * math.sqrt(skew_s / 60)


def risk(sigma: float, minutes: float) -> float:
    """One standard deviation of the price while coins travel, a ratio."""
    return sigma * math.sqrt(minutes)
