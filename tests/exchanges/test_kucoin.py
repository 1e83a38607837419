"""KuCoin's pitfalls of units, order and names, each with a test of its own. Recorded replies: `test_kucoin_recorded.py`."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS
from exchanges.client import merged
from exchanges.errors import Garbled
from exchanges.management.commands.parse import as_json
from exchanges.rows import Instrument

from .cases import cases

KUCOIN = ADAPTERS["kucoin"]
PERP = Instrument("XBTUSDTM", "XBT", "USDT", kind="perp", settle="USDT", contract_size=Decimal("0.001"), index=".KXBTUSDT")
INVERSE = Instrument("XBTUSDM", "XBT", "USD", kind="perp", settle="XBT", contract_size=Decimal(1), inverse=True, index=".BXBT")
DATED = Instrument("XBTMZ26", "XBT", "USD", kind="future", settle="XBT", contract_size=Decimal(1), inverse=True)
SPOT = Instrument("BTC-USDT", "BTC", "USDT")


def part(name):
    source, _, which = name.partition(":")
    parts = {each.name: each for each in KUCOIN.source(source).parts}
    return parts[which or next(iter(parts))]


def parse(name, body, *markets):
    body = body if isinstance(body, bytes) else json.dumps({"code": "200000", "data": body}).encode()
    KUCOIN.check(200, {}, body)
    return part(name).parse(body, {}, {market.symbol: market for market in markets})


def rows(name, body, *markets):
    """The rows as text; only what is known of them."""
    parsed = parse(name, body, *markets)
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return [{key: value for key, value in as_json(row).items() if value not in (None, False, []) and key != "dropped"} for row in parsed.rows]


# --- the pitfalls -------------------------------------------------------------------------------------------------
def contract(symbol="XBTUSDTM", **fields):
    return {"symbol": symbol, "type": "FFWCSX", "baseCurrency": "XBT", "quoteCurrency": "USDT", "settleCurrency": "USDT", "status": "Open",
            "isInverse": False, "multiplier": 0.001} | fields  # fmt: skip


DOLLARS = {"symbol": "XBTUSDM", "isInverse": True, "multiplier": -1.0, "quoteCurrency": "USD", "settleCurrency": "XBT"}


def test_xbt_stays_xbt_in_the_row():
    (row,) = parse("perp_instruments", [contract()]).rows
    assert (row.symbol, row.base, row.multiplier) == ("XBTUSDTM", "XBT", None)


def test_sizes_and_open_interest_are_lots_times_the_multiplier():
    (row,) = parse("perp_tickers:contracts", [contract(multiplier=520000, openInterest="3", markPrice=0.1)]).rows
    assert row.open_interest == Decimal(1_560_000)
    quote = {"symbol": "XBTUSDTM", "bestBidPrice": "64000", "bestBidSize": 2767, "bestAskPrice": "64001", "bestAskSize": 1}
    (row,) = parse("perp_tickers:book", [quote], PERP).rows
    assert (row.bid_size, row.ask_size) == (Decimal("2.767"), Decimal("0.001"))


def test_an_inverse_lot_is_one_dollar_though_its_multiplier_reads_minus_one():
    (row,) = parse("perp_instruments", [contract(**DOLLARS)]).rows
    assert (row.inverse, row.contract_size, row.quote, row.settle) == (True, Decimal(1), "USD", "XBT")
    (row,) = parse("perp_tickers:contracts", [contract(**DOLLARS, openInterest="18157442", markPrice=64000)]).rows
    assert row.open_interest == Decimal("283.71003125")
    (row,) = parse("perp_tickers:contracts", [contract(**DOLLARS, openInterest="18157442")]).rows
    assert row.open_interest is None, "dollars without a price are no coins"


def test_dollars_that_are_more_coins_than_there_can_be_are_unknown():
    parsed = parse("perp_tickers:contracts", [contract(**DOLLARS, openInterest="9e18", markPrice=0.01)])
    assert [(row.mark_price, row.open_interest, row.bad) for row in parsed.rows] == [(Decimal("0.01"), None, ("open_interest",))]
    levels = {"symbol": "XBTUSDM", "bids": [[0.01, 9e18], [0.005, 5]], "asks": [[0.02, 4]], "ts": None}
    (book,) = parse("book:contract", levels, INVERSE).rows
    assert (book.bids, book.asks, book.dropped) == (((Decimal("0.005"), Decimal(1000)),), ((Decimal("0.02"), Decimal(200)),), 1)


def test_inverse_volumes_are_swapped():
    # Recorded in December 2022, at a price of 16532: "turnoverOf24h":68.02716403,"volumeOf24h":1124530.00000000
    wire = contract(**DOLLARS, turnoverOf24h=68.02716403, volumeOf24h=1124530.0, lastTradePrice=16532.0)
    (row,) = parse("perp_tickers:contracts", [wire]).rows
    assert (row.base_volume_24h, row.quote_volume_24h) == (Decimal("68.02716403"), Decimal(1124530))


def test_without_the_catalogue_lots_are_unknown_sizes_and_an_unreadable_book():
    quote = {"symbol": "XBTUSDTM", "bestBidPrice": "64000", "bestBidSize": 2767, "bestAskPrice": "64001", "bestAskSize": 1}
    (row,) = parse("perp_tickers:book", [quote]).rows
    assert (row.bid, row.bid_size, row.ask_size) == (Decimal(64000), None, None)
    with pytest.raises(Garbled, match="instruments are needed"):
        parse("book:contract", {"symbol": "XBTUSDTM", "bids": [[64000, 3]], "asks": [], "ts": 1790000000000000000})
    (candle,) = parse("candles:contract", [[1790000000000, 1, 2, 0.5, 1.5, 700]]).rows
    assert (candle.symbol, candle.close, candle.base_volume, candle.quote_volume) == ("", Decimal("1.5"), None, None)


def test_the_next_settlement_is_the_date_and_never_the_countdown():
    (row,) = parse("funding", [contract(nextFundingRateTime=28149691, nextFundingRateDateTime=1756224000000)]).rows
    assert row.next_funding_at.isoformat() == "2025-08-26T16:00:00+00:00"
    (row,) = parse("funding", [contract(nextFundingRateTime=28149691)]).rows
    assert row.next_funding_at is None


def test_the_interval_is_the_running_one_and_an_unknown_one_stays_unknown():
    def interval(**fields):
        (row,) = parse("funding", [contract(fundingFeeRate=0.0001, **fields)]).rows
        return row.interval_hours

    assert interval(fundingRateGranularity=28800000, currentFundingRateGranularity=14400000) == 4
    assert interval(fundingRateGranularity=28800000, currentFundingRateGranularity=None) == 8
    assert interval(fundingRateGranularity=3600000) == 1
    assert interval(fundingRateGranularity=None) is None
    assert interval() is None


def test_what_is_called_predicted_is_ignored():
    (row,) = parse("funding", [contract(fundingFeeRate=0.000052, predictedFundingFeeRate=0.000083)]).rows
    assert (row.kind, row.rate, row.next_rate) == ("predicted", Decimal("0.000052"), None)


def test_a_dated_contract_has_no_funding():
    dated = contract("XBTMZ26", type="FFICSX", fundingFeeRate=None, fundingRateGranularity=None, expireDate=1798185600000)
    found = parse("funding", [contract(fundingFeeRate=None), dated])
    assert [(row.symbol, row.rate) for row in found.rows] == [("XBTUSDTM", None)]
    assert found.dropped == 0, "what is left out on purpose is not lost"
    (row,) = parse("perp_instruments", [dated]).rows
    assert (row.kind, row.expiry.isoformat(), row.funding_interval_hours, row.delist_at) == ("future", "2026-12-25T08:00:00+00:00", None, None)


def test_spot_candles_come_newest_first_and_are_turned():
    wire = [["1790003600", "3", "4", "5", "2", "10", "40"], ["1790000000", "1", "2", "3", "0.5", "20", "30"]]
    found = parse("candles:spot", wire, SPOT).rows
    assert [row.opened_at.timestamp() for row in found] == [1790000000, 1790003600]


def test_in_spot_candles_the_close_stands_before_the_high():
    (row,) = parse("candles:spot", [["1790000000", "1", "2", "3", "0.5", "20", "30"]], SPOT).rows
    assert (row.open, row.close, row.high, row.low, row.base_volume, row.quote_volume) == tuple(map(Decimal, ("1", "2", "3", "0.5", "20", "30")))


def test_contract_candles_come_oldest_first_with_the_close_last_and_lots():
    wire = [[1790000000000, 1, 3, 0.5, 2, 20], [1790000060000, 2, 2.5, 2, 2.25, 4]]
    first, second = parse("candles:contract", wire, PERP).rows
    assert (first.open, first.high, first.low, first.close) == tuple(map(Decimal, ("1", "3", "0.5", "2")))
    assert (first.base_volume, second.base_volume, first.quote_volume, first.period_s) == (Decimal("0.02"), Decimal("0.004"), None, 60)


def test_candles_of_an_inverse_contract_count_dollars():
    (row,) = parse("candles:contract", [[1790000000000, 1, 3, 0.5, 2, 20]], INVERSE).rows
    assert (row.base_volume, row.quote_volume) == (None, Decimal(20))


def test_one_candle_does_not_tell_its_period_and_none_is_an_answer():
    assert [row.period_s for row in parse("candles:spot", [["1790000000", "1", "2", "3", "0.5", "20", "30"]], SPOT).rows] == [0]
    assert parse("candles:contract", [], PERP).rows == []


def test_times_are_seconds_milliseconds_and_nanoseconds():
    body = {"time": 1790000000123, "bids": [["1", "1"]], "asks": [["2", "1"]]}
    assert parse("book:spot", body, SPOT).at.isoformat() == "2026-09-21T14:13:20.123000+00:00"
    wire = {"symbol": "XBTUSDTM", "bids": [[1, 1]], "asks": [[2, 1]], "ts": 1790000000123456789}
    assert parse("book:contract", wire, PERP).at.isoformat() == "2026-09-21T14:13:20.123456+00:00"
    for ts in (1790000000123, 1790000000, "soon", None):  # another unit is no time
        assert parse("book:contract", wire | {"ts": ts}, PERP).at is None
    assert [row.exchange_ts for row in parse("perp_tickers:book", [{"symbol": "A", "bestBidPrice": "1", "bestAskPrice": "2", "ts": 17900}]).rows] == [None]


def test_floats_with_exponents_are_read_exactly():
    body = b'{"code":"200000","data":[{"symbol":"A","type":"FFWCSX","baseCurrency":"A","quoteCurrency":"USDT","multiplier":1.0E1,"openInterest":"3",'
    body += b'"markPrice":1.234567890123E-5,"priceChgPct":5.7E-3,"fundingFeeRate":-4.2E-5,"turnoverOf24h":6.353834194265137E8,"volumeOf24h":0.1}]}'
    (row,) = parse("perp_tickers:contracts", body).rows
    assert (row.mark_price, row.change_24h_pct, row.open_interest) == (Decimal("0.00001234567890123"), Decimal("0.57"), Decimal(30))
    assert (row.quote_volume_24h, row.base_volume_24h) == (Decimal("635383419.426514"), Decimal("0.1"))
    assert parse("funding", body).rows[0].rate == Decimal("-0.000042")


def test_change_is_a_fraction_on_the_wire():
    (row,) = parse("perp_tickers:contracts", [contract(priceChgPct=-0.0085)]).rows
    assert row.change_24h_pct == Decimal("-0.85")


@pytest.mark.parametrize(
    ("asset", "base", "tokenised"),
    [("STOCK", "AAPL", True), ("METAL", "XAG", True), ("COMMODITY", "CL", True), ("METAL", "PAXG", False), ("CRYPTO", "XBT", False), (None, "XBT", False)],
)
def test_stocks_metals_and_oil_are_not_coins_but_gold_coins_are(asset, base, tokenised):
    (row,) = parse("perp_instruments", [contract(assetClass=asset, baseCurrency=base)]).rows
    assert row.tokenised is tokenised


def test_before_a_coin_trades_its_perpetual_is_its_own_index():
    early = contract(marketStage="PRE_MARKET", indexPrice=5.5, markPrice=5.5)
    assert parse("perp_instruments", [early]).rows[0].status == "pre_open"
    assert parse("perp_tickers:contracts", [early]).rows[0].index_price is None


@pytest.mark.parametrize(
    ("wire", "ours"),
    [("Init", "pre_open"), ("Open", "trading"), ("CancelOnly", "halted"), ("Paused", "halted"), ("BeingSettled", "delisting"), ("Settled", "delisted"),
     ("Closed", "delisted"), ("Something new", "halted")],
)  # fmt: skip
def test_states_of_contracts(wire, ours):
    assert parse("perp_instruments", [contract(status=wire)]).rows[0].status == ours


def test_the_two_replies_of_contracts_merge_into_one_row():
    quote = {"symbol": "XBTUSDTM", "bestBidPrice": "1", "bestBidSize": 5, "bestAskPrice": "2", "price": "1.5", "ts": 1790000000 * 10**9}
    quotes = parse("perp_tickers:book", [quote], PERP)
    rest = parse("perp_tickers:contracts", [contract(markPrice=1.25, lastTradePrice=1.75), contract("OTHERM", markPrice=3)])
    assert [each.name for each in KUCOIN.perp_tickers.parts] == ["book", "contracts"]
    first, second = merged([quotes, rest])
    assert (first.bid, first.bid_size, first.mark_price, first.last) == (Decimal(1), Decimal("0.005"), Decimal("1.25"), Decimal("1.5"))
    assert (second.symbol, second.bid, second.mark_price) == ("OTHERM", None, Decimal(3))


def test_a_renamed_coin_is_called_by_its_present_name():
    (row,) = parse("currencies", [{"currency": "LOKI", "name": "OXEN", "fullName": "Oxen", "chains": []}]).rows
    assert (row.code, row.name, row.network) == ("OXEN", "Oxen", "")


def test_a_coin_whose_code_is_none_is_lost_alone_counted_and_never_too_many():
    coins = [{"currency": f"C{n}", "chains": []} for n in range(9)]
    parsed = parse("currencies", [*coins, {"currency": "<b>", "chains": []}])
    assert ([row.code for row in parsed.rows], parsed.dropped) == ([coin["currency"] for coin in coins], 1)
    with pytest.raises(Garbled, match="2 of 10 coins"):
        parse("currencies", [*coins[1:], {"currency": "<b>", "chains": []}, {"currency": "", "chains": []}])


def test_a_notice_without_a_title_is_lost_alone_and_a_day_that_is_none_is_no_opening():
    def notice(n, day="October 22", **more):
        text = f"Trading: 11:00 on {day}, 2026 (UTC)"
        return {"annId": n, "annTitle": f"New {n}", "annType": ["new-listings"], "annDesc": text, "cTime": 1790000000000} | more

    parsed = parse("announcements", {"items": [*(notice(n) for n in range(1, 8)), notice(8, "a day"), notice(9, "June 31"), notice(10, annTitle=" ")]})
    assert ([row.title for row in parsed.rows], parsed.dropped) == ([f"New {n}" for n in range(1, 10)], 1)
    opens = [row.starts_at and row.starts_at.isoformat() for row in parsed.rows]
    assert opens == ["2026-10-22T11:00:00+00:00"] * 7 + [None, None]


def test_levels_that_are_no_numbers_are_dropped_counted_and_never_too_many():
    good = [[f"{price}", "1"] for price in range(100, 80, -1)]
    (book,) = parse("book:spot", {"time": 1790000000123, "bids": [*good, ["NaN", "1"]], "asks": [["101", "-1"], ["102", "2"]]}, SPOT).rows
    assert (len(book.bids), book.asks, book.dropped) == (20, ((Decimal(102), Decimal(2)),), 2)
    with pytest.raises(Garbled, match="levels could not be read"):
        parse("book:spot", {"time": 1790000000123, "bids": good[:5], "asks": [["x", "1"], [None, None]] * 3}, SPOT)
    (empty,) = parse("book:spot", {"time": 1790000000123, "sequence": None, "bids": None, "asks": None}, SPOT).rows
    assert (empty.bids, empty.asks) == ((), ())


@pytest.mark.parametrize(("name", "reply", "unit"), [
    ("book:spot", lambda count: {"time": 1790000000123, "bids": [], "asks": [["1", "1"]] * count}, "levels"),
    ("candles:spot", lambda count: [[str(1790000000 + n), "1", "2", "3", "0.5", "20", "30"] for n in range(count)], "candles"),
])  # fmt: skip
def test_a_reply_without_end_is_refused(name, reply, unit):
    assert parse(name, reply(20_000), SPOT).dropped == 0
    with pytest.raises(Garbled) as caught:
        parse(name, reply(20_001), SPOT)
    assert (caught.value.outcome, caught.value.detail) == ("too_large", f"20001 {unit}")


def test_a_shuffled_book_is_best_first():
    (book,) = parse("book:spot", {"time": 1790000000123, "bids": [["1", "1"], ["2", "1"]], "asks": [["4", "1"], ["3", "1"]]}, SPOT).rows
    assert [price for price, _ in book.bids] == [2, 1]
    assert [price for price, _ in book.asks] == [3, 4]


def test_a_state_nobody_knows_is_a_changed_format():
    with pytest.raises(Garbled, match="unknown state"):
        parse("status:spot", {"status": "sleeping", "msg": ""})


# --- what is asked ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "market", "target"),
    [
        ("book", SPOT, "api.kucoin.com/api/v1/market/orderbook/level2_100?symbol=BTC-USDT"),
        ("book", PERP, "api-futures.kucoin.com/api/v1/level2/depth100?symbol=XBTUSDTM"),
        ("book", DATED, "api-futures.kucoin.com/api/v1/level2/depth100?symbol=XBTMZ26"),
        ("candles", SPOT, "api.kucoin.com/api/v1/market/candles?symbol=BTC-USDT&type=5min&startAt=1790000000&endAt=1790003600"),
        ("candles", INVERSE, "api-futures.kucoin.com/api/v1/kline/query?symbol=XBTUSDM&granularity=5&from=1790000000000&to=1790003600000"),
        ("funding_history", PERP, "api-futures.kucoin.com/api/v1/contract/funding-rates?symbol=XBTUSDTM&from=1790000000000&to=1790003600000"),
        ("index_members", PERP, "api-futures.kucoin.com/api/v1/index/query?symbol=.KXBTUSDT&maxCount=1&reverse=true"),
    ],
)  # fmt: skip
def test_one_market_is_asked_at_its_own_address(source, market, target):
    (chosen,) = KUCOIN.source(source).fitting(market)
    request = chosen.request.filled(_ask(market).words(chosen))
    assert request.host + request.target == target


def _ask(market):
    return Ask(market, 300, datetime.fromtimestamp(1790000000, UTC), datetime.fromtimestamp(1790003600, UTC))


def test_what_is_not_offered_is_not_asked():
    assert KUCOIN.funding_history.fitting(DATED) == KUCOIN.index_members.fitting(SPOT) == KUCOIN.index_members.fitting(DATED) == ()
    assert (KUCOIN.option_instruments, KUCOIN.option_tickers, KUCOIN.open_interest, KUCOIN.copy_traders) == (None, None, None, None)


# --- whatever stands in a field -----------------------------------------------------------------------------------
SAMPLES = [case for case in cases() if case.adapter is KUCOIN and case.body is not None]
STRANGE = st.sampled_from([None, True, -1, 0, 1e300, 10**25, "", "NaN", "-1", "\0", "\u200b", "x" * 100, [], {}, [[]], {"a": [1]}])


def places(document, at=()):
    """The way to every value inside a decoded reply."""
    if at:
        yield at
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in inner:
        yield from places(value, (*at, key))


@pytest.mark.parametrize("case", SAMPLES, ids=str)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_value_in_any_place_is_rows_or_a_changed_format(case, data):
    document = json.loads(case.body)
    *way, last = data.draw(st.sampled_from(list(places(document))))
    place = document
    for key in way:
        place = place[key]
    place[last] = data.draw(STRANGE)
    try:
        parsed = case.parse(json.dumps(document).encode())
    except Garbled as error:
        assert error.outcome == "schema"
    else:
        assert len({tuple(getattr(row, name) for name in row.KEY) for row in parsed.rows}) == len(parsed.rows), "one row for each key"
