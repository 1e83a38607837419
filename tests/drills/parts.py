"""The parts by name. A part is `figures(seed, ...) -> Figure, ...`; what it is stands in docs/drills.md."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from importlib.util import find_spec

from tests.drills.figures import Figure

# Each of these is a module of that name here with `run(seed, scale)`, from when it is there.
OWN = ("failover", "four-down", "all-down", "retries", "lies", "week")
MODULES = ("soak", "limits", "kills", "servers", "load", "scheduler", "parser-fuzz", "api-fuzz")


def _module(name: str) -> str:
    return f"tests.drills.{name.replace('-', '_')}"


NAMES = (*OWN, *(name for name in MODULES if find_spec(_module(name))))


def part(name: str, seed: int, scale: float = 1.0) -> Iterable[Figure]:
    """One part's figures at a size: `scale` of the full one."""
    if name not in NAMES:
        raise SystemExit(f"no part is called {name!r}; there are {', '.join(NAMES)}")
    if name in MODULES:
        found: Iterable[Figure] = importlib.import_module(_module(name)).run(seed, scale)
        return found
    from tests.drills import lies, outages, soak

    return {
        "failover": lambda: outages.failover(seed, answers=round(100_000 * scale), held_s=60),
        "four-down": lambda: outages.four_down(seed, minutes=max(10 * scale, 1)),
        "all-down": lambda: outages.all_down(seed),
        "retries": lambda: outages.retries(seed),
        "lies": lambda: lies.lies(seed, round(1_000_000 * scale)),
        "week": lambda: soak.week(seed, scale),
    }[name]()
