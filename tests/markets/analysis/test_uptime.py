"""Days of exchanges, burn rates, and whether a price that was shown was true: pure."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from markets.analysis import accuracy, slo, timings, uptime
from markets.analysis.accuracy import Shown
from markets.analysis.uptime import Day

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


class TestSpent:
    def test_every_state_has_its_seconds_and_starting_none(self):
        moves = [(at(10), "degraded"), (at(30), "down"), (at(60), "banned"), (at(70), "blocked"), (at(75), "disabled"), (at(80), "auto_disabled"),
                 (at(83), "starting"), (at(90), "healthy")]  # fmt: skip
        found = uptime.spent("healthy", moves, NOON, at(100))
        assert found == Day(live_s=20, degraded_s=20, down_s=45, off_s=8)

    def test_what_lies_outside_does_not_count(self):
        assert uptime.spent("down", [(at(-5), "healthy"), (at(0), "healthy"), (at(10), "healthy")], NOON, at(10)) == Day(down_s=10)
        assert uptime.spent("healthy", (), NOON, NOON) == Day()


class TestDay:
    def test_is_added_part_by_part(self):
        assert Day(1, 2, 3, 4) + Day(10, 20, 30, 40) == Day(11, 22, 33, 44)

    def test_shares_are_of_the_time_in_which_it_was_asked(self):
        day = Day(live_s=50, degraded_s=30, down_s=20, off_s=500)
        assert (day.asked_s, day.up_share, day.live_share) == (100, Decimal("0.8"), Decimal("0.5"))
        assert Day(off_s=5).up_share is None and Day(off_s=5).live_share is None and Day(off_s=5).bar is None

    @pytest.mark.parametrize(
        ("live", "degraded", "down", "bar"),
        [(999, 0, 1, "1"), (998.9, 1.1, 0, "0.5"), (0, 501, 499, "0.5"), (0, 500, 500, "0"), (0, 0, 9, "0"), (9, 0, 0, "1")],
    )
    def test_its_bar_is_well_between_or_down(self, live, degraded, down, bar):
        assert Day(live, degraded, down).bar == Decimal(bar)

    def test_uptime_is_rounded_down(self):
        assert uptime.uptime_pct([Day(live_s=86_399.9, down_s=0.1)]) == Decimal("99.999")

    def test_uptime_is_of_all_days_together(self):
        assert uptime.uptime_pct([Day(live_s=90, down_s=10), Day(degraded_s=100), Day(off_s=9)]) == 95
        assert uptime.uptime_pct([]) is None and uptime.uptime_pct([Day(off_s=9)]) is None


def test_a_stretch_is_cut_at_midnight():
    start, midnight = datetime(2026, 11, 28, 23, 59, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)
    assert uptime.pieces(start, midnight) == [(date(2026, 11, 28), start, midnight)]
    end = datetime(2026, 11, 30, 0, 1, tzinfo=UTC)
    third = datetime(2026, 11, 30, tzinfo=UTC)
    assert uptime.pieces(start, end) == [(date(2026, 11, 28), start, midnight), (date(2026, 11, 29), midnight, third), (date(2026, 11, 30), third, end)]
    assert uptime.pieces(end, end) == []


class TestServiceLevel:
    def test_the_rules_are_those_of_the_catalogue(self):
        hour, day = timedelta(hours=1), timedelta(days=1)
        assert [(r.rate, r.long, r.short, r.critical) for r in slo.RULES] == [
            (Decimal("14.4"), hour, timedelta(minutes=5), True), (6, 6 * hour, timedelta(minutes=30), True), (1, 3 * day, 6 * hour, False)
        ]  # fmt: skip
        assert (Decimal("0.999"), timedelta(days=30)) == (slo.TARGET, slo.WINDOW)

    def test_a_burn_rate_is_failures_by_what_is_allowed(self):
        assert slo.burn((1000, 1)) == 1 and slo.burn((1000, 0)) == 0 and slo.burn((100, 10)) == 100 and slo.burn((0, 0)) is None
        assert slo.burn((100, 10), Decimal("0.9")) == 1

    @pytest.mark.parametrize(
        ("long", "short", "alarming"),
        [
            ((1000, 15), (1000, 15), True), ((10_000, 144), (1000, 15), False), ((1000, 15), (10_000, 144), False), ((0, 0), (1000, 15), False),
            ((1000, 15), (0, 0), False),
        ],
    )
    def test_both_windows_must_exceed_the_rate(self, long, short, alarming):
        rule = slo.RULES[0]
        fast = slo.burning(lambda window: {rule.long: long, rule.short: short}.get(window, (1, 0)), rule.long / 2)[0]
        assert fast.rule is rule and fast.alarming is alarming
        assert not slo.Burning(rule, fast.long, fast.short, rule.long / 2 - timedelta(seconds=1)).alarming  # too little is known

    def test_what_is_left_of_the_room_never_falls_below_nothing(self):
        assert slo.left((1000, 0)) == 1 and slo.left((2000, 1)) == Decimal("0.5") and slo.left((1000, 9)) == 0 and slo.left((0, 0)) is None

    def test_another_target_counts_for_every_figure(self):
        target = Decimal("0.9")
        assert slo.left((100, 5), target) == Decimal("0.5")
        assert [(found.long, found.short) for found in slo.burning(lambda window: (100, 5), timedelta(0), target)] == [(Decimal("0.5"), Decimal("0.5"))] * 3


class TestAccuracy:
    THEN = Shown("one", Decimal(101), Decimal(100))

    @pytest.mark.parametrize(
        ("price", "middle", "verdict"),
        [("101", "100", False), ("202", "200", False), ("101.5", "100", False), ("101.51", "100", True), ("100.5", "100", False), ("100.49", "100", True)],
    )
    def test_a_price_is_contradicted_when_its_place_in_the_market_was_another(self, price, middle, verdict):
        assert accuracy.contradicted(self.THEN, Decimal(price), Decimal(middle), Decimal("0.005")) is verdict

    def test_without_a_next_look_nobody_knows(self):
        assert accuracy.contradicted(self.THEN, None, Decimal(1), Decimal(1)) is None
        assert accuracy.contradicted(self.THEN, Decimal(1), None, Decimal(1)) is None
        assert accuracy.contradicted(Shown("one", Decimal(1), Decimal(0)), Decimal(1), Decimal(1), Decimal(1)) is None


class TestTimings:
    def test_a_duration_falls_into_the_first_step_that_holds_it(self):
        assert [timings.within(ms) for ms in (0, 5, 5.01, 300, 300.1, 10_000, 10_001)] == [5, 5, 10, 300, 500, 10_000, timings.SLOWER_MS]

    def test_a_percentile_is_the_step_that_holds_the_share(self):
        assert timings.percentile({10: 95, 500: 5}, 0.95) == 10 and timings.percentile({10: 94, 500: 6}, 0.95) == 500
        assert timings.percentile({}, 0.95) is None and timings.percentile({5: 0}, 0.95) is None and timings.percentile({5: 0, 10: 1}, 0) == 10

    def test_buckets_add_up_and_leave_the_slowest_out(self):
        found = dict(timings.cumulative({5: 2, 100: 3, timings.SLOWER_MS: 9}))
        assert (found[0.005], found[0.05], found[0.1], found[10]) == (2, 2, 5, 5) and len(found) == len(timings.STEPS_MS)


class TestWhatNobodySaw:
    AT = tuple(datetime(2026, 7, 22, 12, minute, tzinfo=UTC) for minute in range(10))

    def test_silences_are_longer_than_the_limit(self):
        at = self.AT
        assert uptime.silences({at[9], at[0], at[3], at[4]}, timedelta(minutes=3)) == [(at[4], at[9])]
        assert uptime.silences({at[0], at[3]}, timedelta(minutes=2, seconds=59)) == [(at[0], at[3])]
        assert uptime.silences((), timedelta(0)) == []

    def test_what_overlaps_counts_once_and_what_lies_outside_not_at_all(self):
        at = self.AT
        assert uptime.overlap([(at[2], at[4]), (at[1], at[3]), (at[6], at[9])], at[2], at[7]) == 180
        assert uptime.overlap([(at[0], at[1]), (at[8], at[9])], at[2], at[7]) == 0

    def test_it_is_no_time_in_any_state(self):
        at = self.AT
        found = uptime.spent("healthy", [(at[4], "down")], at[0], at[8], [(at[2], at[5])])
        assert found == uptime.Day(live_s=120, down_s=180)
