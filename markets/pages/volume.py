"""Volume and sentiment: how much of every coin is traded, where, whether that is much, and which way it points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from markets import read
from markets.api import filters, filters_volume
from markets.pages import overview_shown, query, volume_charts, volume_shown
from markets.pages.base import csv_page, frame_of, html, page, states_of
from markets.pages.cache import Page
from markets.pages.query import ALL, Asked
from markets.pages.volume_charts import Face
from markets.reads import volume, volume_hours
from markets.reads.volume import Line, View

PARAMETERS = (
    replace(filters.ticker("quote", "Quote currency, or ALL."), default=ALL), filters_volume.EXCHANGE, filters_volume.SUSPECT, filters_volume.SEARCH,
    query.blank(filters_volume.LEAST), filters.choice("window", tuple(volume_hours.WINDOWS), "7d", "How far back the charts reach."),
    filters.choice("sort", [*volume.SORTS, *(f"-{name}" for name in volume.SORTS)], "-volume", "Order."),
    filters.whole("limit", query.STEP, query.MOST, query.STEP, "Rows on the page."), filters.whole("offset", 0, 100_000, 0, "Rows to skip."), query.FORMAT,
)  # fmt: skip


@page
def volumes(request: HttpRequest, now: datetime) -> Page:
    """Every coin's volume, its norm, its shares, and its sentiment."""
    asked = query.asked(request, PARAMETERS)
    v = asked.values
    found = volume.view(_question(asked), now)
    lines = volume.chosen(found, v["sort"], search=v["search"], min_usd=v["min_volume_usd"])
    frame = frame_of(request, now, "volume")
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), found.as_of.isoformat())
    if v["format"] == "csv":
        return csv_page(tag, volume_shown.csv_rows(lines, found))
    return Page(tag, html("volume.html", {**frame, **_context(asked, found, lines, frame)}))


def _question(asked: Asked) -> volume.Asked:
    v = asked.values
    return volume.Asked("" if v["quote"] == ALL else v["quote"], v["exchange"], v["suspect"])


def _context(asked: Asked, found: View, lines: list[Line], frame: dict[str, Any]) -> dict[str, Any]:
    v, faces = asked.values, frame["faces"]
    cut = lines[v["offset"] : v["offset"] + v["limit"]]
    drawn = [Face(e.slug, e.name, e.place) for e in frame["feeds"]]
    waited = (frame["now"] - found.as_of).total_seconds()
    return {
        "asked": v, "found": found, "sentence": volume_shown.sentence(found), "lines": [volume_shown.shown(line, faces, drawn, waited) for line in cut],
        "columns": volume_shown.columns(asked), "paging": query.paging(asked, len(lines), len(cut)), "removals": volume_shown.removals(asked),
        "quotes": overview_shown.quote_links(asked, found.quotes), "chips": overview_shown.exchange_links(asked, faces),
        "windows": [(text, asked.link(window=name), v["window"] == name) for name, text in (("24h", "24 h"), ("7d", "7 d"), ("30d", "30 d"))],
        "suspect_link": asked.link(suspect=not v["suspect"], offset=0), "csv_link": asked.link(format="csv"), "api_link": _api_link(asked),
        "hidden": asked.hidden("search", "min_volume_usd", "limit", "offset"), "legend": volume_shown.legend(found.whole.shares, faces, drawn),
        **_charts(asked, found, drawn, frame["now"]),
    }


def _charts(asked: Asked, found: View, drawn: list[Face], now: datetime) -> dict[str, Any]:
    past = volume_hours.past(_question(asked), asked.values["window"], now)
    each = "hour" if past.step_h == 1 else f"{past.step_h} hours"
    covers = _covers(past, found.whole.usd)
    says = [f"{kind}, one column for each {each}, stacked by exchange" for kind in ("Volume in USD", "Share of the volume of 24 hours")]
    return {
        "past": past, "each": each, "covers": None if covers is None else f"{covers:.0f}",
        "traded_chart": mark_safe(volume_charts.stacked(past.traded, drawn, says[0], step_h=past.step_h)),  # noqa: S308 - escapes what it is given
        "shares_chart": mark_safe(volume_charts.stacked(past.totals, drawn, says[1], step_h=past.step_h, shares=True)) if len(past.totals) > 1 else "",  # noqa: S308
        "whole_bar": mark_safe(volume_charts.bar(found.whole.shares, drawn)),  # noqa: S308 - escapes what it is given
    }


def _covers(past: volume_hours.Past, usd: Decimal | None) -> Decimal | None:
    """How much of the day's volume the candles' last 24 hours are, in percent; None where that is not known: no whole day is read, or most of
    the volume is too old to count, so that the candles come to more than is known of it."""
    traded = sum((sum(column.values(), Decimal(0)) for _, column in past.traded[-24 // past.step_h :]), Decimal(0))
    if not usd or traded > usd or len(past.traded) * past.step_h < 24:
        return None
    return traded / usd * 100


def _api_link(asked: Asked) -> str:
    """The API call that gives the same rows."""
    v = asked.values
    values = {**{name: v[name] for name in ("exchange", "suspect", "search", "min_volume_usd")}, "quote": "" if v["quote"] == ALL else v["quote"]}
    known = {p.name: p.default for p in filters_volume.VOLUME}
    return Asked("/api/v1/volume/", {**known, **values, "ordering": v["sort"], "offset": v["offset"]}, filters_volume.VOLUME).link()
