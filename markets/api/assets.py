"""The API's addresses of coins: what every exchange calls them, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markets import read
from markets.api import filters_assets, schema, serialize, serialize_assets
from markets.api import schema_assets as shapes
from markets.api.core import Asked, Endpoint, Problem, cut, listed
from markets.api.words import coins
from markets.reads import assets


class Assets(Endpoint):
    """Every coin."""

    parameters = filters_assets.ASSETS

    @schema.described(
        "Assets. Every coin with what each exchange calls it: code, multiplier, how sure it is that the coin is meant, and by what evidence.",
        shapes.Assets, filters_assets.ASSETS, found=False, tag="Assets",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Coins that match, by ticker."""
        keys, notes = coins(asked.values["asset"])
        tests = [test for name, test in _tests({**asked.values, "asset": keys}).items() if asked.values[name]]
        found = sorted((a for a in assets.assets().values() if a.codes and all(test(a) for test in tests)), key=lambda a: a.key)
        page, start = cut(asked, found)
        return listed(asked, [serialize_assets.asset(a) for a in page], len(found), start, missing=(), notes=notes)


def _tests(v: Mapping[str, Any]) -> dict[str, Callable[[assets.Asset], bool]]:
    text = v["search"].upper()
    return {
        "exchange": lambda a: any(code.exchange in v["exchange"] for code in a.codes),
        "asset": lambda a: a.key in v["asset"],
        "class": lambda a: a.coin.kind in v["class"],
        "state": lambda a: any(code.state in v["state"] for code in a.codes),
        "search": lambda a: text in a.coin.ticker.upper() or text in a.coin.name.upper(),
    }


class OneAsset(Endpoint):
    """One coin."""

    @schema.described(
        "One asset. Its codes with their networks and contract addresses, its old tickers with dates, and other coins that have its ticker.",
        shapes.FullAsset, (), tag="Assets",
    )
    def get(self, asked: Asked, slug: str) -> dict[str, Any]:
        """The coin of that ticker, old ticker or name."""
        coin, former = read.resolve(slug)
        found = assets.detail(coin.slug.upper()) if coin else None
        if found is None:
            near = ", ".join(label for label, _, _ in read.suggest(slug[:60], 5))
            raise Problem(404, f"No exchange calls a coin {serialize.printable(slug)}.{f' Nearest: {near}.' if near else ''}")
        return serialize_assets.full(found, assets.notes(found, {e.slug: e.name for e in read.exchanges(asked.now)}, former))
