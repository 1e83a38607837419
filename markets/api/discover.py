"""The API's address of discovery: what is new, what is missing where, what trends."""

from __future__ import annotations

from typing import Any

from markets.api import filters_discover, schema, serialize_discover
from markets.api import schema_discover as shapes
from markets.api.core import Asked, Endpoint, listed
from markets.reads import discover, gaps

NOTES = {
    ("trending", False): "Not enough history of volume yet: scores are of movement alone.",
    ("only", False): "Not enough history of volume yet: scores are of movement alone.",
}


class Discover(Endpoint):
    """One of the three views."""

    parameters = filters_discover.DISCOVER

    @schema.described(
        "Discover. What is new on exchanges, what is listed on some and missing from others (by identity, never by ticker), and what trends.",
        shapes.Discover, filters_discover.DISCOVER, found=False, tag="Events",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """The rows of one view, in its order."""
        v = asked.values
        found = discover.VIEWS[v["view"]](filters_discover.wanted(v), asked.now)
        note = NOTES.get((v["view"], found.measured))
        missing = gaps.gaps("instruments", asked.now, v["exchange"])
        return {
            "view": v["view"], "hour_ago": found.hour_ago, "catalogues": [serialize_discover.catalogue(c) for c in found.catalogues.values()],
            "leads": [serialize_discover.lead(x) for x in found.leads],
            **listed(asked, [serialize_discover.row(r) for r in found.rows], found.total, v["offset"], missing=missing, notes=[note] if note else []),
        }
