"""Where in a sentence only a coin would stand: behind "price of" or "buy", before "price" or "cheaper", beside other coins."""

from __future__ import annotations

from markets.ask.lemmas import LEMMAS
from markets.ask.sheet import Sheet
from markets.ask.slots import ASSET, EXCHANGE, EXCLUDED, NOT, QUOTE, UNCOVERED
from markets.ask.tables import words
from markets.ask.tokens import NUMBER

VERSUS = words("vs versus")
_CLOSING = words(
    """
    without but except excluding not than with to using minus somewhere now here , ? ! . , ; ) on at in vs versus and or right now today yesterday please pls
    across between from over against since for by is are was this last plz thanks thank thx cheers asap rn atm
    """
)
_FIGURES = words(
    """
    there deal gap perpetual buyers sellers interest activity opportunity money cheap price liquidity depth volume spread slippage funding
    arbitrage orderbook book interest history chart buy sell bid ask
    """
)
_VERBS = words("buy sell compare get swap trade")
_BEFORE = words("cheap compare some my more")
AFTER = words(
    """
    coin pair derivative option interest swap contract bid ask price liquidity funding volume spread slippage arbitrage orderbook perpetual future depth chart
    history withdrawal deposit wallet
    """
)
_STARTS = words("? . ! , ; : the best is are does what for of current show me check how and vs cheapest") | {""}  # "": the text begins
_MOVES = words("been gone go going transfer do did rise fall up down pump recover done doing")
_QUALIFIERS = words(
    """
    hot trade trading market spot current latest live real best average total mid index mark last open close bid ask daily taker maker order total cross net
    gross fair block crypto stock gold global local entry closing opening target final same different new old exact good bad any all more less big small fast
    slow coin token
    """
)


def is_closed(sheet: Sheet, end: int) -> bool:
    """Whether nothing follows that a noun would: the end, a preposition, an exchange."""
    return end >= len(sheet) or sheet.low(end) in _CLOSING or sheet.lemma(end) in AFTER or sheet.slot(end) in (EXCHANGE, UNCOVERED, EXCLUDED, NOT)


def stands_for_coin(sheet: Sheet, at: int, end: int) -> bool:
    """Whether words stand where only a coin would."""
    if sheet.lemma(end) == "coin" and sheet.low(at) in _QUALIFIERS:
        return False
    if is_closed(sheet, end) and _is_object(sheet, at):
        return True
    return sheet.low(at - 1) in VERSUS or sheet.low(end) in VERSUS or _is_subject(sheet, at, end) or (at == 0 and end == len(sheet))


def _is_object(sheet: Sheet, at: int) -> bool:
    """What is priced, traded, counted or listed: "price of gas", "buy link", "2 sand", "BTC and near"."""
    before, low = sheet.lemma(at - 1), sheet.low(at - 1)
    if low in ("of", "in", "on"):
        return sheet.lemma(at - 2) in _FIGURES or sheet.slot(at - 2) in (QUOTE, ASSET) or (low == "of" and _is_amount(sheet, at - 2))
    if low in ("for", "into") or before in _VERBS | _BEFORE or (low == "most" and sheet.lemma(at - 3) == "get"):
        return True
    return _is_amount(sheet, at - 1) or (low in ("and", "or", ",", "/") and sheet.slot(at - 2) == ASSET)


def _is_amount(sheet: Sheet, at: int) -> bool:
    """A number, or its thousands: "10,000", "5 k"."""
    return sheet.is_kind(at, NUMBER) or (sheet.low(at) in ("k", "m") and sheet.is_kind(at - 1, NUMBER))


def _is_subject(sheet: Sheet, at: int, end: int) -> bool:
    """What a figure is of, or what is cheap somewhere: "near price", "is sand cheaper on ..."."""
    if _own_meaning(sheet, at):
        return sheet.low(at) == "arb" and at == 0 and sheet.low(end) in ("was", "is", "has", "did", "at", "now")
    if sheet.lemma(end) in AFTER and sheet.low(at - 1) in _STARTS:
        return True
    if sheet.low(end) in ("and", "or", ",", "/") and sheet.slot(end + 1) == ASSET and (sheet.low(at - 1) in _STARTS or sheet.lemma(at - 1) in _VERBS):
        return True
    moves = sheet.low(at - 1) in ("has", "have", "did", "does", "will", "is", "why") and sheet.lemma(end) in _MOVES and at == 1
    stands = sheet.low(at - 1) in ("is", "are", "where", "does") and sheet.lemma(end) in ("cheap", "dear", "list", "trade", "trading")
    return moves or stands or (sheet.slot(end) == EXCHANGE and len(sheet) <= end + 1)


def _own_meaning(sheet: Sheet, at: int) -> bool:
    """A word that says what is asked, not about which coin: "trade volume", "market depth", "best price"."""
    return sheet.low(at) in LEMMAS or sheet.low(at) in _QUALIFIERS
