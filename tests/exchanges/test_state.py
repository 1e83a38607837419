"""The shared memory of budgets and blocks: many processes, restarts, reboots, and files that cannot be used."""

import json
import os
import sqlite3
import threading

import pytest

from exchanges import limits
from exchanges.state import Charge, MemoryLimits, OutOfOrder, Rate, SqliteLimits
from exchanges.state.quick import RedisLimits

WIDE = Rate(100_000, 60)


class Clock:
    """A clock that moves when told to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock(5000.0)


@pytest.fixture
def wall():
    return Clock(1_790_000_000.0)


@pytest.fixture(params=["memory", "file"])
def shared(request, tmp_path, clock, wall):
    made = MemoryLimits(clock, wall) if request.param == "memory" else SqliteLimits(tmp_path / "limits.sqlite3", clock=clock, wall=wall)
    yield made
    if isinstance(made, SqliteLimits):
        made.close()


def again(path, clock, wall, boot=None):
    """Another process's view of the same file."""
    return SqliteLimits(path, clock=clock, wall=wall, booted=boot)


# --- Both back ends -------------------------------------------------------------------------------------------------
def test_all_charges_or_none(shared):
    own, pool = Charge("toy", WIDE), Charge("toy/pool", Rate(1, 60))
    assert shared.acquire([own, pool]).granted
    for _ in range(3):
        grant = shared.acquire([own, pool])
        assert (grant.granted, grant.blocked) == (False, False)
        assert grant.wait_s == pytest.approx(60 / 0.7)
        assert "toy/pool" in grant.detail
    assert shared.meters({"toy": WIDE, "toy/pool": pool.rate, "toy/other": WIDE}) == {"toy": 1, "toy/pool": 1, "toy/other": 0}


def test_people_may_take_the_last_fifth(shared):
    charge = [Charge("toy", Rate(50, 60))]
    assert sum(shared.acquire(charge).granted for _ in range(20)) == 8
    assert sum(shared.acquire(charge, priority="people").granted for _ in range(20)) == 2


def test_what_headers_say_lowers_a_bucket(shared, clock):
    charge = [Charge("toy", Rate(100, 60))]
    shared.observe("toy", charge[0].rate, left=3)
    assert sum(shared.acquire(charge, priority="people").granted for _ in range(20)) == 3
    shared.observe("toy", charge[0].rate, left=5)
    assert not shared.acquire(charge, priority="people").granted, "replies overtake each other"
    clock.now += 60
    assert shared.acquire(charge).granted


def test_a_block_is_silence_until_its_end(shared, clock, wall):
    assert shared.blocked("toy") is None
    shared.block("toy", 100)
    for passed in (0, 50, 99.9):
        clock.now = 5000 + passed
        grant = shared.acquire([Charge("toy/pool", WIDE), Charge("toy", WIDE)], priority="people")
        assert (grant.granted, grant.blocked) == (False, True)
        assert grant.wait_s == pytest.approx(100 - passed)
        assert shared.blocked("toy") == pytest.approx(100 - passed)
    wall.now += 86_400  # a jump of the wall clock ends nothing
    assert not shared.acquire([Charge("toy", WIDE)]).granted
    wall.now -= 10 * 86_400
    clock.now = 5100  # and prolongs nothing
    assert shared.acquire([Charge("toy", WIDE)]).granted
    assert shared.blocked("toy") is None


def test_a_strike_blocks_by_the_rules_and_is_named(shared, clock, wall):
    assert shared.penalty("toy") is None
    assert shared.strike("toy", "banned", 600) == pytest.approx(618)
    assert shared.penalty("toy") == "banned"
    clock.now += 619
    wall.now += 619
    assert shared.penalty("toy") is None
    assert shared.strike("toy", "banned") == 240  # the second within a day


# --- The file -------------------------------------------------------------------------------------------------------
@pytest.fixture
def path(tmp_path):
    return tmp_path / "limits.sqlite3"


def test_a_restart_forgets_nothing(path, clock, wall):
    first = again(path, clock, wall)
    charge = [Charge("toy", Rate(5, 60))]
    assert first.acquire(charge).granted
    first.strike("other", "banned", 600)
    first.close()
    second = again(path, clock, wall)
    assert not second.acquire(charge).granted
    assert second.blocked("other") == pytest.approx(618)
    assert second.penalty("other") == "banned"
    second.close()


