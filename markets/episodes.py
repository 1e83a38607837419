"""Following gaps: each scan tells which were born, have moved on or died, and asks for the books that would settle the rest.

Several clusters may scan at the same time: what one has read before its scan must still stand when it writes, so one of them
counts a snapshot and the others write nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from msgspec.structs import asdict

from exchanges.models import Feed
from exchanges.numbers import stored
from markets import announced, held, turns
from markets.analysis import episodes
from markets.analysis.classes import Judged
from markets.analysis.episodes import Episode
from markets.board import PairKey
from markets.models import Episode as EpisodeRow
from markets.models import Revision
from markets.reads import arbitrage, ladders

NAME = "episodes"  # the change number
BUSY = "episodes:busy"  # until when somebody may still be scanning
AT_MOST = timedelta(seconds=30)  # then its worker has been ended
SPACING = timedelta(seconds=2)  # clusters that fire together scan once
ASKED = 5  # gaps whose books are asked for at once, the most profitable first
BOOK_S = 8.0  # a book younger than this is not asked for again
NUMBERS = ("net", "best_net", "peak_profit")
WANTED = arbitrage.Wanted(kinds=arbitrage.KINDS)


def scan_alone(now: datetime) -> int:
    """`scan`, unless somebody is at it: a slow machine would have all its workers at the same gaps, and none at prices."""
    Revision.objects.get_or_create(name=BUSY)
    free = Q(at=None) | Q(at__lte=now) | Q(at__gt=now + AT_MOST)  # the clock was put back
    if not Revision.objects.filter(free, name=BUSY).update(at=now + AT_MOST):
        return 0
    try:
        return scan(now)
    finally:
        Revision.objects.filter(name=BUSY).update(at=None)


def scan(now: datetime) -> int:
    """Follow every gap once. Returns how many episodes were written; 0 also where another cluster has just done it."""
    row, _ = Revision.objects.get_or_create(name=NAME)
    if row.at is not None and timedelta(0) <= now - row.at < SPACING:
        return 0
    before = arbitrage.alive()
    found = arbitrage.judged(WANTED, now)
    after = announced.receipted(episodes.advance(before, found, now), found, now)
    with transaction.atomic():
        if not Revision.objects.filter(name=NAME, number=row.number).update(number=F("number") + 1, at=now):
            return 0
        _write(before, after)
    ask_for_books(found, now)
    return len(after)


def _write(before: dict[str, Episode], after: Sequence[Episode]) -> None:
    born = [EpisodeRow(**_columns(episode)) for episode in after if episode.name not in before]
    EpisodeRow.objects.bulk_create(born)
    for episode in after:
        if episode.name in before:
            known = _columns(before[episode.name])
            moved = {name: value for name, value in _columns(episode).items() if value != known[name]}
            EpisodeRow.objects.filter(name=episode.name, died_at__isnull=True).update(**moved)


def _columns(episode: Episode) -> dict[str, Any]:
    return {name: stored(value) if name in NUMBERS else value for name, value in asdict(episode).items()}


def ask_for_books(found: Iterable[Judged], now: datetime) -> list[int]:
    """Ask the queue for both books of the best gaps that lack fresh ones, or whose books are too far apart in time."""
    unsettled = [j for j in found if episodes.followed(j) and {"books_awaited", "outrun", "skew", "aging", "persistence"} & {c.code for c in j.reasons}]
    unsettled.sort(key=lambda j: (-(j.profit_usd or Decimal(0)), j.route.name))
    places = ladders.places()
    feeds = held.current().feeds
    legs = [leg for j in unsettled[:ASKED] for leg in j.route.legs if leg.kind == "spot" and _are_read(feeds.get(leg.exchange, {}).get("book"))]
    markets = {pk for leg in legs if (pk := places.get(PairKey(leg.base, leg.quote), {}).get(leg.exchange))}
    return turns.want(sorted(markets), "book", now, fresh_s=BOOK_S) if markets else []


def _are_read(books: Feed | None) -> bool:
    """Whether asking for books makes sense: where they are off every scan would ask in vain."""
    return books is not None and books.enabled
