"""Binance's replies, field by field: what was recorded, with values worked out by hand from the text, and each trap of units."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS
from exchanges.client import merged
from exchanges.errors import Banned, Blocked, Garbled, Refused, Throttled
from exchanges.management.commands.parse import as_json
from exchanges.rows import Instrument

from . import recorded
from .cases import cases

BINANCE = ADAPTERS["binance"]
SAMPLES = Path(__file__).parent / "samples" / "binance"
USUAL = {"kind": ("spot", "predicted"), "status": "trading", "inverse": False, "leveraged": False, "tokenised": False, "bad": [], "dropped": 0}
BTC = Instrument("BTCUSDT", "BTC", "USDT")
PERP = Instrument("BTCUSDT", "BTC", "USDT", kind="perp", contract_size=Decimal(1), settle="USDT", index="BTCUSDT")
DATED = Instrument("BTCUSDT_261225", "BTC", "USDT", kind="future", contract_size=Decimal(1), settle="USDT", index="BTCUSDT")
COINM = Instrument("BTCUSD_PERP", "BTC", "USD", kind="perp", contract_size=Decimal(100), inverse=True, settle="BTC", index="BTCUSD")
COINM_DATED = Instrument("BTCUSD_201225", "BTC", "USD", kind="future", contract_size=Decimal(100), inverse=True, settle="BTC", index="BTCUSD")
OPTION = Instrument("BTC-200730-9000-C", "BTC", "USDT", kind="option", contract_size=Decimal(1), underlying="BTCUSDT")


def part(source, name="all"):
    return next(each for each in BINANCE.source(source).parts if each.name == name)


def told(row):
    """What a row says beyond what every row of its kind says."""
    return {name: value for name, value in as_json(row).items() if value is not None and value != USUAL.get(name) and value not in USUAL["kind"]}


def parse(source, name, body, *known):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    BINANCE.check(200, {}, body)
    return part(source, name).parse(body, {}, {each.symbol: each for each in known})


def rows(source, name, recording, *known):
    """The rows of a recorded reply by symbol; nothing of it may be lost."""
    parsed = parse(source, name, recorded.read(f"binance/{recording}"), *known)
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return {row.symbol: told(row) for row in parsed.rows}


def sample(source, name="all"):
    return next(case for case in cases() if case.adapter is BINANCE and case.source == source and case.part.name == name)


# --- recorded: contracts --------------------------------------------------------------------------------------------
@recorded.needed
def test_recorded_usdm_instruments():
    found = rows("perp_instruments", "usdm", "fapi_exchangeInfo.json")
    assert len(found) == 25
    usual = {"quote": "USDT", "kind": "perp", "contract_size": "1", "settle": "USDT", "listed_at": "2019-09-25T08:00:00Z"}
    steps = {
        "BTC": ("0.1", "0.001", "100"), "ETH": ("0.01", "0.001", "20"), "BCH": ("0.01", "0.001", "20"), "XRP": ("0.0001", "0.1", "5"),
        "LTC": ("0.01", "0.001", "20"), "TRX": ("0.00001", "1", "5"), "ETC": ("0.001", "0.01", "20"), "LINK": ("0.001", "0.01", "20"),
        "XLM": ("0.00001", "1", "5"), "ADA": ("0.0001", "1", "5"), "XMR": ("0.01", "0.001", "5"), "DASH": ("0.01", "0.001", "5"),
        "ZEC": ("0.01", "0.001", "5"), "XTZ": ("0.001", "0.1", "5"), "BNB": ("0.01", "0.01", "5"), "ATOM": ("0.001", "0.01", "5"),
        "ONT": ("0.0001", "0.1", "5"), "IOTA": ("0.0001", "0.1", "5"), "BAT": ("0.0001", "0.1", "5"), "VET": ("0.000001", "1", "5"),
        "NEO": ("0.001", "0.01", "5"), "QTUM": ("0.001", "0.1", "5"), "IOST": ("0.000001", "1", "5"), "THETA": ("0.0001", "0.1", "5"),
        "ALGO": ("0.0001", "0.1", "5"),
    }  # fmt: skip
    for base, (tick, lot, notional) in steps.items():
        symbol = f"{base}USDT"
        assert found[symbol] == usual | {
            "symbol": symbol, "base": base, "index": symbol, "tick_size": tick, "lot_size": lot, "min_size": lot, "min_notional": notional
        }  # fmt: skip


@recorded.needed
def test_recorded_dated_instruments():
    found = rows("perp_instruments", "usdm", "fapi_exchangeInfo_dated.json")
    usual = {"quote": "USDT", "contract_size": "1", "settle": "USDT", "lot_size": "0.001", "min_size": "0.001", "min_notional": "10"}
    perpetual = usual | {"kind": "perp", "listed_at": "2019-09-25T08:00:00Z"}
    assert found == {
        "BTCUSDT": perpetual | {"symbol": "BTCUSDT", "base": "BTC", "tick_size": "0.1", "index": "BTCUSDT"},
        "ETHUSDT": perpetual | {"symbol": "ETHUSDT", "base": "ETH", "tick_size": "0.01", "index": "ETHUSDT"},
        "BTCUSDT_220325": usual | {
            "symbol": "BTCUSDT_220325", "base": "BTC", "kind": "future", "tick_size": "0.1", "index": "BTCUSDT",
            "expiry": "2022-03-25T08:00:00Z", "listed_at": "2021-12-24T08:00:00Z",
        },
    }  # fmt: skip


@recorded.needed
def test_recorded_usdm_quotes():
    found = rows("perp_tickers", "usdm_quotes", "fapi_bookTicker_all.json")
    assert len(found) == 65
    expected = {
        "BTCUSDT": ("11495.46", "9.786", "11495.47", "2.58", "978"), "ETHUSDT": ("377.63", "0.28", "377.64", "4.246", "978"),
        "BCHUSDT": ("263.58", "3.758", "263.62", "0.001", "977"), "XRPUSDT": ("0.2466", "25918.6", "0.2467", "80195.1", "976"),
        "EOSUSDT": ("2.601", "6816.8", "2.602", "7045.9", "949"), "TRXUSDT": ("0.02655", "24892", "0.02656", "520594", "978"),
        "OMGUSDT": ("3.4625", "689.2", "3.4647", "13.8", "976"), "NEARUSDT": ("1.1138", "1182", "1.1156", "129", "979"),
    }  # fmt: skip
    for symbol, (bid, bid_size, ask, ask_size, ms) in expected.items():
        assert found[symbol] == {
            "symbol": symbol, "bid": bid, "bid_size": bid_size, "ask": ask, "ask_size": ask_size, "exchange_ts": f"2020-10-16T03:51:15.{ms}000Z"
        }  # fmt: skip


@recorded.needed
def test_recorded_usdm_days():
    found = rows("perp_tickers", "usdm_days", "fapi_ticker_24hr_all.json")
    columns = ("last", "base_volume_24h", "quote_volume_24h", "change_24h_pct", "high_24h", "low_24h", "exchange_ts")
    expected = {
        "BTCUSDT": ("32141.43", "343392.042", "10941924833.36", "-0.734", "32950", "30810", "2021-01-27T02:43:26.239000Z"),
        "ETHUSDT": ("1321.26", "4784900.42", "6300483609.79", "-2.478", "1377.9", "1244.87", "2021-01-27T02:43:26.865000Z"),
        "BCHUSDT": ("420.53", "350898.856", "149540586.34", "-3.07", "436.18", "413.3", "2021-01-27T02:43:22.426000Z"),
        "XRPUSDT": ("0.266", "488035337.9", "129624120.27", "-1.152", "0.2713", "0.2581", "2021-01-27T02:43:24.846000Z"),
        "EOSUSDT": ("2.599", "22498892.5", "58711677.59", "-2.109", "2.659", "2.556", "2021-01-27T02:43:26.290000Z"),
    }
    assert found == {symbol: {"symbol": symbol, **dict(zip(columns, values, strict=True))} for symbol, values in expected.items()}


@recorded.needed
def test_recorded_usdm_marks_and_rates():
    at = "2020-10-16T03:46:10Z"
    prices = {
        "EOSUSDT": ("2.59828765", "2.59732255"), "SUSHIUSDT": ("0.69218591", "0.69190731"), "BALUSDT": ("13.9120622", "13.92516488"),
        "BTTUSDT": ("0.00034024", "0.00034023"), "KNCUSDT": ("0.93419411", "0.93414471"),
    }  # fmt: skip
    assert rows("perp_tickers", "usdm_marks", "fapi_premiumIndex_all.json") == {
        symbol: {"symbol": symbol, "mark_price": mark, "index_price": index, "exchange_ts": at} for symbol, (mark, index) in prices.items()
    }
    assert rows("funding", "usdm_rates", "fapi_premiumIndex_all.json") == {
        symbol: {"symbol": symbol, "rate": "0.0001", "next_funding_at": "2020-10-16T08:00:00Z", "exchange_ts": at} for symbol in prices
    }
    one = b"[" + recorded.read("binance/fapi_premiumIndex_BTCUSDT.json") + b"]"  # one symbol is answered without the list
    assert [told(row) for row in parse("funding", "usdm_rates", one).rows] == [
        {"symbol": "BTCUSDT", "rate": "0.00001226", "next_funding_at": "2023-06-20T08:00:00Z", "exchange_ts": "2023-06-20T06:55:12Z"}
    ]
    assert told(parse("perp_tickers", "usdm_marks", one).rows[0]) == {
        "symbol": "BTCUSDT", "mark_price": "26780.82240476", "index_price": "26798.25197802", "exchange_ts": "2023-06-20T06:55:12Z"
    }  # fmt: skip


@recorded.needed
def test_recorded_coinm_quotes_in_coins():
    """Contracts of 100 dollars (bitcoin) and 10 (the rest), at the price they stand at: 4193 x 100 / 19089.5 = 21.9649545561696."""
    ether = Instrument("ETHUSD_PERP", "ETH", "USD", kind="perp", contract_size=Decimal(10), inverse=True)
    found = rows("perp_tickers", "coinm_quotes", "dapi_bookTicker_all.json", COINM, COINM_DATED, ether)
    at = "2020-12-06T22:39:51.{}000Z".format
    assert found == {
        "BTCUSD_PERP": {"symbol": "BTCUSD_PERP", "bid": "19089.5", "bid_size": "21.9649545561696", "ask": "19089.6", "ask_size": "0.0838152711424021",
                        "exchange_ts": at("044")},
        "BTCUSD_201225": {"symbol": "BTCUSD_201225", "bid": "19278.9", "bid_size": "0.20748071726084", "ask": "19279", "ask_size": "1.19300793609627",
                          "exchange_ts": at("025")},
        "ETHUSD_PERP": {"symbol": "ETHUSD_PERP", "bid": "591.47", "bid_size": "227.771484606151", "ask": "591.48", "ask_size": "1.7921146953405",
                        "exchange_ts": at("013")},
        "ETHUSD_201225": {"symbol": "ETHUSD_201225", "bid": "596.24", "ask": "596.31", "exchange_ts": at("038")},
        "ADAUSD_201225": {"symbol": "ADAUSD_201225", "bid": "0.15729", "ask": "0.15741", "exchange_ts": "2020-12-06T22:39:50.908000Z"},
        "LINKUSD_PERP": {"symbol": "LINKUSD_PERP", "bid": "13.256", "ask": "13.261", "exchange_ts": "2020-12-06T22:39:50.964000Z"},
    }  # fmt: skip


@recorded.needed
def test_recorded_coinm_days():
    """`volume` is contracts: 40717029 of 100 dollars are 4071702900 dollars; `baseVolume` is coins."""
    found = rows("perp_tickers", "coinm_days", "dapi_ticker_24hr_all.json", COINM)
    columns = ("last", "base_volume_24h", "change_24h_pct", "high_24h", "low_24h", "exchange_ts")
    expected = {
        "BTCUSD_PERP": ("32155.5", "127793.43436348", "-0.735", "32944.7", "30791.8", "2021-01-27T02:43:25.376000Z"),
        "ETHUSD_PERP": ("1321.14", "1451992.71422811", "-2.343", "1378.56", "1242.23", "2021-01-27T02:43:25.378000Z"),
        "LINKUSD_PERP": ("22.189", "2793624.79939942", "-5.171", "23.497", "21.657", "2021-01-27T02:43:25.519000Z"),
        "BNBUSD_PERP": ("41.628", "590038.1200192", "-0.221", "42.541", "39.885", "2021-01-27T02:43:21.329000Z"),
        "TRXUSD_PERP": ("0.02899", "183607450.5469", "-1.961", "0.02962", "0.02843", "2021-01-27T02:42:47.224000Z"),
        "DOTUSD_PERP": ("16.414", "4674245.74946146", "-6.168", "17.503", "15.992", "2021-01-27T02:43:14.825000Z"),
    }
    wanted = {symbol: {"symbol": symbol, **dict(zip(columns, values, strict=True))} for symbol, values in expected.items()}
    wanted["BTCUSD_PERP"]["quote_volume_24h"] = "4071702900"
    assert found == wanted


@recorded.needed
def test_recorded_coinm_marks_and_rates():
    at, prices = "2023-09-11T03:06:28Z", {
        "LINKUSD_231229": ("6.10235122", "5.99608046"), "DOTUSD_230929": ("4.12235138", "4.12005486"), "FILUSD_PERP": ("3.113", "3.11371069"),
        "XRPUSD_231229": ("0.50212503", "0.49509765"), "GMTUSD_PERP": ("0.1489", "0.14904614"), "XTZUSD_PERP": ("0.6692", "0.67136966"),
    }  # fmt: skip
    assert rows("perp_tickers", "coinm_marks", "dapi_premiumIndex_all.json") == {
        symbol: {"symbol": symbol, "mark_price": mark, "index_price": index, "exchange_ts": at} for symbol, (mark, index) in prices.items()
    }
    rates = {"FILUSD_PERP": "0.00004207", "GMTUSD_PERP": "-0.0000066", "XTZUSD_PERP": "-0.00026801"}
    assert rows("funding", "coinm_rates", "dapi_premiumIndex_all.json") == {
        symbol: {"symbol": symbol, "rate": rate, "next_funding_at": "2023-09-11T08:00:00Z", "exchange_ts": at} for symbol, rate in rates.items()
    }


# --- recorded: funding, open interest, books, candles -----------------------------------------------------------------
@recorded.needed
def test_recorded_funding_intervals():
    every_four = ["LPT", "TRB", "PERP", "HIFI", "ARK", "IMX", "FLM"]
    every_eight = ["GTC", "ENJ", "BICO", "OGN", "BNT", "DEFI", "BTCDOM", "QNT", "ALGO", "FLOW", "1000XEC", "FXS", "WOO", "AR", "ASTR", "BAT", "LRC", "ENS"]
    capped_at_three = ["GTC", "ARK", "ENJ", "BICO", "OGN", "DEFI", "BTCDOM", "QNT", "FLOW", "1000XEC", "FXS", "ASTR"]
    found = rows("funding", "usdm_intervals", "fapi_fundingInfo.json")
    assert found == {
        f"{base}USDT": {"symbol": f"{base}USDT", "interval_hours": hours, "cap": cap, "floor": f"-{cap}"}
        for hours, bases in (("4", every_four), ("8", every_eight))
        for base in bases
        for cap in ("0.03" if base in capped_at_three else "0.02",)
    }
    assert "BTCUSDT" not in found, "without the instruments nobody knows what the list leaves out"


@recorded.needed
def test_recorded_funding_history():
    parsed = parse("funding_history", "usdm", recorded.read("binance/fapi_fundingRate_BTCUSDT.json"))
    assert (len(parsed.rows), parsed.dropped, parsed.bad_fields) == (100, 0, 0)
    assert [told(parsed.rows[index]) for index in (0, 1, 2, 7, 99)] == [
        {"symbol": "BTCUSDT", "rate": rate, "kind": "settled", "settled_at": at}
        for rate, at in (
            ("-0.0002227", "2020-09-15T00:00:00Z"), ("-0.00002796", "2020-09-15T08:00:00.010000Z"), ("-0.00005156", "2020-09-15T16:00:00.003000Z"),
            ("0.00002957", "2020-09-17T08:00:00.012000Z"), ("0.0001", "2020-10-18T00:00:00.006000Z"),
        )
    ]  # fmt: skip
    (one,) = parse("funding_history", "usdm", recorded.read("binance/fapi_fundingRate_limit1.json")).rows
    assert told(one) == {"symbol": "BTCUSDT", "rate": "0.0001", "kind": "settled", "settled_at": "2023-10-31T00:00:00.001000Z"}


@recorded.needed
def test_recorded_open_interest():
    (row,) = parse("open_interest", "usdm", recorded.read("binance/fapi_openInterest_BTCUSDT.json"), PERP).rows
    assert told(row) == {"symbol": "BTCUSDT", "open_interest": "83782.317", "exchange_ts": "2023-12-10T21:49:45.273000Z"}


@recorded.needed
def test_recorded_books():
    (book,) = parse("book", "usdm", recorded.read("binance/fapi_depth_BTCUSDT_100.json"), PERP).rows
    assert (book.symbol, book.dropped, len(book.bids), len(book.asks)) == ("BTCUSDT", 0, 100, 100)
    assert book.exchange_ts == datetime(2024, 11, 1, 5, 53, 6, 483000, UTC)
    assert (book.bids[0], book.bids[1], book.bids[-1]) == levels("69607.70 7.768, 69607.00 0.027, 69594.80 0.378")
    assert (book.asks[0], book.asks[1], book.asks[-1]) == levels("69607.80 11.668, 69607.90 0.034, 69621.70 0.164")
    (book,) = parse("book", "spot", recorded.read("binance/spot_depth_NKNUSDT_1000.json"), Instrument("NKNUSDT", "NKN", "USDT")).rows
    assert (book.symbol, book.dropped, len(book.bids), len(book.asks), book.exchange_ts) == ("NKNUSDT", 0, 609, 1000, None)
    assert (book.bids[0], book.bids[1], book.bids[-1]) == levels("0.3521 672, 0.352 1144, 0.00212 117924.5")
    assert (book.asks[0], book.asks[1], book.asks[-1]) == levels("0.3525 3959, 0.3526 3199, 0.5506 14418")


def levels(text):
    return tuple((Decimal(price), Decimal(size)) for price, size in map(str.split, text.split(",")))


@recorded.needed
def test_recorded_candles():
    names = ("opened_at", "open", "high", "low", "close", "base_volume", "quote_volume")

    def expected(period, *values):
        return {"symbol": "BTCUSDT", "period_s": period, **dict(zip(names, values, strict=True))}

    found = parse("candles", "spot", recorded.read("binance/spot_klines_5m.json"), BTC).rows
    assert len(found) == 24
    assert told(found[0]) == expected(300, "2020-04-15T21:50:00Z", "6733.55", "6737.79", "6726.61", "6727.14", "121.201391", "815879.49416818")
    assert told(found[-1]) == expected(300, "2020-04-15T23:45:00Z", "6624.74", "6628.89", "6622.38", "6625.84", "50.705591", "335940.61968591")
    found = parse("candles", "spot", recorded.read("binance/spot_klines_1h_2023.json"), BTC).rows
    assert len(found) == 48
    assert told(found[0]) == expected(3600, "2022-12-31T20:00:00Z", "16570.14", "16574.97", "16564.09", "16568.6", "2622.14355", "43448487.2189843")
    assert told(found[-1]) == expected(3600, "2023-01-02T19:00:00Z", "16723.64", "16738.22", "16715.88", "16737.56", "2607.1075", "43605490.2858551")
    assert [row.opened_at for row in found] == sorted(row.opened_at for row in found)


# --- recorded: options ------------------------------------------------------------------------------------------------
@recorded.needed
def test_recorded_options():
    assert rows("option_instruments", "all", "eapi_exchangeInfo.json") == {
        "BTC-220815-50000-C": {
            "symbol": "BTC-220815-50000-C", "base": "BTC", "quote": "USDT", "kind": "option", "tick_size": "0.01", "lot_size": "0.01", "min_size": "0.01",
            "maker_fee": "0.0002", "taker_fee": "0.0002", "contract_size": "1", "settle": "USDT", "underlying": "BTCUSDT",
            "expiry": "2022-08-15T00:00:00Z", "strike": "50000", "option_type": "call",
        }
    }  # fmt: skip
    assert rows("option_tickers", "prices", "eapi_ticker.json", OPTION)[OPTION.symbol] == {
        "symbol": OPTION.symbol, "bid": "999.34", "ask": "1000.23", "last": "1000", "index_price": "3000.3356", "base_volume_24h": "5",
        "quote_volume_24h": "1", "change_24h_pct": "-1.62", "exchange_ts": "2020-06-17T07:56:33.516000Z",
    }  # fmt: skip
    assert rows("option_tickers", "marks", "eapi_mark.json", OPTION)[OPTION.symbol] == {
        "symbol": OPTION.symbol, "mark_price": "1343.2883", "mark_iv": "1.45", "bid_iv": "1.40000077", "ask_iv": "1.50000153",
        "delta": "0.55937056", "gamma": "0.00010969", "vega": "978.58874732", "theta": "3739.82509871",
    }  # fmt: skip
    ether = Instrument("ETH-221119-1175-P", "ETH", "USDT", kind="option", contract_size=Decimal(1))
    assert rows("option_tickers", "interest", "eapi_openInterest.json", ether) == {ether.symbol: {"symbol": ether.symbol, "open_interest": "4.01"}}
    (book,) = parse("book", "options", recorded.read("binance/eapi_depth.json"), OPTION).rows
    assert (book.bids, book.asks, book.dropped) == (levels("1000 0.9"), levels("1100 0.1"), 0)
    assert book.exchange_ts == datetime(2020, 5, 14, 6, 15, 22, 972000, UTC)


@recorded.needed
def test_recorded_refusals():
    for name, status, error, outcome in (
        ("error_bad_symbol_400", 400, Refused, "client_error"), ("error_ban_418", 418, Banned, "banned"), ("error_geo_451", 451, Blocked, "geoblocked"),
        ("error_rate_429", 429, Throttled, "rate_limited"),
    ):  # fmt: skip
        with pytest.raises(error) as caught:
            BINANCE.check(status, {}, recorded.read(f"binance/{name}.json"))
        assert caught.value.outcome == outcome


# --- traps of units ---------------------------------------------------------------------------------------------------
def test_a_dead_contract_is_listed_for_years_and_is_delisted():
    found = {row.symbol: row for row in sample("perp_instruments", "usdm").parse().rows}
    assert (found["OLDUSDT"].status, found["OLDUSDT"].delist_at) == ("delisted", datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC))
    assert (found["LEAVINGUSDT"].status, found["LEAVINGUSDT"].kind, found["LEAVINGUSDT"].expiry) == ("trading", "perp", None)
    assert found["LEAVINGUSDT"].delist_at is not None
    assert [found[symbol].delist_at for symbol in ("BTCUSDT", "BTCUSDC", "BTCUSDT_261225")] == [None] * 3, "the year 2100 is never; an expiry is no delisting"


def test_the_same_string_names_a_spot_market_and_a_perpetual():
    assert {tuple(getattr(row, name) for name in row.KEY) for row in (BTC, PERP)} == {("spot", "BTCUSDT"), ("perp", "BTCUSDT")}
    assert [part.name for part in BINANCE.book.fitting(BTC)] == ["spot"]
    assert [part.name for part in BINANCE.book.fitting(PERP)] == ["usdm"]
    assert [part.name for part in BINANCE.candles.fitting(DATED)] == ["usdm"]
    assert [part.name for part in BINANCE.book.fitting(COINM)] == ["coinm"]
    assert [part.name for part in BINANCE.book.fitting(OPTION)] == ["options"]
    assert BINANCE.candles.fitting(OPTION) == ()


def test_a_thousand_in_front_of_a_base_stays_there():
    pepe = {row.symbol: row for row in sample("perp_instruments", "usdm").parse().rows}["1000PEPEUSDT"]
    assert (pepe.base, pepe.multiplier, pepe.contract_size) == ("1000PEPE", None, 1)
    quote = {row.symbol: row for row in sample("perp_tickers", "usdm_quotes").parse().rows}["1000PEPEUSDT"]
    assert (quote.bid, quote.bid_size) == (Decimal("0.008123"), Decimal(1204500)), "per unit of the code, as the exchange counts"


def test_a_dated_contract_whose_day_cannot_be_read_is_no_perpetual():
    body = (SAMPLES / "perp_instruments.usdm.json").read_bytes().replace(b'"deliveryDate": 1798185600000', b'"deliveryDate": "soon"')
    row = next(row for row in parse("perp_instruments", "usdm", body).rows if row.symbol == "BTCUSDT_261225")
    assert (row.kind, row.expiry) == ("future", None)


def test_an_options_price_is_of_a_whole_contract():
    doge = Instrument("DOGE-260930-0.25-C", "DOGE", "USDT", kind="option", contract_size=Decimal(1000), underlying="DOGEUSDT")
    price = {"symbol": doge.symbol, "bidPrice": "12", "askPrice": "14", "lastPrice": "13", "exercisePrice": "0.24", "volume": "3", "amount": "39"}
    (row,) = parse("option_tickers", "prices", [price], doge).rows
    assert (row.bid, row.ask, row.last, row.index_price) == (Decimal("0.012"), Decimal("0.014"), Decimal("0.013"), Decimal("0.24"))
    assert row.quote_volume_24h / row.base_volume_24h == row.last, "money over coins is the price of a coin"
    mark = {"symbol": doge.symbol, "markPrice": "13.5", "markIV": "0.9", "delta": "0.4"}
    assert parse("option_tickers", "marks", [mark], doge).rows[0].mark_price == Decimal("0.0135")
    assert parse("option_tickers", "marks", [mark]).rows[0].mark_price is None, "without the contract nobody knows of how many coins"


def test_shares_and_indices_of_coins_are_no_coins():
    found = sample("perp_instruments", "usdm").parse().rows
    assert {row.symbol for row in found if row.tokenised} == {"NVDAUSDT", "BTCDOMUSDT"}


def test_coinm_counts_contracts_and_its_volume_too():
    day = {"symbol": "BTCUSD_PERP", "lastPrice": "62600", "volume": "300", "baseVolume": "0.48", "quoteVolume": "777"}
    (row,) = parse("perp_tickers", "coinm_days", [day], COINM).rows
    assert (row.base_volume_24h, row.quote_volume_24h) == (Decimal("0.48"), Decimal(30000))
    (row,) = parse("perp_tickers", "coinm_days", [day]).rows
    assert (row.base_volume_24h, row.quote_volume_24h) == (Decimal("0.48"), None), "without the contract nobody knows its dollars"


def test_coinm_sizes_are_dollars_at_their_own_price():
    quote = {"symbol": "BTCUSD_PERP", "bidPrice": "50000", "bidQty": "250", "askPrice": "40000", "askQty": "1"}
    (row,) = parse("perp_tickers", "coinm_quotes", [quote], COINM).rows
    assert (row.bid_size, row.ask_size) == (Decimal("0.5"), Decimal("0.0025"))
    (row,) = parse("perp_tickers", "coinm_quotes", [quote]).rows
    assert (row.bid, row.bid_size, row.ask, row.ask_size) == (50000, None, 40000, None)
    (row,) = parse("perp_tickers", "coinm_quotes", [quote], msgspec.structs.replace(COINM, contract_size=None)).rows
    assert row.bid_size is None


@pytest.mark.parametrize("name", ["coinm", "options"])
def test_a_book_of_contracts_needs_its_instrument(name):
    with pytest.raises(Garbled, match="instruments are needed"):
        part("book", name).parse(b'{"bids": [["1", "1"]], "asks": []}', {}, {})


def test_a_book_without_a_readable_level_is_a_changed_format_and_an_empty_one_is_empty():
    with pytest.raises(Garbled):
        parse("book", "spot", {"bids": [["1", "0"]], "asks": [{"price": "1"}]}, BTC)
    (book,) = parse("book", "spot", {"bids": [], "asks": []}, BTC).rows
    assert (book.bids, book.asks, book.dropped) == ((), (), 0)


def test_open_interest_is_one_side_in_coins():
    (row,) = sample("open_interest", "usdm").parse().rows
    assert row.open_interest == Decimal("83782.317"), "coins as they stand there: not halved, not divided by a price"


def test_the_same_statistic_is_coins_for_coinm_and_money_for_usdm():
    """COIN-M says sumOpenInterestValue in coins; USD-M's recorded list of the same name says 413220015.27 dollars for 36316.877 coins."""
    (row,) = sample("open_interest", "coinm").parse().rows
    assert (row.symbol, row.open_interest) == ("BTCUSD_PERP", Decimal("10838.11022364"))
    clocks = {part.name: part.clock for part in BINANCE.open_interest.parts}
    assert clocks == {"usdm": "last_change", "coinm": "snapshot"}, "a statistic is minutes old when it comes: its own time is when it was true"
    assert BINANCE.open_interest.fitting(COINM_DATED) == (), "of a dated one only contracts are told, which no price stands beside"
    assert [part.request.path for part in BINANCE.open_interest.fitting(DATED)] == ["/fapi/v1/openInterest"]


