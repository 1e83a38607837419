"""How old one quote is, and whether it may count: states, the validity gate, frozen feeds, future stamps.

Everything here looks at one quote. What needs the other exchanges' prices (anomalies, disputes) is in `verdict`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from markets.analysis.identity import is_far
from markets.analysis.settings import Method
from markets.board import Quote

ANOMALIES = frozenset({"price_anomaly", "unit_mismatch", "identity_conflict", "dislocated"})
KNOWN = frozenset({"confirmed", "probable"})
HALF = Decimal("0.5")
ZERO = Decimal(0)
DISTRUSTED = timedelta(minutes=15)  # for so long after it was last found wrong an exchange helps nobody who is alone with it
FUTURE = timedelta(seconds=5)  # clocks differ this much without meaning anything
ONE = Decimal(1)
EVER = datetime.max.replace(tzinfo=UTC)
QUARANTINE = Decimal(20)  # base and quote volume that imply a price this many times off contradict each other


class Look(Struct, gc=False):
    """One quote seen at one instant. `reason` is why it does not count ("" when it does): a reason code, or its state.

    `mid` is 0 without both sides. `volume` is the day's, in quote units, where it is known and believable.
    """

    quote: Quote
    age_s: float | None
    state: str
    mid: Decimal
    volume: Decimal | None
    reason: str


def age_s(quote: Quote, now: datetime) -> float | None:
    """Seconds since the quote was true; never negative. None when it never was, or by a clock that has since been put back."""
    if quote.observed_at is None:
        return None
    age = (now - quote.observed_at).total_seconds()
    if age > 0:
        return age
    return 0.0 if -age <= FUTURE.total_seconds() else None


def state(age: float | None, period_s: int, method: Method) -> str:
    """Fresh, aging, stale or expired: by age and the feed's polling interval. However seldom a feed is asked, old is old."""
    if age is None or age > method.expired_s:
        return "expired"
    if age <= method.fresh_periods * period_s:
        return "fresh"
    if age <= method.aging_periods * period_s:
        return "aging"
    return "stale"


def weight(quote: Quote, now: datetime, method: Method) -> Decimal:
    """d(age): 1 while fresh, falling linearly to 0 at the end of aging."""
    if quote.observed_at is None:
        return ZERO
    age = Decimal((now - quote.observed_at) // timedelta(microseconds=1)) / 1_000_000
    end, span = method.aging_periods * quote.period_s, (method.aging_periods - method.fresh_periods) * quote.period_s
    return min(ONE, max(ZERO, (end - age) / span))


def look(quote: Quote, now: datetime, method: Method) -> Look:
    """Judge one quote by itself: gate, age, identity, stamp, in the methodology's order."""
    age = age_s(quote, now)
    known = state(age, quote.period_s, method)
    bid, ask = quote.bid, quote.ask
    if not bid or not ask:
        return Look(quote, age, known, ZERO, None, _closed(quote) or _one_sided(quote))
    mid = (bid + ask) * HALF
    reason = _closed(quote) or ("crossed" if bid > ask else "wide" if ask - bid > method.wide * mid else "")
    return Look(quote, age, known, mid, turnover(quote, mid), reason or _passing(quote, known, method))


def _closed(quote: Quote) -> str:
    return quote.switch or ("" if quote.status == "trading" else "not_trading")


def _one_sided(quote: Quote) -> str:
    bad = [side for side in ("bid", "ask") if side in quote.bad and not getattr(quote, side)]
    return "bad_number" if bad else "no_bid_ask"


def _passing(quote: Quote, known: str, method: Method) -> str:
    """Why a quote that is in order still does not count."""
    if known == "expired":
        return known
    if quote.identity == "conflicted":
        return "conflicted"
    if known == "stale":
        return known
    return "future" if ahead_s(quote) > method.future_s else ""


def ahead_s(quote: Quote) -> float:
    """By how many seconds the exchange's stamp lies in the future of its receipt; 0 up to five seconds, or without one."""
    sent, received = quote.exchange_ts, quote.received_at
    if sent is None or received is None or sent <= received or sent - received <= FUTURE:
        return 0.0
    return (sent - received).total_seconds()


def is_frozen(quote: Quote, others: Sequence[Decimal], now: datetime, method: Method, tol: float) -> bool:
    """Whether no number of the quote changed while most of `others`, the mids of those that were not found wrong, moved away.

    What memory already found frozen stays so until a number changes. One other alone that is farther off than `tol` is a dispute:
    nothing tells which of the two is wrong. Nor is half or double a move that freezes anybody: it is another unit.
    """
    if quote.flag == "frozen":
        return True
    if quote.same_polls < method.frozen_polls or quote.same_since is None or not quote.same_reference or not others:
        return False
    ratios = [float(other / quote.same_reference) for other in others]
    moved = [ratio for ratio in ratios if abs(ratio - 1) > method.frozen_move and not is_far(ratio)]
    most = 2 * len(moved) > len(ratios) and (len(ratios) > 1 or abs(moved[0] - 1) <= tol)
    return most and (now - quote.same_since).total_seconds() >= method.frozen_s


def is_distrusted(quote: Quote, now: datetime) -> bool:
    """Whether it was found wrong, is not back yet, and that is not long ago: what differs for good says nothing of others."""
    return quote.flag in ANOMALIES and (quote.flag_since is None or now - quote.flag_since <= DISTRUSTED)


def holds_until(quote: Quote, now: datetime, method: Method) -> datetime:
    """The last instant at which this quote is judged as it is now, its age apart."""
    ends = _state_ends(quote, now, method)
    if quote.flag_since is not None and is_distrusted(quote, now):
        ends = min(ends, quote.flag_since + DISTRUSTED)
    if quote.same_since is None or quote.same_polls < method.frozen_polls:
        return ends
    frozen = quote.same_since + timedelta(seconds=method.frozen_s)
    return ends if frozen <= now else min(ends, frozen - timedelta.resolution)


def _state_ends(quote: Quote, now: datetime, method: Method) -> datetime:
    """The last instant of its present state. A quote that is ahead of us, whose age stands still, is looked at anew each time."""
    if quote.observed_at is None:
        return EVER
    if quote.observed_at > now:
        return now - timedelta.resolution
    lasts = (method.fresh_periods * quote.period_s, method.aging_periods * quote.period_s, method.expired_s)
    ends = [quote.observed_at + timedelta(seconds=seconds) for seconds in lasts]
    return min([end for end in ends if end >= now], default=EVER)


def turnover(quote: Quote, mid: Decimal) -> Decimal | None:
    """The 24-hour volume in quote units; None when unknown, or when the base volume contradicts it."""
    quoted, base = quote.quote_volume_24h, quote.base_volume_24h
    if quoted is None or base is None:
        return quoted
    implied = base * mid
    return quoted if quoted <= QUARANTINE * implied and implied <= QUARANTINE * quoted else None


def is_thin(quote: Quote, usd: Decimal | None, method: Method) -> bool:
    """Whether hardly anything stands at a best price: under the market's own minimum, or a few dollars. Informs only."""
    tops = [price * size for price, size in ((quote.bid, quote.bid_size), (quote.ask, quote.ask_size)) if price and size is not None]
    least = quote.min_notional or ZERO
    return any(top < least or (usd is not None and top * usd < method.thin_usd) for top in tops)
