"""A worked example of discovery for the schema: an invented event through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis.discovery import Lead, News
from markets.api import serialize_discover
from markets.board import Coin, PairKey
from markets.reads.listed import Catalogue
from markets.reads.news import NewRow
from markets.reads.prices import Price, Safety

Page = Callable[[list[dict[str, Any]]], Any]


def answers(page: Page, now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    first, second = list(ADAPTERS)[:2]
    opened = now - timedelta(hours=3)
    news = News(pk=1, exchange=first, event="listed", at=opened, time_source="exchange", seen_at=opened, asset="TIA", market=1, symbol="TIAUSDT", quote="USDT",
                status="trading")
    price = Price(first, PairKey("TIA", "USDT"), Decimal("5.8214"), 3.0, "fresh", Decimal("12.4"), Decimal("4.1"), Decimal(8_120_000))
    safety = Safety(opened, 2, Decimal(41_300), False, "confirmed")
    row = NewRow(news, Coin("TIA", "Celestia", slug="tia"), price, Decimal("3.27"), safety, (first, second), True, False, ())
    return {
        "discover/": {
            **page([serialize_discover.row(row)]), "view": "new", "hour_ago": None,
            "catalogues": [serialize_discover.catalogue(Catalogue(slug, slug.title(), now, 42.0)) for slug in (first, second)],
            "leads": [serialize_discover.lead(Lead(second, first, timedelta(days=12), 61, 140))],
        },
    }