def test_a_size_that_no_amount_of_coins_can_be_is_unknown_and_the_prices_stay():
    quote = {"symbol": "BTCUSD_PERP", "bidPrice": "0.000001", "bidQty": "9e15", "askPrice": "40000", "askQty": "1"}
    parsed = parse("perp_tickers", "coinm_quotes", [quote], COINM)
    assert [(row.bid, row.bid_size, row.ask_size, row.bad) for row in parsed.rows] == [(Decimal("0.000001"), None, Decimal("0.0025"), ("bid_size",))]
    assert parsed.bad_fields == 1
    doge = Instrument("DOGE-260930-0.25-C", "DOGE", "USDT", kind="option", contract_size=Decimal(1000), underlying="DOGEUSDT")
    traded = {"symbol": doge.symbol, "bidPrice": "12", "askPrice": "14", "volume": "9e17", "amount": "39"}
    parsed = parse("option_tickers", "prices", [traded], doge)
    assert [(row.bid, row.base_volume_24h, row.quote_volume_24h, row.bad) for row in parsed.rows] == [(Decimal("0.012"), None, 39, ("base_volume_24h",))]


def test_candles_without_end_are_refused():
    candle = [1790000000000, "1", "2", "1", "2", "5", 1790000299999, "8"]
    assert len(parse("candles", "spot", [candle] * 20_000, BTC).rows) == 20_000
    with pytest.raises(Garbled) as caught:
        parse("candles", "spot", [candle] * 20_001, BTC)
    assert (caught.value.outcome, caught.value.detail) == ("too_large", "20001 rows")


