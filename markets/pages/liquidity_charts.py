"""The charts of a pair's liquidity as server SVG: merged depth curves, and spreads through the day.

Each is drawn in two sizes, so that text never shrinks; the stylesheet shows the fitting one. A line is labelled at its end
with its exchange's pebble. Pure: numbers in, text out. Coordinates are floats; no figure is read from them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from markets.analysis.display import amount, fixed
from markets.board import Ladder
from markets.shapes import ExchangeStatus

SIZES = (("wide", 640, 240), ("slim", 356, 220))
LEFT, RIGHT, TOP, FOOT = 52, 34, 12, 24  # margins for the scale, the pebbles and the ticks
STEPS = 60  # places on each side of the middle at which a curve is read
GAP = timedelta(minutes=15)  # a line is never joined across more
DAY = timedelta(hours=24)
Marks = Sequence[tuple[float, str]]  # place from 0 to 1, and its words
Place = Callable[[float, float], tuple[float, float]]
LABEL = 18  # how far apart pebbles stand


@dataclass(frozen=True)
class Curve:
    """One exchange's book around its own middle."""

    face: ExchangeStatus
    ladder: Ladder
    mid: Decimal


@dataclass(frozen=True)
class SpreadLine:
    """One exchange's spread in bps over the day, oldest first."""

    face: ExchangeStatus
    points: tuple[tuple[datetime, Decimal], ...]


@dataclass(frozen=True)
class _Path:
    face: ExchangeStatus
    pieces: list[list[tuple[float, float]]]  # x and y from 0 to 1, y upwards


# --- Depth --------------------------------------------------------------------------------------------------------
def curves(books: Sequence[Curve], band: Decimal, unit: str) -> SafeString:
    """What lies within each distance of the middle, bids to the left and asks to the right; "" without a book."""
    sides = [(book, _sums(book, band, -1), _sums(book, band, 1)) for book in books]
    top = max((float(y) for _, *both in sides for side in both for _, y in side), default=0.0)
    if not top:
        return SafeString()
    paths = [_Path(book.face, [[(0.5 + x / 2, float(y) / top) for x, y in (*reversed(left), *right)]]) for book, left, right in sides]
    shown = fixed(band * 100, 2).rstrip("0").rstrip(".")
    ticks = [(0.0, f"\N{MINUS SIGN}{shown} %"), (0.5, "middle"), (1.0, f"+{shown} %")]
    says = f"Money within each distance of the middle, up to {shown} %, in {unit}: " + "; ".join(
        f"{book.face.name} bids {amount(left[-1][1])}, asks {amount(right[-1][1])}" for book, left, right in sides if left and right)
    return _drawn(paths, ticks, [(share, amount(Decimal(share * top))) for share in (0.0, 0.5, 1.0)], says, "curve")


def _sums(book: Curve, band: Decimal, sign: int) -> list[tuple[float, Decimal]]:
    """(distance as a part of the band, signed; money up to there), the middle first. It ends where the book ends."""
    levels = book.ladder.asks if sign > 0 else book.ladder.bids
    away = [sign * (price / book.mid - 1) for price, _ in levels]
    sums = list(accumulate((price * size for price, size in levels), initial=Decimal(0)))
    ends = min(band, away[-1]) if away else Decimal(0)
    places = [band * step / STEPS for step in range(STEPS + 1) if band * step / STEPS <= ends]
    if places and places[-1] < ends:
        places.append(ends)
    return [(sign * float(place / band), sums[bisect_right(away, place)]) for place in places]


