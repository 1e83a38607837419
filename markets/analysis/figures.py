"""The figures of one judged pair: its winners, its gap before and after fees, its change and volume.

The overview shows these for all pairs at once, a comparison shows the same beside its rows. All arithmetic runs in the
caller's decimal context, which `best` sets to `exchanges.numbers.EXACT`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from msgspec import Struct

from markets.analysis.quality import ONE, ZERO, Look
from markets.analysis.verdict import Verdict
from markets.board import PairKey, Quote

BPS = Decimal(10_000)
HUNDRED = Decimal(100)
MINUS = Decimal(-1)


@dataclass(frozen=True)
class Best:
    """The winner of one side. Prices in quote per base; `net_price` is after the taker fee, None without a known fee."""

    exchange: str
    price: Decimal
    net_price: Decimal | None
    fee_pct: Decimal | None


class Summary(Struct, frozen=True, gc=False, kw_only=True):
    """The figures of a comparison without its rows: what the overview shows, for all pairs at once. Names and units as there."""

    key: PairKey
    status: str
    pair_class: str
    best_buy: Best | None
    best_sell: Best | None
    gap_bps: Decimal | None
    after_fees_pct: Decimal | None
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


# One ranked quote's place on one side: the smaller, the better. After fees, those without a known fee come last; then
# what one unit costs (or minus what it brings); of equal prices the larger top size first (hence minus), then the
# operator's order. No two places are equal, for the exchange is part of them.
Place = tuple[bool, Decimal, Decimal, int, str, Look]


def places(ranked: Sequence[Look], side: str, net: bool) -> list[Place]:
    """The ranked quotes' places, in no order."""
    if side == "buy":
        return [_place(look, look.quote.ask, look.quote.ask_size, ONE, net) for look in ranked]  # type: ignore[arg-type]  # both sides are there
    return [_place(look, look.quote.bid, look.quote.bid_size, MINUS, net) for look in ranked]  # type: ignore[arg-type]


def _place(look: Look, price: Decimal, size: Decimal | None, sign: Decimal, net: bool) -> Place:
    q = look.quote
    fee = q.taker_fee if net else ZERO
    cost = sign * price if fee is None else price * (sign + fee)  # a buyer pays 1 + fee, a seller gets 1 - fee = -(-1 + fee)
    return fee is None, cost, -size if size else ZERO, q.priority, q.exchange, look


def best(ranked: Sequence[Look], side: str, net: bool) -> Best | None:
    """The winner of one side, after or before fees; None when nothing is ranked."""
    if not ranked:
        return None
    first = min(places(ranked, side, net))
    q = first[-1].quote
    price: Decimal = q.ask if side == "buy" else q.bid  # type: ignore[assignment]  # both sides are there
    if q.taker_fee is None:
        return Best(q.exchange, price, None, None)
    return Best(q.exchange, price, abs(first[1]) if net else unit(q, side), q.taker_fee * HUNDRED)


def summarise(key: PairKey, judged: Verdict, net: bool, usd: Decimal | None) -> Summary:
    """The figures of one judged pair. Call it inside the exact decimal context."""
    ranked, counted = judged.ranked, judged.counted
    buy, sell = best(ranked, "buy", True), best(ranked, "sell", True)
    volumes = [look.volume for look in counted if look.volume is not None]
    volume = sum(volumes, ZERO) if volumes else None
    shown = (buy, sell) if net else (best(ranked, "buy", False), best(ranked, "sell", False))
    return Summary(
        key=key, status=judged.status, pair_class=judged.pair_class,
        best_buy=shown[0], best_sell=shown[1], gap_bps=_gap(*shown), after_fees_pct=_after_fees(buy, sell), change_24h_pct=_change(ranked),
        quote_volume_24h=volume, volume_usd=None if volume is None or usd is None else volume * usd,
        live=len(judged.live), listed=len([look for look in judged.looks.values() if look.quote.status != "delisted"]),
        oldest_s=max([look.age_s for look in ranked], default=None),  # type: ignore[type-var]  # ranked quotes have an age
    )


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
