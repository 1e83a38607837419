"""Carry settings to another installation: from a first look at the simulated market to live use."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from markets import carried, stamp


class Command(BaseCommand):
    """Both ways."""

    help = "Export or import what operators and people decided: switches, budgets, fees, settings, identity, channels, alerts, users."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of the two."""
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument("--export", metavar="FILE", help="write them; - is standard output. Passwords' and keys' hashes are in it: keep it as a secret")
        way.add_argument("--import", metavar="FILE", dest="given", help="set them here as the file says; safe to repeat")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was carried, and what has to wait."""
        stamp.prepared()
        if options["export"]:
            self._export(options["export"])
        else:
            self._import(options["given"])

    def _export(self, name: str) -> None:
        text = carried.exported(timezone.now())
        if name == "-":
            self.stdout.write(text)
            return
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        self.stdout.write(f"written: {name}. It holds the hashes of passwords and keys: keep it as a secret.")

    def _import(self, name: str) -> None:
        try:
            found = carried.imported(sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, carried.NotOurs) as error:
            raise CommandError(str(error)) from error
        for table, (count, missing) in found.items():
            left = f"; not here yet: {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''} ({len(missing)})" if missing else ""
            self.stdout.write(f"{table}: {count}{left}")
        if any(missing for _, missing in found.values()):
            self.stdout.write("What is not here yet is carried by the same command once its exchange has been read.")
