"""Derivatives, funding and options through their addresses: units untouched, unknown intervals unknown, absences named."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from exchanges.models import Feed
from markets.api import core as api
from markets.models import Market
from tests.api import published as p
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ENVELOPE = ["as_of", "simulated", "count", "next", "previous", "missing", "notes", "results"]
ONE, TWO, THREE = "binance", "bybit", "gateio"
EXPIRY = datetime(2027, 12, 31, 8, tzinfo=UTC)


@pytest.fixture
def contracts(stored):
    """BTC on three exchanges: linear with 8 h, linear with an interval nobody knows, inverse; a dated future; PEPE by the thousand."""
    linear = p.market(ONE, "BTC/USDT", contract_size="1", max_leverage="100")
    p.ticker(linear, mark_price="100.5", index_price="100", open_interest="2000000", quote_volume_24h=9, last="100.4")
    p.paid(linear, "0.0001", 8, next_rate="0.0002")
    unsure = p.market(TWO, "BTC/USDT")
    p.ticker(unsure, open_interest=5)
    p.paid(unsure, "-0.0003")
    inverse = p.market(THREE, "BTC/USD", symbol="BTC_USD", settle="BTC", inverse=True, contract_size="1")
    p.ticker(inverse, open_interest=7, mark_price=200, index_price=None)
    p.paid(inverse, "0.0001", 4, interval_from="history")
    p.ticker(p.market(ONE, "BTC/USDT", kind="future", symbol="BTCUSDT_271231", expiry=EXPIRY), mark_price=101)
    pepe = p.market(TWO, "PEPE/USDT", symbol="1000PEPEUSDT", base={"code": "1000PEPE", "multiplier": 1000}, contract_size="1")
    p.ticker(pepe, bid="0.0000101", ask="0.0000102", mark_price="0.00001015", index_price="0.00001", open_interest=3_000_000)
    for source in ("perp_tickers", "funding", "option_tickers", "funding_history"):
        p.answered(source)


def by_symbol(answer):
    return {(row["exchange"], row["symbol"]): row for row in answer["results"]}


def symbols(answer):
    return [row["symbol"] for row in answer["results"]]


# --- Derivatives ------------------------------------------------------------------------------------------------
def test_a_contract_is_told_per_coin_with_basis_interest_and_funding(get, contracts):
    answer = get("derivatives/")
    assert list(answer) == ENVELOPE and answer["count"] == 5 and answer["missing"] == [] and answer["notes"] == []
    row = by_symbol(answer)[ONE, "BTCUSDT"]
    assert (row["base"], row["quote"], row["kind"], row["settle"], row["inverse"], row["contract_size"]) == ("BTC", "USDT", "perp", "USDT", False, "1")
    assert (row["max_leverage"], by_symbol(answer)[TWO, "BTCUSDT"]["max_leverage"]) == ("100", None)
    assert (row["mark_price"], row["index_price"], row["basis_pct"], row["basis_apr_pct"]) == ("100.5", "100", "0.5", None)
    assert (row["open_interest"], row["open_interest_value"], row["open_interest_usd"]) == ("2000000", "201000000", "201000000")
    assert (row["state"], row["flags"], row["expiry"], row["quote_volume_24h"], row["base_volume_24h"]) == ("fresh", [], None, "9", None)
    assert 0 <= row["age_s"] < 30 and row["observed_at"].endswith("Z")
    assert {name: row["funding"][name] for name in ("rate", "rate_8h", "apr_pct", "interval_hours", "rate_kind", "next_rate")} == {
        "rate": "0.0001", "rate_8h": "0.0001", "apr_pct": "10.95", "interval_hours": "8", "rate_kind": "predicted", "next_rate": "0.0002",
    }


def test_a_dated_future_has_no_funding_and_a_basis_by_the_year(get, contracts):
    row = by_symbol(get("derivatives/?kind=future"))[ONE, "BTCUSDT_271231"]
    assert row["funding"] is None and row["expiry"] == "2027-12-31T08:00:00Z" and row["basis_pct"] == "1"
    days = (EXPIRY - timezone.now()).total_seconds() / 86_400
    assert float(row["basis_apr_pct"]) == pytest.approx(365 / days, rel=1e-4)
    assert "BTCUSDT_271231" not in symbols(get("funding/"))


def test_an_inverse_contract_keeps_its_money_size_and_is_valued_by_its_mark(get, contracts):
    [row] = get("derivatives/?inverse=true")["results"]
    assert (row["symbol"], row["quote"], row["settle"], row["contract_size"], row["open_interest"], row["open_interest_usd"]) == (
        "BTC_USD", "USD", "BTC", "1", "7", "1400")
    assert row["basis_pct"] is None and get("derivatives/?inverse=false")["count"] == 4


def test_a_multiplier_is_undone_once_and_the_contract_holds_as_many_coins(get, contracts):
    [row] = get("derivatives/?base=pepe")["results"]
    assert (row["symbol"], row["bid"], row["open_interest"], row["contract_size"]) == ("1000PEPEUSDT", "0.0000101", "3000000", "1000")
    assert row["open_interest_value"] == "30.45" and row["basis_pct"] == "1.5"


@pytest.mark.parametrize(("query", "count"), [
    ("exchange=binance", 2), ("exchange=binance,gateio", 3), ("base=BTC", 4), ("quote=usd", 1), ("settle=BTC", 1), ("kind=perp", 4), ("state=fresh", 5),
    ("state=stale", 0), ("symbol=BTC_USD", 1), ("min_open_interest_usd=1400", 2), ("min_open_interest_usd=1400.01", 1), ("flag=crossed", 0),
])
def test_filters_narrow(get, contracts, query, count):
    assert get(f"derivatives/?{query}")["count"] == count


def test_order_puts_the_unknown_last_either_way(get, contracts):
    rising = [row["basis_pct"] for row in get("derivatives/?ordering=basis_pct")["results"]]
    falling = [row["basis_pct"] for row in get("derivatives/?ordering=-basis_pct")["results"]]
    assert rising == ["0", "0.5", "1", "1.5", None] and falling == ["1.5", "1", "0.5", "0", None]


def test_pages_visit_each_row_once(get, contracts):
    first = get("derivatives/?limit=2")
    second = get("derivatives/?limit=3&offset=2")
    assert symbols(first) + symbols(second) == symbols(get("derivatives/")) and "offset=2" in first["next"] and second["next"] is None


def test_a_switched_off_exchange_or_feed_flags_its_rows_and_is_named(get, contracts, switch):
    switch(ONE, False)
    row = by_symbol(get("derivatives/"))[ONE, "BTCUSDT"]
    assert row["flags"] == ["disabled"] and get("derivatives/?flag=disabled")["count"] == 2
    assert {"exchange": ONE, "reason": "disabled", "detail": "Switched off by an operator."} in get("funding/")["missing"]
    Feed.objects.filter(exchange__slug=TWO, source="funding").update(enabled=False)
    fresh_memory()
    row = by_symbol(get("funding/"))[TWO, "BTCUSDT"]
    assert row["flags"] == ["disabled"] and by_symbol(get("derivatives/"))[TWO, "BTCUSDT"]["flags"] == []
    assert any(m["exchange"] == TWO and m["reason"] == "disabled" and "funding rates" in m["detail"] for m in get("funding/")["missing"])


def test_a_market_that_is_off_halted_crossed_or_of_unknown_identity_says_so(get, stored):
    odd = p.market(ONE, "ODD/USDT", status="halted", enabled=False, base={"state": "unknown"})
    p.ticker(odd, bid=102, ask=101, bad="last")
    fresh_memory()
    [row] = get("derivatives/")["results"]
    assert row["flags"] == ["disabled", "not_trading", "bad_number", "crossed", "unknown_identity"] and row["last"] is None


@pytest.mark.parametrize(("age", "state"), [(10, "fresh"), (800, "stale"), (1000, "expired")])
def test_rows_age_by_the_period_of_their_feed(get, stored, age, state):
    row = p.market(ONE, "BTC/USDT")
    p.ticker(row, age_s=age)
    p.paid(row, "0.0001", 8, age_s=age)
    fresh_memory()
    [told] = get("derivatives/")["results"]
    assert (told["state"], told["funding"]["state"]) == (state, state)


def test_a_contract_nobody_has_priced_yet_is_there_with_nothing_known(get, stored):
    p.market(ONE, "BTC/USDT")
    fresh_memory()
    [row] = get("derivatives/")["results"]
    assert (row["state"], row["age_s"], row["flags"]) == ("expired", None, ["no_bid_ask"])
    assert {row[name] for name in ("bid", "funding", "open_interest_usd", "observed_at", "ts_source")} == {None}


def test_who_has_not_answered_is_named_and_an_unknown_coin_is_not_an_empty_silence(get, stored):
    answer = get("derivatives/?base=nope")
    assert {m["exchange"]: m["reason"] for m in answer["missing"]} == dict.fromkeys(ADAPTERS, "starting")
    assert answer["results"] == [] and "NOPE" in answer["notes"][0]
    p.answered("perp_tickers", outcome="deadline", detail="no answer", ok_at=None)
    assert "deadline (no answer)" in get("derivatives/")["missing"][0]["detail"]


def test_a_feed_that_stopped_is_named_with_its_last_outcome(get, contracts):
    p.answered("funding", ONE, age_s=5000, outcome="schema", detail="another shape")
    [gone] = get("funding/")["missing"]
    assert (gone["exchange"], gone["reason"]) == (ONE, "expired") and "schema (another shape)" in gone["detail"]
    assert get(f"funding/?exchange={TWO}")["missing"] == []


def test_the_same_answer_costs_an_empty_304_until_a_row_changes(client, contracts):
    tag = client.get("/api/v1/derivatives/")["ETag"]
    api.forget()
    assert client.get("/api/v1/derivatives/", headers={"If-None-Match": tag}).status_code == 304
    Market.objects.filter(kind="future").update(status="halted")
    fresh_memory()
    assert client.get("/api/v1/derivatives/", headers={"If-None-Match": tag}).status_code == 200


# --- Funding ----------------------------------------------------------------------------------------------------
def test_an_unknown_interval_stays_unknown_and_is_put_on_no_scale(get, contracts):
    row = by_symbol(get("funding/"))[TWO, "BTCUSDT"]
    assert (row["rate"], row["interval_hours"], row["interval_from"], row["rate_8h"], row["apr_pct"]) == ("-0.0003", None, None, None, None)


def test_a_known_interval_is_put_on_both_scales_and_says_where_it_was_learnt(get, contracts):
    row = by_symbol(get("funding/"))[THREE, "BTC_USD"]
    assert (row["interval_hours"], row["interval_from"], row["rate_8h"], row["apr_pct"]) == ("4", "history", "0.0002", "21.9")


def test_funding_is_ordered_by_the_year_with_unknown_intervals_last(get, contracts):
    assert [row["apr_pct"] for row in get("funding/?ordering=-apr_pct")["results"]] == ["21.9", "10.95", None]
    assert [row["rate"] for row in get("funding/?ordering=rate")["results"]] == ["-0.0003", "0.0001", "0.0001"]


def test_a_rate_of_zero_is_a_rate(get, stored):
    p.paid(p.market(ONE, "BTC/USDT"), "0", 8)
    fresh_memory()
    [row] = get("funding/")["results"]
    assert (row["rate"], row["apr_pct"]) == ("0", "0")


def test_settled_funding_comes_by_time_and_only_what_was_paid(get, contracts):
    perp = Market.objects.get(exchange__slug=ONE, symbol="BTCUSDT", kind="perp")
    for hours, rate in ((0, "0.0001"), (8, "0.0002"), (16, "-0.0001")):
        p.settled(perp, EXPIRY - timedelta(hours=hours), rate)
    answer = get("funding/history/?base=btc")
    newest = answer["results"][0]
    assert (newest["settled_at"], newest["rate"], newest["rate_kind"]) == ("2027-12-31T08:00:00Z", "0.0001", "settled")
    assert answer["count"] == 3 and answer["results"][2]["apr_pct"] == "-10.95" and "2 of its 3 contracts" in answer["notes"][0]
    since = get("funding/history/?base=BTC&since=2027-12-31T00:00:00Z&until=2027-12-31T08:00:00Z")
    assert [row["rate"] for row in since["results"]] == ["0.0002"]
    assert [row["rate"] for row in get("funding/history/?base=BTC&ordering=settled_at&limit=1&offset=1")["results"]] == ["0.0002"]
    assert get(f"funding/history/?base=BTC&exchange={TWO}")["count"] == 0


def test_a_settlement_without_its_interval_is_told_as_it_was_paid(get, contracts):
    p.settled(Market.objects.get(exchange__slug=TWO, symbol="BTCUSDT", kind="perp"), EXPIRY, "0.0004", None)
    [row] = get("funding/history/?base=BTC")["results"]
    assert (row["rate"], row["interval_hours"], row["rate_8h"], row["apr_pct"]) == ("0.0004", None, None, None)


# --- Funding across exchanges -------------------------------------------------------------------------------------
@pytest.fixture
def pair(contracts):
    """The methodology's pair on ETH: 0.03 % every 8 h against 0.005 % every 4 h, four fees of 0.06 %."""
    for slug, rate, hours in ((ONE, "0.0003", 8), (TWO, "0.00005", 4)):
        row = p.market(slug, "ETH/USDT", taker_fee=p.number("0.0006"))
        p.ticker(row, open_interest=20_000)
        p.paid(row, rate, hours)
    p.answered("funding")


