"""What holding one coin's perpetuals costs: the rates by exchange, what was paid over a time, and the two that lie furthest apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from exchanges.numbers import EXACT
from markets.analysis import wording
from markets.analysis.derivatives import FIGURE, HUNDRED
from markets.analysis.display import DASH, exact
from markets.analysis.funding import per_8h, per_year
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common, spans
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame
from markets.ask.router import Route

LOWEST = ("lowest", "negative")  # topics that look from below
PLACES = 4
HOURS = 12  # a shorter time is an interval, not a past
REASONS = {  # why a rate is not ranked
    "not_trading": "not trading", "bad_number": "a number that cannot be", "unit_mismatch": "volumes that contradict its price",
    "conflicted": "another coin of the same name", "unknown_identity": "not known yet whether it is the same coin", "stale": "an old rate",
    "expired": "an old rate", "partial": "no rate, or one of an unknown interval", "thin": "too little open interest",
    **{switch: wording.PLAIN[switch] for switch in ("disabled", "auto_disabled", "banned", "blocked", "not_in_rollout")},
}  # fmt: skip


class Rate(Struct, frozen=True, kw_only=True):
    """One perpetual's funding. `rate` is a ratio per `hours`, `hourly` the same per hour (None without a known interval); positive: longs pay.

    `reason` is why it is not ranked; "" when it is. `price` is the mark, in quote per coin.
    """

    exchange: str
    base: str
    quote: str
    rate: Decimal | None = None
    hours: Decimal | None = None
    hourly: Decimal | None = None
    foretold: Decimal | None = None
    next_at: datetime | None = None
    open_interest_usd: Decimal | None = None
    price: Decimal | None = None
    observed_at: datetime | None = None
    age_s: float | None = None
    state: str = ""
    reason: str = ""


class Paid(Struct, frozen=True, kw_only=True):
    """What one perpetual paid in `payments` payments over `hours` hours: `hourly` is the mean, `total` the sum, both ratios."""

    exchange: str
    hourly: Decimal
    total: Decimal
    payments: int
    hours: Decimal


class Pair(Struct, frozen=True, kw_only=True):
    """Long one perpetual, short another of the same coin: what the pair receives per hour before fees, and the sum of four taker fees, as ratios."""

    base: str
    quote: str
    long: str
    short: str
    diff_hourly: Decimal
    fees: Decimal | None = None
    open_interest_usd: Decimal | None = None
    price_gap_pct: Decimal | None = None
    age_s: float | None = None


class Funding(Struct, frozen=True, tag="funding", kw_only=True):
    """One coin's perpetuals in one currency. `quotes` are the other currencies, `paid` what was paid in the time asked for."""

    coin: Coin
    quote: str = ""
    rates: tuple[Rate, ...] = ()
    pair: Pair | None = None
    paid: tuple[Paid, ...] = ()
    quotes: tuple[str, ...] = ()
    missing: tuple[Left, ...] = ()


# --- One coin -----------------------------------------------------------------------------------------------------
def of_coin(frame: Frame, route: Route, found: Funding, now: datetime) -> Answer:
    """What one coin's perpetuals pay."""
    said = Said()
    ranked, others = _ranked(found.rates, frame), tuple(one for one in found.rates if one.reason)
    untold = (*common.told(route), *found.missing)  # of those in the table it says why
    left = (*common.told(route), *(_left(one, said, route) for one in others), *found.missing)
    sources = tuple(Used(one.exchange, route.named(one.exchange), one.observed_at, one.age_s, one.state) for one in ranked)
    holding = _holding(frame, ranked)
    lead = ranked[0] if ranked else None
    table = _paid_table(said, found, route) if found.paid else _table(said, (*ranked, *others), route, now, holding)
    return Answer(
        kind="answer" if found.paid or lead else "nothing", title=f"{found.coin.label} - funding",
        sentence=_over(said, frame, found, route) if found.paid else _now(said, found, ranked, route, now),
        lines=(*pair_lines(said, found.pair, route), *_held(said, found, ranked, holding, route), *common.reasons(untold)), table=table,
        notes=_notes(found, frame), sources=sources, excluded=left, value=_value(found, lead), unit="% a year", as_of=now,
        max_age_s=common.oldest(sources), page=_page(found),
        api=_api(found, frame, route), figures=said.figures,
    )  # fmt: skip


def _ranked(rates: Sequence[Rate], frame: Frame) -> tuple[Rate, ...]:
    """Those that count, the highest first; looked at from below, the lowest."""
    counted = [one for one in rates if not one.reason and one.hourly is not None]
    return tuple(sorted(counted, key=lambda one: (one.hourly, one.exchange), reverse=frame.topic not in LOWEST))


