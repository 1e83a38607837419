"""Durations as small histograms: the step each falls into, and the step within which a share of them lies. Pure."""

from __future__ import annotations

from collections.abc import Mapping

STEPS_MS = (5, 10, 25, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000)
SLOWER_MS = 60_000  # stands for everything beyond the last step


def within(ms: float) -> int:
    """The step that a duration falls into, in milliseconds."""
    return next((step for step in STEPS_MS if ms <= step), SLOWER_MS)


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The step within which so large a share (0 to 1) of the durations lies; None where there are none."""
    total, seen = sum(counts.values()), 0
    for step in sorted(counts):
        seen += counts[step]
        if seen and seen >= share * total:
            return step
    return None


def cumulative(counts: Mapping[int, int]) -> list[tuple[float, int]]:
    """[(step in seconds, how many took no longer)] over every step, as a histogram's buckets; the rest is beyond the last."""
    found, seen = [], 0
    for step in STEPS_MS:
        seen += counts.get(step, 0)
        found.append((step / 1000, seen))
    return found