def test_the_worked_pair_is_a_route(get, pair):
    [line] = get("funding/routes/?base=ETH")["results"]
    assert line["spread_apr_pct"] == "21.9" and line["open_interest_usd"] == "4000000" and line["basis_pct"] == "0"
    assert line["route"] == {
        "long": TWO, "short": ONE, "diff_hourly": "0.000025", "diff_apr_pct": "21.9", "fees_pct": "0.24", "break_even_hours": "96", "price_gap_pct": "0",
        "open_interest_usd": "2000000",
    }
    assert [(rate["exchange"], rate["apr_pct"], rate["reason"]) for rate in line["rates"]] == [(ONE, "32.85", None), (TWO, "10.95", None)]
    assert get("funding/routes/?base=ETH&fees=0.1")["results"][0]["route"]["break_even_hours"] == "160"


def test_a_rate_that_is_in_no_route_says_why(get, pair):
    [line] = get("funding/routes/?base=BTC&quote=USDT")["results"]
    assert line["route"] is None and {rate["exchange"]: rate["reason"] for rate in line["rates"]} == {ONE: None, TWO: "partial"}
    assert next(rate for rate in line["rates"] if rate["exchange"] == TWO)["rate"] == "-0.0003"


def test_routes_are_filtered_ordered_and_counted(get, pair):
    assert get("funding/routes/")["results"][0]["base"] == "ETH"
    assert get("funding/routes/?interval=4")["count"] == 2 and get("funding/routes/?sign=longs&quote=USDT")["count"] == 1
    assert get("funding/routes/?exchange=binance")["results"][0]["route"] is None
    assert "lists a perpetual on NOPE" in get("funding/routes/?base=NOPE")["notes"][0]


