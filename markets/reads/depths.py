"""How much the deepest stored book of a pair holds, for lists of many pairs: measured once for each book."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from markets import held
from markets.analysis import amounts, depth
from markets.board import Ladder, PairKey
from markets.method import current_method
from markets.reads import ladders

_measured: dict[tuple[str, str], tuple[Ladder, Decimal | None]] = {}  # by exchange and symbol


def deepest_usd(key: PairKey, now: datetime) -> Decimal | None:
    """The money within 2 % of the middle on the thinner side of the pair's deepest book that may be walked now, in USD.

    None without any, or without a rate.
    """
    usd, method = held.current().board.usd.get(key.quote), current_method()
    found = [thin for ladder in ladders.of(key).values() if not amounts.unusable(ladder, now, method) and (thin := _thin(ladder)) is not None]
    return max(found) * usd if found and usd is not None else None


def _thin(ladder: Ladder) -> Decimal | None:
    name = (ladder.exchange, ladder.symbol)
    known = _measured.get(name)
    if known is None or known[0] is not ladder:
        shape = depth.measure(ladder.bids, ladder.asks)
        known = _measured[name] = (ladder, min(shape.bands[-1].bid, shape.bands[-1].ask) if shape else None)
    return known[1]
