"""The simulated Bybit's derivatives, books, candles and notices: shaped like the recorded replies, and one world with its spot."""

import json
from decimal import Decimal
from urllib.parse import quote

import pytest

from exchanges.adapter import Ask
from exchanges.adapters import ADAPTERS

from .test_shapes import differences, recorded, shape

BYBIT = ADAPTERS["bybit"]
HOST = "/api.bybit.com"
MARKET = f"{HOST}/v5/market/"
# What the manual says beyond what was recorded: fields that came later, and "" where nothing applies.
LATER = {"singleOpenInterest", "singleOpenInterestValue", "skipCallAuction"}
SHAPES = {
    "perp_instruments": ("instruments-info?category=linear&symbol=BTCUSDT", ["instruments_info_linear.json"], set()),
    "prelaunch": ("instruments-info?category=linear&status=PreLaunch", ["instruments_info_linear_prelaunch.json"], {"empty"}),
    "inverse_instruments": ("instruments-info?category=inverse&symbol=BTCUSD", ["instruments_inverse.json", "instruments_info_linear.json"], set()),
    "perp_tickers": ("tickers?category=inverse&symbol=BTCUSD", ["tickers_inverse.json"], set()),
    "linear_tickers": ("tickers?category=linear", ["tickers_inverse.json"], {"empty", "number", "text"}),
    "option_instruments": ("instruments-info?category=option&baseCoin=BTC", ["instruments_info_option.json"], set()),
    "option_tickers": ("tickers?category=option&baseCoin=BTC", ["tickers_option.json"], set()),
    "book": ("orderbook?category=linear&symbol=BTCUSDT&limit=50", ["orderbook.json", "orderbook_doc.json"], set()),
    "candles": ("kline?category=inverse&symbol=BTCUSD&interval=60&limit=5", ["kline_inverse.json"], set()),
    "funding_history": ("funding/history?category=linear&symbol=BTCUSDT", ["funding_history.json", "funding_history_doc.json"], set()),
    "open_interest": ("open-interest?category=inverse&symbol=BTCUSD&intervalTime=1h", ["open_interest.json"], {"empty"}),
}


def parts(*sources):
    return [pytest.param(source, part, id=f"{source}-{part.name}") for source in sources for part in BYBIT.source(source).parts]


def answer(client, request):
    status, headers, body = client.get(f"/{request.host}{request.target}")
    BYBIT.check(status, headers, body)
    return headers, body


def swept(client, source, name=None):
    """All rows of a source by symbol, read as the product reads them, page after page."""
    rows = {}
    for part in BYBIT.source(source).parts:
        waiting = [part.request] if name in (None, part.name) else []
        while waiting:
            request = waiting.pop()
            headers, body = answer(client, request)
            parsed = part.parse(body, headers, {})
            assert (parsed.dropped, parsed.bad_fields) == (0, 0)
            rows |= {row.symbol: row for row in parsed.rows}
            waiting += part.next_pages(body, request) if part.next_pages else ()
    return rows


def asked(client, source, market, **more):
    (part,) = BYBIT.source(source).fitting(market)
    headers, body = answer(client, part.request.filled(Ask(market, **more).words(part)))
    parsed = part.parse(body, headers, {market.symbol: market})
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    return parsed.rows


@pytest.mark.parametrize("source", SHAPES)
def test_replies_look_like_the_recorded_ones(client, source):
    address, names, allowed = SHAPES[source]
    ours, theirs = client.json(MARKET + address), [recorded("bybit", name) for name in names]
    found = [line for line in differences(shape([ours]), shape(theirs), allowed) if not any(f"'{key}'" in line or f".{key}:" in line for key in LATER)]
    # Each contract has its own decimals, and a price may end in a zero where the recorded one does not.
    own = {"linear_tickers": ("decimals", "zeros at the end"), "perp_tickers": ("zeros at the end",)}.get(source, ())
    assert [line for line in found if not any(word in line for word in own)] == []


def test_notices_and_windows_look_like_the_recorded_ones(client):
    ours = client.json(f"{HOST}/v5/announcements/index?locale=en-US&limit=5")
    assert [line for line in differences(shape([ours]), shape([recorded("bybit", "announcements.json")]), set()) if "publishTime" not in line] == []
    ours = client.json(f"{HOST}/v5/system/status")
    assert list(differences(shape([ours]), shape([recorded("bybit", "system_status.json")]), {"empty"})) == []
    assert ours["retMsg"] == ""


@pytest.mark.parametrize(
    ("source", "part"), parts("perp_instruments", "perp_tickers", "funding", "option_instruments", "option_tickers", "announcements", "status")
)
def test_the_adapter_takes_the_answer_it_asks_for(client, source, part):
    headers, body = answer(client, part.request)
    parsed = part.parse(body, headers, {})
    assert (parsed.dropped, parsed.bad_fields) == (0, 0)
    assert len(parsed.rows) >= part.few


