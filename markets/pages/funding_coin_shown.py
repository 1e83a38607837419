"""What the page of one coin's contracts shows: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe

from exchanges.numbers import plain
from markets import read
from markets.analysis import derivatives
from markets.analysis.carry import Carry, Position
from markets.analysis.derivatives import HUNDRED, Contract
from markets.analysis.display import DASH, age, amount, exact, percent, places_of, price, rate, signed
from markets.analysis.funding import OLD, PAYMENTS, Cell, Line, Mean, hourly, total
from markets.method import current_method
from markets.pages.compare_shown import Faces
from markets.pages.funding_charts import Frame, Series, chart
from markets.pages.funding_shown import REASONS, Links, Shown, hours, shown
from markets.pages.overview_shown import cell as safe
from markets.pages.query import Asked
from markets.reads.interest import Points
from markets.reads.settled import Settlement
from markets.shapes import ExchangeStatus

AMOUNT, DAYS = Decimal(10_000), Decimal(30)
HOUR = timedelta(hours=1)
RATE_GAP, INTEREST_GAP = timedelta(hours=25), timedelta(hours=3)  # longer ones are holes in what was read, not lines
Paid = Mapping[tuple[str, str], Sequence[Settlement]]
KINDS = {"spot": "Spot", "perp": "Perpetual", "future": "Future"}


@dataclass(frozen=True)
class Row:
    """One exchange's perpetual."""

    face: ExchangeStatus
    cell: Cell
    paid: Shown
    per_8h: Shown
    a_year: Shown
    foretold: str
    mean: str
    mean_of: str
    sum: str
    sum_of: str
    sum_pct: Decimal | None
    next_at: datetime | None
    next_in: str
    fee: str
    reason: str


@dataclass(frozen=True)
class Dated:
    """One dated future."""

    face: ExchangeStatus
    row: Contract
    left: str
    apr_pct: Decimal | None
    word: str
    places: int
    grey: bool
    reason: str


@dataclass(frozen=True)
class Told:
    """What a carry comes to, in words: (what, how much), and what is left of it on the way."""

    facts: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str, str], ...]
    sentence: str


# --- Head ---------------------------------------------------------------------------------------------------------
def first(found: Sequence[Line]) -> str:
    """The currency that is shown unasked: USDT where there is one, else that of the most open interest."""
    return "USDT" if any(line.quote == "USDT" for line in found) else found[0].quote


def ticker(line: Line) -> str:
    """The coin's ticker."""
    coin = read.board().coins.get(line.base)
    return coin.ticker if coin else line.base


def sentence(line: Line, faces: Faces) -> str:
    """The widest pair, or why there is none."""
    route = line.route
    if route is None:
        counted = sum(not one.reason for one in line.cells.values())
        why = "one rate alone counts" if counted == 1 else "no rate counts" if not counted else "the rates that count do not differ, or their prices do too far"
        return f"No pair on {line.base}: {why}." + (" What keeps the others out stands beside them." if counted < len(line.cells) else "")
    legs = [f"{faces[one.contract.exchange].name} ({percent(one.apr_pct)} a year)" for one in (route.long, route.short)]
    even = "" if route.break_even_h is None else f"; four taker fees are even after {hours(route.break_even_h)}"
    return f"Long on {legs[0]}, short on {legs[1]}: {percent(route.diff_apr_pct, sign=False)} a year at the running rates, before fees{even}."


def quotes(asked: Asked, found: Sequence[Line], line: Line) -> Links:
    """The currencies its perpetuals are priced in."""
    return [(each.quote, asked.link(quote=each.quote, buy="", sell=""), each.quote == line.quote) for each in found]


def ranges(asked: Asked, known: Iterable[str]) -> Links:
    """How far back the charts can reach."""
    return [(name.replace("d", " d"), asked.link(range=name), asked.values["range"] == name) for name in known]


def api_link(line: Line) -> str:
    """The same contracts asked of the API."""
    return "/api/v1/derivatives/?" + urlencode({"base": line.base, "quote": line.quote, "kind": "perp"})


# --- Tables -------------------------------------------------------------------------------------------------------
def rows(line: Line, paid: Paid, means: Mapping[tuple[str, str], Mean], faces: Faces, now: datetime) -> list[Row]:
    """The perpetuals in the exchanges' order."""
    cells = [(face, line.cells[slug]) for slug, face in faces.items() if slug in line.cells]
    return [_row(one, face, paid.get(place, ()), means.get(place), now) for face, one in cells for place in [(one.contract.exchange, one.contract.symbol)]]


