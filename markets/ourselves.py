"""What is wrong with this installation itself, whatever the exchanges do: its workers, its speed, its disk, its shared limits."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from django.conf import settings

from exchanges.capabilities import LABELS
from exchanges.leases import DEATHS
from exchanges.models import Feed, Incident, IncidentKind, Run
from markets import asking, away, condition, incidents, troubles
from markets.reads import machinery

ROOM_BYTES, ROOM_SHARE = 512 * 1024 * 1024, 0.03
REPLACED = "workers:replaced"
SETTLED = timedelta(minutes=3)
AT_WORK = (timedelta(seconds=150), timedelta(seconds=90))  # ago: who ended a poll then has not just started


def look(now: datetime) -> None:
    """Open and close what a round finds. Inside its transaction."""
    _workers(now)
    _slow(now)
    _tasks(now)
    _room(now)
    _limits(now)


def _workers(now: datetime) -> None:
    """Work that waits although somebody is at work. After a start or a pause everything is late for a moment, and no trouble."""
    late, known = machinery.late(now), _going_on("workers")
    if late and (known or _at_work(now)):
        detail = f"{late}. Too few workers, or a machine that is too slow or too busy."
        incidents.opened("workers", IncidentKind.WORKERS, now, title="The workers are behind", detail=detail)
    elif known and not late and now - known.opened_at >= SETTLED:  # one that is behind every other minute is one incident
        incidents.closed("workers", now, "Work is done in time again.")
    if (stopped := _going_on(REPLACED)) and now - stopped.opened_at >= SETTLED and not away.polling(now).stopped:
        incidents.closed(REPLACED, now, "They end polls again.")


def _at_work(now: datetime) -> bool:
    return Run.objects.filter(finished_at__gt=now - AT_WORK[0], finished_at__lt=now - AT_WORK[1]).exists()


def replaced(why: str, now: datetime) -> None:
    """The watchdog has ended workers that did nothing any more: told by the new ones, and over once they have worked for some minutes."""
    detail = f"They ended nothing any more and were replaced ({why}). If it comes again, their log says at what they stopped."
    incidents.opened(REPLACED, IncidentKind.WORKERS, now, title="The workers stopped", detail=detail, critical=True)


def _slow(now: datetime) -> None:
    """As long as three are slow at once, and for some minutes more: one that is slow every other minute is one incident."""
    slow, known = condition.slow_together(now), _going_on(troubles.SLOW)
    if slow:
        detail = f"One answer in twenty, or three in a row, take more than two seconds, on {len(slow)} exchanges: {', '.join(slow)}."
        detail += " Look at this machine's load and network."
        incidents.opened(troubles.SLOW, IncidentKind.NETWORK, now, title="Our machine or network is slow", detail=detail)
    elif known and now - known.opened_at >= SETTLED:
        incidents.closed(troubles.SLOW, now, "Answers come in time again.")


def _going_on(key: str) -> Incident | None:
    return Incident.objects.filter(key=key, closed_at=None).first()


def _tasks(now: datetime) -> None:
    """Polls that ended with their worker several times in a row."""
    poisoned = {f"task:{feed.exchange.slug}:{feed.source}": feed for feed in Feed.objects.filter(deaths__gte=DEATHS).select_related("exchange")}
    for key, feed in poisoned.items():
        title = f"{feed.exchange.name}: {LABELS.get(feed.source, feed.source)}: polls never end"
        incidents.opened(key, IncidentKind.TASK, now, exchange=feed.exchange, title=title, detail=feed.detail)
    for incident in incidents.open_of(IncidentKind.TASK).exclude(key__in=poisoned):
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
