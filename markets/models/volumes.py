"""What volume was: totals by hour, and for each coin what its markets had at this hour of the days before."""

from __future__ import annotations

from django.db import models

from exchanges.models import Exchange
from markets.models.coins import Asset
from markets.models.fields import number


class VolumeHour(models.Model):
    """History: what one exchange traded in 24 hours in one quote currency, in USD, as last seen in an hour. Only what counts."""

    pk = models.CompositePrimaryKey("opened_at", "exchange_id", "quote")
    opened_at = models.DateTimeField()
    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="+", db_index=False)
    quote = models.CharField(max_length=60)
    usd = number()


class VolumePast(models.Model):
    """What today's volume of a coin is measured by; made anew every hour from the hourly history of its markets.

    `days` is JSON: of each of the last 14 days, yesterday first, {market id: volume of 24 hours in USD} at the hour `opened_at`
    had. The spreads are the methodology's s_p and s_v; NULL: not enough history.
    """

    asset = models.OneToOneField(Asset, models.CASCADE, primary_key=True, related_name="volume_past")
    opened_at = models.DateTimeField()
    days = models.TextField()
    price_spread = models.FloatField(null=True)
    volume_spread = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"past volume of {self.asset_id}"
