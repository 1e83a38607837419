"""ccxt reads Bitget's contracts, books, candles and funding from the same bytes as we do, recorded ones and the simulator's.

DISAGREEMENTS holds every difference there is, with the wire text that shows who is right.
"""

import json
import re
from datetime import UTC

import ccxt
import pytest
import responses

from exchanges.adapters import ADAPTERS
from exchanges.adapters.bitget import futures
from exchanges.simulator.server import running

from . import recorded

BITGET = ADAPTERS["bitget"]
TOLERANCE = 1e-12
FAMILIES = {"usdt": "USDT-FUTURES", "usdc": "USDC-FUTURES", "coin": "COIN-FUTURES"}
EMPTY = '{"code":"00000","msg":"success","requestTime":1790000000123,"data":[]}'
TICKER = {
    "bid": "bid", "bid_size": "bidVolume", "ask": "ask", "ask_size": "askVolume", "last": "last", "mark_price": "markPrice", "index_price": "indexPrice",
    "base_volume_24h": "baseVolume", "quote_volume_24h": "quoteVolume", "high_24h": "high", "low_24h": "low", "change_24h_pct": "percentage",
}  # fmt: skip

# (field, does it explain these: market is inverse, our value, ccxt's, price; the wire text; who is right and why)
DISAGREEMENTS = [
    (
        "size",
        lambda inverse, ours, theirs, price: inverse and abs(ours * price - theirs) <= 1e-9 * theirs,
        '"category":"COIN-FUTURES","bid1Price":"80000","bid1Size":"4000"; an order there: "qty": the unit is quote coin',
        "Pebble: coin-margined sizes are dollars (4000 contracts at 80000 are 0.05 BTC); ccxt passes them on as coins",
    ),
    (
        "volume",
        lambda inverse, ours, theirs, price: inverse,
        '"category":"COIN-FUTURES","lowPrice24h":"79000","highPrice24h":"82000","volume24h":"40000000","turnover24h":"500"',
        "Pebble: 40000000 / 500 is a price, 500 / 40000000 is none, so the turnover is in coins; ccxt calls the volume coins",
    ),
    (
        "change",
        lambda inverse, ours, theirs, price: ours == 0,
        '"price24hPcnt":"0"',
        "both: ccxt takes a zero for missing and computes it anew from rounded prices",
    ),
]


def explained(field, inverse, ours, theirs, price):
    name = "size" if field.endswith("_size") else "volume" if "volume" in field else "change" if "change" in field else field
    return None not in (ours, theirs, price) and any(
        name == each and applies(inverse, float(ours), theirs, float(price)) for each, applies, _, _ in DISAGREEMENTS
    )


