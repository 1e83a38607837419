"""Everything as one foreground command: web server, workers and, in a simulated market, the simulator."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from markets.stamp import WrongMarket
from pebble import startup, supervisor
from pebble.brokers import BEAT
from pebble.health import STOPPING
from pebble.supervisor import Program, Supervisor
from pebble.watch import Watch

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
PARTS = ("web", "workers")
STOP_S = 40.0  # of a part that is a service: tasks end within their deadlines, requests sooner
GRANIAN = ["--interface", "wsgi", "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning"]


class Command(BaseCommand):
    """Prepares, then supervises. Ctrl-C or SIGTERM stops all of it."""

    help = "Run Pebble: web server, workers and, in a simulated market, the exchange simulator. Stops on Ctrl-C."
    as_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        """For development: start anew when a file changes. For services: one part."""
        parser.add_argument("--reload", action="store_true", help="restart web and workers when a source file changes")
        parser.add_argument("--only", choices=PARTS, help="one part, as a service of an installation that is prepared elsewhere; waits until it is migrated")
        parser.add_argument("--host", default="127.0.0.1", help="the address that the web server listens on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Until a signal."""
        only = options["only"]
        self.as_json = bool(only) and settings.LOG_FORMAT == "json"
        if only != "workers" and not startup.free(settings.PORT, options["host"]):
            raise CommandError(
                f"port {settings.PORT} is taken. Stop what listens there (another Pebble?), or choose another port: PEBBLE_PORT={settings.PORT + 10} make run",
                returncode=2,
            )
        if settings.AUTO:
            self._decide()
        self.say("Simulated market: prices are invented" if settings.SIMULATED else "Live market: prices come from the exchanges")
        try:
            self._prepare(only)
        except WrongMarket as error:
            raise CommandError(str(error), returncode=2) from error
        with tempfile.TemporaryDirectory(prefix="pebble-") as folder:
            self._supervise(only, Path(folder), options)
        self.say("stopped")

    def _prepare(self, only: str | None) -> None:
        if only == "workers":
            startup.await_migrations(self.say)
        elif not only:
            startup.prepare(self.say)  # a web server alone says by /readyz what it waits for

    def _supervise(self, only: str | None, folder: Path, options: dict[str, Any]) -> None:
        programs = [p for p in self._programs(only, options["host"], folder) if only in (None, p.name)]
        watch = Watch(self.say, {p.name: p for p in programs}, reload=options["reload"], beat=folder / "beat", alone=not only)
        drain = partial(self._drain, folder / "stopping") if only == "web" else lambda: None
        Supervisor(programs, watch, stop_s=STOP_S if only else supervisor.STOP_S, drain=drain).run()

    def _drain(self, stopping: Path) -> None:
        """Answer on for a moment while /healthz sends new visitors elsewhere: a listener that closes drops who is just connecting."""
        stopping.touch()
        self.say(f"stopping: /healthz says so, and requests are answered for {settings.DRAIN_S:g} s more")
        time.sleep(settings.DRAIN_S)

    def say(self, text: str, name: str = "pebble") -> None:
        """One line, with who says it; of a service one JSON object, as its programs write them."""
        if self.as_json and not text.startswith("{"):
            logging.getLogger("pebble.run").log(logging.INFO if name == "pebble" else logging.WARNING, "%s: %s", name, text)
            return
        if self.as_json:
            self.stderr.write(text)
            return
        self.stdout.write(f"{name:>9} | {text}")
        self.stdout.flush()

    def _decide(self) -> None:
        """Start this command anew with the market that could be reached: settings cannot change in a running process."""
        self.say("asking the exchanges whether they can be reached")
        market, why = startup.reachable_market()
        self.say(f"{why}: choosing the {market} market")
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PEBBLE_MARKET": market})  # noqa: S606  # ourselves

    def _programs(self, only: str | None, host: str, folder: Path) -> list[Program]:
        env, first = {"PEBBLE_LOG_FORMAT": settings.LOG_FORMAT if only else os.environ.get("PEBBLE_LOG_FORMAT", "console")}, []
        if settings.SIMULATED and not only and not os.environ.get("PEBBLE_UPSTREAM"):
            port = startup.simulator_port()
            env["PEBBLE_UPSTREAM"] = f"http://127.0.0.1:{port}"
            settings.SIMULATOR_FILE.write_text(env["PEBBLE_UPSTREAM"])
            first = [self._program("simulator", [*MANAGE, "simulate", "--port", str(port)], env, ready=lambda: startup.listens(port))]
        where = ["--host", host, "--port", str(settings.PORT), "--workers", str(settings.WEB_WORKERS)]
        web = [sys.executable, "-m", "granian", *GRANIAN, *where, "pebble.wsgi:application"]
        workers = self._program("workers", [*MANAGE, "qcluster"], {**env, BEAT: str(folder / "beat")})
        return [*first, workers, self._program("web", web, {**env, STOPPING: str(folder / "stopping")})]

    def _program(self, name: str, command: list[str], env: dict[str, str], **options: Any) -> Program:
        return Program(name, command, lambda line: self.say(line, name), {**env, "PYTHONUNBUFFERED": "1"}, cwd=settings.BASE_DIR, **options)
