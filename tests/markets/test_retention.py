"""History goes when its time is over: row by row on SQLite, partition by partition on PostgreSQL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from exchanges.models import Incident, Transition
from exchanges.rows import Instrument
from markets import partitions, store
from markets.bulk import upsert
from markets.models import (
    Announcement,
    Candle,
    Depth,
    FundingSettlement,
    LeadTrader,
    LeadTraderDay,
    Listing,
    Market,
    Network,
    NetworkChange,
    OpenInterest,
    OptionQuote,
    Setting,
    Snapshot,
)
from tests.markets.build import NOW, catalogue, exchange, rows

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = 5000 * DAY  # no partition is made for so long
KEY = ("market_id", "period_s", "opened_at")
only_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="partitions are PostgreSQL's")


@pytest.fixture
def market():
    catalogue("binance", "BTC/USDT")
    return Market.objects.get()


def history(model, market, period_s, *ages):
    upsert(model, (*KEY, *(["count"] if model is not Candle else []), *(["truncated"] if model is Depth else [])),
           [(market.pk, period_s, NOW - age, *([1] if model is not Candle else []), *([False] if model is Depth else [])) for age in ages], key=KEY)


def ages(model, period_s):
    return {NOW - at for at in model.objects.filter(period_s=period_s).values_list("opened_at", flat=True)}


@pytest.mark.parametrize("model", [Snapshot, Depth, Candle])
def test_each_width_is_kept_as_long_as_the_settings_say(model, market):
    tiers = {60: (HOUR, 3 * DAY), 300: (DAY, 10 * DAY), 3600: (80 * DAY, 100 * DAY)}
    for period_s, kept_and_old in tiers.items():
        if period_s in partitions.TIERS[model.__name__]:
            history(model, market, period_s, *kept_and_old)
    store.purge(NOW)
    for period_s, (kept, _) in tiers.items():
        if period_s in partitions.TIERS[model.__name__]:
            assert ages(model, period_s) == {kept}


def test_an_operator_decides_how_long(market):
    history(Snapshot, market, 3600, 3 * DAY, 9 * DAY, 200 * DAY)
    Setting.objects.update_or_create(pk=1, defaults={"hour_snapshots_d": 1})
    store.purge(NOW + 8 * DAY)
    assert ages(Snapshot, 3600) == set()


def test_daily_candles_outlive_the_others(market):
    history(Candle, market, 86_400, 1000 * DAY, 2000 * DAY)
    store.purge(NOW)
    assert ages(Candle, 86_400) == {1000 * DAY}


def test_events_settlements_and_statistics_go_when_they_are_old(market):
    network = Network.objects.create(asset=market.base, seen_at=NOW)
    trader = LeadTrader.objects.create(exchange=market.exchange, trader_id="t", seen_at=NOW)
    for age in (DAY, 400 * DAY, 800 * DAY):
        NetworkChange.objects.create(network=network, at=NOW - age, what="deposit", opened=True)
        Listing.objects.create(exchange=market.exchange, market=market, event="listed", at=NOW - age, time_source="exchange", seen_at=NOW - age)
        Announcement.objects.create(exchange=market.exchange, key=str(age), first_seen_at=NOW - age)
        FundingSettlement.objects.create(market=market, settled_at=NOW - age)
        OpenInterest.objects.create(market=market, opened_at=NOW - age)
        LeadTraderDay.objects.create(trader=trader, day=(NOW - age).date())
    store.purge(NOW)
    assert [model.objects.count() for model in (NetworkChange, Listing, Announcement)] == [2, 2, 2]
    assert [model.objects.count() for model in (FundingSettlement, OpenInterest, LeadTraderDay)] == [1, 1, 1]


def test_states_and_incidents_that_are_over_go_after_four_hundred_days_and_what_goes_on_stays(market):
    for number, age in enumerate((399 * DAY, 401 * DAY)):
        Transition.objects.create(exchange=market.exchange, at=NOW - age, before="healthy", after="down", number=100 + number)
        Incident.objects.create(key="down:binance", kind="down", title="", opened_at=NOW - 500 * DAY, closed_at=NOW - age)
    Incident.objects.create(key="down:binance", kind="down", title="", opened_at=NOW - 500 * DAY)
    store.purge(NOW)
    assert [NOW - at for at in Transition.objects.filter(number__gte=100).values_list("at", flat=True)] == [399 * DAY]
    assert {at and NOW - at for at in Incident.objects.values_list("closed_at", flat=True)} == {399 * DAY, None}


def test_an_option_a_week_after_its_end_is_forgotten_with_all_that_is_its_own():
    options = [Instrument(f"BTC-{n}", "BTC", "USDT", kind="option", expiry=NOW + n * DAY) for n in (1, 3)]
    rows("bybit", "option_instruments", *options)
    for market in Market.objects.filter(kind="option"):
        OptionQuote.objects.create(market=market, bid=Decimal(1), requested_at=NOW, received_at=NOW, observed_at=NOW)
    rows("bybit", "option_instruments", options[1], now=NOW + 2 * DAY)
    store.purge(NOW + 5 * DAY)
    assert Market.objects.count() == 2
    store.purge(NOW + 9 * DAY)
    assert list(Market.objects.values_list("symbol", flat=True)) == ["BTC-3"]
    assert OptionQuote.objects.count() == 1


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="how SQLite finds rows")
def test_old_rows_are_found_through_the_key_and_not_by_reading_everything(market):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN DELETE FROM markets_snapshot WHERE period_s = 60 AND opened_at < '2026' AND market_id IN (1, 2)")
        assert "SEARCH" in cursor.fetchall()[0][3]


# --- Partitions -------------------------------------------------------------------------------------------------------
def tables(prefix):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relname LIKE %s ORDER BY 1", [f"{prefix}%"])
        return [name for (name,) in cursor.fetchall()]


def where(period_s):
    """Which tables the rows of a width lie in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM markets_snapshot WHERE period_s = %s ORDER BY 1", [period_s])
        return [name for (name,) in cursor.fetchall()]


