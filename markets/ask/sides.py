"""Which side a question is on: buy, sell, or neither where both or none is said."""

from __future__ import annotations

from markets.ask.sheet import Sheet
from markets.ask.slots import AMOUNT, ASSET
from markets.ask.tables import words

_BUY = words("buy spend cheap")
_WEAKLY_BUY = words("pay paying grab snag afford")  # where nothing else says a side
_SELL_WORDS = words("ditch exit cashout")
_NOT_BOUGHT = words("rid out funding status update help started in back to paid list data info information notified alerts alerted kicked removed access")
_SOLD = frozenset({("cash", "out"), ("cashing", "out"), ("cash", "in"), ("part", "with"), ("rid", "of")})
_BOUGHT = frozenset({("pick", "up"), ("picking", "up")})
_BIDDING = words("highest best top high higher max")
_ASKED = words("lowest best the low lower current top min")
_RETURNS = words("for from by if when")  # what something owned may follow
_OWNED = words("my our these this those")
_OWNED_BEFORE = words("it them")  # what was named before
SIDELESS = words("price_history volume_sentiment funding arbitrage")


def side_of(sheet: Sheet) -> str | None:
    """buy or sell; None where neither or both are said."""
    sides = {side for at in range(len(sheet)) if (side := _side(sheet, at))}
    if not sides and any(sheet.low(at) in _WEAKLY_BUY and sheet.slot(at) == "" for at in range(len(sheet))):
        return "buy"
    if not sides and _is_valued(sheet):
        return "sell"
    return sides.pop() if len(sides) == 1 else None


def _is_valued(sheet: Sheet) -> bool:
    """Whether it is asked what something held is worth: what it would bring."""
    held = any(sheet.low(at) in ("i", "we") and sheet.lemma(at + 1) in ("hold", "have", "own") for at in range(len(sheet)))
    return held and any(sheet.low(at) == "worth" for at in range(len(sheet))) and bool(sheet.values(AMOUNT))


def _side(sheet: Sheet, at: int) -> str:
    lemma, low, after = sheet.lemma(at), sheet.low(at), sheet.low(at + 1)
    if sheet.slot(at) != "":
        return ""
    if (lemma == "sell" and low != "sale") or low in _SELL_WORDS or (low, after) in _SOLD:
        return "sell"
    if low in ("bid", "bids") and sheet.low(at - 1) in _BIDDING:
        return "sell"
    if lemma in _BUY or (low in ("ask", "asks") and _is_ask_price(sheet, at)) or (low, after) in _BOUGHT:
        return "buy"
    return _got(sheet, at) if lemma == "get" else ""


def _is_ask_price(sheet: Sheet, at: int) -> bool:
    if sheet.low(at + 1) == "side":
        return False
    if at == 0 and sheet.slot(1) == ASSET:
        return True
    return sheet.low(at - 1) in _ASKED or sheet.lemma(at + 1) == "price"


def _got(sheet: Sheet, at: int) -> str:
    """What "get" means: to buy; to sell where it is "get for" something owned; nothing where it is "get me the ..."."""
    after = sheet.low(at + 1)
    if after in _NOT_BOUGHT or sheet.lemma(at + 1) in ("list", "delist", "add", "price") or sheet.low(at) == "got":
        return ""
    for spot in range(at + 1, min(at + 9, len(sheet))):
        if sheet.low(spot) in _RETURNS:
            if _is_owned(sheet, spot + 1, at):
                return "buy" if _wants_coins(sheet, at, spot) else "sell"
            if sheet.low(spot) == "for":
                break
    return "buy"


def _wants_coins(sheet: Sheet, got: int, end: int) -> bool:
    """Whether it is a coin that is got for the other: how many SOL do I get for, get the most SOL for."""
    counted = any(sheet.low(spot) in ("much", "many") and sheet.slot(spot + 1) == ASSET for spot in range(got))
    return counted or any(sheet.slot(spot) == ASSET for spot in range(got + 1, end))


def _is_owned(sheet: Sheet, at: int, got: int) -> bool:
    """Whether a coin that is had follows: my ETH, 2 ETH, or "it" for one named before the word at `got`; money is what it is spent from."""
    if sheet.low(at) == "selling":
        at += 1
    if sheet.low(at) in _OWNED_BEFORE:
        return any(sheet.slot(spot) == ASSET for spot in range(got))
    if sheet.low(at) in _OWNED:
        return any(sheet.slot(spot) == ASSET for spot in range(at, min(at + 5, len(sheet))))
    while sheet.slot(at) == AMOUNT or sheet.low(at) in ("a", "an", "around", "about"):
        if sheet.slot(at) == AMOUNT:
            spot = at
            while sheet.slot(spot) == AMOUNT:
                spot += 1
            return sheet.slot(spot) == ASSET or (sheet.low(spot) == "of" and sheet.slot(spot + 1) == ASSET)
        at += 1
    return False
