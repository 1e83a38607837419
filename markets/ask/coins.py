"""Coins in a question: pairs, $TICKERs, names longest first, tickers, misspelt names, and ordinary words only where they must mean a coin."""

from __future__ import annotations

from markets.ask.english import GRAMMAR
from markets.ask.lemmas import LEMMAS
from markets.ask.sheet import Sheet
from markets.ask.slots import ASSET, COIN, EXCHANGE, EXCLUDED, MONEY, NOT, PAIR, QUOTE, UNCOVERED
from markets.ask.tables import words
from markets.ask.tokens import NUMBER, SIGN, WORD

_SEPARATORS = frozenset("/-_:")
_LONGEST_TICKER = 15
_PART = 4  # letters of a misspelt part of a name
_MENDED = 8  # misspelt words that are looked up in one question
_ACRONYMS = words(
    """
    API USA CEO CTO NFT NFTS DEX CEX ETF ETFS ATH ATL OI IV APR APY ROI PNL AUM UTC GMT FAQ P2P KYC DCA TVL ICO IDO IEO IPO TWAP VWAP RSI MACD EMA SMA JSON
    CSV PDF LOL WTF ASAP FYI IMO BTW TIA EST PST CET SEC AML OTC HODL FOMO FUD DYOR ELI5 GM GN TLDR URL SQL HTML HTTP HTTPS XML ID IP PC UK EU US OK PM AM TV
    MCAP MC FDV L1 L2 BPS UI UX VIP
    """
)
_PERPETUAL = words("perp perpetual swap p")


def find_pairs(sheet: Sheet) -> None:
    """Mark $TICKERs and pairs (BTC/USDT, btc-usdt, eth_btc, BTCUSDT): they are coins whatever the words mean otherwise."""
    for at in range(len(sheet)):
        if sheet.free(at):
            _dollar(sheet, at) or _written_pair(sheet, at) or _glued_pair(sheet, at)


def _dollar(sheet: Sheet, at: int) -> bool:
    if sheet.low(at) != "$" or not sheet.is_kind(at + 1, WORD) or not sheet.glued(at + 1) or (sheet.is_kind(at - 1, NUMBER) and sheet.glued(at)):
        return False
    if sheet.lex.hit(sheet.low(at + 1)) == (MONEY, "USD"):
        return False
    ticker = sheet.tokens[at + 1].text.upper()
    sheet.mark(at, at + 2, ASSET, ticker)
    if sheet.low(at + 2) in _SEPARATORS and sheet.glued(at + 2) and sheet.is_kind(at + 3, WORD) and sheet.tokens[at + 3].text.upper() in sheet.lex.quotes:
        sheet.mark(at + 2, at + 3, PAIR)
        sheet.mark(at + 3, at + 4, QUOTE, sheet.tokens[at + 3].text.upper())
    _note_unknown(sheet, ticker)
    return True


def _note_unknown(sheet: Sheet, ticker: str) -> None:
    if ticker not in sheet.lex.tickers and ticker not in sheet.unknown:
        sheet.unknown.append(ticker)


def _written_pair(sheet: Sheet, at: int) -> bool:
    """A ticker, a separator and what it is counted in."""
    if sheet.low(at + 1) not in _SEPARATORS or not _could_be_ticker(sheet, at) or not sheet.is_kind(at + 2, WORD):
        return False
    if sheet.low(at + 1) != "/" and not (sheet.glued(at + 1) and sheet.glued(at + 2)):
        return False
    base, quote = sheet.tokens[at].text.upper(), sheet.tokens[at + 2].text.upper()
    if sheet.low(at + 2) in _PERPETUAL and base in sheet.lex.tickers:
        sheet.mark(at, at + 1, ASSET, base)
        return True
    counted = quote in sheet.lex.quotes or _currency(sheet, at + 2) is not None
    if not counted or base == quote or sheet.low(at + 3) == "/" or (sheet.low(at - 1) == "/" and sheet.slot(at - 2) == ASSET):
        return _listed(sheet, at, base, quote)
    base = _known_as(sheet, at) or base
    if base not in sheet.lex.tickers and (sheet.low(at) in sheet.lex.ordinary or (sheet.low(at + 1) != "/" and not sheet.tokens[at].text.isupper())):
        return False
    sheet.mark(at, at + 1, ASSET, base)
    sheet.mark(at + 1, at + 2, PAIR)
    sheet.mark(at + 2, at + 3, QUOTE, _currency(sheet, at + 2) or quote)
    _note_unknown(sheet, base)
    return True


