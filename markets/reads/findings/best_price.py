"""The prices of a question: one comparison for each coin it names, with the books that its amount needs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from msgspec import structs

from markets import read
from markets.analysis import wording
from markets.analysis.best import Comparison
from markets.analysis.inputs import Inputs
from markets.ask.answers import Finding, orders
from markets.ask.answers.best_price import BestPrice
from markets.ask.answers.common import Coin
from markets.ask.answers.words import cents
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey
from markets.reads import comparisons, rates
from markets.reads.comparisons import Wanted
from markets.reads.findings import common, cuts
from markets.reads.findings.asked import Asked


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """A comparison for each coin; of one coin for another the market between them, else what is bought and the sale that pays for it."""
    frame = _named(frame)
    swap = orders.swap(frame)
    given, got = (common.coin(swap[0]), common.coin(swap[1])) if swap else (None, None)
    if given and got and (found := _direct(frame, route, given, got, asked) or _by_money(frame, route, given, got, asked)):
        return found
    return common.each_coin(frame, lambda coin: _one(frame, route, coin, asked))


def _one(frame: Frame, route: Route, coin: Coin, asked: Asked) -> BestPrice | None:
    if not common.pairs_of(coin.key) and (turned := _turned_pair(coin.key)):
        told = f"Prices are counted in {coin.ticker}: what it is worth is told by {turned.base}/{turned.quote}."
        other = common.coin(turned.base)
        found = _one(structs.replace(frame, quote=turned.quote), route, other, asked) if other else None
        return structs.replace(found, notes=(told, *found.notes), peg=rates.pegs(asked.now).get(coin.key)) if found else None
    only = frame.exchanges[0] if len(frame.exchanges) == 1 else ""
    exchanges = everybody(route) if only else route.priced
    key, quoted = common.pair(coin, frame.quote or money_of(frame, coin), route.priced)
    if key is None:
        return None
    order, noted = orders.order(frame, coin, key, into(key, asked))
    wanted = Wanted(side=frame.side or "buy", amount=order.amount, unit=order.unit, fees=asked.fees, exchanges=exchanges or ("",))
    inputs, late = read_with_books(key, wanted, asked)
    return BestPrice(
        coin=coin, inputs=inputs, both=frame.side is None, only=only, notes=tuple(note for note in (quoted, noted) if note), late=late,
        worth=worth(frame.quote, key, asked), peg=rates.pegs(asked.now).get(coin.key), unread=common.unread(route, asked),
    )


def _direct(frame: Frame, route: Route, given: Coin, got: Coin, asked: Asked) -> tuple[Finding, ...]:
    """The answer of a market between two coins, listed either way round; none where there is no such market."""
    for base, quote, side in ((given, got, "sell"), (got, given, "buy")):
        if PairKey(base.key, quote.key) in common.pairs_of(base.key, route.priced):
            found = _one(structs.replace(frame, assets=(base.typed,), quote=quote.key, side=side), route, base, asked)
            return (found,) if found else ()
    return ()


def _by_money(frame: Frame, route: Route, given: Coin, got: Coin, asked: Asked) -> tuple[Finding, ...]:
    """What is bought for what the other coin brings, and that sale; none where that is not known."""
    sale = _one(structs.replace(frame, assets=(given.typed,), side="sell"), route, given, asked)
    best = sale.inputs.compared(asked.now).best_sell if sale else None
    if sale is None or best is None or best.net_price is None or best.size is None:
        return ()
    quote, money = sale.inputs.key.quote, cents(best.net_price * best.size)
    wanted = structs.replace(frame, assets=(got.typed,), side="buy", quote=quote, amount=f"{money:f}", unit=quote)
    bought = _one(wanted, route, got, asked)
    if bought is None or bought.inputs.key.quote != quote:
        return ()
    brings = f"{wording.grouped(Decimal(frame.amount or 0))} {given.ticker} bring {wording.grouped(money)} {quote} on {route.named(best.exchange)}"
    return structs.replace(bought, notes=(f"{brings} after the fee: that is what is spent here.", *bought.notes)), sale


def _named(frame: Frame) -> Frame:
    """Of a question about two currencies and no coin the one is the coin: what USDC is worth in USDT."""
    stated = tuple(dict.fromkeys(span.value for span in frame.spans if span.slot == "quote"))
    if frame.assets or frame.unknown or len(stated) != 2:
        return frame
    for base, quote in (stated, stated[::-1]):
        if PairKey(base, quote) in common.pairs_of(base):
            return structs.replace(frame, assets=(base,), quote=quote)
    return frame


def _turned_pair(money: str) -> PairKey | None:
    """The pair of another stablecoin in this one that most exchanges list; None where there is none."""
    kinds, pairs = rates.kinds(), read.board().pairs
    found = [key for key in pairs if key.quote == money and kinds.get(key.base) == "stablecoin" and kinds.get(money) == "stablecoin"]
    return max(found, key=lambda key: (len(pairs[key]), key.base), default=None)


def everybody(route: Route) -> tuple[str, ...]:
    """The exchanges that may be used, and those that only were not asked for: what one is compared with."""
    return (*route.priced, *(left.exchange for left in route.left if left.reason == "not_asked"))


def money_of(frame: Frame, coin: Coin) -> str | None:
    """The currency that an amount is counted in, where the question names no other: 500 USDC of SOL is asked of SOL/USDC."""
    if frame.amount is None or frame.unit is None or frame.unit in (coin.typed, coin.ticker, coin.key, coin.former, *frame.assets):
        return None
    unit = common.currency(frame.unit)
    return frame.unit if unit == common.DOLLAR or any(key.quote == unit for key in common.pairs_of(coin.key)) else None


def into(key: PairKey, asked: Asked) -> dict[str, Decimal]:
    """{currency: what one is worth in the pair's money}, by rates that are fresh."""
    return {name: rate.mid for name, rate in rates.rates(asked.now, key.quote).items() if rate.fresh}


def worth(quote: str | None, key: PairKey, asked: Asked) -> tuple[str, Decimal] | None:
    """A stated currency that the pair is not in, with what one unit of the pair's money is in it; None where that is not known."""
    stated = common.currency(quote) if quote else key.quote
    if stated in (key.quote, common.DOLLAR):
        return None
    rate = rates.rates(asked.now, stated).get(key.quote)
    return (stated, rate.mid) if rate and rate.fresh else None


def read_with_books(key: PairKey, wanted: Wanted, asked: Asked) -> tuple[Inputs, tuple[str, ...]]:
    """What a comparison is made of, cut to what it uses, and whose books did not come although the amount needs them."""
    found = comparisons.inputs(read.board(), key, asked.now, wanted)
    lacking = _lacking(found, asked)
    late: tuple[str, ...] = ()
    if lacking:
        waiting = common.await_books(key, lacking, asked)
        found = comparisons.inputs(read.board(), key, asked.now, wanted)
        late = tuple(name for name in waiting if name in _lacking(found, asked))
    return cuts.compared(found), late


def _lacking(inputs: Inputs, asked: Asked) -> tuple[str, ...]:
    """Exchanges that may be ranked and whose depth the amount needs and nobody knows, on any side that is told."""
    if inputs.terms.order.amount is None:
        return ()
    return tuple(dict.fromkeys(name for side in ("buy", "sell") for name in _unseen(_turned(inputs, side).compared(asked.now))))


def _turned(inputs: Inputs, side: str) -> Inputs:
    return structs.replace(inputs, terms=replace(inputs.terms, side=side))


def _unseen(c: Comparison) -> list[str]:
    return [row.quote.exchange for row in c.rows if row.rank and row.deal and (row.deal.reason == "unknown_depth" or row.ladder_state == "aging")]

