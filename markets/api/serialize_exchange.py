"""One exchange in full as a JSON-ready dict: its line of the list, what it offers, its plan, its service, its networks."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from exchanges.plan import KEPT, Limit
from markets.api import serialize
from markets.models import ServiceStatus
from markets.planning import Share
from markets.reads.offers import Detail, Offer, key_state
from markets.shapes import ExchangeStatus


def exchange(status: ExchangeStatus, detail: Detail) -> dict[str, Any]:
    """Everything there is to say of one exchange."""
    return {
        **serialize.exchange(status), "hosts": list(detail.hosts), "host": detail.host,
        "capabilities": [offer(o) for o in detail.offers],
        "plan": {"kept_pct": _figure(KEPT * 100), "limits": [limit(x) for x in detail.limits], "sources": [share(s) for s in detail.shares]},
        "service": [service(s) for s in detail.service],
        "networks": asdict(detail.networks) if detail.networks else None,
    }


def offer(o: Offer) -> dict[str, Any]:
    """One source: declared, switched, read."""
    return {
        "source": o.declared.source, "label": o.label, "offered": o.declared.offered or o.declared.elsewhere,
        "comes_with": o.declared.comes_with or None, "enabled": o.enabled, "key": key_state(o), "period_s": o.period_s,
        "markets": o.markets, "requests": o.declared.requests, "cost": dict(o.declared.cost), "outcome": o.outcome or None, "ok_at": o.ok_at,
        "age_s": serialize.seconds(o.age_s), "state": o.state or None, "rows": o.rows, "reason": o.reason or None,
    }


def limit(x: Limit) -> dict[str, Any]:
    """One limit and what is planned of it, a minute."""
    numbers = {name: _figure(getattr(x, name)) for name in ("published", "sustained", "room", "planned")}
    return {"name": x.name, "unit": x.unit, **numbers, "fits": x.fits}


def share(s: Share) -> dict[str, Any]:
    """One source's part of the plan, in requests a minute."""
    return {
        "source": s.source, "period_s": s.period_s, "markets": s.markets,
        "planned_per_minute": None if s.planned is None else _figure(s.planned), "used_per_minute": _figure(s.used),
    }


def service(row: ServiceStatus) -> dict[str, Any]:
    """What an exchange says of itself; id null: right now."""
    return {
        "id": row.key or None, "state": row.state, "title": row.title or None, "starts_at": row.starts_at, "ends_at": row.ends_at, "seen_at": row.seen_at,
    }


def _figure(value: float) -> str | None:
    return plain(Decimal(str(round(value, 2))))
