"""Pebble's own programs started for a benchmark, and what the kernel says of them and their children (Linux)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from markets.management.commands.run import GRANIAN, MANAGE
from pebble.startup import listens

START_S, STOP_S = 30.0, 10.0
SITE = {"DJANGO_SETTINGS_MODULE": "markets.benchmarks.site"}
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def program(command: Sequence[str], env: Mapping[str, str] | None = None) -> Iterator[int]:
    """Run a program in a process group of its own for as long as the block lasts; its process id."""
    process = subprocess.Popen(command, env={**os.environ, **(env or {})}, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603 - ours
    try:
        yield process.pid
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
        with suppress(ProcessLookupError):  # nothing is left of its group
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def web(port: int) -> Iterator[int]:
    """The web server as `manage.py run` starts it, with the empty view beside the pages; its process id."""
    call_command("collectstatic", verbosity=0, interactive=False)
    with program([sys.executable, "-m", "granian", *GRANIAN, "--port", str(port), "pebble.wsgi:application"], SITE) as pid:
        until(lambda: listens(port), "the web server listens")
        yield pid


@contextmanager
def workers() -> Iterator[int]:
    """The cluster as `manage.py run` starts it; its process id."""
    with program([*MANAGE, "qcluster"]) as pid:
        yield pid


def until(happened: Callable[[], bool], what: str, seconds: float = START_S) -> None:
    """Wait until something is so; TimeoutError with its name when it does not come."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    return [pid, *(one for child in children for one in family(child))]


def cpu_s(pid: int) -> float:
    """Processor seconds that a process and its children have used."""
    total = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def peak_mb(pid: int) -> float:
    """The most memory one process ever held, in MB (VmHWM)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