def places(line: Line) -> int:
    """Decimals that the prices of a coin's perpetuals share."""
    return places_of(line.largest.price)


def _row(one: Cell, face: ExchangeStatus, paid: Sequence[Settlement], mean: Mean | None, now: datetime) -> Row:
    funding = one.contract.funding
    known = [row.rate for row in paid[-PAYMENTS:] if row.rate is not None]
    summed, at = total(known), derivatives.to_come(funding.next_funding_at, now) if funding else None
    foretold = derivatives.rate_8h(funding.next_rate, funding.interval_hours) if funding else None
    return Row(
        face=face, cell=one, paid=shown(one, "paid", face, False), per_8h=shown(one, "8h", face, False), a_year=shown(one, "year", face, False),
        foretold=percent(None if foretold is None else foretold * HUNDRED, places=4), mean=percent(mean.apr_pct if mean else None),
        mean_of=f"{mean.payments} payments over {hours(mean.hours)}" if mean else "no payment is stored",
        sum=percent(None if summed is None else summed * HUNDRED, places=4), sum_of=f"of {len(known)}" if known else "", sum_pct=summed and summed * HUNDRED,
        next_at=at, next_in=DASH if at is None else age((at - now).total_seconds()), fee=_fee(one),
        reason=REASONS.get(one.reason, one.reason),
    )


def _fee(one: Cell) -> str:
    """The taker fee that is counted, and when it is only the exchange's base tier for spot."""
    text = rate(None if one.taker_fee is None else one.taker_fee * HUNDRED)
    return f"{text} base" if one.taker_fee == one.contract.taker_fee and one.contract.fee_source == "default" else text


def futures(dated: Iterable[Contract], faces: Faces, now: datetime) -> list[Dated]:
    """Dated futures with their basis by the year."""
    return [_dated(row, faces[row.exchange], now) for row in dated if row.exchange in faces]


def _dated(row: Contract, face: ExchangeStatus, now: datetime) -> Dated:
    state = derivatives.freshness(derivatives.age_s(row.observed_at, now), row.period_s, current_method())
    found = [*derivatives.flags(row), *([state] if state in OLD else [])]
    basis = row.basis_pct
    word = "" if not basis else "contango" if basis > 0 else "backwardation"
    left = age((row.expiry - now).total_seconds()) if row.expiry else DASH
    reason = REASONS.get(found[0], found[0].replace("_", " ")) if found else ""
    return Dated(face, row, left, derivatives.basis_apr_pct(basis, row.expiry, now), word, places_of(row.mark_price), state in OLD, reason)


# --- Charts -------------------------------------------------------------------------------------------------------
def rates_chart(line: Line, paid: Paid, faces: Faces, since: datetime, now: datetime) -> SafeString:
    """What was paid, per eight hours, a line for each exchange."""
    series = [_series(faces[slug], _per_8h(paid.get((slug, one.contract.symbol), ()))) for slug, one in line.cells.items() if slug in faces]
    return _drawn(series, Frame(*_window(since, now), RATE_GAP, lambda v: percent(v, places=4), f"Funding paid on {line.base} per 8 h", zero=True))


def _per_8h(payments: Iterable[Settlement]) -> Points:
    known = ((row.settled_at, hourly(row.rate, row.interval_hours)) for row in payments)
    return tuple((at, value * 8 * HUNDRED) for at, value in known if value is not None)


def interest_chart(line: Line, then: Mapping[tuple[str, str], Points], faces: Faces, since: datetime, now: datetime) -> SafeString:
    """Open interest by the hour in coins, a line for each exchange."""
    series = [_series(faces[slug], then.get((slug, one.contract.symbol), ())) for slug, one in line.cells.items() if slug in faces]
    return _drawn(series, Frame(*_window(since, now), INTEREST_GAP, amount, f"Open interest in {line.base}"))


def _series(face: ExchangeStatus, points: Points) -> Series:
    return Series(face.place, face.monogram, face.name, points)


def _window(since: datetime, now: datetime) -> tuple[datetime, datetime]:
    """To the hour, so that a chart stays the same picture until something is added."""
    return since.replace(minute=0, second=0, microsecond=0), now.replace(minute=0, second=0, microsecond=0) + HOUR


def _drawn(series: Sequence[Series], frame: Frame) -> SafeString:
    return mark_safe(chart(series, frame))  # noqa: S308 - figures and escaped names only


