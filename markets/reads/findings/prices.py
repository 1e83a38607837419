"""The prices of a question: one comparison for each coin it names."""

from __future__ import annotations

from markets import read
from markets.ask.answers import Finding
from markets.ask.answers.common import Coin
from markets.ask.answers.prices import Prices
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads import comparisons
from markets.reads.comparisons import Wanted
from markets.reads.findings import common
from markets.reads.findings.asked import Asked


def best(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """A comparison for each coin."""
    return common.each_coin(frame, lambda meant: _one(frame, route, meant, asked))


def _one(frame: Frame, route: Route, meant: Coin, asked: Asked) -> Prices | None:
    key, _ = common.pair(meant, frame.quote, route.priced)
    if key is None:
        return None
    wanted = Wanted(side=frame.side or "buy", fees=asked.fees, exchanges=route.priced)
    return Prices(typed=meant.typed, renamed=bool(meant.former), inputs=comparisons.inputs(read.board(), key, asked.now, wanted))
