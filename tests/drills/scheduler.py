"""Half an hour of django-q2 itself: real schedules, workers and servers in real time, with a random fault somewhere every twenty seconds.

`soak` calls the polls in simulated time and knows no scheduler; what that does over time, and what its processes hold, is seen here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from croniter import croniter

from tests.drills import installation
from tests.drills.figures import Figure
from tests.drills.installation import Installation, age, installed, seconds_until
from tests.drills.network import FAULTS
from tests.drills.soak import DATA, EVERY_S, LONGEST_S, PROTOCOL, TRANSPORT, Spec

LOOK_S, CURRENT_S = 1.0, 30.0
BACK_S = 390.0  # a probe may be five minutes away
SPECS: tuple[Spec, ...] = tuple(spec for spec in (*TRANSPORT, *PROTOCOL, *DATA) if spec not in FAULTS)  # those are of a network in memory
SCHEDULES = "SELECT name, cron, next_run FROM django_q_schedule WHERE cron IS NOT NULL"
RUNS = "SELECT COUNT(*), SUM(CASE WHEN outcome = 'ok' THEN 1 ELSE 0 END) FROM exchanges_run"
FAILED = "SELECT COUNT(*) FROM django_q_task WHERE NOT success"


@dataclass
class Watched:
    """What was seen: how late each schedule was at most, in its own intervals, and what all processes held together."""

    late: dict[str, float] = field(default_factory=dict)
    bytes: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    faults: int = 0


def run(seed: int, scale: float = 1.0) -> Iterator[Figure]:
    """The drill; `scale` of half an hour."""
    for_s = max(1800 * scale, 60.0)
    with installed(1, 2, workers=4) as one:
        seen = _watched(one, for_s, random.Random(seed))
        back = seconds_until(lambda: not _late(one), BACK_S + 60)
        runs, good = one.sql(RUNS)[0]
        failed, off = int(one.sql(FAILED)[0][0]), sorted(set(_slugs(one)) - set(_asked(one)))
    counts = {"seconds": for_s, "faults": seen.faults, "runs": int(runs), "ok": int(good)}
    late = max(((intervals, name) for name, intervals in seen.late.items()), default=(None, ""))
    yield Figure("latest schedule", late[0], ("<=", 1), "intervals", {**counts, "schedule": late[1], "schedules": len(seen.late)})
    first, last = (_of(seen.bytes, end) for end in (0, -1))
    held = {"first_mb": round(first / 2**20), "last_mb": round(last / 2**20)}
    yield Figure("memory growth", 100 * (last / first - 1) if first else None, ("<=", 5), "%", held)
    before, after = (_of(seen.files, end) for end in (0, -1))
    yield Figure("open files more", after - before, ("<=", 0), "", {"open": after})
    yield Figure("tasks that failed", failed, ("==", 0), "", counts)
    yield Figure("every exchange's prices fresh after the last fault", back, ("<=", BACK_S), "s", {"switched_off_by_pebble": off})


def _slugs(one: Installation) -> list[str]:
    return list(one.simulator.state()["exchanges"])


def _asked(one: Installation) -> list[str]:
    """Those that Pebble has not switched off for being faulty a fifth of the time."""
    return [slug for (slug,) in one.sql("SELECT slug FROM exchanges_exchange WHERE state <> 'auto_disabled'")]


def _late(one: Installation) -> list[str]:
    """The exchanges that are asked and whose price of the pair is old or missing."""
    return [slug for slug in _asked(one) if (found := age(one.webs[0], slug)) is None or found > CURRENT_S]


def _watched(one: Installation, for_s: float, chance: random.Random) -> Watched:
    """So many seconds of faults; each ends by itself or with the next of its exchange."""
    seen, ends, slugs = Watched(), time.monotonic() + for_s, _slugs(one)
    next_fault, heals = time.monotonic(), dict[str, float]()
    while (at := time.monotonic()) < ends:
        if at >= next_fault:
            slug, next_fault, seen.faults = chance.choice(slugs), at + EVERY_S, seen.faults + 1
            one.simulator.control(**{slug: {"fault": chance.choice(SPECS)}})
            heals[slug] = at + chance.uniform(3, LONGEST_S)
        for slug in [slug for slug, when in heals.items() if when <= at]:
            one.simulator.control(**{slug: {"fault": None}})
            del heals[slug]
        _look(one, seen)
        time.sleep(LOOK_S)
    for slug in heals:
        one.simulator.control(**{slug: {"fault": None}})
    return seen


def _look(one: Installation, seen: Watched) -> None:
    now = datetime.now(UTC)
    for name, cron, due in one.sql(SCHEDULES):
        seen.late[name] = max(seen.late.get(name, 0.0), (now - due).total_seconds() / _interval_s(cron, now))
    pids = [pid for service in one.services.values() for pid in installation._descendants(service.pid)]
    seen.bytes.append(sum(_held(pid) for pid in pids))
    seen.files.append(sum(_open(pid) for pid in pids))


def _interval_s(cron: str, now: datetime) -> float:
    times: Any = croniter(cron, now)
    first = times.get_next(float)
    return float(times.get_next(float) - first)


def _held(pid: int) -> int:
    """Bytes that are this process's own share (PSS)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _open(pid: int) -> int:
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def _of(values: list[int], end: int) -> float:
    """The middle of the first or last fifth, of what was seen after the first fifth: by then everything is warm."""
    warm = values[len(values) // 5 :]
    part = max(len(warm) // 5, 1)
    return median(warm[:part] if end == 0 else warm[-part:]) if warm else 0
