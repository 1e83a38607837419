"""A receipt as a JSON-ready dict: the answers as they were given, what they are now, and everything they were made of. Pure."""

from __future__ import annotations

from typing import Any

from markets.api import serialize_ask
from markets.receipts import Found


def receipt(found: Found, base: str) -> dict[str, Any]:
    """A receipt; `base` is the site's own name. `record` is what was read, in the form it is kept in."""
    parts = found.record.parts if found.record else ()
    return {
        "id": found.link.id, "url": base + found.link.path, "created_at": found.created_at, "until": found.link.until, "q": _question(found),
        "method": found.method, "same": found.same, "why": found.why or None,
        "answers": [{**serialize_ask.answer(each.answer), "differs": list(each.differs)} for each in found.answers],
        "frame": serialize_ask.frame(parts[0].frame) if parts else None, "route": [serialize_ask.route(part) for part in parts], "record": found.raw,
    }


def _question(found: Found) -> str:
    return found.record.frame.q if found.record else found.question
