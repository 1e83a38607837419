"""KuCoin's order books, market by market: spot in coins and text, contracts in lots and JSON numbers, each with its clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, Overflow
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.numbers import BadNumber
from exchanges.reading import Text, Token
from exchanges.rows import Book, Instrument, Level

L = TypeVar("L")
Size = Callable[[Decimal, Decimal], Decimal | None]  # price, size on the wire -> size in base units


class _Sides(Struct, Generic[L]):
    bids: list[L] | None  # null on both sides: nobody has an order there
    asks: list[L] | None
    time: Token = None
    ts: Token = None
    symbol: Text = None


class _Depth(Struct, Generic[L]):
    data: _Sides[L]


_DEPTH = Decoder(_Depth[tuple[Text, Text]])


def parse_spot(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """{"data": {"time": ms, "bids": [[price, size], ...], "asks": ...}}: a snapshot, sizes in coins. It does not name its market."""
    sides = reading.decode(body, _DEPTH, _Depth[Any]).data
    market = reading.asked(known)
    return _book(sides, market.symbol if market else "", reading.clock(sides.time, "ms"), lambda price, size: size)


def parse_contract(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """The same with "symbol", "ts" in nanoseconds and sizes in lots: without the contract's size it cannot be read."""
    sides = reading.decode(body, _DEPTH, _Depth[Any]).data
    market = known.get(sides.symbol or "") or reading.asked(known)
    if market is None or market.contract_size is None:
        raise Garbled("sizes are in lots: the instruments are needed to read them")
    return _book(sides, market.symbol, _nanoseconds(sides.ts), _in_coins(market, market.contract_size))


def _in_coins(market: Instrument, lot: Decimal) -> Size:
    """What a lot is worth in coins: so many of them, or so many dollars at the level's own price."""

    def coins(price: Decimal, lots: Decimal) -> Decimal | None:
        amount = numbers.product(lots, lot)
        try:
            return numbers.stored(numbers.EXACT.divide(amount, price)) if market.inverse and amount else amount
        except Overflow:
            raise BadNumber(f"{amount} / {price}") from None

    return coins


def _book(sides: _Sides[Any], symbol: str, at: datetime | None, size: Size) -> Parsed[Book]:
    bids = _levels(sides.bids or [], size)
    asks = _levels(sides.asks or [], size)
    dropped = reading.believable_levels(len(sides.bids or []) + len(sides.asks or []), len(bids) + len(asks))
    bids.sort(key=lambda level: -level[0])
    asks.sort(key=lambda level: level[0])
    return Parsed([Book(symbol, tuple(bids), tuple(asks), at, dropped)], at=at)


def _levels(side: list[Any], size: Size) -> list[Level]:
    """The levels that are two numbers above zero."""
    if len(side) > reading.MAX_ROWS:
        raise Garbled(f"{len(side)} levels", "too_large")
    return [level for level in (_level(each, size) for each in side) if level]


def _level(wire: Any, size: Size) -> Level | None:
    match wire:
        case [str(price_text), str(size_text), *_]:
            pass
        case _:
            return None
    try:
        price, amount = numbers.price(price_text), numbers.price(size_text)
        coins = size(price, amount) if price and amount else None
    except BadNumber:
        return None
    return (price, coins) if price and coins else None


def _nanoseconds(value: Token) -> datetime | None:
    """The clock of a contract's book; None where it is no such number, and then our clock dates it."""
    text = "" if value is None else str(value)
    return reading.clock(text[:-3], "us") if len(text) == 19 else None
