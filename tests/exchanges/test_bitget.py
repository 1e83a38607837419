"""Bitget: recorded replies field by field (expected rows worked out by hand from the wire), its pitfalls, its signature, its refusals."""

import dataclasses
import json
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest

from exchanges.adapter import Ask, Credentials
from exchanges.adapters import ADAPTERS
from exchanges.adapters.bitget import copying
from exchanges.errors import Garbled, Refused, Unreachable
from exchanges.rows import Announcement, Book, Candle, Currency, FundingRate, IndexMember, Instrument, PerpTicker

from . import recorded
from .cases import SAMPLES

BITGET = ADAPTERS["bitget"]
SPOT = Instrument("BTCUSDT", "BTC", "USDT")
LINEAR = Instrument("BTCUSDT", "BTC", "USDT", kind="perp", settle="USDT", contract_size=D(1))
USDC = Instrument("BTCPERP", "BTC", "USDC", kind="perp", settle="USDC", contract_size=D(1))
COIN = Instrument("BTCUSD_CM", "BTC", "USD", kind="perp", settle="BTC", contract_size=D(1), inverse=True)
DATED = Instrument("BTCCMZ26", "BTC", "USD", kind="future", settle="BTC", contract_size=D(1), inverse=True)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def part(source, name=None):
    parts = {each.name: each for each in BITGET.source(source).parts}
    return parts[name] if name else next(iter(parts.values()))


def parse(source, body, name=None, *known):
    BITGET.check(200, {}, body)
    return part(source, name).parse(body, {}, {market.symbol: market for market in known})


def wire(data, **more):
    return json.dumps({"code": "00000", "msg": "success", "requestTime": 1790000000123, "data": data} | more).encode()


def read(name, source, part_name=None, *known):
    """The rows of a recorded reply; nothing of it may be lost."""
    parsed = parse(source, recorded.read(f"bitget/{name}"), part_name, *known)
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return parsed.rows


# --- recorded replies -------------------------------------------------------------------------------------------------
@recorded.needed
def test_recorded_books():
    assert read("spot_orderbook.json", "book", "spot", SPOT) == [
        Book(
            "BTCUSDT",
            bids=((D("34567"), D("0.2917")), (D("34566.85"), D("0.0145"))),
            asks=((D("34567.15"), D("0.0131")), (D("34567.25"), D("0.0144"))),
            exchange_ts=at("2023-10-26T07:04:44.584"),
        )
    ]
    assert read("v3_orderbook.json", "book", "usdt", LINEAR) == [
        Book(
            "BTCUSDT",
            bids=((D("71213.8"), D("1.836")), (D("71213.3"), D(10)), (D("71212.8"), D(10))),
            asks=((D(73000), D("0.007")), (D(74000), D("0.007")), (D(75000), D("0.007")), (D(75123), D("5.615"))),
            exchange_ts=at("2024-11-07T08:43:37.964"),
        )
    ]


@recorded.needed
def test_recorded_candles():
    assert read("spot_candles_2024.json", "candles", "spot", SPOT) == [
        Candle("BTCUSDT", 14_400, at("2024-03-02T04:00"), D("62308.42"), D("62308.43"), D("61760"), D("62014.17"), D("987.377637"), D("61283110.5704652")),
        Candle("BTCUSDT", 14_400, at("2024-03-02T08:00"), D("62014.17"), D("62122.8"), D("61648.26"), D("61825.64"), D("1271.183413"), D("78680550.5553978")),
    ]
    assert read("mix_candles.json", "candles", "usdt", LINEAR) == [
        Candle("BTCUSDT", 300, at("2023-09-27T17:30"), D("26210.5"), D("26210.5"), D("26194.5"), D("26194.5"), D("26.26"), D("687897.63")),
        Candle("BTCUSDT", 300, at("2023-09-27T17:35"), D("26194.5"), D("26194.5"), D("26171"), D("26171"), D("17.98"), D("470618.72")),
    ]
    week = 7 * 86_400
    assert read("v3_candles.json", "candles", "coin", COIN) == [  # the prices say that this one counted coins
        Candle("BTCUSD_CM", week, at("2023-06-25T16:00"), D("27176.93"), D("27177.43"), D("27166.93"), D("27177.43"), D("2990.08"), D("81246917.3294")),
        Candle("BTCUSD_CM", week, at("2023-07-02T16:00"), D("27177.43"), D("27177.43"), D("24000"), D("24001"), D("2989.1"), D("72450031.0448")),
    ]


