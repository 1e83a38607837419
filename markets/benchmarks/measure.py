"""How figures are taken and told: several rounds in which all contenders take turns, and the median of each."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Contender = Callable[[int], object]  # called with the number of the round


@dataclass(frozen=True)
class Figure:
    """One measured figure. `others` are rivals and floors in the same unit, `ratio` is how it compares by `aim`."""

    name: str
    value: float
    unit: str
    others: Mapping[str, float]
    ratio: float | None = None
    aim: str = ""
    met: bool | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """One JSON object without empty members, numbers to three significant digits."""
        told = {
            "figure": self.name, "value": _short(self.value), "unit": self.unit, "beside": {name: _short(other) for name, other in self.others.items()},
            "ratio": self.ratio and _short(self.ratio), "aim": self.aim, "met": self.met, **self.detail,
        }
        return json.dumps({name: value for name, value in told.items() if value not in (None, "", {})})


def _short(value: float) -> float:
    rounded = float(f"{value:.3g}")
    return int(rounded) if rounded == int(rounded) else rounded


def in_turns(contenders: Mapping[str, Contender], rounds: int, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    """Median milliseconds of each contender over `rounds`, after one round that does not count.

    Who goes first changes from round to round, so that neither a warm cache nor a busy neighbour favours one.
    """
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        names = list(contenders)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            gc.collect()
            began = clock()
            contenders[name](number)
            taken[name].append((clock() - began) * 1000)
    return {name: statistics.median(values[1:]) for name, values in taken.items()}
