"""How the machinery behind the prices does: clusters and workers alive, the queue, what is overdue, what was not delivered."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django_q.brokers import get_broker
from django_q.models import Failure, OrmQ, Schedule
from django_q.status import Stat
from redis.exceptions import RedisError

from exchanges.limits import SHED
from exchanges.models import Exchange, Feed, Run
from markets import away, held, pausing
from markets.analysis.display import age
from markets.models import Delivery
from markets.shapes import Overdue, Undelivered, Workers

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STATS_KEPT_S = 5.0
SEEN_S = 20.0  # a cluster's sign lives for three seconds, and a busy one is late with the next
LATE = timedelta(seconds=60)
SHOWN = 10
# Outcomes that say nothing of how an exchange does: it was not asked.
NOT_ASKED = ("disabled", "not_offered", "lease_lost", "breaker_open", "banned_wait", "budget_exhausted")
FORBIDDEN = ("budget_exhausted", "banned_wait")  # by a limit, or by the exchange itself
GOOD = ("ok", "partial")

_asked = float("-inf")
_seen: dict[str, tuple[float, Stat]] = {}  # by cluster: when it was last seen, and how it was


def forget() -> None:
    """Drop what is kept of clusters."""
    global _asked, _seen
    _asked, _seen = float("-inf"), {}


def workers(now: datetime) -> Workers:
    """Everything at `now`. Raises DatabaseError while the database is away."""
    clusters, (queued, oldest_s) = _clusters(), _queue(now)
    runs = Run.objects.filter(started_at__gt=now - DAY).exclude(outcome__in=NOT_ASKED)
    total, broken = runs.count(), Failure.objects.filter(stopped__gt=now - DAY).count()  # a task that was ended leaves no run
    paused_at, reason = pausing.paused()
    polling = away.polling(now)
    return Workers(
        clusters=len(clusters), workers=sum(len(c.workers) for c in clusters), queued=queued, oldest_s=oldest_s,
        failed_24h=total + broken - runs.filter(outcome__in=GOOD).count(), runs_24h=total + broken,
        polled_s=polling.age_s, stopped=polling.age_s is not None and polling.stopped, behind=_behind(now),
        overdue=overdue(now), undelivered=_undelivered(now), paused_at=paused_at, pause_reason=reason,
    )  # fmt: skip


def _behind(now: datetime) -> tuple[str, ...]:
    """The exchanges that are asked and whose prices nobody has looked after for three periods. A breaker or switch is no reason: a look ends such polls."""
    feeds = Feed.objects.filter(Exchange.asked("exchange__"), enabled=True, source="tickers", finished_at__isnull=False).select_related("exchange")
    late = [f.exchange for f in feeds if (now - f.finished_at).total_seconds() > max(away.PERIODS * f.firing_s, settings.WATCHDOG_S)]  # type: ignore[operator]
    return tuple(exchange.name for exchange in late if exchange.slug in held.current().exchanges)


def trouble(w: Workers) -> tuple[str, str, str] | None:
    """(level, one sentence, one explanation) while workers are away or behind, whatever the exchanges do; None else."""
    if w.paused_at is not None:
        return "warn", "Nothing is collected.", f"An operator paused it: {w.pause_reason.rstrip('.') or 'no reason given'}. Prices are as they were then."
    if w.stopped:
        sentence = "Pebble's workers have stopped." if w.clusters else "Pebble's workers are away."
        return "down", sentence, f"The last poll ended {age(w.polled_s)} ago: prices are as they were then. Start the workers, or look into their log."
    told = _late(w.behind, w.oldest_s)
    return ("warn", "Pebble's workers are behind.", f"{told}: this machine is slow or busy, or has just started. Prices are older for it.") if told else None


def late(now: datetime) -> str:
    """What waits for workers, as a sentence without its stop; "" when nothing does, or is meant to."""
    return "" if pausing.now() else _late(_behind(now), _queue(now)[1])


def _late(behind: tuple[str, ...], oldest_s: float | None) -> str:
    waits = f"the oldest task has waited for {age(oldest_s)}" if oldest_s is not None and oldest_s > LATE.total_seconds() else ""
    late = f"prices of {', '.join(behind)} were not asked for in time" if behind else ""
    told = " and ".join(part for part in (late, waits) if part)
    return f"{told[:1].upper()}{told[1:]}"


def overdue(now: datetime) -> tuple[Overdue, ...]:
    """Schedules that are more than a minute late: nobody runs them, or everybody is busy."""
    late = Schedule.objects.filter(next_run__lt=now - LATE).exclude(repeats=0).order_by("next_run")
    unseen = held.unseen().keys()  # a schedule is named after the exchange it starts
    found = [(name, due) for name, due in late.values_list("name", "next_run") if unseen.isdisjoint(name.split())]
    return tuple(Overdue(name, (now - due).total_seconds()) for name, due in found[:SHOWN])


def kept_back(now: datetime, by: str, **which: object) -> dict[str, tuple[int, int]]:
    """{value of the field `by`: (polls of the last hour that a limit or a ban forbade, those of them that left the rest to prices)}."""
    runs = Run.objects.filter(started_at__gt=now - HOUR, outcome__in=FORBIDDEN, **which)
    rows = runs.values(by).annotate(total=Count("pk"), shed=Count("pk", filter=Q(detail__contains=SHED))).order_by()
    return {row[by]: (row["total"], row["shed"]) for row in rows}


def _undelivered(now: datetime) -> tuple[Undelivered, ...]:
    """What was tried in vain in the last day, the newest first. Neither address nor text: this page may be public."""
    failing = Delivery.meant.filter(made_at__gt=now - DAY, attempts__gt=0).exclude(state__in=(Delivery.State.SENT, Delivery.State.MERGED))
    failing = failing.exclude(attempts=1, taken_until__gt=now)  # its first attempt goes on
    rows = failing.order_by("-made_at").values_list("made_at", "kind", "channel__kind", "attempts", "state", "code")[:SHOWN]
    return tuple(Undelivered(at, kind, channel, attempts, state == Delivery.State.GIVEN_UP, code) for at, kind, channel, attempts, state, code in rows)


def _clusters() -> list[Stat]:
    """The clusters alive, asked for at most every five seconds: reading them writes to a cache that is a table."""
    global _asked, _seen  # noqa: PLW0603 - one copy per process, on purpose
    now = time.monotonic()
    if now - _asked > STATS_KEPT_S:
        _asked = now
        with suppress(RedisError):
            _seen = _seen | {stat.cluster_id: (now, stat) for stat in Stat.get_all()}
    _seen = {name: (at, stat) for name, (at, stat) in _seen.items() if now - at <= SEEN_S}  # never changed in place: other threads read it
    return [stat for _, stat in _seen.values()]


def _queue(now: datetime) -> tuple[int | None, float | None]:
    """How many tasks wait, and the oldest one's wait in seconds; None where the queue cannot tell (Redis keeps no times, or is away)."""
    if settings.REDIS_URL:
        names = (settings.PEOPLE_QUEUE, settings.Q_CLUSTER["name"], settings.OTHERS_QUEUE)
        try:
            return sum(get_broker(name).queue_size() for name in names), None
        except RedisError:
            return None, None
    waiting = OrmQ.objects.order_by("lock")
    oldest = waiting.values_list("lock", flat=True).first()
    return waiting.count(), max(0.0, (now - oldest).total_seconds()) if oldest else None

