"""The board in this process's memory, renewed exchange by exchange when its change number moved.

Web processes read pages from it, workers judge polls against it. While the database is away it keeps what it has.
`everything` is all of it; `current` is what whoever is looking sees (`markets.audience`), and what all reads stand on.
"""

from __future__ import annotations

import logging
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone
from msgspec import structs

from exchanges.models import Exchange, ExchangeState, Feed, Release
from exchanges.numbers import STORED
from markets import audience
from markets.analysis import cross
from markets.analysis.aliases import FORMER, Alias, standing
from markets.board import Board, Coin, PairKey, Quote
from markets.entries import Entries, Entry, entries_of
from markets.method import current_method
from markets.models import Asset, AssetAlias, ExchangeAsset, IdentityState, Market, Revision
from markets.models import Quote as QuoteRow

NEVER = datetime.min.replace(tzinfo=UTC)
LOOK_S = 0.25  # how often the change numbers are read at most
LAG_S = 1.0  # while one thread looks, the others answer by the last look if it is no older than this
AWAY_S = 2.0  # how long a database that was away is left alone
RATE_AGE = timedelta(minutes=15)
BOARD = frozenset({"switches", "assets", "outcomes", "state", "catalogue", "tickers"})  # the change numbers that make a new board
LIMITED = (Release.SHADOW, Release.PERCENT)
UNRELEASED = "not_in_rollout"
SWITCHED = {ExchangeState.AUTO_DISABLED, ExchangeState.BANNED, ExchangeState.BLOCKED}
logger = logging.getLogger(__name__)

_NUMBERS = (
    "bid", "bid_size", "ask", "ask_size", "last", "base_volume_24h", "quote_volume_24h", "change_24h_pct", "high_24h", "low_24h", "taker_fee", "same_reference",
)
_TIMES = ("exchange_ts", "requested_at", "received_at", "observed_at", "flag_since", "same_since")
_PLAIN = ("market_id", "bad", "ts_source", "flag", "calm", "same_polls")


