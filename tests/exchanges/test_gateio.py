"""Gate.io's recorded replies, field by field against what was worked out by hand from their text, and its pitfalls of unit."""

import json
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges.adapter import Ask, Request
from exchanges.adapters import ADAPTERS
from exchanges.errors import Blocked, Garbled, Refused, Throttled, Unreachable
from exchanges.rows import Book, Candle, Currency, FundingRate, Instrument, OptionTicker, PerpTicker

from . import recorded
from .cases import cases
from .test_parsing import anything

GATE = ADAPTERS["gateio"]
HEADERS = {"x-out-time": "1790000000123456"}
AT = datetime(2026, 9, 21, 14, 13, 20, 123456, UTC)


def part(source, name="all"):
    return next(part for part in GATE.source(source).parts if part.name == name)


def read(source, body, name="all", known=()):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    GATE.check(200, HEADERS, body)
    return part(source, name).parse(body, HEADERS, {market.symbol: market for market in known})


def only(source, body, name="all", known=()):
    (row,) = read(source, body, name, known).rows
    return row


def at(*numbers):
    return datetime(*numbers, tzinfo=UTC)


def perp(symbol, size, **more):
    base, _, quote = symbol.partition("_")
    return Instrument(symbol, base, quote, kind="perp", settle="USDT", contract_size=D(size), **more)


BTC, RDNT, ICP = perp("BTC_USDT", "0.0001"), perp("RDNT_USDT", "1"), perp("ICP_USDT", "0.001")
BTC_USD = Instrument("BTC_USD", "BTC", "USD", kind="perp", settle="BTC", inverse=True, contract_size=D(1))


# --- recorded replies -----------------------------------------------------------------------------------------------
CONTRACTS = "gateio/futures_usdt_contracts.json"


def listed(symbol, tick, size, leverage=20, **more):
    known = {"lot_size": D(1), "min_size": D(1), "index": symbol, "funding_interval_hours": D(8), "max_leverage": D(leverage)}
    return perp(symbol, size, tick_size=D(tick), **known, **more)


@recorded.needed
@pytest.mark.parametrize("name", [CONTRACTS, "gateio/futures_usdt_contracts.full.json.gz"])
def test_recorded_contracts(name):
    body = recorded.read(name)
    parsed = read("perp_instruments", body, "usdt")
    wire = {row["name"]: row for row in json.loads(body)}
    rows = {row.symbol: row for row in parsed.rows}
    assert (parsed.dropped, parsed.bad_fields, list(rows)) == (0, 0, list(wire))
    assert rows["KNC_USDT"] == listed("KNC_USDT", "0.0001", "1")
    assert rows["OOKI_USDT"] == listed("OOKI_USDT", "0.000001", "100", 5)
    assert rows["ETH_USDT"] == listed("ETH_USDT", "0.05", "0.01", 100)
    assert rows["BTC_USDT"] == listed("BTC_USDT", "0.1", "0.0001", 100)
    assert rows["ICP_USDT"] == listed("ICP_USDT", "0.01", "0.001")
    assert rows["PEPE_USDT"] == listed("PEPE_USDT", "0.00000000001", "10000000", listed_at=at(2023, 4, 19, 12, 59, 7))
    assert rows["MONG_USDT"] == listed("MONG_USDT", "0.0000000001", "10000000", listed_at=at(2023, 5, 18, 6, 23, 19))
    assert rows["COCOS_USDT"] == listed("COCOS_USDT", "0.0001", "1", listed_at=at(2023, 4, 25, 7, 17, 43), status="delisting")
    for symbol, row in rows.items():
        text = wire[symbol]
        assert (row.contract_size, row.tick_size, row.min_size) == (D(text["quanto_multiplier"]), D(text["order_price_round"]), text["order_size_min"])
        assert f"{row.base}_{row.quote}" == row.symbol
        assert (row.inverse, row.expiry, row.delist_at, row.maker_fee, row.taker_fee, row.tokenised) == (False, None, None, None, None, False)
    assert [symbol for symbol, row in rows.items() if row.status != "trading"] == ["COCOS_USDT"]