def _listed(sheet: Sheet, at: int, base: str, other: str) -> bool:
    """BTC/ETH/SOL: coins side by side, whatever the words mean otherwise."""
    if base not in sheet.lex.tickers or other not in sheet.lex.tickers or sheet.low(at + 1) != "/" or {sheet.low(at), sheet.low(at + 2)} & GRAMMAR:
        return False
    sheet.mark(at, at + 1, ASSET, base)
    if sheet.low(at + 3) != "/":
        sheet.mark(at + 2, at + 3, ASSET, other)
    return True


def _known_as(sheet: Sheet, at: int) -> str | None:
    hit = sheet.lex.hit(sheet.low(at))
    return hit[1] if hit and hit[0] == COIN and sheet.tokens[at].text.upper() not in sheet.lex.tickers else None


def _currency(sheet: Sheet, at: int) -> str | None:
    hit = sheet.lex.hit(sheet.low(at))
    return hit[1] if hit and hit[0] == MONEY else None


def _could_be_ticker(sheet: Sheet, at: int) -> bool:
    return sheet.is_kind(at, WORD) and len(sheet.tokens[at].text) <= _LONGEST_TICKER and sheet.tokens[at].text.isascii()


def _glued_pair(sheet: Sheet, at: int) -> bool:
    """BTCUSDT: a known ticker and what it is counted in, in one word that is nothing else."""
    text = sheet.tokens[at].text.upper()
    if not _could_be_ticker(sheet, at) or len(text) < 5 or text in sheet.lex.tickers or sheet.lex.knows(sheet.low(at)):
        return False
    for cut in range(len(text) - 3, 1, -1):
        base, quote = text[:cut], text[cut:]
        if quote in sheet.lex.quotes and (
            base in sheet.lex.tickers or (quote in sheet.lex.words.stable and sheet.tokens[at].text.isupper() and not sheet.in_capitals)
        ):
            sheet.mark(at, at + 1, ASSET, base)
            sheet.glued_quotes.append(quote)
            _note_unknown(sheet, base)
            return True
    return False


def find_names(sheet: Sheet) -> None:
    """Mark what phrases say: coins by name and ticker, exchanges, currencies. Ordinary words wait for evidence."""
    for at in range(len(sheet)):
        if sheet.free(at) and sheet.tokens[at].kind != SIGN:
            _named(sheet, at)


def _named(sheet: Sheet, at: int) -> None:
    if sheet.low(at - 1) == "/" and sheet.glued(at) and not sheet.is_kind(at - 2, WORD):
        return  # a path
    hit = sheet.lex.phrase(sheet.tokens, at, sheet.free)
    ticker = _ticker(sheet, at)
    if hit and (hit[0] > at + 1 or ticker is None or hit[1] != COIN):
        end, kind, value = hit
        if kind == COIN and end == at + 1 and sheet.low(at) in sheet.lex.ordinary:
            return
        if kind == COIN and _is_phrase_of_words(sheet, at, end):
            return
        if kind == MONEY and sheet.low(at - 1) not in _FIGURATIVE:
            sheet.mark(at, end, QUOTE, value)
        elif kind == MONEY:
            return
        else:
            sheet.mark(at, end, {COIN: ASSET, EXCHANGE: EXCHANGE, UNCOVERED: UNCOVERED}[kind], value)
    elif ticker and sheet.low(at) not in sheet.lex.ordinary and len(ticker) > 2:
        sheet.mark(at, at + 1, ASSET, ticker)


def _is_phrase_of_words(sheet: Sheet, at: int, end: int) -> bool:
    """Whether a name of several words is better read as those words: the graph of BTC, an exchange's new coins."""
    if sheet.low(end - 1) in ("coin", "token", "coins", "tokens") and sheet.lex.hit(sheet.low(at)) and sheet.lex.hit(sheet.low(at))[0] == EXCHANGE:  # type: ignore[index]
        return (
            sheet.low(at - 1) in ("new", "any", "every", "which", "latest", "upcoming", "all", "trending", "next", "what")
            or LEMMAS.get(sheet.low(end)) == "list"
        )
    return sheet.low(at) in GRAMMAR and all(sheet.low(spot) in sheet.lex.ordinary for spot in range(at, end)) and not _stands_for_coin(sheet, at, end)


