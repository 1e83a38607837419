"""Bulk writing leaves the same table on SQLite and PostgreSQL, digit for digit, and the one Django itself would leave."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DataError

from exchanges.models import Exchange
from markets import bulk
from markets.bulk import upsert
from markets.models import Asset, ExchangeAsset, Market, Quote, Snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.both]

AT = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
WHOLE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NUMBERS = [Decimal(text) for text in (
    "98765.4321012345", "0.000000000000000001", "1E-18", "1.23456789012345E-4", "99999999999999900000", "1E+19", "123456789012345", "0", "-0.57",
    "0.1", "5", "5.000", "1234567.89012345", "0.000123456789012345",
)]


@pytest.fixture
def market():
    exchange = Exchange.objects.create(slug="toy", name="Toy", budget_per_minute=100)
    coins = [ExchangeAsset.objects.create(exchange=exchange, code=code, asset=Asset.objects.create(slug=f"toy-{code}", ticker=code)) for code in ("AAA", "BBB")]
    made = [Market(exchange=exchange, symbol=f"S{n}", base=coins[0], quote=coins[1], status="trading") for n in range(len(NUMBERS))]
    return Market.objects.bulk_create(made)


COLUMNS = ("market_id", "bid", "ask", "bad", "flag", "exchange_ts", "requested_at", "received_at", "observed_at", "token", "ts_source", "calm", "same_polls")


def quote_row(market, bid, *, ask=None, bad="", exchange_ts=None, token=1):
    return (market.pk, bid, ask, bad, "", exchange_ts, AT, AT, WHOLE, token, "received", 0, 0)


def put(rows, **options):
    return upsert(Quote, COLUMNS, rows, key=("market_id",), **options)


def test_every_number_comes_back_digit_for_digit(market):
    assert put([quote_row(m, number, ask=None) for m, number in zip(market, NUMBERS, strict=True)]) == len(NUMBERS)
    found = dict(Quote.objects.values_list("market_id", "bid"))
    assert [found[m.pk] for m in market] == NUMBERS
    assert set(Quote.objects.values_list("ask", flat=True)) == {None}


def stored():
    """The quotes as the driver gives them, before Django converts anything, each value with its type."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM markets_quote ORDER BY market_id")
        return [(row, [type(value) for value in row]) for row in cursor.fetchall()]


def test_the_table_is_the_one_django_would_have_written(market):
    put([quote_row(m, number, ask=number, bad="bid,ask", exchange_ts=AT) for m, number in zip(market, NUMBERS, strict=True)])
    ours = stored()
    Quote.objects.all().delete()
    Quote.objects.bulk_create([
        Quote(market=m, bid=number, ask=number, bad="bid,ask", exchange_ts=AT, requested_at=AT, received_at=AT, observed_at=WHOLE, token=1)
        for m, number in zip(market, NUMBERS, strict=True)
    ])
    assert ours == stored()


def test_times_keep_their_microseconds_and_become_utc(market):
    east = datetime(2026, 11, 22, 20, 0, 0, 1, tzinfo=timezone(timedelta(hours=8)))
    put([quote_row(market[0], None, exchange_ts=east), quote_row(market[1], None)])
    first, second = Quote.objects.order_by("market_id")
    assert (first.exchange_ts, first.requested_at, first.observed_at) == (datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC), AT, WHOLE)
    assert (second.exchange_ts, second.bid) == (None, None)
    assert Quote.objects.filter(observed_at=WHOLE, requested_at=AT).count() == 2, "a filter finds what was written"


AWKWARD = ["tab\there", "line\nhere", "return\rhere", "back\\slash", "\\N", "\\.", "", "币安人生", "🪨 % %s {old} 'quoted' \"twice\""]


def test_text_survives_whatever_it_holds(market):
    put([quote_row(m, None, bad=text) for m, text in zip(market, AWKWARD, strict=False)])
    assert list(Quote.objects.order_by("market_id").values_list("bad", flat=True)) == AWKWARD


def test_a_second_write_replaces_and_adds(market):
    put([quote_row(m, Decimal(1), token=1) for m in market[:2]])
    put([quote_row(market[1], Decimal(2), token=2), quote_row(market[2], Decimal(2), token=2)])
    assert list(Quote.objects.order_by("market_id").values_list("bid", "token")) == [(1, 1), (2, 2), (2, 2)]


def test_a_number_can_become_unknown_again(market):
    put([quote_row(market[0], Decimal(1))])
    put([quote_row(market[0], None)])
    assert Quote.objects.get().bid is None


def test_only_the_named_columns_are_overwritten(market):
    put([quote_row(market[0], Decimal(1), token=1)])
    put([quote_row(market[0], Decimal(2), token=2)], update=("bid",))
    put([quote_row(market[0], Decimal(3), token=3)], update=())
    assert Quote.objects.values_list("bid", "token").get() == (2, 1)


def test_the_last_of_two_rows_with_one_key_counts(market):
    assert put([quote_row(market[0], Decimal(1)), quote_row(market[0], Decimal(2))]) == 1
    assert Quote.objects.get().bid == 2


