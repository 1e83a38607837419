"""One django-q2 schedule per feed, made from its period; plus housekeeping. Idempotent, safe to run from anywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import Schedule

from exchanges.adapter import SOURCE_NAMES
from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed
from markets import condition
from markets.condition import PRICES

QUIET = "{'q_options': {'save': False}}"  # kept success rows slow every task down; runs are our own table
LAST = repr({"q_options": {"save": False, "cluster": settings.OTHERS_QUEUE}})  # prices go before everything else
PREFIX = "poll "
DELIVER_S = 5  # of the 60 s from a fault to its notice
ROUND_S = 30  # of incidents and switches
SCAN_S = 5  # half of what tickers take: no snapshot is missed
_DIVISORS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
# What a cron line can say with even gaps. Another period gets the nearest of these, the longer one of two.
PERIODS = (*_DIVISORS, *(60 * m for m in _DIVISORS), *(3600 * h for h in (1, 2, 3, 4, 6, 8, 12, 24)))


def cron(period_s: int, offset_s: int = 0) -> str:
    """The six-field line (seconds last) that fires every `period_s`, shifted by `offset_s` seconds."""
    period = min(PERIODS, key=lambda p: (abs(p - period_s), -p))
    offset = offset_s % period
    if period < 60:
        return f"* * * * * {offset}-59/{period}"
    second, minute = offset % 60, offset // 60
    if period < 3600:
        return f"{minute}-59/{period // 60} * * * * {second}"
    return f"{minute % 60} {minute // 60}-23/{period // 3600} * * * {second}"


def offset(exchange: str, source: str, period_s: int) -> int:
    """Seconds by which a feed is shifted, so that exchanges, and the sources of one, do not fire in the same second."""
    return list(ADAPTERS).index(exchange) * period_s // len(ADAPTERS) + SOURCE_NAMES.index(source)


def ensure(**_: object) -> None:
    """Every feed has its schedule, what has no feed any more has none. Also the receiver of `post_migrate`."""
    if not {Schedule._meta.db_table, Feed._meta.db_table} <= set(connection.introspection.table_names()):
        return  # only some apps are migrated
    feeds = [f for f in Feed.objects.select_related("exchange") if f.exchange.slug in ADAPTERS]
    for feed in feeds:
        _ensure_feed(feed)
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=[_name(f) for f in feeds]).delete()
    _put("volumes", func="markets.tasks.volumes", kwargs=LAST, cron="4-59/5 * * * * 47", schedule_type=Schedule.CRON)
    _put("watch", func="markets.tasks.watch", kwargs=QUIET, cron=cron(ROUND_S, 13), schedule_type=Schedule.CRON)
    _put("arbitrage", func="markets.tasks.scan", kwargs=LAST, cron=cron(SCAN_S, 2), schedule_type=Schedule.CRON)
    _put("deliveries", func="markets.tasks.deliver", kwargs=QUIET, cron=cron(DELIVER_S, 3), schedule_type=Schedule.CRON)
    _put("alerts", func="markets.tasks.look_at_alerts", kwargs=LAST, cron=cron(SCAN_S, 4), schedule_type=Schedule.CRON)
    _put("ourselves", func="markets.tasks.look_at_ourselves", kwargs=LAST, cron=cron(60, 20), schedule_type=Schedule.CRON)
    _put("housekeeping", func="markets.tasks.purge", kwargs=QUIET, cron="7-59/10 * * * * 33", schedule_type=Schedule.CRON)
    _put("hourly", func="markets.tasks.hour", kwargs=LAST, cron="1-59/5 * * * * 47", schedule_type=Schedule.CRON)  # again where the hour began without prices


def feed_saved(instance: Feed, raw: bool = False, **_: object) -> None:
    """Receiver of `post_save`: an operator changed a period."""
    if not raw and instance.exchange.slug in ADAPTERS:
        _ensure_feed(instance)


def exchange_saved(instance: Exchange, raw: bool = False, **_: object) -> None:
    """Receiver of `post_save`: its state follows its switches, and one that is on is asked at once, not when its next turn comes."""
    if raw or instance.slug not in ADAPTERS:
        return
    condition.switched(instance, timezone.now())
    if instance.switched_on:
        start_now(instance.slug)


def start_now(exchange: str) -> None:
    """Within a second, poll all its sources in order, once. A row and no queue call: it commits with the change."""
    first = timezone.now() - timedelta(hours=1)  # what is due longest is queued first: the catalogue before other polls
    _put(f"start {exchange}", {"next_run": first}, func="markets.tasks.start", args=repr(exchange), kwargs=QUIET, schedule_type=Schedule.ONCE)


def _name(feed: Feed) -> str:
    return f"{PREFIX}{feed.exchange.slug} {feed.source}"


def _ensure_feed(feed: Feed) -> None:
    slug, source = feed.exchange.slug, feed.source
    period = round(feed.firing_s)
    line = cron(period, offset(slug, source, period))
    task = {"func": "markets.tasks.poll", "args": f"{slug!r}, {source!r}", "kwargs": QUIET if source in PRICES else LAST}
    _put(_name(feed), **task, cron=line, schedule_type=Schedule.CRON, intended_date_kwarg="due")


def _put(name: str, first: dict[str, Any] | None = None, /, **wanted: str) -> None:
    """Make or mend the schedule of that name (names are not unique in django-q2: later doubles are removed)."""
    with transaction.atomic():
        found = list(Schedule.objects.select_for_update().filter(name=name).order_by("id"))
        Schedule.objects.filter(pk__in=[s.pk for s in found[1:]]).delete()
        if not found:
            Schedule(name=name, **wanted, **(first or {})).save()
        elif any(getattr(found[0], field) != value for field, value in wanted.items()):
            _change(found[0], wanted)


def _change(schedule: Schedule, wanted: dict[str, str]) -> None:
    for field, value in wanted.items():
        setattr(schedule, field, value)
    schedule.next_run = schedule.calculate_next_run()  # django-q2 does this for new rows only
    schedule.save()
