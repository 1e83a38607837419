"""ccxt reads Binance's books, contracts, funding, open interest and candles from the same bytes, recorded and simulated.

DISAGREEMENTS holds every difference there is, with the wire text that shows who is right. The simulator's replies are also
held against the recorded ones here, key by key.
"""

import http.client
import json
import re
from datetime import datetime
from decimal import Decimal

import ccxt
import pytest
import responses

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS
from exchanges.client import merged
from exchanges.simulator.server import running

from . import recorded
from .cases import SAMPLES
from .simulator.test_shapes import differences, shape

BINANCE = ADAPTERS["binance"]
TOLERANCE = 1e-12
HOSTS = {"spot": ("api.binance.com", "/api/v3"), "usdm": ("fapi.binance.com", "/fapi/v1"), "coinm": ("dapi.binance.com", "/dapi/v1")}
QUOTES = {"bid": "bid", "bid_size": "bidVolume", "ask": "ask", "ask_size": "askVolume"}
DAYS = {
    "last": "last", "base_volume_24h": "baseVolume", "quote_volume_24h": "quoteVolume", "high_24h": "high", "low_24h": "low", "change_24h_pct": "percentage",
    "exchange_ts": "timestamp",
}  # fmt: skip
MARKS = {"mark_price": "markPrice", "index_price": "indexPrice"}
RATES = {"rate": "fundingRate", "next_funding_at": "fundingTimestamp", "exchange_ts": "timestamp"}
FAMILIES = ("usdm", "coinm")

# (fields, does it explain these: our value, ccxt's, price, dollars a contract (None: USD-M); the wire text; who is right and why)
DISAGREEMENTS = [
    (
        ("bid_size", "ask_size"),
        lambda ours, theirs, price, money: bool(money) and close(ours * price, theirs * money, 1e-9),
        '"symbol":"BTCUSD_PERP","bidPrice":"19089.5","bidQty":"4193" (exchangeInfo: "contractSize":100)',
        "Pebble: 4193 contracts of 100 dollars are 21.96 BTC; ccxt passes contracts on as they come",
    ),
    (
        ("quote_volume_24h",),
        lambda ours, theirs, price, money: bool(money) and close(ours, theirs, 1e-4),
        '"volume":"40717029","baseVolume":"127793.43436348","weightedAvgPrice":"31861.59696138"',
        "Pebble: 40717029 contracts of 100 dollars are 4071702900; ccxt multiplies coins by a mean price that was rounded",
    ),
    (
        ("change_24h_pct",),
        lambda ours, theirs, price, money: abs(ours) < 0.001,
        '"priceChangePercent":"0.000"',
        "both: ccxt takes a zero for missing and computes it anew from rounded prices",
    ),
    (
        ("open_interest",),
        lambda ours, theirs, price, money: bool(money) and close(ours * price, theirs * money, 1e-6),
        '"symbol":"BTCUSD_PERP","openInterest":"6784657"; openInterestHist: "sumOpenInterest" (contracts), "sumOpenInterestValue" (coins)',
        "Pebble: coins, from the list that has them; ccxt calls the number of contracts the amount",
    ),
]


def close(one, other, tolerance=TOLERANCE):
    return abs(one - other) <= tolerance * max(abs(one), abs(other))


def explained(field, ours, theirs, price, money):
    return None not in (ours, theirs) and any(field in fields and applies(float(ours), theirs, price, money) for fields, applies, _, _ in DISAGREEMENTS)


