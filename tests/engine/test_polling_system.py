"""Real clusters over the simulator: nobody is asked twice, a killed worker costs nothing, a switch works within a second."""

import os
import signal
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from exchanges.simulator.server import running
from tests.engine.conftest import until

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("workers")]  # one at a time: they need the machine

RUNS = "SELECT started_at, finished_at, token, requests FROM exchanges_run WHERE exchange_id = ? AND source = 'tickers' ORDER BY token"
FEED = "SELECT f.token, f.lease_owner, f.ok_at, f.finished_at FROM exchanges_feed f WHERE f.exchange_id = ? AND f.source = 'tickers'"


def when(value):
    return value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")


@pytest.fixture
def simulator():
    with running() as one:
        yield one


@pytest.fixture
def exchanges(site, simulator):
    """{slug: id}; every ticker feed polled each 3 s instead of 10, and nothing read but what prices need: three workers suffice."""
    site.env |= {"PEBBLE_UPSTREAM": simulator.url, "PEBBLE_WORKERS": "3"}
    site.sql("UPDATE exchanges_feed SET period_s = 3 WHERE source = 'tickers'")
    site.sql("UPDATE exchanges_feed SET enabled = ? WHERE source NOT IN ('time', 'instruments', 'tickers')", False)
    done = site.manage("migrate", "-v0")  # schedules follow
    assert done.returncode == 0, done.stderr
    return dict(site.sql("SELECT slug, id FROM exchanges_exchange ORDER BY priority"))


def only(site, exchanges, *slugs):
    site.sql("UPDATE exchanges_exchange SET enabled = ?", False)
    for slug in slugs:
        site.sql("UPDATE exchanges_exchange SET enabled = ? WHERE slug = ?", True, slug)
    return [exchanges[slug] for slug in slugs]


def feed(site, number):
    token, owner, ok_at, finished_at = site.sql(FEED, number)[0]
    return {"token": token, "owner": owner, "ok_at": ok_at and when(ok_at), "finished_at": finished_at and when(finished_at)}


def test_two_clusters_ask_nobody_twice_and_every_request_is_a_run(site, simulator, exchanges):
    simulator.control(**{slug: {"latency_ms": 400} for slug in exchanges})
    clusters = [site.start("qcluster") for _ in range(2)]
    busy = set()

    def enough():
        for (owner,) in site.sql("SELECT lease_owner FROM exchanges_feed WHERE lease_owner <> ''"):
            try:
                busy.add(os.getpgid(int(owner.rpartition(":")[2])))
            except ProcessLookupError:
                continue
        return len(busy) == 2 and all(len(site.sql(RUNS, number)) >= 4 for number in exchanges.values())

    until(enough, 60)
    assert busy == {cluster.pid for cluster in clusters}
    only(site, exchanges)
    until(lambda: not site.sql("SELECT 1 FROM exchanges_feed WHERE lease_owner <> ''"))
    for slug, number in exchanges.items():
        runs = [(when(a), when(b), token, requests) for a, b, token, requests in site.sql(RUNS, number)]
        assert [run[2] for run in runs] == list(range(1, len(runs) + 1))
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(runs)), f"{slug}: two polls at once"
        assert all(later[0] - earlier[0] >= timedelta(seconds=1.8) for earlier, later in pairwise(runs)), f"{slug}: asked too soon"
        assert len(simulator.requests(slug)) == site.sql("SELECT SUM(requests) FROM exchanges_run WHERE exchange_id = ?", number)[0][0]


def test_a_worker_killed_in_mid_poll_loses_and_doubles_nothing(site, simulator, exchanges):
    slug = next(iter(exchanges))
    [number] = only(site, exchanges, slug)
    assert site.manage("poll", slug, "instruments").returncode == 0
    assert site.manage("poll", slug, "tickers").returncode == 0
    quotes = site.sql("SELECT COUNT(*) FROM markets_quote")[0][0]
    site.sql("UPDATE exchanges_feed SET period_s = 10 WHERE source = 'tickers'")  # the default: 15 s are promised for it
    assert site.manage("migrate", "-v0").returncode == 0
    simulator.control(**{slug: {"latency_ms": {"tickers": 3_000}}})
    site.start("qcluster")
    held = until(lambda: (found := feed(site, number))["owner"] and found, 30)
    until(lambda: any("icker" in row["path"] for row in simulator.requests(slug)[-1:]))
    simulator.control(**{slug: {"latency_ms": 0}})
    os.kill(int(held["owner"].rpartition(":")[2]), signal.SIGKILL)
    until(lambda: feed(site, number)["token"] > held["token"], 15)
    after = until(lambda: not (found := feed(site, number))["owner"] and found, 30)
    assert after["ok_at"] == after["finished_at"]
    tokens = [run[2] for run in site.sql(RUNS, number)]
    assert held["token"] not in tokens and len(tokens) == len(set(tokens))
    assert site.sql("SELECT COUNT(*), COUNT(DISTINCT market_id) FROM markets_quote") == [(quotes, quotes)]
    assert site.sql("SELECT COUNT(*) FROM markets_quote WHERE token = ?", held["token"]) == [(0,)]


def test_a_switch_stops_requests_within_a_second_and_brings_prices_back(site, simulator, exchanges):
    slug, other = list(exchanges)[:2]
    number, _ = only(site, exchanges, slug, other)
    site.start("qcluster")
    until(lambda: feed(site, number)["ok_at"], 30)
    site.sql("UPDATE exchanges_exchange SET enabled = ? WHERE slug = ?", False, slug)
    off = simulator.state()["monotonic"]
    seen = feed(site, number)
    until(lambda: feed(site, number)["finished_at"] > seen["finished_at"] + timedelta(seconds=6), 30)  # two cycles went by
    assert simulator.requests(slug, since=off + 1.0) == []
    assert len(simulator.requests(slug, since=off)) <= 1
    assert simulator.requests(other, since=off + 1.0), "the other exchange goes on"
    site.sql("UPDATE exchanges_exchange SET enabled = ? WHERE slug = ?", True, slug)
    until(lambda: feed(site, number)["ok_at"] > seen["finished_at"], 15)