@recorded.needed
def test_recorded_coins():
    def row(code, network, *rest):
        chain, address, deposits, fee, least = rest
        where = {"network": network, "chain": chain, "contract_address": address}
        return Currency(code, **where, deposit_open=deposits, withdraw_open=True, withdraw_fee=D(fee), withdraw_min=D(least))

    assert read("spot_coins_2025.json", "currencies") == [
        row("U2U", "UnicornUltraSolaris", None, None, True, "0.01", "1493.65197908"),
        row("WUF", "SOL", "solana", "73xsLcBnLnc9bh81cqVKqj8uEyiarXng5ZwJuTbnVebG", False, "8542131.47909878", "85421314.7909878"),
        row("LSD", "Aptos", "aptos", "0x02370cc1d995f3aadd337c1c6c63834ad8d2bd0cdc70bc8dff81de463e18b159", False, "2.19748023", "36.62467037"),
    ]
    assert read("spot_coins_usdt_2025.json", "currencies") == [
        row("USDT", "ERC20", "ethereum", "0xdac17f958d2ee523a2206206994597c13d831ec7", True, "3", "10"),
        row("USDT", "TRC20", "tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", True, "1", "10"),
        row("USDT", "ArbitrumOne", "arbitrum", "0xfd086bc7cd5c481dcc9c85ebe478a1c0b69fcbb9", True, "0.2", "10"),
    ]


@recorded.needed
def test_recorded_announcements():
    url = "https://www.bitget.com/zh_CN/support/articles/23685"
    assert read("announcements.json", "announcements", "listing") == [Announcement("1", "test0629", "listing", url, at("2023-06-29T03:07:20"))]


@recorded.needed
def test_recorded_contracts():
    def row(symbol, base, step, lot, leverage, *, hours="8"):
        return Instrument(
            symbol, base, "USDT", kind="perp", status="trading", tick_size=D(step), lot_size=D(lot), min_size=D(lot), min_notional=D(5),
            maker_fee=D("0.0002"), taker_fee=D("0.0006"), contract_size=D(1), settle="USDT", funding_interval_hours=D(hours),
            max_leverage=D(leverage),
        )  # fmt: skip

    assert read("v3_instruments_usdt_futures.json", "perp_instruments", "usdt") == [
        row("BTCUSDT", "BTC", "0.1", "0.0001", 125), row("ETHUSDT", "ETH", "0.01", "0.01", 100), row("PORTALSUSDT", "PORTALS", "0.00001", "1", 20, hours="4"),
    ]  # fmt: skip
    assert read("v3_instruments_usdt_futures_2026.json", "perp_instruments", "usdt") == [row("BTCUSDT", "BTC", "0.1", "0.0001", 150)]


@recorded.needed
def test_recorded_futures_tickers():
    assert read("v3_tickers_usdt_futures.json", "perp_tickers", "usdt") == [
        PerpTicker(
            "BTCUSDT", bid=D("90216.3"), bid_size=D("11.0845"), ask=D("90216.4"), ask_size=D("4.2309"), last=D("90216.3"), mark_price=D("90216.4"),
            index_price=D("90247.5410266913"), open_interest=D("27606.0718"), base_volume_24h=D("50772.839"), quote_volume_24h=D("4667820987.88478"),
            change_24h_pct=D("-2.605"), high_24h=D("94477.8"), low_24h=D("89350.1"), exchange_ts=at("2025-12-11T09:11:22.230"),
        )
    ]  # fmt: skip


