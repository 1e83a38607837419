"""The simulated KuCoin speaks as the recorded one does, and its contracts, books and coins are those of one world."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS

from .test_shapes import differences, recorded, shape

KUCOIN = ADAPTERS["kucoin"]
SPOT, FUTURES = "/api.kucoin.com", "/api-futures.kucoin.com"
NOW = datetime.now(UTC)
MS = int(NOW.timestamp()) * 1_000
# address, the recorded replies, what the wire is known to do beyond them (and the keys it has had since)
REPLIES = {
    "status": (f"{SPOT}/api/v1/status", ["spot_service_status.json"], set()),
    "futures status": (f"{FUTURES}/api/v1/status", ["futures_service_status.json"], set()),
    "book": (f"{SPOT}/api/v1/market/orderbook/level2_100?symbol=BTC-USDT", ["spot_orderbook_level2_20.json", "spot_orderbook_level2_20_2024.json"], set()),
    "candles": (f"{SPOT}/api/v1/market/candles?symbol=BTC-USDT&type=1hour", ["spot_candles_1h_2024.json", "spot_candles_spec.json"], set()),
    "currencies": (f"{SPOT}/api/v3/currencies", ["spot_currencies_v3.json"], set()),
    "announcements": (f"{SPOT}/api/v3/announcements?annType=new-listings", ["spot_announcements_v3.json"], set()),
    "contracts": (f"{FUTURES}/api/v1/contracts/active", ["futures_contracts_active.json"], {"null", "int"}),  # dated ones have days and no funding
    "all tickers": (f"{FUTURES}/api/v1/allTickers", ["futures_all_tickers.json"], set()),
    "depth": (f"{FUTURES}/api/v1/level2/depth20?symbol=XBTUSDM", ["futures_level2_depth20.json"], set()),
    "klines": (f"{FUTURES}/api/v1/kline/query?symbol=XBTUSDTM&granularity=60", ["futures_kline.json"], set()),
    "funding": (f"{FUTURES}/api/v1/contract/funding-rates?symbol=XBTUSDTM&from={MS - 10**9}&to={MS}", ["futures_funding_history.json"], set()),
    "index": (f"{FUTURES}/api/v1/index/query?symbol=.KXBTUSDT&maxCount=2&reverse=true", ["futures_index_query.json"], set()),
}
SINCE = {"marketStage", "assetClass", "currentFundingRateGranularity"}  # not in the row recorded in 2025


@pytest.mark.parametrize("name", REPLIES)
def test_replies_look_like_the_recorded_ones(client, name):
    address, files, allowed = REPLIES[name]
    found = list(differences(shape([client.json(address)]), shape([recorded("kucoin", file) for file in files]), allowed))
    new = [line for line in found if "are not recorded" in line and name == "contracts"]
    assert [line for line in found if line not in new] == []
    assert all(set(line.partition("keys {")[2].partition("}")[0].replace("'", "").split(", ")) <= SINCE for line in new)


def test_doubles_are_written_as_java_does(client):
    _, _, body = client.get(f"{FUTURES}/api/v1/contracts/active")
    assert b'"makerFeeRate":2.0E-4' in body
    assert b'"multiplier":-1.0' in body
    assert b'"crossRiskLimit":5.0E8' in body
    assert json.loads(body)["data"][0]["multiplier"] == 0.001


def test_errors_look_like_the_recorded_ones(client):
    theirs = {error["request"]: (error["status"], error["body"]) for error in recorded("kucoin", "errors.json")}
    for request, (status, body) in theirs.items():
        if request.startswith("GET futures") and any(path in request for path in ("depth", "index/query", "/nope")):
            answered, _, ours = client.get(f"{FUTURES}{request.removeprefix('GET futures ')}")
            assert (answered, json.loads(ours)) == (status, body), request
    bad_type = client.json(f"{SPOT}/api/v1/market/candles?symbol=BTC-USDT&type=7min")
    assert bad_type == theirs["GET spot /api/v1/market/candles with a bad type"][1]


def test_both_hosts_have_their_own_meaning_of_a_path_and_one_pool(client):
    assert list(client.json(f"{SPOT}/api/v1/status")["data"]) == ["status", "msg"]
    assert list(client.json(f"{FUTURES}/api/v1/status")["data"]) == ["msg", "status"]
    _, headers, _ = client.get(f"{FUTURES}/api/v1/allTickers")
    assert int(headers["gw-ratelimit-remaining"]) <= 2000 - 3 - 4 - 5


def read(client, source, market=None, part=None, period_s=3600):
    """The rows of one part, asked for and understood as the client would."""
    parts = [each for each in KUCOIN.source(source).parts if part in (None, each.name) and (market is None or each.fits(market))]
    (chosen,) = parts
    ask = Ask(market, period_s, NOW - timedelta(hours=48), NOW + timedelta(minutes=5)) if market else None
    request = chosen.request.filled(ask.words(chosen)) if ask else chosen.request
    status, headers, body = client.get(f"/{request.host}{request.target}")
    KUCOIN.check(status, headers, body)
    known = {market.symbol: market} if market else catalogue(client) if KUCOIN.source(source).known else {}
    parsed = chosen.parse(body, headers, known)
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return parsed.rows


def catalogue(client):
    return {row.symbol: row for row in read(client, "perp_instruments")}


def test_every_part_takes_the_answer_it_asks_for(client):
    contracts, spot = catalogue(client), {row.symbol: row for row in read(client, "instruments")}
    markets = [spot["BTC-USDT"], contracts["XBTUSDTM"], contracts["XBTUSDM"], next(row for row in contracts.values() if row.kind == "future")]
    for name, source in KUCOIN.sources.items():
        for part in source.parts:
            fitting = [None] if source.markets is None else [market for market in markets if part.fits(market)]
            assert fitting
            for market in fitting:
                assert len(read(client, name, market, part.name)) >= max(1, part.few)


def test_the_contracts_are_of_every_kind(client):
    rows = catalogue(client).values()
    kinds = {(row.kind, row.inverse, row.settle) for row in rows}
    assert kinds >= {("perp", False, "USDT"), ("perp", False, "USDC"), ("perp", True, "XBT"), ("future", True, "XBT")}
    assert sum(row.tokenised for row in rows) > 5
    assert {row.funding_interval_hours for row in rows if row.kind == "perp"} == {1, 4, 8}
    assert all(row.expiry and row.funding_interval_hours is None for row in rows if row.kind == "future")


def test_a_books_top_is_the_tickers(simulator, client):
    simulator.control(clock={"pace": 1e-6})
    contracts = catalogue(client)
    tickers = {row.symbol: row for row in read(client, "perp_tickers", part="book")}
    for symbol in ("XBTUSDTM", "ETHUSDTM", "XBTUSDCM"):
        (book,) = read(client, "book", contracts[symbol])
        assert book.bids[0] == (tickers[symbol].bid, tickers[symbol].bid_size)
        assert book.asks[0] == (tickers[symbol].ask, tickers[symbol].ask_size)
    spot = {row.symbol: row for row in read(client, "instruments")}
    tops = {row.symbol: row for row in read(client, "tickers")}
    for symbol in ("BTC-USDT", "BCHSV-USDT", "ETH-BTC"):
        (book,) = read(client, "book", spot[symbol])
        assert (book.bids[0], book.asks[0]) == ((tops[symbol].bid, tops[symbol].bid_size), (tops[symbol].ask, tops[symbol].ask_size))
    assert len(book.bids) >= 20


def test_funding_now_and_then_and_the_countdown(client):
    wire = {row["symbol"]: row for row in client.json(f"{FUTURES}/api/v1/contracts/active")["data"]}
    for row in read(client, "funding"):
        left = wire[row.symbol]["nextFundingRateTime"]
        assert 0 <= left <= row.interval_hours * 3_600_000, "a countdown"
        assert row.next_funding_at > datetime.now(UTC) - timedelta(seconds=10)
        assert abs(row.rate) < Decimal("0.01")
    history = read(client, "funding_history", catalogue(client)["XBTUSDTM"])
    assert [row.settled_at for row in history] == sorted((row.settled_at for row in history), reverse=True)
    assert {(one.settled_at - other.settled_at).total_seconds() for one, other in pairwise(history)} == {8 * 3600}


def test_candles_meet_and_end_at_the_last_price(client):
    spot = {row.symbol: row for row in read(client, "instruments")}
    for market, period_s in ((spot["BTC-USDT"], 3600), (catalogue(client)["XBTUSDTM"], 300)):
        rows = read(client, "candles", market, period_s=period_s)
        assert len(rows) > 40
        assert {row.period_s for row in rows} == {period_s}
        assert all(row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high for row in rows)
        assert all(row.base_volume > 0 for row in rows)
    wire = client.json(f"{SPOT}/api/v1/market/candles?symbol=BTC-USDT&type=1hour")["data"]
    assert [int(row[0]) for row in wire] == sorted((int(row[0]) for row in wire), reverse=True), "newest first"


def test_open_interest_in_lots_is_whole_and_inverse_volumes_are_swapped(client):
    wire = {row["symbol"]: row for row in client.json(f"{FUTURES}/api/v1/contracts/active")["data"]}
    assert all(row["openInterest"].isdigit() for row in wire.values())
    linear, inverse = wire["XBTUSDTM"], wire["XBTUSDM"]
    assert linear["turnoverOf24h"] == pytest.approx(linear["volumeOf24h"] * linear["markPrice"], rel=0.1)
    assert inverse["volumeOf24h"] == pytest.approx(inverse["turnoverOf24h"] * inverse["markPrice"], rel=0.1)


def test_a_coin_has_the_address_it_has_elsewhere_and_its_present_name(client):
    rows = {(row.code, row.chain): row for row in read(client, "currencies")}
    assert rows["BTC", "bitcoin"].contract_address is None
    assert rows["USDT", "tron"].contract_address.startswith("T")
    wire = client.json(f"{SPOT}/api/v3/currencies")["data"]
    renamed = {row["currency"]: row["name"] for row in wire if row["currency"] != row["name"]}
    assert renamed["BCHSV"] == "BSV"
    assert {row.code for row in read(client, "currencies")} >= {"BSV", "OXEN"}


def test_announcements_by_type_and_page(client):
    listings = read(client, "announcements", part="new-listings")
    assert {row.kind for row in listings} == {"listing"}
    assert all(row.starts_at for row in listings)
    assert {row.kind for row in read(client, "announcements", part="delistings")} == {"delisting"}
    pages = [client.json(f"{SPOT}/api/v3/announcements?pageSize=3&currentPage={page}")["data"] for page in (1, 2)]
    assert (pages[0]["totalNum"], len(pages[0]["items"])) == (pages[1]["totalNum"], 3)
    assert not {item["annId"] for item in pages[0]["items"]} & {item["annId"] for item in pages[1]["items"]}


def test_an_index_holds_markets_of_this_very_coin(client):
    members = read(client, "index_members", catalogue(client)["XBTUSDTM"])
    assert {row.exchange for row in members} >= {"binance", "kucoin", "bybit", "gateio", "bitget"}
    assert sum(row.weight for row in members) == 1
