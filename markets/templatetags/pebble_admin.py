"""What the admin's first page shows above the list of tables."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from django import template
from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_q.models import Failure

from markets import pausing, read
from markets.admin import collection
from markets.admin.audited import changes
from markets.analysis.display import age
from markets.reads import deliveries, machinery, worries

register = template.Library()
SHOWN = 10
LINES = 3  # of one change; all of it stands in the audit


@register.inclusion_tag("admin/operations.html", takes_context=True)
def operations(context: Any, user: Any) -> dict[str, Any]:
    """The status table in small, what is overdue or failed, and the last changes; each for those who may see it."""
    now = timezone.now()
    found: dict[str, Any] = {"csrf_token": context.get("csrf_token"), "may_press": user.has_perm(collection.PERMISSION), "paused": pausing.paused(), "now": now}
    if user.has_perm("exchanges.view_exchange"):
        stale = worries.stale_pairs(now)
        found |= {"breakers": worries.open_breakers(), "stale": stale[:SHOWN], "stale_count": len(stale), "troubles": worries.open_troubles(now)}
        found["exchanges"] = [(e, age(e.age_s), [s for s in e.sources if s.outcome not in ("ok", "", "not_offered")]) for e in read.exchanges(now)]
    if user.has_perm("django_q.view_schedule"):
        found["overdue"] = [(late.name, age(late.late_s)) for late in machinery.overdue(now)]
    if user.has_perm("django_q.view_failure"):
        found["failed"] = Failure.objects.order_by("-stopped")[:SHOWN]
    if user.has_perm("auditlog.view_logentry"):
        entries = LogEntry.objects.select_related("actor", "content_type").order_by("-timestamp")[:SHOWN]
        found["entries"] = [(entry, changes(entry)[:LINES], len(changes(entry)[LINES:])) for entry in entries]
    return found


@register.inclusion_tag("admin/telling.html")
def telling(user: Any) -> dict[str, Any]:
    """Whether operators are told of anything, for those who may see their channels."""
    return {"telling": deliveries.telling(timezone.now()) if user.has_perm("markets.view_channel") else None}


@register.simple_tag
def grouped(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Django's list of tables under our headings: a page's `group`, else its app's; the same heading once, with the tables of several apps."""
    found: dict[str, dict[str, Any]] = {}
    for app in apps:
        own = app["name"]
        named = [(getattr(admin.site.get_model_admin(table["model"]), "group", own), table) for table in app["models"]]
        for name, table in sorted(named, key=lambda pair: (pair[0] != own, pair[0])):
            found.setdefault(name, {**app, "name": name, "models": []})["models"].append(table)
    return list(found.values())


@register.simple_tag
def simulated() -> SafeString:
    """The words that every page of a simulated market carries."""
    return format_html(' <span class="pb-state pb-degraded">{}</span>', "Simulated market") if settings.SIMULATED else SafeString()
