"""Workers in simulated time: several tasks at once, one of which runs while the others wait, in an order that only the clock decides.

A task that waits (for an exchange, for a token) gives way; time moves on to whatever is due next. Each worker is a thread, so that
what a task keeps by thread stays its own; a baton lets one run at a time, so that a seed says all that happens.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection, connections

from tests.drills.clock import Clock

Task = Callable[[], object]


@dataclass
class _Queue:
    free: int
    waiting: deque[Task] = field(default_factory=deque)


class Loop:
    """What is due when. `queues` are {name: workers}; tasks of a queue with no free worker wait their turn."""

    def __init__(self, clock: Clock, queues: dict[str, int]) -> None:
        self.clock, self.errors = clock, list[BaseException]()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count, self._ends = 0, 0.0
        self._queues = {name: _Queue(size) for name, size in queues.items()}
        self._idle: list[_Worker] = []
        self._all: list[_Worker] = []
        self.baton = threading.Semaphore(0)
        connection.ensure_connection()
        connection.inc_thread_sharing()

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Do something at a moment (of `clock.elapsed`), between tasks. Of the same moment, what was said first comes first."""
        self._count += 1
        heapq.heappush(self._due, (moment, self._count, what))

    def put(self, queue: str, task: Task) -> None:
        """Give a queue a task, which starts as soon as a worker is free."""
        self._queues[queue].waiting.append(task)
        self.at(self.clock.elapsed, lambda: self._start(queue))

    def run(self, seconds: float) -> None:
        """Let so much time go by, or less when it is cut short."""
        self._ends, self.clock.wait = self.clock.elapsed + seconds, self._sleep
        try:
            while self._due and self._due[0][0] <= self._ends:
                moment, _, what = heapq.heappop(self._due)
                self.clock.elapsed = max(self.clock.elapsed, moment)
                what()
            self.clock.elapsed = max(self.clock.elapsed, self._ends)
        finally:
            self.clock.wait = self.clock.pass_by

    def cut_short(self) -> None:
        """Let `run` return as soon as nobody works: what is under way goes on until it waits."""
        self._ends = -1.0

    def close(self) -> None:
        """End the workers. What still waits never ends."""
        for worker in self._idle:
            worker.job = None
            worker.go.release()
        connection.dec_thread_sharing()

    def _start(self, name: str) -> None:
        queue = self._queues[name]
        if queue.free and queue.waiting:
            queue.free -= 1
            worker = self._idle.pop() if self._idle else _Worker(self, len(self._all))
            worker.queue, worker.job = name, queue.waiting.popleft()
            self._hand(worker)

    def _hand(self, worker: _Worker) -> None:
        """Let one worker run until it waits or is done."""
        worker.go.release()
        self.baton.acquire()
        if worker.job is None:
            self._idle.append(worker)
            self._queues[worker.queue].free += 1
            self._start(worker.queue)

    def _sleep(self, seconds: float) -> None:
        """What `time.sleep` does to a worker. Nobody else has to run when nothing is due before it wakes up."""
        worker, wakes = threading.current_thread(), self.clock.elapsed + max(seconds, 0.0)
        if not isinstance(worker, _Worker) or (wakes <= self._ends and (not self._due or self._due[0][0] > wakes)):
            self.clock.elapsed = wakes
            return
        self.at(wakes, lambda: self._hand(worker))
        self.baton.release()
        worker.go.acquire()


class _Worker(threading.Thread):
    """Runs what it is given, one task after the other."""

    def __init__(self, loop: Loop, number: int) -> None:
        super().__init__(name=f"worker {number}", daemon=True)
        self.loop, self.go, self.queue = loop, threading.Semaphore(0), ""
        self.job: Task | None = None
        loop._all.append(self)
        self._connection = connections["default"]
        self.start()

    def run(self) -> None:
        """Whatever leaves a task is remembered: no task may raise."""
        connections["default"] = self._connection  # one at a time uses it, and nobody waits within a transaction
        while True:
            self.go.acquire()
            if self.job is None:
                return
            try:
                self.job()
            except Exception as error:  # it is raised when the run is over
                self.loop.errors.append(error)
            self.job = None
            self.loop.baton.release()
