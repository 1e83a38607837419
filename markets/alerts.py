"""People's alerts: kept, looked at every few seconds on the same reads as the pages, and told of once for each crossing.

Any number of clusters may look at the same time. A round is claimed, and every alert is written only while its version is still
the one that was read, in one transaction with what is told: so whoever comes second writes nothing, and a crash between two
alerts loses none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F, Q, QuerySet

from markets import audience, counting, outbox
from markets.analysis import alert_paths, alert_words
from markets.analysis.alert_words import Words
from markets.analysis.alerts import Condition, Item, Items, Memory, Offer, Seen, Verdict, judge, kind_of
from markets.analysis.alerts import Terms as JudgedBy
from markets.analysis.messages import Message
from markets.models import Alert, Channel, Firing, Revision
from markets.models.alerts import MOST
from markets.reads import alerts as reads
from markets.reads import books

NAME = "alerts"  # the claim of a round
SPACING = timedelta(seconds=2)  # clusters that fire together look once
CHECKED = timedelta(minutes=1)  # so seldom is it written down that nothing has changed
BOOKS = 20  # pairs whose order books are asked for in one round
TESTS_A_MINUTE = 5  # of one person
COOL_DOWNS = (60, 7 * 86_400)  # seconds, least and most
KEPT = timedelta(days=90)  # what was told, once it was read


class Refused(ValueError):
    """What was asked for cannot be kept; the text says why and what would be."""


# --- Kept ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Terms:
    """When and how somebody wants to be told. `channels` are ids of their own; the page is always told."""

    channels: tuple[int, ...] = ()
    cool_down_s: int = 3600
    quiet_from: time | None = None
    quiet_to: time | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """An alert as somebody asks for it."""

    condition: Condition
    terms: Terms = Terms()


def create(owner: Any, wish: Wish, now: datetime) -> Alert:
    """Keep a new alert. Raises Refused."""
    _check(wish.terms, now)
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=owner.pk)  # two at once: the limit holds
        if Alert.objects.filter(owner=owner).count() >= MOST:
            raise Refused(f"You have {MOST} alerts, and nobody may have more. Delete one that you no longer need.")
        alert = Alert.objects.create(
            owner=owner, kind=kind_of(wish.condition), condition=msgspec.to_builtins(wish.condition), made_at=now, **_columns(wish.terms),
        )
        alert.channels.set(_own(owner, wish.terms.channels))
    return alert


def change(alert: Alert, terms: Terms, now: datetime) -> None:
    """Change when and how an alert tells. Raises Refused."""
    if terms.ends_at != alert.ends_at:
        _check(terms, now)
    else:
        _check(replace(terms, ends_at=None), now)  # one that has ended may still be changed otherwise
    with transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**_columns(terms))
        alert.channels.set(_own(alert.owner, terms.channels))


def _columns(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in ("cool_down_s", "quiet_from", "quiet_to", "ends_at")}


def _check(terms: Terms, now: datetime) -> None:
    least, most = COOL_DOWNS
    if not least <= terms.cool_down_s <= most:
        raise Refused(f"The cool-down must be from {least} to {most} seconds.")
    if (terms.quiet_from is None) != (terms.quiet_to is None) or (terms.quiet_from is not None and terms.quiet_from == terms.quiet_to):
        raise Refused("A quiet time needs a beginning and another end.")
    if terms.ends_at is not None and terms.ends_at <= now:
        raise Refused("The end lies in the past.")


def _own(owner: Any, ids: Sequence[int]) -> list[Channel]:
    found = list(Channel.objects.filter(owner=owner, pk__in=ids))
    if len(found) != len(set(ids)):
        raise Refused("A channel that was named is not one of yours.")
    return found


def pause(alert: Alert, paused: bool) -> None:
    """Pause or go on. After a pause the first look counts as the first: what happened meanwhile is not told."""
    Alert.objects.filter(pk=alert.pk).exclude(paused=paused).update(paused=paused, memory={}, problem="", version=F("version") + 1)
    alert.refresh_from_db()


def condition_of(alert: Alert) -> Condition:
    """The stored condition as analysis takes it."""
    return msgspec.convert(alert.condition, Condition, strict=False)


def judged_by(alert: Alert) -> JudgedBy:
    """When it may fire."""
    return JudgedBy(cool_down_s=alert.cool_down_s, quiet_from=alert.quiet_from, quiet_to=alert.quiet_to, last_fired_at=alert.last_fired_at)


def is_over(alert: Alert, now: datetime) -> bool:
    """Whether its end has come."""
    return alert.ends_at is not None and alert.ends_at <= now


# --- The round ----------------------------------------------------------------------------------------------------
def sweep(now: datetime) -> int:
    """Look at every alert that is on. Returns how many fired; 0 also where another cluster has just looked."""
    due = _due(now)
    if not due.exists() or not _claimed(now):
        return 0
    alerts = list(due.order_by(F("last_checked_at").asc(nulls_first=True), "pk"))  # what had no time in the last round comes first
    conditions = [condition_of(alert) for alert in alerts]
    _ask_for_books([condition for alert, condition in zip(alerts, conditions, strict=True) if _is_quiet(alert, now)], now)
    owners = [alert.owner_id for alert in alerts]
    seen, words, fired = reads.look_for(zip(owners, conditions, strict=True), now), _words(), 0
    quiet: dict[str, list[int]] = {}
    for alert, condition, what in zip(alerts, conditions, seen, strict=True):
        if what is None:
            continue
        before = msgspec.convert(alert.memory, Memory)
        verdict = judge(condition, what, before, now, judged_by(alert))
        if verdict.fires:
            fired += _fire(alert, _message(f"alert {alert.pk} {alert.fired + 1}", condition, what, verdict, words), verdict, now)
        elif verdict.memory != before:
            _remember(alert, verdict, now)
        elif _is_quiet(alert, now):
            quiet.setdefault(verdict.why, []).append(alert.pk)
    for why, pks in quiet.items():
        Alert.objects.filter(pk__in=pks).update(last_checked_at=now, problem=why)
    return fired


def _words() -> Words:
    """The names of all exchanges: whom an alert may tell of is decided by what it sees."""
    with audience.of(None):
        return reads.words()


def _is_quiet(alert: Alert, now: datetime) -> bool:
    """Whether nothing has been written of it for a minute."""
    return alert.last_checked_at is None or not timedelta(0) <= now - alert.last_checked_at < CHECKED


def _ask_for_books(conditions: Sequence[Condition], now: datetime) -> None:
    """An amount is walked through order books: those of these pairs are kept as young as the plan keeps those of watched pairs."""
    pairs = dict.fromkeys(c.key for c in conditions if isinstance(c, Offer) and c.amount is not None and c.market == "spot")
    for key in [*pairs][:BOOKS]:
        books.ask_for(key, now, CHECKED.total_seconds())


def _due(now: datetime) -> QuerySet[Alert]:
    return Alert.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), paused=False, owner__is_active=True)


def _claimed(now: datetime) -> bool:
    Revision.objects.get_or_create(name=NAME)
    free = Q(at=None) | Q(at__lte=now - SPACING) | Q(at__gt=now)  # the clock was put back
    return bool(Revision.objects.filter(free, name=NAME).update(number=F("number") + 1, at=now))


def _remember(alert: Alert, verdict: Verdict, now: datetime, **more: Any) -> bool:
    """Write what a look left, unless somebody else has written since it was read."""
    here = Alert.objects.filter(pk=alert.pk, version=alert.version, paused=False)
    memory = msgspec.to_builtins(verdict.memory)
    return bool(here.update(memory=memory, version=F("version") + 1, last_checked_at=now, problem=verdict.why, **more))


def _fire(alert: Alert, message: Message, verdict: Verdict, now: datetime) -> bool:
    """Tell of a crossing, once: the alert's new memory and what is told are written together or not at all."""
    with transaction.atomic():
        if not _remember(alert, verdict, now, fired=F("fired") + 1, last_fired_at=now):
            return False
        _tell(alert, message, verdict.items, now)
        transaction.on_commit(partial(counting.add, "alerts", ("fired",)))
    return True


