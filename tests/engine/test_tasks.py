"""The task: claims, asks once, stores under its token, gives back; too late, lost or locked means nothing is stored twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import Failure, Task

from exchanges.adapters import ADAPTERS
from exchanges.client import Outcome
from exchanges.models import Exchange, Feed, Run
from markets import store, tasks

SLUG = next(iter(ADAPTERS), "")

pytestmark = pytest.mark.django_db


class Client:
    """An exchange client whose answers the test decides; counts what it was asked."""

    def __init__(self):
        self.asked, self.outcome, self.meanwhile = [], "deadline", lambda: None

    def fetch(self, source, instruments=None):
        self.asked.append(source)
        self.meanwhile()
        now = timezone.now()
        return Outcome(outcome=self.outcome, requested_at=now, received_at=now, ms=12, detail="as told", requests=1)


@pytest.fixture
def client(monkeypatch):
    one = Client()
    monkeypatch.setattr(store, "client_for", lambda exchange, feed: one)
    return one


@pytest.fixture
def feed():
    return Feed.objects.get(exchange__slug=SLUG, source="tickers")


def poll(**options):
    return tasks.poll(SLUG, "tickers", **options)


def test_one_poll_leaves_one_run_and_a_free_feed(client, feed):
    assert poll() == "deadline"
    run = Run.objects.get()
    assert (run.outcome, run.detail, run.token, run.ms) == ("deadline", "as told", feed.token + 1, 12)
    feed.refresh_from_db()
    assert feed.lease_owner == "" and feed.finished_at and feed.outcome == "deadline"


def test_firing_twice_asks_once(client, feed):
    assert [poll(), poll()] == ["deadline", "lease_lost"]
    assert client.asked == ["tickers"]


def test_a_firing_older_than_two_periods_is_dropped(client, feed):
    late = timezone.now() - timedelta(seconds=2 * feed.period_s + 1)
    assert poll(due=late.isoformat()) == "lease_lost"
    assert client.asked == []
    just_in_time = timezone.now() - timedelta(seconds=2 * feed.period_s - 1)
    assert poll(due=just_in_time.isoformat()) == "deadline"


def test_who_lost_the_claim_meanwhile_stores_nothing(client, feed):
    client.meanwhile = lambda: Feed.objects.filter(pk=feed.pk).update(token=99, lease_owner="somebody")
    assert poll() == "lease_lost"
    assert not Run.objects.exists()
    assert Feed.objects.get(pk=feed.pk).lease_owner == "somebody"


def test_a_locked_database_costs_this_cycle_only(client, feed, monkeypatch, caplog):
    def locked(*_):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", locked)
        assert poll() == "lease_lost"
    assert "not stored" in caplog.text


def test_switched_off_is_not_asked(client, feed):
    Exchange.objects.filter(slug=SLUG).update(enabled=False)
    assert poll() == "disabled"
    assert client.asked == []


def test_a_start_asks_for_prices_first_and_leaves_the_rest_to_the_queue(client, monkeypatch):
    queued = []
    monkeypatch.setattr(tasks, "async_task", lambda name, exchange, sources, **_: queued.append((name, exchange, sources.split())))
    tasks.start(SLUG)
    assert client.asked == ["time", "instruments", "tickers"]
    whole = [name for name, source in ADAPTERS[SLUG].sources.items() if source.markets is None]
    assert sorted(source for _, _, sources in queued for source in sources) == sorted(set(whole) - {"time", "instruments", "tickers"})
    assert all((name, exchange) == ("markets.tasks.start", SLUG) for name, exchange, _ in queued)
    for _, _, sources in queued:
        assert len(sources) == 1 or sources[0].endswith("instruments"), "a catalogue comes before what needs it, in the same task"


def test_the_rest_of_a_start_is_asked_in_order(client):
    tasks.start(SLUG, "tickers instruments")
    assert client.asked == ["instruments", "tickers"]


@pytest.mark.parametrize(("catalogue", "spaced"), [("ok", False), ("partial", False), ("lease_lost", True), ("deadline", True)])
def test_after_a_new_catalogue_prices_are_asked_however_recent_they_are(monkeypatch, catalogue, spaced):
    calls = {}

    def noted(exchange, source, *, spaced):
        calls[source] = spaced
        return catalogue

    monkeypatch.setattr(tasks, "poll", noted)
    tasks.start(SLUG)
    assert (calls["instruments"], calls["tickers"]) == (True, spaced)


def test_housekeeping_drops_old_runs_and_old_failures(feed):
    def run(token, days):
        at = timezone.now() - timedelta(days=days)
        Run.objects.create(exchange=feed.exchange, source="tickers", token=token, started_at=at, finished_at=at, outcome="ok", ms=1)

    def failure(name, days):
        at = datetime.now(UTC) - timedelta(days=days)
        Task.objects.create(id=name, name=name, func="x", started=at, stopped=at, success=False)

    run(1, 3), run(2, 1)
    failure("old", 8), failure("new", 6)
    tasks.purge()
    assert [r.token for r in Run.objects.all()] == [2]
    assert [f.name for f in Failure.objects.all()] == ["new"]
