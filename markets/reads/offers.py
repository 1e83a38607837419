"""One exchange in full: what it offers, what of that is read and how it stands, what it says of itself, what the plan takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from exchanges import capabilities, plan
from exchanges.capabilities import Capability
from exchanges.models import Exchange
from markets import asking, held, planning
from markets.analysis.derivatives import age_s, freshness
from markets.method import current_method
from markets.models import Network, ServiceStatus
from markets.reads import gaps
from markets.reads.wallets import STILL_TOLD


@dataclass(frozen=True)
class Offer:
    """One source: what the adapter declares, and how it stands here. `state` is "" where nothing was ever read.

    `period_s` and `markets` are the operator's; `reason` says why its rows are absent or old, "" when they are neither.
    """

    declared: Capability
    label: str
    enabled: bool
    period_s: int | None
    markets: int | None
    outcome: str
    ok_at: datetime | None
    age_s: float | None
    state: str
    rows: int | None
    reason: str


@dataclass(frozen=True)
class Networks:
    """Coins and their networks, by how many can be paid in and out. What is not said, or not any more, counts as neither."""

    coins: int
    networks: int
    addresses: int
    deposits_open: int
    withdrawals_open: int


@dataclass(frozen=True)
class Detail:
    """Everything else there is to say of an exchange."""

    hosts: tuple[str, ...]
    host: str
    offers: tuple[Offer, ...]
    limits: tuple[plan.Limit, ...]
    shares: tuple[planning.Share, ...]
    service: tuple[ServiceStatus, ...]
    networks: Networks | None  # None where the exchange does not tell them


def detail(slug: str, now: datetime) -> Detail:
    """One exchange's. Raises KeyError for one that is not here."""
    e = held.current().exchanges[slug]
    adapter = e.adapter
    assert adapter, "held exchanges have an adapter"  # noqa: S101 - for the type checker
    return Detail(
        hosts=adapter.hosts, host=e.host or adapter.hosts[0], offers=tuple(_offer(e, declared, now) for declared in capabilities.of(adapter)),
        limits=planning.limits(e), shares=planning.shares(e, now), service=tuple(ServiceStatus.objects.filter(exchange=e).order_by("key", "starts_at")),
        networks=_networks(e) if adapter.currencies else None,
    )


def _offer(e: Exchange, declared: Capability, now: datetime) -> Offer:
    feed, gap = gaps.feed_of(e, declared.source), gaps.gap(e, declared.source, now)
    reason = gap.detail if gap else ""
    label = capabilities.LABELS[declared.source]
    if feed is None or not declared.offered:
        return Offer(declared, label, False, declared.period_s, declared.markets, "", None, None, "", None, reason)
    age = age_s(feed.ok_at, now)
    return Offer(
        declared, label, feed.enabled and e.enabled, feed.period_s, feed.markets, feed.outcome, feed.ok_at, age,
        freshness(age, feed.firing_s, current_method()) if feed.ok_at else "", feed.rows if feed.ok_at else None, reason,
    )


def key_state(e: Offer) -> str:
    """set, missing, or not_needed."""
    return ("set" if asking.credentials(e.declared.exchange) else "missing") if e.declared.key else "not_needed"


def _networks(e: Exchange) -> Networks:
    """Of the newest list: a network that has left it is kept as last seen, and whether it is open nobody knows."""
    rows = Network.objects.filter(asset__exchange=e)
    newest = rows.aggregate(at=Max("seen_at"))["at"]
    told = rows.filter(seen_at__gt=newest - STILL_TOLD) if newest else rows
    counts: Mapping[str, int] = told.exclude(network="").aggregate(
        coins=Count("asset", distinct=True), networks=Count("pk"), addresses=Count("pk", filter=~Q(contract_address="")),
        deposits_open=Count("pk", filter=Q(deposit_open=True)), withdrawals_open=Count("pk", filter=Q(withdraw_open=True)),
    )
    return Networks(**counts)
