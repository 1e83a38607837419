"""What the views of discovery understand, at the API and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis import discovery, trending
from markets.api.filters import PAGE, BadParameter, choice, decimal, flag, many, one_of, ticker
from markets.reads.discover import ORDERS, VIEWS
from markets.reads.news import WHAT
from markets.reads.wanted import WINDOWS, Wanted

MATCH = (discovery.ANY, discovery.ALL)
SORTS = tuple(sorted({name for names in ORDERS.values() for name in names}))
COMMON = (
    choice("view", tuple(VIEWS), "new", "new: listing events. only: listed on some exchanges and missing from others. trending: unusual volume and movement."),
    choice("what", tuple(WHAT), "coins", "Of view new: which events."),
    choice("window", tuple(WINDOWS), "7d", "How far back listings are news."),
    many("exchange", "Of views new and trending: only these exchanges.", tuple(ADAPTERS)),
    many("on", "Of view only: listed on these exchanges. Absent: on any at all.", tuple(ADAPTERS)),
    choice("on_match", MATCH, discovery.ANY, "On any of them, or on all of them."),
    many("not_on", "Of view only: missing from these exchanges. Absent: from any at all.", tuple(ADAPTERS)),
    choice("not_match", MATCH, discovery.ANY, "Missing from any of them, or from all of them."),
    flag("trending", False, f"Of view only: only coins that trend on one of the exchanges they are listed on (percentile {trending.TRENDS:.0f} and up)."),
    ticker("quote", "Only coins with a market in this quote currency."),
    decimal("min_volume_usd", f"At least this volume in 24 hours, in USD. Of view trending: of each market, {trending.MINIMUM_USD:f} unless given."),
    flag("hide_leveraged", True, "Leave leveraged tokens out."),
    flag("hide_stable", True, "Leave stablecoins and money out."),
    flag("hide_wrapped", True, "Leave wrapped coins out."),
)
ORDERING = one_of("ordering", (*SORTS, *(f"-{name}" for name in SORTS)),
                  "Order of views only and trending; a minus sign in front means descending. Unknown values come last.")
DISCOVER = (*COMMON, ORDERING, *PAGE)


def wanted(values: Mapping[str, Any], name: str = "ordering", *, everything: bool = False) -> Wanted:
    """What was asked for. `name` is what the order is called; raises BadParameter for one the view does not know."""
    sort, known = values[name], ORDERS[values["view"]]
    if sort and sort.lstrip("-") not in known:
        raise BadParameter(name, f"This view can be ordered by {', '.join(known)}." if known else "This view is always in the order of time, the latest first.")
    return Wanted(
        exchanges=values["exchange"], what=values["what"], window=values["window"], on=values["on"], on_match=values["on_match"], off=values["not_on"],
        off_match=values["not_match"], trending=values["trending"], quote=values["quote"], min_volume_usd=values["min_volume_usd"],
        hide_leveraged=values["hide_leveraged"], hide_stable=values["hide_stable"], hide_wrapped=values["hide_wrapped"], sort=sort,
        limit=100_000 if everything else values["limit"], offset=0 if everything else values["offset"],
    )
