"""Public pages as bytes: rendered at most once a second per process and address, and answered with 304 while unchanged.

Nothing of a visitor goes in: no cookie, no session, no host name. The key holds the change number and the whole second,
so no rendering older than a second is ever served.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone
from django.views.decorators.http import require_safe

from markets import read
from markets.api import throttle
from markets.api.conditional import unchanged

KEPT = 256
PER_MINUTE, PER_TEN_S = 600, 200  # renderings for one address; kept pages and 304s cost nothing and are not counted
WORTH_PACKING = 1400  # bytes; less fits one packet anyway
Key = tuple[str, bool, str, int]


class Busy(Exception):
    """One address has made us render too much; it may ask again in `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"wait {wait_s} s")
        self.wait_s = wait_s


@dataclass
class Page:
    """An answer to be: its entity tag, and how to render it, done once and only when somebody needs the bytes."""

    tag: str
    render: Callable[[], bytes]
    content_type: str = "text/html; charset=utf-8"
    body: bytes | None = None
    packed: bytes | None = None
    _rendering: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def plain(self) -> bytes:
        """The rendered bytes."""
        with self._rendering:
            if self.body is None:
                self.body = self.render()
            return self.body

    def small(self) -> bytes:
        """The same, gzipped. Safe from guessing by length: these pages hold no secret."""
        if self.packed is None:
            self.packed = gzip.compress(self.plain(), 1)
        return self.packed


_kept: OrderedDict[Key, Page] = OrderedDict()
_turns: WeakValueDictionary[Key, threading.Lock] = WeakValueDictionary()  # as long as somebody holds or waits for one
_lock = threading.Lock()
_counter: throttle.Counter | None = None


def forget() -> None:
    """Drop every kept page (tests)."""
    with _lock:
        _kept.clear()


def public(view: Callable[..., Page | HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make a GET view of a function `(request, now, ...) -> Page`; a response it returns instead is passed on, uncached.

    Raises Busy when one address asks for too many renderings.
    """

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        key = (request.get_full_path(), is_fragment(request), read.revision(), int(now.timestamp()))
        page = _find(key)
        if page is None:
            _count(request)
            with _turn(key):
                made = _find(key) or view(request, now.replace(microsecond=0), *args, **kwargs)
                if not isinstance(made, Page):
                    return made
                page = _keep(key, made)
        return _response(request, page, now)

    return answer


def _turn(key: Key) -> threading.Lock:
    """One thread makes a page; the others that want the same wait for it instead of making it, too."""
    with _lock:
        return _turns.setdefault(key, threading.Lock())


def is_fragment(request: HttpRequest) -> bool:
    """Whether only the live part of the page was asked for."""
    return request.headers.get("HX-Request") == "true"


def _count(request: HttpRequest) -> None:
    global _counter  # noqa: PLW0603 - one per process; the file is shared by all
    if _counter is None:
        _counter = throttle.Counter(settings.DATA_DIR / "page-throttle")
    wait_s = _counter.wait(throttle.client_address(request), time.monotonic(), PER_MINUTE, PER_TEN_S)
    if wait_s:
        raise Busy(wait_s)


def _find(key: Key) -> Page | None:
    with _lock:
        page = _kept.get(key)
        if page is not None:
            _kept.move_to_end(key)
        return page


def _keep(key: Key, page: Page) -> Page:
    with _lock:
        _kept[key] = page
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return page


def _response(request: HttpRequest, page: Page, now: datetime) -> HttpResponse:
    etag = f'W/"{page.tag}"'
    if unchanged(request, etag):
        response: HttpResponse = HttpResponseNotModified()
    elif len(page.plain()) > WORTH_PACKING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page.small(), content_type=page.content_type, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(page.plain(), content_type=page.content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "HX-Request, Accept-Encoding"
    if page.content_type.startswith("text/csv"):
        name = quote(request.path.rstrip("/").removesuffix(".csv").replace("/", "-"))
        response["Content-Disposition"] = f'attachment; filename="pebble{name or "-overview"}.csv"'
    response["X-Now"] = f"{now.timestamp():.1f}"
    return response
