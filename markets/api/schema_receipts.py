"""The shape of a receipt, for the schema. `markets.api.serialize_receipts` writes it."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.schema import Answer
from markets.api.schema_ask import AskAnswer, AskRoute, AskWholeFrame, texts


class ReceiptReplay(AskAnswer):
    """One answer as it was given."""

    differs = texts("Fields that are not letter for letter the same when it is computed again.")


class ReceiptAnswer(Answer):
    """An answer that was given, with everything it was made of."""

    id = serializers.CharField()
    url = serializers.CharField()
    created_at = serializers.DateTimeField()
    until = serializers.DateTimeField(help_text="It is kept until then.")
    q = serializers.CharField(allow_blank=True)
    method = serializers.CharField(help_text="The version of the methodology it was answered by.")
    same = serializers.BooleanField(allow_null=True, help_text="Whether everything comes out the same now; null: it was not computed again, `why` says why.")
    why = serializers.CharField(allow_null=True)
    answers = ReceiptReplay(many=True)
    frame = AskWholeFrame(allow_null=True, help_text="Null where the receipt is of an older form.")
    route = AskRoute(many=True)
    record = serializers.JSONField(help_text="Everything that was read, in the form it is kept in: it may change with Pebble's versions.")
