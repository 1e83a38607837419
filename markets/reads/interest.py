"""How open interest moved: hourly, per contract, in coins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from markets.models import Market, OpenInterest

Points = tuple[tuple[datetime, Decimal], ...]


def history(places: Iterable[tuple[str, str]], since: datetime) -> dict[tuple[str, str], Points]:
    """{(exchange, symbol): (hour, coins) in order} of these perpetuals, each a narrow range of the primary key."""
    wanted = set(places)
    markets = Market.objects.filter(kind="perp", symbol__in={symbol for _, symbol in wanted}).values_list("pk", "exchange__slug", "symbol")
    names = {pk: (slug, symbol) for pk, slug, symbol in markets if (slug, symbol) in wanted}
    rows = OpenInterest.objects.filter(market_id__in=names, opened_at__gte=since, open_interest__isnull=False).order_by("opened_at")
    found: dict[tuple[str, str], list[tuple[datetime, Decimal]]] = {}
    for market_id, at, coins in rows.values_list("market_id", "opened_at", "open_interest"):
        found.setdefault(names[market_id], []).append((at, coins))
    return {name: tuple(points) for name, points in found.items()}
