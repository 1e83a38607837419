"""The shapes of the API's answers, for the schema. `markets.api.serialize` writes them; a test holds the two together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers

from markets.api.filters import FLAGS, KINDS, STATES, Parameter

REASONS = [*FLAGS, "down", "starting", "none", *STATES[1:], "not_offered", "key_needed", "refused"]


@extend_schema_field({"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
class Number(serializers.Field):
    """A decimal as text, never with an exponent."""


def number(says: str = "") -> Number:
    """A decimal that may be unknown."""
    return Number(allow_null=True, help_text=says or None)


def age(says: str = "") -> serializers.FloatField:
    """Seconds that may be unknown."""
    return serializers.FloatField(allow_null=True, min_value=0, help_text=says or None)


def instant(says: str = "") -> serializers.DateTimeField:
    """A time that may be unknown."""
    return serializers.DateTimeField(allow_null=True, help_text=says or None)


def words(options: Sequence[str]) -> serializers.ListField:
    """A list of words of a closed vocabulary."""
    return serializers.ListField(child=serializers.ChoiceField(choices=list(options)))


class Winner(serializers.Serializer):
    """The best place on one side. Prices in quote per base."""

    exchange = serializers.CharField()
    price = Number()
    net_price = number("After the taker fee; null without a known fee.")
    fee_pct = number()
    size = number("So many coins have this price; at an amount, the coins of it.")
    quote = serializers.CharField(help_text="The currency it is traded in there.")


class Winners(serializers.Serializer):
    """Where to buy and where to sell; null when nothing can be ranked."""

    buy = Winner(allow_null=True)
    sell = Winner(allow_null=True)


class Absence(serializers.Serializer):
    """An exchange that is not in the answer, or does not count, and why."""

    exchange = serializers.CharField()
    reason = serializers.ChoiceField(choices=REASONS)
    detail = serializers.CharField()


class QuoteRow(serializers.Serializer):
    """One exchange's latest quote of one pair, per coin, with its age, state, flags and rank."""

    exchange = serializers.CharField()
    symbol = serializers.CharField(help_text="As the exchange writes it.")
    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    status = serializers.ChoiceField(choices=["pre_open", "trading", "halted", "delisting", "delisted"])
    bid = number()
    bid_size = number("In base units.")
    ask = number()
    ask_size = number("In base units.")
    last = number("What somebody paid some time ago; never ranked.")
    base_volume_24h = number()
    quote_volume_24h = number()
    change_24h_pct = number("In percent: 0.57 means 0.57 %.")
    high_24h = number()
    low_24h = number()
    exchange_ts = instant("The exchange's own clock, where it sends one.")
    ts_source = serializers.CharField(help_text="Which clock dates the quote.")
    requested_at = instant()
    received_at = instant()
    observed_at = instant("When the quote was true: what `age_s` counts from.")
    age_s = age()
    state = serializers.ChoiceField(choices=STATES)
    flags = words(FLAGS)
    identity = serializers.ChoiceField(choices=["confirmed", "probable", "conflicted", "unknown"])
    rank = serializers.IntegerField(allow_null=True, min_value=1, help_text="Null for what is not ranked.")
    price = number("The ask when buying, the bid when selling.")
    net_price = number("What one coin costs or brings all in: after the taker fee, at the amount where one was asked for, with the withdrawal where it was.")
    fee_pct = number()
    fee_source = serializers.ChoiceField(choices=["visitor", "operator", "exchange", "default"], allow_null=True)
    vs_best = number("What this row costs more or pays less than the winner for the amount (without one: for one coin), in quote units.")
    spread_bps = number()
    deviation_bps = number("From the reference price.")
    badges = serializers.ListField(child=serializers.CharField())


