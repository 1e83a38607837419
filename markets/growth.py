"""How much history the plan and the settings make: rows of each table between two instants, and the room they take.

Beside the settings in the admin, and beside what an hour of everything really left behind (`manage.py bench hour`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Model

from exchanges import plan
from exchanges.models import Feed, Run
from exchanges.numbers import EPOCH
from markets import held, snapshots, turns
from markets.method import setting
from markets.models import Candle, Depth, Derivative, FundingSettlement, OpenInterest, Snapshot, VolumeHour

# Bytes a row, its index included, on SQLite. PostgreSQL takes about as many.
BYTES: Mapping[type[Model], int] = {Snapshot: 125, Candle: 130, Depth: 230, OpenInterest: 90, FundingSettlement: 90, Run: 220, VolumeHour: 90}
DEPTH_PERIODS = (300, 3600)
FUNDING_HOURS = 8  # what most contracts have
PAST_ROWS = 100  # of settled funding, about what one reply holds


def rows(start: datetime, end: datetime) -> dict[type[Model], int]:
    """About how many rows each history table gains between two instants, from an empty one: first the past, then what comes."""
    feeds = [feed for feed in Feed.objects.select_related("exchange") if feed.line and feed.exchange.switched_on]
    hours = (end - start).total_seconds() / 3600
    past = sum(_first_turns(feed, hours) * PAST_ROWS for feed in feeds if feed.source == "funding_history")
    return {
        Snapshot: _snapshots(start, end), Depth: _of(feeds, "book") * sum(_periods(start, end, period) for period in DEPTH_PERIODS),
        Candle: sum(_candles(feed, hours) for feed in feeds if feed.source == "candles"),
        OpenInterest: Derivative.objects.filter(open_interest__isnull=False).count() * _periods(start, end, 3600),
        FundingSettlement: round(past + _of(feeds, "funding_history") * hours / FUNDING_HOURS),
        Run: round(sum(_runs(feed) for feed in feeds) * hours),
    }  # fmt: skip


def size(counts: Mapping[type[Model], int]) -> int:
    """Bytes that so many rows take."""
    return sum(BYTES[model] * count for model, count in counts.items())


def _periods(start: datetime, end: datetime, period_s: int) -> int:
    """How many periods of the clock an interval touches."""
    return int((end - EPOCH).total_seconds()) // period_s - int((start - EPOCH).total_seconds()) // period_s + 1


def _snapshots(start: datetime, end: datetime) -> int:
    """Every market with two sides leaves one row an hour; those of the busiest pairs leave minutes and five minutes as well."""
    view = held.everything()
    busy = snapshots.busiest(view.board, setting().snapshot_pairs)
    counting = [(key, quote) for key, quotes in view.board.pairs.items() for quote in quotes.values() if quote.mid]
    small = sum(_periods(start, end, period) for period in (snapshots.MINUTE, snapshots.FIVE_MINUTES))
    return len(counting) * _periods(start, end, snapshots.HOUR) + sum(key in busy for key, _ in counting) * small


def _of(feeds: list[Feed], source: str) -> int:
    return sum(feed.markets or 0 for feed in feeds if feed.source == source)


def _first_turns(feed: Feed, hours: float) -> float:
    """How many markets had their first turn in so many hours."""
    return (feed.markets or 0) * min(1.0, hours * 3600 / feed.period_s)


def _candles(feed: Feed, hours: float) -> int:
    """A market's first turn brings the past of every period; later ones what has been traded since."""
    source = turns.source_of(feed)
    periods = plan.asks(source.parts[0]) if source else ()
    return round(_first_turns(feed, hours) * sum(turns.CANDLES + hours * 3600 / period for period in periods))


def _runs(feed: Feed) -> float:
    """Polls an hour: every firing of a list; where markets take turns, those at which somebody's turn it was."""
    if feed.markets is None:
        return 3600 / feed.firing_s
    source = turns.source_of(feed)
    batch = plan.turns(source, feed.period_s, feed.markets) if source else 1
    return feed.markets * 3600 / feed.period_s / batch
