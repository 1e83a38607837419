"""When operators are told of an incident, and in which words. Pure.

Of what keeps changing a few notices say as much as many: of one exchange at most three in half an hour, and while it is
flapping one digest in that time. What is held back is told as soon as there is room, if it still says anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from markets.analysis.messages import Message

NOTICES, WITHIN = 3, timedelta(minutes=30)
DIGEST = timedelta(minutes=30)
STATES = frozenset({"down", "banned", "blocked"})  # what a flapping exchange keeps opening and closing
LATE = timedelta(days=1)  # how long an end that could not be told yet is remembered

What = Literal["opened", "reminder", "digest", "closed"]


class Notice(Struct, frozen=True):
    """What operators were told of an incident, and when."""

    what: str
    at: datetime


class Told(Struct, frozen=True, kw_only=True):
    """An incident as notices need it. `about`: the exchange's name, or "" when it is Pebble's own."""

    pk: int
    key: str
    kind: str
    title: str
    detail: str = ""
    about: str = ""
    critical: bool = False
    opened_at: datetime
    closed_at: datetime | None = None
    closing: str = ""
    noted: bool = False
    notices: tuple[Notice, ...] = ()

    def has(self, what: What) -> bool:
        """Whether that was told."""
        return any(notice.what == what for notice in self.notices)


def due(incident: Told, now: datetime, *, recent: Sequence[datetime], flapping: bool, every: timedelta, changed: bool = False) -> What | None:
    """What is to be told of an incident now; None for nothing.

    `recent`: when operators were last told of the same exchange (or of this key, where there is none). `flapping`: that
    exchange is. `every`: how often they are reminded. `changed`: a flapping exchange has changed since they were told.
    """
    what = wanted(incident, now, every, changed)
    urgent = incident.critical and what == "opened"
    crowded = sum(at > now - WITHIN for at in recent) >= NOTICES or (flapping and incident.kind in STATES)
    return None if what is None or (crowded and not urgent) else what


def wanted(incident: Told, now: datetime, every: timedelta, changed: bool) -> What | None:
    """What would be told of an incident now, if there is room."""
    if incident.closed_at is not None:
        untold = incident.has("opened") and not incident.has("closed")
        return "closed" if untold and now - incident.closed_at < LATE else None
    if not incident.has("opened"):
        return "opened"
    last = max(notice.at for notice in incident.notices)
    if incident.kind == "flapping" and changed and now - last >= DIGEST:
        return "digest"
    return "reminder" if now - last >= every and not incident.noted else None


def message(incident: Told, what: What, now: datetime, unseen: timedelta = timedelta(0)) -> Message:
    """The notice: subject, what is known, since when, and for how long it was seen to go on: `unseen` is how long Pebble was away meanwhile."""
    went_on = (incident.closed_at or now) - incident.opened_at - unseen
    lines = [incident.closing or incident.detail if what == "closed" else incident.detail]
    gap = f", and {lasted(unseen)} in which Pebble was away and nobody looked" if unseen else ""
    lines.append(f"Since {incident.opened_at:%d %b %H:%M} UTC{'' if what == 'opened' else f', for {lasted(went_on)}{gap}'}.")
    if incident.kind == "flapping" and what == "opened":
        lines.append(f"Until it has been stable for a quarter of an hour you get one digest in {lasted(DIGEST)} instead of each change.")
    subject = {"opened": "{}", "reminder": "Still: {}", "digest": "Still: {}", "closed": "Over: {}"}[what].format(incident.title)
    facts: dict[str, Any] = {
        "incident": incident.pk, "what": what, "incident_key": incident.key, "incident_kind": incident.kind, "exchange": incident.about or None,
        "opened_at": incident.opened_at, "closed_at": incident.closed_at, "lasted_s": int(went_on.total_seconds()),
    }
    return Message(
        key=f"incident {incident.pk} {what} {sum(n.what == what for n in incident.notices)}", kind=_channel_kind(incident.kind), subject=subject,
        text="\n".join(line for line in lines if line), payload=facts, critical=incident.critical and what != "closed", path="/status/",
    )


def _channel_kind(kind: str) -> str:
    """Under which of `messages.KINDS` it goes."""
    if kind in ("workers", "task", "storage", "slo"):
        return "service"
    return {"security": "security", "auto_disabled": "switch"}.get(kind, "incident")


def lasted(span: timedelta) -> str:
    """45 s, 1 min 53 s, 12 min, 3 h 5 min, 2 d 4 h."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 600:
        return _two(seconds // 60, "min", seconds % 60, "s")
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86_400:
        return _two(seconds // 3600, "h", seconds % 3600 // 60, "min")
    return _two(seconds // 86_400, "d", seconds % 86_400 // 3600, "h")


def _two(large: int, unit: str, small: int, smaller: str) -> str:
    return f"{large} {unit} {small} {smaller}" if small else f"{large} {unit}"
