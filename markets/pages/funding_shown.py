"""What the matrix of funding rates shows: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from exchanges.numbers import plain
from markets import read
from markets.analysis.derivatives import HUNDRED
from markets.analysis.display import DASH, age, amount, exact, fixed, percent
from markets.analysis.funding import OLD, Cell, Line, heat, next_payment
from markets.api import filters
from markets.pages.compare_shown import Faces
from markets.pages.overview_shown import cell as safe
from markets.pages.query import ALL, Asked
from markets.reads.funding import Matrix, name_of, volume_usd
from markets.shapes import Absence, ExchangeStatus

SCALES = (("8h", "Per 8 h"), ("year", "Per year"), ("paid", "As paid"))
WHENS = (("current", "Current"), ("predicted", "Predicted"), ("mean", "7-day mean"))
SCALED = {"8h": "per 8 h", "year": "a year", "paid": "each time"}
BUSY = Decimal(10_000_000)  # the one open interest with a button of its own
QUOTES_SHOWN = 3
REASONS = {  # why a rate is in no route
    "disabled": "switched off by an operator", "auto_disabled": "switched off by Pebble", "banned": "paused by the exchange",
    "blocked": "not reachable from here", "not_in_rollout": "not released yet", "not_trading": "not trading", "bad_number": "a number that cannot be",
    "unit_mismatch": "volumes that contradict the price", "conflicted": "another coin of the same name",
    "unknown_identity": "not known yet whether it is the same coin", "stale": "an old rate", "expired": "an old rate",
    "partial": "no rate, or one of an unknown interval", "thin": "too little open interest",
}
COLUMNS = (  # after the exchanges: (sort key, heading, class, explanation)
    ("spread", "Spread a year", "num", "Highest less lowest of the rates that count"),
    ("", "Long → short", "text", "Long where holding costs least, short where it pays most"),
    ("open_interest", "Open interest", "num", "On all exchanges that tell it, one side, USD"),
    ("basis", "Basis", "num", "Mark over index price, of the exchange with the most open interest"),
    ("next", "Next", "num", "Until the soonest payment"),
)


@dataclass(frozen=True)
class Shown:
    """One heat cell. `value` is the exact figure that is shown, "" without one; `tag` the real interval."""

    text: str
    value: str
    tag: str
    css: str
    title: str


@dataclass(frozen=True)
class Row:
    """One line of the matrix."""

    id: str
    ticker: str
    name: str
    path: str
    symbol: str
    cells: tuple[Shown, ...]
    line: Line
    ends: tuple[ExchangeStatus, ExchangeStatus] | None
    route: str
    next_at: datetime | None
    next_in: str


@dataclass(frozen=True)
class Column:
    """One heading. `sorted` is for aria-sort."""

    title: str
    css: str
    link: str
    sorted: str
    explains: str


# --- Rows ---------------------------------------------------------------------------------------------------------
def lines(found: Matrix, scale: str, faces: Faces, now: datetime) -> list[Row]:
    """The rows of a page."""
    return [_row(line, found, scale, faces, now) for line in found.rows]


def _row(line: Line, found: Matrix, scale: str, faces: Faces, now: datetime) -> Row:
    coin, at, route = read.board().coins.get(line.base), next_payment(line, now), line.route
    return Row(
        id=f"r-{line.base}-{line.quote}", ticker=coin.ticker if coin else line.base, name=coin.name if coin else "", path=path_of(line.base, line.quote),
        symbol=f"{line.base}/{line.quote} perp", line=line,
        next_at=at, next_in=DASH if at is None else age((at - now).total_seconds()),
        cells=tuple(shown(line.cells.get(slug), scale, faces[slug], slug in found.unread) for slug in found.columns),
        ends=(faces[route.long.contract.exchange], faces[route.short.contract.exchange]) if route else None, route=_route_words(line),
    )


def path_of(base: str, quote: str) -> str:
    """Where one coin's contracts are shown."""
    return f"/funding/{url_quote(base, safe='')}/" + ("" if quote == "USDT" else f"?{urlencode({'quote': quote})}")


def shown(one: Cell | None, scale: str, face: ExchangeStatus, unread: bool) -> Shown:
    """A rate on the asked scale with its real interval, its age and why it is in no route in the title."""
    if one is None:
        return Shown("not collected yet" if unread else "not listed", "", "", "none", "")
    value, places = scaled(one, scale), 2 if scale == "year" else 4
    css = f"heat-{heat(one.rate_8h)}" + (" grey" if one.state in OLD else "")
    if value is None:
        if one.rate is None or one.hourly is not None:  # nothing is told, or it is on this scale only that nothing can be said
            return Shown(DASH, "", _interval(one), "none", _title(one, face, DASH))
        value, places = one.rate * HUNDRED, 4  # its interval is not known: as it is told, and on no other scale
    text = percent(value, places=places)
    old = f" · {' '.join(age(one.age_s).split()[:2])}" if one.state in OLD else ""
    return Shown(text, exact(value), _interval(one) + old, css, _title(one, face, f"{text} {SCALED[scale]}" if one.hourly is not None else text))


