"""The API's addresses: thin views that ask `markets.read`, say it in the public vocabulary, and keep the bytes for a second.

They are REST framework views for the schema's sake; `dispatch` goes past the framework's own (content negotiation,
authentication: 80 µs on an empty answer of 270 µs, measured), since every answer here is public JSON.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from markets import audience, read
from markets.api import board_rows, filters, schema, schema_status, serialize, serialize_exchange, throttle
from markets.api import schema_exchange as full
from markets.api.conditional import unchanged
from markets.api.filters import BadParameter, Parameter
from markets.api.keys import MISSING, KeyAuthentication
from markets.api.visitor import subject_of
from markets.api.words import coins
from markets.method import setting
from markets.models import ApiKey
from markets.reads import offers, success
from markets.shapes import Absence

TITLES = {
    400: "Bad request", 401: "Key needed", 403: "Not allowed", 404: "Not found", 405: "Method not allowed", 429: "Too many requests", 503: "Not available",
}  # fmt: skip
RETRY_S = 10
KEPT = 64  # answers of one second in one process
_encode = msgspec.json.Encoder().encode
logger = logging.getLogger(__name__)


class Problem(Exception):
    """An error answer: status, sentence, and what else the problem document says."""

    def __init__(self, status: int, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.status, self.detail, self.extra = status, detail, extra


@dataclass(frozen=True)
class Asked:
    """One question: when, where, and its parameters as values and as text."""

    now: datetime
    path: str
    query: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """An answer as it goes out."""

    body: bytes
    tag: str


_answers: dict[tuple[str, int, str, str], Kept] = {}


class Endpoint(APIView):
    """An address that answers GET with JSON, conditionally, at most a second old; `get` gives the answer as a dict.

    `scope` is what a key must be allowed; `personal` says that the answer is the key's owner's, so there is none without a key.
    `key` is that of the request, None for an anonymous one.
    """

    authentication_classes = [KeyAuthentication]
    permission_classes: Sequence[Any] = [AllowAny]  # what the schema says; `_enter` is who lets in
    parameters: tuple[Parameter, ...] = ()
    scope = "read"
    personal = False
    key: ApiKey | None = None

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        """Throttle, look in memory, else answer; every refusal is a problem document."""
        try:
            return self._respond(request, kwargs)
        except Problem as error:
            return problem(error.status, error.detail, **error.extra)
        except BadParameter as error:
            return problem(400, error.detail, field=error.name or "query")
        except read.UnknownPair as error:
            return problem(404, **_unknown(error))
        except DatabaseError:
            logger.warning("%s is not in memory and the database is away", request.path, exc_info=True)
            return problem(503, "The store is away, and what was asked is not in memory.")

    def _respond(self, request: HttpRequest, kwargs: Mapping[str, str]) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise Problem(405, "Only GET and HEAD are answered here.")
        self._enter(request)
        with audience.of(lambda: subject_of(request, self.key)):
            kept = self._kept(request.path, request.META.get("QUERY_STRING", ""), kwargs)
        headers = {"ETag": kept.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if unchanged(request, kept.tag):
            return HttpResponseNotModified(headers=headers)
        return HttpResponse(kept.body, content_type="application/json", headers=headers)

    def _enter(self, request: HttpRequest) -> None:
        """Find the key, count the request against it or else the address, and refuse who may not in. A wrong key counts like none."""
        try:
            found, wrong = KeyAuthentication().authenticate(request), ""
        except AuthenticationFailed as error:
            found, wrong = None, str(error.detail)
        self.key = found[1] if found else None
        if wait := throttle.wait(request, self.key):
            raise Problem(429, f"Too many requests {'with this key' if self.key else 'from your address'}. Ask again in {wait} s.", retry_after=wait)
        if wrong or (self.personal and self.key is None):
            raise Problem(401, wrong or MISSING)
        if self.key is not None and self.scope not in self.key.scopes:
            raise Problem(403, f"This key may not {self.scope}. It may: {', '.join(self.key.scopes)}. Make one that may at {settings.BASE_URL}/accounts/.")

    def _kept(self, path: str, query: str, kwargs: Mapping[str, str]) -> Kept:
        """The answer of this second and this state of the board, from memory where it was given before."""
        key = (read.revision(), int(time.time()), path, query)  # a late thread's answer stays with the board it was made of
        found = _answers.get(key)
        if found is None:
            while len(_answers) >= KEPT:
                _answers.pop(next(iter(_answers)), None)
            found = _answers[key] = self._made(Asked(timezone.now(), path, query, filters.parse(query, self.parameters)), kwargs)
        return found

    def _made(self, asked: Asked, kwargs: Mapping[str, str]) -> Kept:
        answer = {"as_of": asked.now, "simulated": settings.SIMULATED, **self.get(asked, **kwargs)}
        digest = blake2b(_encode(serialize.steady(answer)), digest_size=12)
        return Kept(_encode(answer), f'W/"{digest.hexdigest()}"')


def forget() -> None:
    """Drop the kept answers (tests)."""
    _answers.clear()


def problem(status: int, detail: str, retry_after: int = RETRY_S, **extra: object) -> HttpResponse:
    """An error as application/problem+json; its type is an anchor of the API's landing page."""
    body = {"type": f"{settings.BASE_URL}/api/#error-{status}", "title": TITLES[status], "status": status, "detail": detail, **extra}
    response = HttpResponse(_encode(body), status=status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # a line for each refused request would be a gift to a flood
    if status in (429, 503):
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = KeyAuthentication.scheme
    if status == 405:
        response.headers["Allow"] = "GET, HEAD"
    return response


def _unknown(error: read.UnknownPair) -> dict[str, Any]:
    nearest = [serialize.pair(key) for key in error.nearest]
    renamed = {"old": error.renamed[0], "new": error.renamed[1]} if error.renamed else None
    hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
    return {"detail": f"No exchange lists {serialize.printable(str(error))}.{hint}", "nearest": nearest, "renamed": renamed}


# --- Lists ------------------------------------------------------------------------------------------------------
def listed(
    asked: Asked, rows: Sequence[Any], count: int, start: int, after: str = "", *, missing: Sequence[Absence] | None = None, notes: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The envelope of a page: `rows` are those from `start` on; links keep every other parameter.

    `missing` are the exchanges whose rows of this kind are not there (absent: whose spot prices are not); `notes` are sentences.
    """
    limit: int = asked.values["limit"]
    following = {"offset": str(start + limit), "after": after} if after else {"offset": str(start + limit)}
    return {
        "count": count,
        "next": link(asked, following) if start + len(rows) < count and rows else None,
        "previous": link(asked, {"offset": str(max(0, start - limit))}) if start else None,
        "missing": serialize.missing(read.exchanges(asked.now)) if missing is None else [absence._asdict() for absence in missing],
        **({} if notes is None else {"notes": list(notes)}),
        "results": rows,
    }


def link(asked: Asked, place: Mapping[str, str]) -> str:
    """An absolute address on the site's own name (never the one a request claims)."""
    kept = [(name, text) for name, text in parse_qsl(asked.query.encode("latin-1").decode()) if name not in ("offset", "after", *place)]
    return f"{settings.BASE_URL}{quote(asked.path)}?{urlencode([*kept, *place.items()], safe=',|')}"


def cut(asked: Asked, rows: Sequence[Any]) -> tuple[Sequence[Any], int]:
    """The page of a list, and where it begins."""
    start: int = asked.values["offset"]
    return rows[start : start + asked.values["limit"]], start


class Exchanges(Endpoint):
    """Every exchange."""

    parameters = filters.PAGE

    @schema.described("Exchanges. Each one's switch, state, age, success of the last hour, and how much of its limits is used.",
                      schema_status.Exchanges, filters.PAGE)
    def get(self, asked: Asked) -> dict[str, Any]:
        """All exchanges in their order."""
        rows = [serialize.exchange(e) for e in read.exchanges(asked.now)]
        page, start = cut(asked, rows)
        return listed(asked, page, len(rows), start)


class OneExchange(Endpoint):
    """One exchange."""

    @schema.described("One exchange. Its line of the list, and in full what it offers, how each source stands, the reading plan, what it says of itself.",
                      full.FullExchange, ())
    def get(self, asked: Asked, slug: str) -> dict[str, Any]:
        """The exchange of that name."""
        rows = {e.slug: e for e in read.exchanges(asked.now)}
        if slug not in rows:
            raise Problem(404, f"There is no exchange {serialize.printable(slug)}. Known here: {', '.join(rows)}.")
        return serialize_exchange.exchange(rows[slug], offers.detail(slug, asked.now))


class Markets(Endpoint):
    """Every quote of the board."""

    parameters = filters.MARKETS

    @schema.described("Markets. The latest quote of every market with its age, state, flags and rank, whatever became of it.",
                      schema.Markets, filters.MARKETS)
    def get(self, asked: Asked) -> dict[str, Any]:
        """Quotes that match, in the asked order."""
        keys, notes = coins(asked.values["base"])
        rows = board_rows.matching({**asked.values, "base": keys}, asked.now)
        start = board_rows.start(rows, asked.values)
        page = rows[start : start + asked.values["limit"]]
        last = board_rows.name(page[-1]) if page else ""
        return listed(asked, [serialize.quote(row) for row in board_rows.judged(page, asked.now)], len(rows), start, last, notes=notes)


class Pairs(Endpoint):
    """Every pair compared."""

    parameters = filters.PAIRS

    @schema.described("Pairs. What the comparison of each pair comes to: where to buy, where to sell, and what is left after fees.",
                      schema.Pairs, filters.PAIRS)
    def get(self, asked: Asked) -> dict[str, Any]:
        """Comparisons that match, in the asked order: what the overview shows."""
        v = asked.values
        keys, notes = coins(v["base"])
        found = read.overview(
            read.Filters(
                quote=v["quote"], exchanges=v["exchange"], net=v["net"], min_exchanges=v["min_exchanges"], min_volume_usd=v["min_volume_usd"],
                min_depth_usd=v["min_depth_usd"], min_change_pct=v["min_change_pct"], amount=v["amount"], unit=v["unit"], fees=v["fees"],
                hide_leveraged=v["hide_leveraged"], hide_suspect=v["hide_suspect"], search=v["search"],
                base=keys, sort=v["ordering"], limit=v["limit"], offset=v["offset"],
            ),
            asked.now,
        )
        return listed(asked, [serialize.summary(c) for c in found.rows], found.total, v["offset"], notes=notes)


# --- One answer -------------------------------------------------------------------------------------------------
class Status(Endpoint):
    """How everything is doing."""

    @schema.described("Status. What the status page says: every exchange, the workers, the coverage, recent events.",
                      schema_status.StatusAnswer, (), found=False)
    def get(self, asked: Asked) -> dict[str, Any]:
        """The status at `now`, for everybody unless the operator says otherwise."""
        if not setting().status_public:
            raise Problem(403, "The operator shows the status to people of the team only: see the admin.")
        return serialize.status(read.status(asked.now), success.success(asked.now))


class Unknown(Endpoint):
    """Every other address under /api/."""

    schema = None

    def get(self, asked: Asked, rest: str) -> dict[str, Any]:
        """Always a problem document."""
        raise Problem(404, f"There is nothing at {serialize.printable(asked.path)}. The addresses are listed at {settings.BASE_URL}/api/.")

    def _kept(self, path: str, query: str, kwargs: Mapping[str, str]) -> Kept:
        return self._made(Asked(timezone.now(), path, query, {}), kwargs)