def test_the_mean_of_seven_days_stands_beside_the_running_rate(get, pair):
    market = Market.objects.get(symbol="ETHUSDT", exchange__slug=ONE)
    for days, rate in ((1, "0.0001"), (2, "0.0003"), (8, "0.04")):
        p.settled(market, timezone.now() - timedelta(days=days), rate)
    fresh_memory()
    row = by_symbol(get("funding/?base=ETH"))
    assert {name: row[ONE, "ETHUSDT"][name] for name in ("mean_rate_8h", "mean_apr_pct", "mean_payments")} == {
        "mean_rate_8h": "0.0002", "mean_apr_pct": "21.9", "mean_payments": 2,
    }
    assert (row[TWO, "ETHUSDT"]["mean_rate_8h"], row[TWO, "ETHUSDT"]["mean_payments"]) == (None, 0)
    [line] = get("funding/routes/?base=ETH&when=mean")["results"]
    assert line["rates"][0]["payments"] == 2 and line["rates"][1]["reason"] == "partial"


def test_a_rate_beyond_what_can_be_is_a_bad_number_on_no_scale(get, contracts):
    row = p.market(ONE, "MAD/USDT")
    p.ticker(row)
    p.paid(row, "1", 8)
    fresh_memory()
    [found] = get("funding/?base=MAD")["results"]
    assert (found["rate"], found["rate_8h"], found["apr_pct"], found["flags"]) == ("1", None, None, ["bad_number"])


