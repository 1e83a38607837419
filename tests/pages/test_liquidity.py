"""The pages of liquidity: what is here, what is on its way, what never comes, who is best, and that looking asks once."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from exchanges.client import Outcome
from exchanges.models import Exchange
from markets import held, read, turns
from markets.board import PairKey
from markets.models import Book, Depth, ExchangeAsset, Market
from markets.pages import cache as pagecache
from markets.reads import books
from tests.markets.build import catalogue, prices, ticker
from tests.pages.market import FIFTH, FIRST, FOURTH, SECOND, SLUGS
from tests.pages.market import _instruments as listed_on
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


def name(slug):
    return Exchange.objects.get(slug=slug).name


def row(response, slug):
    html = response.content.decode()
    start = html.index(f'id="b-{slug}"')
    return html[start : html.index("</tr>", start)]


def code(slug):
    """The reason code of its book."""
    return next(view.code for view in books.books(PairKey("BTC", "USDT"), timezone.now()) if view.exchange == slug)


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
    assert "6.01K" in row(page, FIRST) and "5.77K" in row(page, FIRST) and "10.0" in row(page, FIRST) and "<b>53.2</b>" in row(page, FIRST)
    assert "asking now" in row(page, SECOND)


def test_when_all_have_answered_the_page_stops_hurrying_and_names_the_deepest(look, stored):
    look()
    for slug in SLUGS:
        arrive(slug, stored + timedelta(seconds=1))
    arrive(SECOND, stored + timedelta(seconds=1), bids=[["99.9", "300"]], asks=[["100.0", "200"]])
    page = look(2)
    assert "data-soon" not in page.content.decode() and "books are here" not in text_of(page)
    assert f"{name(SECOND)} is most liquid for BTC: a 10,000 USDT buy moves the price 5.0 bps." in text_of(page)
    assert "≥ 20.0K USDT" in text_of(page) and "Best of 5 books" in text_of(page)
    assert "≥" in row(page, SECOND), "a book that ends inside the band is a lower bound"
    again = Client().get(PAGE, headers={"if-none-match": page["ETag"]})
    assert again.status_code == 304


def test_a_single_book_is_not_called_the_deepest(look, stored):
    look()
    arrive(FIRST, stored + timedelta(seconds=1))
    said = text_of(look(2))
    assert "The one book that counts is of" in said and "is most liquid" not in said and "The only book, " in said


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
    page = look(2)
    assert "no middle" in row(page, FIRST) and row(page, FIRST).count("–") >= 16 and "No order book counts" not in text_of(page)


@pytest.mark.parametrize(("path", "status"), [
    ("/liquidity/NOPE-USDT/", 404), ("/liquidity/BTC/", 404), ("/liquidity/BTC-USDT/?amount=-1", 400), ("/liquidity/?sort=no", 400),
])
def test_an_address_that_cannot_be_is_explained(look, path, status):
    assert look(path=path).status_code == status


def test_the_fifth_of_every_bucket_is_for_people(look):
    """A look is asked as a person's: the plan's own requests leave it that much."""
    from exchanges.limits import Rate, State, take

    rate = Rate(100, 60)
    drained = State(tokens=0.2 * rate.capacity, at=0.0)
    assert not take(drained, 0.0, rate)[1]
    assert take(drained, 0.0, rate, priority="people")[1]


def test_the_compare_page_leads_here(look):
    assert 'href="/liquidity/BTC-USDT/"' in look(path="/compare/BTC-USDT/").content.decode()
    assert FIFTH in look().content.decode()


def test_a_book_of_another_coin_or_of_a_halted_market_is_never_the_deepest(look, stored):
    for slug in (FIRST, SECOND, FIFTH):
        arrive(slug, stored)
    deep = [[price, "9000"] for price, _ in ASKS]
    arrive(FOURTH, stored, asks=deep, bids=[[price, "9000"] for price, _ in BIDS])
    assert f"{name(FOURTH)} is most liquid" in text_of(look(1))
    ExchangeAsset.objects.filter(exchange__slug=FOURTH, code="BTC").update(state="conflicted")
    page = look(1)
    assert f"{name(FOURTH)} is most liquid" not in text_of(page) and "of 3 books" in text_of(page)
    assert "another coin by its price" in row(page, FOURTH) and code(FOURTH) == "conflicted"
    ExchangeAsset.objects.filter(exchange__slug=FOURTH, code="BTC").update(state="confirmed")
    Market.objects.filter(pk=market(FOURTH).pk).update(status="halted")
    page = look(1)
    assert "of 3 books" in text_of(page) and "not trading" in row(page, FOURTH) and code(FOURTH) == "not_trading"
    Exchange.objects.filter(slug=FOURTH).update(state="banned")
    read.forget()
    assert code(FOURTH) == "banned"


# --- Amounts, controls, CSV ---------------------------------------------------------------------------------------
@pytest.fixture
def read_books(look, stored):
    """Every exchange's book is here; the second one's is deeper and further from its middle."""
    look()
    for slug in SLUGS:
        arrive(slug, stored)
    arrive(SECOND, stored, bids=[["99.0", "3000"]], asks=[["101.0", "3000"]])
    return look


def test_an_amount_ranks_by_what_it_costs(read_books):
    by_score, small, large = read_books(1), read_books(1, PAGE + "?amount=1000"), read_books(1, PAGE + "?amount=50000")
    assert f'data-winner="{name(SECOND)}"' not in by_score.content.decode() + small.content.decode()
    assert f"{name(SECOND)} is deepest for BTC: a 50,000 USDT buy moves the price 1.00 %." in text_of(large)
    assert "fills 32%" in row(large, FIRST)  # methodology, section 8: 50 000 cannot be filled
    assert "25.0" in row(small, FIRST) and "ranked by this amount" in text_of(small) and "ranked by score" in text_of(by_score)


def test_coins_may_be_asked_for_and_the_side_is_kept(read_books):
    page = read_books(1, PAGE + "?amount=2&unit=base&side=sell&band=1")
    assert "a 2 BTC sell moves the price" in text_of(page) and "To sell 2 BTC" in text_of(page)
    assert '<input type="hidden" name="side" value="sell">' in page.content.decode() and '<input type="hidden" name="band" value="1">' in page.content.decode()


def test_nobody_fills_it(read_books):
    page = read_books(1, PAGE + "?amount=90000000")
    assert f"{name(SECOND)} is deepest for BTC: it fills 0% of a 90,000,000 USDT buy, more than any other." in text_of(page)


def test_chosen_exchanges_only(read_books):
    page = read_books(1, PAGE + f"?exchange={FIRST},{FIFTH}").content.decode()
    assert f'id="b-{FIRST}"' in page and f'id="b-{SECOND}"' not in page


def test_the_charts_say_what_they_draw(read_books, stored):
    for minutes in (20, 15, 5):
        Depth.objects.create(market=market(FIRST), period_s=300, opened_at=stored - timedelta(minutes=minutes), spread_bps=Decimal(minutes))
    page = read_books(1).content.decode()
    assert "Money within each distance of the middle, up to 2 %, in USDT" in page and f"{name(FIRST)} bids 6.01K, asks 5.77K" in page
    assert f"Spread in basis points over the last 24 hours: {name(FIRST)} now 5.0" in page
    assert page.count("chart spreads") == 2 == page.count("chart curve")


def test_a_currency_that_lost_its_peg_is_said(read_books, stored):
    for slug in SLUGS[1:]:
        catalogue(slug, *listed_on(slug), "USDC/USDT", "DAI/USDT", now=stored)
        prices(slug, ticker("USDC/USDT", "0.9199", "0.9201"), ticker("DAI/USDT", "0.9999", "1.0001"), now=stored)
    page = text_of(read_books(1, "/liquidity/BTC-USDC/"))
    assert "USDC has lost its peg: 8.00% below the other stablecoins. Figures in USD are converted by its rate, 0.92000." in page
    assert "1 USDC = 0.92000 USDT by USDC to USDT on" in page
    assert "USDC 0.92000 USDT −8.00% lost its peg" in text_of(read_books(1, "/liquidity/"))


def test_the_same_rows_as_csv(read_books):
    lines = read_books(1, PAGE + "?format=csv&amount=1000").content.decode().splitlines()
    head, first = lines[0].split(","), lines[1].split(",")
    found = dict(zip(head, first, strict=True))
    assert len(lines) == 6 and found["rank"] == "1" and found["exchange"] == FIRST and found["slippage_bps"] == "24.952656" and found["score"] == "53.195285"
    assert found["bids_2_pct"] == "6013.9" and found["asks_2_pct"] == "5765.5" and found["truncated"] == "false" and found["volume_suspicious"] == "false"


# --- Every pair ---------------------------------------------------------------------------------------------------
def test_the_overview_lists_pairs_with_books(read_books):
    page = read_books(1, "/liquidity/")
    assert page.status_code == 200 and "1–1 of 1 pairs with order books" in text_of(page) and "53.2" in text_of(page)
    assert f"{name(FIRST)}" in text_of(page) and 'href="/liquidity/BTC-USDT/"' in page.content.decode()
    large = text_of(read_books(1, "/liquidity/?amount_usd=50000"))
    assert f"{name(SECOND)} is most often the most liquid for a 50,000 USD buy: 1 of 1 pairs" in large and "Buy 50.0K USD, bps" in large


@pytest.mark.parametrize(("query", "found"), [
    ("quote=USDC", False), ("search=bitco", True), ("search=zzz", False), ("min_score=53", True), ("min_score=53.2", False), ("min_depth_usd=300000", False),
    ("min_depth_usd=290000", True), ("min_score=&search=", True),
])
def test_the_overview_filters(read_books, query, found):
    page = text_of(read_books(1, f"/liquidity/?{query}"))
    assert ("BTC/USDT" in page) is found and ("No pair matches." in page) is not found


def test_an_overview_without_books_says_when_they_come(look):
    assert "No order book counts right now." in text_of(look(path="/liquidity/"))


def test_the_overview_as_csv_and_as_api_call(read_books):
    head, first = read_books(1, "/liquidity/?format=csv").content.decode().splitlines()
    assert dict(zip(head.split(","), first.split(","), strict=True))["most_liquid"] == FIRST
    assert 'href="/api/v1/liquidity/?ordering=cost"' in read_books(1, "/liquidity/?sort=cost").content.decode()
