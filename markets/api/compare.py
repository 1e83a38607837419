"""The API's address of one pair compared: the same read as the page and its CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markets import read
from markets.api import filters, schema, serialize_compare
from markets.api import schema_compare as shapes
from markets.api.core import Asked, Endpoint, Problem
from markets.api.filters import BadParameter, Parameter

PARAMETERS = (*filters.COMPARE, filters.flag("why", False, "Write the sum of every rank out."))


class Compare(Endpoint):
    """One pair over all exchanges."""

    parameters: tuple[Parameter, ...] = PARAMETERS

    @schema.described(
        "Compare one pair. Every exchange's quote, ranked after fees, for an amount where one is given, and for each that is left out the reason.",
        shapes.Compare, PARAMETERS,
    )
    def get(self, asked: Asked, pair: str) -> dict[str, Any]:
        """The comparison of BASE-QUOTE; old tickers are understood and said so in `notes`."""
        base, _, quote_ticker = pair.rpartition("-")
        if len(pair) > 121 or not pair.isprintable():
            raise BadParameter("pair", "It must be BASE-QUOTE, two tickers of at most 60 printable characters.")
        if not read.board().pairs:
            raise Problem(503, "No prices have been collected yet.")
        if not base or not quote_ticker:
            raise Problem(404, "A pair is written BASE-QUOTE, for example BTC-USDT.")
        found = read.compare(base, quote_ticker, asked.now, **wanted(asked.values))
        return serialize_compare.comparison(found, read.exchanges(asked.now), why=asked.values["why"])


def wanted(values: Mapping[str, Any]) -> dict[str, Any]:
    """What `read.compare` is asked for, from an address's values."""
    names = ("side", "net", "kind", "amount", "unit", "fees", "withdraw", "network", "normalise", "expiry", "prefer")
    return {name: values[name] for name in names} | {"exchanges": values["exchange"]}
