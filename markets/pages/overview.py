"""The overview: every pair, where it is cheapest to buy, where it sells best, and what is left after fees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from markets import read
from markets.api import filters
from markets.pages import overview_shown, query
from markets.pages.base import csv_page, frame_of, html, page, rows_state, states_of
from markets.pages.cache import Page
from markets.pages.query import Asked
from markets.reads import glance

IN_FORM = (
    "min_volume_usd", "min_depth_usd", "min_change_pct", "fees", "hide_leveraged", "hide_suspect", "min_exchanges", "search", "density", "limit", "offset",
)  # fmt: skip


@page
def overview(request: HttpRequest, now: datetime) -> Page:
    """Every pair: where it is cheapest, where it sells best, what is left after fees."""
    asked = query.asked(request, query.OVERVIEW)
    wants_csv = asked.values["format"] == "csv"
    found = read.overview(query.overview_filters(asked.values, everything=wants_csv), now)
    frame = frame_of(request, now, "overview")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), rows_state(found.rows))
    if wants_csv:
        return csv_page(tag, overview_shown.csv_rows(found.rows, read.board()))
    return Page(tag, html("overview.html", {**frame, **_overview_context(asked, found, frame)}))


def _overview_context(asked: Asked, found: read.Overview, frame: dict[str, Any]) -> dict[str, Any]:
    faces = frame["faces"]
    v = asked.values
    return {
        "asked": v, "lines": overview_shown.lines(found, read.board(), faces), "columns": overview_shown.columns(asked),
        "tiles": [(tile, overview_shown.tile_faces(tile, faces)) for tile in glance.tiles(v["exchange"], found.as_of)], "widest": found.widest_filter,
        "quotes": overview_shown.quote_links(asked, found.quotes), "chips": overview_shown.exchange_links(asked, faces),
        "removals": overview_shown.removals(asked),
        "paging": query.paging(asked, found.total, len(found.rows)), "net_link": asked.link(net=not v["net"]),
        "shared_link": asked.link(min_exchanges=1 if v["min_exchanges"] > 1 else 2, offset=0), "csv_link": asked.link(format="csv"),
        "watched_link": asked.link(base=(), offset=0),
        "column_links": overview_shown.column_links(asked), "amount": overview_shown.amount_words(asked), "api_link": overview_shown.api_link(asked),
        "fees_text": filters.fees_text(v["fees"]), "amount_hidden": asked.hidden("amount", "offset", "limit"),
        "hidden": asked.hidden(*IN_FORM),
    }
