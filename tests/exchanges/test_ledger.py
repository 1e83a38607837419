"""I8: the clock that machines share goes forward only, by no more than what both a machine and the server saw."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges import limits
from exchanges.ledger import MACHINES, SLACK_S, Ledger, Reading, changed, opened, parsed, written
from exchanges.limits import DAY_S, Rate, State

SERVER, MONO = 1_790_000_000.0, 500.0


def reading(server=SERVER, machine="one", sent=MONO, got=None):
    return Reading(server, machine, sent, sent if got is None else got)


def after(*readings, text=""):
    """The ledger after so many calls, each of which wrote."""
    for each in readings:
        ledger, _ = opened(text, each)
        text = written(ledger)
    return ledger


def test_a_new_one_starts_by_the_servers_clock_full_or_empty():
    first, anew = opened("", reading())
    assert (first.now, first.server, first.born, first.states, anew) == (SERVER, SERVER, 0.0, {}, True)
    lost, _ = opened("", reading(), first=False)
    assert lost.born == SERVER
    rate = Rate(1000, 60)
    assert limits.take(first.state("toy"), first.now, rate, 1, "people")[0].tokens == 199
    assert limits.take(lost.state("toy"), lost.now, rate, 1, "people")[1:] == (False, pytest.approx(1 / rate.refill))


@pytest.mark.parametrize(
    ("server", "mono", "passed"),
    [(10, 10, 10), (3600, 10, 10), (10, 3600, 10), (-3600, 10, 0), (10, -400, 0), (0, 10, 0), (10, 0, 0), (-1, 10, 0)],
)
def test_what_passed_is_what_both_saw(server, mono, passed):
    assert after(reading(), reading(SERVER + server, sent=MONO + mono)).now == SERVER + passed


def test_the_asking_machine_counts_from_before_it_asked_to_after_it_heard():
    """So that it never saw less than passed."""
    slow = after(reading(sent=MONO, got=MONO + 2), reading(SERVER + 100, sent=MONO + 5, got=MONO + 9))
    assert slow.now == SERVER + 9


def test_of_many_calls_way_only_one_counts_as_time():
    """The server's clock runs away; each call is a second under way, ten apart."""
    assert after(*(reading(SERVER + 1000 * n, sent=MONO + 10 * n, got=MONO + 10 * n + 1) for n in range(4))).now == SERVER + 31


def test_what_another_machine_moved_is_not_counted_twice():
    moved = after(reading(), reading(machine="two", sent=9.0), reading(SERVER + 10, "two", 19.0), reading(SERVER + 3600, "one", MONO + 12))
    assert moved.now == SERVER + 12


def test_a_machine_that_is_new_or_booted_moves_nothing_and_is_known_from_then_on():
    text = written(after(reading()))
    for newcomer in (reading(SERVER + 50, "two", 7.0), reading(SERVER + 50, "one", MONO - 400)):
        ledger, anew = opened(text, newcomer)
        assert (ledger.now, anew) == (SERVER, True)
        assert after(replace(newcomer, server=SERVER + 60, sent=newcomer.sent + 4, got=newcomer.got + 4), text=written(ledger)).now == SERVER + 4
    assert opened(text, reading(SERVER + 1, sent=MONO + 1))[1] is False
    assert opened(text, reading(SERVER + 1, sent=MONO))[1] is False


