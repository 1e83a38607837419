"""What happened, to look at: polls and changes of state. And the one row of settings."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from exchanges.models import Run, Transition
from markets.admin import collection, sizes
from markets.admin.common import Fixed, ReadOnly, Reported
from markets.models import Setting


@admin.register(Run)
class RunAdmin(ReadOnly):
    """Polls of the last two days."""

    list_display = ("started_at", "exchange", "source", "outcome", "ms", "requests", "rows", "dropped", "bad_fields", "detail")
    list_filter = ("exchange", "source", "outcome")
    list_select_related = ("exchange",)
    show_full_result_count = False


@admin.register(Transition)
class TransitionAdmin(ReadOnly):
    """Changes of an exchange's state."""

    list_display = ("at", "exchange", "before", "after", "detail")
    list_filter = ("exchange", "after")
    list_select_related = ("exchange",)


@admin.register(Setting)
class SettingAdmin(Reported, Fixed):
    """The one row of settings: its list is its form."""

    fieldsets = (
        ("Anomalies", {
            "fields": ("z_threshold", "tol_stable_pct", "tol_major_pct", "tol_mid_pct", "tol_tail_pct", "major_volume_usd", "mid_volume_usd"),
            "description": "On save comparisons are judged with these from the next second on; "
                           "what was remembered of single quotes follows with the next polls.",
        }),
        ("Pegs", {
            "fields": ("peg_pegged_pct", "peg_wobbling_pct"),
            "description": "A stablecoin is measured against the median of the others that follow the same currency. On save the next reading counts.",
        }),
        ("Arbitrage", {
            "fields": (
                "arbitrage_skew_s", "arbitrage_suspect_major_pct", "arbitrage_suspect_pct", "arbitrage_min_usd", "arbitrage_announce_after", "transfer_minutes",
                "unknown_fee_pct", "episodes_kept_d",
            ),
            "description": "On save gaps are judged with these from the next second on; those that are being followed keep what was counted.",
        }),
        ("History", {
            "fields": (
                "minute_snapshots_h", "five_minute_snapshots_d", "hour_snapshots_d", "day_candles_d", "snapshot_pairs", "volume_hours_d", "funding_kept_d",
                "events_kept_d", "room",
            ),
            "description": "On save new history follows at once; what is past its keep goes with the next housekeeping, within ten minutes.",
        }),
        ("Receipts", {
            "fields": ("receipts_kept_d", "receipts_mb"),
            "description": "On save the next answers' receipts are kept so long. Those that were given keep the time they promise.",
        }),
        ("Status page", {"fields": ("status_public",), "description": "On save everybody sees it, or only people who may enter the admin."}),
        ("API", {
            "fields": ("api_per_minute", "api_burst_10s", "api_key_per_minute"),
            "description": "On save every web process counts with these within a second.",
        }),
    )

    readonly_fields = ("room",)

    def get_urls(self) -> list[URLPattern]:
        """One address more for each button of the first page."""
        return [path("collection/<slug:name>/", self.admin_site.admin_view(collection.press), name="markets_collection"), *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Beside each setting of history what it takes, as it stands and with the markets there are now."""
        sentences = {name: size.sentence() for name, size in sizes.sizes(obj or Setting()).items()}
        return super().get_form(request, obj, change, **{**kwargs, "help_texts": sentences})

    @admin.display(description="room for history")
    def room(self, obj: Setting) -> str:
        """Everything together, once it is full."""
        return f"About {sizes.megabytes(sum(size.bytes_kept for size in sizes.sizes(obj).values()))} when full, events aside."

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Setting:
        """The row, or its defaults where it was never saved."""
        return Setting.objects.filter(pk=1).first() or Setting(pk=1)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row: go there."""
        return redirect("admin:markets_setting_change", 1)
