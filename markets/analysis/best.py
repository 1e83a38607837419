"""Best price to buy and to sell, before and after taker fees, with the reason for everything left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext

from msgspec.structs import asdict

from exchanges.numbers import EXACT
from markets.analysis import figures, quality, reference, verdict, wording
from markets.analysis.figures import BPS, HUNDRED, Best, Summary
from markets.analysis.quality import ANOMALIES, ONE, Look
from markets.analysis.settings import DEFAULT, Method
from markets.analysis.verdict import Verdict
from markets.board import Board, PairKey, Quote

__all__ = ["Best", "Choice", "Comparison", "Row", "Summary", "compare", "prefer", "survey"]

_OTHER = {"buy": "sell", "sell": "buy"}
_OLD = ("aging", "stale", "frozen")
_STATES = ("fresh", "aging", "stale", "expired")


@dataclass(frozen=True)
class Row:
    """One exchange's line in a comparison. `rank` is None for what is not ranked; `flags` says why.

    `price` is the ask (buy) or bid (sell); `net_price` the same after the fee. `vs_best` is the difference of net
    prices (of prices, before fees) to the winner, in quote, never positive for a loser: what this row costs more (buy)
    or pays less (sell), with a minus sign. `detail` is the sentence for people. `reason` is "" for what is ranked, else
    the one reason why not: a flag, or the state that lost (stale, expired, aging).
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


@dataclass(frozen=True)
class Comparison:
    """One pair over all exchanges at `as_of`: what the page, the API, a sentence and an alert all say."""

    key: PairKey
    as_of: datetime
    side: str  # buy sell
    net: bool  # ranked after fees
    status: str  # ok single_source disputed no_consensus none
    grade: str  # A B C D
    pair_class: str  # stable major mid tail
    reference_price: Decimal | None
    index_price: Decimal | None
    price_range_pct: Decimal | None
    dispersion_bps: Decimal | None
    gap_bps: Decimal | None  # (sell price - buy price) / buy price of the two winners shown, before fees
    after_fees_pct: Decimal | None  # what is left of that gap after both taker fees
    change_24h_pct: Decimal | None  # volume-weighted over ranked rows
    high_24h: Decimal | None
    low_24h: Decimal | None
    quote_volume_24h: Decimal | None  # sum over not-excluded rows, in quote units
    volume_usd: Decimal | None
    live: int  # fresh and not excluded
    listed: int
    oldest_s: float | None  # age of the oldest ranked row
    best_buy: Best | None
    best_sell: Best | None
    rows: tuple[Row, ...]  # ranked first, then the rest
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One price where one is asked for. `kind`: preferred, fallback (another exchange), old (labelled with its age) or none.

    All fields are of one exchange's quote; `detail` says why it is not the first one asked for, or why there is none.
    """

    quote: Quote | None
    kind: str
    state: str
    age_s: float | None
    detail: str


def compare(key: PairKey, quotes: Mapping[str, Quote], now: datetime, method: Method = DEFAULT, *,
            side: str = "buy", net: bool = True, usd: Decimal | None = None, stable: bool = False, names: Mapping[str, str] | None = None) -> Comparison:
    """Compare one pair. `usd` converts the quote currency to USD (None: unknown, class tail); `stable`: both are stablecoins.

    `names` are the exchanges' names for the notes (default: their slugs).
    """
    with localcontext(EXACT):
        judged = verdict.judge(quotes, now, method, usd, stable)
        summary = figures.summarise(key, judged, net, usd)
        mids = [look.mid for look in judged.counted] if judged.ranked else []
        middle = reference.median(mids) if mids else None
        rows = _Rows(judged, summary, side, net, usd, method, middle).all()
        return Comparison(
            **asdict(summary), as_of=now, side=side, net=net, grade=verdict.grade(judged, method), reference_price=middle,
            index_price=reference.index(mids, _weights(judged.counted, now, method), method.weight_cap) if mids else None,
            price_range_pct=_range(rows), dispersion_bps=reference.dispersion_bps([look.mid for look in judged.eligible], method),
            high_24h=max((look.quote.high_24h for look in judged.ranked if look.quote.high_24h), default=None),
            low_24h=min((look.quote.low_24h for look in judged.ranked if look.quote.low_24h), default=None),
            rows=rows, notes=wording.notes(judged, side, _winners(judged, side, names or {})),
        )


def survey(board: Board, now: datetime, method: Method = DEFAULT, *, net: bool = True) -> dict[PairKey, Summary]:
    """Every pair's figures, the same as `compare` would give, without the rows."""
    with localcontext(EXACT):
        return {key: _surveyed(board, key, now, method, net) for key in board.pairs}


def _surveyed(board: Board, key: PairKey, now: datetime, method: Method, net: bool) -> Summary:
    usd = board.usd.get(key.quote)
    return figures.summarise(key, verdict.judge(board.pairs[key], now, method, usd, board.is_stable(key)), net, usd)


