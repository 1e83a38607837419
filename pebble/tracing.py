"""A request's id, its line in the log, and its part in the counts. Wraps everything but the probes."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from markets import counting

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-ID"
UNKNOWN = "none"  # of an address that no view answers

log = structlog.stdlib.get_logger("pebble.requests")


class Tracing:
    """Middleware: id in, id out, one line and one count for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id; whatever is logged meanwhile carries it."""
        began = time.perf_counter()
        name = request_id(request)
        with structlog.contextvars.bound_contextvars(request=name):
            response = self.get_response(request)
            ms = (time.perf_counter() - began) * 1000
            view = view_name(request)
            counting.add("web", (view, str(response.status_code)), ms)
            log.info("request", method=request.method, path=request.path, view=view, status=response.status_code, ms=round(ms, 1))
        response[HEADER] = name
        return response


def request_id(request: HttpRequest) -> str:
    """A new one; the one that came along only where a trusted proxy stands before us, and only if it looks like one."""
    given = request.headers.get(HEADER, "") if settings.REST_FRAMEWORK["NUM_PROXIES"] else ""
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def view_name(request: HttpRequest) -> str:
    """What the code calls the view: there are as many as addresses are written down, whatever people ask for."""
    match = request.resolver_match
    if match is None:
        return UNKNOWN
    return match.view_name or match._func_path
