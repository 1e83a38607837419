"""KuCoin: ids that outlive the coin's name, one clock for a snapshot of all tickers, errors inside HTTP 200. Facts of 2026-09."""

from __future__ import annotations

from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Adapter, Headers, Instruments, Parsed, Part, Pool, Request, Source, Use
from exchanges.errors import Blocked, Refused, Throttled, Unreachable
from exchanges.reading import Column, Flag, Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker

R = TypeVar("R")

HOST = "api.kucoin.com"
TAKER_FEE = Decimal("0.001")  # times the pair's coefficient


# --- time -------------------------------------------------------------------------------------------------------
class _Time(Struct):
    data: Token


_TIME = Decoder(_Time)


def parse_time(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServerTime]:
    """{"data": ms}."""
    return reading.server_time(reading.decode(body, _TIME).data, "ms")


# --- instruments ------------------------------------------------------------------------------------------------
class _Symbol(Struct):
    symbol: str
    base: str = field(name="baseCurrency")
    quote: str = field(name="quoteCurrency")
    enabled: Flag = field(name="enableTrading")
    auction: Flag = field(name="callauctionIsEnabled", default=False)
    zone: Text = field(name="market", default=None)
    tick: Text = field(name="priceIncrement", default=None)
    lot: Text = field(name="baseIncrement", default=None)
    min_size: Text = field(name="baseMinSize", default=None)
    min_funds: Text = field(name="minFunds", default=None)
    maker: Text = field(name="makerFeeCoefficient", default=None)
    taker: Text = field(name="takerFeeCoefficient", default=None)
    opens: Token = field(name="tradingStartTime", default=None)


class _Symbols(Struct, Generic[R]):
    data: list[R]


_SYMBOLS = reading.Table(_Symbols, _Symbol, lambda reply: reply.data)


def _instrument(row: _Symbol, soft: Soft) -> Instrument:
    return Instrument(
        row.symbol,
        reading.code(row.base),  # never the left part of the id: BCHSV-USDT has been BSV for years
        reading.code(row.quote),
        status="trading" if reading.flag(row.enabled) else "pre_open" if reading.flag(row.auction) else "halted",
        tick_size=soft(numbers.price, row.tick),
        lot_size=soft(numbers.price, row.lot),
        min_size=soft(numbers.price, row.min_size),
        min_notional=soft(numbers.price, row.min_funds),
        maker_fee=soft(_fee, row.maker),
        taker_fee=soft(_fee, row.taker),
        listed_at=soft(numbers.epoch, row.opens, "ms"),
        # The zone is the proof; JUP, SYRUP and SUP end in UP as well. None were left on spot in 2026-06.
        leveraged=row.zone == "ETF",
    )


def _fee(coefficient: str | None) -> Decimal | None:
    return numbers.product(TAKER_FEE, numbers.size(coefficient))


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """{"data": [...]}, from v2 with fee coefficients or v1 without."""
    return reading.instruments(_SYMBOLS, body, _instrument)


# --- tickers ----------------------------------------------------------------------------------------------------
class _Snapshot(Struct, Generic[R]):
    ticker: list[R]
    time: Token = None


class _Tickers(Struct, Generic[R]):
    data: _Snapshot[R]


_TICKERS = reading.Table(
    _Tickers,
    reading.wire_ticker(
        symbol="symbol",
        bid="buy",
        bid_size="bestBidSize",
        ask="sell",
        ask_size="bestAskSize",
        last="last",
        base_volume="vol",
        quote_volume="volValue",
        change="changeRate",  # fraction
        high="high",
        low="low",
        rate="takerFeeRate",
        coefficient="takerCoefficient",
    ),
    lambda reply: reply.data.ticker,
)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[Ticker]:
    """{"data": {"time": ms, "ticker": [...]}}: one snapshot, taken every two seconds."""
    reply, wires, total = _TICKERS.read(body)
    wires = reading.only_symbols(wires)
    fees = _fees([(wire.rate, wire.coefficient) for wire in wires])
    return reading.tickers(wires, total, change=numbers.percent, at=reading.clock(reply.data.time, "ms"), fees=fees)


def _fees(wires: list[tuple[str | None, str | None]]) -> Column:
    """Rate times coefficient; "0" is a real one. Every pair of texts is read once, a list holds a handful of them."""
    known: dict[tuple[str | None, str | None], Decimal | None] = {}
    for rate, coefficient in set(wires):
        try:
            known[rate, coefficient] = numbers.product(numbers.size(rate), numbers.size(coefficient))
        except numbers.BadNumber:
            continue
    return [known.get(wire) for wire in wires], {index: " x ".join(map(str, wire)) for index, wire in enumerate(wires) if wire not in known}


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Envelope(Struct):
    code: str | int
    msg: Text = None


_ENVELOPE = Decoder(_Envelope)
_THEIR_FAULT = {"500000", "230005", "408000"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is code "200000" in HTTP 200. 400302 refuses the country, 429000 is the limit or an overload."""
    reply = reading.envelope(status, headers, body, _ENVELOPE)
    code, text = str(reply.code), reading.words(reply.code, reply.msg)
    if code == "429000" or status == 429:
        raise Throttled(text, _reset_s(headers))
    if code == "400302":
        raise Blocked(text, "geoblocked")
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    reading.refuse(status, headers, body)
    if code != "200000":
        raise Refused(text, "api_error")


def _reset_s(headers: Headers) -> float | None:
    """gw-ratelimit-reset counts milliseconds down; an overload comes without it, and Retry-After is never sent."""
    reset = reading.count(headers, "gw-ratelimit-reset")
    return reading.retry_after(headers) if reset is None else reset / 1000


def usage(headers: Headers) -> tuple[Use, ...]:
    """gw-ratelimit-limit, -remaining and -reset of the public pool."""
    limit, left = reading.count(headers, "gw-ratelimit-limit"), reading.count(headers, "gw-ratelimit-remaining")
    if left is None:
        return ()
    reset = reading.count(headers, "gw-ratelimit-reset")
    return (Use("public", None if limit is None else limit - left, left, None if reset is None else reset / 1000),)


ADAPTER = Adapter(
    slug="kucoin",
    name="KuCoin",
    monogram="KC",
    position=2,
    hosts=(HOST, "api.kucoin.eu"),
    pools=(Pool("public", 2000, 30, unit="weight"),),
    budget=100,
    taker_fee=TAKER_FEE,
    trade_page="https://www.kucoin.com/trade/{symbol}",
    check=check,
    usage=usage,
    time=Source((Part("all", Request(HOST, "/api/v1/timestamp"), {"public": 3}, parse_time, clock="snapshot"),), period_s=300, whole=False),
    instruments=Source((Part("all", Request(HOST, "/api/v2/symbols"), {"public": 4}, parse_instruments, few=100),), period_s=300),
    tickers=Source(
        (Part("all", Request(HOST, "/api/v1/market/allTickers"), {"public": 15}, parse_tickers, clock="snapshot", few=100),),
        period_s=10,
    ),
)
