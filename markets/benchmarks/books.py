"""1,000 order books of 50 levels a side into the database, with what they hold, beside the rawest way each database has."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from exchanges.client import Outcome
from exchanges.models import Exchange, Feed
from exchanges.rows import Book
from markets import depth
from markets.benchmarks.measure import Figure, in_turns
from markets.benchmarks.storing import invented_markets, raw
from markets.models import Book as BookRow
from markets.polls import Poll

COUNT = 1_000
LEVELS = 50
ROUNDS = 5


def run() -> Iterator[Figure]:
    """One figure: reply rows to stored books and their depth. Milliseconds of wall time."""
    markets = dict(invented_markets(COUNT))
    polls = [_poll(markets, number) for number in range(ROUNDS + 1)]
    write, name = raw()
    ready = [write(BookRow, depth.COLUMNS, depth.judge(poll)[0]) for poll in polls]
    contenders = {
        "pebble": lambda number: _store(polls[number]),
        "of it computing": lambda number: depth.judge(polls[number]),
        f"{name} of the same texts": lambda number: ready[number](),
    }
    taken = in_turns(contenders, ROUNDS)
    ours = taken.pop("pebble")
    ratio = ours / taken[f"{name} of the same texts"]
    yield Figure(f"store {COUNT} books of {LEVELS} levels a side, {name}", ours, "ms", taken, ratio, detail={"rounds": ROUNDS})


def _poll(markets: dict[str, int], number: int) -> Poll:
    now = timezone.now() + timedelta(seconds=30 * number)
    chance = random.Random(number)  # noqa: S311 - the same books in every run
    feed = Feed(source="book", exchange=Exchange.objects.get(slug="bench"))
    return Poll(feed, number, Outcome("ok", now, now, 1, [_book(symbol, now, chance) for symbol in markets]), now, markets)


def _book(symbol: str, now: datetime, chance: random.Random) -> Book:
    mid, tick = Decimal(chance.randint(10_000, 99_999)) / 100, Decimal("0.01")

    def side(sign: int) -> tuple[tuple[Decimal, Decimal], ...]:
        return tuple((mid + sign * tick * level, Decimal(chance.randint(1, 10**7)) / 10_000) for level in range(1, LEVELS + 1))

    return Book(symbol, side(-1), side(1), now)


def _store(poll: Poll) -> None:
    write = depth.books(poll)
    with transaction.atomic():
        write()
