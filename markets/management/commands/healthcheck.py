"""For systemd and containers: non-zero when polling has stopped."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from markets import away, stamp


class Command(BaseCommand):
    """The watchdog's own condition: any outcome counts, a switched-off exchange does not look like a dead worker."""

    help = "Exit with 1 when no poll of any outcome has ended for three periods (at least 30 s)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how it is; raise when polling has stopped."""
        stamp.prepared()
        found = away.polling(timezone.now())
        if found.stopped:
            raise CommandError(f"polling has stopped: {found}")
        self.stdout.write(f"ok: {found}")
