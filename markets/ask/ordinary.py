"""Ordinary words that are coins, too: only where something says that they are meant. Capitals, their place, what stands beside them."""

from __future__ import annotations

from markets.ask.coins import note_unknown, ticker_of
from markets.ask.english import COMMON, GRAMMAR
from markets.ask.lemmas import LEMMAS
from markets.ask.sheet import Sheet
from markets.ask.slots import ASSET, COIN
from markets.ask.standing import AFTER, VERSUS, is_closed, stands_for_coin
from markets.ask.tables import words
from markets.ask.tokens import WORD

_ACRONYMS = words(
    """
    API USA CEO CTO NFT NFTS DEX CEX ETF ETFS ATH ATL OI IV APR APY ROI PNL AUM UTC GMT FAQ P2P KYC DCA TVL ICO IDO IEO IPO TWAP VWAP RSI MACD EMA SMA JSON
    CSV PDF LOL WTF ASAP FYI IMO BTW TIA EST PST CET SEC AML OTC HODL FOMO FUD DYOR ELI5 GM GN TLDR URL SQL HTML HTTP HTTPS XML ID IP PC UK EU US OK PM AM TV
    MCAP MC FDV L1 L2 BPS UI UX VIP
    """
)
_KINDS = words("spot perp perps future futures")  # of market: "perp vs spot" names no coins
_AFTER_THE = words("on at in vs versus and or now ? ! . , ;") | {""}  # elsewhere it is an article: the last trade, the perpetual
_PRICES = words("price liquidity depth volume spread slippage funding arbitrage chart history order")


def find_ordinary(sheet: Sheet) -> None:
    """Mark ordinary words that are coins where something says that they are meant: capitals, their place, what stands beside them."""
    for at in (*range(len(sheet)), *reversed(range(len(sheet)))):  # and back: a list may be known by its end
        if not sheet.free(at) or sheet.tokens[at].kind != WORD:
            continue
        ticker, hit = ticker_of(sheet, at), sheet.lex.hit(sheet.low(at))
        value = ticker or (hit[1] if hit and hit[0] == COIN else None)
        if value and _means_coin(sheet, at, ticker is not None):
            sheet.mark(at, at + 1, ASSET, value)
        elif value is None and _is_loud(sheet, at) and stands_for_coin(sheet, at, at + 1) and sheet.tokens[at].text not in _ACRONYMS:
            sheet.mark(at, at + 1, ASSET, sheet.tokens[at].text)
            note_unknown(sheet, sheet.tokens[at].text)


def _means_coin(sheet: Sheet, at: int, is_ticker: bool) -> bool:
    if sheet.low(at) in _KINDS and sheet.glued(at):
        return False  # BTC-PERP
    if is_ticker and _is_loud(sheet, at) and sheet.tokens[at].text not in _ACRONYMS:
        return True
    if sheet.low(at) in _KINDS:
        return False
    if sheet.low(at) in GRAMMAR or len(sheet.low(at)) < 2 or (sheet.low(at) in LEMMAS and sheet.low(at) != "arb"):
        return _is_certain(sheet, at)
    return stands_for_coin(sheet, at, at + 1)


def _is_loud(sheet: Sheet, at: int) -> bool:
    """In capitals inside a sentence that is not; a single letter that begins it says nothing."""
    text = sheet.tokens[at].text
    return text.isupper() and not sheet.in_capitals and (len(text) > 1 or (text != "I" and (at > 0 or sheet.lemma(1) in AFTER)))


def _is_certain(sheet: Sheet, at: int) -> bool:
    """For words that carry sentences: only "price of ...", and beside a coin with "vs" between."""
    closed = sheet.low(at + 1) in _AFTER_THE if sheet.low(at) == "the" else is_closed(sheet, at + 1)
    if sheet.low(at - 1) == "of" and sheet.lemma(at - 2) in _PRICES and closed:
        return True
    if sheet.low(at - 1) in VERSUS and sheet.slot(at - 2) == ASSET:
        return closed
    if sheet.low(at - 1) == "and" and sheet.slot(at - 2) == ASSET and sheet.low(at - 2) in COMMON and sheet.low(at - 3) == "of":
        return closed  # "price of hot and one": beside a word that was no coin either but for its place
    return sheet.low(at + 1) in VERSUS and sheet.slot(at + 2) == ASSET
