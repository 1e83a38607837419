"""Whether a question is in another language than English, by the little words that no English sentence has. Pure."""

from __future__ import annotations

import unicodedata

from markets.ask.sheet import Sheet
from markets.ask.tables import words
from markets.ask.tokens import WORD

ONLY = "I read English only, so this may not be what was meant."
FEW = 2  # such words that make a sentence a foreign one
_LITTLE = words(
    """
    donde puedo comprar vender cual cuales precio precios barato barata mejor cuanto cuesta ahora hoy para como del los las una que por wo kann ich kaufen
    verkaufen wie viel teuer gunstig gunstigsten billig billigsten preis fur auf welche welcher welches borse kostet ist der das und einen eine mir wieviel
    quel quelle acheter vendre combien meilleur prix est les des sur puis maintenant dove posso comprare vendere qual quale prezzo quanto costa migliore onde
    preco melhor agora esta es el de la le du
    """
)


def is_foreign(sheet: Sheet) -> bool:
    """Two of its words are of another language, or most of its letters are of another script."""
    little = {token.low for at, token in enumerate(sheet.tokens) if sheet.free(at) and token.low in _LITTLE}
    if len(little) >= FEW:
        return True
    letters = [char for token in sheet.tokens if token.kind == WORD for char in token.text]
    return bool(letters) and 2 * sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters) > len(letters)
