"""What the numbers of perpetuals, dated futures and options come to: funding on one scale, basis, value, ages. Pure.

Rows arrive per coin and in base units (the store undid contracts and multipliers), so nothing here multiplies by a
contract. An unknown funding interval stays unknown: such a rate is shown as it is and put on no other scale.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from msgspec import Struct

from markets.analysis import units
from markets.analysis.quality import FUTURE
from markets.analysis.settings import Method

FIGURE = Context(prec=15, rounding=ROUND_HALF_EVEN)  # digits of a figure computed for people
HOURS_A_YEAR = 24 * 365
SECONDS_A_YEAR = HOURS_A_YEAR * 3600
HUNDRED = Decimal(100)
MOST = Decimal("0.05")  # of a coin's worth in one interval; a rate beyond that is a mistake, not a rate
BANDS = 2  # a slow feed's rows are old after twice the time in which they age


class Funding(Struct, frozen=True, gc=False, kw_only=True):
    """The funding of the running interval: a ratio per interval; positive means that longs pay shorts.

    `interval_from` says where the interval was learnt (exchange, catalogue, history; "" with None). `period_s` is the feed's.
    """

    rate: Decimal | None = None
    interval_hours: Decimal | None = None
    interval_from: str = ""
    next_funding_at: datetime | None = None
    next_rate: Decimal | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    bad: str = ""
    exchange_ts: datetime | None = None
    ts_source: str = "received"
    requested_at: datetime | None = None
    received_at: datetime | None = None
    observed_at: datetime | None = None
    period_s: int = 60
    switch: str = ""

    @property
    def rate_8h(self) -> Decimal | None:
        """The same rate over eight hours, a ratio; None without a known interval."""
        return rate_8h(self.rate, self.interval_hours)

    @property
    def apr_pct(self) -> Decimal | None:
        """The same rate over a year, simple, in percent; None without a known interval."""
        return apr_pct(self.rate, self.interval_hours)


class Contract(Struct, frozen=True, gc=False, kw_only=True):
    """One perpetual or dated future with its latest ticker. Prices in quote per coin, sizes and open interest in coins.

    `contract_size` is what one contract stands for: coins of a linear one, money of an inverse one. `switch` is "" or the
    reason code that keeps the exchange, the feed or the market from counting. `period_s` is the ticker feed's. `taker_fee`
    is a ratio, and `fee_source` says whose word it is: operator, exchange or default.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    kind: str
    status: str = "trading"
    settle: str = ""
    inverse: bool = False
    contract_size: Decimal | None = None
    max_leverage: Decimal | None = None
    expiry: datetime | None = None
    identity: str = "unknown"
    taker_fee: Decimal | None = None
    fee_source: str | None = None
    bid: Decimal | None = None
    bid_size: Decimal | None = None
    ask: Decimal | None = None
    ask_size: Decimal | None = None
    last: Decimal | None = None
    mark_price: Decimal | None = None
    index_price: Decimal | None = None
    open_interest: Decimal | None = None
    open_interest_at: datetime | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    change_24h_pct: Decimal | None = None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    bad: str = ""
    exchange_ts: datetime | None = None
    ts_source: str = "received"
    requested_at: datetime | None = None
    received_at: datetime | None = None
    observed_at: datetime | None = None
    period_s: int = 30
    switch: str = ""
    funding: Funding | None = None

    @property
    def basis_pct(self) -> Decimal | None:
        """How far the mark price stands above its index, in percent."""
        return basis_pct(self.mark_price, self.index_price)

    @property
    def open_interest_value(self) -> Decimal | None:
        """Open interest in quote units, at the mark price (at the index where there is no mark)."""
        price = self.mark_price or self.index_price
        return None if price is None or self.open_interest is None else FIGURE.multiply(self.open_interest, price)


