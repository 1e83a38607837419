"""How an exchange's sources are told: what prices need comes first and alone makes it healthy; the rest stays readable."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Failure

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed, Run
from markets import read
from markets.condition import PRICES
from markets.models import ServiceStatus

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ONE = max(ADAPTERS, key=lambda slug: len(ADAPTERS[slug].sources))


def runs(source, outcome, ms, count=1):
    now, one = timezone.now(), Exchange.objects.get(slug=ONE)
    for n in range(count):
        Run.objects.create(exchange=one, source=source, token=n, started_at=now - timedelta(minutes=1), finished_at=now, outcome=outcome, ms=ms)


def one():
    read.forget()
    return next(e for e in read.exchanges(timezone.now()) if e.slug == ONE)


def test_what_prices_need_comes_first_and_nothing_is_left_out():
    found = one()
    names = [s.source for s in found.sources]
    assert tuple(names[: len(PRICES)]) == PRICES and set(names) == set(ADAPTERS[ONE].sources)
    assert [s.source for s in found.prices] == list(PRICES) and len(found.others) == len(names) - len(PRICES)


def test_an_option_chain_that_fails_slowly_is_no_sick_exchange():
    runs("tickers", "ok", 100, 3)
    runs("option_tickers", "deadline", 9_000, 20)
    found = one()
    assert (found.success_pct, found.p50_ms, found.p95_ms) == (100, 100, 100)
    chain = next(s for s in found.sources if s.source == "option_tickers")
    assert (chain.success_pct, chain.p95_ms) == (0, 9_000)


def test_a_waiting_breaker_of_another_source_is_not_the_exchanges():
    later = timezone.now() + timedelta(minutes=5)
    Feed.objects.filter(exchange__slug=ONE, source="option_tickers").update(probe_at=later, fails=9)
    assert one().retry_in_s is None
    Feed.objects.filter(exchange__slug=ONE, source="tickers").update(probe_at=later)
    assert one().retry_in_s > 200


def test_the_others_come_in_one_line_with_those_in_trouble_first():
    others = [s for s in ADAPTERS[ONE].sources if s not in PRICES]
    feeds = Feed.objects.filter(exchange__slug=ONE, source__in=others)
    feeds.update(outcome="ok")
    feeds.filter(source=others[-1]).update(outcome="api_error")
    feeds.filter(source=others[-2]).update(outcome="")
    feeds.filter(source=others[-3]).update(enabled=False)
    feeds.filter(source=others[-4]).update(outcome="not_offered")
    found = one()
    assert found.others[0].source == others[-1] and found.others[0].failing and not found.others[1].failing
    assert found.others_line == f"{len(others)} more: {len(others) - 4} ok, 1 api_error, 1 not asked yet, 1 off, 1 without a key"


def test_a_task_that_had_to_be_ended_counts_as_failed_though_it_left_no_run():
    runs("tickers", "ok", 100, 3)
    for id_, hours in (("new", 1), ("old", 25)):
        at = timezone.now() - timedelta(hours=hours)
        Failure.objects.create(id=id_, name=id_, func="markets.tasks.poll", started=at, stopped=at, success=False)
    workers = read.status(timezone.now()).workers
    assert (workers.failed_24h, workers.runs_24h) == (1, Run.objects.exclude(outcome="disabled").count() + 1)


def test_the_status_page_folds_the_others_away(client):
    page = client.get("/status/").content.decode()
    assert page.count('class="more-sources"') == sum(len(a.sources) > len(PRICES) for a in ADAPTERS.values())
    assert "<b>option_tickers</b>" in page and page.index("<b>tickers</b>") < page.index("<b>option_tickers</b>")


def test_what_an_exchange_says_of_its_own_maintenance_is_told_while_it_matters():
    now, exchange = timezone.now(), Exchange.objects.get(slug=ONE)

    def told(starts_h, ends_h):
        times = {"starts_at": now + timedelta(hours=starts_h), "ends_at": now + timedelta(hours=ends_h), "seen_at": now}
        ServiceStatus.objects.update_or_create(exchange=exchange, key="m1", defaults={"state": "maintenance", "title": "Wallet upgrade", **times})
        return one().maintenance

    assert one().maintenance == ""
    assert told(-1, 1).startswith("Wallet upgrade, ") and told(-1, 1).endswith(" UTC")
    assert told(5, 6).startswith("Wallet upgrade")
    assert told(48, 49) == "" and told(-3, -1) == ""
