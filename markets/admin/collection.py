"""The three buttons of the admin's first page: pause all collection, resume it, and refresh everything now."""

from __future__ import annotations

from dataclasses import dataclass

from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Exchange
from markets import pausing, schedules
from markets.method import setting

PERMISSION = "exchanges.change_exchange"


@dataclass(frozen=True)
class Button:
    """What it is called, what it will do, and what is said when it is done or was done already."""

    title: str
    impact: str
    done: str
    already: str = ""


BUTTONS = {
    "pause": Button(
        "Pause all collection", "Within a second no request leaves for any exchange. Prices grow older, stop counting, and every page says why.",
        "Collection is paused.", "Collection was paused already.",
    ),
    "resume": Button("Resume collection", "Every source is asked again when its next turn comes.", "Collection goes on.", "Collection was not paused."),
    "refresh": Button(
        "Refresh all now", "Every exchange that is switched on is asked for everything once, within its limits. That may take some minutes.",
        "Every exchange is being asked.", "Nothing is asked while collection is paused: resume it first.",
    ),
}  # fmt: skip


def press(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for a reason first; with it, do what the button says. By POST only, with the right to change exchanges."""
    if name not in BUTTONS:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        context = {**admin.site.each_context(request), "title": f"{BUTTONS[name].title}?", "button": BUTTONS[name], "asked": "reason" in request.POST}
        return TemplateResponse(request, "admin/collection.html", context)
    done = _done(name, reason)
    messages.add_message(request, messages.SUCCESS if done else messages.WARNING, BUTTONS[name].done if done else BUTTONS[name].already)
    return HttpResponseRedirect(reverse("admin:index"))


def _done(name: str, reason: str) -> bool:
    if name == "pause":
        return pausing.pause(timezone.now(), reason)
    return pausing.resume(reason) if name == "resume" else _refresh(reason)


def _refresh(reason: str) -> bool:
    if pausing.now():
        return False
    for exchange in Exchange.objects.filter(enabled=True):
        if exchange.adapter is not None:
            schedules.start_now(exchange.slug)
    everything = {"refreshed": ["", "every exchange"]}
    LogEntry.objects.log_create(setting(), force_log=True, action=LogEntry.Action.UPDATE, changes=everything, additional_data={"reason": reason})
    return True
