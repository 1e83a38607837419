"""How much room each setting of history takes: rows a day by the markets there are now, and what that comes to when it is full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Model, Sum

from exchanges.models import Exchange, Feed
from markets import growth, held, snapshots
from markets.board import Board
from markets.models import Candle, Depth, Derivative, Funding, FundingSettlement, OpenInterest, Setting, Snapshot, VolumeHour

DAY_S = 86_400
PAID_A_DAY = 3  # of most contracts; some pay eight times as often
MB = 1_000_000


@dataclass(frozen=True)
class Size:
    """What one setting keeps: rows a day by table, and for how long."""

    rows: Mapping[type[Model], int]
    kept: timedelta

    @property
    def rows_a_day(self) -> int:
        """Over all tables."""
        return sum(self.rows.values())

    @property
    def bytes_a_day(self) -> int:
        """Indices included."""
        return sum(growth.BYTES[model] * count for model, count in self.rows.items())

    @property
    def bytes_kept(self) -> int:
        """Once the oldest row is as old as it may get."""
        return int(self.bytes_a_day * (self.kept / timedelta(days=1)))

    def sentence(self) -> str:
        """For people, beside the setting."""
        return f"About {self.rows_a_day:,} rows and {megabytes(self.bytes_a_day)} a day with the markets there are now; {megabytes(self.bytes_kept)} when full."


def megabytes(size: float) -> str:
    """0.4 MB, 25 MB, 1.5 GB."""
    if size >= 1000 * MB:
        return f"{size / (1000 * MB):.1f} GB"
    return f"{size / MB:.0f} MB" if size >= 10 * MB else f"{size / MB:.1f} MB"


def sizes(row: Setting) -> dict[str, Size]:
    """{setting: what it keeps}, as the settings stand."""
    view = held.current().board
    busy = snapshots.busiest(view, row.snapshot_pairs)
    quoted = [key for key, quotes in view.pairs.items() for quote in quotes.values() if quote.mid]
    few, books, candles = sum(key in busy for key in quoted), _turns("book"), _turns("candles")
    minutes, fives, hours = DAY_S // 60, DAY_S // 300, DAY_S // 3600
    contracts = {OpenInterest: Derivative.objects.filter(open_interest__isnull=False).count() * hours, FundingSettlement: _funded() * PAID_A_DAY}
    return {
        "minute_snapshots_h": Size({Snapshot: few * minutes, Candle: candles * minutes}, timedelta(hours=row.minute_snapshots_h)),
        "five_minute_snapshots_d": Size({Snapshot: few * fives, Candle: candles * fives, Depth: books * fives}, timedelta(days=row.five_minute_snapshots_d)),
        "hour_snapshots_d": Size({Snapshot: len(quoted) * hours, Candle: candles * hours, Depth: books * hours}, timedelta(days=row.hour_snapshots_d)),
        "day_candles_d": Size({Candle: candles}, timedelta(days=row.day_candles_d)),
        "volume_hours_d": Size({VolumeHour: _totals(view) * hours}, timedelta(days=row.volume_hours_d)),
        "funding_kept_d": Size(contracts, timedelta(days=row.funding_kept_d)),
    }


def _totals(view: Board) -> int:
    """Volumes an hour: one for each exchange and quote currency."""
    return len({(slug, key.quote) for key, quotes in view.pairs.items() for slug in quotes})


def _turns(source: str) -> int:
    """How many markets take turns in a source, over all exchanges that are on."""
    feeds = Feed.objects.filter(Exchange.asked("exchange__"), source=source, enabled=True)
    return feeds.aggregate(total=Sum("markets"))["total"] or 0


def _funded() -> int:
    """Contracts whose payments are read: as many as take turns, where there are that many."""
    return min(_turns("funding_history"), Funding.objects.count())
