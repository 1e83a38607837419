"""9,000 quotes into the database, beside the rawest way each database has, and beside Django's own upsert."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from exchanges import leases
from exchanges.client import Outcome
from exchanges.models import Exchange
from exchanges.simulator.server import running
from markets import store
from markets.benchmarks.measure import Figure, in_turns
from markets.benchmarks.replies import Reply, instants
from markets.bulk import upsert
from markets.models import Asset, ExchangeAsset, Market, Quote
from markets.quotes import COLUMNS
from markets.tasks import poll

COUNT = 9_000
ROUNDS = 7
AIM = 3

Values = tuple[object, ...]


def run() -> Iterator[Figure]:
    """Two figures: 9,000 quotes by the bulk writer, and whole polls of all exchanges by the store. Milliseconds of wall time."""
    with running() as simulator:
        rounds = instants(simulator, ROUNDS + 1)
    yield _bulk(rounds)
    yield _polls(rounds)


def _bulk(rounds: list[list[Reply]]) -> Figure:
    markets = [pk for _, pk in invented_markets(COUNT)]
    rows = [_rows(markets, replies, number) for number, replies in enumerate(rounds)]
    write, name = raw()
    ready = [write(Quote, COLUMNS, each) for each in rows]
    contenders = {
        "pebble": lambda number: upsert(Quote, COLUMNS, rows[number], key=("market_id",)),
        name: lambda number: ready[number](),
        "bulk_create(update_conflicts)": lambda number: _by_django(rows[number]),
    }
    taken = in_turns(contenders, ROUNDS)
    ours = taken.pop("pebble")
    ratio = ours / taken[name]
    return Figure(f"store {COUNT} quotes, {connection.vendor}", ours, "ms", taken, ratio, f"within {AIM} times of {name}", ratio <= AIM, {"rounds": ROUNDS})


def invented_markets(count: int) -> list[tuple[str, int]]:
    """(symbol, id) of new markets on an exchange made for them."""
    exchange = Exchange.objects.create(slug="bench", name="Bench", budget_per_minute=1)
    code = ExchangeAsset.objects.create(exchange=exchange, code="BENCH", asset=Asset.objects.create(slug="bench", ticker="BENCH"))
    made = [Market(exchange=exchange, symbol=f"B{number}", base=code, quote=code, status="trading") for number in range(count)]
    return [(market.symbol, market.pk) for market in Market.objects.bulk_create(made, batch_size=1000)]


def _rows(markets: list[int], replies: list[Reply], number: int) -> list[Values]:
    at = timezone.now() + timedelta(seconds=10 * number)
    tickers = cycle([row for reply in replies for row in reply.parse().rows])
    return [
        (
            market, t.bid, t.bid_size, t.ask, t.ask_size, t.last, t.base_volume_24h, t.quote_volume_24h, t.change_24h_pct, t.high_24h, t.low_24h, t.taker_fee,
            "", t.exchange_ts, "received", at, at, at, number, "", None, 0, at, 1, t.last,
        )
        for market, t in zip(markets, islice(tickers, COUNT), strict=True)
    ]  # fmt: skip


def raw() -> tuple[Callable[[type[models.Model], Sequence[str], list[Values]], Callable[[], None]], str]:
    """The rawest way this database has to write rows whose first column is their key, and what it is called."""
    return (_raw_copy, "raw COPY") if connection.vendor == "postgresql" else (_raw_executemany, "raw executemany")


def _raw_executemany(model: type[models.Model], columns: Sequence[str], rows: list[Values]) -> Callable[[], None]:
    """The driver's executemany of the same statement, its values converted beforehand."""
    ready = [tuple(_sqlite_value(value) for value in row) for row in rows]
    replaced = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks}) ON CONFLICT ({columns[0]}) DO UPDATE SET {replaced}"  # noqa: S608

    def write() -> None:
        with transaction.atomic():
            connection.connection.executemany(sql, ready)

    return write


def _sqlite_value(value: object) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _raw_copy(model: type[models.Model], columns: Sequence[str], rows: list[Values]) -> Callable[[], None]:
    """COPY of ready text into an empty table of the same columns, without a key: nothing stores rows faster."""
    text = "".join("\t".join("\\N" if value is None else str(value) for value in row) + "\n" for row in rows)
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_copy AS SELECT {names} FROM {model._meta.db_table} WITH NO DATA")  # noqa: S608

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE bench_copy")
            with cursor.copy(f"COPY bench_copy ({names}) FROM STDIN") as copy:
                copy.write(text)

    return write


def _by_django(rows: list[Values]) -> None:
    objects = [Quote(**dict(zip(COLUMNS, row, strict=True))) for row in rows]
    Quote.objects.bulk_create(objects, update_conflicts=True, unique_fields=["market"], update_fields=list(COLUMNS[1:]))


def _polls(rounds: list[list[Reply]]) -> Figure:
    """What a worker does after the reply is parsed: judge, upsert quotes and history, write the run, in a transaction each."""
    for exchange in dict.fromkeys(reply.adapter.slug for reply in rounds[0]):
        poll(exchange, "instruments", spaced=False)
    parsed = [[(reply, reply.parse().rows) for reply in replies] for replies in rounds]
    stored = [(market, *[None] * 10, None, "", None, "received", timezone.now(), timezone.now(), timezone.now(), 0, "", None, 0, None, 0, None)
              for market in Quote.objects.values_list("market_id", flat=True)[: sum(len(rows) for _, rows in parsed[0])]]
    contenders = {
        "pebble": lambda number: [_save(reply, rows) for reply, rows in parsed[number]],
        "bulk upsert of as many empty rows": lambda number: upsert(Quote, COLUMNS, [(*row[:18], number, *row[19:]) for row in stored], key=("market_id",)),
    }
    taken = in_turns(contenders, ROUNDS)
    ours = taken.pop("pebble")
    detail = {"exchanges": len(parsed[0]), "rows": sum(len(rows) for _, rows in parsed[0]), "rounds": ROUNDS}
    return Figure(f"store a poll of every exchange, {connection.vendor}", ours, "ms", taken, detail=detail)


def _save(reply: Reply, rows: list[Any]) -> None:
    now = timezone.now()
    claim = leases.claim(reply.adapter.slug, "tickers", now, spaced=False)
    if isinstance(claim, str):
        raise RuntimeError(f"{reply.adapter.slug} could not be claimed: {claim}")
    feed = claim.feed
    if not store.save(feed, claim, Outcome("ok", now, now, 1, rows), now):
        raise RuntimeError(f"{reply.adapter.slug}: nothing was stored")
    leases.release(claim)