# --- Options ----------------------------------------------------------------------------------------------------
@pytest.fixture
def chain(contracts):
    """Two calls and a put on BTC, one on ETH."""
    for symbol, base, strike, kind, more in (
        ("BTC-31DEC27-70000-C", "BTC", 70_000, "call", {"mark_iv": "0.56", "delta": "0.31", "bid": 1500, "open_interest": "12.5", "underlying_price": 64_000}),
        ("BTC-31DEC27-60000-C", "BTC", 60_000, "call", {"mark_iv": "0.5", "delta": "0.6"}), ("BTC-31DEC27-60000-P", "BTC", 60_000, "put", {"delta": "-0.4"}),
        ("ETH-31DEC27-3000-C", "ETH", 3000, "call", {}),
    ):
        row = p.market(TWO, f"{base}/USDT", kind="option", symbol=symbol, strike=strike, option_type=kind, expiry=EXPIRY, underlying=f"{base}USDT")
        p.option(row, **more)
    p.answered("option_tickers")


def test_a_chain_is_told_with_volatility_greeks_and_underlying(get, chain):
    answer = get("options/?base=btc")
    assert list(answer) == [*ENVELOPE, "expiries"] and symbols(answer) == ["BTC-31DEC27-60000-C", "BTC-31DEC27-60000-P", "BTC-31DEC27-70000-C"]
    row = answer["results"][2]
    assert (row["strike"], row["option_type"], row["expiry"], row["mark_iv"], row["delta"]) == ("70000", "call", "2027-12-31T08:00:00Z", "0.56", "0.31")
    assert (row["bid"], row["ask"], row["open_interest"], row["underlying_price"], row["underlying"]) == ("1500", None, "12.5", "64000", "BTCUSDT")
    assert row["flags"] == [] and row["state"] == "fresh" and row["gamma"] is None
    [come_to] = answer["expiries"]
    assert (come_to["exchange"], come_to["underlying"], come_to["atm_strike"], come_to["atm_iv"]) == (TWO, "64000", "60000", "0.5")
    assert (come_to["call_open_interest"], come_to["put_open_interest"], come_to["put_call_interest"], come_to["max_pain"]) == ("12.5", None, None, "70000")
    assert (come_to["counted"], come_to["listed"], come_to["parity_broken_at"]) == (3, 3, []) and get("options/?base=BTC&expiry=2027-12-30")["expiries"] == []


