"""`manage.py simulate`: the five exchanges, played on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exchanges.simulator.server import LOCAL, Simulator


class Command(BaseCommand):
    """Foreground, 127.0.0.1 only, no database. What goes wrong is set at /_control/ (docs/simulator.md)."""

    help = "Run the exchange simulator: five exchanges behind one port of this machine."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Port (0 picks a free one) and seed."""
        parser.add_argument("--port", type=int, default=settings.PORT + 1, help="port on 127.0.0.1; 0 picks a free one (default: the web port + 1)")
        parser.add_argument("--seed", type=int, default=1, help="which market: the same seed and the same time give the same prices (default: 1)")

    def handle(self, *args: object, port: int, seed: int, **options: object) -> None:
        """Listen until SIGTERM or SIGINT."""
        try:
            asyncio.run(self._serve(port, seed))
        except OSError as error:
            raise CommandError(f"cannot listen on {LOCAL}:{port}: {error.strerror or error}") from error

    async def _serve(self, port: int, seed: int) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await Simulator(seed).serve(port, self._announce, stop)

    def _announce(self, port: int) -> None:
        self.stdout.write(f"Exchange simulator listening on http://{LOCAL}:{port}/ (control: /_control/)")
        self.stdout.flush()
