"""The watch list: the coins of an address, adding and removing without a script, and what is not known."""

import csv
import io

import pytest

from markets.models import Asset, AssetAlias
from markets.pages import watchlist
from tests.pages import market
from tests.pages.test_views import HX, at, rows_of, text_of  # noqa: F401  # `at` is a fixture


def redirected(response):
    assert response.status_code == 302
    return response["Location"]


def test_the_rows_are_those_of_the_overview(at, client):  # noqa: F811
    page = client.get("/watchlist/?base=ETH,btc&sort=asset")
    assert rows_of(page) == ["BTC-USDT", "ETH-USDT"]
    row = r'id="p-BTC-USDT"'
    there, here = (html[html.index(row):].partition("</tr>")[0] for html in (client.get("/").content.decode(), page.content.decode()))
    assert there == here
    assert client.get("/watchlist/?base=BTC", **HX).status_code == 200


def test_an_empty_list_says_how_to_watch(stored, client):
    page = client.get("/watchlist/")
    assert "Nothing is watched yet" in text_of(page) and rows_of(page) == []
    assert client.get("/watchlist/?format=csv").content.decode().count("\n") == 1  # the heading alone


@pytest.mark.parametrize(("address", "leads_to"), [
    ("?add=btc", "/watchlist/?base=BTC"),
    ("?base=BTC&add=eth,%20sol&quote=USDC", "/watchlist/?quote=USDC&base=BTC%2CETH%2CSOL"),
    ("?base=BTC&add=BTC", "/watchlist/?base=BTC"),
    ("?add=eth%20sol", "/watchlist/?base=ETH%2CSOL"),
    ("?base=BTC&add=nonsense,eth", "/watchlist/?base=BTC%2CETH&unknown=nonsense"),
])
def test_adding_leads_to_the_longer_list(stored, client, address, leads_to):
    assert redirected(client.get(f"/watchlist/{address}")) == leads_to


def test_old_tickers_are_understood(stored, client):
    AssetAlias.objects.get_or_create(text="MATIC", kind=AssetAlias.Kind.FORMER, defaults={"asset": Asset.objects.get(ticker="POL")})
    market.forget()
    assert redirected(client.get("/watchlist/?add=matic")) == "/watchlist/?base=POL"
    assert rows_of(client.get("/watchlist/?base=MATIC")) == ["POL-USDT"]


def test_each_coin_can_be_removed_and_what_could_not_be_added_is_named(stored, client):
    html = client.get("/watchlist/?base=BTC,ETH&unknown=%3Cb%3Efoo").content.decode()
    assert 'href="/watchlist/?base=ETH" data-edit>BTC ×' in html and 'href="/watchlist/?base=BTC" data-edit>ETH ×' in html
    assert "Not added: &lt;b&gt;foo." in html and 'value="BTC, ETH"' in html
    assert 'href="/watchlist/" data-edit>BTC ×' in client.get("/watchlist/?base=BTC").content.decode()


def test_a_coin_without_such_a_pair_is_named_with_where_to_look(stored, client):
    page = client.get("/watchlist/?base=BTC,SOL,NONE&quote=USDC")
    assert rows_of(page) == ["BTC-USDC"]
    assert 'No pair in USDC: <a href="/assets/sol/">SOL</a>, NONE (not known)' in page.content.decode()
    assert set(rows_of(client.get("/watchlist/?base=BTC&quote=ALL"))) == {"BTC-USDT", "BTC-USDC"}


def test_csv_has_the_same_rows(stored, client):
    rows = list(csv.DictReader(io.StringIO(client.get("/watchlist/?base=BTC,ETH&format=csv").content.decode())))
    assert {row["base"] for row in rows} == {"BTC", "ETH"}
    assert client.get("/watchlist/?base=BTC&format=csv")["Content-Disposition"] == 'attachment; filename="pebble-watchlist.csv"'


def test_a_list_holds_what_an_address_holds():
    assert watchlist.fits(["C"] * 50) and not watchlist.fits(["C"] * 51)
    assert watchlist.fits(["C" * 390]) and not watchlist.fits(["C" * 391])


def test_what_does_not_fit_is_named(stored, monkeypatch):
    monkeypatch.setattr(watchlist, "MOST", 2)
    assert watchlist.adding(("BTC", "ETH"), "SOL, BTC") == (("BTC", "ETH"), ("SOL",))


def test_the_api_gives_the_same_rows(at, client):  # noqa: F811
    page = client.get("/watchlist/?base=ETH,BTC")
    link = page.content.decode().split('">Same as API call')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
    assert [f"{row['base']}-{row['quote']}" for row in client.get(link).json()["results"]] == rows_of(page)
