"""Requests that no honest program sends, refused before anything is worked out: what the views, and Django's admin, need not think of."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from markets.pages import base

LONGEST, MOST = 8000, 1000  # characters of a query, and its parameters
OWN = "/api/v1/"  # says itself which parameter is wrong, in a document of its own kind


class Bounds:
    """Middleware: 400 for a query that is too long, has too many parts, is not UTF-8, or holds a NUL, which PostgreSQL cannot compare with anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or go on."""
        query = request.META.get("QUERY_STRING", "")
        if query and not request.path.startswith(OWN) and not readable(query):
            return base.bad_request(request)
        return self.get_response(request)


def readable(query: str) -> bool:
    """Whether a query can be read at all."""
    if len(query) > LONGEST or query.count("&") >= MOST:
        return False
    raw = unquote_to_bytes(query)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in raw
