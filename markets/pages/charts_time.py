"""Charts over time as SVG from the server: distances from the median, candles, and the best exchange by hour of day. Pure.

Each is drawn in two sizes; the style sheet shows the one that fits, so that text never shrinks. A line stops where data
stops and is never joined across a gap. Screen readers get a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import NamedTuple

from markets.analysis.display import fixed, signed

WIDE, NARROW = 860, 372
TICKS = tuple(map(Decimal, ("1", "1.2", "1.6", "2", "4", "5", "6", "8", "10")))  # what the edge of a scale may be, times a power of ten
STRAY = Decimal(4)  # a distance further out than so many times what 95 % of them reach stops at the edge
Height = Callable[[Decimal], float]
APART = 16  # between two labels at the right


class Frame(NamedTuple):
    """The inside of a drawing: its size, and where the plot begins and ends."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    name: str


FRAMES = (Frame(WIDE, 236, 46, 812, 14, 204, "wide"), Frame(NARROW, 220, 40, 334, 14, 190, "narrow"))


@dataclass(frozen=True)
class Trace:
    """One exchange of a chart: its colour's place, monogram and name, and a value for each slot, None where there is none."""

    place: int
    monogram: str
    name: str
    values: tuple[Decimal | None, ...]

    @property
    def latest(self) -> Decimal | None:
        """The last known value."""
        return next((value for value in reversed(self.values) if value is not None), None)


@dataclass(frozen=True)
class Axis:
    """The slots of a chart: the start of the first, and the width of each, in seconds."""

    first: int
    period_s: int
    count: int


# --- Distances from the median ----------------------------------------------------------------------------------
def deviation_chart(traces: Sequence[Trace], axis: Axis) -> str:
    """Basis points from the median, one line per exchange, each labelled at its end. "" where nothing is known."""
    known = [abs(value) for trace in traces for value in trace.values if value is not None]
    if not known:
        return ""
    edge = scale_of(known)
    return "".join(_deviations(traces, axis, edge, frame) for frame in FRAMES)


