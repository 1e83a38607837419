"""Asking about one market, pages that lead to several, rows that merge by key, and signed calls."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from exchanges.adapter import Ask, Credentials, Parsed, Part, Request, Source
from exchanges.client import ExchangeClient, merged
from exchanges.rows import Book, Candle, Currency, FundingRate, Instrument, PerpTicker
from exchanges.state import MemoryLimits
from exchanges.transport import Transport
from tests.exchanges.rough import answering, http, serving
from tests.exchanges.test_client import AT, HOST, OTHER, toy

BTC = Instrument("BTC-USDT", "BTC", "USDT")
PERP = Instrument("XBTUSDTM", "XBT", "USDT", kind="perp", contract_size=Decimal("0.001"), settle="USDT", index=".KXBTUSDT")
KEY = Credentials("the-key", "the-secret", "the-passphrase")


def book(body, headers, known):
    """The toy's book: its sizes are lots of whatever market was asked about."""
    (market,) = known.values()
    lot = market.contract_size or Decimal(1)
    return Parsed([Book(market.symbol, bids=tuple((Decimal(p), Decimal(s) * lot) for p, s in json.loads(body)))])


BOOK = Source(
    (
        Part("spot", Request(HOST, "/depth", (("symbol", "{symbol}"), ("limit", "50"))), {"weight": 5}, book, fits=lambda m: m.kind == "spot"),
        Part("perp", Request(OTHER, "/{settle}/depth/{index}", (("from", "{start_ms}"),)), {"weight": 10}, book, fits=lambda m: m.kind == "perp"),
    ),
    30,
    whole=False,
    markets=10,
)


@pytest.fixture
def client():
    """client(server, adapter, ...) -> an ExchangeClient; its connections are closed when the test ends."""
    made = []

    def make(server, adapter, **options):
        made.append(Transport(upstream=server.upstream))
        return ExchangeClient(adapter, made[-1], MemoryLimits(), pause=lambda s: None, **options)

    yield make
    for transport in made:
        transport.close()


def heads(server):
    return [head.split()[1].decode() for head in server.requests]


def test_a_market_is_asked_by_the_part_that_fits_and_read_in_its_units(client):
    with serving(answering(http(b'[["100", "3"]]'), http(b'[["100", "3"]]'))) as server:
        spot = client(server, toy(book=BOOK)).fetch("book", ask=Ask(BTC))
        perp = client(server, toy(book=BOOK)).fetch("book", ask=Ask(PERP, start=AT))
    assert heads(server) == [f"/{HOST}/depth?symbol=BTC-USDT&limit=50", f"/{OTHER}/usdt/depth/.KXBTUSDT?from={int(AT.timestamp()) * 1000}"]
    assert spot.rows[0].bids == ((Decimal(100), Decimal(3)),)
    assert perp.rows[0].bids == ((Decimal(100), Decimal("0.003")),)


def test_a_parameter_without_a_value_is_left_out_and_ids_of_any_script_are_spelt_for_the_wire():
    request = BOOK.parts[1].request.filled(Ask(replace_index(PERP, "龙虾/USDT")).words(BOOK.parts[1]))
    assert (request.target, request.params) == ("/usdt/depth/%E9%BE%99%E8%99%BE%2FUSDT", ())
    assert Request(HOST, "/x", (("symbol", "{symbol}"),)).filled({"symbol": "龙虾USDT"}).target == "/x?symbol=%E9%BE%99%E8%99%BEUSDT"


def replace_index(market, index):
    return Instrument(market.symbol, market.base, market.quote, kind=market.kind, settle=market.settle, index=index)


def test_a_word_that_no_market_has_is_an_error_in_the_adapter_not_a_request():
    with pytest.raises(KeyError):
        Request(HOST, "/{sybmol}").filled(Ask(BTC).words(BOOK.parts[0]))


def test_a_kind_of_market_that_no_part_fits_is_not_offered(client):
    with serving(answering(http())) as server:
        option = Ask(Instrument("BTC-C", "BTC", "USDT", kind="option"))
        outcome = client(server, toy(book=BOOK)).fetch("book", ask=option)
        assert client(server, toy(book=BOOK), enabled=lambda source: False).fetch("book", ask=option).outcome == "disabled"
    assert (outcome.outcome, outcome.requests) == ("not_offered", 0)
    assert "does not offer book of such a market" in outcome.detail


