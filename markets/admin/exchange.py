"""Exchanges: switch, budget, order, fee, address, sources and their periods, and a test of the connection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from exchanges.adapter import Adapter, Pool
from exchanges.models import Exchange
from exchanges.numbers import plain
from markets import automatic, planning, read, trial
from markets.admin import switching
from markets.admin.common import Fixed, Labelled, Reported
from markets.admin.limits import AllowanceInline, silence
from markets.admin.sources import FeedInline, fitting_budget
from markets.admin.switching import Switching
from markets.analysis.display import DASH, age
from markets.asking import credentials
from markets.impact import impact, sentence
from markets.shapes import ExchangeStatus, Meter

CONFIRMED = "_confirmed"


class ExchangeForm(forms.ModelForm):
    """A host can only be one of those the adapter or the environment allows; a reason is asked anew each time."""

    host = forms.ChoiceField(required=False, help_text=Exchange._meta.get_field("host").help_text)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "host" in self.fields:
            hosts = allowed_hosts(self.instance.adapter)
            self.fields["host"].choices = [("", f"the adapter's first ({hosts[0]})" if hosts else "none"), *((host, host) for host in hosts)]
        if "reason" in self.fields:
            self.initial["reason"] = ""
        if "pin_until" in self.fields:
            for box, word in zip(self.fields["pin_until"].widget.widgets, ("date", "time"), strict=True):
                box.attrs["aria-label"] = f"Hold until, {word}"

    def clean_budget_per_minute(self) -> int:
        """See `fitting_budget`."""
        return fitting_budget(self)

    def clean(self) -> dict[str, Any] | None:
        """See `switching.check`."""
        cleaned = super().clean()
        switching.check(self)
        return cleaned


class ExchangeRow(Labelled):
    """An exchange in the list: the same rule for its budget as in its form."""

    def clean_budget_per_minute(self) -> int:
        """See `fitting_budget`."""
        return fitting_budget(self)


def allowed_hosts(adapter: Adapter | None) -> tuple[str, ...]:
    """The hosts an operator may choose from: the adapter's own, and PEBBLE_EXTRA_HOSTS."""
    return (*(adapter.hosts if adapter else ()), *settings.EXTRA_HOSTS)


def status_of(exchange: Exchange) -> ExchangeStatus | None:
    """What readers know of this exchange right now, looked up once for each row of the list."""
    if not hasattr(exchange, "_status"):
        exchange._status = next((e for e in read.exchanges(timezone.now()) if e.slug == exchange.slug), None)
    return exchange._status


def _meters(exchange: Exchange) -> tuple[Meter, ...]:
    status = status_of(exchange)
    return status.meters if status else ()


