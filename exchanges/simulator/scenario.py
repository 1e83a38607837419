"""What is set to go wrong, per exchange, and what was asked: the memory behind /_control/."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from exchanges.adapter import SOURCE_NAMES
from exchanges.simulator import odd
from exchanges.simulator.events import KINDS, Happening, Timetable
from exchanges.simulator.faults import REPLY_FAULTS, ROW_FAULTS, ROWS, SCENE_FAULTS, Spec
from exchanges.simulator.limits import Limiter
from exchanges.simulator.sockets import SOCKET_FAULTS
from exchanges.simulator.writers import WRITERS

REMEMBERED = 5_000
SETTABLE = ("faults", "fault", "latency_ms", "clock_offset_s", "limits")
ENDPOINTS = (*SOURCE_NAMES, "other")


class BadScenario(ValueError):
    """A scenario that names something unknown; the text says what."""


@dataclass
class Fault:
    """One active fault and how often it has been due."""

    spec: Spec
    since: float
    on: tuple[str, ...]
    seen: int = 0
    left: int | None = None

    def due(self, source: str) -> bool:
        """Whether it strikes now: on its endpoints, for its share of the requests, until its times are used up."""
        if (self.on and source not in self.on) or self.left == 0:
            return False
        share = float(self.spec.get("share", 1))
        self.seen += 1
        if int(self.seen * share) == int((self.seen - 1) * share):
            return False
        self.left = None if self.left is None else self.left - 1
        return True


@dataclass
class Stage:
    """One exchange: its faults, its delay, its clock, its limits, and every request it was sent."""

    slug: str
    limiter: Limiter
    faults: list[Fault] = field(default_factory=list)
    latency_ms: Any = 0  # a number, or a number per source
    clock_offset_s: float = 0.0
    limits: bool = True
    paths: Counter[str] = field(default_factory=Counter)
    recent: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def delay_s(self, source: str) -> float:
        """The latency set for a source, in seconds."""
        ms = self.latency_ms.get(source, 0) if isinstance(self.latency_ms, dict) else self.latency_ms
        return float(ms) / 1_000


class Scenario:
    """The clock and the five stages. Unknown words are refused, so that a test never waits for a fault that cannot come."""

    def __init__(self, seed: int, planned: bool = True, most: int | None = None) -> None:
        self.seed, self.started = seed, time.monotonic()
        self.timetable = Timetable(seed, time.time() if planned else None, most)
        self.reset()

    def reset(self) -> None:
        """Everything healthy, nothing counted, the clock on real time, nothing happening but what the timetable plans."""
        self.timetable.forget()
        self.set_clock(0.0, 1.0)
        self.stages = {slug: Stage(slug, Limiter(writer.LIMITS)) for slug, writer in WRITERS.items()}

    def set_clock(self, offset_s: float, pace: float) -> None:
        """From now on the simulated clock is real time plus `offset_s`, running `pace` times as fast."""
        self._zero, self.offset_s, self.pace = time.time(), offset_s, pace

    def now(self) -> float:
        """The simulated clock, epoch seconds."""
        return self._zero + self.offset_s + (time.time() - self._zero) * self.pace

    def apply(self, wish: dict[str, Any]) -> None:
        """Set what a POST asks for: {"reset", "clock": {"offset_s", "pace"}, "exchanges": {slug: {...}}}."""
        if strange := set(wish) - {"reset", "clock", "exchanges"}:
            raise BadScenario(f"unknown: {', '.join(sorted(strange))}; a scenario has reset, clock and exchanges")
        changes = {slug: self._checked(slug, change) for slug, change in wish.get("exchanges", {}).items()}
        if wish.get("reset"):
            self.reset()
        if "clock" in wish:
            self.set_clock(float(wish["clock"].get("offset_s", self.offset_s)), float(wish["clock"].get("pace", self.pace)))
        for slug, change in changes.items():
            for happening in change.pop("happenings"):
                self.timetable.trigger(happening)
            for name, value in change.items():
                setattr(self.stages[slug], name, value)

    def _checked(self, slug: str, change: dict[str, Any]) -> dict[str, Any]:
        if slug not in self.stages:
            raise BadScenario(f"no exchange {slug!r}; there are {', '.join(self.stages)}")
        if strange := set(change) - {*SETTABLE, *KINDS}:
            raise BadScenario(f"unknown for {slug}: {', '.join(sorted(strange))}; there are {', '.join((*SETTABLE, *KINDS))}")
        checked = {name: value for name, value in change.items() if name not in KINDS}
        checked["happenings"] = [
            self._happening(slug, kind, one) for kind in KINDS if kind in change for one in (change[kind] if isinstance(change[kind], list) else [change[kind]])
        ]
        wanted = checked.pop("fault", checked.pop("faults", None))
        if "fault" in change or "faults" in change:
            listed = [] if wanted is None else wanted if isinstance(wanted, list) else [wanted]
            checked["faults"] = [self._fault(slug, spec) for spec in listed]
        return checked

    def _happening(self, slug: str, kind: str, wish: Any) -> Happening:
        """`"CODE"`, or {"code", "to", "chain", "in_s", "for_s"}: what shall happen, announced now, and now unless `in_s` says later."""
        given = {"code": wish} if isinstance(wish, str) else dict(wish)
        if strange := set(given) - {"code", "to", "chain", "in_s", "for_s"}:
            raise BadScenario(f"unknown for {kind}: {', '.join(sorted(strange))}")
        now = self.now() + self.stages[slug].clock_offset_s
        # What happens at once must be in the snapshot that is being served, and that may be a few seconds old.
        at = now + float(given["in_s"]) if "in_s" in given else now - 3
        happening = Happening(
            kind, slug, at, str(given.get("code", "")), str(given.get("to", "both" if kind == "network" else "")), str(given.get("chain", "")),
            until=at + float(given.get("for_s", 3_600)), said_at=min(now - 3, at),
        )  # fmt: skip
        if why := self.timetable.refuses(happening):
            raise BadScenario(why)
        return happening

    def _fault(self, slug: str, spec: Spec | str) -> Fault:
        given = {"name": spec} if isinstance(spec, str) else dict(spec)
        row = ROWS.get(str(given.get("name")))
        full = row | given | {"name": row["name"]} if row else given
        name = full.get("name")
        if name in ROW_FAULTS:
            on = ROW_FAULTS[name][1]
        elif name in SCENE_FAULTS or name in REPLY_FAULTS or name in SOCKET_FAULTS:
            on = SCENE_FAULTS.get(name, ())
        else:
            raise BadScenario(f"no fault {name!r}; docs/simulator.md lists them")
        if "endpoint" in full:
            allowed = ROW_FAULTS[name][1] if name in ROW_FAULTS else ENDPOINTS
            if full["endpoint"] not in allowed:
                raise BadScenario(f"no endpoint {full['endpoint']!r} for {name}; there are {', '.join(allowed)}")
            on = (full["endpoint"],)
        since = self.now() + self.stages[slug].clock_offset_s
        return Fault(full, since, on, left=int(full["times"]) if "times" in full else None)

    def state(self) -> dict[str, Any]:
        """What GET /_control/ answers."""
        exchanges = {slug: self._of(stage) for slug, stage in self.stages.items()}
        return {
            "seed": self.seed, "now": self.now(), "monotonic": time.monotonic() - self.started, "exchanges": exchanges, "odd": odd.catalogue(),
            "happenings": self.timetable.told(),
        }  # fmt: skip

    def _of(self, stage: Stage) -> dict[str, Any]:
        requests = {"total": sum(stage.paths.values()), "by_path": dict(stage.paths), "recent": list(stage.recent)}
        return {
            "hosts": WRITERS[stage.slug].HOSTS, "faults": [f.spec | {"seen": f.seen} for f in stage.faults], "latency_ms": stage.latency_ms,
            "clock_offset_s": stage.clock_offset_s, "limits": stage.limits, "banned_until": stage.limiter.banned_until or None, "requests": requests,
        }  # fmt: skip

    def count(self, slug: str, path: str, status: int) -> None:
        """Remember one request with the real times it came at."""
        stage = self.stages[slug]
        stage.paths[path] += 1
        stage.recent.append({"path": path, "status": status, "at": time.monotonic() - self.started, "wall": time.time()})
