"""What exchanges say of themselves: announcements, and whether they work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchanges.client import Outcome
from markets.bulk import upsert
from markets.method import setting
from markets.models import Announcement, ServiceStatus
from markets.polls import Poll, Write, touch

KINDS = ("listing", "delisting", "maintenance", "other")
_NOTICE = ("exchange_id", "key", "title", "kind", "url", "published_at", "starts_at", "ends_at", "first_seen_at")
_STATUS = ("exchange_id", "key", "state", "title", "starts_at", "ends_at", "seen_at")


def announcements(poll: Poll) -> Write:
    """Store notices; one that is changed afterwards is changed here. Older ones than an answer holds stay.

    One that the housekeeping has dropped, or would drop, is not seen for the first time again.
    """
    oldest = poll.now - timedelta(days=setting().events_kept_d)
    rows = [
        (poll.exchange.pk, row.id[:200], row.title[:300], row.kind if row.kind in KINDS else "other", _web(row.url), row.published_at, row.starts_at,
         row.ends_at, poll.now)
        for row in poll.outcome.rows if row.published_at is None or row.published_at > oldest
    ]  # fmt: skip

    def write() -> Outcome[Any]:
        upsert(Announcement, _NOTICE, rows, key=("exchange_id", "key"), update=_NOTICE[2:-1])
        touch("notices")
        return poll.outcome

    return write


def _web(url: str | None) -> str:
    """An address a person may follow; anything else is none."""
    return url if url and url.startswith(("https://", "http://")) and len(url) <= 500 and url.isprintable() else ""


def status(poll: Poll) -> Write:
    """Store the exchange's word of itself. Planned maintenance that is no longer told of is called off or over."""
    rows = [(poll.exchange.pk, row.id[:100], row.state, (row.title or "")[:300], row.starts_at, row.ends_at, poll.now) for row in poll.outcome.rows]
    whole = poll.outcome.outcome == "ok" or not poll.outcome.detail

    def write() -> Outcome[Any]:
        upsert(ServiceStatus, _STATUS, rows, key=("exchange_id", "key"))
        if whole:
            ServiceStatus.objects.filter(exchange=poll.exchange).exclude(seen_at=poll.now).delete()
        touch("notices")
        return poll.outcome

    return write