def test_every_contract_has_a_ticker_and_every_perpetual_a_funding_rate(client):
    contracts, tickers, funding = (swept(client, source) for source in ("perp_instruments", "perp_tickers", "funding"))
    assert tickers.keys() == contracts.keys()
    assert funding.keys() == {row.symbol for row in contracts.values() if row.kind == "perp" and row.status == "trading"}
    assert {(row.kind, row.inverse) for row in contracts.values()} == {("perp", False), ("perp", True), ("future", False), ("future", True)}
    assert len(contracts) > 300
    for symbol, rate in funding.items():
        assert rate.interval_hours == contracts[symbol].funding_interval_hours
    assert [row.symbol for row in contracts.values() if row.status == "pre_open"] == ["OPAIUSDT"]
    assert {"1000PEPE", "SHIB1000"} <= {row.base for row in contracts.values()}
    assert contracts["TSLAUSDT"].tokenised


def test_units_are_coins_whatever_the_contract_counts(client):
    """Volume in money over volume in coins is about the price, linear or inverse: the test of methodology for units."""
    for symbol, row in swept(client, "perp_tickers").items():
        if row.last is None:
            continue
        assert abs(row.quote_volume_24h / row.base_volume_24h / row.last - 1) < Decimal("0.1"), symbol
        assert abs(row.mark_price / row.index_price - 1) < Decimal("0.1"), symbol
        assert row.bid < row.ask
        assert row.open_interest > 0
    both = client.json(f"{MARKET}tickers?category=inverse&symbol=BTCUSD")["result"]["list"][0]
    assert int(both["openInterest"]) == 2 * int(both["singleOpenInterest"])


def test_spot_and_perpetuals_are_one_world(client):
    spot, perps = swept(client, "tickers"), swept(client, "perp_tickers")
    assert abs(perps["BTCUSDT"].index_price / spot["BTCUSDT"].last - 1) < Decimal("0.005")
    assert abs(perps["1000PEPEUSDT"].index_price / spot["PEPEUSDT"].last - 1000) < 20
    assert abs(perps["BTCUSD"].index_price / perps["BTCUSDT"].index_price - 1) < Decimal("0.001")


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BTCPERP", "1000PEPEUSDT", "BTCUSD", "BTCUSDZ26"])
def test_the_top_of_a_contracts_book_is_its_ticker(client, simulator, symbol):
    simulator.control(clock={"pace": 0})
    contracts = swept(client, "perp_instruments")
    if symbol not in contracts:
        symbol = next(row.symbol for row in contracts.values() if row.kind == "future" and row.inverse)
    (book,), ticker = asked(client, "book", contracts[symbol]), swept(client, "perp_tickers")[symbol]
    assert (book.bids[0], book.asks[0]) == ((ticker.bid, ticker.bid_size), (ticker.ask, ticker.ask_size))
    assert 20 <= len(book.bids) <= 200


def test_the_top_of_a_spot_book_and_of_an_options_is_its_ticker(client, simulator):
    simulator.control(clock={"pace": 0})
    market, ticker = swept(client, "instruments")["BTCUSDT"], swept(client, "tickers")["BTCUSDT"]
    (book,) = asked(client, "book", market)
    assert (book.bids[0], book.asks[0]) == ((ticker.bid, ticker.bid_size), (ticker.ask, ticker.ask_size))
    options, quotes = swept(client, "option_instruments", "BTC"), swept(client, "option_tickers", "BTC")
    assert options.keys() == quotes.keys()
    option = next(row for row in options.values() if quotes[row.symbol].bid)
    (book,), quoted = asked(client, "book", option), quotes[option.symbol]
    assert (book.bids[0], book.asks[0]) == ((quoted.bid, quoted.bid_size), (quoted.ask, quoted.ask_size))
    assert len(book.asks) <= 25


def test_options_say_what_they_are_and_are_worth_what_the_forward_says(client):
    options, quotes = swept(client, "option_instruments"), swept(client, "option_tickers")
    assert {row.base for row in options.values()} == {"BTC", "ETH", "SOL"}
    assert any(row.bid is None for row in quotes.values())
    for row in options.values():
        quoted, sign = quotes[row.symbol], 1 if row.option_type == "call" else -1
        assert row.strike
        assert row.expiry.hour == 8
        assert sign * quoted.delta >= 0
        assert Decimal("0.2") < quoted.mark_iv < 3
        if quoted.bid:
            assert quoted.bid_iv < quoted.mark_iv < quoted.ask_iv


