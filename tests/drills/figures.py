"""What a drill found, beside what it had to find."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


@dataclass(frozen=True)
class Figure:
    """One measured number. `bar` is the sign and the number it is held to ("<=", 45); `counts` say what it rests on."""

    name: str
    value: float | None
    bar: tuple[str, float] | None = None
    unit: str = ""
    counts: Mapping[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the bar holds; a number that could not be measured meets none."""
        return self.bar is None or (self.value is not None and _HOLDS[self.bar[0]](self.value, self.bar[1]))

    def line(self, part: str, seed: int, seconds: float) -> str:
        """One JSON object on one line."""
        bar = f"{self.bar[0]} {self.bar[1]:g}" if self.bar else None
        found = {"value": None if self.value is None else round(self.value, 6), "unit": self.unit, "bar": bar, "met": self.met}
        about = {"seed": seed, "duration_s": round(seconds, 1), "counts": self.counts}
        return json.dumps({"part": part, "figure": self.name} | found | about, ensure_ascii=False)


def share(right: int, of: int) -> float | None:
    """In percent; None of nothing."""
    return 100 * right / of if of else None
