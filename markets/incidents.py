"""What is wrong, from when it was noticed until it is over: one open incident for each key, and what is read of them.

Whoever finds trouble calls `opened`, whoever finds it over calls `closed`, both inside the transaction that changes the
state, and as often as they like: only the first call of each counts.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from exchanges.models import Exchange, Incident


def opened(
    key: str, kind: str, now: datetime, *, exchange: Exchange | None = None, title: str, detail: str = "", critical: bool = False,
) -> Incident | None:
    """Open an incident; None when it is open already, whose detail is then renewed. `kind` is one of `IncidentKind`.

    `key` is the kind and whom it concerns (`down:some-exchange`, `network`): the same trouble is one incident.
    """
    told = {"kind": kind, "exchange": exchange, "title": title[:120], "detail": detail[:300], "critical": critical}
    incident, new = Incident.objects.get_or_create(key=key, closed_at=None, defaults={**told, "opened_at": now})
    if new:
        return incident
    if incident.detail != told["detail"]:
        Incident.objects.filter(pk=incident.pk).update(detail=told["detail"])
    return None


def closed(key: str, now: datetime, detail: str = "") -> Incident | None:
    """Close the open incident of that key; None when there is none. Of two that close it at once, one does."""
    incident = Incident.objects.filter(key=key, closed_at=None).select_related("exchange").first()
    if incident is None or not Incident.objects.filter(pk=incident.pk, closed_at=None).update(closed_at=now, closing=detail[:300]):
        return None
    incident.closed_at, incident.closing = now, detail[:300]
    return incident


# --- Reading --------------------------------------------------------------------------------------------------------
def going_on() -> QuerySet[Incident]:
    """The open ones, the newest first."""
    return Incident.objects.filter(closed_at=None).select_related("exchange")


def between(since: datetime, until: datetime) -> QuerySet[Incident]:
    """Those that were open at some time in [since, until), the newest first."""
    return Incident.objects.filter(Q(closed_at=None) | Q(closed_at__gt=since), opened_at__lt=until).select_related("exchange")
