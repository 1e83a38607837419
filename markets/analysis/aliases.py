"""Other words for a coin, each true for a time: which of them count today, and what a ticker meant on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct

FORMER, CURRENT = "former", "current"
TICKERS = ("ticker", "former")  # kinds of alias that are codes; the others are names


class Alias(Struct, frozen=True, gc=False):
    """`text` means `coin` from `valid_from` until the day before `valid_to`; None is open. `1 text = factor coin`."""

    text: str
    kind: str
    coin: str
    valid_from: date | None = None
    valid_to: date | None = None
    factor: Decimal = Decimal(1)


def standing(alias: Alias, today: date) -> str:
    """current, former, or "" for a word that is not yet in use. A former ticker without an end ended some day nobody noted."""
    if alias.valid_from is not None and today < alias.valid_from:
        return ""
    over = alias.kind == FORMER if alias.valid_to is None else today >= alias.valid_to
    return FORMER if over else CURRENT


def vocabulary(aliases: Iterable[Alias], today: date) -> dict[str, Alias]:
    """{word in capitals: what it means today}. Tickers before names, today's before former ones, of former ones the latest."""
    known = [alias for alias in aliases if standing(alias, today)]
    return {alias.text.upper(): alias for alias in sorted(known, key=lambda a: _weight(a, today))}


def _weight(alias: Alias, today: date) -> tuple[bool, bool, date, str, str]:
    """The heavier word of two equal ones is the one that counts."""
    return alias.kind in TICKERS, standing(alias, today) == CURRENT, alias.valid_to or date.max, alias.coin, alias.kind