def test_candles_ask_in_the_exchanges_word_for_the_period():
    part = Part("spot", Request(HOST, "/k", (("type", "{period}"),)), {}, book, periods={3600: "1hour", 60: "1min"})
    assert part.request.filled(Ask(BTC, period_s=60).words(part)).target == "/k?type=1min"


def test_candles_carry_the_period_that_was_asked_for_whatever_their_gaps_look_like(client):
    part = Part("spot", Request(HOST, "/k", (("type", "{period}"),)), {}, lambda *_: Parsed([Candle("BTC-USDT", 7200, AT)]), periods={60: "1min"})
    with serving(answering(http())) as server:
        outcome = client(server, toy(candles=Source((part,), 3600, markets=1))).fetch("candles", ask=Ask(BTC, period_s=60))
    assert [row.period_s for row in outcome.rows] == [60]


# --- Tables of contents and keys --------------------------------------------------------------------------------------
def contents(body, request):
    return tuple(replace(request, path=f"/chain/{name}") for name in json.loads(body).get("lead_to", ()))


def perps(body, headers, known):
    return Parsed([PerpTicker(symbol) for symbol in json.loads(body).get("rows", ())])


def test_one_page_may_lead_to_several(client):
    adapter = toy(option_tickers=Source((Part("all", Request(HOST, "/names"), {"weight": 1}, perps, next_pages=contents),), 60))
    pages = [b'{"lead_to": ["btc", "eth"]}', b'{"rows": ["B1", "B2"]}', b'{"rows": ["E1"]}']
    with serving(answering(*map(http, pages))) as server:
        outcome = client(server, adapter).fetch("option_tickers")
    assert (outcome.outcome, [row.symbol for row in outcome.rows]) == ("ok", ["B1", "B2", "E1"])
    assert heads(server) == [f"/{HOST}/names", f"/{HOST}/chain/btc", f"/{HOST}/chain/eth"]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([Currency("USDT", network="TRC20"), Currency("USDT", network="ERC20"), Currency("USDT", network="TRC20", withdraw_fee=Decimal(1))], 2),
        ([FundingRate("A", settled_at=AT), FundingRate("A", settled_at=datetime(2026, 11, 2, tzinfo=UTC)), FundingRate("A", settled_at=AT)], 2),
        ([Candle("A", 60, AT), Candle("A", 3600, AT), Candle("B", 60, AT)], 3),
        ([PerpTicker("A", bid=Decimal(1)), PerpTicker("A", mark_price=Decimal(2))], 1),
    ],
)
def test_rows_of_several_replies_merge_by_what_tells_them_apart(rows, kept):
    assert len(merged([Parsed([row]) for row in rows])) == kept


def test_what_an_earlier_part_knows_stays_and_what_it_does_not_is_filled_in():
    (row,) = merged([Parsed([PerpTicker("A", bid=Decimal(1), bad=("ask",))]), Parsed([PerpTicker("A", bid=Decimal(9), mark_price=Decimal(2), bad=("last",))])])
    assert (row.bid, row.mark_price, row.bad) == (Decimal(1), Decimal(2), ("ask", "last"))


# --- Signed calls -----------------------------------------------------------------------------------------------------
def sign(credentials, request, now_ms):
    text = f"{now_ms}GET{request.target}"
    digest = hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha256).digest()
    return {"X-Key": credentials.key, "X-Time": str(now_ms), "X-Sign": base64.b64encode(digest).decode()}


SIGNED = toy(sign=sign, copy_traders=Source((Part("all", Request(HOST, "/traders", (("page", "1"), ("sort", "a b&c")), signed=True), {}, perps),), 3600))


def test_the_signature_covers_the_very_text_that_is_sent_and_carries_the_exchanges_time(client):
    with serving(answering(http(b'{"rows": []}'))) as server:
        client(server, SIGNED, credentials=KEY, clock_offset_ms=90_000).fetch("copy_traders")
    (head,) = server.requests
    lines = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:] if ": " in line)
    sent = head.split()[1].decode().removeprefix(f"/{HOST}")
    ahead_ms = int(lines["x-time"]) - datetime.now(UTC).timestamp() * 1000
    assert 60_000 < ahead_ms < 95_000
    assert sent == "/traders?page=1&sort=a+b%26c"
    assert lines["x-sign"] == sign(KEY, SIGNED.copy_traders.parts[0].request, int(lines["x-time"]))["X-Sign"].lower()


