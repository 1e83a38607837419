"""Bybit: its recorded replies against rows worked out by hand, and one test for each way its units mislead."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS
from exchanges.errors import Blocked, Garbled, Refused, Throttled, Unreachable
from exchanges.management.commands.parse import as_json
from exchanges.rows import Instrument

from . import recorded

BYBIT = ADAPTERS["bybit"]
SPOT = Instrument("BTCUSDT", "BTC", "USDT")
LINEAR = Instrument("BTCUSDT", "BTC", "USDT", kind="perp", settle="USDT", index="BTCUSDT")
INVERSE = Instrument("BTCUSD", "BTC", "USD", kind="perp", settle="BTC", inverse=True, index="BTCUSD")
DATED = Instrument("BTC-26DEC25", "BTC", "USDC", kind="future", settle="USDC", index="BTCUSDC")
OPTION = Instrument("BTC-27MAR26-70000-P-USDT", "BTC", "USDT", kind="option", settle="USDT")


def part(source, name):
    return next(one for one in BYBIT.source(source).parts if one.name == name)


def read(source, name, body, known=None):
    BYBIT.check(200, {}, body)
    return part(source, name).parse(body, {}, known or {})


def wire(rows, **result):
    return json.dumps({"retCode": 0, "retMsg": "OK", "result": {"list": rows} | result, "retExtInfo": {}, "time": 1790000000000}).encode()


def said(row):
    """What is known of a row: no None, no empty list, no no and no count of nothing."""
    return {name: value for name, value in as_json(row).items() if value not in (None, [], False)}


# --- recorded replies, field by field -------------------------------------------------------------------------------
CONTRACT = {"kind": "perp", "status": "trading", "contract_size": "1", "max_leverage": "100"}
RECORDED = [
    ("status", "all", "system_status", [
        {"state": "open", "id": ""},
        {"state": "open", "id": "4d95b2a0-587f-11f0-bcc9-56f28c94d6ea", "title": "t06", "starts_at": "2025-07-04T02:41:42Z", "ends_at": "2025-07-04T02:43:31Z"},
        {"state": "open", "id": "19bb6f82-587f-11f0-bcc9-56f28c94d6ea", "title": "t05", "starts_at": "2025-06-30T03:30:00Z", "ends_at": "2025-06-30T03:35:00Z"},
        {"state": "open", "id": "25f4bc8c-533c-11f0-bcc9-56f28c94d6ea", "title": "t04", "starts_at": "2025-06-27T09:52:47Z", "ends_at": "2025-06-27T09:54:56Z"},
        {"state": "open", "id": "679a9c5f-533b-11f0-bcc9-56f28c94d6ea", "title": "t03", "starts_at": "2025-06-27T09:45:32Z", "ends_at": "2025-06-27T09:47:38Z"},
        {"state": "open", "id": "c8990f96-5332-11f0-8fd3-c241b123dd9e", "title": "t02", "starts_at": "2025-06-27T08:43:37Z", "ends_at": "2025-06-27T08:44:50Z"},
    ]),
    ("perp_instruments", "linear", "instruments_info_linear", [
        CONTRACT | {"symbol": "BTCUSDT", "base": "BTC", "quote": "USDT", "tick_size": "0.1", "lot_size": "0.001", "min_size": "0.001", "min_notional": "5",
                    "settle": "USDT", "index": "BTCUSDT", "funding_interval_hours": "8", "listed_at": "2020-03-30T00:00:00Z"},
    ]),
    ("perp_instruments", "prelaunch", "instruments_info_linear_prelaunch", [
        CONTRACT | {"symbol": "BIOUSDT", "base": "BIO", "quote": "USDT", "status": "pre_open", "tick_size": "0.0001", "lot_size": "1", "min_size": "1",
                    "min_notional": "5", "maker_fee": "0.0004", "taker_fee": "0.001", "settle": "USDT", "index": "BIOUSDT", "funding_interval_hours": "8",
                    "listed_at": "2024-12-24T09:28:30Z", "max_leverage": "5"},
    ]),
    # fundingInterval 8 is no interval in minutes: unknown, and counted
    ("perp_instruments", "linear", "instruments_linear", [
        CONTRACT | {"symbol": "BTCUSDT", "base": "BTC", "quote": "USDT", "tick_size": "0.5", "lot_size": "0.001", "min_size": "0.001", "min_notional": "5",
                    "settle": "USDT", "index": "BTCUSDT", "listed_at": "2023-11-14T19:26:40Z", "delist_at": "2023-12-14T22:13:20Z"},
        CONTRACT | {"symbol": "ETHUSDT", "base": "ETH", "quote": "USDT", "tick_size": "0.05", "lot_size": "0.01", "min_size": "0.01", "min_notional": "5",
                    "settle": "USDT", "index": "ETHUSDT", "listed_at": "2023-11-14T19:26:40Z", "delist_at": "2023-12-14T22:13:20Z"},
    ]),
    ("perp_instruments", "linear", "instruments_linear_symbol_type", [
        CONTRACT | {"symbol": "TSLAUSDT", "base": "TSLA", "quote": "USDT", "tick_size": "0.01", "lot_size": "0.001", "min_size": "0.001", "min_notional": "1",
                    "settle": "USDT", "index": "TSLAUSDT", "funding_interval_hours": "8", "tokenised": True, "max_leverage": "10"},
    ]),
    ("perp_instruments", "inverse", "instruments_inverse", [
        CONTRACT | {"symbol": "BTCUSD", "base": "BTC", "quote": "USD", "tick_size": "0.5", "lot_size": "1", "min_size": "1", "inverse": True, "settle": "BTC",
                    "index": "BTCUSD", "listed_at": "2023-11-14T16:40:00Z", "delist_at": "2023-12-14T19:26:40Z"},
    ]),
    # 1063 dollars at 103401, 9854 at 109152.8; 2089.79 coins of both sides; turnover is coins, volume dollars
    ("perp_tickers", "inverse", "tickers_inverse", [
        {"symbol": "BTCUSD", "bid": "103401", "bid_size": "0.0102803647933772", "ask": "109152.8", "ask_size": "0.0902771161161235", "last": "120635.5",
         "mark_price": "114898.43", "index_price": "114890.92", "open_interest": "1044.895", "base_volume_24h": "115.6907", "quote_volume_24h": "13713832",
         "change_24h_pct": "14.2425", "high_24h": "131309.3", "low_24h": "102007.6", "exchange_ts": "2025-10-13T10:46:09.814000Z"},
    ]),
    ("funding", "inverse", "tickers_inverse", [
        {"symbol": "BTCUSD", "rate": "0.0001", "kind": "predicted", "interval_hours": "8", "next_funding_at": "2025-10-13T16:00:00Z", "cap": "0.005",
         "exchange_ts": "2025-10-13T10:46:09.814000Z"},
    ]),
    ("funding_history", "linear", "funding_history", [
        {"symbol": "BTCUSDT", "rate": "0.00015", "kind": "settled", "settled_at": "2024-03-08T00:00:00Z"},
        {"symbol": "BTCUSDT", "rate": "0.0001", "kind": "settled", "settled_at": "2024-03-08T08:00:00Z"},
    ]),
    ("funding_history", "linear", "funding_history_doc", [{"symbol": "ETHPERP", "rate": "0.0001", "kind": "settled", "settled_at": "2022-12-26T08:00:00Z"}]),
    ("option_instruments", "BTC", "instruments_info_option", [
        {"symbol": "BTC-27MAR26-70000-P-USDT", "base": "BTC", "quote": "USDT", "kind": "option", "status": "trading", "tick_size": "5", "lot_size": "0.01",
         "min_size": "0.01", "contract_size": "1", "settle": "USDT", "underlying": "BTC", "expiry": "2026-03-27T08:00:00Z", "strike": "70000",
         "option_type": "put", "listed_at": "2025-04-03T08:40:49.256000Z"},
    ]),
    ("option_instruments", "ETH", "instruments_option", [
        {"symbol": "ETH-26JUN26-16000-P", "base": "ETH", "quote": "USDC", "kind": "option", "status": "trading", "tick_size": "0.1", "lot_size": "1",
         "min_size": "1", "contract_size": "1", "settle": "USDC", "underlying": "ETH", "expiry": "2026-05-28T21:50:00Z", "strike": "16000",
         "option_type": "put", "listed_at": "2023-11-14T23:36:40Z"},
    ]),
    # nobody bids; "5" is 500 %; "86" is a fraction: 5 became 435
    ("option_tickers", "BTC", "tickers_option", [
        {"symbol": "BTC-30DEC22-18000-C", "bid_size": "0", "ask": "435", "ask_size": "0.66", "last": "435", "mark_price": "0.00000009", "mark_iv": "0.7567",
         "ask_iv": "5", "delta": "0.00000001", "gamma": "0.00000001", "vega": "0.00000004", "theta": "-0.00000152", "open_interest": "6.3",
         "underlying_price": "16590.42", "index_price": "16600.55", "base_volume_24h": "0.15", "change_24h_pct": "8600",
         "exchange_ts": "2022-12-30T05:03:12.395000Z"},
    ]),
    ("book", "linear", "orderbook", [
        {"symbol": "BTCUSDT", "bids": [["27450.5", "1.5"], ["27450", "2"], ["27449.5", "0.75"]],
         "asks": [["27451", "1.2"], ["27451.5", "3"], ["27452", "0.5"]], "exchange_ts": "2024-03-08T09:54:39Z"},
    ]),
    ("book", "spot", "orderbook_doc", [
        {"symbol": "BTCUSDT", "bids": [["65485.47", "47.081829"]], "asks": [["65557.7", "16.606555"]], "exchange_ts": "2024-05-28T02:35:19.031000Z"},
    ]),
    ("candles", "inverse", "kline_inverse", [
        {"symbol": "BTCUSD", "period_s": 3600, "opened_at": "2022-12-09T16:00:00Z", "open": "17086.5", "high": "17088", "low": "16978", "close": "17071.5",
         "base_volume": "0.37288112", "quote_volume": "6356"},
        {"symbol": "BTCUSD", "period_s": 3600, "opened_at": "2022-12-09T17:00:00Z", "open": "17071.5", "high": "17071.5", "low": "17061", "close": "17071",
         "base_volume": "0.24469757", "quote_volume": "4177"},
        {"symbol": "BTCUSD", "period_s": 3600, "opened_at": "2022-12-09T18:00:00Z", "open": "17071", "high": "17073", "low": "17027", "close": "17055.5",
         "base_volume": "15.74462667", "quote_volume": "268611"},
    ]),
    # one candle alone does not say how long it is: period_s is 0
    ("candles", "linear", "klines_linear", [
        {"symbol": "BTCUSDT", "opened_at": "2024-03-08T09:54:39Z", "open": "27450", "high": "27460", "low": "27440", "close": "27455",
         "base_volume": "123.45", "quote_volume": "3390000"},
    ]),
    ("announcements", "listings", "announcements", [
        {"id": "bltf662314c211a8616", "kind": "listing", "published_at": "2023-03-17T09:33:28Z",
         "title": "New Listing: Arbitrum (ARB) — Deposit, Trade and Stake ARB to Share a 400,000 USDT Prize Pool!",
         "url": "https://announcements.bybit.com/en-US/article/new-listing-arbitrum-arb-deposit-trade-and-stake-arb-to-share-a-400-000-usdt-prize-pool"
                "--bltf662314c211a8616/"},
    ]),
]  # fmt: skip


@recorded.needed
@pytest.mark.parametrize(("source", "name", "file", "expected"), RECORDED, ids=[f"{file}-{source}" for source, _, file, _ in RECORDED])
def test_a_recorded_reply_is_these_rows(source, name, file, expected):
    parsed = read(source, name, recorded.read(f"bybit/{file}.json"))
    assert [said(row) for row in parsed.rows] == expected
    assert parsed.dropped == 0
    assert parsed.bad_fields == {"instruments_linear": 2, "instruments_inverse": 1}.get(file, 0)


@recorded.needed
def test_every_recorded_reply_of_a_declared_source_is_read():
    elsewhere = {  # spot, time and refusals: the tests of all exchanges; no source of ours: what has been traded, paid out and insured, and sockets
        "instruments_info_spot", "instruments_spot", "instruments_spot_xstocks", "tickers_spot", "time", "error_param_10001", "error_rate_10006",
        "trades_recent", "delivery_price_option", "insurance", "fee_group_info", "open_interest", "rpi_orderbook",
    }  # fmt: skip
    found = {path.stem for path in (recorded.FOLDER / "bybit").glob("*.json") if not path.name.startswith("ws_")}
    assert found == {file for _, _, file, _ in RECORDED} | elsewhere


# --- refusals -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "code", "error", "outcome"),
    [
        (200, 10001, Refused, "api_error"),  # an index, a symbol or a range it does not know
        (200, 10029, Refused, "api_error"),
        (200, 10006, Throttled, "rate_limited"),
        (200, 10018, Throttled, "rate_limited"),
        (200, 10009, Blocked, "geoblocked"),
        (200, 10024, Blocked, "geoblocked"),
        (200, 10000, Unreachable, "server_error"),
        (200, 10016, Unreachable, "server_error"),
        (200, 10017, Refused, "api_error"),
        (404, 10001, Refused, "client_error"),
    ],
)
def test_http_200_is_not_success(status, code, error, outcome):
    with pytest.raises(error) as caught:
        BYBIT.check(status, {}, json.dumps({"retCode": code, "retMsg": "no", "result": {}}).encode())
    assert caught.value.outcome == outcome


@pytest.mark.parametrize("words", ["OK", "success", "SUCCESS", ""])
def test_success_is_the_code_whatever_the_words(words):
    BYBIT.check(200, {}, json.dumps({"retCode": 0, "retMsg": words, "result": {}}).encode())


def test_an_empty_page_of_a_catalogue_is_an_answer_and_a_refusal_is_none():
    assert read("perp_instruments", "prelaunch", wire([], nextPageCursor="")).rows == []
    with pytest.raises(Garbled):
        part("perp_instruments", "prelaunch").parse(b'{"retCode":10001,"retMsg":"","result":{}}', {}, {})


# --- what is asked ------------------------------------------------------------------------------------------------
def asked(source, market, **more):
    (found,) = BYBIT.source(source).fitting(market)
    return found.request.filled(Ask(market, **more).words(found)).target


def test_the_same_symbol_is_spot_and_linear_so_the_category_is_always_said():
    assert asked("book", SPOT) == "/v5/market/orderbook?category=spot&symbol=BTCUSDT&limit=200"
    assert asked("book", LINEAR) == "/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=200"
    assert asked("book", INVERSE) == "/v5/market/orderbook?category=inverse&symbol=BTCUSD&limit=200"
    assert asked("book", DATED) == "/v5/market/orderbook?category=linear&symbol=BTC-26DEC25&limit=200"
    assert asked("book", OPTION) == "/v5/market/orderbook?category=option&symbol=BTC-27MAR26-70000-P-USDT&limit=25"
    assert asked("candles", SPOT, period_s=86_400) == "/v5/market/kline?category=spot&symbol=BTCUSDT&interval=D&limit=1000"
    assert asked("candles", INVERSE, period_s=300) == "/v5/market/kline?category=inverse&symbol=BTCUSD&interval=5&limit=1000"
    assert asked("index_members", LINEAR) == "/v5/market/index-price-components?indexName=BTCUSDT"
    for source in ("perp_instruments", "perp_tickers", "funding", "option_instruments", "option_tickers"):
        for one in BYBIT.source(source).parts:
            assert "category" in dict(one.request.params)


def test_what_a_kind_of_market_does_not_have_is_not_asked():
    for source, market in (("candles", OPTION), ("funding_history", DATED), ("funding_history", SPOT), ("index_members", SPOT), ("index_members", OPTION)):
        assert BYBIT.source(source).fitting(market) == ()


def test_a_start_without_an_end_is_never_sent_for_the_funding_history():
    start, end = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC)
    assert asked("funding_history", LINEAR, start=start) == "/v5/market/funding/history?category=linear&symbol=BTCUSDT&limit=200"
    assert asked("funding_history", INVERSE, start=start, end=end).endswith("symbol=BTCUSD&endTime=1788307200000&limit=200")


def test_pages_follow_the_cursor_until_it_is_empty_repeated_or_behind_nothing():
    first = part("perp_instruments", "linear")
    rows = [{"symbol": "BTCUSDT"}]

    def after(request, cursor, rows=rows):
        return first.next_pages(wire(rows, nextPageCursor=cursor), request)

    (second,) = after(first.request, "first%3DBTCUSDT%26last%3DZRXUSDT")
    assert second.target == "/v5/market/instruments-info?category=linear&limit=1000&cursor=first%3DBTCUSDT%26last%3DZRXUSDT"  # as it came, not escaped twice
    (third,) = after(second, "first%3DAUSDT%26last%3DBUSDT")
    assert third.target.endswith("limit=1000&cursor=first%3DAUSDT%26last%3DBUSDT")
    for cursor, rows_there in (("", rows), (None, rows), ("first%3DBTCUSDT%26last%3DZRXUSDT", rows), ("first%3DA", [])):
        assert after(second, cursor, rows_there) == ()


# --- units --------------------------------------------------------------------------------------------------------
def ticker(symbol="BTCUSDT", **fields):
    return {"symbol": symbol, "bid1Price": "100", "bid1Size": "300", "ask1Price": "200", "ask1Size": "300", "lastPrice": "150", "markPrice": "150"} | fields


def one(source, name, row):
    (found,) = read(source, name, wire([row])).rows
    return found


def test_open_interest_is_one_side():
    assert one("perp_tickers", "linear", ticker(openInterest="58117.022", singleOpenInterest="29058.511")).open_interest == Decimal("29058.511")
    assert one("perp_tickers", "linear", ticker(openInterest="58117.022")).open_interest == Decimal("29058.511")
    assert one("perp_tickers", "linear", ticker(openInterest="", singleOpenInterest="")).open_interest is None
    assert one("perp_tickers", "linear", ticker(openInterest="0")).open_interest == 0


def test_open_interest_of_inverse_contracts_is_money_on_the_wire_and_coins_here():
    def interest(**fields):
        return one("perp_tickers", "inverse", ticker("BTCUSD", **fields)).open_interest

    assert interest(openInterest="240", openInterestValue="1.6", singleOpenInterest="120", singleOpenInterestValue="0.8") == Decimal("0.8")
    assert interest(openInterest="240", openInterestValue="1.6") == Decimal("0.8")
    assert interest(openInterest="240", openInterestValue="") == Decimal("0.8")  # 120 dollars at a mark of 150
    assert interest(openInterest="240", markPrice="") is None


def test_open_interest_of_more_coins_than_there_can_be_is_unknown():
    assert one("perp_tickers", "inverse", ticker("BTCUSD", openInterest="18e18", markPrice="0.01")).open_interest is None
    assert one("perp_tickers", "inverse", ticker("BTCUSD", openInterest="18e16", markPrice="0.01")).open_interest == 9 * 10**18


def test_open_interest_is_not_halved_once_the_two_counts_are_no_longer_two_to_one():
    single = [ticker(f"C{n}USDT", openInterest="5000", singleOpenInterest="5000") for n in range(3)]
    parsed = read("perp_tickers", "linear", wire([*single, ticker("OLDUSDT", openInterest="5000")]))
    assert [row.open_interest for row in parsed.rows] == [5000, 5000, 5000, None]
    assert parsed.bad_fields == 3, "each row where they differ is reported"
    rounded = read("perp_tickers", "inverse", wire([ticker("BTCUSD", openInterest="63910691.00000000", singleOpenInterest="31955346")]))
    assert rounded.bad_fields == 0, "the single count is rounded to whole dollars"


def test_inverse_volumes_are_swapped():
    row = ticker("BTCUSD", volume24h="13713832.0000", turnover24h="115.6907")
    inverse, linear = one("perp_tickers", "inverse", row), one("perp_tickers", "linear", row)
    assert (inverse.base_volume_24h, inverse.quote_volume_24h) == (Decimal("115.6907"), 13713832)
    assert (linear.base_volume_24h, linear.quote_volume_24h) == (13713832, Decimal("115.6907"))


def test_inverse_sizes_are_money_and_become_coins_at_their_own_price():
    row = one("perp_tickers", "inverse", ticker("BTCUSD"))
    assert (row.bid_size, row.ask_size) == (3, Decimal("1.5"))
    levels = {"s": "BTCUSD", "b": [["100", "300"]], "a": [["200", "300"]], "ts": 1790000000000}
    (book,) = read("book", "inverse", wire([], **levels)).rows
    assert (book.bids, book.asks) == (((100, 3),), ((200, Decimal("1.5")),))
    (book,) = read("book", "linear", wire([], **levels)).rows
    assert (book.bids, book.asks) == (((100, 300),), ((200, 300),))


def test_percent_is_a_fraction():
    assert one("perp_tickers", "linear", ticker(price24hPcnt="0.0068")).change_24h_pct == Decimal("0.68")
    assert one("option_tickers", "BTC", {"symbol": "A", "bid1Price": "1", "ask1Price": "2", "change24h": "-0.33333334"}).change_24h_pct == Decimal("-33.333334")


def contract(symbol="BTCUSDT", **fields):
    return {"symbol": symbol, "contractType": "LinearPerpetual", "status": "Trading", "baseCoin": "BTC", "quoteCoin": "USDT", "deliveryTime": "0"} | fields


def test_the_funding_interval_is_minutes_in_the_catalogue_and_hours_in_the_tickers():
    assert one("perp_instruments", "linear", contract(fundingInterval=480)).funding_interval_hours == 8
    assert one("perp_instruments", "linear", contract(fundingInterval=60)).funding_interval_hours == 1
    assert one("funding", "linear", ticker(fundingRate="0.0001", fundingIntervalHour="8")).interval_hours == 8
    assert one("funding", "linear", ticker(fundingRate="0.0001", fundingIntervalHour="1")).interval_hours == 1


def test_an_unknown_interval_stays_unknown():
    assert one("funding", "linear", ticker(fundingRate="0.0001")).interval_hours is None
    assert one("funding", "linear", ticker(fundingRate="0.0001", fundingIntervalHour="")).interval_hours is None
    assert one("perp_instruments", "linear", contract(fundingInterval=8)).funding_interval_hours is None, "eight minutes is no interval"


def test_a_dated_contract_has_no_funding():
    dated = ticker("BTC-26DEC25", fundingRate="", nextFundingTime="", fundingIntervalHour="")
    parsed = read("funding", "linear", wire([dated, ticker(fundingRate="0", nextFundingTime="1790006400000")]))
    assert [(row.symbol, row.rate, row.kind) for row in parsed.rows] == [("BTCUSDT", 0, "predicted")]
    assert parsed.dropped == 0, "an empty rate is no lost row"
    assert one("perp_instruments", "linear", contract("BTC-26DEC25", contractType="LinearFutures", fundingInterval=480)).funding_interval_hours is None


def test_a_delivery_time_is_a_futures_expiry_and_a_perpetuals_last_day():
    ends = "1798185600000"
    future = one("perp_instruments", "linear", contract("BTC-25DEC26", contractType="LinearFutures", deliveryTime=ends))
    assert (future.kind, future.expiry.isoformat(), future.delist_at) == ("future", "2026-12-25T08:00:00+00:00", None)
    going = one("perp_instruments", "linear", contract(deliveryTime=ends))
    assert (going.kind, going.expiry, going.delist_at.isoformat()) == ("perp", None, "2026-12-25T08:00:00+00:00")
    living = one("perp_instruments", "linear", contract(deliveryTime="0"))
    assert (living.expiry, living.delist_at) == (None, None)


@pytest.mark.parametrize(("said", "bad"), [("0", 0), ("", 0), (None, 0), ("-1", 0), ("-5", 1), ("a lot", 1)])
def test_a_leverage_that_is_none_is_unknown(said, bad):
    parsed = read("perp_instruments", "linear", wire([contract(leverageFilter={"maxLeverage": said})]))
    assert (parsed.rows[0].max_leverage, parsed.bad_fields, parsed.dropped) == (None, bad, 0)


def test_linear_contracts_count_coins_and_inverse_ones_dollars():
    linear, inverse = (one("perp_instruments", "linear", contract(contractType=f"{kind}Perpetual", settleCoin="BTC")) for kind in ("Linear", "Inverse"))
    assert (linear.inverse, linear.contract_size) == (False, 1)
    assert (inverse.inverse, inverse.contract_size, inverse.settle) == (True, 1, "BTC")


@pytest.mark.parametrize("code", ["1000PEPE", "10000SATS", "1000000MOG", "SHIB1000", "1INCH"])
def test_multipliers_stay_in_the_code_before_or_behind(code):
    row = one("perp_instruments", "linear", contract(f"{code}USDT", baseCoin=code))
    assert (row.base, row.multiplier, row.index) == (code, None, f"{code}USDT")


@pytest.mark.parametrize("zone", ["stock", "commodity", "forex", "xstocks"])
def test_shares_and_metals_stand_among_the_coins_and_are_marked(zone):
    assert one("perp_instruments", "linear", contract(symbolType=zone)).tokenised
    assert not one("perp_instruments", "linear", contract(symbolType="innovation")).tokenised


def test_empty_text_is_nothing_and_never_zero():
    empty = dict.fromkeys(("bid1Price", "bid1Size", "ask1Price", "lastPrice", "markPrice", "volume24h", "openInterest", "price24hPcnt"), "")
    row = one("perp_tickers", "linear", {"symbol": "BTCUSDT"} | empty)
    assert set(said(row)) == {"symbol", "exchange_ts"}


def test_an_option_nobody_bids_for_has_a_zero_bid_on_the_wire_and_none_here():
    row = one("option_tickers", "BTC", {"symbol": "A", "bid1Price": "0", "bid1Size": "0", "bid1Iv": "0", "ask1Price": "435", "ask1Iv": "5"})
    assert (row.bid, row.bid_size, row.bid_iv, row.ask, row.ask_iv) == (None, 0, None, 435, 5)


def test_newest_first_candles_are_turned():
    bars = [[str(1790000000000 - n * 60_000), "1", "2", "0.5", "1.5", "10", "15"] for n in range(3)]
    rows = read("candles", "spot", wire(bars, symbol="BTCUSDT")).rows
    assert [row.opened_at.minute for row in rows] == [11, 12, 13]
    assert {row.period_s for row in rows} == {60}


@pytest.mark.parametrize("odd", [7, ["1790000600000", "1"], ["1790000600000", 1, "2", "0.5", "1.5", "10", []], ["", "1", "2", "0.5", "1.5", "10", "15"]])
def test_a_candle_of_no_time_or_another_shape_is_lost_alone_and_counted(odd):
    bars = [[str(1790000000000 - n * 60_000), "1", "2", "0.5", "1.5", "10", "15"] for n in range(9)]
    parsed = read("candles", "spot", wire([*bars, odd], symbol="BTCUSDT"))
    assert ([row.opened_at.minute for row in parsed.rows], parsed.dropped) == ([*range(5, 14)], 1)


@pytest.mark.parametrize("odd", [{"title": " "}, {"url": "http://bybit.example/x"}, {"url": "javascript:alert(1)"}, {"url": "https://bybit.example/\u202ex"}])
def test_a_notice_without_a_title_or_a_link_people_may_follow_is_lost_alone_and_counted(odd):
    notices = [{"title": f"New {n}", "url": f"https://bybit.example/{n}", "type": {"key": "new_crypto"}, "dateTimestamp": 1790000000000} for n in range(10)]
    parsed = read("announcements", "listings", wire([*notices[:9], notices[9] | odd]))
    assert ([row.title for row in parsed.rows], {row.kind for row in parsed.rows}, parsed.dropped) == ([f"New {n}" for n in range(9)], {"listing"}, 1)


def test_inverse_candles_swap_their_volumes():
    bar = ["1790000000000", "17071", "17073", "17027", "17055.5", "268611", "15.74462667"]
    (row,) = read("candles", "inverse", wire([bar], symbol="BTCUSD")).rows
    assert (row.base_volume, row.quote_volume) == (Decimal("15.74462667"), 268611)


def test_a_reply_about_another_market_is_none_of_ours():
    other = {"s": "ETHUSDT", "b": [], "a": [], "ts": 1790000000000}
    with pytest.raises(Garbled):
        read("book", "linear", wire([], **other), {"BTCUSDT": LINEAR})
    with pytest.raises(Garbled):
        read("candles", "linear", wire([], symbol="ETHUSDT"), {"BTCUSDT": LINEAR})


def test_index_members_carry_the_asked_market_and_the_venues_own_names():
    component = {"exchange": "Binance", "spotPair": "BTTCUSDT", "equivalentPrice": "0.00065", "multiplier": "1000", "price": "0.00065", "weight": "0.53224"}
    market = Instrument("1000BTTUSDT", "1000BTT", "USDT", kind="perp", index="1000BTTUSDT")
    body = wire([], components=[component], indexName="1000BTTUSDT")
    (row,) = read("index_members", "all", body, {market.symbol: market}).rows
    assert (row.symbol, row.exchange, row.member, row.weight, row.multiplier) == ("1000BTTUSDT", "Binance", "BTTCUSDT", Decimal("0.53224"), 1000)
    assert read("index_members", "all", body).rows[0].symbol == ""


def test_what_needs_a_key_is_not_offered():
    assert (BYBIT.currencies, BYBIT.copy_traders, BYBIT.open_interest) == (None, None, None)
