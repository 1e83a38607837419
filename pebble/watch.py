"""What `manage.py run` looks at every second: first prices, workers that stopped finishing polls, changed files."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet
from django.utils import timezone
from django_q.brokers import get_broker
from redis.exceptions import RedisError

from exchanges.models import Feed
from markets import away, ourselves
from markets.reads import deliveries
from pebble.supervisor import Program

FIRST_PRICES_S = 60.0
IDLE = 4  # limits without a task of ours; of many clusters one may have nothing to do for a while
FOLDERS = ("exchanges", "markets", "pebble", "templates")
SUFFIXES = {".py", ".html", ".css", ".js"}


class Watch:
    """Called every second with the programs by name; says what a person wants to know, restarts what has to be."""

    def __init__(
        self, say: Callable[[str], None], programs: Mapping[str, Program], *, reload: bool = False, beat: Path | None = None, alone: bool = True,
    ) -> None:
        self.say, self.programs, self.beat = say, programs, beat
        self.began, self.began_at = time.monotonic(), timezone.now()
        self.told: int | None = None  # how many exchanges had prices when we last said so
        self.waiting = alone  # who runs one part only does not speak for the installation
        self.stamp, self.beaten = 0, float("-inf")  # of the beat, and when it was seen to change
        self.vain = 0  # restarts by the watchdog since a poll last ended
        self.cut = float("-inf")  # when the queue was last seen not to answer
        self.files = _files() if reload else None

    def __call__(self) -> None:
        """One look. A database that is away says nothing about the workers."""
        close_old_connections()
        try:
            if self.waiting:
                self.first_prices()
            if "workers" in self.programs:
                self.workers()
        except DatabaseError as error:
            self.say(f"cannot look at the database: {error}")
        if self.files is not None:
            self.reload()

    def first_prices(self) -> None:
        """Count the exchanges that have answered since we began, until all have or a minute is over."""
        feeds = Feed.objects.filter(source="tickers", enabled=True, exchange__enabled=True)
        total, got = feeds.count(), feeds.filter(ok_at__gte=self.began_at, rows__gt=0).count()
        if got != self.told:
            self.say(f"first prices: {got} of {total} exchanges")
            self.told = got
        late = time.monotonic() - self.began > FIRST_PRICES_S
        self.waiting = got < total and not late
        if not self.waiting:
            if hint := deliveries.telling(timezone.now()).hint:
                self.say(f"{hint} See {settings.BASE_URL}/admin/markets/channel/")
            self.say(f"ready: open {settings.BASE_URL}/" + (f" (no prices yet from {_missing(feeds, self)})" if got < total else ""))

    def workers(self) -> None:
        """A worker killed while it held the queue's lock stops the others for ever, and nothing in django-q2 notices.

        New workers get the same time to end a poll, and twice as much after each vain restart: a machine that is only
        slow must not be kept from ever finishing. While the queue is away nobody can work, and new workers could not either:
        those that are there go on by themselves when it comes back, sooner than others would have started.
        """
        program, found = self.programs["workers"], away.polling(timezone.now())
        idle_s = self._idle_s(program)
        idle = not found.stopped and idle_s > IDLE * found.limit_s
        if not found.stopped and not idle:
            self.vain = 0
        elif program.running and time.monotonic() - program.started > found.limit_s * 2**self.vain and self._cut_s() > found.limit_s * 2**self.vain:
            self.vain += 1
            why = f"others work, these ended nothing for {idle_s:.0f} s" if idle else str(found)
            ourselves.replaced(why, timezone.now())
            if self.vain > 1:
                self.say(f"again in vain: this machine may be too slow for {settings.WORKERS} workers; set PEBBLE_WORKERS=2 (docs/operate.md)")
            program.replace(f"watchdog: {why}", idle_s if idle else math.inf if found.age_s is None else found.age_s)

    def _cut_s(self) -> float:
        """How long the queue has answered again; 0 while it does not."""
        if not _queue_answers():
            self.cut = time.monotonic()
        return time.monotonic() - self.cut

    def _idle_s(self, program: Program) -> float:
        """Since one of our own workers ended anything, or was started; where others poll too, theirs end all the same."""
        if self.beat is None:
            return 0.0
        stamp = self.beat.stat().st_mtime_ns if self.beat.exists() else 0
        if stamp != self.stamp:  # that it changed counts, not what it says: clocks jump
            self.stamp, self.beaten = stamp, time.monotonic()
        return time.monotonic() - max(self.beaten, program.started)

    def reload(self) -> None:
        """Start web and workers anew when a source file changed."""
        files = _files()
        if files != self.files:
            self.files = files
            for name in ("workers", "web"):
                self.programs[name].restart("files changed")


def _queue_answers() -> bool:
    try:
        get_broker().queue_size()
    except RedisError:
        return False
    return True


def _missing(feeds: QuerySet[Feed], watch: Watch) -> str:
    """What became of each since this start: what it said before says nothing."""
    late = feeds.exclude(ok_at__gte=watch.began_at, rows__gt=0).select_related("exchange")
    asked = {f.pk for f in late if f.finished_at and f.finished_at >= watch.began_at}
    return ", ".join(f"{f.exchange.name}: {f.outcome if f.pk in asked else 'not asked yet'}" for f in late)


def _files() -> dict[Path, float]:
    found = (p for folder in FOLDERS for p in (settings.BASE_DIR / folder).rglob("*") if p.suffix in SUFFIXES)
    return {p: p.stat().st_mtime for p in found}
