"""What stands below the compare table, as a page, as CSV and from the API: the same figures."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from markets import read
from markets.board import PairKey
from markets.models import ExchangeAsset, IdentityState
from markets.pages import cache as pagecache
from markets.reads import arbitrage, deviation
from tests.api import published
from tests.markets import past
from tests.pages import market
from tests.pages.market import FIRST, SECOND, THIRD
from tests.pages.test_views import change_exchange, text_of

KEY = PairKey("BTC", "USDT")
NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.fixture
def now(empty, monkeypatch):
    """Half past noon, with fresh prices."""
    market.fill(NOON)
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    pagecache.forget()
    return NOON


def fill(closes, period_s=3600):
    past.fill("BTCUSDT", closes, NOON, period_s)
    deviation.forget()


def csv_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_page_csv_and_api_say_the_same(now, client, settings):
    fill({FIRST: ["100", None, "100", "100"], SECOND: ["101", "101", "102", "102"], THIRD: ["99", "99", "100", "100"]}, 300)
    page = client.get("/compare/BTC-USDT/?range=24h")
    api = client.get("/api/v1/history/BTC-USDT/deviation/?range=24h").json()
    rows = csv_of(client.get("/compare/BTC-USDT/deviation.csv?range=24h"))
    first = next(line for line in api["results"] if line["exchange"] == FIRST)
    assert (api["period_s"], len(api["opened_at"]), api["compared"]) == (300, 288, 4)
    assert first["bps"][-4:-2] == ["0", None] and first["mid"][-4:] == ["100", None, "100", "100"]
    assert [(r["exchange"], r["bps"]) for r in rows if r["opened_at"] == "2026-11-22T12:15:00+00:00"] == [(FIRST, "0"), (SECOND, "100"), (THIRD, "-100")]
    assert 'href="/compare/BTC-USDT/deviation.csv?range=24h"' in page.content.decode()
    assert "4 of 4" in text_of(page) and "3 of 4" in text_of(page)


def test_ranges_take_the_finest_width_that_can_be_compared(now):
    fill({FIRST: ["100", "101"], SECOND: ["100", "100"]})
    widths = {span: deviation.past(KEY, NOON, span).found.period_s for span in deviation.RANGES}
    assert widths == {"1h": 60, "24h": 300, "7d": 3600, "30d": 3600}  # the store's own poll is in the running minutes
    lengths = {span: len(deviation.past(KEY, NOON, span).found.starts) for span in deviation.RANGES}
    assert lengths == {"1h": 60, "24h": 288, "7d": 168, "30d": 720}


def test_nothing_comparable_in_minutes_falls_back_to_hours(now):
    key = PairKey("HOSTILE", "USDT")
    found = deviation.past(key, NOON, "24h")
    assert (found.found.period_s, found.found.judged, found.exchanges) == (3600, 0, (FIRST,))


def test_another_coin_and_who_is_switched_off_have_no_past(now):
    assert deviation.past(KEY, NOON).exchanges == market.SLUGS
    change_exchange(SECOND, enabled=False)
    ExchangeAsset.objects.filter(exchange__slug=THIRD, code="BTC").update(state=IdentityState.CONFLICTED)
    market.forget()
    assert set(deviation.past(KEY, NOON).exchanges) == set(market.SLUGS) - {SECOND, THIRD}


def test_hours_follow_the_visitors_fees(now, client):
    fill({FIRST: ["63000"], SECOND: ["63030"]})
    plain = client.get("/api/v1/history/BTC-USDT/hours/").json()
    dear = client.get(f"/api/v1/history/BTC-USDT/hours/?fees={FIRST}:0.5").json()
    assert plain["by_hour"][-1]["exchanges"] == [FIRST] and dear["by_hour"][-1]["exchanges"] == [SECOND]
    html = client.get(f"/compare/BTC-USDT/?fees={FIRST}:0.5&range=7d&side=sell").content.decode()
    assert f'href="/api/v1/history/BTC-USDT/hours/?range=7d&amp;side=sell&amp;fees={FIRST}:0.5"' in html
    sold = csv_of(client.get("/compare/BTC-USDT/hours.csv?side=sell"))
    assert sold[-1]["side"] == "sell" and sold[-1]["hour_of_day"] == "12"


def test_what_was_read_is_kept_for_a_minute(now, django_assert_num_queries):
    deviation.past(KEY, NOON)
    with django_assert_num_queries(0):
        deviation.past(KEY, NOON + timedelta(seconds=20))
    read.forget()
    assert deviation.past(KEY, NOON).found.judged == 1


def test_without_a_past_the_page_says_so_and_has_no_chart(now, client):
    page = client.get("/compare/HOSTILE-USDT/")
    assert "Fewer than two exchanges list this pair" in text_of(page)
    assert 'class="chart deviation' not in page.content.decode()


@pytest.mark.parametrize("address", ["compare/NO-WAY/deviation.csv", "compare/NO-WAY/hours.csv", "api/v1/history/NO-WAY/hours/", "api/v1/history/x/deviation/"])
def test_an_unknown_pair_is_a_404(now, client, address):
    assert client.get(f"/{address}").status_code == 404


def test_a_range_that_does_not_exist_is_refused(now, client):
    assert client.get("/compare/BTC-USDT/?range=2y").status_code == 400
    assert client.get("/api/v1/history/BTC-USDT/hours/?range=1h").status_code == 400  # less than a day has no hours to compare


def test_other_pairs_and_the_range_keep_the_rest_of_the_address(now, client):
    html = client.get("/compare/BTC-USDT/?side=sell").content.decode()
    assert 'href="/compare/BTC-USDT/?side=sell&amp;range=7d#history"' in html and 'href="/compare/BTC-USDC/"' in html
    assert Exchange.objects.filter(enabled=True).count() == 5


def test_routes_of_the_pair_are_those_between_exchanges_that_count(now, client):
    html = client.get("/compare/BTC-USDT/").content.decode()
    assert "none pays after fees" in html and f'href="/arbitrage/BTC-USDT/?buy={FIRST}&amp;sell={market.FIFTH}"' in html
    sides = set(re.findall(r"/arbitrage/BTC-USDT/\?buy=(\w+)&amp;sell=(\w+)", html))
    assert len(sides) == 3 and market.FOURTH not in {slug for pair in sides for slug in pair}  # it is stale
    free = arbitrage.on_pair(KEY, {"": Decimal(0)}, NOON)
    assert free[0].net == free[0].gross > 0 and (free[0].buy.exchange, free[0].sell.exchange) == (FIRST, market.FIFTH)
    assert [way.net for way in free] == sorted((way.net for way in free), reverse=True) and len(free) == 12


def test_the_rates_beside_a_pair_have_an_age_and_old_ones_are_marked(now, client):
    for slug, age_s in ((FIRST, 2), (SECOND, 4 * 3600)):
        row = published.market(slug, "BTC/USDT")
        published.ticker(row)
        published.paid(row, "0.0001", 8, age_s=age_s)
    market.forget()
    text = client.get("/compare/BTC-USDT/").content.decode()
    rows = text.partition('aria-label="Funding of its perpetuals"')[2].partition("</section>")[0].split("<tr")[2:]
    assert len(rows) == 2 and all(">2 s<" in row or ">4 h 0 m<" in row for row in rows)
    assert [("old-rate" in row, "an old rate" in row) for row in rows] == [(False, False), (True, True)]