@recorded.needed
def test_recorded_contract_of_fractional_lots():
    row = only("perp_instruments", recorded.read("gateio/futures_usdt_contracts_decimal.json"), "usdt")
    assert row == Instrument(
        "LAB_USDT", "LAB", "USDT", kind="perp", tick_size=D("0.00001"), lot_size=D("0.1"), min_size=D("0.1"), contract_size=D(100), settle="USDT",
        index="LAB_USDT", funding_interval_hours=D(8), max_leverage=D(20), listed_at=at(2022, 11, 29, 2, 22, 36),
    )  # fmt: skip


@recorded.needed
def test_recorded_funding():
    body = recorded.read(CONTRACTS)
    rows = {row.symbol: row for row in read("funding", body, "usdt").rows}
    assert len(rows) == len(json.loads(body)) == 29
    due = at(2023, 5, 24, 16)
    for symbol, rate in {"KNC_USDT": "0.0001", "KEY_USDT": "-0.00139", "MONG_USDT": "-0.001959", "PEPE_USDT": "0.000057", "BTC_USDT": "0.000086"}.items():
        assert rows[symbol] == FundingRate(symbol, D(rate), "predicted", D(8), due, next_rate=D(rate), exchange_ts=AT)
    lab = only("funding", recorded.read("gateio/futures_usdt_contracts_decimal.json"), "usdt")
    assert lab == FundingRate("LAB_USDT", D("0.002053"), "predicted", D(8), at(2021, 1, 7, 16), next_rate=D("0.000219"), exchange_ts=AT)


@recorded.needed
def test_recorded_funding_history():
    row = only("funding_history", recorded.read("gateio/futures_usdt_funding_rate.json"), known=[BTC])
    assert row == FundingRate("BTC_USDT", D("0.000157"), "settled", settled_at=at(2018, 12, 5))


@recorded.needed
def test_recorded_perpetual_ticker():
    row = only("perp_tickers", recorded.read("gateio/futures_usdt_tickers.json"), "usdt", [BTC])
    assert row == PerpTicker(
        "BTC_USDT", bid=D("34089.7"), ask=D("34217.9"), last=D("6432"), mark_price=D("6534"), index_price=D("6531"),
        open_interest=D("3232.3904"), base_volume_24h=D("28613220"), quote_volume_24h=D("184040233284"), change_24h_pct=D("4.43"),
        high_24h=D("6790"), low_24h=D("6278"), exchange_ts=AT,
    )  # fmt: skip


@recorded.needed
def test_recorded_option_ticker():
    put = Instrument("BTC_USDT-20230608-28500-P", "BTC", "USDT", kind="option", contract_size=D("0.01"))
    row = only("option_tickers", recorded.read("gateio/options_tickers.json"), known=[put])
    assert row == OptionTicker(
        "BTC_USDT-20230608-28500-P", bid=D("1096"), bid_size=D("0.12"), ask=D("2935"), ask_size=D("0.14"), mark_price=D("2147.3"),
        mark_iv=D("0.7799"), delta=D("-0.99999"), gamma=D(0), vega=D("0.00002"), theta=D("-0.00661"), open_interest=D(0), exchange_ts=AT,
    )  # fmt: skip


@recorded.needed
def test_recorded_spot_books():
    book = only("book", recorded.read("gateio/spot_order_book_BTC_USDT.json"), "spot", [Instrument("BTC_USDT", "BTC", "USDT")])
    bids = [("112095.8", "2.255276"), ("112095.7", "1.490851"), ("112095", "0.0439"), ("112094.2", "0.08921"), ("112092.3", "1.186865")]
    asks = [("112095.9", "0.509926"), ("112096", "0.0439"), ("112097", "0.0439"), ("112097.9", "0.044111"), ("112098", "0.0439")]
    levels = [tuple((D(price), D(size)) for price, size in side) for side in (bids, asks)]
    assert book == Book("BTC_USDT", *levels, exchange_ts=at(2025, 9, 29, 0, 12, 37, 920_000))
    old = only("book", recorded.read("gateio/spot_order_book_HAI_ETH.json"), "spot")
    assert old.asks[:2] == ((D("0.00010396"), D("5876.967")), (D("0.0001052"), D("16944.291")))
    wire = json.loads(recorded.read("gateio/spot_order_book_HAI_ETH.json"))
    assert [(len(old.bids), len(old.asks), old.dropped), old.exchange_ts] == [(len(wire["bids"]), len(wire["asks"]), 0), None]  # 2021: no clock yet