# --- Carry --------------------------------------------------------------------------------------------------------
def options(legs: Mapping[str, Position], chosen: str, faces: Faces) -> list[tuple[str, str, bool]]:
    """(value, words, chosen) of a list of positions; one that is chosen and not there now stays and says so."""
    found = [(name, _leg(leg, faces), name == chosen) for name, leg in legs.items()]
    return found if not chosen or chosen in legs else [(chosen, f"{chosen}, not there now", True), *found]


def _leg(leg: Position, faces: Faces) -> str:
    name = faces[leg.exchange].name if leg.exchange in faces else leg.exchange
    if leg.kind == "future" and leg.expiry:
        return f"Future on {name} to {leg.expiry:%-d %b %Y}, {leg.symbol}"
    pays = f", {percent(leg.hourly * 8 * HUNDRED, places=4)} per 8 h" if leg.hourly is not None else f", {price(leg.price)}"
    return f"{KINDS[leg.kind]} on {name}{pays}"


def carried(found: Carry | None, quote: str) -> Told | None:
    """A carry in words; None where nothing can be said."""
    if found is None:
        return None
    even = _days(found.break_even_days) if found.break_even_days is not None else "never at this rate" if found.hourly <= 0 else DASH
    facts = (
        ("Comes in a day", _money(found.daily, quote)), ("A year, before fees", percent(found.apr_pct)),
        ("Four taker fees", f"{_money(None if found.costs is None else -found.costs, quote)} ({rate(None if found.fees is None else found.fees * HUNDRED)})"),
        ("Break even", even), (f"After {_days(found.days)}", f"{_money(found.end.net, quote)} ({percent(found.net_pct)})"),
        ("Short above long price", percent(found.price_gap_pct, places=3)),
    )
    steps = tuple((_days(step.days), _money(step.received, quote), _money(step.net, quote)) for step in found.steps)
    return Told(facts, steps, _carry_sentence(found, quote))


def _carry_sentence(found: Carry, quote: str) -> str:
    end = found.end
    if end.net is None:
        return f"{_money(end.received, quote)} come in over {_days(found.days)} at the running rate; a fee is not known, so what is left is not either."
    what = "the gap to the index closes by expiry" if found.dated else "the running rate stays as it is"
    return f"{_money(end.net, quote)} are left after {_days(found.days)} and four taker fees if {what}."


def _money(value: Decimal | None, quote: str) -> str:
    return DASH if value is None else f"{signed(value, 2)} {quote}"


def _days(value: Decimal) -> str:
    """30 days, 4.8 days, 1 day."""
    text = plain(round(value, 1)) or "0"
    return f"{text} day" if text == "1" else f"{text} days"


# --- State and CSV ------------------------------------------------------------------------------------------------
def state(context: Mapping[str, Any]) -> str:
    """Everything of the page that changes without a new change number of the board."""
    cells = [(r.cell.contract, r.cell.state, r.cell.reason, r.next_at, r.mean, r.sum) for r in context["rows"]]
    dated = [(f.row, f.grey) for f in context["futures"]]
    return repr((cells, dated, context["carry"], context["buy"], context["sell"], context["rates_chart"], context["interest_chart"]))


CSV_HEAD = (
    "exchange", "symbol", "base", "quote", "rate", "interval_hours", "rate_8h", "apr_pct", "next_funding_at", "next_rate", "sum_of_last_30_pct", "mark_price",
    "index_price", "last", "basis_pct", "open_interest", "open_interest_usd", "base_volume_24h", "quote_volume_24h", "contract_size", "max_leverage",
    "taker_fee", "age_s", "state", "reason", "as_of",
)


def csv_rows(line: Line, shown_rows: Iterable[Row], now: datetime) -> Iterable[tuple[str, ...]]:
    """The perpetuals as plain numbers, a heading first."""
    yield CSV_HEAD
    for row in shown_rows:
        one, c, f = row.cell, row.cell.contract, row.cell.contract.funding
        yield (
            c.exchange, safe(c.symbol), safe(line.base), safe(line.quote), exact(one.rate), exact(one.hours), exact(one.rate_8h), exact(one.apr_pct),
            row.next_at.isoformat() if row.next_at else "", exact(f.next_rate if f else None), exact(row.sum_pct), exact(c.mark_price), exact(c.index_price),
            exact(c.last), exact(c.basis_pct), exact(c.open_interest), exact(one.open_interest_usd), exact(c.base_volume_24h), exact(c.quote_volume_24h),
            exact(c.contract_size), exact(c.max_leverage), exact(one.taker_fee), "" if one.age_s is None else f"{one.age_s:.1f}", one.state, one.reason,
            now.isoformat(),
        )