@admin.register(Exchange)
class ExchangeAdmin(Reported, Switching, Fixed):
    """One row for each adapter: rows are made by the adapters and never deleted here."""

    form = ExchangeForm
    inlines = (AllowanceInline, FeedInline)
    list_display = (
        "name", "state_now", "enabled", "shown", "budget_per_minute", "used_now", "priority", "fee", "breaker", "success_1h", "p95", "newest", "test",
    )
    list_editable = ("enabled", "budget_per_minute")
    readonly_fields = ("slug", "state_now", "used", "published", "planned", "key", "agreement", "own_switch", "breakers")
    actions = ("test_connection",)
    change_list_template = "admin/exchanges/exchange/change_list.html"
    fieldsets = (
        ("Identity", {
            "fields": ("name", "slug", "state_now"),
            "description": "On save the new name stands on every page at once. The address part (slug) is the adapter's.",
        }),
        ("Switch", {
            "fields": ("enabled", "reason"),
            "description": "Off, within a second of the save: no request leaves for it (one that is on its way may end), and its prices stop "
                           "counting on pages, in the API and on the status page. On again: it is asked at once; nothing else is needed.",
        }),
        *switching.FIELDSETS,
        ("Rate limit", {
            "fields": ("budget_per_minute", "used", "planned", "published"),
            "description": "On save all workers obey the new budget from their next request on. "
                           "A budget that the plan below does not fit into is refused: lengthen periods or switch sources off first.",
        }),
        ("Order and fee", {"fields": ("priority", "taker_fee_pct"), "description": "On save comparisons are ranked with it from the next second on."}),
        ("Key", {"fields": ("key",), "description": "Keys stand in the environment and are never stored. A read-only key is enough."}),
        ("Address", {"fields": ("host",), "description": "On save the next poll goes to that host. Others than these are refused."}),
    )

    # --- Columns ------------------------------------------------------------------------------------------------
    @admin.display(description="state")
    def state_now(self, obj: Exchange) -> str:
        """The state's word, with its detail."""
        status = status_of(obj)
        if status is None:
            return "No adapter"
        return format_html('<span class="pb-state pb-{}">{}</span> {}', status.state, status.state_label, status.detail)

    @admin.display(description="used now")
    def used_now(self, obj: Exchange) -> str:
        """How much of the operator's budget is used."""
        meter = next((m for m in _meters(obj) if m.name == "operator"), None)
        return f"{plain(meter.used)} of {plain(meter.limit)}" if meter else DASH

    @admin.display(description="used now")
    def used(self, obj: Exchange) -> str:
        """Each limit, how much of it is used."""
        lines = ((m.name, plain(m.used), plain(m.limit), m.unit, f"{m.window_s:g}") for m in _meters(obj))
        return silence(obj) + (format_html_join("", '<span class="pb-change">{}: {} of {} {} in {} s</span>', lines) or DASH)

    @admin.display(description="planned")
    def planned(self, obj: Exchange) -> str:
        """Each limit, what the plan takes of it and how much may be planned."""
        lines = ((x.name, f"{x.planned:,.0f}", f"{x.room:,.0f}", x.unit, f"{x.sustained:,.0f}") for x in planning.limits(obj))
        text = '<span class="pb-change">{}: {} of {} {} a minute (it sustains {}; a fifth is kept for what people ask)</span>'
        return format_html_join("", text, lines) or DASH

    @admin.display(description="key")
    def key(self, obj: Exchange) -> str:
        """The key from the environment: its name and last four characters."""
        name, found = f"PEBBLE_{obj.slug.upper()}_API_KEY", credentials(obj.slug)
        if obj.adapter is None or obj.adapter.sign is None:
            return "None is needed: all that is read is public."
        return f"{name}: …{found.key[-4:]}" if found else f"{name}, _SECRET and _PASSPHRASE are not set: what needs a key stays off."

    @admin.display(description="taker fee", ordering="taker_fee_pct")
    def fee(self, obj: Exchange) -> str:
        """The operator's, else the public default, which each market's own fee goes before."""
        if obj.taker_fee_pct is not None:
            return f"{plain(obj.taker_fee_pct)} %"
        return f"{plain(obj.adapter.taker_fee * 100)} %, where its markets tell none" if obj.adapter else DASH

    @admin.display(description="success, 1 h")
    def success_1h(self, obj: Exchange) -> str:
        """Share of good polls."""
        status = status_of(obj)
        return f"{status.success_pct:.1f} %" if status and status.success_pct is not None else DASH

    @admin.display(description="p95, ms")
    def p95(self, obj: Exchange) -> str:
        """Slow polls of the last hour."""
        status = status_of(obj)
        return f"{status.p95_ms:,}" if status and status.p95_ms is not None else DASH

    @admin.display(description="newest price")
    def newest(self, obj: Exchange) -> str:
        """Age of its newest quote."""
        status = status_of(obj)
        return age(status.age_s) if status else DASH

    @admin.display(description="test")
    def test(self, obj: Exchange) -> str:
        """A button of its own inside the list's form: it posts, with the form's token."""
        address = reverse("admin:exchanges_exchange_test", args=(obj.pk,))
        return format_html('<button class="button pb-test" formaction="{}" formmethod="post" aria-label="Test {}">Test</button>', address, obj.name)

    @admin.display(description="published limits")
    def published(self, obj: Exchange) -> str:
        """The exchange's own pools, and a warning where the budget is above what they allow."""
        adapter = obj.adapter
        if adapter is None:
            return DASH
        pools = ((p.name, f"{p.units:,} {p.unit}", f"{p.window_s:g} s", ", each endpoint by itself" if p.per_endpoint else "") for p in adapter.pools)
        lines = format_html_join("", "<li>{}: {} in {}{}</li>", pools)
        return format_html("<ul>{}</ul>{}", lines, _too_much(obj.budget_per_minute, allowed_per_minute(adapter)))

    # --- Saving -------------------------------------------------------------------------------------------------
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Where keys are sent to is for superusers to choose."""
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, "host")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Rows of the list, edited in place."""
        return super().get_changelist_form(request, **{"form": ExchangeRow, **kwargs})

    def save_model(self, request: HttpRequest, obj: Exchange, form: Any, change: bool) -> None:
        """A reason given in the form, or beside a confirmation, goes into the audit with the change."""
        if "reason" not in form.fields:
            obj.reason = request.POST.get("reason", "")[:200]
        obj.get_additional_data = lambda: {"reason": obj.reason} if obj.reason else None
        super().save_model(request, obj, form, change)
        Exchange.objects.filter(pk=obj.pk).update(reason=obj.reason)
        if "pin" in form.changed_data:
            automatic.look(timezone.now())  # a hold is obeyed at once

    def get_changelist_formset(self, request: HttpRequest, **options: Any) -> Any:
        """The list remembers how each switch stood when it was shown: saving a budget in an old list switches nothing back."""
        formset = super().get_changelist_formset(request, **options)
        formset.form.base_fields["enabled"].show_hidden_initial = True
        return formset

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Ask before an exchange is switched off from the list."""
        off = self._off_in_list(request)
        if off and self.has_change_permission(request):
            return self._confirm(request, off)
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask before it is switched off in its form."""
        exchange = self.get_object(request, object_id) if object_id else None
        turned_off = exchange is not None and switching.goes_off(request, exchange)
        if turned_off and CONFIRMED not in request.POST and self.has_change_permission(request, exchange) and self._understood(request, object_id):
            return self._confirm(request, [exchange])
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _understood(self, request: HttpRequest, pk: str | None) -> bool:
        """Whether the form says all it has to: what is missing is asked for before anything is confirmed."""
        exchange = self.get_object(request, str(pk))
        return bool(self.get_form(request, exchange, change=True)(request.POST, instance=exchange).is_valid())

    def _off_in_list(self, request: HttpRequest) -> list[Exchange]:
        if request.method != "POST" or "_save" not in request.POST or CONFIRMED in request.POST:
            return []
        rows = [name.removesuffix("-id") for name in request.POST if name.startswith("form-") and name.endswith("-id")]
        off = [request.POST[f"{row}-id"] for row in rows if f"{row}-enabled" not in request.POST]
        return list(Exchange.objects.filter(pk__in=[pk for pk in off if pk.isascii() and pk.isdigit()], enabled=True))

    def _confirm(self, request: HttpRequest, off: list[Exchange]) -> HttpResponse:
        names, hides = " and ".join(e.name for e in off), all(switching.hides(request, e) for e in off)
        context = {
            **self.admin_site.each_context(request), "title": f"Show {names} to nobody?" if hides else f"Switch off {names}?", "names": names, "hides": hides,
            "opts": self.opts, "confirmed": CONFIRMED,
            "impact": sentence(impact(read.board(), [e.slug for e in off])), "ask_reason": "reason" not in request.POST,
            "fields": [(name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values],
            "back": reverse("admin:exchanges_exchange_changelist"),
        }
        return TemplateResponse(request, "admin/exchanges/exchange/confirm_off.html", context)

    # --- Testing ------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """One address more: the test of one exchange."""
        return [path("<int:pk>/test/", self.admin_site.admin_view(self.test_view), name="exchanges_exchange_test"), *super().get_urls()]

    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask one exchange now. POST only, with the right to change it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        exchange = get_object_or_404(Exchange, pk=pk)
        if not self.has_change_permission(request, exchange):
            raise PermissionDenied
        return self._tested(request, [exchange])

    @admin.action(description="Test connection", permissions=["change"])
    def test_connection(self, request: HttpRequest, queryset: QuerySet[Exchange]) -> HttpResponse:
        """Ask each of the chosen exchanges now."""
        return self._tested(request, queryset)

    def _tested(self, request: HttpRequest, exchanges: Iterable[Exchange]) -> HttpResponse:
        results = [(exchange, steps, trial.verdict(steps)) for exchange in exchanges if (steps := trial.run(exchange))]
        context = {**self.admin_site.each_context(request), "title": "Test connection", "opts": self.opts, "results": results}
        return TemplateResponse(request, "admin/exchanges/exchange/tested.html", context)


def _too_much(budget: int, most: int | None) -> str:
    if most is None or budget <= most:
        return ""
    text = '<p class="pb-warning" role="alert">The budget of {} a minute is above the {} that these limits allow; they are obeyed all the same.</p>'
    return format_html(text, f"{budget:,}", f"{most:,}")


def allowed_per_minute(adapter: Adapter) -> int | None:
    """Requests a minute of the cheapest kind that the published pools let through together; None where none says."""
    costs: dict[str, int] = {}
    for part in (part for source in adapter.sources.values() for part in source.parts):
        for pool, cost in part.cost.items():
            costs[pool] = min(cost, costs.get(pool, cost))
    each = [_per_minute(pool, costs[pool.name]) for pool in adapter.pools if costs.get(pool.name)]
    return sum(each) if each else None


def _per_minute(pool: Pool, cost: int) -> int:
    return int(pool.units * 60 / pool.window_s / cost)


