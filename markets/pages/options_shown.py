"""What the page of options shows: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from markets.analysis.chain import Expiry, Side, Strike
from markets.analysis.derivatives import HUNDRED
from markets.analysis.display import DASH, amount, exact, fixed, percent, price, signed
from markets.analysis.funding import total
from markets.pages.compare_shown import Faces
from markets.pages.funding_shown import REASONS, Links
from markets.pages.overview_shown import cell as safe
from markets.pages.query import Asked
from markets.reads.options import Look
from markets.shapes import Absence, ExchangeStatus


@dataclass(frozen=True)
class Half:
    """A call or a put of a row. `css` is grey where it is old or odd, and `why` says so; `inside` in the money."""

    bid: Decimal | None
    ask: Decimal | None
    iv: str
    delta: str
    volume: str
    interest: str
    css: str
    why: str


@dataclass(frozen=True)
class Row:
    """One strike."""

    strike: Decimal
    call: Half
    put: Half
    at_the_money: bool
    broken: bool


# --- Head ---------------------------------------------------------------------------------------------------------
def sentence(found: Look, faces: Faces) -> str:
    """What the chosen expiry comes to."""
    one = found.chosen
    if one is None:
        return f"No option on {found.base} is listed by an exchange that has answered." if not found.expiries else "This exchange lists no such expiry."
    parts = [f"at-the-money volatility {iv(one.atm_iv)} a year"] if one.atm_iv is not None else []
    parts += [f"{ratio(one.put_call_interest)} open puts for one open call"] if one.put_call_interest is not None else []
    parts += [f"max pain {price(one.max_pain, places=places_of_strike(one.max_pain))}"] if one.max_pain is not None else []
    name = faces[one.exchange].name if one.exchange in faces else one.exchange
    return f"{found.base} options to {day(one.expiry)} on {name}: {', '.join(parts) or 'nothing that counts right now'}."


def day(at: datetime) -> str:
    """25 Dec 2026."""
    return f"{at:%-d %b %Y}"


def iv(value: Decimal | None) -> str:
    """A volatility as percent a year."""
    return percent(None if value is None else value * HUNDRED, places=1, sign=False)


def ratio(value: Decimal | None) -> str:
    """Puts for one call."""
    return DASH if value is None else fixed(value, 2)


def places_of_strike(value: Decimal | None) -> int:
    """As many decimals as a strike has."""
    return 0 if value is None else max(0, -int(value.normalize().as_tuple().exponent))


def places(found: Look) -> int:
    """Decimals that the prices of a chain share: those of the finest that stands in it, at most five."""
    shown = [value for row in found.strikes for s in (row.call, row.put) if s for value in (s.option.bid, s.option.ask) if value]
    return min(5, max((places_of_strike(value) for value in shown), default=2))


def strike_places(found: Look) -> int:
    """Decimals that the strikes of a chain share."""
    return max((places_of_strike(row.strike) for row in found.strikes), default=0)


# --- Controls -----------------------------------------------------------------------------------------------------
def coins(asked: Asked, found: Look, known: Sequence[str]) -> Links:
    """The coins options are listed on."""
    return [(coin, asked.link(base=coin, expiry=None), coin == found.base) for coin in known]


def exchanges(asked: Asked, found: Look, faces: Faces) -> list[tuple[ExchangeStatus, str, bool]]:
    """(exchange, link, chosen) of those that list this coin."""
    chosen = found.chosen.exchange if found.chosen else asked.values["exchange"]
    return [(faces[slug], asked.link(exchange=slug), slug == chosen) for slug in found.exchanges if slug in faces]


def tabs(asked: Asked, found: Look) -> Links:
    """The expiries of the chosen exchange."""
    exchange = found.chosen.exchange if found.chosen else asked.values["exchange"]
    days = {one.expiry.date(): one.expiry for one in found.expiries if one.exchange == exchange}
    chosen = found.chosen.expiry.date() if found.chosen else None
    first = min(days, default=None)
    words = {each: f"{each:%-d %b}" if first and each.year == first.year else f"{each:%-d %b %y}" for each in days}
    return [(words[each], asked.link(expiry=(at, at)), each == chosen) for each, at in days.items()]


def none(missing: Iterable[Absence], faces: Faces) -> str:
    """Which exchanges offer none, in one line."""
    names = [faces[absence.exchange].name for absence in missing if absence.reason == "not_offered" and absence.exchange in faces]
    return f"No options are offered by {', '.join(names)}." if names else ""


def api_link(found: Look) -> str:
    """The same chain asked of the API."""
    one = found.chosen
    asked = {"base": found.base} | ({"exchange": one.exchange, "expiry": str(one.expiry.date())} if one else {})
    return "/api/v1/options/?" + urlencode(asked)


# --- Figures ------------------------------------------------------------------------------------------------------
def figures(one: Expiry | None) -> list[tuple[str, str, str]]:
    """(what, how much, what it means) of the chosen expiry."""
    if one is None:
        return []
    broken = f"{len(one.broken)} strikes" if one.broken else "holds" if one.counted else DASH
    return [
        ("Underlying", f"{price(one.underlying)} {one.quote}", "what the exchange takes its options to be on"),
        ("At-the-money volatility", iv(one.atm_iv), f"marked, a year, at {exact(one.atm_strike)}" if one.atm_strike else ""),
        ("Put/call, open", ratio(one.put_call_interest), f"{amount(one.put_open_interest)} puts, {amount(one.call_open_interest)} calls"),
        ("Put/call, 24 h", ratio(one.put_call_volume), f"{amount(one.put_volume)} puts, {amount(one.call_volume)} calls"),
        ("Max pain", DASH if one.max_pain is None else price(one.max_pain, places=places_of_strike(one.max_pain)), "where open options together pay least"),
        ("Put-call parity", broken, "quotes that contradict it" if one.broken else "call less put is underlying less strike, within 1 % and the spreads"),
    ]


def rows(found: Look) -> list[Row]:
    """The chain, a row for each strike."""
    return [Row(row.strike, _half(row.call), _half(row.put), row.at_the_money, row.parity == "broken") for row in found.strikes]


def _half(side: Side | None) -> Half:
    if side is None:
        return Half(None, None, DASH, DASH, DASH, DASH, "grey", "not listed")
    o = side.option
    delta = DASH if o.delta is None else signed(o.delta, 2)
    why = REASONS.get(side.reason, side.reason.replace("_", " "))
    return Half(o.bid, o.ask, iv(o.mark_iv), delta, amount(o.base_volume_24h), amount(o.open_interest), "grey" if side.reason else "", why)


def beside(found: Look, faces: Faces) -> list[tuple[ExchangeStatus, Expiry, dict[str, str]]]:
    """The same day on every exchange that lists it: where its expiry stands beside the chosen one."""
    if found.chosen is None:
        return []
    same = [one for one in found.expiries if one.expiry.date() == found.chosen.expiry.date() and one.exchange in faces]
    return [(faces[one.exchange], one, _beside(one)) for one in same]


def _beside(one: Expiry) -> dict[str, str]:
    return {
        "iv": iv(one.atm_iv), "interest": ratio(one.put_call_interest), "volume": ratio(one.put_call_volume),
        "pain": DASH if one.max_pain is None else price(one.max_pain, places=places_of_strike(one.max_pain)),
        "open": amount(total([one.call_open_interest, one.put_open_interest])),
    }


# --- State and CSV ------------------------------------------------------------------------------------------------
def state(found: Look) -> str:
    """Everything of the chain that changes without a new change number of the board."""
    return repr([(row.strike, row.at_the_money, row.parity, *((s.option, s.state, s.reason) for s in (row.call, row.put) if s)) for row in found.strikes])


CSV_HEAD = (
    "exchange", "symbol", "base", "quote", "expiry", "strike", "option_type", "at_the_money", "bid", "ask", "mark_price", "mark_iv", "delta", "base_volume_24h",
    "open_interest", "underlying", "parity", "age_s", "state", "reason", "as_of",
)


def csv_rows(found: Look, now: datetime) -> Iterable[tuple[str, ...]]:
    """The chain as plain numbers, a line for each option, a heading first."""
    yield CSV_HEAD
    for row in found.strikes:
        yield from (_csv(row, side, found, now) for side in (row.call, row.put) if side)


def _csv(row: Strike, side: Side, found: Look, now: datetime) -> tuple[str, ...]:
    o = side.option
    return (
        o.exchange, safe(o.symbol), safe(o.base), safe(o.quote), o.expiry.isoformat() if o.expiry else "", exact(o.strike), o.option_type,
        "true" if row.at_the_money else "false", exact(o.bid), exact(o.ask), exact(o.mark_price), exact(o.mark_iv), exact(o.delta), exact(o.base_volume_24h),
        exact(o.open_interest), exact(found.chosen.underlying if found.chosen else None), row.parity, "" if side.age_s is None else f"{side.age_s:.1f}",
        side.state, side.reason, now.isoformat(),
    )
