"""What one coin's markets come to: volume by exchange, the norm, the index's change, who agrees, and the sentiment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import sentiment, volume
from markets.analysis.cross import MONEY
from markets.analysis.depth import BANDS, Depth
from markets.analysis.sentiment import Sentiment
from markets.analysis.volume import ONE, Volume

HUNDRED = Decimal(100)
PRICED = ("", *volume.SUSPECT, "no_volume", "no_rate")  # a doubtful volume says nothing against the price
NEAR = BANDS[2]  # books are weighed within 1 % of their middle
Key = tuple[str, str]  # exchange, symbol


class Past(Struct, frozen=True, gc=False):
    """What today is measured by: {market: USD} of each day before at this hour, yesterday first, and the spreads s_p and s_v."""

    days: tuple[Mapping[Key, Decimal], ...] = ()
    price_spread: float | None = None
    volume_spread: float | None = None


class Activity(Struct, frozen=True, gc=False, kw_only=True):
    """One coin's day, in USD. `shares` are by exchange; `change` is the index price's, a ratio; `relative` is RV, from `days` days.

    `agree` exchanges of `told` point the same `way` (1, 0, -1). `left_out` are volumes that are shown and not counted.
    """

    usd: Decimal | None
    by_exchange: Mapping[str, Decimal]
    shares: Mapping[str, Decimal]
    concentration: Decimal | None
    relative: Decimal | None
    days: int
    change: Decimal | None
    agree: int
    way: int
    told: int
    sentiment: Sentiment
    left_out: tuple[Volume, ...]
    markets: int
    oldest_s: float | None


def measure(volumes: Sequence[Volume], past: Past, of_quotes: Mapping[str, Decimal], *, suspect: bool = False) -> Activity:
    """`of_quotes`: the change of each quote currency in USD, a ratio. `suspect`: count volumes that are only doubted, too."""
    with localcontext(EXACT):
        return _measured(volumes, past, of_quotes, suspect)


def relative(volumes: Sequence[Volume], past: Past, *, suspect: bool = False) -> tuple[Decimal | None, int]:
    """RV of the volumes that count, and from how many days it is taken."""
    today = {(v.exchange, v.symbol): v.usd for v in volumes if v.usd is not None and volume.counts(v, suspect=suspect)}
    with localcontext(EXACT):
        return volume.norm_ratio(today, past.days)


def _measured(volumes: Sequence[Volume], past: Past, of_quotes: Mapping[str, Decimal], suspect: bool) -> Activity:
    counted = [v for v in volumes if volume.counts(v, suspect=suspect)]
    by_exchange = sums((v.exchange, v.usd) for v in counted)
    usual, days = relative(volumes, past, suspect=suspect)
    by_change = changes(volumes, of_quotes, suspect=suspect)
    everywhere = [pair for pairs in by_change.values() for pair in pairs]
    each = [change for pairs in by_change.values() if (change := volume.index_change(pairs)) is not None]
    change = volume.index_change(everywhere)
    agree, way, told = sentiment.agreement(each)
    portions = volume.parts(by_exchange)
    return Activity(
        usd=volume.total(by_exchange.values()), by_exchange=by_exchange, shares=portions, concentration=volume.concentration(portions.values()),
        relative=usual, days=days, change=change, agree=agree, way=way, told=told,
        sentiment=sentiment.sentiment(change, past.price_spread, usual, past.volume_spread, sentiment.breadth(each)),
        left_out=tuple(v for v in volumes if not volume.counts(v, suspect=suspect)), markets=len(counted),
        oldest_s=max((v.age_s for v in counted if v.age_s is not None), default=None),
    )


def sums(amounts: Iterable[tuple[str, Decimal | None]]) -> dict[str, Decimal]:
    """{name: sum of its known amounts}; a name without any is absent."""
    found: dict[str, Decimal] = {}
    for name, amount in amounts:
        if amount is not None:
            found[name] = EXACT.add(found.get(name, Decimal(0)), amount)
    return found


# --- The way of prices ------------------------------------------------------------------------------------------
def changes(volumes: Sequence[Volume], of_quotes: Mapping[str, Decimal], *, suspect: bool = False) -> dict[str, list[tuple[Decimal, Decimal | None]]]:
    """{exchange: [(change in USD as a ratio, volume that weighs it)]} of every market whose price counts."""
    found: dict[str, list[tuple[Decimal, Decimal | None]]] = {}
    for v in volumes:
        change = in_usd(v.change_pct, of_quotes.get(v.quote)) if v.reason in PRICED else None
        if change is not None:
            found.setdefault(v.exchange, []).append((change, v.usd if volume.counts(v, suspect=suspect) else None))
    return found


def in_usd(change_pct: Decimal | None, of_quote: Decimal | None) -> Decimal | None:
    """A market's change in percent of its quote currency, as a ratio in USD; None when either is unknown."""
    if change_pct is None or of_quote is None:
        return None
    return EXACT.multiply(ONE + change_pct / HUNDRED, ONE + of_quote) - ONE


def quote_changes(markets: Mapping[tuple[str, str], Sequence[Volume]]) -> dict[str, Decimal]:
    """{currency: its change in USD}: by its market against what USD means here, or the inverse one; unknown is absent."""
    found = {MONEY: Decimal(0)}
    for quote in {quote for _, quote in markets} - {MONEY}:
        straight = _index(markets.get((quote, MONEY), ()))
        inverse = _index(markets.get((MONEY, quote), ()))
        if straight is not None:
            found[quote] = straight
        elif inverse is not None and inverse > -ONE:
            found[quote] = EXACT.divide(ONE, ONE + inverse) - ONE
    return found


def _index(volumes: Sequence[Volume]) -> Decimal | None:
    known = [(v.change_pct / HUNDRED, v.usd if volume.counts(v) else None) for v in volumes if v.reason in PRICED and v.change_pct is not None]
    return volume.index_change(known)


# --- Books ------------------------------------------------------------------------------------------------------
def weigh(book: Depth) -> tuple[Decimal, Decimal] | None:
    """(money bid, money asked) within 1 % of a book's middle, or within the widest narrower band it fills; None if it fills none."""
    whole = [b for b in book.bands if b.ratio <= NEAR and not (b.bid_truncated or b.ask_truncated)]
    return (whole[-1].bid, whole[-1].ask) if whole else None
