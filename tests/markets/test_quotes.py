"""Tickers into quotes: times, multipliers, memory and the fence, through the store as a worker uses it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.leases import Claim
from exchanges.models import Exchange, Feed, Run
from exchanges.rows import Instrument
from markets import read, store
from markets.board import PairKey
from markets.models import ExchangeAsset, Market, Quote, Revision, Snapshot
from tests.markets.build import NOW, catalogue, instrument, outcome, prices, save, ticker

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ALL = ("binance", "kucoin", "bybit", "gateio", "bitget")
BTC = PairKey("BTC", "USDT")


def everywhere(symbol="BTC/USDT", slugs=ALL):
    for slug in slugs:
        catalogue(slug, symbol)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def test_a_ticker_is_read_back_digit_for_digit():
    everywhere(slugs=["binance"])
    prices("binance", ticker("BTC/USDT", "64216.2300001", "64216.23000012", base_volume_24h="123456.789012345", last="0.000000000000000001"))
    quote = read.board().pairs[BTC]["binance"]
    assert (quote.bid, quote.ask) == (Decimal("64216.2300001"), Decimal("64216.23000012"))
    assert (quote.base_volume_24h, quote.last) == (Decimal("123456.789012345"), Decimal("1e-18"))
    assert quote.observed_at == NOW - timedelta(milliseconds=50)


def test_a_missing_side_is_stored_as_missing():
    everywhere(slugs=["binance"])
    prices("binance", ticker("BTC/USDT", 1, 2))
    prices("binance", ticker("BTC/USDT", None, 2), now=later(10))
    assert read.board().pairs[BTC]["binance"].bid is None


def test_a_snapshot_clock_ages_a_quote_and_the_offset_is_taken_off():
    everywhere(slugs=["bybit"])
    Exchange.objects.filter(slug="bybit").update(clock_offset_ms=2000)
    prices("bybit", ticker("BTC/USDT", 1, 2, exchange_ts=later(-598)), clock="snapshot")
    quote = read.board().pairs[BTC]["bybit"]
    assert (quote.observed_at, quote.ts_source) == (later(-600), "exchange")


def test_a_last_trade_clock_never_ages_a_quote():
    everywhere(slugs=["binance"])
    prices("binance", ticker("BTC/USDT", 1, 2, exchange_ts=later(-5000)), clock="last_trade")
    quote = read.board().pairs[BTC]["binance"]
    assert (quote.observed_at, quote.exchange_ts) == (NOW - timedelta(milliseconds=50), later(-5000))
    Exchange.objects.filter(slug="binance").update(clock_offset_ms=90_000)  # our clock is late: the exchange is not in the future
    prices("binance", ticker("BTC/USDT", 1, 2, exchange_ts=later(90)), clock="last_trade")
    assert read.board().pairs[BTC]["binance"].exchange_ts == NOW


def test_a_stamp_from_the_future_is_not_believed():
    everywhere(slugs=["bybit"])
    prices("bybit", ticker("BTC/USDT", 1, 2, exchange_ts=later(90)), clock="snapshot")
    quote = read.board().pairs[BTC]["bybit"]
    assert (quote.observed_at, quote.ts_source) == (NOW - timedelta(milliseconds=50), "received")
    assert "future" in [f for row in read.compare("BTC", "USDT", NOW).rows for f in row.flags]


def test_a_snapshot_clock_that_runs_backwards_overwrites_nothing():
    everywhere(slugs=["bybit"])
    prices("bybit", ticker("BTC/USDT", 10, 11, exchange_ts=NOW), clock="snapshot")
    prices("bybit", ticker("BTC/USDT", 20, 21, exchange_ts=later(-8)), clock="snapshot", now=later(10))
    assert read.board().pairs[BTC]["bybit"].bid == 10
    assert "backwards" in Run.objects.first().detail


def test_a_bundle_is_recognised_by_its_price_and_counted_per_coin():
    everywhere("SATS/USDT", ["kucoin", "gateio"])
    catalogue("binance", "1000SATS/USDT", "1INCH/USDT")
    for slug in ("kucoin", "gateio"):
        prices(slug, ticker("SATS/USDT", "0.0000002", "0.00000021"))
    for seconds in (0, 10):
        prices("binance", ticker("1000SATS/USDT", "0.0002", "0.00021", bid_size=5), ticker("1INCH/USDT", 1, 2), now=later(seconds))
    quote = read.board().pairs[PairKey("SATS", "USDT")]["binance"]
    assert (quote.bid, quote.bid_size, quote.multiplier) == (Decimal("0.0000002"), 5000, 1000)
    assert PairKey("1INCH", "USDT") in read.board().pairs
    assert quote.identity == "unknown", "one price tells the unit, not the coin: the others are unknown as well, and it must not outrank them"


def test_a_bundle_whose_price_does_not_say_so_stays_its_own_coin():
    everywhere("SATS/USDT", ["kucoin", "gateio"])
    catalogue("binance", "1000SATS/USDT")
    for slug in ("kucoin", "gateio"):
        prices(slug, ticker("SATS/USDT", "0.0000002", "0.00000021"))
    prices("binance", ticker("1000SATS/USDT", "0.0003", "0.00031"))
    assert ExchangeAsset.objects.get(code="1000SATS").multiplier == 1


def poll_all(slugs, times, price=lambda slug: 100, start=0):
    for n in range(start, start + times):
        for slug in slugs:
            prices(slug, ticker("BTC/USDT", price(slug) + n * Decimal("0.001"), price(slug) + Decimal("0.1") + n * Decimal("0.001")), now=later(31 * n))


def test_another_coin_under_the_same_ticker_is_conflicted_and_never_ranked():
    everywhere(slugs=ALL[:3])
    poll_all(ALL[:3], 4, lambda slug: 11000 if slug == "bybit" else 100)
    assert ExchangeAsset.objects.get(exchange__slug="bybit", code="BTC").state == "conflicted"
    rows = {r.quote.exchange: r for r in read.compare("BTC", "USDT", later(93)).rows}
    assert rows["bybit"].rank is None and rows["kucoin"].rank


def test_what_an_operator_decided_is_not_moved_by_prices():
    everywhere(slugs=ALL[:3])
    ExchangeAsset.objects.filter(exchange__slug="bybit", code="BTC").update(state="confirmed", decided=True)
    poll_all(ALL[:3], 4, lambda slug: 11000 if slug == "bybit" else 100)
    assert ExchangeAsset.objects.get(exchange__slug="bybit", code="BTC").state == "confirmed"


def test_a_wrong_price_is_remembered_until_three_calm_samples():
    everywhere(slugs=ALL[:4])
    for slug in ALL[:3]:
        prices(slug, ticker("BTC/USDT", 100, "100.1"))
    for n, bid in enumerate([120, 100, 100]):
        prices("gateio", ticker("BTC/USDT", bid, bid + 1 / Decimal(10)), now=later(n))
        assert read.board().pairs[BTC]["gateio"].flag == "price_anomaly"
    for n in (3, 4):
        prices("gateio", ticker("BTC/USDT", 100, "100.1"), now=later(n))
    assert read.board().pairs[BTC]["gateio"].flag == ""


def test_only_the_holder_of_the_claim_may_store():
    everywhere(slugs=["binance"])
    feed = Feed.objects.select_related("exchange").get(exchange__slug="binance", source="tickers")
    Feed.objects.filter(pk=feed.pk).update(token=7)
    before = dict(Revision.objects.values_list("name", "number"))
    assert store.save(feed, Claim(feed, 6, NOW), outcome([ticker("BTC/USDT", 1, 2)]), NOW) is False
    assert not Quote.objects.exists() and dict(Revision.objects.values_list("name", "number")) == before


def test_a_failed_poll_leaves_the_quotes_and_is_recorded():
    everywhere(slugs=["binance"])
    prices("binance", ticker("BTC/USDT", 1, 2))
    save("binance", "tickers", outcome([], later(10), kind="first_byte_timeout", detail="no answer in 4 s"), later(10))
    feed = Feed.objects.get(exchange__slug="binance", source="tickers")
    assert (feed.outcome, feed.fails, feed.ok_at) == ("first_byte_timeout", 1, NOW)
    assert read.board().pairs[BTC]["binance"].bid == 1


def test_unknown_symbols_are_counted_not_guessed():
    everywhere(slugs=["binance"])
    prices("binance", ticker("BTC/USDT", 1, 2), ticker("NEW/USDT", 1, 2))
    assert Market.objects.count() == 1 and "1 rows of markets not in the catalogue" in Run.objects.first().detail


def test_snapshots_are_candles_of_the_mid():
    everywhere(slugs=["binance"])
    for n, bid in enumerate([10, 14, 8, 12]):
        prices("binance", ticker("BTC/USDT", bid, bid + 2), now=later(n * 10))
    for candle in Snapshot.objects.all():
        assert (candle.open, candle.high, candle.low, candle.close, candle.count) == (11, 15, 9, 13, 4)
    assert set(Snapshot.objects.values_list("period_s", flat=True)) == {60, 300, 3600}


def test_purge_drops_what_is_past_its_keep():
    everywhere(slugs=["binance"])
    prices("binance", ticker("BTC/USDT", 10, 12))
    prices("binance", ticker("BTC/USDT", 10, 12), now=later(86_400 * 3))
    store.purge(later(86_400 * 3))
    assert {s.period_s for s in Snapshot.objects.filter(opened_at__lte=NOW)} == {300, 3600}
    assert (Run.objects.filter(started_at__lte=NOW).count(), Run.objects.count()) == (0, 1)
    store.purge(later(86_400 * 9))
    assert {s.period_s for s in Snapshot.objects.filter(opened_at__lte=NOW)} == {3600}


def test_the_clock_offset_is_the_median_of_five():
    from exchanges.rows import ServerTime

    for ahead in (1, 2, 3, 1000, 5):
        save("bybit", "time", outcome([ServerTime(NOW - timedelta(milliseconds=50) + timedelta(milliseconds=ahead))]))
    assert Exchange.objects.get(slug="bybit").clock_offset_ms == 3


def test_two_symbols_of_one_pair_show_the_trading_one():
    catalogue("kucoin", instrument("OLD/USDT", status="halted"), instrument("NEW/USDT"))
    codes = {c.code: c for c in ExchangeAsset.objects.all()}
    ExchangeAsset.objects.filter(code="OLD").update(asset=codes["NEW"].asset)
    store.touch("assets")
    prices("kucoin", ticker("OLD/USDT", 1, 2, quote_volume_24h=10**9), ticker("NEW/USDT", 3, 4))
    assert read.board().pairs[PairKey("NEW", "USDT")]["kucoin"].bid == 3


def test_a_clock_put_back_does_not_keep_correct_prices_out():
    everywhere(slugs=["bybit"])
    prices("bybit", ticker("BTC/USDT", 10, 11, exchange_ts=later(3600)), clock="snapshot", now=later(3600))
    prices("bybit", ticker("BTC/USDT", 20, 21, exchange_ts=NOW), clock="snapshot")
    assert read.board().pairs[BTC]["bybit"].bid == 20


def test_a_market_whose_id_means_another_coin_loses_the_old_coins_price():
    everywhere("LUNA/USDT", ["kucoin"])
    prices("kucoin", ticker("LUNA/USDT", 1, 2))
    catalogue("kucoin", instrument("LUNA/USDT", status="trading"))
    assert Quote.objects.count() == 1
    catalogue("kucoin", Instrument(symbol="LUNAUSDT", base="NEWLUNA", quote="USDT"))
    assert Quote.objects.count() == 0


def test_each_symbol_of_a_pair_keeps_its_own_memory():
    catalogue("kucoin", "BTC/USDT", "XBT/USDT")
    for n in range(4):
        prices("kucoin", ticker("BTC/USDT", 100 + n, 101 + n), ticker("XBT/USDT", 100, 101), now=later(10 * n))
    assert dict(Quote.objects.values_list("market__symbol", "same_polls")) == {"BTCUSDT": 0, "XBTUSDT": 3}


def test_an_absurd_volume_costs_the_volume_and_not_the_poll():
    everywhere("SATS/USDT", ["kucoin"])
    catalogue("binance", "1000SATS/USDT", "BTC/USDT")
    ExchangeAsset.objects.filter(code="1000SATS").update(multiplier=1000)
    store.touch("catalogue:binance")
    read.forget()
    prices("binance", ticker("1000SATS/USDT", 1, 2, base_volume_24h="1e18"), ticker("BTC/USDT", 1, 2))
    quote = Quote.objects.get(market__symbol="1000SATSUSDT")
    assert (quote.base_volume_24h, quote.bid, quote.bad) == (None, Decimal("0.001"), "base_volume_24h")


def test_an_operators_unit_set_while_a_poll_was_judged_is_the_one_stored(monkeypatch):
    from markets import quotes

    catalogue("binance", "1000SATS/USDT")
    judge = quotes.judge

    def judged_then_decided(*args):
        found = judge(*args)
        if ExchangeAsset.objects.filter(code="1000SATS", multiplier=1).update(multiplier=1000, decided=True):
            store.touch("assets", "catalogue:binance")
        return found

    monkeypatch.setattr(quotes, "judge", judged_then_decided)
    prices("binance", ticker("1000SATS/USDT", 1, 2))
    assert Quote.objects.get().bid == Decimal("0.001")


def test_a_clock_a_day_away_is_not_believed():
    from exchanges.rows import ServerTime

    save("bybit", "time", outcome([ServerTime(NOW + timedelta(days=1))]))
    assert Exchange.objects.get(slug="bybit").clock_offset_ms is None
    assert Feed.objects.get(exchange__slug="bybit", source="time").outcome == "schema"