@pytest.mark.parametrize("odd", [
    7, [], [1790000000000, "1", "2", "1", "2", "5"], ["soon", "1", "2", "1", "2", "5", 1790000299999, "8"], [1790000000000, "1", "2", "1", "2", "5", None, "8"],
    [1790000000000, "1", "2", "1", "2", "5", 1789999999999, "8"], [1790000000000, "1", "2", "1", "2", "5", 1795000000000, "8"],
])  # fmt: skip
def test_a_candle_of_no_time_is_lost_alone_and_counted(odd):
    candles = [[1790000000000 + 300_000 * n, "1", "2", "1", "2", "5", 1790000299999 + 300_000 * n, "8"] for n in range(9)]
    parsed = parse("candles", "spot", [*candles, odd], BTC)
    assert (len(parsed.rows), {row.period_s for row in parsed.rows}, parsed.dropped) == (9, {300}, 1)


def test_an_option_on_nothing_that_is_listed_or_of_no_side_is_lost_alone_and_counted():
    underlying = {"baseAsset": "BTC", "quoteAsset": "USDT", "underlying": "BTCUSDT", "settleAsset": "USDT"}
    option = {"underlying": "BTCUSDT", "side": "CALL", "quoteAsset": "USDT", "strikePrice": "1", "expiryDate": 1790000000000, "unit": 1}
    for odd in ({"underlying": "ETHUSDT"}, {"side": "BOTH"}):
        listed = [option | {"symbol": f"BTC-{n}-C"} for n in range(9)] + [option | {"symbol": "ODD-C"} | odd]
        parsed = parse("option_instruments", "all", {"optionContracts": [underlying], "optionSymbols": listed})
        assert ([row.symbol for row in parsed.rows], parsed.dropped) == ([f"BTC-{n}-C" for n in range(9)], 1)


