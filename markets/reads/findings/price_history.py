"""The past of a question: one exchange's candles of a pair, those that reach back furthest into the window that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from markets import held
from markets.ask.answers import Finding
from markets.ask.answers.common import Coin
from markets.ask.answers.movers import GAINERS, LOSERS
from markets.ask.answers.price_history import History, Past, merged, seconds_of
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.board import PairKey
from markets.method import current_method
from markets.models import Candle, Market, Snapshot
from markets.reads import history
from markets.reads.findings import common, movers
from markets.reads.findings.asked import Asked
from markets.reads.history import PERIODS, Bar

FINE, MOST, KEPT = 300, 1000, 60  # candles of the usual period, of the finest that is tried, and that a finding keeps
LONGEST = timedelta(days=3660)
ZERO = Decimal(0)


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """The past of each coin; without any, which rose or fell most where that is asked."""
    if not frame.assets and not frame.unknown and frame.topic in (GAINERS, LOSERS):
        return movers.gather(frame, route, asked)
    return common.each_coin(frame, lambda coin: _one(frame, route, coin, asked))


def _one(frame: Frame, route: Route, coin: Coin, asked: Asked) -> History | None:
    key, quoted = common.pair(coin, frame.quote, route.priced)
    if key is None:
        return None
    span_s = min(seconds_of(frame.time_range), int(LONGEST.total_seconds()))
    start = asked.now - timedelta(seconds=span_s)
    missing = tuple(left for left in common.uncounted(coin, route) if left.reason == "conflicted")  # what is halted has its past still
    own = tuple(slug for slug in route.priced if slug not in {left.exchange for left in missing})
    period_s, exchange, bars = _longest(key, own, span_s, start, asked.now) if own else (PERIODS[-1], "", ())
    exchange = exchange or next(iter(_by_volume(key, own)), "")
    return History(
        coin=coin, key=key, exchange=exchange, span_s=span_s, period_s=period_s, bars=merged([_past(bar) for bar in bars], KEPT), candles=len(bars),
        method=current_method(), quote=held.current().board.pairs.get(key, {}).get(exchange), since=_since(key, exchange),
        notes=(quoted,) if quoted else (), missing=missing,
    )


def _longest(key: PairKey, exchanges: Sequence[str], span_s: int, start: datetime, now: datetime) -> tuple[int, str, tuple[Bar, ...]]:
    """(period, exchange, its candles) that reach back furthest; of equals the usual period and the busiest exchange."""
    usual = next((period for period in PERIODS if span_s <= FINE * period), PERIODS[-1])
    tried = [usual, *(period for period in PERIODS if period != usual and span_s <= MOST * period)]
    order = _by_volume(key, exchanges)
    found = [(period, name, bars) for period in tried for name, bars in _series(key, exchanges, period, start, now).items()]
    if not found:
        return usual, "", ()

    def weight(each: tuple[int, str, tuple[Bar, ...]]) -> tuple[datetime, int, int]:
        period, name, bars = each
        begins = bars[0].opened_at
        return start if begins <= start + 2 * timedelta(seconds=period) else begins, tried.index(period), order.index(name) if name in order else len(order)

    return min(found, key=weight)


def _series(key: PairKey, exchanges: Sequence[str], period_s: int, start: datetime, now: datetime) -> dict[str, tuple[Bar, ...]]:
    """{exchange: its candles with all four prices}, oldest first."""
    series = history.series(key.base, key.quote, now, period_s=period_s, exchanges=exchanges, start=start, limit=MOST)
    found: dict[str, list[Bar]] = {}
    for bar in series.rows:
        if None not in (bar.open, bar.high, bar.low, bar.close) and bar.open:
            found.setdefault(bar.exchange, []).append(bar)
    return {name: tuple(bars) for name, bars in found.items()}


def _by_volume(key: PairKey, exchanges: Sequence[str]) -> list[str]:
    row = held.current().board.pairs.get(key, {})
    return sorted((name for name in row if name in exchanges), key=lambda name: (-(row[name].quote_volume_24h or ZERO), name))


def _past(bar: Bar) -> Past:
    return Past(opened_at=bar.opened_at, open=bar.open, high=bar.high, low=bar.low, close=bar.close, source=bar.source)  # type: ignore[arg-type]  # all are there


def _since(key: PairKey, exchange: str) -> datetime | None:
    """When the oldest stored candle of the market began."""
    markets = Market.objects.filter(kind="spot", exchange__slug=exchange, base__asset__slug=key.base.lower(), quote__asset__slug=key.quote.lower())
    ids = list(markets.values_list("pk", flat=True))
    first = [
        at for model in (Candle, Snapshot) for period in PERIODS
        if (at := model._default_manager.filter(market_id__in=ids, period_s=period).order_by("opened_at").values_list("opened_at", flat=True).first())
    ]
    return min(first, default=None)
