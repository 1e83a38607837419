"""Discovery: what is new, what is listed here but not there, what trends; and the same as feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from markets import read, turns
from markets.analysis.discovery import Flood
from markets.api import filters_discover
from markets.pages import discover_controls, discover_csv, discover_shown, query
from markets.pages.base import csv_page, frame_of, html, page, states_of
from markets.pages.cache import Page
from markets.pages.query import Asked
from markets.reads import discover as reads
from markets.reads import ladders
from markets.reads.wanted import Found

BLANK = ("quote", "min_volume_usd")
PARAMETERS = (
    *(query.blank(p) if p.name in BLANK else p for p in filters_discover.COMMON), replace(filters_discover.ORDERING, name="sort"),
    *query.ROWS, query.FORMAT,
)  # fmt: skip
BOOKS, BOOKS_FRESH_S = 12, 120.0  # whose depth a page of new coins asks for


@page
def discover(request: HttpRequest, now: datetime) -> Page:
    """One of the three views."""
    asked = query.asked(request, PARAMETERS)
    v = asked.values
    wants_csv = v["format"] == "csv"
    found = reads.VIEWS[v["view"]](filters_discover.wanted(v, "sort", everything=wants_csv), now)
    frame = frame_of(request, now, "discover")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), reads.tag_of(found))
    if wants_csv:
        return csv_page(tag, discover_csv.csv_rows(v["view"], found))
    if v["view"] == "new":
        _want_books(found, now)
    return Page(tag, html("discover.html", {**frame, **_context(asked, found, frame, now)}))


def _want_books(found: Found, now: datetime) -> None:
    """The depth of young markets is what a reader has to know: ask for the books of those that trade and have none."""
    places = ladders.places()
    shown = [row.price for row in found.rows if not isinstance(row, Flood) and row.price and row.safety.depth_usd is None]
    ids = [pk for price in shown[:BOOKS] if (pk := places.get(price.key, {}).get(price.exchange))]
    if ids:
        turns.want(ids, "book", now, fresh_s=BOOKS_FRESH_S)


def _context(asked: Asked, found: Found, frame: dict[str, Any], now: datetime) -> dict[str, Any]:
    v, faces = asked.values, frame["faces"]
    return {
        "asked": v, "view": v["view"], "tabs": discover_controls.tabs(asked), "answer": discover_shown.answer(asked, found, faces),
        "evidence": discover_shown.evidence(v, found), "choices": discover_controls.choices(asked), "windows": discover_controls.windows(asked),
        "chips": discover_controls.chips(asked, "exchange", faces), "on_chips": discover_controls.chips(asked, "on", faces),
        "off_chips": discover_controls.chips(asked, "not_on", faces), "on_match": discover_controls.match(asked, "on_match"),
        "off_match": discover_controls.match(asked, "not_match"), "trending_link": asked.link(trending=not v["trending"], offset=0),
        "columns": discover_controls.columns(asked), "groups": discover_shown.groups(v["view"], found, faces, reads.sparks(found, now), now),
        "removals": discover_controls.removals(asked), "widest": found.widest, "total": found.total,
        "paging": query.paging(asked, found.total, len(found.rows)), "csv_link": asked.link(format="csv"),
        "api_link": discover_controls.api_link(asked),
        "feeds_of": discover_controls.feed_links(faces), "leads": discover_shown.lead_lines(found, faces),
        "hidden": asked.hidden("quote", "min_volume_usd", "hide_leveraged", "hide_stable", "hide_wrapped", "limit", "offset"),
    }
