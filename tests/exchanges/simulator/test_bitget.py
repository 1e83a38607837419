"""The simulated Bitget beyond spot: its replies look like the recorded ones, our client reads all of them, and keys are checked."""

import json
from dataclasses import replace

import pytest

from exchanges.adapter import Ask, Credentials, Request
from exchanges.adapters import ADAPTERS
from exchanges.client import ExchangeClient
from exchanges.rows import Instrument
from exchanges.simulator import copying
from exchanges.state import MemoryLimits
from exchanges.transport import Transport

from .test_shapes import differences, recorded, shape

BITGET = ADAPTERS["bitget"]
AT = "/api.bitget.com/api"
LINEAR, COIN = "category=USDT-FUTURES", "category=COIN-FUTURES"
# Address, recorded replies of the same shape, and what else the wire is known to do ("" on dated contracts, numbers where the recorded row has "").
SHAPES = [
    (f"/v3/market/instruments?{LINEAR}", ["v3_instruments_usdt_futures_2026.json"], {"empty"}),
    (f"/v3/market/instruments?{COIN}", ["v3_instruments_usdt_futures_2026.json"], {"empty", "number", "text"}),
    ("/v3/market/instruments?category=SPOT", ["v3_instruments_spot_rows.json"], set()),
    (f"/v3/market/tickers?{LINEAR}", ["v3_tickers_usdt_futures.json"], set()),
    (f"/v3/market/tickers?{COIN}", ["v3_tickers_usdt_futures.json"], {"empty", "number", "text"}),
    (f"/v3/market/current-fund-rate?{LINEAR}", ["v3_current_fund_rate.json"], {"null"}),
    (f"/v3/market/current-fund-rate?{COIN}", ["v3_current_fund_rate.json"], {"null", "empty"}),
    (f"/v3/market/history-fund-rate?{LINEAR}&symbol=BTCUSDT&limit=100", ["v3_history_fund_rate.json"], set()),
    (f"/v3/market/open-interest?{LINEAR}&symbol=BTCUSDT", ["v3_open_interest.json"], set()),
    (f"/v3/market/orderbook?{LINEAR}&symbol=BTCUSDT&limit=100", ["v3_orderbook.json"], set()),
    (f"/v3/market/orderbook?{COIN}&symbol=BTCUSD_CM&limit=100", ["v3_orderbook.json"], {"int"}),
    (f"/v3/market/candles?{COIN}&symbol=BTCUSD_CM&interval=1H", ["v3_candles.json"], set()),
    ("/v3/market/index-components?symbol=BTCUSDT", ["v3_index_components.json"], set()),
    ("/v2/mix/market/candles?productType=USDT-FUTURES&symbol=BTCUSDT&granularity=1H", ["mix_candles.json"], set()),
    ("/v2/spot/market/candles?symbol=BTCUSDT&granularity=1h", ["spot_candles_2024.json"], set()),
    ("/v2/spot/market/orderbook?symbol=BTCUSDT&type=step0&limit=100", ["spot_orderbook.json"], set()),
    ("/v2/spot/public/coins", ["spot_coins_2025.json", "spot_coins_usdt_2025.json"], set()),
    ("/v2/public/annoucements?language=en_US&annType=coin_listings", ["announcements.json"], set()),
]


@pytest.mark.parametrize(("address", "names", "known"), SHAPES, ids=[address.partition("/")[2] for address, _, _ in SHAPES])
def test_replies_look_like_the_recorded_ones(client, address, names, known):
    theirs = [recorded("bitget", name) for name in names]
    assert list(differences(shape([client.json(AT + address)]), shape(theirs), known)) == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/v3/market/orderbook?category=USDT-FUTURES&symbol=NOPEUSDT", "25100"),
        ("/v3/market/orderbook?category=USDC-FUTURES&symbol=BTCUSDT", "25100"),
        ("/v3/market/tickers?category=NOPE-FUTURES", "40019"),
        ("/v2/spot/market/orderbook?symbol=NOPEUSDT", "40034"),
        ("/v2/mix/market/candles?productType=COIN-FUTURES&symbol=BTCUSD&granularity=1H", "40034"),
        ("/v2/spot/market/candles?symbol=BTCUSDT&granularity=1H", "400172"),
        ("/mix/v1/trace/traderList", "30032"),
    ],
)
def test_refusals_are_the_recorded_ones(client, address, code):
    status, _, body = client.get(AT + address)
    entry = next(each for each in recorded("bitget", "errors.json") if each["body"]["code"] == code)
    said = json.loads(body)
    assert (status, said["code"]) == (entry["status"], code)
    if "data" in entry["body"]:
        assert list(said) == list(entry["body"])


def test_the_heavy_list_of_coins_may_be_asked_three_times_a_second(client):
    assert 429 in {client.get(f"{AT}/v2/spot/public/coins?coin=BTC")[0] for _ in range(8)}


