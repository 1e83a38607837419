"""One poll now, the way the workers do it."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchanges.adapter import SOURCE_NAMES
from exchanges.adapters import ADAPTERS
from exchanges.models import Run
from markets import stamp, tasks

FIELDS = ("rows", "dropped", "bad_fields", "requests", "size", "ms", "detail")


class Command(BaseCommand):
    """Claim, fetch, save; only the spacing between polls is not asked of a person."""

    help = "Ask one exchange for one source, store the answer, print the outcome. Exit with 1 when it is not good."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which exchange, which source, and for whom to print."""
        parser.add_argument("exchange", choices=list(ADAPTERS))
        parser.add_argument("source", choices=SOURCE_NAMES)
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Poll, print, and fail when nothing was stored."""
        stamp.prepared()
        names = {"exchange": options["exchange"], "source": options["source"]}
        before = _last(names)
        outcome = tasks.poll(**names, spaced=False)
        run = _last(names)
        figures = {f: getattr(run, f) for f in FIELDS} if run and run != before else {}
        if options["json"]:
            self.stdout.write(json.dumps({**names, "outcome": outcome, **figures}))
        else:
            self.stdout.write(f"{names['exchange']} {names['source']}: {outcome} " + ", ".join(f"{k} {v}" for k, v in figures.items() if v))
        if outcome not in ("ok", "partial"):
            raise CommandError(f"not good: {outcome}")


def _last(names: dict[str, str]) -> Run | None:
    return Run.objects.filter(exchange__slug=names["exchange"], source=names["source"]).first()
