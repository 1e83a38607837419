"""What the compare page understands in its address beyond what the API does, and its forms and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from exchanges.numbers import plain
from markets.analysis import wording
from markets.analysis.best import Comparison
from markets.api import filters
from markets.api.filters import BadParameter, Parameter
from markets.pages.query import FORMAT, RANGE, Asked, blank
from markets.shapes import ExchangeStatus

EVERYBODY = "fee"  # the field of the form for all exchanges that have none of their own
COLUMNS = (("ask", "Ask"), ("bid", "Bid"), ("spread", "Spread, bps"), ("fee", "Fee"), ("depth", "Depth within ±2%"), ("volume", "Volume 24 h"))
ARROWS = {"ascending": "↑", "descending": "↓"}
SORTS = ("rank", "exchange", "net", "vs", *(name for name, _ in COLUMNS))


def _field(name: str) -> str:
    return f"{EVERYBODY}_{name}"


FEE_FIELDS: tuple[Parameter, ...] = tuple(
    blank(filters.decimal(name, "A taker fee of your own, in percent.")) for name in (EVERYBODY, *map(_field, ADAPTERS))
)
SHARED: tuple[Parameter, ...] = tuple(blank(p) if p.name in ("amount", "network", "expiry") else p for p in filters.COMPARE)
COMPARE: tuple[Parameter, ...] = (
    *SHARED, *FEE_FIELDS,
    filters.choice("sort", [*SORTS, *(f"-{name}" for name in SORTS)], "rank", "Order of the rows."),
    filters.many("hide", "Columns to leave out.", [name for name, _ in COLUMNS]),
    RANGE, FORMAT,
)


def own_fees(asked: Asked) -> Asked:
    """The form's fields, one for each exchange, as the one parameter `fees`; so every link says it in the short way."""
    given = {p.name: asked.values[p.name] for p in FEE_FIELDS if asked.values[p.name] is not None}
    if not given:
        return asked
    for name, percent in given.items():
        if percent > filters.MAX_FEE_PCT:
            raise BadParameter(name, f"It must be at most {filters.MAX_FEE_PCT} percent.")
    found = {name.removeprefix(EVERYBODY).removeprefix("_"): percent / 100 for name, percent in given.items()}
    return replace(asked, values={**asked.values, **dict.fromkeys((p.name for p in FEE_FIELDS), None), "fees": found})


def fee_fields(fees: Mapping[str, Decimal], feeds: Iterable[ExchangeStatus]) -> list[tuple[str, str, str, str]]:
    """(field, label, the visitor's percent, the base one) for every exchange, and last for all others."""
    each = [(_field(e.slug), e.name, _percent(fees.get(e.slug)), plain(e.taker_fee_pct) or "") for e in feeds]
    return [*each, (EVERYBODY, "All others", _percent(fees.get("")), "base")]


def _percent(ratio: Decimal | None) -> str:
    return "" if ratio is None else plain(ratio * 100) or ""


def fees_text(fees: Mapping[str, Decimal]) -> str:
    """As it stands in the address."""
    return filters.fees_text(fees)


def amount_text(amount: Decimal | None) -> str:
    """As it stands in the box."""
    return "" if amount is None else wording.grouped(amount)


def columns(asked: Asked) -> list[tuple[str, str, bool]]:
    """(label, link that turns it over, whether it is shown) of the columns that may be left out."""
    hidden = asked.values["hide"]
    return [
        (label, asked.link(hide=tuple(h for h in hidden if h != name) if name in hidden else (*hidden, name)), name not in hidden) for name, label in COLUMNS
    ]


def heads(asked: Asked, c: Comparison) -> dict[str, dict[str, Any]]:
    """{column: its link and which way it is sorted}. By rank the price after fees is what is in order."""
    sort = asked.values["sort"]
    rank_way = "ascending" if c.side == "buy" else "descending"
    found = {}
    for name in SORTS:
        way = {name: "ascending", f"-{name}": "descending"}.get(sort, rank_way if (name, sort) == ("net", "rank") else "")
        found[name] = {"link": asked.link(sort=f"-{name}" if sort == name else name), "sorted": way, "arrow": ARROWS.get(way, "")}
    return found
