"""ccxt reads KuCoin's contracts, books, candles and funding: from the recorded bytes, and from the simulator over HTTP.

It is unrelated code. DISAGREEMENTS holds every difference, with the wire text that shows who is right.
"""

import re
from datetime import UTC, datetime, timedelta

import ccxt
import pytest
import responses

from exchanges.adapter import Ask
from exchanges.simulator.server import running

from . import recorded
from .test_kucoin import INVERSE, KUCOIN, PERP, SPOT, parse

TOLERANCE = 1e-12
FUTURES = "https://api-futures.kucoin.com/api/v1/"
PRICES = {"last": "last", "mark_price": "markPrice", "index_price": "indexPrice", "high_24h": "high", "low_24h": "low"}
VOLUMES = {"base_volume_24h": "baseVolume", "quote_volume_24h": "quoteVolume"}
TOPS = {"bid": "bid", "bid_size": "bidVolume", "ask": "ask", "ask_size": "askVolume", "last": "last"}

# (what, does it explain these: the market, our value, ccxt's, the price beside it; the wire text; who is right and why)
DISAGREEMENTS = [
    (
        "size",
        lambda market, ours, theirs, price: not market.inverse and near(ours, theirs * float(market.contract_size)),
        '"symbol":"XBTUSDTM","multiplier":0.001,"openInterest":"5940782","volumeOf24h":5735.963; "bestBidSize": 2767',
        "Pebble: sizes and open interest are lots of `multiplier` coins (else 5.9 million bitcoins); ccxt leaves lots as they come",
    ),
    (
        "size",
        lambda market, ours, theirs, price: market.inverse and near(float(ours) * float(price), theirs * float(market.contract_size), 1e-9),
        '"symbol":"XBTUSDM","isInverse":true,"multiplier":-1.0; "bids": [[66964.8, 25596], ...]',
        "Pebble: an inverse lot is one dollar, at its price so many coins; ccxt leaves lots as they come",
    ),
    (
        "volume",
        lambda market, ours, theirs, price: market.inverse,
        '"symbol":"XBTUSDM","turnoverOf24h":68.02716403,"volumeOf24h":1124530.00000000,"lastTradePrice":16532.0000000000',
        "Pebble: 1124530 / 68.02716403 is the price, so of inverse contracts the turnover is coins and the volume dollars; ccxt takes them by name",
    ),
]


def near(mine, theirs, tolerance=TOLERANCE):
    if mine is None or theirs is None:
        return mine is theirs
    return abs(float(mine) - float(theirs)) <= tolerance * max(abs(float(mine)), abs(float(theirs)))


def explained(what, market, ours, theirs, price):
    return None not in (market, ours, theirs) and any(what == name and applies(market, ours, theirs, price) for name, applies, _, _ in DISAGREEMENTS)


def client(url=None, kind="swap"):
    """ccxt kept from asking for coins; pointed elsewhere where `url` says. Its renames are off, so XBT stays XBT."""

    def moved(node):
        if isinstance(node, dict):
            return {key: moved(value) for key, value in node.items()}
        return re.sub(r"^https?://([^/]+)", rf"{url}/\1", node)

    exchange = ccxt.kucoin({"enableRateLimit": False, "options": {"defaultType": kind}})
    exchange.has["fetchCurrencies"] = False
    exchange.options["fetchMarkets"] = {"types": [kind], "fetchTickersFees": False}
    exchange.commonCurrencies = {}
    if url:
        exchange.urls["api"] = moved(exchange.urls["api"])
    return exchange


def by_id(exchange, tickers):
    return {row["info"]["symbol"]: row for row in tickers.values()}


def differences(row, theirs, fields, market, price=None):
    """(symbol, field, ours, ccxt's) of everything that is not the same and stands in no line above."""
    for field, name in fields.items():
        mine, other = getattr(row, field), theirs[name]
        what = "size" if field.endswith("_size") else "volume" if "volume" in field else field
        if not near(mine, other) and not explained(what, market, mine, other, price or getattr(row, field.removesuffix("_size"))):
            yield row.symbol, field, mine, other


def book_differences(book, theirs, market):
    assert book.exchange_ts is None or round(book.exchange_ts.timestamp() * 1000) == theirs["timestamp"]
    for ours, other in ((book.bids, theirs["bids"]), (book.asks, theirs["asks"])):
        assert len(ours) == len(other)
        for (price, size), (their_price, their_size) in zip(ours, other, strict=True):
            same = near(size, their_size) if market.kind == "spot" else explained("size", market, size, their_size, price)
            if not near(price, their_price) or not same:
                yield book.symbol, price, size, their_price, their_size


