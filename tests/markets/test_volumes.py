"""The memory of volumes over a store: totals of the hour, the past of every coin, what both make of today."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from markets import retention, volumes
from markets.board import PairKey
from markets.method import setting
from markets.models import Candle, Market, Reading, Snapshot, VolumeHour, VolumePast
from markets.reads import liquidity, volume, volume_hours
from tests.markets.build import NOW, catalogue, exchange, prices, ticker

pytestmark = pytest.mark.usefixtures("stored")
FIRST, SECOND, THIRD = [*ADAPTERS][:3]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def trade(slug, usd, pair="POL/USDT", change="1", **more):
    catalogue(slug, pair)
    prices(slug, ticker(pair, "0.99", "1.01", last="1", quote_volume_24h=usd, base_volume_24h=more.pop("coins", usd), change_24h_pct=change, **more))


def market(slug, symbol="POLUSDT"):
    return Market.objects.get(exchange__slug=slug, symbol=symbol)


def was(slug, *by_day, symbol="POLUSDT", price="1"):
    """Pebble's own hour of so many days ago, yesterday first."""
    row = market(slug, symbol)
    for back, money in enumerate(by_day, 1):
        if money is not None:
            Snapshot.objects.create(market=row, period_s=3600, opened_at=NOW - DAY * back, close=Decimal(price), quote_volume_24h=Decimal(money))


def line(base="POL", **asked):
    found = volume.view(volume.Asked(**asked), NOW)
    assert [volume.of_coin(row.base, volume.Asked(**asked), NOW) for row in found.lines] == [*found.lines], "one coin is as among all"
    return next(row.activity for row in found.lines if row.base == base)


@pytest.mark.both
def test_an_hour_is_written_once_however_often_it_is_made():
    trade(FIRST, 3_000_000)
    trade(SECOND, 1_000_000)
    trade(THIRD, 1_000_000, coins=50)  # swapped: an absurd figure decides no total
    for _ in range(2):
        volumes.renew(NOW)
    rows = VolumeHour.objects.values_list("opened_at", "exchange__slug", "quote", "usd")
    assert sorted(rows) == sorted([(NOW, FIRST, "USDT", Decimal(3_000_000)), (NOW, SECOND, "USDT", Decimal(1_000_000))])
    assert not VolumePast.objects.exists()


@pytest.mark.both
def test_today_is_measured_by_the_days_before_at_this_hour():
    trade(FIRST, 3_000_000)
    was(FIRST, 1_000_000, 2_000_000, 1_500_000)
    assert line().relative is None
    volumes.renew(NOW)
    assert volume.relative(NOW) == {"POL": Decimal(2)}
    assert (line().days, line().usd) == (3, 3_000_000)
    assert line().sentiment.left_out == ("price", "volume")  # three days give a norm and no spread yet


def test_six_days_give_both_spreads():
    trade(FIRST, 3_000_000, change="4.2")
    was(FIRST, *[1_500_000] * 6)
    volumes.renew(NOW)
    past = VolumePast.objects.get(asset__slug="pol")
    assert (past.price_spread, past.volume_spread, past.opened_at) == (0.01, 0.15, NOW)
    assert line().sentiment.left_out == () and line().sentiment.label == "strongly bullish"


def test_another_hour_of_the_day_measures_nothing():
    trade(FIRST, 3_000_000)
    was(FIRST, 1, 1, 1)
    Snapshot.objects.update(opened_at=F("opened_at") + HOUR)
    volumes.renew(NOW)
    assert volume.relative(NOW) == {}
    VolumePast.objects.create(asset=market(FIRST).base.asset, opened_at=NOW - 2 * HOUR, days="[]")
    volume.forget()
    assert line().days == 0


@pytest.mark.both
def test_candles_tell_of_the_time_before_the_first_run():
    trade(FIRST, 4_800_000)
    trade(SECOND, 1_000_000)
    row = market(FIRST)
    Reading.objects.create(market=row, source="candles", read_at=NOW)
    for back in range(24 * 4 - 1):  # three whole days, and one that lacks an hour
        Candle.objects.create(market=row, period_s=3600, opened_at=NOW - DAY - HOUR * back, close=1, quote_volume=100_000)
    volumes.renew(NOW)
    assert (volume.relative(NOW), line().days) == ({"POL": Decimal(2)}, 3)  # 4.8M over 2.4M: of the market whose past is known
    was(FIRST, 9_600_000)  # Pebble's own hour counts before the candles'
    VolumePast.objects.all().delete()
    volumes.renew(NOW)
    volume.forget()
    assert line().relative == 2
    assert '"9600000' in VolumePast.objects.get().days


def test_money_of_other_quotes_is_told_by_the_rates_of_its_day():
    catalogue(FIRST, "POL/EUR", "EUR/USDT")
    prices(
        FIRST, ticker("EUR/USDT", "1.99", "2.01", last="2", quote_volume_24h=10, base_volume_24h=5),
        ticker("POL/EUR", "0.99", "1.01", last="1", quote_volume_24h=100, base_volume_24h=100),
    )
    assert line().usd == 200
    was(FIRST, 100, 100, 100, symbol="POLEUR")
    was(FIRST, 10, 10, 10, symbol="EURUSDT", price="1")
    volumes.renew(NOW)
    assert volume.relative(NOW)["POL"] == 2  # the euro was worth half as much


