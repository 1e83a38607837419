"""Everything an installation is, in one file, while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from markets import stamp
from pebble.backup import back_up


class Command(BaseCommand):
    """The database as it stands at one moment, the limits and the kept secret."""

    help = "Write database, limits and kept secret into one file, while everything runs. `restore` brings them back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how large it is, and what else belongs to it."""
        stamp.prepared()
        try:
            back_up(options["file"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written ({error.strerror}). Name a file in a folder that exists and is yours.") from error
        size = options["file"].stat().st_size / 1e6
        self.stdout.write(f"written: {options['file']} ({size:.1f} MB). It holds accounts and secrets; what the environment sets is not in it.")
