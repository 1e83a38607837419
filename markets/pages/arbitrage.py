"""Gaps that pay after fees: all of them, and one in full."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from markets import read, turns
from markets.api import filters, filters_arbitrage
from markets.api.filters import BadParameter
from markets.board import PairKey
from markets.method import current_method
from markets.pages import arbitrage_detail, query
from markets.pages import arbitrage_shown as shown
from markets.pages.base import csv_page, frame_of, html, page, problem, split_pair, states_of, unknown_pair
from markets.pages.cache import Page
from markets.pages.overview_shown import exchange_links
from markets.pages.query import FORMAT, Asked, blank
from markets.reads import arbitrage as reads
from markets.reads import ladders
from markets.reads.arbitrage import KINDS, ORDERS, Detail, Found, NoRoute
from markets.shapes import UnknownPair

NOT_EXECUTABLE = 60  # rows of that section; the CSV and the API have them all
BOOK_S = 8.0  # somebody who opens a route gets books no older than this, if the exchanges answer
SOON_S = 0.5
MAY_BE_EMPTY = ("amount", "min_net_pct", "min_depth", "max_age_s", "base", "fees")
SHARED = (*filters_arbitrage.HOW, *filters_arbitrage.NARROW)
LIST = (
    *(blank(p) if p.name in MAY_BE_EMPTY else p for p in SHARED), filters.flag("losing", False, "Show those that do not pay, too."),
    filters.choice("sort", [*ORDERS, *(f"-{name}" for name in ORDERS)], "-profit", "Order."), FORMAT,
)  # fmt: skip
ONE = tuple(blank(p) if p.name in MAY_BE_EMPTY else p for p in filters_arbitrage.ONE)
KIND_WORDS = {"cross": "Two exchanges", "triangle": "Triangle", "basis": "Spot against perpetual", filters_arbitrage.ALL: "All"}


@page
def arbitrage(request: HttpRequest, now: datetime) -> Page:
    """Every route that pays after fees, and why the others do not."""
    asked = query.asked(request, LIST)
    v = asked.values
    found = reads.find(filters_arbitrage.wanted(v, losing=v["losing"], sort=v["sort"]), now)
    frame = frame_of(request, now, "arbitrage")
    lines = (*found.main, *found.excluded, *(found.losing or found.near))
    state = repr([(line.route.name, line.judged.kind, [c.code for c in line.judged.reasons], line.seen_24h) for line in lines])
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), state)
    if v["format"] == "csv":
        return csv_page(tag, shown.csv_rows(lines, now))
    return Page(tag, html("arbitrage.html", {**frame, **_context(asked, found, frame)}))


def _context(asked: Asked, found: Found, frame: dict[str, Any]) -> dict[str, Any]:
    board, faces, now, v = read.board(), frame["faces"], frame["now"], asked.values
    method = current_method()
    return {
        "asked": v, "sentence": shown.sentence(found, board, faces), "columns": shown.columns(asked), "columns_count": len(shown.COLUMNS),
        "main": shown.rows(found.main, board, faces, asked, now), "near": shown.rows(found.losing or found.near, board, faces, asked, now),
        "excluded": shown.rows(found.excluded[:NOT_EXECUTABLE], board, faces, asked, now), "excluded_count": len(found.excluded),
        "counts": [(shown.CLASSES[name], count) for name, count in found.counts.items() if count and name in ("unconfirmed", "blocked", "suspect")],
        "kinds": [(KIND_WORDS[name], asked.link(kind=name), v["kind"] == name) for name in (*KINDS, filters_arbitrage.ALL)],
        "modes": [(word, asked.link(mode=name), v["mode"] == name) for name, word in (("inventory", "Funds on both"), ("transfer", "Send the coins"))],
        "chips": exchange_links(_without_offset(asked), faces), "removals": shown.removals(asked), "filtered": found.filtered,
        "losing_link": asked.link(losing=not v["losing"]), "cost_link": asked.link(transfer_cost=not v["transfer_cost"]), "csv_link": asked.link(format="csv"),
        "api_link": shown.api_link(asked, [p.name for p in SHARED]), "fees_text": filters.fees_text(v["fees"]),
        "amount_hidden": asked.hidden("amount", "format"), "hidden": asked.hidden("fees", "min_net_pct", "min_depth", "max_age_s", "base", "format"),
        "method": method, "skew_s": method.arbitrage_skew_s, "announce_after": method.arbitrage_announce_after, "minutes": method.transfer_minutes,
    }


def _without_offset(asked: Asked) -> Asked:
    """The overview's links name an offset; there is none here."""
    offset = filters.whole("offset", 0, 1, 0, "Not used.")
    return Asked(asked.path, {**asked.values, "offset": 0}, (*asked.parameters, offset))


@page
def route(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """One pair bought here and sold there: both books, profit by amount, its last day, what would have to be true."""
    asked = query.asked(request, ONE)
    v = asked.values
    try:
        key = read.compare(*split_pair(pair), now).key
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    for name in ("buy", "sell"):
        if not v[name]:
            raise BadParameter(name, "It is required: name the exchange, as the list of routes does.")
    waiting = ask_for_books(key, v, now)
    try:
        found = reads.one(key, v["buy"], v["sell"], filters_arbitrage.wanted(v), now, v["sold"])
    except NoRoute:
        return problem(request, 404, "No route between these two", "One of the exchanges has no price of this pair today, or both are the same.")
    return _shown(request, asked, found, waiting, now)


def _shown(request: HttpRequest, asked: Asked, found: Detail, waiting: bool, now: datetime) -> Page | HttpResponse:
    frame = frame_of(request, now, "arbitrage")
    pending = waiting and any(c.code == "books_awaited" for c in found.line.judged.reasons)
    context = {**frame, **arbitrage_detail.context(found, asked, frame), "pending": pending, "soon": SOON_S if pending else None}
    render = html("arbitrage_route.html", context)
    if pending:
        return HttpResponse(render(), headers={"Cache-Control": "no-store"})  # the next look, half a second on, must see what came
    codes = repr([(c.code, c.met) for c in found.line.judged.conditions])
    return Page(read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), codes, repr(found.line.route.skew_s)), render)


def ask_for_books(key: PairKey, values: Mapping[str, Any], now: datetime) -> bool:
    """Somebody looks at this route: its two books are asked for where they are not fresh. Whether any is on its way."""
    places = ladders.places()
    sold = PairKey(key.base, values["sold"] or key.quote, key.kind)
    markets = [pk for pk in (places.get(key, {}).get(values["buy"]), places.get(sold, {}).get(values["sell"])) if pk]
    turns.want(markets, ladders.SOURCE, now, fresh_s=BOOK_S)
    return reads.awaited(markets, now)
