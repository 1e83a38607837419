"""Questions that can be asked, one or two for each kind: shown where a question was not understood, or nothing was asked. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MOST = 6
_ASKED: Mapping[str, tuple[str, ...]] = {  # {one} and {other} are exchanges
    "best_price": ("Where is SOL cheapest?", "What is the best price for 2 ETH?"),
    "compare": ("Compare ETH prices across all exchanges",),
    "arbitrage": ("Find arbitrage opportunities for BTC",),
    "liquidity": ("Which exchange has the best liquidity for SOL?",),
    "trending_not_on": ("What is trending on {one} but not on {other}?",),
    "funding": ("Funding above 20 % a year",),
    "new_tokens": ("What was listed this week?", "Who listed PEPE first?"),
    "derivatives": ("Open interest of BTC by exchange",),
    "volume_sentiment": ("How much ETH is traded, and where?",),
    "price_history": ("How did SOL move over 7 days?",),
    "status": ("Is {one} up?", "Are ETH withdrawals open on {one}?"),
    "copy_trading": ("Who are the lead traders with the best win rate?",),
    "help": ("How do you rank exchanges?", "What is slippage?"),
}
KINDS: tuple[str, ...] = tuple(_ASKED)


def examples(kinds: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """The first question of each kind, at most six, with exchanges as people know them. Without two exchanges those that name any are left out."""
    one, other = [*names.values(), "", ""][:2]
    texts = [_ASKED[kind][0] for kind in dict.fromkeys(kinds) if kind in _ASKED]
    return tuple(text.format(one=one, other=other) for text in texts if other or "{" not in text)[:MOST]


def every(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """All of them by kind."""
    one, other = [*names.values(), "", ""][:2]
    return {kind: tuple(text.format(one=one, other=other) for text in texts if other or "{" not in text) for kind, texts in _ASKED.items()}
