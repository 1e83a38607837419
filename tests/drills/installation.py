"""A whole installation of real processes: simulator, PostgreSQL, Valkey, web servers and clusters, each run as a service runs it.

What is asked of it goes over loopback; what is looked at and broken, by plain SQL and signals.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exchanges.simulator.server import Running, running
from tests import servers
from tests.engine.conftest import Site, until

START_S = 180.0  # of a process on a machine that has other things to do
PAIR = "BTC-USDT"


@dataclass
class Installation:
    """`webs` are ports, `services` the supervisors by name (`web-0`, `workers-2`)."""

    site: Site
    simulator: Running
    postgresql: servers.Server
    valkey: servers.Server
    webs: list[int] = field(default_factory=list)
    services: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start that web server or those workers, as their service does."""
        part, _, number = name.partition("-")
        env = {"PEBBLE_PORT": str(self.webs[int(number)])} if part == "web" else {}
        self.services[name] = self.site.start("run", "--only", part, **env)

    def pull(self, name: str) -> None:
        """Take it away at once with all its processes, as a machine that loses power."""
        supervisor = self.services.pop(name)
        groups = [supervisor.pid, *_children(supervisor.pid)]
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        supervisor.wait()

    def stop(self, name: str) -> None:
        """Ask it to stop, as `systemctl stop` does, and wait."""
        supervisor = self.services.pop(name)
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait(60)

    def pullable(self) -> list[int]:
        """The process ids of all workers: django-q2's own and its other processes."""
        mains = [child for name, one in self.services.items() if name.startswith("workers") for child in _children(one.pid)]
        return [pid for main in mains for pid in _descendants(main)]

    def sql(self, text: str, *args: object) -> list[tuple[Any, ...]]:
        """Rows of a statement."""
        return self.site.sql(text, *args)


def get(port: int, path: str, timeout: float = 15) -> tuple[int, bytes]:
    """Status and body; status 0 when nobody answered in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def age(port: int, slug: str = "") -> float | None:
    """Of the oldest price (or one exchange's) that the API's comparison shows; None when it does not answer or shows none."""
    status, body = get(port, f"/api/v1/compare/{PAIR}/")
    if status != 200:
        return None
    ages = [float(q["age_s"]) for q in json.loads(body)["quotes"] if q["age_s"] is not None and slug in ("", q["exchange"])]
    return max(ages, default=None)


@contextmanager
def installed(webs: int, clusters: int, *, workers: int = 2, **also: str) -> Iterator[Installation]:
    """Until prices are there; all of it is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pebble-drill-", ignore_cleanup_errors=True)))
        database, valkey = stack.enter_context(servers.postgresql_server()), stack.enter_context(servers.valkey_server())
        simulator = stack.enter_context(running())
        env = {"PEBBLE_UPSTREAM": simulator.url, "PEBBLE_WORKERS": str(workers), "PEBBLE_WEB_WORKERS": "1", "PEBBLE_LOG_FORMAT": "console"}
        site = Site(folder, database.url, REDIS_URL=valkey.url, **(env | also))
        one = Installation(site, simulator, database, valkey, [servers.free_port() for _ in range(webs)])
        stack.callback(_gone, one)
        done = site.manage("prepare", timeout=START_S)
        assert done.returncode == 0, done.stderr
        # What prices need and nothing else: three clusters share a small machine with all that they talk to.
        site.sql("UPDATE exchanges_feed SET enabled = ? WHERE source NOT IN ('time', 'instruments', 'tickers')", False)
        site.sql("UPDATE markets_setting SET api_per_minute = 0, api_burst_10s = 0")  # everybody here is one address
        site.manage("migrate", "-v0", timeout=START_S)
        for name in [*(f"workers-{n}" for n in range(clusters)), *(f"web-{n}" for n in range(webs))]:
            one.start(name)
        for port in one.webs:
            until(lambda port=port: age(port) is not None, START_S, why="no web server shows prices")
        yield one


def _gone(one: Installation) -> None:
    for name in list(one.services):
        one.pull(name)
    one.site.stop()


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _descendants(pid: int) -> list[int]:
    return [pid, *(deeper for child in _children(pid) for deeper in _descendants(child))]


def seconds_until(condition: Callable[[], bool], patience_s: float) -> float | None:
    """How long it took; None when it took longer than that."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience_s:
            return None
        time.sleep(0.2)
    return time.monotonic() - began


def now() -> datetime:
    """The time, for rows."""
    return datetime.now(UTC)
