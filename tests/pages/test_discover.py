"""The discovery page and its feeds in their states, and the overview at an amount, beside what the API says."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.utils import timezone

from exchanges.rows import Book
from markets import hourly, read
from markets.api import core
from markets.models import Asset, TrendRank
from markets.models import Book as StoredBook
from markets.pages import cache as pagecache
from tests.markets.build import catalogue, instrument, outcome, prices, save, ticker
from tests.pages import market
from tests.pages.market import FIRST, SECOND, SLUGS
from tests.pages.test_views import HX, at, rows_of, text_of  # noqa: F401 - `at` is a fixture

ATOM = "{http://www.w3.org/2005/Atom}"
LATER = timedelta(seconds=2)


@pytest.fixture
def news(at, stored):  # noqa: F811
    """A coin that comes to the first exchange after its first list, and one that is announced."""
    old = market._instruments(FIRST)
    coming = instrument("SOON/USDT", status="pre_open", listed_at=stored + timedelta(days=1))
    catalogue(FIRST, *old, instrument("FRESH/USDT"), coming, now=stored)
    Asset.objects.filter(ticker="FRESH").update(name=market.HOSTILE)
    prices(FIRST, *market._tickers(FIRST, 0), ticker("FRESH/USDT", "2", "2.01", change_24h_pct="9", quote_volume_24h=Decimal(300_000)), now=stored)
    market.forget()
    core.forget()
    return stored


def test_what_is_new_by_day_with_what_to_know_and_nothing_of_the_first_list(news, client):
    text = text_of(client.get("/discover/"))
    assert "2 listings of new coins in the last 7 days; the latest is SOON on" in text
    assert "To come" in text
    assert "Announced" in text
    assert "opens in" in text
    assert "first seen by Pebble" in text
    assert "said by the exchange" in text
    assert "New and thin markets are easy to move" in text
    assert "BTC" not in "".join(re.findall(r'data-ticker="(\w+)"', client.get("/discover/").content.decode()))
    assert market.HOSTILE.encode() not in client.get("/discover/").content


@pytest.mark.parametrize("path", ["/discover/", "/discover/?view=only", "/discover/?view=trending"])
def test_every_view_is_whole_live_and_unchanged_while_nothing_changes(news, client, path):
    page, fragment = client.get(path), client.get(path, **HX)
    assert page.content.count(b"<h1") == 1
    assert b"<!doctype" in page.content
    assert b"<!doctype" not in fragment.content
    assert b"Same as API call" in page.content
    again = client.get(path, HTTP_IF_NONE_MATCH=fragment["ETag"], **HX)
    assert (again.status_code, again.content) == (304, b"")


def test_on_one_but_not_on_another_says_how_it_is_known(news, client):
    response = client.get(f"/discover/?view=only&on={FIRST}&not_on={SECOND}")
    text = text_of(response)
    assert re.findall(r'id="o-(\w+)"', response.content.decode()) == ["FRESH", "HOSTILE", "SOON"]
    assert "3 coins are listed on" in text
    assert "By identity, not by ticker, in the lists of markets last read" in text


def test_csv_the_page_and_the_api_have_the_same_rows(news, client):
    for view, key in (("new", "asset"), ("only", "asset"), ("trending", "asset")):
        rows = [row[key] for row in csv.DictReader(io.StringIO(client.get(f"/discover/?view={view}&format=csv").content.decode()))]
        api = [row["ticker"] for row in client.get(f"/api/v1/discover/?view={view}").json()["results"]]
        shown = re.findall(r'data-row data-ticker="([^"]+)"', client.get(f"/discover/?view={view}").content.decode())
        assert rows == api == shown
        assert rows


def test_the_api_link_of_the_page_is_the_request_with_the_same_rows(news, client):
    html = client.get("/discover/?view=only&sort=asset&quote=USDT").content.decode()
    link = re.search(r'href="(/api/v1/discover/[^"]+)">Same as', html)[1].replace("&amp;", "&")
    assert [row["ticker"] for row in client.get(link).json()["results"]] == re.findall(r'data-row data-ticker="([^"]+)"', html)


def test_empty_views_say_why_and_what_to_relax(at, client):  # noqa: F811
    assert "Nothing of the kind yet." in text_of(client.get("/discover/"))
    assert "What an exchange already listed when Pebble first read its list is not news." in text_of(client.get("/discover/"))
    response = client.get("/discover/?view=only&min_volume_usd=99999999999")
    assert "Nothing matches. Widest filter: volume over 99999999999 USD" in text_of(response)
    assert "Remove all" in text_of(response)
    assert "Nothing trades above the minimum" in text_of(client.get("/discover/?view=trending&min_volume_usd=99999999999"))


def test_a_fresh_installation_collects(empty, client):
    for view in ("new", "only", "trending"):
        response = client.get(f"/discover/?view={view}")
        assert response.status_code == 200
        assert "Collecting first prices." in text_of(response)


@pytest.mark.parametrize("query", ["view=hot", "sort=volume", "view=only&sort=relative", "on=nowhere", "x=1", "what=rumours", "window=1y"])
def test_what_is_not_understood_is_a_400(empty, client, query):
    assert client.get(f"/discover/?{query}").status_code == 400


def test_moves_since_an_hour_ago_are_shown(news, client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: news + timedelta(seconds=1))
    TrendRank.objects.create(asset=Asset.objects.get(ticker="FRESH"), at=news - timedelta(minutes=50), rank=4)
    market.forget()
    assert re.search(r'<b>1</b><span class="sub up">\+3</span>', client.get("/discover/?view=trending").content.decode())


# --- Feeds ----------------------------------------------------------------------------------------------------------
FEEDS = [("/feeds/listings/", 2), (f"/feeds/listings/{FIRST}/", 2), (f"/feeds/listings/{SECOND}/", 0), ("/feeds/delistings/", 0)]


@pytest.mark.parametrize(("path", "entries"), FEEDS)
def test_feeds_are_atom_with_absolute_addresses_of_our_own(news, client, path, entries):
    response = client.get(path, HTTP_HOST="localhost")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    assert all(feed.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated"))
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Pebble"
    found = feed.findall(f"{ATOM}entry")
    assert len(found) == entries
    for entry in found:
        assert all(entry.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "summary"))
    links = [node.get("href") for node in feed.iter(f"{ATOM}link")] + [node.text for node in feed.iter(f"{ATOM}id")]
    assert links
    assert all(link.startswith(f"{settings.BASE_URL}/") for link in links)
    assert len({entry.find(f"{ATOM}id").text for entry in found}) == entries
    assert client.get(path, HTTP_IF_NONE_MATCH=response["ETag"]).status_code == 304


def test_there_is_no_feed_of_an_exchange_that_is_not_there(news, client):
    assert client.get("/feeds/listings/nowhere/").status_code == 404
    assert client.get("/feeds/listings/?x=1").status_code == 400


# --- The overview at an amount --------------------------------------------------------------------------------------
@pytest.fixture
def books(at, stored):  # noqa: F811
    """Two books of SOL: the first exchange is a little cheaper at the top, and thin."""
    from markets.reads import ladders

    def level(price, size):
        return (Decimal(price), Decimal(size))

    thin = Book("SOLUSDT", (level("171.39", 1),), (level("171.391", 1), level("180", 1000)))
    deep = Book("SOLUSDT", (level("171.40", 1000),), (level("171.41", 1000),))
    for slug, book in ((FIRST, thin), (SECOND, deep)):
        pk = ladders.places()[read.PairKey("SOL", "USDT")][slug]
        moment = (stored, stored)
        assert save(slug, "book", outcome([book], stored), stored, markets={"SOLUSDT": pk}, times={"SOLUSDT": moment})
    market.forget()


def test_an_amount_and_own_fees_rerank_rows_as_the_comparison_does(books, client):
    def cheapest(query):
        html = client.get(f"/?base=SOL{query}").content.decode()
        return re.search(r'buy-cell.*?title="([^"]+)"', html, re.S)[1], re.search(r'href="(/compare/SOL-USDT/[^"]*)"', html)[1]

    names = {e.slug: e.name for e in read.exchanges(timezone.now())}
    assert cheapest("")[0] == names[FIRST]
    name, link = cheapest("&amount=10000")
    assert (name, link) == (names[SECOND], "/compare/SOL-USDT/?amount=10000")
    api = client.get("/api/v1/pairs/?base=SOL&quote=USDT&amount=10000").json()["results"][0]["best"]["buy"]
    compared = client.get("/api/v1/compare/SOL-USDT/?amount=10000").json()["best"]["buy"]
    assert api == compared
    assert api["exchange"] == SECOND
    name, link = cheapest(f"&fees={SECOND}:4")
    assert (name, link) == (names[FIRST], f"/compare/SOL-USDT/?fees={SECOND}:4")


def test_depth_filters_and_columns_that_are_left_out(books, client):
    assert rows_of(client.get("/?min_depth_usd=1000")) == ["SOL-USDT"]
    assert rows_of(client.get("/?min_depth_usd=1000000")) == []
    StoredBook.objects.update(observed_at=timezone.now() - timedelta(hours=1))
    market.forget()
    assert rows_of(client.get("/?min_depth_usd=1000")) == [], "what a book held an hour ago is not there now"
    html = client.get("/?hide=gap,spark").content.decode()
    assert 'class="pairs no-gap no-spark"' in html
    assert client.get("/?hide=asset").status_code == 400
    assert "Depth over 1.00M" in text_of(client.get("/?min_depth_usd=1000000"))


def test_the_tiles_are_honest_of_how_long_they_have_counted(at, stored, client):  # noqa: F811
    assert "right now: no hour is counted yet" in text_of(client.get("/"))
    assert hourly.record(stored)
    market.forget()
    pagecache.forget()
    text = text_of(client.get("/"))
    assert "1 h so far" in text
    assert "Highest funding paid to shorts" in text


def test_search_offers_the_coin_beside_its_pairs(at, client):  # noqa: F811
    assert [path for _, _, path in read.suggest("btc")][:2] == ["/compare/BTC-USDT/", "/assets/btc/"]
    assert SLUGS[0] == FIRST
