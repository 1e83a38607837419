"""Where the liquidity is: the pairs whose books are stored, and one pair's books on every exchange.

What is not stored yet is asked of the queue; the page of a pair fills in as it arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from markets import read
from markets.analysis import depth
from markets.analysis.liquidity import Wish
from markets.api import filters, filters_liquidity
from markets.board import PairKey
from markets.pages import compare_shown, liquidity_charts, liquidity_csv, liquidity_shown, overview_shown, query
from markets.pages.base import csv_page, frame_of, html, page, split_pair, states_of, unknown_pair
from markets.pages.cache import Page
from markets.pages.query import ALL, FORMAT, MOST, STEP, Asked
from markets.reads import liquidity as reads
from markets.reads import rates
from markets.reads.liquidity import SORTS, PairLiquidity, Row
from markets.shapes import UnknownPair

SOON_S = 0.4  # while an answer is on its way
BANDS = {f"{100 * band:f}".rstrip("0").rstrip("."): band for band in depth.BANDS}  # {"0.1": 0.001, ...}
PAIR = (*(query.blank(p) for p in filters_liquidity.PAIR), filters.choice("band", tuple(BANDS), "2", "How far from the middle, percent."), FORMAT)
_OWN = ("ordering", "limit", "offset", "quote")  # a page has its own words and bounds for these
LIST = (
    replace(filters.ticker("quote", "Quote currency, or ALL."), default=ALL),
    *(query.blank(p) for p in filters_liquidity.LIST if p.name not in _OWN),
    filters.choice("sort", [*SORTS, *(f"-{name}" for name in SORTS)], "-volume", "Order."),
    filters.whole("limit", STEP, MOST, STEP, "Rows on the page."),
    filters.whole("offset", 0, 100_000, 0, "Rows to skip."),
    FORMAT,
)


# --- Every pair ---------------------------------------------------------------------------------------------------
@page
def overview(request: HttpRequest, now: datetime) -> Page:
    """Every pair with stored books: who is most liquid, how deep, how tight, and what an amount costs."""
    asked = query.asked(request, LIST)
    v = asked.values
    found = reads.overview(_filters(v), now)
    frame = frame_of(request, now, "liquidity")
    if v["format"] == "csv":
        return csv_page(read.tag(now, asked.link(), repr(found)), liquidity_csv.pairs(found, now))
    shown = found[v["offset"] : v["offset"] + v["limit"]]
    pegs = tuple(rates.pegs(now).values())
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), repr([_steady(row) for row in shown]), repr([peg.state for peg in pegs]))
    return Page(tag, html("liquidity.html", {**frame, **_overview_context(asked, found, shown, frame), "pegs": liquidity_shown.pegs(pegs)}))


def _steady(row: Row) -> tuple[object, ...]:
    """What of a row changes without a new change number of the board."""
    return row.key, row.books, row.best, row.cost, row.deepest.exchange, row.suspicious


def _filters(v: Mapping[str, Any]) -> reads.Filters:
    return reads.Filters(
        quote="" if v["quote"] == ALL else v["quote"], exchanges=v["exchange"], side=v["side"], usd=v["amount_usd"] or reads.USUAL_USD,
        asked=bool(v["amount_usd"]), min_score=v["min_score"], min_depth_usd=v["min_depth_usd"], search=v["search"], sort=v["sort"],
    )


def _overview_context(asked: Asked, found: tuple[Row, ...], shown: tuple[Row, ...], frame: dict[str, Any]) -> dict[str, Any]:
    board, faces, v = read.board(), frame["faces"], asked.values
    return {
        "asked": v, "lines": [liquidity_shown.pair_line(row, board, faces) for row in shown], "columns": liquidity_shown.columns(asked, v["amount_usd"]),
        "sentence": liquidity_shown.overview_sentence(found, board, faces, v), "quotes": overview_shown.quote_links(asked, reads.quotes(frame["now"])),
        "chips": overview_shown.exchange_links(asked, faces), "removals": liquidity_shown.removals(asked),
        "paging": query.paging(asked, len(found), len(shown)), "csv_link": asked.link(format="csv"), "api_link": liquidity_shown.api_link(asked),
        "side_links": [(side.title(), asked.link(side=side), side == v["side"]) for side in ("buy", "sell")],
        "hidden": asked.hidden("amount_usd", "min_score", "min_depth_usd", "search", "limit", "offset"),
    }


# --- One pair -----------------------------------------------------------------------------------------------------
@page
def pair(request: HttpRequest, now: datetime, pair: str) -> Page | HttpResponseBase:
    """Every exchange's book of one pair, measured and ranked."""
    asked = query.asked(request, PAIR)
    try:
        key = read.compare(*split_pair(pair), now).key
    except UnknownPair as error:
        return unknown_pair(request, now, pair, error)
    reads.ask_for(key, now)
    v = asked.values
    wish = Wish(v["amount"], v["side"], v["unit"] == "base") if v["amount"] else None
    found = reads.of(key, now, wish=wish, side=v["side"], exchanges=v["exchange"])
    frame = frame_of(request, now, "liquidity")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), repr([_state(line) for line in found.lines]))
    if v["format"] == "csv":
        return csv_page(tag, liquidity_csv.books(found))
    render = html("liquidity_pair.html", {**frame, **_pair_context(asked, found, BANDS[v["band"]], frame)})
    if found.pending:
        return HttpResponse(render(), headers={"Cache-Control": "no-store"})  # the next look, half a second on, must see what came
    return Page(tag, render)