class Option(Struct, frozen=True, gc=False, kw_only=True):
    """One option with its latest ticker. Prices in quote per coin of the underlying, sizes and open interest in coins.

    Implied volatilities are ratios a year (0.56 = 56 %); the greeks as the exchange computes them.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    kind: str = "option"
    status: str = "trading"
    settle: str = ""
    underlying: str = ""
    expiry: datetime | None = None
    strike: Decimal | None = None
    option_type: str = ""
    contract_size: Decimal | None = None
    identity: str = "unknown"
    bid: Decimal | None = None
    bid_size: Decimal | None = None
    ask: Decimal | None = None
    ask_size: Decimal | None = None
    last: Decimal | None = None
    mark_price: Decimal | None = None
    mark_iv: Decimal | None = None
    bid_iv: Decimal | None = None
    ask_iv: Decimal | None = None
    delta: Decimal | None = None
    gamma: Decimal | None = None
    vega: Decimal | None = None
    theta: Decimal | None = None
    open_interest: Decimal | None = None
    underlying_price: Decimal | None = None
    index_price: Decimal | None = None
    base_volume_24h: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    change_24h_pct: Decimal | None = None
    bad: str = ""
    exchange_ts: datetime | None = None
    ts_source: str = "received"
    requested_at: datetime | None = None
    received_at: datetime | None = None
    observed_at: datetime | None = None
    period_s: int = 60
    switch: str = ""


# --- Funding and basis ------------------------------------------------------------------------------------------
def rate_8h(rate: Decimal | None, interval_hours: Decimal | None) -> Decimal | None:
    """A ratio per interval as a ratio per eight hours."""
    return _scaled(rate, interval_hours, Decimal(8))


def apr_pct(rate: Decimal | None, interval_hours: Decimal | None) -> Decimal | None:
    """A ratio per interval as simple percent a year: 0.0001 every 8 h is 10.95. Never compounded."""
    return _scaled(rate, interval_hours, HUNDRED * HOURS_A_YEAR)


def _scaled(rate: Decimal | None, interval_hours: Decimal | None, factor: Decimal) -> Decimal | None:
    if rate is None or interval_hours is None or interval_hours <= 0 or abs(rate) > MOST:
        return None
    return FIGURE.divide(rate * factor, interval_hours)


def basis_pct(mark: Decimal | None, index: Decimal | None) -> Decimal | None:
    """(mark / index - 1) in percent; None when either is unknown."""
    return FIGURE.divide((mark - index) * HUNDRED, index) if mark and index else None


def basis_apr_pct(basis: Decimal | None, expiry: datetime | None, now: datetime) -> Decimal | None:
    """A dated future's basis in simple percent a year; None for perpetuals and from the expiry on."""
    if basis is None or expiry is None or expiry <= now:
        return None
    left = Decimal((expiry - now) // timedelta(seconds=1)) or Decimal(1)
    return FIGURE.divide(basis * SECONDS_A_YEAR, left)


# --- What is over -----------------------------------------------------------------------------------------------
def trades_still(expiry: datetime | None, now: datetime) -> bool:
    """False from the expiry on, whatever a catalogue that was read before it says."""
    return expiry is None or expiry > now


def to_come(at: datetime | None, now: datetime) -> datetime | None:
    """A time that is announced as the next one; None once it has passed: the next one after it has not been told yet."""
    return at if at is not None and at > now else None


# --- Ages and flags ---------------------------------------------------------------------------------------------
def age_s(at: datetime | None, now: datetime) -> float | None:
    """Seconds since something was true, never negative; None when it never was, or by a clock that was put back since."""
    if at is None or at - now > FUTURE:
        return None
    return max(0.0, (now - at).total_seconds())


def freshness(age: float | None, period_s: float, method: Method) -> str:
    """Fresh, aging, stale or expired by the feed's own period.

    What is read often expires as quotes do, after fifteen minutes; what is read once an hour is not old before its next turn.
    """
    if age is None or age > max(method.expired_s, BANDS * method.aging_periods * period_s):
        return "expired"
    if age <= method.fresh_periods * period_s:
        return "fresh"
    return "aging" if age <= method.aging_periods * period_s else "stale"


def flags(contract: Contract | Option) -> tuple[str, ...]:
    """Everything that keeps a contract from counting or is worth knowing, in the order of the quotes' vocabulary."""
    found = (
        (contract.switch, bool(contract.switch)),
        ("not_trading", contract.status != "trading"),
        ("no_bid_ask", contract.bid is None or contract.ask is None),
        ("bad_number", bool(contract.bad)),
        ("unit_mismatch", isinstance(contract, Contract) and not units.agree(contract)),
        ("crossed", contract.bid is not None and contract.ask is not None and contract.bid > contract.ask),
        ("conflicted", contract.identity == "conflicted"),
        ("unknown_identity", contract.identity == "unknown"),
    )
    return tuple(name for name, there in found if there)


def funding_flags(contract: Contract, funding: Funding) -> tuple[str, ...]:
    """The same for a funding rate: its own feed's switch, and what is known of the market it is paid in."""
    found = (
        (funding.switch, bool(funding.switch)),
        ("not_trading", contract.status != "trading"),
        ("bad_number", bool(funding.bad) or (funding.rate is not None and abs(funding.rate) > MOST)),
        ("unit_mismatch", not units.agree(contract)),
        ("conflicted", contract.identity == "conflicted"),
        ("unknown_identity", contract.identity == "unknown"),
    )
    return tuple(name for name, there in found if there)
