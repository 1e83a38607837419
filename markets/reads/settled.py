"""Funding that was paid, page by page from the store, and its means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from markets import held
from markets.analysis import derivatives, funding
from markets.analysis.funding import MEAN_OF, Mean, Payment
from markets.models import FundingSettlement, Market
from markets.reads.contracts import apart, coin


@dataclass(frozen=True)
class Wanted:
    """Which payments: of contracts on these coins, in [since, until). Empty means any."""

    base: tuple[str, ...]
    quote: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    symbol: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Settlement:
    """One payment: a ratio per interval; positive means that longs paid shorts."""

    exchange: str
    symbol: str
    base: str
    quote: str
    settle: str
    settled_at: datetime
    rate: Decimal | None
    interval_hours: Decimal | None

    @property
    def rate_8h(self) -> Decimal | None:
        """Over eight hours; None without a known interval."""
        return derivatives.rate_8h(self.rate, self.interval_hours)

    @property
    def apr_pct(self) -> Decimal | None:
        """Over a year, simple, in percent; None without a known interval."""
        return derivatives.apr_pct(self.rate, self.interval_hours)


@dataclass(frozen=True)
class Rates:
    """One page of `count` payments by `markets` contracts, of `unread` of which nothing is stored at all. `notes`: what is odd about some."""

    rows: tuple[Settlement, ...]
    count: int
    markets: int
    unread: int
    notes: tuple[str, ...] = ()


def rates(wanted: Wanted, *, newest_first: bool = True, offset: int = 0, limit: int = 100) -> Rates:
    """The payments wanted, by time. Of one coin there are a few dozen contracts, each a narrow range of the primary key."""
    markets = {m.pk: m for m in _markets(wanted)}
    rows = FundingSettlement.objects.filter(market_id__in=markets)
    read = set(rows.order_by().values_list("market_id", flat=True).distinct())
    if wanted.since:
        rows = rows.filter(settled_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(settled_at__lt=wanted.until)
    order = F("settled_at").desc() if newest_first else F("settled_at").asc()
    page = rows.order_by(order, "market_id").values_list("market_id", "settled_at", "rate", "interval_hours")[offset : offset + limit]
    found = tuple(_settlement(markets[market_id], at, rate, hours) for market_id, at, rate, hours in page)
    return Rates(found, rows.count(), len(markets), len(markets.keys() - read), tuple(apart(markets.values())))


def by_place(wanted: Wanted, most: int) -> dict[tuple[str, str], tuple[Settlement, ...]]:
    """{(exchange, symbol): payments in order} of the newest `most` payments wanted."""
    found: dict[tuple[str, str], list[Settlement]] = {}
    for row in reversed(rates(wanted, limit=most).rows):
        found.setdefault((row.exchange, row.symbol), []).append(row)
    return {place: tuple(each) for place, each in found.items()}


def _markets(wanted: Wanted) -> list[Market]:
    seen = Market.objects.filter(kind="perp", exchange__slug__in=held.current().exchanges)
    found = seen.select_related("exchange", "base__asset", "quote__asset")
    if wanted.exchanges:
        found = found.filter(exchange__slug__in=wanted.exchanges)
    if wanted.symbol:
        found = found.filter(symbol=wanted.symbol)
    found = found.filter(base__asset__slug__in=[key.lower() for key in wanted.base])
    return [m for m in found if not wanted.quote or coin(m.quote.asset.slug) in wanted.quote]


def _settlement(market: Market, at: datetime, rate: Decimal | None, hours: Decimal | None) -> Settlement:
    return Settlement(
        exchange=market.exchange.slug, symbol=market.symbol, base=coin(market.base.asset.slug), quote=coin(market.quote.asset.slug), settle=market.settle,
        settled_at=at, rate=rate, interval_hours=hours,
    )


# --- Means ----------------------------------------------------------------------------------------------------------
MEANS_KEPT_S = 60
_means: dict[int, Mapping[tuple[str, str], Mean]] = {}


def forget() -> None:
    """Drop what this process holds in memory."""
    _means.clear()


def means(now: datetime) -> Mapping[tuple[str, str], Mean]:
    """What every perpetual paid over seven days, by exchange and symbol. Read at most once a minute per process."""
    minute = int(now.timestamp()) // MEANS_KEPT_S
    if minute not in _means:
        found = _read_means(now)
        _means.clear()
        _means[minute] = found
    return _means[minute]


def _read_means(now: datetime) -> Mapping[tuple[str, str], Mean]:
    markets = Market.objects.filter(kind="perp").exclude(status=Market.Status.DELISTED)
    names = {pk: (slug, symbol) for pk, slug, symbol in markets.values_list("pk", "exchange__slug", "symbol")}
    rows = FundingSettlement.objects.filter(market_id__in=markets.values("pk"), settled_at__gt=now - MEAN_OF, settled_at__lte=now)
    paid: dict[int, list[Payment]] = {}
    for market_id, rate, hours in rows.values_list("market_id", "rate", "interval_hours"):
        paid.setdefault(market_id, []).append((rate, hours))
    found = {names[market_id]: funding.mean(each) for market_id, each in paid.items() if market_id in names}
    return {name: mean for name, mean in found.items() if mean}
