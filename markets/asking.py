"""The product's way to ask: this installation's limits, transport and operator's choices, given to `ExchangeClient`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from exchanges import breaker
from exchanges.adapter import Credentials
from exchanges.budgets import Budgets, Terms
from exchanges.client import ExchangeClient
from exchanges.models import Allowance, Exchange, Feed
from exchanges.state import Kept, Limits, SqliteLimits, copies
from exchanges.transport import Transport
from markets import pausing
from markets.shapes import Meter


def limits() -> Limits:
    """The budgets and blocks that all processes share: of this machine, or of all that share a PostgreSQL or a Redis."""
    if settings.LIMITS_IN == "file":
        return _limits(settings.LIMITS_FILE)
    return _database_limits() if settings.LIMITS_IN == "database" else _paired_limits(settings.REDIS_URL)


@cache
def _limits(file: Path) -> SqliteLimits:
    return SqliteLimits(file, copied=copies.copied, copies=copies.copies)


@cache
def _database_limits() -> Kept:
    from exchanges.state.database import DatabaseLimits  # noqa: PLC0415 - its driver is loaded where there is such a database

    return DatabaseLimits(_own_connection)


def _own_connection() -> Any:
    """A connection beside the one of requests and tasks, so that their transactions are not its own."""
    django = connections["default"]
    return django.get_new_connection(django.get_connection_params())  # type: ignore[attr-defined]


@cache
def _paired_limits(url: str) -> Limits:
    from exchanges.state.paired import PairedLimits  # noqa: PLC0415
    from exchanges.state.quick import RedisLimits  # noqa: PLC0415 - as above

    # What must survive a Redis that forgets stands where everything else does.
    durable = _limits(settings.LIMITS_FILE) if connections["default"].vendor == "sqlite" else _database_limits()
    return PairedLimits(RedisLimits(url, f"pebble-{settings.MARKET}", first=durable.first), durable)


@cache
def transport() -> Transport:
    """One per process; it keeps its connections by process, so a fork starts with none."""
    return Transport(upstream=settings.UPSTREAM, proxy=settings.PROXY)


def client_for(exchange: Exchange, feed: Feed | None = None) -> ExchangeClient:
    """A client with the operator's row as it is now. The switch is read again before every single request.

    Raises LookupError when the exchange's adapter is gone.
    """
    if exchange.adapter is None:
        raise LookupError(f"no adapter is called {exchange.slug}: put its file back, or leave it switched off")
    return ExchangeClient(
        exchange.adapter, transport(), limits(), budget_per_minute=exchange.budget_per_minute, host=exchange.host, extra_hosts=tuple(settings.EXTRA_HOSTS),
        enabled=lambda source: _switched_on(exchange, source), breaker_wait_s=lambda source: breaker.wait_s(_breaker(feed), datetime.now(UTC)),
        credentials=credentials(exchange.slug), clock_offset_ms=exchange.clock_offset_ms or 0, terms=terms(exchange),
        probe=_breaker(feed).phase == "open",
    )


def terms(exchange: Exchange) -> Terms:
    """What the operator decided about the exchange's limits, as it stands now."""
    allowed = Allowance.objects.filter(exchange=exchange).values_list("pool", "share_pct", "reserve_pct")
    feeds = Feed.objects.filter(exchange=exchange).values_list("source", "weight", "priority")
    return Terms(
        {pool: share / 100 for pool, share, _ in allowed}, {pool: reserve / 100 for pool, _, reserve in allowed},
        {source: weight for source, weight, _ in feeds}, {source: priority for source, _, priority in feeds if priority},
    )


def credentials(slug: str) -> Credentials | None:
    """The key of an exchange from PEBBLE_<EXCHANGE>_API_KEY, _API_SECRET and _API_PASSPHRASE; None without key and secret."""
    key, secret, passphrase = (os.environ.get(f"PEBBLE_{slug.upper()}_API_{word}", "") for word in ("KEY", "SECRET", "PASSPHRASE"))
    return Credentials(key, secret, passphrase) if key and secret else None


def _switched_on(exchange: Exchange, source: str) -> bool:
    return not pausing.now() and Feed.objects.filter(Exchange.asked("exchange__"), exchange=exchange, source=source, enabled=True).exists()


def _breaker(feed: Feed | None) -> breaker.Breaker:
    return breaker.Breaker(feed.fails, feed.opened, feed.probe_at) if feed else breaker.Breaker()


def meters(exchange: Exchange) -> tuple[Meter, ...]:
    """How much of the operator's budget and of each published pool was used in its last window."""
    if exchange.adapter is None:
        return ()
    used = Budgets(exchange.adapter, exchange.budget_per_minute, terms(exchange)).usage(limits())
    return tuple(Meter(u.name, Decimal(str(round(u.used, 1))), Decimal(str(u.limit)), u.unit, u.window_s) for u in used)
