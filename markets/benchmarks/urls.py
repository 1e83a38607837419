"""The site and one view more: an empty answer through the same middleware, what a page is measured against."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from markets.pages import cache as pagecache

EMPTY = "/bench-empty/"
# One address asks for everything here: pages are counted as always, and no count is too many.
pagecache.PER_MINUTE = pagecache.PER_TEN_S = 2_000_000_000


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing but Django's own way from socket to socket."""
    return HttpResponse(b"ok")


urlpatterns = [path(EMPTY[1:], empty), path("", include("pebble.urls"))]
