"""Order books: the latest of each market as text, and a history of what lay within so much of the middle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, Overflow
from typing import Any

import msgspec

from exchanges.client import Outcome
from exchanges.numbers import plain, stored
from exchanges.rows import Book as BookRow
from exchanges.rows import Level
from markets.analysis import depth
from markets.bulk import upsert
from markets.models import Book, Depth
from markets.polls import Listed, Poll, Write, listed, steady, touch
from markets.quotes import divided, times
from markets.snapshots import FIVE_MINUTES, HOUR, opened

KINDS = ("spot", "perp", "future")
PERIODS = (FIVE_MINUTES, HOUR)
COLUMNS = ("market_id", "bids", "asks", "levels", "exchange_ts", "requested_at", "received_at", "observed_at", "token")
HISTORY = (
    "market_id", "period_s", "opened_at", "mid", "spread_bps", "bid_01", "ask_01", "bid_05", "ask_05", "bid_1", "ask_1", "bid_2", "ask_2", "truncated", "count",
)
_LAST_OF_PERIOD = dict.fromkeys(HISTORY[3:-1], "{new}") | {"count": "{old} + 1"}

Values = tuple[object, ...]


def books(poll: Poll) -> Write:
    """Store some markets' books and what they hold. A crossed or one-sided book is kept and has no depth."""
    judged = steady(poll.exchange, lambda: judge(poll))

    def write() -> Outcome[Any]:
        rows, history, said = judged()
        upsert(Book, COLUMNS, rows, key=("market_id",))
        upsert(Depth, HISTORY, history, key=HISTORY[:3], update=_LAST_OF_PERIOD)
        touch("books")
        return poll.said(said)

    return write


def judge(poll: Poll) -> tuple[list[Values], list[Values], str]:
    """(rows of books, rows of history, what is odd about some of them)."""
    markets = listed(poll, KINDS)
    rows, history, odd = list[Values](), list[Values](), list[str]()
    for row in poll.outcome.rows:
        if row.symbol in markets:
            market = markets[row.symbol]
            book = per_coin(row, market.multiplier)
            rows.append(_book(poll, book, market))
            found = depth.measure(book.bids, book.asks)
            history += _history(market.pk, found, poll.now) if found else []
            odd += [] if found else [f"{row.symbol} {depth.oddness(book.bids, book.asks)}"]
    return rows, history, ", ".join(odd)


def per_coin(book: BookRow, m: Decimal) -> BookRow:
    """The book with a multiplier undone. A level whose size would be too big to keep is left out."""
    if m == 1:
        return book
    return msgspec.structs.replace(book, bids=tuple(_levels(book.bids, m)), asks=tuple(_levels(book.asks, m)))


def _levels(levels: Iterable[Level], m: Decimal) -> Iterable[Level]:
    for price, size in levels:
        each, coins = divided(m, price), times(m, size)
        if each and coins is not None:
            yield each, coins


def _book(poll: Poll, book: BookRow, market: Listed) -> Values:
    at, requested, received = poll.stamped(book.exchange_ts, book.symbol)
    levels = len(book.bids) + len(book.asks)
    return market.pk, as_text(book.bids), as_text(book.asks), levels, at.exchange_ts, requested, received, at.observed_at, poll.token


def as_text(levels: Sequence[Level]) -> str:
    """Levels as the JSON text that is stored: [["price","size"],...], decimals without exponent and trailing zeros."""
    pairs = [f'["{_plain(price)}","{_plain(size)}"]' for price, size in levels]
    return f"[{','.join(pairs)}]"


def _plain(value: Decimal) -> str:
    """What `plain` writes, three times as fast for the numbers books are full of."""
    text = str(value)
    if "E" in text or "." not in text:
        return plain(value) or ""
    return text.rstrip("0").rstrip(".")


def as_levels(text: str) -> tuple[Level, ...]:
    """The levels of stored text."""
    return _LEVELS.decode(text)


_LEVELS = msgspec.json.Decoder(tuple[tuple[Decimal, Decimal], ...])


def _history(market_id: int, found: depth.Depth, now: datetime) -> list[Values]:
    sums = [_kept(value) for band in found.bands for value in (band.bid, band.ask)]
    return [(market_id, p, opened(now, p), stored(found.mid), stored(found.spread_bps), *sums, found.truncated, 1) for p in PERIODS]


def _kept(value: Decimal) -> Decimal | None:
    """A sum as it is stored; None beyond any number we keep: somebody's joke order must not cost the other books."""
    try:
        return stored(value)
    except Overflow:
        return None
