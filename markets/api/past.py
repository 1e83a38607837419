"""The API's addresses of a pair's past across exchanges: distances from the median, and the best exchange by hour."""

from __future__ import annotations

from typing import Any

from markets import read
from markets.api import filters_events, schema, serialize_past
from markets.api import schema_past as shapes
from markets.api.core import Asked, Endpoint, Problem
from markets.board import PairKey
from markets.reads import deviation as reads


class Deviation(Endpoint):
    """Who ran cheap, who ran dear."""

    parameters = filters_events.DEVIATION

    @schema.described(
        "Deviation. Every exchange's distance from the median of all, slot by slot, from stored mid prices (not fills). A slot with fewer than two "
        "exchanges has no median.", shapes.Deviation, filters_events.DEVIATION, tag="Prices",
    )
    def get(self, asked: Asked, pair: str) -> dict[str, Any]:
        """The distances of BASE-QUOTE in one window."""
        return serialize_past.deviation(reads.past(_key(asked, pair), asked.now, asked.values["range"]))


class Hours(Endpoint):
    """The best exchange by hour."""

    parameters = filters_events.HOURS

    @schema.described(
        "Best by hour. For every hour of a window, the exchange that was cheapest to buy or dearest to sell by its last stored mid after its taker fee "
        "of today (or yours): shares of all hours, and by hour of day in UTC.", shapes.Hours, filters_events.HOURS, tag="Prices",
    )
    def get(self, asked: Asked, pair: str) -> dict[str, Any]:
        """The shares of BASE-QUOTE in one window."""
        v = asked.values
        return serialize_past.hours(reads.best_hours(_key(asked, pair), asked.now, v["side"], v["range"], v["fees"]))


def _key(asked: Asked, pair: str) -> PairKey:
    base, _, quote = pair.upper().rpartition("-")
    if not base or not quote or len(pair) > 121 or not pair.isprintable():
        raise Problem(404, "A pair is written BASE-QUOTE, for example BTC-USDT.")
    return read.compare(base, quote, asked.now).key
