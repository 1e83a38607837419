"""What is new: listing events of a window with what to know before touching such a market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markets.analysis import discovery
from markets.analysis.discovery import Flood, News
from markets.board import Coin
from markets.latest import Latest
from markets.models import Listing
from markets.reads import gaps, listed, prices
from markets.reads.listed import Catalogue
from markets.reads.prices import Price, Safety
from markets.reads.wanted import NOWHERE, WINDOWS, Found, Wanted, coin, coins, kept, tests, widest

E = Listing.Event
WHAT = {  # which events a choice shows
    "coins": (E.ANNOUNCED, E.LISTED, E.OPENED), "pairs": (E.PAIR_ADDED,), "arrivals": (E.ANNOUNCED, E.LISTED, E.PAIR_ADDED, E.OPENED),
    "gone": (E.SUSPENDED, E.RESUMED, E.DELISTING, E.DELISTED),
    "renamed": (E.RENAMED,), "all": tuple(E),
}  # fmt: skip
MOST = 5000
_COLUMNS = (
    "pk", "exchange__slug", "event", "at", "time_source", "seen_at", "asset__slug", "market_id", "market__symbol", "market__quote__asset__slug",
    "market__status", "detail",
)
_twins = Latest(1)


@dataclass(frozen=True)
class NewRow:
    """One event with what to know before touching such a market. `change_pct`: since the first price Pebble stored."""

    news: News
    coin: Coin
    price: Price | None
    change_pct: Decimal | None
    safety: Safety
    on: tuple[str, ...]
    verified: bool
    conflicted: bool
    twins: tuple[str, ...]  # other coins of this ticker


def new(wanted: Wanted, now: datetime) -> Found:
    """Listing events of the window, latest first; a flood of one exchange is one line."""
    everything = discovery.newest(events(wanted, now))
    by = tests(wanted, lambda n: n.quote == wanted.quote, lambda n: (prices.traded_usd(n.asset, n.exchange) or Decimal(0)) >= (wanted.min_volume_usd or 0))
    lines = discovery.digested(kept(everything, by))
    catalogues = listed.catalogues(now)
    page = lines[wanted.offset : wanted.offset + wanted.limit]
    first = prices.first([line.market for line in page if isinstance(line, News)])
    rows = tuple(line if isinstance(line, Flood) else _row(line, first, catalogues, now) for line in page)
    return Found(now, rows, len(lines), catalogues, leads=listed.leads(now), widest="" if lines else widest(everything, by))


def events(wanted: Wanted, now: datetime) -> Iterator[News]:
    """Spot listing events as they are stored."""
    rows = Listing.objects.filter(
        market__kind="spot", event__in=WHAT[wanted.what], at__gte=now - WINDOWS[wanted.window], asset__isnull=False,
        exchange__slug__in=gaps.seen(wanted.exchanges),
    )
    for pk, exchange, event, at, source, seen_at, asset, market, symbol, quote, status, detail in rows.values_list(*_COLUMNS)[:MOST]:
        yield News(
            pk=pk, exchange=exchange, event=event, at=at, time_source=source, seen_at=seen_at, asset=asset.upper(), market=market, symbol=symbol,
            quote=quote.upper(), status=status, detail=detail,
        )


def _row(news: News, first: Mapping[int, Decimal], catalogues: Mapping[str, Catalogue], now: datetime) -> NewRow:
    there = listed.presences().get(news.asset, NOWHERE)
    price, began, here = prices.at(news.asset, news.exchange, news.quote, now), first.get(news.market), discovery.here(there)
    return NewRow(
        news=news, coin=coin(news.asset), price=price, on=tuple(slug for slug in catalogues if slug in here),
        change_pct=(price.price / began - 1) * 100 if price and price.price and began else None,
        safety=prices.safety(news, there, price), verified=discovery.is_verified(news, catalogues[news.exchange].accepted_at),
        conflicted=news.exchange in there and there[news.exchange].identity == discovery.CONFLICTED,
        twins=_twins.get(listed.revision(), _same_ticker).get(news.asset, ()),
    )


def _same_ticker() -> dict[str, tuple[str, ...]]:
    return discovery.same_ticker({key: known for key, known in coins().items() if key in listed.presences()})