def candle_differences(rows, theirs, market):
    assert len(rows) == len(theirs) > 0
    for row, (at, *prices, volume) in zip(rows, theirs, strict=True):
        assert round(row.opened_at.timestamp() * 1000) == at
        if not all(map(near, (row.open, row.high, row.low, row.close), prices)):
            yield row, prices
        # Of contracts both count lots; ours of an inverse one are its dollars.
        ours = row.base_volume if market.kind == "spot" else (row.quote_volume if market.inverse else row.base_volume) / market.contract_size
        if not near(ours, volume):
            yield row, volume


# --- recorded replies -----------------------------------------------------------------------------------------------
@pytest.fixture
def served():
    """What ccxt is told: (method, pattern) -> a recorded body; the recorded catalogue always."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:

        def serve(pattern, name=None, body=None):
            body = body or recorded.read(f"kucoin/{name}.json")
            mocked.add(responses.GET, re.compile(pattern), body=body, content_type="application/json")
            return body

        serve(rf"{FUTURES}contracts/active.*", "futures_contracts_active")
        serve(r"https://api\.kucoin\.com/api/v[12]/symbols.*", "spot_symbols_v2")
        yield serve


def catalogue():
    return {row.symbol: row for row in parse("perp_instruments", recorded.read("kucoin/futures_contracts_active.json")).rows}


@recorded.needed
def test_recorded_contracts(served):
    exchange = client()
    markets = {market["id"]: market for market in exchange.fetch_markets()}
    rows = catalogue()
    assert rows.keys() == markets.keys()
    for symbol, row in rows.items():
        theirs = markets[symbol]
        assert (row.base, row.quote, row.settle, row.inverse) == (theirs["base"], theirs["quote"], theirs["settle"], theirs["inverse"])
        assert near(row.contract_size, theirs["contractSize"])
        assert near(row.tick_size, theirs["precision"]["price"])
        assert near(row.taker_fee, theirs["taker"])


@recorded.needed
def test_recorded_tickers(served):
    exchange = client()
    theirs = by_id(exchange, exchange.fetch_tickers())
    rows = parse("perp_tickers:contracts", recorded.read("kucoin/futures_contracts_active.json")).rows
    known = catalogue()
    assert [line for row in rows for line in differences(row, theirs[row.symbol], PRICES | VOLUMES, known[row.symbol])] == []
    assert len(rows) == len(theirs) == 3


@recorded.needed
def test_recorded_bids_and_asks(served):
    body = served(rf"{FUTURES}allTickers.*", "futures_all_tickers")
    exchange = client()
    theirs = by_id(exchange, exchange.fetch_tickers(params={"method": "futuresPublicGetAllTickers"}))
    rows = parse("perp_tickers:book", body, PERP, INVERSE).rows
    assert [line for row in rows for line in differences(row, theirs[row.symbol], TOPS, {"XBTUSDTM": PERP, "XBTUSDM": INVERSE}[row.symbol])] == []
    assert {row.symbol for row in rows} == theirs.keys()
    assert all(round(row.exchange_ts.timestamp() * 1000) == theirs[row.symbol]["timestamp"] for row in rows)


@recorded.needed
def test_recorded_open_interest(served):
    """ccxt asks for it at another address: it is told the lots that stand in the recorded contracts."""
    lots = {"XBTUSDTM": 5940782, "ETHUSDTM": 9946127, "ZRXUSDTM": 94820}
    rows = ",".join(f'{{"symbol":"{symbol}","openInterest":"{count}","ts":1756195000000}}' for symbol, count in lots.items())
    served(r"https://api\.kucoin\.com/api/ua/v1/market/open-interest.*", body=f'{{"code":"200000","data":[{rows}]}}')
    exchange = client()
    theirs = {row["info"]["symbol"]: row["openInterestAmount"] for row in exchange.fetch_open_interests().values()}
    ours = parse("perp_tickers:contracts", recorded.read("kucoin/futures_contracts_active.json")).rows
    known = catalogue()
    assert all(explained("size", known[row.symbol], row.open_interest, theirs[row.symbol], row.mark_price) for row in ours)


@recorded.needed
def test_recorded_books(served):
    served(r"https://api\.kucoin\.com/api/v1/market/orderbook/level2_20.*", "spot_orderbook_level2_20")
    exchange = client(kind="spot")
    (book,) = parse("book:spot", recorded.read("kucoin/spot_orderbook_level2_20.json"), SPOT).rows
    first = next(iter(exchange.load_markets()))
    assert list(book_differences(book, exchange.fetch_order_book(first, 20), SPOT)) == []
    depth = recorded.read("kucoin/futures_level2_depth20.json")
    served(rf"{FUTURES}level2/depth20.*", body=depth)
    contract_client = client()
    (book,) = parse("book:contract", depth, INVERSE).rows
    contract_client.load_markets()
    assert list(book_differences(book, contract_client.fetch_order_book("XBT/USDT:USDT", 20), INVERSE)) == []


@recorded.needed
@pytest.mark.parametrize(("name", "frame"), [("spot_candles_1h_2024", "1h"), ("spot_candles_spec", "1m")])
def test_recorded_candles(served, name, frame):
    body = served(r"https://api\.kucoin\.com/api/v1/market/candles.*", name)
    exchange = client(kind="spot")
    rows = parse("candles:spot", body, SPOT).rows
    first = next(iter(exchange.load_markets()))
    theirs = exchange.fetch_ohlcv(first, frame, since=int(rows[0].opened_at.timestamp() * 1000))
    assert list(candle_differences(rows, theirs, SPOT)) == []


@recorded.needed
def test_recorded_candles_of_a_contract(served):
    body = served(rf"{FUTURES}kline/query.*", "futures_kline")
    exchange = client()
    exchange.load_markets()
    rows = parse("candles:contract", body, PERP).rows
    theirs = exchange.fetch_ohlcv("XBT/USDT:USDT", "8h", since=int(rows[0].opened_at.timestamp() * 1000))
    assert list(candle_differences(rows, theirs, PERP)) == []


@recorded.needed
def test_recorded_funding_history(served):
    body = served(rf"{FUTURES}contract/funding-rates.*", "futures_funding_history")
    exchange = client()
    theirs = {row["timestamp"]: row["fundingRate"] for row in exchange.fetch_funding_rate_history("XBT/USDT:USDT", since=1_700_000_000_000)}
    rows = parse("funding_history", body, PERP).rows
    assert {round(row.settled_at.timestamp() * 1000): float(row.rate) for row in rows} == theirs
    assert len(rows) == 69


# --- the simulator over HTTP ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def simulated():
    """A simulator whose clock stands, ccxt pointed at it, and our own reading of a source of it."""
    with running(seed=7) as simulator:
        simulator.control(clock={"pace": 1e-6}, kucoin={"limits": False})
        exchange = client(simulator.url)
        exchange.load_markets()
        yield simulator, exchange
        exchange.session.close()


def ours(exchange, simulator, source, which=None, *, market=None, known=None):
    """The rows of a part, fetched as the adapter asks for it, with ccxt's own session."""
    (part,) = [each for each in KUCOIN.source(source).parts if which in (None, each.name) and (market is None or each.fits(market))]
    now = datetime.now(UTC)
    ask = Ask(market, 3600, now - timedelta(hours=40), now + timedelta(hours=1)) if market else None
    request = part.request.filled(ask.words(part)) if ask else part.request
    answer = exchange.session.get(f"{simulator.url}/{request.host}{request.target}", timeout=10)
    KUCOIN.check(answer.status_code, {}, answer.content)
    parsed = part.parse(answer.content, {}, {market.symbol: market} if market else known or {})
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return parsed.rows


