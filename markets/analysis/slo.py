"""How fast the room for failures is used up: burn rates over two windows each, and which of them call somebody. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

TARGET = Decimal("0.999")
WINDOW = timedelta(days=30)
Counts = tuple[int, int]  # minutes judged, of them bad


@dataclass(frozen=True)
class Rule:
    """Called for when the burn rate of both windows exceeds `rate`. `critical`: somebody is woken."""

    key: str
    rate: Decimal
    long: timedelta
    short: timedelta
    critical: bool


RULES = (
    Rule("fast", Decimal("14.4"), timedelta(hours=1), timedelta(minutes=5), critical=True),
    Rule("steady", Decimal(6), timedelta(hours=6), timedelta(minutes=30), critical=True),
    Rule("slow", Decimal(1), timedelta(days=3), timedelta(hours=6), critical=False),
)


@dataclass(frozen=True)
class Burning:
    """One rule as it stands: the burn rate of its two windows, None where nothing was judged. `known`: for how long anything was."""

    rule: Rule
    long: Decimal | None
    short: Decimal | None
    known: timedelta

    @property
    def alarming(self) -> bool:
        """Whether both windows exceed the rule's rate. Of three days nothing is said after half an hour."""
        if self.long is None or self.short is None or self.known < self.rule.long / 2:
            return False
        return self.long > self.rule.rate and self.short > self.rule.rate


def burn(counts: Counts, target: Decimal = TARGET) -> Decimal | None:
    """How many times faster than allowed failures come: 1 uses up the room exactly. None where nothing was judged."""
    judged, bad = counts
    return Decimal(bad) / judged / (1 - target) if judged else None


def burning(counted: Callable[[timedelta], Counts], known: timedelta, target: Decimal = TARGET) -> tuple[Burning, ...]:
    """Every rule, the most urgent first. `counted` says of a window that ends now how many comparisons were judged, and how many were bad."""
    return tuple(Burning(rule, burn(counted(rule.long), target), burn(counted(rule.short), target), known) for rule in RULES)


def left(counts: Counts, target: Decimal = TARGET) -> Decimal | None:
    """The share of the room for failures that is left, 1 to 0; None where nothing was judged."""
    used = burn(counts, target)
    return max(Decimal(0), 1 - used) if used is not None else None
