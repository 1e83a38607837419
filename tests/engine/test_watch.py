"""What the supervisor's watch decides: when workers are restarted, how patient it is, what it tells of first prices."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from redis.exceptions import RedisError

from exchanges.models import Exchange, Feed, Incident
from pebble import watch
from pebble.watch import Watch

pytestmark = pytest.mark.django_db


class Workers:
    """Stands for the program: running since `started`, remembers why it was restarted."""

    def __init__(self):
        self.running, self.started, self.why, self.idle_s = True, 0.0, [], []

    def restart(self, why):
        self.why.append(why)

    def replace(self, why, idle_s):
        self.why.append(why)
        self.idle_s.append(round(idle_s))


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(watch.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def told():
    return []


@pytest.fixture
def one(told, clock):
    return Watch(told.append, {"workers": Workers(), "web": Workers()})


def ended(seconds_ago):
    Feed.objects.update(finished_at=timezone.now() - timedelta(seconds=seconds_ago), period_s=10)


def test_workers_that_end_polls_are_left_alone(one):
    ended(29)
    one.workers()
    assert one.programs["workers"].why == []


def test_silence_means_a_restart_with_the_reason(one):
    ended(31)
    one.workers()
    [why] = one.programs["workers"].why
    assert why == "watchdog: the last poll ended 31 s ago, 30 s are allowed"
    assert one.programs["workers"].idle_s == [31]
    assert Incident.objects.get().detail.startswith("They ended nothing any more and were replaced (the last poll ended 31 s ago")


def test_new_workers_get_their_time_and_more_of_it_after_each_vain_restart(one, clock):
    ended(600)
    workers, restarts = one.programs["workers"], []
    for second in range(1000, 1240):
        clock[0] = second
        one.workers()
        if len(workers.why) > len(restarts):
            restarts.append(second)
            workers.started = second
    assert restarts == [1000, 1061, 1182]
    ended(0)
    one.workers()
    assert one.vain == 0


def test_vain_restarts_say_what_helps_a_slow_machine(one, clock, told):
    ended(600)
    for second in range(1000, 1100):
        clock[0] = second
        before = len(one.programs["workers"].why)
        one.workers()
        if len(one.programs["workers"].why) > before:
            one.programs["workers"].started = second
    assert [line for line in told if "PEBBLE_WORKERS=2" in line] and len(one.programs["workers"].why) == 2


def test_i3_while_the_queue_is_away_nobody_is_replaced_and_then_they_have_their_time_again(one, clock, monkeypatch):
    """New workers could not work either, and those that wait out a restart would be missing when it returns."""
    away = [True]

    class Broker:
        def queue_size(self):
            if away[0]:
                raise RedisError("gone")

    monkeypatch.setattr(watch, "get_broker", Broker)
    workers = one.programs["workers"]
    for second in range(1000, 1300):
        clock[0], away[0] = second, second < 1200
        ended(600)
        one.workers()
        if workers.why:
            break
    assert second == 1230 and one.vain == 1 and len(workers.why) == 1, "thirty seconds after it was last seen to be away"


def test_first_prices_are_counted_until_all_are_there(one, told):
    feeds = Feed.objects.filter(source="tickers")
    one.first_prices()
    one.first_prices()
    feeds.filter(pk=feeds.first().pk).update(ok_at=timezone.now(), rows=9)
    one.first_prices()
    feeds.update(ok_at=timezone.now(), rows=9)
    one.first_prices()
    total = feeds.count()
    assert told[:-2] == [f"first prices: {n} of {total} exchanges" for n in (0, 1, total)]
    assert told[-2].startswith("Nobody is told when something fails: ")
    assert told[-1].startswith("ready: open http://") and not one.waiting


@pytest.mark.parametrize(("outcome", "after_s", "says"), [("dns", 5, "dns"), ("ok", -5, "not asked yet"), ("", -5, "not asked yet")])
def test_after_a_minute_it_names_who_is_missing_and_why(one, told, clock, outcome, after_s, says):  # noqa: PLR0917 - three fixtures, three values
    feeds = Feed.objects.filter(source="tickers")
    late = Exchange.objects.first()
    feeds.exclude(exchange=late).update(ok_at=timezone.now(), rows=9)
    feeds.filter(exchange=late).update(outcome=outcome, finished_at=one.began_at + timedelta(seconds=after_s))
    clock[0] += watch.FIRST_PRICES_S + 1
    one.first_prices()
    assert f"no prices yet from {late.name}: {says}" in told[-1] and not one.waiting


def test_prices_of_an_earlier_start_do_not_count(one, told):
    Feed.objects.filter(source="tickers").update(ok_at=timezone.now() - timedelta(hours=1), rows=9)
    one.first_prices()
    assert told[-1].startswith("first prices: 0 of")


def test_a_changed_file_restarts_web_and_workers(told, tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "markets").mkdir()
    file = tmp_path / "markets" / "some.py"
    file.write_text("one")
    one = Watch(told.append, {"workers": Workers(), "web": Workers()}, reload=True)
    one.reload()
    assert one.programs["web"].why == []
    (tmp_path / "markets" / "other.html").write_text("two")
    one.reload()
    one.reload()
    assert one.programs["web"].why == one.programs["workers"].why == ["files changed"]


def test_i5_a_cluster_that_ends_nothing_while_others_work_is_replaced(told, clock, tmp_path):
    beat = tmp_path / "beat"
    one = Watch(told.append, {"workers": Workers()}, beat=beat, alone=False)
    workers = one.programs["workers"]
    workers.started = 1000.0
    beat.touch()
    for second in range(1000, 1121):
        clock[0] = second
        ended(1)
        one.workers()
    assert workers.why == []
    clock[0] = 1121
    one.workers()
    assert (workers.why, workers.idle_s) == (["watchdog: others work, these ended nothing for 121 s"], [121])
    workers.started, workers.why = 1121, []
    os.utime(beat, (1, 1))  # a task has ended; by a clock that jumped, too
    for second in range(1122, 1240):
        clock[0] = second
        ended(1)
        one.workers()
    assert workers.why == []


def test_who_runs_one_part_waits_for_no_first_prices(told, clock):
    one = Watch(told.append, {"web": Workers()}, alone=False)
    one()
    assert told == [] and one.programs["web"].why == []
