"""The lines of a comparison: every exchange's quote with its deal, its rank, its badges, and why it is not ranked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from markets.analysis import amounts, depth, figures, quality, wording
from markets.analysis.amounts import Deal, Order
from markets.analysis.converted import Conversion
from markets.analysis.depth import Band
from markets.analysis.figures import BPS, HUNDRED, Best
from markets.analysis.quality import ONE, Look
from markets.analysis.settings import Method
from markets.board import Ladder, PairKey, Quote

OTHER = {"buy": "sell", "sell": "buy"}
STATES = ("fresh", "aging", "stale", "expired")
NEW = timedelta(days=7)
Name = tuple[str, str]  # an exchange, and the quote currency of its market: where others are converted, one may be there twice


@dataclass(frozen=True)
class Row:
    """One exchange's line in a comparison. `rank` is None for what is not ranked; `flags` says why.

    `price` is the ask (buy) or bid (sell); `net_price` what one coin costs or brings all in: at the amount where one was asked
    for, with the withdrawal where it was. `vs_best` is what this row costs more (buy) or pays less (sell) than the winner, in
    quote, for the amount (without one: for one coin), never positive for a loser. `detail` is the sentence for people. `reason`
    is "" for what is ranked, else the one reason why not: a flag, or the state that lost (stale, expired, aging).
    `deal` is what the order comes to here, None without two prices; `depth` what the book holds within 2 % of its middle, with
    the book (`ladder`) and its state ("" where none was read). `conversion` is set where prices were in another currency.
    """

    quote: Quote
    state: str  # fresh aging stale expired
    age_s: float | None
    flags: tuple[str, ...]
    detail: str
    price: Decimal | None
    net_price: Decimal | None
    fee_pct: Decimal | None
    spread_bps: Decimal | None
    deviation_bps: Decimal | None
    rank: int | None
    vs_best: Decimal | None
    badges: tuple[str, ...]  # best_price best_to_buy best_to_sell tightest deepest new
    reason: str = ""
    deal: Deal | None = None
    depth: Band | None = None
    ladder: Ladder | None = None
    ladder_state: str = ""
    conversion: Conversion | None = None


@dataclass(frozen=True)
class Table:
    """Makes a comparison's rows: what they all share. `looks` are all quotes, `ranked` those that may win, `deals` theirs and the others'."""

    key: PairKey
    looks: Sequence[Look]
    ranked: Sequence[Look]
    deals: Mapping[str, Mapping[Name, Deal]]
    best: Best | None
    side: str
    net: bool
    order: Order
    usd: Decimal | None
    now: datetime
    method: Method
    middle: Decimal | None
    books: Mapping[Name, Ladder] = field(default_factory=dict)
    conversions: Mapping[str, Conversion] = field(default_factory=dict)

    def rows(self) -> tuple[Row, ...]:
        """Ranked first, then the rest: the youngest first, then by the operator's order."""
        ranked = sorted(self.ranked, key=lambda look: self._place(look, self.side))
        names = {name_of(look) for look in ranked}
        rest = [look for look in self.looks if name_of(look) not in names]
        rest.sort(key=lambda look: (STATES.index(look.state), look.quote.priority, look.quote.exchange))
        depths = {name: self._depth(ladder) for name, ladder in self.books.items()}
        badges = self._badges(depths)
        return (
            *(self._row(look, rank, badges[name_of(look)], depths) for rank, look in enumerate(ranked, 1)),
            *(self._row(look, None, [], depths) for look in rest),
        )

    def _place(self, look: Look, side: str) -> figures.Place:
        return figures.place(self.deals[side][name_of(look)], side, self.net)

    def _depth(self, ladder: Ladder) -> Band | None:
        measured = depth.measure(ladder.bids, ladder.asks)
        return measured.bands[-1] if measured else None

    def _row(self, look: Look, rank: int | None, badges: Sequence[str], depths: Mapping[Name, Band | None]) -> Row:
        q, name = look.quote, name_of(look)
        deal, spread, ladder = self.deals[self.side].get(name), wording.spread(q), self.books.get(name)
        return Row(
            quote=q, state=look.state, age_s=look.age_s, flags=self._flags(look, deal if rank else None), detail=wording.detail(look, self.middle),
            price=(q.ask if self.side == "buy" else q.bid) or None,  # a zero is no price
            net_price=deal.each if deal else figures.unit(q, self.side), fee_pct=None if q.taker_fee is None else q.taker_fee * HUNDRED,
            spread_bps=None if spread is None else spread * BPS,
            deviation_bps=(look.mid / self.middle - ONE) * BPS if look.mid and self.middle else None,
            rank=rank, vs_best=self._behind(deal) if rank and deal else None, badges=tuple(badges), reason=look.reason,
            deal=deal, depth=depths.get(name), ladder=ladder, ladder_state=amounts.state(ladder, self.now, self.method) if ladder else "",
            conversion=self.conversions.get(q.quote) if q.quote != self.key.quote else None,
        )

    def _flags(self, look: Look, deal: Deal | None) -> tuple[str, ...]:
        """The reason it does not count (of what is only too old: what is remembered of it); then what informs."""
        informs = {
            "unknown_identity": look.quote.identity == "unknown",
            "future": quality.ahead_s(look.quote) > 0,
            "thin": quality.is_thin(look.quote, self.usd, self.method),
            "partial": deal is not None and deal.handicap > amounts.UNSEEN,
        }
        first = look.quote.flag if look.reason in STATES else look.reason
        return tuple(dict.fromkeys(flag for flag, holds in [(first, first), *informs.items()] if holds))

    def _behind(self, deal: Deal) -> Decimal | None:
        """What a ranked row that fills costs more or pays less than the winner, as zero or a negative number."""
        if self.best is None or not deal.fills or deal.price is None:
            return None
        coins = deal.arrives or deal.base or ONE
        if self.net and self.best.net_price is not None:
            return None if deal.each is None else -abs(deal.each - self.best.net_price) * coins
        return -abs(deal.price - self.best.price) * coins

    def _badges(self, depths: Mapping[Name, Band | None]) -> dict[Name, list[str]]:
        """{exchange: badges} of the ranked. Equals share a badge."""
        found: dict[Name, list[str]] = {name_of(look): [] for look in self.ranked}
        for badge, side in (("best_price", self.side), (f"best_to_{OTHER[self.side]}", OTHER[self.side])):
            offered = sorted((self._place(look, side)[:2], name_of(look)) for look in self.ranked if self.deals[side][name_of(look)].fills)
            for seat, name in offered:
                if seat == offered[0][0]:
                    found[name].append(badge)
        spreads = {name_of(look): wording.spread(look.quote) for look in self.ranked if look.state == "fresh"}
        for name, spread in spreads.items() if len(spreads) >= 3 else ():
            if spread == min(s for s in spreads.values() if s is not None):
                found[name].append("tightest")
        for name in self._deepest(depths):
            found[name].append("deepest")
        for look in self.ranked:
            if look.quote.first_seen_at and self.now - look.quote.first_seen_at <= NEW:
                found[name_of(look)].append("new")
        return found

    def _deepest(self, depths: Mapping[Name, Band | None]) -> list[Name]:
        """Whose thinner side within 2 % is the thickest, of at least two ranked exchanges whose books may be measured now."""
        names = {name_of(look) for look in self.ranked}
        usable = [name for name in depths if name in names and not amounts.unusable(self.books[name], self.now, self.method)]
        thinner = {name: min(band.bid, band.ask) for name in usable if (band := depths[name])}
        return [name for name, held in thinner.items() if held == max(thinner.values())] if len(thinner) > 1 else []


def name_of(look: Look) -> Name:
    """What tells a comparison's rows apart."""
    return look.quote.exchange, look.quote.quote