def _tell(alert: Alert, message: Message, items: Sequence[Item], now: datetime, *, test: bool = False) -> Firing:
    receipt = next((item.receipt for item in items if item.receipt), "")
    firing = Firing.objects.create(
        alert=alert, key=message.key, at=now, test=test, subject=message.subject[:200], text=message.text, path=message.path, receipt=receipt,
    )
    for channel in alert.channels.all():
        outbox.put(channel, message, now)
    return firing


def _message(key: str, condition: Condition, seen: Seen, verdict: Verdict, words: Words, *, test: bool = False) -> Message:
    told = verdict.items if isinstance(seen, Items) else (seen,)
    lines = [*(["This is a test: nothing has come true.", ""] if test else []), alert_words.text(condition, seen, verdict, words)]
    receipts = [item.receipt for item in verdict.items if item.receipt]
    lines += [f"What was known then: {settings.BASE_URL}/receipts/{name}/" for name in receipts[: alert_words.NAMED]]
    payload = {
        "condition": alert_paths.texts(condition), "sentence": alert_words.sentence(condition, words), "former": verdict.former or None,
        "now": [alert_words.facts(each) for each in told[: reads.AT_ONCE]], "test": test, "simulated": settings.SIMULATED,
    }
    subject = ("Test: " if test else "") + alert_words.subject(condition, seen, verdict, words)
    return Message(key=key, kind="alert", subject=subject, text="\n".join(lines), payload=payload, path=alert_paths.path(condition))


# --- Tried, read, cleared -----------------------------------------------------------------------------------------
def test(alert: Alert, now: datetime) -> Firing:
    """Tell the owner what the alert would say now, by all its ways. Nothing of the alert changes. Raises Refused."""
    lately = Firing.objects.filter(alert__owner=alert.owner_id, test=True, at__gt=now - timedelta(minutes=1)).count()
    if lately >= TESTS_A_MINUTE:
        raise Refused(f"{TESTS_A_MINUTE} tests a minute are enough. Try again in a minute.")
    condition, words = condition_of(alert), _words()
    seen = reads.look_for([(alert.owner_id, condition)], now)[0] or Items()
    shown = Verdict(Memory(), items=seen.here if isinstance(seen, Items) else ())
    message = _message(f"alert {alert.pk} test {now.timestamp():.3f}", condition, seen, shown, words, test=True)
    with transaction.atomic():
        return _tell(alert, message, (), now, test=True)


def unread(owner: Any) -> int:
    """How many firings the owner has not seen."""
    return Firing.objects.filter(alert__owner=owner, read_at=None).count()


def firings(owner: Any) -> QuerySet[Firing]:
    """What the owner was told, the latest first."""
    return Firing.objects.filter(alert__owner=owner).select_related("alert")


def read_all(owner: Any, now: datetime) -> None:
    """The owner has seen them."""
    Firing.objects.filter(alert__owner=owner, read_at=None).update(read_at=now)


def purge(now: datetime) -> None:
    """Housekeeping: what was told long ago."""
    Firing.objects.filter(at__lt=now - KEPT).delete()