def test_simulated_tickers(simulated):
    simulator, exchange = simulated
    known = {row.symbol: row for row in ours(exchange, simulator, "perp_instruments")}
    markets = {market["id"]: market for market in exchange.markets.values()}
    assert {symbol: (row.base, row.settle, row.inverse, row.kind == "future", float(row.contract_size)) for symbol, row in known.items()} == {
        symbol: (market["base"], market["settle"], market["inverse"], market["future"], market["contractSize"]) for symbol, market in markets.items()
    }
    theirs = by_id(exchange, exchange.fetch_tickers())
    rows = ours(exchange, simulator, "perp_tickers", "contracts")
    assert [line for row in rows for line in differences(row, theirs[row.symbol], PRICES | VOLUMES, known[row.symbol])] == []
    for row in rows:  # the swap of the two volumes, exactly
        if known[row.symbol].inverse:
            assert near(row.base_volume_24h, theirs[row.symbol]["quoteVolume"])
            assert near(row.quote_volume_24h, theirs[row.symbol]["baseVolume"])
    tops = by_id(exchange, exchange.fetch_tickers(params={"method": "futuresPublicGetAllTickers"}))
    quotes = ours(exchange, simulator, "perp_tickers", "book", known=known)
    assert [line for row in quotes for line in differences(row, tops[row.symbol], TOPS, known[row.symbol])] == []
    assert len(rows) == len(quotes) == len(theirs) == len(tops) == len(known)


