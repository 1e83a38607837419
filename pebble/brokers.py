"""django-q2's brokers as pacemakers: they look at the schedules every second (stock django-q2: every 30 s).

And they know what cannot wait: what is queued under the name `settings.PEOPLE_QUEUE` is taken first, `OTHERS_QUEUE` last, and
prices, in the queue between, get no older because a thousand contracts are due. Give the name to `async_task` as `cluster`;
these are queues of the same workers, not other clusters.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import Count, Q
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.brokers.redis_broker import Redis
from django_q.models import Schedule
from django_q.scheduler import scheduler
from django_q.signals import post_execute_in_worker
from redis.exceptions import RedisError

TICK_S = 1.0
CROWDED = 200  # tasks that wait: more than all schedules together. What is due then waits where it cannot be there twice
LATER = timedelta(seconds=5)  # when what is taken last is looked at again, while too much of it waits
REST_S = (0.25, 0.5, 1.0, 2.0)  # after failures of the queue in a row
BEAT = "PEBBLE_BEAT"  # the file that a cluster touches when one of its workers has ended a task; its supervisor looks at it

logger = logging.getLogger(__name__)


def _again(what: str, times: int) -> int:
    """Say that it could not be read, the first time with all that is known, and drop connections that are no use any more."""
    logger.error("could not look at %s (%d times in a row)", what, times + 1, exc_info=times == 0)
    close_old_connections()
    return times + 1


class Ticking:
    """Mixed in before a broker: `dequeue` is called several times a second by the pusher process."""

    waiting: Callable[[], tuple[int, int]]  # how many tasks nobody has taken yet: in the first two queues, in the last
    _next_tick = 0.0
    _blind, _cut = 0, 0  # how often in a row the schedules, the queue could not be read

    def dequeue(self) -> Any:
        """Queue what is due, then what the broker does. Nothing is raised: that would stop the pusher for ten seconds."""
        if monotonic() >= self._next_tick:
            self._next_tick = monotonic() + TICK_S
            try:
                self.tick()
                self._blind = 0
            except Exception:
                self._blind = _again("the schedules", self._blind)
        try:
            found = super().dequeue()
        except (DatabaseError, RedisError):
            sleep(REST_S[min(self._cut, len(REST_S) - 1)])
            self._cut = _again("the queue", self._cut)
            return None
        self._cut = 0
        return found

    def tick(self) -> None:
        """One cheap read when nothing is due; `scheduler` opens a write transaction.

        Workers that cannot keep up would otherwise find the same poll a hundred times: each in vain, and all in the way. Prices
        do not wait because of what is taken after them: that alone is put off.
        """
        due = Schedule.objects.exclude(repeats=0).filter(next_run__lt=timezone.now())
        if not due.exists():
            return
        first, last = self.waiting()
        if last >= CROWDED:
            due.filter(kwargs__contains=repr(settings.OTHERS_QUEUE)).update(next_run=timezone.now() + LATER)
        if first < CROWDED:
            scheduler(broker=self)


class OrderedOrm(ORM):
    """Tasks as rows, in three queues."""

    def waiting(self) -> tuple[int, int]:
        """One count of few rows."""
        tasks = self.get_connection().filter(lock__lt=timezone.now())
        last = Count("pk", filter=Q(key=settings.OTHERS_QUEUE))
        found = tasks.aggregate(first=Count("pk", filter=Q(key__in=(settings.PEOPLE_QUEUE, self.list_key))), last=last)
        return found["first"], found["last"]

    def dequeue(self) -> Any:
        """A task of the first queue that has one."""
        own = self.list_key
        queues = (settings.PEOPLE_QUEUE, own, settings.OTHERS_QUEUE)
        waiting = set(self.get_connection().filter(key__in=queues, lock__lt=timezone.now()).values_list("key", flat=True).distinct())
        self.list_key = next((queue for queue in queues if queue in waiting), own)
        try:
            return super().dequeue()
        finally:
            self.list_key = own


class OrderedRedis(Redis):
    """Tasks in three lists."""

    def waiting(self) -> tuple[int, int]:
        """Three lengths."""
        people, last = (int(self.connection.llen(f"django_q:{queue}:q")) for queue in (settings.PEOPLE_QUEUE, settings.OTHERS_QUEUE))
        return people + int(self.connection.llen(self.list_key)), last

    def dequeue(self) -> Any:
        """The first list with something in it; waits a second for any."""
        first, last = (f"django_q:{queue}:q" for queue in (settings.PEOPLE_QUEUE, settings.OTHERS_QUEUE))
        found = self.connection.blpop([first, self.list_key, last], 1)
        return [(None, found[1])] if found else None


class TickingOrm(Ticking, OrderedOrm):
    """The embedded default: tasks are rows."""


class TickingRedis(Ticking, OrderedRedis):
    """Production: tasks in Redis or Valkey."""


def beat(**_: object) -> None:
    """Receiver of `post_execute_in_worker`: this cluster works. Polls that end elsewhere say nothing about it."""
    if file := os.environ.get(BEAT):
        Path(file).touch()


post_execute_in_worker.connect(beat)
