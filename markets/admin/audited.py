"""The audit: who, when, what, old to new, why, from where. To look at, filter and carry away; never to edit."""

from __future__ import annotations

import csv

from auditlog.models import LogEntry
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join

from markets.admin.common import ReadOnly
from markets.analysis.display import DASH
from markets.audit import lines

COLUMNS = ("time", "who", "what", "object", "action", "changes", "reason", "address")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

admin.site.unregister(LogEntry)


def changes(entry: LogEntry) -> list[str]:
    """Each changed field as `field: old → new`; for a test of a connection, its steps."""
    found = [f"{name}: {_old_to_new(change)}" for name, change in (entry.changes_dict or {}).items()]
    tested = [f"{step['name']}: {step['verdict']} in {step['ms']} ms" for step in (entry.additional_data or {}).get("test", ())]
    event = (entry.additional_data or {}).get("event")
    return [*found, *tested, *([event] if event else [])]


def _old_to_new(change: object) -> str:
    if isinstance(change, dict):  # many to many: what was added or removed
        return f"{change.get('operation')} {', '.join(map(str, change.get('objects', ())))}"
    old, new = change  # type: ignore[misc]
    return f"{old} → {new}"


def reason(entry: LogEntry) -> str:
    """Why, where somebody said so."""
    return str((entry.additional_data or {}).get("reason", ""))


@admin.register(LogEntry)
class AuditAdmin(ReadOnly):
    """One line for each decision."""

    list_display = ("timestamp", "actor", "content_type", "object_repr", "action_name", "change_list", "why", "remote_addr")
    list_filter = ("timestamp", ("content_type", admin.RelatedOnlyFieldListFilter), ("actor", admin.RelatedOnlyFieldListFilter), "action")
    list_select_related = ("actor", "content_type")
    search_fields = ("object_repr", "actor__username")
    fields = (*list_display, "additional_data")
    actions = ("export", "export_lines")
    show_full_result_count = False

    @admin.display(description="action", ordering="action")
    def action_name(self, obj: LogEntry) -> str:
        """What kind of thing was done."""
        return next((word for word in ("test", "event") if word in (obj.additional_data or {})), str(obj.get_action_display()))

    @admin.display(description="changes")
    def change_list(self, obj: LogEntry) -> str:
        """Field by field."""
        return format_html_join("", '<span class="pb-change">{}</span>', ((line,) for line in changes(obj))) or DASH

    @admin.display(description="reason")
    def why(self, obj: LogEntry) -> str:
        """The operator's words."""
        return reason(obj) or DASH

    @admin.action(description="Export as CSV", permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> HttpResponse:
        """The chosen lines as a file."""
        response = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="audit.csv"'})
        write = csv.writer(response).writerow
        write(COLUMNS)
        for entry in queryset.select_related("actor", "content_type").iterator():
            row = (entry.timestamp.isoformat(), entry.actor or "system", entry.content_type, entry.object_repr, self.action_name(entry),
                   "; ".join(changes(entry)), reason(entry), entry.remote_addr or "")
            write([safe_cell(str(value)) for value in row])
        return response

    @admin.action(description="Export as JSON lines", permissions=["view"])
    def export_lines(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> HttpResponse:
        """The chosen lines for another program, the oldest first."""
        chosen = queryset.select_related("actor", "content_type").order_by("pk").iterator(chunk_size=500)
        headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
        return HttpResponse(lines(chosen), content_type="application/x-ndjson; charset=utf-8", headers=headers)


def safe_cell(text: str) -> str:
    """A spreadsheet must not run what somebody typed as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
