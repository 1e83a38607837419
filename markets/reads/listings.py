"""What exchanges began, stopped or announced: listing events and public notices, page by page from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from markets.models import Announcement, Listing
from markets.reads import gaps
from markets.reads.contracts import coin


@dataclass(frozen=True)
class Event:
    """One change of what an exchange trades. `at` is when it happens or happened; `time_source`: exchange or first_seen."""

    exchange: str
    event: str
    at: datetime
    time_source: str
    seen_at: datetime
    asset: str | None
    symbol: str | None
    kind: str | None
    base: str | None
    quote: str | None
    status: str | None
    detail: str


@dataclass(frozen=True)
class Notice:
    """One public notice of an exchange."""

    exchange: str
    id: str
    title: str
    kind: str
    url: str
    published_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    first_seen_at: datetime


@dataclass(frozen=True)
class Page:
    """Some of `count` rows."""

    rows: tuple[Any, ...]
    count: int


_EVENT = (
    "exchange__slug", "event", "at", "time_source", "seen_at", "asset__slug", "market__symbol", "market__kind", "market__base__asset__slug",
    "market__quote__asset__slug", "market__status", "detail",
)
_NOTICE = ("exchange__slug", "key", "title", "kind", "url", "published_at", "starts_at", "ends_at", "first_seen_at")


def events(
    *, exchanges: Sequence[str] = (), event: Sequence[str] = (), assets: Sequence[str] = (), kinds: Sequence[str] = (), since: datetime | None = None,
    until: datetime | None = None, order: str = "-at", offset: int = 0, limit: int = 100,
) -> Page:
    """Listing events at or after `since` and before `until`. `assets` are coins as pairs name them; `kinds` of market."""
    rows = _within(Listing.objects.filter(exchange__slug__in=gaps.seen(exchanges)), order.lstrip("-"), since, until)
    wanted = {"event__in": event, "asset__slug__in": [a.lower() for a in assets], "market__kind__in": kinds}
    rows = rows.filter(**{name: values for name, values in wanted.items() if values})
    page = _ordered(rows, order).values_list(*_EVENT)[offset : offset + limit]
    return Page(tuple(_event(*row) for row in page), rows.count())


def _event(*row: Any) -> Event:
    exchange, event, at, time_source, seen_at, asset, symbol, kind, base, quote, status, detail = row
    coins = [coin(slug) if slug else None for slug in (asset, base, quote)]
    return Event(exchange, event, at, time_source, seen_at, coins[0], symbol, kind, coins[1], coins[2], status, detail)


def notices(
    *, exchanges: Sequence[str] = (), kinds: Sequence[str] = (), since: datetime | None = None, until: datetime | None = None, order: str = "-published_at",
    offset: int = 0, limit: int = 100,
) -> Page:
    """Public notices by when they were published; of one without a time, by when Pebble saw it first."""
    rows = Announcement.objects.filter(exchange__slug__in=gaps.seen(exchanges))
    rows = _within(rows, order.lstrip("-"), since, until)
    rows = rows.filter(kind__in=kinds) if kinds else rows
    page = _ordered(rows, order).values_list(*_NOTICE)[offset : offset + limit]
    return Page(tuple(Notice(*row) for row in page), rows.count())


def _within(rows: QuerySet[Any], column: str, since: datetime | None, until: datetime | None) -> QuerySet[Any]:
    bounds = {f"{column}__gte": since, f"{column}__lt": until}
    return rows.filter(**{name: at for name, at in bounds.items() if at})


def _ordered(rows: QuerySet[Any], order: str) -> QuerySet[Any]:
    """By a time; what has none comes last either way, and of equals the newest row first."""
    column = F(order.lstrip("-"))
    return rows.order_by(column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True), "-pk")
