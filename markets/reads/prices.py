"""One usable price of a coin, with its market, age and depth; the price it began at; and what to know of a young market."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Min

from exchanges.numbers import EXACT
from markets import held
from markets.analysis import depth, discovery, quality, wording
from markets.analysis.discovery import News, Presence
from markets.board import PairKey
from markets.method import current_method
from markets.models import Snapshot
from markets.reads import ladders, places
from markets.reads.places import Place

HOUR_S = 3600
BPS = Decimal(10_000)


@dataclass(frozen=True)
class Price:
    """The middle of one market's bid and ask, its age and state, its change and spread; `volume_usd` is the coin's there."""

    exchange: str
    key: PairKey
    price: Decimal | None
    age_s: float | None
    state: str
    change_24h_pct: Decimal | None
    spread_bps: Decimal | None
    volume_usd: Decimal | None


@dataclass(frozen=True)
class Safety:
    """What to know of a young market: how many exchanges carry the coin, the money within 2 % of its middle (thinner side), its identity.

    `at_least`: the stored book ends inside the band. None: no book is stored.
    """

    since: datetime
    exchanges: int
    depth_usd: Decimal | None
    at_least: bool
    identity: str


def busiest(asset: str, exchanges: Collection[str], quote: str, now: datetime) -> Price | None:
    """The price on the busiest market of some exchanges (none named: all), in one quote currency where one is named."""
    fit = [place for place in places.everywhere().get(asset, ()) if not exchanges or place.exchange in exchanges]
    shown = next((place for place in fit if not quote or place.key.quote == quote), None)
    return None if shown is None else _price(shown, fit, now)


def at(asset: str, exchange: str, quote: str, now: datetime) -> Price | None:
    """The price of one market."""
    fit = [place for place in places.everywhere().get(asset, ()) if place.exchange == exchange]
    shown = next((place for place in fit if place.key.quote == quote), None)
    return None if shown is None else _price(shown, [shown], now)


def _price(shown: Place, fit: Sequence[Place], now: datetime) -> Price:
    q = shown.quote
    age, spread = quality.age_s(q, now), wording.spread(q)
    known = [place.volume_usd for place in fit if place.volume_usd is not None]
    return Price(
        exchange=q.exchange, key=shown.key, price=q.mid or None, age_s=age, state=quality.state(age, q.period_s, current_method()),
        change_24h_pct=q.change_24h_pct, spread_bps=None if spread is None else spread * BPS, volume_usd=sum(known) if known else None,  # type: ignore[arg-type]
    )


def traded_usd(asset: str, exchange: str) -> Decimal | None:
    """A coin's day's volume on one exchange, in USD."""
    known = [place.volume_usd for place in places.everywhere().get(asset, ()) if place.exchange == exchange and place.volume_usd is not None]
    return sum(known, Decimal(0)) if known else None


def first(market_ids: Collection[int]) -> dict[int, Decimal]:
    """{market: the first price Pebble kept of it}."""
    rows = Snapshot.objects.filter(market_id__in=market_ids, period_s=HOUR_S)
    began = dict(rows.values_list("market_id").annotate(Min("opened_at")))
    opened = rows.filter(opened_at__in=set(began.values())).values_list("market_id", "opened_at", "open")
    return {market: price for market, moment, price in opened if began.get(market) == moment and price}


def safety(news: News, there: Mapping[str, Presence], price: Price | None) -> Safety:
    """What is known of the market of a listing event."""
    measured = _measured(price)
    presence = there.get(news.exchange)
    thin, truncated = (None, False) if measured is None else min(
        (measured.bands[-1].bid, measured.bands[-1].bid_truncated), (measured.bands[-1].ask, measured.bands[-1].ask_truncated))
    usd = held.current().board.usd.get(price.key.quote) if price else None
    return Safety(news.at, len(discovery.here(there)), None if thin is None or usd is None else EXACT.multiply(thin, usd), truncated,
                  presence.identity if presence else "unknown")


def pressure(price: Price | None) -> Decimal | None:
    """The bids' share of the money within 1 % of the middle of a market's stored book; None without a book."""
    measured = _measured(price)
    band = measured.bands[2] if measured else None
    return EXACT.divide(band.bid, band.bid + band.ask) if band and band.bid + band.ask else None


def _measured(price: Price | None) -> depth.Depth | None:
    ladder = ladders.of(price.key).get(price.exchange) if price else None
    return depth.measure(ladder.bids, ladder.asks) if ladder else None
