"""Spot bought and the perpetual of the same coin sold: the basis, the funding, and four fees. Pure.

Both positions are closed again, so four fills are paid. What is left at once is the basis minus those fees, if the perpetual
meets the spot price; until then its funding is earned, or paid where the rate is negative.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from decimal import Decimal, localcontext

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import derivatives
from markets.analysis.arbitrage import ONE, ZERO, Terms
from markets.analysis.depth import oddness
from markets.analysis.derivatives import Contract
from markets.analysis.routes import NEAREST, TRIED, settled
from markets.analysis.scene import Carry, Leg, Route, Scene, reason_of
from markets.board import Ladder, PairKey


class Perpetual(Struct, frozen=True, gc=False):
    """A perpetual and its stored book, if any."""

    contract: Contract
    book: Ladder | None = None


def four_fees(spot: Decimal, perpetual: Decimal) -> Terms:
    """Entry and exit on both sides, as terms of one walk: the exits are paid for at the entry price of the spot side."""
    return Terms(2 * spot + perpetual, perpetual)


def carries(scene: Scene, perpetuals: Iterable[Perpetual], *, everything: bool = False) -> list[Route]:
    """Each perpetual against the cheapest spot market of its pair: those that pay at once, then those closest to it."""
    with localcontext(EXACT):
        raw = [found for perpetual in perpetuals if (found := _raw(scene, perpetual))]
        tried = raw if everything else [r for r in raw if r[0] > ZERO] + heapq.nlargest(TRIED, [r for r in raw if r[0] <= ZERO], key=lambda r: (r[0], r[1]))
        routes = sorted((route for _, _, p in tried if (route := _route(scene, p))), key=lambda route: (-route.net, route.name))
        paying = [route for route in routes if route.net > ZERO]
        near = [route for route in routes if route.net <= ZERO and not any(leg.reason for leg in route.legs)]
        return paying + (near if everything else near[:NEAREST])


def _raw(scene: Scene, perpetual: Perpetual) -> tuple[Decimal, str, Perpetual] | None:
    """(an upper bound of its net, its name, itself); None for what cannot be carried at all."""
    c = perpetual.contract
    quotes = scene.board.pairs.get(PairKey(c.base, c.quote))
    if c.kind != "perp" or c.inverse or not c.bid or not quotes or c.switch or not scene.wanted(c.exchange):
        return None
    asks = [q.ask * (ONE + 2 * scene.fee(q.exchange, q.taker_fee)) for q in quotes.values() if q.ask and scene.wanted(q.exchange)]
    bid = perpetual.book.bids[0][0] if perpetual.book and perpetual.book.bids else ZERO
    return (max(c.bid, bid) / min(asks) - ONE, f"{c.exchange} {c.symbol}", perpetual) if asks else None


def _route(scene: Scene, perpetual: Perpetual) -> Route | None:
    c, book = perpetual.contract, _book(scene, perpetual)
    key = PairKey(c.base, c.quote)
    best = _cheapest(scene, key)
    if not best or scene.state(c.observed_at, c.period_s) == "expired":
        return None
    buy = scene.leg(key, best, "buy", booked=book is not None)
    sell = _short(scene, c, book if buy.source == "book" else None)
    terms = four_fees(buy.fee, sell.fee)
    route = settled(scene, "basis", (buy, sell), terms, pair_class=scene.verdict(key).pair_class)
    return replace(route, carry=_carry(perpetual, route, scene))


def _cheapest(scene: Scene, key: PairKey) -> str | None:
    """The exchange where a coin costs least after two fees, of those that count."""
    looks = [look for name, look in scene.verdict(key).looks.items() if scene.wanted(name) and not reason_of(look)]
    costs = [(look.quote.ask * (ONE + 2 * scene.fee(look.quote.exchange, look.quote.taker_fee)), look.quote.exchange) for look in looks]  # type: ignore[operator]
    return min(costs)[1] if costs else None


def _short(scene: Scene, c: Contract, book: Ladder | None) -> Leg:
    """The perpetual's side: sold at its bid. Reasons are those that contracts carry, and the age of its ticker even where there is a book."""
    state = scene.state(c.observed_at, c.period_s)
    bid: Decimal = c.bid  # type: ignore[assignment]  # what has none is not carried
    flags = [flag for flag in derivatives.flags(c) if flag not in ("unknown_identity", "bad_number")]
    price, levels = (book.bids[0][0], book.bids) if book else (bid, ((bid, c.bid_size),) if c.bid_size else ())
    at = book.observed_at if book else c.observed_at
    reason = (flags or ["" if state == "fresh" else state])[0]
    return Leg(
        exchange=c.exchange, symbol=c.symbol, base=c.base, quote=c.quote, side="sell", kind="perp", price=price, levels=levels,
        fee=scene.fee(c.exchange, c.taker_fee), fee_source=scene.fee_source(c.exchange, c), source="book" if book else "ticker", observed_at=at,
        age_s=derivatives.age_s(at, scene.now), state="fresh" if book else state, reason=reason, detail=reason.replace("_", " "),
        identity=c.identity, period_s=c.period_s, step=c.contract_size,
    )


def _book(scene: Scene, perpetual: Perpetual) -> Ladder | None:
    """Its book, where it is as fresh as a price has to be, of this very contract, switched on and in order."""
    c, book = perpetual.contract, perpetual.book
    if book is None or book.symbol != c.symbol or book.switch or oddness(book.bids, book.asks):
        return None
    return book if scene.state(book.observed_at, c.period_s) == "fresh" else None


def _carry(perpetual: Perpetual, route: Route, scene: Scene) -> Carry:
    c, f = perpetual.contract, perpetual.contract.funding
    if f is None or f.switch or f.rate is None or not f.interval_hours or scene.state(f.observed_at, f.period_s) not in ("fresh", "aging"):
        return Carry(open_interest_value=c.open_interest_value)
    hourly = f.rate / f.interval_hours
    return Carry(
        hourly=hourly, interval_hours=f.interval_hours, apr_pct=f.apr_pct, next_funding_at=derivatives.to_come(f.next_funding_at, scene.now),
        break_even_h=break_even_h(route.net, hourly), open_interest_value=c.open_interest_value,
    )


def break_even_h(net: Decimal, hourly: Decimal | None) -> Decimal | None:
    """Hours of funding that make up for what entry and exit lose; 0 where they lose nothing, None where funding is not earned."""
    if net >= ZERO:
        return ZERO
    return EXACT.divide(-net, hourly) if hourly is not None and hourly > ZERO else None