def scale_of(sizes: Sequence[Decimal]) -> Decimal:
    """A round edge that holds all sizes, but for strays far beyond what nearly all of them reach."""
    ordered = sorted(sizes)
    usual = ordered[(len(ordered) - 1) * 95 // 100] or Decimal("0.1")
    largest = max(min(ordered[-1], usual * STRAY), Decimal("0.1"))
    power = Decimal(1).scaleb(largest.adjusted())
    return next(tick * power for tick in TICKS if tick * power >= largest)


def _deviations(traces: Sequence[Trace], axis: Axis, edge: Decimal, frame: Frame) -> str:
    def y(value: Decimal) -> float:
        share = max(Decimal(-1), min(Decimal(1), value / edge))
        return frame.top + (frame.bottom - frame.top) * (1 - float(share)) / 2

    levels = [edge, edge / 2, Decimal(0), -edge / 2, -edge]
    places = max(0, -int((edge / 2).normalize().as_tuple().exponent))
    rules = "".join(
        f'<path class="{"rule" if level else "zero"}" d="M{frame.left} {y(level):.1f}H{frame.right}"/>'
        f'<text class="end" x="{frame.left - 6}" y="{y(level) + 4:.1f}">{signed(level, places)}</text>' for level in levels
    )
    lines = "".join(f'<path class="line ex-{t.place}" d="{_path(t.values, axis, frame, y)}"/>' for t in traces)
    return _svg("deviation", _said(traces), frame, rules + _times(axis, frame) + lines + _labels(traces, frame, y))


def _path(values: Sequence[Decimal | None], axis: Axis, frame: Frame, y: Height) -> str:
    """The strokes of a line: a new one behind every gap; a value alone is a dot. Narrow charts take every so many-th slot."""
    step = (frame.right - frame.left) / max(1, axis.count - 1)
    every = max(1, round(2 / step))
    parts, joined = [], False
    for at in range((axis.count - 1) % every, axis.count, every):
        value = values[at]
        if value is not None:
            alone = "" if joined or (at + every < axis.count and values[at + every] is not None) else "h0"
            parts.append(f"{'L' if joined else 'M'}{frame.left + at * step:.1f} {y(value):.1f}{alone}")
        joined = value is not None
    return "".join(parts)


def _labels(traces: Sequence[Trace], frame: Frame, y: Height) -> str:
    """A pebble at the end of each line, pushed apart where they would lie on each other."""
    ends = sorted((y(t.latest), t.place, t) for t in traces if t.latest is not None)
    heights = spread([height for height, _, _ in ends], frame.top, frame.bottom)
    return "".join(_pebble(t, frame.right + 20, at) for at, (_, _, t) in zip(heights, ends, strict=True))


def spread(heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """The same heights in order, at least APART from each other and, as far as there is room, between top and bottom."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + APART) if placed else max(height, top))
    limit = float(bottom)
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = min(placed[at], limit)
        limit = placed[at] - APART
    return placed


def _pebble(trace: Trace, x: float, y: float) -> str:
    return (
        f'<g class="ex-{trace.place}"><path class="stone" d="M{x - 10:.1f} {y + 0.4:.1f}c0-5 3.6-7.6 9.6-7.6s10.4 2 10.4 6.8-3.8 7.4-10 7.4-10-1.8-10-6.6Z"/>'
        f'<text class="mono" x="{x:.1f}" y="{y + 3:.1f}">{escape(trace.monogram)}</text></g>'
    )


def _said(traces: Sequence[Trace]) -> str:
    ends = sorted((t.latest, t.place, t.name) for t in traces if t.latest is not None)
    parts = [f"{name} {signed(last, 1)}" for last, _, name in ends]
    return f"Distance from the median, basis points, last known: {', '.join(parts)}"


# --- Candles ----------------------------------------------------------------------------------------------------
class Bar(NamedTuple):
    """One candle; slot 0 is the axis's first."""

    slot: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


def candles(bars: Sequence[Bar], axis: Axis, places: int, title: str) -> str:
    """Candles of one market, up or down by their ends; `title` begins the sentence. "" for fewer than two."""
    if len(bars) < 2:
        return ""
    return "".join(_candles(bars, axis, places, title, frame._replace(left=84)) for frame in FRAMES)


def _merged(bars: Sequence[Bar], every: int) -> list[Bar]:
    """Every so many slots made one candle."""
    groups: dict[int, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(bar.slot // every * every, []).append(bar)
    return [Bar(slot, g[0].open, max(b.high for b in g), min(b.low for b in g), g[-1].close) for slot, g in groups.items()]


def _candles(bars: Sequence[Bar], axis: Axis, places: int, title: str, frame: Frame) -> str:
    low, high = min(b.low for b in bars), max(b.high for b in bars)
    step, every = (frame.right - frame.left) / axis.count, -(-axis.count // (96 if frame.width == WIDE else 48))

    def y(price: Decimal) -> float:
        return frame.bottom - (frame.bottom - frame.top) * float((price - low) / ((high - low) or Decimal(1)))

    marks = "".join(_candle(b, frame.left + (b.slot + every / 2) * step, max(2.0, every * step * 0.62), y) for b in _merged(bars, every))
    rules = "".join(
        f'<path class="rule" d="M{frame.left} {y(level):.1f}H{frame.right}"/>'
        f'<text class="end" x="{frame.left - 6}" y="{y(level) + 4:.1f}">{fixed(level, places)}</text>' for level in (high, (high + low) / 2, low)
    )
    said = f"{title}: from {fixed(bars[0].open, places)} to {fixed(bars[-1].close, places)}, lowest {fixed(low, places)}, highest {fixed(high, places)}"
    return _svg("candles", said, frame, rules + _times(axis, frame) + marks)


def _candle(bar: Bar, x: float, width: float, y: Height) -> str:
    top, tall = y(max(bar.open, bar.close)), max(1.0, y(min(bar.open, bar.close)) - y(max(bar.open, bar.close)))
    wick, left = f"M{x:.1f} {y(bar.high):.1f}V{y(bar.low):.1f}", f"{x - width / 2:.1f}"
    return f'<path class="{"rise" if bar.close >= bar.open else "fall"}" d="{wick}M{left} {top:.1f}h{width:.1f}v{tall:.1f}h{-width:.1f}Z"/>'


# --- Best by hour of day ----------------------------------------------------------------------------------------
class Block(NamedTuple):
    """An hour of the day: whose it was (a place in the colours, a monogram, a name), and how often: "5 of 7", "" where it was but once."""

    place: int
    monogram: str
    name: str
    often: str


def hours_strip(blocks: Sequence[Block | None], title: str) -> str:
    """24 blocks, one for each hour of the day in UTC; `title` begins the sentence. One row where it is wide, two where it is not."""
    if not any(blocks):
        return ""
    named = [f"{hour:02d} h {b.name} {b.often}".strip() for hour, b in enumerate(blocks) if b]
    sizes = ((Frame(WIDE, 62, 0, WIDE, 0, 62, "wide"), 24), (Frame(NARROW, 126, 0, NARROW, 0, 126, "narrow"), 12))
    return "".join(_svg("hours", f"{title}: {', '.join(named)}", f, "".join(_block(b, hour, f, each) for hour, b in enumerate(blocks))) for f, each in sizes)


def _block(block: Block | None, hour: int, frame: Frame, each: int) -> str:
    width = frame.width / each
    x, y = hour % each * width, hour // each * 64
    label = f'<text class="mid" x="{x + width / 2:.1f}" y="{y + 56}">{hour:02d}</text>'
    box = f'x="{x + 1:.1f}" y="{y + 1}" width="{width - 2:.1f}" height="40" rx="4"'
    if block is None:
        return f'<rect class="none" {box}/>{label}'
    return (
        f'<g class="ex-{block.place}"><rect class="stone" {box}><title>{hour:02d}:00 UTC: {escape(f"{block.name} {block.often}".strip())}</title></rect>'
        f'<text class="mono" x="{x + width / 2:.1f}" y="{y + (19 if block.often else 25)}">{escape(block.monogram)}</text>'
        f'<text class="mono often" x="{x + width / 2:.1f}" y="{y + 33}">{escape(block.often.replace(" of ", "/"))}</text></g>{label}'
    )


# --- What they share --------------------------------------------------------------------------------------------
def _svg(kind: str, said: str, frame: Frame, inside: str) -> str:
    return (
        f'<svg class="chart {kind} {frame.name}" role="img" viewBox="0 0 {frame.width} {frame.height}" width="{frame.width}" height="{frame.height}" '
        f'aria-label="{escape(said)}">{inside}</svg>'
    )


def _times(axis: Axis, frame: Frame) -> str:
    """Hours or days under the plot, on round times; the right end is now."""
    length = axis.period_s * max(1, axis.count - 1)
    start, step = datetime.fromtimestamp(axis.first, UTC), _step(length, 4 if frame.width == WIDE else 3)
    marks, at = [], datetime.fromtimestamp(-(-axis.first // step) * step, UTC)
    while (x := frame.left + (frame.right - frame.left) * (at - start).total_seconds() / length) < frame.right - 48:
        text = f"{at:%-d %b}" if step >= 86_400 else f"{at:%H:%M}"
        marks.append(f'<text class="{"start" if x < frame.left + 16 else "mid"}" x="{x:.1f}" y="{frame.bottom + 20}">{text}</text>')
        at += timedelta(seconds=step)
    return "".join(marks) + f'<text class="end" x="{frame.right}" y="{frame.bottom + 20}">now</text>'


def _step(length: int, about: int) -> int:
    """The width of about so many parts, in seconds, of those that people count in."""
    steps = (900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
    return next((step for step in steps if length / step <= about + 1), steps[-1])
