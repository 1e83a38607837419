"""Every recorded reply that our sources or their checks cover is read, whole."""

import json
from fnmatch import fnmatch
from pathlib import Path

import pytest

from exchanges.adapters import ADAPTERS
from exchanges.errors import Banned, Blocked, Halted, Refused, Throttled, Unreachable
from exchanges.management.commands.parse import as_json

from . import recorded

pytestmark = recorded.needed


def pairs(table):
    return [pytest.param(slug, name, id=name) for slug, names in table.items() for name in names]


def rows_in(slug, document):
    place = {"binance": "symbols", "kucoin": "data", "bitget": "data"}.get(slug)
    if isinstance(document, list):
        return document
    if slug == "bybit":
        return document["result"]["list"]
    inner = document[place]
    return inner["ticker"] if isinstance(inner, dict) else inner


@pytest.mark.parametrize(("slug", "name"), pairs(recorded.INSTRUMENTS))
def test_catalogues(slug, name):
    adapter, body = ADAPTERS[slug], recorded.read(name)
    adapter.check(200, {}, body)
    parsed = adapter.instruments.parts[0].parse(body, {}, {})
    wire = rows_in(slug, json.loads(body))
    assert (len(parsed.rows), parsed.dropped, parsed.bad_fields) == (len(wire), 0, 0)
    base = {"binance": "baseAsset", "kucoin": "baseCurrency", "bybit": "baseCoin", "gateio": "base", "bitget": "baseCoin"}[slug]
    assert [row.base for row in parsed.rows] == [row[base] for row in wire]
    assert all(row.tick_size and row.lot_size for row in parsed.rows)


@pytest.mark.parametrize(("slug", "name"), pairs(recorded.TICKERS))
def test_tickers(slug, name):
    adapter, body = ADAPTERS[slug], recorded.ticker_reply(name)
    headers = {"x-out-time": "1790000000000000"}
    adapter.check(200, headers, body)
    parsed = adapter.tickers.parts[0].parse(body, headers, {})
    assert (len(parsed.rows), parsed.dropped, parsed.bad_fields) == (len(rows_in(slug, json.loads(body))), 0, 0)
    for row in parsed.rows:
        assert row.last
        assert row.exchange_ts
        assert None not in (row.base_volume_24h, row.quote_volume_24h, row.change_24h_pct, row.high_24h, row.low_24h)


@pytest.mark.parametrize(("slug", "name"), pairs(recorded.TIMES))
def test_times(slug, name):
    body = recorded.read(name)
    ADAPTERS[slug].check(200, {}, body)
    (row,) = ADAPTERS[slug].time.parts[0].parse(body, {}, {}).rows
    assert 2016 < row.exchange_ts.year < 2027


def test_odd_markets_of_the_recordings_are_what_they_are():
    def catalogue(slug, name):
        return {row.symbol: row for row in ADAPTERS[slug].instruments.parts[0].parse(recorded.read(name), {}, {}).rows}

    gate = catalogue("gateio", "gateio/spot_currency_pairs.full.json.gz")
    assert sum(row.leveraged for row in gate.values()) == 358
    assert gate["PENGU3L_USDT"].leveraged
    assert gate["AAPLX_USDT"].tokenised
    assert not gate["JUP_USDT"].leveraged
    assert sum(row.delist_at is not None for row in gate.values()) == 15
    bitget = catalogue("bitget", "bitget/spot_symbols.full.json.gz")
    assert sum(row.tokenised for row in bitget.values()) == 235  # 233 shares and two before their listing
    assert sum(row.delist_at is not None for row in bitget.values()) == 12
    kucoin = catalogue("kucoin", "kucoin/spot_symbols_v1.full.json.gz")
    assert (kucoin["BCHSV-USDT"].base, kucoin["BNRENSHENG-USDT"].base) == ("BSV", "币安人生")
    assert sum(row.listed_at is not None for row in kucoin.values()) == 880
    assert catalogue("kucoin", "kucoin/spot_symbols_v1_2021.json")["BTC3L-USDT"].leveraged
    binance = catalogue("binance", "binance/spot_exchangeInfo_2021_special.json")
    assert sum(row.leveraged for row in binance.values()) == 4
    assert binance["BTCUPUSDT"].status == "halted"


def test_one_sided_and_dead_markets_keep_what_they_have():
    def only(name):
        return as_json(ADAPTERS["binance"].tickers.parts[0].parse(recorded.ticker_reply(name), {}, {}).rows[0])

    one_sided = only("binance/spot_ticker_24hr_one_sided.json")
    assert (one_sided["bid"], one_sided["bid_size"], one_sided["ask"], one_sided["ask_size"]) == (None, "0", "0.089", "34.98036")
    dead = only("binance/spot_ticker_24hr_stale_delisted.json")
    assert (dead["bid"], dead["ask"]) == (None, None)
    assert dead["last"]


