"""The figures of one judged pair: its winners, its gap before and after fees, its change and volume.

Winners are found at the top of the book, or, where an amount is asked for, among the deals of that amount (`amounts`).

The overview shows these for all pairs at once, a comparison shows the same beside its rows. All arithmetic runs in the
caller's decimal context, which `best` sets to `exchanges.numbers.EXACT`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from msgspec import Struct

from markets.analysis.amounts import COSTLESS, KNOWN, UNSEEN, Deal
from markets.analysis.quality import ONE, ZERO, Look
from markets.analysis.verdict import Verdict
from markets.board import PairKey, Quote

BPS = Decimal(10_000)
HUNDRED = Decimal(100)
MINUS = Decimal(-1)


@dataclass(frozen=True)
class Best:
    """The winner of one side. Prices in quote per base; `net_price` is after the taker fee, None without a known fee.

    `size`: so many coins have this price; None when that is not known. `currency`: the quote currency it is traded in there.
    """

    exchange: str
    price: Decimal
    net_price: Decimal | None
    fee_pct: Decimal | None
    size: Decimal | None = None
    currency: str = ""


Deals = Mapping[str, Sequence[Deal]]  # side -> what an amount comes to on the ranked exchanges


class Summary(Struct, frozen=True, gc=False, kw_only=True):
    """The figures of a comparison without its rows: what the overview shows, for all pairs at once. Names and units as there."""

    key: PairKey
    status: str
    pair_class: str
    best_buy: Best | None
    best_sell: Best | None
    gap_bps: Decimal | None
    after_fees_pct: Decimal | None
    after_fees_size: Decimal | None
    change_24h_pct: Decimal | None
    quote_volume_24h: Decimal | None
    volume_usd: Decimal | None
    live: int
    listed: int
    oldest_s: float | None


def unit(quote: Quote, side: str) -> Decimal | None:
    """What one unit costs (buy) or brings (sell) after the taker fee; None without a price or a known fee."""
    price, fee = quote.ask if side == "buy" else quote.bid, quote.taker_fee
    if not price or fee is None:
        return None
    return price * (ONE + fee if side == "buy" else ONE - fee)


# One ranked quote's place on one side: the smaller, the better. First what puts it behind others (`amounts.KNOWN` and the
# rest: after fees, those without a known fee come last); then what one unit costs (or minus what it brings); of equal prices
# the larger top size first (hence minus), then the operator's order, the exchange, and the currency it is traded in.
Place = tuple[Decimal, Decimal, Decimal, int, str, str]


def places(ranked: Sequence[Look], side: str, net: bool) -> list[Place]:
    """The ranked quotes' places at the top of the book, in their order."""
    if side == "buy":
        return [_place(look.quote, look.quote.ask, look.quote.ask_size, ONE, net) for look in ranked]  # type: ignore[arg-type]  # both sides are there
    return [_place(look.quote, look.quote.bid, look.quote.bid_size, MINUS, net) for look in ranked]  # type: ignore[arg-type]


def _place(q: Quote, price: Decimal, size: Decimal | None, sign: Decimal, net: bool) -> Place:
    fee = q.taker_fee if net else ZERO
    cost = sign * price if fee is None else price * (sign + fee)  # a buyer pays 1 + fee, a seller gets 1 - fee = -(-1 + fee)
    return KNOWN if fee is not None else COSTLESS, cost, -size if size else ZERO, q.priority, q.exchange, q.quote


def place(deal: Deal, side: str, net: bool) -> Place:
    """A deal's place: by what a coin costs or brings at the amount; what is not known to fill comes after what is."""
    q = deal.look.quote
    top, size, sign = (q.ask, q.ask_size, ONE) if side == "buy" else (q.bid, q.bid_size, MINUS)
    value: Decimal = (deal.each if net else None) or deal.price or top  # type: ignore[assignment]  # both sides are there
    handicap = KNOWN if deal.handicap == COSTLESS and not net else deal.handicap
    return handicap, sign * value, -size if size else ZERO, q.priority, q.exchange, q.quote


