"""What Pebble finds out about itself every minute: days of states, minutes that answered, prices that were true."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db.models import F

from exchanges.models import Exchange, Feed, Incident, Run, Transition
from markets import away, counting, days, pausing, probing, read, schedules, tasks
from markets.analysis.uptime import Day
from markets.models import Away, Decision, ExchangeAsset, ExchangeDay, Probe
from markets.reads import success, uptime
from tests.api.conftest import fresh_memory, market, stored  # noqa: F401  # a small market, fresh right now

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]


@pytest.fixture(autouse=True)
def anew(db):
    for forget in (counting.forget, pausing.forget, cache.clear):
        forget()
    yield
    for forget in (counting.forget, pausing.forget, cache.clear):
        forget()


def polled(*times):
    """Polls of an exchange that ended then."""
    feed = Feed.objects.get(exchange=one(), source="tickers")
    for at in times:
        Run.objects.create(exchange=one(), source="tickers", token=at.timestamp(), started_at=at, finished_at=at, outcome="ok", ms=1)
    Feed.objects.update(finished_at=None)
    Feed.objects.filter(pk=feed.pk).update(finished_at=times[-1])


def half_past_twelve():
    """Of tomorrow: what the market's own polls have written, states above all, is long past then, whatever time it is now."""
    return datetime.now(UTC).replace(hour=12, minute=30) + timedelta(days=1)


def one():
    return Exchange.objects.get(slug="kucoin")


class TestDays:
    def test_seconds_follow_the_history_of_states_across_midnight(self):
        midnight = datetime(2026, 11, 29, tzinfo=UTC)
        Exchange.objects.update(state="healthy")
        days.record(midnight - timedelta(minutes=2))
        Transition.objects.create(exchange=one(), at=midnight - timedelta(minutes=1), before="healthy", after="down")
        Transition.objects.create(exchange=one(), at=midnight + timedelta(seconds=30), before="down", after="healthy")
        for _ in range(2):  # twice in the same instant counts once
            days.record(midnight + timedelta(minutes=1))
        found = {row.day.day: (row.live_s, row.down_s) for row in ExchangeDay.objects.filter(exchange=one())}
        assert found == {28: (60, 60), 29: (30, 30)}

    def test_nobody_knows_what_was_while_pebble_was_off_and_a_pause_is_off(self):
        now = half_past_twelve()
        Exchange.objects.update(state="healthy")
        days.record(now - timedelta(minutes=16))
        polled(now - timedelta(minutes=15), now - timedelta(minutes=2))  # and was off between them
        days.record(now)
        assert ExchangeDay.objects.get(exchange=one()).live_s == 180
        assert [(row.since, row.until) for row in Away.objects.all()] == [(now - timedelta(minutes=15), now - timedelta(minutes=2))]
        assert uptime.histories(now)["kucoin"].days[-1][1] == Day(live_s=180)
        pausing.pause(now, "a drill")
        days.record(now + timedelta(minutes=15))
        row = ExchangeDay.objects.get(exchange=one())
        assert (row.live_s, row.off_s) == (180, 900)

    def test_workers_that_end_no_poll_see_nothing_and_until_when_is_followed(self):
        now = half_past_twelve()
        Exchange.objects.update(state="down")
        days.record(now - timedelta(minutes=10))
        polled(now - timedelta(minutes=9))
        for ago in (9, 8, 7, 6, 5, 4):
            days.record(now - timedelta(minutes=ago))
        assert ExchangeDay.objects.get(exchange=one()).down_s == 240  # three minutes may be a slow machine
        assert away.within(now - timedelta(minutes=10), now, now) == timedelta(minutes=9)  # it goes on, since the last poll
        assert [row.until for row in Away.objects.all()] == [now - timedelta(minutes=4)]

    def test_today_is_exact_and_the_rest_of_ninety_days_is_unknown(self):
        now = half_past_twelve()
        Exchange.objects.update(state="healthy")
        ExchangeDay.objects.create(exchange=one(), day=now.date(), live_s=100, down_s=60, upto=now - timedelta(seconds=40))
        polled(now)
        read.forget()
        history = uptime.histories(now)["kucoin"]
        assert len(history.days) == 90 and history.days[-1] == (now.date(), Day(live_s=140, down_s=60)) and history.days[0][1] == Day()
        assert history.uptime_pct == 70