def test_open_interest_of_nothing_that_is_a_market_is_a_changed_format():
    with pytest.raises(Garbled, match="no symbol"):
        parse("open_interest", "usdm", {"symbol": "BTC USDT", "openInterest": "5", "time": 1790000000000}, PERP)


def test_coinm_candles_have_contracts_where_others_have_coins():
    first, second = sample("candles", "coinm").parse().rows
    assert (first.base_volume, first.quote_volume) == (2, 125000), "1250 contracts of 100 dollars"
    assert (first.period_s, second.period_s) == (300, 300)
    (unknown, _) = part("candles", "coinm").parse(sample("candles", "coinm").body, {}, {}).rows
    assert (unknown.symbol, unknown.base_volume, unknown.quote_volume) == ("", 2, None)


def test_a_dated_contract_has_no_funding_and_never_zero():
    assert "BTCUSDT_261225" not in {row.symbol for row in sample("funding", "usdm_rates").parse().rows}
    found = {row.symbol: row for row in sample("funding", "usdm_rates").parse().rows}
    assert found["NVDAUSDT"].rate == 0, "a rate that is zero is one"
    assert (found["NEWUSDT"].rate, found["NEWUSDT"].next_funding_at is None) == (None, False)


def test_an_interval_is_eight_hours_only_when_the_list_was_read_and_left_it_out():
    rates, listed = sample("funding", "usdm_rates").parse(), sample("funding", "usdm_intervals").parse()
    without = {row.symbol: row.interval_hours for row in merged([rates])}
    assert without["BTCUSDT"] is None
    found = {row.symbol: row for row in merged([rates, listed])}
    assert (found["BTCUSDT"].interval_hours, found["BTCUSDT"].rate) == (8, Decimal("0.0001"))
    assert (found["1000PEPEUSDT"].interval_hours, found["1000PEPEUSDT"].cap) == (4, Decimal("0.02"))
    assert found["BTCDOMUSDT"].interval_hours is None, "listed, but with a null: unknown"
    assert found["UNKNOWNUSDT"].interval_hours is None, "no catalogue knows it"
    assert not {"BTCUSDT_261225", "OLDUSDT", "NEWUSDT"} & {row.symbol for row in listed.rows}


