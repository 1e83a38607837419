"""What Pebble counts about itself: happenings by the hour, days of exchanges, and minutes in which it answered."""

from __future__ import annotations

from django.db import models

from exchanges.models import Exchange


class Tally(models.Model):
    """How often something happened within so many milliseconds: in one hour, or since ever where the hour is 1970's first."""

    name = models.CharField(max_length=20)  # what is counted: polls, pages, ...
    key = models.CharField(max_length=120)  # its labels, parted by spaces; never what somebody sent
    hour = models.DateTimeField()
    within_ms = models.PositiveIntegerField()
    times = models.PositiveBigIntegerField()
    amount = models.PositiveBigIntegerField()  # the sum of milliseconds, or of whatever is counted

    class Meta:
        constraints = [models.UniqueConstraint(fields=("name", "key", "hour", "within_ms"), name="one_tally_an_hour")]

    def __str__(self) -> str:
        return f"{self.name} {self.key} {self.hour:%Y-%m-%d %H}"


class ExchangeDay(models.Model):
    """Seconds of one day (UTC) that an exchange spent in each state while Pebble was watching, known up to `upto`."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="days")
    day = models.DateField()
    live_s = models.FloatField(default=0)
    degraded_s = models.FloatField(default=0)
    down_s = models.FloatField(default=0)
    off_s = models.FloatField(default=0)
    upto = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("exchange", "day"), name="one_row_per_exchange_and_day")]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.day}"


class Away(models.Model):
    """A time in which Pebble itself polled nothing: nobody knows how anything did."""

    since = models.DateTimeField(unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} {self.until:%Y-%m-%d %H:%M}"


class Probe(models.Model):
    """One minute: whether the home page and best prices answered in it with a fresh exchange, and how many comparisons were tried, how many in vain."""

    minute = models.DateTimeField(primary_key=True)
    good = models.BooleanField()
    answers = models.PositiveSmallIntegerField(default=0)
    bad = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M} {'good' if self.good else self.detail}"
