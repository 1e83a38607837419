"""What is wrong, from when it was noticed until it is over: one open incident for each key, what is read of them, and notices.

Whoever finds trouble calls `opened`, whoever finds it over calls `closed`, both inside the transaction that changes the
state, and as often as they like: only the first call of each counts. Notices are rows of the outbox in that transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from exchanges.models import Exchange, ExchangeState, Incident, IncidentKind
from markets import away, held
from markets.analysis import incidents as rules
from markets.analysis.incidents import Notice, Told, What
from markets.method import setting
from markets.outbox import tell_operators

_TOLD = ~Q(told=[])


def opened(
    key: str, kind: str, now: datetime, *, exchange: Exchange | None = None, title: str, detail: str = "", critical: bool = False, tell: bool = True,
) -> Incident | None:
    """Open an incident; None when it is open already, whose detail is then renewed. `kind` is one of `IncidentKind`.

    `key` is the kind and whom it concerns (`down:some-exchange`, `network`): the same trouble is one incident. With
    `tell=False` operators are told by the next `tell`, if it still goes on.
    """
    said = {"kind": kind, "exchange": exchange, "title": title[:120], "detail": detail[:300], "critical": critical}
    incident, new = Incident.objects.get_or_create(key=key, closed_at=None, defaults={**said, "opened_at": now})
    if new and tell:
        _tell([incident], now)
    elif not new and incident.detail != said["detail"]:
        Incident.objects.filter(pk=incident.pk).update(detail=said["detail"])
    return incident if new else None


def closed(key: str, now: datetime, detail: str = "") -> Incident | None:
    """Close the open incident of that key; None when there is none. Of two that close it at once, one does."""
    incident = Incident.objects.filter(key=key, closed_at=None).select_related("exchange").first()
    if incident is None or not Incident.objects.filter(pk=incident.pk, closed_at=None).update(closed_at=now, closing=detail[:300]):
        return None
    incident.closed_at, incident.closing = now, detail[:300]
    _tell([incident], now)
    return incident


def found(wrong: bool, key: str, kind: str, now: datetime, *, exchange: Exchange | None = None, title: str, detail: str = "", critical: bool = False,
          over: str = "") -> None:
    """Open it when something is wrong, close it (`over` says how) when it is not."""
    if wrong:
        opened(key, kind, now, exchange=exchange, title=title, detail=detail, critical=critical)
    else:
        closed(key, now, over)


# --- Reading --------------------------------------------------------------------------------------------------------
def going_on() -> QuerySet[Incident]:
    """The open ones whoever is looking may know of, the newest first."""
    return _seen().filter(closed_at=None)


def between(since: datetime, until: datetime) -> QuerySet[Incident]:
    """Those of them that were open at some time in [since, until), the newest first."""
    return _seen().filter(Q(closed_at=None) | Q(closed_at__gt=since), opened_at__lt=until)


def _seen() -> QuerySet[Incident]:
    """None of an exchange that is not released to whoever is looking."""
    return Incident.objects.filter(Q(exchange=None) | Q(exchange__slug__in=held.current().exchanges)).select_related("exchange")


def open_of(kind: str) -> QuerySet[Incident]:
    """All of a kind that go on, also of exchanges that are shown to nobody."""
    return Incident.objects.filter(kind=kind, closed_at=None).select_related("exchange")


def is_open(key: str) -> bool:
    """Whether that goes on."""
    return Incident.objects.filter(key=key, closed_at=None).exists()


# --- Telling --------------------------------------------------------------------------------------------------------
def tell(now: datetime) -> int:
    """Tell what was held back and is still worth telling, reminders and digests. Returns how many notices.

    Of what was over before anybody was told of it nothing is left to tell: on a bad day that is nearly all.
    """
    waiting = Incident.objects.filter(Q(closed_at=None) | _TOLD & Q(closed_at__gt=now - rules.LATE)).select_related("exchange")
    return _tell(waiting.order_by("opened_at", "id"), now)


def settled(exchange: Exchange, now: datetime) -> None:
    """An exchange that kept changing has been stable: one notice says so, and no end that was held back meanwhile follows it."""
    label = ExchangeState(exchange.state).label.lower()
    if closed(f"flapping:{exchange.slug}", now, f"Stable for a quarter of an hour: {label}."):
        for incident in Incident.objects.filter(exchange=exchange, kind__in=rules.STATES, closed_at__gt=now - rules.LATE):
            if not _as_told(incident).has("closed"):
                _note(incident, "closed", now)


def _tell(incidents: Iterable[Incident], now: datetime) -> int:
    every = timedelta(minutes=max(5, setting().incident_reminder_min))
    count = 0
    for incident in incidents:
        told, changed = _as_told(incident), _changed(incident)
        if rules.wanted(told, now, every, changed) is None:
            continue
        what = rules.due(told, now, recent=_recent(incident, now), flapping=_flapping(incident), every=every, changed=changed)
        if what:
            _note(incident, what, now)
            tell_operators(rules.message(told, what, now, away.within(told.opened_at, told.closed_at or now, now)), now)
            count += 1
    return count


def _note(incident: Incident, what: What, now: datetime) -> None:
    incident.told = [*incident.told, [what, now.isoformat()]]
    Incident.objects.filter(pk=incident.pk).update(told=incident.told)


def _recent(incident: Incident, now: datetime) -> list[datetime]:
    """When operators were told of the same exchange, or of the same trouble of our own, lately."""
    about = Q(exchange=incident.exchange_id) if incident.exchange_id else Q(key=incident.key)
    rows = Incident.objects.filter(about, _TOLD).filter(Q(closed_at=None) | Q(closed_at__gt=now - rules.LATE))
    return [notice.at for told in rows.values_list("told", flat=True) for notice in _notices(told)]


def _flapping(incident: Incident) -> bool:
    return bool(incident.exchange) and incident.kind in rules.STATES and is_open(f"flapping:{incident.exchange.slug}")  # type: ignore[union-attr]


def _changed(incident: Incident) -> bool:
    """Whether a flapping exchange has changed since operators were last told of it."""
    if incident.kind != IncidentKind.FLAPPING or not incident.told or incident.exchange is None:
        return False
    return bool(incident.exchange.state_since) and incident.exchange.state_since > _notices(incident.told)[-1].at  # type: ignore[operator]


def _notices(told: list[list[str]]) -> list[Notice]:
    return [Notice(what, datetime.fromisoformat(at)) for what, at in told]


def _as_told(incident: Incident) -> Told:
    return Told(
        pk=incident.pk, key=incident.key, kind=incident.kind, title=incident.title, detail=incident.detail, critical=incident.critical,
        about=incident.exchange.name if incident.exchange else "", opened_at=incident.opened_at, closed_at=incident.closed_at, closing=incident.closing,
        noted=incident.noted_at is not None, notices=tuple(_notices(incident.told)),
    )
