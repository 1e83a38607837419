"""Coins, what each exchange calls them, and the networks they live on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from exchanges.models import Exchange
from markets.models.fields import number


class AssetKind(models.TextChoices):
    """Class of an asset; decides tolerances and which lists it may join."""

    COIN = "coin", "Coin"
    STABLECOIN = "stablecoin", "Stablecoin"
    FIAT = "fiat", "Fiat"
    WRAPPED = "wrapped", "Wrapped"
    LEVERAGED = "leveraged", "Leveraged token"
    TOKENISED = "tokenised", "Tokenised share"


class Family(models.TextChoices):
    """What can never be the same thing, however alike two codes are: coins of all classes, leveraged tokens, shares."""

    COIN = "coin", "Coin"
    LEVERAGED = "leveraged", "Leveraged token"
    TOKENISED = "tokenised", "Tokenised share"


class IdentityState(models.TextChoices):
    """How sure we are of what an exchange means by a code."""

    CONFIRMED = "confirmed", "Confirmed"
    PROBABLE = "probable", "Probable"
    CONFLICTED = "conflicted", "Conflicted"
    UNKNOWN = "unknown", "Unknown"


class Basis(models.TextChoices):
    """The kind of evidence a state stands on."""

    NONE = "", "Nothing yet"
    OPERATOR = "operator", "An operator's decision"
    CONTRACT = "contract", "Contract address"
    INDEX = "index", "Index of a perpetual"
    NAME = "name", "Full name"
    PRICE = "price", "Prices"


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
    """What one exchange means by one code. `multiplier` units of the asset are in one unit of the code (1000PEPE).

    A code may stand for a coin and for a share of the same letters (a perpetual on APT beside the coin): told apart by `family`.
    """

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="assets")
    code = models.CharField(max_length=30)
    family = models.CharField(max_length=10, choices=Family.choices, default=Family.COIN, editable=False)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="codes")
    multiplier = models.DecimalField(max_digits=38, decimal_places=18, default=1)
    name = models.CharField("name on the exchange", max_length=120, blank=True)
    state = models.CharField(max_length=20, choices=IdentityState.choices, default=IdentityState.UNKNOWN)
    basis = models.CharField(max_length=10, choices=Basis.choices, blank=True, default=Basis.NONE, editable=False)
    evidence = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField(null=True, editable=False, help_text="Since when the state is what it is.")
    decided = models.BooleanField("decided by an operator", default=False)
    # Price evidence, advanced once per stored poll. `prices` is what prices alone say.
    prices = models.CharField(max_length=20, choices=IdentityState.choices, default=IdentityState.UNKNOWN, editable=False)
    near = models.PositiveIntegerField(default=0, editable=False, help_text="Samples within a factor 1.5 of the reference.")
    near_since = models.DateTimeField(null=True, editable=False)
    far = models.PositiveIntegerField(default=0, editable=False, help_text="Samples in a row outside half to double the reference.")

    class Meta:
        ordering = ("exchange_id", "code")
        constraints = [models.UniqueConstraint(fields=("exchange", "code", "family"), name="one_meaning_per_code")]

    def __str__(self) -> str:
        return f"{self.code} on {self.exchange}"


class Renaming(models.Model):
    """A market that kept its id while its exchange gave it another code. Whether both are one coin only an operator says."""

    class Verdict(models.TextChoices):
        OPEN = "", "Not decided"
        SAME = "same", "The same coin under a new ticker"
        OTHER = "other", "Another coin"

    old = models.ForeignKey(ExchangeAsset, models.CASCADE, related_name="renamed_to")
    new = models.ForeignKey(ExchangeAsset, models.CASCADE, related_name="renamed_from")
    symbol = models.CharField(max_length=60)
    seen_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default=Verdict.OPEN)

    class Meta:
        ordering = ("-seen_at", "-id")
        constraints = [models.UniqueConstraint(fields=("old", "new"), name="one_row_per_renaming")]

    def __str__(self) -> str:
        return f"{self.old.code} is now {self.new.code} on {self.new.exchange}"


class Decision(models.Model):
    """One click of an operator about a code or a renaming, with what stood before, so that it can be taken back."""

    class Action(models.TextChoices):
        ACCEPT = "accept", "Accepted"
        SPLIT = "split", "Split"
        IGNORE = "ignore", "Kept apart"
        JOIN = "join", "Joined"

    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    action = models.CharField(max_length=10, choices=Action.choices)
    code = models.ForeignKey(ExchangeAsset, models.CASCADE, related_name="decisions")
    renaming = models.ForeignKey(Renaming, models.CASCADE, null=True, related_name="decisions")
    said = models.CharField(max_length=300)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.said


class Network(models.Model):
    """One coin on one network of one exchange. NULL = the exchange does not say."""

    asset = models.ForeignKey(ExchangeAsset, models.CASCADE, related_name="networks")
    network = models.CharField(max_length=60, blank=True, help_text="The exchange's own word.")
    chain = models.CharField(max_length=40, blank=True, help_text="The same word for all exchanges; empty where the network is not known.")
    contract_address = models.CharField(max_length=200, blank=True)
    deposit_open = models.BooleanField(null=True)
    withdraw_open = models.BooleanField(null=True)
    withdraw_fee = number()
    withdraw_min = number()
    seen_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, help_text="When deposits or withdrawals last opened or closed while Pebble looked.")

    class Meta:
        ordering = ("asset_id", "network")
        constraints = [models.UniqueConstraint(fields=("asset", "network"), name="one_row_per_network")]

    def __str__(self) -> str:
        return f"{self.asset} by {self.network}"


class NetworkChange(models.Model):
    """Deposits or withdrawals of a coin that opened or closed."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="changes")
    at = models.DateTimeField(db_index=True)
    what = models.CharField(max_length=10, choices=[("deposit", "Deposits"), ("withdraw", "Withdrawals")])
    opened = models.BooleanField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.network}: {self.what} {'opened' if self.opened else 'closed'}"
