"""The page of a pair's order books. What is not stored yet is asked of the queue; the page fills in as it arrives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from markets import books, read
from markets.analysis.depth import BANDS, Band
from markets.board import PairKey
from markets.books import BookView
from markets.pages import query
from markets.pages.base import frame_of, html, page, split_pair, states_of, unknown_pair
from markets.pages.cache import Page
from markets.pages.display import amount
from markets.shapes import UnknownPair

SOON_S = 0.4  # while an answer is on its way


@page
def liquidity(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """How much every exchange's book of one pair holds."""
    asked = query.asked(request, ())
    try:
        key = read.compare(*split_pair(pair), now).key
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    books.ask_for(key, now)
    found = books.books(key, now)
    frame = frame_of(request, now, "overview")
    context = {**frame, **_context(key, pair, found, frame)}
    render = html("liquidity.html", context)
    if context["pending"]:
        return HttpResponse(render(), headers={"Cache-Control": "no-store"})  # the next look, half a second on, must see what came
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), repr([(b.exchange, b.state, b.received_at, b.reason) for b in found]))
    return Page(tag, render)


def _context(key: PairKey, pair: str, found: Sequence[BookView], frame: dict[str, Any]) -> dict[str, Any]:
    coin, faces = read.board().coins.get(key.base), frame["faces"]
    shown = [(faces[b.exchange], b) for b in found if b.exchange in faces]
    pending = [face.name for face, b in shown if b.waiting and b.state not in ("fresh", "aging")]
    return {
        "key": key, "pair": pair, "ticker": coin.ticker if coin else key.base, "books": shown, "pending": pending,
        "arrived": len(shown) - len(pending), "soon": SOON_S if pending else None, "bands": [f"{100 * band:f}".rstrip("0").rstrip(".") for band in BANDS],
        "sentence": _sentence(shown, key),
    }


def _sentence(shown: Sequence[tuple[Any, BookView]], key: PairKey) -> str:
    """Which book is deepest within 1 %, of those that are fresh and of the same coin; at least so much where its thinner side ends inside."""
    deep = [(*_thinner(b.shape.bands[2]), face.name) for face, b in shown if b.shape and b.counts]
    if not deep:
        return "No order book is here yet."
    most, ends_inside, name = max(deep)
    holds = f"{'at least ' if ends_inside else ''}{amount(most)} {key.quote} within 1 % of its middle on the thinner side"
    return f"{name} is deepest: {holds}, of {len(deep)} books." if len(deep) > 1 else f"{name} holds {holds}."


def _thinner(band: Band) -> tuple[Decimal, bool]:
    """What the smaller side of a band holds, and whether the book ends before the band does."""
    return min((band.bid, band.bid_truncated), (band.ask, band.ask_truncated))
