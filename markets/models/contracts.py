"""Perpetuals, dated futures and options: what they stand at, what holding them costs, what their index is made of.

Per coin and in base units, like quotes: contracts, multipliers and inverse counting are undone before anything is stored.
"""

from __future__ import annotations

from django.db import models

from markets.models.fields import number
from markets.models.prices import Market


class Observed(models.Model):
    """When a row's numbers were true, and by whose clock."""

    bad = models.CharField(max_length=200, blank=True, help_text="Fields whose text was not a number.")
    exchange_ts = models.DateTimeField(null=True)
    ts_source = models.CharField(max_length=10, default="received")
    requested_at = models.DateTimeField()
    received_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    token = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class Derivative(Observed):
    """The latest ticker of a perpetual or dated future. `open_interest` is one side, in coins, as of `open_interest_at`."""

    market = models.OneToOneField(Market, models.CASCADE, primary_key=True, related_name="derivative")
    bid = number()
    bid_size = number()
    ask = number()
    ask_size = number()
    last = number()
    mark_price = number()
    index_price = number()
    open_interest = number()
    open_interest_at = models.DateTimeField(null=True)
    base_volume_24h = number()
    quote_volume_24h = number()
    change_24h_pct = number()
    high_24h = number()
    low_24h = number()

    def __str__(self) -> str:
        return f"ticker of {self.market_id}"


class OpenInterest(models.Model):
    """History: open interest in coins and the mark price at the start of an hour."""

    pk = models.CompositePrimaryKey("market_id", "opened_at")
    market = models.ForeignKey(Market, models.CASCADE, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    open_interest = number()
    mark_price = number()
    index_price = number()


class Funding(Observed):
    """The funding of the running interval, a ratio per interval; NULL interval = not known, and never taken for 8 h."""

    market = models.OneToOneField(Market, models.CASCADE, primary_key=True, related_name="funding")
    rate = number()
    interval_hours = number()
    interval_from = models.CharField(max_length=12, blank=True, help_text="exchange, catalogue or history: where the interval was learnt.")
    next_funding_at = models.DateTimeField(null=True)
    next_rate = number()
    cap = number()
    floor = number()

    def __str__(self) -> str:
        return f"funding of {self.market_id}"


class FundingSettlement(models.Model):
    """A funding rate that was paid."""

    pk = models.CompositePrimaryKey("market_id", "settled_at")
    market = models.ForeignKey(Market, models.CASCADE, related_name="+", db_index=False)
    settled_at = models.DateTimeField()
    rate = number()
    interval_hours = number()


class OptionQuote(Observed):
    """The latest ticker of an option. Implied volatilities are ratios a year."""

    market = models.OneToOneField(Market, models.CASCADE, primary_key=True, related_name="option")
    bid = number()
    bid_size = number()
    ask = number()
    ask_size = number()
    last = number()
    mark_price = number()
    mark_iv = number()
    bid_iv = number()
    ask_iv = number()
    delta = number()
    gamma = number()
    vega = number()
    theta = number()
    open_interest = number()
    underlying_price = number()
    index_price = number()
    base_volume_24h = number()
    quote_volume_24h = number()
    change_24h_pct = number()

    def __str__(self) -> str:
        return f"ticker of {self.market_id}"


class IndexMember(models.Model):
    """One source of a perpetual's index, in the words of the exchange that computes it. `weight` is a ratio."""

    market = models.ForeignKey(Market, models.CASCADE, related_name="index_members")
    exchange = models.CharField("named exchange", max_length=60)
    member = models.CharField("named market", max_length=60, blank=True)
    weight = number()
    multiplier = number()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("market_id", "exchange")
        constraints = [models.UniqueConstraint(fields=("market", "exchange", "member"), name="one_row_per_member")]

    def __str__(self) -> str:
        return f"{self.member or self.market_id} of {self.exchange}"