def best(ranked: Sequence[Look], side: str, net: bool) -> Best | None:
    """The winner of one side at the top of the book, after or before fees; None when nothing is ranked."""
    if not ranked:
        return None
    seats = places(ranked, side, net)
    first = min(seats)
    q = ranked[seats.index(first)].quote
    price: Decimal
    price, size = (q.ask, q.ask_size) if side == "buy" else (q.bid, q.bid_size)  # type: ignore[assignment]  # both sides are there
    if q.taker_fee is None:
        return Best(q.exchange, price, None, None, size, q.quote)
    return Best(q.exchange, price, abs(first[1]) if net else unit(q, side), q.taker_fee * HUNDRED, size, q.quote)


def best_deal(deals: Sequence[Deal], side: str, net: bool) -> Best | None:
    """The winner of one side at the amount; None when nobody is known to fill it."""
    filled = [deal for deal in deals if deal.handicap < UNSEEN]
    if not filled:
        return None
    first = min(filled, key=lambda deal: place(deal, side, net))
    q, price = first.look.quote, first.price
    size = first.base if first.base is not None else q.ask_size if side == "buy" else q.bid_size
    return Best(q.exchange, price, first.each, None if q.taker_fee is None else q.taker_fee * HUNDRED, size, q.quote)  # type: ignore[arg-type]  # it fills


def winner(judged: Verdict, side: str, net: bool, deals: Deals | None = None) -> Best | None:
    """The winner of one side: at the amount, where one is asked for."""
    return best(judged.ranked, side, net) if deals is None else best_deal(deals[side], side, net)


def summarise(key: PairKey, judged: Verdict, net: bool, usd: Decimal | None, deals: Deals | None = None) -> Summary:
    """The figures of one judged pair. Call it inside the exact decimal context."""
    ranked, counted = judged.ranked, judged.counted
    buy, sell = winner(judged, "buy", True, deals), winner(judged, "sell", True, deals)
    volumes = [look.volume for look in counted if look.volume is not None]
    volume = sum(volumes, ZERO) if volumes else None
    shown = (buy, sell) if net else (winner(judged, "buy", False, deals), winner(judged, "sell", False, deals))
    left = _after_fees(buy, sell)
    return Summary(
        key=key, status=judged.status, pair_class=judged.pair_class,
        best_buy=shown[0], best_sell=shown[1], gap_bps=_gap(*shown), after_fees_pct=left, after_fees_size=None if left is None else _up_to(buy, sell),
        change_24h_pct=_change(ranked), quote_volume_24h=volume, volume_usd=None if volume is None or usd is None else volume * usd,
        live=len(judged.live), listed=len([look for look in judged.looks.values() if look.quote.status != "delisted"]),
        oldest_s=max([look.age_s for look in ranked], default=None),  # type: ignore[type-var]  # ranked quotes have an age
    )


def _up_to(buy: Best | None, sell: Best | None) -> Decimal | None:
    """So many coins both winners' prices hold for."""
    if buy is None or sell is None or buy.size is None or sell.size is None:
        return None
    return min(buy.size, sell.size)


def _gap(buy: Best | None, sell: Best | None) -> Decimal | None:
    """Between the two prices that are shown: who compares them by hand gets this figure."""
    if buy is None or sell is None:
        return None
    return (sell.price - buy.price) / buy.price * BPS


def _after_fees(buy: Best | None, sell: Best | None) -> Decimal | None:
    if buy is None or sell is None or buy.net_price is None or sell.net_price is None:
        return None
    return (sell.net_price / buy.net_price - ONE) * HUNDRED


def _change(ranked: Sequence[Look]) -> Decimal | None:
    """Weighted by volume where volumes are known, else the plain mean."""
    known = [(look.quote.change_24h_pct, look.volume or ZERO) for look in ranked if look.quote.change_24h_pct is not None]
    total = sum([weight for _, weight in known], ZERO)
    if total:
        return sum([change * weight for change, weight in known], ZERO) / total
    return sum([change for change, _ in known], ZERO) / len(known) if known else None
