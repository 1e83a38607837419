"""ccxt reads the same bytes of Bybit's contracts and options, recorded and from the simulator; where the two differ, the wire decides.

ccxt returns floats, hence the tolerance. DISAGREEMENTS holds every difference, with the wire text that shows who is right.
"""

import json
import re

import ccxt
import pytest
import responses

from exchanges.adapters import ADAPTERS
from exchanges.simulator.server import running

from . import recorded
from .cases import cases

BYBIT = ADAPTERS["bybit"]
TOLERANCE = 1e-12
TICKER = {
    "bid": "bid", "bid_size": "bidVolume", "ask": "ask", "ask_size": "askVolume", "last": "last", "mark_price": "markPrice", "index_price": "indexPrice",
    "base_volume_24h": "baseVolume", "quote_volume_24h": "quoteVolume", "high_24h": "high", "low_24h": "low", "change_24h_pct": "percentage",
}  # fmt: skip
GREEKS = {
    "bid": "bidPrice", "bid_size": "bidSize", "bid_iv": "bidImpliedVolatility", "ask": "askPrice", "ask_size": "askSize", "ask_iv": "askImpliedVolatility",
    "last": "lastPrice", "mark_price": "markPrice", "mark_iv": "markImpliedVolatility", "delta": "delta", "gamma": "gamma", "vega": "vega", "theta": "theta",
    "underlying_price": "underlyingPrice",
}  # fmt: skip


def dollars(coins, price):
    """What so many coins at a price are in whole dollars."""
    return None if coins is None or price is None else round(float(coins) * float(price), 4)


# (what, fields, does it explain these: our row, our value, ccxt's; the wire text; who is right and why)
DISAGREEMENTS = [
    (
        "inverse",
        ("base_volume_24h", "quote_volume_24h"),
        lambda row, mine, other: any(same(volume or None, other or None) for volume in (row.base_volume_24h, row.quote_volume_24h)),
        '"volume24h":"13713832.0000","turnover24h":"115.6907" at 120635: 115.69 coins are 13.7 million dollars, not the other way about',
        "Pebble: an inverse contract's volume is dollars and its turnover coins; ccxt calls the dollars base volume",
    ),
    (
        "inverse",
        ("bid_size", "ask_size"),
        lambda row, mine, other: any(dollars(mine, price) == other for price in (row.bid, row.ask)) or (mine is None and None in {row.bid, row.ask}),
        '"bid1Size":"1063": whole dollars (qtyStep "1"), 0.0103 coins at 103401',
        "Pebble: sizes are coins everywhere; ccxt passes the dollars on",
    ),
    (
        "any",
        ("change_24h_pct",),
        lambda row, mine, other: not mine,
        '"price24hPcnt":"" or "0", "prevPrice24h":"63390.00"',
        "both: ccxt works a missing or zero change out from the other prices; here it is what the exchange says",
    ),
    (
        "option",
        ("bid", "bid_iv", "ask", "ask_iv", "last", "mark_price"),
        lambda row, mine, other: mine is None and other == 0,
        '"bid1Price":"0","bid1Size":"0","bid1Iv":"0"; in the last hours "markPrice":"0" far out of the money',
        "Pebble: nobody bids, and a price that rounds to nothing is unknown; ccxt's greeks call both zero",
    ),
    (
        "open_interest",
        ("open_interest",),
        lambda row, mine, other: abs(other - 2 * float(mine)) <= 1,
        '"openInterest":"63910691.00000000","singleOpenInterest":"31955346"',
        "Pebble: one side, as everywhere else; ccxt reads the count of both",
    ),
]


def explained(what, field, row, mine, other):
    return any(which in ("any", what) and field in fields and applies(row, mine, other) for which, fields, applies, _, _ in DISAGREEMENTS)


def same(mine, other):
    if mine is None or other is None:
        return mine is other
    return abs(float(mine) - float(other)) <= TOLERANCE * max(abs(float(mine)), abs(float(other)))