def test_a_file_that_is_deleted_is_left_by_every_process_and_what_they_know_goes_along(path, clock, wall):
    """Else each would count in a file of its own, and a ban would bind only who was there before."""
    first, idle, charge = again(path, clock, wall), again(path, clock, wall), [Charge("toy", Rate(5, 60))]
    assert first.acquire(charge).granted and idle.blocked("other") is None
    first.strike("other", "banned", 600)
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
    newcomer = again(path, clock, wall)
    newcomer.block("other", 60)
    assert newcomer.blocked("other") == pytest.approx(60)
    assert first.blocked("other") == idle.blocked("other") == newcomer.blocked("other") == pytest.approx(618)
    assert not newcomer.acquire(charge).granted
    for each in (first, idle, newcomer):
        each.close()


def test_a_file_that_cannot_be_read_may_be_deleted_under_a_running_process(path, clock, wall):
    shared = again(path, clock, wall)
    path.write_text("no database, and long enough that this is found out at once" * 100)
    assert not shared.acquire([Charge("toy", WIDE)]).granted
    path.unlink()
    assert shared.acquire([Charge("toy", WIDE)]).granted
    shared.close()


def test_a_reboot_refills_nothing_and_keeps_a_block_by_the_wall_clock(path, clock, wall):
    first = again(path, clock, wall, "boot 1")
    charge = [Charge("toy", Rate(100, 60))]
    while first.acquire(charge, priority="people").granted:
        pass
    first.strike("other", "banned", 600)
    first.close()
    clock.now, wall.now = 7.0, wall.now + 300
    second = again(path, clock, wall, "boot 2")
    assert second.blocked("other") == pytest.approx(318)
    assert not second.acquire(charge, priority="people").granted
    clock.now += 60
    assert second.acquire(charge).granted
    second.close()


def test_without_a_boot_id_a_clock_that_went_back_tells(path, clock, wall):
    first = again(path, clock, wall, "")
    first.acquire([Charge("toy", Rate(1, 60))])
    first.close()
    clock.now = 7.0
    second = again(path, clock, wall, "")
    assert second.acquire([Charge("toy", Rate(1, 60))]).wait_s == pytest.approx(60 / 0.7)  # not some 5000 s
    second.close()


