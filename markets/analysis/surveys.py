"""Every pair's figures, kept from one look to the next: what moved is worked out anew, the rest is what it was.

A list of prices moves the quotes of one exchange, and a second later hardly any quote has become old, while all pairs together
take a tenth of a second. What is said is always what `best.survey` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext

from msgspec import Struct, structs

from exchanges.numbers import EXACT
from markets.analysis import figures, quality, verdict
from markets.analysis.fees import Fees, charged
from markets.analysis.figures import Summary
from markets.analysis.settings import DEFAULT, Method
from markets.board import Board, Coin, PairKey, Quote

NO_FEES: Fees = {}


class Kept(Struct, frozen=True, gc=False):
    """One pair's figures: of these very quotes, at this rate, until a moment. `oldest`: when the oldest ranked quote was true."""

    quotes: Mapping[str, Quote]
    usd: Decimal | None
    until: datetime
    oldest: datetime | None
    summary: Summary


@dataclass(frozen=True)
class Survey:
    """All pairs of a board at an instant, on somebody's terms."""

    at: datetime
    method: Method
    coins: Mapping[str, Coin]
    net: bool
    fees: Fees
    kept: Mapping[PairKey, Kept]

    @property
    def summaries(self) -> dict[PairKey, Summary]:
        """Every pair's figures."""
        return {key: kept.summary for key, kept in self.kept.items()}


def survey(board: Board, now: datetime, method: Method = DEFAULT, *, net: bool = True, fees: Fees = NO_FEES, before: Survey | None = None) -> Survey:
    """Every pair at the top of its books, as `best.survey` gives them. `before`: what was said a while ago, of whatever board."""
    known = before.kept if before and _comparable(before, board, now, method, net, fees) else {}
    with localcontext(EXACT):
        return Survey(now, method, board.coins, net, fees, {
            key: _later(known[key], now) if key in known and _holds(known[key], board, key, now) else _made(board, key, now, method, net, fees)
            for key in board.pairs
        })


def _comparable(before: Survey, board: Board, now: datetime, method: Method, net: bool, fees: Fees) -> bool:  # noqa: PLR0917
    """Whether it was said on the same terms, to the digit, not later than now, and knew the same coins."""
    return before.at <= now and before.coins is board.coins and repr((before.method, before.net, before.fees)) == repr((method, net, fees))


def _holds(kept: Kept, board: Board, key: PairKey, now: datetime) -> bool:
    rate = board.usd.get(key.quote)
    return now <= kept.until and (kept.usd is rate or repr(kept.usd) == repr(rate)) and _same(kept.quotes, board.pairs[key])


def _same(before: Mapping[str, Quote], quotes: Mapping[str, Quote]) -> bool:
    """Whether these are the very same quotes. By identity: two numbers that are equal may have other digits."""
    return before is quotes or (len(before) == len(quotes) and all(before.get(name) is quote for name, quote in quotes.items()))


def _later(kept: Kept, now: datetime) -> Kept:
    """The same figures: only the age is another."""
    if kept.oldest is None:
        return kept
    return structs.replace(kept, summary=structs.replace(kept.summary, oldest_s=(now - kept.oldest).total_seconds()))


def _made(board: Board, key: PairKey, now: datetime, method: Method, net: bool, fees: Fees) -> Kept:  # noqa: PLR0917
    quotes, usd = board.pairs[key], board.usd.get(key.quote)
    judged = verdict.judge(charged(quotes, fees), now, method, usd, board.is_stable(key))
    until = min([quality.holds_until(quote, now, method) for quote in quotes.values()], default=quality.EVER)
    oldest = min([look.quote.observed_at for look in judged.ranked if look.quote.observed_at], default=None)
    return Kept(quotes, usd, until, oldest, figures.summarise(key, judged, net, usd))
