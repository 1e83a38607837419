"""Several questions in one text: where one may end and the next begin."""

from __future__ import annotations

from markets.ask.tables import words
from markets.ask.tokens import Token, tokens

PLACES = 5  # that are looked at: the grammar reads what lies between them
_ENDS = frozenset("?!;.")
_JOINING = words("and then also plus but , so")
_ASKING = words("what which where who when how why is are was were does do did can could would should tell show compare list find give any whats")


def cuts(q: str) -> list[int]:
    """Where a further question of a text may begin, as places in it: after a sentence, and where "and" leads to a word that asks."""
    text = tokens(q)
    places = [text[at].start for at in range(1, len(text)) if _begins(text, at)]
    return places[:PLACES]


def _begins(text: list[Token], at: int) -> bool:
    if text[at].kind == "sign":
        return False
    before = text[at - 1]
    if before.low in _ENDS and not text[at].glued:
        return True
    return text[at].low in _ASKING and before.low in _JOINING and before.low != "," and not (at > 1 and text[at - 2].low in _ENDS)
