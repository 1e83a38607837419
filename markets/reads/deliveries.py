"""Who is told and how that goes: a person's channels and deliveries, and the whole outbox in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from markets import wires
from markets.models import Channel, Delivery

DAY = timedelta(days=1)
State = Delivery.State
NOBODY = "Nobody is told when something fails: there is no channel for operators."
SILENT = "Nobody is told when something fails: every channel for operators is off."
PRINTED = "Operators' mails are printed on the workers' console, not sent: EMAIL_URL names no mail server."
FAILING = "Not every operator's channel works: look at the last responses."


@dataclass(frozen=True)
class ChannelRow:
    """One channel of somebody. `failing`: the last attempt failed; `open`: on and, where that is needed, confirmed."""

    id: int
    kind: str
    kind_label: str
    address: str
    enabled: bool
    open: bool
    confirmed: bool
    failing: bool
    quiet: str
    digest_min: int


@dataclass(frozen=True)
class DeliveryRow:
    """One message to one channel, and how far it has come. `due_at` is None once nothing more will be tried."""

    channel: int
    address: str
    kind: str
    subject: str
    state: str
    state_label: str
    made_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    attempts: int
    code: int | None
    said: str


@dataclass(frozen=True)
class Telling:
    """The outbox in numbers. Channels are the operators'; messages are everybody's.

    `oldest_s`: how long the oldest due message waits. `printed`: e-mail is among the channels, and no mail server is set.
    """

    channels: int
    open: int
    failing: int
    waiting: int
    oldest_s: float | None
    sent_day: int
    given_up_day: int
    printed: bool

    @property
    def hint(self) -> str:
        """What an operator should know about it; empty when all is well."""
        if not self.channels:
            return NOBODY
        if not self.open:
            return SILENT
        if self.failing:
            return FAILING
        if self.given_up_day:
            return f"{self.given_up_day} {'messages were' if self.given_up_day > 1 else 'message was'} given up in the last 24 hours."
        return PRINTED if self.printed else ""


def telling(now: datetime) -> Telling:
    """How the outbox does."""
    count: dict[str, Any] = Channel.objects.filter(owner=None).aggregate(
        channels=Count("pk"), open=Count("pk", filter=Q(enabled=True)), failing=Count("pk", filter=Q(enabled=True, failures__gt=0)),
        mails=Count("pk", filter=Q(enabled=True, kind=Channel.Kind.EMAIL)),
    )  # fmt: skip
    late = Delivery.meant.filter(state=State.WAITING).aggregate(waiting=Count("pk"), oldest=Min("made_at", filter=Q(due_at__lte=now) | Q(attempts__gt=0)))
    day = Delivery.meant.filter(made_at__gt=now - 2 * DAY)  # the index by age; given up is what was made a day before
    ended = day.aggregate(
        sent_day=Count("pk", filter=Q(state=State.SENT, sent_at__gt=now - DAY)),
        given_up_day=Count("pk", filter=Q(state=State.GIVEN_UP, until__gt=now - DAY)),
    )  # fmt: skip
    oldest_s = (now - late["oldest"]).total_seconds() if late["oldest"] else None
    printed = count.pop("mails") > 0 and not wires.mails_go_out()
    return Telling(**count, printed=printed, waiting=late["waiting"], oldest_s=oldest_s, **ended)


def channels_of(user_id: int) -> tuple[ChannelRow, ...]:
    """A person's channels, the first made first."""
    return tuple(_channel(row) for row in Channel.objects.filter(owner=user_id))


def deliveries_of(user_id: int, limit: int = 50) -> tuple[DeliveryRow, ...]:
    """A person's latest deliveries, the newest first."""
    return tuple(_delivery(row) for row in Delivery.objects.filter(channel__owner=user_id).select_related("channel")[:limit])


def _channel(row: Channel) -> ChannelRow:
    return ChannelRow(
        id=row.pk, kind=row.kind, kind_label=row.get_kind_display(), address=row.address, enabled=row.enabled, open=row.open,
        confirmed=row.kind != Channel.Kind.EMAIL or row.confirmed_at is not None, failing=row.failures > 0, quiet=quiet(row), digest_min=row.digest_min,
    )  # fmt: skip


def quiet(row: Channel) -> str:
    """Quiet hours as text, like "22:00 to 07:00 Europe/Berlin"; empty where there are none."""
    return f"{row.quiet_from:%H:%M} to {row.quiet_to:%H:%M} {row.time_zone}" if row.quiet_from and row.quiet_to else ""


def _delivery(row: Delivery) -> DeliveryRow:
    return DeliveryRow(
        channel=row.channel_id, address=row.channel.address, kind=row.kind, subject=row.subject, state=row.state, state_label=row.get_state_display(),
        made_at=row.made_at, due_at=row.due_at if row.state == State.WAITING else None, sent_at=row.sent_at, attempts=row.attempts, code=row.code,
        said=row.said,
    )  # fmt: skip
