"""The outbox: what has to be told is a row, written in the transaction of what it tells of, and swept until it is delivered.

Before an attempt a row and its channel are claimed by writing down that it failed: the next time is set, the failure is counted. Only
a success takes that back. So a worker that dies at any moment loses nothing, and two workers never send the same row at once.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_q.tasks import async_task

from markets import wires
from markets.analysis.messages import (
    CHANNEL_MOST_S,
    CONFIRM,
    DIGEST,
    FIRST_S,
    PARTS,
    PATIENCE,
    ROW_MOST_S,
    SUBJECT,
    Message,
    Told,
    digest,
    line,
    paragraphs,
    plain,
    quiet_end,
    wait_s,
    when,
)
from markets.models import Channel, Delivery

SWEEP_S = 15.0  # no attempt begins later in a sweep: a task has 30 s
TURN_S = 8.0  # of one channel, and one attempt more
AT_ONCE = 1000  # rows that a sweep merges or gives up
HASTE_S = 1.0  # how often one process calls for a sweep between those of the schedule
MAIL_RESTS_S = 30.0  # in this process, after a mail server that did not answer: it would cost every address as long

State = Delivery.State
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)
_again = {"haste": float("-inf"), "mail": float("-inf")}  # monotonic


# --- Putting in -----------------------------------------------------------------------------------------------------
def put(channel: Channel, message: Message, now: datetime) -> bool:
    """Put one message on its way to one channel, in the caller's transaction. Returns whether it is new to that channel.

    Nothing is put for a channel that is off or unconfirmed, or did not ask for that kind of message.
    """
    if not _takes(channel, message.kind) or not channel.wants(message.kind):
        return False
    if Delivery.objects.filter(channel=channel, key=message.key).exists():
        return False
    due = when(channel.rule, message, now)
    Delivery.objects.bulk_create([_row(channel, message, now, due)], ignore_conflicts=True)  # two at once: one row
    if due <= now:
        transaction.on_commit(_hasten, robust=True)
    return True


def tell_operators(message: Message, now: datetime) -> int:
    """The same to every channel of the operators. Returns how many are told."""
    with transaction.atomic():
        return sum(put(channel, message, now) for channel in Channel.objects.filter(owner=None, enabled=True))


def once(channel: Channel, message: Message, now: datetime) -> Delivery:
    """Try a message now, a single time, whatever the channel's state. Returns its row, sent or given up."""
    row = _row(channel, message, now, now)
    row.attempts, row.until = 1, now
    row.due_at = row.taken_until = now + timedelta(seconds=wait_s(1, ROW_MOST_S, 0))
    row.save()
    if not _tried(row, now):
        row.state = State.GIVEN_UP
        row.save(update_fields=["state"])
    return row


def retry(rows: QuerySet[Delivery], now: datetime) -> int:
    """Try those of `rows` that wait or were given up within seconds, and for another day. Returns how many.

    Not those that are being sent: their receiver would get them twice.
    """
    chosen = Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    free = chosen.filter(Q(taken_until=None) | Q(taken_until__lte=now), state__in=(State.WAITING, State.GIVEN_UP))
    with transaction.atomic():
        count = free.update(state=State.WAITING, due_at=now, until=now + PATIENCE)
        Channel.objects.filter(pk__in=chosen.filter(state=State.WAITING, due_at=now).values("channel")).update(rests_until=None)
    _hasten()
    return count


def _takes(channel: Channel, kind: str) -> bool:
    return channel.open or (channel.enabled and kind == CONFIRM)


def _row(channel: Channel, message: Message, now: datetime, due: datetime) -> Delivery:
    return Delivery(
        channel=channel, key=message.key, kind=message.kind, subject=line(message.subject, SUBJECT), text=paragraphs(message.text), path=message.path,
        payload=plain(message.payload), critical=message.critical, held=due > now, made_at=now, due_at=due, until=due + PATIENCE,
    )  # fmt: skip


def _hasten() -> None:
    """Have the queue sweep soon. If that is lost, the schedule does it."""
    if time.monotonic() >= _again["haste"]:
        _again["haste"] = time.monotonic() + HASTE_S
        async_task("markets.tasks.deliver", q_options={"save": False})


# --- Sweeping -------------------------------------------------------------------------------------------------------
def sweep(clock: Clock = timezone.now) -> int:
    """Deliver what is due, for so long; then give up what nobody took for a day. Returns how many were sent."""
    began, sent = clock(), 0
    ends = began + timedelta(seconds=SWEEP_S)
    if not Delivery.objects.filter(Q(due_at__lte=began) | Q(until__lte=began), state=State.WAITING).exists():
        return 0  # as nearly always
    _collect(began)
    for channel in _with_something_due(began):
        if clock() > ends:
            break  # the next sweep goes on
        if channel.kind != Channel.Kind.EMAIL or time.monotonic() >= _again["mail"]:
            sent += _turn(channel, clock, ends)
    _give_up(clock())
    return sent


def _waiting(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=State.WAITING, due_at__lte=now)


def _with_something_due(now: datetime) -> list[Channel]:
    """Who has waited longest for a turn comes first, a channel that fails since its rest was over: nobody is slow before the same others for ever."""
    rested = Channel.objects.filter(Q(rests_until=None) | Q(rests_until__lte=now), enabled=True, pk__in=_waiting(now).values("channel"))
    return list(rested.order_by(Coalesce("rests_until", "turn_at").asc(nulls_first=True), "pk"))