def test_one_familys_list_says_nothing_of_the_other():
    assert parse("funding", "usdm_intervals", [], PERP, COINM).rows[0].symbol == "BTCUSDT"
    assert [row.symbol for row in parse("funding", "coinm_intervals", [], PERP, COINM, COINM_DATED).rows] == ["BTCUSD_PERP"]


def test_three_lists_become_one_row_dated_by_its_quotes():
    parsed = [sample("perp_tickers", name).parse() for name in ("usdm_quotes", "usdm_marks", "usdm_days")]
    found = {row.symbol: row for row in merged(parsed)}["BTCUSDT"]
    assert told(found) == {
        "symbol": "BTCUSDT", "bid": "69607.7", "bid_size": "7.768", "ask": "69607.8", "ask_size": "11.668", "last": "69607.8",
        "mark_price": "69608.12345678", "index_price": "69600", "base_volume_24h": "343392.042", "quote_volume_24h": "23901924833.36",
        "change_24h_pct": "-1.502", "high_24h": "71000", "low_24h": "68000", "exchange_ts": "2026-09-21T14:13:20.123000Z",
    }  # fmt: skip


def test_changes_are_percent_on_contracts_and_fractions_on_options():
    assert sample("perp_tickers", "usdm_days").parse().rows[0].change_24h_pct == Decimal("-1.502")
    assert sample("option_tickers", "prices").parse().rows[0].change_24h_pct == Decimal("-1.62")


