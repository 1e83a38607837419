"""Prices in another currency, converted: quotes, books and amounts at a rate that is known, fresh and shown. Pure.

Call it inside the exact decimal context. Only prices and money change: sizes in coins, ages and fees stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from markets.analysis import verdict
from markets.analysis.quality import Look
from markets.analysis.settings import Method
from markets.analysis.verdict import DISPUTES, Verdict
from markets.board import Ladder, Quote

_MONEY = ("bid", "ask", "last", "high_24h", "low_24h", "quote_volume_24h", "tick_size", "min_notional")


class Conversion(Struct, frozen=True, gc=False, kw_only=True):
    """How prices in `quote` become prices in `into`: 1 `quote` = `rate` `into`, along `path`, as old as its oldest leg.

    `peg` is pegged, wobbling or depegged for a stablecoin (the worse of the two), unknown where nobody can tell, "" for what has none.
    """

    quote: str
    into: str
    rate: Decimal
    path: tuple[str, ...]
    age_s: float
    peg: str = ""


class Joined(Struct, frozen=True, gc=False, kw_only=True):
    """The same coin's quotes in another currency, as stored, with the rate that makes them comparable and their books."""

    conversion: Conversion
    quotes: Mapping[str, Quote]
    books: Mapping[str, Ladder] = {}
    usd: Decimal | None = None
    stable: bool = False


def quote(q: Quote, rate: Decimal) -> Quote:
    """A quote with its money in the other currency. Its `quote` still names the currency it is traded in."""
    return replace(q, **{name: value * rate for name in _MONEY if (value := getattr(q, name)) is not None})


def ladder(book: Ladder, rate: Decimal) -> Ladder:
    """A book with its prices in the other currency."""
    bids, asks = (tuple((price * rate, size) for price, size in side) for side in (book.bids, book.asks))
    return replace(book, bids=bids, asks=asks)


def looks(joined: Joined, now: datetime, method: Method) -> tuple[Verdict, list[Look]]:
    """The quotes judged among themselves in their own currency, and what became of each, converted."""
    judged, rate = verdict.judge(joined.quotes, now, method, joined.usd, joined.stable), joined.conversion.rate
    return judged, [_look(look, rate) for look in judged.looks.values()]


def _look(look: Look, rate: Decimal) -> Look:
    return Look(quote(look.quote, rate), look.age_s, look.state, look.mid * rate, None if look.volume is None else look.volume * rate, look.reason)


def disputed(found: Sequence[Look], status: str) -> None:
    """While the pair's own exchanges disagree nothing tells which converted price is right either: they get the same reason."""
    for look in found if status in DISPUTES else ():
        look.reason = look.reason or status


def apart(found: Sequence[Look], middle: Decimal | None, tol: float) -> None:
    """Give what lies too far from the pair's own median after conversion its reason: the rate, or the price, must be wrong."""
    for look in found:
        if middle and not look.reason and abs(float(look.mid / middle) - 1) > tol:
            look.reason = "price_anomaly"


def outvoted(own: Sequence[Look], found: Sequence[Look], tol: float) -> bool:
    """Whether the pair's only own price stands against two or more converted ones that agree: then nothing tells which is right, and all
    get that reason. `found` have been held against the own median."""
    off = [look.mid for look in found if look.reason == "price_anomaly"]
    near = [look for look in found if not look.reason]
    if len(own) != 1 or near or len(off) < 2 or max(off) > min(off) * Decimal(1 + tol):
        return False
    for look in (*own, *found):
        if not look.reason or look.reason == "price_anomaly":
            look.reason = "no_consensus"
    return True
