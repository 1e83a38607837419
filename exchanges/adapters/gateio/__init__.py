"""Gate.io (API v4): plain lists, percent where others have fractions, and a clock that stands in a header. Facts of 2026-06."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import reading
from exchanges.adapter import Adapter, Clock, Headers, Instruments, Parsed, Part, Pool, R, Request, Source, Use
from exchanges.adapters.gateio import depth, facts, futures, options, spot
from exchanges.errors import Blocked, Halted, Refused, Throttled, Unreachable
from exchanges.rows import Book, Candle, Instrument

HOST = "api.gateio.ws"
API = "/api/v4"
COST = {"endpoint": 1}
DECIMAL = (("X-Gate-Size-Decimal", "1"),)  # without it, parts of contracts are cut off without a word


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Problem(Struct):
    label: str
    message: str = ""
    detail: str = ""


_PROBLEM = Decoder(_Problem)
_TOO_OFTEN = {"TOO_MANY_REQUESTS", "TOO_FAST"}
_NO_SUCH_MARKET = {"INVALID_CURRENCY_PAIR", "CONTRACT_NOT_FOUND"}
_THEIR_FAULT = {"TOO_BUSY", "SERVER_ERROR", "INTERNAL"}
_FORBIDDEN = {"IP_FORBIDDEN", "FORBIDDEN"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is 2xx without a label. The label decides, never the text, which may stand under either of two keys."""
    found = reading.problem(body, _PROBLEM)
    label, text = (found.label, reading.words(found.label, found.message or found.detail)) if found else ("", reading.said(status, body))
    if label in _TOO_OFTEN or status == 429:
        raise Throttled(text, _reset_s(headers))
    if label in _FORBIDDEN:
        raise Blocked(text, "forbidden")
    if label in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    if label in _NO_SUCH_MARKET:
        raise Halted(text, status)
    reading.refuse(status, headers, body)
    if found:
        raise Refused(text, "api_error")


def _reset_s(headers: Headers) -> float | None:
    """From X-Out-Time to the reset stamp, which has been seen described in seconds and in ms; Retry-After is not promised."""
    reset, now = reading.count(headers, "x-gate-ratelimit-reset-timestamp"), reading.clock(headers.get("x-out-time"), "us")
    until = reading.clock(reset, "s") or reading.clock(reset, "ms")
    return max(0.0, (until - now).total_seconds()) if until and now else reading.retry_after(headers)


def usage(headers: Headers) -> tuple[Use, ...]:
    """X-Gate-RateLimit-Limit and -Requests-Remain, of the endpoint that answered; its reset says "now" until it is limited."""
    limit, left = reading.count(headers, "x-gate-ratelimit-limit"), reading.count(headers, "x-gate-ratelimit-requests-remain")
    return () if left is None else (Use("endpoint", None if limit is None else limit - left, left, _reset_s(headers) or None),)


# --- what can be asked ------------------------------------------------------------------------------------------
PERIODS = {60: "1m", 300: "5m", 900: "15m", 1_800: "30m", 3_600: "1h", 14_400: "4h", 86_400: "1d"}
# No `limit`: it may not be given together with a range. Without a range the newest 100 come.
PAIR, CONTRACT = ("currency_pair", "{symbol}"), ("contract", "{symbol}")
RANGE = (("interval", "{period}"), ("from", "{start_s}"), ("to", "{end_s}"))
DEPTH, SHALLOW = (("limit", "100"), ("with_id", "true")), (("limit", "50"), ("with_id", "true"))  # perpetuals go to 300


def _spot(path: str, *params: tuple[str, str]) -> Request:
    return Request(HOST, f"{API}/spot/{path}", params)


def _contracts(path: str, *params: tuple[str, str]) -> Request:
    return Request(HOST, f"{API}/{path}", params, DECIMAL)


def _is(kind: str, market: Instrument) -> bool:
    return market.kind == kind


def _has_index(market: Instrument) -> bool:
    return market.kind in ("perp", "future") and bool(market.index)


def _book(kind: str, place: str) -> Part[Book]:
    request = _contracts(f"{place}/order_book", CONTRACT, *(DEPTH if kind == "perp" else SHALLOW))
    return Part(kind, request, COST, depth.parse_contract_book, clock="snapshot", fits=partial(_is, kind))


