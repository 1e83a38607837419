"""Change numbers, and the one row of settings."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models


class Revision(models.Model):
    """Change numbers: readers ask these few rows whether anything they hold in memory is out of date."""

    name = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(null=True)


class Setting(models.Model):
    """The one row of methodology settings an operator may change; the help says what each means."""

    z_threshold = models.DecimalField(max_digits=6, decimal_places=2, default=6)
    tol_stable_pct = models.DecimalField("tolerance, stable against stable, %", max_digits=6, decimal_places=3, default="0.3")
    tol_major_pct = models.DecimalField("tolerance, major, %", max_digits=6, decimal_places=3, default="0.5")
    tol_mid_pct = models.DecimalField("tolerance, mid, %", max_digits=6, decimal_places=3, default="1.5")
    tol_tail_pct = models.DecimalField("tolerance, tail, %", max_digits=6, decimal_places=3, default="5")
    major_volume_usd = models.DecimalField("major from, USD a day", max_digits=20, decimal_places=2, default=50_000_000)
    mid_volume_usd = models.DecimalField("mid from, USD a day", max_digits=20, decimal_places=2, default=1_000_000)
    peg_pegged_pct = models.DecimalField("a stablecoin holds its peg up to, %", max_digits=6, decimal_places=3, default="0.3")
    peg_wobbling_pct = models.DecimalField("it has lost its peg beyond, %", max_digits=6, decimal_places=3, default=1)
    minute_snapshots_h = models.PositiveIntegerField("keep one-minute history, hours", default=24)
    five_minute_snapshots_d = models.PositiveIntegerField("keep five-minute history, days", default=7)
    hour_snapshots_d = models.PositiveIntegerField("keep hourly history, days", default=90)
    day_candles_d = models.PositiveIntegerField("keep daily candles, days", default=1095)
    events_kept_d = models.PositiveIntegerField("keep listings, announcements and network changes, days", default=730)
    funding_kept_d = models.PositiveIntegerField("keep settled funding and open interest, days", default=365)
    volume_hours_d = models.PositiveIntegerField("keep hourly volumes of exchanges, days", default=90)
    snapshot_pairs = models.PositiveIntegerField("one-minute history for the first … pairs by volume", default=500)
    arbitrage_skew_s = models.PositiveIntegerField("legs of a gap are seen within, seconds", default=10)
    arbitrage_suspect_major_pct = models.DecimalField("a gap is suspect beyond, major, %", max_digits=6, decimal_places=3, default=5)
    arbitrage_suspect_pct = models.DecimalField("a gap is suspect beyond, others, %", max_digits=6, decimal_places=3, default=10)
    arbitrage_min_usd = models.DecimalField("a gap must fill at least, USD", max_digits=20, decimal_places=2, default=50)
    arbitrage_announce_after = models.PositiveIntegerField("a gap counts after so many snapshots in a row", default=2)
    transfer_minutes = models.PositiveIntegerField("coins travel for, minutes", default=10)
    unknown_fee_pct = models.DecimalField("taker fee where none is known, %", max_digits=6, decimal_places=3, default="0.2")
    episodes_kept_d = models.PositiveIntegerField("keep gaps that are over, days", default=30)
    receipts_kept_d = models.PositiveIntegerField("keep receipts of answers, days", default=30, help_text="Those given keep the time they promise.")
    receipts_mb = models.PositiveIntegerField("room for receipts, MB", default=1000, help_text="Once it is full, new answers have none, and say so. 0: none.")
    api_per_minute = models.PositiveIntegerField("API requests a minute for one address", default=60, help_text="0: no limit.")
    api_burst_10s = models.PositiveIntegerField("API requests in ten seconds for one address", default=20, help_text="0: no limit.")
    api_key_per_minute = models.PositiveIntegerField("API requests a minute with one key", default=600, help_text="0: no limit.")
    incident_reminder_min = models.PositiveIntegerField(
        "remind of an open incident every, minutes", default=240, validators=[MinValueValidator(5)], help_text="One that was acknowledged is not reminded of.",
    )

    status_public = models.BooleanField("everybody may see the status page", default=True, help_text="Off: only people who may enter the admin.")
    paused_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Since when nothing is collected, by an operator's word.")
    pause_reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = "settings"
        verbose_name_plural = "settings"

    def __str__(self) -> str:
        return "Settings"
