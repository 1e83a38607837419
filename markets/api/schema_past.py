"""The shapes of a pair's past across exchanges, for the schema."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.schema import Answer, number
from markets.reads.deviation import HOURLY, RANGES


def series(says: str) -> serializers.ListField:
    """A list with one number for each slot, null where there is none."""
    return serializers.ListField(child=number(), help_text=says)


class DeviationLine(serializers.Serializer):
    """One exchange through all slots."""

    exchange = serializers.CharField()
    mean_bps = number("The mean of all its distances.")
    latest_bps = number("Its last known distance.")
    mid = series("Its last stored mid price of each slot.")
    bps = series("Distance from the median in basis points, negative where it was cheaper.")


class Deviation(Answer):
    """Distances from the median in one window."""

    base = serializers.CharField()
    quote = serializers.CharField()
    range = serializers.ChoiceField(choices=list(RANGES))
    period_s = serializers.IntegerField(help_text="Width of a slot.")
    until = serializers.DateTimeField(help_text="Up to when prices were read.")
    opened_at = serializers.ListField(child=serializers.DateTimeField(), help_text="The start of each slot, oldest first; the last one runs.")
    median = series("The median of the mids of each slot with two or more exchanges.")
    compared = serializers.IntegerField(min_value=0, help_text="How many slots have a median.")
    results = DeviationLine(many=True)


class HourShare(serializers.Serializer):
    """In how many hours one exchange was best."""

    exchange = serializers.CharField()
    hours_best = serializers.IntegerField(min_value=0)
    share_pct = number("Of all compared hours; equal prices count for each exchange.")


class HourOfDay(serializers.Serializer):
    """One hour of the day in UTC: who was best most often."""

    hour = serializers.IntegerField(min_value=0, max_value=23)
    exchanges = serializers.ListField(child=serializers.CharField(), help_text="More than one where several were equally often.")
    hours_best = serializers.IntegerField(min_value=1)
    hours = serializers.IntegerField(min_value=1, help_text="How many such hours could be compared.")


class Hours(Answer):
    """The best exchange by hour in one window."""

    base = serializers.CharField()
    quote = serializers.CharField()
    range = serializers.ChoiceField(choices=list(HOURLY))
    until = serializers.DateTimeField(help_text="Up to when prices were read.")
    side = serializers.ChoiceField(choices=["buy", "sell"])
    hours = serializers.IntegerField(min_value=0, help_text="Hours with two or more exchanges of known fee.")
    results = HourShare(many=True)
    by_hour = HourOfDay(many=True)
