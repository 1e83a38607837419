"""How long each exchange was in which state, day by day: added up every minute from the history of states."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from exchanges.models import Exchange, ExchangeState, Transition
from markets import away, pausing
from markets.analysis import uptime
from markets.analysis.uptime import Day, Move
from markets.models import ExchangeDay

KEPT = timedelta(days=400)


def record(now: datetime) -> None:
    """Bring every exchange's days up to `now`, and drop those past their keep. Safe to run twice."""
    away.record(now)
    for exchange in Exchange.objects.all():
        with transaction.atomic():
            _record(exchange, now)
    ExchangeDay.objects.filter(day__lt=(now - KEPT).date()).delete()


def _record(exchange: Exchange, now: datetime) -> None:
    last = ExchangeDay.objects.filter(exchange=exchange).order_by("-day").first()
    if last is None or now < last.upto:  # the first time, or the clock was put back
        ExchangeDay.objects.update_or_create(exchange=exchange, day=now.date(), defaults={"upto": now})
        return
    if not ExchangeDay.objects.filter(pk=last.pk, upto=last.upto).update(upto=now):
        return  # somebody else has just counted this
    for day, start, end in uptime.pieces(last.upto, now):
        found = between(exchange, start, end, now)
        row, _ = ExchangeDay.objects.get_or_create(exchange=exchange, day=day, defaults={"upto": now})
        added = {name: F(name) + seconds for name, seconds in vars(found).items()}
        ExchangeDay.objects.filter(pk=row.pk).update(**added, upto=end)


def between(exchange: Exchange, start: datetime, end: datetime, now: datetime) -> Day:
    """Seconds by state in [start, end), without what nobody saw. While an operator has paused everything nothing is asked: that is off."""
    if pausing.paused()[0] is not None or not exchange.enabled:
        return uptime.spent(ExchangeState.DISABLED, (), start, end)
    rows = list(Transition.objects.filter(exchange=exchange, at__gt=start, at__lt=end).order_by("id").values_list("at", "before", "after"))
    unseen = away.spans(start, end, now)
    moves: list[Move] = [(at, after) for at, _, after in rows]
    return uptime.spent(rows[0][1] if rows else _state_at(exchange, end), moves, start, end, unseen)


def _state_at(exchange: Exchange, end: datetime) -> str:
    """Where nothing changed: the state before the next change, or today's."""
    later = Transition.objects.filter(exchange=exchange, at__gte=end).order_by("id").values_list("before", flat=True).first()
    return later or exchange.state
