"""What happened and what was announced: listings, notices, maintenance."""

from __future__ import annotations

from django.db import models

from exchanges.models import Exchange
from markets.models.coins import Asset
from markets.models.prices import Market


class Listing(models.Model):
    """One change of what an exchange trades. Only changes after the first accepted catalogue are events."""

    class Event(models.TextChoices):
        ANNOUNCED = "announced", "Announced"
        LISTED = "listed", "Coin listed"
        PAIR_ADDED = "pair_added", "Pair added"
        OPENED = "opened", "Opened"
        SUSPENDED = "suspended", "Suspended"
        RESUMED = "resumed", "Resumed"
        DELISTING = "delisting", "Delisting planned"
        DELISTED = "delisted", "Delisted"
        RENAMED = "renamed", "Renamed"

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="listings")
    market = models.ForeignKey(Market, models.CASCADE, null=True, related_name="events")
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="listings")
    event = models.CharField(max_length=12, choices=Event.choices)
    at = models.DateTimeField(db_index=True, help_text="When it happens or happened.")
    time_source = models.CharField(max_length=12, choices=[("exchange", "Said by the exchange"), ("first_seen", "First seen")])
    seen_at = models.DateTimeField(help_text="When Pebble noticed.")
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [models.UniqueConstraint(fields=("market", "event", "at"), name="one_row_per_event")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.event} {self.market_id}"


class Announcement(models.Model):
    """A public notice of an exchange."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="announcements")
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=12, choices=[("listing", "Listing"), ("delisting", "Delisting"), ("maintenance", "Maintenance"), ("other", "Other")])
    url = models.URLField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True, db_index=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()

    class Meta:
        ordering = ("-published_at", "-id")
        constraints = [models.UniqueConstraint(fields=("exchange", "key"), name="one_row_per_announcement")]

    def __str__(self) -> str:
        return self.title


class ServiceStatus(models.Model):
    """What an exchange says of itself: now (key "") and of planned maintenance."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="service")
    key = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, choices=[("open", "Open"), ("maintenance", "Maintenance"), ("closed", "Closed")])
    title = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "service statuses"
        ordering = ("exchange_id", "key")
        constraints = [models.UniqueConstraint(fields=("exchange", "key"), name="one_row_per_status")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.state}"
