"""A worked example of alerts for the schema: an invented alert through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from exchanges.adapters import ADAPTERS
from markets.analysis import alert_paths, alert_words
from markets.analysis.alert_words import Words
from markets.analysis.alerts import Level, Price
from markets.api import serialize_alerts

Page = Callable[[list[dict[str, Any]]], Any]
Answer = Callable[[dict[str, Any]], Any]


def answers(page: Page, answer: Answer, now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    first, then = next(iter(ADAPTERS)), now - timedelta(hours=5)
    condition = Price(base="BTC", quote="USDT", level=Decimal(60_000), above=False, amount=Decimal(25_000))
    seen = Level(value=Decimal("59988.41"), where=first, age_s=3.0, observed_at=now - timedelta(seconds=3))
    words = Words({first: first.title()}, {})
    row = {
        "id": 12, "kind": "price", "condition": alert_paths.texts(condition), "sentence": alert_words.sentence(condition, words), "state": "on",
        "cool_down_s": 3600, "quiet_from": "22:00", "quiet_to": "07:00", "ends_at": None, "channel": [3], "made_at": then, "last_checked_at": now,
        "last_fired_at": now - timedelta(seconds=5), "fired": 1, "problem": None,
        "now": {"says": alert_words.standing(condition, seen, words), "results": serialize_alerts.facts(seen)},
        "url": f"{settings.BASE_URL}{alert_paths.path(condition)}",
    }  # fmt: skip
    told = {
        "key": "alert 12 1", "at": now - timedelta(seconds=5), "test": False,
        "subject": f"Best to buy BTC/USDT: {alert_words.standing(condition, seen, words)}",
        "text": f"You asked to be told when: {alert_words.sentence(condition, words)}.", "url": row["url"], "receipt": None, "read_at": None,
    }  # fmt: skip
    return {"alerts/": page([row]), "alerts/{id}/": answer({**row, "told": [told]})}
