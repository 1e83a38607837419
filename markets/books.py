"""Order books of one pair on every exchange: what is stored, how old it is, what it holds, and what is still on its way.

A book is read market by market, so the one a page needs may not be here yet. `ask_for` says that somebody looks; the queue
reads it, once for all who wait (`markets.turns`), and `books` finds it when it has come.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exchanges.models import Feed
from exchanges.rows import Level
from markets import held, turns
from markets.analysis import depth, quality
from markets.analysis.derivatives import age_s
from markets.board import PairKey
from markets.method import current_method
from markets.models import Book, IdentityState, Market, Reading

SOURCE = "book"
FRESH_S = 15.0  # somebody who opens a page gets a book no older than this, if the exchange answers
PATIENCE_S = 15.0  # so long a page says "asking"; then it says that no answer came


@dataclass(frozen=True)
class BookView:
    """One exchange's book of the pair. `state` is fresh, aging, stale, expired, or missing: never read.

    `waiting`: it was asked of the queue and the answer is not here yet. `reason` says why there is none, or nothing new.
    `shape` is what `analysis.depth.measure` makes of it, in quote units; None without two sides. `counts`: it may be
    measured against the others, being of the same coin, of a market that trades, and not old.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    state: str = "missing"
    age_s: float | None = None
    waiting: bool = False
    reason: str = ""
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()
    shape: depth.Depth | None = None
    exchange_ts: datetime | None = None
    received_at: datetime | None = None
    counts: bool = False


def ask_for(key: PairKey, now: datetime) -> list[int]:
    """Somebody looks at this pair's books: ask for those that are old. Returns the markets asked for."""
    return turns.want([pk for _, pk in _markets(key)], SOURCE, now, fresh_s=FRESH_S)


def books(key: PairKey, now: datetime) -> tuple[BookView, ...]:
    """The stored books of the pair, one for each exchange that lists it, in the exchanges' order."""
    places = _markets(key)
    pks = [pk for _, pk in places]
    markets = Market.objects.select_related("base", "quote", "exchange").in_bulk(pks)
    stored = Book.objects.in_bulk(pks)
    readings = {r.market_id: r for r in Reading.objects.filter(market__in=pks, source=SOURCE)}
    feeds = {f.exchange.slug: f for f in Feed.objects.select_related("exchange").filter(source=SOURCE)}
    return tuple(_view(slug, markets[pk], stored.get(pk), readings.get(pk), feeds.get(slug), now) for slug, pk in places if pk in markets)


def _markets(key: PairKey) -> list[tuple[str, int]]:
    """(exchange, market) wherever the pair trades."""
    view = held.current()
    return [(slug, pk) for slug in view.exchanges for pk, entry in view.entries.get(slug, {}).items() if entry.key == key and entry.enabled]


def _view(slug: str, market: Market, book: Book | None, reading: Reading | None, feed: Feed | None, now: datetime) -> BookView:  # noqa: PLR0917
    names = {"exchange": slug, "symbol": market.symbol, "base": market.base.code, "quote": market.quote.code}
    waiting = _is_on(feed) and _waits(reading, now)
    apart = _apart(market)
    reason = _reason(reading, feed, waiting) or apart
    if book is None:
        return BookView(**names, waiting=waiting, reason=reason or ("" if waiting else "not read yet"))
    age = age_s(book.observed_at, now)
    bids, asks = tuple(_levels(book.bids)), tuple(_levels(book.asks))
    state = quality.state(age, feed.period_s if feed else 30, current_method())
    return BookView(
        **names, state=state, age_s=age, waiting=waiting, reason=reason, bids=bids, asks=asks, shape=depth.measure(bids, asks),
        exchange_ts=book.exchange_ts, received_at=book.received_at, counts=_is_on(feed) and not apart and state in ("fresh", "aging"),
    )


def _apart(market: Market) -> str:
    """Why this market's book is not measured against the others', "" when it is."""
    if IdentityState.CONFLICTED in (market.base.state, market.quote.state):
        return "another coin by its price"
    return "" if market.status == Market.Status.TRADING else "not trading"


def _waits(reading: Reading | None, now: datetime) -> bool:
    """Asked for, not tried since, and not so long ago that nobody will answer."""
    if reading is None or reading.wanted_at is None or (reading.tried_at and reading.tried_at >= reading.wanted_at):
        return False
    return (now - reading.wanted_at).total_seconds() < PATIENCE_S


def _is_on(feed: Feed | None) -> bool:
    return feed is not None and feed.enabled and feed.exchange.enabled


def _reason(reading: Reading | None, feed: Feed | None, waiting: bool) -> str:
    if feed is None:
        return "not offered"
    if not _is_on(feed):
        return "switched off by an operator"
    if reading is None or waiting:
        return ""
    if reading.wanted_at and (reading.tried_at is None or reading.tried_at < reading.wanted_at):
        return "the workers did not take it up in time"
    return "" if reading.outcome in ("ok", "partial", "") else f"last try: {reading.outcome.replace('_', ' ')}"


def _levels(text: str) -> Iterator[Level]:
    return ((Decimal(price), Decimal(size)) for price, size in json.loads(text))
