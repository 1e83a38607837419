"""Funding of one coin across exchanges: every rate on one scale, and the pair trade between two of them. Pure.

Short where the hourly rate is higher, long where it is lower. Perpetuals are compared with perpetuals only, and never
called cheap: what is compared is what holding one costs. A rate without a known interval is shown and ranked nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis.derivatives import FIGURE, HOURS_A_YEAR, HUNDRED, MOST, Contract, Funding, age_s, freshness, funding_flags, to_come
from markets.analysis.fees import Fees
from markets.analysis.settings import Method

WHENS = ("current", "predicted", "mean")
SIGNS = ("longs", "shorts")  # who pays on every exchange
MEAN_OF = timedelta(days=7)
PAYMENTS = 30  # whose sum is told
FILLS = 2  # of one leg: in and out
EIGHT = Decimal(8)
ZERO = Decimal(0)
OLD = ("stale", "expired")

# The edges of the heat classes, as ratios per eight hours.
MILD, STRONG = Decimal("0.00018"), Decimal("0.0003")
NOTHING = Decimal("0.0000005")  # what is written 0.0000%

Payment = tuple[Decimal | None, Decimal | None]  # (rate as a ratio, hours it was for)


class Mean(Struct, frozen=True, gc=False):
    """What was paid per hour, a ratio, over `hours` hours in `payments` payments."""

    hourly: Decimal
    payments: int
    hours: Decimal

    @property
    def rate_8h(self) -> Decimal:
        """A ratio per eight hours."""
        return per_8h(self.hourly)

    @property
    def apr_pct(self) -> Decimal:
        """Simple percent a year."""
        return per_year(self.hourly)


class View(Struct, frozen=True, gc=False, kw_only=True):
    """How rates are looked at: at `now`, the `when` of WHENS, with what was paid by (exchange, symbol) and the visitor's fees."""

    now: datetime
    usd: Mapping[str, Decimal]
    method: Method
    when: str = "current"
    means: Mapping[tuple[str, str], Mean] = {}
    fees: Fees = {}


class Cell(Struct, frozen=True, gc=False, kw_only=True):
    """One exchange's perpetual in a line. `rate` is as paid, a ratio per `hours`; `hourly` the same per hour, None without a known interval.

    `reason` is why it is in no route: a reason code or an age; "" when it may be.
    """

    contract: Contract
    rate: Decimal | None
    hours: Decimal | None
    hourly: Decimal | None
    payments: int = 0
    age_s: float | None = None
    state: str = "expired"
    reason: str = ""
    open_interest_usd: Decimal | None = None
    taker_fee: Decimal | None = None

    @property
    def rate_8h(self) -> Decimal | None:
        """A ratio per eight hours."""
        return None if self.hourly is None else per_8h(self.hourly)

    @property
    def apr_pct(self) -> Decimal | None:
        """Simple percent a year."""
        return None if self.hourly is None else per_year(self.hourly)

    @property
    def price(self) -> Decimal | None:
        """What the contract stands at: its mark, else what was last paid."""
        return self.contract.mark_price or self.contract.last


class Route(Struct, frozen=True, gc=False, kw_only=True):
    """Long one perpetual, short another of the same coin. `diff_hourly` is what the pair receives per hour, a ratio, always above zero.

    `fees` is the sum of four taker fees, a ratio; None where one is not known.
    """

    long: Cell
    short: Cell
    diff_hourly: Decimal
    fees: Decimal | None

    @property
    def diff_apr_pct(self) -> Decimal:
        """Simple percent a year, before fees."""
        return per_year(self.diff_hourly)

    @property
    def break_even_h(self) -> Decimal | None:
        """Hours at these rates until the four fees are paid back."""
        return None if self.fees is None else FIGURE.divide(self.fees, self.diff_hourly)

    @property
    def open_interest_usd(self) -> Decimal:
        """Of the thinner leg."""
        return min(cell.open_interest_usd for cell in (self.long, self.short))  # type: ignore[type-var,return-value]  # both legs have one

    @property
    def price_gap_pct(self) -> Decimal | None:
        """How far the short leg stands above the long one: above zero, the pair is entered at an advantage."""
        return gap_pct(self.long.price, self.short.price)


