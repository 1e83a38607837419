"""The word of a question that nobody here knows, where a coin should stand: answers name it, and an operator may give it a meaning. Pure."""

from __future__ import annotations

from markets.ask.sheet import Sheet
from markets.ask.standing import stands_for_coin
from markets.ask.tokens import WORD
from markets.ask.topics import WORDS

SHORTEST, LONGEST = 3, 24  # letters
NEEDY = ("best_price", "compare", "price_history")  # without a coin these have no answer: any strange word was meant for one
WIDE = ("arbitrage", "liquidity", "derivatives", "funding", "volume_sentiment")  # these have: only where nothing but a coin would stand


def unheard(sheet: Sheet, intent: str) -> str:
    """The last word that is neither understood nor ordinary English, as typed, where `intent` is about coins and none is named; "" where there is none."""
    if intent not in (*NEEDY, *WIDE):
        return ""
    found = [at for at in range(len(sheet)) if _is_strange(sheet, at) and (intent in NEEDY or stands_for_coin(sheet, at, at + 1))]
    return sheet.tokens[found[-1]].text if found else ""


def _is_strange(sheet: Sheet, at: int) -> bool:
    token = sheet.tokens[at]
    return (
        token.kind == WORD and sheet.free(at) and SHORTEST <= len(token.low) <= LONGEST and token.text.isalpha()
        and not sheet.lex.knows(token.low) and sheet.lemmas[at] == token.low and token.low not in WORDS
    )  # fmt: skip
