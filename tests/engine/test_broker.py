"""The brokers as pacemakers: what is due is queued within a second, once, and a failing look stops nothing."""

import logging
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import Schedule
from django_q.signing import SignedPackage
from redis.exceptions import ConnectionError as RefusedConnection

from markets.schedules import LAST
from pebble import brokers
from pebble.brokers import TickingOrm, TickingRedis

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["orm", pytest.param("redis", marks=pytest.mark.system)])
def broker(request, monkeypatch, settings):
    monkeypatch.setattr(Conf, "POLL", 0)
    Schedule.objects.all().delete()
    if request.param == "redis":
        monkeypatch.setattr(Conf, "REDIS", request.getfixturevalue("valkey_url"))
        one, every = TickingRedis(), [TickingRedis(queue) for queue in (None, settings.PEOPLE_QUEUE, settings.OTHERS_QUEUE)]
        for queue in every:
            queue.delete_queue()
        yield one
        for queue in every:
            queue.delete_queue()
            queue.connection.close()
        one.connection.close()
    else:
        yield TickingOrm()


@pytest.fixture
def due():
    return Schedule.objects.create(
        name="poll x", func="markets.tasks.poll", args="'x', 'tickers'", kwargs="{'q_options': {'save': False}}",
        schedule_type=Schedule.CRON, cron="* * * * * 0-59/10", intended_date_kwarg="due",
    )


def make_due(schedule, ago):
    at = timezone.now() - ago
    Schedule.objects.filter(pk=schedule.pk).update(next_run=at)
    return at


def test_a_due_schedule_is_a_task_at_the_next_look_with_its_due_time(broker, due):
    at = make_due(due, timedelta(seconds=1))
    [(_, package)] = broker.dequeue()
    task = SignedPackage.loads(package)
    assert (task["func"], task["args"], task["kwargs"], task["save"]) == ("markets.tasks.poll", ("x", "tickers"), {"due": at.isoformat()}, False)
    due.refresh_from_db()
    assert timezone.now() < due.next_run <= timezone.now() + timedelta(seconds=10)


def test_an_hour_away_leaves_one_task_not_hundreds(broker, due):
    make_due(due, timedelta(hours=1))
    assert len(broker.dequeue()) == 1
    broker.tick()
    assert broker.queue_size() == 0


def test_workers_that_cannot_keep_up_find_no_poll_twice(broker, due, settings, monkeypatch):
    monkeypatch.setattr(brokers, "CROWDED", 2)
    for queue in (settings.PEOPLE_QUEUE, None):
        type(broker)(queue).enqueue(SignedPackage.dumps({"func": "waits"}))
    make_due(due, timedelta(seconds=1))
    broker.tick()
    assert broker.waiting() == (2, 0) and Schedule.objects.get(pk=due.pk).next_run < timezone.now()
    [(pk, _)] = broker.dequeue()
    broker.acknowledge(pk)
    broker.tick()
    assert broker.waiting() == (2, 0) and Schedule.objects.get(pk=due.pk).next_run > timezone.now()


def test_prices_do_not_wait_because_of_what_is_taken_after_them(broker, due, settings, monkeypatch):
    monkeypatch.setattr(brokers, "CROWDED", 2)
    for _ in range(2):
        type(broker)(settings.OTHERS_QUEUE).enqueue(SignedPackage.dumps({"func": "waits"}))
    last = Schedule.objects.create(name="last", func="x", kwargs=LAST, schedule_type=Schedule.CRON, cron="* * * * * */10")
    for schedule in (due, last):
        make_due(schedule, timedelta(seconds=1))
    broker.tick()
    assert broker.waiting() == (1, 2) and Schedule.objects.get(pk=last.pk).task is None
    assert timezone.now() < Schedule.objects.get(pk=last.pk).next_run <= timezone.now() + brokers.LATER
    for queue in (None, settings.OTHERS_QUEUE):
        [(pk, _)] = broker.dequeue()
        type(broker)(queue).acknowledge(pk)
    make_due(last, timedelta(seconds=1))
    broker.tick()
    assert Schedule.objects.get(pk=last.pk).task, "it comes as soon as there is room"


def test_it_looks_once_a_second(broker, due, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(brokers, "monotonic", lambda: clock[0])
    looks = []
    monkeypatch.setattr(type(broker), "tick", lambda self: looks.append(clock[0]))
    monkeypatch.setattr(type(broker).__mro__[2], "dequeue", lambda self: None)
    for now in (1000.0, 1000.25, 1000.75, 1001.0, 1001.5, 1003.0):
        clock[0] = now
        broker.dequeue()
    assert looks == [1000.0, 1001.0, 1003.0]


def test_an_idle_look_is_one_read(broker, due):
    with CaptureQueriesContext(connection) as queries:
        broker.tick()
    assert [q["sql"].split()[0] for q in queries] == ["SELECT"]


def test_a_failing_look_is_logged_and_the_queue_still_served(broker, monkeypatch, caplog):
    def broken(self):
        raise OperationalError("database is locked")

    monkeypatch.setattr(type(broker), "tick", broken)
    broker.enqueue(SignedPackage.dumps({"id": "1"}))
    with caplog.at_level(logging.ERROR, "pebble.brokers"):
        [(_, package)] = broker.dequeue()
    assert SignedPackage.loads(package) == {"id": "1"}
    assert "schedules" in caplog.text


def test_people_come_first_then_prices_then_everything_else(broker, settings):
    others, people = type(broker)(settings.OTHERS_QUEUE), type(broker)(settings.PEOPLE_QUEUE)
    for queue, names in ((others, ("contracts", "options")), (broker, ("prices", "more prices")), (people, ("somebody waits",))):
        for name in names:
            queue.enqueue(SignedPackage.dumps({"func": name}))
    taken = []
    for _ in range(5):
        [(pk, package)] = broker.dequeue()
        taken.append(SignedPackage.loads(package)["func"])
        broker.acknowledge(pk)
    assert taken == ["somebody waits", "prices", "more prices", "contracts", "options"]


def test_i3_a_queue_that_is_away_is_waited_for_and_nothing_is_raised(broker, monkeypatch, caplog):
    waited, away = [], [True]

    def refused(self):
        if away[0]:
            raise RefusedConnection("connection refused")

    monkeypatch.setattr(type(broker).__mro__[2], "dequeue", refused)
    monkeypatch.setattr(brokers, "sleep", waited.append)
    with caplog.at_level(logging.ERROR, "pebble.brokers"):
        assert [broker.dequeue() for _ in range(6)] == [None] * 6
    assert waited == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False, False, False, False]
    away[0] = False
    broker.dequeue()
    away[0] = True
    broker.dequeue()
    assert waited[6:] == [0.25]


def test_a_worker_that_ended_a_task_leaves_a_beat(tmp_path, monkeypatch):
    brokers.beat()
    monkeypatch.setenv(brokers.BEAT, str(tmp_path / "beat"))
    brokers.post_execute_in_worker.send(sender="django_q", func=None, task={})
    assert (tmp_path / "beat").exists()