@pytest.mark.parametrize(
    ("slug", "name", "status", "error", "outcome"),
    [
        ("binance", "binance/error_bad_symbol_400.json", 400, Refused, "client_error"),
        ("binance", "binance/error_ban_418.json", 418, Banned, "banned"),
        ("binance", "binance/error_geo_451.json", 451, Blocked, "geoblocked"),
        ("binance", "binance/error_rate_429.json", 429, Throttled, "rate_limited"),
        ("bybit", "bybit/error_403_cloudfront.html", 403, Blocked, "geoblocked"),
        ("bybit", "bybit/error_param_10001.json", 200, Refused, "api_error"),
        ("bybit", "bybit/error_rate_10006.json", 200, Throttled, "rate_limited"),
        ("gateio", "gateio/error_invalid_currency.json", 400, Refused, "client_error"),
        ("gateio", "gateio/error_invalid_param_400.json", 400, Refused, "client_error"),
        ("gateio", "gateio/error_ip_forbidden_401.json", 401, Blocked, "forbidden"),
        ("gateio", "gateio/error_rate_429.json", 429, Throttled, "rate_limited"),
        ("gateio", "gateio/error_server_error_500.json", 500, Unreachable, "server_error"),
        ("gateio", "gateio/error_too_fast_withdrawal.json", 400, Throttled, "rate_limited"),
        ("bitget", "bitget/error_invalid_ip.json", 400, Refused, "api_error"),
    ],
)
def test_refusals(slug, name, status, error, outcome):
    with pytest.raises(error) as caught:
        ADAPTERS[slug].check(status, {}, recorded.read(name))
    assert caught.value.outcome == outcome
    if error is Banned:
        assert caught.value.until.year == 2018


@pytest.mark.parametrize("slug", ["kucoin", "bitget"])
def test_lists_of_recorded_refusals(slug):
    for entry in json.loads(recorded.read(f"{slug}/errors.json")):
        body = json.dumps(entry["body"]).encode()
        if entry["body"].get("code") in ("200000", "00000"):
            ADAPTERS[slug].check(entry["status"], {}, body)
            continue
        said = str(entry["body"].get("code"))
        expected = {"429000": Throttled, "400302": Blocked, "500000": Unreachable, "41114": Halted}.get(said, Refused)
        with pytest.raises(expected) as caught:
            ADAPTERS[slug].check(entry["status"] or 200, {}, body)  # a few were noted down without their status
        assert said in caught.value.detail


# Recordings that no source of ours asks for, and why.
OTHERS = {
    "*/ws_*": "frames of sockets: not part of these releases",
    "binance/*_KEYED.json": "needs a key",
    "binance/spot_*": "single markets and lighter lists: one list of all tickers has more",
    "binance/fapi_delivery_price.json": "settled contracts",
    "binance/fapi_openInterestHist.json": "of USD-M contracts: theirs is read as it is now; only COIN-M's is read from this list",
    "binance/fapi_ticker_price_v2.json": "last prices only",
    "bitget/mix_*": "the older generation of contracts",
    "bitget/spot_vip_fee_rate.json": "fees of levels nobody starts with",
    "bitget/v3_tickers_spot_row.json": "spot is read from the generation that has fees and planned ends",
    "gateio/wallet_currency_chains.json": "one coin at a time: the list of all has the same",
    "kucoin/*bullet_public.json": "the way into a socket",
    "kucoin/futures_funding_current*.json": "one contract at a time: the list of all has the same",
    "kucoin/futures_mark_price.json": "one contract at a time: the list of all has the same",
    "kucoin/futures_trade_statistics.json": "needs a key, whatever its list says",
    "kucoin/margin_etf_info.json": "leveraged tokens: none are left on spot",
    "kucoin/spot_callauction_data.json": "auctions before a market opens",
    "kucoin/spot_level1.json": "single markets",
    "kucoin/spot_prices_fiat.json": "not a market",
    "kucoin/spot_stats*": "single markets, as dear as the list of all",
    "kucoin/ua_*": "another generation of the same facts",
}


def test_no_recording_of_ours_was_forgotten():
    """Every recorded reply is named by a test that reads it, or stands above with the reason why none does."""
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.py"))
    files = [path.relative_to(recorded.FOLDER) for path in sorted(recorded.FOLDER.glob("*/*"))]
    unread = [str(file) for file in files if file.name not in tests and file.name.partition(".")[0] not in tests]
    assert [name for name in unread if not any(fnmatch(name, pattern) for pattern in OTHERS)] == []
