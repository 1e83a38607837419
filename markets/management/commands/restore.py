"""Bring a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pebble.backup import Refused, restore


class Command(BaseCommand):
    """Into an empty installation, unless told otherwise; never beside running workers, never into the other market."""

    help = "Bring back what `backup` wrote, into an empty data folder and database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--over", action="store_true", help="replace all that an installation has")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say from when it is."""
        try:
            made_at = restore(options["file"], over=options["over"])
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"restored: as it was at {made_at:%d %b %Y %H:%M:%S} UTC. Start web servers and workers.")