def apr(one: Rate | None) -> Decimal | None:
    """Simple percent a year."""
    return None if one is None or one.hourly is None else per_year(one.hourly)


def _value(found: Funding, lead: Rate | None) -> Decimal | None:
    """The figure it leads with: the highest mean of what was paid, else the first rate."""
    return per_year(max(one.hourly for one in found.paid)) if found.paid else apr(lead)


def _page(found: Funding) -> str:
    """The coin's own page, where it has one."""
    return common.address(f"/funding/{found.coin.key}/", quote=None if found.quote == "USDT" else found.quote) if found.rates else "/funding/"


def _api(found: Funding, frame: Frame, route: Route) -> str:
    if found.paid:
        return common.address("/api/v1/funding/history/", base=found.coin.key, quote=found.quote, exchange=common.only(frame, route))
    return common.address("/api/v1/funding/", base=found.coin.key, quote=found.quote, exchange=common.only(frame, route))


def _now(said: Said, found: Funding, ranked: Sequence[Rate], route: Route, now: datetime) -> str:
    """Who pays most and who least, or what the only one pays."""
    label = found.coin.label
    if not found.rates:
        return f"No exchange that was asked lists a perpetual on {label}."
    if not ranked:
        return _uncounted(said, found, route, now)
    first, last = ranked[0], ranked[-1]
    if first is last:
        return f"{label} funding on {route.named(first.exchange)} is {rate(said, first, route)}: {who(first)}{_next(said, first, now)}."
    ends = ("highest", "lowest") if (first.hourly or 0) >= (last.hourly or 0) else ("lowest", "highest")
    if first.hourly == last.hourly:
        return f"{label} funding is the same everywhere: {rate(said, first, route)}; {who(first)}."
    return (
        f"{label} funding is {ends[0]} on {route.named(first.exchange)}, {rate(said, first, route)}, and {ends[1]} on {route.named(last.exchange)}, "
        f"{rate(said, last, route)}. {_pays(ranked)}."
    )


def _uncounted(said: Said, found: Funding, route: Route, now: datetime) -> str:
    """The rate that is told all the same, and why it is not ranked: of several that with the most open interest."""
    told = [one for one in found.rates if one.rate is not None and one.hourly is not None]
    if not told:
        return f"No funding rate of {found.coin.label} counts right now."
    one = max(told, key=lambda one: one.open_interest_usd or 0)
    head = "" if len(found.rates) == 1 else f"No funding rate of {found.coin.label} counts right now. "
    what = f"{found.coin.label} funding on {route.named(one.exchange)} is {rate(said, one, route)}: {who(one)}{_next(said, one, now)}"
    return f"{head}{what}. It is {_left(one, said, route).detail}."


def rate(said: Said, one: Rate, route: Route) -> str:
    """As paid and a year: +0.0081 % every 8 h (8.87 % a year)."""
    name = route.named(one.exchange)
    return f"{_as_paid(said, one, name)} every {_hours(said, one, name)} ({said.percent(f'{one.base} on {name}, a year', apr(one), sign=True)} a year)"


def _as_paid(said: Said, one: Rate, name: str) -> str:
    return said.percent(f"{one.base} on {name}, as paid", _pct(one.rate), sign=True, places=PLACES)


def _hours(said: Said, one: Rate, name: str) -> str:
    return DASH if one.hours is None else said.coins(f"{one.base} on {name}, interval", one.hours.normalize(), "h") + " h"


