"""ccxt reads the same bytes: it is unrelated code, so where the two agree neither guessed. Where they differ, the wire decides.

ccxt returns floats, hence the tolerance. DISAGREEMENTS holds every difference, with the wire text that shows who is right.
"""

import json
import re

import ccxt
import pytest
import responses

from exchanges.adapters import ADAPTERS
from exchanges.rows import Instrument, Ticker

from . import recorded
from .cases import cases

TOLERANCE = 1e-12
CLASSES = {"binance": "binance", "kucoin": "kucoin", "bybit": "bybit", "gateio": "gate", "bitget": "bitget"}
FIELDS = {
    "bid": "bid",
    "bid_size": "bidVolume",
    "ask": "ask",
    "ask_size": "askVolume",
    "last": "last",
    "base_volume_24h": "baseVolume",
    "quote_volume_24h": "quoteVolume",
    "high_24h": "high",
    "low_24h": "low",
}
EMPTY = {  # what ccxt asks for besides, and may do without
    "gateio": [(r"https://api\.gateio\.ws/api/v4/margin/currency_pairs.*", "[]")],
    "bitget": [(r"https://api\.bitget\.com/api/v2/margin/currencies.*", '{"code":"00000","data":[]}')],
}
ADDRESSES = {
    "binance": (r"https://api\.binance\.com/api/v3/exchangeInfo.*", r"https://api\.binance\.com/api/v3/ticker/24hr.*"),
    "kucoin": (r"https://api\.kucoin\.com/api/v[12]/symbols.*", r"https://api\.kucoin\.com/api/v1/market/allTickers.*"),
    "bybit": (r"https://api\.bybit\.com/v5/market/instruments-info.*", r"https://api\.bybit\.com/v5/market/tickers.*"),
    "gateio": (r"https://api\.gateio\.ws/api/v4/spot/currency_pairs.*", r"https://api\.gateio\.ws/api/v4/spot/tickers.*"),
    "bitget": (r"https://api\.bitget\.com/api/v2/spot/public/symbols.*", r"https://api\.bitget\.com/api/v2/spot/market/tickers.*"),
}

# (exchange, field, does it explain these: id, our value, ccxt's; the wire text; who is right and why)
DISAGREEMENTS = [
    (
        "any",
        "base",
        lambda symbol, ours, theirs: ours.upper() == theirs,
        '"baseCoin":"rNVDA", "baseCurrency":"kALT", "USDe"',
        "Pebble: the exchange writes the case and means it; ccxt upper-cases, so rNVDA, a share, could meet a coin",
    ),
    (
        "any",
        "size",
        lambda symbol, ours, theirs: ours == 0 and theirs is None,
        '"bidQty":"0.00000000"',
        "both: ccxt calls a zero size absent; a size of zero is kept here, the price beside it is absent in both",
    ),
    (
        "gateio",
        "volume",
        lambda symbol, ours, theirs: ours is None and theirs == 0,
        '"base_volume":"nan"',
        "Pebble: a text that is no number is unknown, not zero",
    ),
    (
        "bitget",
        "bid",
        lambda symbol, ours, theirs: ours is None and theirs == -1,
        '"bidPr":"-1"',
        "Pebble: this wire writes -1 for none; ccxt offers to sell at minus one",
    ),
    (
        "kucoin",
        "base",
        lambda symbol, ours, theirs: symbol.partition("-")[0] == theirs,
        '"symbol":"BCHSV-USDT","name":"BSV-USDT","baseCurrency":"BSV"; "GALAX-USDT" -> "GALA"; "BNRENSHENG-USDT" -> "币安人生"',
        "Pebble: the id outlives a rename, the name field says what it is now; ccxt takes the id's left part",
    ),
]


def explained(slug, field, symbol, ours, theirs):
    kind = "size" if field.endswith("_size") else "volume" if "volume" in field else field
    return any(exchange in ("any", slug) and name in (kind, field) and applies(symbol, ours, theirs) for exchange, name, applies, _, _ in DISAGREEMENTS)


def client(slug):
    exchange = getattr(ccxt, CLASSES[slug])({"enableRateLimit": False})
    exchange.has["fetchCurrencies"] = False
    exchange.options |= {"defaultType": "spot", "fetchCurrencies": False, "fetchMargins": False, "uta": False}
    exchange.options["fetchMarkets"] = {**_dict(exchange.options.get("fetchMarkets")), "types": ["spot"], "fetchTickersFees": False}
    exchange.commonCurrencies = {}  # its static renames are out of date; XBT is a matter of perpetuals
    return exchange