@recorded.needed
def test_recorded_futures_book():
    book = only("book", recorded.read("gateio/futures_order_book_RDNT_USDT.json"), "perp", [RDNT])
    assert (book.symbol, len(book.bids), len(book.asks), book.dropped) == ("RDNT_USDT", 57, 76, 0)
    assert book.bids[:2] == ((D("0.2969"), D(5302)), (D("0.2968"), D(9640)))
    assert book.asks[:2] == ((D("0.2974"), D(803)), (D("0.2975"), D(500)))
    assert (book.bids[-1], book.asks[-1]) == ((D("0.1845"), D(82)), (D("0.58"), D(6)))
    assert book.exchange_ts == at(2023, 5, 24, 12, 9, 26, 384_000)


@recorded.needed
def test_recorded_candles():
    row = only("candles", recorded.read("gateio/spot_candlesticks.json"), "spot", [Instrument("BTC_USDT", "BTC", "USDT")])
    prices = D("67715.1"), D("67839.9"), D("67715"), D("67772.5")
    assert row == Candle("BTC_USDT", 0, at(2024, 6, 1, 13), *prices, base_volume=D("17.0779"), quote_volume=D("1157762.868212"))
    row = only("candles", recorded.read("gateio/futures_usdt_candlesticks.json"), "perp", [ICP])
    flat = (D("1.032"),) * 4
    assert row == Candle("ICP_USDT", 0, at(2018, 10, 18, 8, 48), *flat, base_volume=D("97.151"), quote_volume=D("3580"))


@recorded.needed
def test_recorded_currencies():
    rows = {row.network: row for row in read("currencies", recorded.read("gateio/spot_currencies.json")).rows}
    assert len(rows) == 22
    assert {row.code for row in rows.values()} == {"USDT"}
    ethereum = "0xdac17f958d2ee523a2206206994597c13d831ec7"  # lower case: the wire writes 0xdAC17F...
    assert rows["ETH"] == Currency("USDT", "Tether", "ETH", "ethereum", ethereum, deposit_open=True, withdraw_open=True)
    assert rows["ALGO"] == Currency("USDT", "Tether", "ALGO", "algorand", "312769", deposit_open=False, withdraw_open=False)
    assert rows["OKT"].deposit_open
    assert not rows["OKT"].withdraw_open
    assert rows["SOL"].contract_address == "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB"
    assert [network for network, row in rows.items() if not row.deposit_open] == ["ALGO", "BTC", "EOS", "KSMSM"]
    assert {(row.withdraw_fee, row.withdraw_min) for row in rows.values()} == {(None, None)}
    old = read("currencies", recorded.read("gateio/spot_currencies_2023.json")).rows
    assert [(row.code, row.network, row.deposit_open, row.withdraw_open, row.name) for row in old] == [
        ("BTC", "BTC", True, True, None),
        ("BTC", "BSC", True, True, None),
        ("BTC", "HT", False, False, None),
        ("ETH", "ETH", True, True, None),
        ("ETH", "BSC", True, True, None),
    ]


@recorded.needed
@pytest.mark.parametrize(
    ("name", "status", "error", "outcome"),
    [
        ("error_invalid_currency", 400, Refused, "client_error"),
        ("error_invalid_param_400", 400, Refused, "client_error"),
        ("error_ip_forbidden_401", 401, Blocked, "forbidden"),
        ("error_rate_429", 429, Throttled, "rate_limited"),
        ("error_server_error_500", 500, Unreachable, "server_error"),
        ("error_too_fast_withdrawal", 400, Throttled, "rate_limited"),
    ],
)
def test_recorded_refusals(name, status, error, outcome):
    with pytest.raises(error) as caught:
        GATE.check(status, {}, recorded.read(f"gateio/{name}.json"))
    assert caught.value.outcome == outcome


@pytest.mark.parametrize(
    "body",
    ['{"label":"CONTRACT_NOT_FOUND"}', '{"label":"TOO_BIG","message":"limit 300"}', '{"message":"invalid index","label":"INVALID_PARAM_VALUE"}'],
)
def test_a_contract_or_index_that_does_not_exist_is_a_refusal(body):
    with pytest.raises(Refused) as caught:
        GATE.check(400, {}, body.encode())
    assert caught.value.outcome == "client_error"