def compared(what, row, theirs, fields):
    """[(field, ours, theirs)] of what differs and stands in no table."""
    pairs = [(field, getattr(row, field), theirs[name]) for field, name in fields.items()]
    return [(row.symbol, *pair) for pair in pairs if not same(*pair[1:]) and not explained(what, pair[0], row, *pair[1:])]


def part(source, name):
    return next(one for one in BYBIT.source(source).parts if one.name == name)


def read(exchange, source, name, known=None):
    """What Pebble reads in the reply that ccxt has just read."""
    body = exchange.last_http_response.encode()
    BYBIT.check(200, {}, body)
    return part(source, name).parse(body, {}, known or {}).rows


def client(*types, coins=("BTC",), url=""):
    exchange = ccxt.bybit({"enableRateLimit": False})
    exchange.has["fetchCurrencies"] = False
    exchange.options["fetchMarkets"] = {"types": list(types), "options": list(coins)}
    exchange.options["defaultType"] = "swap"
    exchange.commonCurrencies = {}
    if url:
        exchange.urls["api"] = {name: re.sub(r"^https?://", f"{url}/", text).replace("{hostname}", "bybit.com") for name, text in exchange.urls["api"].items()}
    return exchange


# --- from recorded replies ----------------------------------------------------------------------------------------
def served(mocked, **bodies):
    """Answer by the end of the address; everything else ccxt may ask for is an empty list."""
    empty = json.dumps({"retCode": 0, "result": {"list": [], "nextPageCursor": ""}, "time": 1}).encode()

    def answer(request):
        key = next((key for key in bodies if key in re.sub(r"\W", "_", request.url)), None)
        late = "cursor=" in request.url or ("PreLaunch" in request.url and key != "PreLaunch")
        return 200, {"content-type": "application/json"}, empty if key is None or late else bodies[key]

    mocked.add_callback(responses.GET, re.compile(r"https://api\.bybit\.com/.*"), callback=answer)


def categorised(body, kind):
    """The reply with its category where the recording has none: ccxt takes from it what is inverse, Pebble from the contract's own type."""
    document = json.loads(body)
    document["result"] = {"category": kind} | document["result"]
    return json.dumps(document).encode()


@pytest.fixture
def replay():
    """Serve recorded replies and give a ccxt that has read the catalogue among them."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:

        def start(kind, catalogue, **files):
            served(
                mocked,
                instruments_info=categorised(recorded.read(f"bybit/{catalogue}"), kind),
                **{key: recorded.read(f"bybit/{name}") for key, name in files.items()},
            )
            exchange = client(kind, coins=("BTC",))
            exchange.load_markets()
            return exchange

        yield start


CATALOGUES = [
    ("linear", "linear", "instruments_info_linear.json"), ("linear", "linear", "instruments_linear.json"),
    ("linear", "linear", "instruments_linear_symbol_type.json"), ("inverse", "inverse", "instruments_inverse.json"),
    ("option", "BTC", "instruments_info_option.json"), ("option", "BTC", "instruments_option.json"),
]  # fmt: skip


def markets_apart(rows, markets):
    """Catalogue fields that differ; `markets` are ccxt's by id."""
    found = []
    for row in rows:
        other = markets[row.symbol]
        created = None if other["created"] in (None, 0) else other["created"]
        pairs = [
            ("base", row.base, other["baseId"]), ("quote", row.quote, other["quoteId"]), ("settle", row.settle, other["settleId"]),
            ("inverse", row.inverse, bool(other["inverse"])), ("option_type", row.option_type, other["optionType"]),
        ]  # fmt: skip
        numbers = [
            ("tick_size", row.tick_size, other["precision"]["price"]), ("lot_size", row.lot_size, other["precision"]["amount"]),
            ("strike", row.strike, other["strike"]), ("contract_size", row.contract_size, other["contractSize"]),
            ("listed_at", row.listed_at and row.listed_at.timestamp() * 1000, created),
            ("expiry", row.expiry and row.expiry.timestamp() * 1000, other["expiry"]),
        ]  # fmt: skip
        found += [(row.symbol, *pair) for pair in pairs if pair[1] != pair[2]]
        found += [(row.symbol, *pair) for pair in numbers if not same(*pair[1:])]
    return found


