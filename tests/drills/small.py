"""The simulated world with a tenth of its coins: the best known ones, on every exchange, for money in USDT."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from unittest.mock import patch

from exchanges.simulator.universe import Universe, universe

COUNT = 102  # an exchange's list of fewer than a hundred markets is not believed


@cache
def small() -> Universe:
    """Its prices are its own: which coin draws which wave depends on how many there are."""
    world = universe()
    plain = {
        slug: [m for m in listed if m.quote == "USDT" and m.asset.kind == "coin" and (m.status, m.book, m.factor) == ("trading", "both", 1.0)]
        for slug, listed in world.markets.items()
    }
    markets = {slug: tuple(sorted(listed, key=lambda m: m.rank)[:COUNT]) for slug, listed in plain.items()}
    used = {asset.key for listed in markets.values() for m in listed for asset in (m.asset, m.money)}
    assets = tuple(asset for asset in world.assets if asset.key in used or asset.kind in ("share", "stable") or asset in world.fresh or asset.key == "NOVA")
    index = {asset.key: n for n, asset in enumerate(assets)}
    pairs = sorted({(m.asset.key, m.money.key) for listed in markets.values() for m in listed} | {(asset.key, "USDT") for asset in assets})
    return replace(
        world, assets=assets, markets=markets, pairs=tuple((index[a], index[b]) for a, b in pairs), pair_of={pair: n for n, pair in enumerate(pairs)},
    )


@contextmanager
def smaller() -> Iterator[None]:
    """Until the block ends the simulator's world is the small one. For a process of its own: writers remember what they have read."""
    made = small()
    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("exchanges.simulator") and vars(module).get("universe") is universe:
                stack.enter_context(patch.object(module, "universe", lambda: made))
        yield