# --- pitfalls of unit -----------------------------------------------------------------------------------------------
def ticker(symbol, **more):
    return {"contract": symbol, "highest_bid": "10", "lowest_ask": "11", "mark_price": "10.5", **more}


def test_spot_pair_and_perpetual_share_one_id():
    spot, swap = Instrument("BTC_USDT", "BTC", "USDT"), BTC
    assert [one.request.path for one in GATE.book.fitting(spot)] == ["/api/v4/spot/order_book"]
    assert [one.request.filled(Ask(swap).words(one)).path for one in GATE.book.fitting(swap)] == ["/api/v4/futures/usdt/order_book"]


def test_the_multiplier_hides_in_the_contract_and_prices_are_per_coin():
    pepe = perp("PEPE_USDT", "10000000")
    row = only("perp_tickers", [ticker("PEPE_USDT", highest_size="7", lowest_size="3", total_size="456388")], "usdt", [pepe])
    assert (row.bid, row.bid_size, row.ask_size, row.open_interest) == (D(10), D(70_000_000), D(30_000_000), D(4_563_880_000_000))


def test_contracts_that_are_more_coins_than_there_can_be_are_unknown_and_named():
    pepe = perp("PEPE_USDT", "10000000")
    parsed = read("perp_tickers", [ticker("PEPE_USDT", highest_size="9e15", lowest_size="3")], "usdt", [pepe])
    assert [(row.bid, row.bid_size, row.ask_size, row.bad) for row in parsed.rows] == [(D(10), None, D(30_000_000), ("bid_size",))]
    call = Instrument("BTC_USDT-20261225-70000-C", "BTC", "USDT", kind="option", contract_size=D(100))
    row = only("option_tickers", [{"name": call.symbol, "ask1_size": "-9e18", "bid1_size": 12}], known=[call])
    assert (row.ask_size, row.bid_size, row.bad) == (None, D(1200), ("ask_size",))
    assert parsed.bad_fields == 1


def test_volume_is_taken_in_coins_and_not_in_contracts():
    row = only("perp_tickers", [ticker("BTC_USDT", volume_24h="90000000", volume_24h_base="9000", volume_24h_quote="576000000")], "usdt", [BTC])
    assert (row.base_volume_24h, row.quote_volume_24h) == (D(9000), D(576_000_000))


def test_sizes_are_unknown_without_the_contracts_size_and_prices_are_not():
    row = only("perp_tickers", [ticker("NEW_USDT", highest_size="7", total_size="9")], "usdt", [BTC])
    assert (row.bid, row.bid_size, row.open_interest, row.bad) == (D(10), None, None, ())


def test_fractional_sizes_are_asked_for_and_read_as_numbers_and_as_text():
    for source in ("book", "candles", "perp_tickers", "perp_instruments", "option_tickers", "funding"):
        for one in GATE.source(source).parts:
            assert (("X-Gate-Size-Decimal", "1") in one.request.headers) is ("/spot/" not in one.request.path)
    for size in ("10.7", 10.7):
        assert only("perp_tickers", [ticker("BTC_USDT", highest_size=size)], "usdt", [BTC]).bid_size == D("0.00107")
        book = only("book", {"asks": [{"p": "3", "s": size}], "bids": []}, "perp", [BTC])
        assert book.asks == ((D(3), D("0.00107")),)


def test_an_inverse_contract_is_one_dollar_although_its_multiplier_is_zero():
    contract = {"name": "BTC_USD", "type": "inverse", "quanto_multiplier": "0", "order_price_round": "0.1"}
    market = only("perp_instruments", [contract], "btc")
    assert (market.base, market.quote, market.settle, market.inverse, market.contract_size) == ("BTC", "USD", "BTC", True, D(1))
    row = only("perp_tickers", [ticker("BTC_USD", mark_price="64000", highest_size="32000", total_size="128000000")], "btc", [market])
    assert (row.bid_size, row.open_interest) == (D("0.5"), D(2000))
    assert only("perp_tickers", [ticker("BTC_USD", mark_price="", total_size="5")], "btc", [market]).open_interest is None
    book = only("book", {"asks": [{"p": "50000", "s": 25000}], "bids": [{"p": "40000", "s": 10000}]}, "perp", [market])
    assert (book.bids, book.asks) == (((D(40000), D("0.25")),), ((D(50000), D("0.5")),))
    candle = only("candles", [{"t": 1790000000, "o": "1", "h": "1", "l": "1", "c": "1", "v": 700}], "perp", [market])
    assert (candle.base_volume, candle.quote_volume) == (None, D(700))


