"""Rows for what the adapters know: one Exchange per adapter, one Feed per source. Idempotent; never changes a row."""

from __future__ import annotations

import sys
from pathlib import Path

from django.db import connection

from exchanges import adapters
from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed


def ensure_rows(**_: object) -> None:
    """Make the missing rows. Receiver of `post_migrate`, which Django sends even when there was nothing to migrate.

    On a fresh database the exchanges that ship with Pebble start switched on. One that turns up later (a file somebody
    dropped in) starts switched off: asking it is an operator's decision.
    """
    if Feed._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there were any
    known = set(Exchange.objects.values_list("slug", flat=True))
    new = [a for a in ADAPTERS.values() if a.slug not in known]
    Exchange.objects.bulk_create(
        [
            Exchange(slug=a.slug, name=a.name, budget_per_minute=a.budget, priority=a.position, enabled=not known and _shipped(a.slug))
            for a in new
        ],
        ignore_conflicts=True,
    )
    _ensure_feeds()


def _ensure_feeds() -> None:
    have = set(Feed.objects.values_list("exchange__slug", "source"))
    ids = dict(Exchange.objects.values_list("slug", "id"))
    missing = [
        Feed(exchange_id=ids[a.slug], source=name, period_s=source.period_s)
        for a in ADAPTERS.values()
        for name, source in a.sources.items()
        if (a.slug, name) not in have
    ]
    Feed.objects.bulk_create(missing, ignore_conflicts=True)


def _shipped(slug: str) -> bool:
    """Whether the adapter's file, or folder, lies in the package itself."""
    file = sys.modules[f"{adapters.__name__}.{slug}"].__file__
    return bool(file) and Path(adapters.__path__[0]) in Path(str(file)).parents
