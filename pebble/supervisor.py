"""Keeps a few programs running as process groups: prefixed output, restart with back-off, a stop that leaves nothing.

Standard library only and no Django: it must work when everything else does not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

BACK_OFF_S = (1, 2, 4, 8, 16, 30)
STEADY_S = 60.0  # up and at work this long: the next death counts as the first again
STOP_S = 10.0  # after SIGTERM, before the whole group is killed
LOOK_S = 0.2

Say = Callable[[str], None]


@dataclass
class Program:
    """One program and its process group. `say` gets its output line by line; those after it wait until it is `ready`."""

    name: str
    command: Sequence[str]
    say: Say
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    ready: Callable[[], bool] = lambda: True
    seen_ready: bool = False
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0

    @property
    def running(self) -> bool:
        """Whether its first process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches us only and a kill reaches all of it."""
        self.process = subprocess.Popen(  # noqa: S603  # our own commands
            self.command, env={**os.environ, **self.env}, cwd=self.cwd, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        self.started = time.monotonic()
        threading.Thread(target=self._pass_on, args=(self.process,), daemon=True).start()

    def tend(self) -> None:
        """Start it when it is due; when it has just died, kill what is left of its group and wait a little longer each time."""
        now = time.monotonic()
        if self.running:
            return
        if self.process is None:
            if now >= self.not_before:
                self.start()
            return
        self._end(f"ended ({_why(self.process.returncode)})", now)

    def replace(self, why: str, idle_s: float) -> None:
        """It lives and has done nothing for so long: as good as dead, so it is killed and waits like a dead one."""
        self._end(why, time.monotonic(), idle_s)

    def _end(self, why: str, now: float, idle_s: float = 0.0) -> None:
        self.deaths = 1 if now - self.started - idle_s > STEADY_S else self.deaths + 1
        wait = BACK_OFF_S[min(self.deaths, len(BACK_OFF_S)) - 1]
        self.say(f"{why}; starting again in {wait} s")
        self.kill()
        self.not_before = now + wait

    def restart(self, why: str) -> None:
        """Kill the whole group and start it anew at once."""
        self.say(f"{why}; starting anew")
        self.kill()
        self.start()

    def terminate(self) -> None:
        """Ask its first process to stop; it knows how to stop the others."""
        if self.running and self.process:
            self.process.terminate()

    def kill(self) -> None:
        """End every process of the group, now."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):  # the group is empty
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def _pass_on(self, process: subprocess.Popen[str]) -> None:
        with process.stdout as lines:
            for line in lines:
                self.say(line.rstrip())


@dataclass
class Supervisor:
    """Runs programs until a signal. `watch` is called every `watch_s` and may restart a program; `drain` before any of them is asked to stop."""

    programs: Sequence[Program]
    watch: Callable[[], None] = lambda: None
    watch_s: float = 1.0
    stop_s: float = STOP_S
    drain: Callable[[], None] = lambda: None
    stopping: bool = False

    def run(self) -> None:
        """Until SIGTERM, SIGINT or SIGHUP; then everything is gone."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._signalled)
        try:
            self._loop()
        finally:
            self._stop()

    def _signalled(self, *_: object) -> None:
        self.stopping = True

    def _loop(self) -> None:
        next_watch = 0.0
        while not self.stopping:
            self._tend()
            if time.monotonic() >= next_watch:
                self.watch()
                next_watch = time.monotonic() + self.watch_s
            time.sleep(LOOK_S)

    def _tend(self) -> None:
        for program in self.programs:
            program.tend()
            program.seen_ready = program.seen_ready or program.ready()
            if not program.seen_ready:
                break

    def _stop(self) -> None:
        deadline = time.monotonic() + self.stop_s
        self.drain()
        for group in (self.programs[1:], self.programs[:1]):  # the first is what the others were waiting for: they still ask it while they end
            for program in group:
                program.terminate()
            while any(program.running for program in group) and time.monotonic() < deadline:
                time.sleep(0.05)
        for program in self.programs:
            program.kill()  # the late ones, and what a stopped one left behind


def _why(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
