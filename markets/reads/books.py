"""Order books of one pair on every exchange: what is stored, how old it is, and what is still on its way.

A book is read market by market, so the one a page needs may not be here yet. `ask_for` says that somebody looks; the queue
reads it, once for all who wait (`markets.turns`), and `books` finds it when it has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchanges.models import Feed
from markets import held, pausing, turns
from markets.analysis import quality, wording
from markets.analysis.derivatives import age_s
from markets.board import Ladder, PairKey
from markets.entries import Entry
from markets.method import current_method
from markets.models import IdentityState, Market, Reading
from markets.reads import ladders

SOURCE = "book"
FRESH_S = 15.0  # somebody who opens a page gets a book no older than this, if the exchange answers
PATIENCE_S = 15.0  # so long a page says "asking"; then it says that no answer came
Why = tuple[str, str]  # a reason code, and its words
WELL: Why = ("", "")
UNREAD = "unknown_depth"


@dataclass(frozen=True)
class BookView:
    """One exchange's book of the pair. `state` is fresh, aging, stale, expired, or missing: never read.

    `waiting`: it was asked of the queue and the answer is not here yet. `reason` says why there is none, or nothing new; `code` is its reason code.
    `counts`: it may be measured against the others, being of the same coin, of a market that trades, and not old.
    """

    exchange: str
    symbol: str
    state: str = "missing"
    age_s: float | None = None
    waiting: bool = False
    reason: str = ""
    ladder: Ladder | None = None
    counts: bool = False
    code: str = ""


def ask_for(key: PairKey, now: datetime, fresh_s: float = FRESH_S) -> list[int]:
    """Somebody looks at this pair's books: ask for those that are old. Returns the markets asked for."""
    return turns.want([pk for _, pk, _ in _markets(key)], SOURCE, now, fresh_s=fresh_s)


def look(places: Iterable[tuple[str, int]], now: datetime) -> tuple[str, ...]:
    """Somebody looks at the books of these (exchange, market): ask for those that are old. Whose answer is still on its way."""
    on = [(slug, pk) for slug, pk in places if _is_on(held.current().feeds.get(slug, {}).get(SOURCE))]
    ids = [pk for _, pk in on]
    turns.want(ids, SOURCE, now, fresh_s=FRESH_S)
    readings = {r.market_id: r for r in Reading.objects.filter(market__in=ids, source=SOURCE)}
    return tuple(dict.fromkeys(slug for slug, pk in on if _waits(readings.get(pk), now)))


def books(key: PairKey, now: datetime, exchanges: Sequence[str] = ()) -> tuple[BookView, ...]:
    """The stored books of the pair, one for each exchange that lists it, in the exchanges' order. `exchanges`: of these only."""
    places = [place for place in _markets(key) if not exchanges or place[0] in exchanges]
    pks = [pk for _, pk, _ in places]
    stored = ladders.of_markets(pks)
    readings = {r.market_id: r for r in Reading.objects.filter(market__in=pks, source=SOURCE)}
    feeds = held.current().feeds
    return tuple(_view(slug, entry, stored.get(pk), readings.get(pk), feeds.get(slug, {}).get(SOURCE), now) for slug, pk, entry in places)


def _apart(entry: Entry) -> Why:
    """Why a market's book is not measured against the others'."""
    if entry.market["identity"] == IdentityState.CONFLICTED:
        return "conflicted", "another coin by its price"
    return WELL if entry.market["status"] == Market.Status.TRADING else ("not_trading", "not trading")


def _markets(key: PairKey) -> list[tuple[str, int, Entry]]:
    """(exchange, market, what the catalogue knows of it) wherever the pair is listed."""
    view = held.current()
    known = [(slug, view.entries[slug]) for slug in view.exchanges if slug in view.entries]
    return [(slug, pk, entries[pk]) for slug, entries in known for pk in entries.by_pair.get(key, ()) if entries[pk].enabled]


def _view(slug: str, entry: Entry, ladder: Ladder | None, reading: Reading | None, feed: Feed | None, now: datetime) -> BookView:  # noqa: PLR0917
    waiting, apart = _is_on(feed) and _waits(reading, now), _apart(entry)
    untried, symbol = _untried(reading, feed, waiting), entry.market["symbol"]
    code, reason = apart if untried == WELL else untried
    if ladder is None:
        return BookView(slug, symbol, waiting=waiting, reason=reason or ("" if waiting else "not read yet"), code=code or UNREAD)
    age = age_s(ladder.observed_at, now)
    state = quality.state(age, ladder.period_s, current_method())
    counts = _is_on(feed) and apart == WELL and state in ("fresh", "aging")
    return BookView(slug, symbol, state, age, waiting, reason, ladder, counts=counts, code=code)


def _waits(reading: Reading | None, now: datetime) -> bool:
    """Asked for, not tried since, and not so long ago that nobody will answer; while everything is paused nobody is asked."""
    if reading is None or reading.wanted_at is None or (reading.tried_at and reading.tried_at >= reading.wanted_at) or pausing.paused()[0] is not None:
        return False
    return (now - reading.wanted_at).total_seconds() < PATIENCE_S


def _is_on(feed: Feed | None) -> bool:
    return feed is not None and feed.enabled and feed.exchange.enabled and feed.exchange.state not in held.SWITCHED


def _untried(reading: Reading | None, feed: Feed | None, waiting: bool) -> Why:
    """Why the book was not read, or not anew."""
    if feed is None:
        return UNREAD, "not offered"
    if not _is_on(feed):
        switch = feed.exchange.state if feed.exchange.enabled and feed.enabled else "disabled"
        return switch, wording.PLAIN[switch]
    if reading is None or waiting:
        return WELL
    if pausing.paused()[0] is not None:
        return UNREAD, "collection is paused"
    if reading.wanted_at and (reading.tried_at is None or reading.tried_at < reading.wanted_at):
        return UNREAD, "the workers did not take it up in time"
    return WELL if reading.outcome in ("ok", "partial", "") else (UNREAD, f"last try: {reading.outcome.replace('_', ' ')}")
