"""What every quote currency is worth, and whether stablecoins hold: the one set of rates that pages, API and answers convert by.

Worked out once for each state of the board and second in a process.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from markets import held
from markets.analysis import cross
from markets.analysis.cross import Peg, Rate
from markets.method import current_method

MONEY = cross.MONEY
_kept: tuple[tuple[str, int], dict[str, dict[str, Rate]]] = (("", 0), {})
_lock = threading.Lock()


def forget() -> None:
    """Drop what this process holds in memory."""
    global _kept  # noqa: PLW0603 - one per process, on purpose
    _kept = (("", 0), {})


def rates(now: datetime, target: str = MONEY) -> Mapping[str, Rate]:
    """{currency: its rate into `target`} for every quote currency, stablecoin and fiat with a known one; `target` itself is 1."""
    global _kept  # noqa: PLW0603
    board = held.current().board
    with _lock:
        if _kept[0] != (board.revision, int(now.timestamp())):
            _kept = ((board.revision, int(now.timestamp())), {})
        if target not in _kept[1]:
            _kept[1][target] = cross.rates(board.pairs, kinds(), now, current_method(), target=target, usd=board.usd)
        return _kept[1][target]


def pegs(now: datetime) -> Mapping[str, Peg]:
    """{stablecoin: whether it holds its peg}, by the same rates."""
    return cross.pegs(rates(now), kinds(), current_method())


def broken(now: datetime) -> tuple[Peg, ...]:
    """The stablecoins that have lost their peg, for banners: what is converted by them is to be doubted."""
    return tuple(peg for peg in pegs(now).values() if peg.state == "depegged")


def currencies() -> set[str]:
    """Every currency a rate may be asked for or into."""
    return cross.currencies(held.current().board.pairs, kinds())


def kinds() -> dict[str, str]:
    """{ticker: class of asset} of the board."""
    return {ticker: coin.kind for ticker, coin in held.current().board.coins.items()}
