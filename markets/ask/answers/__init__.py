"""What each kind of question is answered with: a finding (what was read, as data that can be kept) becomes an answer. Pure.

The same function answers now and replays later, so a receipt recomputes to the same answer or shows that the method changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from markets.ask.answer import Answer
from markets.ask.answers import best_price, common, compare, liquidity, pairs_books, unread
from markets.ask.frame import Frame
from markets.ask.router import Route

Finding = best_price.BestPrice | compare.Compared | liquidity.Liquid | pairs_books.PairsBooks | common.Unlisted | common.Coinless | unread.Unread

_COMPOSE: dict[type, Callable[[Frame, Route, Any, datetime], Answer]] = {
    best_price.BestPrice: best_price.compose,
    compare.Compared: compare.compose,
    liquidity.Liquid: liquidity.compose,
    pairs_books.PairsBooks: pairs_books.compose,
    common.Unlisted: common.unlisted,
    common.Coinless: common.coinless,
    unread.Unread: unread.compose,
}


def compose(frame: Frame, route: Route, finding: Finding, now: datetime) -> Answer:
    """What a finding says, at the time it was read."""
    return _COMPOSE[type(finding)](frame, route, finding, now)