@recorded.needed
def test_recorded_funding():
    def row(rate, paid):
        return FundingRate("BTCUSDT", rate=D(rate), interval_hours=D(8), next_funding_at=at(paid), cap=D("0.003"), floor=D("-0.003"))

    assert read("v3_current_fund_rate.json", "funding", "usdt", LINEAR) == [row("0.000071", "2025-03-27T08:00")]
    assert read("mix_current_fund_rate_2026.json", "funding", "usdt", LINEAR) == [row("0.0001", "2026-09-15T08:00")]
    assert read("v3_history_fund_rate.json", "funding_history", "usdt", LINEAR) == [
        FundingRate("BTCUSDT", rate=D("0.0001"), kind="settled", settled_at=at("2025-08-11T08:00")),
        FundingRate("BTCUSDT", rate=D("0.0001"), kind="settled", settled_at=at("2025-08-11T00:00")),
    ]


@recorded.needed
def test_recorded_index_without_the_exchanges_own_perpetual():
    assert read("v3_index_components.json", "index_members", None, LINEAR) == [
        IndexMember("BTCUSDT", name, "BTC/USDT", D(weight))
        for name, weight in (("GATEIO", "0.164"), ("BINANCE", "0.1434"), ("MEXC", "0.0992"), ("BITGET", "0.0768"), ("OKX", "0.0468"))
    ]


# --- pitfalls ---------------------------------------------------------------------------------------------------------
@recorded.needed
def test_depth_as_json_numbers_is_exact():
    (book,) = read("mix_merge_depth.json", "book", "spot", LINEAR)  # the older futures book has the spot book's shape, in numbers
    assert book.asks == ((D("26347.5"), D("0.25")), (D("26348"), D("0.16")))
    (book,) = parse("book", wire({"a": [[0.1234567890123456, 1e-7]], "b": [], "ts": "1"}), "usdt", LINEAR).rows
    assert book.asks == ((D("0.123456789012346"), D("0.0000001")),)


def test_one_odd_level_costs_itself_and_many_are_a_changed_format():
    sides = {"asks": [["2", "1"], ["3"], ["x", "1"]], "bids": [["1", "5"]], "ts": "1790000000101"}
    (book,) = parse("book", wire(sides), "spot", SPOT).rows
    assert (book.asks, book.bids, book.dropped) == (((D(2), D(1)),), ((D(1), D(5)),), 2)
    with pytest.raises(Garbled):
        parse("book", wire(sides | {"bids": [["1", "0"]] * 4}), "spot", SPOT)


def test_a_book_of_nobody_knows_which_market_has_no_symbol():
    assert parse("book", wire({"asks": [["2", "1"]], "bids": [], "ts": ""}), "spot").rows == [Book("", asks=((D(2), D(1)),))]


def test_coin_margined_sizes_are_dollars():
    (book,) = parse("book", wire({"a": [[80000.0, 4000]], "b": [[79999.5, 7999.95]], "ts": "1790000000101"}), "coin", COIN).rows
    assert (book.asks, book.bids) == (((D(80000), D("0.05")),), ((D("79999.5"), D("0.1")),))


def ticker(**fields):
    row = {
        "symbol": "BTCUSD_CM",
        "bid1Price": "80000",
        "bid1Size": "4000",
        "ask1Price": "80100",
        "ask1Size": "8010",
        "markPrice": "80000",
        "ts": "1790000000101",
    }
    return wire([row | {"lowPrice24h": "79000", "highPrice24h": "81000"} | fields])


def test_the_prices_tell_whether_coin_margined_volumes_are_coins_or_dollars():
    def amounts(**fields):
        (row,) = parse("perp_tickers", ticker(**fields), "coin").rows
        return row.base_volume_24h, row.quote_volume_24h, row.open_interest, row.bid_size

    dollars = amounts(volume24h="40000000", turnover24h="500", openInterest="20000000")
    assert dollars == (D(500), D(40000000), D(250), D("0.05"))
    coins = amounts(volume24h="500", turnover24h="40000000", openInterest="250", bid1Size="0.05")
    assert coins == dollars
    neither = amounts(volume24h="500", turnover24h="700", openInterest="250")
    assert neither == (None, None, None, D("0.05"))
    nothing_traded = amounts(volume24h="0", turnover24h="0", openInterest="250")
    assert nothing_traded == (D(0), D(0), None, D("0.05"))
    about_one = amounts(volume24h="500", turnover24h="500", openInterest="250", lowPrice24h="0.9", highPrice24h="1.1")
    assert about_one[:3] == (None, None, None)