def test_simulated_funding(simulated):
    simulator, exchange = simulated
    rows = {row.symbol: row for row in ours(exchange, simulator, "funding")}
    theirs = {row["info"]["symbol"]: row for row in exchange.fetch_funding_rates().values()}
    assert rows.keys() == theirs.keys()
    hours = {"1h": 1, "4h": 4, "8h": 8}
    for symbol, row in rows.items():
        other = theirs[symbol]
        assert near(row.rate, other["fundingRate"]), symbol
        assert (round(row.next_funding_at.timestamp() * 1000), row.interval_hours) == (other["fundingTimestamp"], hours[other["interval"]])
    single = exchange.fetch_funding_rate("XBT/USDT:USDT")
    assert near(rows["XBTUSDTM"].rate, single["fundingRate"])
    assert round(rows["XBTUSDTM"].next_funding_at.timestamp() * 1000) == single["fundingTimestamp"]


def test_simulated_funding_history(simulated):
    simulator, exchange = simulated
    known = {row.symbol: row for row in ours(exchange, simulator, "perp_instruments")}
    history = ours(exchange, simulator, "funding_history", market=known["ETHUSDTM"])
    since = min(round(row.settled_at.timestamp() * 1000) for row in history)
    theirs = {row["timestamp"]: row["fundingRate"] for row in exchange.fetch_funding_rate_history("ETH/USDT:USDT", since=since)}
    assert {round(row.settled_at.timestamp() * 1000): float(row.rate) for row in history} == theirs
    assert len(theirs) >= 4


def test_simulated_open_interest(simulated):
    simulator, exchange = simulated
    known = {row.symbol: row for row in ours(exchange, simulator, "perp_instruments")}
    theirs = {row["info"]["symbol"]: row["openInterestAmount"] for row in exchange.fetch_open_interests().values()}
    rows = ours(exchange, simulator, "perp_tickers", "contracts")
    assert {row.symbol for row in rows} == theirs.keys()
    apart = [row.symbol for row in rows if not explained("size", known[row.symbol], row.open_interest, theirs[row.symbol], row.mark_price)]
    assert apart == []


def test_simulated_books_and_candles(simulated):
    simulator, exchange = simulated
    known = {row.symbol: row for row in ours(exchange, simulator, "perp_instruments")}
    for symbol in ("XBTUSDTM", "XBTUSDM", next(symbol for symbol, row in known.items() if row.kind == "future")):
        market, name = known[symbol], exchange.markets_by_id[symbol][0]["symbol"]
        (book,) = ours(exchange, simulator, "book", market=market)
        assert list(book_differences(book, exchange.fetch_order_book(name, 100), market)) == []
        rows = ours(exchange, simulator, "candles", market=market)
        theirs = exchange.fetch_ohlcv(name, "1h", since=round(rows[0].opened_at.timestamp() * 1000))
        assert list(candle_differences(rows, theirs[: len(rows)], market)) == []


def test_simulated_spot_books_and_candles(simulated):
    simulator, _ = simulated
    exchange = client(simulator.url, "spot")
    exchange.load_markets()
    spot = {row.symbol: row for row in ours(exchange, simulator, "instruments")}
    for symbol in ("BTC-USDT", "BCHSV-USDT", "ETH-BTC"):
        market, name = spot[symbol], exchange.markets_by_id[symbol][0]["symbol"]
        (book,) = ours(exchange, simulator, "book", market=market)
        assert list(book_differences(book, exchange.fetch_order_book(name, 100), market)) == []
        rows = ours(exchange, simulator, "candles", market=market)
        theirs = exchange.fetch_ohlcv(name, "1h", since=round(rows[0].opened_at.timestamp() * 1000))
        assert list(candle_differences(rows, theirs[: len(rows)], market)) == []
    exchange.session.close()


def test_every_disagreement_says_what_stands_on_the_wire():
    for what, _, wire, verdict in DISAGREEMENTS:
        assert what in ("size", "volume")
        assert '"' in wire
        assert verdict.startswith(("Pebble:", "ccxt:", "both:"))