def test_option_volumes_and_open_interest_are_coins():
    found = {row.symbol: row for row in merged([sample("option_tickers", name).parse() for name in ("prices", "marks", "interest")])}
    doge = found["DOGE-260930-0.25-C"]
    assert (doge.base_volume_24h, doge.open_interest) == (3000, 12000), "contracts of a thousand"
    assert (found["BTC-261225-UNKNOWN-C"].base_volume_24h, found["BTC-261225-UNKNOWN-C"].open_interest) == (None, None)


def test_a_volatility_below_zero_is_none_and_the_rest_are_ratios():
    put = sample("option_tickers", "marks").parse().rows[1]
    assert (put.mark_iv, put.bid_iv, put.ask_iv) == (Decimal("0.56"), None, Decimal("0.58"))
    assert put.bad == ()


def test_open_interest_of_options_is_asked_by_day_and_underlying():
    body, interest = sample("option_instruments").body, part("option_tickers", "interest")
    assert interest.parse(body, {}, {}).rows == []
    pages = interest.next_pages(body, interest.request)
    assert [page.target for page in pages] == [
        "/eapi/v1/openInterest?underlyingAsset=DOGE&expiration=260930", "/eapi/v1/openInterest?underlyingAsset=BTC&expiration=261225"
    ]  # fmt: skip
    assert {page.host for page in pages} == {"eapi.binance.com"}
    assert interest.next_pages(sample("option_tickers", "interest").body, pages[0]) == ()