@pytest.mark.parametrize(("query", "count"), [
    ("type=call", 2), ("type=put", 1), ("strike=60000", 2), ("strike=60000.0", 2), ("expiry=2027-12-31", 3), ("expiry=2027-12-30", 0), ("exchange=gateio", 0),
])
def test_a_chain_is_narrowed(get, chain, query, count):
    assert get(f"options/?base=BTC&{query}")["count"] == count


def test_a_chain_is_ordered(get, chain):
    assert [row["delta"] for row in get("options/?base=BTC&ordering=-delta")["results"]] == ["0.6", "0.31", "-0.4"]
    assert [row["mark_iv"] for row in get("options/?base=BTC&ordering=mark_iv")["results"]] == ["0.5", "0.56", None]


def test_who_offers_no_options_is_named_as_not_offering_and_a_coin_without_them_names_those_with(get, chain):
    answer = get("options/?base=DOGE")
    absent = {m["exchange"]: (m["reason"], m["detail"]) for m in answer["missing"]}
    assert absent == {slug: ("not_offered", f"{a.name} does not offer prices of options: not published.")
                      for slug, a in ADAPTERS.items() if a.option_tickers is None} and absent
    assert "Options are listed on BTC, ETH" in answer["notes"][0]


def test_an_option_past_its_day_is_not_in_the_chain(get, chain):
    Market.objects.filter(symbol="BTC-31DEC27-60000-P").update(status="delisted")
    assert len(get("options/?base=BTC")["results"]) == 2


def test_exact_numbers_survive_the_way(get, stored):
    row = p.market(TWO, "BTC/USDT", kind="option", symbol="X", strike="0.000000001", option_type="call")
    p.option(row, mark_iv="0.123456789012345", theta="-0.00000001")
    [told] = get("options/?base=BTC")["results"]
    assert (told["strike"], told["mark_iv"], told["theta"]) == ("0.000000001", "0.123456789012345", "-0.00000001")
    assert Decimal(told["mark_iv"]) == Decimal("0.123456789012345")


# --- Refusals ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("address", "field", "says"), [
    ("options/", "base", "It is required: name the coin"),
    ("funding/history/", "base", "base=BTC,ETH"),
    ("derivatives/?kind=spot", "kind", "perp, future"),
    ("derivatives/?inverse=maybe", "inverse", "true or false"),
    ("derivatives/?min_open_interest_usd=1e6", "min_open_interest_usd", "plain decimal"),
    ("derivatives/?ordering=funding", "ordering", "-open_interest_usd"),
    ("funding/?kind=perp", "kind", "Known here"),
    ("funding/history/?base=BTC&since=yesterday", "since", "2026-11-22T12:00:00Z"),
    ("funding/history/?base=BTC&since=2026-11-22T12:00:00", "since", "with its zone"),
    ("funding/history/?base=BTC&since=0001-01-01", "since", "a day"),
    ("funding/history/?base=BTC&since=0001-01-01T00:00:00%2B12:00", "since", "a day"),
    ("funding/history/?base=BTC&until=9999-12-31T23:59:59-12:00", "until", "a day"),
    ("options/?base=BTC&expiry=25DEC26", "expiry", "2026-12-25"),
    ("options/?base=BTC&type=straddle", "type", "call, put"),
    ("options/?base=BTC&strike=-5", "strike", "plain decimal"),
])
def test_a_bad_question_is_a_400_that_says_what_to_do(get, contracts, address, field, says):
    body = get(address, 400)
    assert body["field"] == field and says in body["detail"]
