"""The shape of the answer to a question, for the schema. `markets.api.serialize_ask` writes it."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.schema import Answer, Number, age, instant, number
from markets.ask.frame import INTENTS, SIDES

KINDS = ("answer", "partial", "nothing", "choose", "refusal", "help")


def texts(says: str = "") -> serializers.ListField:
    """Sentences or words."""
    return serializers.ListField(child=serializers.CharField(), help_text=says or None)


class AskThreshold(serializers.Serializer):
    """A limit that rows must pass."""

    op = serializers.ChoiceField(choices=[">", "<"])
    value = Number()
    unit = serializers.CharField(allow_blank=True, help_text="`bps`, `pct`, `pct_year`, `usd`, a ticker, or empty where none was said.")


class AskSpan(serializers.Serializer):
    """Which characters of the question became which part of the frame."""

    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=0)
    slot = serializers.CharField()
    value = serializers.CharField(allow_blank=True)


class AskFrame(serializers.Serializer):
    """A question as it was read."""

    intent = serializers.ChoiceField(choices=INTENTS)
    assets = texts("Tickers in the order of mention, as typed; names as today's ticker.")
    quote = serializers.CharField(allow_null=True, help_text="Only where it was said.")
    exchanges = texts("Only these.")
    exclude = texts("Without these.")
    side = serializers.ChoiceField(choices=SIDES, allow_null=True)
    amount = number()
    time_range = serializers.CharField(allow_null=True, help_text="A number and one of m, h, d, w.")
    threshold = AskThreshold(allow_null=True)
    limit = serializers.IntegerField(allow_null=True, min_value=1)
    confidence = serializers.FloatField(min_value=0, max_value=1, help_text="How far ahead of the next reading.")
    notes = texts("What was mended, renamed or cut off.")
    unit = serializers.CharField(allow_null=True, help_text="The ticker that `amount` counts; null where it was not said.")
    topic = serializers.CharField(allow_blank=True, help_text="Finer than `intent`: the term asked about, or why a question is refused.")
    readings = texts("Other intents that fit nearly as well.")
    uncovered = texts("Exchanges that were named and are not covered.")
    unknown = texts("Tickers and words that nothing here knows.")
    spans = AskSpan(many=True)


class AskWholeFrame(AskFrame):
    """A question as it was read, with the further ones of the same text."""

    also = AskFrame(many=True)


class AskColumn(serializers.Serializer):
    """A column of the evidence."""

    name = serializers.CharField(help_text="The key of its values in `rows`.")
    title = serializers.CharField(allow_blank=True)
    number = serializers.BooleanField(help_text="Its values are decimals as text, or null.")


class AskTable(serializers.Serializer):
    """The evidence: the same rows as the full page has, the most telling first."""

    columns = AskColumn(many=True)
    rows = serializers.ListField(child=serializers.DictField(child=serializers.CharField(allow_null=True, allow_blank=True)))
    more = serializers.IntegerField(min_value=0, help_text="Rows that the full page has beside these.")


class AskSource(serializers.Serializer):
    """An exchange whose numbers the answer stands on."""

    exchange = serializers.CharField()
    name = serializers.CharField()
    observed_at = instant()
    age_s = age()
    state = serializers.CharField(allow_blank=True)


class AskLeft(serializers.Serializer):
    """An exchange that was left out, and why."""

    exchange = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class AskFigure(serializers.Serializer):
    """One number that the answer says."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="Exact.")
    unit = serializers.CharField(allow_null=True)
    text = serializers.CharField(help_text="As it is written in the answer.")


class AskReading(serializers.Serializer):
    """Another way to understand the question."""

    label = serializers.CharField()
    changes = serializers.DictField(child=serializers.CharField(allow_blank=True), help_text="The parameters that choose it.")


class AskAnswer(serializers.Serializer):
    """One answered question, or one part of it."""

    kind = serializers.ChoiceField(choices=KINDS, help_text="`partial`: something asked for is missing; `choose`: see `readings` or `examples`.")
    title = serializers.CharField()
    sentence = serializers.CharField()
    lines = texts()
    table = AskTable(allow_null=True)
    notes = texts()
    sources = AskSource(many=True)
    excluded = AskLeft(many=True)
    value = number("The one number it leads with, where there is one.")
    unit = serializers.CharField(allow_null=True)
    grade = serializers.ChoiceField(choices=["A", "B", "C", "D"], allow_null=True)
    as_of = instant()
    max_age_s = age("Of its oldest number.")
    method = serializers.CharField(allow_null=True, help_text="The version of the methodology.")
    page = serializers.CharField(allow_null=True, help_text="The full page.")
    api = serializers.CharField(allow_null=True, help_text="The call that gives the same numbers.")
    figures = AskFigure(many=True, help_text="Every number that the answer says.")
    readings = AskReading(many=True)
    examples = texts("What can be asked instead.")


class AskStep(serializers.Serializer):
    """One exchange that was read."""

    exchange = serializers.CharField()
    sources = texts()
    role = serializers.ChoiceField(choices=["priced", "catalogue"])
    why = serializers.CharField()


class AskNotRead(serializers.Serializer):
    """One exchange that was not read."""

    exchange = serializers.CharField()
    reason = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class AskRoute(serializers.Serializer):
    """What was read for one question, in which order."""

    intent = serializers.ChoiceField(choices=INTENTS)
    steps = AskStep(many=True)
    left = AskNotRead(many=True)


class AskReceipt(serializers.Serializer):
    """Where this very answer can be looked up and computed again."""

    id = serializers.CharField()
    url = serializers.CharField()
    until = serializers.DateTimeField()


class AskReply(Answer):
    """A question in plain words, answered."""

    q = serializers.CharField()
    frame = AskWholeFrame()
    answers = AskAnswer(many=True, help_text="One for each coin and each question of the text.")
    route = AskRoute(many=True, help_text="One for each question of the text.")
    receipt = AskReceipt(allow_null=True)
    receipt_missing = serializers.CharField(allow_null=True, help_text="Why there is no receipt, as half a sentence; null where there is one.")
    took_ms = serializers.IntegerField(min_value=0)
