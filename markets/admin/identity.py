"""Coins, other words for them, what exchanges mean by their codes, and the markets these make."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from markets import identities, store
from markets.admin.common import Fixed, Reported
from markets.admin.past import MARKET, WithPast
from markets.catalogue import free_slug
from markets.models import Asset, AssetAlias, ExchangeAsset, IdentityState, Market, Quote

DECISION = ("asset", "state", "decided", "evidence", "near", "near_since", "far")


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
class ExchangeAssetAdmin(Reported, Fixed):
    """What an exchange means by a code. An operator's decision always wins; workers leave it alone."""

    list_display = ("code", "exchange", "asset", "multiplier", "state", "evidence", "decided")
    list_filter = ("state", "decided", "exchange")
    list_select_related = ("exchange", "asset")
    search_fields = ("code", "name", "asset__ticker", "asset__name")
    autocomplete_fields = ("asset",)
    fields = ("exchange", "code", "name", "asset", "multiplier", "state", "evidence", "decided", "near", "near_since", "far")
    readonly_fields = ("exchange", "code", "name", "evidence", "near", "near_since", "far")
    actions = ("confirm", "split", "decide_again")

    def revisions_of(self, obj: ExchangeAsset) -> tuple[str, ...]:  # type: ignore[override]
        """The coins, and this exchange's catalogue."""
        return ("assets", f"catalogue:{obj.exchange.slug}")

    def save_model(self, request: HttpRequest, obj: ExchangeAsset, form: Any, change: bool) -> None:  # type: ignore[override]
        """Whoever changes a meaning has decided it."""
        if form.changed_data and "decided" not in form.changed_data:
            obj.decided = True
            form.changed_data.append("decided")
        super().save_model(request, obj, form, change)
        if "multiplier" in form.changed_data:
            _forget_prices(obj)

    @admin.action(description="Confirm: it is this coin", permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """It means what it says."""
        for row in queryset.select_related("exchange", "asset"):
            self._decide(request, row, f"{row}: confirmed as {row.asset}.")

    @admin.action(description="Split: it is another coin of the same ticker", permissions=["change"])
    def split(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """Give it a coin of its own, so that it is compared with nothing it is not."""
        for row in queryset.select_related("exchange", "asset"):
            slug = free_slug(row.asset.ticker, row.asset.kind, set(Asset.objects.values_list("slug", flat=True)))
            row.asset = Asset.objects.create(slug=slug, ticker=row.asset.ticker, name=row.name, kind=row.asset.kind)
            self._decide(request, row, f"{row}: now a coin of its own, {slug}.")

    @admin.action(description="Decide again from evidence", permissions=["change"])
    def decide_again(self, request: HttpRequest, queryset: QuerySet[ExchangeAsset]) -> None:
        """Forget decision and evidence; the next polls judge afresh."""
        for row in queryset.select_related("exchange", "asset"):
            row.state, row.decided, row.evidence, row.near, row.near_since, row.far = IdentityState.UNKNOWN, False, "", 0, None, 0
            self._save(request, row, f"{row}: will be judged again.")

    def _decide(self, request: HttpRequest, row: ExchangeAsset, said: str) -> None:
        row.state, row.decided, row.evidence = IdentityState.CONFIRMED, True, f"decided by {request.user}"[:200]
        self._save(request, row, said)

    def _save(self, request: HttpRequest, row: ExchangeAsset, said: str) -> None:
        row.save(update_fields=DECISION)
        store.touch(*self.revisions_of(row))
        self.message_user(request, said, messages.SUCCESS)


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
        "funding_interval_hours", "listed_at", "delist_at", "first_seen_at", "missing", "past",
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


def _forget_prices(code: ExchangeAsset) -> None:
    """What is stored is per unit of the old multiplier; the next polls bring it anew."""
    identities.forget_units(code)
    Quote.objects.filter(market__quote=code).delete()
