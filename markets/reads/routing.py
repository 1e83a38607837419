"""Where each exchange stands for one kind of question: what the router is told, read from adapters, switches, health, leads and rollouts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import DatabaseError

from exchanges import capabilities
from exchanges.adapter import Adapter
from exchanges.models import Exchange, Feed
from markets import held, rollouts
from markets.ask.router import Standing
from markets.reads import listed

HOUR_S = 3600


def standings(intent: str, subject: str, now: datetime) -> tuple[Standing, ...]:
    """Every exchange as it stands now for an intent, to somebody (`subject` decides on which side of a rollout they are)."""
    view = held.current()
    leads = _leads(now) if intent == "new_tokens" else {}
    return tuple(
        _standing(exchange, view.feeds.get(slug, {}), leads.get(slug), open_to=rollouts.is_open(intent, slug, subject))
        for slug, exchange in view.exchanges.items()
    )


def _standing(exchange: Exchange, feeds: Mapping[str, Feed], lead_h: float | None, *, open_to: bool) -> Standing:
    adapter = exchange.adapter
    assert adapter, "held exchanges have an adapter"  # noqa: S101 - for the type checker
    carriers = _carriers(adapter)
    return Standing(
        slug=exchange.slug, name=exchange.name, offers=frozenset(carriers), feeds=frozenset(name for name, carrier in carriers.items() if _on(feeds, carrier)),
        enabled=exchange.enabled, state=exchange.state, detail=exchange.state_detail, priority=exchange.priority, in_rollout=open_to,
        lead_h=lead_h,
    )


_known: dict[str, tuple[Adapter, Mapping[str, str]]] = {}  # as long as the adapter is the same one


def _carriers(adapter: Adapter) -> Mapping[str, str]:
    """{what an exchange offers: the source that brings it}, which is mostly itself."""
    known = _known.get(adapter.slug)
    if known is None or known[0] is not adapter:
        carriers = {c.source: c.comes_with or c.source for c in capabilities.of(adapter) if c.offered or c.elsewhere}
        known = _known[adapter.slug] = (adapter, carriers)
    return known[1]


def _on(feeds: Mapping[str, Feed], source: str) -> bool:
    return source in feeds and feeds[source].enabled


def _leads(now: datetime) -> dict[str, float]:
    """{exchange: hours by which it lists a coin before another exchange does}, averaged over all it shares with each of them.

    None of them while the database is away: the order is then the operator's.
    """
    found: dict[str, list[float]] = {}
    try:
        leads = listed.leads(now)
    except DatabaseError:
        leads = ()
    for lead in leads:
        found.setdefault(lead.leader, []).append(lead.median.total_seconds() / HOUR_S * lead.coins / lead.both)
    return {slug: sum(hours) / len(hours) for slug, hours in found.items()}