def test_open_interest_is_in_coins_and_not_multiplied():
    (row,) = parse("perp_tickers", ticker(symbol="1000BONKUSDT", openInterest="27606.0718", volume24h="5", turnover24h="1"), "usdt").rows
    assert (row.open_interest, row.base_volume_24h, row.quote_volume_24h) == (D("27606.0718"), D(5), D(1))


def test_dollars_that_are_more_coins_than_there_can_be_are_unknown():
    (row,) = parse("perp_tickers", ticker(bid1Price="0.000001", bid1Size="9e15"), "coin").rows
    assert (row.bid, row.bid_size, row.ask_size) == (D("0.000001"), None, D("0.1"))


def test_price24hpcnt_is_a_fraction():
    (row,) = parse("perp_tickers", ticker(price24hPcnt="-0.02605"), "usdt").rows
    assert row.change_24h_pct == D("-2.605")


def test_none_is_written_in_four_ways():
    (row,) = parse("perp_tickers", ticker(bid1Price="0", ask1Price="-1", lastPrice="", indexPrice=None, ts="0"), "usdt").rows
    assert (row.bid, row.ask, row.last, row.index_price) == (None, None, None, None)
    assert row.exchange_ts == at("2026-09-21T14:13:20.123")  # the reply's own time stands in


def funding(**fields):
    row = {"symbol": "BTCUSDT", "fundingRate": "0.0001", "fundingRateInterval": "8", "nextUpdate": "1790006400000"}
    return wire([row | fields])


def rates(body, *known, name="usdt"):
    return parse("funding", body, name, *known).rows


def test_a_test_contract_in_the_funding_list_is_left_out_and_is_no_lost_row():
    rows = json.loads(funding())["data"] + json.loads(funding(symbol="BGTESTMEUSDT", minFundingRate=None, maxFundingRate=None))["data"]
    parsed = parse("funding", wire(rows), "usdt", LINEAR)
    assert ([row.symbol for row in parsed.rows], parsed.dropped) == (["BTCUSDT"], 0)


def test_dated_contracts_have_no_funding_whatever_the_list_says():
    both = json.loads(funding(symbol="BTCUSD_CM"))["data"]
    for odd in ({"fundingRate": "", "nextUpdate": "0"}, {"fundingRate": "0", "nextUpdate": "0"}, {"fundingRate": "", "nextUpdate": ""}):
        body = wire(both + json.loads(funding(symbol="BTCCMZ26", fundingRateInterval="", **odd))["data"])
        assert [row.symbol for row in rates(body, COIN, DATED, name="coin")] == ["BTCUSD_CM"]
    alone = wire(both + json.loads(funding(symbol="BTCCMZ26", fundingRate="0", nextUpdate="0"))["data"])
    assert [row.symbol for row in rates(alone, name="coin")] == ["BTCUSD_CM"]  # even where nobody knows the catalogue


@pytest.mark.parametrize("hours", ["", None, "0"])
def test_an_unknown_interval_stays_unknown(hours):
    (row,) = rates(funding(fundingRateInterval=hours), LINEAR)
    assert (row.interval_hours, row.rate) == (None, D("0.0001"))


def test_an_empty_rate_is_unknown_and_zero_is_a_rate():
    assert rates(funding(fundingRate=""), LINEAR)[0].rate is None
    assert rates(funding(fundingRate="0"), LINEAR)[0].rate == 0


def test_case_of_candle_periods_differs_between_spot_and_futures():
    words = {name: [part("candles", name).periods[period] for period in (60, 300, 900, 3_600, 86_400)] for name in ("spot", "usdt", "usdc", "coin")}
    assert words["spot"] == ["1min", "5min", "15min", "1h", "1Dutc"]
    assert words["usdt"] == words["usdc"] == ["1m", "5m", "15m", "1H", "1Dutc"]  # not 1day and 1D, which begin at 16:00 UTC
    assert words["coin"] == ["1m", "5m", "15m", "1H", "1D"]


