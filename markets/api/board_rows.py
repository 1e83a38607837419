"""The board as one list of quotes, for `markets/`: filtered, ordered, paged, and only then judged where that is enough."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from markets import read
from markets.analysis import best, quality
from markets.analysis.best import Row
from markets.api.filters import BadParameter
from markets.board import PairKey, Quote
from markets.method import current_method

SEPARATOR = "|"

_ORDERS: dict[str, Callable[[Quote], Any]] = {
    "base": lambda q: q.base,
    "quote": lambda q: q.quote,
    "exchange": lambda q: q.exchange,
    "symbol": lambda q: q.symbol,
    "bid": lambda q: q.bid,
    "ask": lambda q: q.ask,
    "change_24h_pct": lambda q: q.change_24h_pct,
    "quote_volume_24h": lambda q: q.quote_volume_24h,
    "observed_at": lambda q: q.observed_at,
}


def matching(values: Mapping[str, Any], now: datetime) -> list[Quote]:
    """The quotes that the parameters of `filters.MARKETS` let through, in the asked order."""
    tests = [test for name, test in _tests(values, now).items() if values[name]]
    found = [quote for quotes in read.board().pairs.values() for quote in quotes.values() if all(test(quote) for test in tests)]
    if values["flag"]:
        found = [row.quote for row in judged(found, now) if not set(values["flag"]).isdisjoint(row.flags)]
    return _ordered(found, values["ordering"])


def _tests(v: Mapping[str, Any], now: datetime) -> dict[str, Callable[[Quote], bool]]:
    method = current_method()
    return {
        "exchange": lambda q: q.exchange in v["exchange"],
        "base": lambda q: q.base in v["base"],
        "quote": lambda q: q.quote in v["quote"],
        "kind": lambda q: q.kind in v["kind"],
        "symbol": lambda q: q.symbol == v["symbol"],
        "state": lambda q: quality.state(quality.age_s(q, now), q.period_s, method) in v["state"],
    }


def judged(quotes: Sequence[Quote], now: datetime) -> list[Row]:
    """Each quote with its judgement among the other exchanges, in the same order; each pair is judged once."""
    view, method = read.board(), current_method()
    rows: dict[PairKey, dict[str, Row]] = {}
    for key in {_key(quote) for quote in quotes} & view.pairs.keys():
        found = best.compare(key, view.pairs[key], now, method, usd=view.usd.get(key.quote), stable=view.is_stable(key))
        rows[key] = {row.quote.exchange: row for row in found.rows}
    return [rows[_key(q)][q.exchange] for q in quotes if q.exchange in rows.get(_key(q), ())]


def _key(quote: Quote) -> PairKey:
    return PairKey(quote.base, quote.quote, quote.kind)


def _place(q: Quote) -> tuple[str, str, str, str]:
    """What makes a quote unique on the board, and the default order."""
    return q.base, q.quote, q.kind, q.exchange


def name(quote: Quote) -> str:
    """The same as text, for links."""
    return SEPARATOR.join(_place(quote))


def _ordered(quotes: list[Quote], ordering: str) -> list[Quote]:
    """Sorted; unknown values last either way, ties by place."""
    quotes = sorted(quotes, key=_place)
    if ordering == "base":
        return quotes
    value = _ORDERS[ordering.lstrip("-")]
    known = sorted((q for q in quotes if value(q) is not None), key=value, reverse=ordering.startswith("-"))
    return known + [q for q in quotes if value(q) is None]


def start(quotes: Sequence[Quote], values: Mapping[str, Any]) -> int:
    """Where the page begins: behind the quote that `after` names, so that new markets shift nothing, else at `offset`."""
    if not values["after"]:
        return int(values["offset"])
    place = tuple(values["after"].split(SEPARATOR))
    if len(place) != 4:
        raise BadParameter("after", "It must be as `next` of an earlier page wrote it.")
    places = [_place(quote) for quote in quotes]
    if values["ordering"] == "base":
        return bisect_right(places, place)
    return places.index(place) + 1 if place in places else int(values["offset"])
