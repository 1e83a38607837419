"""One pair compared as a JSON-ready dict: every quote with what the order comes to there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchanges.numbers import plain
from markets.analysis.amounts import Deal
from markets.analysis.best import Choice, Comparison, Row
from markets.analysis.converted import Conversion
from markets.api.serialize import absence, quote, seconds, summary
from markets.pages import compare_why
from markets.shapes import ExchangeStatus


def row(c: Comparison, found: Row, known: Sequence[ExchangeStatus], *, why: bool = False) -> dict[str, Any]:
    """One exchange's quote, what the order comes to there, what its book holds, and how its prices were converted."""
    band = found.depth
    return {
        **quote(found), **deal(c, found.deal),
        "depth_bid": plain(band.bid) if band else None, "depth_ask": plain(band.ask) if band else None,
        "depth_truncated": band.bid_truncated or band.ask_truncated if band else None, "depth_state": found.ladder_state or None,
        "converted": conversion(found.conversion) if found.conversion else None,
        "why": compare_why.steps(c, found, _name(found, known)) if why else None,
    }


def _name(found: Row, known: Sequence[ExchangeStatus]) -> str:
    return next((e.name for e in known if e.slug == found.quote.exchange), found.quote.exchange)


def deal(c: Comparison, found: Deal | None) -> dict[str, Any]:
    """What the order comes to; all null where there is no price to begin with."""
    if found is None:
        return dict.fromkeys(DEAL)
    asked = c.order.amount
    filled = None if asked is None or found.share is None else asked * found.share
    way = found.way
    values = (
        plain(found.price), plain(found.slippage_bps), None if found.share is None else plain(found.share * 100), plain(filled), found.reason or None,
        found.detail or None, plain(found.base), plain(found.arrives), plain(found.money), plain(found.fee), seconds(found.book_age_s), found.levels,
        None if way is None else {"network": way.wallet.name if way.wallet else None, "fee": plain(way.fee), "reason": way.reason or None},
    )
    return dict(zip(DEAL, values, strict=True))


DEAL = (
    "fill_price", "slippage_bps", "fill_pct", "fillable", "fill_reason", "fill_detail", "base_amount", "received", "quote_amount", "fee_amount", "book_age_s",
    "levels", "withdrawal",
)


def conversion(found: Conversion) -> dict[str, Any]:
    """The rate that made a row comparable."""
    return {
        "quote": found.quote, "into": found.into, "rate": plain(found.rate), "path": list(found.path), "age_s": seconds(found.age_s), "peg": found.peg or None,
    }


def preferred(choice: Choice) -> dict[str, Any]:
    """One exchange's prices where one price was asked for, and why it is this one. Never fields of two exchanges."""
    q = choice.quote
    found = {name: getattr(q, name) for name in ("exchange", "symbol", "observed_at")} if q else dict.fromkeys(("exchange", "symbol", "observed_at"))
    prices = {name: plain(getattr(q, name)) if q else None for name in ("bid", "ask", "last")}
    return {"kind": choice.kind, **found, **prices, "state": choice.state, "age_s": seconds(choice.age_s), "detail": choice.detail or None}


def comparison(c: Comparison, known: Sequence[ExchangeStatus], *, why: bool = False) -> dict[str, Any]:
    """One pair over all exchanges: every quote, for each exchange that is not ranked the reason, and the one price if asked."""
    head = summary(c)
    return {
        **{name: head.pop(name) for name in ("base", "quote", "kind")}, "side": c.side, "net": c.net,
        "amount": plain(c.order.amount), "unit": c.order.unit, "withdraw": c.order.withdraw, "network": c.order.network or None, **head,
        "preferred": preferred(c.choice) if c.choice else None,
        "quotes": [row(c, each, known, why=why) for each in c.rows],
        "excluded": [excluded(each) for each in c.rows if each.rank is None] + _without(c, known),
        "notes": list(c.notes),
    }


def excluded(row: Row) -> dict[str, Any]:
    """Why a row is not ranked: the one reason code, and the sentence for people."""
    return {"exchange": row.quote.exchange, "reason": row.reason, "detail": row.detail}


def _without(c: Comparison, known: Sequence[ExchangeStatus]) -> list[dict[str, Any]]:
    """The exchanges that have no quote of this pair at all."""
    there = {row.quote.exchange for row in c.rows}
    absent = [e for e in known if e.slug not in there]
    return [
        absence(e) if e.markets == 0 else {"exchange": e.slug, "reason": "not_listed", "detail": f"{e.name} does not list {c.key.base}/{c.key.quote}."}
        for e in absent
    ]
