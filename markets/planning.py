"""The reading plan as it stands in the database: what each source of an exchange takes of its limits, planned and used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from exchanges import plan
from exchanges.models import Allowance, Exchange, Feed, Run
from markets.reads import machinery

USED_OVER = timedelta(minutes=5)


@dataclass(frozen=True)
class Share:
    """One source's part of an exchange's budget, in requests a minute. `planned` is None while it is off, `used` an average.

    Of the last hour, `refused` polls were not asked because a limit or a ban forbade it, `shed` of them to leave the rest to prices.
    """

    source: str
    period_s: int
    markets: int | None
    planned: float | None
    used: float
    refused: int = 0
    shed: int = 0


def shares(exchange: Exchange, now: datetime) -> tuple[Share, ...]:
    """Every source's planned and used requests a minute, in the adapter's order."""
    taken, kept_back = used(exchange, now), machinery.kept_back(now, "source", exchange=exchange)
    feeds = Feed.objects.select_related("exchange").filter(exchange=exchange).order_by("pk")
    return tuple(
        Share(f.source, f.period_s, f.markets, f.line.requests if f.line else None, taken.get(f.source, 0.0), *kept_back.get(f.source, (0, 0)))
        for f in feeds
    )


def used(exchange: Exchange, now: datetime) -> dict[str, float]:
    """{source: requests a minute}, over the last five minutes."""
    runs = Run.objects.filter(exchange=exchange, finished_at__gt=now - USED_OVER).values("source").annotate(total=Sum("requests")).order_by()
    return {row["source"]: row["total"] / (USED_OVER.total_seconds() / 60) for row in runs}


def limits(exchange: Exchange) -> tuple[plan.Limit, ...]:
    """Each limit, what it sustains, and what is planned of it."""
    feeds = Feed.objects.select_related("exchange").filter(exchange=exchange)
    return plan.limits(exchange.adapter, exchange.budget_per_minute, _lines(feeds), _shares(exchange)) if exchange.adapter else ()


def refusal(exchange: Exchange, feeds: Iterable[Feed], shares: Mapping[str, float] | None = None) -> str:
    """Why these sources, as somebody wants them, cannot be read within the exchange's limits; "" when they can.

    `shares` are those somebody wants; without them the stored ones count.
    """
    if exchange.adapter is None:
        return ""
    return plan.refusal(exchange.adapter, exchange.budget_per_minute, _lines(feeds), _shares(exchange) if shares is None else shares)


def _shares(exchange: Exchange) -> dict[str, float]:
    return {pool: share / 100 for pool, share in Allowance.objects.filter(exchange=exchange).values_list("pool", "share_pct")}


def _lines(feeds: Iterable[Feed]) -> list[plan.Line]:
    return [line for feed in feeds if (line := feed.line)]
