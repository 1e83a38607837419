"""Every memory of budgets and blocks that tests run on, and a hammer for it."""

import contextlib
import multiprocessing
import os
import time
import uuid
from functools import partial

import psycopg

from exchanges.state import Charge, Rate, SqliteLimits
from exchanges.state.database import DatabaseLimits
from exchanges.state.paired import PairedLimits
from exchanges.state.quick import RedisLimits

WIDE = Rate(100_000, 60)
MAKE = "CREATE TABLE IF NOT EXISTS exchanges_ledger (exchange varchar(30) PRIMARY KEY, text text NOT NULL)"


@contextlib.contextmanager
def postgres_schema():
    """A schema of its own on the test server, with the one table; its address as psycopg takes it."""
    address, name = os.environ["PEBBLE_TEST_DATABASE_URL"].split()[0], f"limits_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {name}")
        server.execute(f"SET search_path TO {name}")
        server.execute(MAKE)
        yield f"{address}?options=-csearch_path%3D{name}"
        server.execute(f"DROP SCHEMA {name} CASCADE")


def valkey():
    """The test server's address."""
    return os.environ["PEBBLE_TEST_REDIS_URL"].split()[0]


def open_store(kind, where, **options):
    """One process's view of a store: where is a path, an address, (address, name), or two of those for a pair."""
    if kind == "file":
        return SqliteLimits(where, **{name: value for name, value in options.items() if name == "clock"})
    if kind == "database":
        return DatabaseLimits(partial(psycopg.connect, where), **options)
    if kind == "redis":
        return RedisLimits(*where, **options)
    durable = open_store("database", where[1], **options)
    return PairedLimits(open_store("redis", where[0], first=durable.first, **options), durable)


def close_store(limits):
    for each in (limits._quick, limits._durable) if isinstance(limits, PairedLimits) else (limits,):
        each.close()


def _hammer(stores, rate, seconds, gate, granted):
    for number, store in enumerate(stores):
        shared, times = open_store(*store), []
        gate.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if shared.acquire([Charge("toy", rate), Charge("toy/pool", WIDE)], "people").granted:
                times.append(time.monotonic())
        close_store(shared)
        granted.put((number, times))


def hammered(stores, rate, *, processes=3, seconds=0.6):
    """By store, when processes that ask without a pause were granted, sorted. All open it at the same moment: making it is part of the race."""
    context = multiprocessing.get_context("spawn")
    gate, granted = context.Barrier(processes), context.Queue()
    workers = [context.Process(target=_hammer, args=(stores, rate, seconds, gate, granted)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    found = [[] for _ in stores]
    for _ in range(len(stores) * processes):
        number, times = granted.get(timeout=60)
        found[number] += times
    for worker in workers:
        worker.join(20)
    return [sorted(times) for times in found]


def most_in_a_window(times, window_s):
    """The fullest sliding window."""
    return max(sum(start <= t < start + window_s for t in times) for start in times)
