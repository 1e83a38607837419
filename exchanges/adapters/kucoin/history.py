"""KuCoin's past, market by market: candles (two orders, two column orders, two units) and settled funding rates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Generic, TypeVar

from msgspec import Struct, field, structs
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.reading import Soft, Text, Token
from exchanges.rows import Candle, FundingRate

R = TypeVar("R")

SPOT_PERIODS = {60: "1min", 300: "5min", 900: "15min", 1800: "30min", 3600: "1hour", 14_400: "4hour", 28_800: "8hour", 86_400: "1day", 604_800: "1week"}
CONTRACT_PERIODS = {60: "1", 300: "5", 900: "15", 1800: "30", 3600: "60", 14_400: "240", 28_800: "480", 86_400: "1440", 604_800: "10080"}  # minutes


class _Rows(Struct, Generic[R]):
    data: list[R]


_CANDLES = Decoder(_Rows[list[Text]])
Read = Callable[[list[str | None], Soft], Candle | None]


# --- candles ------------------------------------------------------------------------------------------------------
def parse_spot_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """[["s", open, close, high, low, coins, money], ...], newest first: the close stands before the high."""
    market = reading.asked(known)
    symbol = market.symbol if market else ""

    def read(row: list[str | None], soft: Soft) -> Candle | None:
        at, opened, close, high, low, base, quote = row[:7]
        volumes = soft(numbers.size, base), soft(numbers.size, quote)
        return _candle(symbol, soft(numbers.epoch, at, "s"), (opened, high, low, close), volumes, soft)

    return _candles(body, 7, read)


def parse_contract_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """[[ms, open, high, low, close, lots], ...], oldest first. A lot is coins, or dollars of an inverse contract.

    What that is in the other unit is not told, and stays unknown.
    """
    market = reading.asked(known)

    def read(row: list[str | None], soft: Soft) -> Candle | None:
        at, opened, high, low, close, lots = row[:6]
        amount = soft(numbers.product, soft(numbers.size, lots), market.contract_size if market else None)
        volumes = (None, amount) if market and market.inverse else (amount, None)
        return _candle(market.symbol if market else "", soft(numbers.epoch, at, "ms"), (opened, high, low, close), volumes, soft)

    return _candles(body, 6, read)


def _candle(symbol: str, at: datetime | None, prices: tuple[str | None, ...], volumes: tuple[Decimal | None, Decimal | None], soft: Soft) -> Candle | None:
    """`prices` are open, high, low, close; `volumes` base and quote. None without a time."""
    opened, high, low, close = (soft(numbers.price, text) for text in prices)
    return None if at is None else Candle(symbol, 0, at, opened, high, low, close, *volumes)


def _candles(body: bytes, width: int, read: Read) -> Parsed[Candle]:
    """Oldest first, whatever the order on the wire; of two of one time the later one in the reply counts."""
    wires = reading.decode(body, _CANDLES, _Rows[Any]).data
    if len(wires) > reading.MAX_ROWS:
        raise Garbled(f"{len(wires)} candles", "too_large")
    soft = Soft()
    found = [read(row, soft) for row in wires if _readable(row, width)]
    rows = sorted({row.opened_at: row for row in found if row}.values(), key=lambda row: row.opened_at)
    period_s = _period_s(rows)
    return reading.believable([structs.replace(row, period_s=period_s) for row in rows], len(wires), soft.bad, may_be_empty=True)


def _readable(row: Any, width: int) -> bool:
    return isinstance(row, list) and len(row) >= width and all(value is None or isinstance(value, str) for value in row)


def _period_s(rows: list[Candle]) -> int:
    """The reply does not say its period: the shortest step in it; 0 where it holds one candle."""
    return min((int((later.opened_at - row.opened_at).total_seconds()) for row, later in pairwise(rows)), default=0)


# --- settled funding ------------------------------------------------------------------------------------------------
class _Settled(Struct):
    symbol: str
    rate: Text = field(name="fundingRate")
    at: Token = field(name="timepoint")


_SETTLED = reading.Table(_Rows, _Settled, lambda reply: reply.data)


def parse_funding_history(body: bytes, headers: Headers, known: Instruments) -> Parsed[FundingRate]:
    """{"data": [{symbol, fundingRate, timepoint ms}, ...]}, newest first, at most a hundred of the window asked for."""
    _, wires, total = _SETTLED.read(body)
    soft = Soft()
    rows = {(row.symbol, row.settled_at): row for row in (_rate(wire, soft) for wire in wires) if row}
    return reading.believable(list(rows.values()), total, soft.bad, may_be_empty=True)


def _rate(wire: _Settled, soft: Soft) -> FundingRate | None:
    """A rate without a number or a time is nothing that was settled."""
    at, rate = soft(numbers.epoch, wire.at, "ms"), soft(numbers.change, wire.rate)
    if at is None or rate is None or not reading.are_symbols([wire.symbol]):
        return None
    return FundingRate(wire.symbol, rate, "settled", settled_at=at)