def _candles(kind: str, place: str) -> Part[Candle]:
    request = _contracts(f"{place}/{{settle}}/candlesticks", CONTRACT, *RANGE)
    return Part(kind, request, COST, depth.parse_contract_candles, fits=partial(_is, kind), periods=PERIODS)


def _options(name: str, parse: Callable[[bytes, Headers, Instruments], Parsed[R]], clock: Clock = "none") -> Part[R]:
    """One call for the underlyings, then one for each: about eight."""
    pages = options.each_underlying(f"{API}/options/{name}")
    return Part("all", _contracts("options/underlyings"), COST, parse, clock=clock, next_pages=pages, pages=9)


ADAPTER = Adapter(
    slug="gateio",
    name="Gate.io",
    spellings=("gate.com", "gate exchange"),
    monogram="GT",
    position=4,
    hosts=(HOST,),
    pools=(Pool("endpoint", 200, 10, per_endpoint=True),),
    budget=200,
    taker_fee=Decimal("0.002"),
    trade_page="https://www.gate.com/trade/{symbol}",
    check=check,
    usage=usage,
    time=Source((Part("all", _spot("time"), COST, spot.parse_time, clock="snapshot"),), period_s=300, whole=False),
    instruments=Source((Part("all", _spot("currency_pairs"), COST, spot.parse_instruments, few=100),), period_s=300),
    tickers=Source((Part("all", _spot("tickers"), COST, spot.parse_tickers, clock="snapshot", few=100),), period_s=10),
    book=Source(
        (
            Part("spot", _spot("order_book", PAIR, *DEPTH), COST, depth.parse_spot_book, clock="snapshot", fits=partial(_is, "spot")),
            _book("perp", "futures/{settle}"),
            _book("future", "delivery/{settle}"),
            _book("option", "options"),
        ),
        period_s=30, whole=False, markets=20,
    ),
    candles=Source(
        (
            Part("spot", _spot("candlesticks", PAIR, *RANGE), COST, depth.parse_spot_candles, fits=partial(_is, "spot"), periods=PERIODS),
            _candles("perp", "futures"),
            _candles("future", "delivery"),
        ),
        period_s=3_600, whole=False, markets=10,
    ),
    currencies=Source((Part("all", _spot("currencies"), COST, facts.parse_currencies, few=100),), period_s=900),
    perp_instruments=Source(
        (
            Part("usdt", _contracts("futures/usdt/contracts"), COST, futures.contracts("USDT"), few=100, next_pages=futures.next_pages),
            Part("btc", _contracts("futures/btc/contracts"), COST, futures.contracts("BTC", may_be_empty=True), next_pages=futures.next_pages),
            Part("delivery", _contracts("delivery/usdt/contracts"), COST, futures.contracts("USDT", may_be_empty=True)),
        ),
        period_s=300,
    ),
    perp_tickers=Source(
        (
            Part("usdt", _contracts("futures/usdt/tickers"), COST, futures.tickers(), clock="snapshot", few=100),
            Part("btc", _contracts("futures/btc/tickers"), COST, futures.tickers(may_be_empty=True), clock="snapshot"),
            Part("delivery", _contracts("delivery/usdt/tickers"), COST, futures.tickers(may_be_empty=True), clock="snapshot"),
        ),
        period_s=15, known=("perp_instruments",),
    ),
    funding=Source(
        (
            Part("usdt", _contracts("futures/usdt/contracts"), COST, futures.funding(), clock="snapshot", few=100, next_pages=futures.next_pages),
            Part("btc", _contracts("futures/btc/contracts"), COST, futures.funding(may_be_empty=True), clock="snapshot", next_pages=futures.next_pages),
        ),
        period_s=60,
    ),
    funding_history=Source(
        (
            Part(
                "all", _contracts("futures/{settle}/funding_rate", CONTRACT, ("from", "{start_s}"), ("to", "{end_s}")), COST,
                futures.parse_history, fits=partial(_is, "perp"),
            ),
        ),
        period_s=3_600, whole=False, markets=30,
    ),
    option_instruments=Source((_options("contracts", options.parse_contracts),), period_s=900),
    option_tickers=Source((_options("tickers", options.parse_tickers, clock="snapshot"),), period_s=60, known=("option_instruments",)),
    index_members=Source(
        (Part("all", _contracts("futures/{settle}/index_constituents/{index}"), COST, facts.parse_index, fits=_has_index),),
        period_s=86_400, whole=False, markets=60,
    ),
)  # fmt: skip
