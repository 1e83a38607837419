"""Everything as one foreground command: web server, workers and, in a simulated market, the simulator."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from markets.stamp import WrongMarket
from pebble import startup
from pebble.supervisor import Program, Supervisor
from pebble.watch import Watch

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
GRANIAN = ["--interface", "wsgi", "--host", "127.0.0.1", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--log-level", "warning"]


class Command(BaseCommand):
    """Prepares, then supervises. Ctrl-C or SIGTERM stops all of it."""

    help = "Run Pebble: web server, workers and, in a simulated market, the exchange simulator. Stops on Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """For development: start anew when a file changes."""
        parser.add_argument("--reload", action="store_true", help="restart web and workers when a source file changes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Until a signal."""
        if not startup.free(settings.PORT):
            raise CommandError(
                f"port {settings.PORT} is taken. Stop what listens there (another Pebble?), or choose another port: PEBBLE_PORT={settings.PORT + 10} make run",
                returncode=2,
            )
        if settings.AUTO:
            self._decide()
        self.say("Simulated market: prices are invented" if settings.SIMULATED else "Live market: prices come from the exchanges")
        try:
            startup.prepare(self.say)
        except WrongMarket as error:
            raise CommandError(str(error), returncode=2) from error
        programs = self._programs()
        watch = Watch(self.say, {p.name: p for p in programs}, reload=options["reload"])
        Supervisor(programs, watch).run()
        self.say("stopped")

    def say(self, text: str, name: str = "pebble") -> None:
        """One line, with who says it."""
        self.stdout.write(f"{name:>9} | {text}")
        self.stdout.flush()

    def _decide(self) -> None:
        """Start this command anew with the market that could be reached: settings cannot change in a running process."""
        self.say("asking the exchanges whether they can be reached")
        market, why = startup.reachable_market()
        self.say(f"{why}: choosing the {market} market")
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PEBBLE_MARKET": market})  # noqa: S606  # ourselves

    def _programs(self) -> list[Program]:
        env, first = {"PEBBLE_LOG_FORMAT": os.environ.get("PEBBLE_LOG_FORMAT", "console")}, []
        if settings.SIMULATED and not os.environ.get("PEBBLE_UPSTREAM"):
            port = startup.simulator_port()
            env["PEBBLE_UPSTREAM"] = f"http://127.0.0.1:{port}"
            settings.SIMULATOR_FILE.write_text(env["PEBBLE_UPSTREAM"])
            first = [self._program("simulator", [*MANAGE, "simulate", "--port", str(port)], env, ready=lambda: startup.listens(port))]
        web = [sys.executable, "-m", "granian", *GRANIAN, "--port", str(settings.PORT), "pebble.wsgi:application"]
        return [*first, self._program("workers", [*MANAGE, "qcluster"], env), self._program("web", web, env)]

    def _program(self, name: str, command: list[str], env: dict[str, str], **options: Any) -> Program:
        return Program(name, command, lambda line: self.say(line, name), {**env, "PYTHONUNBUFFERED": "1"}, cwd=settings.BASE_DIR, **options)
