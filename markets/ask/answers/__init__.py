"""What each kind of question is answered with: a finding (what was read, as data that can be kept) becomes an answer. Pure.

The same function answers now and replays later, so a receipt recomputes to the same answer or shows that the method changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from markets.ask.answer import Answer
from markets.ask.answers import (
    arbitrage,
    best_price,
    common,
    compare,
    copying,
    derivatives,
    elsewhere,
    first_listed,
    funding,
    fundings,
    helping,
    largest,
    liquidity,
    listings,
    measured,
    movers,
    options,
    pairs_books,
    price_history,
    status,
    unknown,
    unread,
    volume,
    wallets,
)
from markets.ask.frame import Frame
from markets.ask.router import Route

Finding = (
    common.Unlisted | common.Coinless | unread.Unread
    | best_price.BestPrice | compare.Compared | arbitrage.Gaps | measured.Liquid | pairs_books.PairsBooks | price_history.History | movers.Movers
    | helping.Help | unknown.Unknown | status.Status | wallets.Wallets
    | funding.Funding | fundings.Fundings | derivatives.Derivatives | largest.Largest | options.Options | options.Underlyings
    | listings.Listings | first_listed.FirstListed | elsewhere.Elsewhere
    | volume.CoinVolume | volume.Volumes | copying.Copying
)  # fmt: skip

_COMPOSE: dict[type, Callable[[Frame, Route, Any, datetime], Answer]] = {
    arbitrage.Gaps: arbitrage.compose,
    best_price.BestPrice: best_price.compose,
    compare.Compared: compare.compose,
    measured.Liquid: liquidity.compose,
    pairs_books.PairsBooks: pairs_books.compose,
    common.Unlisted: common.unlisted,
    common.Coinless: common.coinless,
    price_history.History: price_history.compose,
    movers.Movers: movers.compose,
    unread.Unread: unread.compose,
    helping.Help: helping.compose,
    unknown.Unknown: unknown.compose,
    status.Status: status.compose,
    wallets.Wallets: wallets.compose,
    funding.Funding: funding.of_coin,
    fundings.Fundings: fundings.of_all,
    derivatives.Derivatives: derivatives.compose,
    largest.Largest: largest.compose,
    options.Options: options.compose,
    options.Underlyings: options.underlyings,
    listings.Listings: listings.compose,
    first_listed.FirstListed: first_listed.compose,
    elsewhere.Elsewhere: elsewhere.compose,
    volume.CoinVolume: volume.compose,
    volume.Volumes: volume.of_all,
    copying.Copying: copying.compose,
}


def compose(frame: Frame, route: Route, finding: Finding, now: datetime) -> Answer:
    """What a finding says, at the time it was read."""
    return _COMPOSE[type(finding)](frame, route, finding, now)
