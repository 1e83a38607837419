"""manage.py capabilities: what every exchange offers, as a table; `--write` puts it into the docs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from exchanges import capabilities


class Command(BaseCommand):
    """Reads the adapters only: no network, no database."""

    help = "Print what every exchange offers, how often it is read and what that costs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--write", action="store_true", help="write docs/capabilities.md instead of printing it")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        """Print or write the page."""
        text = capabilities.page()
        if not write:
            self.stdout.write(text)
            return
        path = settings.BASE_DIR / "docs" / "capabilities.md"
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} written.")
