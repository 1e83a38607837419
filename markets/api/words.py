"""Tickers in parameters to coins: old tickers and names are understood, and the answer says so."""

from __future__ import annotations

from collections.abc import Sequence

from markets import read


def coins(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tickers as the board names coins, and a note for each old one."""
    keys, notes = [], []
    for word in words:
        coin, former = read.resolve(word)
        keys.append(coin.slug.upper() if coin else word)
        notes += [f"{former} is now called {coin.ticker}."] if coin and former else []
    return tuple(keys), tuple(notes)
