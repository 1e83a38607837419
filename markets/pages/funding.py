"""Funding rates of every coin across exchanges: what holding a perpetual costs, and the pair of rates furthest apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from exchanges.adapters import ADAPTERS
from markets import read
from markets.analysis.funding import SIGNS, WHENS
from markets.api import filters
from markets.pages import funding_shown, query
from markets.pages.base import csv_page, frame_of, html, page, states_of
from markets.pages.cache import Page
from markets.pages.query import ALL, Asked
from markets.reads import funding as reads
from markets.reads import options

SCALES = ("8h", "year", "paid")
INTERVALS = ("1", "2", "4", "8")
SORTS = (*reads.SORTS, *ADAPTERS)
EVERYTHING = 100_000
FUNDING = (
    filters.choice("scale", SCALES, "8h", "Rates per 8 hours, per year, or as paid."),
    filters.choice("when", WHENS, "current", "Rates of the running interval, foretold for the next, or the mean of seven days."),
    replace(filters.ticker("quote", "Quote currency, or ALL."), default="USDT"),
    filters.many("exchange", "Compare these exchanges only.", tuple(ADAPTERS)),
    filters.fees(),
    filters.words("search", 60, "Part of a ticker or name."),
    query.blank(filters.decimal("min_open_interest_usd", "Open interest on all exchanges, USD.")),
    query.blank(filters.decimal("min_volume_usd", "Volume in 24 hours, USD.")),
    filters.choice("interval", ("any", *INTERVALS), "any", "Paid every so many hours on at least one exchange."),
    filters.choice("sign", ("any", *SIGNS), "any", "Who pays on every exchange."),
    filters.choice("sort", [*SORTS, *(f"-{name}" for name in SORTS)], "-spread", "Order."),
    filters.whole("limit", query.STEP, query.MOST, query.STEP, "Rows on the page."),
    filters.whole("offset", 0, EVERYTHING, 0, "Rows to skip."),
    query.FORMAT,
)


@page
def funding(request: HttpRequest, now: datetime) -> Page:
    """The matrix of funding rates."""
    asked = query.asked(request, FUNDING)
    wants_csv = asked.values["format"] == "csv"
    found, frame = reads.matrix(_wanted(asked, everything=wants_csv), now), frame_of(request, now, "funding")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), funding_shown.state(found, now))
    if wants_csv:
        return csv_page(tag, funding_shown.csv_rows(found, now))
    return Page(tag, html("funding.html", {**frame, **_context(asked, found, frame)}))


def _wanted(asked: Asked, *, everything: bool) -> reads.Wanted:
    v = asked.values
    return reads.Wanted(
        quote="" if v["quote"] == ALL else v["quote"], exchanges=v["exchange"], when=v["when"], fees=v["fees"], search=v["search"],
        min_open_interest_usd=v["min_open_interest_usd"], min_volume_usd=v["min_volume_usd"],
        interval_hours=None if v["interval"] == "any" else int(v["interval"]), sign="" if v["sign"] == "any" else v["sign"], sort=v["sort"],
        limit=EVERYTHING if everything else v["limit"], offset=0 if everything else v["offset"],
    )


def _context(asked: Asked, found: reads.Matrix, frame: dict[str, Any]) -> dict[str, Any]:
    v, faces = asked.values, frame["faces"]
    return {
        "asked": v, "lines": funding_shown.lines(found, v["scale"], faces, frame["now"]), "columns": funding_shown.columns(asked, found, faces),
        "sentence": funding_shown.sentence(found, v["when"], faces), "scales": funding_shown.scales(asked), "whens": funding_shown.whens(asked),
        "quotes": funding_shown.quotes(asked, found), "busy": funding_shown.busy(asked), "removals": funding_shown.removals(asked),
        "left_out": funding_shown.left_out(found), "notices": funding_shown.notices(found), "csv_link": asked.link(format="csv"),
        "api_link": funding_shown.api_link(asked), "paging": query.paging(asked, found.total, len(found.rows)), "intervals": INTERVALS,
        "hidden": asked.hidden("search", "min_open_interest_usd", "min_volume_usd", "interval", "sign", "fees", "limit", "offset"),
        "fees": filters.fees_text(v["fees"]), "old": funding_shown.all_old(found), "optioned": bool(options.underlyings()),
    }
