"""One line per exchange over time, drawn on the server as SVG in two sizes, so that text never shrinks. Pure.

Each line ends at its exchange's pebble; there is no legend. A line stops where data stops and is never joined across a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape

Point = tuple[datetime, Decimal]
SIZES = ((600, 240, "wide"), (350, 210, "narrow"))
LEFT, RIGHT, TOP, BOTTOM = 64, 34, 12, 24  # room for figures, pebbles and dates
APART = 17.0  # between two pebbles at the end


@dataclass(frozen=True)
class Series:
    """One exchange's points in order of time."""

    place: int
    monogram: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Frame:
    """What is drawn: the time from `start` to `end`, points further apart than `gap` not joined, values written by `figure`."""

    start: datetime
    end: datetime
    gap: timedelta
    figure: Callable[[Decimal], str]
    says: str
    zero: bool = False  # whether zero is always in the picture


def chart(series: Sequence[Series], frame: Frame) -> str:
    """Both sizes, of which the style sheet shows the fitting one; "" without a point."""
    shown = [Series(s.place, s.monogram, s.name, tuple(p for p in s.points if frame.start <= p[0] <= frame.end)) for s in series]
    shown = [s for s in shown if s.points]
    if not shown:
        return ""
    values = [value for s in shown for _, value in s.points] + ([Decimal(0)] if frame.zero else [])
    low, high = min(values), max(values)
    room = (high - low) / 20 or abs(high) / 20 or Decimal(1)
    return "".join(_Drawing(width, height, css, low - room, high + room).svg(shown, frame) for width, height, css in SIZES)


@dataclass(frozen=True)
class _Drawing:
    """One size: where things stand in it."""

    width: int
    height: int
    css: str
    low: Decimal
    high: Decimal

    def svg(self, series: Sequence[Series], frame: Frame) -> str:
        lines = "".join(f'<path class="line ex-{s.place}" d="{self._path(s, frame)}"/>' for s in series)
        return (
            f'<svg class="history {self.css}" role="img" viewBox="0 0 {self.width} {self.height}" aria-label="{escape(_sentence(series, frame))}">'
            f"{self._grid(frame)}{lines}{''.join(self._ends(series, frame))}</svg>"
        )

    def _x(self, at: datetime, frame: Frame) -> float:
        return LEFT + (at - frame.start) / (frame.end - frame.start) * (self.width - LEFT - RIGHT)

    def _y(self, value: Decimal) -> float:
        return TOP + float((self.high - value) / (self.high - self.low)) * (self.height - TOP - BOTTOM)

    def _path(self, one: Series, frame: Frame) -> str:
        """Strokes from point to point; a point alone between two gaps is a dot."""
        parts: list[str] = []
        for stroke in strokes(one.points, frame.gap):
            places = [f"{self._x(at, frame):.1f} {self._y(value):.1f}" for at, value in stroke]
            parts.append(f"M{places[0]}" + ("".join(f"L{place}" for place in places[1:]) or "h.1"))
        return "".join(parts)

    def _grid(self, frame: Frame) -> str:
        """Three levels with their figures, zero dashed where it is inside, and the first and last day."""
        levels = [self.low + (self.high - self.low) * part / 10 for part in (Decimal(1), Decimal(5), Decimal(9))]
        marks = "".join(self._level(v, escape(frame.figure(v))) for v in levels)
        if self.low < 0 < self.high:
            marks += f'<path class="zero" d="M{LEFT} {self._y(Decimal(0)):.1f}H{self.width - RIGHT}"/>'
        days = ((frame.start, LEFT, "first"), (frame.end, self.width - RIGHT, "last"))
        return marks + "".join(f'<text class="day {css}" x="{x}" y="{self.height - 6}">{at:%-d %b}</text>' for at, x, css in days)

    def _level(self, value: Decimal, text: str) -> str:
        y = self._y(value)
        return f'<path class="grid" d="M{LEFT} {y:.1f}H{self.width - RIGHT}"/><text class="level" x="{LEFT - 8}" y="{y + 4:.1f}">{text}</text>'

    def _ends(self, series: Sequence[Series], frame: Frame) -> Iterator[str]:
        """A pebble at each line's end, moved up or down where two would lie upon each other."""
        ordered = sorted(series, key=lambda s: (self._y(s.points[-1][1]), s.place))
        places, x = spread([self._y(s.points[-1][1]) for s in ordered], TOP, self.height - BOTTOM), self.width - RIGHT + 16
        for y, s in zip(places, ordered, strict=True):
            yield (
                f'<g class="ex-{s.place}"><title>{escape(s.name)}: {escape(frame.figure(s.points[-1][1]))}</title>'
                f'<ellipse class="stone" cx="{x}" cy="{y:.1f}" rx="10" ry="8.5"/><text class="mono" x="{x}" y="{y + 3:.1f}">{escape(s.monogram)}</text></g>'
            )


def strokes(points: Sequence[Point], gap: timedelta) -> list[list[Point]]:
    """The points in runs that may be joined."""
    runs: list[list[Point]] = []
    for point in points:
        if not runs or point[0] - runs[-1][-1][0] > gap:
            runs.append([])
        runs[-1].append(point)
    return runs


def spread(wanted: Sequence[float], top: float, bottom: float) -> list[float]:
    """Heights in order, at least APART from each other, inside as far as they fit."""
    places: list[float] = []
    for y in wanted:  # down from the top
        places.append(max(y, places[-1] + APART if places else top))
    limit = bottom
    for i in reversed(range(len(places))):  # and back up from the bottom
        places[i] = min(places[i], limit)
        limit = places[i] - APART
    return places


def _sentence(series: Sequence[Series], frame: Frame) -> str:
    """The chart for who cannot see it: from, to, and where every line ends."""
    ends = ", ".join(f"{s.name} {frame.figure(s.points[-1][1])}" for s in series)
    return f"{frame.says}, {frame.start:%-d %b} to {frame.end:%-d %b}. Last: {ends}"
