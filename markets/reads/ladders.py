"""Stored order books in this process's memory: read once when written, decoded once when first needed.

A page at an amount, the arbitrage scan and the liquidity pages walk the same ladders. Rows are renewed when the change number
`books` moved, and only those that came since; what was asked for stays decoded until its book is replaced.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from markets import held
from markets.board import Ladder, PairKey
from markets.depth import as_levels
from markets.models import Book, Market
from markets.reads import gaps

SOURCE = "book"
LATE = timedelta(seconds=60)  # a poll may be stored after one that was answered later
_COLUMNS = ("market_id", "market__symbol", "market__exchange__slug", "bids", "asks", "observed_at", "received_at", "exchange_ts")

_rows: dict[int, tuple[Any, ...]] = {}
_ladders: dict[int, tuple[datetime, Ladder]] = {}
_places: tuple[str, dict[PairKey, dict[str, int]]] = ("", {})
_seen: int | None = None
_lock = threading.Lock()


def forget() -> None:
    """Drop what this process holds in memory."""
    global _seen, _places
    with _lock:
        _rows.clear()
        _ladders.clear()
        _seen, _places = None, ("", {})


def of(key: PairKey) -> dict[str, Ladder]:
    """The stored books of one spot pair by exchange: of the market that stands on the board."""
    return _found(places().get(key, {}))


def everything(base: str = "") -> dict[PairKey, dict[str, Ladder]]:
    """Every spot pair's stored books by exchange, of one coin where one is named; pairs without any are absent."""
    _renew()
    wanted = ((key, ids) for key, ids in places().items() if base in ("", key.base))
    return {key: found for key, ids in wanted if (found := _found({slug: pk for slug, pk in ids.items() if pk in _rows}))}


def of_markets(market_ids: Iterable[int]) -> dict[int, Ladder]:
    """The stored books of any markets, contracts too."""
    _renew()
    return {pk: _ladder(pk) for pk in market_ids if pk in _rows}


def places() -> Mapping[PairKey, Mapping[str, int]]:
    """{pair: {exchange: Market.pk}} of the spot markets that stand on the board."""
    global _places  # noqa: PLW0603
    view = held.current()
    if _places[0] != view.board.revision or not _places[1]:
        _places = (view.board.revision, _indexed(view))
    return _places[1]


def _indexed(view: held.Held) -> dict[PairKey, dict[str, int]]:
    found: dict[PairKey, dict[str, int]] = {}
    for slug, entries in view.entries.items():
        for pk, entry in entries.items():
            quote = view.board.pairs.get(entry.key, {}).get(slug)
            if quote is not None and quote.symbol == entry.market["symbol"]:
                found.setdefault(entry.key, {})[slug] = pk
    return found


def _found(ids: Mapping[str, int]) -> dict[str, Ladder]:
    _renew()
    return {slug: _ladder(pk) for slug, pk in ids.items() if pk in _rows}


def _renew() -> None:
    global _seen  # noqa: PLW0603
    number = held.current().numbers.get("books", 0)
    if number == _seen or held.is_away():
        return
    with _lock, suppress(OperationalError, InterfaceError):  # it has just gone away: the books are those that were read
        if number != _seen:
            newest = max((row[-2] for row in _rows.values()), default=None)
            rows = Book.objects.exclude(market__status=Market.Status.DELISTED)
            for row in (rows.filter(received_at__gt=newest - LATE) if newest else rows).values_list(*_COLUMNS):
                _rows[row[0]] = row
            _seen = number


def _ladder(pk: int) -> Ladder:
    """Decoded once for each book. Its period and its switch are always today's."""
    _, symbol, slug, bids, asks, observed_at, received_at, exchange_ts = _rows[pk]
    exchange = held.current().exchanges.get(slug)
    period_s, switch = (gaps.period_s(exchange, SOURCE), gaps.switch(exchange, SOURCE)) if exchange else (60, "disabled")
    found = _ladders.get(pk)
    if found is None or (found[0], found[1].period_s, found[1].switch) != (received_at, period_s, switch):
        ladder = Ladder(
            exchange=slug, symbol=symbol, bids=as_levels(bids), asks=as_levels(asks), observed_at=observed_at, received_at=received_at,
            exchange_ts=exchange_ts, period_s=period_s, switch=switch,
        )
        found = _ladders[pk] = (received_at, ladder)
    return found[1]
