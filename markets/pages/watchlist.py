"""The watch list: the coins of an address, in the overview's rows. The list itself is kept in the visitor's browser, never here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from markets import read
from markets.api import filters
from markets.board import Board
from markets.pages import overview_shown, query
from markets.pages.base import csv_page, frame_of, html, page, rows_state, states_of
from markets.pages.cache import Page
from markets.pages.query import Asked

MOST = 50  # coins
ROOM = filters.MAX_VALUE - 10  # characters of a list in an address
QUOTE, BASE, SORT = (next(p for p in query.OVERVIEW if p.name == name) for name in ("quote", "base", "sort"))
PARAMETERS = (
    QUOTE, replace(BASE, says="The coins of the list."), filters.words("add", 300, "Coins to add: tickers, old tickers or names, with commas between them."),
    filters.words("unknown", 300, "What could not be added, to be named on the page."), SORT, query.FORMAT,
)


@page
def watchlist(request: HttpRequest, now: datetime) -> Page | HttpResponseBase:
    """The pairs of the coins in the address."""
    asked = query.asked(request, PARAMETERS)
    coins = tuple(dict.fromkeys(_coin(word) or word for word in asked.values["base"]))
    if asked.values["add"].strip():
        added, unknown = adding(coins, asked.values["add"])
        return HttpResponseRedirect(asked.link(base=added, add="", unknown=", ".join(unknown)[:300]))
    found = _found(asked, coins, now)
    rows = found.rows if found else ()
    frame = frame_of(request, now, "watchlist")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), rows_state(rows))
    if asked.values["format"] == "csv":
        return csv_page(tag, overview_shown.csv_rows(rows, read.board()))
    return Page(tag, html("watchlist.html", {**frame, **_context(asked, coins, found, frame)}))


def _found(asked: Asked, coins: Sequence[str], now: datetime) -> read.Overview | None:
    """None for an empty list: an overview without coins would be all of them."""
    if not coins:
        return None
    v = asked.values
    quote = "" if v["quote"] == query.ALL else v["quote"]
    return read.overview(read.Filters(quote=quote, base=tuple(coins), hide_leveraged=False, sort=v["sort"], limit=query.MOST), now)


def _context(asked: Asked, coins: Sequence[str], found: read.Overview | None, frame: dict[str, Any]) -> dict[str, Any]:
    board = read.board()
    lines = overview_shown.lines(found, board, frame["faces"]) if found else []
    clean = Asked(asked.path, {**asked.values, "unknown": ""}, asked.parameters)
    return {
        "coins": [(ticker_of(key, board), clean.link(base=tuple(c for c in coins if c != key))) for key in coins], "base": ",".join(coins), "lines": lines,
        "columns": overview_shown.columns(clean), "quotes": overview_shown.quote_links(clean, found.quotes if found else ()),
        "csv_link": clean.link(format="csv"), "with_quote": asked.values["quote"] == query.ALL, "quote": asked.values["quote"],
        "unknown": asked.values["unknown"], "api_link": api_link(asked, coins),
        "hidden": [("base", ",".join(coins)), *clean.hidden("base", "add", "unknown", "format")] if coins else clean.hidden("add", "unknown", "format"),
        "elsewhere": elsewhere(coins, {line.key.base for line in lines}, board), "as_text": ", ".join(ticker_of(key, board) for key in coins),
    }


def api_link(asked: Asked, coins: Sequence[str]) -> str:
    """The request that gives the same rows."""
    quote = "" if asked.values["quote"] == query.ALL else asked.values["quote"]
    known = {"base": ",".join(coins), "quote": quote, "ordering": asked.values["sort"], "hide_leveraged": "false", "limit": query.MOST}
    return "/api/v1/pairs/?" + urlencode({name: value for name, value in known.items() if value != ""}, safe=",:")


def ticker_of(key: str, board: Board) -> str:
    """How a coin is written."""
    return board.coins[key].ticker if key in board.coins else key


def elsewhere(coins: Iterable[str], shown: set[str], board: Board) -> list[tuple[str, str]]:
    """(ticker, where to look) of the coins without a row: their own page where they are known, else ""."""
    absent = [key for key in coins if key not in shown]
    return [(ticker_of(key, board), f"/assets/{board.coins[key].slug}/" if key in board.coins else "") for key in absent]


# --- Adding -----------------------------------------------------------------------------------------------------
def adding(coins: Sequence[str], text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the list with what a text names, what could not be added). Commas part; where a part is no coin, its words may be."""
    found, unknown = list(coins), []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        for word in [part] if _coin(part) else part.split():
            coin = _coin(word)
            if coin and (coin in found or fits([*found, coin])):
                found.append(coin)
            else:
                unknown.append(word)
    return tuple(dict.fromkeys(found)), tuple(unknown)


def fits(coins: Sequence[str]) -> bool:
    """Whether an address can hold the list."""
    return len(coins) <= MOST and len(",".join(coins)) <= ROOM


def _coin(word: str) -> str | None:
    """The key of what somebody typed."""
    coin, _ = read.resolve(word)
    return coin.slug.upper() if coin else None
