"""Rows for what the adapters know: one Exchange per adapter, one Feed per source, one Allowance per limit. Idempotent; never changes a row."""

from __future__ import annotations

import sys
from pathlib import Path

from django.db import connection

from exchanges import adapters, plan
from exchanges.adapter import Adapter, Source
from exchanges.adapters import ADAPTERS
from exchanges.models import Allowance, Exchange, Feed, Release
from exchanges.rows import Row


def ensure_rows(**_: object) -> None:
    """Make the missing rows. Receiver of `post_migrate`, which Django sends even when there was nothing to migrate.

    On a fresh database the exchanges that ship with Pebble start switched on and shown. One that turns up later (a file
    somebody dropped in) starts switched off and shown to nobody: asking it, and then showing it, is an operator's decision.
    """
    if Allowance._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there were any
    known = set(Exchange.objects.values_list("slug", flat=True))
    new = [a for a in ADAPTERS.values() if a.slug not in known]
    Exchange.objects.bulk_create(
        [_row(a, on=not known and _shipped(a.slug)) for a in new], ignore_conflicts=True,
    )
    _ensure_feeds()


def _row(adapter: Adapter, *, on: bool) -> Exchange:
    shown = Release.ON if on else Release.OFF
    return Exchange(slug=adapter.slug, name=adapter.name, budget_per_minute=adapter.budget, priority=adapter.position, enabled=on, release=shown)


def _ensure_feeds() -> None:
    """Limits and sources. A source that an installed exchange has learnt since joins switched on as long as the plan still fits, else off."""
    exchanges = {exchange.slug: exchange for exchange in Exchange.objects.all()}
    for adapter in ADAPTERS.values():
        exchange = exchanges[adapter.slug]
        limits = [Allowance.OPERATOR, *(pool.name for pool in adapter.pools)]
        Allowance.objects.bulk_create([Allowance(exchange=exchange, pool=name) for name in limits], ignore_conflicts=True)
        have = {feed.source: feed for feed in Feed.objects.filter(exchange=exchange).select_related("exchange")}
        lines = [feed.line for feed in have.values() if feed.line]
        for name, source in adapter.sources.items():
            if name not in have:
                lines = _ensure_feed(exchange, adapter, name, source, lines)


def _ensure_feed(exchange: Exchange, adapter: Adapter, name: str, source: Source[Row], lines: list[plan.Line]) -> list[plan.Line]:
    more = [*lines, plan.line(name, source, source.period_s, source.markets)]
    fits = not plan.refusal(adapter, exchange.budget_per_minute, more)
    Feed.objects.get_or_create(exchange=exchange, source=name, defaults={"period_s": source.period_s, "markets": source.markets, "enabled": fits})
    return more if fits else lines


def _shipped(slug: str) -> bool:
    """Whether the adapter's file, or folder, lies in the package itself."""
    file = sys.modules[f"{adapters.__name__}.{slug}"].__file__
    return bool(file) and Path(adapters.__path__[0]) in Path(str(file)).parents
