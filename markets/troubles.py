"""What a poll says is wrong with an exchange, as incidents: states, certificates, formats, prices, budget, and what several share."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q

from exchanges import health
from exchanges.breaker import FAILED, JITTER, LONGEST_PROBE_S
from exchanges.capabilities import LABELS
from exchanges.client import Outcome
from exchanges.models import Exchange, ExchangeState, Feed, Incident, IncidentKind, Run, Transition
from markets import incidents

PRICES = ("time", "instruments", "tickers")
NETWORK, SLOW = "network", "slow"  # keys of what is ours
RETURN = timedelta(seconds=LONGEST_PROBE_S * (1 + JITTER))  # within which everybody is asked again after an outage
IN_A_ROW = 3  # cycles, before prices or the budget are an incident
ODD_SHARE = 5  # more than one price in so many stands away
OFF = (ExchangeState.DISABLED, ExchangeState.AUTO_DISABLED)
_STATES = {
    ExchangeState.DOWN: (IncidentKind.DOWN, "{} is down", False),
    ExchangeState.BANNED: (IncidentKind.BANNED, "{} has paused us", True),
    ExchangeState.BLOCKED: (IncidentKind.BLOCKED, "{} refuses us", True),
}


def follow(row: Exchange, feed: Feed, outcome: Outcome, now: datetime, *, changed: bool, outliers: int = 0) -> None:
    """Open and close what this poll has shown. `row` is the exchange as it stands now, `changed` whether its state has just changed,
    `outliers` how many of its prices stand away from the others'."""
    going_on = _going_on(row)
    if feed.source in PRICES and _together(outcome, now, NETWORK in going_on):
        going_on = _going_on(row)
    if changed:
        _changes(row, now, going_on)
    if row.state not in OFF:
        _states(row, now, going_on, told=changed or not outcome.good)
        _replies(row, feed, outcome, now, going_on)
    if feed.source in PRICES:
        _cycles(row, feed, outcome, now, going_on, outliers)


def _going_on(row: Exchange) -> set[str]:
    return set(Incident.objects.filter(closed_at=None).filter(Q(exchange=row) | Q(key=NETWORK)).values_list("key", flat=True))


def after(row: Exchange, now: datetime) -> None:
    """What a switch means: an exchange that is off has no other trouble."""
    if row.state in OFF:
        label = f"{row.get_state_display()}: {row.state_detail}"
        for incident in Incident.objects.filter(exchange=row, closed_at=None).exclude(kind=IncidentKind.AUTO_DISABLED):
            incidents.closed(incident.key, now, label)


# --- The database -------------------------------------------------------------------------------------------------
_unstored: list[datetime] = []  # when this process could not store an answer, since it last could


def unstored(now: datetime) -> None:
    """An answer could not be stored. Three in a row are an incident, written down as soon as anything can be."""
    _unstored.append(now)
    if len(_unstored) >= IN_A_ROW:
        with suppress(OperationalError):
            _tell_of_the_database()


def stored() -> None:
    """An answer was stored. What went before is told now, if it could not be told then; the next round finds it over."""
    if len(_unstored) >= IN_A_ROW:
        _tell_of_the_database()
    _unstored.clear()


def _tell_of_the_database() -> None:
    detail = f"{len(_unstored)} answers in a row could not be stored: the database was locked, full or away. Pages are served from memory meanwhile."
    with transaction.atomic():
        incidents.opened("storage", IncidentKind.STORAGE, _unstored[0], title="The database does not take what is collected", detail=detail, critical=True)


# --- Of one cause -------------------------------------------------------------------------------------------------
def _together(outcome: Outcome, now: datetime, known: bool) -> bool:
    """Three exchanges that fail in one way are one trouble, and it is ours. Whoever is down when it is over has a trouble of its own
    once a call of its own fails. `known`: it goes on. Returns whether that may have changed."""
    if outcome.outcome in FAILED:
        way, names = health.of_one_cause(_latest(), now)
        if way:
            detail = f"{way.capitalize()}, on {len(names)} exchanges within a minute: {', '.join(names)}. Look at this machine's network, names and clock."
            incidents.opened(NETWORK, IncidentKind.NETWORK, now, title="Our network or time", detail=detail, critical=True)
            return True
    elif outcome.good and known and not health.still_of_one_cause(_latest()):
        incidents.closed(NETWORK, now, "The exchanges answer again.")
        return True
    return False


def _latest() -> list[health.Latest]:
    """How the newest poll of each exchange that is asked ended."""
    rows = Feed.objects.filter(Exchange.asked("exchange__"), enabled=True, source__in=PRICES, started_at__isnull=False).exclude(outcome="")
    found: dict[str, list[tuple[datetime, str, int]]] = {}
    for name, at, outcome, fails in rows.values_list("exchange__name", "started_at", "outcome", "fails"):
        found.setdefault(name, []).append((at, outcome, fails))
    return [_last(name, polls) for name, polls in found.items()]


def _last(name: str, polls: list[tuple[datetime, str, int]]) -> health.Latest:
    at, outcome, fails = max(polls)
    return health.Latest(name, outcome, sum(each for _, _, each in polls) if fails else 0, at)


