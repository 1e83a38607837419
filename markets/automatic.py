"""Pebble's own switch of every exchange, looked at once a round: measured, moved, written down and told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from auditlog.models import LogEntry
from django.db import transaction
from django.db.models import Min

from exchanges import automatic
from exchanges.automatic import Look, Phase, Stretch, Switch
from exchanges.health import Call
from exchanges.models import Exchange, ExchangeState, IncidentKind, Pin, Release, Run, Transition
from markets import condition, incidents, troubles
from markets.models import Revision
from markets.polls import touch

GUARD = "automatic"


def look(now: datetime) -> int:
    """Move every switch that is due. Returns how many moved.

    One look at a time: of two at once each could see the other's exchange still on, and one would be left.
    """
    Revision.objects.get_or_create(name=GUARD)
    with transaction.atomic():
        Revision.objects.select_for_update().get(name=GUARD)
        ours = _ours(now)
        suspended = incidents.is_open("network") or any(ended == now for _, ended in ours)
        return sum(_look(exchange, now, ours, suspended) for exchange in Exchange.objects.all() if exchange.adapter and exchange.enabled)


def _ours(now: datetime) -> list[Stretch]:
    """When several exchanges failed together. As far back as the longest trial goes: it counts its own calls only."""
    trials = Exchange.objects.filter(auto="trial").aggregate(since=Min("auto_since"))["since"]
    start = min(now - automatic.WINDOW, trials or now)
    calls: dict[str, list[Call]] = {}
    runs = Run.objects.filter(Exchange.asked("exchange__"), source__in=condition.PRICES, finished_at__gt=start, finished_at__lte=now)
    for name, outcome, at in runs.order_by("finished_at", "id").values_list("exchange__slug", "outcome", "finished_at"):
        calls.setdefault(name, []).append(Call(outcome, 0, at))
    return automatic.together(calls, start, now)


def _look(exchange: Exchange, now: datetime, ours: Sequence[Stretch], suspended: bool) -> bool:
    others = Exchange.objects.filter(enabled=True, auto="", release__in=(Release.ON, Release.PERCENT)).exclude(pin=Pin.OFF).exclude(pk=exchange.pk)
    before = switch_of(exchange)
    seen = measured(exchange, before, now, ours)
    after = automatic.step(before, seen, now, others=others.count(), pin=exchange.pin, suspended=suspended)
    return after != before and _write(exchange, before, after, seen, now)


def switch_of(exchange: Exchange) -> Switch:
    """Its switch as it is stored."""
    phase: Phase = exchange.auto
    return Switch(phase, exchange.auto_since, exchange.auto_until, exchange.auto_times, exchange.auto_reason)


def measured(exchange: Exchange, switch: Switch, now: datetime, ours: Sequence[Stretch] = ()) -> Look:
    """How it did: the polls prices need, and how often it began to pause us."""
    oldest = min(now - automatic.WINDOW, switch.since or now) if switch.phase == "trial" else now - automatic.WINDOW
    runs = Run.objects.filter(exchange=exchange, source__in=condition.PRICES, finished_at__gt=oldest)
    calls = [(Call(o, ms, at, rows if source == "tickers" else 0), outliers) for source, o, ms, at, rows, outliers in
             runs.values_list("source", "outcome", "ms", "finished_at", "rows", "outliers")]  # fmt: skip
    bans = Transition.objects.filter(exchange=exchange, after=ExchangeState.BANNED, at__gt=now - automatic.BANS_WITHIN).values_list("at", flat=True)
    return automatic.look(calls, list(bans), switch, now, ours)


def _write(exchange: Exchange, before: Switch, after: Switch, seen: Look, now: datetime) -> bool:
    """Compare-and-set, the state, a line of the audit with the measurements, and the incident: in the round's transaction."""
    values = {"auto": after.phase, "auto_since": after.since, "auto_until": after.until, "auto_times": after.times, "auto_reason": after.reason[:200]}
    if not Exchange.objects.filter(pk=exchange.pk, auto=before.phase, auto_times=before.times, auto_until=before.until).update(**values):
        return False
    if after.phase == before.phase == "":
        return True  # only forgotten how often it had been off
    _state(exchange, after, now)
    LogEntry.objects.log_create(
        exchange, force_log=True, action=LogEntry.Action.UPDATE, changes={"auto": [before.phase or "on", after.phase or "on"]},
        additional_data={"reason": why(after), "measured": seen.facts()},
    )
    touch("switches")
    return True


def _state(exchange: Exchange, after: Switch, now: datetime) -> None:
    row = Exchange.objects.get(pk=exchange.pk)
    if not row.switched_on:
        return
    key, title = f"auto_disabled:{row.slug}", f"{row.name} is off by Pebble"
    if after.phase:
        condition.move(row, ExchangeState.AUTO_DISABLED, now, why(after))
        troubles.after(row, now)
        incidents.opened(key, IncidentKind.AUTO_DISABLED, now, exchange=row, title=title, detail=why(after))
    else:
        condition.move(row, ExchangeState.STARTING, now)
        incidents.closed(key, now, after.reason)


def why(switch: Switch) -> str:
    """For people: Off by Pebble until 12:30 UTC, because ..."""
    if switch.phase == "off" and switch.until:
        return f"Off by Pebble until {switch.until:%H:%M} UTC, because {switch.reason}."
    if switch.phase == "trial":
        return f"Off by Pebble, on trial with a tenth of its calls, because {switch.reason}."
    return switch.reason