def _pct(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio * HUNDRED


def who(one: Rate) -> str:
    """Who pays whom."""
    return "nobody pays" if not one.hourly else "longs pay shorts" if one.hourly > 0 else "shorts pay longs"


def _pays(ranked: Sequence[Rate]) -> str:
    """Who pays, where it is the same on all."""
    ways = {who(one) for one in ranked}
    return f"{ways.pop().capitalize()} on all of them" if len(ways) == 1 else "Where it is positive longs pay shorts, where it is negative shorts pay longs"


def _next(said: Said, one: Rate, now: datetime) -> str:
    if one.next_at is None:
        return ""
    left = said.age("until the next payment", (one.next_at - now).total_seconds())
    return f"; the next payment is in {left}, at {said.text('next payment', f'{one.next_at:%H:%M:%S}')} UTC"


# --- What was paid ------------------------------------------------------------------------------------------------
def _over(said: Said, frame: Frame, found: Funding, route: Route) -> str:
    """Means over the time asked for."""
    rows = sorted(found.paid, key=lambda one: (one.hourly, one.exchange), reverse=frame.topic not in LOWEST)
    first, last = rows[0], rows[-1]
    ends = ("highest", "lowest") if first.hourly >= last.hourly else ("lowest", "highest")
    over = spans.reached(said, frame.time_range, max(each.hours for each in found.paid))
    head = f"Over {over} {found.coin.label} funding averaged {_mean(said, first, route)} on {route.named(first.exchange)}"
    return f"{head}." if first is last else f"{head} ({ends[0]}) and {_mean(said, last, route)} on {route.named(last.exchange)} ({ends[1]})."


def _mean(said: Said, one: Paid, route: Route) -> str:
    return f"{said.percent(f'{route.named(one.exchange)}, mean a year', per_year(one.hourly), sign=True)} a year"


PAID = (
    Column("exchange", "Exchange"), Column("mean_8h_pct", "Mean per eight hours", number=True), Column("mean_apr_pct", "Mean a year", number=True),
    Column("total_pct", "Sum", number=True), Column("payments", "Payments", number=True, phone=False), Column("hours", "Hours", number=True, phone=False),
)  # fmt: skip


def _paid_table(said: Said, found: Funding, route: Route) -> Table:
    rows = sorted(found.paid, key=lambda one: (-one.hourly, one.exchange))
    return Table(PAID, tuple(_paid_row(said, one, route.named(one.exchange)) for one in rows))


def _paid_row(said: Said, one: Paid, name: str) -> tuple[Cell, ...]:
    mean, total = _pct(per_8h(one.hourly)), _pct(one.total)
    return (
        Cell(name), Cell(said.percent(f"{name}, mean per 8 h", mean, sign=True, places=PLACES), exact(mean)),
        Cell(said.percent(f"{name}, mean a year", per_year(one.hourly), sign=True), exact(per_year(one.hourly))),
        Cell(said.percent(f"{name}, sum", total, sign=True, places=PLACES), exact(total)),
        Cell(said.count(f"{name}, payments", one.payments), str(one.payments)),
        Cell(said.coins(f"{name}, hours", one.hours.normalize(), "h"), exact(one.hours)),
    )  # fmt: skip


# --- Two against each other, and holding one ----------------------------------------------------------------------
def pair_lines(said: Said, pair: Pair | None, route: Route) -> tuple[str, ...]:
    """Long on the one, short on the other."""
    if pair is None:
        return ()
    open_ = f"; {said.amount('open interest of the thinner leg', pair.open_interest_usd, 'USD')} USD open on the thinner leg"
    return (
        f"Long on {route.named(pair.long)}, short on {route.named(pair.short)}: "
        f"{said.percent(f'{pair.base} spread a year', per_year(pair.diff_hourly))} a year at the running rates, before fees{_even(said, pair)}{open_}.",
    )


def _even(said: Said, pair: Pair) -> str:
    hours = break_even(pair)
    return "" if hours is None else f"; four taker fees are even after {said.hours(f'{pair.base} break even', hours)}"


def break_even(pair: Pair) -> Decimal | None:
    """Hours at these rates until the four fees are paid back."""
    return None if pair.fees is None else FIGURE.divide(pair.fees, pair.diff_hourly)


class Holding(Struct, frozen=True):
    """So much of a coin, in its quote currency, over so many hours; `text` is how long in the question's words."""

    worth: dict[str, Decimal]  # by exchange
    hours: Decimal
    text: str


def _holding(frame: Frame, ranked: Sequence[Rate]) -> Holding | None:
    """What is asked to be held: an amount of money, or of the coin at each exchange's mark price, for a day unless a time is said."""
    if frame.amount is None or not ranked:
        return None
    amount, text = Decimal(frame.amount), frame.time_range or "1d"
    coins = frame.unit is not None and frame.unit in (ranked[0].base, *frame.assets)
    worth = {one.exchange: EXACT.multiply(amount, one.price) if coins and one.price else amount for one in ranked if one.price or not coins}
    return Holding(worth, spans.hours(text), text)


def _held(said: Said, found: Funding, ranked: Sequence[Rate], holding: Holding | None, route: Route) -> tuple[str, ...]:
    """What a long of the asked amount would pay at the dearest and the cheapest, if rates stayed."""
    if holding is None:
        return ()
    ends = [one for one in dict.fromkeys((ranked[0], ranked[-1])) if one.exchange in holding.worth]
    costs = [f"{_money(said, one, holding, route)} on {route.named(one.exchange)}" for one in ends]
    over = spans.words(said, holding.text)
    return (f"If rates stayed as they are, a long of that size would over {over} pay {', '.join(costs)}; what is negative it would receive.",) if costs else ()


def _cost(one: Rate, holding: Holding) -> Decimal:
    return FIGURE.multiply(holding.worth[one.exchange] * (one.hourly or 0), holding.hours)


def _money(said: Said, one: Rate, holding: Holding, route: Route) -> str:
    return f"{said.price(f'cost on {route.named(one.exchange)}', _cost(one, holding), one.quote, places=2)} {one.quote}"


# --- Evidence -----------------------------------------------------------------------------------------------------
COLUMNS = (
    Column("exchange", "Exchange"), Column("rate_pct", "As paid", number=True), Column("interval", "Every", number=True),
    Column("rate_8h_pct", "Per eight hours", number=True, phone=False), Column("apr_pct", "A year", number=True), Column("next_at", "Next in", number=True),
    Column("open_interest_usd", "Open interest, USD", number=True, phone=False),
)  # fmt: skip
RANKED = Column("ranked", "Ranked")  # where some are not
HELD = Column("cost", "A long pays", number=True)


def _table(said: Said, rates: Sequence[Rate], route: Route, now: datetime, holding: Holding | None) -> Table | None:
    rows = [(Cell(route.named(one.exchange)), *figures(said, one, route.named(one.exchange), now), *_held_cell(said, one, holding, route)) for one in rates]
    columns = (*COLUMNS, *((HELD,) if holding else ()))
    if any(one.reason for one in rates):
        columns, rows = (*columns, RANKED), [(*cells, _ranks(said, one, route)) for cells, one in zip(rows, rates, strict=True)]
    return Table(columns, tuple(rows)) if rows else None


def _ranks(said: Said, one: Rate, route: Route) -> Cell:
    return Cell(f"no, {_why(one, said, route)}" if one.reason else "yes")


def _held_cell(said: Said, one: Rate, holding: Holding | None, route: Route) -> tuple[Cell, ...]:
    if holding is None:
        return ()
    known = one.exchange in holding.worth and not one.reason
    return (Cell(_money(said, one, holding, route), exact(_cost(one, holding))) if known else Cell(DASH),)


def figures(said: Said, one: Rate, name: str, now: datetime) -> tuple[Cell, ...]:
    """A rate on every scale, the next payment, and the open interest: the cells of COLUMNS after the exchange."""
    left = None if one.next_at is None else max(0.0, (one.next_at - now).total_seconds())
    eight = None if one.hourly is None else _pct(per_8h(one.hourly))
    return (
        Cell(_as_paid(said, one, name), exact(_pct(one.rate))), Cell(_hours(said, one, name), exact(one.hours)),
        Cell(said.percent(f"{one.base} on {name}, per 8 h", eight, sign=True, places=PLACES), exact(eight)),
        Cell(said.percent(f"{one.base} on {name}, a year", apr(one), sign=True), exact(apr(one))),
        Cell(said.age(f"{one.base} on {name}, next in", left), "" if left is None else f"{left:.0f}"),
        Cell(said.amount(f"{one.base} on {name}, open interest", one.open_interest_usd, "USD"), exact(one.open_interest_usd)),
    )  # fmt: skip


def _left(one: Rate, said: Said, route: Route) -> Left:
    return Left(one.exchange, route.named(one.exchange), one.reason, f"not ranked, {_why(one, said, route)}")


def _why(one: Rate, said: Said, route: Route) -> str:
    why = REASONS.get(one.reason, one.reason.replace("_", " "))
    age = f" ({said.age(f'age on {route.named(one.exchange)}', one.age_s)})" if one.reason in ("stale", "expired") and one.age_s is not None else ""
    return f"{why}{age}"


def _notes(found: Funding, frame: Frame) -> tuple[str, ...]:
    notes = [found.coin.note] if found.coin.note else []
    notes += [f"Perpetuals on {found.coin.ticker} are priced in {', '.join(found.quotes)}, too."] if found.quotes else []
    if frame.quote == "USD" and found.quote == "USDT":
        notes.append("Dollars are answered in USDT.")
    elif frame.quote and found.quote and frame.quote != found.quote:
        notes.append(f"No perpetual that was asked for is priced in {frame.quote}: these are priced in {found.quote}.")
    if frame.time_range and not found.paid and frame.amount is None and found.rates and spans.hours(frame.time_range) >= HOURS:
        notes.append("Nothing that was paid in that time is stored: these are the running rates.")
    return tuple(notes)
