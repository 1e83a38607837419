"""The outbox: what has to be told is a row, written in the transaction of what it tells of, and swept until it is delivered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from markets.analysis.messages import PATIENCE, SUBJECT, Message, line, paragraphs, plain, when
from markets.models import Channel, Delivery


def put(channel: Channel, message: Message, now: datetime) -> bool:
    """Put one message on its way to one channel, in the caller's transaction. Returns whether it is new to that channel.

    Nothing is put for a channel that is off or unconfirmed, or did not ask for that kind of message.
    """
    if not channel.open or not channel.wants(message.kind):
        return False
    due = when(channel.rule, message, now)
    row = Delivery(
        channel=channel, key=message.key, kind=message.kind, subject=line(message.subject, SUBJECT), text=paragraphs(message.text), path=message.path,
        payload=plain(message.payload), critical=message.critical, held=due > now, made_at=now, due_at=due, until=due + PATIENCE,
    )  # fmt: skip
    if Delivery.objects.filter(channel=channel, key=message.key).exists():
        return False
    Delivery.objects.bulk_create([row], ignore_conflicts=True)  # two at once: one row
    return True


def tell_operators(message: Message, now: datetime) -> int:
    """The same to every channel of the operators. Returns how many are told."""
    with transaction.atomic():
        return sum(put(channel, message, now) for channel in Channel.objects.filter(owner=None, enabled=True))
