"""Bitget's clock, and its spot markets and tickers (classic v2: it has fees and planned delistings). Facts of 2026-09.

Everything is text; case tells shares from coins; changes are fractions.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker

R = TypeVar("R")


# --- time -------------------------------------------------------------------------------------------------------
class _ServerTime(Struct):
    at: Token = field(name="serverTime")


class _Time(Struct):
    data: _ServerTime


_TIME = Decoder(_Time)


def parse_time(body: bytes, headers: Headers, known: Instruments) -> Parsed[ServerTime]:
    """{"data": {"serverTime": "ms"}}."""
    return reading.server_time(reading.decode(body, _TIME).data.at, "ms")


# --- the envelope of both lists ---------------------------------------------------------------------------------
class _Reply(Struct, Generic[R]):
    data: list[R]
    answered: Token = field(name="requestTime", default=None)  # normally an integer, text has been recorded


# --- instruments ------------------------------------------------------------------------------------------------
class _Symbol(Struct):
    symbol: str
    base: str = field(name="baseCoin")
    quote: str = field(name="quoteCoin")
    status: str
    price_digits: Token = field(name="pricePrecision", default=None)
    size_digits: Token = field(name="quantityPrecision", default=None)
    min_usdt: Text = field(name="minTradeUSDT", default=None)
    maker: Text = field(name="makerFeeRate", default=None)
    taker: Text = field(name="takerFeeRate", default=None)
    opens: Token = field(name="openTime", default=None)
    ends: Token = field(name="offTime", default=None)


_SYMBOLS = reading.Table(_Reply, _Symbol, lambda reply: reply.data)
_STATUS = {"online": "trading", "gray": "pre_open", "halt": "halted", "offline": "delisted"}
_SHARE = re.compile(r"(?:r|pre)[A-Z].*")  # rNVDA is a share, preOPAI one before its listing; RARE and RAY are coins


def _instrument(row: _Symbol, soft: Soft) -> Instrument:
    return Instrument(
        row.symbol,
        reading.code(row.base),
        reading.code(row.quote),
        status=_STATUS.get(row.status, "halted"),
        tick_size=soft(reading.decimals, row.price_digits),
        lot_size=soft(reading.decimals, row.size_digits),
        # The minimum is in USDT whatever the quote; minTradeAmount is obsolete and "0".
        min_notional=soft(numbers.price, row.min_usdt) if row.quote == "USDT" else None,
        maker_fee=soft(numbers.size, row.maker),
        taker_fee=soft(numbers.size, row.taker),
        listed_at=soft(_time, row.opens),
        delist_at=soft(_time, row.ends),
        tokenised=_SHARE.fullmatch(row.base) is not None,
    )


def _time(value: Token) -> datetime | None:
    return numbers.epoch(None if value == "-1" else value, "ms")


def parse_instruments(body: bytes, headers: Headers, known: Instruments) -> Parsed[Instrument]:
    """{"data": [...]}; offTime is set while a market that will be delisted still trades."""
    return reading.instruments(_SYMBOLS, body, _instrument)


# --- tickers ----------------------------------------------------------------------------------------------------
_TICKERS = reading.Table(
    _Reply,
    reading.wire_ticker(
        symbol="symbol",
        bid="bidPr",
        bid_size="bidSz",
        ask="askPr",
        ask_size="askSz",
        last="lastPr",
        base_volume="baseVolume",
        quote_volume="quoteVolume",
        change="change24h",  # fraction
        high="high24h",
        low="low24h",
        time="ts",
    ),
    lambda reply: reply.data,
)


def parse_tickers(body: bytes, headers: Headers, known: Instruments) -> Parsed[Ticker]:
    """`ts` is the symbol's last change, minutes old on a quiet pair; where it is "0" the reply's own time stands in."""
    reply, wires, total = _TICKERS.read(body)
    wires = reading.only_symbols(wires)
    at = reading.clock(reply.answered, "ms")
    times, wrong = numbers.epochs([wire.time for wire in wires], "ms")
    times = [time or (None if index in wrong else at) for index, time in enumerate(times)]
    return reading.tickers(wires, total, change=numbers.percent, times=(times, wrong))
