"""The shape of one exchange in full, for the schema. `markets.api.serialize_exchange` writes it."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.filters import STATES
from markets.api.schema import Number, age, instant, number
from markets.api.schema_events import count, text
from markets.api.schema_status import OneExchange


class Offer(serializers.Serializer):
    """One source of one exchange: whether it is offered, how it is read, and how it stands."""

    source = serializers.CharField()
    label = serializers.CharField()
    offered = serializers.BooleanField(help_text="Whether the exchange publishes it, or Pebble can read it with a key.")
    comes_with = text("The source that brings its figures, where it is none by itself.")
    enabled = serializers.BooleanField()
    key = serializers.ChoiceField(choices=["not_needed", "missing", "set"], help_text="Whether it is told to signed calls only.")
    period_s = count()
    markets = count("Of a source that is read market by market: of so many. Null: everything in one sweep.")
    requests = serializers.IntegerField(min_value=0, help_text="Of one sweep, or of one market.")
    cost = serializers.DictField(child=serializers.IntegerField(), help_text="What that takes of each pool the exchange publishes.")
    outcome = text("Of the last try.")
    ok_at = instant("The last good answer.")
    age_s = age()
    state = serializers.ChoiceField(choices=STATES, allow_null=True)
    rows = count("Of the last good answer.")
    reason = text("Why its rows are absent or old.")


class PlannedLimit(serializers.Serializer):
    """One limit, a minute."""

    name = serializers.CharField(help_text="`operator`, or the name of a pool the exchange publishes.")
    unit = serializers.CharField()
    published = Number()
    sustained = Number(help_text="What never oversteps it.")
    room = Number(help_text="What of that may be planned.")
    planned = Number()
    fits = serializers.BooleanField()


class PlannedSource(serializers.Serializer):
    """One source's part of the plan, in requests a minute."""

    source = serializers.CharField()
    period_s = serializers.IntegerField()
    markets = count()
    planned_per_minute = number("Null while it is off.")
    used_per_minute = Number(help_text="Over the last five minutes.")


class Plan(serializers.Serializer):
    """The reading plan."""

    kept_pct = Number(help_text="Kept for what people ask.")
    limits = PlannedLimit(many=True)
    sources = PlannedSource(many=True)


class Service(serializers.Serializer):
    """What an exchange says of itself."""

    id = text("Null: right now. Else of one planned maintenance.")
    state = serializers.ChoiceField(choices=["open", "maintenance", "closed"])
    title = text()
    starts_at = instant()
    ends_at = instant()
    seen_at = serializers.DateTimeField()


class NetworkCounts(serializers.Serializer):
    """Coins and their networks."""

    coins = serializers.IntegerField()
    networks = serializers.IntegerField()
    addresses = serializers.IntegerField(help_text="Networks with a contract address.")
    deposits_open = serializers.IntegerField()
    withdrawals_open = serializers.IntegerField()


class FullExchange(OneExchange):
    """One exchange in full."""

    hosts = serializers.ListField(child=serializers.CharField(), help_text="Those it may be asked at.")
    host = serializers.CharField(help_text="The one in use.")
    capabilities = Offer(many=True)
    plan = Plan()
    service = Service(many=True)
    networks = NetworkCounts(allow_null=True, help_text="Null where the exchange does not tell them.")