def test_hidden_prices_of_an_index_do_not_hide_its_members():
    found = {row.exchange: row for row in sample("index_members", "usdm").parse().rows}
    assert (found["coinbase"].member, found["coinbase"].weight) == ("BTC-USDT", Decimal("0.15384615"))
    assert (found["mxc"].member, found["mxc"].weight) == ("", None)


# --- what is asked, and what it costs -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "market", "target"),
    [
        ("book", BTC, "data-api.binance.vision/api/v3/depth?symbol=BTCUSDT&limit=100"),
        ("book", OPTION, "eapi.binance.com/eapi/v1/depth?symbol=BTC-200730-9000-C&limit=100"),
        ("candles", BTC, "data-api.binance.vision/api/v3/klines?symbol=BTCUSDT&interval=5m&startTime=1790000000000&limit=1000"),
        ("candles", COINM, "dapi.binance.com/dapi/v1/klines?symbol=BTCUSD_PERP&interval=5m&startTime=1790000000000&limit=499"),
        ("funding_history", PERP, "fapi.binance.com/fapi/v1/fundingRate?symbol=BTCUSDT&startTime=1790000000000&limit=300"),
        ("open_interest", PERP, "fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT"),
        ("open_interest", COINM, "dapi.binance.com/futures/data/openInterestHist?pair=BTCUSD&contractType=PERPETUAL&period=5m&limit=1"),
        ("index_members", DATED, "fapi.binance.com/fapi/v1/constituents?symbol=BTCUSDT"),
        ("index_members", COINM, "dapi.binance.com/dapi/v1/constituents?symbol=BTCUSD"),
    ],
)
def test_requests_about_one_market(source, market, target):
    (only,) = BINANCE.source(source).fitting(market)
    request = only.request.filled(Ask(market, period_s=300, start=datetime.fromtimestamp(1790000000, UTC)).words(only))
    assert request.host + request.target == target
    assert request.host in BINANCE.hosts


