"""Names as people see them: letters of two alphabets in one ticker look like another ticker and are not."""

from __future__ import annotations

import unicodedata

ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")  # those whose letters are taken for each other's


def alphabets(text: str) -> tuple[str, ...]:
    """The alphabets a ticker's letters are of, where that is one that could be mistaken for Latin; () where nothing can be."""
    found = {unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()}  # "": letters that Unicode gives no name
    known = tuple(name.capitalize() for name in ALPHABETS if name in found)
    return known if known != ("Latin",) else ()