def test_a_quanto_contract_has_no_known_size():
    market = only("perp_instruments", [{"name": "ETH_USD", "type": "direct", "quanto_multiplier": "0.000001"}], "btc")
    assert (market.inverse, market.contract_size) == (False, None)
    with pytest.raises(Garbled, match="instruments are needed"):
        read("book", {"asks": [], "bids": []}, "perp", [market])


def test_change_is_percent_already():
    assert only("perp_tickers", [ticker("BTC_USDT", change_percentage="4.43")], "usdt").change_24h_pct == D("4.43")


def test_nan_volume_is_unknown_and_not_zero():
    row = only("perp_tickers", [ticker("BTC_USDT", volume_24h_base="nan")], "usdt")
    assert (row.base_volume_24h, row.bad) == (None, ("base_volume_24h",))


def test_book_times_are_ms_on_spot_and_seconds_with_decimals_elsewhere():
    expected = at(2025, 9, 29, 0, 12, 37, 920_000)
    assert only("book", {"asks": [], "bids": [], "current": 1759104757920}, "spot").exchange_ts == expected
    for current in (1759104757.92, "1759104757.92"):
        assert only("book", {"asks": [], "bids": [], "current": current}, "perp", [BTC]).exchange_ts == expected
    assert only("book", {"asks": [], "bids": [], "current": 1759104757920}, "perp", [BTC]).exchange_ts is None  # not in the year 57713


def test_candle_arrays_put_close_before_open():
    row = only("candles", [["1790000000", "9", "2", "4", "1", "3", "5", "true"]], "spot")
    assert (row.open, row.high, row.low, row.close, row.base_volume, row.quote_volume) == (D(3), D(4), D(1), D(2), D(5), D(9))


@pytest.mark.parametrize(("name", "odd"), [
    ("spot", ["", "9", "2", "4", "1", "3", "5", "true"]), ("spot", ["1790000600", "9", "2", "4", "1", "?", "5", "true"]),
    ("perp", {"t": 0, "o": "1", "v": 7}), ("perp", {"t": 1790000600, "o": "1", "v": "9e18"}),
])  # fmt: skip
def test_a_candle_of_no_time_or_of_what_is_no_number_is_lost_alone_and_counted(name, odd):
    times = [1790000000 + 60 * n for n in range(9)]
    candles = [[str(at), "9", "2", "4", "1", "3", "5", "true"] if name == "spot" else {"t": at, "o": "1", "c": "1", "v": 7} for at in times]
    parsed = read("candles", [*candles, odd], name, [perp("BTC_USDT", "1000")])
    assert ([row.opened_at.minute for row in parsed.rows], parsed.dropped) == ([*range(13, 22)], 1)


def test_a_level_that_is_none_is_lost_alone_and_counted():
    asks = [["3", "1"], ["4"], "5", 6, None, ["7", "2"]]
    book = only("book", {"asks": asks, "bids": [], "current": 1759104757920}, "spot", [Instrument("BTC_USDT", "BTC", "USDT")])
    assert (book.asks, book.dropped) == (((D(3), D(1)), (D(7), D(2))), 4)


def test_a_candles_period_is_its_shortest_step():
    rows = read("candles", [[str(1790000000 + 60 * n), "9", "2", "4", "1", "3", "5", "true"] for n in (4, 0, 1)], "spot").rows
    assert [(row.period_s, row.opened_at.second) for row in rows] == [(60, 20)] * 3
    assert [row.opened_at.minute for row in rows] == [13, 14, 17]


def test_option_asks_are_negative_and_sizes_are_contracts():
    call = Instrument("BTC_USDT-20261225-70000-C", "BTC", "USDT", kind="option", contract_size=D("0.01"))
    row = only("option_tickers", [{"name": call.symbol, "ask1_size": -14, "bid1_size": 12, "position_size": 80, "mark_iv": "0.59"}], known=[call])
    assert (row.ask_size, row.bid_size, row.open_interest, row.mark_iv) == (D("0.14"), D("0.12"), D("0.8"), D("0.59"))


