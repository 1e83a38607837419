"""An operator's word that nothing is collected, and its end. Whoever would ask an exchange looks here before every single request."""

from __future__ import annotations

import time
from datetime import datetime

from django.db import DatabaseError, transaction

from markets.models import Setting
from markets.polls import touch

KEPT_S = 1.0
_kept: tuple[float, tuple[datetime | None, str]] = (float("-inf"), (None, ""))


def now() -> bool:
    """Whether collection is paused, read anew."""
    return Setting.objects.filter(pk=1, paused_at__isnull=False).exists()


def paused() -> tuple[datetime | None, str]:
    """Since when, and why; (None, "") while everything runs. Read at most once a second per process: every page says so."""
    global _kept  # noqa: PLW0603 - one copy per process, on purpose
    if time.monotonic() - _kept[0] > KEPT_S:
        try:
            row = Setting.objects.filter(pk=1).values_list("paused_at", "pause_reason").first()
        except DatabaseError:
            row = _kept[1]
        _kept = (time.monotonic(), row or (None, ""))
    return _kept[1]


def pause(at: datetime, reason: str) -> bool:
    """Let nothing leave any more, within a second. False when that was so already. The change is audited with its reason."""
    return _change(at, reason, reason)


def resume(reason: str) -> bool:
    """Collect again from each schedule's next turn on. False when nothing was paused."""
    return _change(None, "", reason)


def _change(at: datetime | None, shown: str, reason: str) -> bool:
    with transaction.atomic():
        row = Setting.objects.select_for_update().filter(pk=1).first() or Setting(pk=1)
        if (row.paused_at is None) == (at is None):
            return False
        row.paused_at, row.pause_reason = at, shown[:200]
        row.get_additional_data = lambda: {"reason": reason}  # the audit keeps it with the change
        row.save()
        touch("switches")
    forget()
    return True


def forget() -> None:
    """Drop what is kept for a second."""
    global _kept  # noqa: PLW0603
    _kept = (float("-inf"), (None, ""))
