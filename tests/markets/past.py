"""Stored history for tests: closes of a pair on several exchanges, in any width of slot."""

from datetime import datetime, timedelta
from decimal import Decimal

from markets.bulk import upsert
from markets.models import Market, Snapshot

COLUMNS = ("market_id", "period_s", "opened_at", "open", "high", "low", "close", "quote_volume_24h", "count")


def fill(symbol: str, closes: dict[str, list[str | None]], end: datetime, period_s: int = 3600) -> None:
    """The last slots of each exchange, oldest first, the last one running at `end`; None leaves a gap."""
    last = datetime.fromtimestamp(int(end.timestamp()) // period_s * period_s, end.tzinfo)
    for slug, prices in closes.items():
        pk = Market.objects.get(exchange__slug=slug, symbol=symbol, kind="spot").pk
        rows = [
            (pk, period_s, last - timedelta(seconds=period_s * (len(prices) - 1 - at)), *[Decimal(price)] * 4, None, 1)
            for at, price in enumerate(prices) if price is not None
        ]
        upsert(Snapshot, COLUMNS, rows, key=COLUMNS[:3], update={"close": "{new}", "open": "{new}", "high": "{new}", "low": "{new}"})
