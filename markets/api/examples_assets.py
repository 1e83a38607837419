"""Worked examples of coins for the schema: invented rows through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from exchanges.adapters import ADAPTERS
from markets.analysis.aliases import Alias
from markets.analysis.evidence import Link, Side, weigh
from markets.api import serialize_assets
from markets.board import Coin
from markets.reads.assets import Asset, Code, OnNetwork, notes

_ADDRESS = "0x5eed0a11ce00b0b0cafe00d15ea5e00f00dba5e1"


def answers(page: Callable[[list[dict[str, Any]]], Any], answer: Callable[[dict[str, Any]], Any], now: datetime) -> dict[str, Any]:
    """{address: what it answers}."""
    found = _asset(now)
    names = {adapter.slug: adapter.name for adapter in ADAPTERS.values()}
    return {"assets/": page([serialize_assets.asset(found)]), "assets/{slug}/": answer(serialize_assets.full(found, notes(found, names, "MATIC")))}


def _asset(now: datetime) -> Asset:
    sides = [
        Side(key=n, exchange=adapter.slug, label=adapter.name, ticker="POL", contracts=(("ethereum", _ADDRESS),) if adapter.currencies else ())
        for n, adapter in enumerate(ADAPTERS.values())
    ]
    told = weigh(sides, [Link(sides[0].key, side.key, f"the index of POLUSDT on {sides[0].label}") for side in sides[1:]])
    codes = tuple(_code(side, told[side.key], now) for side in sides)
    former = Alias("MATIC", "former", "POL", valid_to=date(2024, 9, 4))
    return Asset("POL", Coin("POL", "Polygon", "coin", "pol", ("MATIC",)), codes, aliases=((former, "former"),))


def _code(side: Side, told: Any, now: datetime) -> Code:
    seen = now - timedelta(minutes=20)
    networks = tuple(OnNetwork("ERC20", chain, address, True, True, seen) for chain, address in side.contracts)
    return Code(side.exchange, "POL", Decimal(1), "Polygon" if networks else "", told.state, told.basis, told.sentence, seen, side.key,
                {"spot": 3, "perp": 1}, networks)  # fmt: skip
