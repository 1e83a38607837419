"""One pair, or all pairs, compared on somebody's terms: quotes of the board, books, networks and rates, read and judged together.

Pages, API and CSV ask here for the same terms, so their numbers cannot differ. Nothing is asked of an exchange.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from markets import held
from markets.analysis import best, cross, surveys
from markets.analysis.amounts import Order
from markets.analysis.best import Comparison, Summary, Terms
from markets.analysis.converted import Conversion, Joined
from markets.analysis.fees import Fees
from markets.analysis.inputs import Inputs
from markets.analysis.surveys import Survey
from markets.analysis.wallets import Wallet
from markets.board import Board, Ladder, PairKey, Quote
from markets.method import current_method
from markets.reads import contract_quotes, ladders, rates, wallets

SURVEYS = 8
_surveys: dict[Hashable, Survey] = {}  # by whose board and terms, the one used last at the end


@dataclass(frozen=True)
class Wanted:
    """What a comparison is asked for. `fees` are the visitor's own; `exchanges` empty: all; `prefer`: one price, in this order."""

    side: str = "buy"
    net: bool = True
    amount: Decimal | None = None
    unit: str = "quote"  # quote base; over many pairs usd too, by each quote currency's last rate
    fees: Fees = field(default_factory=dict)
    withdraw: bool = False
    network: str = ""
    exchanges: Sequence[str] = ()
    prefer: Sequence[str] = ()
    normalise: bool = False
    expiry: date | None = None  # of dated futures; None: the day most exchanges have

    @property
    def terms(self) -> Terms:
        """The same as analysis takes it."""
        return Terms(self.side, self.net, Order(self.amount, self.unit, self.withdraw, self.network), self.fees)


def compared(view: Board, key: PairKey, now: datetime, wanted: Wanted) -> Comparison:
    """One pair compared, with what its books hold."""
    return inputs(view, key, now, wanted).compared(now)


def inputs(view: Board, key: PairKey, now: datetime, wanted: Wanted) -> Inputs:
    """Everything that the comparison of one pair is made of, as stored now."""
    quotes, books = (view.pairs.get(key, {}), ladders.of(key)) if key.kind == "spot" else _contracts(key, now, wanted)
    joined, left_out = _joined(view, key, now, wanted) if wanted.normalise and key.kind == "spot" else ((), ())
    return Inputs(
        key=key, quotes=_kept(quotes, wanted), method=current_method(), terms=wanted.terms, books=dict(books), wallets=dict(_wallets(key, wanted)),
        joined=tuple(joined), usd=view.usd.get(key.quote), stable=view.is_stable(key), names=names(), prefer=tuple(wanted.prefer), notes=tuple(left_out),
    )


def line(view: Board, key: PairKey, now: datetime, wanted: Wanted) -> Comparison:
    """One pair compared for a list of many: the same but for what books hold, which a list does not show."""
    books = {} if wanted.amount is None else ladders.of(key)
    usd, stable = view.usd.get(key.quote), view.is_stable(key)
    return best.compare(
        key, view.pairs[key], now, current_method(), terms=wanted.terms, books=books, usd=usd, stable=stable, names=names(), measured=False,
    )


def _kept(quotes: Mapping[str, Quote], wanted: Wanted) -> dict[str, Quote]:
    return {name: quote for name, quote in quotes.items() if not wanted.exchanges or name in wanted.exchanges}


def _contracts(key: PairKey, now: datetime, wanted: Wanted) -> tuple[Mapping[str, Quote], Mapping[str, Ladder]]:
    listed = contract_quotes.of(key, wanted.expiry, now)
    return listed.quotes, contract_quotes.books(listed)


def _joined(view: Board, key: PairKey, now: datetime, wanted: Wanted) -> tuple[list[Joined], list[str]]:
    """The same coin in other currencies that a fresh rate is known for, and a note on those without one."""
    known, pegs = rates.rates(now, key.quote), rates.pegs(now)
    joined, left_out = [], []
    for other in sorted(k for k in view.pairs if k.base == key.base and k.kind == key.kind and k != key):
        rate, quotes = known.get(other.quote), _kept(view.pairs[other], wanted)
        if rate is None or not rate.fresh:
            left_out.append(other.quote)
        elif quotes:
            peg = max((pegs[name].state for name in (other.quote, key.quote) if name in pegs), key=cross.PEGS.index, default="")
            conversion = Conversion(quote=other.quote, into=key.quote, rate=rate.mid, path=rate.path, age_s=rate.age_s, peg=peg)
            books = ladders.of(other)
            joined.append(Joined(conversion=conversion, quotes=quotes, books=books, usd=view.usd.get(other.quote), stable=view.is_stable(other)))
    return joined, [*_without_rate(left_out, key.quote), *_off_the_peg(joined)]


def _without_rate(quotes: Sequence[str], into: str) -> list[str]:
    return [f"Not converted, for want of a fresh rate to {into}: {', '.join(quotes)}."] if quotes else []


def _off_the_peg(joined: Sequence[Joined]) -> list[str]:
    off = sorted({each.conversion.quote for each in joined if each.conversion.peg == "depegged"})
    return [f"{', '.join(off)}: a stablecoin here has lost its peg, so prices converted by it are to be doubted."] if off else []


def names() -> dict[str, str]:
    """What exchanges are called."""
    return {exchange.slug: exchange.name for exchange in held.current().exchanges.values()}


def _wallets(key: PairKey, wanted: Wanted) -> Mapping[str, Sequence[Wallet]]:
    return wallets.of(key.base) if wanted.withdraw and key.kind == "spot" else {}


def surveyed(view: Board, now: datetime, wanted: Wanted, name: Hashable) -> dict[PairKey, Summary]:
    """Every pair's figures at an amount (`unit` usd: the same worth on every pair) and after a visitor's fees, from stored depth.

    Without an amount only what moved since the last time is worked out; `name` tells the boards of different readers apart.
    """
    if wanted.amount is not None:
        return best.survey(view, now, current_method(), terms=wanted.terms, books=ladders.of)
    found = surveys.survey(view, now, current_method(), net=wanted.net, fees=wanted.fees, before=_surveys.pop(name, None))
    while len(_surveys) >= SURVEYS:
        _surveys.pop(next(iter(_surveys)))
    _surveys[name] = found
    return found.summaries


def forget() -> None:
    """Drop what this process holds in memory."""
    _surveys.clear()