def _turn(channel: Channel, clock: Clock, ends: datetime) -> int:
    """One channel's due messages in turn, until one fails, all are sent, others have waited long enough, or the sweep ends."""
    began, sent = clock(), 0
    if not _take(channel, began):
        return 0
    _hush(channel, began)
    ends = min(began + timedelta(seconds=TURN_S), ends)
    while (now := clock()) <= ends and (row := _claim(channel, now)):
        if not _tried(row, clock()):
            return sent  # the channel rests, as it was taken
        sent += 1
        channel.failures = 0
        _take(channel, clock(), taken=True)
    Channel.objects.filter(pk=channel.pk).update(failures=channel.failures, rests_until=None)
    return sent


def _take(channel: Channel, now: datetime, *, taken: bool = False) -> bool:
    """Have the channel to oneself, by writing down that it failed once more and rests. Whoever else looks finds it resting."""
    rests = now + timedelta(seconds=wait_s(channel.failures + 1, CHANNEL_MOST_S, random.random()))  # noqa: S311 - no secret
    found = Channel.objects.filter(pk=channel.pk)
    if taken:
        return bool(found.update(failures=channel.failures + 1, rests_until=rests))
    found = found.filter(Q(rests_until=None) | Q(rests_until__lte=now), failures=channel.failures)
    return bool(found.update(failures=channel.failures + 1, rests_until=rests, turn_at=now))


def _hush(channel: Channel, now: datetime) -> None:
    """What became due in quiet hours, by an earlier failure or a new rule, waits for their end."""
    end = quiet_end(channel.rule, now)
    if end > now:
        _waiting(now).filter(channel=channel, critical=False).update(due_at=end, until=end + PATIENCE, held=True)


def _claim(channel: Channel, now: datetime) -> Delivery | None:
    """The next row that is this worker's alone: it counts as tried, and is due again after the longest time an attempt can take."""
    rows = _waiting(now).filter(channel=channel)
    rows = rows if channel.open else rows.filter(kind=CONFIRM)
    for row in rows.order_by("attempts", "-critical", "due_at", "pk")[:PARTS]:
        again = now + timedelta(seconds=wait_s(row.attempts + 1, ROW_MOST_S, random.random()))  # noqa: S311 - no secret
        taken_until = now + timedelta(seconds=FIRST_S)
        if _waiting(now).filter(pk=row.pk, attempts=row.attempts).update(attempts=F("attempts") + 1, due_at=again, taken_until=taken_until):
            row.channel = channel
            return row
    return None


def _tried(row: Delivery, now: datetime) -> bool:
    """One attempt. It counts as sent only after the other side took it."""
    said = wires.send(row, now)
    row.code, row.said, row.taken_until = said.code, said.text, None
    if said.taken:
        row.state, row.sent_at = State.SENT, now
    elif said.code is None and row.channel.kind == Channel.Kind.EMAIL:
        _again["mail"] = time.monotonic() + MAIL_RESTS_S
    row.save(update_fields=["code", "said", "taken_until", *(("state", "sent_at") if said.taken else ())])
    return said.taken


def _give_up(now: datetime) -> None:
    """A day of attempts is enough; so is a day of a channel that takes nothing. What was not tried yet still gets its attempt."""
    waiting = Delivery.objects.filter(state=State.WAITING, until__lte=now)
    over = waiting.filter(Q(attempts__gt=0) | Q(channel__enabled=False)).values_list("pk", flat=True)[:AT_ONCE]
    # Looked at first: an UPDATE takes SQLite's write lock even where it finds nothing.
    if (found := list(over)) and (given_up := Delivery.objects.filter(pk__in=found, state=State.WAITING).update(state=State.GIVEN_UP)):
        logger.error("%s messages were given up after a day: look at the deliveries in the admin", given_up)


# --- Digests --------------------------------------------------------------------------------------------------------
def _collect(now: datetime) -> None:
    """What was put off and is due becomes one message for each channel, or several of PARTS."""
    held = _waiting(now).filter(held=True, attempts=0).exclude(kind=DIGEST).order_by("channel", "made_at", "pk")[:AT_ONCE]
    for _, of_channel in groupby(held.select_related("channel"), key=lambda row: row.channel_id):
        rows = list(of_channel)
        for start in range(0, len(rows) - 1, PARTS):  # one alone stays itself
            _merge(rows[start : start + PARTS], now)


def _merge(rows: list[Delivery], now: datetime) -> None:
    whole = digest([Told(_message(row), row.made_at) for row in rows])
    with transaction.atomic():
        parts = Delivery.objects.filter(pk__in=[row.pk for row in rows], state=State.WAITING, attempts=0)
        if parts.update(state=State.MERGED, said=whole.key) == len(rows):
            Delivery.objects.bulk_create([_row(rows[0].channel, whole, now, now)])
        else:
            transaction.set_rollback(True)  # another worker was quicker


def _message(row: Delivery) -> Message:
    return Message(row.key, row.kind, row.subject, row.text, row.payload, row.critical, row.path)