def test_without_a_key_nothing_is_sent_and_the_reason_is_said(client):
    with serving(answering(http())) as server:
        outcome = client(server, SIGNED).fetch("copy_traders")
    assert (outcome.outcome, outcome.requests, server.requests) == ("not_offered", 0, [])
    assert "a key is needed" in outcome.detail


def test_a_key_never_shows():
    assert "the-secret" not in repr(KEY) and "the-passphrase" not in repr(KEY)


# --- Refusals of one host ---------------------------------------------------------------------------------------------
NOT_HERE = http(b"Service unavailable from a restricted location", "451 Unavailable")


def two_hosts():
    return toy(
        book=replace(BOOK, parts=(replace(BOOK.parts[0], request=Request(HOST, "/depth")), replace(BOOK.parts[1], request=Request(OTHER, "/depth")))),
    )


def test_a_country_refused_on_another_products_host_silences_that_host_and_not_the_prices():
    limits = MemoryLimits()
    with serving(answering(NOT_HERE, http(b"[]"), http(b"[]"))) as server:
        client = ExchangeClient(two_hosts(), transport := Transport(upstream=server.upstream), limits, pause=lambda s: None)
        refused, spot = client.fetch("book", ask=Ask(PERP)), client.fetch("book", ask=Ask(BTC))
        again = client.fetch("book", ask=Ask(PERP))
        transport.close()
    assert (refused.outcome, spot.outcome, again.outcome) == ("geoblocked", "ok", "banned_wait")
    assert again.requests == 0 and len(server.requests) == 2
    assert limits.penalty("toy") is None


def test_a_country_refused_where_prices_come_from_silences_everything():
    limits = MemoryLimits()
    with serving(answering(NOT_HERE, http(b"[]"))) as server:
        client = ExchangeClient(two_hosts(), transport := Transport(upstream=server.upstream), limits, pause=lambda s: None)
        outcomes = [client.fetch("book", ask=Ask(market)).outcome for market in (BTC, PERP)]
        transport.close()
    assert outcomes == ["geoblocked", "banned_wait"]
    assert limits.penalty("toy") == "blocked"


# --- People and the plan ----------------------------------------------------------------------------------------------
def test_however_many_people_look_the_plan_keeps_its_share():
    limits, adapter = MemoryLimits(), toy(book=replace(BOOK, parts=(replace(BOOK.parts[0], cost={}),)), budget=100)
    with serving(answering(*[http(b"[]")] * 40)) as server:
        client = ExchangeClient(adapter, transport := Transport(upstream=server.upstream), limits, pause=lambda s: None)
        looks = [client.fetch("book", ask=Ask(BTC), interactive=True).outcome for _ in range(20)]
        planned = [client.fetch("book", ask=Ask(BTC)).outcome for _ in range(8)]
        transport.close()
    assert looks.count("ok") == 4 and looks[4:] == ["budget_exhausted"] * 16  # a fifth of 100 a minute, a fifth of that at once
    assert planned == ["ok"] * 8  # books leave the rest to prices


def test_of_several_replies_every_row_is_dated_by_the_oldest_of_its_own(client):
    def quotes(body, headers, known):
        return Parsed([PerpTicker(symbol, **{name: Decimal(1)}) for symbol, name in json.loads(body)])

    adapter = toy(perp_tickers=Source(
        (Part("book", Request(HOST, "/1"), {}, quotes, clock="last_trade"), Part("marks", Request(HOST, "/2"), {}, quotes, clock="snapshot")), 15,
    ))  # fmt: skip
    with serving(answering(http(b'[["A", "bid"]]'), http(b'[["A", "mark_price"], ["B", "mark_price"]]'))) as server:
        outcome = client(server, adapter).fetch("perp_tickers")
    a, b = outcome.heard["A"], outcome.heard["B"]
    assert a.requested_at <= a.received_at <= b.requested_at, "the first reply is no younger than the second was asked for"
    assert (b.requested_at, b.received_at) == (outcome.requested_at, outcome.received_at)
    assert (a.clock, b.clock) == ("last_trade", "snapshot")


def test_one_reply_needs_no_dates_beside_its_own(client):
    with serving(answering(http(b'{"rows": [{"symbol": "A", "bid": "1"}]}'))) as server:
        assert client(server, toy()).fetch("tickers").heard == {}