def scaled(one: Cell, scale: str) -> Decimal | None:
    """In percent per eight hours, per year, or as paid; None without a known interval (as paid too: it is told beside it)."""
    if scale == "year":
        return one.apr_pct
    rate = one.rate if scale == "paid" else one.rate_8h
    return None if rate is None or one.hourly is None else rate * HUNDRED


def _interval(one: Cell) -> str:
    return f"{plain(one.hours)}h" if one.hours else "?\N{THIN SPACE}h"


def _title(one: Cell, face: ExchangeStatus, text: str) -> str:
    every = f"paid every {plain(one.hours)} h" if one.hours else "its interval is not known"
    parts = [f"{face.name} {one.contract.symbol}: {text}, {every}"]
    parts += [f"mean of {one.payments} payments"] if one.payments else []
    parts += [f"{amount(one.open_interest_usd)} USD open" if one.open_interest_usd is not None else "open interest unknown", f"{age(one.age_s)} old"]
    return "; ".join(parts) + (f"; in no route: {REASONS.get(one.reason, one.reason)}" if one.reason else "")


def _route_words(line: Line) -> str:
    route = line.route
    if route is None:
        return ""
    fees = None if route.fees is None else route.fees * HUNDRED
    even = "" if fees is None else f"; four taker fees of {percent(fees, sign=False)} are even after {hours(route.break_even_h)}"
    return f"{amount(route.open_interest_usd)} USD open on the thinner leg; short leg {percent(route.price_gap_pct, places=3)} above the long one{even}"


def hours(value: Decimal | None) -> str:
    """A number of hours: 4.8 h, 96 h, 12 d."""
    if value is None:
        return DASH
    if value >= 240:
        return f"{fixed(value / 24, 0)} d"
    return f"{fixed(value, 1 if value < 10 else 0)} h"


# --- The answer ---------------------------------------------------------------------------------------------------
def sentence(found: Matrix, when: str, faces: Faces) -> str:
    """The widest spread of all that match, or why there is none."""
    if not found.total:
        return "No perpetual matches." if len(found.unread) < len(found.columns) else "No funding rate has been collected yet."
    route = found.widest.route if found.widest else None
    if found.widest is None or route is None:
        return "No two rates can be compared: those that are here are old, thin, or of coins that are not known to be the same."
    base, long, short = found.widest.base, faces[route.long.contract.exchange].name, faces[route.short.contract.exchange].name
    even = "" if route.break_even_h is None else f"; four taker fees are even after {hours(route.break_even_h)}"
    at = {"current": "", "predicted": " at the foretold rates", "mean": " at the mean rates of seven days"}[when]
    return f"Widest on {base}: long on {long}, short on {short}, {percent(route.diff_apr_pct, sign=False)} a year before fees{at}{even}."


def left_out(found: Matrix) -> list[tuple[int, str]]:
    """How many rates of this page are in no route, and why."""
    counts = Counter(REASONS.get(one.reason, one.reason) for line in found.rows for one in line.cells.values() if one.reason)
    return [(count, reason) for reason, count in counts.most_common()]


def notices(found: Matrix) -> list[Absence]:
    """What is missing, without what is simply not offered or off."""
    return [absence for absence in found.missing if absence.reason not in ("not_offered", "disabled")]


def all_old(found: Matrix) -> bool:
    """Whether there are rates, and every one of them is old."""
    states = {one.state for line in found.rows for one in line.cells.values()}
    return bool(states) and states <= set(OLD)


def state(found: Matrix, now: datetime) -> str:
    """Everything of a page's rows that changes without a new change number of the board."""
    cells = [(one.contract.exchange, one.rate, one.hourly, one.state, one.reason, one.open_interest_usd) for line in found.rows for one in line.cells.values()]
    times = [next_payment(line, now) for line in found.rows]
    return repr((found.total, found.missing, [(line.base, line.quote, line.basis_pct) for line in found.rows], cells, times))


# --- Controls -----------------------------------------------------------------------------------------------------
Links = list[tuple[str, str, bool]]


def scales(asked: Asked) -> Links:
    """(words, link, chosen)."""
    return [(words, asked.link(scale=key), asked.values["scale"] == key) for key, words in SCALES]


def whens(asked: Asked) -> Links:
    """(words, link, chosen)."""
    return [(words, asked.link(when=key, offset=0), asked.values["when"] == key) for key, words in WHENS]


