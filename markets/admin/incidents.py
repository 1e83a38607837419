"""What went wrong and when: read-only, but for a note by whoever looks after it, which ends the reminders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from exchanges.models import Incident
from markets.admin.common import Fixed
from markets.analysis.display import DASH
from markets.analysis.incidents import lasted
from markets.reads import uptime

FACTS = ("title", "kind", "exchange", "critical", "detail", "opened_at", "closed_at", "closing", "for_how_long", "notices", "noted_at", "noted_by")


class IncidentForm(forms.ModelForm):
    """The note."""

    def clean_note(self) -> str:
        """It says something."""
        note = str(self.cleaned_data["note"]).strip()
        if not note:
            raise forms.ValidationError("Say what you know or do about it.")
        return note


@admin.register(Incident)
class IncidentAdmin(Fixed):
    """The newest first; opened and closed by Pebble alone."""

    form = IncidentForm
    list_display = ("title", "exchange", "opened_at", "state_now", "for_how_long", "note")
    list_filter = ("kind", ("exchange", admin.RelatedOnlyFieldListFilter), "critical", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("exchange", "noted_by")
    search_fields = ("title", "detail", "note")
    date_hierarchy = "opened_at"
    show_full_result_count = False
    readonly_fields = FACTS
    fieldsets = (
        (None, {"fields": FACTS}),
        ("Acknowledge", {"fields": ("note",), "description": "On save your name stands beside it, and no reminder of it is sent any more. Its end is told."}),
    )

    @admin.display(description="state", ordering="closed_at")
    def state_now(self, obj: Incident) -> str:
        """Open, acknowledged or over."""
        return "over" if obj.closed_at else "acknowledged" if obj.noted_at else "open"

    @admin.display(description="lasted")
    def for_how_long(self, obj: Incident) -> str:
        """Until its end, or until now, without what nobody saw."""
        now = timezone.now()
        return lasted((obj.closed_at or now) - obj.opened_at - uptime.unseen(obj, now))

    @admin.display(description="notices")
    def notices(self, obj: Incident) -> str:
        """What operators were told, and when."""
        return ", ".join(f"{what} {at[11:16]}" for what, at in obj.told) or DASH

    def save_model(self, request: HttpRequest, obj: Incident, form: Any, change: bool) -> None:
        """Only the note, and by whom."""
        obj.noted_at, obj.noted_by = timezone.now(), request.user
        obj.save(update_fields=["note", "noted_at", "noted_by"])
