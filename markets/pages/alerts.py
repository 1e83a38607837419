"""A person's alerts: the list and a new one. These pages are made for one person and kept nowhere; the bell is a fragment of its own, so that all
other pages stay the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from markets import alerts
from markets.alerts import Refused
from markets.api import filters_alerts
from markets.api.filters import BadParameter
from markets.models import Alert
from markets.models.alerts import MOST
from markets.pages import alerts_form, alerts_shown
from markets.pages.base import frame_of, not_found, problem

HOME = "/alerts/"
MOST_UNREAD = 99  # the bell's largest number


def person(request: HttpRequest) -> Any:
    """Who is signed in, or None. Without a session's cookie nothing is read, so nothing varies by one."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view of somebody's own things: who is not signed in is led there and back, and no answer is kept."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        owner = person(request)
        if owner is None:
            back = request.get_full_path() if request.method in ("GET", "HEAD") else HOME
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(back)}")
        return view(request, owner, timezone.now(), *args, **kwargs)

    return guarded


# --- The list -----------------------------------------------------------------------------------------------------
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """One's alerts, what they told and by which ways; for anybody else what alerts are."""
    now, owner = timezone.now(), person(request)
    frame = frame_of(request, now, "alerts")
    if owner is None:
        return render(request, "alerts_about.html", {**frame, "login": f"{settings.LOGIN_URL}?next={HOME}", "kinds": alerts_form.KINDS})
    return render(request, "alerts.html", {**frame, **alerts_shown.context(owner, now)})


@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """How much is unread, for the top bar; nothing for who is not signed in."""
    try:
        owner = person(request)
        count = alerts.unread(owner) if owner else 0
    except DatabaseError:
        return HttpResponse(status=204)
    if owner is None:
        return HttpResponse(status=204)
    return render(request, "parts/bell.html", {"unread": min(count, MOST_UNREAD), "more": count > MOST_UNREAD})


@require_POST
@signed_in
def read(request: HttpRequest, owner: Any, now: datetime) -> HttpResponseBase:
    """Everything that was told has been seen."""
    alerts.read_all(owner, now)
    return HttpResponseRedirect(HOME)


@require_POST
@signed_in
def change(request: HttpRequest, owner: Any, now: datetime, pk: int) -> HttpResponseBase:
    """Pause, go on, try or delete one alert, by the button that was pressed; before it is deleted, ask."""
    alert = Alert.objects.filter(owner=owner, pk=pk).first()
    pressed = request.POST.get("do", "")
    if alert is None or pressed not in _PRESSED:
        return not_found(request)
    if unsure(request):
        what = alerts_shown.sentence(alert)
        return ask_first(request, now, "Delete this alert?", what, "What it told goes with it. To keep both and be told nothing more, pause it.", HOME)
    try:
        messages.info(request, _PRESSED[pressed](alert, now))
    except Refused as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(HOME)


def unsure(request: HttpRequest) -> bool:
    """Whether something would be deleted by a first press."""
    return request.POST.get("do") == "delete" and request.POST.get("sure") != "yes"


def ask_first(request: HttpRequest, now: datetime, title: str, what: str, loses: str, back: str) -> HttpResponse:  # noqa: PLR0917 - the words of one page
    """The page between a press and what cannot be taken back: its button posts to the same address again."""
    shown = {"title": title, "what": what, "loses": loses, "place": request.path, "back": back}
    return render(request, "alert_delete.html", {**frame_of(request, now, "alerts"), **shown})


def _pause(alert: Alert, now: datetime) -> str:
    alerts.pause(alert, True)
    return "Paused. What happens meanwhile is not told later."


def _resume(alert: Alert, now: datetime) -> str:
    alerts.pause(alert, False)
    return "Watching again, from now on."


def _test(alert: Alert, now: datetime) -> str:
    alerts.test(alert, now)
    return "A test is on its way by every channel of this alert, after its quiet hours where it has any; below you see what it says."


def _delete(alert: Alert, now: datetime) -> str:
    alert.delete()
    return "Deleted, with what it told."


_PRESSED: dict[str, Callable[[Alert, datetime], str]] = {"pause": _pause, "resume": _resume, "test": _test, "delete": _delete}


# --- A new one ----------------------------------------------------------------------------------------------------
@signed_in
def new(request: HttpRequest, owner: Any, now: datetime) -> HttpResponseBase:
    """The form, filled in from the address; posted, a new alert."""
    if request.method == "POST":
        return _made(request, owner, now)
    try:
        form = alerts_form.form({name: request.GET[name] for name in request.GET}, owner, now)
    except BadParameter as error:
        return problem(request, 400, "This address cannot be read", f"{error.name}: {error.detail}")
    return _form(request, now, form)


def _made(request: HttpRequest, owner: Any, now: datetime) -> HttpResponseBase:
    texts = alerts_form.posted(request.POST)
    try:
        alert = alerts.create(owner, filters_alerts.wish(filters_alerts.given(texts), now), now)
    except BadParameter as error:
        return _form(request, now, alerts_form.form(texts, owner, now, error), 400)
    except Refused as error:
        return _form(request, now, alerts_form.form(texts, owner, now, BadParameter("", str(error))), 400)
    waits = not getattr(alerts.condition_of(alert), "soon", True)
    so_already = " If it is so already, that is at the next crossing." if waits else ""
    messages.success(request, f"Watching. You are told as soon as it comes true.{so_already}")
    return HttpResponseRedirect(HOME)


def _form(request: HttpRequest, now: datetime, form: alerts_form.Form, status: int = 200) -> HttpResponse:
    return render(request, "alert_new.html", {**frame_of(request, now, "alerts"), "form": form, "most": MOST}, status=status)