def same(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return abs(float(mine) - theirs) <= TOLERANCE * max(abs(float(mine)), abs(theirs))


def client(url=None):
    """ccxt speaking to the unified generation; kept from asking for coins, and pointed elsewhere where `url` says."""

    def moved(node):
        if isinstance(node, dict):
            return {key: moved(value) for key, value in node.items()}
        return re.sub(r"^https?://([^/]+)", rf"{url}/\1", node.replace("{hostname}", exchange.hostname))

    exchange = ccxt.bitget({"enableRateLimit": False, "options": {"defaultType": "swap", "uta": True, "fetchCurrencies": False}})
    exchange.has["fetchCurrencies"] = False
    exchange.commonCurrencies = {}
    if url:
        exchange.urls["api"] = moved(exchange.urls["api"])
    return exchange


def part(source, name):
    return next(each for each in BITGET.source(source).parts if each.name == name)


def parse(source, name, body, known=None):
    body = body.encode() if isinstance(body, str) else body
    BITGET.check(200, {}, body)
    parsed = part(source, name).parse(body, {}, known or {})
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return parsed.rows


def ms(moment):
    return int(moment.astimezone(UTC).timestamp() * 1000 + 0.5)


# --- comparing ----------------------------------------------------------------------------------------------------------
def unexplained_tickers(rows, theirs, *, inverse=False):
    found = []
    for row in rows:
        other = theirs[row.symbol]
        pairs = [(name, getattr(row, name), other[field]) for name, field in TICKER.items()]
        for name, mine, their in pairs:
            price = row.bid if name == "bid_size" else row.ask if name == "ask_size" else row.mark_price
            if not same(mine, their) and not explained(name, inverse, mine, their, price):
                found.append((row.symbol, name, mine, their))
        if ms(row.exchange_ts) != other["timestamp"]:
            found.append((row.symbol, "exchange_ts", row.exchange_ts, other["timestamp"]))
    return found


def unexplained_levels(book, theirs, *, inverse=False):
    found = []
    for side in ("bids", "asks"):
        mine, other = getattr(book, side), theirs[side]
        if len(mine) != len(other):
            found.append((side, len(mine), len(other)))
        for (price, size), (their_price, their_size, *_) in zip(mine, other, strict=False):
            if not same(price, their_price) or not (same(size, their_size) or explained("bid_size", inverse, size, their_size, price)):
                found.append((side, price, size, their_price, their_size))
    return found


def unexplained_candles(rows, theirs):
    mine = [(ms(row.opened_at), row.open, row.high, row.low, row.close, row.base_volume) for row in rows]
    return [(one, other) for one, other in zip(mine, theirs, strict=True) if not all(map(same, one, other))]


def by_id(exchange, found):
    return {exchange.markets[symbol]["id"]: row for symbol, row in found.items() if symbol in exchange.markets}


# --- recorded replies -----------------------------------------------------------------------------------------------------
@pytest.fixture
def recordings():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:

        def serve(path, name, **query):
            match = [responses.matchers.query_param_matcher(query, strict_match=False)] if query else []
            address = f"https://api.bitget.com{path}"
            mocked.add(responses.GET, address, body=recorded.read(f"bitget/{name}") if name else EMPTY, content_type="application/json", match=match)

        serve("/api/v3/market/instruments", "v3_instruments_usdt_futures_2026.json", category="USDT-FUTURES")
        for category in ("SPOT", "USDC-FUTURES", "COIN-FUTURES"):
            serve("/api/v3/market/instruments", None, category=category)
        yield serve


BTC = "BTC/USDT:USDT"


@recorded.needed
def test_recorded_contracts_and_their_tickers(recordings):
    recordings("/api/v3/market/tickers", "v3_tickers_usdt_futures.json")
    exchange = client()
    (market,) = exchange.load_markets().values()
    (row,) = parse("perp_instruments", "usdt", recorded.read("bitget/v3_instruments_usdt_futures_2026.json"))
    assert (market["id"], market["base"], market["quote"], market["settle"], market["contractSize"]) == (row.symbol, row.base, row.quote, row.settle, 1)
    assert (market["linear"], market["taker"], market["limits"]["amount"]["min"]) == (not row.inverse, float(row.taker_fee), float(row.min_size))
    theirs = by_id(exchange, exchange.fetch_tickers(params={"productType": "USDT-FUTURES"}))
    rows = parse("perp_tickers", "usdt", exchange.last_http_response)
    assert [row.symbol for row in rows] == list(theirs) == ["BTCUSDT"]
    assert unexplained_tickers(rows, theirs) == []


@recorded.needed
def test_a_change_of_zero_is_zero():
    body = recorded.read("bitget/v3_tickers_usdt_futures.json").replace(b'"-0.02605"', b'"0"')
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        mocked.add(responses.GET, "https://api.bitget.com/api/v3/market/instruments", body=recorded.read("bitget/v3_instruments_usdt_futures_2026.json"))
        mocked.add(responses.GET, "https://api.bitget.com/api/v3/market/tickers", body=body)
        (theirs,) = client().fetch_tickers(params={"productType": "USDT-FUTURES"}).values()
    rows = parse("perp_tickers", "usdt", body)
    assert rows[0].change_24h_pct == 0
    assert theirs["percentage"] != 0
    assert unexplained_tickers(rows, {"BTCUSDT": theirs}) == []


@recorded.needed
def test_recorded_books(recordings):
    recordings("/api/v3/market/orderbook", "v3_orderbook.json")
    exchange = client()
    theirs = exchange.fetch_order_book(BTC)
    (book,) = parse("book", "usdt", exchange.last_http_response)
    assert unexplained_levels(book, theirs) == []
    assert ms(book.exchange_ts) == theirs["timestamp"]


@recorded.needed
def test_recorded_candles(recordings):
    recordings("/api/v2/mix/market/candles", "mix_candles.json")
    recordings("/api/v2/mix/market/history-candles", "mix_candles.json")
    recordings("/api/v3/market/candles", "v3_candles.json")
    recordings("/api/v3/market/history-candles", "v3_candles.json")
    exchange = client()
    for since, uta in ((1695835800000, False), (1687708800000, True)):
        theirs = exchange.fetch_ohlcv(BTC, "5m", since, params={"uta": uta})
        rows = parse("candles", "usdt", exchange.last_http_response)
        assert len(theirs) == len(rows) == 2
        assert unexplained_candles(rows, theirs) == []


@recorded.needed
def test_recorded_funding(recordings):
    recordings("/api/v3/market/current-fund-rate", "v3_current_fund_rate.json")
    recordings("/api/v3/market/history-fund-rate", "v3_history_fund_rate.json")
    exchange = client()
    theirs = exchange.fetch_funding_rate(BTC)
    (row,) = parse("funding", "usdt", exchange.last_http_response)
    assert same(row.rate, theirs["fundingRate"])
    assert (ms(row.next_funding_at), f"{row.interval_hours}h") == (theirs["fundingTimestamp"], theirs["interval"])
    theirs = exchange.fetch_funding_rate_history(BTC)
    rows = parse("funding_history", "usdt", exchange.last_http_response)
    assert [(ms(row.settled_at), float(row.rate)) for row in reversed(rows)] == [(each["timestamp"], each["fundingRate"]) for each in theirs]


# --- the simulator ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def simulator():
    with running() as simulator:
        simulator.control(clock={"pace": 0})  # so that two addresses tell of one instant
        yield simulator


@pytest.fixture(scope="module")
def exchange(simulator):
    exchange = client(simulator.url)
    exchange.load_markets()
    yield exchange
    exchange.session.close()


@pytest.fixture(scope="module")
def known(exchange):
    found = {}
    for name, category in FAMILIES.items():
        exchange.publicUtaGetV3MarketInstruments({"category": category})
        found |= {row.symbol: row for row in parse("perp_instruments", name, exchange.last_http_response)}
    return found


def test_every_simulated_contract_is_the_same_to_both(exchange, known):
    theirs = {market["id"]: market for market in exchange.markets.values() if market["contract"]}
    assert theirs.keys() == known.keys()
    assert len(theirs) > 250
    for symbol, row in known.items():
        market = theirs[symbol]
        assert (market["type"], market["inverse"]) == ({"perp": "swap", "future": "future"}[row.kind], row.inverse)
        assert (market["baseId"], market["settle"].upper()) == (row.base, row.settle.upper())
        assert market["expiry"] == (None if row.expiry is None else ms(row.expiry))


@pytest.mark.parametrize("name", FAMILIES)
def test_simulated_tickers(exchange, name):
    theirs = by_id(exchange, exchange.fetch_tickers(params={"productType": FAMILIES[name]}))
    rows = parse("perp_tickers", name, exchange.last_http_response)
    assert [row.symbol for row in rows] == list(theirs)
    assert unexplained_tickers(rows, theirs, inverse=name == "coin") == []
    for row in rows:
        assert row.bid < row.ask
        assert row.open_interest > 0


@pytest.mark.parametrize("name", FAMILIES)
def test_simulated_funding(exchange, known, name):
    params = {"method": "publicMixGetV2MixMarketCurrentFundRate", "productType": FAMILIES[name]}
    theirs = {row["info"]["symbol"]: row for row in exchange.fetch_funding_rates(params=params).values()}
    rows = {row.symbol: row for row in parse("funding", name, exchange.last_http_response, known)}
    assert rows
    assert all(same(row.rate, theirs[symbol]["fundingRate"]) for symbol, row in rows.items())
    assert all(ms(row.next_funding_at) == theirs[symbol]["fundingTimestamp"] for symbol, row in rows.items())
    assert all(f"{row.interval_hours}h" == theirs[symbol]["interval"] for symbol, row in rows.items())
    # What only ccxt has: contracts of no catalogue, and dated ones.
    assert all(symbol not in known or known[symbol].kind == "future" for symbol in theirs.keys() - rows.keys())
    assert "TEST" in "".join(theirs.keys() - rows.keys())


@pytest.mark.parametrize(("symbol", "name"), [(BTC, "usdt"), ("BTC/USDC:USDC", "usdc"), ("BTC/USD:BTC", "coin")])
def test_simulated_books_candles_and_open_interest(exchange, symbol, name):
    inverse, native = name == "coin", exchange.market(symbol)["id"]
    theirs = exchange.fetch_order_book(symbol, 50)
    (book,) = parse("book", name, exchange.last_http_response)
    assert len(book.bids) == len(book.asks) == 50
    assert unexplained_levels(book, theirs, inverse=inverse) == []
    theirs = exchange.fetch_ohlcv(symbol, "1h", limit=48, params={"uta": inverse})
    rows = parse("candles", name, exchange.last_http_response)
    assert (len(rows), rows[0].period_s) == (48, 3_600)
    assert unexplained_candles(rows, theirs) == []
    theirs = exchange.fetch_open_interest(symbol)["openInterestAmount"]
    exchange.publicUtaGetV3MarketTickers({"category": FAMILIES[name]})
    row = next(row for row in parse("perp_tickers", name, exchange.last_http_response) if row.symbol == native)
    assert same(row.open_interest, theirs) or explained("open_interest_size", inverse, row.open_interest, theirs, row.mark_price)
    assert same(row.open_interest, theirs) is not inverse


def test_simulated_spot_books_and_candles(exchange):
    theirs = exchange.fetch_order_book("BTC/USDT", 100, params={"uta": False})
    (book,) = parse("book", "spot", exchange.last_http_response)
    assert len(book.bids) == 100
    assert unexplained_levels(book, theirs) == []
    for period, seconds in (("1m", 60), ("1d", 86_400)):
        theirs = exchange.fetch_ohlcv("BTC/USDT", period, limit=10, params={"uta": False})
        rows = parse("candles", "spot", exchange.last_http_response)
        assert (len(rows), rows[0].period_s) == (10, seconds)
        assert unexplained_candles(rows, theirs) == []


def test_simulated_funding_history(exchange):
    theirs = exchange.fetch_funding_rate_history(BTC, limit=30)
    rows = parse("funding_history", "usdt", exchange.last_http_response)
    assert len(rows) == 30
    assert [(ms(row.settled_at), float(row.rate)) for row in reversed(rows)] == [(each["timestamp"], each["fundingRate"]) for each in theirs]


def test_every_disagreement_says_what_stands_on_the_wire_and_is_needed():
    for field, _, wire, verdict in DISAGREEMENTS:
        assert field
        assert '"' in wire
        assert verdict.startswith(("Pebble:", "both:"))
    row = json.loads("{" + DISAGREEMENTS[1][2].partition(",")[2] + "}")
    assert futures.counts_coins(*(int(row[name]) for name in ("volume24h", "turnover24h", "lowPrice24h", "highPrice24h"))) is False
