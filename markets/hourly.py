"""What is written down once an hour, so that a later hour can be compared with it: who was cheapest how often, and what trended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from exchanges.models import Exchange
from markets import read
from markets.analysis import trending
from markets.models import Asset, CheapestHour, TrendRank
from markets.polls import touch
from markets.reads import places, standings, trends

RANKS = 300  # places of each list that are written down
RANKS_KEPT = timedelta(hours=4)
COUNTS_KEPT = timedelta(days=2)


def record(now: datetime) -> bool:
    """Write this hour down, once. False when it has been, or when there is nothing to write yet."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if CheapestHour.objects.filter(at__gte=hour).exists():
        return False
    exchanges = {e.slug: e for e in Exchange.objects.all()}
    counts, ranks = _counts(exchanges, now), list(_ranks(exchanges, now))
    if not counts:
        return False
    with transaction.atomic():
        CheapestHour.objects.bulk_create(counts)
        TrendRank.objects.bulk_create(ranks, batch_size=500)
        TrendRank.objects.filter(at__lt=now - RANKS_KEPT).delete()
        CheapestHour.objects.filter(at__lt=now - COUNTS_KEPT).delete()
        touch(standings.NAME)
    return True


def _counts(exchanges: dict[str, Exchange], now: datetime) -> list[CheapestHour]:
    """Of the pairs that are live on two or more exchanges: how often each has the best price to buy, after fees."""
    shared = [summary for summary in read.pairs(now).values() if summary.live >= 2 and summary.best_buy]
    wins = Counter(summary.best_buy.exchange for summary in shared if summary.best_buy)
    return [CheapestHour(exchange=exchanges[slug], at=now, wins=count, pairs=wins.total()) for slug, count in wins.items()]


def _ranks(exchanges: dict[str, Exchange], now: datetime) -> Iterator[TrendRank]:
    assets = {slug.upper(): pk for pk, slug in Asset.objects.values_list("pk", "slug")}
    for exchange in (None, *exchanges.values()):
        found = places.trends((exchange.slug,) if exchange else (), trending.MINIMUM_USD, now)
        for o in trends.ranked(found)[:RANKS]:
            if o.asset in assets:
                yield TrendRank(exchange=exchange, asset_id=assets[o.asset], at=now, rank=o.rank)
