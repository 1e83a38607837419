"""What puts prices side by side: a comparison for each coin, all in one finding."""

from __future__ import annotations

from markets import read
from markets.ask.answers import Finding
from markets.ask.answers.common import MOST, Coin
from markets.ask.answers.compare import Beside, Compared
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.reads import comparisons
from markets.reads.comparisons import Wanted
from markets.reads.findings import best_price, common, cuts
from markets.reads.findings.asked import Asked


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """All coins beside each other; one coin at an amount, or on one exchange, is a question for its price there."""
    typed = frame.assets[:MOST]
    if len(typed) < 2 and (not typed or frame.amount or len(frame.exchanges) == 1):
        return best_price.gather(frame, route, asked)
    known = {ticker: coin for ticker in typed if (coin := common.coin(ticker))}
    beside = {ticker: found for ticker, coin in known.items() if (found := _one(frame, route, coin, asked))}
    if not beside:
        return common.each_coin(frame, lambda _: None)
    return (Compared(coins=tuple(beside.values()), unlisted=tuple(ticker for ticker in typed if ticker not in beside)),)


def _one(frame: Frame, route: Route, coin: Coin, asked: Asked) -> Beside | None:
    key, quoted = common.pair(coin, frame.quote, route.priced)
    if key is None:
        return None
    wanted = Wanted(side=frame.side or "buy", fees=asked.fees, exchanges=route.priced or ("",))
    inputs = comparisons.inputs(read.board(), key, asked.now, wanted)
    return Beside(coin=coin, inputs=cuts.compared(inputs), notes=(quoted,) if quoted else (), unread=common.unread(route, asked))
