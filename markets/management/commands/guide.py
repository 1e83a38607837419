"""manage.py guide: the guide's list of what can be asked, from its tested examples; `--write` puts it into the page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from markets.pages import guide_ask


class Command(BaseCommand):
    """Reads docs/guide/ask.yaml only."""

    help = "Print the guide's list of what can be asked."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--write", action="store_true", help="write it into docs/guide/ask.md instead of printing it")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        """Print the section, or write the page."""
        if not write:
            self.stdout.write(guide_ask.section())
            return
        guide_ask.PAGE.write_text(guide_ask.page(), encoding="utf-8")
        self.stdout.write(f"docs/guide/{guide_ask.PAGE.name} written.")