def test_what_has_no_rate_is_shown_and_counts_nowhere():
    trade(FIRST, 100, pair="POL/BRL")
    row = line()
    assert (row.usd, row.shares, [v.reason for v in row.left_out]) == (None, {}, ["no_rate"])
    volumes.renew(NOW)
    assert not VolumeHour.objects.exists()


def test_filters_narrow_what_is_added_up():
    trade(FIRST, 3_000_000)
    trade(SECOND, 1_000_000)
    trade(THIRD, 1_000_000, coins=500_000)  # twice its price: doubted
    assert line().usd == 4_000_000
    assert line(exchanges=(SECOND,)).usd == 1_000_000
    assert line(suspect=True).usd == 5_000_000
    assert volume.view(volume.Asked(quote="EUR"), NOW).lines == () and volume.of_coin("POL", volume.Asked(quote="EUR"), NOW) is None
    assert [v.exchange for v in line().left_out] == [THIRD]


def test_old_hours_go_with_the_housekeeping():
    first = exchange(FIRST)
    for days, quote in ((89, "USDT"), (91, "USDC")):
        VolumeHour.objects.create(exchange=first, opened_at=NOW - DAY * days, quote=quote, usd=1)
    retention.purge(NOW, setting())
    assert list(VolumeHour.objects.values_list("quote", flat=True)) == ["USDT"]


def test_turnover_no_book_stands_behind_is_shown_and_not_counted(monkeypatch):
    trade(FIRST, 3_000_000)
    trade(SECOND, 1_000_000)
    monkeypatch.setattr(liquidity, "suspicious", lambda now: {PairKey("POL", "USDT"): frozenset({FIRST})})
    assert (line().usd, [(v.exchange, v.reason) for v in line().left_out]) == (1_000_000, [(FIRST, "volume_suspicious")])
    volume.forget()
    assert line(suspect=True).usd == 4_000_000


def test_the_chart_begins_and_ends_where_every_market_is_known():
    trade(FIRST, 10)
    trade(SECOND, 10)
    for slug, first, read_at in ((FIRST, 5, NOW), (SECOND, 4, NOW - timedelta(minutes=90))):  # the second was read within its hour of 10:00
        row = market(slug)
        Reading.objects.create(market=row, source="candles", read_at=read_at)
        for back in range(1, first + 1):
            Candle.objects.create(market=row, period_s=3600, opened_at=NOW - HOUR * back, close=1, quote_volume=back)
    found = volume_hours.past(volume.Asked(), "24h", NOW)
    assert (found.markets, found.step_h) == (2, 1)
    assert found.traded == ((NOW - HOUR * 4, {FIRST: 4, SECOND: 4}), (NOW - HOUR * 3, {FIRST: 3, SECOND: 3}))
    alone = volume_hours.past(volume.Asked(exchanges=(FIRST,)), "24h", NOW)
    assert [at for at, _ in alone.traded] == [NOW - HOUR * back for back in (5, 4, 3, 2, 1)]
    assert volume_hours.past(volume.Asked(exchanges=(FIRST,)), "30d", NOW).traded == ()  # not one whole step of six hours
    assert volume_hours.past(volume.Asked(quote="EUR"), "24h", NOW) == volume_hours.Past("24h", 1, (), 0, ())


def test_shares_are_those_at_the_end_of_each_step():
    trade(FIRST, 10)
    first, second = exchange(FIRST), exchange(SECOND)
    for back, one, quote, usd in ((1, first, "USDT", 5), (1, first, "EUR", 2), (1, second, "USDT", 3), (2, first, "USDT", 9), (800, first, "USDT", 1)):
        VolumeHour.objects.create(exchange=one, opened_at=NOW - HOUR * back, quote=quote, usd=usd)
    assert volume_hours.past(volume.Asked(), "7d", NOW).totals == ((NOW - 2 * HOUR, {FIRST: 9}), (NOW - HOUR, {FIRST: 7, SECOND: 3}))
    assert volume_hours.past(volume.Asked(quote="USDT", exchanges=(FIRST,)), "7d", NOW).totals == ((NOW - 2 * HOUR, {FIRST: 9}), (NOW - HOUR, {FIRST: 5}))
    assert volume_hours.past(volume.Asked(), "30d", NOW).totals == ((NOW - 6 * HOUR, {FIRST: 7, SECOND: 3}),)


def test_a_run_that_has_no_time_left_is_gone_on_with(monkeypatch):
    catalogue(FIRST, "POL/USDT", "BTC/USDT", "ETH/USDT")
    was(FIRST, 1, 1, 1)
    was(FIRST, 1, 1, 1, symbol="BTCUSDT")
    for day in (DAY, 2 * DAY):
        VolumeHour.objects.create(exchange=exchange(FIRST), opened_at=NOW - day, quote="USDT", usd=1)
    monkeypatch.setattr(volumes, "COINS_AT_ONCE", 1)
    monkeypatch.setattr(volumes, "SECONDS", -1.0)
    assert (volumes.renew(NOW), VolumePast.objects.count()) == (0, 0)
    monkeypatch.setattr(volumes, "SECONDS", 60.0)
    volumes.renew(NOW)
    assert VolumePast.objects.filter(opened_at=NOW).count() == 2
    VolumePast.objects.filter(asset__slug="pol").update(days="[]")
    volumes.renew(NOW + HOUR - timedelta(seconds=1))  # done for this hour
    assert VolumePast.objects.get(asset__slug="pol").days == "[]"
