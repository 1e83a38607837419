"""What a question is to be counted in: only where it says so. A stablecoin may be the coin that is asked about instead."""

from __future__ import annotations

from markets.ask.numbers import SCALES
from markets.ask.sheet import Mark, Sheet
from markets.ask.slots import ASSET, QUOTE
from markets.ask.tables import words
from markets.ask.tokens import NUMBER

_LISTING = words("and or vs versus , / & than nor with")
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₩": "KRW", "₽": "RUB", "₴": "UAH"}
_COUNTED_IN = words("pair margined settled quoted denominated contract perpetual based")
_INSIDE = words("in using with against per via")
_PRICED = words("price buy sell cheap get swap")
_FIGURES = words("price volume liquidity depth spread")
_BACK = 4  # tokens back to the coin that "in" may belong to


def find_currency_signs(sheet: Sheet) -> None:
    """Mark $, € and the like."""
    for at in range(len(sheet)):
        if sheet.free(at) and sheet.low(at) in _SIGNS:
            sheet.mark(at, at + 1, QUOTE, _SIGNS[sheet.low(at)])


def settle_quotes(sheet: Sheet) -> None:
    """Turn coins that something is counted in into the quote. Of a stablecoin that stands alone what is asked decides."""
    alone = sheet.values(ASSET)[0] if len(sheet.values(ASSET)) == 1 else None
    for mark in list(sheet.marked(ASSET)):
        if mark.value in sheet.lex.quotes and (_counts_alone(sheet, mark) if mark.value == alone else _counts(sheet, mark)):
            sheet.mark(mark.first, mark.end, QUOTE, mark.value)


def _counts_alone(sheet: Sheet, mark: Mark) -> bool:
    """Whether the only coin of a question is what it is to be counted in: in USDC, new USDT pairs, 50k USDT and nothing about its price."""
    if mark.value not in sheet.lex.words.stable:
        return False
    if sheet.low(mark.first - 1) in _INSIDE or not _COUNTED_IN.isdisjoint((sheet.lemma(mark.end), sheet.low(mark.end))) or sheet.low(mark.end) == "-":
        return True
    counted = sheet.is_kind(mark.first - 1, NUMBER) or (sheet.low(mark.first - 1) in SCALES and sheet.is_kind(mark.first - 2, NUMBER))
    return counted and not _PRICED & set(sheet.lemmas)


def _counts(sheet: Sheet, mark: Mark) -> bool:
    """Whether a currency beside other coins is what they are counted in."""
    before = sheet.low(mark.first - 1)
    if mark.value not in sheet.lex.words.stable:
        if before == "against" and sum(token.low == "against" for token in sheet.tokens) > 1:
            return False  # one of several that are held against each other
        paid = before == "with" and _PRICED & set(sheet.lemmas) and "compare" not in sheet.lemmas
        return (bool(paid or before in ("in", "against", "using")) and _follows_coin(sheet, mark.first - 1)) or sheet.low(mark.end) == "worth"
    if before == "of" and sheet.lemma(mark.first - 2) in _FIGURES:
        return False
    return before in _INSIDE or not _listed_with_coin(sheet, mark)


def _follows_coin(sheet: Sheet, at: int) -> bool:
    return any(sheet.slot(spot) == ASSET for spot in range(max(0, at - _BACK), at))


def _listed_with_coin(sheet: Sheet, mark: Mark) -> bool:
    """Whether a currency stands in a list with a coin: "BTC and USDT", "USDT vs DAI"."""
    before = sheet.low(mark.first - 1) in _LISTING and sheet.slot(mark.first - 2) == ASSET
    after = sheet.low(mark.end) in _LISTING and sheet.slot(mark.end + 1) == ASSET
    return before or after


def quote_of(sheet: Sheet) -> str | None:
    """The one currency that was stated; None where none was, or two."""
    stated = set(sheet.values(QUOTE)) | set(sheet.glued_quotes)
    return stated.pop() if len(stated) == 1 else None
