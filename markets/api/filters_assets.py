"""What the addresses of coins understand."""

from __future__ import annotations

from exchanges.adapters import ADAPTERS
from markets.api.filters import PAGE, many, words
from markets.models import AssetKind, IdentityState

ASSETS = (
    many("exchange", "Only coins that one of these exchanges has a code for.", tuple(ADAPTERS)),
    many("asset", "Only these coins: tickers, old tickers or names."),
    many("class", "Only coins of these classes.", tuple(AssetKind.values)),
    many("state", "Only coins of which at least one code stands so.", tuple(IdentityState.values)),
    words("search", 60, "Part of a ticker or name."),
    *PAGE,
)
