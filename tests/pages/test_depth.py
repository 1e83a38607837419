"""The page of a pair's order books: what is here, what is on its way, what never comes, and that looking asks once."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from exchanges.client import Outcome
from exchanges.models import Exchange
from markets import held, read, turns
from markets.models import Book, ExchangeAsset, Market
from markets.pages import cache as pagecache
from tests.pages.market import FIFTH, FIRST, FOURTH, SECOND, SLUGS
from tests.pages.test_views import HX, text_of

PAGE = "/liquidity/BTC-USDT/"
BIDS = [["99.9", "3"], ["99.7", "6"], ["99.0", "12"], ["98.2", "40"], ["97.0", "80"]]
ASKS = [["100.0", "2"], ["100.1", "5"], ["100.5", "10"], ["101.5", "40"], ["102.5", "100"]]


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: calls.append((name, *args)))
    return calls


@pytest.fixture
def look(stored, queued, monkeypatch):
    """look(seconds) -> the page as somebody sees it so long after the prices were stored."""

    def get(seconds=0.0, path=PAGE, **headers):
        monkeypatch.setattr(timezone, "now", lambda: stored + timedelta(seconds=seconds))
        pagecache.forget()
        held.forget()
        read.forget()
        return Client().get(path, **headers)

    return get


def market(slug):
    return Market.objects.get(exchange__slug=slug, symbol="BTCUSDT", kind="spot")


def arrive(slug, at, outcome="ok", bids=BIDS, asks=ASKS):
    """What a worker leaves behind when it has asked one exchange."""
    if outcome == "ok":
        times = dict.fromkeys(("requested_at", "received_at", "observed_at"), at)
        Book.objects.update_or_create(market=market(slug), defaults={"bids": json.dumps(bids), "asks": json.dumps(asks), "levels": 10, **times})
    turns.done({market(slug).pk: Outcome(outcome, at, at, 5)}, "book", at)


def row(response, slug):
    html = response.content.decode()
    start = html.index(f'id="b-{slug}"')
    return html[start : html.index("</tr>", start)]


def test_the_first_look_asks_the_queue_once_for_each_exchange_and_says_so(look, queued):
    page = look()
    assert page.status_code == 200
    assert sorted(queued) == sorted(("markets.tasks.look", slug, "book") for slug in SLUGS)
    assert "0 of 5 books are here" in text_of(page) and "No order book is here yet." in text_of(page)
    assert "asking now" in row(page, FIRST)
    assert 'data-soon="0.4"' in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_a_second_look_a_moment_later_asks_nothing(look, queued):
    look()
    queued.clear()
    assert "0 of 5 books are here" in text_of(look(1))
    assert queued == []


def test_what_has_arrived_is_shown_while_the_rest_is_on_its_way(look, stored):
    look()
    arrive(FIRST, stored + timedelta(seconds=1))
    page = look(1.5, **HX)
    assert "1 of 5 books are here" in text_of(page)
    # Methodology, section 8: +2 % holds 5 765.5, -2 % holds 6 013.9; spread 0.1 of 99.95.
    assert "6.01K" in row(page, FIRST) and "5.77K" in row(page, FIRST) and "10.0" in row(page, FIRST)
    assert "asking now" in row(page, SECOND)


def test_when_all_have_answered_the_page_stops_hurrying_and_names_the_deepest(look, stored):
    look()
    for slug in SLUGS:
        arrive(slug, stored + timedelta(seconds=1))
    arrive(SECOND, stored + timedelta(seconds=1), bids=[["99.9", "300"]], asks=[["100.0", "200"]])
    page = look(2)
    assert "data-soon" not in page.content.decode() and "books are here" not in text_of(page)
    assert "is deepest: at least 20.0K USDT within 1 %" in text_of(page)
    assert "≥" in row(page, SECOND), "a book that ends inside the band is a lower bound"
    again = Client().get(PAGE, headers={"if-none-match": page["ETag"]})
    assert again.status_code == 304


def test_a_single_book_is_not_called_the_deepest(look, stored):
    look()
    arrive(FIRST, stored + timedelta(seconds=1))
    said = text_of(look(2))
    assert " holds 1.71K USDT within 1 %" in said and "is deepest" not in said and "1 books." not in said


def test_a_refusal_is_said_and_not_waited_for(look, stored):
    look()
    arrive(FIRST, stored + timedelta(seconds=1), "rate_limited")
    assert "last try: rate limited" in row(look(2), FIRST)


def test_an_exchange_that_is_off_says_so(look):
    Exchange.objects.filter(slug=FOURTH).update(enabled=False)
    assert "switched off by an operator" in row(look(), FOURTH)


def test_workers_that_never_come_are_not_waited_for_for_ever(look):
    look()
    page = look(16)
    assert "asking now" in row(page, FIRST)  # it was asked for anew
    held.forget()
    assert "did not take it up" not in row(page, FIRST)


def test_an_old_book_is_grey_and_asked_for_again(look, stored, queued):
    look()
    for slug in SLUGS:
        arrive(slug, stored + timedelta(seconds=1))
    queued.clear()
    page = look(400)
    assert 'class="grey"' in row(page, FIRST) or "stale" in row(page, FIRST)
    assert "asking again" in row(page, FIRST) and len(queued) == 5


def test_a_crossed_book_has_no_depth(look, stored):
    look()
    arrive(FIRST, stored + timedelta(seconds=1), bids=[["101", "1"]], asks=[["100", "1"]])
    assert row(look(2), FIRST).count("–") == 9


@pytest.mark.parametrize(("path", "status"), [("/liquidity/NOPE-USDT/", 404), ("/liquidity/BTC/", 404), ("/liquidity/BTC-USDT/?amount=1", 400)])
def test_an_address_that_cannot_be_is_explained(look, path, status):
    assert look(path=path).status_code == status


def test_the_fifth_of_every_bucket_is_for_people(look):
    """A look is asked as a person's: the plan's own requests leave it that much."""
    from exchanges.limits import Rate, State, take

    rate = Rate(100, 60)
    drained = State(tokens=rate.reserve, at=0.0)
    assert not take(drained, 0.0, rate)[1]
    assert take(drained, 0.0, rate, interactive=True)[1]
    assert Decimal(str(rate.reserve)) == Decimal("0.2") * Decimal(str(rate.capacity))


def test_the_compare_page_leads_here(look):
    assert 'href="/liquidity/BTC-USDT/"' in look(path="/compare/BTC-USDT/").content.decode()
    assert FIFTH in look().content.decode()


def test_a_book_of_another_coin_or_of_a_halted_market_is_never_the_deepest(look, stored):
    for slug in (FIRST, SECOND, FIFTH):
        arrive(slug, stored)
    deep = [[price, "9000"] for price, _ in ASKS]
    arrive(FOURTH, stored, asks=deep, bids=[[price, "9000"] for price, _ in BIDS])
    assert f"{Exchange.objects.get(slug=FOURTH).name} is deepest" in text_of(look(1))
    ExchangeAsset.objects.filter(exchange__slug=FOURTH, code="BTC").update(state="conflicted")
    page = look(1)
    assert f"{Exchange.objects.get(slug=FOURTH).name} is deepest" not in text_of(page) and "of 3 books" in text_of(page)
    assert "another coin by its price" in row(page, FOURTH)
    ExchangeAsset.objects.filter(exchange__slug=FOURTH, code="BTC").update(state="confirmed")
    Market.objects.filter(pk=market(FOURTH).pk).update(status="halted")
    page = look(1)
    assert "of 3 books" in text_of(page) and "not trading" in row(page, FOURTH)
