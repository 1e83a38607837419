"""How the exchanges and the workers are doing, for people and programs."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.http import HttpRequest

from markets import read
from markets.api import serialize
from markets.pages import query
from markets.pages.base import frame_of, html, page
from markets.pages.cache import Page


@page
def status(request: HttpRequest, now: datetime) -> Page:
    """How every exchange and the workers are doing."""
    query.asked(request, ())
    frame, found = frame_of(request, now, "status"), read.status(now)
    return Page(read.tag(now, str(frame["fragment"]), _status_text(found)), html("status.html", {**frame, "status": found}))


@page
def status_json(request: HttpRequest, now: datetime) -> Page:
    """The same for programs."""
    query.asked(request, ())
    found = read.status(now)
    body = {"as_of": found.as_of, "simulated": found.simulated, **serialize.status(found)}
    return Page(read.tag(now, "json", _status_text(found)), lambda: msgspec.json.encode(body), "application/json")


def _status_text(found: read.Status) -> str:
    """All figures but those that move with the clock alone."""
    return msgspec.json.encode(serialize.steady(serialize.status(found))).decode()
