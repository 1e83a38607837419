"""The state of an exchange from how its last calls went."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from exchanges import health
from exchanges.errors import OUTCOMES
from exchanges.health import ASKED, Call, Signals

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
EVERY = timedelta(seconds=10)


def calls(outcomes, ms=100, now=NOW, every=EVERY):
    """One call every ten seconds, the last one now. An outcome may come with its own ms: ("ok", 3000)."""
    pairs = [one if isinstance(one, tuple) else (one, ms) for one in outcomes]
    return [Call(outcome, took, now - every * back) for back, (outcome, took) in zip(reversed(range(len(pairs))), pairs, strict=True)]


def judge(state, outcomes, *, since=None, every=EVERY, **more):
    return health.next_state(state, health.measure(calls(outcomes, every=every), NOW, state, since, **more))


# --- Signals --------------------------------------------------------------------------------------------------------
def test_only_the_last_twenty_calls_of_five_minutes_count():
    signals = health.measure(calls(["reset"] * 30 + ["ok"] * 20), NOW, "degraded", None)
    assert (signals.calls, signals.good, signals.goods, signals.failures) == (20, 20, 20, 0)
    assert health.measure(calls(["ok"] * 20, every=timedelta(minutes=1)), NOW, "healthy", None).calls == 6


def test_cycles_in_which_nothing_was_asked_do_not_count():
    idle = [outcome for outcome in OUTCOMES if outcome not in ASKED]
    assert set(idle) == {"breaker_open", "banned_wait", "budget_exhausted", "disabled", "not_offered", "lease_lost"}
    assert health.measure(calls(idle), NOW, "healthy", None) == Signals()
    assert health.measure(calls(["reset", "disabled", "reset", "lease_lost"]), NOW, "healthy", None).failures == 2


def test_shares_of_nothing_are_unknown():
    signals = health.measure([], NOW, "starting", None)
    assert (signals.p95_ms, signals.dropped_share, signals.stale_share) == (None, None, None)
    rows = [replace(call, rows=90, dropped=10) for call in calls(["ok"])]
    assert health.measure(rows, NOW, "healthy", None).dropped_share == pytest.approx(0.1)


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=40))
def test_p95_is_one_of_the_times_and_at_most_a_twentieth_is_slower(times):
    found = health.p95(calls([("ok", ms) for ms in times]))
    assert found in times
    assert sum(ms > found for ms in times) <= len(times) / 20
    assert sum(ms >= found for ms in times) > len(times) / 20


# --- States ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "outcomes", "after"),
    [
        ("starting", [], "starting"),
        ("starting", ["reset"], "starting"),
        ("starting", ["ok"], "healthy"),
        ("starting", ["reset"] * 3, "down"),
        ("healthy", ["ok"] * 17 + ["reset", "ok", "reset"], "healthy"),  # 90 %
        ("healthy", ["ok"] * 15 + ["reset", "ok", "reset", "ok", "schema"], "degraded"),
        ("healthy", ["ok"] * 20 + ["reset"] * 2, "healthy"),
        ("healthy", ["ok"] * 20 + ["reset"] * 3, "down"),
        ("healthy", ["ok"] * 20 + ["schema"] * 3, "down"),
        ("degraded", ["ok"] * 20, "healthy"),
        ("degraded", ["reset", "ok"] * 3 + ["ok"] * 10, "degraded"),
        ("down", ["reset"] * 9 + ["ok"], "down"),
        ("down", ["reset"] * 9 + ["ok", "ok"], "healthy"),
        ("banned", ["ok", "banned"], "banned"),
        ("banned", ["banned", "ok"], "banned"),
        ("banned", ["banned", "ok", "ok"], "healthy"),
        ("blocked", ["forbidden", "reset", "reset"], "down"),
    ],
)
def test_transitions_by_outcomes(state, outcomes, after):
    assert judge(state, outcomes)[0] == after


def test_half_of_a_busy_minute_lost_is_down():
    quick = timedelta(seconds=2)
    assert judge("healthy", ["reset", "ok", "reset"] * 4 + ["ok"], every=quick)[0] == "down"
    assert judge("healthy", ["reset", "ok"] * 6, every=quick)[0] == "degraded"


@pytest.mark.parametrize(("kind", "state"), [("banned", "banned"), ("blocked", "blocked"), ("throttled", "degraded")])
def test_told_to_be_silent(kind, state):
    found, detail = judge("healthy", ["ok"] * 5 + ["banned"], penalty=kind, blocked_s=600)
    assert found == state
    assert "12:10 UTC" in detail
    assert judge("healthy", ["ok"] * 20, penalty=kind, blocked_s=None)[0] == "healthy"


def test_whoever_asks_us_to_wait_answers_and_is_well_again_with_the_first_good_answer():
    """P1: ten of twenty calls were told to wait; nothing is held against it once the wait is over."""
    told = ["ok"] * 10 + ["rate_limited"] * 9
    assert judge("degraded", [*told, "ok"]) == ("healthy", "")
    assert judge("healthy", ["ok", "rate_limited"]) == ("degraded", "Asked to slow down.")
    assert judge("healthy", ["ok", "rate_limited", "ok"])[0] == "healthy"
    assert judge("healthy", ["ok"] * 5 + ["rate_limited", "rate_limited", "rate_limited"])[0] == "down"
    assert judge("healthy", ["reset"] * 2 + ["ok", "rate_limited"] * 8 + ["ok"], every=timedelta(seconds=2))[0] == "degraded"  # 9 of 11
    quick = health.measure(calls(["ok"] + ["rate_limited"] * 12 + ["ok"], every=timedelta(seconds=2)), NOW, "healthy", None)
    assert (quick.calls, quick.good, quick.minute_calls, quick.minute_good) == (2, 2, 2, 2)


@pytest.mark.parametrize(("outcome", "detail", "words"), [
    ("geoblocked", "HTTP 451: no text", "does not serve the country"), ("forbidden", "HTTP 403: an HTML page", "challenge page"),
    ("banned", "HTTP 403: no text", "A 403 without a word"), ("banned", "HTTP 403: access too frequent", "asked too often"),
    ("banned", "HTTP 418: no text", "asked too often"), ("rate_limited", "HTTP 429: no text", "asked too often"),
    ("rate_limited", "HTTP 403: no text", "asked too often"),
])  # fmt: skip
def test_p4_an_operator_is_told_which_rule_it_was_and_what_to_do(outcome, detail, words):
    said = health.hint(outcome, detail)
    assert words in said and len(said) <= 150
    state, shown = judge("healthy", ["ok"], penalty="blocked", blocked_s=600, hint=said)
    assert (state, shown) == ("blocked", f"Refused by the exchange until 12:10 UTC. {said}")


def test_d20_a_list_that_is_not_believed_degrades():
    assert judge("healthy", ["ok"] * 20, lost="the list lost 9 of 18 markets") == ("degraded", "The list lost 9 of 18 markets.")
    assert judge("degraded", ["ok"] * 20)[0] == "healthy"


def test_who_answers_without_prices_is_not_back():
    """Its time and its list of markets answer; its prices are asked for only now and then, for they failed."""
    lacking = {"unpriced": "server_error"}
    said = "It answers, but not with prices: server_error."
    assert judge("down", ["reset"] * 9 + ["ok", "ok"], **lacking) == ("down", said)
    assert judge("banned", ["banned", "ok", "ok"], **lacking) == ("banned", said)
    assert judge("healthy", ["ok"] * 20, **lacking) == ("degraded", said)
    assert judge("starting", ["ok"], **lacking) == ("degraded", said)


def test_thirty_times_slower_is_degraded_after_three_cycles():
    usual = ["ok"] * 20
    slow = ("ok", 3000)
    assert judge("healthy", [*usual, slow, slow])[0] == "healthy"
    state, detail = judge("healthy", [*usual, slow, slow, slow])
    assert state == "degraded"
    assert "3.0 s" in detail
    assert judge("healthy", ([slow] + ["ok"] * 4) * 4)[0] == "degraded"  # every fifth: p95 tells, though none follow each other
    assert judge("healthy", [("ok", 2000)] * 20)[0] == "healthy"


@pytest.mark.parametrize(("name", "fine", "too_much"), [("stale_share", 0.10, 0.11), ("dropped_share", 0.02, 0.03)])
def test_stale_prices_and_dropped_rows_degrade(name, fine, too_much):
    good = health.measure(calls(["ok"] * 20), NOW, "healthy", None)
    assert health.next_state("healthy", replace(good, **{name: fine}))[0] == "healthy"
    state, detail = health.next_state("healthy", replace(good, **{name: too_much}))
    assert state == "degraded"
    assert f"{too_much:.0%}" in detail


def test_a_recovery_is_not_held_against_it_again():
    """Right after two good cycles the window is still full of failures: they count no more."""
    history = ["reset"] * 9 + ["ok"] * 3
    assert judge("down", history[:-1])[0] == "healthy"
    assert judge("healthy", history, since=NOW - EVERY)[0] == "healthy"
    assert judge("healthy", history, since=NOW - timedelta(minutes=4))[0] == "degraded"


@given(st.sampled_from(["starting", "healthy", "degraded", "down", "banned", "blocked"]), st.lists(st.sampled_from(OUTCOMES), max_size=30))
def test_the_state_that_is_found_is_stable(state, outcomes):
    """Asked again with the same signals, the answer stays, and its sentence fits its column."""
    signals = health.measure(calls(outcomes), NOW, state, None)
    after, detail = health.next_state(state, signals)
    assert len(detail) <= 200
    assert bool(detail) == (after != "healthy") or (after == "starting" and not signals.calls)
    if state != "down":  # a recovered exchange is judged by its new history
        assert health.next_state(after, signals)[0] in (after, "healthy", "degraded", "down")


@pytest.mark.parametrize(
    ("state", "signals", "after", "words"),
    [
        ("down", Signals(goods=2), "healthy", ""),
        ("down", Signals(goods=1, last="ok"), "down", "Waiting for 2 good answers in a row: 1 so far, the last was ok."),
        ("blocked", Signals(), "blocked", "Waiting for 2 good answers in a row: 0 so far, the last was none."),
        ("down", Signals(penalty="throttled", until=NOW), "down", "Asked to slow down until 12:00 UTC."),
        ("healthy", Signals(penalty="throttled"), "degraded", "Asked to slow down."),
        ("healthy", Signals(penalty="banned", until=NOW), "banned", "Paused by the exchange until 12:00 UTC."),
        ("down", Signals(penalty="blocked"), "blocked", "Refused by the exchange."),
        ("healthy", Signals(failures=3, last="reset"), "down", "No good answer 3 times in a row: reset."),
        ("healthy", Signals(minute_calls=10, minute_good=4), "down", "4 of 10 calls answered in the last minute."),
        ("healthy", Signals(minute_calls=9, minute_good=0), "healthy", ""),
        ("healthy", Signals(minute_calls=10, minute_good=5), "healthy", ""),
        ("healthy", Signals(calls=10, good=8), "degraded", "8 of the last 10 calls answered."),
        ("healthy", Signals(calls=9, good=0), "healthy", ""),
        ("healthy", Signals(calls=20, good=18), "healthy", ""),
        ("healthy", Signals(slow=True, p95_ms=2100), "degraded", "Slow: one answer in twenty takes 2.1 s or longer."),
        ("healthy", Signals(slow=True), "degraded", "Slow: one answer in twenty takes 0.0 s or longer."),
        ("healthy", Signals(stale_share=0.25), "degraded", "25% of its prices are stale."),
        ("healthy", Signals(dropped_share=0.05), "degraded", "5% of its rows could not be read."),
        ("starting", Signals(last="schema"), "starting", "No good answer yet: schema."),
        ("starting", Signals(), "starting", ""),
        ("starting", Signals(goods=1), "healthy", ""),
    ],
)
def test_each_state_says_why(state, signals, after, words):
    assert health.next_state(state, signals) == (after, words)


class Machine(RuleBasedStateMachine):
    """Any history of calls and blocks, judged after each: only listed transitions."""

    ALLOWED = {
        "starting": {"starting", "healthy", "degraded", "down", "banned", "blocked"},
        "healthy": {"healthy", "degraded", "down", "banned", "blocked"},
        "degraded": {"healthy", "degraded", "down", "banned", "blocked"},
        "down": {"healthy", "down", "banned", "blocked"},
        "banned": {"healthy", "down", "banned", "blocked"},
        "blocked": {"healthy", "down", "banned", "blocked"},
    }

    def __init__(self):
        super().__init__()
        self.now, self.state, self.since, self.calls = NOW, "starting", NOW, []

    @rule(outcome=st.sampled_from(sorted(ASKED)), ms=st.integers(0, 9000), kind=st.sampled_from([None, None, None, "throttled", "banned", "blocked"]))
    def cycle(self, outcome, ms, kind):
        self.now += EVERY
        self.calls.append(Call(outcome, ms, self.now))
        signals = health.measure(self.calls, self.now, self.state, self.since, penalty=kind, blocked_s=60 if kind else None)
        after, detail = health.next_state(self.state, signals)
        assert after in self.ALLOWED[self.state]
        last = [call.outcome in ("ok", "partial") for call in self.calls]
        if after == "down" and self.state != "down":
            assert not any(last[-3:])  # at one call in ten seconds, only three in a row can do it
        if self.state in ("down", "banned", "blocked") and after == "healthy":
            assert all(last[-2:])
        if after in ("banned", "blocked") and after != self.state:
            assert kind == after
        assert detail or after == "healthy"
        if after != self.state:
            self.state, self.since = after, self.now


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=40)


# --- Of one cause, and back and forth -------------------------------------------------------------------------------
def failing(*exchanges, outcome="dns", fails=2, ago=0):
    return [health.Latest(name, outcome, fails, NOW - timedelta(seconds=ago)) for name in exchanges]


def test_three_that_fail_in_one_way_within_a_minute_have_one_cause():
    """T2."""
    assert health.of_one_cause(failing("c", "a", "b"), NOW) == ("names cannot be looked up", ("a", "b", "c"))
    assert health.of_one_cause(failing("a", "b"), NOW) == ("", ())
    assert health.of_one_cause(failing("a", "b") + failing("c", ago=60), NOW)[1] == ("a", "b", "c")
    assert health.of_one_cause(failing("a", "b") + failing("c", ago=61), NOW) == ("", ())


def test_it_takes_a_second_failure_of_one_of_them():
    assert health.of_one_cause(failing("a", "b", "c", fails=1), NOW) == ("", ())
    assert health.of_one_cause(failing("a", "b", fails=1) + failing("c"), NOW)[1] == ("a", "b", "c")
    assert health.of_one_cause(failing("a", "b") + failing("c", fails=0), NOW) == ("", ())


@pytest.mark.parametrize(
    ("outcome", "way"),
    [(o, "connections fail") for o in ("refused", "reset", "truncated", "connect_timeout", "first_byte_timeout", "deadline")]
    + [("tls", "certificates are refused"), ("server_error", ""), ("schema", ""), ("rate_limited", "")],
)
def test_what_an_exchange_answers_is_never_our_network(outcome, way):
    assert health.of_one_cause(failing("a", "b", "c", outcome=outcome), NOW)[0] == way


def test_several_ways_of_failing_are_no_one_cause():
    mixed = failing("a", "b") + failing("c", "d", outcome="reset")
    assert health.of_one_cause(mixed, NOW) == ("", ())
    assert health.of_one_cause([*mixed, *failing("e", outcome="deadline")], NOW) == ("connections fail", ("c", "d", "e"))


def test_it_goes_on_while_three_of_them_still_fail_however_long_ago():
    assert health.still_of_one_cause(failing("a", "b", "c", ago=360, fails=1))
    assert not health.still_of_one_cause(failing("a", "b"))
    assert not health.still_of_one_cause(failing("a", "b") + failing("c", fails=0))
    assert not health.still_of_one_cause(failing("a", "b") + failing("c", outcome="server_error"))


def test_four_changes_in_half_an_hour_are_flapping():
    minutes = [NOW - timedelta(minutes=m) for m in (0, 10, 20, 29)]
    assert health.flapping(minutes, NOW)
    assert not health.flapping(minutes[:3], NOW)
    assert not health.flapping([*minutes[:3], NOW - timedelta(minutes=30)], NOW)


def test_a_quarter_of_an_hour_without_a_change_is_stable():
    assert health.stable(NOW - timedelta(minutes=15), NOW)
    assert not health.stable(NOW - timedelta(minutes=15) + timedelta(seconds=1), NOW)
    assert health.stable(None, NOW)
