"""KuCoin's spot market in whole: the clock, the catalogue, and one snapshot of all tickers. Ids outlive the coin's name."""

from __future__ import annotations

from decimal import Decimal
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Column, Flag, Soft, Text, Token
from exchanges.rows import Instrument, ServerTime, Ticker

R = TypeVar("R")

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
