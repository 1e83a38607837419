"""Reads over stored markets: what a page, a program and an operator are told."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from exchanges.models import Exchange, Feed, Transition
from markets import pausing, read, statuses, store
from markets.board import PairKey
from markets.models import Market
from markets.reads import machinery
from tests.markets import kept
from tests.markets.build import NOW, catalogue, instrument, outcome, prices, save, ticker

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
LATER = NOW + timedelta(seconds=5)
DEFAULTS = read.Filters()


@pytest.fixture
def market(stored):
    """BTC on three exchanges, ETH on two, POL (and a dead MATIC) on one."""
    kept.again(_made, NOW)


def _made(now):
    catalogue("binance", "BTC/USDT", "ETH/USDT", instrument("MATIC/USDT", status="halted"), "POL/USDT", "ETH/BTC", now=now)
    catalogue("kucoin", "BTC/USDT", "ETH/USDT", now=now)
    catalogue("bybit", "BTC/USDT", now=now)
    eth = ticker("ETH/USDT", 10, "10.1"), ticker("ETH/BTC", "0.1", "0.101", quote_volume_24h=3)
    prices("binance", ticker("BTC/USDT", 100, 101, quote_volume_24h=90), *eth, ticker("POL/USDT", "0.5", "0.501"), now=now)
    prices("kucoin", ticker("BTC/USDT", "100.2", "100.9", quote_volume_24h=50, taker_fee="0.001"), ticker("ETH/USDT", "9.99", "10.11"), now=now)
    prices("bybit", ticker("BTC/USDT", "100.1", "101.1", quote_volume_24h=10, taker_fee="0.001"), now=now)


def test_the_cheapest_after_fees_and_what_each_row_says(market):
    result = read.compare("btc", "usdt", LATER)
    assert (result.best_buy.exchange, result.best_buy.price) == ("kucoin", Decimal("100.9"))
    assert result.best_buy.net_price == Decimal("101.0009")
    assert [r.quote.exchange for r in result.rows if r.rank] == ["kucoin", "binance", "bybit"]


def test_an_operators_fee_goes_before_the_exchanges_and_changes_the_winner(market):
    Exchange.objects.filter(slug="kucoin").update(taker_fee_pct=2)
    store.touch("switches")
    read.forget()
    result = read.compare("BTC", "USDT", LATER)
    assert result.best_buy.exchange == "binance"
    assert {r.quote.exchange: r.quote.fee_source for r in result.rows} == {"binance": "default", "kucoin": "operator", "bybit": "exchange"}


def test_how_much_of_limits_is_used_is_read_once_a_second_for_all_pages(market, monkeypatch):
    """Each exchange's costs the database and the limits' store a question, and every page shows the exchanges."""
    clock = [1_000.0]
    monkeypatch.setattr(statuses, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert all(e.meters for e in read.exchanges(LATER))
        return sum("exchanges_allowance" in query["sql"] for query in queries)

    assert [asked(), asked()] == [5, 0]
    clock[0] += 1.1
    assert asked() == 5


def test_a_switched_off_exchange_is_shown_with_its_reason_and_counts_for_nothing(market):
    Exchange.objects.filter(slug="kucoin").update(enabled=False)
    store.touch("switches")
    read.forget()
    result = read.compare("BTC", "USDT", LATER)
    off = next(r for r in result.rows if r.quote.exchange == "kucoin")
    assert off.rank is None and off.flags[0] == "disabled" and "switched off by an operator" in off.detail
    assert result.best_buy.exchange == "binance"
    assert all(r.quote.exchange != "kucoin" for c in read.overview(DEFAULTS, LATER).rows for r in c.rows)


def test_a_switched_off_market_too(market):
    Market.objects.filter(exchange__slug="kucoin", symbol="BTCUSDT").update(enabled=False)
    store.touch("catalogue:kucoin")
    read.forget()
    assert read.compare("BTC", "USDT", LATER).best_buy.exchange == "binance"


def test_an_old_ticker_answers_with_the_new_one_and_says_so(market):
    result = read.compare("MATIC", "USDT", LATER)
    assert result.key == PairKey("POL", "USDT") and result.notes[0] == "MATIC is now called POL."
    assert read.resolve("polygon")[0].ticker == "POL"
    assert read.resolve("nonsense") == (None, None)


def test_an_unknown_pair_names_the_nearest(market):
    with pytest.raises(read.UnknownPair) as error:
        read.compare("BTCC", "USDT", LATER)
    assert PairKey("BTC", "USDT") in error.value.nearest
    with pytest.raises(read.UnknownPair) as error:
        read.compare("MATIC", "EUR", LATER)
    assert error.value.renamed == ("MATIC", "POL")


def test_the_overview_has_the_numbers_of_the_comparison(market):
    rows = {c.key: c for c in read.overview(DEFAULTS, LATER).rows}
    assert rows[PairKey("BTC", "USDT")] == read.compare("BTC", "USDT", LATER)
    assert PairKey("MATIC", "USDT") not in rows or rows[PairKey("MATIC", "USDT")].best_buy is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["BTC", "ETH", "POL"]),
        ({"quote": "BTC"}, ["ETH"]),
        ({"quote": "", "sort": "asset"}, ["BTC", "ETH", "ETH", "POL"]),
        ({"min_exchanges": 2}, ["BTC", "ETH"]),
        ({"search": "polyg"}, ["POL"]),
        ({"base": ("ETH",)}, ["ETH"]),
        ({"min_volume_usd": Decimal(1_000_000)}, ["ETH", "POL"]),
        ({"exchanges": ("kucoin",)}, ["BTC", "ETH"]),
        ({"sort": "-buy"}, ["BTC", "ETH", "POL"]),
        ({"sort": "buy"}, ["POL", "ETH", "BTC"]),
        ({"limit": 1, "offset": 1, "sort": "asset"}, ["ETH"]),
    ],
)
def test_filters_and_order(market, change, expected):
    result = read.overview(replace(DEFAULTS, **({"sort": "asset"} | change)), LATER)
    assert [c.key.base for c in result.rows if c.key.base != "MATIC"] == expected


def test_when_nothing_matches_the_filter_to_relax_is_named(market):
    result = read.overview(replace(DEFAULTS, min_exchanges=2, min_volume_usd=Decimal(10**9)), LATER)
    assert not result.rows and result.widest_filter == "volume over 1000000000 USD"


def test_search_knows_tickers_names_old_tickers_and_pairs(market):
    assert read.suggest("bitc")[0] == ("BTC/USDT", "Bitcoin", "/compare/BTC-USDT/")
    assert read.suggest("matic")[0] == ("POL/USDT", "Polygon, formerly MATIC", "/compare/POL-USDT/")
    assert [label for label, _, _ in read.suggest("eth/")] == ["ETH/USDT", "ETH/BTC"]
    assert read.suggest("  ") == () and read.suggest("zzzz") == ()


def test_volumes_are_converted_by_the_quote_currencys_own_price(market):
    assert read.board().usd["BTC"] == Decimal("100.55")
    eth = next(c for c in read.overview(replace(DEFAULTS, quote="BTC"), LATER).rows)
    assert eth.volume_usd == 3 * Decimal("100.55")


def test_the_status_sentence_follows_the_ages(market):
    def said(seconds):
        return read.status(NOW + timedelta(seconds=seconds)).sentence

    Exchange.objects.filter(slug__in=["gateio", "bitget"]).update(enabled=False)
    store.touch("switches")
    read.forget()
    assert said(5) == "All three exchanges are live."
    prices("kucoin", ticker("BTC/USDT", 1, 2), now=NOW + timedelta(seconds=100))
    prices("binance", ticker("BTC/USDT", 1, 2), now=NOW + timedelta(seconds=100))
    save("bybit", "tickers", outcome([], NOW + timedelta(seconds=100), kind="refused"), NOW + timedelta(seconds=100))
    assert said(101) == "One exchange is not live. Comparisons keep running on the other two."
    Feed.objects.update(finished_at=NOW + timedelta(seconds=1000))
    assert said(1000) == "No live prices right now."


def test_workers_that_are_away_or_behind_are_said_before_anything_else(market):
    def said(seconds):
        found = read.status(NOW + timedelta(seconds=seconds))
        return found.level, found.sentence, found.explanation

    Exchange.objects.filter(slug__in=["gateio", "bitget"]).update(enabled=False)
    feeds = Feed.objects.filter(exchange__enabled=True)
    feeds.update(finished_at=NOW)
    read.forget()
    assert said(30)[1] == "No live prices right now."  # three periods
    assert said(31)[:2] == ("down", "Pebble's workers are away.") and "The last poll ended 31 s ago" in said(31)[2]
    feeds.exclude(exchange__slug="kucoin").update(finished_at=NOW + timedelta(seconds=20))
    assert said(31)[:2] == ("warn", "Pebble's workers are behind.") and "Prices of KuCoin were not asked for in time:" in said(31)[2]
    assert (said(31), read.status(NOW + timedelta(seconds=31)).workers.behind) == (said(31), ("KuCoin",))
    if "redis" in settings.Q_CLUSTER:  # its tasks do not say since when they wait
        return
    feeds.update(finished_at=NOW + timedelta(seconds=20))
    OrmQ.objects.create(key="x", payload="", lock=NOW - timedelta(seconds=31))
    assert said(29)[1] == "All three exchanges are live."
    assert said(30)[0] == "warn" and "The oldest task has waited for 1 m 1 s" in said(30)[2]


def test_while_collection_is_paused_the_status_blames_nobody(market):
    Feed.objects.update(finished_at=NOW)
    pausing.pause(NOW, "Moving house.")
    found = read.status(NOW + timedelta(minutes=5))
    assert (found.level, found.sentence) == ("warn", "Nothing is collected.")
    assert found.explanation == "An operator paused it: Moving house. Prices are as they were then."


def test_a_cluster_whose_sign_is_late_is_still_there_for_twenty_seconds(market, monkeypatch):
    """Under load django-q2's sign of life, good for three seconds, is overdue again and again."""
    clock, alive = [1000.0], [SimpleNamespace(cluster_id="a", workers=[1, 2])]
    monkeypatch.setattr(machinery.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(machinery.Stat, "get_all", lambda: list(alive))

    def seen(second):
        clock[0] = 1000.0 + second
        found = machinery.workers(NOW)
        return found.clusters, found.workers

    assert seen(0) == (1, 2)
    alive.clear()
    assert (seen(6), seen(20), seen(21)) == ((1, 2), (1, 2), (0, 0))


def test_three_failures_take_an_exchange_down_and_two_good_polls_bring_it_back(market):
    def state():
        return {e.slug: (e.state, e.breaker) for e in read.exchanges(LATER)}["kucoin"]

    for n in range(3):
        save("kucoin", "tickers", outcome([], NOW + timedelta(seconds=n), kind="refused", detail="connection refused"), NOW + timedelta(seconds=n))
    assert state() == ("down", "open")
    feed = Feed.objects.get(exchange__slug="kucoin", source="tickers")
    assert feed.fails == 3 and feed.probe_at > NOW + timedelta(seconds=20)
    for n in (40, 50):
        prices("kucoin", ticker("BTC/USDT", 1, 2), now=NOW + timedelta(seconds=n))
    assert state() == ("healthy", "closed")
    assert [t.after for t in Transition.objects.filter(exchange__slug="kucoin").order_by("id")] == ["healthy", "down", "healthy"]


def test_the_tag_moves_with_the_data_and_with_what_is_asked(market):
    first = read.tag(LATER, "a")
    assert read.tag(LATER, "a") == first != read.tag(LATER, "b")
    prices("kucoin", ticker("BTC/USDT", 1, 2))
    assert read.tag(LATER, "a") != first


def test_a_spark_is_the_last_day_of_the_busiest_exchange(market):
    for hour in range(1, 27):
        prices("binance", ticker("BTC/USDT", 100 + hour, 101 + hour, quote_volume_24h=10**6), now=NOW + timedelta(hours=hour))
    line = read.sparks((PairKey("BTC", "USDT"),), NOW + timedelta(hours=26))[PairKey("BTC", "USDT")]
    assert len(line) == 24 and line[-1] == Decimal("126.5")


def test_pages_are_served_from_memory_while_the_database_is_away(market, monkeypatch):
    from django.db import OperationalError

    from markets import held

    known = read.board().pairs
    monkeypatch.setattr(held, "LOOK_S", 0)

    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("django.db.models.query.QuerySet.values_list", away)
    assert read.board().pairs is known


def test_a_renaming_that_changed_the_unit_says_so(market):
    catalogue("kucoin", "BTC/USDT", "ETH/USDT", "SKY/USDT")
    assert read.compare("MKR", "USDT", LATER).notes[0] == "MKR is now called SKY: 1 MKR became 24000 SKY. Prices are for one SKY."


def test_a_name_stays_with_the_coin_that_had_it_first(market):
    catalogue("gateio", instrument("ZZZ/USDT", name="Bitcoin"))
    assert read.resolve("Bitcoin")[0].ticker == "BTC"


def test_asking_for_an_exchange_that_is_off_is_not_answered_with_others(market):
    Exchange.objects.filter(slug="binance").update(enabled=False)
    store.touch("switches")
    read.forget()
    assert read.overview(replace(DEFAULTS, exchanges=("binance",)), LATER).rows == ()


def test_rates_come_from_markets_that_trade(market):
    catalogue("kucoin", "BTC/USDT", "ETH/USDT", instrument("EUR/USDT", status="halted"), "ABC/EUR")
    prices("kucoin", ticker("EUR/USDT", 500, 501), ticker("ABC/EUR", 1, 2))
    assert "EUR" not in read.board().usd


def test_two_addresses_that_differ_in_case_only_are_refused(market):
    from django.core.exceptions import ValidationError

    from markets.models import Asset

    with pytest.raises(ValidationError, match="btc"):
        Asset(slug="BTC", ticker="BTC").full_clean()


def test_a_quote_knows_what_the_exchange_itself_calls_it(market):
    from markets.models import ExchangeAsset
    from markets.pages.compare_shown import trade_page

    catalogue("binance", "BTC/USDT", "ETH/USDT", instrument("MATIC/USDT", status="halted"), "POL/USDT", "ETH/BTC", "1000SATS/USDT", "SATS/USDC")
    asset = ExchangeAsset.objects.get(code="SATS").asset
    ExchangeAsset.objects.filter(code="1000SATS").update(asset=asset, multiplier=1000)
    store.touch("assets")
    prices("binance", ticker("1000SATS/USDT", "0.0002", "0.00021"))
    [row] = read.compare("SATS", "USDT", LATER).rows
    assert row.quote.base_code == "1000SATS" and "1000SATS_USDT" in trade_page(row)
