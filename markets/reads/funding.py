"""Funding across exchanges: the matrix, the routes, and everything about one coin's contracts. The page and the API ask here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from markets import read
from markets.analysis import funding
from markets.analysis.derivatives import Contract, trades_still
from markets.analysis.fees import Fees
from markets.analysis.funding import ZERO, Cell, Line, View
from markets.method import current_method
from markets.reads import contracts, gaps, settled
from markets.shapes import Absence

SORTS = ("asset", "spread", "open_interest", "basis", "next")  # and the name of every exchange


@dataclass(frozen=True)
class Wanted:
    """What the matrix may be narrowed by. `quote` "" is every currency, `sign` "" whoever pays.

    `sort` is one of SORTS or an exchange, "-" in front for descending.
    """

    quote: str = "USDT"
    exchanges: tuple[str, ...] = ()
    when: str = "current"
    fees: Fees = field(default_factory=dict)
    base: tuple[str, ...] = ()
    search: str = ""
    min_open_interest_usd: Decimal | None = None
    min_volume_usd: Decimal | None = None
    interval_hours: int | None = None
    sign: str = ""
    sort: str = "-spread"
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Matrix:
    """One page of the matrix. `widest` is the best route of all that match, whatever the page; `compared` how many lines have one."""

    rows: tuple[Line, ...]
    total: int
    columns: tuple[str, ...]
    quotes: tuple[str, ...]
    widest: Line | None
    compared: int
    missing: tuple[Absence, ...]
    unread: frozenset[str]  # exchanges of which nothing is stored at all


def matrix(wanted: Wanted, now: datetime) -> Matrix:
    """The lines that match, in the asked order, cut to a page."""
    columns = on(wanted.exchanges)
    everything = lines(now, when=wanted.when, fees=wanted.fees, exchanges=columns)
    tests = _tests(wanted)
    found = _ordered([line for line in everything if all(test(line) for test in tests)], wanted.sort, now)
    routes = [line for line in found if line.route]
    return Matrix(
        rows=tuple(found[wanted.offset : wanted.offset + wanted.limit]), total=len(found), columns=columns, quotes=_quotes(everything),
        widest=max(routes, key=_spread, default=None), compared=len(routes), missing=gaps.gaps("funding", now, columns),
        unread=frozenset(columns) - {slug for line in everything for slug in line.cells},
    )


def highest(now: datetime) -> Cell | None:
    """The perpetual whose holders pay most by the hour right now, of those that count on any exchange that is on."""
    return funding.highest(lines(now))


def on(only: Sequence[str] = ()) -> tuple[str, ...]:
    """The exchanges that are switched on (of `only`, where any are named), in order."""
    return tuple(e.slug for e in gaps.ordered() if e.enabled and (not only or e.slug in only))


# --- Lines --------------------------------------------------------------------------------------------------------
KEPT = 4  # of the last few questions: the same one is asked again by every reader within its second
_kept: dict[object, tuple[object, list[Line]]] = {}  # with what each stands on, so that no other object can take its place


def lines(now: datetime, *, when: str = "current", fees: Fees | None = None, exchanges: Sequence[str] = ()) -> list[Line]:
    """Every coin's perpetuals across exchanges, in no order. Computed at most once a second per process for the same question."""
    columns, look = on(exchanges), view(now, when, fees)
    stand = (look, *(contracts.of(exchange) for exchange in gaps.ordered()))
    key = (int(now.timestamp()), when, tuple(sorted(look.fees.items())), columns, read.revision(), id(look.means), *map(id, stand[1:]))
    if key not in _kept:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = (stand, funding.lines(_cells(look, columns), look.method))
    return _kept[key][1]


def _cells(look: View, exchanges: Sequence[str], base: str = "") -> list[Cell]:
    """Every perpetual (of one coin, where it is named) of these exchanges as a cell."""
    rows = (row for exchange in gaps.ordered() if exchange.slug in exchanges for row in contracts.of(exchange))
    return [funding.cell(row, look) for row in rows if row.kind == "perp" and (not base or row.base == base)]


def view(now: datetime, when: str = "current", fees: Fees | None = None) -> View:
    """How rates are looked at right now."""
    means = settled.means(now) if when == "mean" else {}
    return View(now=now, usd=read.board().usd, method=current_method(), when=when, means=means, fees=fees or {})


# --- Narrowing and order --------------------------------------------------------------------------------------------
def _tests(w: Wanted) -> list[Callable[[Line], bool]]:
    text = w.search.strip().upper()
    tests: list[tuple[object, Callable[[Line], bool]]] = [
        (w.quote, lambda line: line.quote == w.quote),
        (w.base, lambda line: line.base in w.base),
        (text, lambda line: text in line.base or text in name_of(line.base).upper()),
        (w.min_open_interest_usd, lambda line: (line.open_interest_usd or ZERO) >= (w.min_open_interest_usd or ZERO)),
        (w.min_volume_usd, lambda line: (volume_usd(line) or ZERO) >= (w.min_volume_usd or ZERO)),
        (w.interval_hours, lambda line: any(cell.hours == w.interval_hours for cell in line.cells.values())),
        (w.sign, lambda line: funding.pays(line) == w.sign),
    ]
    return [test for wanted, test in tests if wanted]


def name_of(base: str) -> str:
    """A coin's name, "" where it has none."""
    coin = read.board().coins.get(base)
    return coin.name if coin else ""


def volume_usd(line: Line) -> Decimal | None:
    """What was traded in 24 hours on all its exchanges, in USD."""
    rate = read.board().usd.get(line.quote)
    volume = funding.total(cell.contract.quote_volume_24h for cell in line.cells.values())
    return None if volume is None or rate is None else volume * rate


def _spread(line: Line) -> Any:
    return line.spread_apr_pct


def _ordered(found: list[Line], sort: str, now: datetime) -> list[Line]:
    """By one value; what is unknown comes last either way, and of equals the larger open interest, then the name."""
    name = sort.lstrip("-")
    values: Mapping[str, Callable[[Line], Any]] = {
        "asset": lambda line: (line.base, line.quote), "spread": _spread, "open_interest": lambda line: line.open_interest_usd,
        "basis": lambda line: line.basis_pct, "next": lambda line: funding.next_payment(line, now),
    }
    value = values.get(name, lambda line: line.cells[name].hourly if name in line.cells else None)
    rows = sorted(found, key=lambda line: (-(line.open_interest_usd or ZERO), line.base, line.quote))
    known = sorted((line for line in rows if value(line) is not None), key=value, reverse=sort.startswith("-"))
    return known + [line for line in rows if value(line) is None]


def _quotes(everything: Sequence[Line]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for line in everything:
        counts[line.quote] = counts.get(line.quote, 0) + 1
    return tuple(sorted(counts, key=lambda ticker: (-counts[ticker], ticker)))


# --- One coin -------------------------------------------------------------------------------------------------------
def of_coin(base: str, now: datetime, fees: Fees | None = None) -> list[Line]:
    """One coin's perpetuals, a line for each currency they are priced in, the most open interest first."""
    look = view(now, fees=fees)
    found = funding.lines(_cells(look, on(), base), look.method)
    return _ordered(found, "-open_interest", now)


def futures(base: str, now: datetime) -> list[Contract]:
    """One coin's dated futures that still trade, on every exchange that is on, the nearest expiry first."""
    rows = (row for exchange in gaps.ordered() if exchange.enabled for row in contracts.of(exchange) if row.kind == "future" and row.base == base)
    return sorted((row for row in rows if trades_still(row.expiry, now)), key=lambda row: (row.expiry, row.quote, row.exchange))