class Line(Struct, frozen=True, gc=False, kw_only=True):
    """One coin priced in one currency: its perpetual on each exchange that lists one, and the best route between them."""

    base: str
    quote: str
    cells: Mapping[str, Cell]
    route: Route | None

    @property
    def spread_apr_pct(self) -> Decimal | None:
        """Highest less lowest of the rates that count, in simple percent a year; None with fewer than two."""
        return self.route.diff_apr_pct if self.route else None

    @property
    def open_interest_usd(self) -> Decimal | None:
        """Of all exchanges whose open interest is known."""
        return total(cell.open_interest_usd for cell in self.cells.values())

    @property
    def largest(self) -> Cell:
        """The perpetual with the most open interest: whose basis stands for the line."""
        return max(self.cells.values(), key=lambda cell: cell.open_interest_usd or ZERO)

    @property
    def basis_pct(self) -> Decimal | None:
        """Of the largest perpetual."""
        return self.largest.contract.basis_pct


# --- Rates ------------------------------------------------------------------------------------------------------
def hourly(rate: Decimal | None, hours: Decimal | None) -> Decimal | None:
    """A ratio per interval as a ratio per hour; None without a known interval, or beyond what a rate can be."""
    if rate is None or hours is None or hours <= 0 or abs(rate) > MOST:
        return None
    return EXACT.divide(rate, hours)


def per_8h(per_hour: Decimal) -> Decimal:
    """A ratio per hour as one per eight hours."""
    return FIGURE.multiply(per_hour, EIGHT)


def per_year(per_hour: Decimal) -> Decimal:
    """A ratio per hour as simple percent a year."""
    return FIGURE.multiply(per_hour, HUNDRED * HOURS_A_YEAR)


def mean(payments: Iterable[Payment]) -> Mean | None:
    """The mean over time of what was paid, each payment by its own interval; those without a known one are left out."""
    known = [(rate, hours) for rate, hours in payments if rate is not None and hours is not None and hourly(rate, hours) is not None]
    if not known:
        return None
    span = sum((hours for _, hours in known), ZERO)
    return Mean(EXACT.divide(sum((rate for rate, _ in known), ZERO), span), len(known), span)


def heat(rate_8h: Decimal | None) -> int:
    """1 (shorts pay most) over 4 (nothing) to 7 (longs pay most); 0 for what is not known."""
    if rate_8h is None:
        return 0
    size = abs(rate_8h)
    step = 0 if size < NOTHING else 1 if size < MILD else 2 if size < STRONG else 3
    return 4 + step if rate_8h > 0 else 4 - step


def gap_pct(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """How far one price stands above another, in percent; None when either is unknown."""
    return FIGURE.divide((high - low) * HUNDRED, low) if low and high else None


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, ZERO) if known else None


# --- Cells ------------------------------------------------------------------------------------------------------
def cell(contract: Contract, view: View) -> Cell:
    """One perpetual as it stands in a line."""
    funding, paid = contract.funding or Funding(), view.means.get((contract.exchange, contract.symbol))
    age = age_s(funding.observed_at, view.now)
    state = freshness(age, funding.period_s, view.method)
    rate, per_hour = _rate(funding, view.when, paid)
    interest = in_usd(contract, view.usd)
    priced = freshness(age_s(contract.observed_at, view.now), contract.period_s, view.method)  # a route stands on its prices, too
    wrong = (*funding_flags(contract, funding), *(old for old in (state, priced) if old in OLD))
    return Cell(
        contract=contract, rate=rate, hours=funding.interval_hours, hourly=per_hour, payments=paid.payments if paid and view.when == "mean" else 0,
        age_s=age, state=state, open_interest_usd=interest, taker_fee=fee_of(contract, view.fees),
        reason=wrong[0] if wrong else _doubt(per_hour, interest, view.method),
    )


