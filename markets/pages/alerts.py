"""A person's alerts: the list, a new one, channels. These pages are made for one person and kept nowhere; the bell is a fragment of its own,
so that all other pages stay the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from markets import alerts, channels
from markets.alerts import Refused
from markets.api import filters_alerts
from markets.api.filters import BadParameter
from markets.models import Alert, Channel
from markets.models.alerts import MOST
from markets.pages import alerts_form, alerts_shown
from markets.pages.base import frame_of, not_found, problem

HOME = "/alerts/"
MOST_CHANNELS = 10  # of one person
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
    if _unsure(request):
        what = alerts_shown.sentence(alert)
        return _ask(request, now, "Delete this alert?", what, "What it told goes with it. To keep both and be told nothing more, pause it.", HOME)
    try:
        messages.info(request, _PRESSED[pressed](alert, now))
    except Refused as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(HOME)


def _unsure(request: HttpRequest) -> bool:
    """Whether something would be deleted by a first press."""
    return request.POST.get("do") == "delete" and request.POST.get("sure") != "yes"


def _ask(request: HttpRequest, now: datetime, title: str, what: str, loses: str, back: str) -> HttpResponse:  # noqa: PLR0917 - the words of one page
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
    return "A test is on its way by every channel of this alert; below you see what it says."


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
        alerts.create(owner, filters_alerts.wish(filters_alerts.given(texts), now), now)
    except BadParameter as error:
        return _form(request, now, alerts_form.form(texts, owner, now, error), 400)
    except Refused as error:
        return _form(request, now, alerts_form.form(texts, owner, now, BadParameter("", str(error))), 400)
    messages.success(request, "Watching. It is told as soon as it comes true.")
    return HttpResponseRedirect(HOME)


def _form(request: HttpRequest, now: datetime, form: alerts_form.Form, status: int = 200) -> HttpResponse:
    return render(request, "alert_new.html", {**frame_of(request, now, "alerts"), "form": form, "most": MOST}, status=status)


# --- Channels -----------------------------------------------------------------------------------------------------
@require_POST
@signed_in
def add_channel(request: HttpRequest, owner: Any, now: datetime) -> HttpResponseBase:
    """A new way to be told: an e-mail address, which has to be confirmed, or a webhook."""
    p = request.POST
    kind = Channel.Kind.WEBHOOK if p.get("kind") == Channel.Kind.WEBHOOK else Channel.Kind.EMAIL
    channel = Channel(owner=owner, kind=kind, address=p.get("address", "").strip()[:500])
    try:
        if Channel.objects.filter(owner=owner).count() >= MOST_CHANNELS:
            raise ValidationError(f"You have {MOST_CHANNELS} channels, and nobody may have more.")
        channel.full_clean()
        channel.save()
    except ValidationError as error:
        messages.warning(request, f"Not added. {' '.join(error.messages)}")
        return HttpResponseRedirect(f"{HOME}#channels")
    if kind == Channel.Kind.EMAIL:
        messages.info(request, f"{_confirmed_by_mail(channel, now)} Nothing else is sent there before it has been followed.")
    else:
        messages.info(request, "Added. Its secret is below; press Test to see whether it answers.")
    return HttpResponseRedirect(f"{HOME}#channels")


@require_POST
@signed_in
def change_channel(request: HttpRequest, owner: Any, now: datetime, pk: int) -> HttpResponseBase:
    """Try, switch, confirm again, renew the secret of, set the quiet hours of, or delete one channel."""
    channel, pressed = Channel.objects.filter(owner=owner, pk=pk).first(), request.POST.get("do", "")
    if channel is None or pressed not in _ON_CHANNELS:
        return not_found(request)
    if _unsure(request):
        loses = "What still waits for it is not sent, and alerts that were told there are told on the page only. To keep it and send nothing, switch it off."
        return _ask(request, now, "Delete this channel?", f"{channel.get_kind_display()} {channel.address}", loses, f"{HOME}#channels")
    try:
        messages.info(request, _ON_CHANNELS[pressed](channel, request, now))
    except ValidationError as error:
        messages.warning(request, f"Not saved. {' '.join(error.messages)}")
    return HttpResponseRedirect(f"{HOME}#channels")


def _try_channel(channel: Channel, request: HttpRequest, now: datetime) -> str:
    if not channel.open:
        raise ValidationError("It is off, or not confirmed yet.")
    if not channels.may_test(channel):
        raise ValidationError(f"{channels.TESTS_A_MINUTE} tests a minute are enough. Try again in a minute.")
    row = channels.test(channel, now)
    answer = f" with {row.code}" if row.code else ""
    return f"The test was answered{answer}." if row.state == row.State.SENT else f"The test was not taken{answer}: {row.said or 'no answer'}"


def _switch_channel(channel: Channel, request: HttpRequest, now: datetime) -> str:
    channel.enabled = not channel.enabled
    channel.save(update_fields=["enabled"])
    return "On." if channel.enabled else "Off. Nothing is sent there until you switch it on again."


def _confirm_channel(channel: Channel, request: HttpRequest, now: datetime) -> str:
    return _confirmed_by_mail(channel, now)


def _confirmed_by_mail(channel: Channel, now: datetime) -> str:
    if channels.ask_to_confirm(channel, now):
        return f"A link is on its way to {channel.address}."
    return f"No other link is sent to {channel.address} now: one an hour at most, and {channels.CONFIRMS_AN_HOUR} to all your addresses."


def _renew_secret(channel: Channel, request: HttpRequest, now: datetime) -> str:
    channels.rotate(channel)
    return "A new secret; everything from now on is signed with it."


def _set_hours(channel: Channel, request: HttpRequest, now: datetime) -> str:
    p = request.POST
    field = Channel._meta.get_field("quiet_from")
    channel.quiet_from, channel.quiet_to = (field.to_python(p.get(name) or None) for name in ("quiet_from", "quiet_to"))
    channel.time_zone = p.get("time_zone", "").strip() or "UTC"
    channel.digest_min = Channel._meta.get_field("digest_min").to_python(p.get("digest_min") or 0)
    channel.full_clean()
    channel.save(update_fields=["quiet_from", "quiet_to", "time_zone", "digest_min"])
    return "Saved."


def _delete_channel(channel: Channel, request: HttpRequest, now: datetime) -> str:
    channel.delete()
    return "Deleted. Alerts that were told there are told on this page only."


_ON_CHANNELS: dict[str, Callable[[Channel, HttpRequest, datetime], str]] = {
    "test": _try_channel, "switch": _switch_channel, "confirm": _confirm_channel, "secret": _renew_secret, "hours": _set_hours, "delete": _delete_channel,
}  # fmt: skip