def option(name, **more):
    return {"name": name, "underlying": "BTC_USDT", "strike_price": "70000", "is_call": True, "multiplier": "0.01"} | more


@pytest.mark.parametrize("odd", [{"is_call": None}, {"name": "BTC USDT"}, {"name": "<b>"}, {"underlying": "BTC"}])
def test_an_option_that_is_neither_call_nor_put_or_has_no_name_is_lost_alone_and_counted(odd):
    named = [option(f"BTC_USDT-20261225-{strike}-C") for strike in range(70_000, 79_000, 1000)]
    parsed = read("option_instruments", [*named, option("BTC_USDT-20261225-80000-C") | odd])
    assert ([row.symbol for row in parsed.rows], parsed.dropped) == ([row["name"] for row in named], 1)
    assert {row.option_type for row in parsed.rows} == {"call"}


def test_the_interval_is_seconds_and_an_unknown_one_stays_unknown():
    def interval(value):
        return only("funding", [{"name": "BTC_USDT", "funding_rate": "0", "funding_interval": value}], "btc").interval_hours

    assert [interval(value) for value in (28800, "14400", 3600, 0, None)] == [D(8), D(4), D(1), None, None]


def test_a_rate_that_is_not_there_is_not_zero():
    row = only("funding", [{"name": "BTC_USDT", "funding_rate": "", "funding_rate_indicative": None}], "btc")
    assert (row.rate, row.next_rate) == (None, None)


@pytest.mark.parametrize("odd", [{"t": 1790400000, "r": ""}, {"t": 0, "r": "0.1"}, {"t": "soon", "r": "0.1"}, {"t": 1790400000, "r": "nan"}])
def test_a_payment_without_a_rate_or_a_time_is_lost_alone_and_counted(odd):
    paid = [{"t": 1790000000 + 28_800 * n, "r": "0.0001"} for n in range(9)]
    parsed = read("funding_history", [odd, *reversed(paid)], known=[BTC])
    assert ([row.settled_at.hour for row in parsed.rows], parsed.dropped) == ([14, 22, 6] * 3, 1)


@pytest.mark.parametrize("odd", [7, {"exchange": "OKX"}, {"exchange": " ", "symbols": ["BTC_USDT"]}])
def test_an_index_member_without_a_name_or_a_market_is_lost_alone_and_counted(odd):
    members = [{"exchange": f"E{n}", "symbols": ["BTC_USDT"], "weight": "0.1"} for n in range(9)]
    parsed = read("index_members", {"index": "BTC_USDT", "constituents": [*members, odd]}, known=[BTC])
    assert ([row.exchange for row in parsed.rows], parsed.dropped) == ([f"E{n}" for n in range(9)], 1)


def test_base_schedules_are_not_taken_for_fees():
    row = only("perp_instruments", [{"name": "BTC_USDT", "quanto_multiplier": "1", "taker_fee_rate": "0.00075", "maker_fee_rate": "-0.0001"}], "delivery")
    assert (row.maker_fee, row.taker_fee) == (None, None)


def test_a_placeholder_is_no_address_and_a_short_number_is_one():
    chains = [{"name": "BTC", "addr": "aaaaa000000111111xxx00000xxx000111"}, {"name": "ALGO", "addr": "312769"}, {"name": "ETH", "addr": "0x" + "0" * 39 + "1"}]
    rows = read("currencies", [{"currency": "TNA", "chains": chains}]).rows
    assert [row.contract_address for row in rows] == [None, "312769", "0x" + "0" * 39 + "1"]


def test_a_coin_whose_code_is_none_is_lost_alone_and_counted():
    coins = [{"currency": f"C{n}", "chains": [{"name": "ETH"}]} for n in range(9)]
    parsed = read("currencies", [*coins, {"currency": "<b>", "chains": [{"name": "ETH"}]}])
    assert ([row.code for row in parsed.rows], parsed.dropped) == ([coin["currency"] for coin in coins], 1)
    with pytest.raises(Garbled, match="2 of 10 rows"):
        read("currencies", [*coins[1:], {"currency": "<b>", "chains": [{"name": "ETH"}]}, {"currency": "", "chains": None}])


