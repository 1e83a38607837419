"""How an exchange's prices stand beside the others', whether or not it is shown: what is looked at before it is released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markets import held
from markets.analysis import quality
from markets.analysis.quality import ANOMALIES
from markets.board import Quote
from markets.method import current_method

COMPARED = 2  # other exchanges whose price counts: with fewer there is nothing to stand beside


@dataclass(frozen=True)
class Agreement:
    """Of its fresh prices, those of pairs that two or more others price too, and how many of these stand within the tolerance."""

    compared: int
    within: int

    @property
    def pct(self) -> int | None:
        """The share within, rounded down; None when nothing can be compared."""
        return 100 * self.within // self.compared if self.compared else None


def agreement(slug: str, now: datetime) -> Agreement:
    """By what every poll remembers of each price (`markets.analysis.memory`), which it does for exchanges that are not shown, too."""
    compared = within = 0
    for row in held.everything().board.pairs.values():
        mine = row.get(slug)
        if mine is None or not _fresh(mine, now) or sum(_counts(q, now) for name, q in row.items() if name != slug) < COMPARED:
            continue
        compared, within = compared + 1, within + (mine.flag not in ANOMALIES)
    return Agreement(compared, within)


def _counts(quote: Quote, now: datetime) -> bool:
    return not quote.switch and quote.flag not in ANOMALIES and _fresh(quote, now)


def _fresh(quote: Quote, now: datetime) -> bool:
    if quote.mid is None or quote.observed_at is None or quote.status != "trading":
        return False
    return quality.state((now - quote.observed_at).total_seconds(), quote.period_s, current_method()) == "fresh"
