"""The limiter as pure transitions: no window ever holds more than the limit, and a block is silence."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges import limits
from exchanges.limits import Charge, Rate, State

RATES = st.builds(Rate, st.integers(1, 3000), st.sampled_from([1.0, 5.0, 30.0, 60.0]))


def heavy(units, window, share):
    """A rate whose dearest request takes up to half of the limit."""
    return Rate(units, window, max(1, int(units * share)))


# --- The rate -------------------------------------------------------------------------------------------------------
@given(st.integers(1, 100_000), st.sampled_from([1.0, 5.0, 10.0, 60.0]), st.floats(0, 0.5))
def test_burst_and_refill_stay_below_the_limit(units, window, share):
    rate = heavy(units, window, share)
    most = rate.capacity + rate.refill * window
    assert most <= 0.9 * units + 1e-9 if units >= 5 else most < units + 1
    assert rate.refill > 0


@given(st.integers(1, 1500))
def test_half_the_budget_is_half_the_pace(half):
    assert Rate(2 * half, 60).refill == pytest.approx(2 * Rate(half, 60).refill)


@pytest.mark.parametrize(("units", "capacity", "refill"), [(1, 1, 0.7), (4, 1, 2.8), (5, 1, 3.5), (100, 20, 70), (6000, 1200, 4200)])
def test_capacity_and_refill_a_minute(units, capacity, refill):
    rate = Rate(units, 60)
    assert (rate.capacity, rate.refill * 60) == (capacity, pytest.approx(refill))


@pytest.mark.parametrize(("units", "window", "biggest"), [(0, 60, 1), (-1, 60, 1), (math.nan, 60, 1), (10, 0, 1), (10, 60, 9), (10, 60, 10), (100, 60, 95)])
def test_a_limit_that_cannot_be_kept_is_refused(units, window, biggest):
    with pytest.raises(ValueError, match="does not fit"):
        Rate(units, window, biggest)


# --- Taking ---------------------------------------------------------------------------------------------------------
@settings(max_examples=200)
@given(RATES, st.lists(st.tuples(st.floats(-2, 3), st.booleans(), st.integers(1, 5)), min_size=1, max_size=150), st.floats(0, 0.4))
def test_no_sliding_window_exceeds_the_limit(rate, steps, share):
    """Whatever the interleaving: callers come in bursts, read the clock late (it steps back), take more than one unit."""
    rate = heavy(rate.units, rate.window_s, share)
    state, clock, taken = State(), 1000.0, []
    for step, interactive, weight in steps:
        clock = clock + step * rate.window_s / 10 if step > 0 else clock
        seen = clock + min(step, 0) * 0.01  # another process read the clock a little earlier
        state, granted, wait_s = limits.take(state, seen, rate, min(weight, rate.biggest), "people" if interactive else "prices")
        assert granted == (wait_s == 0)
        if granted:
            taken.append((clock, min(weight, rate.biggest)))
    for start, _ in taken:
        assert sum(weight for at, weight in taken if start <= at <= start + rate.window_s) <= rate.units


@given(RATES, st.floats(0, 1e6))
def test_hammering_uses_most_of_the_pace_and_never_more(rate, start):
    """Asking again whenever told to: the long-term pace is the refill."""
    state, now, granted = State(), start, 0
    while granted < 40:
        state, ok, wait_s = limits.take(state, now, rate)
        granted += ok
        now += wait_s * 1.0001
    burst = rate.capacity - rate.leaves("prices")
    assert granted <= burst + rate.refill * (now - start) + 1
    assert granted >= math.floor(burst) + (rate.refill * (now - start)) * 0.99 - 1 or granted <= burst


@given(RATES, st.booleans(), st.integers(1, 3))
def test_the_wait_is_exact(rate, interactive, weight):
    rate = replace(rate, units=rate.units + 20, biggest=3)
    state, granted = State(), True
    while granted:
        state, granted, wait_s = limits.take(state, 100.0, rate, weight, "people" if interactive else "prices")
    assert not limits.take(state, 100.0 + wait_s * 0.99 - 1e-6, rate, weight, "people" if interactive else "prices")[1]
    assert limits.take(state, 100.0 + wait_s + 1e-6, rate, weight, "people" if interactive else "prices")[1]


def test_the_last_fifth_is_for_people():
    rate, state, counts = Rate(100, 60), State(), {}
    for interactive in (False, True):
        counts[interactive] = 0
        while True:
            state, granted, _ = limits.take(state, 0.0, rate, 1, "people" if interactive else "prices")
            if not granted:
                break
            counts[interactive] += 1
    assert counts == {False: 16, True: 4}


@pytest.mark.parametrize("units", [1, 3, 5, 6])
def test_a_bucket_too_small_for_a_reserve_serves_background_calls(units):
    rate, state, now, granted = Rate(units, 60), State(), 0.0, 0
    while now < 600:
        state, ok, wait_s = limits.take(state, now, rate)
        granted += ok
        now += wait_s
    assert granted >= 0.65 * units * 10


def test_a_lower_limit_counts_from_the_next_call():
    state, _, _ = limits.take(State(), 0.0, Rate(1000, 60))
    taken = 0
    while (result := limits.take(state, 0.0, Rate(10, 60), 1, "people"))[1]:
        state, taken = result[0], taken + 1
    assert taken == 2


def test_a_clock_that_jumps_back_grants_nothing_and_takes_nothing():
    rate, state = Rate(10, 60), State()
    for _ in range(2):
        state, granted, _ = limits.take(state, 500.0, rate, 1, "people")
        assert granted
    for earlier in (499.0, 0.0, -1e9):
        state, granted, wait_s = limits.take(state, earlier, rate, 1, "people")
        assert not granted
        assert wait_s == pytest.approx(1 / rate.refill)
    assert limits.take(state, 500.0 + wait_s + 0.001, rate, 1, "people")[1]


def test_all_or_none():
    wide, narrow = Rate(1000, 60), Rate(1, 60)
    states, grant = limits.take_all({}, 0.0, [Charge("a", wide), Charge("b", narrow)], "prices")
    assert grant.granted
    assert set(states) == {"a", "b"}
    changed, grant = limits.take_all(states, 0.0, [Charge("a", wide), Charge("b", narrow)], "prices")
    assert (changed, grant.granted, grant.blocked) == ({}, False, False)
    assert "b" in grant.detail
    assert grant.wait_s == pytest.approx(1 / narrow.refill)


def test_the_same_bucket_twice_is_charged_twice():
    states, grant = limits.take_all({}, 0.0, [Charge("a", Rate(100, 60), 3), Charge("a", Rate(100, 60), 4)], "prices")
    assert grant.granted
    assert states["a"].tokens == pytest.approx(13)


# --- Shares and who waits first -------------------------------------------------------------------------------------
@given(st.integers(1, 100_000), st.sampled_from([1.0, 5.0, 60.0]), st.floats(0, 0.4), st.floats(0.01, 1))
def test_a_share_is_that_much_of_the_pace_and_no_more_of_the_limit(units, window, biggest, share):
    rate = heavy(units, window, biggest)
    ours = replace(rate, share=share)
    assert ours.ours == units * share
    assert ours.refill == pytest.approx(share * rate.refill)
    assert ours.capacity == pytest.approx(max(0.2 * units * share, rate.biggest, 1))
    assert ours.capacity + ours.refill * window <= rate.capacity + rate.refill * window + 1e-9


@given(st.integers(200, 100_000), st.sampled_from([1.0, 5.0, 60.0]), st.floats(0, 0.05))
def test_slowed_it_keeps_the_limit_even_beside_a_bucket_that_was_just_used_up(units, window, biggest):
    rate = heavy(units, window, biggest)
    assert (rate.slowed.refill, rate.slowed.units) == (pytest.approx(rate.refill / 4), units)
    assert rate.capacity + rate.refill * window + rate.slowed.capacity <= 0.95 * units + 1e-9


@pytest.mark.parametrize("share", [0, -0.1, 1.01, math.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="does not fit"):
        Rate(100, 60, share=share)


@pytest.mark.parametrize(
    ("reserved", "people", "prices", "others", "spare"),
    [(0.2, 0, 0.2, 0.36, 0.5), (0.0, 0, 0, 0.2, 0.375), (0.8, 0, 0.8, 0.84, 0.875)],
)
def test_each_leaves_something_to_those_before_it(reserved, people, prices, others, spare):
    rate = Rate(1000, 60, reserved=reserved)
    left = [rate.leaves(priority) for priority in ("people", "prices", "others", "spare")]
    assert left == pytest.approx([200 * part for part in (people, prices, others, spare)])


@pytest.mark.parametrize(("biggest", "prices", "spare"), [(190, 10, 10), (150, 40, 50), (250, 0, 0)])
def test_the_dearest_request_always_has_room(biggest, prices, spare):
    rate = Rate(1000, 60, biggest)
    assert (rate.leaves("prices"), rate.leaves("spare")) == (prices, spare)


def test_p15_a_busy_bucket_sheds_lists_and_history_first_then_the_rest_then_prices():
    """In a window that is used without a pause, half a bucket is 80 % of the limit."""
    rate, state, counts = Rate(100, 60), State(), {}
    for priority in ("spare", "others", "prices", "people"):
        counts[priority] = 0
        while (result := limits.take(state, 0.0, rate, 1, priority))[1]:
            state, counts[priority] = result[0], counts[priority] + 1
    assert counts == {"spare": 10, "others": 2, "prices": 4, "people": 4}


def test_what_a_price_would_have_got_was_shed():
    charge, key = Charge("a", Rate(100, 60)), "a"
    states = {key: State(tokens=8.0)}
    _, refused = limits.take_all(states, 0.0, [charge], "spare")
    assert (refused.granted, refused.shed, refused.blocked) == (False, True, False)
    assert refused.detail == f"a: {limits.SHED}"
    assert refused.wait_s == pytest.approx((1 + 10 - 8) / charge.rate.refill)
    _, empty = limits.take_all({key: State(tokens=0.5)}, 0.0, [charge], "spare")
    assert (empty.shed, empty.detail) == (False, "a is used up")
    _, blocked = limits.take_all({key: replace(limits.block(State(), 0.0, 0.0, 9), penalty="banned")}, 0.0, [charge], "spare")
    assert blocked == limits.Grant(False, 9, True, "banned")
    assert limits.take_all(states, 0.0, [charge], "prices")[1] == limits.Grant(True)


def test_what_is_only_looked_at_takes_and_needs_nothing():
    state, granted, wait_s = limits.take(State(tokens=0.0, spent=3), 0.0, Rate(100, 60), 0, "spare")
    assert (granted, wait_s, state.tokens, state.spent) == (True, 0.0, 0.0, 3)
    assert not limits.take(limits.block(State(), 0.0, 0.0, 9), 0.0, Rate(100, 60), 0, "people")[1]


# --- What the exchange says -----------------------------------------------------------------------------------------
SAID = st.one_of(st.none(), st.floats(-1e12, 1e12))
LIMIT = Rate(1000, 60)


def taken(state, now, priority, weight=1):
    return limits.take(state, now, LIMIT, weight, priority)


@given(RATES, st.floats(0, 5000), st.tuples(SAID, SAID, SAID), st.sampled_from(["people", "prices", "others", "spare"]))
def test_p15_the_stricter_of_own_count_and_header_counts(rate, spent, said, priority):
    state = State(tokens=rate.capacity - spent, at=10.0)
    heard = limits.observe(state, 10.0, rate, used=said[0], left=said[1], resets_in_s=said[2])
    assert heard.tokens == state.tokens
    before, after = limits.take(state, 10.0, rate, 1, priority), limits.take(heard, 10.0, rate, 1, priority)
    assert after[1] <= before[1]
    assert after[2] >= before[2]


@given(RATES, st.integers(0, 3000), st.floats(0.01, 1))
def test_what_is_left_lasts_until_the_reset(rate, left, part):
    reset = part * rate.window_s
    state = limits.observe(State(), 0.0, rate, left=left, resets_in_s=reset)
    count, now = 0, 0.0
    while now < reset:
        state, granted, wait_s = limits.take(state, now, rate, 1, "people")
        count += granted
        now += max(wait_s, 0 if granted else 1e-6)
    assert count <= left + 1e-6
    assert count >= min(left, math.floor(rate.capacity)), "and no less: prices are not starved"


@pytest.mark.parametrize(("left", "served"), [(250, "people prices others spare"), (200, "people prices others"), (101, "people prices others"),
                                              (100, "people prices"), (1, "people prices"), (0, "")])  # fmt: skip
def test_p15_at_80_percent_of_what_the_exchange_counts_lists_and_history_wait_and_prices_last(left, served):
    state = limits.observe(State(), 0.0, LIMIT, left=left, resets_in_s=30)
    found = [priority for priority in ("people", "prices", "others", "spare") if taken(state, 0.0, priority)[1]]
    assert found == served.split()
    assert all(taken(state, 12.0, priority)[2] == 18 for priority in {"people", "prices", "others", "spare"} - set(found))
    assert taken(state, 30.0, "spare")[1]


def test_the_longer_wait_counts():
    state = replace(limits.observe(State(), 0.0, LIMIT, left=0, resets_in_s=1), tokens=-100.0)
    assert taken(state, 0.0, "people")[2] == pytest.approx(101 / LIMIT.refill)


def test_our_own_use_as_the_exchange_counts_it_costs_us_nothing():
    """A window that starts with our first call: what it says is left is always enough for our own pace."""
    state, alone, used, now = State(), State(), 0, 0.0
    while now < 60:
        state, granted, wait_s = taken(state, now, "people")
        alone, _, same = taken(alone, now, "people")
        used += granted
        assert wait_s == same
        state = limits.observe(state, now, LIMIT, used=used, resets_in_s=60 - now)
        now += wait_s


def test_used_and_left_are_one_thing_and_the_stricter_counts():
    for said in ({"used": 900}, {"left": 100}, {"used": 900, "left": 5000}, {"used": 0, "left": 100}):
        assert limits.observe(State(), 5.0, LIMIT, **said, resets_in_s=7).heard_left == 100
    assert limits.observe(State(), 5.0, LIMIT, left=-3).heard_left == 0


@pytest.mark.parametrize(("told", "until"), [(7.0, 12.0), (60.0, 65.0), (61.0, 65.0), (1e9, 65.0), (0.0, 65.0), (-4.0, 65.0), (None, 65.0)])
def test_it_counts_until_the_reset_or_for_a_window(told, until):
    assert limits.observe(State(), 5.0, LIMIT, left=3, resets_in_s=told).heard_until == until


def test_within_a_window_what_is_left_is_never_raised():
    state = limits.observe(State(), 0.0, LIMIT, left=300, resets_in_s=30)
    state = taken(state, 0.0, "people", 50)[0]
    assert limits.observe(state, 1.0, LIMIT, left=280, resets_in_s=29).heard_left == 250, "replies overtake each other"
    assert limits.observe(state, 1.0, LIMIT, left=1000, resets_in_s=29).heard_left == 250
    assert limits.observe(state, 1.0, LIMIT, left=100, resets_in_s=29).heard_left == 100
    assert limits.observe(state, 29.9, LIMIT, left=999, resets_in_s=30).heard_left == 250
    assert limits.observe(state, 30.0, LIMIT, left=999, resets_in_s=30).heard_left == 999


@pytest.mark.parametrize(("left", "heard"), [(349, 250), (350, 250), (351, 351)])
def test_without_a_reset_much_more_than_we_counted_is_a_window_that_began_anew(left, heard):
    state = limits.observe(State(), 0.0, LIMIT, left=250)
    assert limits.observe(state, 1.0, LIMIT, left=left).heard_left == heard
    assert limits.observe(state, 1.0, LIMIT, left=left, resets_in_s=59).heard_left == 250


def test_headers_that_say_nothing_change_nothing():
    assert limits.observe(State(), 5.0, Rate(10, 60), resets_in_s=3) == State()


# --- Blocks and penalties -------------------------------------------------------------------------------------------
@given(st.floats(0, 400_000), st.lists(st.floats(0, 1), min_size=1, max_size=20), st.booleans())
def test_after_a_block_zero_grants_until_its_end(seconds, parts, interactive):
    state = limits.block(State(), 50.0, 0.0, seconds)
    length = min(seconds, limits.LONGEST_S)
    for part in parts:
        now = 50.0 + part * length
        _, granted, wait_s = limits.take(state, now, Rate(1000, 60), 1, "people" if interactive else "spare")
        assert granted == (now >= 50.0 + length)
        assert wait_s == pytest.approx(max(50.0 + length - now, 0), abs=1e-6)


def test_a_shorter_block_does_not_end_a_longer_one():
    state = limits.block(State(), 0.0, 1000.0, 300)
    assert limits.block(state, 10.0, 1010.0, 60) == state
    assert limits.block(state, 10.0, 5000.0, 290) == state, "nor does one as long, whatever the wall clock says by now"
    assert limits.block(state, 10.0, 1010.0, 600).blocked_until_wall == 1610


@pytest.mark.parametrize(
    ("penalty", "asked", "repeats", "seconds"),
    [
        ("throttled", 10, 0, 10.3),
        ("throttled", 10, 5, 10.3),
        ("throttled", 0.35, 0, 0.3605),
        ("throttled", 3600, 0, 3708),
        *(("throttled", absent, 0, 60) for absent in (None, 0, -5, math.nan, math.inf)),
        ("throttled", 3600.5, 0, 3600),
        ("throttled", 1e9, 0, 3600),
        ("throttled", None, 1, 120),
        ("throttled", 0, 3, 480),
        ("throttled", None, 50, 3600),
        ("banned", None, 0, 120),
        ("banned", 30, 0, 120),
        ("banned", 600, 0, 618),
        ("banned", None, 2, 480),
        ("banned", 600, 1, 1236),
        ("banned", 1e9, 0, 259_200),
        ("banned", None, 99, 259_200),
        ("blocked", None, 0, 900),
        ("blocked", None, 2, 3600),
        ("blocked", None, 30, 21_600),
    ],
)
def test_penalties(penalty, asked, repeats, seconds):
    assert limits.penalty_s(penalty, asked, repeats) == pytest.approx(seconds)


def test_a_no_doubles_on_repeats_within_a_day_and_answers_under_way_count_once():
    state = limits.strike(State(), 0.0, 0.0, "throttled", None)
    assert limits.blocked_s(state, 0.0) == 60
    state = limits.strike(state, 1.0, 1.0, "throttled", None)  # was already under way
    assert limits.blocked_s(state, 1.0) == 60
    state = limits.strike(state, 100.0, 100.0, "throttled", None)
    assert limits.blocked_s(state, 100.0) == 120
    state = limits.strike(state, 300.0, 300.0, "banned", None)
    assert limits.blocked_s(state, 300.0) == 120  # its first ban
    late = 300.0 + limits.DAY_S
    assert limits.blocked_s(limits.strike(state, late, late, "throttled", None), late) == 60
    assert limits.blocked_s(limits.strike(State(), 0.0, 0.0, "banned", 600), 0.0) == 618  # as long as it asked for


@pytest.mark.parametrize(("penalty", "first_s"), [("throttled", 60), ("banned", 120), ("blocked", 900)])
def test_each_no_is_remembered_for_a_day_by_the_wall_clock(penalty, first_s):
    wall = 1_790_000_000.0
    anew = limits.strike(State(throttled=3, banned=3, blocked=3, struck_at_wall=wall), 0.0, wall + limits.DAY_S, penalty, None)
    assert (limits.blocked_s(anew, 0.0), anew.throttled + anew.banned + anew.blocked) == (first_s, 1)
    again = limits.strike(limits.strike(State(), 0.0, wall, penalty, None), 5000.0, wall + limits.DAY_S - 1, penalty, None)
    assert limits.blocked_s(again, 5000.0) == 2 * first_s


def test_the_name_of_the_longer_silence_stays():
    state = limits.strike(State(), 0.0, 0.0, "banned", 600)
    assert limits.strike(state, 1.0, 1.0, "throttled", None).penalty == "banned"
    assert limits.strike(state, 1.0, 1.0, "blocked", None).penalty == "blocked"


# --- Reboots and meters ---------------------------------------------------------------------------------------------
def test_after_a_reboot_nothing_was_refilled_and_a_block_keeps_its_end():
    rate = Rate(100, 60)
    state = replace(limits.block(State(tokens=3.0, at=90_000.0), 90_000.0, 1_000_000.0, 3600), window_at=89_990.0, spent=5, spent_before=7)
    after = limits.rebooted(state, 12.0, 1_000_600.0)
    assert limits.blocked_s(after, 12.0) == 3000
    free = limits.rebooted(state, 12.0, 1_009_999.0)
    assert not limits.blocked_s(free, 12.0)
    assert limits.take(free, 18.0, rate, 0)[0].tokens == pytest.approx(3 + 6 * rate.refill)
    full = limits.take(free, 12.0, rate, 1, "people")[0]
    assert full.tokens == pytest.approx(2)
    assert (limits.used(full, 12.0, rate), limits.used(full, 12.0 + 2 * 60, rate)) == (1, 0)
    assert limits.rebooted(limits.observe(state, 90_000.0, rate, left=0), 12.0, 1_000_600.0).heard_until == -math.inf


def test_a_wall_clock_gone_wrong_over_a_reboot_blocks_for_three_days_at_most():
    state = limits.block(State(), 0.0, 4e9, 60)
    assert limits.blocked_s(limits.rebooted(state, 5.0, 0.0), 5.0) == limits.LONGEST_S


def test_the_meter_shows_about_the_last_window():
    rate, state = Rate(1000, 60), State()
    for second in range(120):
        state, granted, _ = limits.take(state, float(second), rate)
        assert granted
    assert limits.used(state, 119.0, rate) == pytest.approx(60, abs=2)
    assert limits.used(state, 150.0, rate) == pytest.approx(30, abs=2)
    assert limits.used(state, 300.0, rate) == 0
