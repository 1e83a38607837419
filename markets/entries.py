"""What the catalogue knows of an exchange's spot markets, as the board and whoever stores its prices need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from exchanges.models import Exchange
from markets.board import PairKey
from markets.models import IdentityState, Market, Revision

NEVER_YET = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """What the catalogue knows of one market; changes rarely."""

    key: PairKey
    market: dict[str, Any]
    taker_fee: Decimal | None
    enabled: bool
    code_id: int  # the ExchangeAsset of its base


class Entries(dict[int, Entry]):
    """One exchange's markets by Market.pk."""

    @cached_property
    def by_pair(self) -> Mapping[PairKey, tuple[int, ...]]:
        """Which of them are of one pair: asked for at every look at a pair's books."""
        found: dict[PairKey, tuple[int, ...]] = {}
        for pk, entry in self.items():
            found[entry.key] = (*found.get(entry.key, ()), pk)
        return found


_MARKET = (
    "pk", "symbol", "kind", "status", "enabled", "tick_size", "lot_size", "min_size", "min_notional", "taker_fee", "first_seen_at", "base_id",
    "base__asset__slug", "base__multiplier", "base__state", "base__code", "quote__asset__slug", "quote__state", "quote__code",
)


def entries_of(exchange: Exchange) -> Entries:
    """The markets with spot prices. Contracts and options are read where they are asked for (`markets.reads`)."""
    rows = Market.objects.filter(exchange=exchange, kind="spot").exclude(status=Market.Status.DELISTED).values(*_MARKET)
    began = baseline_at(exchange, "instruments")
    return Entries({row["pk"]: _entry(row, began) for row in rows})


def baseline_at(exchange: Exchange, source: str) -> datetime:
    """When the first whole catalogue was stored: what was there then is not new. Without one nothing is new yet."""
    return Revision.objects.filter(name=f"baseline:{exchange.slug}:{source}").values_list("at", flat=True).first() or NEVER_YET


def per_coin(row: Mapping[str, Any], multiplier: Decimal) -> dict[str, Decimal | None]:
    """A market's steps for one coin, where its code stands for several: prices get smaller, sizes larger."""
    tick, lot, least = row["tick_size"], row["lot_size"], row["min_size"]
    return {
        "tick_size": tick and tick / multiplier, "lot_size": lot and lot * multiplier, "min_size": least and least * multiplier,
        "min_notional": row["min_notional"],
    }


def _entry(row: dict[str, Any], began: datetime) -> Entry:
    conflicted = IdentityState.CONFLICTED in (row["base__state"], row["quote__state"])
    market = {
        "symbol": row["symbol"], "kind": row["kind"], "base": row["base__asset__slug"].upper(), "quote": row["quote__asset__slug"].upper(),
        "status": row["status"], "base_code": row["base__code"], "quote_code": row["quote__code"],
        **per_coin(row, row["base__multiplier"]), "multiplier": row["base__multiplier"],
        "first_seen_at": row["first_seen_at"] if row["first_seen_at"] and row["first_seen_at"] > began else None,
        "identity": str(IdentityState.CONFLICTED) if conflicted else row["base__state"],
    }
    return Entry(PairKey(market["base"], market["quote"], row["kind"]), market, row["taker_fee"], row["enabled"], row["base_id"])
