"""The audit as JSON lines, to be kept elsewhere: what is written out there cannot be touched here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from auditlog.models import LogEntry
from django.core.management.base import BaseCommand, CommandError, CommandParser

from markets.audit import lines


class Command(BaseCommand):
    """Prints; changes nothing."""

    help = "Print the audit as JSON lines, the oldest first; secrets are masked."

    def add_arguments(self, parser: CommandParser) -> None:
        """From where on."""
        parser.add_argument("--since", metavar="TIME", help="only what is not older, such as 2026-11-28 or 2026-11-28T12:00")
        parser.add_argument("--after", metavar="ID", type=int, default=0, help="only what came after the line with this id, to go on after the last export")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each entry."""
        entries = LogEntry.objects.filter(pk__gt=options["after"]).select_related("actor", "content_type").order_by("pk")
        if options["since"]:
            entries = entries.filter(timestamp__gte=_time(options["since"]))
        for line in lines(entries.iterator(chunk_size=500)):
            self.stdout.write(line, ending="")


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!a} is no time; write it like 2026-11-28 or 2026-11-28T12:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
