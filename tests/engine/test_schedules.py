"""Schedules follow feeds: even gaps, spread over the seconds, mended when somebody changes a period."""

import ast
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from croniter import croniter
from django.core.management import call_command
from django_q.models import Schedule

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed
from markets import schedules

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)


def firings(line, count=200):
    found = croniter(line, NOON)
    return [found.get_next(datetime) for _ in range(count)]


@pytest.mark.parametrize("period", schedules.PERIODS)
def test_gaps_are_even_for_every_period_that_can_be_said(period):
    for offset in (0, 1, 7, 59, 61, 4000):
        times = firings(schedules.cron(period, offset), 30)
        assert {b - a for a, b in pairwise(times)} == {timedelta(seconds=period)}
        assert (times[0] - MIDNIGHT).total_seconds() % period == offset % period


@pytest.mark.parametrize(("asked", "given"), [(7, 6), (8, 10), (9, 10), (25, 30), (45, 60), (90, 120), (400, 360), (86_399, 86_400), (5, 5)])
def test_other_periods_get_the_nearest_one(asked, given):
    one, two = firings(schedules.cron(asked), 2)
    assert (two - one).total_seconds() == given


def test_no_two_exchanges_start_in_the_same_second():
    periods = {slug: adapter.tickers.period_s for slug, adapter in ADAPTERS.items()}
    lines = [schedules.cron(period, schedules.offset(slug, "tickers", period)) for slug, period in periods.items()]
    starts = [t for line in lines for t in firings(line, 30)]
    assert len(starts) == len(set(starts)) > 0


@pytest.mark.django_db
class TestRows:
    def test_every_feed_has_one_that_calls_the_task_with_text_only(self):
        for feed in Feed.objects.select_related("exchange"):
            row = Schedule.objects.get(name=f"poll {feed.exchange.slug} {feed.source}")
            assert ast.literal_eval(row.args) == (feed.exchange.slug, feed.source)
            last = {} if feed.source in ("time", "instruments", "tickers") else {"cluster": "others"}  # prices go first
            assert ast.literal_eval(row.kwargs) == {"q_options": {"save": False} | last}
            assert row.intended_date_kwarg == "due"
        assert Feed.objects.count() >= 10

    def test_again_changes_nothing(self):
        before = list(Schedule.objects.order_by("id").values())
        schedules.ensure()
        assert list(Schedule.objects.order_by("id").values()) == before

    def test_saving_a_period_moves_the_next_run_at_once(self):
        feed = Feed.objects.filter(source="instruments").first()
        feed.period_s = 5
        feed.save()
        row = Schedule.objects.get(name=f"poll {feed.exchange.slug} instruments")
        assert row.cron.endswith("/5")
        assert row.next_run <= datetime.now(UTC) + timedelta(seconds=6)

    def test_doubles_and_orphans_go(self):
        row = Schedule.objects.filter(name__startswith="poll ").first()
        row.pk, row.cron = None, "* * * * * 3"
        row.save()
        Schedule.objects.create(name="poll gone tickers", func="markets.tasks.poll")
        names = sorted(set(Schedule.objects.values_list("name", flat=True)) - {"poll gone tickers"})
        schedules.ensure()
        assert sorted(Schedule.objects.values_list("name", flat=True)) == names

    def test_switching_an_exchange_on_has_it_polled_at_once_and_once(self):
        one = Exchange.objects.first()
        one.enabled = False
        one.save()
        assert not Schedule.objects.filter(name=f"start {one.slug}").exists()
        one.enabled = True
        one.save()
        one.save()
        row = Schedule.objects.get(name=f"start {one.slug}")
        assert row.next_run <= datetime.now(UTC) and row.schedule_type == Schedule.ONCE
        assert ast.literal_eval(row.args) == one.slug

    def test_a_lost_row_comes_back_with_the_next_migrate(self):
        Schedule.objects.all().delete()
        call_command("migrate", verbosity=0)
        assert Schedule.objects.filter(name__startswith="poll ").count() == Feed.objects.count()
