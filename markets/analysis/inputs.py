"""Everything one comparison is made of, as one value that can be kept and compared again: the same inputs, the same result. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis import best
from markets.analysis.best import Comparison, Terms
from markets.analysis.converted import Joined
from markets.analysis.fees import charged
from markets.analysis.settings import Method
from markets.analysis.wallets import Wallet
from markets.board import Ladder, PairKey, Quote


class Inputs(Struct, frozen=True, gc=False, kw_only=True):
    """One pair's quotes, books and networks by exchange, the settings, and on whose terms it is asked.

    `usd` is USD per quote unit; `stable`: base and quote are stablecoins; `names` are the exchanges' names. `prefer`: one price is
    wanted, in this order. `notes` are told after those of the comparison.
    """

    key: PairKey
    quotes: dict[str, Quote]
    method: Method
    terms: Terms
    books: dict[str, Ladder]
    wallets: dict[str, tuple[Wallet, ...]]
    joined: tuple[Joined, ...] = ()
    usd: Decimal | None = None
    stable: bool = False
    names: dict[str, str]
    prefer: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def compared(self, now: datetime) -> Comparison:
        """The comparison at `now`."""
        found = best.compare(
            self.key, self.quotes, now, self.method, terms=self.terms, books=self.books, wallets=self.wallets, joined=self.joined, usd=self.usd,
            stable=self.stable, names=self.names,
        )
        paid = charged(self.quotes, self.terms.fees)
        choice = best.prefer(paid, self.prefer, now, self.method, usd=self.usd, stable=self.stable) if self.prefer else None
        return replace(found, choice=choice, notes=(*found.notes, *self.notes))