def test_threads_share_one_process_connection(path):
    shared, granted = SqliteLimits(path), []
    rate = Rate(50, 3600)
    work = [threading.Thread(target=lambda: granted.extend(shared.acquire([Charge("toy", rate)]).granted for _ in range(20))) for _ in range(6)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join(20)
    assert len(shared._handles) == 1
    shared.close()
    assert sum(granted) == 8


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_opens_its_own_connection(path):
    shared = SqliteLimits(path)
    charge = [Charge("toy", Rate(5, 3600))]
    assert shared.acquire(charge).granted
    child = os.fork()
    if not child:
        refused = False
        try:
            refused = not shared.acquire(charge).granted and len(shared._handles) == 2
            shared.close()
        finally:
            os._exit(0 if refused else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert not shared.acquire(charge).granted
    shared.close()


def test_why_a_server_does_not_answer_names_no_host_and_no_user():
    """It stands in the outcome of a poll, in incidents and at /readyz, which are everybody's."""
    said = RedisLimits("redis://someone:word@127.0.0.1:1/0", "toy").acquire([Charge("toy", WIDE)]).detail
    assert said == "Redis does not answer (ConnectionError)"


# --- A file that cannot be used: nothing is asked -------------------------------------------------------------------
def _grants_nothing(shared):
    for _ in range(3):
        grant = shared.acquire([Charge("toy", WIDE)], priority="people")
        assert (grant.granted, grant.blocked) == (False, False)
        assert grant.wait_s > 0
        assert "cannot be used" in grant.detail


def _refuses(shared):
    _grants_nothing(shared)
    assert shared.blocked("toy") is None
    assert shared.meters({"toy": WIDE}) == {}
    shared.observe("toy", WIDE, left=5)
    shared.block("toy", 5)
    assert shared.strike("toy", "throttled", None) == 60


def test_a_file_that_is_no_database_refuses_and_a_new_one_heals(path):
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    shared = SqliteLimits(path)
    _refuses(shared)
    path.unlink()
    assert shared.acquire([Charge("toy", WIDE)]).granted
    shared.close()


def test_p3_a_file_that_was_deleted_while_nothing_ran_comes_back_with_its_blocks(path, clock, wall):
    kept = {}
    for boot, asked in (("one", 600), ("two", None)):
        shared = SqliteLimits(path, clock=clock, wall=wall, booted=boot, copied=kept.update, copies=lambda: kept)
        assert shared.acquire([Charge("toy@host", WIDE, 0)]).granted
        if asked:
            assert shared.acquire([Charge("toy", WIDE)]).granted and not kept  # only blocks are copied
            shared.strike("toy", "banned", asked)
            assert shared.acquire([Charge("other", WIDE)]).granted
            assert list(kept) == ["toy"]
        assert (shared.blocked("toy"), shared.penalty("toy")) == (pytest.approx(618 if asked else 518), "banned")
        assert not shared.acquire([Charge("toy", WIDE)]).granted
        shared.close()
        path.unlink()
        clock.now, wall.now = clock.now - 4000 if asked else clock.now, wall.now + 100  # booted meanwhile: its own clock says nothing
    wall.now += 500
    late = SqliteLimits(path, clock=clock, wall=wall, booted="two", copied=kept.update, copies=lambda: kept)
    assert late.blocked("toy") is None and late.acquire([Charge("toy", WIDE)]).granted
    assert late.strike("toy", "banned") == 240  # the second within a day
    late.close()


def test_a_new_file_that_cannot_ask_for_its_blocks_refuses_until_it_can(path):
    told = [OutOfOrder("the database is away"), {}]

    def copies():
        if isinstance(found := told.pop(0), OutOfOrder):
            raise found
        return found

    shared = SqliteLimits(path, copies=copies)
    grant = shared.acquire([Charge("toy", WIDE)])
    assert (grant.granted, grant.detail) == (False, "the database is away")
    assert shared.acquire([Charge("toy", WIDE)]).granted and not told
    shared.close()


def test_a_folder_that_is_not_there_refuses(tmp_path):
    _refuses(SqliteLimits(tmp_path / "missing" / "limits.sqlite3"))


@pytest.mark.parametrize("content", ["nonsense", "[]", json.dumps({"surprise": 1})])
def test_a_row_that_holds_no_state_refuses(path, content):
    shared = SqliteLimits(path)
    assert shared.acquire([Charge("toy", WIDE)]).granted
    other = sqlite3.connect(path)
    other.execute("UPDATE limits SET state = ?", (content,))
    other.commit()
    other.close()
    _refuses(shared)
    shared.close()


def test_a_file_that_may_only_be_read_refuses(path, monkeypatch):
    SqliteLimits(path).acquire([Charge("toy", WIDE)])
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name, **kwargs: connect(f"file:{name}?mode=ro", uri=True, **kwargs))
    shared = SqliteLimits(path)
    _grants_nothing(shared)
    assert shared.strike("toy", "throttled", None) == 60
    shared.close()


def test_a_lock_that_is_held_is_waited_for(path):
    shared = SqliteLimits(path)
    assert shared.acquire([Charge("toy", WIDE)]).granted
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["COMMIT"])
    release.start()
    assert shared.acquire([Charge("toy", WIDE)]).granted
    release.join()
    other.close()
    shared.close()


def test_every_state_survives_the_file_exactly(path, clock, wall):
    shared = again(path, clock, wall)
    charge = [Charge("toy", Rate(7, 61, 1), 1)]
    shared.acquire(charge)
    shared.strike("toy", "throttled", 0.1234567891234567)
    memory = MemoryLimits(clock, wall)
    memory.acquire(charge)
    memory.strike("toy", "throttled", 0.1234567891234567)
    with shared._transaction() as file:
        assert shared._load(file, ["toy"], clock.now) == memory._states
    assert memory._states["toy"] != limits.State()
    shared.close()
