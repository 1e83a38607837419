"""The raw history of one row: candles, depth, payments, days. These tables are keyed by owner and time and shown from their owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from exchanges.numbers import plain
from markets.analysis.display import DASH
from markets.models import Candle, Depth, FundingSettlement, LeadTraderDay, OpenInterest, Snapshot

SHOWN = 200


@dataclass(frozen=True)
class Past:
    """One table of history: by which column it belongs to its owner, and which tells the time."""

    model: type[Model]
    owner: str = "market_id"
    time: str = "opened_at"

    @property
    def name(self) -> str:
        """As it stands in addresses and rights."""
        return str(self.model._meta.model_name)

    @property
    def columns(self) -> list[str]:
        """Everything but the owner."""
        return [f.attname for f in self.model._meta.concrete_fields if f.attname not in (self.owner, "pk")]

    def rows(self, owner: int) -> Iterator[list[str]]:
        """The newest rows as text."""
        found = self.model._default_manager.filter(**{self.owner: owner}).order_by(f"-{self.time}")
        for row in found.values_list(*self.columns)[:SHOWN]:
            yield [_text(value) for value in row]


MARKET = (Past(Snapshot), Past(Candle), Past(Depth), Past(FundingSettlement, time="settled_at"), Past(OpenInterest))
LEAD_TRADER = (Past(LeadTraderDay, owner="trader_id", time="day"),)


def _text(value: object) -> str:
    if value is None:
        return DASH
    if isinstance(value, Decimal):
        return plain(value) or DASH
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)


class WithPast(admin.ModelAdmin):
    """A table whose rows have a history of their own: one more address, and a link to it in each row."""

    pasts: tuple[Past, ...] = ()

    @property
    def _address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_past"

    def get_urls(self) -> list[URLPattern]:
        """The history of one row."""
        return [path("<int:pk>/past/", self.admin_site.admin_view(self.past_view), name=self._address), *super().get_urls()]

    @admin.display(description="history")
    def past(self, obj: Any) -> str:
        """A link to what it was."""
        return format_html('<a href="{}">History</a>', reverse(f"admin:{self._address}", args=(obj.pk,)))

    def past_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One table of the row's history; which, says `table`. Needs the right to see the row and the table."""
        owner = get_object_or_404(self.model, pk=pk)
        allowed = [p for p in self.pasts if request.user.has_perm(f"{self.opts.app_label}.view_{p.name}")]
        if not allowed or not self.has_view_permission(request, owner):
            raise PermissionDenied
        chosen = next((p for p in allowed if p.name == request.GET.get("table", allowed[0].name)), None)
        if chosen is None:
            raise Http404("no such table")
        context = {
            **self.admin_site.each_context(request), "title": f"{owner}: {chosen.model._meta.verbose_name_plural}", "opts": self.opts, "original": owner,
            "pasts": [(p.name, p.model._meta.verbose_name_plural) for p in allowed], "chosen": chosen.name,
            "columns": [c.replace("_", " ") for c in chosen.columns], "rows": list(chosen.rows(pk)), "shown": SHOWN,
        }
        return TemplateResponse(request, "admin/markets/past.html", context)