def test_dated_contracts_have_no_funding_history():
    assert BINANCE.funding_history.fitting(DATED) == ()
    assert BINANCE.funding_history.fitting(COINM_DATED) == ()


def test_each_host_pays_from_its_own_pool():
    hosts = {"data-api.binance.vision": "weight", "api.binance.com": "weight", "fapi.binance.com": "futures", "dapi.binance.com": "futures",
             "eapi.binance.com": "options"}  # fmt: skip
    for source in BINANCE.sources.values():
        for each in source.parts:
            paid = {name for name, cost in each.cost.items() if cost}
            assert paid & {"weight", "futures", "options"} <= {hosts[each.request.host]}
            assert paid


def test_the_used_weight_is_the_answering_hosts():
    used = {"x-mbx-used-weight-1m": "82"}
    assert [(use.pool, use.used) for use in BINANCE.usage(used | {":authority": "fapi.binance.com", ":path": "/fapi/v1/depth"})] == [("futures", 82)]
    assert [(use.pool, use.used) for use in BINANCE.usage(used | {":authority": "eapi.binance.com"})] == [("options", 82)]
    assert [(use.pool, use.used) for use in BINANCE.usage(used | {":authority": "api.binance.com"})] == [("weight", 82)]
    assert BINANCE.usage(used | {":authority": "fapi.binance.com", ":path": "/fapi/v1/ticker/bookTicker"}) == (), "wrong by the manual's own words"
    assert BINANCE.usage(used | {":authority": "elsewhere.example"}) == ()


def test_without_the_host_only_spots_own_header_is_believed():
    assert [(use.pool, use.used) for use in BINANCE.usage({"x-mbx-used-weight": "82", "x-mbx-used-weight-1m": "82"})] == [("weight", 82)]
    assert BINANCE.usage({"x-mbx-used-weight-1m": "82"}) == (), "futures send this one alone: it is not spot's pool"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, b'{"code":-1130,"msg":"Data sent for parameter \'period\' is not valid."}', "client_error"),
        (400, b'{"code":-1121,"msg":"Invalid symbol."}', "client_error"),
        (451, b'{"code":0,"msg":"Service unavailable from a restricted location"}', "geoblocked"),
        (403, b"<html><head><title>ERROR: The request could not be satisfied</title></head></html>", "forbidden"),
    ],
)
def test_refusals_of_the_other_hosts(status, body, outcome):
    with pytest.raises((Refused, Blocked)) as caught:
        BINANCE.check(status, {}, body)
    assert caught.value.outcome == outcome


def test_a_working_status_is_open_and_an_unknown_one_is_no_answer():
    assert told(parse("status", "all", {"status": 0, "msg": "normal"}).rows[0]) == {"state": "open", "id": "", "title": "normal"}
    with pytest.raises(Garbled):
        parse("status", "all", {"status": 7, "msg": "?"})
