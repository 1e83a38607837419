"""The API's addresses of a person's own alerts: by key with the scope `alerts`, or by the session of the site with its form token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated

from markets import alerts
from markets.alerts import Refused
from markets.api import filters, filters_alerts, serialize_alerts, throttle
from markets.api import schema_alerts as shapes
from markets.api.core import Asked, Endpoint, Problem, listed
from markets.models import Alert

LONGEST_BODY = 16_384  # bytes
CHANGEABLE = ("paused", *(p.name for p in filters_alerts.TERMS))


class Own(Endpoint):
    """An address of somebody's own things: other methods than GET, answers that nobody keeps."""

    scope, personal = "alerts", True
    permission_classes = [IsAuthenticated]
    methods: tuple[str, ...] = ("GET", "HEAD")
    written: tuple[str, ...] = ("POST", "PATCH")  # the methods that take a body
    owner: Any = None

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        """As everywhere; a refused method says which are answered."""
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == 405:
            response.headers["Allow"] = ", ".join(self.methods)
        return response

    def _respond(self, request: HttpRequest, kwargs: Mapping[str, str]) -> HttpResponse:
        if request.method not in self.methods:
            raise Problem(405, f"Only {', '.join(self.methods)} are answered here.")
        self._let_in(request)
        try:
            answer = self._answer(request, kwargs)
        except Refused as error:
            raise Problem(400, str(error)) from None
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["Vary"] = "Authorization, Cookie"
        return answer

    def _let_in(self, request: HttpRequest) -> None:
        """By key where one is sent; else by session, with the form's token for what changes something."""
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if "Authorization" in request.headers or not signed_in:
            self._enter(request)
            self.owner = self.key.owner if self.key else None
            return
        if wait := throttle.wait(request):
            raise Problem(429, f"Too many requests from your address. Ask again in {wait} s.", retry_after=wait)
        if request.method not in ("GET", "HEAD"):
            _check_token(request)
        self.owner = request.user

    def _answer(self, request: HttpRequest, kwargs: Mapping[str, str]) -> HttpResponse:
        now, query = timezone.now(), request.META.get("QUERY_STRING", "")
        asked = Asked(now, request.path, query, filters.parse(query, self.parameters))
        if request.method in ("GET", "HEAD"):
            return _json({"as_of": now, "simulated": settings.SIMULATED, **self.get(asked, **kwargs)})
        given = _body(request) if request.method in self.written else {}
        return getattr(self, f"do_{(request.method or '').lower()}")(asked, given, **kwargs)  # type: ignore[no-any-return]

    def alert(self, text: str) -> Alert:
        """One of the owner's alerts; somebody else's is not there."""
        found = Alert.objects.filter(owner=self.owner, pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 16 else None
        if found is None:
            raise Problem(404, "You have no alert of this number.")
        return found


def _check_token(request: HttpRequest) -> None:
    try:
        SessionAuthentication().enforce_csrf(request)  # type: ignore[arg-type]  # it takes Django's, too
    except PermissionDenied as error:
        raise Problem(403, f"{error.detail} Send the page's form token as X-CSRFToken, or use a key.") from None


def _json(answer: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(answer), status=status, content_type="application/json")


def _body(request: HttpRequest) -> dict[str, str]:
    """A JSON object as the texts an address would hold."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or len(length) > 9 or int(length) > LONGEST_BODY:
        raise Problem(400, f"The body is longer than {LONGEST_BODY} bytes.")
    raw = request.body
    if not raw.strip():
        return {}
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "The body is not JSON.") from None
    if not isinstance(found, dict):
        raise Problem(400, "The body must be a JSON object.")
    return {name: text for name, value in found.items() if (text := _text(name, value)) is not None}


def _text(name: str, value: Any) -> str | None:
    """None: not given. Texts, numbers, true and false, and lists of texts or numbers are understood."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, list) and all(isinstance(part, (str, int)) and not isinstance(part, bool) for part in value):
        return ",".join(map(str, value))
    raise filters.BadParameter(name[:40], "It must be a text, a number, true, false, null, or a list of texts or numbers.")


class Alerts(Own):
    """All of them, and a new one."""

    parameters = filters.PAGE
    methods = ("GET", "HEAD", "POST")

    @shapes.described("Alerts. Your alerts, the newest first: the condition, what stands there now, and when each last fired.", shapes.Alerts, filters.PAGE)
    def get(self, asked: Asked) -> dict[str, Any]:
        """The owner's alerts."""
        rows = Alert.objects.filter(owner=self.owner).prefetch_related("channels")
        start = asked.values["offset"]
        page = list(rows[start : start + asked.values["limit"]])
        return listed(asked, serialize_alerts.alerts(page, asked.now), rows.count(), start, missing=())

    @shapes.written("New alert. Keep a condition and watch it from now on. Names and texts are those of the form's address.",
                    shapes.OneAlert, shapes.NewAlert, 201)  # fmt: skip
    def post(self, *_: object) -> None:
        """For the schema; `do_post` answers."""

    def do_post(self, asked: Asked, given: dict[str, str]) -> HttpResponse:
        """A new alert."""
        made = alerts.create(self.owner, filters_alerts.wish(filters_alerts.given(given), asked.now), asked.now)
        return _json(_one(made, asked.now), 201)


class OneAlert(Own):
    """One alert: read, changed, deleted."""

    methods = ("GET", "HEAD", "PATCH", "DELETE")

    @shapes.described("One alert. With what stands there now and the last things it told.", shapes.OneAlert, ())
    def get(self, asked: Asked, id: str) -> dict[str, Any]:  # noqa: A002 - as the address calls it
        """The alert of that number."""
        return serialize_alerts.one(self.alert(id), asked.now)

    @shapes.written("Change an alert. Pause it, let it go on, or change when and how it tells; a condition is changed by making another alert.",
                    shapes.OneAlert, shapes.ChangedAlert)  # fmt: skip
    def patch(self, *_: object) -> None:
        """For the schema; `do_patch` answers."""

    def do_patch(self, asked: Asked, given: dict[str, str], id: str) -> HttpResponse:  # noqa: A002
        """What is given is changed, everything else stays."""
        alert = self.alert(id)
        unknown = set(given) - set(CHANGEABLE)
        if unknown:
            raise filters.BadParameter(min(unknown)[:40], f"It cannot be changed. What can: {', '.join(CHANGEABLE)}.")
        alerts.change(alert, filters_alerts.changed(alert, given), asked.now)
        if "paused" in given:
            alerts.pause(alert, filters.parse(urlencode({"paused": given["paused"]}), (filters_alerts.PAUSED,))["paused"])
        alert.refresh_from_db()
        return _json(_one(alert, asked.now))

    @shapes.written("Delete an alert. With what it told.", None, None, 204)
    def delete(self, *_: object) -> None:
        """For the schema; `do_delete` answers."""

    def do_delete(self, asked: Asked, given: dict[str, str], id: str) -> HttpResponse:  # noqa: A002
        """It is gone."""
        self.alert(id).delete()
        return HttpResponse(status=204)


class TestAlert(Own):
    """Trying one out."""

    methods, written = ("POST",), ()

    @shapes.written("Test an alert. Tell yourself by all its ways what it would say now. Nothing of the alert changes.", shapes.Told, None, 201)
    def post(self, *_: object) -> None:
        """For the schema; `do_post` answers."""

    def do_post(self, asked: Asked, given: dict[str, str], id: str) -> HttpResponse:  # noqa: A002
        """What was told."""
        firing = alerts.test(self.alert(id), asked.now)
        return _json({"as_of": asked.now, "simulated": settings.SIMULATED, **serialize_alerts.told(firing)}, 201)


def _one(alert: Alert, now: datetime) -> dict[str, Any]:
    return {"as_of": now, "simulated": settings.SIMULATED, **serialize_alerts.one(alert, now)}

