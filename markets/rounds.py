"""The round that is made every half minute: what no single poll can see. Incidents of our own, switches, holds that end, notices."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditlog.models import LogEntry
from django.db import transaction

from exchanges import health
from exchanges.capabilities import LABELS
from exchanges.models import Exchange, ExchangeState, Feed, IncidentKind, Pin, Release
from markets import automatic, away, condition, incidents, ourselves, troubles
from markets.polls import touch

CLOCK_MS = 2_000
COVERED = 3  # live exchanges, below which an outlier cannot be told from the truth
STARTING = timedelta(minutes=2)  # so long after a start an exchange without an answer is no trouble yet
OPENED = 3  # times in a row that a breaker opened: three minutes and a half without an answer
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
        ourselves.look(now)
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
    for incident in incidents.open_of(IncidentKind.FLAPPING):
        since = incident.exchange.state_since if incident.exchange else None
        if incident.exchange and health.stable(since, now - away.within(since, now, now) if since else now):
            incidents.settled(incident.exchange, now)


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
    for incident in incidents.open_of(IncidentKind.BREAKER).exclude(exchange__in=found):
        incidents.closed(incident.key, now, "They answer again, or the exchange as a whole does not.")