@dataclass(frozen=True)
class Held:
    """One consistent view: the board, the exchange rows, and each exchange's newest quote."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    board: Board = field(default_factory=lambda: Board({}))
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    feeds: Mapping[str, Mapping[str, Feed]] = field(default_factory=dict)
    newest: Mapping[str, datetime] = field(default_factory=dict)
    entries: Mapping[str, Entries] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, Quote]] = field(default_factory=dict)  # exchange -> symbol -> its quote, on the board or not

    @cached_property
    def trading(self) -> Mapping[str, int]:
        """How many markets of each exchange trade: every page says so, and counting them anew takes longer than the rest of its frame."""
        return {slug: sum(entry.market["status"] == "trading" for entry in entries.values()) for slug, entries in self.entries.items()}


_held = Held()
_seen: tuple[Held, dict[frozenset[str], Held]] = (_held, {})  # of that view: what those who do not see some exchanges see
_looked_at = float("-inf")
_away = False  # at the last look
_lock = threading.Lock()


def current() -> Held:
    """What whoever is looking sees of `everything`: without the exchanges that are not released to them."""
    global _seen  # noqa: PLW0603
    whole = everything()
    limited = [e for e in whole.exchanges.values() if e.release in LIMITED]
    if not limited or audience.everything():
        return whole
    hidden = audience.unseen(limited)
    if _seen[0] is not whole:
        _seen = (whole, {})
    views = _seen[1]
    if hidden not in views:
        views[hidden] = _without(whole, hidden)
    return views[hidden]


def unseen() -> Mapping[str, Exchange]:
    """The exchanges that whoever is looking does not see: what is stored beside the board may name them."""
    seen = current().exchanges
    return {slug: exchange for slug, exchange in everything().exchanges.items() if slug not in seen}


def veiled(text: str) -> str:
    """Stored words that may name exchanges which are not everybody's to know, also by the name they had before an operator's."""
    for exchange in unseen().values():
        for name in {exchange.name, exchange.adapter.name if exchange.adapter else exchange.name}:
            text = text.replace(name, "one that is not shown")
    return text


def looker() -> str:
    """Which of these views whoever is looking sees, as text: part of the key of whatever is kept for more than one of them.

    By what is in memory: it reads nothing.
    """
    limited = [e for e in _held.exchanges.values() if e.release in LIMITED]
    if not limited:
        return ""
    return "operators" if audience.everything() else _name(audience.unseen(limited))


def _name(hidden: frozenset[str]) -> str:
    return f"audience:{' '.join(sorted(hidden))}"


def everything() -> Held:
    """The view as last stored, at most LOOK_S old, or LAG_S while a newer one is being made. Falls back to what is in memory when the database is away."""
    global _looked_at  # noqa: PLW0603 - one view per process, on purpose
    old_s = time.monotonic() - _looked_at
    if old_s < LOOK_S:
        return _held
    # A new list takes a twentieth of a second, for which only the one who found it waits. While the database is away one thread
    # finds out, however long that takes, and the others answer from memory.
    if _lock.acquire(blocking=not _away and old_s > LAG_S):
        try:
            if time.monotonic() - _looked_at >= LOOK_S:
                _look()
                _looked_at = time.monotonic() + (AWAY_S if _away else 0)
        finally:
            _lock.release()
    return _held


def is_away() -> bool:
    """Whether the database was away at the last look: what is in memory has to do."""
    return _away


def look_again() -> None:
    """Read the change numbers at the next use: this process has just written something."""
    global _looked_at  # noqa: PLW0603
    _looked_at = float("-inf")


def forget() -> None:
    """Drop everything held; the next read starts anew (tests, and after a fork)."""
    global _held, _looked_at, _away
    with _lock:
        _held, _looked_at, _away = Held(), float("-inf"), False


def _without(whole: Held, hidden: frozenset[str]) -> Held:
    """The same board without some exchanges; what is seen of the others that are not released to everybody counts in full."""
    shown = {slug for slug, e in whole.exchanges.items() if e.release in LIMITED and slug not in hidden}
    pairs = {key: _row(row, hidden, shown) for key, row in whole.board.pairs.items()}
    board = replace(whole.board, pairs={key: row for key, row in pairs.items() if row}, revision=f"{whole.board.revision},{_name(hidden)}")
    parts = ("exchanges", "feeds", "newest", "entries", "own")
    kept = {part: {slug: value for slug, value in getattr(whole, part).items() if slug not in hidden} for part in parts}
    return Held({**whole.numbers, _name(hidden): 0}, board, **kept)


def _row(row: Mapping[str, Quote], hidden: frozenset[str], shown: set[str]) -> Mapping[str, Quote]:
    if hidden.isdisjoint(row) and shown.isdisjoint(row):
        return row
    return {slug: structs.replace(q, switch="") if q.switch == UNRELEASED and slug in shown else q for slug, q in row.items() if slug not in hidden}


def _look() -> None:
    global _held, _away  # noqa: PLW0603
    try:
        numbers = dict(Revision.objects.values_list("name", "number"))
        if numbers != _held.numbers or not _held.exchanges:
            _held = _renewed(_held, numbers)
        _away = False
    except DatabaseError as error:
        if not _held.exchanges:
            raise
        _away = True
        logger.warning("the database is away, pages are served from memory: %s", error)


def _renewed(old: Held, numbers: Mapping[str, int]) -> Held:
    moved = {name for name in numbers.keys() | old.numbers.keys() if numbers.get(name) != old.numbers.get(name)}
    if old.exchanges and not any(map(_on_board, moved)):  # contracts, networks and the like: the board is as it was
        exchanges = _exchange_rows()
        return replace(old, numbers=numbers, exchanges=exchanges, feeds=_feed_rows(exchanges))
    everything = bool(moved & {"switches", "assets"}) or not old.exchanges
    exchanges = _exchange_rows()  # a handful of rows: how the last polls went is always today's
    feeds = _feed_rows(exchanges)
    coins = _coins() if everything else old.board.coins
    entries, pairs, newest, own = dict(old.entries), dict(old.board.pairs), dict(old.newest), dict(old.own)
    for slug, exchange in exchanges.items():
        if everything or f"catalogue:{slug}" in moved or slug not in entries:
            entries[slug] = entries_of(exchange)
        if everything or moved & {f"catalogue:{slug}", f"tickers:{slug}", f"state:{slug}"}:
            quotes = list(_quotes(exchange, feeds.get(slug, {}), entries[slug]))
            newest[slug] = max((q.observed_at for q in quotes if q.observed_at), default=NEVER)
            own[slug] = {quote.symbol: quote for quote in quotes}
            pairs = _replaced(pairs, slug, quotes)
    board = Board(pairs, coins, _usd(pairs, coins, old.board.usd), ",".join(f"{name}{number}" for name, number in sorted(numbers.items()) if _on_board(name)))
    return Held(numbers, board, exchanges, feeds, newest, entries, own)


def _on_board(name: str) -> bool:
    """Whether a change number is of something the board is made of, or the status page shows."""
    return name.partition(":")[0] in BOARD


def _exchange_rows() -> dict[str, Exchange]:
    return {e.slug: _as_read(e) for e in Exchange.objects.all() if e.adapter}


def _as_read(exchange: Exchange) -> Exchange:
    """Readers ask one thing, whether it is on: they are not told by which of its operator's switches it is off."""
    exchange.enabled = exchange.switched_on
    return exchange


