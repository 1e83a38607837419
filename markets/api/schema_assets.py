"""The shapes of the answers about coins, for the schema. `markets.api.serialize_assets` writes them."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.schema import Answer, Number, instant
from markets.api.schema_contracts import IDENTITY, Noted
from markets.models import AssetKind, Basis


class CodeRow(serializers.Serializer):
    """What one exchange means by one code."""

    exchange = serializers.CharField()
    code = serializers.CharField(help_text="As the exchange writes it.")
    multiplier = Number(help_text="So many coins are in one unit of the code: 1000 for 1000PEPE. Prices and sizes are told per coin.")
    name = serializers.CharField(allow_null=True, help_text="The full name the exchange gives it.")
    identity = serializers.ChoiceField(choices=IDENTITY, help_text="How sure it is that this coin is meant; conflicted codes are never compared.")
    basis = serializers.ChoiceField(choices=[basis for basis in Basis.values if basis], allow_null=True, help_text="The kind of evidence that decided.")
    evidence = serializers.CharField(allow_null=True, help_text="That evidence in words.")
    since = instant("Since when the identity is what it is.")
    spot_markets = serializers.IntegerField(min_value=0)
    contract_markets = serializers.IntegerField(min_value=0, help_text="Perpetuals and dated futures.")


class AssetRow(serializers.Serializer):
    """One coin, with what each exchange calls it."""

    asset = serializers.CharField(help_text="As pairs name it.")
    slug = serializers.CharField(help_text="As addresses name it.")
    ticker = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=AssetKind.values, help_text="Its class.")
    former_tickers = serializers.ListField(child=serializers.CharField())
    codes = CodeRow(many=True)


class Assets(Noted):
    """Coins, one line each."""

    results = AssetRow(many=True)


class NetworkRow(serializers.Serializer):
    """One network of a coin, as the exchange tells it; null: it does not say."""

    network = serializers.CharField(help_text="The exchange's own word.")
    chain = serializers.CharField(allow_null=True, help_text="The same word for all exchanges; null where the network is not known.")
    contract_address = serializers.CharField(allow_null=True, help_text="Null for a chain's own coin, and where the exchange does not tell it.")
    deposit_open = serializers.BooleanField(allow_null=True)
    withdraw_open = serializers.BooleanField(allow_null=True)
    seen_at = serializers.DateTimeField()


class FullCodeRow(CodeRow):
    """The same with its networks."""

    networks = NetworkRow(many=True)


class AliasRow(serializers.Serializer):
    """Another word for the coin, and when it means it."""

    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=["ticker", "former", "name", "misspelling"])
    standing = serializers.ChoiceField(choices=["current", "former"])
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True, help_text="The first day on which it does not mean this coin any more.")
    factor = Number(help_text="1 old = factor new.")


class Namesake(serializers.Serializer):
    """Another coin of the same ticker."""

    asset = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    exchanges = serializers.ListField(child=serializers.CharField())


class FullAsset(Answer, AssetRow):
    """One coin with its networks, its other words, and other coins of its ticker."""

    codes = FullCodeRow(many=True)
    aliases = AliasRow(many=True)
    namesakes = Namesake(many=True)
    notes = serializers.ListField(child=serializers.CharField(), help_text="Sentences: what an old ticker has become, what is kept apart and why.")
