"""What an exchange began, stopped or planned to trade, told by comparing a catalogue with what stood before it.

The first catalogue is a baseline: nothing in it is new. Options make no events: hundreds come and go every day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from exchanges.models import Exchange
from markets.bulk import upsert
from markets.models import Listing, Market, Revision
from markets.polls import SOURCE_KINDS, touch

Event, Status = Listing.Event, Market.Status
Key = tuple[str, str]  # kind, native symbol

_COLUMNS = ("exchange_id", "market_id", "asset_id", "event", "at", "time_source", "seen_at", "detail")
_GONE = (Status.DELISTED,)


@dataclass(frozen=True, slots=True)
class Standing:
    """A market as the catalogue has it at one moment."""

    pk: int
    kind: str
    symbol: str
    status: str
    base_id: int
    quote_id: int
    code: str
    asset_id: int
    listed_at: datetime | None
    delist_at: datetime | None
    expiry: datetime | None


class Found(NamedTuple):
    """One event. `at` None: nobody said when, so it is now."""

    event: str
    market: Standing
    at: datetime | None = None
    detail: str = ""


_FIELDS = ("pk", "kind", "symbol", "status", "base_id", "quote_id", "base__code", "base__asset_id", "listed_at", "delist_at", "expiry")


def standing(exchange: Exchange, source: str) -> dict[Key, Standing]:
    """All markets of a catalogue's kinds as they are stored now."""
    rows = Market.objects.filter(exchange=exchange, kind__in=SOURCE_KINDS[source]).values_list(*_FIELDS)
    return {(market.kind, market.symbol): market for market in (Standing(*row) for row in rows)}


def record(exchange: Exchange, source: str, before: Mapping[Key, Standing], now: datetime, *, whole: bool = True) -> int:
    """Write down what changed since `before`; return how many events. Called after the catalogue is stored."""
    if source == "option_instruments":
        return 0
    if not _has_baseline(exchange, source):
        if whole:  # while a part of the very first list is missing, its markets would all look new when they come
            touch(_baseline(exchange, source))
        return 0
    after = standing(exchange, source)
    _replan(before, after, now)
    rows = [_row(exchange, found, now) for found in changes(before, after, now)]
    upsert(Listing, _COLUMNS, rows, key=("market_id", "event", "at"), update=())
    if rows:
        touch("listings")
    return len(rows)


def suspend(exchange: Exchange, market_id: int, now: datetime) -> str:
    """Take a trading market for halted between two lists, and write that down; return its kind, "" where it did not trade."""
    row = Market.objects.filter(exchange=exchange, pk=market_id, status=Status.TRADING).values_list(*_FIELDS).first()
    if row is None:
        return ""
    market = Standing(*row)
    Market.objects.filter(pk=market.pk).update(status=Status.HALTED)
    upsert(Listing, _COLUMNS, [_row(exchange, Found(Event.SUSPENDED, market), now)], key=("market_id", "event", "at"), update=())
    return market.kind


def _has_baseline(exchange: Exchange, source: str) -> bool:
    return Revision.objects.filter(name=_baseline(exchange, source)).exists()


def _baseline(exchange: Exchange, source: str) -> str:
    return f"baseline:{exchange.slug}:{source}"


def _row(exchange: Exchange, found: Found, now: datetime) -> tuple[object, ...]:
    said = "first_seen" if found.at is None else "exchange"
    return exchange.pk, found.market.pk, found.market.asset_id, str(found.event), found.at or now, said, now, found.detail[:200]


def changes(before: Mapping[Key, Standing], after: Mapping[Key, Standing], now: datetime) -> Iterator[Found]:
    """The events between two states of a catalogue."""
    coins = {market.asset_id for market in before.values() if market.status not in _GONE}
    for market in sorted(after.values(), key=_first_come):
        old = before.get((market.kind, market.symbol))
        if old is None or (old.status in _GONE and market.status not in _GONE):
            yield from _came(market, coins, now, old)
        elif old != market:
            yield from _moved(old, market, now)


def _first_come(market: Standing) -> tuple[bool, float, int]:
    """Of several new markets of a coin the one that opened first is its listing."""
    return market.status == Status.PRE_OPEN, market.listed_at.timestamp() if market.listed_at else float("inf"), market.pk


def _came(market: Standing, coins: set[int], now: datetime, old: Standing | None) -> Iterator[Found]:
    """A market that was not there: its coin's first one, or one more. `old`: as it was when it was taken off, if it ever was."""
    if market.status in _GONE:
        return
    # The time it first opened is not when it came back.
    opened = None if old is not None and old.listed_at == market.listed_at else market.listed_at
    if market.status == Status.PRE_OPEN:
        yield Found(Event.ANNOUNCED, market, opened, _first(market, coins))
    else:
        yield Found(Event.PAIR_ADDED if market.asset_id in coins else Event.LISTED, market, _past(opened, now))
    coins.add(market.asset_id)


def _first(market: Standing, coins: set[int]) -> str:
    return "" if market.asset_id in coins else "the coin's first market here"


def _moved(old: Standing, market: Standing, now: datetime) -> Iterator[Found]:
    if old.code != market.code:
        yield Found(Event.RENAMED, market, None, f"{old.code} is now {market.code}")
        return
    if market.status in _GONE:
        if old.status not in _GONE:
            yield Found(Event.DELISTED, market, _past(market.delist_at or market.expiry, now))
        return
    yield from _switched(old, market, now)
    if _is_leaving(market) and not _is_leaving(old):
        yield Found(Event.DELISTING, market, market.delist_at)


def _switched(old: Standing, market: Standing, now: datetime) -> Iterator[Found]:
    trades = market.status in (Status.TRADING, Status.DELISTING)
    if old.status == Status.PRE_OPEN and trades:
        yield Found(Event.OPENED, market, _past(market.listed_at, now))
    elif old.status == Status.HALTED and trades:
        yield Found(Event.RESUMED, market)
    elif old.status in (Status.TRADING, Status.DELISTING) and market.status == Status.HALTED:
        yield Found(Event.SUSPENDED, market)


def _is_leaving(market: Standing) -> bool:
    """Whether its end is planned. That a dated contract ends is no news."""
    if market.expiry is not None:
        return market.delist_at is not None and market.delist_at < market.expiry
    return market.status == Status.DELISTING or market.delist_at is not None


def _past(at: datetime | None, now: datetime) -> datetime | None:
    """The exchange's time of something that has happened; a time still to come is not that."""
    return at if at is not None and at <= now else None


def _replan(before: Mapping[Key, Standing], after: Mapping[Key, Standing], now: datetime) -> None:
    """An opening or a delisting that was put off, or given a time, is the same event at another time."""
    for key, market in after.items():
        old = before.get(key)
        if old is None or old == market:
            continue
        if old.status == market.status == Status.PRE_OPEN and market.listed_at not in (None, old.listed_at):
            _at(market, Event.ANNOUNCED, market.listed_at)
        if _is_leaving(old) and _is_leaving(market) and market.delist_at not in (None, old.delist_at):
            _at(market, Event.DELISTING, market.delist_at)


def _at(market: Standing, event: str, at: datetime | None) -> None:
    newest = Listing.objects.filter(market_id=market.pk, event=event).order_by("-id").first()
    if newest is not None and not Listing.objects.filter(market_id=market.pk, event=event, at=at).exists():
        Listing.objects.filter(pk=newest.pk).update(at=at, time_source="exchange")
