"""The addresses of gaps: every route with its class and reasons, and one route in full."""

from __future__ import annotations

from typing import Any

from markets import read
from markets.api import filters_arbitrage as asks
from markets.api import schema_arbitrage as shapes
from markets.api import serialize_arbitrage as told
from markets.api.core import Asked, Endpoint, Problem, cut, listed
from markets.api.filters import BadParameter
from markets.api.schema import described
from markets.reads import arbitrage

NOT_ADVICE = "Prices move while orders and coins travel: a gap that is shown may be gone."
CLOCK_OFF = "Arbitrage is off: this machine's clock and the exchanges' are too far apart."


class Arbitrage(Endpoint):
    """Routes that pay, and those that do not or may not."""

    parameters = asks.LIST

    @described(
        "Arbitrage. Gaps that pay after fees: buy on one exchange and sell on another, loops inside one, spot against a perpetual; sized by both order "
        "books, ranked by profit at size. Whatever is not executable names its reasons.",
        shapes.Routes, asks.LIST, found=False, tag="Gaps",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Routes that match, in the asked order."""
        v = asked.values
        found = arbitrage.find(asks.wanted(v, losing=v["show"] == "not_paying"), asked.now)
        lines = {"main": found.main, "not_executable": found.excluded, "not_paying": found.losing}[v["show"]]
        page, start = cut(asked, arbitrage.ordered(lines, v["ordering"], asked.now))
        notes = [NOT_ADVICE, *([CLOCK_OFF] if found.clock_off else [])]
        return {
            **listed(asked, [told.line(row, asked.now) for row in page], len(lines), start, notes=notes), "counts": dict(found.counts),
            "filtered": found.filtered, "closest": [told.line(row, asked.now) for row in found.near] if v["show"] == "main" else [],
        }


class OneRoute(Endpoint):
    """Buying a pair here and selling it there."""

    parameters = asks.ONE

    @described(
        "One route. Buying a pair on one exchange and selling it on another, paying or not: every condition, both sides of the books, profit by "
        "amount, its last day and its past.", shapes.OneRoute, asks.ONE, tag="Gaps",
    )
    def get(self, asked: Asked, pair: str) -> dict[str, Any]:
        """The route between two exchanges."""
        v = asked.values
        for name in ("buy", "sell"):
            if not v[name]:
                raise BadParameter(name, "It is required: name the exchange.")
        base, _, quote = pair.rpartition("-")
        key = read.compare(base, quote, asked.now).key
        try:
            found = arbitrage.one(key, v["buy"], v["sell"], asks.wanted(v), asked.now, v["sold"])
        except arbitrage.NoRoute as error:
            raise Problem(404, str(error)) from None
        return told.detail(found, asked.now)
