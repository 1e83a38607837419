"""The volume page and its API: the answer, one line per coin, what does not count, every state, CSV, charts."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from markets import volumes
from markets.models import Candle, Market, Reading, Snapshot, VolumeHour
from markets.pages import volume_charts
from markets.pages import volume_shown as words
from markets.pages.volume_charts import Face
from markets.reads import volume
from tests.markets.build import prices, ticker
from tests.pages import market
from tests.pages.market import FIRST, FOURTH, SECOND
from tests.pages.test_views import at, text_of  # noqa: F401 - a fixture

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FACES = [Face("a", "Ada", 1), Face("b", "Bea <b>", 2)]


@pytest.fixture
def shown(at, client):  # noqa: F811
    def get(query="", code=200, **headers):
        response = client.get(f"/volume/{query}", **headers)
        assert response.status_code == code
        return response

    return get


@pytest.fixture
def remembered(stored):
    """Seven days in which everything was half of what it is today, and a day of candles."""
    hour = volumes.opened(stored, 3600)
    for row in Market.objects.filter(symbol="BTCUSDT"):
        place = market.SLUGS.index(row.exchange.slug)
        Snapshot.objects.bulk_create(
            Snapshot(market=row, period_s=3600, opened_at=hour - DAY * back, close=64200, quote_volume_24h=30_000_000 // (place + 1)) for back in range(1, 8)
        )
    first = Market.objects.get(symbol="BTCUSDT", exchange__slug=FIRST)
    Reading.objects.create(market=first, source="candles", read_at=stored)
    Candle.objects.bulk_create(Candle(market=first, period_s=3600, opened_at=hour - HOUR * back, close=1, quote_volume=2_000_000) for back in range(1, 25))
    volumes.renew(stored)
    for row in list(VolumeHour.objects.all()):
        VolumeHour.objects.create(opened_at=row.opened_at - HOUR, exchange=row.exchange, quote=row.quote, usd=row.usd)
    market.forget()


def test_the_answer_comes_first_and_calls_itself_no_advice(shown, remembered):
    said = text_of(shown())
    assert "USD was traded in 24 hours; prices fell on 3 of 4 exchanges. There is not enough history yet to say whether that is much." in said
    assert "A measure of activity, not advice." in said
    assert "BTC" in said and "2.00× median of 7 days" in said
    assert "taker buy share" in said


def test_a_whole_market_above_its_norm_says_by_how_much(shown, remembered):
    Snapshot.objects.all().delete()
    for row in Market.objects.filter(kind="spot").exclude(quote__code="USDC"):
        Snapshot.objects.bulk_create(
            Snapshot(market=row, period_s=3600, opened_at=volumes.opened(timezone.now(), 3600) - DAY * back, close=1,
                     quote_volume_24h=row.latest.quote_volume_24h / 2) for back in range(1, 5)
        )
    volumes.renew(timezone.now())
    market.forget()
    assert "Volume is 100% above its norm of 4 days, " in text_of(shown())


def test_candles_are_no_share_of_a_volume_most_of_which_is_too_old_to_count(shown, remembered):
    assert "% of the volume of the last 24 hours" in text_of(shown())
    Candle.objects.filter(period_s=3600).update(quote_volume=Decimal(10) ** 12)
    market.forget()
    assert "% of the volume of the last 24 hours" not in text_of(shown())


def test_a_coin_opens_into_its_exchanges_and_what_is_left_out(shown, remembered):
    prices(SECOND, ticker("BTC/USDT", "64201", "64202", last="64201", quote_volume_24h="1e18", base_volume_24h=5, change_24h_pct="1"), now=timezone.now())
    market.forget()
    html, said = shown().content.decode(), text_of(shown())
    assert f"BTCUSDT {words.DASH}: money over coins is no price it traded at" in said
    assert "its newest quote is stale" in said
    assert 'id="v-BTC"' in html and "data-frozen" in html and "1e18" not in html.lower()
    assert "Sentiment" in said and "breadth" in said


def test_csv_has_the_same_rows_in_plain_numbers(shown, remembered):
    rows = list(csv.DictReader(io.StringIO(shown("?format=csv").content.decode())))
    found = volume.view(volume.Asked(), timezone.now())
    assert [row["base"] for row in rows] == [line.base for line in found.lines]
    btc = next(row for row in rows if row["base"] == "BTC")
    assert (btc["relative_volume"], btc["norm_days"], btc["largest_exchange"], btc["exchanges"]) == ("2", "7", FIRST, "4")
    assert Decimal(btc["volume_usd"]) == next(line.activity.usd for line in found.lines if line.base == "BTC").quantize(Decimal("1e-8"))


def test_page_and_api_tell_the_same(shown, client, remembered):
    answer = client.get("/api/v1/volume/?base=BTC&window=24h").json()
    [btc] = answer["results"]
    line = next(line for line in volume.view(volume.Asked(), timezone.now()).lines if line.base == "BTC")
    assert (Decimal(btc["volume_usd"]), btc["relative_volume"], btc["norm_days"]) == (line.activity.usd, "2", 7)
    assert f"{float(btc['sentiment']['score']):.1f}" in text_of(shown("?search=btc"))
    assert sum(Decimal(part["share_pct"]) for part in btc["exchanges"]).quantize(Decimal(1)) == 100
    assert {(left["exchange"], left["reason"]) for left in answer["excluded"] if left["symbol"] == "BTCUSDT"} == {(FOURTH, "stale")}
    assert {left["reason"] for left in answer["excluded"]} == {"stale", "no_rate"}  # nobody tells what a USDC is worth
    assert len(answer["past"]["totals"]) == 2 and answer["past"]["markets"] == 1 and len(answer["past"]["traded"]) >= 23
    assert btc["taker_buy_share"] is None
    assert client.get("/api/v1/volume/?base=NOSUCH").json()["results"] == []
    assert client.get("/api/v1/volume/").json()["past"] is None


def test_every_order_puts_the_unknown_last(remembered):
    found = volume.view(volume.Asked(), timezone.now())
    for sort in [*volume.SORTS, *(f"-{name}" for name in volume.SORTS)]:
        values = [volume._ORDER[sort.lstrip("-")](line) for line in volume.chosen(found, sort)]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=sort.startswith("-")) and all(value is None for value in values[len(known) :]), sort


def test_filters_are_in_the_address_and_can_be_taken_away(shown, remembered):
    said = text_of(shown("?search=nothing-like-this&min_volume_usd=5"))
    assert "No coin matches." in said and "Remove all" in said
    assert 'id="v-BTC"' not in shown(f"?exchange={FOURTH}&min_volume_usd=1").content.decode()  # it is stale
    html = shown(f"?exchange={FIRST}&suspect=true&quote=USDT&window=30d").content.decode()
    assert "/api/v1/volume/?exchange=" in html and "suspect=true" in html and "30 d" in html
    assert text_of(shown("?quote=USDC")).count("1–1 of 1 coins") == 1
    shown("?window=1y", 400)


def test_before_the_first_price_it_says_who_is_awaited(empty, client):
    said = text_of(client.get("/volume/"))
    assert "Collecting first prices." in said and "No volume that counts is known right now." in said


def test_when_all_are_down_nothing_counts_and_the_page_stays(at, client):  # noqa: F811
    at(400)
    market.forget()
    said = text_of(client.get("/volume/"))
    assert "No live prices since" in said and "No volume that counts is known right now." in said and "its newest quote is stale" in said


def test_unchanged_is_a_304(shown):
    tag = shown()["ETag"]
    assert shown(code=304, HTTP_IF_NONE_MATCH=tag).content == b""


# --- Charts -----------------------------------------------------------------------------------------------------
def test_columns_stand_where_their_time_is_and_gaps_stay_empty():
    start = datetime(2026, 11, 22, 6, tzinfo=UTC)
    columns = [(start, {"a": Decimal(3), "b": Decimal(1)}), (start + 3 * HOUR, {"a": Decimal(2)})]
    svg = volume_charts.stacked(columns, FACES, "Volume <of> two", step_h=1)
    assert svg.count("<svg") == 2 and svg.count("<rect") == 6 and "Volume &lt;of&gt; two" in svg and "06:00" in svg
    assert volume_charts.stacked([], FACES, "x", step_h=1) == "" == volume_charts.stacked([(start, {})], FACES, "x", step_h=1)
    shares = volume_charts.stacked(columns, FACES, "x", step_h=1, shares=True)
    assert "100%" in shares and f'height="{168 - 30:.1f}"' in shares  # one exchange alone fills the column


def test_a_bar_says_its_shares_and_escapes_names():
    svg = volume_charts.bar({"a": Decimal("0.75"), "b": Decimal("0.25")}, FACES)
    assert 'aria-label="Ada 75 %, Bea &lt;b&gt; 25 %"' in svg and svg.count("<rect") == 2
    assert volume_charts.bar({}, FACES) == ""