@pytest.mark.parametrize(("back", "server", "anew"), [(1.0, 0.0, False), (SLACK_S - 0.1, 0.0, False), (SLACK_S, -SLACK_S, True), (3600, -3600, True)])
def test_a_server_whose_clock_went_back_far_is_counted_from_there(back, server, anew):
    text = written(after(reading()))
    ledger, wrote = opened(text, reading(SERVER - back, sent=MONO + 1))
    assert (ledger.now, ledger.server, wrote) == (SERVER, SERVER + server, anew)
    later = after(reading(SERVER - back + 2, sent=MONO + 3), text=written(ledger))
    assert later.now == SERVER + (2 if anew else max(0, 2 - back))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 30), st.floats(-4000, 4000), st.booleans()), min_size=1, max_size=30),
    st.floats(0, 0.5),
)
def test_however_clocks_jump_no_more_passes_than_did(calls, wire):
    """The server's clock jumps before every call; machines are booted; true time is what the clock may never be ahead of."""
    true, off, boots, text, start = 0.0, 0.0, [0, 0, 0], "", None
    for machine, step, jump, boot in calls:
        true, off, boots[machine] = true + step, off + jump, boots[machine] + boot
        sent, got = true - min(wire, step) / 2, true + wire
        ledger, _ = opened(text, Reading(SERVER + true + off, f"{machine}-{boots[machine]}", sent, got))
        start = ledger.now - true if start is None else start
        before = parsed(text).now if text else ledger.now
        assert ledger.now >= before
        # Each machine's boot may count its first call's way once, however often it asks and the clock jumps.
        assert ledger.now <= start + true + 2 * wire * (3 + sum(boots)) + 1e-5
        text = written(ledger)


def test_the_machines_that_wrote_last_are_remembered():
    ledger = after(*(reading(SERVER + n, f"m{99 - n}", MONO) for n in range(MACHINES + 5)), reading(SERVER + 99, "m94", MONO + 9))
    assert set(ledger.machines) == {f"m{99 - n}" for n in range(5, MACHINES + 5)}
    assert ledger.machines["m94"][0] == MONO + 9


STATES = st.builds(
    State, tokens=st.floats(-1e6, 1e6), at=st.floats(0, 2e9), blocked_until=st.floats(0, 2e9) | st.just(-math.inf), penalty=st.sampled_from(["", "banned"]),
    throttled=st.integers(0, 9), heard_left=st.floats(0, 100) | st.just(math.inf),
)


MACHINES_SEEN = st.dictionaries(st.text(max_size=5), st.tuples(st.floats(0, 9), st.floats(0, 9)))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["toy", "toy/a", "toy@host"]), STATES), st.floats(0, 2e9), MACHINES_SEEN)
def test_every_ledger_survives_its_text_exactly(states, now, machines):
    ledger = Ledger(now, now + 1, now + 2, machines, states)
    assert parsed(written(ledger)) == ledger


def test_a_key_that_was_never_asked_for_was_empty_when_the_ledger_was_born():
    ledger = Ledger(9.0, 9.0, 5.0, {}, {"toy": State(tokens=3.0)})
    assert (ledger.state("toy"), ledger.state("toy/new")) == (State(tokens=3.0), State(tokens=0.0, at=5.0))


def test_what_is_as_in_an_untouched_state_is_not_written():
    text = written(Ledger(1.0, 2.0, 0.0, {}, {"toy": State(at=5.0)}))
    assert json.loads(text)["states"] == {"toy": {"at": 5.0}}
    assert " " not in text


STRANGE = '{"states": {"toy": {"surprise": 1}}, "machines": {}, "now": 1, "server": 1, "born": 1}'


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", "1", '{"states": {}, "machines": {}}', STRANGE])
def test_another_text_is_none(text):
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        parsed(text)


def test_pools_that_nobody_touched_for_a_day_are_forgotten_and_nothing_else():
    now = 10 * DAY_S
    old = State(at=now - DAY_S)
    states = {
        "toy": old, "toy@host": old, "toy/old": old, "toy/used": replace(old, at=now - DAY_S + 1), "toy/blocked": replace(old, blocked_until=now - DAY_S + 1),
        "toy/struck": replace(old, struck_at_wall=now - DAY_S + 1),
    }
    after = changed(Ledger(now, now, 0.0, {}, states), {"toy": State(at=now), "toy/new": State(at=1.0)})
    assert after.states == {**{key: state for key, state in states.items() if key != "toy/old"}, "toy": State(at=now), "toy/new": State(at=1.0)}
