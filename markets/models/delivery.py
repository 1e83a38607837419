"""Who is told, by which way, and what is on its way to them: channels, and the outbox whose rows a schedule sweeps."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, validate_email
from django.db import models
from django.utils import timezone

from exchanges.errors import Refused
from exchanges.guard import check_webhook
from markets.analysis.messages import KEY, KINDS, PATH, SAID, SUBJECT, TEST, Rule


def nonce() -> str:
    """What makes a channel's secret its own; worthless without the installation's key."""
    return secrets.token_hex(16)


class Channel(models.Model):
    """One way to tell somebody: an e-mail address or a webhook. Without an owner it is the operators'."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="channels")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    address = models.CharField(max_length=500, help_text="An e-mail address, or an address like https://host/path that takes a POST: https on port 443 only.")
    enabled = models.BooleanField(default=True)
    kinds = models.JSONField("what it is told", default=list, blank=True, help_text="Nothing chosen: everything.")
    quiet_from = models.TimeField("quiet from", null=True, blank=True, help_text="What is not critical waits until the quiet hours end.")
    quiet_to = models.TimeField("quiet to", null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="Of the quiet hours, like Europe/Berlin.")
    digest_min = models.PositiveSmallIntegerField(
        "digest, minutes", default=0, validators=[MaxValueValidator(1440)],
        help_text="What is not critical is collected and sent as one message so often. 0: each at once.",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    nonce = models.CharField(max_length=32, default=nonce, editable=False)
    failures = models.PositiveIntegerField("failures in a row", default=0, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)
    turn_at = models.DateTimeField(null=True, editable=False, help_text="When its last turn began: who waits longest comes first.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("owner_id", "pk")
        constraints = [
            models.UniqueConstraint(fields=("owner", "kind", "address"), name="one_channel_per_address"),
            models.UniqueConstraint(fields=("kind", "address"), condition=models.Q(owner=None), name="one_operators_channel_per_address"),
        ]

    def __str__(self) -> str:
        """Of a webhook only the host: the rest of its address is often its receiver's secret."""
        return f"{self.get_kind_display()} {urlsplit(self.address).hostname if self.kind == self.Kind.WEBHOOK else self.address}"

    @property
    def open(self) -> bool:
        """Whether it may be told anything: a person's e-mail address only once that person has confirmed it."""
        return self.enabled and (self.owner_id is None or self.kind != self.Kind.EMAIL or self.confirmed_at is not None)

    @property
    def rule(self) -> Rule:
        """When it may be told what is not critical."""
        return Rule(self.quiet_from, self.quiet_to, self.time_zone, self.digest_min)

    def wants(self, kind: str) -> bool:
        """Whether it asked for that kind of message. What is not of KINDS was made for it alone."""
        return kind not in KINDS or not self.kinds or kind in self.kinds

    def clean(self) -> None:
        """Refuse an address that may not be reached, and quiet hours that cannot be told."""
        address = _wrong_address(self.kind, self.address) or self._doubled()
        wrong = {"address": address, "time_zone": _wrong_zone(self.time_zone), "quiet_to": self._wrong_hours()}
        if not (isinstance(self.kinds, list) and set(self.kinds) <= set(KINDS)):
            wrong["kinds"] = f"The kinds are a list of {', '.join(KINDS)}."
        if found := {field: text for field, text in wrong.items() if text}:
            raise ValidationError(found)

    def _doubled(self) -> str:
        """The operators' rule of one row for each address is not looked at by forms that leave the owner out."""
        same = Channel.objects.filter(owner=None, kind=self.kind, address=self.address).exclude(pk=self.pk)
        return "Operators are told there already." if self.owner_id is None and same.exists() else ""

    def _wrong_hours(self) -> str:
        if (self.quiet_from is None) != (self.quiet_to is None):
            return "Quiet hours need a beginning and an end."
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            return "Quiet hours of the same beginning and end are none: leave both empty."
        return ""


def _wrong_address(kind: str, address: str) -> str:
    try:
        if kind == Channel.Kind.EMAIL:
            validate_email(address)
        else:
            check_webhook(address, loopback=settings.LOOPBACK_WEBHOOKS)
    except ValidationError:
        return "That is no e-mail address."
    except Refused as error:
        return f"It may not be told there: {error}."
    return ""


def _wrong_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "There is no such time zone; write it like Europe/Berlin."
    return ""


class Meant(models.Manager["Delivery"]):
    """All but tests: what somebody wanted told, and what is counted."""

    def get_queryset(self) -> models.QuerySet[Delivery]:
        """Without the tests of channels."""
        return super().get_queryset().exclude(kind=TEST)


class Delivery(models.Model):
    """One message to one channel. A row that waits is sent when it is due, again and again, until it is sent or `until` is over."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        GIVEN_UP = "given_up", "Given up"
        MERGED = "merged", "In a digest"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=KEY)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=SUBJECT)
    text = models.TextField()
    payload = models.JSONField(default=dict)
    path = models.CharField(max_length=PATH, blank=True)
    critical = models.BooleanField()
    held = models.BooleanField("put off", help_text="By quiet hours or for a digest.")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    until = models.DateTimeField("given up at")
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_until = models.DateTimeField("being sent until", null=True, help_text="At the latest; empty: nobody has it in hand.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    sent_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField("response code", null=True)
    said = models.CharField("last response", max_length=SAID, blank=True)

    objects = models.Manager()
    meant = Meant()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("-made_at", "-pk")
        constraints = [models.UniqueConstraint(fields=("channel", "key"), name="one_delivery_per_key")]
        indexes = [
            models.Index(fields=("due_at",), name="deliveries_due", condition=models.Q(state="waiting")),
            models.Index(fields=("made_at",), name="deliveries_by_age"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
