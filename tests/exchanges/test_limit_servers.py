"""P1 P3 I6 I8 on the real stores: what several machines share on PostgreSQL, on Valkey, and on the two together.

They need both servers: the run of `both` beside PostgreSQL and Valkey is theirs.
"""

import os
import time
import uuid
from datetime import UTC, datetime
from itertools import count

import psycopg
import pytest

from exchanges.ledger import parsed
from exchanges.state import Charge, MemoryLimits, OutOfOrder, Rate
from exchanges.state.paired import PairedLimits
from exchanges.state.quick import RedisLimits
from tests import servers
from tests.exchanges.limit_stores import WIDE, close_store, hammered, most_in_a_window, open_store, postgres_schema, valkey

pytestmark = [pytest.mark.both, pytest.mark.skipif(not servers.VARIABLES.keys() <= os.environ.keys(), reason="run by tests.servers, beside both servers")]
TOY = [Charge("toy", Rate(50, 60))]


@pytest.fixture(scope="module")
def schema():
    with postgres_schema() as address:
        yield address


def unused(kind, tmp_path, request):
    """Where a store lies that nobody has used."""
    if kind == "file":
        return tmp_path / "limits.sqlite3"
    if kind == "redis":
        return valkey(), uuid.uuid4().hex
    schema = request.getfixturevalue("schema")
    with psycopg.connect(schema, autocommit=True) as server:
        server.execute("DELETE FROM exchanges_ledger")
    return schema if kind == "database" else ((valkey(), uuid.uuid4().hex), schema)


@pytest.fixture
def opened():
    """`open_store`, and everything closed at the end."""
    made = []

    def opening(*store, **options):
        made.append(open_store(*store, **options))
        return made[-1]

    yield opening
    for limits in made:
        close_store(limits)


@pytest.fixture(params=["file", "database", "redis", "pair"])
def store(request, tmp_path):
    return request.param, unused(request.param, tmp_path, request)


@pytest.fixture(params=["database", "redis"])
def shared(request, tmp_path):
    return request.param, unused(request.param, tmp_path, request)


