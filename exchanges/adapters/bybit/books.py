"""Order books and candles of every kind of market; what is dollars on an inverse contract becomes coins."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any, Generic, TypeVar

from msgspec import Struct, field, structs
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.numbers import BadNumber
from exchanges.reading import Soft, Token
from exchanges.rows import Book, Candle, Level

R = TypeVar("R")
_ONE = Decimal(1)


class _Reply(Struct, Generic[R]):
    result: R


# --- books ------------------------------------------------------------------------------------------------------
class _Book(Struct, Generic[R]):
    symbol: str = field(name="s")
    bids: list[R] = field(name="b")
    asks: list[R] = field(name="a")
    at: Token = field(name="ts", default=None)  # when the book was taken; `cts` is the engine's last change


_BOOK = Decoder(_Reply[_Book[list[str]]])
_ANY_BOOK = _Reply[_Book[Any]]  # with odd levels


def parse_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """Levels are [price, coins]."""
    return _book(body, known, inverse=False)


def parse_inverse_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """Levels are [price, dollars]: each is divided by its own price."""
    return _book(body, known, inverse=True)


def _book(body: bytes, known: Instruments, *, inverse: bool) -> Parsed[Book]:
    wire = reading.decode(body, _BOOK, _ANY_BOOK).result
    _about(wire.symbol, known)
    at = reading.clock(wire.at, "ms")
    bids, asks = ([level for one in side if (level := _level(one, inverse=inverse))] for side in (wire.bids, wire.asks))
    dropped = reading.believable_levels(len(wire.bids) + len(wire.asks), len(bids) + len(asks))
    # They come best first; sorting makes it so whatever comes.
    row = Book(wire.symbol, tuple(sorted(bids, reverse=True)), tuple(sorted(asks)), at, dropped)
    return Parsed([row], bad_fields=dropped, at=at)


def _about(symbol: str, known: Instruments) -> None:
    market = reading.asked(known)
    if not reading.are_symbols([symbol]) or (market and market.symbol != symbol):
        raise Garbled(f"a reply about {symbol[:60]!a}, which was not asked for")


def _level(wire: Any, *, inverse: bool) -> Level | None:
    """Price and coins; None for what is no number, or nothing."""
    if not isinstance(wire, list) or len(wire) < 2 or not all(isinstance(text, str) for text in wire[:2]):
        return None
    try:
        price, size = numbers.price(wire[0]), numbers.price(wire[1])
        coins = numbers.product(size, numbers.EXACT.divide(_ONE, price)) if inverse and price else size
    except BadNumber:
        return None
    return (price, coins) if price and coins else None


# --- candles ----------------------------------------------------------------------------------------------------
class _Candles(Struct, Generic[R]):
    symbol: str
    rows: list[R] = field(name="list")


_CANDLES = Decoder(_Reply[_Candles[list[str]]])
_ANY_CANDLES = _Reply[_Candles[Any]]


def parse_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """[start, open, high, low, close, volume in coins, turnover in money]."""
    return _candles(body, known, inverse=False)


def parse_inverse_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """The same with volume in dollars and turnover in coins."""
    return _candles(body, known, inverse=True)


def _candles(body: bytes, known: Instruments, *, inverse: bool) -> Parsed[Candle]:
    """Newest first on the wire, oldest first here; the newest may be unfinished.

    The reply does not say how long a candle is: the distance of two neighbours does. Of a single one it is not known: 0.
    """
    wire, soft = reading.decode(body, _CANDLES, _ANY_CANDLES).result, Soft()
    _about(wire.symbol, known)
    found = {row.opened_at: row for one in wire.rows if (row := _candle(wire.symbol, one, soft, inverse=inverse))}
    opens = sorted(found)
    period = min((round((b - a).total_seconds()) for a, b in pairwise(opens)), default=0)
    rows = [structs.replace(found[at], period_s=period) for at in opens]
    return reading.believable(rows, len(wire.rows), soft.bad, may_be_empty=True)


def _candle(symbol: str, wire: Any, soft: Soft, *, inverse: bool) -> Candle | None:
    if not isinstance(wire, list) or len(wire) < 7 or not all(text is None or isinstance(text, str) for text in wire[:7]):
        return None
    at = soft(numbers.epoch, wire[0], "ms")
    first, high, low, last = (soft(numbers.price, text) for text in wire[1:5])
    volume, turnover = soft(numbers.size, wire[5]), soft(numbers.size, wire[6])
    coins, money = (turnover, volume) if inverse else (volume, turnover)
    return Candle(symbol, 0, at, first, high, low, last, coins, money) if at else None