def test_candles_of_spot_linear_and_inverse_end_at_the_tickers_last_price(client, simulator):
    simulator.control(clock={"pace": 0})
    spot, contracts, tickers = swept(client, "instruments"), swept(client, "perp_instruments"), swept(client, "perp_tickers")
    for market, last in [
        (spot["BTCUSDT"], swept(client, "tickers")["BTCUSDT"].last),
        *((contracts[symbol], tickers[symbol].last) for symbol in ("BTCUSDT", "BTCUSD")),
    ]:
        for period_s in (60, 300, 3600):
            rows = asked(client, "candles", market, period_s=period_s)
            assert len(rows) == 1000
            assert [row.opened_at for row in rows] == sorted(row.opened_at for row in rows)
            assert {row.period_s for row in rows} == {period_s}
            assert rows[-1].close == last
            assert all(row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high for row in rows)
            price = rows[-2].quote_volume / rows[-2].base_volume
            assert abs(price / last - 1) < Decimal("0.02")


def test_the_funding_history_ends_where_the_running_interval_began(client):
    contracts, funding = swept(client, "perp_instruments"), swept(client, "funding")
    for symbol in ("BTCUSDT", "BTCUSD", "WIFUSDT"):
        rows = asked(client, "funding_history", contracts[symbol])
        assert 100 < len(rows) <= 200
        assert (funding[symbol].next_funding_at - rows[-1].settled_at).total_seconds() == funding[symbol].interval_hours * 3600
        assert all(row.kind == "settled" for row in rows)
    status, _, body = client.get(f"{MARKET}funding/history?category=linear&symbol=BTCUSDT&startTime=1790000000000")
    assert (status, json.loads(body)["retCode"]) == (200, 10001)


def test_index_members_name_the_venues_own_markets(client):
    contracts = swept(client, "perp_instruments")
    rows = asked(client, "index_members", contracts["1000BTTUSDT"])
    assert {row.exchange for row in rows} > {"Bybit", "GateIO"}
    assert {row.multiplier for row in rows} == {1000}
    assert ("GateIO", "BTT_USDT") in {(row.exchange, row.member) for row in rows}
    assert abs(sum(row.weight for row in rows) - 1) < Decimal("0.000001")
    assert asked(client, "index_members", contracts["BTCUSD"])[0].exchange == "Bitstamp"
    assert asked(client, "index_members", contracts["TSLAUSDT"]) == []


def test_a_list_is_read_page_by_page(client):
    symbols, cursor, pages = [], "", 0
    while cursor or not pages:
        document = client.json(f"{MARKET}instruments-info?category=linear&limit=100" + (f"&cursor={cursor}" if cursor else ""))
        symbols += [row["symbol"] for row in document["result"]["list"]]
        cursor, pages = document["result"]["nextPageCursor"], pages + 1
    whole = [row["symbol"] for row in client.json(f"{MARKET}instruments-info?category=linear")["result"]["list"]]
    assert symbols == whole == sorted(set(whole))
    assert pages == -(-len(whole) // 100)
    first = client.json(f"{MARKET}instruments-info?category=linear&limit=100")["result"]["nextPageCursor"]
    twice = client.json(f"{MARKET}instruments-info?category=linear&limit=100&cursor={quote(first, safe='')}")  # as some clients send it
    assert twice["result"]["list"][0]["symbol"] == whole[100]


@pytest.mark.parametrize(
    "address",
    [
        "tickers?category=option", "tickers?category=linear&symbol=NOPEUSDT", "tickers?category=inverse&symbol=BTCUSDT", "instruments-info?category=nope",
        "instruments-info?category=linear&limit=1001", "orderbook?category=linear&symbol=NOPE", "orderbook?category=option&symbol=BTCUSDT",
        "orderbook?category=spot&symbol=BTCUSDT&limit=1001", "kline?category=linear&symbol=BTCUSDT&interval=7",
        "kline?category=option&symbol=BTCUSDT&interval=5", "funding/history?category=inverse&symbol=BTCUSDT",
        "funding/history?category=spot&symbol=BTCUSDT", "funding/history?category=linear",
        "index-price-components?indexName=NOPE", "index-price-components",
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_as_recorded(client, address):
    status, _, body = client.get(MARKET + address)
    assert (status, json.loads(body)["retCode"]) == (200, recorded("bybit", "error_param_10001.json")["retCode"])
    for query in ("", "?locale=en-US&type=nope"):
        assert json.loads(client.get(f"{HOST}/v5/announcements/index{query}")[2])["retCode"] == 10001


def test_announcements_of_one_type_are_of_that_kind(client):
    for part in BYBIT.announcements.parts:
        headers, body = answer(client, part.request)
        rows = part.parse(body, headers, {}).rows
        assert {row.kind for row in rows} <= {{"listings": "listing", "delistings": "delisting", "maintenance": "maintenance"}[part.name]}
        assert all(row.id.startswith("blt") and row.published_at for row in rows)
        assert [row.published_at for row in rows] == sorted((row.published_at for row in rows), reverse=True)