def test_no_rows_are_no_work(market, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert put([]) == 0


def test_more_rows_than_one_chunk(market, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 3)
    assert put(iter([quote_row(m, Decimal(1)) for m in market])) == len(market)
    assert put([quote_row(m, Decimal(2)) for m in market]) == len(market)
    assert set(Quote.objects.values_list("bid", flat=True)) == {Decimal(2)}
    assert Quote.objects.count() == len(market)


def test_ids_are_given_to_new_rows_and_booleans_kept(market):
    columns = ("exchange_id", "symbol", "kind", "base_id", "quote_id", "status", "enabled", "leveraged", "missing", "tokenised", "inverse",
               "settle", "index", "underlying", "option_type")
    old = market[0]
    rest = (False, False, "", "", "", "")
    row = (old.exchange_id, "NEW", "spot", old.base_id, old.quote_id, "trading", True, False, 0, *rest)
    upsert(Market, columns, [row, (*row[:1], "S0", *row[2:5], "halted", False, True, 3, *rest)],
           key=("exchange_id", "kind", "symbol"), update=("status", "leveraged"))
    new, old = Market.objects.get(symbol="NEW"), Market.objects.get(symbol="S0")
    assert (new.enabled, new.leveraged, new.status) == (True, False, "trading")
    assert (old.pk, old.enabled, old.leveraged, old.status, old.missing) == (market[0].pk, True, True, "halted", 0)
    assert Market.objects.filter(enabled=True, leveraged=True).count() == 1, "a filter finds booleans"


CANDLE = {
    "high": "CASE WHEN {old} >= {new} THEN {old} ELSE {new} END",
    "low": "CASE WHEN {old} <= {new} THEN {old} ELSE {new} END",
    "close": "{new}",
    "count": "{old} + 1",
}


def candle(market, *mids):
    columns = ("market_id", "period_s", "opened_at", "open", "high", "low", "close", "count")
    for mid in mids:
        upsert(Snapshot, columns, [(market.pk, 60, WHOLE, mid, mid, mid, mid, 1)], key=columns[:3], update=CANDLE)
    return Snapshot.objects.values_list("open", "high", "low", "close", "count").get(market_id=market.pk)


def test_a_running_candle_grows_by_sql_templates(market):
    assert candle(market[0], Decimal("1.5"), Decimal("9.25"), Decimal("1E-18"), Decimal("2.123456789")) == (
        Decimal("1.5"), Decimal("9.25"), Decimal("1E-18"), Decimal("2.123456789"), 4)


def test_a_candle_compares_numbers_not_texts(market):
    assert candle(market[0], Decimal(9), Decimal(10), Decimal("9.5")) == (9, 10, 9, Decimal("9.5"), 3)


def test_a_candle_that_began_unknown_takes_the_first_number(market):
    assert candle(market[0], None, Decimal(3)) == (None, 3, 3, 3, 2)


def test_unknown_never_beats_a_number_with_null_aware_templates(market):
    columns = ("market_id", "period_s", "opened_at", "high")
    for mid in (Decimal(3), None):
        upsert(Snapshot, (*columns, "count"), [(market[0].pk, 60, WHOLE, mid, 1)], key=columns[:3],
               update={"high": "CASE WHEN {new} IS NULL OR {old} >= {new} THEN {old} ELSE {new} END"})
    assert Snapshot.objects.values_list("high", flat=True).get() == 3


def test_it_belongs_to_the_callers_transaction(market):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put([quote_row(market[0], Decimal(1))])
        1 / 0  # noqa: B018
    assert not Quote.objects.exists()
    put([quote_row(market[0], Decimal(2))])
    assert Quote.objects.get().bid == 2


def test_a_broken_row_is_djangos_own_error(market):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        put([(market[0].pk, *[None] * (len(COLUMNS) - 1))])


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="how PostgreSQL keeps rows")
@pytest.mark.django_db(transaction=True)
def test_two_hundred_polls_rewrite_quotes_in_place(market):
    """Every update finds room on its own page (HOT): the fill factor of migration 0002 holds."""
    before = _rewritten()
    for token in range(200):
        put([quote_row(m, Decimal(token), token=token) for m in market])
    updated, hot = (now - then for now, then in zip(_rewritten(), before, strict=True))
    assert updated >= 199 * len(market)
    assert hot >= 0.95 * updated


def _rewritten():
    """(rows updated, of them in place) since the database was made, by all tests so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'markets_quote'")
        return cursor.fetchone()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="how PostgreSQL keeps rows")
def test_an_unchanged_row_is_not_written_again(market):
    put([quote_row(m, Decimal(1)) for m in market])
    with connection.cursor() as cursor:
        where = "SELECT ctid::text FROM markets_quote ORDER BY market_id"
        cursor.execute(where)
        before = cursor.fetchall()
        put([quote_row(m, Decimal(1 if n else 2)) for n, m in enumerate(market)])
        cursor.execute(where)
        moved = [old != new for old, new in zip(before, cursor.fetchall(), strict=True)]
    assert moved == [True] + [False] * (len(market) - 1)
