"""The shapes of alerts, for the schema. `markets.api.serialize_alerts` writes them, `markets.api.filters_alerts` reads what is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from markets.api import filters_alerts
from markets.api.filters import Parameter
from markets.api.schema import PROBLEMS, Answer, ProblemAnswer, _parameter, age, instant, number

TAG = "Alerts"
WRONG = {
    400: "Something that was sent is unknown or not allowed; `field` and `detail` say which and what is.",
    401: "A key is needed, or the session of somebody who is signed in.", 403: "The key may not `alerts`, or the form's token is missing.",
    404: "You have no alert of this number.",
}  # fmt: skip


class Standing(serializers.Serializer):
    """One thing that stands there now."""

    exchanges = serializers.ListField(child=serializers.CharField())
    value = number("In the unit of the condition's level; null where the kind has none.")
    age_s = age()
    observed_at = instant()
    says = serializers.CharField(allow_null=True)
    receipt = serializers.CharField(allow_null=True)


class Now(serializers.Serializer):
    """What stands there now."""

    says = serializers.CharField()
    results = Standing(many=True)


class AlertRow(serializers.Serializer):
    """One alert."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=list(filters_alerts.FOR))
    condition = serializers.DictField(child=serializers.CharField(), help_text="As texts, everything that is not as it is unless told.")
    sentence = serializers.CharField()
    state = serializers.ChoiceField(choices=["on", "paused", "ended"])
    cool_down_s = serializers.IntegerField()
    quiet_from = serializers.CharField(allow_null=True)
    quiet_to = serializers.CharField(allow_null=True)
    ends_at = instant()
    channel = serializers.ListField(child=serializers.IntegerField(), help_text="Numbers of channels; the page is always told.")
    made_at = serializers.DateTimeField()
    last_checked_at = instant("To the minute while nothing changes.")
    last_fired_at = instant()
    fired = serializers.IntegerField(help_text="How often; tests are not counted.")
    problem = serializers.CharField(allow_null=True, help_text="Why the last look judged nothing (a reason code), or cooling, or quiet.")
    now = Now(allow_null=True, help_text="Null where there was no time to look.")
    url = serializers.CharField(help_text="The page it concerns.")


class ToldRow(serializers.Serializer):
    """One thing that was told."""

    key = serializers.CharField(help_text="The same as its deliveries'.")
    at = serializers.DateTimeField()
    test = serializers.BooleanField()
    subject = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()
    receipt = serializers.CharField(allow_null=True)
    read_at = instant()


class Alerts(Answer):
    """Your alerts."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    missing = serializers.ListField(child=serializers.DictField(), help_text="Always empty: here for the form of lists.")
    results = AlertRow(many=True)


class OneAlert(AlertRow):
    """One alert, with what it last told."""

    as_of = serializers.DateTimeField()
    simulated = serializers.BooleanField()
    told = ToldRow(many=True)


class Told(ToldRow):
    """What a test told."""

    as_of = serializers.DateTimeField()
    simulated = serializers.BooleanField()


def _sent(parameters: Sequence[Parameter], says: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for p in parameters:
        known = {**found.get(p.name, {}), **p.schema, "description": p.says}
        found[p.name] = {"description": p.says} if p.name in found and found[p.name] != known else known
    return {"type": "object", "description": says, "additionalProperties": False, "properties": {**found, **more}}


NewAlert = _sent(
    (filters_alerts.KIND, *(p for each in filters_alerts.FOR.values() for p in each), *filters_alerts.TERMS),
    "What to watch. Each kind understands its own names; numbers may be sent as texts, lists as texts with commas.",
)
ChangedAlert = _sent(filters_alerts.TERMS, "What is to change.", paused={"type": "boolean"})


def described(says: str, answer: type[serializers.Serializer], parameters: Sequence[Parameter]) -> Any:
    """The schema of an address that is read."""
    return _schema(says, answer, None, 200, [_parameter(p) for p in parameters])


def written(says: str, answer: type[serializers.Serializer] | None, body: dict[str, Any] | None, status: int = 200) -> Any:
    """The schema of a method that changes something."""
    return _schema(says, answer, {"application/json": body} if body else None, status, [])


def _schema(says: str, answer: type[serializers.Serializer] | None, body: Any, status: int, parameters: Sequence[Any]) -> Any:
    summary = says.partition(".")[0]
    says_of = {**{code: PROBLEMS[code] for code in (429, 503)}, **WRONG}
    problems = {(code, "application/problem+json"): OpenApiResponse(ProblemAnswer, description=text) for code, text in says_of.items()}
    good: Any = {(status, "application/json"): OpenApiResponse(answer, description="The answer.")} if answer else {status: OpenApiResponse(description="Done.")}
    return extend_schema(
        operation_id=summary.lower().replace(" ", "_"), summary=summary, description=says, parameters=list(parameters), tags=[TAG], request=body,
        responses={**good, **problems},
    )
