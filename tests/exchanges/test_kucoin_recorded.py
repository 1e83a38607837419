"""KuCoin's recorded replies, field by field, against values worked out by hand from the wire text; recorded errors; outcomes."""

import json
from decimal import Decimal

import pytest

from exchanges.errors import Blocked, Refused, Throttled, Unreachable

from . import recorded
from .test_kucoin import INVERSE, KUCOIN, PERP, SPOT, parse, part, rows

pytestmark = recorded.needed


def read(name):
    return recorded.read(f"kucoin/{name}.json")


def test_the_recorded_contracts_as_a_catalogue():
    common = {"quote": "USDT", "kind": "perp", "status": "trading", "lot_size": "1", "maker_fee": "0.0002", "taker_fee": "0.0006", "settle": "USDT"}
    assert rows("perp_instruments", read("futures_contracts_active")) == [
        common | {"symbol": "XBTUSDTM", "base": "XBT", "tick_size": "0.1", "contract_size": "0.001", "index": ".KXBTUSDT", "funding_interval_hours": "8",
                  "max_leverage": "125", "listed_at": "2020-03-30T08:00:00Z"},
        common | {"symbol": "ETHUSDTM", "base": "ETH", "tick_size": "0.01", "contract_size": "0.01", "index": ".KETHUSDT", "funding_interval_hours": "8",
                  "max_leverage": "100", "listed_at": "2020-06-02T08:20:00Z"},
        common | {"symbol": "ZRXUSDTM", "base": "ZRX", "tick_size": "0.0001", "contract_size": "10", "index": ".KZRXUSDT", "funding_interval_hours": "8",
                  "max_leverage": "30", "listed_at": "2025-06-30T12:30:00Z"},
    ]  # fmt: skip
    (older,) = rows("perp_instruments", read("futures_contracts_active_spec"))
    assert (older["contract_size"], older["tick_size"], older["funding_interval_hours"], older["max_leverage"]) == ("0.001", "0.1", "8", "125")


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


def test_the_recorded_contracts_as_funding():
    common = {"kind": "predicted", "interval_hours": "8", "next_funding_at": "2025-08-26T16:00:00Z"}
    assert rows("funding", read("futures_contracts_active")) == [
        common | {"symbol": "XBTUSDTM", "rate": "0.000051", "cap": "0.003", "floor": "-0.003"},
        common | {"symbol": "ETHUSDTM", "rate": "-0.000042", "cap": "0.00375", "floor": "-0.00375"},
        common | {"symbol": "ZRXUSDTM", "rate": "0.000058", "cap": "0.01275", "floor": "-0.01275"},
    ]
    # An older answer without the date of the next settlement: the countdown beside it is not taken for one.
    assert rows("funding", read("futures_contracts_active_spec")) == [{"symbol": "XBTUSDTM", "kind": "predicted", "rate": "0.000052", "interval_hours": "8"}]


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


def test_a_recorded_book_of_a_hundred_levels():
    (book,) = parse("book:spot", read("spot_orderbook_full_bchsv_2021"), SPOT).rows
    assert (len(book.bids), len(book.asks), book.dropped) == (100, 100, 0)
    assert (book.bids[0], book.bids[-1]) == ((Decimal("242.649"), Decimal(5)), (Decimal(175), Decimal("9.4")))
    assert (book.asks[0], book.asks[-1]) == ((Decimal("242.951"), Decimal("4.51280965")), (Decimal(310), Decimal("5.33289348")))
    assert book.exchange_ts.isoformat() == "2021-04-25T19:18:46.628000+00:00"


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


def test_the_recorded_funding_history():
    found = rows("funding_history", read("futures_funding_history"), PERP)
    assert len(found) == 69
    assert found[:2] == [
        {"symbol": "XBTUSDTM", "kind": "settled", "rate": "0.00021", "settled_at": "2023-12-11T12:00:00Z"},
        {"symbol": "XBTUSDTM", "kind": "settled", "rate": "0.000347", "settled_at": "2023-12-11T04:00:00Z"},
    ]
    assert found[20] == {"symbol": "XBTUSDTM", "kind": "settled", "rate": "-0.000082", "settled_at": "2023-12-04T20:00:00Z"}
    assert found[-1] == {"symbol": "XBTUSDTM", "kind": "settled", "rate": "0.000132", "settled_at": "2023-11-18T20:00:00Z"}


def test_the_recorded_index_basket():
    members = [("gateio", "0.0533"), ("bitmart", "0.0128"), ("okex", "0.11"), ("bybit", "0.0676"), ("binance", "0.6195"), ("kucoin", "0.1368")]
    assert rows("index_members", read("futures_index_query"), PERP) == [
        {"symbol": "XBTUSDTM", "exchange": name, "member": "", "weight": weight} for name, weight in members
    ]


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


def test_the_recorded_states():
    assert rows("status:spot", read("spot_service_status")) == [{"id": "", "state": "open"}]
    assert rows("status:futures", read("futures_service_status")) == [{"id": "futures", "state": "open"}]


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
