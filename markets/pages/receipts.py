"""A receipt: an answer as it was given, everything it was made of, and whether it comes out the same today."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponseBase

from markets import read, receipts
from markets.method import setting
from markets.pages import query, receipts_shown
from markets.pages.base import frame_of, html, page, problem, states_of
from markets.pages.cache import Page


@page
def receipt(request: HttpRequest, now: datetime, name: str) -> Page | HttpResponseBase:
    """The receipt of that name, computed again."""
    query.asked(request, ())
    found = receipts.find(name, now)
    if found is None:
        text = f"Nothing is kept under this name. A receipt is kept {setting().receipts_kept_d} days; the answer it belongs to said until when."
        return problem(request, 404, "No such receipt", text)
    frame = frame_of(request, now, "ask")
    tag = read.tag(now, found.link.id, repr(found.same), found.why, str(frame["fragment"]), states_of(frame))
    return Page(tag, html("receipt.html", {**frame, **receipts_shown.context(found, frame["faces"])}))
