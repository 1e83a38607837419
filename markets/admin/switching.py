"""Of an exchange: to whom it is shown, what Pebble's own switch is held to, and its breakers, each with its button."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from exchanges.breaker import Breaker
from exchanges.models import Exchange, Feed, Pin, Release
from markets import automatic, schedules, store
from markets.analysis.display import DASH
from markets.reads import shadow

FIELDSETS = (
    ("Shown", {
        "fields": ("release", "release_percent", "agreement"),
        "description": "On save, within a second, pages, API and answers show it to those and to nobody else. A share of visitors is steady: the same "
                       "ones stay in while it grows. In the shadow it is collected and compared with the others, and appears here only.",
    }),
    ("Hold", {
        "fields": ("pin", "pin_until", "pin_reason", "own_switch"),
        "description": "Pebble switches off an exchange that does poorly for half an hour, and never leaves fewer than two on. A hold overrides that "
                       "from the moment it is saved until it ends; held off, nothing is asked of it.",
    }),
    ("Breakers", {"fields": ("breakers",), "description": "After three failures in a row a source is asked only now and then. A reset asks at once."}),
)  # fmt: skip


def check(form: forms.ModelForm) -> None:
    """What release and hold have to say to be understood: a share, a reason, an end that is to come."""
    data = form.cleaned_data
    if data.get("release") == Release.PERCENT and not data.get("release_percent"):
        form.add_error("release_percent", "Say to how many percent of visitors it is shown, 1 to 100.")
    if not data.get("pin"):
        return
    if not data.get("pin_reason"):
        form.add_error("pin_reason", "Say why: whoever comes after you will ask.")
    if data.get("pin_until") and data["pin_until"] <= timezone.now():
        form.add_error("pin_until", "This time is over. Leave it empty to hold it until somebody ends it.")


def goes_off(request: HttpRequest, exchange: Exchange) -> bool:
    """Whether this form takes an exchange from all visitors who have it: switches it off, or shows it to nobody."""
    return request.method == "POST" and exchange.switched_on and (_off(request) or hides(request, exchange))


def hides(request: HttpRequest, exchange: Exchange) -> bool:
    """Whether it goes on and is shown to nobody any more."""
    return not _off(request) and exchange.release == Release.ON and request.POST.get("release") == Release.SHADOW


def _off(request: HttpRequest) -> bool:
    return "enabled" not in request.POST or request.POST.get("pin") == Pin.OFF or request.POST.get("release") == Release.OFF


class Switching(admin.ModelAdmin):
    """Columns, facts and buttons of an exchange's admin."""

    @admin.display(description="shown", ordering="release")
    def shown(self, obj: Exchange) -> str:
        """To whom, in a word; and, while it is on its way to everybody, one click back to nobody."""
        word = f"{obj.release_percent} %" if obj.release == Release.PERCENT else obj.release
        if obj.release in (Release.OFF, Release.ON):
            return word
        address = reverse("admin:exchanges_exchange_hide", args=(obj.pk,))
        button = '{} <button class="button pb-test" formaction="{}" formmethod="post" aria-label="Show {} to nobody">Off</button>'
        return format_html(button, word, address, obj.name)

    @admin.display(description="beside the others")
    def agreement(self, obj: Exchange) -> str:
        """How many of its prices stand within the tolerance."""
        found = shadow.agreement(obj.slug, timezone.now())
        if found.pct is None:
            return "Nothing can be compared: it has no fresh price of a pair that two others price."
        return f"{found.within:,} of {found.compared:,} prices that can be compared stand within the tolerance ({found.pct} %)."

    @admin.display(description="Pebble's own switch")
    def own_switch(self, obj: Exchange) -> str:
        """How it stands, and the measurements it goes by."""
        switch, now = automatic.switch_of(obj), timezone.now()
        seen = automatic.measured(obj, switch, now)
        said = automatic.why(switch) if switch.phase else "On."
        counts = f"{seen.good} of {seen.calls} calls answered, {seen.outliers:,} of {seen.rows:,} prices away from the others', {seen.bans} bans in 24 hours."
        return f"{said} Since it stands so, in the last half hour: {counts}"

    @admin.display(description="breakers")
    def breakers(self, obj: Exchange) -> str:
        """Each source that is not asked as usual, and the button that asks it at once."""
        if obj.pk is None or not (open_ones := _open(obj)):
            return "All closed."
        lines = format_html_join("", '<span class="pb-change">{}: {}, tried {}</span>', ((f.source, _phase(f), _when(f)) for f in open_ones))
        address = reverse("admin:exchanges_exchange_reset", args=(obj.pk,))
        return lines + format_html('<button class="button pb-test" formnovalidate formaction="{}" formmethod="post">Reset breakers</button>', address)

    @admin.display(description="breaker")
    def breaker(self, obj: Exchange) -> str:
        """How many sources are not asked as usual."""
        count = len(_open(obj))
        return f"{count} open" if count else DASH

    # --- Buttons ------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Two addresses more: show to nobody, and reset the breakers."""
        views = (("hide", self.hide), ("reset", self.reset))
        return [*(path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"exchanges_exchange_{name}") for name, view in views), *super().get_urls()]

    def hide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it to nobody and stop asking it, now. POST only, with the right to change it."""
        return self._done(request, pk, _hide)

    def reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close its breakers and ask it at once. POST only, with the right to change it."""
        return self._done(request, pk, _reset)

    def _done(self, request: HttpRequest, pk: int, act: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        exchange = get_object_or_404(Exchange, pk=pk)
        if not self.has_change_permission(request, exchange):
            raise PermissionDenied
        self.message_user(request, act(exchange), messages.SUCCESS)
        store.touch("switches")
        return HttpResponseRedirect(reverse("admin:exchanges_exchange_changelist"))


def _open(exchange: Exchange) -> list[Feed]:
    return list(Feed.objects.filter(exchange=exchange, probe_at__isnull=False))


def _phase(feed: Feed) -> str:
    return Breaker(feed.fails, feed.opened, feed.probe_at).phase


def _when(feed: Feed) -> str:
    return f"{feed.probe_at:%H:%M:%S} UTC" if feed.probe_at else DASH


def _hide(exchange: Exchange) -> str:
    exchange.release, exchange.release_percent = Release.OFF, 0
    exchange.get_additional_data = lambda: {"reason": "back to off, by its button"}
    exchange.save(update_fields=["release", "release_percent"])
    return f"{exchange.name}: shown to nobody, and not asked any more."


def _reset(exchange: Exchange) -> str:
    names = [feed.source for feed in _open(exchange)]
    Feed.objects.filter(exchange=exchange, probe_at__isnull=False).update(fails=0, opened=0, probe_at=None)
    changes = {"breakers": [", ".join(names) or "closed", "closed"]}
    LogEntry.objects.log_create(exchange, force_log=True, action=LogEntry.Action.UPDATE, changes=changes, additional_data={"reason": "reset by its button"})
    if exchange.switched_on:
        schedules.start_now(exchange.slug)
    return f"{exchange.name}: {len(names)} breakers reset; it is asked now."
