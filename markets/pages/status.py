"""How the exchanges and the workers are doing, for people and programs."""

from __future__ import annotations

from datetime import datetime
from functools import wraps
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from exchanges.adapters import ADAPTERS
from markets import read
from markets.api import filters, serialize
from markets.method import setting
from markets.pages import query, status_shown
from markets.pages.base import frame_of, html, page, problem
from markets.pages.cache import Page
from markets.reads import success

DAY = (filters.choice("exchange", ("", *ADAPTERS), "", "Whose day."), filters.day("day", "A day (UTC), to see what went wrong in it."))


def restricted(view: Any) -> Any:
    """Everybody's, unless the operator says otherwise: then only for people who may enter the admin, and kept for nobody else."""

    @wraps(view)
    def guarded(request: HttpRequest, now: datetime, **more: Any) -> Page | HttpResponseBase:
        if setting().status_public:
            return view(request, now, **more)  # type: ignore[no-any-return]
        if not request.user.is_staff:
            return problem(request, 403, "Not for everybody", "The operator shows the status to people of the team only. Sign in to the admin first.")
        made = view(request, now, **more)
        if not isinstance(made, Page):
            return made  # type: ignore[no-any-return]
        return HttpResponse(made.plain(), content_type=made.content_type, headers={"Cache-Control": "private, no-store"})

    return guarded


@page
@restricted
def status(request: HttpRequest, now: datetime) -> Page:
    """How every exchange and the workers are doing."""
    asked = query.asked(request, DAY)
    frame, found = frame_of(request, now, "status"), read.status(now)
    day = asked.values["day"][0].date() if asked.values["day"] else None
    opened = status_shown.opened(found, asked.values["exchange"], day)
    context = {
        **frame, "status": found, "lines": status_shown.lines(found), "opened": opened, "measures": success.success(now),
        "troubles": found.troubles, "open_troubles": status_shown.going_on(found.troubles),
    }  # fmt: skip
    return Page(read.tag(now, str(frame["fragment"]), _status_text(found, now), repr(opened)), html("status.html", context))


@page
@restricted
def status_json(request: HttpRequest, now: datetime) -> Page:
    """The same for programs."""
    query.asked(request, ())
    found = read.status(now)
    body = {"as_of": found.as_of, "simulated": found.simulated, **serialize.status(found, success.success(now))}
    return Page(read.tag(now, "json", _status_text(found, now)), lambda: msgspec.json.encode(body), "application/json")


def _status_text(found: read.Status, now: datetime) -> str:
    """All figures but those that move with the clock alone."""
    return msgspec.json.encode(serialize.steady(serialize.status(found, success.success(now)))).decode()