def test_spot_quote_volume_is_the_column_that_gives_a_price():
    row = ["1790000000000", "2", "2.1", "1.9", "2", "100"]
    for columns in (["900", "200"], ["200", "900"]):
        (candle,) = parse("candles", wire([row + columns]), "spot", SPOT).rows
        assert (candle.base_volume, candle.quote_volume) == (D(100), D(200))
    (candle,) = parse("candles", wire([[*row, "900", "901"]]), "spot", SPOT).rows
    assert candle.quote_volume is None


def test_candles_are_oldest_first_whatever_their_order():
    rows = [[str(1_790_000_000_000 + minute * 60_000), "1", "1", "1", "1", "0", "0"] for minute in (2, 0, 1)]
    parsed = parse("candles", wire(rows), "usdt", LINEAR)
    assert [(row.opened_at.minute, row.period_s) for row in parsed.rows] == [(13, 60), (14, 60), (15, 60)]


@pytest.mark.parametrize("odd", [7, ["1790000600000", "1"], ["", "1", "1", "1", "1", "0", "0"], ["soon", "1", "1", "1", "1", "0", "0"]])
def test_a_candle_of_no_time_is_lost_alone_and_counted(odd):
    rows = [[str(1_790_000_000_000 + minute * 60_000), "1", "1", "1", "1", "0", "0"] for minute in range(9)]
    parsed = parse("candles", wire([*rows, odd]), "usdt", LINEAR)
    assert ([row.opened_at.minute for row in parsed.rows], parsed.dropped) == ([*range(13, 22)], 1)


@pytest.mark.parametrize("odd", [{"fundingRateTimestamp": ""}, {"fundingRateTimestamp": "soon"}, {"symbol": "BTC USDT"}])
def test_a_payment_of_no_time_or_no_market_is_lost_alone_and_counted(odd):
    paid = [{"symbol": "BTCUSDT", "fundingRate": "0.0001", "fundingRateTimestamp": str(1_790_000_000_000 + n * 28_800_000)} for n in range(10)]
    parsed = parse("funding_history", wire({"resultList": [*paid[:9], paid[9] | odd]}), "usdt", LINEAR)
    assert ([row.settled_at.hour for row in parsed.rows], parsed.dropped) == ([14, 22, 6] * 3, 1)


def test_one_id_two_markets_is_asked_in_its_own_place():
    def targets(source, market):
        return [each.request.filled(Ask(market).words(each)).target for each in BITGET.source(source).fitting(market)]

    assert targets("book", SPOT) == ["/api/v2/spot/market/orderbook?symbol=BTCUSDT&type=step0&limit=100"]
    assert targets("book", LINEAR) == ["/api/v3/market/orderbook?category=USDT-FUTURES&symbol=BTCUSDT&limit=100"]
    assert targets("book", USDC) == ["/api/v3/market/orderbook?category=USDC-FUTURES&symbol=BTCPERP&limit=100"]
    assert targets("book", DATED) == ["/api/v3/market/orderbook?category=COIN-FUTURES&symbol=BTCCMZ26&limit=100"]
    assert targets("candles", SPOT) == ["/api/v2/spot/market/candles?symbol=BTCUSDT&granularity=1h&limit=1000"]
    assert targets("candles", COIN) == ["/api/v3/market/candles?category=COIN-FUTURES&symbol=BTCUSD_CM&interval=1H&limit=1000"]
    assert targets("funding_history", DATED) == targets("index_members", SPOT) == []
    assert targets("index_members", COIN) == ["/api/v3/market/index-components?symbol=BTCUSD_CM"]


def test_ids_that_are_not_ascii_are_encoded():
    lobster = dataclasses.replace(Ask(SPOT), market=Instrument("龙虾USDT", "龙虾", "USDT"))
    assert "symbol=%E9%BE%99%E8%99%BEUSDT&" in part("book", "spot").request.filled(lobster.words(part("book", "spot"))).target


def test_demo_products_are_never_asked_for():
    asked = [each.request.target for source in BITGET.sources.values() for each in source.parts]
    assert not [target for target in asked if "SUSD" in target or "SCOIN" in target]


