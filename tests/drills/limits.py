"""Hours of three clusters hammering each exchange's published limits, in simulated time, counted at the exchange.

P1 P3 I6 I8: `play(seed, hours)` plays every published pool on every store, with the limiter's own code and only the clocks
and the wire made up. Three machines ask, each with a monotonic clock that drifts and a wall clock that jumps; so does the
store's. Machines are booted anew, the quick store loses its memory and goes away, all of it at random from one seed.

What the exchange counts is when requests *arrive*, up to 0.15 s after they were granted, in sliding windows. A request
counts as inside a ban when it was granted after the ban's answer had come; those that were under way are counted apart.

A standstill is told in windows of the limit. The time by which the store's clock was put back by less than `SLACK_S` is not
counted into it: so small a step looks like a reading that was overtaken by another, and the ledger waits, on the safe side,
until that clock has caught up. That takes as long as the step was, whatever the window: two such steps are two windows of a limit
by the second, and nothing where the limit is by the minute.
"""

from __future__ import annotations

import random
import tempfile
import zlib
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from exchanges.adapters import ADAPTERS
from exchanges.ledger import SLACK_S, Reading
from exchanges.limits import Charge, Rate
from exchanges.state import Kept, OutOfOrder, SqliteLimits
from exchanges.state.kept import entered
from exchanges.state.paired import PairedLimits

if TYPE_CHECKING:
    from tests.drills.figures import Figure

STORES = ("file", "database", "pair")
MACHINES = 3
STORMS = 4  # an hour, each a few windows of asking without a pause; between them somebody asks now and then
FINEST = 40  # requests of the dearest kind that a window holds: fewer, dearer requests play the same in less time
JUMPS_S = (3600.0, -3600.0, 1.0, -1.0, 86_400.0, 300.0)


class World:
    """True time, and what everybody's clocks make of it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.now, self.server_off = chance, 1_000_000.0, 790_000_000.0
        self.machines = [Machine(self, number) for number in range(MACHINES)]
        self.lost = self.away = False  # the quick store

    def server(self) -> float:
        return self.now + self.server_off


class Machine:
    """One machine's clocks."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number, self.boots = world, number, 0
        self.wall_off, self.drift = 790_000_000.0, 1 + world.chance.uniform(-50e-6, 50e-6)
        self.boot()

    def boot(self) -> None:
        self.boots += 1
        self.booted_at = self.world.now - self.world.chance.uniform(1, 1000)

    @property
    def name(self) -> str:
        return f"{self.number}-{self.boots}"

    def mono(self) -> float:
        return (self.world.now - self.booted_at) * self.drift

    def wall(self) -> float:
        return self.world.now + self.wall_off


class Texts(Kept):
    """What PostgreSQL and Redis do with a step, as one machine sees it: the text of one exchange, and the server's clock."""

    def __init__(self, world: World, machine: Machine, texts: dict[str, str], first=lambda name: True, *, quick: bool = False) -> None:
        self._world, self._machine, self._texts, self._first, self._quick = world, machine, texts, first, quick

    def change(self, keys, step):
        if self._quick and self._world.away:
            raise OutOfOrder("it is away")
        text, mono = self._texts.get("text", ""), self._machine.mono()
        reading = Reading(self._world.server(), self._machine.name, mono - self._world.chance.uniform(0, 0.003), mono)
        new, result = entered(text, reading, keys, step, not text and self._first(keys[0].partition("/")[0]))
        self._texts["text"] = new or text
        return result


class Exchange:
    """What it counts, and whom it bans."""

    def __init__(self, units: float, window_s: float) -> None:
        self.units, self.window_s = units, window_s
        self.arrived: deque[tuple[float, float]] = deque()
        self.sum = self.most = 0.0
        self.over = 0

    def arrive(self, at: float, weight: float) -> None:
        while self.arrived and self.arrived[0][0] <= at - self.window_s:
            self.sum -= self.arrived.popleft()[1]
        self.arrived.append((at, weight))
        self.sum += weight
        self.most = max(self.most, self.sum)
        self.over += self.sum > self.units + 1e-6


def run(seed: int, scale: float = 1.0) -> Iterable[Figure]:
    """24 hours, or a share of them, of every pool on every store, held to what they must be."""
    from tests.drills.figures import Figure

    found = play(seed, 24 * scale)
    counts = {name: found[name] for name in ("hours", "worlds", "requests", "refused", "bans", "jumps", "boots", "losses", "outages")}
    yield Figure("requests over a published limit", found["over_limit"], ("==", 0), "requests", counts)
    yield Figure("requests inside a ban", found["inside_ban"], ("==", 0), "requests", {"under_way_when_it_began": found["under_way"]})
    yield Figure("fullest window, of its limit", found["fullest_pct"], ("<=", 100), "%")
    yield Figure("longest standstill, in windows of the limit", found["frozen_windows"], ("<=", 2), "windows")


def play(seed: int, hours: float) -> dict[str, float]:
    """So many hours on every pool and store: the figures together."""
    total: Counter[str] = Counter()
    fullest = frozen = 0.0
    pools = [(adapter.slug, pool) for adapter in ADAPTERS.values() for pool in adapter.pools]
    for slug, pool in pools:
        for kind in STORES:
            counts, full, stood = _play(random.Random(zlib.crc32(f"{seed} {slug} {pool.name} {kind}".encode())), kind, pool.units, pool.window_s, hours)
            total.update(counts)
            fullest, frozen = max(fullest, full), max(frozen, stood)
    keys = ("requests", "refused", "over_limit", "inside_ban", "under_way", "bans", "jumps", "boots", "losses", "outages")
    figures = {key: total[key] for key in keys}
    return {"hours": hours, "worlds": len(pools) * len(STORES), **figures, "fullest_pct": 100 * fullest, "frozen_windows": frozen}