def _state(line: reads.Line) -> tuple[object, ...]:
    """What of a line changes without a new change number of the board."""
    view = line.view
    return view.exchange, view.state, view.reason, view.waiting, view.ladder and view.ladder.received_at, line.rank, line.suspicious


def _pair_context(asked: Asked, found: PairLiquidity, band: Decimal, frame: dict[str, Any]) -> dict[str, Any]:
    board, faces, key, v = read.board(), frame["faces"], found.key, asked.values
    coin = board.coins.get(key.base)
    ticker = coin.ticker if coin else key.base
    lines = [liquidity_shown.book_line(line, found, band, faces[line.view.exchange]) for line in found.lines if line.view.exchange in faces]
    pending = [faces[name].name for name in found.pending if name in faces]
    return {
        "key": key, "ticker": ticker, "name": coin.name if coin else "", "lines": lines, "found": found, "asked": v, "band": v["band"],
        "columns": liquidity_shown.book_columns(found, v["band"]), "answer": liquidity_shown.answer(found, ticker, band, faces),
        "pending": pending, "arrived": len(lines) - len(pending), "soon": SOON_S if pending else None,
        "facts": liquidity_shown.facts(found, faces),
        "rate": liquidity_shown.rate_line(rates.rates(found.as_of).get(key.quote), faces), "broken": liquidity_shown.broken(key, rates.broken(found.as_of)),
        "depth_chart": liquidity_charts.curves(liquidity_shown.drawn(found, faces), band, key.quote),
        "spread_chart": liquidity_charts.spreads(liquidity_shown.spread_lines(found, reads.spreads(key, found.as_of), faces), found.as_of),
        "notices": compare_shown.notices(faces, [line.face.slug for line in lines]), "quotes": _other_quotes(key, asked),
        "chips": overview_shown.exchange_links(asked, faces), "csv_link": asked.link(format="csv"), "api_link": liquidity_shown.api_link(asked),
        "side_links": [(side.title(), asked.link(side=side), side == v["side"]) for side in ("buy", "sell")],
        "band_links": [(f"{name} %", asked.link(band=name), name == v["band"]) for name in BANDS], "hidden": asked.hidden("amount", "unit"),
        "later_bands": [*BANDS][1:],
    }


def _other_quotes(key: PairKey, asked: Asked) -> list[tuple[str, str, bool]]:
    """(quote currency, link, chosen) of the coin's other pairs; an amount in one currency is no amount in another."""
    values = {**asked.values, "amount": asked.values["amount"] if asked.values["unit"] == "base" else None}
    return [(quote, Asked(f"/liquidity/{key.base}-{quote}/", values, asked.parameters).link(), quote == key.quote) for quote in liquidity_shown.quotes_of(key)]