def same(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return close(float(mine), theirs)


def plain(value):
    return value.timestamp() * 1000 if isinstance(value, datetime) else value


def client(url=None):
    """ccxt of all three markets, silenced; pointed elsewhere where `url` says."""

    def moved(node):
        if isinstance(node, dict):
            return {key: moved(value) for key, value in node.items()}
        return re.sub(r"^https?://([^/]+)", rf"{url}/\1", node)

    exchange = ccxt.binance({"enableRateLimit": False, "options": {"defaultType": "spot", "fetchCurrencies": False, "fetchMargins": False}})
    exchange.has["fetchCurrencies"] = False
    exchange.commonCurrencies = {}
    if url:
        exchange.urls["api"] = moved(exchange.urls["api"])
    return exchange


def part(source, name):
    return next(each for each in BINANCE.source(source).parts if each.name == name)


def parse(source, name, body, known=None):
    body = body.encode() if isinstance(body, str) else body
    BINANCE.check(200, {}, body)
    parsed = part(source, name).parse(body, {}, known or {})
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return parsed.rows


def apart(rows, theirs, names, known):
    """Every (symbol, field, our value, ccxt's) that differs without an explanation. `theirs` by native id."""
    return [
        (row.symbol, field, mine, other)
        for row in rows
        if row.symbol in known
        for field, name in names.items()
        for mine, other in ((plain(getattr(row, field)), theirs[row.symbol][name]),)
        if not same(mine, other) and not explained(field, mine, other, price_of(row), money_of(known[row.symbol], row, field))
    ]


def price_of(row):
    return float(getattr(row, "bid", None) or getattr(row, "last", None) or getattr(row, "mark_price", None) or 1)


def money_of(market, row, field):
    """Dollars a contract, moved to the price the field stands at: an ask's size is worth its dollars at the ask."""
    if not market.inverse:
        return None
    moved = float(row.ask) / float(row.bid) if field == "ask_size" and row.ask and row.bid else 1.0
    return float(market.contract_size) / moved


def by_id(exchange, rows):
    rows = rows.values() if isinstance(rows, dict) else rows
    return {row["info"]["symbol"]: row for row in rows}


class Reader:
    """ccxt with its markets loaded, and our instruments of the same replies."""

    def __init__(self, exchange, spot, usdm, coinm, now=None):
        self.exchange, self.now = exchange, now  # ms; None: the replies are what they are, whatever is asked
        self.known = {row.symbol: row for name, body in (("usdm", usdm), ("coinm", coinm)) for row in part("perp_instruments", name).parse(body, {}, {}).rows}
        self.spot = {row.symbol: row for row in part("instruments", "all").parse(spot, {}, {}).rows}
        exchange.load_markets()

    def since(self, seconds):
        """Four hundred periods back."""
        return 1 if self.now is None else self.now - 400_000 * seconds

    def only(self, native, family="usdm"):
        """What the parse of a reply about one market is given."""
        return {native: (self.spot if family == "spot" else self.known)[native]}

    def symbol(self, native, family="usdm"):
        kinds = {"usdm": "linear", "coinm": "inverse", "spot": "spot"}
        return next(m["symbol"] for m in self.exchange.markets.values() if m["id"] == native and m[kinds[family]])

    def quotes(self, family):
        theirs = self.exchange.fetch_bids_asks(params=swap(family))
        rows = parse("perp_tickers", f"{family}_quotes", self.exchange.last_http_response, self.known)
        return rows, apart(rows, by_id(self.exchange, theirs), QUOTES | {"exchange_ts": "timestamp"}, self.known)

    def days(self, family):
        theirs = self.exchange.fetch_tickers(params=swap(family))
        rows = parse("perp_tickers", f"{family}_days", self.exchange.last_http_response, self.known)
        return rows, apart(rows, by_id(self.exchange, theirs), DAYS, self.known)

    def rates(self, family):
        theirs = by_id(self.exchange, self.exchange.fetch_funding_rates(params=swap(family)))
        body = self.exchange.last_http_response
        rows, marks = parse("funding", f"{family}_rates", body, self.known), parse("perp_tickers", f"{family}_marks", body, self.known)
        return rows, apart(rows, theirs, RATES, self.known) + apart(marks, theirs, MARKS, self.known)

    def intervals(self, family):
        theirs = by_id(self.exchange, self.exchange.fetch_funding_intervals(params=swap(family)))
        rows = parse("funding", f"{family}_intervals", self.exchange.last_http_response, self.known)
        hours = {symbol: row["interval"] for symbol, row in theirs.items()}
        return rows, [row for row in rows if row.symbol in hours and hours[row.symbol] != f"{row.interval_hours}h"]

    def history(self, native, family):
        theirs = self.exchange.fetch_funding_rate_history(self.symbol(native, family), since=self.since(8 * 3600), limit=1000)
        rows = parse("funding_history", family, self.exchange.last_http_response, self.only(native, family))
        assert len(rows) == len(theirs)
        pairs = zip(rows, theirs, strict=True)
        return rows, [(row, their) for row, their in pairs if not same(row.rate, their["fundingRate"]) or plain(row.settled_at) != their["timestamp"]]

    def book(self, native, family, limit=100):
        theirs = self.exchange.fetch_order_book(self.symbol(native, family), limit)
        known = self.only(native, family)
        (row,) = parse("book", family, self.exchange.last_http_response, known)
        pairs = [(mine, level, side) for side in ("bids", "asks") for mine, level in zip(getattr(row, side), theirs[side], strict=True)]
        wire = json.loads(self.exchange.last_http_response)
        # ccxt dates a book by its last change ("T"); ours says when it was true, which is when it was written ("E").
        assert (plain(row.exchange_ts), theirs["timestamp"]) == (wire.get("E"), wire.get("T"))
        return row, [
            (mine, level) for mine, level, side in pairs
            if not same(mine[0], level[0])
            or not (same(mine[1], level[1]) or explained("bid_size", mine[1], level[1], float(mine[0]), money_of(known[native], row, "bid_size")))
        ]  # fmt: skip

    def candles(self, native, family, timeframe):
        theirs = self.exchange.fetch_ohlcv(self.symbol(native, family), timeframe, since=self.since(self.exchange.parse_timeframe(timeframe)))
        rows = parse("candles", family, self.exchange.last_http_response, self.only(native, family))
        mine = [[plain(row.opened_at), row.open, row.high, row.low, row.close, row.base_volume] for row in rows]
        assert {row.period_s for row in rows} == {self.exchange.parse_timeframe(timeframe)}
        return rows, [(ours, other) for ours, other in zip(mine, theirs, strict=True) if not all(map(same, ours, other))]


def swap(family):
    return {"type": "swap", "subType": "linear" if family == "usdm" else "inverse"}


# --- recorded ---------------------------------------------------------------------------------------------------------
def coinm_catalogue():
    """No catalogue of COIN-M was recorded: the project's own, less its odd rows; BTCUSD_PERP and ETHUSD_PERP are those of the recordings."""
    document = json.loads((SAMPLES / "binance" / "perp_instruments.coinm.json").read_bytes())
    document["symbols"] = [row for row in document["symbols"] if isinstance(row["contractSize"], int)]
    return json.dumps(document).encode()


CATALOGUES = {
    "spot": lambda: recorded.read("binance/spot_exchangeInfo.json"),
    "usdm": lambda: recorded.read("binance/fapi_exchangeInfo.json"),
    "coinm": coinm_catalogue,
}


@pytest.fixture
def recordings():
    """Recorded replies in place of the exchange: `serve(family, path, name)` adds one."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:

        def serve(family, path, body):
            host, prefix = HOSTS[family]
            mocked.add(responses.GET, re.compile(re.escape(f"https://{host}{prefix}/{path}") + r"(\?.*)?$"), body=body, content_type="application/json")

        bodies = {family: read() for family, read in CATALOGUES.items()}
        for family, body in bodies.items():
            serve(family, "exchangeInfo", body)
        reader = Reader(client(), **bodies)
        yield reader, serve
        reader.exchange.session.close()


@recorded.needed
@pytest.mark.parametrize("family", FAMILIES)
def test_recorded_quotes(recordings, family):
    reader, serve = recordings
    serve(family, "ticker/bookTicker", recorded.read(f"binance/{'fapi' if family == 'usdm' else 'dapi'}_bookTicker_all.json"))
    rows, different = reader.quotes(family)
    assert different == []
    assert sum(row.symbol in reader.known for row in rows) >= {"usdm": 20, "coinm": 2}[family]


@recorded.needed
@pytest.mark.parametrize("family", FAMILIES)
def test_recorded_days(recordings, family):
    reader, serve = recordings
    serve(family, "ticker/24hr", recorded.read(f"binance/{'fapi' if family == 'usdm' else 'dapi'}_ticker_24hr_all.json"))
    rows, different = reader.days(family)
    assert different == []
    assert sum(row.symbol in reader.known for row in rows) >= 2


@recorded.needed
def test_recorded_rates_and_intervals(recordings):
    reader, serve = recordings
    # EOS and the rest of that recording are gone from the recorded catalogue; the reply about bitcoin is in it.
    serve("usdm", "premiumIndex", b"[" + recorded.read("binance/fapi_premiumIndex_BTCUSDT.json") + b"]")
    serve("usdm", "fundingInfo", recorded.read("binance/fapi_fundingInfo.json"))
    rows, different = reader.rates("usdm")
    assert different == []
    assert [row.symbol for row in rows] == ["BTCUSDT"]
    rows, different = reader.intervals("usdm")
    assert different == []
    assert rows


@recorded.needed
def test_recorded_history_and_open_interest(recordings):
    reader, serve = recordings
    serve("usdm", "fundingRate", recorded.read("binance/fapi_fundingRate_BTCUSDT.json"))
    rows, different = reader.history("BTCUSDT", "usdm")
    assert different == []
    assert len(rows) == 100
    serve("usdm", "openInterest", recorded.read("binance/fapi_openInterest_BTCUSDT.json"))
    theirs = reader.exchange.fetch_open_interest(reader.symbol("BTCUSDT"))
    (mine,) = parse("open_interest", "usdm", reader.exchange.last_http_response)
    assert (float(mine.open_interest), plain(mine.exchange_ts)) == (theirs["openInterestAmount"], theirs["timestamp"])


@recorded.needed
def test_recorded_coinm_open_interest_has_no_price_beside_it(recordings):
    reader, serve = recordings
    serve("coinm", "openInterest", recorded.read("binance/dapi_openInterest.json"))
    theirs = reader.exchange.fetch_open_interest(reader.symbol("BTCUSD_PERP", "coinm"))
    assert (theirs["openInterestAmount"], theirs["openInterestValue"]) == (6784657, None), "contracts, which only a price turns into coins"


@recorded.needed
def test_recorded_books_and_candles(recordings):
    reader, serve = recordings
    serve("usdm", "depth", recorded.read("binance/fapi_depth_BTCUSDT_100.json"))
    row, different = reader.book("BTCUSDT", "usdm")
    assert different == []
    assert len(row.bids) == 100
    serve("spot", "depth", recorded.read("binance/spot_depth_NKNUSDT_1000.json"))
    row, different = reader.book("BTCUSDT", "spot", 1000)  # whichever market the bytes are of
    assert different == []
    assert (len(row.bids), len(row.asks)) == (609, 1000)


@recorded.needed
@pytest.mark.parametrize(("name", "timeframe", "count"), [("spot_klines_5m", "5m", 24), ("spot_klines_1h_2023", "1h", 48)])
def test_recorded_candles(recordings, name, timeframe, count):
    reader, serve = recordings
    serve("spot", "klines", recorded.read(f"binance/{name}.json"))
    rows, different = reader.candles("BTCUSDT", "spot", timeframe)
    assert different == []
    assert len(rows) == count


# --- the simulator ------------------------------------------------------------------------------------------------------
class Wire:
    """One connection to the simulator."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def get(self, address):
        self._connection.request("GET", address)
        answer = self._connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()

    def close(self):
        self._connection.close()

    def body(self, address):
        status, _, body = self.get(address)
        assert status == 200, body[:200]
        return body


@pytest.fixture(scope="module")
def simulator():
    with running(seed=1) as found:
        yield found


@pytest.fixture(scope="module")
def wire(simulator):
    found = Wire(simulator.port)
    yield found
    found.close()


@pytest.fixture(scope="module")
def world(simulator, wire):
    bodies = [wire.body(f"/{host}{prefix}/exchangeInfo") for host, prefix in HOSTS.values()]
    served = json.loads(wire.body("/fapi.binance.com/fapi/v1/premiumIndex?symbol=BTCUSDT"))["time"]
    reader = Reader(client(simulator.url), *bodies, now=served)
    yield reader
    reader.exchange.session.close()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("what", ["quotes", "days", "rates", "intervals"])
def test_whole_lists_of_the_simulator(world, what, family):
    rows, different = getattr(world, what)(family)
    assert different == []
    assert len(rows) >= {"usdm": 300, "coinm": 10}[family]


SYMBOLS = {"usdm": ("BTCUSDT", "1000PEPEUSDT", "WIFUSDT"), "coinm": ("BTCUSD_PERP", "ETHUSD_PERP")}
SINGLE = [(family, native) for family, natives in SYMBOLS.items() for native in natives]


@pytest.mark.parametrize(("family", "native"), [*SINGLE, ("spot", "BTCUSDT"), ("spot", "ETHBTC")])
def test_books_of_the_simulator(world, family, native):
    row, different = world.book(native, family)
    assert different == []
    assert 0 < row.bids[0][0] < row.asks[0][0]
    assert len(row.bids) >= 20


@pytest.mark.parametrize(("family", "native"), [*SINGLE, ("spot", "BTCUSDT")])
def test_candles_of_the_simulator(world, family, native):
    for timeframe in ("1m", "1h", "1d"):
        rows, different = world.candles(native, family, timeframe)
        assert different == []
        assert rows


@pytest.mark.parametrize(("family", "native"), SINGLE)
def test_funding_history_of_the_simulator(world, family, native):
    rows, different = world.history(native, family)
    assert different == []
    assert len(rows) > 100


@pytest.mark.parametrize("native", SYMBOLS["usdm"])
def test_usdm_open_interest_of_the_simulator(world, native):
    theirs = world.exchange.fetch_open_interest(world.symbol(native))
    (mine,) = parse("open_interest", "usdm", world.exchange.last_http_response, world.only(native))
    assert same(mine.open_interest, theirs["openInterestAmount"])
    assert plain(mine.exchange_ts) == theirs["timestamp"]


def test_coinm_open_interest_of_the_simulator_in_coins(world, wire):
    market = world.known["BTCUSD_PERP"]
    theirs = world.exchange.fetch_open_interest(world.symbol("BTCUSD_PERP", "coinm"))
    mark = world.exchange.fetch_mark_price(world.symbol("BTCUSD_PERP", "coinm"))["markPrice"]
    only_part = part("open_interest", "coinm")
    request = only_part.request.filled(Ask(market).words(only_part))
    (mine,) = parse("open_interest", "coinm", wire.body(f"/{request.host}{request.target}"), {market.symbol: market})
    # The three replies may be a second apart, hence the tolerance: the contracts are the same, the price moves.
    assert close(float(mine.open_interest) * mark, theirs["openInterestAmount"] * 100, 1e-3)
    assert explained("open_interest", mine.open_interest, float(mine.open_interest) * mark / 100, mark, 100.0)


def test_every_disagreement_says_what_stands_on_the_wire():
    for fields, _, text, verdict in DISAGREEMENTS:
        assert fields
        assert '"' in text
        assert verdict.startswith(("Pebble:", "ccxt:", "both:"))


# --- what the simulator sends, against what was recorded --------------------------------------------------------------------
RECORDED = {
    "/fapi.binance.com/fapi/v1/exchangeInfo": ["fapi_exchangeInfo.json", "fapi_exchangeInfo_dated.json"],
    "/fapi.binance.com/fapi/v1/ticker/bookTicker": ["fapi_bookTicker_all.json"],
    "/fapi.binance.com/fapi/v1/ticker/24hr": ["fapi_ticker_24hr_all.json"],
    "/fapi.binance.com/fapi/v1/premiumIndex?symbol=BTCUSDT": ["fapi_premiumIndex_BTCUSDT.json"],
    "/fapi.binance.com/fapi/v1/fundingInfo": ["fapi_fundingInfo.json"],
    "/fapi.binance.com/fapi/v1/fundingRate?symbol=BTCUSDT": ["fapi_fundingRate_BTCUSDT.json"],
    "/fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT": ["fapi_openInterest_BTCUSDT.json"],
    "/fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=100": ["fapi_depth_BTCUSDT_100.json"],
    "/dapi.binance.com/dapi/v1/ticker/bookTicker": ["dapi_bookTicker_all.json"],
    "/dapi.binance.com/dapi/v1/ticker/24hr": ["dapi_ticker_24hr_all.json"],
    "/dapi.binance.com/dapi/v1/premiumIndex": ["dapi_premiumIndex_all.json"],
    "/dapi.binance.com/dapi/v1/openInterest?symbol=BTCUSD_PERP": ["dapi_openInterest.json"],
    "/api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000": ["spot_depth_NKNUSDT_1000.json"],
    "/api.binance.com/api/v3/klines?symbol=BTCUSDT&interval=5m": ["spot_klines_5m.json"],
    "/eapi.binance.com/eapi/v1/exchangeInfo": ["eapi_exchangeInfo.json"],
    "/eapi.binance.com/eapi/v1/ticker": ["eapi_ticker.json"],
    "/eapi.binance.com/eapi/v1/mark": ["eapi_mark.json"],
    "/eapi.binance.com/eapi/v1/index?underlying=BTCUSDT": ["eapi_index.json"],
    "/eapi.binance.com/eapi/v1/depth?symbol={option}": ["eapi_depth.json"],
    "/eapi.binance.com/eapi/v1/openInterest?underlyingAsset=BTC&expiration={day}": ["eapi_openInterest.json"],
}


@recorded.needed
@pytest.mark.parametrize("address", RECORDED)
def test_replies_look_like_the_recorded_ones(wire, address):
    if "{" in address:
        symbol = json.loads(wire.body("/eapi.binance.com/eapi/v1/ticker"))[0]["symbol"]
        address, names = address.format(option=symbol, day=symbol.split("-")[1]), RECORDED[address]
    else:
        names = RECORDED[address]
    ours, theirs = json.loads(wire.body(address)), [json.loads(recorded.read(f"binance/{name}")) for name in names]
    assert ours
    theirs = [row for document in theirs for row in document] if isinstance(ours, list) else theirs
    found = differences(shape(ours if isinstance(ours, list) else [ours]), shape(theirs), set())
    by_chance = len(theirs) < 10  # whether a number ends on a zero
    assert [each for each in found if not (by_chance and each.endswith("zeros at the end"))] == []


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/fapi.binance.com/fapi/v1/openInterest?symbol=NOPE", 400, -1121),
        ("/fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSD_PERP", 400, -1121),
        ("/dapi.binance.com/dapi/v1/depth?symbol=BTCUSDT", 400, -1121),
        ("/fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=25", 400, -4021),
        ("/fapi.binance.com/fapi/v1/klines?symbol=BTCUSDT&interval=9m", 400, -1120),
        ("/api.binance.com/api/v3/klines?symbol=BTCUSDT", 400, -1102),
        ("/api.binance.com/api/v3/depth?symbol=NOPE", 400, -1121),
        ("/api.binance.com/api/v3/depth", 400, -1102),
        ("/eapi.binance.com/eapi/v1/openInterest?underlyingAsset=BTC", 400, -1102),
        ("/eapi.binance.com/eapi/v1/depth?symbol=NOPE", 400, -1121),
        ("/dapi.binance.com/futures/data/openInterestHist?pair=BTCUSD&contractType=ALL&period=5m", 400, -1130),
    ],
)
def test_refusals_of_the_simulator(wire, address, status, code):
    found, _, body = wire.get(address)
    assert (found, json.loads(body)["code"]) == (status, code)