@dataclass(frozen=True)
class _Rows:
    """Makes a comparison's rows: what they all share."""

    judged: Verdict
    summary: Summary
    side: str
    net: bool
    usd: Decimal | None
    method: Method
    middle: Decimal | None

    def all(self) -> tuple[Row, ...]:
        """Ranked first, then the rest: the youngest first, then by the operator's order."""
        ranked = [place[-1] for place in sorted(figures.places(self.judged.ranked, self.side, self.net))]
        rest = [look for look in self.judged.looks.values() if look not in ranked]
        rest.sort(key=lambda look: (_STATES.index(look.state), look.quote.priority, look.quote.exchange))
        badges = self._badges()
        return (
            *(self._row(look, rank, tuple(badges[look.quote.exchange])) for rank, look in enumerate(ranked, 1)),
            *(self._row(look, None, ()) for look in rest),
        )

    def _row(self, look: Look, rank: int | None, badges: tuple[str, ...]) -> Row:
        q = look.quote
        price = (q.ask if self.side == "buy" else q.bid) or None  # a zero is no price
        net_price, spread = figures.unit(q, self.side), wording.spread(q)
        return Row(
            quote=q, state=look.state, age_s=look.age_s, flags=self._flags(look), detail=wording.detail(look, self.middle),
            price=price, net_price=net_price, fee_pct=None if q.taker_fee is None else q.taker_fee * HUNDRED,
            spread_bps=None if spread is None else spread * BPS,
            deviation_bps=(look.mid / self.middle - ONE) * BPS if look.mid and self.middle else None,
            rank=rank, vs_best=self._behind(price, net_price) if rank and price else None, badges=badges, reason=look.reason,
        )

    def _flags(self, look: Look) -> tuple[str, ...]:
        """The reason it does not count (of what is only too old: what is remembered of it); then what informs."""
        informs = {
            "unknown_identity": look.quote.identity == "unknown",
            "future": quality.ahead_s(look.quote) > 0,
            "thin": quality.is_thin(look.quote, self.usd, self.method),
        }
        first = look.quote.flag if look.reason in _STATES else look.reason
        return tuple(dict.fromkeys(flag for flag, holds in [(first, first), *informs.items()] if holds))

    def _behind(self, price: Decimal, net_price: Decimal | None) -> Decimal | None:
        """What a ranked row costs more or pays less than the winner, as zero or a negative number."""
        best: Best = self.summary.best_buy if self.side == "buy" else self.summary.best_sell  # type: ignore[assignment]  # a row is ranked: there is one
        if self.net and best.net_price is not None:
            return None if net_price is None else -abs(net_price - best.net_price)
        return -abs(price - best.price)

    def _badges(self) -> dict[str, list[str]]:
        """{exchange: badges} of the ranked. Equals share a badge."""
        found: dict[str, list[str]] = {look.quote.exchange: [] for look in self.judged.ranked}
        for badge, side in (("best_price", self.side), (f"best_to_{_OTHER[self.side]}", _OTHER[self.side])):
            offered = sorted(figures.places(self.judged.ranked, side, self.net))
            for place in offered:
                if place[:2] == offered[0][:2]:
                    found[place[4]].append(badge)
        spreads = {look.quote.exchange: wording.spread(look.quote) for look in self.judged.ranked if look.state == "fresh"}
        for exchange, spread in spreads.items() if len(spreads) >= 3 else ():
            if spread == min(s for s in spreads.values() if s is not None):
                found[exchange].append("tightest")
        return found


def _range(rows: Sequence[Row]) -> Decimal | None:
    prices = [row.price for row in rows if row.rank and row.price]
    return (max(prices) - min(prices)) / min(prices) * HUNDRED if len(prices) > 1 else None


def _weights(counted: Sequence[Look], now: datetime, method: Method) -> list[Decimal | None]:
    """Volume times the weight of age; where nobody's volume is known, age alone."""
    known = any(look.volume is not None for look in counted)
    volumes = [look.volume if known else ONE for look in counted]
    return [None if volume is None else volume * quality.weight(look.quote, now, method) for look, volume in zip(counted, volumes, strict=True)]


def _winners(judged: Verdict, side: str, names: Mapping[str, str]) -> tuple[str, str] | None:
    """Who is best before and after fees, where they differ."""
    before, after = figures.best(judged.ranked, side, False), figures.best(judged.ranked, side, True)
    if before is None or after is None or before.exchange == after.exchange:
        return None
    return names.get(before.exchange, before.exchange), names.get(after.exchange, after.exchange)


def prefer(quotes: Mapping[str, Quote], wanted: Sequence[str], now: datetime, method: Method = DEFAULT, *,
           usd: Decimal | None = None, stable: bool = False) -> Choice:
    """One exchange's quote for a single-price request: the first wanted one that may be ranked and is fresh, else another
    such one, else the youngest price whose only fault is its age, else none with the reason.

    `wanted` are slugs, best liked first; empty means the operator's order.
    """
    with localcontext(EXACT):
        judged = verdict.judge(quotes, now, method, usd, stable)
    liked = list(wanted) or sorted(quotes, key=lambda name: (quotes[name].priority, name))
    ordered = [*liked, *sorted(quotes.keys() - set(liked), key=lambda name: (quotes[name].priority, name))]
    fresh = [name for name in ordered if name in quotes and judged.looks[name].state == "fresh" and judged.looks[name] in judged.ranked]
    why = _why_not(judged, liked[0]) if liked else "nobody lists it"
    if fresh:
        look = judged.looks[fresh[0]]
        first = fresh[0] == liked[0]
        return Choice(look.quote, "preferred" if first else "fallback", look.state, look.age_s, "" if first else why)
    old = [look for look in judged.looks.values() if look in judged.ranked or (look.reason in _OLD and look.quote.flag not in ANOMALIES)]
    if not old or judged.status in verdict.DISPUTES:
        return Choice(None, "none", "expired", None, wording.PLAIN.get(judged.status, why))
    look = min(old, key=lambda seen: (seen.age_s or 0, ordered.index(seen.quote.exchange)))
    return Choice(look.quote, "old", look.state, look.age_s, f"no fresh price anywhere: {wording.detail(look, None)}")


def _why_not(judged: Verdict, exchange: str) -> str:
    look = judged.looks.get(exchange)
    return "not listed there" if look is None else wording.detail(look, None)
