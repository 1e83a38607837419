"""What a question is to be counted in: only where it says so. A stablecoin may be the coin that is asked about instead."""

from __future__ import annotations

from markets.ask.sheet import Mark, Sheet
from markets.ask.slots import ASSET, QUOTE
from markets.ask.tables import words

_COUNTED = words("in using with against per to into versus via terms paying spend spending")
_LISTING = frozenset({"and", "or", "vs", "versus", ",", "/", "&", "than", "nor"})
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₩": "KRW", "₽": "RUB", "₴": "UAH"}
_BACK = 4  # tokens back to the coin that "in" may belong to


def find_currency_signs(sheet: Sheet) -> None:
    """Mark $, € and the like."""
    for at in range(len(sheet)):
        if sheet.free(at) and sheet.low(at) in _SIGNS:
            sheet.mark(at, at + 1, QUOTE, _SIGNS[sheet.low(at)])


def settle_quotes(sheet: Sheet) -> None:
    """Turn coins that others are counted in into quotes, and money that trades as a coin is asked about stays a quote."""
    for mark in list(sheet.marked(ASSET)):
        if mark.value in sheet.lex.quotes and mark.value not in _alone(sheet) and _counts(sheet, mark):
            sheet.mark(mark.first, mark.end, QUOTE, mark.value)


def _alone(sheet: Sheet) -> tuple[str, ...]:
    """The one asset of a question that has no other: nothing is counted in it, unless it says "in"."""
    values = sheet.values(ASSET)
    marks = list(sheet.marked(ASSET))
    if len(values) != 1 or marks[0].value not in sheet.lex.words.stable:
        return values if len(values) == 1 else ()
    first = marks[0].first
    return () if sheet.low(first - 1) in ("in", "using", "with") and not _figure_before(sheet, first - 1) else values


def _figure_before(sheet: Sheet, at: int) -> bool:
    return sheet.lemma(at - 1) in ("liquidity", "opportunity", "arbitrage", "volume", "activity", "interest")


def _counts(sheet: Sheet, mark: Mark) -> bool:
    """Whether a currency is what something is counted in here."""
    before, after = sheet.low(mark.first - 1), sheet.low(mark.end)
    is_stable = mark.value in sheet.lex.words.stable
    if before in ("in", "against", "using", "per") or (before == "terms" and after != "of"):
        return is_stable or _follows_coin(sheet, mark.first - 1)
    if is_stable and before == "of" and sheet.lemma(mark.first - 2) in ("price", "volume", "liquidity"):
        return False
    if not is_stable:
        return (before in ("with", "to") and _follows_coin(sheet, mark.first - 1) and before == "with") or after in ("worth",)
    if _listed_with_coin(sheet, mark):
        return False
    if before in ("from",) and sheet.low(mark.end) in ("to", "into"):
        return True
    return True


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