class TestProbe:
    def test_a_minute_is_judged_once_and_the_first_one_is_not(self):
        now = datetime.now(UTC).replace(second=5)
        now = max(now, datetime.now(UTC))
        assert probing.probe(now) and probing.probe(now)
        assert list(Probe.objects.values_list("good", "answers", "bad", "detail")) == [(True, 0, 0, "")]
        fresh_memory()
        assert probing.probe(now + timedelta(minutes=1)) is False  # nothing was collected since: no exchange is fresh
        last = Probe.objects.order_by("-minute").first()
        assert not last.good and last.answers > last.bad > 0 and last.detail == "no exchange is fresh"  # what is halted is not late

    @pytest.mark.parametrize(("minutes", "critical"), [(29, None), (31, True)])
    def test_missing_failures_call_somebody_once_and_their_end_is_told(self, minutes, critical):
        now = datetime.now(UTC)
        Probe.objects.bulk_create(Probe(minute=now - timedelta(minutes=n), good=False, answers=10, bad=1) for n in range(1, minutes + 1))
        probing.alarm(now)
        told = list(Incident.objects.filter(closed_at=None, kind="slo").values_list("key", "critical"))
        assert told == ([] if critical is None else [("slo", critical)])
        Probe.objects.update(bad=0)
        probing.alarm(now)
        assert not Incident.objects.filter(closed_at=None).exists()

    def test_what_is_wrong_with_an_answer_is_named(self):
        found, everybody = read.compare("BTC", "USDT", datetime.now(UTC)), {"binance", "kucoin", "bybit"}
        assert probing.wrong(found, everybody, 2.0) == "" and "took 2.1 s" in probing.wrong(found, everybody, 2.1)
        assert "gone missing" in probing.wrong(found, {*everybody, "gone"}, 0)
        later = read.compare("BTC", "USDT", datetime.now(UTC) + timedelta(seconds=50))
        assert "no price is fresh" in probing.wrong(later, everybody, 0)

    def test_a_price_is_held_against_the_next_one_of_its_exchange(self):
        rows = read.overview(read.Filters(limit=5), datetime.now(UTC)).rows
        probing._hold_against(rows)
        kept = cache.get(probing.REMEMBERED)
        assert probing._verdict(rows[0], kept) is None  # not heard since
        name, price, middle, seen = kept[str(rows[0].key)]
        earlier = "2020" + seen[4:]
        assert probing._verdict(rows[0], {str(rows[0].key): (name, price, middle, earlier)}) is False
        assert probing._verdict(rows[0], {str(rows[0].key): (name, str(Decimal(price) * 2), middle, earlier)}) is True
        assert probing._verdict(rows[0], {}) is None


class TestMeasures:
    def values(self, now):
        fresh_memory()
        return {m.key: (None if m.value is None else float(m.value), m.met) for m in success.success(now)}

    def test_nothing_is_known_before_something_is_counted(self):
        found = self.values(datetime.now(UTC))
        assert {key for key, (value, _) in found.items() if value is None} == {
            "questions", "answer_ms", "page_ms", "availability", "service_level", "accuracy", "anomalies", "cost", "budget"
        }  # fmt: skip
        assert found["discovery"][1] is False and found["markets"][1] is False

    def test_of_an_hour_in_which_nothing_was_asked_no_budget_is_known_to_be_free(self):
        counting.add("requests", ("binance",), amount=7)
        counting.flush()
        assert self.values(datetime.now(UTC))["budget"] == (None, None)

    def test_each_is_what_was_counted(self):
        now = datetime.now(UTC)
        counting.add("web", ("overview", "200"), 90)
        counting.add("web", ("ask", "200"), 4000)
        counting.add("web", ("admin:index", "200"), 9000)
        counting.add("published", ("best",), times=1000)
        counting.add("contradicted", ("best",), times=1)
        counting.flush()
        for n, good in enumerate((True, True, False, True)):
            Probe.objects.create(minute=now - timedelta(minutes=n), good=good, answers=10, bad=0 if good else 1)
        code = ExchangeAsset.objects.first()
        for action in ("split", "ignore", "accept"):
            Decision.objects.create(at=now, who="x", action=action, code=code, said="x", before={"state": "conflicted"})
        Decision.objects.create(at=now, who="x", action="split", code=code, said="x", before={"state": "probable"})
        found = self.values(now)
        assert (found["page_ms"], found["answer_ms"]) == ((100, True), (5000, False))
        assert found["availability"] == (75, False) and found["service_level"] == (97.5, False)
        Probe.objects.update(minute=F("minute") - timedelta(minutes=60))
        assert self.values(now)["availability"] == (4.6875, False)  # an hour nobody judged
        Away.objects.create(since=now - timedelta(minutes=60), until=now)
        assert self.values(now)["availability"] == (75, False)  # because Pebble was off
        assert found["accuracy"] == (99.9, None) and found["anomalies"][0] == pytest.approx(66.67, abs=0.01)


def test_the_task_does_it_all_and_has_a_schedule():
    from django_q.models import Schedule

    assert tasks.look_at_ourselves() is True and ExchangeDay.objects.count() == Exchange.objects.count()
    schedules.ensure()
    assert Schedule.objects.get(name="ourselves").func == "markets.tasks.look_at_ourselves"
