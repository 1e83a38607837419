"""What the pages understand in their addresses: the parameters, and links that change one of them and keep the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from exchanges.adapters import ADAPTERS
from exchanges.numbers import plain
from markets.api import filters, filters_events
from markets.api.filters import Parameter
from markets.ask.frame import LONGEST
from markets.shapes import SORTS, Filters

STEP = 50  # rows a page, and how many "Next 50" adds
MOST = 200  # rows on one page; from there on the offset moves
HIDEABLE = ("sell", "gap", "after_fees", "strip", "change", "spark", "volume", "live")  # columns
ALL = "ALL"  # quote=ALL: every quote currency


def blank(parameter: Parameter) -> Parameter:
    """A field of a form that may be left empty."""
    return replace(parameter, read=lambda text: parameter.default if text == "" else parameter.read(text))


FORMAT = filters.choice("format", ("page", "csv"), "page", "A page, or the same rows as CSV.")
ROWS = (filters.whole("limit", STEP, MOST, STEP, "Rows on the page."), filters.whole("offset", 0, 100_000, 0, "Rows to skip."))
OVERVIEW = (
    replace(filters.ticker("quote", "Quote currency, or ALL."), default="USDT"),
    blank(filters.many("base", "Only these tickers: a watch list.")),
    filters.many("exchange", "Compare these exchanges only.", tuple(ADAPTERS)),
    filters.flag("net", True, "After taker fees."),
    filters.whole("min_exchanges", 1, 50, 1, "On at least so many exchanges."),
    blank(filters.decimal("min_volume_usd", "Volume in 24 hours, USD.")),
    blank(filters.decimal("min_depth_usd", "Depth within 2 %, USD.")),
    blank(filters.decimal("min_change_pct", "Change in 24 hours, percent.")),
    blank(filters.amount()),
    filters.fees(),
    filters.flag("hide_leveraged", True, "Leave leveraged and wrapped tokens out."),
    filters.flag("hide_suspect", False, "Leave out pairs whose exchanges disagree."),
    filters.words("search", 60, "Part of a ticker or name."),
    filters.choice("sort", [*SORTS, *(f"-{name}" for name in SORTS)], "-volume", "Order."),
    filters.choice("density", ("normal", "compact"), "normal", "Row height."),
    filters.many("hide", "Columns that are left out.", HIDEABLE),
    *ROWS,
    FORMAT,
)
RANGE = filters_events.DEVIATION[0]
APART = (FORMAT,)
ASSET = (filters.words("was", 60, "The old ticker that led here."), FORMAT)
SEARCH = (filters.words("q", LONGEST, "A ticker, an old ticker, a name, a pair, or a question."),)


@dataclass(frozen=True)
class Asked:
    """A parsed address: its path and the values of its parameters."""

    path: str
    values: Mapping[str, Any]
    parameters: Sequence[Parameter]

    def link(self, **changes: Any) -> str:
        """The same address with some values changed; defaults are left out."""
        values = {**self.values, **changes}
        shown = {p.name: _text(values[p.name]) for p in self.parameters if values[p.name] != p.default}
        return self.path + ("?" + urlencode(shown) if shown else "")

    def hidden(self, *without: str) -> list[tuple[str, str]]:
        """What a form must carry along: every value that is not default, except those the form asks for itself."""
        return [(p.name, _text(self.values[p.name])) for p in self.parameters if p.name not in without and self.values[p.name] != p.default]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return filters.fees_text(value)
    if isinstance(value, Decimal):
        return plain(value) or ""
    if isinstance(value, tuple) and value and isinstance(value[0], datetime):  # a day, as an interval
        return f"{value[0]:%Y-%m-%d}"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def asked(request: HttpRequest, parameters: Sequence[Parameter]) -> Asked:
    """The values of a request's query. Raises filters.BadParameter for what is not declared or not allowed."""
    return Asked(request.path, filters.parse(request.META.get("QUERY_STRING", ""), parameters), parameters)


def paging(asked: Asked, total: int, shown: int) -> dict[str, object]:
    """Which rows these are, and the links to more: the same page longer, or from 200 rows on the next page."""
    offset, limit = asked.values["offset"], asked.values["limit"]
    end = offset + shown
    more = asked.link(limit=limit + STEP) if limit + STEP <= MOST else asked.link(offset=offset + limit, limit=STEP)
    return {
        "first": offset + 1 if shown else 0, "last": end, "total": total, "more": more if end < total else "", "appends": limit + STEP <= MOST,
        "count": min(STEP, total - end), "back": asked.link(offset=max(0, offset - STEP), limit=STEP) if offset else "",
    }


def overview_filters(values: Mapping[str, Any], *, everything: bool = False) -> Filters:
    """The overview's filters; `everything` asks for all rows instead of a page (CSV)."""
    return Filters(
        quote="" if values["quote"] == ALL else values["quote"], exchanges=values["exchange"], net=values["net"], min_exchanges=values["min_exchanges"],
        min_volume_usd=values["min_volume_usd"], min_depth_usd=values["min_depth_usd"], min_change_pct=values["min_change_pct"],
        amount=values["amount"], unit="usd" if values["quote"] == ALL else "quote", fees=values["fees"], hide_leveraged=values["hide_leveraged"],
        hide_suspect=values["hide_suspect"], search=values["search"], base=values["base"], sort=values["sort"],
        limit=100_000 if everything else values["limit"], offset=0 if everything else values["offset"],
    )