@recorded.needed
@pytest.mark.parametrize(("kind", "name", "file"), CATALOGUES, ids=[file for _, _, file in CATALOGUES])
def test_recorded_catalogues(replay, kind, name, file):
    exchange = replay(kind, file)
    rows = part("option_instruments" if kind == "option" else "perp_instruments", name).parse(recorded.read(f"bybit/{file}"), {}, {}).rows
    assert rows
    assert markets_apart(rows, {market["id"]: market for market in exchange.markets.values()}) == []


@recorded.needed
def test_recorded_tickers_and_funding_of_inverse_contracts(replay):
    exchange = replay("inverse", "instruments_inverse.json", tickers="tickers_inverse.json")
    (theirs,) = exchange.fetch_tickers(params={"subType": "inverse"}).values()
    (row,) = read(exchange, "perp_tickers", "inverse")
    assert compared("inverse", row, theirs, TICKER) == []
    (theirs,) = exchange.fetch_funding_rates(params={"subType": "inverse"}).values()
    (row,) = read(exchange, "funding", "inverse")
    assert compared("funding", row, theirs, {"rate": "fundingRate"}) == []
    assert row.next_funding_at.timestamp() * 1000 == theirs["fundingTimestamp"]


@recorded.needed
@pytest.mark.parametrize("file", ["orderbook.json", "orderbook_doc.json"])
def test_recorded_books(replay, file):
    exchange = replay("linear", "instruments_info_linear.json", orderbook=file)
    theirs = exchange.fetch_order_book("BTC/USDT:USDT")
    (row,) = read(exchange, "book", "linear")
    for side in ("bids", "asks"):
        assert [[float(price), float(size)] for price, size in getattr(row, side)] == theirs[side]
    assert row.exchange_ts.timestamp() * 1000 == theirs["timestamp"]


@recorded.needed
@pytest.mark.parametrize(("kind", "symbol", "file"), [("inverse", "BTC/USD:BTC", "kline_inverse.json"), ("linear", "BTC/USDT:USDT", "klines_linear.json")])
def test_recorded_candles(replay, kind, symbol, file):
    catalogue = {"inverse": "instruments_inverse.json", "linear": "instruments_info_linear.json"}[kind]
    exchange = replay(kind, catalogue, kline=file)
    theirs = exchange.fetch_ohlcv(symbol, "1h", since=1)
    assert candles_apart(kind, read(exchange, "candles", kind), theirs) == []


def candles_apart(kind, rows, theirs):
    assert [row.opened_at.timestamp() * 1000 for row in rows] == [bar[0] for bar in theirs], "oldest first in both"
    names = {"open": 1, "high": 2, "low": 3, "close": 4, "base_volume": 5}
    return [line for row, bar in zip(rows, theirs, strict=True) for line in compared(kind, row, bar, names)]


@recorded.needed
@pytest.mark.parametrize("file", ["funding_history.json"])
def test_recorded_funding_history(replay, file):
    exchange = replay("linear", "instruments_info_linear.json", funding_history=file)
    theirs = exchange.fetch_funding_rate_history("BTC/USDT:USDT", since=1709800000000)
    rows = read(exchange, "funding_history", "linear")
    assert [(row.settled_at.timestamp() * 1000, float(row.rate)) for row in rows] == [(one["timestamp"], one["fundingRate"]) for one in theirs]