def test_a_network_without_a_name_is_lost_alone_and_counted():
    chains = [{"name": f"N{n}"} for n in range(9)]
    for odd in ({"addr": "0x1"}, 7, None):
        parsed = read("currencies", [{"currency": "ABC", "chains": [*chains, odd]}])
        assert ([row.network for row in parsed.rows], parsed.dropped) == ([f"N{n}" for n in range(9)], 1)


def test_a_leaving_contract_that_nobody_holds_is_gone():
    def status(**more):
        return only("perp_instruments", [{"name": "OLD_USDT", **more}], "delivery").status

    assert status(in_delisting=True, position_size=0, status="trading") == "delisted"
    assert status(in_delisting=True, position_size=7, status="trading") == "delisting"
    assert [status(status=word) for word in ("prelaunch", "circuit_breaker", "suspend", "delisted")] == ["pre_open", "halted", "halted", "delisted"]
    assert status() == "trading"


def test_a_premarket_contract_has_no_index_to_ask_about():
    row = only("perp_instruments", [{"name": "SOON_USDT", "is_pre_market": True}], "delivery")
    assert GATE.index_members.fitting(row) == ()
    assert GATE.index_members.fitting(perp("BTC_USDT", "1", index="BTC_USDT"))


# --- pages ----------------------------------------------------------------------------------------------------------
def test_a_page_of_exactly_one_hundred_leads_to_the_next_from_its_last_row_on():
    first = part("perp_instruments", "usdt")

    def after(rows, request):
        return [one.params for one in first.next_pages(json.dumps([{"name": f"C{n}_USDT"} for n in range(rows)]).encode(), request)]

    assert after(302, first.request) == after(99, first.request) == after(0, first.request) == []
    assert after(100, first.request) == [(("limit", "100"), ("offset", "99"))]
    second = first.next_pages(json.dumps([{}] * 100).encode(), first.request)[0]
    assert after(100, second) == [(("limit", "100"), ("offset", "198"))]
    assert second.headers == first.request.headers
    assert first.next_pages(b"not json", first.request) == ()


@pytest.mark.parametrize(("source", "path"), [("option_instruments", "/api/v4/options/contracts"), ("option_tickers", "/api/v4/options/tickers")])
def test_the_underlyings_lead_to_their_options_and_hold_none(source, path):
    underlyings = b'[{"name":"BTC_USDT","index_time":1790000000,"index_price":"64000.5"},{"name":"ETH_USDT","index_time":1790000000,"index_price":"2500"}]'
    parsed = read(source, underlyings)
    assert (parsed.rows, parsed.dropped) == ([], 0)
    pages = part(source).next_pages(underlyings, part(source).request)
    assert [page.target for page in pages] == [f"{path}?underlying=BTC_USDT", f"{path}?underlying=ETH_USDT"]
    assert part(source).next_pages(b"[]", pages[0]) == ()
    assert (read(source, b"[]").rows, part(source).next_pages(b"[]", part(source).request)) == ([], ())


def test_a_range_and_a_limit_are_never_asked_for_together():
    ask = Ask(BTC, 3600, start=at(2026, 9, 20), end=at(2026, 9, 21))
    for one in GATE.candles.parts:
        names = dict(one.request.filled(ask.words(one)).params)
        assert (names["interval"], names["from"], names["to"]) == ("1h", "1789862400", "1789948800")
        assert "limit" not in names
    assert Request("h", "/p", part("candles", "spot").request.params).filled(Ask(BTC).words(part("candles", "spot"))).params[1:] == (("interval", "1h"),)


# --- anything at all --------------------------------------------------------------------------------------------------
SAMPLED = [case for case in cases() if case.adapter is GATE and case.body is not None]


def places(document, way=()):
    """The way to every value inside a document."""
    yield way
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in inner:
        yield from places(value, (*way, key))


@pytest.mark.parametrize("case", SAMPLED, ids=str)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_rows_or_garbled(case, data):
    document = [json.loads(case.body)]
    *way, last = data.draw(st.sampled_from([(0, *place) for place in places(document[0])]))
    inner = document
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(anything)
    try:
        case.parse(json.dumps(document[0]).encode())
    except Garbled as error:
        assert error.outcome == "schema"
