"""Bitget's candles: rows of text, oldest first, [ms, open, high, low, close, volume, turnover ...]. Facts of 2026-09.

Which column is coins differs by product and is partly unwritten: spot has two turnovers, coin-margined contracts count in
dollars. But turnover over volume is a price, so a column is believed where it gives one between the candle's low and high.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.reading import Soft, Text
from exchanges.rows import Candle

R = TypeVar("R")
SLACK = Decimal("0.01")


class _Reply(Struct, Generic[R]):
    data: list[R]


_CANDLES = Decoder(_Reply[list[Text]])


def parse_spot(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """Eight columns: volume in coins, then in USDT and in the quote, in an order nobody vouches for off the USDT pairs."""
    return _candles(body, known, _spot_volumes)


def parse_linear(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """Seven columns: volume in coins, then in the quote."""
    return _candles(body, known, lambda low, high, volume, turnover, *_: (volume, turnover))


def parse_inverse(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """Seven columns: a volume in dollars, then in coins, or the other way round: the prices tell."""
    return _candles(body, known, _inverse_volumes)


Volumes = tuple[Decimal | None, Decimal | None]


def _spot_volumes(low: Decimal | None, high: Decimal | None, volume: Decimal | None, *turnovers: Decimal | None) -> Volumes:
    for turnover in reversed(turnovers):
        if turnover is not None and (volume == turnover == 0 or _is_price(turnover, volume, low, high)):
            return volume, turnover
    return volume, None


def _inverse_volumes(low: Decimal | None, high: Decimal | None, one: Decimal | None, other: Decimal | None, *_: Decimal | None) -> Volumes:
    if one == other == 0:
        return one, other
    coins_first, money_first = _is_price(other, one, low, high), _is_price(one, other, low, high)
    if coins_first == money_first:  # neither, or both around a price of one
        return None, None
    return (one, other) if coins_first else (other, one)


def _is_price(money: Decimal | None, coins: Decimal | None, low: Decimal | None, high: Decimal | None) -> bool:
    if not (money and coins and low and high):
        return False
    return low * (1 - SLACK) <= numbers.EXACT.divide(money, coins) <= high * (1 + SLACK)


def _candles(body: bytes, known: Instruments, volumes: Any) -> Parsed[Candle]:
    wires = reading.decode(body, _CANDLES, _Reply[Any]).data
    market, soft = reading.asked(known), Soft()
    rows: dict[datetime, Candle] = {}
    for wire in wires:
        candle = _candle(wire, market.symbol if market else "", soft, volumes)
        if candle:
            rows[candle.opened_at] = candle
    return reading.believable(_with_period([rows[at] for at in sorted(rows)]), len(wires), soft.bad, may_be_empty=True)


def _candle(wire: Any, symbol: str, soft: Soft, volumes: Any) -> Candle | None:
    if not isinstance(wire, list) or len(wire) < 7:
        return None
    texts = [text if isinstance(text, str) else None for text in wire]
    at = soft(numbers.epoch, texts[0], "ms")
    if at is None:
        return None
    opened, high, low, close = (soft(numbers.price, text) for text in texts[1:5])
    base, quote = volumes(low, high, *(soft(numbers.size, text) for text in texts[5:8]))
    return Candle(symbol, 0, at, opened, high, low, close, base, quote)


def _with_period(candles: list[Candle]) -> list[Candle]:
    """The reply does not say its period: it is the shortest time between two candles; 0 where there is only one."""
    gaps = [(later.opened_at - earlier.opened_at).total_seconds() for earlier, later in pairwise(candles)]
    period = int(min(gaps, default=0))
    return [Candle(c.symbol, period, c.opened_at, c.open, c.high, c.low, c.close, c.base_volume, c.quote_volume) for c in candles]