def test_shares_metals_and_what_is_not_listed_yet_are_tokenised():
    sample = (SAMPLES / "bitget" / "perp_instruments.usdt.json").read_bytes()
    assert {row.symbol for row in parse("perp_instruments", sample, "usdt").rows if row.tokenised} == {"NVDAUSDT", "XAUUSDT"}


def test_booleans_are_text():
    chains = [{"chain": "ERC20", "rechargeable": "false", "withdrawable": "true"}, {"chain": "X", "rechargeable": False, "withdrawable": None}]
    rows = parse("currencies", wire([{"coin": "ABC", "chains": chains}])).rows
    assert [(row.deposit_open, row.withdraw_open) for row in rows] == [(False, True), (False, None)]


def test_a_coin_whose_code_is_none_is_lost_alone_and_counted():
    coins = [{"coin": f"C{n}", "chains": []} for n in range(9)]
    parsed = parse("currencies", wire([*coins, {"coin": "<b>", "chains": []}]))
    assert ([row.code for row in parsed.rows], parsed.dropped) == ([coin["coin"] for coin in coins], 1)
    with pytest.raises(Garbled, match="2 of 10 rows"):
        parse("currencies", wire([*coins[1:], {"coin": "<b>", "chains": []}, {"coin": "", "chains": []}]))


@pytest.mark.parametrize("symbol", ["", "BTC USDT", "<b>"])
def test_an_index_of_nothing_that_is_a_market_is_a_changed_format(symbol):
    with pytest.raises(Garbled, match="no symbol"):
        parse("index_members", wire({"symbol": symbol, "componentList": [{"exchange": "OKX", "spotPair": "BTC/USDT", "weight": "1"}]}), None, LINEAR)


def test_the_plan_stays_within_half_of_the_operators_budget():
    def a_minute(source):
        parts = source.parts if source.markets is None else source.parts[:1]  # of a market only one part is asked
        return sum(each.pages for each in parts) * (source.markets or 1) * 60 / source.period_s

    assert sum(map(a_minute, BITGET.sources.values())) <= BITGET.budget / 2


# --- copy trading -----------------------------------------------------------------------------------------------------
def test_the_signature_is_that_of_the_two_known_texts():
    asked = ("testsecret", "1700000000000", "GET", "/api/v2/copy/mix-broker/query-traders?pageNo=1&pageSize=20")
    assert copying.signature(*asked) == "e7XQK2FyrRUVGZWKrILICorXwxroeECDtHpYZSLJqH0="
    told = ("testsecret", "1700000000000", "POST", "/api/v2/copy/mix-follower/settings", '{"traderId":"1"}')
    assert copying.signature(*told) == "s1tC2B/E01aKPia4y117lWKg/9OydmjC69G/mNl6LGA="


def test_a_signed_request_carries_the_signature_of_what_is_sent():
    request = part("copy_traders").request
    assert request.signed
    assert BITGET.sign(Credentials("key", "testsecret", "pass"), request, 1_700_000_000_000) == {
        "ACCESS-KEY": "key",
        "ACCESS-SIGN": "e7XQK2FyrRUVGZWKrILICorXwxroeECDtHpYZSLJqH0=",
        "ACCESS-TIMESTAMP": "1700000000000",
        "ACCESS-PASSPHRASE": "pass",
        "Content-Type": "application/json",
        "locale": "en-US",
    }


def test_pages_of_traders_are_asked_until_one_is_short_or_there_are_enough():
    first, full, short = part("copy_traders").request, wire([{"traderId": str(n)} for n in range(20)]), wire([{"traderId": "1"}])
    (second,) = copying.next_page(full, first)
    assert (second.target, second.signed) == ("/api/v2/copy/mix-broker/query-traders?pageNo=2&pageSize=20", True)
    assert copying.next_page(short, first) == copying.next_page(wire([]), second) == ()
    last = dataclasses.replace(first, params=(("pageNo", "10"), ("pageSize", "20")))
    assert copying.next_page(full, last) == ()


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("+1,234.56%", "1234.56"), ("-5%", "-5"), ("0%", "0"), ("12.5", None), ("$12.5", None), ("12,34%", None), ("****", None), ("", None),
        (None, None), ("1e3%", None), ("+-5%", None), ("about 5%", None), ("5 %", None),
    ],
)  # fmt: skip
def test_roi_is_read_from_its_display_text_strictly(text, percent):
    (row,) = parse("copy_traders", wire([{"traderId": "1", "columnList": [{"describe": "ROI", "value": text}]}])).rows
    assert row.roi_pct == (None if percent is None else D(percent))


