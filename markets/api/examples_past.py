"""Worked examples of a pair's past across exchanges for the schema: invented rows through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis.deviation import HOUR_S, best_by_hour, deviation
from markets.api import serialize_past
from markets.board import PairKey
from markets.reads.deviation import BestHours, Past


def answers(answer: Callable[[dict[str, Any]], Any], now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    names, key, last = list(ADAPTERS)[:3], PairKey("BTC", "USDT"), int(now.timestamp()) // HOUR_S * HOUR_S
    mids = {name: {last - HOUR_S: Decimal(64_180 + place), last: Decimal(64_211 - 2 * place)} for place, name in enumerate(names)}
    past = Past(key, "24h", now, deviation(mids, last - HOUR_S, last, HOUR_S), tuple(names))
    fees = {name: ADAPTERS[name].taker_fee for name in names}
    hours = BestHours(key, "24h", now, best_by_hour(mids, fees, "buy", last - HOUR_S, last))
    return {"history/{pair}/deviation/": answer(serialize_past.deviation(past)), "history/{pair}/hours/": answer(serialize_past.hours(hours))}