def _play(chance: random.Random, kind: str, units: float, window_s: float, hours: float) -> tuple[Counter[str], float, float]:
    with tempfile.TemporaryDirectory() as folder:
        play = _Play(chance, kind, units, window_s, Path(folder))
        play.hours(hours)
        return play.counts, play.exchange.most / units, play.frozen


class _Play:
    """One pool on one store."""

    def __init__(self, chance: random.Random, kind: str, units: float, window_s: float, folder: Path) -> None:
        self.chance, self.kind, self.folder = chance, kind, folder
        self.world, self.exchange = World(chance), Exchange(units, window_s)
        self.dearest = max(1, int(units / FINEST))
        self.rate = Rate(units, window_s, self.dearest)
        self.counts: Counter[str] = Counter()
        self.texts: list[dict[str, str]] = [{}, {}]
        self.wire: list[tuple[float, float, float]] = []  # arrives, weight, granted
        self.frozen = self.stood = self.asked_at = self.banned_until = self.told_at = self.behind = 0.0
        self.limits = [self._store(machine) for machine in self.world.machines]

    def _store(self, machine: Machine):
        world = self.world
        if self.kind == "file":  # one machine: its processes share the clock of the boot
            one = world.machines[0]
            return SqliteLimits(self.folder / "limits", clock=one.mono, wall=one.wall, booted=one.name)
        durable = Texts(world, machine, self.texts[0])
        if self.kind == "database":
            return durable
        return PairedLimits(Texts(world, machine, self.texts[1], durable.first, quick=True), durable, clock=machine.mono)

    def hours(self, hours: float) -> None:
        ends = self.world.now + hours * 3600
        while self.world.now < ends:
            calm = self.chance.expovariate(STORMS / 3600)
            for _ in range(3):
                self._pass(calm / 3)
                self._ask()
                if self.chance.random() < 0.5:
                    self._mishap()
            storm_ends = self.world.now + self.exchange.window_s * self.chance.uniform(1, 3)
            while self.world.now < storm_ends:
                self._pass(self.chance.expovariate(2 * FINEST / self.exchange.window_s))
                self._ask()
                if self.chance.random() < 0.03:
                    self._mishap()
        self._pass(1)
        for store in self.limits if self.kind == "file" else ():
            store.close()

    def _pass(self, seconds: float) -> None:
        """Time goes by, and what was sent arrives in its own order."""
        self.world.now += seconds
        self.behind = max(0.0, self.behind - seconds)
        self.wire.sort()
        while self.wire and self.wire[0][0] <= self.world.now:
            at, weight, granted = self.wire.pop(0)
            self.exchange.arrive(at, weight)
            if at < self.banned_until:
                self.counts["inside_ban" if granted > self.told_at else "under_way"] += 1
        self.counts["over_limit"] = self.exchange.over

    def _ask(self) -> None:
        number = self.chance.randrange(MACHINES)
        weight = self.chance.choice((1, self.dearest, self.dearest))
        priority = self.chance.choice(("people", "prices", "others", "spare"))
        charges = [Charge("toy", Rate(10 * units_of(self.rate), self.rate.window_s, self.dearest), 1), Charge("toy/pool", self.rate, weight)]
        grant = self.limits[number].acquire(charges, priority)
        now = self.world.now
        if not grant.granted:
            self.counts["refused"] += 1
            self._stood(0.0 if grant.blocked else self.stood + (0.0 if self.behind else min(now - self.asked_at, self.rate.window_s / 10)))
            return
        self.counts["requests"] += 1
        self._stood(0.0)
        late = self.chance.uniform(0.02, 0.15)
        self.wire.append((now + late, weight, now))
        if self.chance.random() < 0.002 and now >= self.banned_until:
            self._ban(number, late)

    def _stood(self, seconds: float) -> None:
        """How long it has granted nothing although it was asked again and again, and no ban runs."""
        self.stood, self.asked_at = seconds, self.world.now
        self.frozen = max(self.frozen, seconds / self.rate.window_s)

    def _ban(self, number: int, late: float) -> None:
        """The exchange says no for a while. Until its answer is written down, others may still send."""
        asked = self.chance.choice((130.0, 600.0, 3600.0, 7200.0))
        begins = self.world.now + late
        self._pass(late + self.chance.uniform(0, 0.1))
        self.banned_until = begins + asked
        self.limits[number].strike("toy", "banned", asked)
        self.told_at = self.world.now
        self.counts["bans"] += 1

    def _mishap(self) -> None:
        what = self.chance.choice(("server", "wall", "boot", "lost", "away", "back"))
        machine = self.chance.choice(self.world.machines)
        if what == "server" and self.kind != "file":
            self._jump(self.chance.choice(JUMPS_S))
        elif what == "wall":
            machine.wall_off += self.chance.choice(JUMPS_S)
            self.counts["jumps"] += 1
        elif what == "boot" and self.kind != "file":
            machine.boot()
            self.limits[machine.number] = self._store(machine)  # its processes are new as well
            self.counts["boots"] += 1
        elif what == "lost" and not self.world.away:
            self.texts[1].clear()
            self.counts["losses"] += self.kind == "pair"
        elif what in ("away", "back") and self.kind == "pair":
            self.counts["outages"] += what == "away" and not self.world.away
            self.world.away = what == "away"

    def _jump(self, seconds: float) -> None:
        self.world.server_off += seconds
        self.counts["jumps"] += 1
        behind = max(0.0, self.behind - seconds)
        self.behind = behind if behind < SLACK_S else 0.0  # a larger one is believed at once


def units_of(rate: Rate) -> float:
    """A budget wide enough that the published limit is what holds."""
    return rate.units
