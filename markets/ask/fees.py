"""Whether a question is about what exchanges charge for trading: about no coin, and about no price that fees only belong to."""

from __future__ import annotations

from markets.ask.sheet import Sheet
from markets.ask.slots import ASSET, EXCHANGE, UNCOVERED
from markets.ask.tables import words

# Other fees, what is counted after fees, what an operator sets, and what is asked about Pebble itself.
_OTHERWISE = words(
    """
    withdrawal withdraw deposit deposits network gas transaction transfer funding perpetual overnight long short listing after net minus before without ignore
    include included including count counted account add added arbitrage profit gap left loop triangle set change mean define explain you your yours pebble
    copy trader option
    """
)
_TRADED = words("trading taker maker spot")
_COMPARED = words("low high compare cheap dear")


def asks_fees(sheet: Sheet) -> bool:
    """Trading fees on Binance, taker fee at Gate.io, which exchange has the lowest fees."""
    if "fee" not in sheet.lemmas or sheet.values(ASSET) or _OTHERWISE & {*sheet.lemmas, *(token.low for token in sheet.tokens)}:
        return False
    if sheet.values(EXCHANGE, UNCOVERED) or "exchange" in sheet.lemmas:
        return True
    return any(sheet.lemma(at) == "fee" and sheet.low(at - 1) in _TRADED for at in range(len(sheet))) and bool(_COMPARED & set(sheet.lemmas))
