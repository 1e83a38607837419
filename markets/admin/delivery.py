"""Who of the operators is told, how that goes, and every delivery with its last response. People's channels are their own affair."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from markets import channels, outbox
from markets.admin.common import ReadOnly
from markets.analysis.display import DASH
from markets.analysis.messages import KINDS
from markets.models import Channel, Delivery
from markets.reads import deliveries

GROUP = "Notices"
AUDITED = {"send": "a test was sent", "secret": "the secret was shown", "rotate": "the secret was renewed"}


class ChannelForm(forms.ModelForm):
    """An operators' channel."""

    kinds = forms.MultipleChoiceField(
        label="What it is told", choices=list(KINDS.items()), required=False, widget=forms.CheckboxSelectMultiple, help_text="Nothing chosen: everything.",
    )


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    """The operators' channels."""

    group = GROUP
    form = ChannelForm
    list_display = ("__str__", "told", "quiet", "digest", "doing", "last")
    list_filter = ("kind", "enabled")
    fieldsets = (
        (None, {"fields": ("kind", "address", "enabled", "doing", "last")}),
        ("What and when", {
            "fields": ("kinds", ("quiet_from", "quiet_to", "time_zone"), "digest_min"),
            "description": "What is critical comes at once, whatever stands here.",
        }),
    )
    readonly_fields = ("doing", "last")
    change_form_template = "admin/markets/channel.html"
    change_list_template = "admin/markets/channels.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        """Those of nobody in particular."""
        return super().get_queryset(request).filter(owner=None)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Above the list, whether anybody is told at all."""
        return super().changelist_view(request, {**(extra_context or {}), "telling": deliveries.telling(timezone.now())})

    # --- Columns ------------------------------------------------------------------------------------------------
    @admin.display(description="told")
    def told(self, obj: Channel) -> str:
        """Which kinds."""
        return ", ".join(obj.kinds) or "everything"

    @admin.display(description="quiet hours")
    def quiet(self, obj: Channel) -> str:
        """From when to when."""
        return deliveries.quiet(obj) or DASH

    @admin.display(description="digest")
    def digest(self, obj: Channel) -> str:
        """How often."""
        return f"every {obj.digest_min} min" if obj.digest_min else DASH

    @admin.display(description="state")
    def doing(self, obj: Channel) -> str:
        """Whether the last attempt went well."""
        if not obj.pk:
            return DASH
        state, word = ("disabled", "Off") if not obj.enabled else ("down", f"Failing ({obj.failures})") if obj.failures else ("healthy", "On")
        return format_html('<span class="pb-state pb-{}">{}</span>', state, word)

    @admin.display(description="last delivery, UTC")
    def last(self, obj: Channel) -> str:
        """The newest that was tried."""
        row = obj.deliveries.filter(attempts__gt=0).first() if obj.pk else None
        return f"{row.made_at:%d %b %H:%M}: {row.get_state_display().lower()}, {_response(row)}" if row else DASH

    # --- Buttons ------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Three addresses more, each a button: send a test, show the secret, make a new one."""
        own = [path(f"<int:pk>/{name}/", self.admin_site.admin_view(getattr(self, name)), name=f"markets_channel_{name}") for name in AUDITED]
        return [*own, *super().get_urls()]

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a test and say what came of it."""
        channel = self._pressed(request, pk, "send")
        if isinstance(channel, HttpResponse):
            return channel
        row = channels.test(channel, timezone.now())
        good = row.state == Delivery.State.SENT
        self.message_user(request, f"The test was {'taken' if good else 'not taken'}: {_response(row)}.", messages.SUCCESS if good else messages.ERROR)
        return HttpResponseRedirect(reverse("admin:markets_channel_change", args=(pk,)))

    def secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what a webhook's receiver verifies with."""
        channel = self._pressed(request, pk, "secret")
        return channel if isinstance(channel, HttpResponse) else self._shown(request, channel, channels.secret_of(channel))

    def rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a new secret and show it."""
        channel = self._pressed(request, pk, "rotate")
        return channel if isinstance(channel, HttpResponse) else self._shown(request, channel, channels.rotate(channel))

    def _pressed(self, request: HttpRequest, pk: int, button: str) -> Channel | HttpResponse:
        """The channel whose button it was: by POST, with the right to change it; noted in the audit."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        channel = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, channel):
            raise PermissionDenied
        LogEntry.objects.log_create(channel, force_log=True, action=LogEntry.Action.ACCESS, additional_data={"reason": AUDITED[button]})
        return channel

    def _shown(self, request: HttpRequest, channel: Channel, secret: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": "Secret", "opts": self.opts, "channel": channel, "secret": secret}
        return TemplateResponse(request, "admin/markets/secret.html", context)


def _response(row: Delivery) -> str:
    return " ".join(part for part in (str(row.code or ""), row.said) if part) or "no response yet"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """The log: everything that was, is or was not delivered. What people are told is theirs: of that, only how it went."""

    group = GROUP
    list_display = ("made_at", "what", "to", "state", "attempts", "code", "said")
    list_filter = ("state", "kind", "critical")
    list_select_related = ("channel",)
    search_fields = ("key",)
    actions = ("retry",)
    show_full_result_count = False
    fields = (
        "to", "kind", "what", "words", "key", "critical", "held", "made_at", "due_at", "until", "attempts", "state", "taken_until", "sent_at", "code", "said",
    )  # fmt: skip

    @admin.display(description="to", ordering="channel")
    def to(self, obj: Delivery) -> str:
        """Operators' addresses; of people only that it is one."""
        return str(obj.channel) if obj.channel.owner_id is None else f"{obj.channel.get_kind_display()} of a person"

    @admin.display(description="subject")
    def what(self, obj: Delivery) -> str:
        """What operators were told."""
        return obj.subject if obj.channel.owner_id is None else DASH

    @admin.display(description="text")
    def words(self, obj: Delivery) -> str:
        """The same in full."""
        return obj.text if obj.channel.owner_id is None else DASH

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may change channels: nothing in a delivery is changed by it."""
        return bool(request.user.has_perm("markets.change_channel"))

    @admin.action(description="Retry now", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """What waits or was given up is tried again within seconds, for another day; what is being sent is left alone."""
        now = timezone.now()
        busy, count = queryset.filter(taken_until__gt=now).count(), outbox.retry(queryset, now)
        done = f"{count} will be tried within seconds." if count else "None of these waits or was given up."
        self.message_user(request, f"{done} Being sent just now, and left alone: {busy}." if busy else done)
