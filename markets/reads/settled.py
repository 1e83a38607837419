"""Funding that was paid, page by page from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from markets.analysis import derivatives
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


def _markets(wanted: Wanted) -> list[Market]:
    found = Market.objects.filter(kind="perp").select_related("exchange", "base__asset", "quote__asset")
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