def _ticker(sheet: Sheet, at: int) -> str | None:
    """The ticker that a token is; BTCs and 1INCH included."""
    text = sheet.tokens[at].text.partition("'")[0].partition("’")[0].upper()
    if sheet.tokens[at].kind == NUMBER:
        both = text + sheet.tokens[at + 1].text.upper() if sheet.glued(at + 1) and sheet.is_kind(at + 1, WORD) else ""
        return both if both in sheet.lex.tickers else None
    if text in sheet.lex.tickers:
        return text
    singular = text.removesuffix("S")
    capital = sheet.tokens[at].text[:-1].isupper() and not sheet.in_capitals
    return singular if len(singular) >= 3 and singular in sheet.lex.tickers and (capital or singular in sheet.lex.quotes) else None


def mend(sheet: Sheet) -> None:
    """Understand misspelt names and words: within two edits, when they are no word that is known. A text of nothing else is left alone."""
    strange = [at for at in range(len(sheet)) if sheet.free(at) and sheet.tokens[at].kind == WORD and not sheet.lex.knows(sheet.low(at))]
    for at in strange[:_MENDED]:
        if sheet.free(at):
            _mend(sheet, at)


def _mend(sheet: Sheet, at: int) -> None:
    for first, end in ((at, at + 2), (at - 1, at + 1), (at, at + 1)):
        if first < 0 or end > len(sheet) or not all(sheet.is_kind(spot, WORD) for spot in range(first, end)):
            continue
        if any(not sheet.free(spot) and sheet.slot(spot) != ASSET for spot in range(first, end)):
            continue
        meant = sheet.lex.meant("".join(sheet.low(spot) for spot in range(first, end)))
        if meant is None or (end - first > 1 and (" " not in meant or len(sheet.low(at)) < _PART)):
            continue
        _take(sheet, first, end, meant)
        return


def _take(sheet: Sheet, first: int, end: int, meant: str) -> None:
    hit = sheet.lex.hit(meant)
    if hit is None:
        sheet.lemmas[first] = LEMMAS.get(meant, meant)
        return
    kind, value = hit
    sheet.mark(first, end, {COIN: ASSET, MONEY: QUOTE}.get(kind, kind), value)
    typed = sheet.q[sheet.tokens[first].start : sheet.tokens[end - 1].end]
    sheet.notes.append(f"{typed} was read as {meant.title()}.")


def find_ordinary(sheet: Sheet) -> None:
    """Mark ordinary words that are coins where something says that they are meant: capitals, their place, what stands beside them."""
    for at in (*range(len(sheet)), *reversed(range(len(sheet)))):  # and back: a list may be known by its end
        if not sheet.free(at) or sheet.tokens[at].kind != WORD:
            continue
        ticker, hit = _ticker(sheet, at), sheet.lex.hit(sheet.low(at))
        value = ticker or (hit[1] if hit and hit[0] == COIN else None)
        if value and _means_coin(sheet, at, ticker is not None):
            sheet.mark(at, at + 1, ASSET, value)
        elif value is None and _is_loud(sheet, at) and _stands_for_coin(sheet, at, at + 1) and sheet.tokens[at].text not in _ACRONYMS:
            sheet.mark(at, at + 1, ASSET, sheet.tokens[at].text)
            _note_unknown(sheet, sheet.tokens[at].text)


def _means_coin(sheet: Sheet, at: int, is_ticker: bool) -> bool:
    if is_ticker and _is_loud(sheet, at) and sheet.tokens[at].text not in _ACRONYMS:
        return True
    if sheet.low(at) in _KINDS:
        return False
    if sheet.low(at) in GRAMMAR or len(sheet.low(at)) < 2 or (sheet.low(at) in LEMMAS and sheet.low(at) != "arb"):
        return _is_certain(sheet, at)
    return _stands_for_coin(sheet, at, at + 1)


def _is_loud(sheet: Sheet, at: int) -> bool:
    """In capitals inside a sentence that is not; a single letter that begins it says nothing."""
    text = sheet.tokens[at].text
    return text.isupper() and not sheet.in_capitals and (len(text) > 1 or (text != "I" and (at > 0 or sheet.lemma(1) in _AFTER)))


_KINDS = words("spot perp perps future futures")  # of market: "perp vs spot" names no coins
_VERSUS = words("vs versus")
_CLOSING = words(
    """
    without but except excluding not than with to using minus somewhere now here , ? ! . , ; ) on at in vs versus and or right now today yesterday please pls
    across between from over against since for by is are was this last
    """
)


def _closed(sheet: Sheet, end: int) -> bool:
    """Whether nothing follows that a noun would: the end, a preposition, an exchange."""
    return end >= len(sheet) or sheet.low(end) in _CLOSING or sheet.lemma(end) in _AFTER or sheet.slot(end) in (EXCHANGE, UNCOVERED, EXCLUDED, NOT)


