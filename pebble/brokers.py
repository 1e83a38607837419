"""django-q2's brokers as pacemakers: they look at the schedules every second (stock django-q2: every 30 s).

And they serve people first: what is queued under the name `settings.PEOPLE_QUEUE` is taken before anything a schedule
queued. Give it to `async_task` as `cluster`; it is a second queue of the same workers, not another cluster.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any

from django.conf import settings
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.brokers.redis_broker import Redis
from django_q.models import Schedule
from django_q.scheduler import scheduler

TICK_S = 1.0

logger = logging.getLogger(__name__)


class Ticking:
    """Mixed in before a broker: `dequeue` is called several times a second by the pusher process."""

    _next_tick = 0.0

    def dequeue(self) -> Any:
        """Queue what is due, then what the broker does. A failing tick is logged: an exception would stop the pusher."""
        if monotonic() >= self._next_tick:
            self._next_tick = monotonic() + TICK_S
            try:
                self.tick()
            except Exception:
                logger.exception("could not look at the schedules")
        return super().dequeue()

    def tick(self) -> None:
        """One cheap read when nothing is due; `scheduler` opens a write transaction."""
        if Schedule.objects.exclude(repeats=0).filter(next_run__lt=timezone.now()).exists():
            scheduler(broker=self)


class PeopleFirstOrm(ORM):
    """Tasks as rows, in two queues."""

    def dequeue(self) -> Any:
        """A task somebody waits for, else one of our own queue's."""
        own = self.list_key
        if self.get_connection().filter(key=settings.PEOPLE_QUEUE, lock__lt=timezone.now()).exists():
            self.list_key = settings.PEOPLE_QUEUE
        try:
            return super().dequeue()
        finally:
            self.list_key = own


class PeopleFirstRedis(Redis):
    """Tasks in two lists."""

    def dequeue(self) -> Any:
        """The first list with something in it; waits a second for either."""
        found = self.connection.blpop([f"django_q:{settings.PEOPLE_QUEUE}:q", self.list_key], 1)
        return [(None, found[1])] if found else None


class TickingOrm(Ticking, PeopleFirstOrm):
    """The embedded default: tasks are rows."""


class TickingRedis(Ticking, PeopleFirstRedis):
    """Production: tasks in Redis or Valkey."""
