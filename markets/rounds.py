"""The round that is made every half minute: what no single poll can see. Incidents of our own, switches, holds that end, notices."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from auditlog.models import LogEntry
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from exchanges import health
from exchanges.capabilities import LABELS
from exchanges.leases import DEATHS
from exchanges.models import Exchange, ExchangeState, Feed, Incident, IncidentKind, Pin, Release
from markets import asking, automatic, away, condition, incidents, troubles
from markets.polls import touch

CLOCK_MS = 2_000
COVERED = 3  # live exchanges, below which an outlier cannot be told from the truth
STARTING = timedelta(minutes=2)  # so long after a start an exchange without an answer is no trouble yet
OPENED = 3  # times in a row that a breaker opened: three minutes and a half without an answer
ROOM_BYTES, ROOM_SHARE = 512 * 1024 * 1024, 0.03
LIVE = (ExchangeState.HEALTHY, ExchangeState.DEGRADED)


def go(now: datetime) -> int:
    """Look at everything once. Returns how many notices were put into the outbox besides those of what was found."""
    _holds(now)
    automatic.look(now)
    with transaction.atomic():
        _calm(now)
        _coverage(now)
        _clocks(now)
        _sources(now)
        _tasks(now)
        _room(now)
        _limits(now)
        return incidents.tell(now)


def _holds(now: datetime) -> None:
    """Holds whose time is over."""
    for exchange in Exchange.objects.filter(pin_until__lte=now).exclude(pin=Pin.NONE):
        with transaction.atomic():
            if Exchange.objects.filter(pk=exchange.pk, pin=exchange.pin, pin_until=exchange.pin_until).update(pin=Pin.NONE, pin_until=None, pin_reason=""):
                changes = {"pin": [exchange.get_pin_display(), Pin.NONE.label]}
                data = {"reason": f"Its time was over at {exchange.pin_until:%d %b %H:%M} UTC."}
                LogEntry.objects.log_create(exchange, force_log=True, action=LogEntry.Action.UPDATE, changes=changes, additional_data=data)
                condition.switched(exchange, now)
                touch("switches")


def _calm(now: datetime) -> None:
    """Exchanges that kept changing and have not for a quarter of an hour in which somebody looked."""
    for incident in _open(IncidentKind.FLAPPING):
        since = incident.exchange.state_since if incident.exchange else None
        if incident.exchange and health.stable(since, now - away.within(since, now, now) if since else now):
            incidents.settled(incident.exchange, now)


def _open(kind: str) -> QuerySet[Incident]:
    """All that go on, also of exchanges that are shown to nobody."""
    return Incident.objects.filter(kind=kind, closed_at=None).select_related("exchange")


def _coverage(now: datetime) -> None:
    """Fewer than three live exchanges. Told on its own unless our own network is what is wrong."""
    shown = [e for e in Exchange.objects.filter(Exchange.asked(), release__in=(Release.ON, Release.PERCENT)) if e.adapter]
    live = [e for e in shown if e.state in LIVE]
    settling = any(e.state == ExchangeState.STARTING and (e.state_since is None or now - e.state_since < STARTING) for e in shown)
    if len(live) >= COVERED or len(shown) < COVERED:
        incidents.closed("coverage", now, f"{len(live)} exchanges are live.")
    elif not settling:
        sick = ", ".join(f"{e.name} ({e.get_state_display().lower()})" for e in shown if e not in live)
        detail = f"{len(live)} of {len(shown)} exchanges are live, and with fewer than {COVERED} a wrong price cannot be told from a right one: {sick}."
        title = f"Fewer than {COVERED} exchanges are live"
        incidents.opened("coverage", IncidentKind.COVERAGE, now, title=title, detail=detail, critical=True, tell=not incidents.is_open(troubles.NETWORK))


def _clocks(now: datetime) -> None:
    """Exchanges whose clock is not ours; where three of them are, ours is the one that is wrong."""
    rows = [e for e in Exchange.objects.filter(Exchange.asked(), clock_offset_ms__isnull=False) if e.adapter]
    off = [e for e in rows if abs(e.clock_offset_ms or 0) > CLOCK_MS]
    ours = len(off) >= health.TOGETHER
    told = ", ".join(f"{e.name} {(e.clock_offset_ms or 0) / 1000:+.1f} s" for e in off)
    detail = f"{told}, against ours. Look at this machine's time service; beyond 30 s nothing is offered as arbitrage."
    incidents.found(ours, "clock", IncidentKind.CLOCK, now, title="Our clock is off", detail=detail, critical=True, over="It agrees with the exchanges' again.")
    for exchange in rows:
        title = f"{exchange.name}: its clock is not ours"
        detail = f"It runs {(exchange.clock_offset_ms or 0) / 1000:+.1f} s from ours; its prices are dated by it less that."
        wrong = exchange in off and not ours
        incidents.found(wrong, f"clock:{exchange.slug}", IncidentKind.CLOCK, now, exchange=exchange, title=title, detail=detail, over="The clocks agree again.")


def _sources(now: datetime) -> None:
    """Sources beside prices whose breaker keeps opening, one incident for each exchange."""
    feeds = Feed.objects.filter(Exchange.asked("exchange__"), enabled=True, opened__gte=OPENED, probe_at__isnull=False, exchange__state__in=LIVE)
    found: dict[int, list[Feed]] = {}
    for feed in feeds.exclude(source__in=condition.PRICES).select_related("exchange"):
        found.setdefault(feed.exchange_id, []).append(feed)
    for sick in found.values():
        exchange, labels = sick[0].exchange, ", ".join(LABELS.get(feed.source, feed.source) for feed in sick)
        detail = f"After repeated failures these are asked for only now and then: {labels}. Last: {sick[0].outcome}."
        title = f"{exchange.name}: sources do not answer"
        incidents.opened(f"breaker:{exchange.slug}", IncidentKind.BREAKER, now, exchange=exchange, title=title, detail=detail)
    for incident in _open(IncidentKind.BREAKER).exclude(exchange__in=found):
        incidents.closed(incident.key, now, "They answer again, or the exchange as a whole does not.")


def _tasks(now: datetime) -> None:
    """Polls that ended with their worker several times in a row."""
    poisoned = {f"task:{feed.exchange.slug}:{feed.source}": feed for feed in Feed.objects.filter(deaths__gte=DEATHS).select_related("exchange")}
    for key, feed in poisoned.items():
        title = f"{feed.exchange.name}: {LABELS.get(feed.source, feed.source)}: polls never end"
        incidents.opened(key, IncidentKind.TASK, now, exchange=feed.exchange, title=title, detail=feed.detail)
    for incident in _open(IncidentKind.TASK).exclude(key__in=poisoned):
        incidents.closed(incident.key, now, "It ended as it should.")


def _room(now: datetime) -> None:
    """Little room where the data lies: the database stops taking prices when there is none."""
    total, _, free = shutil.disk_usage(settings.DATA_DIR)
    low = free < ROOM_BYTES or free < total * ROOM_SHARE
    detail = f"{free // (1024 * 1024):,} MB are free where Pebble's data lies. Make room, or keep history for a shorter time."
    incidents.closed("storage", now, "What is collected can be stored again.")  # or this round could not have come so far
    incidents.found(low, "room", IncidentKind.STORAGE, now, title="Little room is left", detail=detail, critical=True, over="There is room again.")


def _limits(now: datetime) -> None:
    """The shared memory of budgets does not answer, and a slower one counts."""
    trouble = asking.limits().trouble()
    title, detail = "Limits are counted in the slower store", trouble.detail if trouble else ""
    incidents.found(trouble is not None, "limits", IncidentKind.STORAGE, now, title=title, detail=detail, over="The shared limits answer again.")
