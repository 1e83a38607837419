"""What was written down hourly: who was cheapest how often, and where an asset stood an hour ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Sum

from markets import held
from markets.analysis import trending
from markets.latest import Latest
from markets.models import CheapestHour, TrendRank

NAME = "hourly"
DAY = timedelta(hours=24)
_ranks, _cheapest = Latest(16), Latest(2)


@dataclass(frozen=True)
class Cheapest:
    """Whose price to buy was best most often: in `wins` of `looks` (one a shared pair and hour), over `hours` hours of the last 24."""

    exchange: str
    wins: int
    looks: int
    pairs: int  # in the newest hour
    hours: int


def cheapest(now: datetime) -> Cheapest | None:
    """Of the last 24 hours; None while nothing has been written down, and when an hour begins while the database is away."""
    try:
        return _cheapest.get((_number(), now.replace(minute=0, second=0, microsecond=0)), lambda: _counted(now - DAY))
    except DatabaseError:  # prices are shown all the same
        return None


def _counted(since: datetime) -> Cheapest | None:
    rows = CheapestHour.objects.filter(at__gt=since, exchange__slug__in=held.current().exchanges)
    wins = list(rows.values("exchange__slug").annotate(total=Sum("wins")).order_by("-total", "exchange__slug"))
    if not wins or not wins[0]["total"]:
        return None
    pairs = list(rows.order_by("at").values_list("at", "pairs").distinct())
    return Cheapest(wins[0]["exchange__slug"], wins[0]["total"], sum(row["total"] for row in wins), pairs[-1][1], len(pairs))


@dataclass(frozen=True)
class Before:
    """Ranks as they stood at a moment about an hour ago; `at` None: nothing was written down then."""

    at: datetime | None
    ranks: Mapping[str, int]


def before(exchange: str, now: datetime) -> Before:
    """Each asset's rank about an hour ago among what trended on one exchange ("": on all of them)."""
    return _ranks.get((_number(), exchange, now.replace(second=0, microsecond=0)), lambda: _read(exchange, now))


def _read(exchange: str, now: datetime) -> Before:
    rows = TrendRank.objects.filter(exchange__slug=exchange) if exchange else TrendRank.objects.filter(exchange=None)
    at = trending.hour_ago(rows.values_list("at", flat=True).distinct(), now)
    ranks = {slug.upper(): rank for slug, rank in rows.filter(at=at).values_list("asset__slug", "rank")} if at else {}
    return Before(at, ranks)


def _number() -> int:
    return held.current().numbers.get(NAME, 0)