# --- States -------------------------------------------------------------------------------------------------------
def _changes(row: Exchange, now: datetime, going_on: Collection[str]) -> None:
    """Whether its state keeps changing. Switches, and the first answers after them, are no change of how it does, and neither is
    what an outage of ours made."""
    calm, key = (ExchangeState.STARTING, *OFF), f"flapping:{row.slug}"
    lately = Transition.objects.filter(exchange=row, at__gt=now - health.CHANGES_WITHIN).exclude(before__in=calm).exclude(after__in=calm)
    for since, until in _ours(now - health.CHANGES_WITHIN):
        lately = lately.exclude(at__gte=since, at__lte=(until or now) + RETURN)
    times = list(lately.values_list("at", flat=True))
    if key in going_on or (NETWORK not in going_on and health.flapping(times, now)):
        detail = f"Its state changed {len(times)} times in half an hour; now: {row.get_state_display().lower()}. {row.state_detail}".strip()
        incidents.opened(key, IncidentKind.FLAPPING, now, exchange=row, title=f"{row.name} keeps changing", detail=detail)


def _ours(since: datetime) -> list[tuple[datetime, datetime | None]]:
    """The outages and slow times of ours that reach beyond that time, from when one was noticed until it was over."""
    found = Incident.objects.filter(key__in=(NETWORK, SLOW)).filter(Q(closed_at=None) | Q(closed_at__gt=since - RETURN))
    return list(found.values_list("opened_at", "closed_at"))


def _states(row: Exchange, now: datetime, going_on: Collection[str], *, told: bool) -> None:
    for state, (kind, title, critical) in _STATES.items():
        key = f"{kind}:{row.slug}"
        if row.state != state and key in going_on:
            incidents.closed(key, now, f"{row.name} is {row.get_state_display().lower()}.")
        elif row.state == state and key not in going_on and told and not (NETWORK in going_on and kind == IncidentKind.DOWN):
            incidents.opened(key, kind, now, exchange=row, title=title.format(row.name), detail=row.state_detail, critical=critical)


# --- Replies ------------------------------------------------------------------------------------------------------
def _replies(row: Exchange, feed: Feed, outcome: Outcome, now: datetime, going_on: Collection[str]) -> None:
    """Certificates and formats: told at once, over when no source of the exchange ends so any more."""
    for kind, ended, title, critical in (
        (IncidentKind.TLS, "tls", "{} shows a certificate that is not trusted", True), (IncidentKind.FORMAT, "schema", "{} has changed its format", False),
    ):  # fmt: skip
        key = f"{kind}:{row.slug}"
        if outcome.outcome == ended and not (NETWORK in going_on and kind == IncidentKind.TLS):
            detail = f"{LABELS.get(feed.source, feed.source)}: {outcome.detail}"
            incidents.opened(key, kind, now, exchange=row, title=title.format(row.name), detail=detail, critical=critical)
        elif outcome.good and key in going_on and not Feed.objects.filter(exchange=row, enabled=True, outcome=ended).exists():
            incidents.closed(key, now, "All its sources can be read again.")


def _cycles(row: Exchange, feed: Feed, outcome: Outcome, now: datetime, going_on: Collection[str], outliers: int) -> None:  # noqa: PLR0917
    """What has to be so for three cycles in a row."""
    prices, budget = f"prices:{row.slug}", f"budget:{row.slug}"
    odd = outliers * ODD_SHARE > len(outcome.rows) > 0
    if feed.source == "tickers" and outcome.good and (prices in going_on or odd):
        share = _odd(row.pk, IN_A_ROW)
        detail = f"{share} % or more of its prices stood away from the other exchanges' in each of {IN_A_ROW} cycles; they are left out of every best price."
        if share:
            incidents.opened(prices, IncidentKind.PRICES, now, exchange=row, title=f"{row.name}: prices stand away from the others'", detail=detail)
        elif not odd:
            incidents.closed(prices, now, "Its prices stand with the others' again.")
    if outcome.outcome == "budget_exhausted" and _exhausted(row.pk, feed.source):
        detail = f"{LABELS.get(feed.source, feed.source)}: {outcome.detail}. Raise its budget, lengthen periods, or switch sources off."
        incidents.opened(budget, IncidentKind.BUDGET, now, exchange=row, title=f"{row.name}: no budget is left for prices", detail=detail)
    elif outcome.good and budget in going_on:
        incidents.closed(budget, now, "There is budget again.")


def _odd(exchange: int, cycles: int) -> int:
    """The least share in percent of prices out of line in the last cycles, when it was too large in each of them; else 0."""
    runs = Run.objects.filter(exchange=exchange, source="tickers", outcome__in=("ok", "partial")).order_by("-id").values_list("outliers", "rows")[:cycles]
    shares = [100 * outliers // rows for outliers, rows in runs if rows and outliers * ODD_SHARE > rows]
    return min(shares) if len(shares) == cycles else 0


def _exhausted(exchange: int, source: str) -> bool:
    last = Run.objects.filter(exchange=exchange, source=source).order_by("-id").values_list("outcome", flat=True)[:IN_A_ROW]
    return list(last) == ["budget_exhausted"] * IN_A_ROW
