"""A chain of options by strike, and what an expiry comes to: volatility, put/call ratios, max pain, put-call parity. Pure.

One exchange's chain at a time: options of two exchanges are different contracts, and their open interest is not one heap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.derivatives import FIGURE, Option, age_s, flags, freshness
from markets.analysis.funding import total
from markets.analysis.settings import Method

PARITY = Decimal("0.01")  # of the underlying: interest and dividends explain less than that over most expiries
ZERO = Decimal(0)
UNCOUNTED = frozenset({"stale", "expired"})
INFORMS = frozenset({"no_bid_ask", "unknown_identity"})  # an empty side of an option is usual


class Side(Struct, frozen=True, gc=False):
    """One option of a strike; `reason` keeps it out of what the expiry comes to."""

    option: Option
    age_s: float | None
    state: str
    reason: str


class Strike(Struct, frozen=True, gc=False, kw_only=True):
    """The call and the put of one strike. `at_the_money`: nearest to the underlying. `parity`: holds, broken or "" when not known."""

    strike: Decimal
    call: Side | None = None
    put: Side | None = None
    at_the_money: bool = False
    parity: str = ""


class Expiry(Struct, frozen=True, gc=False, kw_only=True):
    """What one exchange's options of one expiry come to. Volatility is a ratio a year; open interest and volume in coins."""

    exchange: str
    base: str
    quote: str
    expiry: datetime
    underlying: Decimal | None
    atm_strike: Decimal | None
    atm_iv: Decimal | None
    call_open_interest: Decimal | None
    put_open_interest: Decimal | None
    call_volume: Decimal | None
    put_volume: Decimal | None
    max_pain: Decimal | None
    broken: tuple[Decimal, ...]  # the strikes whose quotes contradict put-call parity
    counted: int
    listed: int

    @property
    def put_call_interest(self) -> Decimal | None:
        """Open puts for one open call."""
        return _ratio(self.put_open_interest, self.call_open_interest)

    @property
    def put_call_volume(self) -> Decimal | None:
        """Puts traded in 24 hours for one call."""
        return _ratio(self.put_volume, self.call_volume)


def _ratio(puts: Decimal | None, calls: Decimal | None) -> Decimal | None:
    return None if puts is None or not calls else FIGURE.divide(puts, calls)


# --- The chain ----------------------------------------------------------------------------------------------------
def strikes(options: Sequence[Option], now: datetime, method: Method) -> list[Strike]:
    """One exchange's options of one expiry by strike, lowest first, with the strike at the money marked."""
    sides: dict[Decimal, dict[str, Side]] = {}
    for option in options:
        if option.strike is not None and option.option_type:
            sides.setdefault(option.strike, {})[option.option_type] = side(option, now, method)
    spot = underlying(options)
    nearest = at_the_money(sides, spot)
    return [
        Strike(strike=strike, call=pair.get("call"), put=pair.get("put"), at_the_money=strike == nearest, parity=parity(strike, pair, spot))
        for strike, pair in sorted(sides.items())
    ]


def side(option: Option, now: datetime, method: Method) -> Side:
    """One option with its age, and why it does not count."""
    age = age_s(option.observed_at, now)
    state = freshness(age, option.period_s, method)
    wrong = [flag for flag in flags(option) if flag not in INFORMS]
    return Side(option, age, state, wrong[0] if wrong else state if state in UNCOUNTED else "")


def underlying(options: Iterable[Option]) -> Decimal | None:
    """The price the chain is written on, of the youngest row that tells one: its own forward, else its index."""
    told = [o for o in options if (o.underlying_price or o.index_price) and o.observed_at]
    newest = max(told, key=lambda o: (o.observed_at, o.symbol), default=None)
    return (newest.underlying_price or newest.index_price) if newest else None


def at_the_money(known: Iterable[Decimal], spot: Decimal | None) -> Decimal | None:
    """The strike nearest to the underlying; of two as near the lower."""
    return None if spot is None else min(known, key=lambda strike: (abs(strike - spot), strike), default=None)


def parity(strike: Decimal, pair: dict[str, Side], spot: Decimal | None) -> str:
    """Whether call less put is about underlying less strike, within what both spreads and interest leave open."""
    call, put = pair.get("call"), pair.get("put")
    if call is None or put is None or call.reason or put.reason or not spot:
        return ""
    c, p, forward = call.option, put.option, spot - strike
    if not c.bid or not c.ask or not p.bid or not p.ask:
        return ""
    room = PARITY * spot
    return "holds" if c.bid - p.ask <= forward + room and c.ask - p.bid >= forward - room else "broken"


# --- What an expiry comes to ----------------------------------------------------------------------------------------
def expiries(options: Iterable[Option], now: datetime, method: Method) -> list[Expiry]:
    """Every exchange's expiries of one coin, in order of time."""
    groups: dict[tuple[datetime, str, str], list[Option]] = {}
    for option in options:
        if option.expiry is not None and option.expiry > now:
            groups.setdefault((option.expiry, option.exchange, option.quote), []).append(option)
    return [expiry(group, now, method) for _, group in sorted(groups.items())]


def expiry(options: Sequence[Option], now: datetime, method: Method) -> Expiry:
    """One exchange's options of one expiry; there is at least one."""
    rows, first = strikes(options, now, method), options[0]
    calls = [row.call.option for row in rows if row.call and not row.call.reason]
    puts = [row.put.option for row in rows if row.put and not row.put.reason]
    middle = next((row for row in rows if row.at_the_money), None)
    return Expiry(
        exchange=first.exchange, base=first.base, quote=first.quote, expiry=first.expiry, underlying=underlying(options),  # type: ignore[arg-type]
        atm_strike=middle.strike if middle else None, atm_iv=_iv(middle), call_open_interest=total(o.open_interest for o in calls),
        put_open_interest=total(o.open_interest for o in puts), call_volume=total(o.base_volume_24h for o in calls),
        put_volume=total(o.base_volume_24h for o in puts), max_pain=max_pain(calls, puts),
        broken=tuple(row.strike for row in rows if row.parity == "broken"), counted=len(calls) + len(puts), listed=len(options),
    )


def _iv(middle: Strike | None) -> Decimal | None:
    """The mean of the marked volatilities of call and put at the money."""
    sides = (middle.call, middle.put) if middle else ()
    known = [s.option.mark_iv for s in sides if s and not s.reason and s.option.mark_iv]
    return FIGURE.divide(sum(known, ZERO), Decimal(len(known))) if known else None


def max_pain(calls: Sequence[Option], puts: Sequence[Option]) -> Decimal | None:
    """The strike at which all open options together would be paid least at expiry; of equals the lower. None with nothing open."""
    open_calls = [(o.strike, o.open_interest) for o in calls if o.open_interest]
    open_puts = [(o.strike, o.open_interest) for o in puts if o.open_interest]

    def paid(at: Decimal) -> Decimal:
        up = sum((size * max(ZERO, at - strike) for strike, size in open_calls), ZERO)  # type: ignore[operator]
        return up + sum((size * max(ZERO, strike - at) for strike, size in open_puts), ZERO)  # type: ignore[operator]

    known = sorted({strike for strike, _ in [*open_calls, *open_puts] if strike is not None})
    return min(known, key=lambda at: (paid(at), at), default=None)
