"""Bybit (API v5): one envelope with the only clock, fractions for percent, and a 403 with two meanings. Facts of 2026-07."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Adapter, Headers, Instruments, Parsed, Part, Pool, Request, Source, Use
from exchanges.errors import Blocked, Refused, Throttled, Unreachable
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker

R = TypeVar("R")

HOST = "api.bybit.com"
SPOT = (("category", "spot"),)


# --- time -------------------------------------------------------------------------------------------------------
class _Time(Struct):
    time: Token


_TIME = Decoder(_Time)


def parse_time(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServerTime]:
    """The envelope's own `time` in ms, which every reply carries."""
    return reading.server_time(reading.decode(body, _TIME).time, "ms")


# --- the envelope of both lists ---------------------------------------------------------------------------------
class _List(Struct, Generic[R]):
    rows: list[R] = field(name="list")


class _Reply(Struct, Generic[R]):
    result: _List[R]
    time: Token = None


# --- instruments ------------------------------------------------------------------------------------------------
class _Prices(Struct, gc=False):
    tick: Text = field(name="tickSize", default=None)


class _Lots(Struct, gc=False):
    step: Text = field(name="basePrecision", default=None)
    min_size: Text = field(name="minOrderQty", default=None)
    min_notional: Text = field(name="minOrderAmt", default=None)


class _Symbol(Struct):
    symbol: str
    base: str = field(name="baseCoin")
    quote: str = field(name="quoteCoin")
    status: str
    kind: Text = field(name="symbolType", default=None)
    prices: _Prices = field(name="priceFilter", default_factory=_Prices)
    lots: _Lots = field(name="lotSizeFilter", default_factory=_Lots)


_SYMBOLS = reading.Table(_Reply, _Symbol, lambda reply: reply.result.rows, nested=("priceFilter", "lotSizeFilter"))
_STATUS = {"Trading": "trading", "PreLaunch": "pre_open", "Delivering": "delisting", "Closed": "delisted"}
_NOT_COINS = {"xstocks", "stock", "commodity", "forex"}
_LEVERAGED = re.compile(r"[A-Z]\d+[LS]")  # BTC3L; the product is withdrawn and the wire has no mark for it


def _instrument(row: _Symbol, soft: Soft) -> Instrument:
    return Instrument(
        row.symbol,
        reading.code(row.base),
        reading.code(row.quote),
        status=_STATUS.get(row.status, "halted"),
        tick_size=soft(numbers.price, row.prices.tick),
        lot_size=soft(numbers.price, row.lots.step),
        min_size=soft(numbers.price, row.lots.min_size),
        min_notional=soft(numbers.price, row.lots.min_notional),
        leveraged=_LEVERAGED.fullmatch(row.base[-4:]) is not None or _LEVERAGED.fullmatch(row.base[-3:]) is not None,
        tokenised=row.kind in _NOT_COINS,  # AAPLUSDT is a share behind a coin's kind of name
    )


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """Spot only lists what is trading and has no pages: a symbol that disappears is delisted. No fees, no listing time."""
    return reading.instruments(_SYMBOLS, body, _instrument)


# --- tickers ----------------------------------------------------------------------------------------------------
_TICKERS = reading.Table(
    _Reply,
    reading.wire_ticker(
        symbol="symbol",
        bid="bid1Price",
        bid_size="bid1Size",
        ask="ask1Price",
        ask_size="ask1Size",
        last="lastPrice",
        base_volume="volume24h",
        quote_volume="turnover24h",
        change="price24hPcnt",  # fraction, whatever the name says
        high="highPrice24h",
        low="lowPrice24h",
    ),
    lambda reply: reply.result.rows,
)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[Ticker]:
    """The rows have no time; the envelope's `time` is the snapshot's."""
    reply, wires, total = _TICKERS.read(body)
    return reading.tickers(reading.only_symbols(wires), total, change=numbers.percent, at=reading.clock(reply.time, "ms"))


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Envelope(Struct):
    code: str | int = field(name="retCode")
    msg: Text = field(name="retMsg", default=None)
    time: Token = None


_ENVELOPE = Decoder(_Envelope)
_TOO_OFTEN = {"10006", "10018"}
_NOT_HERE = {"10009", "10024"}
_THEIR_FAULT = {"10000", "10016"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is retCode 0 in HTTP 200; retMsg is "OK", "success" or "". A 403 is a page: a refused country, or a ban."""
    reply = reading.envelope(status, headers, body, _ENVELOPE)
    code, text = str(reply.code), reading.words(reply.code, reply.msg)
    if code in _TOO_OFTEN:
        raise Throttled(text, _reset_s(headers, reply.time))
    if code in _NOT_HERE:
        raise Blocked(text, "geoblocked")
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    reading.refuse(status, headers, body)
    if code != "0":
        raise Refused(text, "api_error")


def _reset_s(headers: Headers, now: Token) -> float | None:
    """From the envelope's time to X-Bapi-Limit-Reset-Timestamp, both ms; it equals "now" when nothing is limited."""
    reset = reading.count(headers, "x-bapi-limit-reset-timestamp")
    at, until = reading.clock(now, "ms"), reading.clock(reset, "ms")
    return max(0.0, (until - at).total_seconds()) if at and until else reading.retry_after(headers)


def usage(headers: Headers) -> tuple[Use, ...]:
    """X-Bapi-Limit-Status, what is left; on public calls it comes only sometimes."""
    limit, left = reading.count(headers, "x-bapi-limit"), reading.count(headers, "x-bapi-limit-status")
    return () if left is None else (Use("requests", None if limit is None else limit - left, left),)


ADAPTER = Adapter(
    slug="bybit",
    name="Bybit",
    monogram="BY",
    position=3,
    # The regional hosts serve that region's own listings; an operator there chooses one.
    hosts=(
        HOST,
        "api.bytick.com",
        "api.bybit.nl",
        "api.bybit.eu",
        "api.bybit.tr",
        "api.bybit.kz",
        "api.bybitgeorgia.ge",
        "api.bybit.ae",
        "api.bybit.id",
        "api.manepa.jp",
    ),
    pools=(Pool("requests", 600, 5),),
    budget=120,
    taker_fee=Decimal("0.001"),
    trade_page="https://www.bybit.com/en/trade/spot/{base}/{quote}",
    check=check,
    usage=usage,
    time=Source((Part("all", Request(HOST, "/v5/market/time"), {"requests": 1}, parse_time, clock="snapshot"),), period_s=300, whole=False),
    instruments=Source((Part("all", Request(HOST, "/v5/market/instruments-info", SPOT), {"requests": 1}, parse_instruments, few=100),), period_s=300),
    tickers=Source(
        (Part("all", Request(HOST, "/v5/market/tickers", SPOT), {"requests": 1}, parse_tickers, clock="snapshot", few=100),),
        period_s=10,
    ),
)
