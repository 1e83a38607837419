"""Pebble's own switch: when it goes off, for how long, how its trial ends, and what it never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from exchanges import automatic
from exchanges.automatic import Look, Switch
from exchanges.health import Call

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ON, OFF = Switch(), Switch("off", NOW, NOW + 30 * MINUTE, 1, "it was poor")
TRIAL = Switch("trial", NOW, None, 1, "it was poor")
POOR = Look(calls=30, good=20)


def step(switch, seen=None, now=NOW, others=4, **more):
    return automatic.step(switch, seen or Look(), now, others=others, **more)


# --- What counts ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Look(), ""),
        (Look(calls=30, good=21), ""),  # 70 % is enough
        (Look(calls=30, good=20), "only 66 % of 30 calls"),
        (Look(calls=29, good=0), ""),  # too few to say anything
        (Look(calls=100, good=70), ""),
        (Look(calls=100, good=69), "only 69 % of 100 calls"),
        (Look(calls=30, good=30, rows=1000, outliers=200), ""),  # 20 % may stand away
        (Look(calls=30, good=30, rows=1000, outliers=201), "20 % of its prices in 30 minutes stood away"),
        (Look(calls=29, good=29, rows=1000, outliers=900), ""),
        (Look(calls=1000, good=699), "only 69 % of 1000 calls"),
        (Look(calls=30, good=30, rows=1000, outliers=999), "99 % of its prices"),
        (Look(bans=1), ""),
        (Look(bans=2), "it paused us 2 times in 24 hours"),
    ],
)
def test_what_is_too_poor_to_stay_on(seen, words):
    why = automatic.poor(seen)
    assert why.startswith(words) and bool(why) == bool(words)


def call(outcome="ok", ago=MINUTE, rows=0):
    return Call(outcome, 100, NOW - ago, rows)


def test_half_an_hour_of_calls_and_a_day_of_bans_are_looked_at():
    just = 30 * MINUTE - timedelta(seconds=1)
    calls = [(call(), 0), (call("reset"), 0), (call("disabled"), 9), (call("ok", 30 * MINUTE, 100), 50), (call("ok", just, 10), 3)]
    bans = [NOW - 24 * HOUR, NOW - 24 * HOUR + MINUTE, NOW, NOW + MINUTE]
    assert automatic.look(calls, bans, ON, NOW) == Look(calls=3, good=2, rows=10, outliers=3, bans=2)
    assert automatic.look([(call(ago=-MINUTE), 0)], [], ON, NOW) == Look()  # still to come: the clock was put back
    assert automatic.look([(call(ago=timedelta(0)), 0)], [], ON, NOW).calls == 1


def test_what_was_before_the_last_switch_counts_no_more():
    calls = [(call("reset", 5 * MINUTE), 0), (call("ok", MINUTE), 0)]
    assert automatic.look(calls, [NOW - 5 * MINUTE, NOW - MINUTE], replace(ON, since=NOW - 2 * MINUTE), NOW) == Look(calls=1, good=1, bans=1)
    assert automatic.look([*calls, (call("ok", 40 * MINUTE), 0)], [], replace(ON, since=NOW - HOUR), NOW).calls == 2


def test_a_trial_counts_all_of_its_own_calls_however_long_it_takes():
    calls = [(call("ok", 50 * MINUTE), 0), (call("ok", 70 * MINUTE), 0)]
    assert automatic.look(calls, [], replace(TRIAL, since=NOW - HOUR), NOW).calls == 1


# --- Of no exchange's doing -----------------------------------------------------------------------------------------
SECOND = timedelta(seconds=1)
START = NOW - 30 * MINUTE


def failing(first, last):
    """One call a minute: good ones but for those from `first` to `last` (minutes ago)."""
    return [Call("reset" if last <= ago <= first else "ok", 100, NOW - ago * MINUTE) for ago in range(29, -1, -1)]


def together(**calls):
    return automatic.together(calls, START, NOW)


def test_what_three_began_to_fail_at_within_a_minute_is_nobodys():
    assert together(a=failing(20, 11), b=failing(20, 6), c=failing(19, 16)) == [(NOW - 20 * MINUTE, NOW - 15 * MINUTE)]
    assert together(a=failing(20, 11), b=failing(20, 6)) == []
    assert together(a=failing(20, 11), b=failing(20, 6), c=failing(18, 6)) == []  # two minutes later is another trouble
    assert together(a=failing(20, 11), b=failing(20, 6), c=[]) == []
    assert together() == []
    later = [replace(each, at=each.at + SECOND) for each in failing(19, 16)]
    assert together(a=failing(20, 11), b=failing(20, 6), c=later) == []
    waiting = [replace(each, outcome="banned_wait") for each in failing(29, 0)]
    assert together(a=failing(20, 11), b=failing(20, 6), c=waiting) == []  # who is not asked does not fail


def test_it_lasts_until_fewer_than_three_still_fail_or_until_now():
    four = {"a": failing(20, 11), "b": failing(20, 6), "c": failing(20, 16), "d": failing(20, 0)}
    assert together(**four) == [(NOW - 20 * MINUTE, NOW - 10 * MINUTE)]
    assert together(a=failing(5, 0), b=failing(5, 0), c=failing(4, 0)) == [(NOW - 5 * MINUTE, NOW)]


def test_what_failed_from_the_first_began_at_an_unknown_time_and_counts_as_one():
    """Probes of what is down are minutes apart: a long outage of ours stays ours to its end."""
    sparse = {name: [call("reset", (29 - n * 2) * MINUTE), call("ok", MINUTE)] for n, name in enumerate("abc")}
    assert together(**sparse) == [(START, NOW - MINUTE)]


def test_an_exchange_that_fails_twice_in_a_minute_is_still_one():
    twice = [call(kind, (60 - n * 5) * SECOND) for n, kind in enumerate(["ok", "reset", "ok", "reset", "reset", "ok"])]
    assert together(a=twice, b=twice[:2]) == []
    assert together(a=twice, b=[call("ok", 59 * SECOND), call("reset", 40 * SECOND)], c=twice) == [(NOW - 55 * SECOND, NOW - 35 * SECOND)]


def test_failures_of_our_own_are_not_counted_and_good_answers_are():
    calls = [(call("reset", ago * MINUTE), 0) for ago in (2, 4, 5, 9, 10)] + [(call("ok", 6 * MINUTE), 0), (call("ok", MINUTE), 0)]
    assert automatic.look(calls, [], ON, NOW).good == 2 and automatic.look(calls, [], ON, NOW).calls == 7
    assert automatic.look(calls, [], ON, NOW, [(NOW - 9 * MINUTE, NOW - 4 * MINUTE)]) == Look(calls=4, good=2)
    assert automatic.look(calls, [], replace(TRIAL, since=NOW - HOUR), NOW, [(NOW - HOUR, NOW)]) == Look(calls=2, good=2)


def test_the_measurements_are_there_for_the_audit():
    assert Look(3, 2, 10, 1, 0).facts() == {"calls": 3, "good": 2, "rows": 10, "outliers": 1, "bans": 0}


# --- Off and on again -----------------------------------------------------------------------------------------------
def test_it_goes_off_for_half_an_hour_at_first():
    off = step(ON, POOR)
    assert off == Switch("off", NOW, NOW + 30 * MINUTE, 1, "only 66 % of 30 calls in 30 minutes were answered")


@pytest.mark.parametrize(("times", "minutes"), [(0, 30), (1, 30), (2, 60), (3, 120), (4, 240), (5, 360), (6, 360), (500, 360)])
def test_each_time_in_a_row_it_is_off_for_twice_as_long_up_to_six_hours(times, minutes):
    assert automatic.off_for(times) == minutes * MINUTE


def test_how_often_it_was_off_is_remembered_and_has_an_end():
    assert step(replace(ON, times=2, since=NOW - HOUR), POOR).until == NOW + 120 * MINUTE
    assert step(replace(ON, times=1000, since=NOW - HOUR), POOR).times == 1000
    a_day = replace(ON, times=2, since=NOW - 24 * HOUR)
    assert step(a_day) == replace(a_day, times=0)
    assert step(replace(a_day, since=NOW - 24 * HOUR + MINUTE)).times == 2
    assert step(ON) is ON
    never = replace(ON, since=NOW - 48 * HOUR)
    assert step(never) is never
    unknown = replace(ON, times=2)
    assert step(unknown) is unknown


def test_when_its_time_is_over_a_trial_begins():
    assert step(OFF, now=NOW + 30 * MINUTE - timedelta(seconds=1)) is OFF
    assert step(OFF, now=NOW + 30 * MINUTE) == Switch("trial", NOW + 30 * MINUTE, None, 1, "it was poor")


def test_a_clock_that_was_put_back_does_not_keep_it_off():
    longest = replace(OFF, until=NOW + 6 * HOUR)
    assert step(longest) is longest
    assert step(replace(OFF, until=NOW + 6 * HOUR + MINUTE)).phase == "trial"
    assert step(replace(OFF, until=None)).phase == "trial"


@pytest.mark.parametrize(
    ("calls", "good", "phase"),
    [(0, 0, "trial"), (4, 4, "trial"), (4, 3, "trial"), (5, 4, ""), (5, 5, ""), (6, 5, ""), (2, 0, "off"), (1, 0, "trial"), (5, 3, "off")],
)
def test_a_trial_of_five_calls_forgives_one(calls, good, phase):
    after = step(TRIAL, Look(calls=calls, good=good))
    assert after.phase == phase
    assert after.times == (2 if phase == "off" else 1)
    if phase == "off":
        assert after.until == NOW + HOUR and after.reason == f"{calls - good} of {calls} calls of its trial failed"
    if phase == "":
        assert after == Switch("", NOW, None, 1, f"{good} of {calls} calls of its trial were answered.")


def test_prices_out_of_line_fail_a_trial():
    assert step(TRIAL, Look(5, 5, 100, 20)).phase == ""
    after = step(TRIAL, Look(5, 5, 100, 21))
    assert (after.phase, after.times, after.reason) == ("off", 2, "21 % of its prices in 30 minutes stood away from the other exchanges'")


# --- What stands above it -------------------------------------------------------------------------------------------
def test_two_others_have_to_be_on():
    assert step(ON, POOR, others=2).phase == "off"
    assert step(ON, POOR, others=1) is ON


@pytest.mark.parametrize("switch", [OFF, TRIAL])
def test_it_comes_back_when_too_few_others_are_left(switch):
    assert step(switch, others=1) == Switch("", NOW, None, 1, "Too few others are on.")
    assert step(switch, others=2) is switch


def test_our_own_trouble_is_not_held_against_an_exchange():
    assert step(ON, POOR, suspended=True) is ON
    assert step(OFF, now=NOW + HOUR, suspended=True).phase == "trial"


def test_what_an_operator_holds_stays():
    assert step(ON, POOR, pin="on") is ON
    assert step(OFF, pin="on") == Switch("", NOW, None, 0, "Held on by an operator.")
    assert step(TRIAL, pin="on").phase == ""
    assert step(OFF, now=NOW + HOUR, pin="off") is OFF
    assert step(ON, POOR, pin="off") is ON


class Policy(RuleBasedStateMachine):
    """Five exchanges that do well or badly, operators that hold and switch, hours that pass: faults section 9, "Breaker/state machine"."""

    @initialize()
    def start(self):
        self.now, self.switches = NOW, {n: Switch() for n in range(5)}
        self.pins, self.enabled = dict.fromkeys(range(5), ""), dict.fromkeys(range(5), True)

    def on(self, without=None):
        return [n for n in range(5) if n != without and self.enabled[n] and self.pins[n] != "off" and not self.switches[n].phase]

    @rule(minutes=st.integers(0, 90))
    def wait(self, minutes):
        self.now += minutes * MINUTE

    @rule(n=st.integers(0, 4), calls=st.integers(0, 200), seen=st.tuples(st.integers(0, 100), st.integers(0, 3), st.integers(0, 40)), suspended=st.booleans())
    def look(self, n, calls, seen, suspended):
        share, bans, odd = seen
        if not self.enabled[n]:
            return
        before, on = self.switches[n], len(self.on())
        seen = Look(calls, calls * share // 100, 1000, odd * 10, bans)
        after = automatic.step(before, seen, self.now, others=len(self.on(n)), pin=self.pins[n], suspended=suspended)
        allowed = {"": {"", "off"}, "off": {"off", "trial", ""}, "trial": {"trial", "", "off"}}
        assert after.phase in allowed[before.phase]
        if after.phase == "off" and before.phase == "":
            assert not suspended and not self.pins[n] and (bans >= 2 or calls >= 30) and automatic.poor(seen)
        assert after.times >= 0 and (after.phase != "off" or timedelta(0) < after.until - after.since <= 6 * HOUR)
        self.switches[n] = after
        if on >= 2 and before.phase == "":
            assert len(self.on()) >= 2  # this policy itself never leaves fewer than two

    @rule(n=st.integers(0, 4), pin=st.sampled_from(["", "on", "off"]))
    def hold(self, n, pin):
        self.pins[n] = pin

    @rule(n=st.integers(0, 4))
    def flip(self, n):
        self.enabled[n] = not self.enabled[n]

    @invariant()
    def what_is_off_knows_until_when(self):
        assert all((s.phase == "off") == (s.until is not None) for s in self.switches.values())


TestPolicy = Policy.TestCase
TestPolicy.settings = settings(max_examples=60, stateful_step_count=40)
