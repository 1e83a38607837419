"""Each limit of an exchange under an operator's hand: what the exchange publishes, what is ours of it, what is kept for people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from exchanges.models import Allowance, Exchange
from exchanges.numbers import plain
from markets import asking
from markets.admin.common import Known, Labelled
from markets.analysis.display import DASH, age
from markets.shapes import Meter


class AllowanceForm(Labelled):
    """Of the operator's own budget all is ours: its amount is the budget above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pool == Allowance.OPERATOR and "share_pct" in self.fields:
            self.fields["share_pct"].disabled = True


class AllowanceInline(admin.TabularInline):
    """One row for the operator's budget and one for each pool the exchange publishes."""

    model = Allowance
    form = AllowanceForm
    formset = Known
    extra = 0
    can_delete = False
    verbose_name_plural = "limits: what is ours of them"
    fields = ("pool", "published", "share_pct", "reserve_pct", "used")
    readonly_fields = ("pool", "published", "used")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Limits come from the adapter."""
        return False

    @admin.display(description="published")
    def published(self, obj: Allowance) -> str:
        """What the exchange says of it."""
        adapter = obj.exchange.adapter
        if obj.pool == Allowance.OPERATOR:
            return f"{obj.exchange.budget_per_minute:,} requests in 60 s (our budget)"
        pool = next((p for p in adapter.pools if p.name == obj.pool), None) if adapter else None
        if pool is None:
            return "No longer published"
        return f"{pool.units:,} {pool.unit} in {pool.window_s:g} s{', each endpoint by itself' if pool.per_endpoint else ''}"

    @admin.display(description="used now, of what is ours")
    def used(self, obj: Allowance) -> str:
        """In its last window."""
        meter = next((m for m in _meters(obj.exchange) if m.name == obj.pool), None)
        return f"{plain(meter.used)} of {plain(meter.limit)} {meter.unit}" if meter else DASH


def _meters(exchange: Exchange) -> tuple[Meter, ...]:
    """Read once for all rows of a page."""
    if not hasattr(exchange, "_limit_meters"):
        exchange._limit_meters = asking.meters(exchange)
    return exchange._limit_meters


def silence(exchange: Exchange) -> str:
    """Whether it told us to be silent and for how long, and what is wrong with the memory of limits; "" when neither."""
    limits = asking.limits()
    why, seconds, trouble = limits.penalty(exchange.slug), limits.blocked(exchange.slug), limits.trouble()
    told = format_html('<p class="pb-warning">Told to be silent ({}): nothing is asked for another {}.</p>', why, age(seconds)) if why and seconds else ""
    wrong = format_html('<p class="pb-warning">{}. Since {:%d %b %H:%M} UTC.</p>', trouble.detail, trouble.since) if trouble else ""
    return format_html("{}{}", told, wrong)


def wanted_shares(data: Any, exchange: Exchange) -> dict[str, float] | None:
    """The shares somebody wants, where the form that is sent has them; None where it has not."""
    stored = {str(row.pk): row for row in Allowance.objects.filter(exchange=exchange)}
    rows = [name.removesuffix("-id") for name in data if name.startswith("allowances-") and name.endswith("-id")]
    if not rows:
        return None
    texts = {stored[data[f"{row}-id"]].pool: data.get(f"{row}-share_pct", "") for row in rows if data[f"{row}-id"] in stored}
    return {pool: int(text) / 100 for pool, text in texts.items() if text.isascii() and text.isdigit() and 0 < int(text) <= 100}
