"""Binance's spot market: padded strings, dead markets still in the list, a clock that dates the statistics only."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Flag, Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker

R = TypeVar("R")


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
