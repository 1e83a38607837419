"""Order books and candles of Binance's four markets.

Spot and USD-M count coins. COIN-M counts contracts of so many dollars and options contracts of so many coins: without the
instrument their sizes cannot be read. A candle's own times say how long its period is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal, Overflow
from typing import Any

from msgspec import Struct, field, structs
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.numbers import BadNumber, column
from exchanges.reading import Token
from exchanges.rows import Book, Candle, Instrument, Level

Coins = Callable[[Decimal, Decimal], Decimal]  # a level's price and its size on the wire -> base units


# --- order books --------------------------------------------------------------------------------------------------
class _Book(Struct):
    bids: list[list[str]]
    asks: list[list[str]]
    sent: Token = field(name="E", default=None)  # when this answer was written
    changed: Token = field(name="T", default=None)  # the last change of the book


class _LooseBook(Struct):
    bids: list[Any]
    asks: list[Any]
    sent: Token = field(name="E", default=None)
    changed: Token = field(name="T", default=None)


_BOOK = Decoder(_Book)


def parse_spot_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """{"lastUpdateId", "bids": [["69000.10", "0.5"], ...], "asks"}: coins, and no clock at all."""
    return _book(reading.decode(body, _BOOK, _LooseBook), reading.asked(known), lambda price, size: size)


def parse_usdm_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """As on spot, with E, when it was written, and T, when it last changed."""
    book = reading.decode(body, _BOOK, _LooseBook)
    return _book(book, reading.asked(known), lambda price, size: size, reading.clock(book.sent, "ms"))


def parse_coinm_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """Sizes in contracts: so many dollars each, which at a level buy that many dollars' worth of coins at its price."""
    book, market = reading.decode(body, _BOOK, _LooseBook), reading.asked(known)
    money = _contract(market)
    return _book(book, market, lambda price, size: size * money / price, reading.clock(book.sent, "ms"))


def parse_option_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """Sizes in contracts of `unit` coins, prices of a whole one; T is the last change, not the moment of the answer."""
    book, market = reading.decode(body, _BOOK, _LooseBook), reading.asked(known)
    unit = _contract(market)
    parsed = _book(book, market, lambda price, size: size * unit, reading.clock(book.changed, "ms"))
    return Parsed([_of_a_coin(row, unit) for row in parsed.rows], parsed.dropped, parsed.bad_fields)


def _of_a_coin(book: Book, unit: Decimal) -> Book:
    bids, asks = (tuple((each, size) for price, size in side if (each := numbers.stored(price / unit))) for side in (book.bids, book.asks))
    return structs.replace(book, bids=bids, asks=asks)


def _contract(market: Instrument | None) -> Decimal:
    if market is None or not market.contract_size:
        raise Garbled("the instruments are needed: this counts contracts")
    return market.contract_size


def _book(book: _Book | _LooseBook, market: Instrument | None, coins: Coins, at: datetime | None = None) -> Parsed[Book]:
    """Both sides, best first. A level that is no number, or not above zero, is left out and counted."""
    bids, asks = list(_levels(book.bids, coins)), list(_levels(book.asks, coins))
    dropped = reading.believable_levels(len(book.bids) + len(book.asks), len(bids) + len(asks))
    bids.sort(reverse=True)
    asks.sort()
    return Parsed([Book(market.symbol if market else "", tuple(bids), tuple(asks), at, dropped)], bad_fields=dropped, at=at)


def _levels(rows: list[Any], coins: Coins) -> Iterable[Level]:
    for row in rows:
        try:
            price, size = numbers.price(str(row[0])), numbers.price(str(row[1]))
            coined = numbers.stored(coins(price, size)) if price and size else None
        except (BadNumber, Overflow, TypeError, LookupError):
            continue
        if price and coined:
            yield price, coined


# --- candles ------------------------------------------------------------------------------------------------------
_CANDLES = Decoder(list[list[str | int]])
_MOMENT = timedelta(milliseconds=1)  # a candle's close time is the last millisecond of its period
_CLOSES, _BASE, _QUOTE = 6, 5, 7
_LONGEST = timedelta(days=31)


def parse_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """[[opened, open, high, low, close, base volume, closes, quote volume, ...], ...], oldest first, the last unfinished."""
    rows = _readable(reading.decode(body, _CANDLES, list[Any]))
    return _candles(rows, reading.asked(known), column(_texts(rows, _BASE), numbers.size), column(_texts(rows, _QUOTE), numbers.size))


def parse_coinm_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """The same places hold other things here: the sixth counts contracts, the eighth coins."""
    rows, market = _readable(reading.decode(body, _CANDLES, list[Any])), reading.asked(known)
    contracts, wrong = column(_texts(rows, _BASE), numbers.size)
    money, beyond = numbers.products(contracts, market.contract_size if market else None)
    return _candles(rows, market, column(_texts(rows, _QUOTE), numbers.size), (money, wrong | beyond))


Rows = tuple[int, list[tuple[list[Any], datetime, int]]]  # how many there were, and of the readable ones: row, opened, seconds


def _readable(wires: list[Any]) -> Rows:
    if len(wires) > reading.MAX_ROWS:
        raise Garbled(f"{len(wires)} rows", "too_large")
    return len(wires), [(wire, *times) for wire in wires if (times := _times(wire)) is not None]


def _times(wire: Any) -> tuple[datetime, int] | None:
    """When the candle opened and for how many seconds it is."""
    if not isinstance(wire, list) or len(wire) <= _QUOTE:
        return None
    opened, closes = reading.clock(_token(wire[0]), "ms"), reading.clock(_token(wire[_CLOSES]), "ms")
    if opened is None or closes is None or not opened < closes < opened + _LONGEST:
        return None
    return opened, round((closes + _MOMENT - opened).total_seconds())


def _token(value: Any) -> Token:
    return value if isinstance(value, (str, int)) else None


def _texts(rows: Rows, place: int) -> list[str | None]:
    return [None if row[place] is None else str(row[place]) for row, _, _ in rows[1]]


def _candles(rows: Rows, market: Instrument | None, base: reading.Column, quote: reading.Column) -> Parsed[Candle]:
    total, readable = rows
    columns = [*(column(_texts(rows, place), numbers.price) for place in (1, 2, 3, 4)), base, quote]
    symbol = market.symbol if market else ""
    candles = [Candle(symbol, seconds, opened, *values) for (_, opened, seconds), *values in zip(readable, *(c[0] for c in columns), strict=True)]
    return reading.believable(sorted(candles, key=lambda candle: candle.opened_at), total, sum(len(wrong) for _, wrong in columns), may_be_empty=True)
