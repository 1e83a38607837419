"""`/metrics`: for whom, in which format, and that its numbers are those of the pages; counting that never waits (I13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from exchanges.models import Exchange, Feed
from markets import counting, pausing, read
from markets.models import Tally
from tests.api.conftest import stored  # noqa: F401  # the same small installation

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-sixteen-or-more"


@pytest.fixture(autouse=True)
def no_counts():
    counting.forget()
    yield
    counting.forget()


@pytest.fixture
def scrape(client, settings):
    """{(sample name, its labels): value} as Prometheus would read it."""
    settings.METRICS_TOKEN = TOKEN

    def read_all():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
        families = list(text_string_to_metric_families(answer.content.decode()))
        assert len({family.name for family in families}) == len(families) > 20
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}

    return read_all


@pytest.mark.parametrize(
    ("mode", "token", "address", "headers", "status"),
    [
        ("off", "", "127.0.0.1", {}, 404),
        ("loopback", "", "127.0.0.1", {}, 200),
        ("loopback", "", "::1", {}, 200),
        ("loopback", "", "192.0.2.7", {}, 404),
        ("loopback", "", "", {}, 404),
        ("loopback", "", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("loopback", "", "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("loopback", "", "127.0.0.1", {"X-Forwarded-Proto": "https"}, 404),
        ("loopback", "", "127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
        ("loopback", "", "127.0.0.1", {"Via": "1.1 proxy"}, 404),
        ("off", TOKEN, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ("loopback", TOKEN, "127.0.0.1", {}, 404),
        ("off", TOKEN, "192.0.2.7", {"Authorization": "Bearer wrong"}, 404),
        ("off", TOKEN, "192.0.2.7", {"Authorization": "Bearer ä"}, 404),
        ("off", "", "192.0.2.7", {"Authorization": "Bearer "}, 404),
    ],
)
def test_numbers_are_for_a_token_or_this_machine_only(client, settings, mode, token, address, headers, status):  # noqa: PLR0917
    settings.METRICS, settings.METRICS_TOKEN = mode, token
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


def test_polls_and_answers_are_counted_by_their_labels(stored, scrape):  # noqa: F811
    slug = Exchange.objects.first().slug
    counting.add("polls", (slug, "tickers", "ok"), 40)
    counting.add("polls", (slug, "tickers", "ok"), 90)
    counting.add("polls", (slug, "tickers", "deadline"), 6000)
    counting.add("polls", (slug, "tickers", "lease_lost"))
    counting.add("requests", (slug,), amount=7)
    counting.add("web", ("overview", "200"), 12)
    assert counting.flush()
    counting.add("polls", (slug, "tickers", "ok"), 70_000)
    assert counting.flush()
    found = scrape()
    one = (("exchange", slug), ("source", "tickers"))
    assert found["pebble_polls_total", tuple(sorted((*one, ("outcome", "ok"))))] == 3
    assert found["pebble_polls_total", tuple(sorted((*one, ("outcome", "lease_lost"))))] == 1
    assert found["pebble_poll_seconds_count", one] == 4 and found["pebble_poll_seconds_sum", one] == pytest.approx(76.13)  # what asked nothing took nothing
    assert found["pebble_poll_seconds_bucket", tuple(sorted((*one, ("le", "0.05"))))] == 1
    assert found["pebble_poll_seconds_bucket", tuple(sorted((*one, ("le", "10.0"))))] == 3
    assert found["pebble_poll_seconds_bucket", tuple(sorted((*one, ("le", "+Inf"))))] == 4
    assert found["pebble_exchange_requests_total", (("exchange", slug),)] == 7
    assert found["pebble_web_requests_total", (("status", "200"), ("view", "overview"))] == 1


def test_states_limits_and_ages_are_those_of_the_status_page(stored, scrape, settings, tmp_path):  # noqa: F811
    settings.LIMITS_FILE = tmp_path / "limits.sqlite3"  # what another test has just asked is not counted
    Feed.objects.filter(exchange__slug=(slug := Exchange.objects.first().slug), source="tickers").update(
        fails=3, opened=1, probe_at=datetime.now(UTC) + timedelta(seconds=60), ok_at=datetime.now(UTC) - timedelta(seconds=50)
    )
    pausing.pause(datetime.now(UTC), "a drill")
    read.forget()
    found, page = scrape(), {e.slug: e for e in read.exchanges(datetime.now(UTC))}
    assert found["pebble_exchange_state", (("exchange", slug), ("state", page[slug].state))] == 1
    assert found["pebble_breaker_open", (("exchange", slug),)] == 1
    assert found["pebble_feed_age_seconds", (("exchange", slug), ("source", "tickers"))] == pytest.approx(50, abs=5)
    assert {value for (name, labels), value in found.items() if name == "pebble_budget_used_ratio"} == {0}
    assert found["pebble_collection_paused", ()] == 1 and ("pebble_queue_oldest_seconds", ()) not in found  # unknown is absent
    pausing.forget()


@pytest.mark.both
def test_two_processes_add_up_and_sums_outlive_their_hours(stored):  # noqa: F811
    for _ in range(2):
        counting.add("web", ("overview", "200"), 12)
        counting.flush()
    now = datetime.now(UTC)
    assert counting.totals("web") == counting.since("web", now - timedelta(hours=1)) == {("overview", "200"): {25: (2, 24)}}
    hour = now.replace(minute=0, second=0, microsecond=0)
    assert counting.purge(hour + counting.KEPT) == 0 and counting.purge(hour + counting.KEPT + timedelta(seconds=1)) == 1
    assert counting.since("web", now - timedelta(hours=1)) == {} and counting.totals("web") == {("overview", "200"): {25: (2, 24)}}
    counting.add("polls", ("one", "tickers", "ok"), 1)
    counting.flush()
    assert Tally.objects.filter(name="polls").count() == 1  # of polls no hours are kept: their runs are


def test_what_finds_no_room_is_dropped_and_told(monkeypatch):
    """I13: a database that is away costs counts, not memory."""
    monkeypatch.setattr(counting, "MOST", 3)
    for n in range(5):
        counting.add("polls", ("one", f"s{n}", "ok"))
    counting.add("polls", ("one", "s0", "ok"))
    found = {(name, labels): times for (name, labels, *_), (times, _) in counting._waiting.items()}
    assert found == {("polls", "one s0 ok"): 2, ("polls", "one s1 ok"): 1, ("polls", "one s2 ok"): 1, (counting.DROPPED, "counts"): 2}


def test_a_database_that_is_away_loses_no_count(stored, monkeypatch, caplog):  # noqa: F811
    """I13: what cannot be written waits for the next time, added to what came meanwhile."""
    def away(*_, **__):
        raise OperationalError("database is locked")

    counting.add("web", ("overview", "200"), 12)
    with monkeypatch.context() as patch:
        patch.setattr(counting.bulk, "upsert", away)
        patch.setattr(counting, "_said_at", float("-inf"))
        for _ in range(3):
            assert not counting.flush()
        assert [r.getMessage() for r in caplog.records] == ["what was counted is written later: database is locked (1 times since this was last said)"]
        patch.setattr(counting, "_said_at", float("-inf"))
        assert not counting.flush()
        assert caplog.records[-1].getMessage().endswith("(3 times since this was last said)")
    counting.add("web", ("overview", "200"), 12)
    assert counting.flush() and counting.totals("web") == {("overview", "200"): {25: (2, 24)}}
    counting.add("web", ("overview", "200"), 12)
    counting.flush_when_due()  # just written: not yet again
    assert counting.totals("web") == {("overview", "200"): {25: (2, 24)}}
