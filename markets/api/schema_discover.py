"""The shapes of the answers about discovery. `markets.api.serialize_discover` writes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from markets.analysis.trending import MOVE, VOLUME
from markets.api.filters import STATES
from markets.api.filters_events import EVENTS
from markets.api.schema import Number, age, instant, number
from markets.api.schema_contracts import STATUS, Noted
from markets.models import AssetKind, IdentityState


def _maybe(field: type[serializers.Field[Any, Any, Any, Any]], **about: Any) -> Any:
    """A field that stands in the rows of some views only."""
    return field(required=False, **about)


def _slugs(help_text: str = "") -> serializers.ListField:
    """A list of words that stands in the rows of some views only."""
    return serializers.ListField(child=serializers.CharField(), required=False, help_text=help_text or None)


class PriceAt(serializers.Serializer):
    """The middle of one market's bid and ask."""

    exchange = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    price = number()
    age_s = age()
    state = serializers.ChoiceField(choices=STATES)
    change_24h_pct = number()
    spread_bps = number()
    volume_usd = number("The coin's on the exchanges looked at, in 24 hours.")


class LikelySame(serializers.Serializer):
    """Another coin that is probably the same: renamed, or of the same full name."""

    ticker = serializers.CharField()
    on = serializers.ListField(child=serializers.CharField())


class TrendAt(serializers.Serializer):
    """What one exchange's markets say."""

    exchange = serializers.CharField()
    score = serializers.FloatField(help_text="Percentile, 0 to 100.")
    relative_volume = serializers.FloatField(allow_null=True)
    change_24h_pct = number()
    volume_usd = number()


class DiscoverRow(serializers.Serializer):
    """One line of a view; fields that belong to other views are absent. A flood has exchange, at, count and assets only."""

    asset = _maybe(serializers.CharField, help_text="As pairs name it.")
    ticker = _maybe(serializers.CharField)
    name = _maybe(serializers.CharField, allow_null=True)
    asset_class = _maybe(serializers.ChoiceField, choices=AssetKind.values)
    on = _slugs(help_text="Exchanges that list it, by identity.")
    price = _maybe(PriceAt, allow_null=True)
    event = _maybe(serializers.ChoiceField, choices=[*EVENTS, "flood"], help_text="View new. flood: so many new symbols at once that they are one line.")
    exchange = _maybe(serializers.CharField)
    at = _maybe(serializers.DateTimeField)
    time_source = _maybe(serializers.ChoiceField, choices=["exchange", "first_seen"], allow_null=True, help_text="Who says when; null: nobody.")
    seen_at = _maybe(serializers.DateTimeField)
    symbol = _maybe(serializers.CharField)
    quote = _maybe(serializers.CharField)
    status = _maybe(serializers.ChoiceField, choices=STATUS)
    detail = _maybe(serializers.CharField, allow_null=True)
    since_listing_pct = _maybe(Number, allow_null=True, help_text="From the first price Pebble stored of the market.")
    depth_usd = _maybe(Number, allow_null=True, help_text="Within 2 % of the middle, on the thinner side of the stored book.")
    depth_truncated = _maybe(serializers.BooleanField, help_text="The book ends inside: at least so much.")
    identity = _maybe(serializers.ChoiceField, choices=IdentityState.values)
    verified = _maybe(serializers.BooleanField, help_text="Whether a second list of the exchange has had it too.")
    conflicted = _maybe(serializers.BooleanField, help_text="The ticker names another coin there.")
    same_ticker = _slugs(help_text="Other coins of the same ticker.")
    count = _maybe(serializers.IntegerField, min_value=0)
    assets = _slugs()
    missing_from = _slugs(help_text="View only. Exchanges whose list was read and has it not.")
    same_ticker_on = _slugs(help_text="Exchanges where the ticker names another coin.")
    since = _maybe(serializers.DateTimeField, allow_null=True, help_text="On the first exchange; null where one does not say since when.")
    likely_same_as = _maybe(LikelySame, many=True)
    score = _maybe(serializers.FloatField, allow_null=True, help_text="Percentile, 0 to 100; over several exchanges their mean by volume.")
    trends_on = _slugs()
    rank = _maybe(serializers.IntegerField, min_value=1, help_text="View trending.")
    move = _maybe(serializers.IntegerField, allow_null=True, help_text="Places won since about an hour ago (`hour_ago`).")
    parts = _maybe(serializers.ListField, child=serializers.ChoiceField(choices=[VOLUME, MOVE]), help_text="What the score is made of.")
    relative_volume = _maybe(serializers.FloatField, allow_null=True, help_text="Against its norm; null: not enough history.")
    volume_usd = _maybe(Number, allow_null=True)
    new_on = _maybe(serializers.IntegerField, min_value=0, help_text="Exchanges that listed it within the window.")
    bids_share = _maybe(Number, allow_null=True, help_text="Of the money within 1 % of the middle of the stored book, 0 to 1.")
    exchanges = _maybe(TrendAt, many=True)


class CatalogueRow(serializers.Serializer):
    """How old an exchange's list of markets is: what an absence stands on."""

    exchange = serializers.CharField()
    accepted_at = instant("Null: never read, and nothing is claimed of it.")
    age_s = age()


class LeadRow(serializers.Serializer):
    """Who listed coins before whom: of `both` with known times the leader had `coins` first, by a median of `median_s`."""

    leader = serializers.CharField()
    follower = serializers.CharField()
    median_s = serializers.FloatField(min_value=0)
    coins = serializers.IntegerField(min_value=1)
    both = serializers.IntegerField(min_value=1)


class Discover(Noted):
    """One view of discovery."""

    view = serializers.CharField()
    catalogues = CatalogueRow(many=True)
    leads = LeadRow(many=True, help_text="View new.")
    hour_ago = instant("View trending: when the ranks that `move` compares with were written down.")
    results = DiscoverRow(many=True)