@only_postgresql
def test_days_are_made_ahead_and_dropped_whole(market):
    store.purge(NOW + 365 * DAY)
    days = [name for name in tables("markets_snapshot_p60_") if name[-8:].isdigit()]
    assert days[:5] == [f"markets_snapshot_p60_202711{day}" for day in (21, 22, 23, 24, 25)]
    store.purge(NOW + 367 * DAY)
    assert tables("markets_snapshot_p60_")[0] == "markets_snapshot_p60_20271123"


@only_postgresql
def test_rows_that_came_before_their_partition_was_made_are_moved_into_it(market):
    history(Snapshot, market, 60, -FAR, -FAR - HOUR)
    assert where(60) == ["markets_snapshot_p60_rest"]
    store.purge(NOW + FAR)
    assert where(60) == [f"markets_snapshot_p60_{NOW + FAR:%Y%m%d}"]
    assert ages(Snapshot, 60) == {-FAR, -FAR - HOUR}


@only_postgresql
def test_a_width_nobody_planned_for_is_stored_all_the_same(market):
    history(Snapshot, market, 7, HOUR)
    assert where(7) == ["markets_snapshot_rest"]


@only_postgresql
def test_upserts_update_rows_in_their_partition(market):
    for high in (1, 2):
        upsert(Snapshot, (*KEY, "high", "count"), [(market.pk, 3600, NOW, Decimal(high), 1)], key=KEY, update={"high": "{new}", "count": "{old} + 1"})
    assert Snapshot.objects.values_list("high", "count").get() == (2, 2)


@only_postgresql
def test_closed_partitions_are_ordered_once(market):
    history(Snapshot, market, 3600, DAY, 20 * DAY)
    store.purge(NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE x.indisclustered AND c.relname LIKE 'markets_snapshot_p%'")
        ordered = {name for (name,) in cursor.fetchall()}
    assert "markets_snapshot_p3600_20261029" in ordered, "the week twenty days ago"
    assert not {"markets_snapshot_p3600_20261119", "markets_snapshot_p60_20261121"} & ordered, "neither the running week nor what is dropped tomorrow"
    assert ages(Snapshot, 3600) == {DAY, 20 * DAY}


@only_postgresql
def test_a_table_may_be_made_whole_again_and_divided_with_all_its_rows(market):
    from markets.retention import keeps

    history(Snapshot, market, 3600, HOUR, 20 * DAY, 700 * DAY)
    partitions.unite("Snapshot")
    assert tables("markets_snapshot") == ["markets_snapshot"]
    assert ages(Snapshot, 3600) == {HOUR, 20 * DAY, 700 * DAY}
    partitions.divide("Snapshot", NOW, keeps(Setting()))
    assert ages(Snapshot, 3600) == {HOUR, 20 * DAY, 700 * DAY}
    assert where(3600) == ["markets_snapshot_p3600_20261029", "markets_snapshot_p3600_20261119", "markets_snapshot_p3600_rest"]


@only_postgresql
def test_a_market_that_goes_takes_its_history_with_it(market):
    history(Snapshot, market, 3600, HOUR, 20 * DAY)
    exchange("binance").markets.all().delete()
    assert not Snapshot.objects.exists()


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_table_somebody_holds_is_left_for_the_next_time(market, monkeypatch, caplog):
    monkeypatch.setattr(partitions, "LOCK_S", 0.05)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE markets_snapshot IN ACCESS SHARE MODE")
            store.purge(NOW + 365 * DAY)
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert "lock timeout" in caplog.text
    store.purge(NOW + 365 * DAY)
    assert "markets_snapshot_p60_20271122" in tables("markets_snapshot_p60_")
