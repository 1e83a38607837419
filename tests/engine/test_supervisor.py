"""The supervisor with real child processes: output, restarts with back-off, a stop that leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pebble import supervisor
from pebble.supervisor import Program, Supervisor

pytestmark = pytest.mark.system

# A program with a child of its own that ignores SIGTERM: the worst guest.
STUBBORN = """
import os, signal, subprocess, sys, time
if "child" not in sys.argv:
    subprocess.Popen([sys.executable, "-c", {code!r}, "child"])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("pid", os.getpid(), flush=True)
time.sleep(60)
"""


def python(code, *args):
    return [sys.executable, "-c", code, *args]


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never happened"
        threading.Event().wait(0.02)
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture
def lines():
    return []


@pytest.fixture
def program(lines):
    made = []

    def make(command, **options):
        made.append(Program("guest", command, lines.append, **options))
        return made[-1]

    yield make
    for one in made:
        one.kill()


def test_output_comes_line_by_line_with_errors_too(program, lines):
    guest = program(python("import sys; print('one'); print('two', file=sys.stderr)"))
    guest.tend()
    until(lambda: {"one", "two"} <= set(lines))


def test_a_dead_one_starts_again_and_waits_longer_each_time(program, lines, monkeypatch):
    monkeypatch.setattr(supervisor, "BACK_OFF_S", (0.05, 0.1, 0.2))
    guest = program(python("raise SystemExit(3)"))
    until(lambda: guest.tend() or guest.deaths >= 4, 20)
    told = [line for line in lines if line.startswith("ended")]
    assert [line.rpartition(" in ")[2] for line in told] == ["0.05 s", "0.1 s", "0.2 s", "0.2 s"]
    assert "exit code 3" in told[0]


def test_i5_one_that_is_wedged_again_and_again_waits_longer_each_time_too(program, lines):
    guest = program(python("import time; time.sleep(60)"))
    waits = []
    for up_s, idle_s in ((500, 31), (61, 61), (121, 121), (100, 39), (100, 41)):
        guest.not_before = 0.0
        guest.tend()
        guest.started = time.monotonic() - up_s
        guest.replace("watchdog", idle_s)
        assert not guest.running
        guest.tend()
        assert guest.process is None  # not yet
        waits.append(lines[-1])
    assert waits == [f"watchdog; starting again in {wait} s" for wait in (1, 2, 4, 1, 2)]
    guest.not_before = 0.0
    guest.tend()
    assert guest.running


def test_after_a_steady_while_the_back_off_begins_anew(program, monkeypatch):
    monkeypatch.setattr(supervisor, "STEADY_S", 0.0)
    guest = program(python("raise SystemExit(1)"))
    guest.deaths = 5
    until(lambda: guest.tend() or (guest.process is None and guest.deaths == 1))


def test_a_restart_kills_the_whole_group(program, lines):
    guest = program(python(STUBBORN.format(code=STUBBORN.format(code=""))))
    guest.tend()
    pids = until(lambda: len(lines) >= 2 and [int(line.split()[1]) for line in lines])
    guest.restart("watchdog")
    until(lambda: not any(alive(p) for p in pids))
    assert guest.running and guest.process.pid not in pids


def test_later_programs_wait_for_the_first_to_be_ready_once(program, lines):
    ready = threading.Event()
    first = program(python("import time; time.sleep(30)"), ready=ready.is_set)
    second = program(python("import time; time.sleep(30)"))
    boss = Supervisor([first, second])
    boss._tend()
    assert first.running and not second.running
    ready.set()
    boss._tend()
    ready.clear()
    assert second.running
    second.kill()
    boss._tend()
    assert second.running


ENDS = (
    "import signal, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep({wait}), print('{name}', flush=True), exit()));"
    " print('up', flush=True); time.sleep(30)"
)


def test_what_the_others_waited_for_is_stopped_last(program, lines):
    guests = [program(python(ENDS.format(name=name, wait=wait))) for name, wait in (("first", 0), ("second", 0.2))]
    boss = Supervisor(guests)
    boss._tend()
    until(lambda: sum("up" in line for line in lines) == 2)
    boss._stop()
    until(lambda: len(lines) == 4)
    assert [line for line in lines if "up" not in line] == ["second", "first"]


BOSS = f"""
import sys
from pebble import supervisor
from pebble.supervisor import Program, Supervisor
supervisor.STOP_S = 0.5
say = lambda line: print(line, flush=True)
Supervisor([Program("a", {python(STUBBORN.format(code=STUBBORN.format(code="")))!r}, say)]).run()
print("gone", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_even_what_ignores_it(number):
    boss = subprocess.Popen(python(BOSS), stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    try:
        pids = [int(boss.stdout.readline().split()[1]) for _ in range(2)]
        assert all(alive(p) for p in pids)
        os.kill(boss.pid, number)
        out, _ = boss.communicate(timeout=15)
        assert boss.returncode == 0 and "gone" in out
        until(lambda: not any(alive(p) for p in pids))
    finally:
        boss.kill()
