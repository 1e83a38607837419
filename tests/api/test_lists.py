"""Filters, order and paging of `markets/` and `pairs/`."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone

from markets import read
from markets.api import board_rows
from tests.api.conftest import fresh_memory
from tests.markets.build import catalogue, instrument, prices, ticker

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]


def names(answer):
    return [(row["base"], row["exchange"]) for row in answer["results"]]


def test_filters_narrow_and_combine(get):
    assert names(get("markets/?base=btc&exchange=kucoin,binance")) == [("BTC", "binance"), ("BTC", "kucoin")]
    assert names(get("markets/?flag=crossed")) == [("BTC", "bybit")]
    assert names(get("markets/?symbol=POLUSDT")) == [("POL", "binance")]
    assert names(get("markets/?state=expired")) == [("XYZ", "binance")]
    assert names(get("markets/?quote=EUR")) == [] and names(get("markets/?kind=perp")) == []
    assert [row["base"] for row in get("pairs/?min_exchanges=2&ordering=asset")["results"]] == ["BTC", "PEPE"]
    assert [row["base"] for row in get("pairs/?search=po")["results"]] == ["POL"]
    assert get("pairs/?quote=EUR")["count"] == 0 and get("pairs/?min_volume_usd=999999999999")["count"] == 0


def test_order_is_by_number_with_the_unknown_last(get):
    rising = [row["ask"] for row in get("markets/?ordering=ask&base=BTC,XYZ")["results"]]
    assert rising == ["100.9", "101", "101.1", None]
    falling = [row["ask"] for row in get("markets/?ordering=-ask&base=BTC,XYZ")["results"]]
    assert falling == ["101.1", "101", "100.9", None]


def walked(get, address):
    found, pages = [], 0
    while address:
        answer = get(address.removeprefix(f"{settings.BASE_URL}/api/v1/"))
        found += names(answer)
        address, pages = answer["next"], pages + 1
    return found, pages


@pytest.mark.parametrize("query", ["", "&ordering=-ask", "&exchange=binance,kucoin", "&flag=crossed,unknown_identity"])
def test_pages_visit_each_row_once(get, query):
    found, pages = walked(get, f"markets/?limit=2{query}")
    whole = names(get(f"markets/?limit=1000{query}"))
    assert found == whole and len(set(found)) == len(found) and pages == -(-len(whole) // 2)


def test_pages_visit_each_row_once_while_markets_are_listed(get):
    before = names(get("markets/?limit=1000"))
    page = get("markets/?limit=2")
    now = timezone.now()
    catalogue("binance", "AAA/USDT", "BTC/USDT", "PEPE/USDT", "POL/USDT", instrument("XYZ/USDT", status="halted"), now=now)
    prices("binance", ticker("AAA/USDT", 1, 2), now=now)
    fresh_memory()
    rest, _ = walked(get, page["next"])
    assert names(page) + rest == before


def test_previous_leads_back_and_links_stand_on_the_sites_own_name(get, client):
    second = get("markets/?limit=2&offset=2")
    assert names(get(second["previous"].removeprefix(f"{settings.BASE_URL}/api/v1/"))) == names(get("markets/?limit=2"))
    forged = client.get("/api/v1/markets/?limit=1", headers={"host": "localhost", "x-forwarded-host": "evil.example"}).json()["next"]
    assert urlsplit(forged).netloc == urlsplit(settings.BASE_URL).netloc


def test_a_page_behind_the_end_is_empty(get):
    answer = get("markets/?offset=9999")
    assert answer["results"] == [] and answer["next"] is None and answer["count"] == 7


def test_a_page_is_judged_as_the_comparison_judges(get):
    now = timezone.now() + timedelta(seconds=1)
    quotes = [q for row in read.board().pairs.values() for q in row.values()]
    for row in board_rows.judged(quotes, now):
        same = {r.quote.exchange: r for r in read.compare(row.quote.base, row.quote.quote, now).rows}[row.quote.exchange]
        assert (row.rank, row.flags, row.net_price, row.badges) == (same.rank, same.flags, same.net_price, same.badges)
