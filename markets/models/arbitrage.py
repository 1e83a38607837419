"""Gaps that paid after fees: when each was born, how good it was, when it was over."""

from __future__ import annotations

from django.db import models

from markets.models.fields import number


class Episode(models.Model):
    """One gap from birth to death, after base fees. `name` is its route's; of one route one episode is alive at a time."""

    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=10)
    base = models.CharField(max_length=60)
    quote = models.CharField(max_length=60)
    buy_exchange = models.CharField(max_length=40)
    sell_exchange = models.CharField(max_length=40)
    born_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    observed_at = models.DateTimeField(help_text="When the last counted snapshot's youngest price was true.")
    snapshots = models.PositiveIntegerField(help_text="In a row, each with newer prices on every side.")
    net = number()
    best_net = number()
    peak_at = models.DateTimeField()
    peak_profit = number()
    best_class = models.CharField(max_length=12)
    half_at = models.DateTimeField(null=True)
    died_at = models.DateTimeField(null=True, db_index=True)
    receipt = models.CharField(max_length=24, blank=True, help_text="What was known when it was first told of.")

    class Meta:
        ordering = ("-born_at", "-id")
        constraints = [models.UniqueConstraint(fields=("name",), condition=models.Q(died_at__isnull=True), name="one_episode_alive_per_route")]
        indexes = [models.Index(fields=("name", "born_at"), name="episodes_of_a_route")]

    def __str__(self) -> str:
        return f"{self.base} {self.buy_exchange} to {self.sell_exchange}"
