"""How long history is kept, by the settings, and the housekeeping that drops what is older."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from exchanges.models import Incident, Run, Transition
from markets import partitions
from markets.models import (
    Announcement,
    AskCount,
    Candle,
    Delivery,
    Depth,
    Episode,
    FundingSettlement,
    Invitation,
    LeadTraderDay,
    Listing,
    Market,
    NetworkChange,
    OpenInterest,
    Question,
    Receipt,
    RolloutCount,
    Setting,
    Snapshot,
    VolumeHour,
)

RUNS_KEPT = timedelta(days=2)
DELIVERIES_KEPT = timedelta(days=90)  # also their keys: what is told again after that is told anew
INVITATIONS_KEPT = timedelta(days=30)  # after the end of a link that nobody followed: so long it can be sent again
STATES_KEPT = timedelta(days=400)  # changes of state and incidents that are over; what each day came to is kept by itself
QUESTIONS_KEPT = timedelta(days=30)  # of people: from the first time one was asked, however often it comes again
COUNTS_KEPT = timedelta(days=400)  # of questions: this day a year ago can be looked at
OPTIONS_KEPT = timedelta(days=7)  # expired options: hundreds more of them every day
MARKETS_AT_ONCE = 500
MINUTE, DAY = 60, 86_400

TIERED: tuple[type[models.Model], ...] = (Snapshot, Depth, Candle)


def keeps(setting: Setting) -> dict[int, timedelta]:
    """{period in seconds: how long rows of that width are kept}."""
    five_minutes = timedelta(days=setting.five_minute_snapshots_d)
    return {
        MINUTE: timedelta(hours=setting.minute_snapshots_h), 300: five_minutes, 900: five_minutes, 3600: timedelta(days=setting.hour_snapshots_d),
        DAY: timedelta(days=setting.day_candles_d),
    }  # fmt: skip


def purge(now: datetime, setting: Setting) -> int:
    """Drop what is past its time; on PostgreSQL also make the partitions of the days ahead. Return how many rows or partitions went."""
    tiers, funding = keeps(setting), now - timedelta(days=setting.funding_kept_d)
    dropped = _dropped(_old_events(now, setting)) + _expired_options(now)
    dropped += _by_market(FundingSettlement, "settled_at < %s", funding) + _by_market(OpenInterest, "opened_at < %s", funding)
    if connection.vendor == "postgresql":
        return dropped + partitions.maintain(now, tiers)
    for model in TIERED:
        dropped += sum(_by_market(model, f"period_s = {period_s:d} AND opened_at < %s", now - tiers[period_s]) for period_s in partitions.TIERS[model.__name__])
    _give_back()
    return dropped


def _old_events(now: datetime, setting: Setting) -> list[models.QuerySet[Any]]:
    """What happens seldom enough to be found by looking through all of it."""
    events, traders = now - timedelta(days=setting.events_kept_d), now - timedelta(days=setting.funding_kept_d)
    volumes = now - timedelta(days=setting.volume_hours_d)
    return [
        Run.objects.filter(started_at__lt=now - RUNS_KEPT), NetworkChange.objects.filter(at__lt=events), Listing.objects.filter(seen_at__lt=events),
        Transition.objects.filter(at__lt=now - STATES_KEPT), Incident.objects.filter(closed_at__lt=now - STATES_KEPT),
        Announcement.objects.filter(first_seen_at__lt=events), LeadTraderDay.objects.filter(day__lt=traders.date()),
        VolumeHour.objects.filter(opened_at__lt=volumes),
        Episode.objects.filter(died_at__lt=now - timedelta(days=setting.episodes_kept_d)),
        Delivery.objects.filter(made_at__lt=now - DELIVERIES_KEPT), Invitation.objects.filter(accepted_at=None, expires_at__lt=now - INVITATIONS_KEPT),
        Receipt.objects.filter(until__lt=now), Question.objects.filter(first_at__lt=now - QUESTIONS_KEPT),
        *(model.objects.filter(day__lt=(now - COUNTS_KEPT).date()) for model in (AskCount, RolloutCount)),
    ]  # fmt: skip


def _dropped(old: Iterable[models.QuerySet[Any]]) -> int:
    return sum(rows.delete()[0] for rows in old)


def _by_market(model: type[models.Model], where: str, before: datetime) -> int:
    """DELETE by time through the primary key, which begins with the market: nothing but old rows is looked at.

    Some markets at a time, so that others wait for SQLite's write lock only briefly.
    """
    ids, dropped = list(Market.objects.order_by("pk").values_list("pk", flat=True)), 0
    sql = f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)} WHERE {where} AND market_id IN "  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        for start in range(0, len(ids), MARKETS_AT_ONCE):
            some = ids[start : start + MARKETS_AT_ONCE]
            cursor.execute(f"{sql}({', '.join(map(str, some))})", [connection.ops.adapt_datetimefield_value(before)])
            dropped += cursor.rowcount
    return dropped


def _expired_options(now: datetime) -> int:
    old, dropped = Market.objects.filter(kind="option", status=Market.Status.DELISTED, expiry__lt=now - OPTIONS_KEPT), 0
    while keys := list(old.values_list("pk", flat=True)[:MARKETS_AT_ONCE]):
        dropped += Market.objects.filter(pk__in=keys).delete()[0]
    return dropped


def _give_back() -> None:
    """Return SQLite's free pages to the disk; each is freed as the pragma's rows are fetched."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA incremental_vacuum")
        cursor.fetchall()
