"""What every page stands on: its decorator, the frame around it, rendering, CSV, and what is said when something is wrong."""

from __future__ import annotations

import csv
import io
import logging
import secrets
import sys
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone

from markets import pausing, read
from markets.analysis.best import Comparison
from markets.api.filters import BadParameter
from markets.pages.cache import Busy, Page, is_fragment, public
from markets.shapes import UnknownPair

logger = logging.getLogger(__name__)
LONGEST = 60  # of a pair or an asset in an address
AWAY_S = 10  # when a page that needs the database may be tried again


def page(view: Callable[..., Page | HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A public page; a parameter it does not know is a 400 that says which ones there are, and too much asking a 429."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Page | HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except BadParameter as error:
            return problem(request, 400, "This address cannot be read", f"{error.name}: {error.detail}".removeprefix(": "))

    answer = public(guarded)

    @wraps(view)
    def patient(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return answer(request, *args, **kwargs)
        except Busy as error:
            return problem(request, 429, "Too many requests", f"Please wait {error.wait_s} s and try again.", wait_s=error.wait_s)

    return patient


# --- What every page carries ------------------------------------------------------------------------------------
def frame_of(request: HttpRequest, now: datetime, nav: str) -> dict[str, Any]:
    """The feed strip and the bars around a page."""
    known = read.exchanges(now)
    on = [e for e in known if e.enabled]
    ages = [e.age_s for e in on if e.age_s is not None]
    waiting = [e for e in on if not e.freshness]
    return {
        "now": now, "nav": nav, "fragment": is_fragment(request), "address": request.get_full_path(), "simulated": settings.SIMULATED,
        "feeds": known, "faces": {e.slug: e for e in known}, "on": len(on), "live": sum(e.live for e in on), "pairs": read.pairs_traded(),
        "newest": min(ages, default=None), "waiting": waiting, "answered": [e for e in on if e.freshness],
        "all_down": bool(ages) and not any(e.live for e in on), "paused_at": pausing.paused()[0], "pause_reason": pausing.paused()[1],
    }


def states_of(frame: dict[str, Any]) -> str:
    """What of the frame changes a page without a new change number."""
    return repr((frame["paused_at"], [(e.slug, e.enabled, e.state, e.freshness, e.breaker) for e in frame["feeds"]]))


def rows_state(comparisons: Iterable[Comparison]) -> str:
    """What of comparisons changes without a new change number: ages become states."""
    return repr([(c.key, c.status, c.live, [(r.quote.exchange, r.state, r.flags, r.rank) for r in c.rows]) for c in comparisons])


def html(template: str, context: dict[str, Any]) -> Callable[[], bytes]:
    """Rendered without the request: no cookie, no session, no user can get in."""
    return lambda: render_to_string(template, context).encode()


def csv_page(tag: str, rows: Iterable[tuple[str, ...]]) -> Page:
    """Rows of text, the head first, as a CSV file."""
    def write() -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()

    return Page(tag, write, "text/csv; charset=utf-8")


# --- Pairs in addresses -------------------------------------------------------------------------------------------
def split_pair(pair: str) -> tuple[str, str]:
    """BASE-QUOTE. Raises UnknownPair for what cannot be a pair."""
    base, dash, quote = pair.rpartition("-")
    if not dash or not base or not quote or len(pair) > LONGEST or any(unicodedata.category(char) == "Cc" for char in pair):
        raise UnknownPair(pair[:LONGEST])
    return base, quote


def unknown_pair(request: HttpRequest, now: datetime, pair: str, error: UnknownPair) -> HttpResponse:
    """A 404 with the nearest pairs, and what became of an old ticker."""
    near = [(f"{k.base}/{k.quote}", "", f"/compare/{k}/") for k in error.nearest] or list(read.suggest(pair.partition("-")[0][:LONGEST], 5))
    renamed = f" {error.renamed[0]} is now called {error.renamed[1]}." if error.renamed else ""
    board = read.board()
    traded = {k.base for k in board.pairs}
    former = sorted((old, coin.ticker, coin.slug) for key, coin in board.coins.items() for old in coin.former if key in traded)[:12]
    return problem(request, 404, "No exchange lists this pair", f"Nothing is known of {pair[:LONGEST]}.{renamed}", near=near, former=former)


# --- Errors -----------------------------------------------------------------------------------------------------
def problem(request: HttpRequest, code: int, title: str, text: str, **extra: Any) -> HttpResponse:
    """An error page. It reads no database."""
    context = {"now": timezone.now(), "title": title, "text": text, "code": code, "simulated": settings.SIMULATED, "fragment": is_fragment(request), **extra}
    response = HttpResponse(render_to_string("problem.html", context), status=code)
    response["Vary"] = "HX-Request"
    if wait := extra.get("wait_s"):
        response["Retry-After"] = str(wait)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return problem(request, 400, "This request cannot be read", "Something in it is malformed. The address may have been cut off.")


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403, also for a missing form token."""
    return problem(request, 403, "Not allowed", "You may not do this here. If you were signed in, the session may have ended: reload the form and try again.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problem(request, 404, "There is no such page", "The address may have changed, or was never one.")


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number to look it up by; 503 while the database is away, wherever on the way that was found out."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        text = "This page needs the database, which does not answer. Prices are still compared from memory, each with its age. Please try again shortly."
        return problem(request, 503, "The database is away", text, wait_s=AWAY_S)
    reference = secrets.token_hex(4)
    logger.error("reference %s: %s %s", reference, request.method, request.path)  # Django logs the traceback
    return problem(request, 500, "Something broke on our side", f"It has been written down under the reference {reference}.")
