"""Copy trading: what an exchange tells in public of traders whom others copy, and why there is nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from markets import read
from markets.analysis import copying
from markets.api import filters, filters_events
from markets.pages import query, traders_shown
from markets.pages.base import csv_page, frame_of, html, page, states_of
from markets.pages.cache import Page
from markets.pages.query import Asked
from markets.reads import traders
from markets.reads.traders import Followed, Standing, Trader

LEAST_DAYS = (0, 30, 90, 180)
FALLS = (None, Decimal(50), Decimal(30), Decimal(20), Decimal(10))
PARAMETERS = (
    filters_events.days("period", "Days over which changes are told."),
    filters.whole("min_days", 0, 3650, 0, "Only records of at least so many days."),
    query.blank(filters.decimal("max_fall_pct", "Only records whose largest fall is at most so many percent.")),
    filters.choice("sort", [*filters_events.TRADER_ORDERS, *(f"-{name}" for name in filters_events.TRADER_ORDERS)], "-roi_pct", "Order."),
    filters.whole("limit", query.STEP, query.MOST, query.STEP, "Rows on the page."), filters.whole("offset", 0, 100_000, 0, "Rows to skip."), query.FORMAT,
)  # fmt: skip


@page
def copy(request: HttpRequest, now: datetime) -> Page:
    """Traders whom others copy, where an exchange tells of them."""
    asked = query.asked(request, PARAMETERS)
    v = asked.values
    standings = traders.standings(now)
    whole = traders.overall(standings)
    known = traders.traders() if whole.state == "ok" else []
    rows = traders.ordered((row for row in known if copying.fits(row.days, row.max_drawdown_pct, v["min_days"], v["max_fall_pct"])), v["sort"])
    became = traders.followed(rows, v["period"], now)
    frame = frame_of(request, now, "copy")
    said = [(s.exchange, s.state, s.reason, s.freshness, s.ok_at) for s in standings]
    tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame), repr(said), repr([traders.state(row, now) for row in rows]), str(now.date()))
    if v["format"] == "csv":
        return csv_page(tag, traders_shown.csv_rows(rows, became, now))
    return Page(tag, html("copy.html", {**frame, **_controls(asked), **_context(asked, rows, became, standings, frame)}))


def _context(
    asked: Asked, rows: Sequence[Trader], became: Mapping[tuple[str, str], Followed], standings: Sequence[Standing], frame: dict[str, Any],
) -> dict[str, Any]:
    v, faces, now = asked.values, frame["faces"], frame["now"]
    cut = rows[v["offset"] : v["offset"] + v["limit"]]
    whole, narrowed = traders.overall(standings), bool(v["min_days"]) or v["max_fall_pct"] is not None
    return {
        "asked": v, "whole": whole, "sources": traders_shown.sources(standings, faces),
        "sentence": traders_shown.sentence(rows, became, v["period"], whole, narrowed), "narrowed": narrowed,
        "lines": [traders_shown.shown(row, became[row.exchange, row.trader_id], faces, v["period"], now) for row in cut if row.exchange in faces],
        "columns": traders_shown.columns(asked), "paging": query.paging(asked, len(rows), len(cut)),
        "old": [(face, s) for face, s, _ in traders_shown.sources(standings, faces) if s.state == "ok" and s.freshness in ("stale", "expired")],
    }


def _controls(asked: Asked) -> dict[str, Any]:
    v = asked.values
    return {
        "periods": [(f"{days} d", asked.link(period=days), v["period"] == days) for days in copying.PERIODS],
        "least": [(f"{days}+ days" if days else "Any age", asked.link(min_days=days, offset=0), v["min_days"] == days) for days in LEAST_DAYS],
        "falls": [(f"{fall:f}%" if fall else "Any fall", asked.link(max_fall_pct=fall, offset=0), v["max_fall_pct"] == fall) for fall in FALLS],
        "csv_link": asked.link(format="csv"), "api_link": _api_link(asked),
    }


def _api_link(asked: Asked) -> str:
    """The API call that gives the same rows."""
    known = {p.name: p.default for p in filters_events.COPY_TRADING}
    values = {name: asked.values[name] for name in ("period", "min_days", "max_fall_pct", "offset")}
    return Asked("/api/v1/copy-trading/", {**known, **values, "ordering": asked.values["sort"]}, filters_events.COPY_TRADING).link()
