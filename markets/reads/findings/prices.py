"""The prices of a question: one comparison for each coin it names."""

from __future__ import annotations

from markets import read
from markets.ask.answers.prices import Prices
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey
from markets.reads import comparisons
from markets.reads.comparisons import Wanted
from markets.reads.findings.asked import Asked


def best(frame: Frame, route: Route, asked: Asked) -> tuple[Prices, ...]:
    """A comparison for each coin."""
    return tuple(_one(frame, route, ticker, asked) for ticker in frame.assets)


def _one(frame: Frame, route: Route, ticker: str, asked: Asked) -> Prices:
    coin, former = read.resolve(ticker)
    key = PairKey(coin.slug.upper() if coin else ticker, frame.quote or "USDT")
    wanted = Wanted(side=frame.side or "buy", fees=asked.fees, exchanges=route.priced)
    return Prices(typed=ticker, renamed=former is not None, inputs=comparisons.inputs(read.board(), key, asked.now, wanted))
