"""If-None-Match as RFC 9110 compares it: weakly, against a list or everything."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import parse_etags


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the asker already has what `tag` (W/"..." or "...") names."""
    header = request.META.get("HTTP_IF_NONE_MATCH", "")
    if not header or header == tag:  # what nearly everybody sends
        return bool(header)
    asked = parse_etags(header)
    return "*" in asked or tag.removeprefix("W/") in {each.removeprefix("W/") for each in asked}
