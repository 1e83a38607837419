"""Several questions in one text."""

from __future__ import annotations

from markets.ask.lexicon import Lexicon


def parts(q: str, lex: Lexicon) -> list[str]:
    """The questions after the first, each as text."""
    return []
