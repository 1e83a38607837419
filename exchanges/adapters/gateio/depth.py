"""Order books and candles of every product. Spot counts coins, everything else counts contracts.

Spot writes levels as [price, size] and times in ms; futures and options write {"p", "s"} and seconds with decimals.
Spot candles put the close before the open; futures candles are objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Generic, TypeVar

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import numbers, reading
from exchanges.adapter import Headers, Instruments, Parsed
from exchanges.errors import Garbled
from exchanges.numbers import BadNumber
from exchanges.reading import Text, Token
from exchanges.rows import Book, Candle, Instrument, Level

L = TypeVar("L")
Stamp = str | int | float | None  # an epoch: integer, float, or text of either
Sizes = Callable[[Decimal, Decimal], Decimal | None]  # size on the wire and its price -> base units


# --- order books --------------------------------------------------------------------------------------------------
class _Book(Struct, Generic[L]):
    asks: list[L]
    bids: list[L]
    current: Stamp = None  # when this was written; `update` is when the book last changed


class _Lots(Struct, gc=False):
    p: Text
    s: Token


_SPOT, _CONTRACT, _LOOSE = Decoder(_Book[list[str]]), Decoder(_Book[_Lots]), _Book[Any]


def parse_spot_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """{"asks": [["112095.9", "0.5"], ...], "current": ms}: sizes in coins."""
    book = reading.decode(body, _SPOT, _LOOSE)
    return _book(book, _time(book.current, numbers.epoch, "ms"), reading.asked(known), lambda size, price: size)


def parse_contract_book(body: bytes, headers: Headers, known: Instruments) -> Parsed[Book]:
    """{"asks": [{"p": "0.29", "s": 803}, ...], "current": s.ms}: sizes in contracts, whose size the instrument knows."""
    book = reading.decode(body, _CONTRACT, _LOOSE)
    market = reading.asked(known)
    if market is None or not market.contract_size:
        raise Garbled("the instruments are needed: this book counts contracts")
    return _book(book, _time(book.current, numbers.seconds), market, _in_coins(market.contract_size, market.inverse))


def _in_coins(contract: Decimal, inverse: bool) -> Sizes:
    """Contracts to base units. Of an inverse contract the money at a level buys so much at that level's price."""
    if inverse:
        return lambda size, price: numbers.product(size, contract / price)
    return lambda size, price: numbers.product(size, contract)


def _time(value: Stamp, read: Callable[..., datetime | None], *unit: str) -> datetime | None:
    try:
        return read(value, *unit)
    except BadNumber:
        return None


def _book(book: _Book[Any], at: datetime | None, market: Instrument | None, sizes: Sizes) -> Parsed[Book]:
    """Both sides, best first. A level that is no number or not above zero is left out and counted."""
    bids, asks = list(_levels(book.bids, sizes)), list(_levels(book.asks, sizes))
    dropped = reading.believable_levels(len(book.bids) + len(book.asks), len(bids) + len(asks))
    bids.sort(reverse=True)
    asks.sort()
    return Parsed([Book(market.symbol if market else "", tuple(bids), tuple(asks), at, dropped)], bad_fields=dropped, at=at)


def _levels(rows: list[Any], sizes: Sizes) -> Iterable[Level]:
    for row in rows:
        try:
            price, size = map(numbers.price, _pair(row))
            size = sizes(size, price) if price and size else None
        except (BadNumber, ValueError):
            continue
        if price and size:
            yield price, size


def _pair(row: Any) -> tuple[str | None, str | None]:
    """Price and size of a level as text, however it is written. Raises ValueError for anything else."""
    if isinstance(row, dict):
        price, size = row.get("p"), row.get("s")
    elif isinstance(row, _Lots):
        price, size = row.p, row.s
    elif isinstance(row, list):
        price, size = row[:2] if len(row) > 1 else (None, None)
    else:
        raise ValueError("no level")
    return None if price is None else str(price), None if size is None else str(size)


# --- candles ------------------------------------------------------------------------------------------------------
class _Candle(Struct, gc=False):
    """`v` counts contracts, `sum` is in quote; the delivery product leaves `sum` out."""

    t: Stamp
    o: Text = None
    h: Text = None
    l: Text = None  # noqa: E741 - the wire's name
    c: Text = None
    v: Token = None
    sum: Text = None


_ARRAYS = Decoder(list[list[str]])
_OBJECTS = reading.Table(list, _Candle)


def parse_spot_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """[["s", quote volume, CLOSE, high, low, OPEN, base volume, closed?], ...]: an order of its own."""
    rows = reading.decode(body, _ARRAYS, list[Any])
    wide = [[cell if isinstance(cell, str) else None for cell in row] for row in rows if isinstance(row, list) and len(row) > 6]
    found = [_candle(known, row[0], row[5], row[3], row[4], row[2], row[6], row[1]) for row in wide]
    return _candles(found, len(rows))


def parse_contract_candles(body: bytes, headers: Headers, known: Instruments) -> Parsed[Candle]:
    """[{"t": s, "o", "h", "l", "c", "v": contracts, "sum": quote}, ...]; volumes in coins where the contract's size is known."""
    _, rows, total = _OBJECTS.read(body)
    market = reading.asked(known)
    return _candles([_candle(known, row.t, row.o, row.h, row.l, row.c, *_volumes(row, market)) for row in rows], total)


def _volumes(row: _Candle, market: Instrument | None) -> tuple[str | None, str | None]:
    """Base and quote volume. An inverse contract's count is money; how many coins that was, the candle does not say."""
    size = market.contract_size if market else None
    try:
        volume = numbers.plain(numbers.product(numbers.size(None if row.v is None else str(row.v)), size))
    except BadNumber:
        volume = "?"  # no number, which the row's reading will find again
    return (None, volume) if market and market.inverse else (volume, row.sum)


def _candle(known: Instruments, at: Stamp, *texts: str | None) -> Candle | None:
    """One candle from its time and its texts (open high low close base quote); None without a time or with a bad number."""
    market = reading.asked(known)
    try:
        opened = numbers.seconds(at)
        prices, volumes = list(map(numbers.price, texts[:4])), list(map(numbers.size, texts[4:]))
    except BadNumber:
        return None
    return Candle(market.symbol if market else "", 0, opened, *prices, *volumes) if opened else None


def _candles(found: list[Candle | None], total: int) -> Parsed[Candle]:
    """Oldest first. The reply does not name its period: it is the shortest step in it, and 0 for a single candle."""
    rows = sorted({row.opened_at: row for row in found if row}.values(), key=lambda row: row.opened_at)
    steps = [int((later.opened_at - row.opened_at).total_seconds()) for row, later in pairwise(rows)]
    period = min(steps, default=0)
    whole = [Candle(row.symbol, period, row.opened_at, row.open, row.high, row.low, row.close, row.base_volume, row.quote_volume) for row in rows]
    return reading.believable(whole, total, 0, may_be_empty=True)
