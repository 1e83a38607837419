"""The API's address of receipts."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from markets import receipts
from markets.api import schema_receipts, serialize_receipts
from markets.api.core import Asked, Endpoint, Problem
from markets.api.schema import described
from markets.method import setting


class OneReceipt(Endpoint):
    """An answer that was given."""

    @described(
        "One receipt. An answer as it was given, with every number it was made of, how the question was read, which exchanges were asked and why, and "
        "whether it comes out the same when it is computed again.",
        schema_receipts.ReceiptAnswer, (), tag="Questions",
    )  # fmt: skip
    def get(self, asked: Asked, id: str) -> dict[str, Any]:  # noqa: A002 - as the address calls it
        """The receipt of that name."""
        found = receipts.find(id, asked.now)
        if found is None:
            raise Problem(404, f"No receipt is kept under this name. Receipts are kept {setting().receipts_kept_d} days; the answer said until when.")
        return serialize_receipts.receipt(found, settings.BASE_URL)
