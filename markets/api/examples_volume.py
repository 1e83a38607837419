"""A worked example of volumes for the schema: invented markets through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis.activity import Past, measure
from markets.analysis.volume import Volume
from markets.api import serialize_volume
from markets.reads.pressure import Pressure
from markets.reads.volume import Line
from markets.reads.volume_hours import Past as Hours

_USD = ("17100000000", "3080000000", "5520000000", "2970000000", "4130000000")
_CHANGES = ("4.2", "4.1", "4.3", "4.2", "4.0")


def answers(page: Callable[[list[dict[str, Any]]], Any], now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    days = tuple({(slug, "BTCUSDT"): Decimal(usd) * 10 / 18 for slug, usd in zip(ADAPTERS, _USD, strict=False)} for _ in range(14))
    made = measure([*_volumes(), _swapped()], Past(days, 0.03, 0.35), {"USDT": Decimal(0)})
    pressure = Pressure(Decimal("0.019"), 10, Decimal("0.0104"), 14, Decimal(20_700_000_000), Decimal("1.9"))
    hour = now.replace(minute=0, second=0) - timedelta(hours=1)
    past = Hours("24h", 1, ((hour, {slug: Decimal(usd) / 24 for slug, usd in zip(ADAPTERS, _USD, strict=False)}),), 5, ((hour, dict(made.by_exchange)),))
    answer = {
        **page([serialize_volume.line(Line("BTC", "Bitcoin", made, pressure), 0.0)]), "whole": serialize_volume.activity(made, 0.0),
        "excluded": [{"base": "BTC", **serialize_volume.excluded(each)} for each in made.left_out], "past": serialize_volume.past(past),
    }  # fmt: skip
    return {"volume/": answer}


def _volumes() -> list[Volume]:
    return [
        Volume(exchange=slug, symbol="BTCUSDT", quote="USDT", usd=Decimal(usd), change_pct=Decimal(change), reason="", age_s=3.0, state="fresh")
        for slug, usd, change in zip(ADAPTERS, _USD, _CHANGES, strict=False)
    ]


def _swapped() -> Volume:
    """A market whose coins stand where its money should."""
    first = next(iter(ADAPTERS))
    return Volume(exchange=first, symbol="BTCEUR", quote="EUR", usd=None, change_pct=None, reason="unit_mismatch", age_s=3.0, state="fresh")
