"""What is not answered: a short, friendly no, why, and what can be asked instead. Never repeats what may be hostile. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from markets.ask.answer import Answer
from markets.ask.answers import helping as manners
from markets.ask.answers.examples import MOST, examples
from markets.ask.frame import Frame
from markets.ask.router import Route

SAYS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {  # topic: (title, sentence, kinds of examples)
    "advice": ("No advice", "I cannot say what to do with your money; I can show prices, depth, fees and how they compare.",
               ("best_price", "compare", "liquidity", "volume_sentiment")),
    "prediction": ("No predictions", "Nobody knows tomorrow's price, and I do not guess; I can show what it is and how it came there.",
                   ("price_history", "best_price", "volume_sentiment", "funding")),
    "order": ("I do not trade", "I only read: I place no orders and move no coins. I can show where a trade would be cheapest, after fees.",
              ("best_price", "liquidity", "arbitrage", "status")),
    "alert": ("I answer, I do not watch", "A question is answered once. To be told later, press Alert me under an answer or on a page. "
                                           "I can show how things stand now.",
              ("best_price", "funding", "status")),
    "secret": ("Not for telling", "I hold no wallets of yours and tell no keys or passwords. I can tell what exchanges publish.",
               ("best_price", "status", "help")),
    "admin": ("Not from here", "Nothing can be changed by a question; operators do that after they log in. I can tell how things stand.",
              ("status", "help", "best_price")),
    "injection": ("That is no question for me", "A question is only read here, never carried out. Ask about prices and I will answer.",
                  ("best_price", "compare", "arbitrage")),
    "insult": ("Let us try again", "I may have read you wrongly. A short question about a coin or an exchange works best.",
               ("best_price", "compare", "liquidity")),
    "off_topic": ("Not my field", "I know prices on exchanges, and little else. These are questions I can answer:",
                  ("best_price", "arbitrage", "trending_not_on", "funding")),
    "language": ("In English, please", "I read English only. These work:", ("best_price", "compare", "trending_not_on", "funding")),
    "nonsense": ("I did not understand that", "I could not read a question in that. These work:", ("best_price", "compare", "trending_not_on", "funding")),
    "empty": ("Ask a question", "Type a question about a coin or an exchange.", ("best_price", "compare", "arbitrage", "liquidity")),
}  # fmt: skip
OTHER = "nonsense"
LONGEST = 24  # characters of a word that is repeated


class Unknown(Struct, frozen=True, tag="unknown"):
    """Nothing is read for it."""


def compose(frame: Frame, route: Route, found: Unknown, now: datetime) -> Answer:
    """Why not, and what instead."""
    manner = {"greeting": manners.greeting, "thanks": manners.thanks}.get(frame.topic)
    if manner:
        return manner(frame, route, found, now)
    title, sentence, kinds = SAYS.get(frame.topic, SAYS[OTHER])
    word = _word(frame)
    lines = (f"I do not know “{word}” as a coin.",) if word else ()
    return Answer(
        kind="refusal", title=title, sentence=sentence, lines=lines, as_of=now, page="/ask/",
        examples=(*_instead(frame), *examples((*frame.readings, *kinds), route.names))[:MOST],
    )


def _instead(frame: Frame) -> tuple[str, ...]:
    """What may be asked about the coin and the amount of an order."""
    coin = next((coin for coin in frame.assets if coin not in frame.unknown and coin.isalnum()), "") if frame.topic == "order" else ""
    if not coin:
        return ()
    if frame.amount and frame.unit and frame.unit != coin:
        return (f"How much {coin} do I get for {frame.amount} {frame.unit}?",)
    what = f"{frame.amount} {coin}" if frame.amount else coin
    asked = {"buy": f"Where is {what} cheapest?", "sell": f"Where would {what} sell best?"}
    return (asked[frame.side],) if frame.side else tuple(asked.values())


def _word(frame: Frame) -> str:
    """The first word that was not understood, where it is a plain one: what could be more than a word is not repeated."""
    return next((word for word in frame.unknown if word.isalnum() and len(word) <= LONGEST), "") if frame.topic in ("", OTHER) else ""
