"""django-q2's brokers as pacemakers: they look at the schedules every second (stock django-q2: every 30 s)."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any

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


class TickingOrm(Ticking, ORM):
    """The embedded default: tasks are rows."""


class TickingRedis(Ticking, Redis):
    """Production: tasks in Redis or Valkey."""
