"""What is written down once an hour, to be compared with later: who was cheapest how often, and what trended."""

from __future__ import annotations

from django.db import models

from exchanges.models import Exchange
from markets.models.coins import Asset


class CheapestHour(models.Model):
    """Of how many pairs, live on two or more exchanges at one moment, this one had the best price to buy after fees."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)
    wins = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField(help_text="Shared pairs that had a best price, over all exchanges.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("at", "exchange"), name="one_count_per_hour")]

    def __str__(self) -> str:
        return f"{self.exchange_id}: {self.wins} of {self.pairs}"


class TrendRank(models.Model):
    """An asset's place among what trended at one moment, on one exchange or (`exchange` NULL) over all of them."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, null=True, related_name="+")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)
    rank = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("at", "exchange", "asset"), name="one_rank_per_hour")]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.rank}"
