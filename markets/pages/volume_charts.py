"""The charts of the volume page as SVG: columns stacked by exchange, and one row's shares as a bar. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape

from markets.analysis.display import amount

SIZES = {"wide": (590, 168), "narrow": (346, 150)}  # the fitting one is shown, so that text never shrinks
LEFT, BOTTOM, TOP = 46, 22, 8  # room for the axes
LABELS = {"wide": 5, "narrow": 3}
BAR, BAR_HEIGHT = 150, 10
Columns = Sequence[tuple[datetime, Mapping[str, Decimal]]]


@dataclass(frozen=True)
class Face:
    """An exchange as charts draw it."""

    slug: str
    name: str
    place: int


@dataclass(frozen=True)
class _Frame:
    """Where columns stand: the chart's size, its first column, how many there are room for, how many hours each is."""

    width: int
    height: int
    first: datetime
    slots: int
    step_h: int
    labels: int

    @property
    def high(self) -> int:
        """From nothing to the top."""
        return self.height - BOTTOM - TOP

    @property
    def slot(self) -> float:
        """The width of one column with its gap."""
        return (self.width - LEFT) / self.slots

    def left(self, at: datetime) -> float:
        """Where a column begins."""
        return LEFT + self.slot * ((at - self.first) / timedelta(hours=self.step_h))


def stacked(columns: Columns, faces: Sequence[Face], says: str, *, step_h: int, shares: bool = False) -> str:
    """Both sizes of a chart of columns through time; `shares` makes every column as high as 100 %. "" of nothing."""
    known = [(at, column) for at, column in columns if sum(column.values())]
    if not known:
        return ""
    slots = round((known[-1][0] - known[0][0]) / timedelta(hours=step_h)) + 1
    frames = {name: _Frame(*size, known[0][0], slots, step_h, LABELS[name]) for name, size in SIZES.items()}
    return "".join(_drawn(name, frame, known, faces, says, shares) for name, frame in frames.items())


def _drawn(name: str, frame: _Frame, columns: Columns, faces: Sequence[Face], says: str, shares: bool) -> str:  # noqa: PLR0917 - one drawing
    top = Decimal(1) if shares else max(sum(column.values(), Decimal(0)) for _, column in columns)
    rects = "".join(_column(column, faces, frame, frame.left(at), sum(column.values(), Decimal(0)) if shares else top) for at, column in columns)
    return (
        f'<svg class="stack {name}" role="img" viewBox="0 0 {frame.width} {frame.height}" width="{frame.width}" height="{frame.height}" '
        f'aria-label="{escape(says)}">{_rules(frame, top, shares)}{rects}{_times(frame)}</svg>'
    )


def _column(column: Mapping[str, Decimal], faces: Sequence[Face], frame: _Frame, left: float, top: Decimal) -> str:
    """One column from the bottom up, in the order of the legend; `top` is what the whole height stands for."""
    y, parts = float(TOP + frame.high), []
    for face in faces:
        tall = float(column.get(face.slug, Decimal(0)) / top) * frame.high
        y -= tall
        box = f'x="{left + frame.slot * 0.08:.1f}" y="{y:.1f}" width="{frame.slot * 0.84:.1f}" height="{tall:.1f}"'
        parts.append(f'<rect class="ex-{face.place}" {box}/>' if tall else "")
    return "".join(parts)


def _rules(frame: _Frame, top: Decimal, shares: bool) -> str:
    """Lines at nothing, half and the top, with what they mean."""
    drawn = []
    for part in (Decimal(0), Decimal("0.5"), Decimal(1)):
        y = TOP + frame.high * float(1 - part)
        text = f"{part * 100:.0f}%" if shares else amount(top * part) if part else "0"
        drawn.append(f'<path class="rule" d="M{LEFT} {y:.1f}H{frame.width}"/><text class="side" x="{LEFT - 6}" y="{y + 4:.1f}">{text}</text>')
    return "".join(drawn)


def _times(frame: _Frame) -> str:
    """A few times under the columns: hours within a day, days beyond."""
    form = "%H:%M" if frame.slots * frame.step_h <= 30 else "%-d %b"
    instants = (frame.first + timedelta(hours=frame.step_h * at) for at in range(0, frame.slots, -(-frame.slots // frame.labels)))
    shown = [at for at in instants if frame.left(at) < frame.width - 24 or at == frame.first]
    return "".join(f'<text class="under" x="{frame.left(at):.1f}" y="{frame.height - 6}">{at:{form}}</text>' for at in shown)


def bar(shares: Mapping[str, Decimal], faces: Sequence[Face]) -> str:
    """One coin's shares side by side, in the exchanges' own order, so that rows compare. "" of nothing."""
    said = ", ".join(f"{face.name} {shares[face.slug] * 100:.0f} %" for face in faces if face.slug in shares)
    if not said:
        return ""
    x, drawn = 0.0, []
    for face in faces:
        wide = float(shares.get(face.slug, Decimal(0))) * BAR
        drawn.append(f'<rect class="ex-{face.place}" x="{x:.1f}" width="{max(0.0, wide - 1):.1f}" height="{BAR_HEIGHT}"/>' if wide else "")
        x += wide
    return f'<svg class="shares" role="img" viewBox="0 0 {BAR} {BAR_HEIGHT}" preserveAspectRatio="none" aria-label="{escape(said)}">{"".join(drawn)}</svg>'