@recorded.needed
def test_recorded_open_interest_is_of_both_sides_to_the_oracle(replay):
    exchange = replay("inverse", "instruments_inverse.json", open_interest="open_interest.json")
    theirs = exchange.fetch_open_interest("BTC/USD:BTC")
    newest = json.loads(exchange.last_http_response)["result"]["list"][0]
    assert theirs["openInterestValue"] == float(newest["openInterest"])
    row = {"symbol": "BTCUSD", "bid1Price": "1", "ask1Price": "1", "openInterest": newest["openInterest"], "singleOpenInterest": newest["singleOpenInterest"]}
    (ours,) = part("perp_tickers", "linear").parse(json.dumps({"result": {"list": [row]}}).encode(), {}, {}).rows
    assert ours.open_interest == 31955346
    assert not same(ours.open_interest, theirs["openInterestValue"])
    assert explained("open_interest", "open_interest", ours, ours.open_interest, theirs["openInterestValue"])


@recorded.needed
def test_recorded_options(replay):
    exchange = replay("option", "instruments_info_option.json", tickers="tickers_option.json")
    (theirs,) = exchange.fetch_all_greeks(params={"baseCoin": "BTC"}).values()
    (row,) = read(exchange, "option_tickers", "BTC")
    assert compared("option", row, theirs, GREEKS) == []
    (theirs,) = exchange.fetch_option_chain("BTC").values()
    assert same(row.open_interest, theirs["openInterest"])
    assert theirs["change"] * 100 == float(row.change_24h_pct)


def test_our_own_odd_rows():
    """The samples' readable rows, tickers of both kinds. A step of "nan" ends ccxt's whole reading with a ValueError."""
    samples = {(case.source, case.part.name): case.body for case in cases() if case.adapter is BYBIT}
    for kind in ("linear", "inverse"):
        document = json.loads(samples["perp_tickers", kind])
        readable = [row.symbol for row in part("perp_tickers", kind).parse(samples["perp_tickers", kind], {}, {}).rows if not row.bad]
        document["result"]["list"] = [row for row in document["result"]["list"] if row["symbol"] in readable]
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
            served(mocked, instruments_info=samples["perp_instruments", kind].replace(b'"nan"', b'"1"'), tickers=json.dumps(document).encode())
            exchange = client(kind)
            theirs = {ticker["info"]["symbol"]: ticker for ticker in exchange.fetch_tickers(params={"subType": kind}).values()}
            rows = read(exchange, "perp_tickers", kind)
        fields = {field: name for field, name in TICKER.items() if field != "mark_price"}  # "-1" is a price to ccxt
        assert [line for row in rows for line in compared(kind, row, theirs[row.symbol], fields)] == []
        assert [row.symbol for row in rows] == readable


# --- from the simulator -------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def simulated():
    """(simulator with a standing clock, ccxt that has read its whole catalogue)"""
    with running(seed=3) as simulator:
        simulator.control(clock={"pace": 0})
        exchange = client("spot", "linear", "inverse", "option", coins=("BTC", "ETH", "SOL", "XRP", "MNT", "DOGE"), url=simulator.url)
        exchange.load_markets()
        yield exchange
        exchange.session.close()


def ours_of(exchange, source):
    """Pebble's rows of a source, asked through ccxt's connection as the adapter asks."""
    found = []
    for one in BYBIT.source(source).parts:
        waiting = [one.request]
        while waiting:
            request = waiting.pop()
            body = exchange.session.get(f"{exchange.urls['api']['public']}{request.target}").content
            found += one.parse(body, {}, {}).rows
            waiting += one.next_pages(body, request) if one.next_pages else ()
    return {row.symbol: row for row in found}


def by_id(exchange, kinds):
    return {market["id"]: market for market in exchange.markets.values() if market["type"] in kinds}


def test_simulated_catalogues(simulated):
    for source, kinds in (("perp_instruments", ("swap", "future")), ("option_instruments", ("option",))):
        rows, markets = ours_of(simulated, source), by_id(simulated, kinds)
        assert rows.keys() == markets.keys()
        assert markets_apart(rows.values(), markets) == []