def test_every_request_of_the_adapter_is_answered_and_read_without_a_loss(wire):
    known = {}
    for source in ("instruments", "perp_instruments", "option_instruments", "status", "perp_tickers", "funding", "option_tickers"):
        rows = swept(wire, source, known)
        assert rows
        known |= {(source, row.symbol): row for row in rows} if source.endswith("instruments") else {}
    markets = [known["instruments", "BTCUSDT"], *(known["perp_instruments", symbol] for symbol in ("BTCUSDT", "BTCUSD_PERP"))]
    markets += [next(row for (source, _), row in known.items() if source == "perp_instruments" and row.kind == "future")]
    markets += [next(row for (source, _), row in known.items() if source == "option_instruments")]
    for source in ("book", "candles", "open_interest", "funding_history", "index_members"):
        for market in markets:
            for each in BINANCE.source(source).fitting(market):
                request = each.request.filled(Ask(market, period_s=300).words(each))
                assert parse(source, each.name, wire.body(f"/{request.host}{request.target}"), {market.symbol: market})


def swept(wire, source, known):
    """The rows of a whole source, page by page."""
    given = {symbol: row for (name, symbol), row in known.items() if name in BINANCE.source(source).known}
    found = []
    for each in BINANCE.source(source).parts:
        waiting, rows = [each.request], 0
        while waiting:
            request = waiting.pop(0)
            body = wire.body(f"/{request.host}{request.target}")
            parsed = each.parse(body, {}, given)
            assert (parsed.dropped, parsed.bad_fields) == (0, 0)
            found.append(parsed)
            rows += len(parsed.rows)
            waiting += each.next_pages(body, request) if each.next_pages else ()
        assert rows >= each.few
    return merged(found)


def test_the_simulated_families_are_one_world(world, wire):
    """Spot, perpetual and COIN-M cost nearly the same; the top of a book is what the list of best prices says."""
    spot = json.loads(wire.body("/api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=5"))
    usdm = {row.symbol: row for row in world.quotes("usdm")[0]}["BTCUSDT"]
    coinm = {row.symbol: row for row in world.quotes("coinm")[0]}["BTCUSD_PERP"]
    assert close(float(spot["bids"][0][0]), float(usdm.bid), 0.01)
    assert close(float(usdm.bid), float(coinm.bid), 0.01)
    rates = {row.symbol: row for row in world.rates("usdm")[0]}
    assert all(abs(row.rate) < Decimal("0.01") for row in rates.values())
    assert not any("_" in symbol for symbol in rates), "dated contracts pay no funding"
