"""Every coin's spot markets with usable prices, the busiest first; and what trends, from the same rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets import held
from markets.analysis import quality, trending
from markets.analysis.quality import ANOMALIES
from markets.analysis.trending import Overall, Traded
from markets.board import Board, PairKey, Quote
from markets.latest import Latest
from markets.method import current_method
from markets.reads import volume

TRENDS_KEPT_S = 5  # a percentile among hundreds of markets is a glance, not a price
_places, _trends = Latest(1), Latest(8)
LIVE = ("fresh", "aging")
ZERO = Decimal(0)


class Place(Struct, frozen=True, gc=False):
    """One market of a coin on the board, and its day's volume in USD where it is known and believable."""

    key: PairKey
    quote: Quote
    volume_usd: Decimal | None

    @property
    def exchange(self) -> str:
        """Where."""
        return self.quote.exchange


def everywhere() -> Mapping[str, tuple[Place, ...]]:
    """{coin: its markets}, the busiest first. What is switched off, another coin, or far from the others is not there."""
    board = held.current().board
    return _places.get(board.revision, lambda: _made(board))


def _made(board: Board) -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = {}
    for key, row in board.pairs.items():
        usd = board.usd.get(key.quote)
        for quote in row.values():
            if not quote.switch and quote.identity != "conflicted" and quote.flag not in ANOMALIES:
                found.setdefault(key.base, []).append(Place(key, quote, _volume_usd(quote, usd)))
    return {coin: tuple(sorted(places, key=_busy)) for coin, places in found.items()}


def _volume_usd(quote: Quote, usd: Decimal | None) -> Decimal | None:
    volume = quality.turnover(quote, quote.mid) if quote.mid else quote.quote_volume_24h
    return None if volume is None or usd is None else volume * usd


def _busy(place: Place) -> tuple[Decimal, str, str]:
    return -(place.volume_usd or ZERO), place.exchange, place.key.quote


def trends(only: Collection[str], minimum_usd: Decimal, now: datetime) -> list[Overall]:
    """What trends over some exchanges (none named: all), by their own percentiles; every class of coin, ranked."""
    board = held.current().board
    key = (tuple(only), minimum_usd, int(now.timestamp()) // TRENDS_KEPT_S, not board.revision)
    return _trends.get(key, lambda: _ranked(only, minimum_usd, now))


def _ranked(only: Collection[str], minimum_usd: Decimal, now: datetime) -> list[Overall]:
    markets: dict[str, list[Traded]] = {}
    method, relative = current_method(), volume.relative(now)
    for coin, places in everywhere().items():
        for place in places:
            q = place.quote
            if (not only or q.exchange in only) and q.status == "trading" and quality.state(quality.age_s(q, now), q.period_s, method) in LIVE:
                usual = float(relative[coin]) if coin in relative else None
                traded = Traded(asset=coin, exchange=q.exchange, volume_usd=place.volume_usd, change_24h_pct=q.change_24h_pct, relative=usual)
                markets.setdefault(q.exchange, []).append(traded)
    return trending.overall(trending.at(rows, minimum_usd) for rows in markets.values())