def _is_certain(sheet: Sheet, at: int) -> bool:
    """For words that carry sentences: only "price of ...", and beside a coin with "vs" between."""
    closed = _closed(sheet, at + 1)
    if sheet.low(at - 1) == "of" and sheet.lemma(at - 2) in _PRICES and closed:
        return True
    if sheet.low(at - 1) in _VERSUS and sheet.slot(at - 2) == ASSET:
        return closed
    return sheet.low(at + 1) in _VERSUS and sheet.slot(at + 2) == ASSET


_FIGURES = words(
    """
    there deal rate gap perpetual buyers sellers interest activity opportunity money worth cheap price liquidity depth volume spread slippage funding
    arbitrage orderbook book interest history chart buy sell bid ask
    """
)
_PRICES = words("price liquidity depth volume spread slippage funding arbitrage chart history order")
_VERBS = words("buy sell compare get swap trade purchase offload dump")
_BEFORE = words("cheap compare some my more")
_AFTER = words(
    """
    coin pair derivative option interest swap contract bid ask price liquidity funding volume spread slippage arbitrage orderbook perpetual future depth chart
    history withdrawal deposit wallet
    """
)
_STARTS = frozenset(
    [
        "",
        "?",
        ".",
        "!",
        ",",
        ";",
        ":",
        "the",
        "best",
        "is",
        "are",
        "does",
        "what",
        "for",
        "of",
        "current",
        "show",
        "me",
        "check",
        "how",
        "and",
        "vs",
        "cheapest",
    ]
)


def _stands_for_coin(sheet: Sheet, at: int, end: int) -> bool:
    """Whether words stand where only a coin would."""
    if sheet.lemma(end) == "coin" and sheet.low(at) in _QUALIFIERS:
        return False
    if _closed(sheet, end) and _is_object(sheet, at):
        return True
    return sheet.low(at - 1) in _VERSUS or sheet.low(end) in _VERSUS or _is_subject(sheet, at, end) or (at == 0 and end == len(sheet))


def _is_object(sheet: Sheet, at: int) -> bool:
    """What is priced, traded, counted or listed: "price of gas", "buy link", "2 sand", "BTC and near"."""
    before, low = sheet.lemma(at - 1), sheet.low(at - 1)
    if low in ("of", "in", "on"):
        return sheet.lemma(at - 2) in _FIGURES or sheet.slot(at - 2) in (QUOTE, ASSET)
    if low in ("for", "into") or before in _VERBS | _BEFORE:
        return True
    if sheet.is_kind(at - 1, NUMBER) or (low in ("k", "m") and sheet.is_kind(at - 2, NUMBER)):
        return True
    return low in ("and", "or", ",", "/") and sheet.slot(at - 2) == ASSET


def _is_subject(sheet: Sheet, at: int, end: int) -> bool:
    """What a figure is of, or what is cheap somewhere: "near price", "is sand cheaper on ..."."""
    if _own_meaning(sheet, at):
        return sheet.low(at) == "arb" and at == 0 and sheet.low(end) in ("was", "is", "has", "did", "at", "now")
    if sheet.lemma(end) in _AFTER and sheet.low(at - 1) in _STARTS:
        return True
    if sheet.low(end) in ("and", "or", ",", "/") and sheet.slot(end + 1) == ASSET and (sheet.low(at - 1) in _STARTS or sheet.lemma(at - 1) in _VERBS):
        return True
    moves = sheet.low(at - 1) in ("has", "have", "did", "does", "will", "is", "why") and sheet.lemma(end) in _MOVES and at == 1
    stands = sheet.low(at - 1) in ("is", "are", "where", "does") and sheet.lemma(end) in ("cheap", "dear", "list", "trade", "trading")
    return moves or stands or (sheet.slot(end) == EXCHANGE and len(sheet) <= end + 1)


def _own_meaning(sheet: Sheet, at: int) -> bool:
    """A word that says what is asked, not about which coin: "trade volume", "market depth", "best price"."""
    return sheet.low(at) in LEMMAS or sheet.low(at) in _QUALIFIERS


_FIGURATIVE = words("few some easy extra quick big fast couple")  # bucks of that kind are no currency
_MOVES = words("been gone go going moved do did rise fall up down crash pump recover drop move moving done doing")
_QUALIFIERS = words(
    """
    hot trade trading market spot current latest live real best average total mid index mark last open close bid ask daily taker maker order total cross net
    gross fair block crypto stock gold global local entry closing opening target final same different new old exact good bad any all more less big small fast
    slow coin token
    """
)