@pytest.mark.parametrize("kind", ["linear", "inverse"])
def test_simulated_tickers_and_funding(simulated, kind):
    tickers = {ticker["info"]["symbol"]: ticker for ticker in simulated.fetch_tickers(params={"subType": kind, "type": "swap"}).values()}
    rows = read(simulated, "perp_tickers", kind)
    assert tickers.keys() == {row.symbol for row in rows}
    assert [line for row in rows for line in compared(kind, row, tickers[row.symbol], TICKER)] == []
    rates = {rate["info"]["symbol"]: rate for rate in simulated.fetch_funding_rates(params={"subType": kind}).values()}
    rows = read(simulated, "funding", kind)
    for row in rows:
        theirs = rates[row.symbol]
        assert compared("funding", row, theirs, {"rate": "fundingRate"}) == []
        assert row.next_funding_at.timestamp() * 1000 == theirs["fundingTimestamp"]
        assert f"{row.interval_hours}h" == theirs["interval"]
    paying = {row.symbol for row in rows}
    assert all(rate["fundingRate"] is None for symbol, rate in rates.items() if symbol not in paying), "a dated contract pays nothing to either"


@pytest.mark.parametrize(
    ("kind", "symbol"),
    [("spot", "BTC/USDT"), ("linear", "BTC/USDT:USDT"), ("linear", "1000PEPE/USDT:USDT"), ("linear", "BTC/USDC:USDC"), ("inverse", "BTC/USD:BTC")],
)
def test_simulated_books_and_candles(simulated, kind, symbol):
    theirs = simulated.fetch_order_book(symbol, 200)
    (row,) = read(simulated, "book", kind)
    assert row.exchange_ts.timestamp() * 1000 == pytest.approx(theirs["timestamp"], abs=0.5)
    for side in ("bids", "asks"):
        mine = [(float(price), float(size)) for price, size in getattr(row, side)]
        assert [price for price, _ in mine] == [price for price, _ in theirs[side]]
        sizes = [size * price if kind == "inverse" else size for price, size in mine]
        assert sizes == pytest.approx([size for _, size in theirs[side]], rel=TOLERANCE)
    bars = simulated.fetch_ohlcv(symbol, "5m", limit=50)
    assert candles_apart(kind, read(simulated, "candles", kind), bars) == []
    assert len(bars) == 50


def test_simulated_open_interest_is_of_both_sides_to_the_oracle(simulated):
    rows = ours_of(simulated, "perp_tickers")
    theirs = simulated.fetch_open_interest("BTC/USDT:USDT")["openInterestAmount"]
    assert theirs == pytest.approx(2 * float(rows["BTCUSDT"].open_interest), rel=0.05)  # of the last full hour
    theirs = simulated.fetch_open_interest("BTC/USD:BTC")["openInterestValue"]
    assert theirs == pytest.approx(2 * float(rows["BTCUSD"].open_interest * rows["BTCUSD"].mark_price), rel=0.05)


def test_simulated_funding_history(simulated):
    theirs = simulated.fetch_funding_rate_history("BTC/USD:BTC", limit=20)
    rows = read(simulated, "funding_history", "inverse")
    assert [(row.settled_at.timestamp() * 1000, float(row.rate)) for row in rows] == [(one["timestamp"], one["fundingRate"]) for one in theirs]
    assert len(rows) == 20


@pytest.mark.parametrize("coin", ["BTC", "ETH", "SOL"])
def test_simulated_options(simulated, coin):
    theirs = {greeks["info"]["symbol"]: greeks for greeks in simulated.fetch_all_greeks(params={"baseCoin": coin}).values()}
    rows = read(simulated, "option_tickers", coin)
    assert len(rows) > 100
    assert theirs.keys() == {row.symbol for row in rows}
    assert [line for row in rows for line in compared("option", row, theirs[row.symbol], GREEKS)] == []


def test_every_disagreement_says_what_stands_on_the_wire():
    for what, fields, _, wire, verdict in DISAGREEMENTS:
        assert what in ("any", "inverse", "option", "open_interest")
        assert fields
        assert '"' in wire
        assert verdict.startswith(("Pebble:", "ccxt:", "both:"))