def in_usd(contract: Contract, usd: Mapping[str, Decimal]) -> Decimal | None:
    """Open interest in USD; None when it, its price or the quote's rate is unknown."""
    value, rate = contract.open_interest_value, usd.get(contract.quote)
    return None if value is None or rate is None else FIGURE.multiply(value, rate)


def _rate(funding: Funding, when: str, paid: Mean | None) -> tuple[Decimal | None, Decimal | None]:
    """(as paid, per hour)."""
    hours = funding.interval_hours
    if when == "mean":
        per_hour = paid.hourly if paid else None
        return (None if per_hour is None or hours is None else FIGURE.multiply(per_hour, hours)), per_hour
    rate = funding.next_rate if when == "predicted" else funding.rate
    return rate, hourly(rate, hours)


def fee_of(contract: Contract, fees: Fees) -> Decimal | None:
    """The visitor's own taker fee, else the one that is known of the contract."""
    own = fees.get(contract.exchange, fees.get(""))
    return contract.taker_fee if own is None else own


def _doubt(per_hour: Decimal | None, interest: Decimal | None, method: Method) -> str:
    """Why a rate that is in order is still in no route: on no scale, or on hardly any open interest."""
    if per_hour is None:
        return "partial"
    return "thin" if interest is None or interest < method.least_open_interest_usd else ""


# --- Lines ------------------------------------------------------------------------------------------------------
def lines(cells: Iterable[Cell], method: Method) -> list[Line]:
    """Cells gathered by coin and currency, each with its best route. Of two on one exchange the one that counts, then the larger."""
    found: dict[tuple[str, str], dict[str, Cell]] = {}
    for one in cells:
        row = found.setdefault((one.contract.base, one.contract.quote), {})
        other = row.get(one.contract.exchange)
        row[one.contract.exchange] = one if other is None or _weight(one) > _weight(other) else other
    return [Line(base=base, quote=quote, cells=row, route=route(list(row.values()), method)) for (base, quote), row in found.items()]


def _weight(one: Cell) -> tuple[bool, Decimal]:
    return not one.reason, one.open_interest_usd or ZERO


def route(cells: Sequence[Cell], method: Method) -> Route | None:
    """The pair with the largest difference of rates among those that count; of equals the one with more open interest.

    Two prices further apart than any tolerance are two different coins, whatever they are called.
    """
    counted = [one for one in cells if not one.reason]
    routes = [_route(long, short) for long, short in permutations(counted, 2) if long.hourly < short.hourly and _near(long, short, method)]  # type: ignore[operator]
    return max(routes, key=lambda r: (r.diff_hourly, r.open_interest_usd, r.long.contract.exchange, r.short.contract.exchange), default=None)


def _near(long: Cell, short: Cell, method: Method) -> bool:
    gap = gap_pct(long.price, short.price)
    return gap is not None and abs(gap) <= HUNDRED * Decimal(str(method.tol_tail))


def _route(long: Cell, short: Cell) -> Route:
    fees = None if long.taker_fee is None or short.taker_fee is None else FILLS * (long.taker_fee + short.taker_fee)
    return Route(long=long, short=short, diff_hourly=EXACT.subtract(short.hourly, long.hourly), fees=fees)  # type: ignore[arg-type]  # both count


def next_payment(line: Line, now: datetime) -> datetime | None:
    """The soonest payment that is announced and still to come."""
    known = (to_come(one.contract.funding.next_funding_at, now) for one in line.cells.values() if one.contract.funding)
    return min((at for at in known if at), default=None)


def pays(line: Line) -> str:
    """Who pays on every exchange whose rate is known, whatever its interval: longs, shorts, or "" where it differs."""
    signs = {rate > 0 for one in line.cells.values() if (rate := one.rate if one.hourly is None else one.hourly)}
    if len(signs) != 1:
        return ""
    return "longs" if signs == {True} else "shorts"


def highest(found: Iterable[Line]) -> Cell | None:
    """The perpetual whose holders pay most by the hour, of those that count."""
    counted = (one for line in found for one in line.cells.values() if not one.reason)
    return max(counted, key=lambda one: (one.hourly, one.open_interest_usd, one.contract.exchange), default=None)
