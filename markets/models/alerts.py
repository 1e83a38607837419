"""What people asked to be told of, and what they have been told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from markets.analysis.alert_words import TITLES
from markets.models.delivery import Channel

MOST = 100  # alerts of one person


class Alert(models.Model):
    """One condition of one person. `condition` and `memory` are those of `markets.analysis.alerts`; `version` goes up whenever memory does."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=10, choices=list(TITLES.items()))
    condition = models.JSONField()
    channels = models.ManyToManyField(Channel, blank=True, related_name="alerts")
    cool_down_s = models.PositiveIntegerField(default=3600)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False)
    memory = models.JSONField(default=dict)
    version = models.PositiveBigIntegerField(default=0)
    fired = models.PositiveIntegerField(default=0)
    last_fired_at = models.DateTimeField(null=True)
    last_checked_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=30, blank=True, help_text="Why the last look judged nothing, or what held it back.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.owner_id}"


class Firing(models.Model):
    """One time an alert came true, or was tried: what was told. Unread until its owner has seen the list."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="firings")
    key = models.CharField(max_length=60, unique=True, help_text="The same as its deliveries'.")
    at = models.DateTimeField()
    test = models.BooleanField(default=False)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    receipt = models.CharField(max_length=24, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=("alert",), name="firings_unread", condition=models.Q(read_at=None))]

    def __str__(self) -> str:
        return self.subject
