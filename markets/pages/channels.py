"""The ways in which a person is told: e-mail addresses and webhooks, shown on the page of one's alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_POST

from markets import channels
from markets.models import Channel
from markets.pages.alerts import HOME, ask_first, signed_in, unsure
from markets.pages.base import not_found

HERE = f"{HOME}#channels"
MOST = 10  # of one person


@require_POST
@signed_in
def add(request: HttpRequest, owner: Any, now: datetime) -> HttpResponseBase:
    """A new way to be told: an e-mail address, which has to be confirmed, or a webhook."""
    p = request.POST
    kind = Channel.Kind.WEBHOOK if p.get("kind") == Channel.Kind.WEBHOOK else Channel.Kind.EMAIL
    channel = Channel(owner=owner, kind=kind, address=p.get("address", "").strip()[:500])
    try:
        if Channel.objects.filter(owner=owner).count() >= MOST:
            raise ValidationError(f"You have {MOST} channels, and nobody may have more.")
        channel.full_clean()
        channel.save()
    except ValidationError as error:
        messages.warning(request, f"Not added. {' '.join(error.messages)}")
        return HttpResponseRedirect(HERE)
    if kind == Channel.Kind.EMAIL:
        messages.info(request, f"{_confirmed_by_mail(channel, now)} Nothing else is sent there before it has been followed.")
    else:
        messages.info(request, "Added. Its secret is below; press Test to see whether it answers.")
    return HttpResponseRedirect(HERE)


@require_POST
@signed_in
def change(request: HttpRequest, owner: Any, now: datetime, pk: int) -> HttpResponseBase:
    """Try, switch, confirm again, renew the secret of, set the quiet hours of, or delete one channel."""
    channel, pressed = Channel.objects.filter(owner=owner, pk=pk).first(), request.POST.get("do", "")
    if channel is None or pressed not in _PRESSED:
        return not_found(request)
    if unsure(request):
        loses = "What still waits for it is not sent, and alerts that were told there are told on the page only. To keep it and send nothing, switch it off."
        return ask_first(request, now, "Delete this channel?", f"{channel.get_kind_display()} {channel.address}", loses, HERE)
    try:
        messages.info(request, _PRESSED[pressed](channel, request, now))
    except ValidationError as error:
        messages.warning(request, f"Not saved. {' '.join(error.messages)}")
    return HttpResponseRedirect(HERE)


def _try(channel: Channel, request: HttpRequest, now: datetime) -> str:
    if not channel.open:
        raise ValidationError("It is off, or not confirmed yet.")
    if not channels.may_test(channel):
        raise ValidationError(f"{channels.TESTS_A_MINUTE} tests a minute are enough. Try again in a minute.")
    row = channels.test(channel, now)
    answer = f" with {row.code}" if row.code else ""
    return f"The test was answered{answer}." if row.state == row.State.SENT else f"The test was not taken{answer}: {row.said or 'no answer'}"


def _switch(channel: Channel, request: HttpRequest, now: datetime) -> str:
    channel.enabled = not channel.enabled
    channel.save(update_fields=["enabled"])
    return "On." if channel.enabled else "Off. Nothing is sent there until you switch it on again."


def _confirm(channel: Channel, request: HttpRequest, now: datetime) -> str:
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


def _delete(channel: Channel, request: HttpRequest, now: datetime) -> str:
    channel.delete()
    return "Deleted. Alerts that were told there are told on this page only."


_PRESSED: dict[str, Callable[[Channel, HttpRequest, datetime], str]] = {
    "test": _try, "switch": _switch, "confirm": _confirm, "secret": _renew_secret, "hours": _set_hours, "delete": _delete,
}  # fmt: skip
