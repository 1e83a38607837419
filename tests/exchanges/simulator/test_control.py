"""The control endpoint: what it counts, what it refuses, and the limits it guards."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from exchanges.simulator import limits
from exchanges.simulator.limits import Limiter
from exchanges.simulator.server import running
from exchanges.simulator.writers import WRITERS

from .conftest import EXCHANGES, TICKERS, TIMES, Client

ROOT = Path(__file__).parents[3]


def test_requests_are_counted_by_exchange_and_path_with_their_times(simulator, client):
    mark = simulator.state()["monotonic"]
    for path in (TIMES["kucoin"], TICKERS["kucoin"], TICKERS["kucoin"]):
        client.get(path)
    state = simulator.state()["exchanges"]
    assert state["kucoin"]["requests"]["total"] == 3
    assert state["kucoin"]["requests"]["by_path"] == {"/api/v1/timestamp": 1, "/api/v1/market/allTickers": 2}
    assert state["bybit"]["requests"]["total"] == 0
    rows = simulator.requests("kucoin", since=mark)
    assert [row["status"] for row in rows] == [200, 200, 200]
    assert rows == sorted(rows, key=lambda row: row["at"])
    assert all(abs(row["wall"] - time.time()) < 5 for row in rows)
    assert simulator.requests("kucoin", since=simulator.state()["monotonic"]) == []


def test_what_is_unknown_is_refused_and_changes_nothing(simulator, client):
    for wish in ({"kucoin": {"fault": "nope"}}, {"kucoin": {"latency": 5}}, {"okx": {"latency_ms": 5}}):
        with pytest.raises(ValueError, match=r"nope|latency|okx"):
            simulator.control(**wish)
    assert all(stage["faults"] == [] for stage in simulator.state()["exchanges"].values())
    status, _, body = client.get("/_control/")
    assert status == 200
    assert json.loads(body)["odd"]["renamed"]["kucoin"]["BCHSV-USDT"] == "BSV"


def test_reset_heals_everything(simulator, client):
    simulator.control(kucoin={"fault": "P5", "latency_ms": 10}, clock={"offset_s": 1_000, "pace": 2})
    assert client.get(TIMES["kucoin"])[0] == 503
    state = simulator.control(reset=True)
    assert state["exchanges"]["kucoin"]["requests"]["total"] == 0
    assert abs(state["now"] - time.time()) < 1
    assert client.get(TIMES["kucoin"])[0] == 200


def test_the_clock_can_be_moved_for_all_or_for_one(simulator, client):
    simulator.control(clock={"offset_s": 500}, kucoin={"clock_offset_s": -60})
    assert client.json(TIMES["binance"])["serverTime"] / 1e3 - time.time() == pytest.approx(500, abs=2)
    assert client.json(TIMES["kucoin"])["data"] / 1e3 - time.time() == pytest.approx(440, abs=2)
    simulator.control(clock={"offset_s": 0, "pace": 1_000})
    first = client.json(TIMES["binance"])["serverTime"]
    deadline = time.monotonic() + 5
    while client.json(TIMES["binance"])["serverTime"] - first < 10_000 and time.monotonic() < deadline:
        pass
    assert client.json(TIMES["binance"])["serverTime"] - first >= 10_000


def test_a_snapshot_is_the_same_until_the_next_one(simulator, client):
    bodies = [client.get(TICKERS["kucoin"])[2] for _ in range(5)]
    assert len(set(bodies)) <= 2


def test_gzip_for_those_who_take_it(client):
    _, plain, body = client.get(TICKERS["bybit"])
    _, packed, small = client.get(TICKERS["bybit"], {"Accept-Encoding": "gzip, deflate"})
    assert "content-encoding" not in plain
    assert packed["content-encoding"] == "gzip"
    assert len(small) < len(body) / 2


def test_nobody_lives_elsewhere_and_only_get_is_spoken(simulator, client):
    assert client.get("/api.okx.com/api/v5/public/time")[0] == 404
    assert client.get("/api.bitget.com/api/v1/spot/tickers")[0] == 400
    client.connection.request("POST", TIMES["binance"], body=b"{}")
    answer = client.connection.getresponse()
    answer.read()
    assert answer.status == 405


# --- Limits -----------------------------------------------------------------------------------------------------
def test_limit_headers_count_down(simulator, client):
    used = [int(client.get(TICKERS["binance"])[1]["x-mbx-used-weight-1m"]) for _ in range(2)]
    assert used[1] - used[0] in (80, 80 - used[0])  # unless the minute turned between them
    left = [int(client.get(TICKERS["kucoin"])[1]["gw-ratelimit-remaining"]) for _ in range(2)]
    assert left[0] - left[1] == 15
    assert "gw-ratelimit-limit" not in client.get(TIMES["kucoin"])[1]
    assert int(client.get(TICKERS["gateio"])[1]["x-gate-ratelimit-requests-remain"]) == 199
    assert int(client.get(TICKERS["bitget"])[1]["x-mbx-used-remain-limit"]) == 19


def test_a_client_that_asks_too_often_is_told_so(simulator, client):
    answers = [client.get(TIMES["bitget"]) for _ in range(60)]
    assert Counter(status for status, _, _ in answers)[429] > 0
    simulator.control(reset=True, bitget={"limits": False})
    assert {client.get(TIMES["bitget"])[0] for _ in range(60)} == {200}


def test_each_exchange_refuses_in_its_own_way(monkeypatch):
    clock = [1_800_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: clock[0])
    pools = {slug: Limiter(WRITERS[slug].LIMITS) for slug in EXCHANGES}

    def until_refused(slug, cost):
        for count in range(1, 10_000):
            if not (verdict := pools[slug].take("/x", cost)).ok:
                return count, verdict
        raise AssertionError("never refused")

    assert until_refused("kucoin", 15) == (134, limits.Verdict(False, 2_010, 0, 30, 30))
    assert until_refused("gateio", 1)[0] == 201
    assert until_refused("bitget", 1)[0] == 21
    count, verdict = until_refused("bybit", 1)
    assert (count, verdict.banned, verdict.wait_s) == (601, True, 600)
    count, verdict = until_refused("binance", 80)
    assert (count, verdict.banned, verdict.wait_s) == (76, False, 60)
    verdicts = [pools["binance"].take("/x", 80) for _ in range(12)]
    assert [v.banned for v in verdicts] == [False] * 9 + [True] * 3  # ten refusals are forgiven
    assert verdicts[-1].wait_s == 120
    clock[0] += 121
    assert pools["binance"].take("/x", 80).ok
    assert pools["kucoin"].take("/x", 15).left == 1_985
    assert not pools["bybit"].take("/x", 1).ok


def test_refusals_on_the_wire():
    said = {slug: WRITERS[slug].throttled(1_800_000_000.0, 60.0, False) for slug in EXCHANGES}
    assert {slug: reply.status for slug, reply in said.items()} == {"binance": 429, "kucoin": 429, "bybit": 403, "gateio": 429, "bitget": 429}
    ban = WRITERS["binance"].throttled(1_800_000_000.0, 120.0, True)
    assert (ban.status, ban.headers["Retry-After"]) == (418, "121")
    assert b"banned until 1800000120000" in ban.body


# --- The command and the helper ---------------------------------------------------------------------------------
def test_two_simulators_do_not_share_a_scenario(simulator):
    with running(seed=2) as other:
        other.control(kucoin={"fault": "P5"})
        second = Client(other.port)
        assert second.get(TIMES["kucoin"])[0] == 503
        second.close()
        assert simulator.state()["exchanges"]["kucoin"]["faults"] == []


@pytest.mark.system
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_listens_and_stops_at_once(tmp_path, number):
    environment = os.environ | {"PEBBLE_DATA_DIR": str(tmp_path), "PEBBLE_MARKET": "simulated", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "manage.py", "simulate", "--port", "0", "--seed", "5"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        port = int(line.partition("127.0.0.1:")[2].partition("/")[0])
        client = Client(port)
        assert client.json("/_control/")["seed"] == 5
        process.send_signal(number)
        start = time.monotonic()
        rest, errors = process.communicate(timeout=10)
        client.close()
    assert (process.returncode, rest, errors) == (0, "", "")
    assert time.monotonic() - start < 2