class Moving:
    """A clock that moves when it is told to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def fill(limits, charges, most=2000):
    return sum(limits.acquire(charges, "people").granted for _ in range(most))


# --- All of them ----------------------------------------------------------------------------------------------------
def test_processes_hammering_together_never_exceed_the_limit(tmp_path, request):
    """I6: however many ask, on whatever store, the budget is one."""
    kinds, rate = ("file", "redis", "database"), Rate(30, 0.25)
    stores = [(kind, unused(kind, tmp_path, request)) for kind in kinds]
    for kind, times in zip(kinds, hammered(stores, rate), strict=True):
        assert most_in_a_window(times, rate.window_s) <= rate.units, kind
        assert len(times) >= 0.4 * rate.refill * (times[-1] - times[0]), f"{kind}: and it is no standstill either"


def test_p3_a_ban_is_everybodys_at_once_and_survives_a_restart(store, opened):
    one, other = opened(*store), opened(*store)
    assert other.blocked("toy") is None
    assert one.strike("toy", "banned", 600) == pytest.approx(618)
    for limits in (other, opened(*store)):
        grant = limits.acquire([Charge("toy", WIDE), Charge("toy/pool", WIDE)], "people")
        assert (grant.granted, grant.blocked, grant.detail) == (False, True, "banned")
        assert grant.wait_s == pytest.approx(618, abs=10)
        assert limits.blocked("toy") == pytest.approx(618, abs=10)
        assert limits.penalty("toy") == "banned"
        assert limits.acquire([Charge("else", WIDE, 0)]).granted
    assert limits.strike("toy", "throttled", 1) > 500, "a shorter one ends nothing"
    assert limits.penalty("toy") == "banned"


def test_p1_a_block_and_what_headers_say_reach_every_process(store, opened):
    one, other = opened(*store), opened(*store)
    one.block("toy@host", 100)
    assert other.blocked("toy@host") == pytest.approx(100, abs=10)
    one.observe("toy/pool", WIDE, left=0, resets_in_s=30)
    assert not other.acquire([Charge("toy/pool", WIDE)], "people").granted
    assert other.meters({"toy/pool": WIDE, "toy": WIDE}) == {"toy/pool": 0, "toy": 0}
    assert other.meters({}) == {}


# --- Clocks, and servers that hang ------------------------------------------------------------------------------------
def test_i8_whatever_the_servers_clock_says_passed_counts_no_more_than_what_this_machine_saw(shared, opened):
    """The server's clock runs on while the machine's own stands still."""
    new = {"first": lambda name: True} if shared[0] == "redis" else {}
    limits = opened(*shared, clock=Moving(5000.0), machine="one", **new)
    assert fill(limits, TOY, 20) == 10
    assert limits.acquire(TOY, "people").wait_s == pytest.approx(60 / 35)


def test_a_machine_that_is_new_here_moves_nothing(shared, opened):
    clock = Moving(5000.0)
    one = opened(*shared, clock=clock, machine="one")
    fill(one, TOY, 20)
    clock.now += 3600  # it could vouch for what the other cannot know
    assert opened(*shared, machine="two").acquire(TOY, "people").wait_s == pytest.approx(60 / 35)


def test_a_redis_that_forgot_is_empty_and_a_new_one_is_full(opened):
    slow = [Charge("toy", Rate(1000, 36_000))]
    assert fill(opened("redis", (valkey(), uuid.uuid4().hex)), slow, 20) == 0
    assert fill(opened("redis", (valkey(), uuid.uuid4().hex), first=lambda name: True), slow, 20) == 20


def test_the_durable_one_knows_whether_it_is_the_first_time(store, opened):
    if store[0] != "pair":
        limits = opened(*store)
        assert [limits.first("toy"), limits.first("toy"), limits.first("else")] == [True, False, True] or store[0] == "redis"
        return
    quick, schema = store[1]
    slow = [Charge("toy", Rate(1000, 36_000))]
    assert fill(opened(*store), slow, 20) == 20
    assert fill(opened("pair", ((quick[0], uuid.uuid4().hex), schema)), slow, 20) == 0, "another Redis: what was asked before is not known"


def test_a_machine_that_hangs_with_the_row_in_its_hand_is_not_waited_for(schema, opened):
    limits = opened("database", schema)
    limits.acquire(TOY)
    with psycopg.connect(schema) as other:
        other.execute("SELECT * FROM exchanges_ledger WHERE exchange = 'toy' FOR UPDATE")
        began = time.monotonic()
        grant = limits.acquire(TOY)
        assert time.monotonic() - began < 5
        assert not grant.granted and "cannot be used" in grant.detail
        assert limits.penalty("toy") is None, "what is only read needs no lock"
        other.rollback()
    assert limits.meters({"toy": WIDE}) != {}


def test_a_cut_connection_is_opened_anew_and_a_closed_one_too(schema, opened):
    limits = opened("database", schema)
    limits.acquire(TOY)
    with psycopg.connect(schema, autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s)", (next(iter(limits._connections.values())).info.backend_pid,))
    assert limits.strike("cut", "banned") == 120
    limits.close()
    assert limits.penalty("cut") == "banned"


def test_a_rollback_of_the_caller_gives_nothing_back(schema, opened):
    limits = opened("database", schema)
    with psycopg.connect(schema) as caller:
        caller.execute("SELECT 1")
        limits.strike("roll", "banned")
        caller.rollback()
    assert limits.penalty("roll") == "banned"


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"states": {"toy": {"surprise": 1}}, "machines": {}}'])
def test_a_ledger_that_cannot_be_read_refuses(shared, opened, text):
    limits = opened(*shared)
    limits.acquire(TOY)
    if shared[0] == "database":
        with psycopg.connect(shared[1], autocommit=True) as server:
            server.execute("UPDATE exchanges_ledger SET text = %s", (text,))
    else:
        limits._server.set(f"{shared[1][1]}:limits:toy", text)
    grant = limits.acquire(TOY)
    assert not grant.granted and "nothing is asked" in grant.detail
    with pytest.raises(OutOfOrder):
        limits.silence(["toy"])
    assert limits.strike("toy", "throttled") == 60


def test_a_database_that_is_not_there_refuses(opened):
    limits = opened("database", f"postgres://pebble@127.0.0.1:{servers.free_port()}/none")
    assert "cannot be used" in limits.acquire(TOY).detail
    assert (limits.blocked("toy"), limits.penalty("toy"), limits.meters({"toy": WIDE}), limits.trouble()) == (None, None, {}, None)
    limits.observe("toy", WIDE, left=1)
    limits.block("toy", 1)


# --- A quick one and a durable one ------------------------------------------------------------------------------------
def test_redis_stopped_and_back():
    """Nothing is unlimited and no ban is lost, and both are told: the whole of what a Redis may do to us."""
    now, durable = Moving(1000.0), MemoryLimits(clock := Moving(5000.0))
    rate = Rate(400, 60)
    with servers.valkey() as url:
        limits = PairedLimits(RedisLimits(url, "test", first=durable.first), durable, clock=now)
        limits.strike("banned", "banned", 600)
        assert limits.trouble() is None
    assert limits.acquire([Charge("banned", WIDE)]).blocked, "known from the durable one"
    assert limits.penalty("banned") == "banned" and limits.blocked("banned") == pytest.approx(618)
    assert fill(limits, [Charge("toy", rate)], 200) == 20, "a quarter of what may be asked at once"
    trouble = limits.trouble()
    assert "quarter" in trouble.detail and (datetime.now(UTC) - trouble.since).total_seconds() < 60
    limits.strike("other", "banned", 600)  # told while it is away
    assert limits.meters({"toy": rate}) == {"toy": 20}
    limits.observe("toy", rate, left=0, resets_in_s=30)
    clock.now += 20
    assert not limits.acquire([Charge("toy", rate)]).granted
    with servers.valkey() as back:
        limits._quick = RedisLimits(back, "test")  # the same server has another port in a test
        assert limits.acquire([Charge("third", WIDE, 0)]).granted
        assert limits.trouble() is not None, "it is tried once a second"
        now.now += 1
        assert limits.acquire([Charge("third", WIDE, 0)]).granted
        assert limits.trouble() is None
        assert limits.acquire([Charge("other", WIDE, 0)]).detail == "banned"
        assert limits.acquire([Charge("banned", WIDE, 0)]).blocked, "this Redis never knew of it"
        assert limits._quick.penalty("other") is None


def test_both_away_asks_nothing(opened):
    nowhere = f"redis://127.0.0.1:{servers.free_port()}/0"
    limits = opened("pair", ((nowhere, "x"), f"postgres://pebble@127.0.0.1:{servers.free_port()}/none"))
    assert "cannot be used" in limits.acquire(TOY).detail
    assert limits.strike("toy", "banned") == 120
    assert (limits.penalty("toy"), limits.blocked("toy")) == (None, None)


def test_a_swap_that_is_lost_is_tried_again(opened):
    """Somebody writes between the look and the swap, twice; then nobody does."""
    name, rounds = uuid.uuid4().hex, count()
    other, limits = opened("redis", (valkey(), name)), opened("redis", (valkey(), name))
    limits.strike("toy", "throttled", 3600)

    def step(states, now, wall):
        if (number := next(rounds)) < 2:
            other.observe("toy", WIDE, left=1000 - number, resets_in_s=30)
        return {"toy": states["toy"]}, "done"

    assert limits.change(["toy"], step) == "done"
    assert next(rounds) == 3, "the step is run again over what stands there then"
    assert parsed(limits._server.get(f"{name}:limits:toy")).states["toy"].heard_left == 999


def test_one_that_never_wins_gives_up(opened):
    name, numbers, waited = uuid.uuid4().hex, count(2), []
    other, limits = opened("redis", (valkey(), name)), opened("redis", (valkey(), name), pause=waited.append, patience_s=0.2)

    def step(states, now, wall):
        other.observe("toy", WIDE, left=100_000 - next(numbers), resets_in_s=30)
        return {"toy": states["toy"]}, "done"

    with pytest.raises(OutOfOrder, match="too many"):
        limits.change(["toy"], step)
    assert waited