# --- Spreads ------------------------------------------------------------------------------------------------------
def spreads(lines: Sequence[SpreadLine], now: datetime) -> SafeString:
    """Each exchange's spread in bps over the last 24 hours; "" until somebody has two points."""
    drawn = [line for line in lines if len(line.points) > 1]
    if not drawn:
        return SafeString()
    top = max(float(value) for line in drawn for _, value in line.points) or 1.0
    paths = [_Path(line.face, _pieces(line, now, top)) for line in drawn]
    hours = [(1 - back / 24, "now" if not back else (now - timedelta(hours=back)).strftime("%H:%M")) for back in (24, 18, 12, 6, 0)]
    says = "Spread in basis points over the last 24 hours: " + "; ".join(f"{line.face.name} now {_bps(line.points[-1][1])}" for line in drawn)
    return _drawn(paths, hours, [(share, _bps(Decimal(share * top))) for share in (0.0, 0.5, 1.0)], says, "spreads")


def _bps(value: Decimal) -> str:
    return fixed(value, 0 if value >= 10 or not value else 1 if value >= 1 else 2)


def _pieces(line: SpreadLine, now: datetime, top: float) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = []
    last: datetime | None = None
    for at, value in line.points:
        if last is None or at - last > GAP:
            pieces.append([])
        pieces[-1].append((min(1.0, max(0.0, 1 - (now - at) / DAY)), float(value) / top))
        last = at
    return pieces


# --- Drawing ------------------------------------------------------------------------------------------------------
def _drawn(paths: Sequence[_Path], ticks: Marks, scale: Marks, says: str, css: str) -> SafeString:
    return mark_safe("".join(_sized(*size, paths, (ticks, scale), f"{css} {size[0]}", says) for size in SIZES))  # noqa: S308 - numbers, and words that are escaped


def _sized(_: str, width: int, height: int, paths: Sequence[_Path], axes: tuple[Marks, Marks], css: str, says: str) -> str:  # noqa: PLR0917
    x0, x1, y0, y1 = LEFT, width - RIGHT, height - FOOT, TOP
    def at(x: float, y: float) -> tuple[float, float]:
        return x0 + x * (x1 - x0), y0 + y * (y1 - y0)

    heights = [(at(0, share)[1], text) for share, text in axes[1]]
    grid = "".join(
        f'<path class="grid" d="M{x0} {y:.1f}H{x1}"/><text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>' for y, text in heights)
    marks = "".join(f'<text x="{at(x, 0)[0]:.1f}" y="{height - 6}" text-anchor="{_anchor(x)}">{escape(text)}</text>' for x, text in axes[0])
    lines = "".join(_line(path, at) for path in paths)
    return (f'<svg class="chart {css}" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-label="{escape(says)}">'
            f"{grid}{marks}{lines}{_labels(paths, at, x1 + 6, y0)}</svg>")


def _anchor(x: float) -> str:
    return "start" if x == 0 else "end" if x == 1 else "middle"


def _line(path: _Path, at: Place) -> str:
    drawn = " ".join("M" + "L".join("{:.1f} {:.1f}".format(*at(x, y)) for x, y in piece) for piece in path.pieces if piece)
    return f'<path class="line ex-{path.face.place}" d="{drawn}"/>' if drawn else ""


def _labels(paths: Sequence[_Path], at: Place, x: float, floor: float) -> str:
    """A pebble at each line's end, moved apart where they would lie upon each other, never below the axis."""
    ends = sorted(((at(*path.pieces[-1][-1])[1], path.face) for path in paths if path.pieces and path.pieces[-1]), key=lambda end: end[0])
    places: list[float] = []
    for y, _ in ends:
        places.append(max(y, places[-1] + LABEL) if places else y)
    for back in range(len(places) - 1, -1, -1):
        places[back] = min(places[back], floor - LABEL * (len(places) - 1 - back))
    return "".join(
        f'<g class="ex-{face.place}"><rect class="label" x="{x:.1f}" y="{y - 8:.1f}" width="22" height="16" rx="8"/>'
        f'<text class="on" x="{x + 11:.1f}" y="{y + 3:.1f}" text-anchor="middle">{escape(face.monogram)}</text></g>'
        for y, (_, face) in zip(places, ends, strict=True)
    )
