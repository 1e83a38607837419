"""One market's 90 days of hourly candles out of a history of ten million, on PostgreSQL.

PEBBLE_BENCH_HISTORY=10 makes the history ten times as long: a hundred million candles, 16 GB, half an hour.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from django.db import connection
from django.utils import timezone

from markets import partitions, series
from markets.benchmarks.measure import Figure, in_turns
from markets.benchmarks.storing import invented_markets
from markets.models import Candle

MARKETS, DAYS, HOUR = 4_630, 90, 3600
TIMES = int(os.environ.get("PEBBLE_BENCH_HISTORY", "1"))
TIER, WIDTH = "markets_candle_p3600", timedelta(days=partitions.TIERS["Candle"][HOUR])
ROUNDS = 60
AIM_MS = 5
COLUMNS = ("open", "high", "low", "close", "base_volume", "quote_volume")


def run() -> Iterator[Figure]:
    """Two figures, of a chart's line and of whole candles, another market each round. Milliseconds of wall time."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    ids = [pk for _, pk in invented_markets(MARKETS)]
    _filled(ids, now)
    markets = iter(cycle(random.Random(1).sample(ids, len(ids))))  # noqa: S311 - the same markets in every run
    as_it_came = in_turns({"line": lambda _: _points(next(markets), now)}, ROUNDS)["line"]
    partitions.maintain(now, _keeps(), order_s=float("inf"))
    _counted()
    detail = {"candles": MARKETS * DAYS * 24 * TIMES, "rows": len(_points(ids[0], now)), "rounds": ROUNDS, "gigabytes": _size()}
    for name, columns, before in (("closing prices", ("close",), {"before closed weeks were ordered": as_it_came}), ("whole candles", COLUMNS, {})):
        contenders = {"pebble": partial(_some, _points, markets, now, columns), "the ORM's values": partial(_some, _values, markets, now, columns)}
        taken = in_turns(contenders, ROUNDS)
        ours = taken.pop("pebble")
        others = {**taken, "in the database": _executed(next(markets), now, columns), **before}
        yield Figure(f"one market's {DAYS} days of hourly candles, {name}, postgresql", ours, "ms", others, None, f"under {AIM_MS} ms", ours < AIM_MS, detail)


def _some(read: Callable[..., object], markets: Iterator[int], now: datetime, columns: Sequence[str], number: int) -> object:
    return read(next(markets), now, columns)


def _keeps() -> dict[int, timedelta]:
    kept = {period_s: timedelta(days=1) for tiers in partitions.TIERS.values() for period_s in tiers}
    return kept | {HOUR: timedelta(days=DAYS * TIMES)}


def _points(market_id: int, now: datetime, columns: Sequence[str] = ("close",)) -> list[Any]:
    return series.points(Candle, market_id, HOUR, now - timedelta(days=DAYS), now, columns=columns)


def _values(market_id: int, now: datetime, columns: Sequence[str]) -> list[Any]:
    rows = Candle.objects.filter(market_id=market_id, period_s=HOUR, opened_at__gt=now - timedelta(days=DAYS), opened_at__lte=now)
    return list(rows.order_by("opened_at").values_list("opened_at", *columns))


def _executed(market_id: int, now: datetime, columns: Sequence[str]) -> float:
    """The database's own time to plan and find it, without sending and reading the answer; the second time of two."""
    sql = f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT opened_at, {', '.join(columns)} FROM markets_candle WHERE market_id = %s AND period_s = %s AND opened_at > %s AND opened_at <= %s ORDER BY opened_at"  # noqa: S608, E501
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(sql, [market_id, HOUR, now - timedelta(days=DAYS), now])
            (plans,) = cursor.fetchone()
    return float(plans[0]["Planning Time"] + plans[0]["Execution Time"])


def _filled(ids: list[int], now: datetime) -> None:
    """Hour by hour for all markets, as polls would have written them; past the log and the foreign key, which reading never sees."""
    oldest = now - timedelta(days=DAYS * TIMES)
    partitions.make(TIER, oldest, now + WIDTH, WIDTH)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for name, start in list(partitions.made(TIER)):
            cursor.execute(f'ALTER TABLE "{name}" SET UNLOGGED')
            first, last = max(start, oldest + timedelta(hours=1)), min(start + WIDTH - timedelta(hours=1), now)
            cursor.execute(_FILL, [HOUR, first, last, ids])
        cursor.execute("SET session_replication_role = DEFAULT")
    _counted()


_FILL = """
    INSERT INTO markets_candle (market_id, period_s, opened_at, open, high, low, close, base_volume, quote_volume)
    SELECT m, %s, h, p, p * 1.01, p * 0.99, p * 1.002, v, p * v
    FROM generate_series(%s::timestamptz, %s::timestamptz, '1 hour') h, unnest(%s::bigint[]) m,
         LATERAL (SELECT round((100 + m %% 900 + random())::numeric, 4) p, round((random() * 100000)::numeric, 3) v) x
    ORDER BY h
"""


def _counted() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE markets_candle")


def _size() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relname LIKE 'markets_candle_p3600%' AND c.relkind = 'r'")
        return float(cursor.fetchone()[0] / 2**30)
