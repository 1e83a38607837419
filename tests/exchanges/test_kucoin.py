"""KuCoin: every recorded reply field by field, against values worked out by hand from the wire text, and each of its pitfalls."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS
from exchanges.client import merged
from exchanges.errors import Blocked, Garbled, Refused, Throttled, Unreachable
from exchanges.management.commands.parse import as_json
from exchanges.rows import Instrument

from . import recorded

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


def read(name):
    return recorded.read(f"kucoin/{name}.json")


# --- recorded replies, field by field -------------------------------------------------------------------------------
@recorded.needed
def test_the_recorded_contracts_as_a_catalogue():
    common = {"quote": "USDT", "kind": "perp", "status": "trading", "lot_size": "1", "maker_fee": "0.0002", "taker_fee": "0.0006", "settle": "USDT"}
    assert rows("perp_instruments", read("futures_contracts_active")) == [
        common | {"symbol": "XBTUSDTM", "base": "XBT", "tick_size": "0.1", "contract_size": "0.001", "index": ".KXBTUSDT", "funding_interval_hours": "8",
                  "listed_at": "2020-03-30T08:00:00Z"},
        common | {"symbol": "ETHUSDTM", "base": "ETH", "tick_size": "0.01", "contract_size": "0.01", "index": ".KETHUSDT", "funding_interval_hours": "8",
                  "listed_at": "2020-06-02T08:20:00Z"},
        common | {"symbol": "ZRXUSDTM", "base": "ZRX", "tick_size": "0.0001", "contract_size": "10", "index": ".KZRXUSDT", "funding_interval_hours": "8",
                  "listed_at": "2025-06-30T12:30:00Z"},
    ]  # fmt: skip
    (older,) = rows("perp_instruments", read("futures_contracts_active_spec"))
    assert (older["contract_size"], older["tick_size"], older["funding_interval_hours"]) == ("0.001", "0.1", "8")


@recorded.needed
def test_the_recorded_contracts_as_tickers():
    assert rows("perp_tickers:contracts", read("futures_contracts_active")) == [
        # 5,940,782 lots of 0.001 XBT
        {"symbol": "XBTUSDTM", "last": "110196", "mark_price": "110205.37", "index_price": "110207.22", "open_interest": "5940.782",
         "base_volume_24h": "5735.963", "quote_volume_24h": "635383419.426514", "change_24h_pct": "-0.85", "high_24h": "112958.8", "low_24h": "108682.5"},
        # 9,946,127 lots of 0.01 ETH
        {"symbol": "ETHUSDTM", "last": "4429.26", "mark_price": "4430.34", "index_price": "4430.77", "open_interest": "99461.27",
         "base_volume_24h": "207611.13", "quote_volume_24h": "930349443.579048", "change_24h_pct": "-2.85", "high_24h": "4683.98", "low_24h": "4311.06"},
        # 94,820 lots of 10 ZRX
        {"symbol": "ZRXUSDTM", "last": "0.2386", "mark_price": "0.2376", "index_price": "0.2376", "open_interest": "948200",
         "base_volume_24h": "299890", "quote_volume_24h": "71598.84998202", "change_24h_pct": "-3.51", "high_24h": "0.2481", "low_24h": "0.2314"},
    ]  # fmt: skip
    assert rows("perp_tickers:contracts", read("futures_contracts_active_spec")) == [
        {"symbol": "XBTUSDTM", "last": "86364", "mark_price": "86378.69", "index_price": "86382.64", "open_interest": "6748.176",
         "base_volume_24h": "12069.225", "quote_volume_24h": "1034643198.32655", "change_24h_pct": "-2.8", "high_24h": "89299.9", "low_24h": "82205.2"},
    ]  # fmt: skip


@recorded.needed
def test_the_recorded_contracts_as_funding():
    common = {"kind": "predicted", "interval_hours": "8", "next_funding_at": "2025-08-26T16:00:00Z"}
    assert rows("funding", read("futures_contracts_active")) == [
        common | {"symbol": "XBTUSDTM", "rate": "0.000051", "cap": "0.003", "floor": "-0.003"},
        common | {"symbol": "ETHUSDTM", "rate": "-0.000042", "cap": "0.00375", "floor": "-0.00375"},
        common | {"symbol": "ZRXUSDTM", "rate": "0.000058", "cap": "0.01275", "floor": "-0.01275"},
    ]
    # An older answer without the date of the next settlement: the countdown beside it is not taken for one.
    assert rows("funding", read("futures_contracts_active_spec")) == [{"symbol": "XBTUSDTM", "kind": "predicted", "rate": "0.000052", "interval_hours": "8"}]


@recorded.needed
def test_the_recorded_bids_and_asks_of_contracts():
    assert rows("perp_tickers:book", read("futures_all_tickers"), PERP, INVERSE) == [
        # 2767 and 5368 lots of 0.001 XBT
        {"symbol": "XBTUSDTM", "bid": "67153", "bid_size": "2.767", "ask": "67153.1", "ask_size": "5.368", "last": "67153",
         "exchange_ts": "2024-10-17T11:11:06.659000Z"},
        # 1 and 3 dollars at their own prices: 1 / 67135.3 and 3 / 67135.8
        {"symbol": "XBTUSDM", "bid": "67135.3", "bid_size": "0.000014895293534102", "ask": "67135.8", "ask_size": "0.00004468554780013",
         "last": "67145.2", "exchange_ts": "2024-10-17T11:10:45.340000Z"},
    ]  # fmt: skip
    single = json.loads(read("futures_ticker"))["data"]
    (row,) = rows("perp_tickers:book", [single], INVERSE)
    assert (row["bid"], row["ask"], row["exchange_ts"]) == ("67169.6", "67169.7", "2024-10-17T11:03:21.780000Z")


@recorded.needed
def test_the_recorded_books():
    assert rows("book:spot", read("spot_orderbook_level2_20"), SPOT) == [
        {"symbol": "BTC-USDT", "bids": [["66976.4", "0.69109872"], ["66976.3", "0.14377"]], "asks": [["66976.5", "0.05408199"], ["66976.8", "0.0005"]],
         "exchange_ts": "2024-10-17T14:44:33.859000Z"},
    ]  # fmt: skip
    assert rows("book:spot", read("spot_orderbook_level2_20_2024"), SPOT) == [
        {"symbol": "BTC-USDT", "bids": [["67539.7", "1.1829567"], ["67538.5", "0.25229199"]], "asks": [["67539.8", "1.08883964"], ["67539.9", "0.0001"]],
         "exchange_ts": "2024-03-08T11:48:28.055000Z"},
    ]  # fmt: skip
    # 2 / 66968, 25596 / 66964.8, 13501 / 66968.1 and 2032 / 66968.7: dollars at each level's price
    assert rows("book:contract", read("futures_level2_depth20"), INVERSE) == [
        {"symbol": "XBTUSDM", "bids": [["66968", "0.000029865010154103"], ["66964.8", "0.382230664468497"]],
         "asks": [["66968.1", "0.201603450000821"], ["66968.7", "0.0303425331535479"]], "exchange_ts": "2024-10-17T12:28:21.216000Z"},
    ]  # fmt: skip


@recorded.needed
def test_a_recorded_book_of_a_hundred_levels():
    (book,) = parse("book:spot", read("spot_orderbook_full_bchsv_2021"), SPOT).rows
    assert (len(book.bids), len(book.asks), book.dropped) == (100, 100, 0)
    assert (book.bids[0], book.bids[-1]) == ((Decimal("242.649"), Decimal(5)), (Decimal(175), Decimal("9.4")))
    assert (book.asks[0], book.asks[-1]) == ((Decimal("242.951"), Decimal("4.51280965")), (Decimal(310), Decimal("5.33289348")))
    assert book.exchange_ts.isoformat() == "2021-04-25T19:18:46.628000+00:00"


@recorded.needed
def test_the_recorded_candles():
    hour = {"symbol": "BTC-USDT", "period_s": 3600}
    assert rows("candles:spot", read("spot_candles_1h_2024"), SPOT) == [
        hour | {"opened_at": "2024-01-30T16:00:00Z", "open": "43383.7", "high": "43521.9", "low": "43222.8", "close": "43501",
                "base_volume": "101.30420492", "quote_volume": "4391287.80818681"},
        hour | {"opened_at": "2024-01-30T17:00:00Z", "open": "43501.1", "high": "43598.9", "low": "43305.2", "close": "43396.4",
                "base_volume": "101.11170513", "quote_volume": "4390218.48746545"},
        hour | {"opened_at": "2024-01-30T18:00:00Z", "open": "43396.4", "high": "43491.9", "low": "43285.2", "close": "43369.4",
                "base_volume": "135.02905655", "quote_volume": "5859577.93958187"},
    ]  # fmt: skip
    minutes = rows("candles:spot", read("spot_candles_spec"), SPOT)
    assert [(row["period_s"], row["opened_at"], row["open"], row["close"], row["base_volume"]) for row in minutes] == [
        (60, "2019-08-26T03:20:00Z", "10408.6", "10416", "12.45584973"),
        (60, "2019-08-26T03:21:00Z", "10416", "10411.5", "15.61781842"),
        (60, "2019-08-26T03:22:00Z", "10411.5", "10401.9", "29.11357276"),
    ]
    eight = {"symbol": "XBTUSDTM", "period_s": 28_800}
    assert rows("candles:contract", read("futures_kline"), PERP) == [  # lots of 0.001 XBT
        eight | {"opened_at": "2024-10-10T16:00:00Z", "open": "60791.1", "high": "61035", "low": "58940", "close": "60300", "base_volume": "5501.167"},
        eight | {"opened_at": "2024-10-11T00:00:00Z", "open": "60299.9", "high": "60924.1", "low": "60077.4", "close": "60666.1", "base_volume": "1220.98"},
        eight | {"opened_at": "2024-10-11T08:00:00Z", "open": "60665.7", "high": "62436.8", "low": "60650.1", "close": "62255.1", "base_volume": "3386.359"},
    ]  # fmt: skip


@recorded.needed
def test_the_recorded_funding_history():
    found = rows("funding_history", read("futures_funding_history"), PERP)
    assert len(found) == 69
    assert found[:2] == [
        {"symbol": "XBTUSDTM", "kind": "settled", "rate": "0.00021", "settled_at": "2023-12-11T12:00:00Z"},
        {"symbol": "XBTUSDTM", "kind": "settled", "rate": "0.000347", "settled_at": "2023-12-11T04:00:00Z"},
    ]
    assert found[20] == {"symbol": "XBTUSDTM", "kind": "settled", "rate": "-0.000082", "settled_at": "2023-12-04T20:00:00Z"}
    assert found[-1] == {"symbol": "XBTUSDTM", "kind": "settled", "rate": "0.000132", "settled_at": "2023-11-18T20:00:00Z"}


@recorded.needed
def test_the_recorded_index_basket():
    members = [("gateio", "0.0533"), ("bitmart", "0.0128"), ("okex", "0.11"), ("bybit", "0.0676"), ("binance", "0.6195"), ("kucoin", "0.1368")]
    assert rows("index_members", read("futures_index_query"), PERP) == [
        {"symbol": "XBTUSDTM", "exchange": name, "member": "", "weight": weight} for name, weight in members
    ]


@recorded.needed
def test_the_recorded_currencies():
    assert rows("currencies", read("spot_currencies_v3")) == [
        {"code": "BTC", "name": "Bitcoin", "network": "BTC", "chain": "bitcoin", "deposit_open": True, "withdraw_open": True, "withdraw_fee": "0.0005",
         "withdraw_min": "0.001"},
        {"code": "BTC", "name": "Bitcoin", "network": "Lightning Network", "chain": "lightning", "deposit_open": True, "withdraw_open": True,
         "withdraw_fee": "0.000015", "withdraw_min": "0.00001"},
        {"code": "BTC", "name": "Bitcoin", "network": "KCC", "chain": "kcc", "contract_address": "0xfa93c12cd345c658bc4644d1d4e1b9615952258c",
         "deposit_open": True, "withdraw_open": True, "withdraw_fee": "0.00002", "withdraw_min": "0.0008"},
        # withdrawals of this one are closed: False, which is left out here
        {"code": "BTC", "name": "Bitcoin", "network": "BTC-Segwit", "chain": "bitcoin", "deposit_open": True, "withdraw_fee": "0.0005",
         "withdraw_min": "0.0008"},
        {"code": "BTCP", "name": "Bitcoin Private", "network": "BTCP", "withdraw_fee": "0.01", "withdraw_min": "0.1"},
    ]  # fmt: skip
    closed = [row for row in parse("currencies", read("spot_currencies_v3")).rows if row.withdraw_open is False]
    assert [(row.network, row.deposit_open) for row in closed] == [("BTC-Segwit", True), ("BTCP", False)]


@recorded.needed
def test_the_recorded_announcements():
    page = "https://www.kucoin.com/announcement/"
    assert rows("announcements", read("spot_announcements_v3")) == [
        {"id": "129045", "title": "KuCoin Isolated Margin Adds the Scroll (SCR) Trading Pair", "kind": "other",
         "url": f"{page}kucoin-isolated-margin-adds-scr?lang=en_US", "published_at": "2024-10-22T10:47:23Z"},
        {"id": "129001", "title": "DAPP-30D Fixed Promotion, Enjoy an APR of 200%!", "kind": "other",
         "url": f"{page}dapp-30d-fixed-promotion-enjoy?lang=en_US", "published_at": "2024-10-22T09:14:20Z"},
        {"id": "128581", "title": "NAYM (NAYM) Gets Listed on KuCoin! World Premiere!", "kind": "listing",
         "url": f"{page}en-naym-naym-gets-listed-on-kucoin-world-premiere?lang=en_US", "published_at": "2024-10-21T08:02:09Z",
         "starts_at": "2024-10-22T11:00:00Z"},
    ]  # fmt: skip


@recorded.needed
def test_the_recorded_states():
    assert rows("status:spot", read("spot_service_status")) == [{"id": "", "state": "open"}]
    assert rows("status:futures", read("futures_service_status")) == [{"id": "futures", "state": "open"}]


@recorded.needed
def test_recorded_errors_are_the_right_outcomes():
    expected = {
        "200003": (Refused, "api_error"), "404000": (Refused, "api_error"), "415000": (Refused, "api_error"), "404": (Refused, "client_error"),
        "400001": (Refused, "client_error"), "400100": (Refused, "api_error"), "429000": (Throttled, "rate_limited"), "400302": (Blocked, "geoblocked"),
        "401000": (Refused, "api_error"), "500000": (Unreachable, "server_error"),
    }  # fmt: skip
    errors = json.loads(recorded.read("kucoin/errors.json"))
    for error in errors:
        body, status = json.dumps(error["body"]).encode(), error["status"] or 200
        if error["body"]["code"] == "200000":  # an unknown index is an empty success
            KUCOIN.check(status, {}, body)
            assert part("index_members").parse(body, {}, {}).rows == []
            continue
        kind, outcome = expected[error["body"]["code"]]
        with pytest.raises(kind) as caught:
            KUCOIN.check(status, {}, body)
        assert caught.value.outcome == outcome
    assert {error["body"]["code"] for error in errors} == {*expected, "200000"}


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


def test_levels_that_are_no_numbers_are_dropped_counted_and_never_too_many():
    good = [[f"{price}", "1"] for price in range(100, 80, -1)]
    (book,) = parse("book:spot", {"time": 1790000000123, "bids": [*good, ["NaN", "1"]], "asks": [["101", "-1"], ["102", "2"]]}, SPOT).rows
    assert (len(book.bids), book.asks, book.dropped) == (20, ((Decimal(102), Decimal(2)),), 2)
    with pytest.raises(Garbled, match="levels could not be read"):
        parse("book:spot", {"time": 1790000000123, "bids": good[:5], "asks": [["x", "1"], [None, None]]}, SPOT)
    (empty,) = parse("book:spot", {"time": 1790000000123, "sequence": None, "bids": None, "asks": None}, SPOT).rows
    assert (empty.bids, empty.asks) == ((), ())


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
