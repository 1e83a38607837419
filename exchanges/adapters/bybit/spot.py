"""Spot: what trades there, and every ticker in one reply. Only trading markets are listed, without fees or listing times."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from msgspec import Struct, field

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Instrument, Ticker

R = TypeVar("R")


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
