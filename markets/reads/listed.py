"""What every catalogue lists, since when, and how old each catalogue is: read once when a catalogue moved, for all who ask who has a coin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markets import held
from markets.analysis import discovery
from markets.analysis.discovery import Lead, Presence
from markets.latest import Latest
from markets.models import Listing, Market
from markets.reads import gaps

SOURCE = "instruments"
ARRIVALS = (Listing.Event.ANNOUNCED, Listing.Event.LISTED, Listing.Event.PAIR_ADDED)
_COLUMNS = ("pk", "exchange__slug", "base__asset__slug", "status", "base__state", "listed_at", "first_seen_at")
_presences, _leads = Latest(1), Latest(1)


@dataclass(frozen=True)
class Catalogue:
    """One exchange's list of spot markets: when it was last accepted (None: never) and how old that is."""

    exchange: str
    name: str
    accepted_at: datetime | None
    age_s: float | None


def revision() -> tuple[tuple[str, int], ...]:
    """What moves when any catalogue, identity or listing event did."""
    numbers = held.current().numbers
    return tuple(sorted((name, number) for name, number in numbers.items() if name.partition(":")[0] in ("catalogue", "assets", "listings")))


def presences() -> Mapping[str, Mapping[str, Presence]]:
    """{asset: {exchange: presence}} of spot markets that are not delisted. Assets are named as the board names coins."""
    return _presences.get(revision(), _read)


def _read() -> Mapping[str, Mapping[str, Presence]]:
    arrived = set(Listing.objects.filter(event__in=ARRIVALS, market__kind="spot").values_list("market_id", flat=True))
    rows = Market.objects.filter(kind="spot", exchange__slug__in=held.current().exchanges).values_list(*_COLUMNS)
    return discovery.presences(
        discovery.Market(
            pk=pk, exchange=exchange, asset=asset.upper(), status=status, identity=state, listed_at=listed_at, first_seen_at=first_seen_at,
            baseline=pk not in arrived,
        )
        for pk, exchange, asset, status, state, listed_at, first_seen_at in rows
    )


def leads(now: datetime) -> tuple[Lead, ...]:
    """Who listed coins before whom, and by how much. A time still to come counts once it has: looked at anew every hour."""
    return _leads.get((revision(), now.replace(minute=0, second=0, microsecond=0)), lambda: discovery.leads(presences(), now))


def catalogues(now: datetime) -> dict[str, Catalogue]:
    """Every exchange's list of spot markets, in the adapters' order."""
    return {exchange.slug: _catalogue(exchange.slug, exchange.name, now) for exchange in gaps.ordered()}


def _catalogue(slug: str, name: str, now: datetime) -> Catalogue:
    feed = held.current().feeds.get(slug, {}).get(SOURCE)
    at = feed.ok_at if feed else None
    return Catalogue(slug, name, at, None if at is None else max(0.0, (now - at).total_seconds()))
