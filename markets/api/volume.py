"""The API's address of volumes."""

from __future__ import annotations

from typing import Any

from markets.api import filters_volume, schema, serialize_volume
from markets.api import schema_volume as shapes
from markets.api.contracts import coins
from markets.api.core import Asked, Endpoint, cut, listed
from markets.reads import volume, volume_hours


class Volumes(Endpoint):
    """Every coin's volume."""

    parameters = filters_volume.VOLUME

    @schema.described(
        "Volume. Every coin's volume of 24 hours, its norm, its shares by exchange, and volume sentiment: a measure of activity, not advice.",
        shapes.Volumes, filters_volume.VOLUME, found=False,
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Coins that match, in the asked order: what the page shows."""
        v = asked.values
        question = volume.Asked(v["quote"], v["exchange"], v["suspect"])
        bases, notes = coins(v["base"])
        found = volume.view(question, asked.now)
        rows = volume.chosen(found, v["ordering"], search=v["search"], bases=bases, min_usd=v["min_volume_usd"])
        page, start = cut(asked, rows)
        waited = (asked.now - found.as_of).total_seconds()
        return {
            "whole": serialize_volume.activity(found.whole, waited),
            "excluded": [{"base": row.base, **serialize_volume.excluded(each)} for row in page for each in row.activity.left_out],
            "past": serialize_volume.past(volume_hours.past(question, v["window"], asked.now)) if v["window"] else None,
            **listed(asked, [serialize_volume.line(row, waited) for row in page], len(rows), start, notes=notes),
        }