class PairRow(serializers.Serializer):
    """What the comparison of one pair comes to."""

    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    status = serializers.ChoiceField(choices=["ok", "single_source", "disputed", "no_consensus", "none"])
    grade = serializers.ChoiceField(choices=["A", "B", "C", "D"])
    pair_class = serializers.ChoiceField(choices=["stable", "major", "mid", "tail"])
    reference_price = number("What the exchanges agree on.")
    index_price = number("Weighted by volume.")
    price_range_pct = number("(highest - lowest) / lowest over the exchanges, in percent.")
    dispersion_bps = number()
    gap_bps = number("(best bid - best ask) / best ask, before fees.")
    after_fees_pct = number("What is left of that gap after both taker fees.")
    after_fees_size = number("For so many coins it is left: what both prices hold for.")
    change_24h_pct = number()
    high_24h = number()
    low_24h = number()
    quote_volume_24h = number("Summed over the exchanges that count.")
    volume_usd = number()
    live = serializers.IntegerField(min_value=0, help_text="Exchanges whose quote is fresh and counts.")
    listed = serializers.IntegerField(min_value=0)
    oldest_s = age("Age of the oldest ranked quote.")
    best = Winners()


class Answer(serializers.Serializer):
    """What every answer begins with."""

    as_of = serializers.DateTimeField()
    simulated = serializers.BooleanField(help_text="True when the market behind it is the simulated one.")


class Listing(Answer):
    """One page of a list."""

    count = serializers.IntegerField(min_value=0)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    missing = Absence(many=True, help_text="Exchanges whose numbers are absent or old, and why.")


class Noted(Listing):
    """One page of a list that has something to say."""

    notes = serializers.ListField(child=serializers.CharField(), help_text="Sentences: renamed coins, why a list is empty.")


class Markets(Noted):
    """Quotes, one line per exchange and pair."""

    results = QuoteRow(many=True)


class Pairs(Noted):
    """Comparisons, one line per pair."""

    results = PairRow(many=True)


class Renamed(serializers.Serializer):
    """A ticker that is called something else now."""

    old = serializers.CharField()
    new = serializers.CharField()


class ProblemAnswer(serializers.Serializer):
    """An error, RFC 9457 (application/problem+json)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    field = serializers.CharField(required=False, help_text="The parameter that is wrong.")
    nearest = serializers.ListField(child=serializers.CharField(), required=False, help_text="Pairs that exist and are spelt almost like it.")
    renamed = Renamed(required=False, allow_null=True)


PROBLEMS = {
    304: "Nothing has changed since the answer that `If-None-Match` names, ages apart.",
    400: "A parameter is unknown or its value is not allowed; `field` and `detail` say which and what is.",
    401: "The key is malformed, unknown, revoked or over; `detail` says what to do.",
    403: "The key, or this visitor, is not allowed this; `detail` says what is.",
    404: "There is no such thing here; for a pair, `nearest` names pairs that exist.",
    429: "Too many requests from this address, or with this key; `Retry-After` says how many seconds to wait.",
    503: "Nothing has been collected yet, or the store is away; `Retry-After` says when to ask again.",
}


def _parameter(p: Parameter) -> OpenApiParameter:
    """A list is one text with commas, not a repeated parameter."""
    explode = False if p.schema.get("type") == "array" else None
    return OpenApiParameter(p.name, dict(p.schema), OpenApiParameter.QUERY, description=p.says, explode=explode)


def described(says: str, answer: type[serializers.Serializer], parameters: Sequence[Parameter], found: bool = True, tag: str = "Prices") -> Any:
    """The schema of one address: its parameters, its answer, and every status it can give (404 only where `found`)."""
    query = [_parameter(p) for p in parameters]
    conditional = OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of an earlier answer.")
    problems = {
        (status, "application/problem+json"): OpenApiResponse(ProblemAnswer, description=text)
        for status, text in PROBLEMS.items()
        if status != 304 and (found or status != 404)
    }
    summary = says.partition(".")[0]
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_"), summary=summary, description=says, parameters=[*query, conditional], tags=[tag],
        responses={
            (200, "application/json"): OpenApiResponse(answer, description="The answer."),
            304: OpenApiResponse(description=PROBLEMS[304]), **problems,
        },
    )


class KeyInSchema(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it."""

    target_class = "markets.api.keys.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A key made on the account page: pb_… Reading works without one."}