def _dict(value):
    return value if isinstance(value, dict) else {}


def serve(mocked, slug, instruments, tickers):
    markets_at, tickers_at = ADDRESSES[slug]
    for address, body in [(markets_at, instruments), (tickers_at, tickers), *EMPTY.get(slug, [])]:
        if body is not None:
            mocked.add(responses.GET, re.compile(address), body=body, content_type="application/json")


def ours(slug, source, body) -> dict[str, Instrument | Ticker]:
    parsed = ADAPTERS[slug].source(source).parts[0].parse(body, {"x-out-time": "1790000000000000"}, {})
    return {row.symbol: row for row in parsed.rows}


def same(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return abs(float(mine) - theirs) <= TOLERANCE * max(abs(float(mine)), abs(theirs))


def unexplained_markets(slug, body):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        serve(mocked, slug, body, None)
        theirs = {market["id"]: market for market in client(slug).fetch_markets()}
    rows = ours(slug, "instruments", body)
    assert rows.keys() <= theirs.keys()
    return [
        (symbol, field, mine, other)
        for symbol, row in rows.items()
        for field, mine, other in (("base", row.base, theirs[symbol]["base"]), ("quote", row.quote, theirs[symbol]["quote"]))
        if mine != other and not explained(slug, field, symbol, mine, other)
    ], rows


def unexplained_tickers(slug, catalogue, body):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        serve(mocked, slug, catalogue, body)
        exchange = client(slug)
        exchange.load_markets()
        exchange_rows = exchange.fetch_tickers(params={"type": "spot"}).values()
        theirs = {row["info"].get("currency_pair") or row["info"]["symbol"]: row for row in exchange_rows}
    rows = ours(slug, "tickers", body)
    return [
        (symbol, field, mine, other)
        for symbol, row in rows.items()
        for field, name in FIELDS.items()
        for mine, other in ((getattr(row, field), theirs[symbol][name]),)
        if not same(mine, other) and not explained(slug, field, symbol, mine, other)
    ], rows


@recorded.needed
@pytest.mark.parametrize(("slug", "name"), [pytest.param(slug, name, id=name) for slug, names in recorded.INSTRUMENTS.items() for name in names])
def test_recorded_catalogues(slug, name):
    different, rows = unexplained_markets(slug, recorded.read(name))
    assert different == []
    assert rows


@recorded.needed
@pytest.mark.parametrize(("slug", "name"), [pytest.param(slug, name, id=name) for slug, names in recorded.TICKERS.items() for name in names])
def test_recorded_tickers(slug, name):
    body = recorded.ticker_reply(name)
    different, rows = unexplained_tickers(slug, catalogue_for(slug, ours(slug, "tickers", body)), body)
    assert different == []
    assert rows


def catalogue_for(slug, tickers):
    """A recorded catalogue's reply, its rows cut to the markets of one ticker reply where it has them."""
    for name in recorded.INSTRUMENTS[slug]:
        body = recorded.read(name)
        if tickers.keys() & ours(slug, "instruments", body).keys():
            return body
    return recorded.read(recorded.INSTRUMENTS[slug][0])


@pytest.mark.parametrize("slug", CLASSES)
def test_our_own_odd_rows(slug):
    replies = {case.source: case.body for case in cases() if case.adapter.slug == slug}
    catalogue = replies["instruments"].replace(b'"two"', b'"2"')  # which ends ccxt's whole reading with a ValueError
    different, _ = unexplained_markets(slug, catalogue)
    assert different == []
    document = json.loads(replies["tickers"])
    readable = [symbol for symbol, row in ours(slug, "tickers", replies["tickers"]).items() if not row.bad]
    kept = _only(document, readable)
    different, rows = unexplained_tickers(slug, catalogue, json.dumps(kept).encode())
    assert different == []
    assert len(rows) == len(readable)


def _only(document, symbols):
    """The reply without the rows that are no numbers: ccxt has no meaning for "NaN", it takes it as it comes."""
    if isinstance(document, list):
        return [_only(row, symbols) for row in document if not isinstance(row, dict) or (row.get("symbol") or row.get("currency_pair")) in symbols]
    return {key: _only(value, symbols) if isinstance(value, (list, dict)) else value for key, value in document.items()}


def test_every_disagreement_says_what_stands_on_the_wire():
    for exchange, field, _, wire, verdict in DISAGREEMENTS:
        assert exchange in ("any", *CLASSES)
        assert field
        assert '"' in wire
        assert verdict.startswith(("Pebble:", "ccxt:", "both:"))
