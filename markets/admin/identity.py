"""Coins, other words for them, what exchanges mean by their codes, and the markets these make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from markets import decisions
from markets.admin.collisions import Reviewed
from markets.admin.common import Fixed, Reported
from markets.admin.past import MARKET, WithPast
from markets.models import Asset, AssetAlias, Basis, Decision, ExchangeAsset, Market


class AliasInline(admin.TabularInline):
    """Other words for one coin."""

    model = AssetAlias
    extra = 1


@admin.register(Asset)
class AssetAdmin(Reported):
    """One coin, whatever exchanges call it."""

    revisions = ("assets",)
    list_display = ("ticker", "name", "kind", "slug")
    list_filter = ("kind",)
    search_fields = ("ticker", "name", "slug", "aliases__text")
    inlines = (AliasInline,)


@admin.register(AssetAlias)
class AssetAliasAdmin(Reported):
    """Old tickers, names and misspellings: what search and the API understand."""

    revisions = ("assets",)
    list_display = ("text", "kind", "asset", "valid_from", "valid_to", "factor")
    list_filter = ("kind",)
    list_select_related = ("asset",)
    search_fields = ("text", "asset__ticker", "asset__name")
    autocomplete_fields = ("asset",)


@admin.register(ExchangeAsset)
class ExchangeAssetAdmin(Reviewed, Reported, Fixed):
    """What an exchange means by a code. An operator's decision always wins; workers leave it alone."""

    list_display = ("code", "exchange", "asset", "multiplier", "state", "basis", "evidence", "decided")
    list_filter = ("state", "basis", "decided", "exchange")
    list_select_related = ("exchange", "asset")
    search_fields = ("code", "name", "asset__ticker", "asset__name")
    autocomplete_fields = ("asset",)
    fields = ("exchange", "code", "name", "asset", "multiplier", "state", "basis", "evidence", "since", "decided", "prices", "near", "near_since", "far")
    readonly_fields = ("exchange", "code", "name", "basis", "evidence", "since", "prices", "near", "near_since", "far")
    actions = ("confirm", "split", "ignore", "decide_again")

    def revisions_of(self, obj: ExchangeAsset) -> tuple[str, ...]:  # type: ignore[override]
        """The coins, and this exchange's catalogue."""
        return ("assets", f"catalogue:{obj.exchange.slug}")

    def save_model(self, request: HttpRequest, obj: ExchangeAsset, form: Any, change: bool) -> None:  # type: ignore[override]
        """Whoever changes a meaning has decided it."""
        if form.changed_data and "decided" not in form.changed_data:
            obj.decided, obj.basis, obj.evidence = True, Basis.OPERATOR, f"decided by {request.user}"[:200]
            form.changed_data += ["decided", "basis", "evidence"]
        super().save_model(request, obj, form, change)
        if "multiplier" in form.changed_data:
            decisions.forget_prices(obj)

    @admin.action(description="Confirm: it is this coin", permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """It means what it says."""
        self._decided(request, queryset, decisions.confirm)

    @admin.action(description="Split: it is another coin of the same ticker", permissions=["change"])
    def split(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """Give it a coin of its own, so that it is compared with nothing it is not."""
        self._decided(request, queryset, decisions.split)

    @admin.action(description="Ignore: keep it apart and stop asking", permissions=["change"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """Compared with nothing, for good."""
        self._decided(request, queryset, decisions.ignore)

    def _decided(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset], decide: Callable[[ExchangeAsset, str], Decision]) -> None:
        for row in queryset.select_related("exchange", "asset"):
            self.message_user(request, decide(row, str(request.user)).said, messages.SUCCESS)

    @admin.action(description="Decide again from evidence", permissions=["change"])
    def decide_again(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """Forget decision and samples; evidence and the next polls judge afresh."""
        for row in queryset.select_related("exchange", "asset"):
            decisions.decide_again(row)
            self.message_user(request, f"{row}: will be judged again.", messages.SUCCESS)


@admin.register(Market)
class MarketAdmin(WithPast, Reported, Fixed):
    """Markets come from the exchanges' catalogues; an operator only switches them."""

    pasts = MARKET
    list_display = ("symbol", "exchange", "base_code", "quote_code", "kind", "status", "enabled", "past")
    list_editable = ("enabled",)
    list_filter = ("exchange", "status", "enabled", "kind")
    list_select_related = ("exchange", "base", "quote")
    search_fields = ("symbol", "base__code", "quote__code")
    fields = (
        "exchange", "symbol", "kind", "base_code", "quote_code", "status", "enabled", "tick_size", "lot_size", "min_size", "min_notional",
        "maker_fee", "taker_fee", "leveraged", "tokenised", "settle", "inverse", "contract_size", "index", "underlying", "expiry", "strike", "option_type",
        "funding_interval_hours", "max_leverage", "listed_at", "delist_at", "first_seen_at", "missing", "past",
    )
    readonly_fields = tuple(name for name in fields if name != "enabled")

    def revisions_of(self, obj: Market) -> tuple[str, ...]:  # type: ignore[override]
        """This exchange's catalogue."""
        return (f"catalogue:{obj.exchange.slug}",)

    @admin.display(description="base", ordering="base__code")
    def base_code(self, obj: Market) -> str:
        """The exchange's own code."""
        return obj.base.code

    @admin.display(description="quote", ordering="quote__code")
    def quote_code(self, obj: Market) -> str:
        """The exchange's own code."""
        return obj.quote.code

