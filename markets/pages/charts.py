"""Small charts drawn on the server as SVG: the strip of an overview row and the last day's line. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from markets.analysis.display import direction, nice_scale, percent, signed

WIDTH, HEIGHT, EDGE = 150, 20, 6  # of a strip's axis, and how far its ends lie inside
SPARK_WIDTH, SPARK_HEIGHT = 84, 26
BAR_STEP, BAR_HEIGHT = 4, 16  # of availability bars: from one to the next, and how tall a full one is


@dataclass(frozen=True)
class Dot:
    """One exchange on a strip: `bps` from the middle; hollow when it is left out of the comparison."""

    place: int
    name: str
    bps: Decimal
    hollow: bool = False


def strip(dots: Sequence[Dot]) -> str:
    """Exchanges by distance from the median, dearer to the right. The scale fits the ranked ones; others stop at the edge."""
    if not dots:
        return ""
    scale = nice_scale(max((abs(d.bps) for d in dots if not d.hollow), default=max(abs(d.bps) for d in dots)) or Decimal("0.1"))
    marks = "".join(_dot(d, Decimal(scale)) for d in sorted(dots, key=lambda d: not d.hollow))
    return (
        f'<svg class="strip" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-label="{escape(_sentence(dots))}">'
        f'<path class="axis" d="M0 10H{WIDTH}"/><path class="tick" d="M{WIDTH // 2} 4V16"/>{marks}</svg><span class="scale">±{scale}</span>'
    )


def _dot(dot: Dot, scale: Decimal) -> str:
    share = max(Decimal(-1), min(Decimal(1), dot.bps / scale))
    x = WIDTH / 2 + float(share) * (WIDTH / 2 - EDGE)
    return f'<circle class="{"hollow" if dot.hollow else f"dot ex-{dot.place}"}" cx="{x:.1f}" cy="10" r="4.5"/>'


def _sentence(dots: Sequence[Dot]) -> str:
    parts = [f"{d.name} {signed(d.bps, 1)} bps{' (left out)' if d.hollow else ''}" for d in sorted(dots, key=lambda d: d.bps)]
    return "From the median: " + ", ".join(parts)


def sparkline(values: Sequence[Decimal]) -> str:
    """One stroke through hourly values in order, up or down by its ends. Fewer than three are no line yet."""
    if len(values) < 3:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or Decimal(1)
    step = (SPARK_WIDTH - 4) / (len(values) - 1)
    points = " ".join(f"{2 + i * step:.1f},{SPARK_HEIGHT - 3 - float((v - low) / span) * (SPARK_HEIGHT - 6):.1f}" for i, v in enumerate(values))
    change = (values[-1] / values[0] - 1) * 100 if values[0] else None
    return (
        f'<svg class="spark {direction(change)}" role="img" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" '
        f'aria-label="Last {len(values)} h: {percent(change)}"><polyline points="{points}"/></svg>'
    )


def meter(used: Decimal, limit: Decimal) -> str:
    """How much of a limit is used, as a bar with a mark at 80 %; the figures stand beside it in text."""
    share = min(Decimal(1), used / limit) if limit > 0 else Decimal(0)
    near = " near" if share > Decimal("0.8") else ""
    return (
        f'<svg class="meter{near}" aria-hidden="true" viewBox="0 0 120 6" width="120" height="6"><rect class="track" width="120" height="6" rx="3"/>'
        f'<rect class="bar" width="{float(share) * 120:.1f}" height="6" rx="3"/><path class="mark" d="M96 0V6"/></svg>'
    )


def share_bar(share: Decimal) -> str:
    """A part of the largest, 0 to 1, as a thin bar."""
    width = float(max(Decimal(0), min(Decimal(1), share))) * 68
    return (
        '<svg class="share" aria-hidden="true" viewBox="0 0 68 4" width="68" height="4"><rect class="track" width="68" height="4" rx="2"/>'
        f'<rect class="bar" width="{width:.1f}" height="4" rx="2"/></svg>'
    )


def depth_bar(bid: Decimal, ask: Decimal, largest: Decimal) -> str:
    """Money of bids to the left of the middle and of asks to the right, on a square-root scale that ends at `largest`."""
    left, right = (68 * math.sqrt(min(1.0, float(side / largest))) if largest else 0.0 for side in (bid, ask))
    return (
        f'<svg class="depth-bar" aria-hidden="true" viewBox="0 0 138 10" width="138" height="10"><rect class="bids" x="{68 - left:.1f}" width="{left:.1f}" '
        f'height="10" rx="2"/><rect class="asks" x="70" width="{right:.1f}" height="10" rx="2"/></svg>'
    )


def availability(shares: Sequence[Decimal | None], sentence: str, links: Sequence[tuple[str, str]] = ()) -> str:
    """Thin bars, the newest at the right: full height where all was there, lower where some or nothing was, a stub where nobody knows.

    `links` are each bar's address, or "", and what it says where the pointer rests; who uses keys needs them as a list besides.
    """
    bars = [_bar(at, share) for at, share in enumerate(shares)]
    for at, (address, said) in enumerate(links):
        titled = bars[at].replace("/>", f"><title>{escape(said)}</title></rect>")
        bars[at] = f'<a href="{escape(address)}" tabindex="-1" aria-hidden="true">{titled}</a>' if address else titled
    width = len(shares) * BAR_STEP
    size = f'viewBox="0 0 {width} {BAR_HEIGHT}" width="{width}" height="{BAR_HEIGHT}"'
    return f'<svg class="avail" role="{"group" if links else "img"}" {size} aria-label="{escape(sentence)}">{"".join(bars)}</svg>'


def _bar(at: int, share: Decimal | None) -> str:
    kind, tall = ("none", 4) if share is None else ("up", BAR_HEIGHT) if share == 1 else ("warn", 12) if share else ("down", 8)
    return f'<rect class="{kind}" x="{at * BAR_STEP}" y="{BAR_HEIGHT - tall}" width="{BAR_STEP - 1}" height="{tall}"/>'