def quotes(asked: Asked, found: Matrix) -> Links:
    """The currencies with the most perpetuals, the chosen one, and all."""
    chosen = asked.values["quote"]
    names = list(found.quotes[:QUOTES_SHOWN])
    names += [chosen] if chosen not in (*names, ALL) else []
    return [("All" if name == ALL else name, asked.link(quote=name, offset=0), name == chosen) for name in (*names, ALL)]


def busy(asked: Asked) -> tuple[str, bool]:
    """(link, on) of the button for open interest over 10M."""
    on = asked.values["min_open_interest_usd"] == BUSY
    return asked.link(min_open_interest_usd=None if on else BUSY, offset=0), on


def columns(asked: Asked, found: Matrix, faces: Faces) -> list[Column]:
    """All headings in order."""
    exchanges = [(slug, faces[slug].name, "num", f"Rate on {faces[slug].name}") for slug in found.columns]
    return [_column(asked, *column) for column in (("asset", "Asset", "text", ""), *exchanges, *COLUMNS)]


def _column(asked: Asked, key: str, title: str, css: str, explains: str) -> Column:
    sort = asked.values["sort"]
    if not key:
        return Column(title, css, "", "", explains)
    first, other = (key, f"-{key}") if key in ("asset", "next") else (f"-{key}", key)
    direction = ("descending" if sort.startswith("-") else "ascending") if sort.lstrip("-") == key else ""
    return Column(title, css, asked.link(sort=other if sort == first else first, offset=0), direction, explains)


def removals(asked: Asked) -> list[tuple[str, str]]:
    """(what a filter asks for, the link without it) for every filter that is set."""
    v = asked.values
    says = {
        "quote": f"Priced in {v['quote']}", "exchange": f"{len(v['exchange'])} exchanges only", "search": f"Search “{v['search']}”",
        "min_open_interest_usd": f"Open interest over {amount(v['min_open_interest_usd'])}", "min_volume_usd": f"Volume over {amount(v['min_volume_usd'])}",
        "interval": f"Paid every {v['interval']} h", "sign": f"{str(v['sign']).capitalize()} pay",
    }
    defaults = {p.name: p.default for p in asked.parameters}
    return [(text, asked.link(**{name: defaults[name], "offset": 0})) for name, text in says.items() if v[name] != defaults[name]]


def api_link(asked: Asked) -> str:
    """The same question asked of the API."""
    v = asked.values
    kept: Mapping[str, str] = {
        "quote": "" if v["quote"] == ALL else v["quote"], "exchange": ",".join(v["exchange"]), "when": "" if v["when"] == "current" else v["when"],
        "fees": filters.fees_text(v["fees"]), "min_open_interest_usd": plain(v["min_open_interest_usd"]) or "", "search": v["search"],
        "min_volume_usd": plain(v["min_volume_usd"]) or "", "interval": "" if v["interval"] == "any" else v["interval"],
        "sign": "" if v["sign"] == "any" else v["sign"], "ordering": "" if v["sort"] == "-spread" else v["sort"],
    }
    return "/api/v1/funding/routes/?" + urlencode({name: text for name, text in kept.items() if text})


# --- CSV ------------------------------------------------------------------------------------------------------------
PER_EXCHANGE = ("symbol", "rate", "interval_hours", "rate_8h", "apr_pct", "age_s", "reason")


def csv_rows(found: Matrix, now: datetime) -> Iterable[tuple[str, ...]]:
    """The same rows as plain numbers, a heading first."""
    yield (
        "base", "quote", "name", *(f"{slug}_{name}" for slug in found.columns for name in PER_EXCHANGE), "spread_apr_pct", "long", "short", "fees_pct",
        "break_even_hours", "price_gap_pct", "route_open_interest_usd", "open_interest_usd", "volume_24h_usd", "basis_pct", "next_funding_at", "as_of",
    )
    for line in found.rows:
        at, cells = next_payment(line, now), [text for slug in found.columns for text in _csv_cell(line.cells.get(slug))]
        yield (
            safe(line.base), safe(line.quote), safe(name_of(line.base)), *cells, *_csv_route(line), exact(line.open_interest_usd), exact(volume_usd(line)),
            exact(line.basis_pct), at.isoformat() if at else "", now.isoformat(),
        )


def _csv_cell(one: Cell | None) -> tuple[str, ...]:
    if one is None:
        return ("", "", "", "", "", "", "not_listed")
    aged = "" if one.age_s is None else f"{one.age_s:.1f}"
    return safe(one.contract.symbol), exact(one.rate), exact(one.hours), exact(one.rate_8h), exact(one.apr_pct), aged, one.reason


def _csv_route(line: Line) -> tuple[str, ...]:
    r = line.route
    if r is None:
        return ("",) * 7
    fees = None if r.fees is None else r.fees * HUNDRED
    numbers = (fees, r.break_even_h, r.price_gap_pct, r.open_interest_usd)
    return exact(r.diff_apr_pct), r.long.contract.exchange, r.short.contract.exchange, *map(exact, numbers)
