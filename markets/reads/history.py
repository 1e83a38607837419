"""The past of one pair as candles: Pebble's own of the mid price, and what the exchanges say was traded.

Two tiers answer one question. Pebble's own begin with its first run and exist for spot; the exchanges' reach back before it.
A row says which it is, and the two never mix in one candle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.numbers import EPOCH
from markets import held, read
from markets.board import PairKey
from markets.models import Candle, Market, Snapshot
from markets.reads.contracts import apart, coin

OWN_PERIODS = (60, 300, 3600)
PERIODS = (60, 300, 3600, 86_400)
OWN, EXCHANGE = "own", "exchange"


@dataclass(frozen=True)
class Bar:
    """One candle. Of Pebble's own: of the mid, with how many samples it holds and the rolling 24-hour volume at its end.

    Of an exchange's: of trades, with the volumes of its period.
    """

    exchange: str
    symbol: str
    source: str
    opened_at: datetime
    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    close: Decimal | None
    base_volume: Decimal | None = None
    quote_volume: Decimal | None = None
    quote_volume_24h: Decimal | None = None
    samples: int | None = None


@dataclass(frozen=True)
class Series:
    """The candles of one window, oldest first. `earlier` is where the window before it ends, None when nothing is older."""

    key: PairKey
    period_s: int
    start: datetime
    end: datetime
    rows: tuple[Bar, ...]
    earlier: datetime | None
    markets: tuple[Market, ...]
    notes: tuple[str, ...] = ()


def series(
    base: str, quote: str, now: datetime, *, kind: str = "spot", period_s: int = 3600, exchanges: Sequence[str] = (), source: str = "",
    start: datetime | None = None, end: datetime | None = None, limit: int = 200,
) -> Series:
    """At most `limit` periods that began before `end` (now) and not before `start`. Raises read.UnknownPair.

    `source`: own or exchange; "": each period's own candle where there is one, else the exchange's.
    """
    key, notes, markets = _markets(base, quote, kind, exchanges)
    end = min(end or now, now + timedelta(seconds=1))
    first = _floor(end - timedelta(microseconds=1), period_s) - timedelta(seconds=period_s * (limit - 1))
    first = max(first, start) if start else first
    window = {"period_s": period_s, "opened_at__gte": first, "opened_at__lt": end}
    found = [_bars(market, source, window) for market in markets.values()]
    rows = sorted((bar for bars in found for bar in bars.values()), key=lambda bar: (bar.opened_at, bar.exchange, bar.symbol))
    earlier = _earlier(markets, period_s, source, first, start)
    return Series(key, period_s, first, end, tuple(rows), earlier, tuple(markets.values()), notes)


def _floor(at: datetime, period_s: int) -> datetime:
    return EPOCH + timedelta(seconds=int((at - EPOCH).total_seconds()) // period_s * period_s)


def _markets(base: str, quote: str, kind: str, exchanges: Sequence[str]) -> tuple[PairKey, tuple[str, ...], dict[int, Market]]:
    """The markets of a pair, delisted ones too (their past is still theirs), and what is to be said of the name."""
    (coin_of_base, former), (coin_of_quote, _) = read.resolve(base), read.resolve(quote)
    key = PairKey(coin_of_base.slug.upper() if coin_of_base else base, coin_of_quote.slug.upper() if coin_of_quote else quote, kind)
    rows = Market.objects.filter(kind=kind, base__asset__slug=key.base.lower(), quote__asset__slug=key.quote.lower())
    listed = [market for market in rows.select_related("exchange", "base", "quote") if market.exchange.slug in held.current().exchanges]
    if not listed:
        raise read.UnknownPair(f"{key}", read.nearest(read.board(), PairKey(key.base, key.quote)) if kind == "spot" else _near(key))
    notes = (f"{former} is now called {coin_of_base.ticker}.",) if former and coin_of_base else ()
    chosen = {market.pk: market for market in listed if not exchanges or market.exchange.slug in exchanges}
    return key, (*notes, *apart(chosen.values())), chosen


def _near(key: PairKey) -> tuple[PairKey, ...]:
    """Other quotes of the same coin."""
    rows = Market.objects.filter(kind=key.kind, base__asset__slug=key.base.lower()).values_list("quote__asset__slug", flat=True).distinct()
    return tuple(PairKey(key.base, coin(slug), key.kind) for slug in sorted(rows)[:5])


def _bars(market: Market, source: str, window: Mapping[str, Any]) -> Mapping[datetime, Bar]:
    place: dict[str, Any] = {"exchange": market.exchange.slug, "symbol": market.symbol}
    bars: dict[datetime, Bar] = {}
    if source != OWN:
        names = ("opened_at", "open", "high", "low", "close", "base_volume", "quote_volume")
        bars |= {row["opened_at"]: Bar(source=EXCHANGE, **place, **row) for row in Candle.objects.filter(market_id=market.pk, **window).values(*names)}
    if source != EXCHANGE:
        for row in Snapshot.objects.filter(market_id=market.pk, **window).values("opened_at", "open", "high", "low", "close", "quote_volume_24h", "count"):
            bars[row["opened_at"]] = Bar(source=OWN, samples=row.pop("count"), **place, **row)
    return bars


def _earlier(markets: Mapping[int, Market], period_s: int, source: str, first: datetime, start: datetime | None) -> datetime | None:
    """The end of the next older window: behind the newest candle before this one."""
    if start and first <= start:
        return None
    models = [model for model, unwanted in ((Candle, OWN), (Snapshot, EXCHANGE)) if source != unwanted]
    newest = [at for model in models for pk in markets if (at := _newest(model, pk, period_s, first, start))]
    return max(newest) + timedelta(seconds=period_s) if newest else None


def _newest(model: type[Candle] | type[Snapshot], pk: int, period_s: int, before: datetime, start: datetime | None) -> datetime | None:
    """One step on the primary key, however long the history is."""
    rows = model._default_manager.filter(market_id=pk, period_s=period_s, opened_at__lt=before)
    rows = rows.filter(opened_at__gte=start) if start else rows
    return rows.order_by("-opened_at").values_list("opened_at", flat=True).first()
