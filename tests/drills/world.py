"""A whole installation in simulated time: five exchanges, their network, the schedules, the workers, the store and the reads."""

from __future__ import annotations

import hashlib
import importlib
import random
import tempfile
from ast import literal_eval
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from croniter import croniter
from django.test import override_settings
from django_q.models import Schedule

from exchanges.models import Exchange, Feed
from exchanges.simulator.server import Simulator
from exchanges.transport import Transport
from markets import asking, read, tasks, turns
from markets.models import ExchangeAsset, IdentityState
from markets.polls import touch
from tests.drills.clock import Clock
from tests.drills.network import FAULTS, Network
from tests.drills.small import smaller
from tests.drills.workers import Loop

PRICES = ("time", "instruments", "tickers")
QUEUES = {"default": 6, "others": 3, "people": 2}
POLL, WATCH = "markets.tasks.poll", "markets.tasks.watch"


class World:
    """One seeded run. `history` is every poll: (elapsed when it began, exchange, source, outcome); `digest` sums it up."""

    def __init__(self, seed: int, clock: Clock, network: Network, loop: Loop) -> None:
        self.seed, self.clock, self.network, self.loop = seed, clock, network, loop
        self.scenario = network.simulator.scenario
        self.late, self.polls, self.outcomes = dict[str, float](), 0, dict[str, int]()
        self._digest = hashlib.blake2b(digest_size=8)

    @property
    def slugs(self) -> list[str]:
        """The exchanges, in the simulator's order."""
        return list(self.scenario.stages)

    @property
    def digest(self) -> str:
        """The same for two runs that were the same, poll for poll."""
        return self._digest.hexdigest()

    def note(self, *said: object) -> None:
        """What happened belongs to what has to be the same again."""
        self._digest.update(repr(said).encode())

    # --- What goes wrong ------------------------------------------------------------------------------------------
    def strike(self, exchange: str, fault: str | dict[str, Any]) -> None:
        """Make one exchange fail: a word of the network, or a fault of the simulator's."""
        if fault in FAULTS:
            self.network.strike(exchange, str(fault))
        else:
            self.scenario.apply({"exchanges": {exchange: {"fault": fault}}})
        self.note("strike", round(self.clock.elapsed, 3), exchange, fault)

    def heal(self, exchange: str) -> None:
        """Make it well again."""
        self.network.heal(exchange)
        self.scenario.apply({"exchanges": {exchange: {"fault": None}}})
        self.note("heal", round(self.clock.elapsed, 3), exchange)

    # --- Time -----------------------------------------------------------------------------------------------------
    def start(self, sources: Sequence[str] = PRICES, others: Sequence[str] = (WATCH,)) -> None:
        """Ask everything once, in order, as a start does; then let the schedules of these sources, and other tasks, run.

        Its coins are known, as after the first days: until an exchange's code is, whoever was compared sooner is ranked before it.
        """
        Feed.objects.exclude(source__in=sources).update(enabled=False)
        for slug in self.slugs:
            self.loop.put("default", lambda slug=slug: [self._poll(slug, source, spaced=False) for source in sources if _offers(slug, source)])
        self.run(60)
        ExchangeAsset.objects.update(state=IdentityState.CONFIRMED, decided=True)
        touch("assets", *(f"catalogue:{slug}" for slug in self.slugs))
        for row in Schedule.objects.order_by("name"):
            args = literal_eval(row.args or "()")
            if row.func == POLL and args[1] in sources:
                self._every(row, _queue(row), lambda due, args=args: self._poll(*args, due=due))
            elif row.func in others:
                self._every(row, _queue(row), lambda due, func=row.func: _named(func)())

    def run(self, seconds: float) -> None:
        """Let time go by; what a task raised is raised here."""
        self.loop.run(seconds)
        if self.loop.errors:
            raise self.loop.errors[0]

    def each(self, seconds: float, what: Callable[[], None], ends: float | None = None) -> None:
        """Do something between tasks, again and again, until a moment of `clock.elapsed`."""
        def step() -> None:
            what()
            if ends is None or self.clock.elapsed + seconds <= ends:
                self.loop.at(self.clock.elapsed + seconds, step)

        self.loop.at(self.clock.elapsed + seconds, step)

    def _every(self, row: Schedule, queue: str, task: Callable[[datetime], object]) -> None:
        times = croniter(row.cron, self.clock.now())

        def plan() -> None:
            due = times.get_next(datetime).astimezone(UTC)
            self.loop.at(self.clock.elapsed + (due - self.clock.now()).total_seconds(), lambda: fire(due))

        def fire(due: datetime) -> None:
            self.loop.put(queue, lambda: task(due))
            plan()

        plan()

    def _poll(self, exchange: str, source: str, due: datetime | None = None, *, spaced: bool = True) -> None:
        began = self.clock.elapsed
        outcome = tasks.poll(exchange, source, due.isoformat() if due else None, spaced=spaced)
        self.polls += 1
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if due:
            name = f"{exchange} {source}"
            self.late[name] = max(self.late.get(name, 0.0), self.clock.time() - (self.clock.elapsed - began) - due.timestamp())
        self.note(round(began, 3), exchange, source, outcome)

    def enqueue(self, func: str, *args: str, q_options: dict[str, Any] | None = None, **_: object) -> None:
        """In the place of django-q's `async_task`."""
        queue = str((q_options or {}).get("cluster", "default"))
        self.loop.put(queue if queue in QUEUES else "others", lambda: _named(func)(*args))


def _offers(slug: str, source: str) -> bool:
    return Feed.objects.filter(exchange__slug=slug, source=source, enabled=True).exists()


def _queue(row: Schedule) -> str:
    return "others" if "'others'" in (row.kwargs or "") else "default"


def _named(path: str) -> Callable[..., object]:
    module, _, name = path.rpartition(".")
    found: Callable[..., object] = getattr(importlib.import_module(module), name)
    return found


@contextmanager
def simulated(seed: int, latency_s: float = 0.05) -> Iterator[World]:
    """A fresh installation on the current database, healthy and not started; everything is as it was when the block ends."""
    random.seed(seed)
    clock = Clock()
    with ExitStack() as stack:
        stack.enter_context(smaller())
        stack.enter_context(clock.ruling())
        network = stack.enter_context(Network(clock, Simulator(seed, planned=False), latency_s).up())
        loop = Loop(clock, QUEUES)
        stack.callback(loop.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pebble-drill-")))
        stack.enter_context(override_settings(LIMITS_FILE=folder / "limits.sqlite3", UPSTREAM=""))
        transport = Transport()
        stack.callback(transport.close)
        stack.enter_context(patch.object(asking, "transport", lambda: transport))
        world = World(seed, clock, network, loop)
        for module in (tasks, turns):
            stack.enter_context(patch.object(module, "async_task", world.enqueue))
        Exchange.objects.update(state="starting", state_since=None, state_detail="")
        read.forget()
        stack.callback(read.forget)
        yield world
