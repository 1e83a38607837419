"""What has to be done once before web servers and workers of a release are started as services."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from markets.stamp import WrongMarket
from pebble import startup


class Command(BaseCommand):
    """Idempotent, and harmless while an installation runs."""

    help = "Bring database, cache table, rows, schedules, the operator's account and static files up to date. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """As `manage.py run` does it at its start."""
        try:
            startup.prepare(self.stdout.write, unseen=not self.stdout.isatty())
        except WrongMarket as error:
            raise CommandError(str(error), returncode=2) from error
