"""The breaker: three failed cycles open it, single probes follow, two good cycles close it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from exchanges import breaker
from exchanges.breaker import CHANGED, FAILED, GOOD, Breaker
from exchanges.errors import OUTCOMES

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NEITHER = set(OUTCOMES) - FAILED - GOOD - CHANGED


def run(outcomes, before=Breaker(), now=NOW, jitter=0.0):  # noqa: B008 - frozen
    for outcome in outcomes:
        before = breaker.after(before, outcome, now, jitter)
    return before


def test_every_outcome_is_known_and_in_one_group_only():
    assert set(OUTCOMES) >= FAILED | GOOD | CHANGED
    assert not FAILED & CHANGED
    assert not GOOD & (FAILED | CHANGED)
    assert {
        "rate_limited", "banned", "geoblocked", "forbidden", "breaker_open", "banned_wait", "budget_exhausted", "disabled", "not_offered", "lease_lost",
    } == NEITHER  # fmt: skip


def test_three_failed_cycles_in_a_row_open_it():
    assert run(["reset", "dns"]) == Breaker(fails=2)
    assert run(["reset", "dns", "ok", "reset", "dns"]) == Breaker(fails=2)
    assert run(["reset", "dns", "deadline"]) == Breaker(3, 1, NOW + timedelta(seconds=30))


@pytest.mark.parametrize("outcome", sorted(NEITHER))
def test_cycles_in_which_nothing_was_heard_change_nothing(outcome):
    for state in (Breaker(), Breaker(2), run(["tls"] * 3), run(["tls"] * 3 + ["ok"])):
        assert breaker.after(state, outcome, NOW) == state


@pytest.mark.parametrize("outcome", sorted(CHANGED))
def test_an_unreadable_answer_never_opens_it_and_shows_that_somebody_is_there(outcome):
    assert run([outcome] * 10) == Breaker()
    assert run(["reset"] * 3 + [outcome, outcome]) == Breaker()


def test_probes_come_after_30_seconds_doubling_to_five_minutes():
    state, waits = run(["refused"] * 3), []
    for _ in range(6):
        waits.append((state.probe_at - NOW).total_seconds())
        state = breaker.after(state, "refused", NOW)
    assert waits == [30, 60, 120, 240, 300, 300]
    assert run(["refused"] * 100_000).opened <= 32_000  # fits its column


@pytest.mark.parametrize(("jitter", "wait"), [(-1, 24), (1, 36), (0.5, 33), (-7, 24), (7, 36)])
def test_jitter_is_a_fifth(jitter, wait):
    assert run(["refused"] * 3, jitter=jitter).probe_at == NOW + timedelta(seconds=wait)


def test_it_closes_after_two_good_cycles_not_one():
    opened = run(["refused"] * 4)
    half = breaker.after(opened, "ok", NOW)
    assert (opened.phase, half.phase) == ("open", "half open")
    assert breaker.wait_s(half, NOW) == 0
    assert breaker.after(half, "partial", NOW) == Breaker()
    again = breaker.after(half, "reset", NOW)
    assert (again.phase, again.probe_at) == ("open", NOW + timedelta(seconds=120))  # it goes on doubling


def test_nothing_leaves_before_the_probe_is_due():
    opened = run(["refused"] * 3)
    assert breaker.wait_s(opened, NOW) == 30
    assert breaker.wait_s(opened, NOW + timedelta(seconds=29.9)) == pytest.approx(0.1)
    assert breaker.wait_s(opened, NOW + timedelta(seconds=30)) == 0
    assert breaker.wait_s(Breaker(fails=2), NOW) == 0


@given(st.floats(-1e7, 1e7), st.floats(-1, 1))
def test_a_jump_of_the_clock_never_holds_it_open(jump, jitter):
    opened = run(["refused"] * 9, jitter=jitter)
    assert 0 <= breaker.wait_s(opened, NOW + timedelta(seconds=jump)) <= 360


class Machine(RuleBasedStateMachine):
    """Any outcomes at any times: only listed transitions, nothing negative."""

    def __init__(self):
        super().__init__()
        self.state, self.now, self.bad, self.good = Breaker(), NOW, 0, 0

    @rule(outcome=st.sampled_from(OUTCOMES), jitter=st.floats(-1, 1))
    @precondition(lambda self: breaker.wait_s(self.state, self.now) == 0)
    def cycle(self, outcome, jitter):
        before, self.state = self.state, breaker.after(self.state, outcome, self.now, jitter)
        if outcome in FAILED:
            self.bad, self.good = self.bad + 1, 0
        elif outcome in GOOD | CHANGED:
            self.bad, self.good = 0, self.good + 1
        allowed = {"closed": {"closed", "open"}, "open": {"open", "half open"}, "half open": {"half open", "open", "closed"}}
        assert self.state.phase in allowed[before.phase]

    @rule(seconds=st.floats(0, 1000))
    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)

    @invariant()
    def opens_only_after_three_and_closes_only_after_two(self):
        assert self.state.fails >= 0
        assert self.state.opened >= 0
        if self.bad >= 3:
            assert self.state.phase == "open"
        if self.good >= 2:
            assert self.state == Breaker()
        if self.state.phase == "open":
            assert self.bad >= 1
        assert (self.state.opened == 0) == (self.state.phase == "closed")
        assert breaker.wait_s(self.state, self.now) <= 360


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=40)


def test_the_longest_wait_is_a_probes_and_any_longer_one_none():
    assert breaker.wait_s(Breaker(3, 5, NOW + timedelta(seconds=360)), NOW) == 360
    for seconds in (360.001, 400, 3600):
        assert breaker.wait_s(Breaker(3, 5, NOW + timedelta(seconds=seconds)), NOW) == 0
    assert breaker.wait_s(Breaker(3, 5, NOW - timedelta(seconds=5)), NOW) == 0
