"""What one currency is worth in another, by markets that are open now; and whether stablecoins hold their pegs. Pure.

No rate is ever taken to be 1: a currency without a path of markets has no rate. A rate is the reference price of the direct
market, else of the inverse one, else the product along a path of up to three; its bid and ask are what could be had by
trading that path, each leg on one exchange, so that going there and back never gains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, localcontext
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from exchanges.numbers import EXACT
from markets.analysis import quality, reference, verdict
from markets.analysis.quality import KNOWN, Look
from markets.analysis.settings import DEFAULT, Method
from markets.board import PairKey, Quote

MONEY = "USDT"  # what amounts are shown in, and what a threshold in USD means
DOLLAR = "USD"
STATES = ("fresh", "aging", "stale", "expired")
PEGS = ("pegged", "wobbling", "depegged", "unknown")
ONE = Decimal(1)
HUNDRED = Decimal(100)

Pairs = Mapping[PairKey, Mapping[str, Quote]]


class Leg(Struct, frozen=True, gc=False, kw_only=True):
    """One market as a step from `source` to `target`: `target` units for one `source`.

    `mid` is the reference price over `exchanges`; `bid` and `ask` are of one `exchange`, the tightest. `spread` is
    theirs, a ratio of their middle. `inverted`: the market is listed the other way round. `age_s` is the oldest quote's,
    `state` the worst. `known`: every coin in it is known to be what its ticker says.
    """

    source: str
    target: str
    mid: Decimal
    bid: Decimal
    ask: Decimal
    spread: Decimal
    exchange: str
    exchanges: tuple[str, ...]
    age_s: float
    state: str
    known: bool = True
    inverted: bool = False

    def turned(self) -> Leg:
        """The same market walked the other way."""
        return replace(
            self, source=self.target, target=self.source, mid=_over(self.mid), bid=_over(self.ask), ask=_over(self.bid), inverted=not self.inverted,
        )


class Rate(Struct, frozen=True, gc=False, kw_only=True):
    """`target` units for one `source`: `mid` to show, `bid` for what is sold into `target`, `ask` for what has to be bought.

    `legs` are in order from source to target; none where both are the same. `age_s` is that of the oldest leg and `state`
    the worst leg's: prices may be converted by a fresh rate only; an older one still sizes volumes and thresholds.
    """

    source: str
    target: str
    mid: Decimal = ONE
    bid: Decimal = ONE
    ask: Decimal = ONE
    legs: tuple[Leg, ...] = ()
    age_s: float = 0.0
    state: str = "fresh"

    @property
    def fresh(self) -> bool:
        """Whether prices may be converted by it."""
        return self.state == "fresh"

    @property
    def path(self) -> tuple[str, ...]:
        """The currencies on the way, both ends included."""
        return (self.source, *(leg.target for leg in self.legs))

    def back(self) -> Rate:
        """The same path walked home: the rate to undo a conversion by."""
        return _along(self.target, self.source, tuple(leg.turned() for leg in reversed(self.legs)))


class Peg(Struct, frozen=True, gc=False, kw_only=True):
    """One stablecoin against the median of the others that follow the same `fiat`.

    `rate` and `median` are in the target currency. `deviation_pct` and `age_s` are None, and `state` is unknown, without
    a fresh rate or anybody to compare with.
    """

    ticker: str
    fiat: str
    state: str = "unknown"
    deviation_pct: Decimal | None = None
    rate: Decimal | None = None
    median: Decimal | None = None
    age_s: float | None = None


def rates(pairs: Pairs, kinds: Mapping[str, str], now: datetime, method: Method = DEFAULT, *,
          target: str = MONEY, usd: Mapping[str, Decimal] | None = None) -> dict[str, Rate]:
    """{currency: its rate} for every quote currency, stablecoin and fiat of the board that has one; unknown is absent.

    `kinds` is {ticker: class of asset}. `usd` are the last cycle's rates: they decide how far exchanges may be apart.
    """
    with localcontext(EXACT):
        network = _Network(pairs, kinds, now, method, {MONEY: ONE, **(usd or {})})
        found = ((source, network.rate(source, target)) for source in sorted(currencies(pairs, kinds) | {target}))
        return {source: rate for source, rate in found if rate is not None}


def rate(pairs: Pairs, kinds: Mapping[str, str], source: str, target: str, now: datetime, *,
         method: Method = DEFAULT, usd: Mapping[str, Decimal] | None = None) -> Rate | None:
    """One rate between any two tickers of the board; None when it is not known."""
    with localcontext(EXACT):
        return _Network(pairs, kinds, now, method, {MONEY: ONE, **(usd or {})}).rate(source, target)


def currencies(pairs: Iterable[PairKey], kinds: Mapping[str, str]) -> set[str]:
    """What prices are told in: every quote currency, and every stablecoin and fiat that trades."""
    bases = {key.base for key in pairs}
    return {key.quote for key in pairs} | {base for base in bases if kinds.get(base) in ("stablecoin", "fiat")}


def leg(key: PairKey, quotes: Mapping[str, Quote], now: datetime, method: Method = DEFAULT, *,
        usd: Decimal | None = None, stable: bool = False) -> Leg | None:
    """One pair as a leg: of its fresh quotes, else as it stood when it was last fresh. None for what nobody agrees on, or is expired."""
    looks = _fresh(quotes, now, method, usd, stable) or _fresh(quotes, _newest(quotes, now), method, usd, stable)
    if not looks:
        return None
    ages = {look.quote.exchange: quality.age_s(look.quote, now) or 0.0 for look in looks}
    state = max((quality.state(ages[look.quote.exchange], look.quote.period_s, method) for look in looks), key=STATES.index)
    if state == "expired":
        return None
    tight = min(looks, key=lambda look: (_spread(look), ages[look.quote.exchange], look.quote.exchange))
    return Leg(
        source=key.base, target=key.quote, mid=reference.median([look.mid for look in looks]), bid=tight.quote.bid, ask=tight.quote.ask,  # type: ignore[arg-type]
        spread=_spread(tight), exchange=tight.quote.exchange, exchanges=tuple(sorted(ages)), age_s=max(ages.values()), state=state,
        known=all(look.quote.identity in KNOWN for look in looks),
    )


def _fresh(quotes: Mapping[str, Quote], at: datetime, method: Method, usd: Decimal | None, stable: bool) -> list[Look]:
    return [look for look in verdict.judge(quotes, at, method, usd, stable).ranked if look.state == "fresh"]


def _newest(quotes: Mapping[str, Quote], now: datetime) -> datetime:
    """When the youngest of them was true. A time that is still to come was stamped by a clock that has since been put back."""
    return max((quote.observed_at for quote in quotes.values() if quote.observed_at and quote.observed_at <= now), default=now)


def _spread(look: Look) -> Decimal:
    return EXACT.divide(look.quote.ask - look.quote.bid, look.mid)  # type: ignore[operator]  # it passed the gate


def _over(value: Decimal) -> Decimal:
    return EXACT.divide(ONE, value)


class _Network:
    """The board as currencies joined by markets, each judged when a path first needs it."""

    def __init__(self, pairs: Pairs, kinds: Mapping[str, str], now: datetime, method: Method, usd: Mapping[str, Decimal]) -> None:
        self._pairs, self._kinds, self._now, self._method, self._usd = pairs, kinds, now, method, usd
        self._near: dict[str, set[str]] = {}
        self._legs: dict[tuple[str, str], Leg | None] = {}
        for key in pairs:
            if key.kind == "spot" and self._may_join(key.base, key.quote):
                self._near.setdefault(key.base, set()).add(key.quote)
                self._near.setdefault(key.quote, set()).add(key.base)

    def rate(self, source: str, target: str) -> Rate | None:
        """By fresh legs; without any such path, by what was last known."""
        if source == target:
            return Rate(source=source, target=target)
        return self._best(source, target, ("fresh",)) or self._best(source, target, STATES)

    def _best(self, source: str, target: str, states: Sequence[str]) -> Rate | None:
        """The fewest legs, then the smallest sum of spreads, then the youngest, then by name."""
        for paths in (self._direct(source, target), self._over_one(source, target), self._over_two(source, target)):
            found = [rate for path in paths if (rate := self._walked(path, states))]
            if found:
                return min(found, key=_order)
        return None

    def _direct(self, source: str, target: str) -> Iterator[tuple[str, ...]]:
        if target in self._near.get(source, ()):
            yield source, target

    def _over_one(self, source: str, target: str) -> Iterator[tuple[str, ...]]:
        for middle in self._near.get(source, set()) & self._near.get(target, set()):
            yield source, middle, target

    def _over_two(self, source: str, target: str) -> Iterator[tuple[str, ...]]:
        for first in self._near.get(source, set()) - {target}:
            for second in self._near[first] & self._near.get(target, set()) - {source} if self._leg(source, first) else ():
                yield source, first, second, target

    def _walked(self, path: Sequence[str], states: Sequence[str]) -> Rate | None:
        """The rate along a path; None where a leg is missing or too old, or goes through a coin nobody is sure of."""
        legs = []
        for source, target in pairwise(path):
            found = self._leg(source, target)
            if found is None or found.state not in states or not (found.known or len(path) == 2):
                return None
            legs.append(found)
        return _along(path[0], path[-1], tuple(legs))

    def _leg(self, source: str, target: str) -> Leg | None:
        """The direct market, else the inverse one turned; a fresh one before one that is not."""
        if (source, target) not in self._legs:
            straight, inverse = self._market(source, target), self._market(target, source)
            known = [found for found in (straight, inverse.turned() if inverse else None) if found]
            self._legs[source, target] = min(known, key=lambda found: found.state != "fresh", default=None)
        return self._legs[source, target]

    def _market(self, base: str, quote: str) -> Leg | None:
        key = PairKey(base, quote)
        quotes = self._pairs.get(key)
        if quotes is None:
            return None
        stable = self._kinds.get(base) == self._kinds.get(quote) == "stablecoin"
        return leg(key, quotes, self._now, self._method, usd=self._usd.get(quote), stable=stable)

    def _may_join(self, base: str, quote: str) -> bool:
        """Fiat money is joined to others by its stablecoin markets only."""
        kinds = [self._kinds.get(base), self._kinds.get(quote)]
        return "fiat" not in kinds or "stablecoin" in kinds


def _along(source: str, target: str, legs: tuple[Leg, ...]) -> Rate:
    mid = bid = ask = ONE
    for step in legs:
        mid, bid, ask = EXACT.multiply(mid, step.mid), EXACT.multiply(bid, step.bid), EXACT.multiply(ask, step.ask)
    age_s, state = max((step.age_s for step in legs), default=0.0), max((step.state for step in legs), key=STATES.index, default="fresh")
    return Rate(source=source, target=target, mid=mid, bid=bid, ask=ask, legs=legs, age_s=age_s, state=state)


def _order(rate: Rate) -> tuple[Decimal, float, tuple[str, ...]]:
    """Which of several paths of one length is taken; the same one there and back."""
    return sum(sorted(step.spread for step in rate.legs), Decimal(0)), rate.age_s, min(rate.path, rate.path[::-1])


# --- Pegs ---------------------------------------------------------------------------------------------------------
def pegs(found: Mapping[str, Rate], kinds: Mapping[str, str], method: Method = DEFAULT) -> dict[str, Peg]:
    """{stablecoin: whether it holds} by rates into one currency, whichever that is."""
    fiats = sorted(ticker for ticker, kind in kinds.items() if kind == "fiat")
    follows = {ticker: follows_fiat(ticker, fiats) for ticker in sorted(found) if kinds.get(ticker) == "stablecoin"}
    return {ticker: _peg(ticker, follows, found, method) for ticker in follows}


def follows_fiat(ticker: str, fiats: Iterable[str]) -> str:
    """The money a stablecoin stands for: the one its ticker names, else the dollar."""
    return next((fiat for fiat in fiats if fiat in ticker), DOLLAR)


def _peg(ticker: str, follows: Mapping[str, str], found: Mapping[str, Rate], method: Method) -> Peg:
    fiat, own = follows[ticker], found[ticker]
    others = [found[other] for other, named in follows.items() if named == fiat and other != ticker and found[other].fresh]
    if not others and fiat in found and found[fiat].fresh:
        others = [found[fiat]]
    if not own.fresh or not others:
        return Peg(ticker=ticker, fiat=fiat, rate=own.mid, age_s=own.age_s)
    median = reference.median([other.mid for other in others])
    deviation = EXACT.subtract(EXACT.divide(own.mid, median), ONE)
    return Peg(
        ticker=ticker, fiat=fiat, state=peg_state(deviation, method), deviation_pct=EXACT.multiply(deviation, HUNDRED), rate=own.mid, median=median,
        age_s=max(own.age_s, *(other.age_s for other in others)),
    )


def peg_state(deviation: Decimal, method: Method = DEFAULT) -> str:
    """pegged, wobbling or depegged, by a ratio off the others either way."""
    off = abs(deviation)
    return "pegged" if off <= method.peg_pegged else "wobbling" if off <= method.peg_wobbling else "depegged"