def test_a_profit_that_is_more_money_than_there_is_is_unknown():
    def profit(text):
        (row,) = parse("copy_traders", wire([{"traderId": "1", "columnList": [{"describe": "Total PnL", "value": text}]}])).rows
        return row.profit

    assert profit("-$1,234.50") == D("-1234.5")
    assert profit("$999,999,999,999,999,999,999") is None


def test_masked_values_are_unknown_and_no_error():
    row = {"traderId": "1", "followCount": "****", "averageWinRate": "****", "lastTradeTime": "****", "followerTotalProfit": "**", "tradeCount": "7"}
    parsed = parse("copy_traders", wire([row]))
    (trader,) = parsed.rows
    assert (trader.followers, trader.win_rate_pct, trader.last_trade_at, trader.follower_profit, trader.trades) == (None, None, None, None, 7)
    assert parsed.bad_fields == 0


def test_a_count_no_column_takes_is_none():
    parsed = parse("copy_traders", wire([{"traderId": "1", "followCount": "999999999999", "tradeCount": "999999999"}]))
    assert (parsed.rows[0].followers, parsed.rows[0].trades, parsed.bad_fields) == (None, 999_999_999, 1)


def test_win_rate_and_drawdown_are_percent():
    (row,) = parse("copy_traders", wire([{"traderId": "1", "averageWinRate": "61.5", "maxCallbackRate": "0.8"}])).rows
    assert (row.win_rate_pct, row.max_drawdown_pct) == (D("61.5"), D("0.8"))


@recorded.needed
def test_a_list_of_masked_traders_is_no_ranking():
    with pytest.raises(Garbled):
        parse("copy_traders", recorded.read("bitget/copy_mix_follower_query_traders.json"))


# --- refusals ---------------------------------------------------------------------------------------------------------
def refused(code, status=400, message="Bitget's words"):
    with pytest.raises((Refused, Unreachable)) as caught:
        BITGET.check(status, {}, json.dumps({"code": code, "msg": message, "requestTime": 1, "data": None}).encode())
    return caught.value


@pytest.mark.parametrize("status", [200, 400, 401, 403])
@pytest.mark.parametrize(
    ("code", "what_to_do"),
    [
        ("40006", "not known"), ("40009", "check the secret"), ("40012", "passphrase"), ("40014", "copy-trading read permission"),
        ("40018", "IP list lacks this address"), ("40037", "make a new one"), ("40084", "classic-account key"),
        ("40085", "unified-account key: make a classic one"), ("40005", "clock differs"), ("40008", "clock differs"),
    ],
)  # fmt: skip
def test_a_refused_key_says_what_to_do(code, what_to_do, status):
    error = refused(code, status)
    assert (type(error), error.outcome) == (Refused, "api_error")
    assert what_to_do in error.detail
    assert code in error.detail


@recorded.needed
def test_recorded_refusals():
    entries = json.loads(recorded.read("bitget/errors.json"))
    outcomes = {entry["body"]["code"]: refused(entry["body"]["code"], entry["status"] or 400).outcome for entry in entries}
    keys = {"40085": "api_error", "40084": "api_error", "40006": "api_error", "40018": "api_error"}
    assert outcomes == keys | dict.fromkeys(("40034", "40019", "25100", "30032", "400172", "43115"), "client_error") | {"41114": "client_error"}


@pytest.mark.parametrize("code", ["40010", "40015", "40200", "40604", "45001"])
def test_their_own_trouble_is_not_our_mistake(code):
    assert refused(code).outcome == "server_error"
