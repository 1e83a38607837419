"""Coins and what exchanges call them as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from exchanges.numbers import plain
from markets.analysis.aliases import Alias
from markets.reads.assets import Asset, Code, OnNetwork


def code(c: Code) -> dict[str, Any]:
    """What one exchange means by one code."""
    return {
        "exchange": c.exchange, "code": c.code, "multiplier": plain(c.multiplier), "name": c.name or None, "identity": c.state, "basis": c.basis or None,
        "evidence": c.evidence or None, "since": c.since, "spot_markets": c.markets.get("spot", 0),
        "contract_markets": c.markets.get("perp", 0) + c.markets.get("future", 0),
    }


def asset(a: Asset) -> dict[str, Any]:
    """One line of `assets/`."""
    return {
        "asset": a.key, "slug": a.coin.slug, "ticker": a.coin.ticker, "name": a.coin.name or None, "kind": a.coin.kind,
        "former_tickers": list(a.coin.former), "codes": [code(c) for c in a.codes],
    }


def full(a: Asset, notes: list[str]) -> dict[str, Any]:
    """One coin in full."""
    return {
        **asset(a), "codes": [{**code(c), "networks": [_network(n) for n in c.networks]} for c in a.codes],
        "aliases": [_alias(alias, standing) for alias, standing in a.aliases],
        "namesakes": [{"asset": c.slug.upper(), "slug": c.slug, "name": c.name or None, "exchanges": list(on)} for c, on in a.namesakes], "notes": notes,
    }


def _network(n: OnNetwork) -> dict[str, Any]:
    return {**asdict(n), "chain": n.chain or None, "contract_address": n.contract_address or None}


def _alias(a: Alias, standing: str) -> dict[str, Any]:
    return {"text": a.text, "kind": a.kind, "standing": standing, "valid_from": a.valid_from, "valid_to": a.valid_to, "factor": plain(a.factor)}