# --- through our own client -------------------------------------------------------------------------------------------
@pytest.fixture
def ours(simulator):
    """ours(...) -> an ExchangeClient that asks the simulator; its waiting is a matter of its own clock."""
    made, clock = [], [1_000.0]

    def pause(seconds):
        clock[0] += seconds

    def make(**options):
        made.append(Transport(upstream=simulator.url))
        return ExchangeClient(BITGET, made[-1], MemoryLimits(clock=lambda: clock[0]), budget_per_minute=6_000, pause=pause, **options)

    yield make
    for transport in made:
        transport.close()


def everything(outcome):
    assert (outcome.outcome, outcome.dropped, outcome.bad_fields, outcome.detail) == ("ok", 0, 0, "")
    assert outcome.rows
    return outcome.rows


@pytest.fixture
def known(ours):
    return {row.symbol: row for row in everything(ours().fetch("perp_instruments"))}


def test_every_whole_list_is_read_without_a_loss(ours, known):
    for source in ("currencies", "announcements"):
        everything(ours().fetch(source))
    tickers = everything(ours().fetch("perp_tickers"))
    assert {row.symbol for row in tickers} == known.keys()
    assert all(row.open_interest is not None and row.base_volume_24h is not None and row.bid_size is not None for row in tickers)
    rates = everything(ours().fetch("funding", instruments=known))
    assert {row.symbol for row in rates} == {symbol for symbol, market in known.items() if market.kind == "perp"}
    assert all(row.interval_hours in (1, 4, 8) for row in rates)


def test_every_kind_of_market_is_read_where_it_is_offered(ours, known):
    dated = next(symbol for symbol, market in known.items() if market.kind == "future")
    markets = [Instrument("BTCUSDT", "BTC", "USDT"), *(known[symbol] for symbol in ("BTCUSDT", "BTCPERP", "BTCUSD_CM", dated))]
    for market in markets:
        (book,) = everything(ours().fetch("book", ask=Ask(market)))
        assert (book.symbol, len(book.bids) >= 50, len(book.asks) >= 50) == (market.symbol, True, True)
        candles = everything(ours().fetch("candles", ask=Ask(market, period_s=60)))
        assert {row.period_s for row in candles} == {60}
        assert all(row.low <= row.open <= row.high and row.base_volume >= 0 for row in candles)
        assert abs(float(candles[-1].close / book.bids[0][0]) - 1) < 0.01
        offered = "ok" if market.kind == "perp" else "not_offered"
        assert ours().fetch("funding_history", ask=Ask(market)).outcome == offered
        assert ours().fetch("index_members", ask=Ask(market)).outcome == offered


def test_a_books_best_is_the_tickers(ours, simulator, known):
    simulator.control(clock={"pace": 0})  # two addresses tell of one instant
    tickers = {row.symbol: row for row in everything(ours().fetch("perp_tickers"))}
    for symbol in ("BTCUSDT", "BTCPERP", "BTCUSD_CM"):
        (book,) = everything(ours().fetch("book", ask=Ask(known[symbol])))
        row = tickers[symbol]
        assert (book.bids[0], book.asks[0]) == ((row.bid, row.bid_size), (row.ask, row.ask_size))


# --- lead traders -------------------------------------------------------------------------------------------------------
KEY = Credentials(copying.KEY, copying.SECRET, copying.PASSPHRASE)


def test_the_right_key_sees_all_traders_page_by_page(ours):
    outcome = ours(credentials=KEY).fetch("copy_traders")
    rows = everything(outcome)
    assert (len(rows), len({row.trader_id for row in rows})) == (copying.TRADERS, copying.TRADERS)
    assert outcome.requests == 4  # three full pages, and an empty one that ends the list
    assert all(row.roi_pct is not None and row.wins + row.losses == row.trades for row in rows)
    assert {row.managed is None for row in rows} == {True, False}  # some hide what they own


@pytest.mark.parametrize(
    ("wrong", "offset_ms", "code", "what_to_do"),
    [
        ({"key": "unknown"}, 0, "40006", "not known"),
        ({"passphrase": "wrong"}, 0, "40012", "check key, secret and passphrase"),
        ({"secret": "wrong"}, 0, "40009", "check the secret"),
        ({}, 60_000, "40008", "clock differs"),
        ({"key": copying.FORBIDDEN_KEY}, 0, "40014", "copy-trading read permission"),
    ],
)
def test_a_key_that_is_refused_says_what_to_do(ours, wrong, offset_ms, code, what_to_do):
    outcome = ours(credentials=replace(KEY, **wrong), clock_offset_ms=offset_ms).fetch("copy_traders")
    assert (outcome.outcome, outcome.rows) == ("api_error", [])
    assert what_to_do in outcome.detail
    assert code in outcome.detail


def test_without_a_key_nobody_is_asked(ours, simulator):
    outcome = ours().fetch("copy_traders")
    assert (outcome.outcome, outcome.requests) == ("not_offered", 0)
    assert "a key is needed" in outcome.detail


def test_an_unsigned_request_is_refused(client):
    request = Request("api.bitget.com", "/api/v2/copy/mix-broker/query-traders")
    status, _, body = client.get(f"/{request.host}{request.target}")
    assert (status, json.loads(body)["code"]) == (400, "40001")
