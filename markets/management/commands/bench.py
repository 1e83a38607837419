"""The benchmark suite: one JSON object per figure, each beside a rival or a floor measured in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchanges.adapters import ADAPTERS
from exchanges.simulator import copying
from exchanges.simulator.server import running

# Which module of markets/benchmarks, and on which databases.
SUITE = {
    "decoding": ("sqlite",), "storing": ("sqlite", "postgresql"), "books": ("sqlite", "postgresql"), "history": ("postgresql",), "board": ("sqlite",),
    "arbitrage": ("sqlite",), "scaling": ("sqlite",), "serving": ("sqlite",), "pages": ("sqlite",), "looks": ("sqlite",), "memory": ("sqlite",),
    "ask": ("sqlite",),
}  # fmt: skip
LONG: dict[str, tuple[str, ...]] = {"hour": ("sqlite",), "ask-market": ("sqlite",)}  # only when asked for by name: they take their time


class Command(BaseCommand):
    """Runs each part in a process of its own, with a data folder and a database made for it: nobody's data is touched."""

    help = "Measure Pebble over the simulator: one JSON object per figure, beside its rival or floor of the same run."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which parts; --inside is how the command calls itself."""
        parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(SUITE)} (default: all), or {', '.join(LONG)}")
        parser.add_argument("--minutes", type=float, default=60.0, help="of the part called hour")
        parser.add_argument("--questions", type=int, default=10_000, help="of the part called ask-market")
        parser.add_argument("--seed", type=int, default=1, help="of its questions: the same seed asks the same")
        parser.add_argument("--url", default="", help="of a Pebble that runs already, for that part to ask instead of one of its own")
        parser.add_argument("--wrong", default="", help="the file for answers of that part that went wrong")
        parser.add_argument("--inside", action="store_true", help="measure here, in a database made for it (used by the command itself)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures as they come; fail when a part failed."""
        told = {f"PEBBLE_BENCH_{name.upper()}": str(options[name]) for name in ("minutes", "questions", "seed", "url", "wrong")}
        parts, self.more = options["parts"] or list(SUITE), {**told, **_keys()}
        if unknown := set(parts) - set(SUITE | LONG):
            raise CommandError(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(SUITE | LONG)}")
        if options["inside"]:
            for part in parts:
                for figure in import_module(f"markets.benchmarks.{part.replace('-', '_')}").run():
                    self.stdout.write(figure.line())
                    self.stdout.flush()
            return
        failed = [f"{part} on {database}" for part in parts for database in (SUITE | LONG)[part] if not self._measured(part, database)]
        if failed:
            raise CommandError(f"could not be measured: {', '.join(failed)}")

    def _measured(self, part: str, database: str) -> bool:
        if database == "postgresql" and find_spec("tests.servers") is None:
            self.stderr.write(f"{part} on PostgreSQL is left out: tests/servers.py, which starts one, is not here")
            return True
        # The simulator runs here, so that its work is not counted among the worker's or the web server's.
        with _database(database) as address, running() as simulator, tempfile.TemporaryDirectory(prefix="pebble-bench-") as folder:
            if part not in LONG:  # there the limits are what is measured
                simulator.control(**{slug: {"limits": False} for slug in simulator.state()["exchanges"]})
            market = {"PEBBLE_MARKET": "simulated", "PEBBLE_UPSTREAM": simulator.url}
            env = {"PEBBLE_DATA_DIR": folder, "PEBBLE_LOG_LEVEL": "WARNING", **market, **address, **self.more}
            return _manage(env, "migrate", "--verbosity=0") and _manage(env, "createcachetable") and _manage(env, "bench", "--inside", part)


def _keys() -> dict[str, str]:
    """The key that the simulator takes, for every exchange that has signed calls."""
    words = {"KEY": copying.KEY, "SECRET": copying.SECRET, "PASSPHRASE": copying.PASSPHRASE}
    signing = [slug.upper() for slug, adapter in ADAPTERS.items() if adapter.sign]
    return {f"PEBBLE_{slug}_API_{word}": value for slug in signing for word, value in words.items()}


@contextmanager
def _database(name: str) -> Iterator[Mapping[str, str]]:
    """What the environment has to say of a fresh database of that kind; "" makes the settings take SQLite."""
    if name == "sqlite":
        yield {}
        return
    with import_module("tests.servers").postgresql() as url:
        yield {"DATABASE_URL": url}


def _manage(env: Mapping[str, str], *arguments: str) -> bool:
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "PEBBLE_ADAPTER_DIRS")}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(command, env={**inherited, **env}, cwd=settings.BASE_DIR, check=False).returncode == 0  # noqa: S603 - ourselves
