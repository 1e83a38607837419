"""On one exchange, not on another: coins that are missing somewhere, by identity, as the catalogues say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markets.analysis import discovery, trending
from markets.analysis.discovery import Presence
from markets.analysis.trending import Overall
from markets.board import Coin
from markets.latest import Latest
from markets.reads import listed, places, prices
from markets.reads.listed import Catalogue
from markets.reads.prices import Price
from markets.reads.wanted import Found, Keys, Test, Wanted, coin, coins, kept, of_price, ordered, tests, widest

KEYS: Keys = {
    "asset": lambda row: row.coin.ticker, "price": of_price("price"), "change": of_price("change_24h_pct"), "volume": of_price("volume_usd"),
    "spread": of_price("spread_bps"), "since": lambda row: row.since, "score": lambda row: row.trend.score if row.trend else None,
}  # fmt: skip
_likely = Latest(1)


@dataclass(frozen=True)
class OnlyRow:
    """One coin that is missing somewhere. `others`: where the same ticker is another coin; `same`: coins it is likely the same as."""

    asset: str
    coin: Coin
    on: tuple[str, ...]
    missing: tuple[str, ...]
    others: tuple[str, ...]
    price: Price | None
    since: datetime | None
    time_source: str
    same: tuple[tuple[str, tuple[str, ...]], ...]  # (ticker, where it is listed)
    trend: Overall | None


@dataclass(frozen=True)
class _Sides:
    """What the rows of one question share: the exchanges on either side whose catalogue is known, and what trends on the first."""

    on: frozenset[str]
    off: frozenset[str]
    catalogues: Mapping[str, Catalogue]
    trends: Mapping[str, Overall]
    quote: str
    now: datetime


def only(wanted: Wanted, now: datetime) -> Found:
    """Coins listed on some exchanges and missing from others. Of an exchange whose catalogue was never read nothing is claimed."""
    catalogues = listed.catalogues(now)
    known = frozenset(slug for slug, catalogue in catalogues.items() if catalogue.accepted_at)
    on = frozenset(wanted.on or known) & known
    trends = {o.asset: o for o in places.trends(sorted(on) if wanted.on else (), trending.MINIMUM_USD, now)}
    sides = _Sides(on, frozenset(wanted.off or known) & known, catalogues, trends, wanted.quote, now)
    rows = [_row(asset, there, sides) for asset, there in listed.presences().items() if _is_missing(there, sides, wanted)]
    by = tests(wanted, lambda row: row.price is not None, _busy(wanted)) | ({"trending only": _trends} if wanted.trending else {})
    lines = ordered(kept(rows, by), wanted.sort or "-volume", KEYS)
    measured = trending.measured(tuple(trends.values()))
    page = tuple(lines[wanted.offset : wanted.offset + wanted.limit])
    return Found(now, page, len(lines), catalogues, measured=measured, widest="" if lines else widest(rows, by))


def _is_missing(there: Mapping[str, Presence], sides: _Sides, wanted: Wanted) -> bool:
    return bool(sides.on and sides.off) and discovery.absent(there, sides.on, sides.off, on_match=wanted.on_match, off_match=wanted.off_match)


def _busy(wanted: Wanted) -> Test:
    return lambda row: bool(row.price and row.price.volume_usd is not None) and row.price.volume_usd >= wanted.min_volume_usd


def _trends(row: OnlyRow) -> bool:
    return row.trend is not None and bool(row.trend.on)


def _row(asset: str, there: Mapping[str, Presence], sides: _Sides) -> OnlyRow:
    here = discovery.here(there)
    since, source = _since(there, here)
    return OnlyRow(
        asset=asset, coin=coin(asset), on=tuple(slug for slug in sides.catalogues if slug in here),
        missing=tuple(slug for slug, catalogue in sides.catalogues.items() if slug not in here and catalogue.accepted_at),
        others=tuple(slug for slug in sides.catalogues if slug in there and slug not in here),
        price=prices.busiest(asset, sides.on & here, sides.quote, sides.now), since=since, time_source=source, same=_same(asset, sides),
        trend=sides.trends.get(asset),
    )


def _since(there: Mapping[str, Presence], here: frozenset[str]) -> tuple[datetime | None, str]:
    """When the first of all exchanges listed it; where one does not say, it may have been the first."""
    times = [(there[slug].since, there[slug].time_source) for slug in here]
    known = [(at, source) for at, source in times if at is not None]
    return min(known) if known and len(known) == len(times) else (None, "")


def _same(asset: str, sides: _Sides) -> tuple[tuple[str, tuple[str, ...]], ...]:
    others = _likely.get(listed.revision(), _likely_same).get(asset, ())
    there = {other: discovery.here(listed.presences()[other]) for other in others}
    return tuple((coin(other).ticker, tuple(slug for slug in sides.catalogues if slug in there[other])) for other in others)


def _likely_same() -> dict[str, tuple[str, ...]]:
    return discovery.likely_same({key: known for key, known in coins().items() if key in listed.presences()})
