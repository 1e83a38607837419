"""The shapes of what is told about exchanges, workers and Pebble itself: `/exchanges/` and `/status/`."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.filters import STATES
from markets.api.schema import Absence, Answer, Listing, Number, age, instant, number


class Limit(serializers.Serializer):
    """How much of a limit is used right now."""

    name = serializers.CharField(help_text="`operator`, or the name of a pool the exchange publishes.")
    used = Number()
    limit = Number()
    unit = serializers.CharField()
    window_s = serializers.FloatField()


class SourceRow(serializers.Serializer):
    """One source of one exchange: its switch, its period, and its polls in the last hour."""

    source = serializers.CharField()
    price = serializers.BooleanField(help_text="Whether prices need it: these sources alone make an exchange healthy or sick.")
    enabled = serializers.BooleanField()
    period_s = serializers.IntegerField()
    outcome = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)
    finished_at = instant()
    ok_at = instant()
    age_s = age("Since the last good poll.")
    fails = serializers.IntegerField(help_text="Failed polls in a row.")
    runs = serializers.IntegerField()
    success_pct = number()
    p50_ms = serializers.IntegerField(allow_null=True)
    p95_ms = serializers.IntegerField(allow_null=True)
    retry_in_s = age()


class ExchangeRow(serializers.Serializer):
    """One exchange: switch, state, age, success, limits."""

    exchange = serializers.CharField()
    name = serializers.CharField()
    monogram = serializers.CharField()
    enabled = serializers.BooleanField()
    state = serializers.ChoiceField(choices=["starting", "healthy", "degraded", "down", "banned", "blocked", "disabled", "auto_disabled"])
    state_since = instant()
    detail = serializers.CharField(allow_null=True)
    age_s = age("Of its newest quote.")
    freshness = serializers.ChoiceField(choices=STATES, allow_null=True)
    live = serializers.BooleanField()
    markets = serializers.IntegerField(help_text="Trading markets.")
    taker_fee_pct = number()
    success_pct = number("Of the last hour's polls of what prices need.")
    p50_ms = serializers.IntegerField(allow_null=True)
    p95_ms = serializers.IntegerField(allow_null=True)
    breaker = serializers.ChoiceField(choices=["closed", "open", "half open"])
    retry_in_s = age()
    limits = Limit(many=True)
    refused = serializers.IntegerField(help_text="Polls of the last hour that were not asked because a limit or a ban forbade it.")
    shed = serializers.IntegerField(help_text="Of those, the ones that left the rest of a limit to prices.")
    silent_until = instant("The exchange told us to ask nothing until then; null when it has not.")
    sources = SourceRow(many=True)


class Exchanges(Listing):
    """All exchanges."""

    results = ExchangeRow(many=True)


class OneExchange(Answer, ExchangeRow):
    """One exchange."""


class OverdueRow(serializers.Serializer):
    """A schedule that should have run so long ago."""

    name = serializers.CharField()
    age_s = age("How late it is.")


class UndeliveredRow(serializers.Serializer):
    """A message that was tried in vain."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    channel = serializers.CharField()
    attempts = serializers.IntegerField()
    given_up = serializers.BooleanField()
    code = serializers.IntegerField(allow_null=True)


class WorkerState(serializers.Serializer):
    """The machinery behind the numbers."""

    clusters = serializers.IntegerField()
    workers = serializers.IntegerField()
    queued = serializers.IntegerField(allow_null=True)
    oldest_s = age("How long the oldest task has been waiting.")
    failed_24h = serializers.IntegerField()
    runs_24h = serializers.IntegerField()
    polled_s = age("Since any poll ended.")
    stopped = serializers.BooleanField(help_text="That is too long: the workers are away, or end nothing.")
    behind = serializers.ListField(child=serializers.CharField(), help_text="Exchanges, by name, whose prices were not asked for in time.")
    paused_at = serializers.DateTimeField(allow_null=True, help_text="Since when an operator has paused all collection.")
    pause_reason = serializers.CharField(allow_null=True)
    overdue = OverdueRow(many=True)
    undelivered = UndeliveredRow(many=True)


class UptimeDay(serializers.Serializer):
    """One day (UTC) of an exchange."""

    day = serializers.DateField()
    live_pct = number("Of the time in which it was asked, it was well.")
    up_pct = number("Of that time, it answered, if slowly or in part.")


class UptimeRow(serializers.Serializer):
    """The last ninety days of an exchange, as far as they are known."""

    exchange = serializers.CharField()
    uptime_pct = number()
    days = UptimeDay(many=True)


class IncidentRow(serializers.Serializer):
    """Something that went wrong, from when it was noticed until it was over."""

    id = serializers.IntegerField()
    exchange = serializers.CharField(allow_null=True, help_text="Null: it concerns Pebble itself.")
    kind = serializers.CharField()
    critical = serializers.BooleanField()
    title = serializers.CharField()
    detail = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closing = serializers.CharField(allow_null=True)
    away_s = serializers.FloatField(help_text="So many seconds of it nobody saw: Pebble itself was away.")


class MeasureRow(serializers.Serializer):
    """One success measure, and what it should be."""

    measure = serializers.CharField()
    label = serializers.CharField()
    value = number("Null while nothing is known.")
    unit = serializers.CharField(allow_null=True)
    target = serializers.CharField(allow_null=True)
    met = serializers.BooleanField(allow_null=True)
    told = serializers.CharField(help_text="How it is found.")


class EventRow(serializers.Serializer):
    """Something that happened to an exchange."""

    at = serializers.DateTimeField()
    exchange = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class AskedKindRow(serializers.Serializer):
    """How one kind of question fared."""

    intent = serializers.CharField()
    questions = serializers.IntegerField()
    success_pct = number()
    corrected_pct = number()


class AskingRow(serializers.Serializer):
    """How questions in plain words fared over some days."""

    days = serializers.IntegerField(help_text="Whole days by UTC, today included.")
    questions = serializers.IntegerField()
    success_pct = number("Answered with grade A to C, asked back, or refused where that is due.")
    corrected_pct = number("Somebody changed a part of how it was read.")
    p50_ms = serializers.IntegerField(allow_null=True, help_text="Half of the answers came within this step.")
    p95_ms = serializers.IntegerField(allow_null=True)
    kinds = AskedKindRow(many=True)


class StatusAnswer(Answer):
    """Everything the status page says."""

    level = serializers.ChoiceField(choices=["ok", "warn", "down"])
    sentence = serializers.CharField()
    explanation = serializers.CharField(allow_blank=True)
    pairs = serializers.IntegerField()
    shared_pairs = serializers.IntegerField(help_text="Pairs on two or more exchanges.")
    assets = serializers.IntegerField()
    fresh_pct = number()
    workers = WorkerState()
    exchanges = ExchangeRow(many=True)
    uptime = UptimeRow(many=True)
    incidents = IncidentRow(many=True)
    measures = MeasureRow(many=True)
    missing = Absence(many=True)
    events = EventRow(many=True)
    asking = AskingRow()
