"""Bitget's order books: spot (v2) as text under asks and bids, futures (v3) as JSON numbers under a and b. Facts of 2026-09."""

from __future__ import annotations

from decimal import Overflow
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.numbers import BadNumber
from exchanges.reading import Text, Token
from exchanges.rows import Book, Level

R = TypeVar("R")


class _Sides(Struct, Generic[R]):
    asks: list[R]
    bids: list[R]
    at: Token = field(name="ts", default=None)


class _ShortSides(Struct, Generic[R]):
    asks: list[R] = field(name="a")
    bids: list[R] = field(name="b")
    at: Token = field(name="ts", default=None)


class _Spot(Struct, Generic[R]):
    data: _Sides[R]


class _Futures(Struct, Generic[R]):
    data: _ShortSides[R]


_SPOT, _FUTURES = Decoder(_Spot[list[Text]]), Decoder(_Futures[list[Text]])


def parse_spot(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """{"data": {"asks": [["price", "size"]], "bids": [...], "ts": "ms"}}; sizes in coins."""
    return _book(reading.decode(body, _SPOT, _Spot[Any]).data, known, inverse=False)


def parse_linear(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """{"data": {"a": [[price, size]], "b": [...], "ts": "ms"}}; numbers with their zeros, sizes in coins."""
    return _book(reading.decode(body, _FUTURES, _Futures[Any]).data, known, inverse=False)


def parse_inverse(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """The same, but orders of coin-margined contracts are written in dollars: coins are dollars over the level's price."""
    return _book(reading.decode(body, _FUTURES, _Futures[Any]).data, known, inverse=True)


def _book(sides: Any, known: Instruments, *, inverse: bool) -> Parsed[Book]:
    market, at = reading.asked(known), reading.clock(sides.at, "ms")
    bids, asks = (_levels(side, inverse) for side in (sides.bids, sides.asks))
    dropped = reading.believable_levels(len(sides.bids) + len(sides.asks), len(bids) + len(asks))
    bids.sort(reverse=True)
    asks.sort()
    return Parsed([Book(market.symbol if market else "", tuple(bids), tuple(asks), at, dropped)], bad_fields=dropped, at=at)


def _levels(side: list[Any], inverse: bool) -> list[Level]:
    return [level for each in side if (level := _level(each, inverse))]


def _level(level: Any, inverse: bool) -> Level | None:
    """Price and size in coins; None for what is no number, nothing, or too little to be kept."""
    try:
        price, size = (numbers.price(text) for text in level[:2])
        if not price or not size:
            return None
        size = numbers.stored(numbers.EXACT.divide(size, price)) if inverse else size
    except (BadNumber, TypeError, ValueError, Overflow):
        return None
    return (price, size) if size else None
