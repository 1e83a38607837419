"""The word of a question that nobody here knows, where a coin should stand: what an operator may give a meaning. Pure."""

from __future__ import annotations

from markets.ask.frame import Vocabulary
from markets.ask.lexicon import lexicon
from markets.ask.tokens import tokens

SHORTEST = 3  # letters


def unheard(q: str, words: Vocabulary) -> str:
    """The last word that is neither understood nor ordinary English, in capitals as a ticker would be; "" where there is none."""
    lex = lexicon(words)
    found = [token.low for token in tokens(q) if len(token.low) >= SHORTEST and token.low.isalpha() and not lex.knows(token.low)]
    return found[-1].upper() if found else ""
