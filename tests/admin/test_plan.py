"""The reading plan under an operator's hand: what it takes, what it may take, and why it is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Exchange, Feed, Run
from markets import planning
from tests.admin.posts import fields_of

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]
LIST = reverse("admin:exchanges_exchange_changelist")


@pytest.fixture
def kucoin(market):
    return Exchange.objects.get(slug="kucoin")


def form_of(exchange):
    return reverse("admin:exchanges_exchange_change", args=(exchange.pk,))


def prefix(page, feed):
    inline = {name: value for name, value in fields_of(page).items() if name.startswith("feeds-") and name.endswith("-id")}
    return next(name.removesuffix("-id") for name, value in inline.items() if value == str(feed.pk))


def feed_of(exchange, source):
    return Feed.objects.get(exchange=exchange, source=source)


def test_every_source_shows_what_is_planned_and_what_was_used(operator, kucoin):
    now = timezone.now()
    Run.objects.create(exchange=kucoin, source="book", token=900, started_at=now, finished_at=now - timedelta(minutes=1), outcome="ok", ms=1, requests=45)
    share = {s.source: s for s in planning.shares(kucoin, now)}["book"]
    assert (share.planned, share.used) == (24.0, 9.0)  # 12 markets every 30 s; 45 requests in five minutes
    text = operator.get(form_of(kucoin)).content.decode()
    assert ">24.0<" in text and ">9.0<" in text
    assert "a fifth is kept for what people ask" in text


def test_a_plan_that_cannot_fit_is_refused_with_the_reason_and_nothing_is_saved(operator, kucoin):
    page = operator.get(form_of(kucoin))
    row = prefix(page, feed_of(kucoin, "book"))
    answer = operator.post(form_of(kucoin), fields_of(page, **{f"{row}-markets": "200"}))
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "requests a minute; the budget of 100 sustains 70" in said and "Most goes to book 400" in said
    assert feed_of(kucoin, "book").markets == 12


def test_a_larger_budget_in_the_same_form_makes_room(operator, kucoin):
    page = operator.get(form_of(kucoin))
    row = prefix(page, feed_of(kucoin, "book"))
    done = operator.post(form_of(kucoin), fields_of(page, **{f"{row}-markets": "90", "budget_per_minute": "900"}))
    assert done.status_code == 302
    assert feed_of(kucoin, "book").markets == 90


def test_a_published_limit_cannot_be_planned_away(operator, kucoin):
    page = operator.get(form_of(kucoin))
    row = prefix(page, feed_of(kucoin, "book"))
    answer = operator.post(form_of(kucoin), fields_of(page, **{f"{row}-markets": "5000", f"{row}-period_s": "30", "budget_per_minute": "99999"}))
    assert "published limit &#x27;public&#x27; of 4000" in answer.content.decode()


def test_switching_a_source_off_makes_room(operator, kucoin):
    page = operator.get(form_of(kucoin))
    book, perp = prefix(page, feed_of(kucoin, "book")), prefix(page, feed_of(kucoin, "perp_tickers"))
    done = operator.post(form_of(kucoin), fields_of(page, **{f"{book}-enabled": None, f"{perp}-enabled": None, "budget_per_minute": "40"}))
    assert done.status_code == 302
    assert Exchange.objects.get(pk=kucoin.pk).budget_per_minute == 40


def test_the_list_refuses_a_budget_that_the_plan_does_not_fit_into(operator, kucoin):
    page = operator.get(LIST)
    row = next(n.removesuffix("-id") for n, v in fields_of(page).items() if n.endswith("-id") and v == str(kucoin.pk))
    answer = operator.post(LIST, fields_of(page, **{f"{row}-budget_per_minute": "20"}, _save="Save"))
    assert "the budget of 20 sustains 14" in answer.content.decode()
    assert Exchange.objects.get(pk=kucoin.pk).budget_per_minute == 100


def test_a_source_that_comes_in_one_sweep_has_no_number_of_markets(operator, kucoin):
    page = operator.get(form_of(kucoin))
    assert f"{prefix(page, feed_of(kucoin, 'tickers'))}-markets" not in fields_of(page) or 'disabled' in page.content.decode()
    row = prefix(page, feed_of(kucoin, "book"))
    answer = operator.post(form_of(kucoin), fields_of(page, **{f"{row}-markets": ""}))
    assert answer.status_code == 200 and "This field is required" in answer.content.decode()


def test_the_key_is_named_and_only_its_end_is_shown(root, monkeypatch):
    signer = next(e for e in Exchange.objects.all() if e.adapter.sign)
    assert "_SECRET and _PASSPHRASE are not set" in root.get(form_of(signer)).content.decode()
    monkeypatch.setenv(f"PEBBLE_{signer.slug.upper()}_API_KEY", "abcdef123456WXYZ")
    monkeypatch.setenv(f"PEBBLE_{signer.slug.upper()}_API_SECRET", "never-to-be-seen")
    text = root.get(form_of(signer)).content.decode()
    assert f"PEBBLE_{signer.slug.upper()}_API_KEY: …WXYZ" in text
    assert "abcdef" not in text and "never-to-be-seen" not in text
