"""What else a question may have meant: kinds of question as people choose between them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from markets.ask.answer import Reading
from markets.ask.frame import Frame

MOST = 2  # others beside the one that is answered
SURE = 0.3  # from this confidence on nothing else is offered
LABELS: Mapping[str, str] = {
    "best_price": "The best price", "compare": "Prices side by side", "arbitrage": "Gaps between exchanges", "liquidity": "Depth and slippage",
    "new_tokens": "New listings", "trending_not_on": "On one exchange, not on another", "derivatives": "Perpetuals, futures and options",
    "funding": "Funding rates", "volume_sentiment": "Volume and which way it points", "copy_trading": "Lead traders", "status": "How exchanges are doing",
    "price_history": "Prices of the past", "help": "What a word means",
}  # fmt: skip


def readings(frame: Frame) -> tuple[Reading, ...]:
    """The other kinds that fit nearly as well, where the reading is not sure: each with the parameter that chooses it."""
    if frame.confidence >= SURE:
        return ()
    others = [intent for intent in dict.fromkeys(frame.readings) if intent != frame.intent and intent in LABELS]
    return tuple(Reading(LABELS[intent], {"intent": intent}) for intent in others[:MOST])
