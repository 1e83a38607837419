"""Binance: weights, replies without an envelope, a ban whose end stands in the error's text. Facts of 2026-07."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Adapter, Headers, Instruments, Parsed, Part, Pool, Request, Source, Use
from exchanges.errors import Banned, Refused, Throttled, Unreachable
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker

R = TypeVar("R")

# The market-data host answers the same paths, has no account calls, and is what Binance asks readers of prices to use.
HOST, WITH_ACCOUNTS = "data-api.binance.vision", "api.binance.com"


# --- time -------------------------------------------------------------------------------------------------------
class _Time(Struct):
    time: Token = field(name="serverTime")


_TIME = Decoder(_Time)


def parse_time(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServerTime]:
    """{"serverTime": ms}."""
    return reading.server_time(reading.decode(body, _TIME).time, "ms")


# --- instruments ------------------------------------------------------------------------------------------------
class _Filter(Struct, gc=False):
    kind: str = field(name="filterType", default="")
    tick: Text = field(name="tickSize", default=None)
    step: Text = field(name="stepSize", default=None)
    min_size: Text = field(name="minQty", default=None)
    min_notional: Text = field(name="minNotional", default=None)


class _Symbol(Struct):
    symbol: str
    base: str = field(name="baseAsset")
    quote: str = field(name="quoteAsset")
    status: str
    on_spot: Flag = field(name="isSpotTradingAllowed", default=True)
    permissions: list[str] = []
    filters: list[_Filter] = []


class _Info(Struct, Generic[R]):
    symbols: list[R]


_SYMBOLS = reading.Table(_Info, _Symbol, lambda reply: reply.symbols, nested=("filters", "permissions"))
# BREAK is what a renamed or closed market stays in for years while its ticker still answers; nothing says when it ended.
_STATUS = {"TRADING": "trading", "PRE_TRADING": "pre_open"}
_NO_FILTER = _Filter()


def _instrument(row: _Symbol, soft: Soft) -> Instrument:
    filters = {each.kind: each for each in row.filters}
    lot = filters.get("LOT_SIZE", _NO_FILTER)
    notional = filters.get("NOTIONAL") or filters.get("MIN_NOTIONAL", _NO_FILTER)
    return Instrument(
        row.symbol,
        reading.code(row.base),
        reading.code(row.quote),
        status=_STATUS.get(row.status, "halted") if reading.flag(row.on_spot) else "halted",
        tick_size=soft(numbers.price, filters.get("PRICE_FILTER", _NO_FILTER).tick),
        lot_size=soft(numbers.price, lot.step),
        min_size=soft(numbers.price, lot.min_size),
        min_notional=soft(numbers.price, notional.min_notional),
        # The UP and DOWN tokens (last seen 2021) carried this permission instead of SPOT; a suffix would also catch JUP.
        leveraged="LEVERAGED" in row.permissions,
    )


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """Every symbol of exchangeInfo. Fees, listing and delisting times are not public here."""
    return reading.instruments(_SYMBOLS, body, _instrument)


# --- tickers ----------------------------------------------------------------------------------------------------
_TICKERS = reading.Table(
    list,
    reading.wire_ticker(
        symbol="symbol",
        bid="bidPrice",
        bid_size="bidQty",
        ask="askPrice",
        ask_size="askQty",
        last="lastPrice",
        base_volume="volume",
        quote_volume="quoteVolume",
        change="priceChangePercent",  # percent
        high="highPrice",
        low="lowPrice",
        time="closeTime",
    ),
)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[Ticker]:
    """A plain list. `closeTime` moves with the symbol's trades only: it dates the statistics, never bid and ask."""
    _, wires, total = _TICKERS.read(body)
    wires = reading.only_symbols(wires)
    times = numbers.epochs([wire.time for wire in wires], "ms")
    return reading.tickers(wires, total, change=numbers.change, times=times)


# --- refusals and limits ----------------------------------------------------------------------------------------
class _Problem(Struct):
    code: str | int
    msg: str = ""


_PROBLEM = Decoder(_Problem)
_UNTIL = re.compile(r"banned until ([0-9]{13})")
_THEIR_FAULT = {"-1000", "-1001", "-1006", "-1007", "-1008"}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is HTTP 200 without an error body. 429 and 418 are limits, 403 its firewall, 451 a refused country."""
    found = reading.problem(body, _PROBLEM)
    code, text = (str(found.code), reading.words(found.code, found.msg)) if found else ("", "")
    if code == "-1003" or status in (418, 429):
        _throttle(status, headers, text or reading.said(status, body))
    reading.refuse(status, headers, body)
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    if found:
        raise Refused(text, "api_error")


def _throttle(status: int, headers: Headers, text: str) -> None:
    wait = reading.retry_after(headers)
    until = _UNTIL.search(text)
    end: datetime | None = reading.clock(until[1], "ms") if until else None
    if status == 418 or end:
        raise Banned(text, until=end, retry_after_s=wait)
    raise Throttled(text, wait)


def usage(headers: Headers) -> tuple[Use, ...]:
    """X-MBX-USED-WEIGHT-1M: what this address used in the running clock minute."""
    used = reading.count(headers, "x-mbx-used-weight-1m")
    return () if used is None else (Use("weight", used=used),)


ADAPTER = Adapter(
    slug="binance",
    name="Binance",
    monogram="BN",
    position=1,
    hosts=(HOST, WITH_ACCOUNTS),
    pools=(Pool("weight", 6000, 60, unit="weight"),),
    budget=1200,
    taker_fee=Decimal("0.001"),
    trade_page="https://www.binance.com/en/trade/{base}_{quote}",
    check=check,
    usage=usage,
    time=Source((Part("all", Request(HOST, "/api/v3/time"), {"weight": 1}, parse_time, clock="snapshot"),), period_s=300, whole=False),
    instruments=Source(
        (
            Part(
                "all",
                Request(HOST, "/api/v3/exchangeInfo", (("showPermissionSets", "false"),)),  # half the size without them
                {"weight": 20},
                parse_instruments,
                few=100,
            ),
        ),
        period_s=300,
    ),
    tickers=Source(
        (
            Part(
                "all",
                Request(HOST, "/api/v3/ticker/24hr", (("symbolStatus", "TRADING"),)),  # or two thousand dead markets come too
                {"weight": 80},
                parse_tickers,
                clock="last_trade",
                few=100,
            ),
        ),
        period_s=10,
    ),
)
