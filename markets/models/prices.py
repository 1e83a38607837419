"""Markets, their latest quotes and books, and what they did before.

`Quote`, `Book`, `Snapshot` and `Candle` are written in bulk by the store only and carry no index on a column that changes.
"""

from __future__ import annotations

from django.db import models

from exchanges.models import Exchange
from markets.models.coins import ExchangeAsset
from markets.models.fields import number


class Market(models.Model):
    """One instrument on one exchange."""

    class Status(models.TextChoices):
        PRE_OPEN = "pre_open", "Before opening"
        TRADING = "trading", "Trading"
        HALTED = "halted", "Halted"
        DELISTING = "delisting", "Being delisted"
        DELISTED = "delisted", "Delisted"

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="markets")
    symbol = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, default="spot")
    base = models.ForeignKey(ExchangeAsset, models.PROTECT, related_name="markets_as_base")
    quote = models.ForeignKey(ExchangeAsset, models.PROTECT, related_name="markets_as_quote")
    status = models.CharField(max_length=20, choices=Status.choices)
    enabled = models.BooleanField("on", default=True)
    tick_size = number()
    lot_size = number()
    min_size = number()
    min_notional = number()
    maker_fee = number()
    taker_fee = number()
    leveraged = models.BooleanField(default=False)
    tokenised = models.BooleanField("share, metal or index", default=False)
    settle = models.CharField("paid in", max_length=30, blank=True)
    inverse = models.BooleanField(default=False, help_text="Counted in money, paid in the coin.")
    contract_size = number()
    index = models.CharField("index, in the exchange's words", max_length=60, blank=True)
    underlying = models.CharField(max_length=60, blank=True)
    expiry = models.DateTimeField(null=True, blank=True)
    strike = number()
    option_type = models.CharField(max_length=4, blank=True, choices=[("call", "Call"), ("put", "Put")])
    funding_interval_hours = number()
    max_leverage = number()
    listed_at = models.DateTimeField(null=True, blank=True)
    delist_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(null=True, blank=True)
    missing = models.PositiveSmallIntegerField(default=0, help_text="Accepted catalogues in a row without it.")

    class Meta:
        ordering = ("exchange_id", "symbol")
        constraints = [models.UniqueConstraint(fields=("exchange", "kind", "symbol"), name="one_market_per_symbol")]

    def __str__(self) -> str:
        return f"{self.symbol} on {self.exchange}"


class Quote(models.Model):
    """The latest quote of a market, per coin (a multiplier in the symbol is undone). Unknown is NULL, never 0.

    The last six columns are what quality remembers between polls (`markets.analysis.memory`): `flag` is
    price_anomaly, unit_mismatch, identity_conflict or dislocated, since `flag_since`; `calm` counts samples back
    inside half the tolerance; `same_since`/`same_polls` tell how long no number has changed at all, and
    `same_reference` is the other exchanges' median mid when that began.
    """

    market = models.OneToOneField(Market, models.CASCADE, primary_key=True, related_name="latest")
    bid = number()
    bid_size = number()
    ask = number()
    ask_size = number()
    last = number()
    base_volume_24h = number()
    quote_volume_24h = number()
    change_24h_pct = number()
    high_24h = number()
    low_24h = number()
    taker_fee = number()
    bad = models.CharField(max_length=200, blank=True, help_text="Fields whose text was not a number.")
    exchange_ts = models.DateTimeField(null=True)
    ts_source = models.CharField(max_length=10, default="received")
    requested_at = models.DateTimeField()
    received_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    token = models.PositiveBigIntegerField(default=0, help_text="The claim that wrote it.")
    flag = models.CharField(max_length=20, blank=True)
    flag_since = models.DateTimeField(null=True)
    calm = models.PositiveSmallIntegerField(default=0)
    same_since = models.DateTimeField(null=True)
    same_polls = models.PositiveIntegerField(default=0)
    same_reference = number()

    def __str__(self) -> str:
        return f"quote of {self.market_id}"


class Snapshot(models.Model):
    """History: one candle of the mid price of a market. `period_s` is 60, 300 or 3600, kept as the settings say."""

    pk = models.CompositePrimaryKey("market_id", "period_s", "opened_at")
    market = models.ForeignKey(Market, models.CASCADE, related_name="+", db_index=False)
    period_s = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    open = number()
    high = number()
    low = number()
    close = number()
    quote_volume_24h = number()
    count = models.PositiveIntegerField(default=1)


class Candle(models.Model):
    """What an exchange says was traded in one period: the history from before Pebble's first run."""

    pk = models.CompositePrimaryKey("market_id", "period_s", "opened_at")
    market = models.ForeignKey(Market, models.CASCADE, related_name="+", db_index=False)
    period_s = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    open = number()
    high = number()
    low = number()
    close = number()
    base_volume = number()
    quote_volume = number()


class Book(models.Model):
    """The latest order book of a market, per coin. `bids` and `asks` are JSON text: [["price", "size"], ...], best first."""

    market = models.OneToOneField(Market, models.CASCADE, primary_key=True, related_name="book")
    bids = models.TextField()
    asks = models.TextField()
    levels = models.PositiveIntegerField(help_text="Of both sides together.")
    exchange_ts = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    received_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    token = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"book of {self.market_id}"


class Depth(models.Model):
    """History of a book: what it held at the end of a period of 300 or 3600 s. Money in quote units, within so much of the mid."""

    pk = models.CompositePrimaryKey("market_id", "period_s", "opened_at")
    market = models.ForeignKey(Market, models.CASCADE, related_name="+", db_index=False)
    period_s = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    mid = number()
    spread_bps = number()
    bid_01 = number()  # within 0.1 % of the mid, then 0.5, 1 and 2 %
    ask_01 = number()
    bid_05 = number()
    ask_05 = number()
    bid_1 = number()
    ask_1 = number()
    bid_2 = number()
    ask_2 = number()
    truncated = models.BooleanField(default=False, help_text="The book ended inside the band: the figures are lower bounds.")
    count = models.PositiveIntegerField(default=1)


class Reading(models.Model):
    """One market's turn in a source that is read market by market: when it was wanted, tried and read."""

    market = models.ForeignKey(Market, models.CASCADE, related_name="readings")
    source = models.CharField(max_length=30)
    looked_at = models.DateTimeField(null=True, help_text="When somebody last looked at something that needs it.")
    wanted_at = models.DateTimeField(null=True, help_text="When it was last asked of the queue, because what is stored was too old.")
    tried_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("market", "source"), name="one_reading_per_market")]

    def __str__(self) -> str:
        return f"{self.source} of {self.market_id}"
