"""Copy trading: the public statistics of traders whom others follow. Money in USDT, percentages in percent."""

from __future__ import annotations

from typing import Any

from django.db import models

from exchanges.models import Exchange
from markets.models.fields import number


class Statistics(models.Model):
    """What is said of a trader; NULL = not said."""

    followers = models.PositiveIntegerField(null=True)
    roi_pct = number()
    profit = number()
    follower_profit = number()
    managed = number()
    win_rate_pct = number()
    max_drawdown_pct = number()
    trades = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


class LeadTrader(Statistics):
    """A trader as last seen."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="lead_traders")
    trader_id = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True)
    open_to_copy = models.BooleanField(null=True)
    max_followers = models.PositiveIntegerField(null=True)
    followers_ever = models.PositiveIntegerField(null=True)
    wins = models.PositiveIntegerField(null=True)
    losses = models.PositiveIntegerField(null=True)
    days = models.PositiveIntegerField(null=True)
    symbols: models.JSONField[Any, Any] = models.JSONField(default=list, help_text="What the trader trades now, in the exchange's words.")
    last_trade_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("exchange_id", "-roi_pct")
        constraints = [models.UniqueConstraint(fields=("exchange", "trader_id"), name="one_row_per_trader")]

    def __str__(self) -> str:
        return self.name or self.trader_id


class LeadTraderDay(Statistics):
    """A trader at the end of a day (UTC): the history of the statistics."""

    pk = models.CompositePrimaryKey("trader_id", "day")
    trader = models.ForeignKey(LeadTrader, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
