"""Coins, what each exchange calls them, the markets they trade in, and the latest quote of each market.

Numbers follow one contract on both databases: at most 15 significant digits and 18 decimals (`exchanges.numbers`).
`Quote` is written in bulk by `markets.store` only and carries no index on a column that changes.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from exchanges.models import Exchange


def _number() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=38, decimal_places=18, null=True, blank=True)


class AssetKind(models.TextChoices):
    """Class of an asset; decides tolerances and which lists it may join."""

    COIN = "coin", "Coin"
    STABLECOIN = "stablecoin", "Stablecoin"
    FIAT = "fiat", "Fiat"
    WRAPPED = "wrapped", "Wrapped"
    LEVERAGED = "leveraged", "Leveraged token"
    TOKENISED = "tokenised", "Tokenised share"


class IdentityState(models.TextChoices):
    """How sure we are of what an exchange means by a code."""

    CONFIRMED = "confirmed", "Confirmed"
    PROBABLE = "probable", "Probable"
    CONFLICTED = "conflicted", "Conflicted"
    UNKNOWN = "unknown", "Unknown"


class Asset(models.Model):
    """One coin, whatever exchanges call it."""

    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    ticker = models.CharField(max_length=30, db_index=True)
    name = models.CharField(max_length=120, blank=True)
    kind = models.CharField("class", max_length=20, choices=AssetKind.choices, default=AssetKind.COIN)

    class Meta:
        ordering = ("ticker",)

    def __str__(self) -> str:
        return self.ticker

    def clean(self) -> None:
        """Pairs are told apart by the address in capitals, so two that differ in case only would be one coin."""
        same = [slug for slug in Asset.objects.exclude(pk=self.pk).values_list("slug", flat=True) if slug.upper() == self.slug.upper()]
        if self.slug != self.slug.lower() or same:
            raise ValidationError({"slug": f"Write it in lower case, and unlike any other asset's{f' ({same[0]})' if same else ''}."})


class AssetAlias(models.Model):
    """Another word for an asset: an old ticker, a full name, a common misspelling. `1 old = factor new`."""

    class Kind(models.TextChoices):
        TICKER = "ticker", "Other ticker"
        FORMER = "former", "Former ticker"
        NAME = "name", "Name"
        MISSPELLING = "misspelling", "Misspelling"

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    factor = models.DecimalField(max_digits=38, decimal_places=18, default=1)

    class Meta:
        verbose_name_plural = "asset aliases"
        ordering = ("text",)
        constraints = [models.UniqueConstraint(fields=("asset", "text", "kind"), name="one_alias_per_word")]

    def __str__(self) -> str:
        return f"{self.text} = {self.asset}"


class ExchangeAsset(models.Model):
    """What one exchange means by one code. `multiplier` units of the asset are in one unit of the code (1000PEPE)."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="assets")
    code = models.CharField(max_length=30)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="codes")
    multiplier = models.DecimalField(max_digits=38, decimal_places=18, default=1)
    name = models.CharField("name on the exchange", max_length=120, blank=True)
    state = models.CharField(max_length=20, choices=IdentityState.choices, default=IdentityState.UNKNOWN)
    evidence = models.CharField(max_length=200, blank=True)
    decided = models.BooleanField("decided by an operator", default=False)
    # Price evidence, advanced once per stored poll.
    near = models.PositiveIntegerField(default=0, editable=False, help_text="Samples within a factor 1.5 of the reference.")
    near_since = models.DateTimeField(null=True, editable=False)
    far = models.PositiveIntegerField(default=0, editable=False, help_text="Samples in a row outside half to double the reference.")

    class Meta:
        ordering = ("exchange_id", "code")
        constraints = [models.UniqueConstraint(fields=("exchange", "code"), name="one_meaning_per_code")]

    def __str__(self) -> str:
        return f"{self.code} on {self.exchange}"


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
    tick_size = _number()
    lot_size = _number()
    min_size = _number()
    min_notional = _number()
    maker_fee = _number()
    taker_fee = _number()
    leveraged = models.BooleanField(default=False)
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
    bid = _number()
    bid_size = _number()
    ask = _number()
    ask_size = _number()
    last = _number()
    base_volume_24h = _number()
    quote_volume_24h = _number()
    change_24h_pct = _number()
    high_24h = _number()
    low_24h = _number()
    taker_fee = _number()
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
    same_reference = _number()

    def __str__(self) -> str:
        return f"quote of {self.market_id}"


class Snapshot(models.Model):
    """History: one candle of the mid price of a market. `period_s` 60 (kept a day) or 3600 (kept 90 days)."""

    pk = models.CompositePrimaryKey("market_id", "period_s", "opened_at")
    market = models.ForeignKey(Market, models.CASCADE, related_name="+", db_index=False)
    period_s = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    open = _number()
    high = _number()
    low = _number()
    close = _number()
    quote_volume_24h = _number()
    count = models.PositiveIntegerField(default=1)


class Revision(models.Model):
    """Change numbers: readers ask these few rows whether anything they hold in memory is out of date."""

    name = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(null=True)


class Setting(models.Model):
    """The one row of methodology settings an operator may change; the help says what each means."""

    z_threshold = models.DecimalField(max_digits=6, decimal_places=2, default=6)
    tol_stable_pct = models.DecimalField("tolerance, stable against stable, %", max_digits=6, decimal_places=3, default="0.3")
    tol_major_pct = models.DecimalField("tolerance, major, %", max_digits=6, decimal_places=3, default="0.5")
    tol_mid_pct = models.DecimalField("tolerance, mid, %", max_digits=6, decimal_places=3, default="1.5")
    tol_tail_pct = models.DecimalField("tolerance, tail, %", max_digits=6, decimal_places=3, default="5")
    major_volume_usd = models.DecimalField("major from, USD a day", max_digits=20, decimal_places=2, default=50_000_000)
    mid_volume_usd = models.DecimalField("mid from, USD a day", max_digits=20, decimal_places=2, default=1_000_000)
    minute_snapshots_h = models.PositiveIntegerField("keep one-minute history, hours", default=24)
    hour_snapshots_d = models.PositiveIntegerField("keep hourly history, days", default=90)
    snapshot_pairs = models.PositiveIntegerField("one-minute history for the first … pairs by volume", default=500)
    api_per_minute = models.PositiveIntegerField("API requests a minute for one address", default=60, help_text="0: no limit.")
    api_burst_10s = models.PositiveIntegerField("API requests in ten seconds for one address", default=20, help_text="0: no limit.")

    class Meta:
        verbose_name = "settings"
        verbose_name_plural = "settings"

    def __str__(self) -> str:
        return "Settings"