def _feed_rows(exchanges: Mapping[str, Exchange]) -> dict[str, dict[str, Feed]]:
    """All feeds of one exchange share its row: one for each would be most of what this costs, after every poll."""
    rows, feeds = {exchange.pk: exchange for exchange in exchanges.values()}, dict[str, dict[str, Feed]]()
    for feed in Feed.objects.filter(exchange__in=rows):
        feed.exchange = rows[feed.exchange_id]
        feeds.setdefault(feed.exchange.slug, {})[feed.source] = feed
    return feeds


def _coins() -> dict[str, Coin]:
    former, names, today = dict[int, list[str]](), _names(), timezone.now().date()
    aliases = AssetAlias.objects.filter(kind=AssetAlias.Kind.FORMER)
    for asset_id, text, kind, *dates in aliases.values_list("asset_id", "text", "kind", "valid_from", "valid_to"):
        if standing(Alias(text, kind, "", *dates), today) == FORMER:
            former.setdefault(asset_id, []).append(text)
    rows = Asset.objects.order_by("pk").values_list("pk", "slug", "ticker", "name", "kind")
    # The oldest first: a name that a newcomer shares with it stays its own.
    return {slug.upper(): Coin(ticker, name or names.get(pk, ""), kind, slug, tuple(former.get(pk, ()))) for pk, slug, ticker, name, kind in rows}


def _names() -> dict[int, str]:
    """{asset: the full name most exchanges have for it}, of codes that are not another coin's."""
    found: dict[int, list[str]] = {}
    rows = ExchangeAsset.objects.filter(asset__name="").exclude(name="").exclude(state=IdentityState.CONFLICTED).order_by("pk")
    for asset_id, name in rows.values_list("asset_id", "name"):
        found.setdefault(asset_id, []).append(name)
    return {asset_id: max(names, key=names.count) for asset_id, names in found.items()}


def _quotes(exchange: Exchange, feeds: Mapping[str, Feed], entries: Mapping[int, Entry]) -> Iterator[Quote]:
    tickers = feeds.get("tickers")
    shared = {"exchange": exchange.slug, "priority": exchange.priority, "period_s": tickers.period_s if tickers else 10}
    switch = _switch(exchange, tickers)
    found = {row["market_id"]: row for row in _quote_rows(exchange)}
    for market_id, entry in entries.items():
        row = found.get(market_id, {})
        fee, source = fee_of(exchange, row.pop("taker_fee", None), entry.taker_fee)
        row.pop("market_id", None)
        yield Quote(**shared, **entry.market, **row, switch=switch or ("" if entry.enabled else "disabled"), taker_fee=fee, fee_source=source)


def _switch(exchange: Exchange, tickers: Feed | None) -> str:
    """The reason code that keeps all of an exchange's quotes from counting, or ""."""
    if not exchange.enabled or (tickers and not tickers.enabled):
        return "disabled"
    if exchange.state in SWITCHED:
        return exchange.state
    return UNRELEASED if exchange.release in LIMITED else ""


def fee_of(exchange: Exchange, on_ticker: Decimal | None, on_market: Decimal | None) -> tuple[Decimal | None, str | None]:
    """The operator's fee, else the one on the wire, else the public default; as a ratio, and whose it is."""
    if exchange.taker_fee_pct is not None:
        return exchange.taker_fee_pct / 100, "operator"
    wire = on_ticker if on_ticker is not None else on_market
    if wire is not None:
        return wire, "exchange"
    return (exchange.adapter.taker_fee, "default") if exchange.adapter else (None, None)


def _quote_rows(exchange: Exchange) -> Iterator[dict[str, Any]]:
    """Rows read past the ORM: its per-field converters cost five times as much, and this runs after every poll."""
    columns = (*_PLAIN, *_NUMBERS, *_TIMES)
    # A column's own name would make Django's SQLite driver parse every time; as text each distinct one is parsed once.
    asked = [f"CAST(q.{c} AS TEXT)" if c in _TIMES and connection.vendor == "sqlite" else f"q.{c}" for c in columns]
    sql = f"SELECT {', '.join(asked)} FROM {QuoteRow._meta.db_table} q JOIN {Market._meta.db_table} m ON m.id = q.market_id WHERE m.exchange_id = %s"  # noqa: S608 - names of our own columns
    number, instant = _converters()
    plain, last = len(_PLAIN), len(_PLAIN) + len(_NUMBERS)
    with connection.cursor() as cursor:
        cursor.execute(sql, [exchange.pk])
        for row in cursor.fetchall():
            values = (*row[:plain], *map(number, row[plain:last]), *map(instant, row[last:]))
            fields = dict(zip(columns, values, strict=True))
            fields["bad"] = tuple(fields["bad"].split(",")) if fields["bad"] else ()
            yield fields


def _converters() -> tuple[Callable[[Any], Decimal | None], Callable[[Any], datetime | None]]:
    if connection.vendor != "sqlite":
        return (lambda value: value), (lambda value: value)
    times: dict[str, datetime] = {}

    def instant(value: str | None) -> datetime | None:
        if value is None:
            return None
        if value not in times:
            times[value] = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return times[value]

    return _from_sqlite, instant


def _from_sqlite(value: float | int | None) -> Decimal | None:
    """SQLite keeps decimals as binary doubles: their first 15 significant digits are what was stored."""
    if value is None:
        return None
    return Decimal(value) if isinstance(value, int) else STORED.create_decimal_from_float(value)


def _replaced(pairs: dict[PairKey, Mapping[str, Quote]], slug: str, quotes: list[Quote]) -> dict[PairKey, Mapping[str, Quote]]:
    """The pairs with this exchange's quotes replaced. Two symbols of one pair: the trading, newer, busier one stands."""
    best: dict[PairKey, Quote] = {}
    for quote in quotes:
        key = PairKey(quote.base, quote.quote, quote.kind)
        if key not in best or _standing(quote) > _standing(best[key]):
            best[key] = quote
    kept = {key: {s: q for s, q in row.items() if s != slug} if slug in row else row for key, row in pairs.items()}
    for key, quote in best.items():
        kept[key] = {**kept.get(key, {}), slug: quote}
    return {key: row for key, row in kept.items() if row}


def _standing(quote: Quote) -> tuple[bool, bool, datetime, Decimal]:
    known = quote.identity != IdentityState.CONFLICTED
    return quote.status == Market.Status.TRADING, known, quote.observed_at or NEVER, quote.quote_volume_24h or Decimal(0)


def _usd(pairs: Mapping[PairKey, Mapping[str, Quote]], coins: Mapping[str, Coin], last: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """{quote ticker: USDT per unit} as of the newest quote; unknown is absent. What is in dollars already is USD as it stands."""
    newest = max((q.observed_at for row in pairs.values() for q in row.values() if q.observed_at), default=NEVER)
    kinds = {ticker: coin.kind for ticker, coin in coins.items()}
    found = cross.rates(pairs, kinds, newest, current_method(), usd=last)
    return {cross.DOLLAR: cross.ONE, **{ticker: rate.mid for ticker, rate in found.items()}}


def median_mid(quotes: Sequence[Quote]) -> Decimal | None:
    """The middle of some quotes of one pair, for rates and units: trading, undisputed, and about as old as the newest of them."""
    newest = max((q.observed_at for q in quotes if q.observed_at), default=None)
    if newest is None:
        return None
    mids = [q.mid for q in quotes if q.mid and q.bid <= q.ask and _counts(q) and newest - q.observed_at < RATE_AGE]  # type: ignore[operator]
    return statistics.median(mids) if mids else None


def _counts(quote: Quote) -> bool:
    clean = not quote.flag and not quote.switch and quote.status == Market.Status.TRADING
    return clean and quote.identity != IdentityState.CONFLICTED and quote.observed_at is not None
