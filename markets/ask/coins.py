"""Coins in a question: pairs, $TICKERs, names longest first, tickers, misspelt names."""

from __future__ import annotations

from markets.ask.english import GRAMMAR
from markets.ask.lemmas import LEMMAS
from markets.ask.sheet import Sheet
from markets.ask.slots import ASSET, COIN, EXCHANGE, MONEY, PAIR, QUOTE, UNCOVERED
from markets.ask.standing import stands_for_coin
from markets.ask.tables import words
from markets.ask.tokens import NUMBER, SIGN, WORD

_SEPARATORS = frozenset("/-_:")
_FIGURATIVE = words("few some easy extra quick big fast couple")  # bucks of that kind are no currency
_LONGEST_TICKER = 15
_PART = 4  # letters of a misspelt part of a name
_MENDED = 6  # misspelt words that are looked up in one question
_ANY_COINS = words("new any every which latest upcoming all trending next what")
_PERPETUAL = words("perp perpetual swap p")


def find_pairs(sheet: Sheet) -> None:
    """Mark $TICKERs and pairs (BTC/USDT, btc-usdt, eth_btc, BTCUSDT): they are coins whatever the words mean otherwise."""
    for at in range(len(sheet)):
        if _goes_on(sheet, at):
            continue
        for rule in (_dollar, _numbered, _written_pair, _glued_pair):
            if sheet.free(at):
                rule(sheet, at)


def _goes_on(sheet: Sheet, at: int) -> bool:
    """Whether a ticker that begins with a number ends here: the INCH of 1INCH."""
    return sheet.is_kind(at - 1, NUMBER) and ticker_of(sheet, at - 1) is not None


def _dollar(sheet: Sheet, at: int) -> None:
    if sheet.low(at) != "$" or not sheet.glued(at + 1) or (sheet.is_kind(at - 1, NUMBER) and sheet.glued(at)):
        return
    if sheet.is_kind(at + 1, NUMBER):
        _numbered(sheet, at + 1, at)
    elif sheet.is_kind(at + 1, WORD) and sheet.lex.hit(sheet.low(at + 1)) != (MONEY, "USD"):
        ticker = sheet.tokens[at + 1].text.upper()
        _marked(sheet, at, at + 2, ticker)
        note_unknown(sheet, ticker)


def _numbered(sheet: Sheet, at: int, first: int | None = None) -> None:
    """A ticker that begins with a number is two tokens: 1INCH. `first` is its dollar sign, where it has one."""
    ticker = ticker_of(sheet, at) if sheet.is_kind(at, NUMBER) else None
    if ticker and len(ticker) > 2:
        _marked(sheet, at if first is None else first, at + 2, ticker)


def _marked(sheet: Sheet, first: int, end: int, ticker: str) -> None:
    """Mark a coin, and what it is counted in behind a separator."""
    sheet.mark(first, end, ASSET, ticker)
    parted = sheet.low(end) == "/" or (sheet.low(end) in _SEPARATORS and sheet.glued(end))
    if parted and sheet.is_kind(end + 1, WORD) and sheet.tokens[end + 1].text.upper() in sheet.lex.quotes:
        sheet.mark(end, end + 1, PAIR)
        sheet.mark(end + 1, end + 2, QUOTE, sheet.tokens[end + 1].text.upper())


def note_unknown(sheet: Sheet, ticker: str) -> None:
    """Remember a ticker that nobody here knows."""
    if ticker not in sheet.lex.tickers and ticker not in sheet.unknown:
        sheet.unknown.append(ticker)


def _written_pair(sheet: Sheet, at: int) -> None:
    """A ticker, a separator and what it is counted in."""
    if sheet.low(at + 1) not in _SEPARATORS or not _could_be_ticker(sheet, at) or not sheet.is_kind(at + 2, WORD):
        return
    if sheet.low(at + 1) != "/" and not (sheet.glued(at + 1) and sheet.glued(at + 2)):
        return
    base, quote = sheet.tokens[at].text.upper(), sheet.tokens[at + 2].text.upper()
    if sheet.low(at + 2) in _PERPETUAL and base in sheet.lex.tickers:
        sheet.mark(at, at + 1, ASSET, base)
        return
    counted = quote in sheet.lex.quotes or _currency(sheet, at + 2) is not None
    if not counted or base == quote or sheet.low(at + 3) == "/" or (sheet.low(at - 1) == "/" and sheet.slot(at - 2) == ASSET):
        _listed(sheet, at, base, quote)
        return
    base = _known_as(sheet, at) or base
    if base not in sheet.lex.tickers and (sheet.low(at) in sheet.lex.ordinary or (sheet.low(at + 1) != "/" and not sheet.tokens[at].text.isupper())):
        return
    sheet.mark(at, at + 1, ASSET, base)
    sheet.mark(at + 1, at + 2, PAIR)
    sheet.mark(at + 2, at + 3, QUOTE, _currency(sheet, at + 2) or quote)
    note_unknown(sheet, base)


def _listed(sheet: Sheet, at: int, base: str, other: str) -> None:
    """BTC/ETH/SOL: coins side by side, whatever the words mean otherwise."""
    if base not in sheet.lex.tickers or other not in sheet.lex.tickers or sheet.low(at + 1) != "/" or {sheet.low(at), sheet.low(at + 2)} & GRAMMAR:
        return
    sheet.mark(at, at + 1, ASSET, base)
    if sheet.low(at + 3) != "/":
        sheet.mark(at + 2, at + 3, ASSET, other)


def _known_as(sheet: Sheet, at: int) -> str | None:
    hit = sheet.lex.hit(sheet.low(at))
    return hit[1] if hit and hit[0] == COIN and sheet.tokens[at].text.upper() not in sheet.lex.tickers else None


def _currency(sheet: Sheet, at: int) -> str | None:
    hit = sheet.lex.hit(sheet.low(at))
    return hit[1] if hit and hit[0] == MONEY else None


def _could_be_ticker(sheet: Sheet, at: int) -> bool:
    return sheet.is_kind(at, WORD) and len(sheet.tokens[at].text) <= _LONGEST_TICKER and sheet.tokens[at].text.isascii()


def _glued_pair(sheet: Sheet, at: int) -> None:
    """BTCUSDT: a known ticker and what it is counted in, in one word that is nothing else."""
    text = sheet.tokens[at].text.upper()
    if not _could_be_ticker(sheet, at) or sheet.lex.knows(sheet.low(at)):
        return
    for cut in range(len(text) - 3, 1, -1):
        base, quote = text[:cut], text[cut:]
        if quote in sheet.lex.quotes and (
            base in sheet.lex.tickers or (quote in sheet.lex.words.stable and sheet.tokens[at].text.isupper() and not sheet.in_capitals)
        ):
            sheet.mark(at, at + 1, ASSET, base)
            sheet.glued_quotes.append(quote)
            note_unknown(sheet, base)
            return


def find_names(sheet: Sheet) -> None:
    """Mark what phrases say: coins by name and ticker, exchanges, currencies. Ordinary words wait for evidence."""
    for at in range(len(sheet)):
        if sheet.free(at) and sheet.tokens[at].kind != SIGN:
            _named(sheet, at)


def _named(sheet: Sheet, at: int) -> None:
    if sheet.low(at - 1) == "/" and sheet.glued(at) and not sheet.is_kind(at - 2, WORD):
        return  # a path
    hit = sheet.lex.phrase(sheet.tokens, at, sheet.free)
    ticker = ticker_of(sheet, at)
    if hit and (hit[0] > at + 1 or ticker is None or hit[1] != COIN):
        end, kind, value = hit
        if kind == COIN and end == at + 1 and sheet.low(at) in sheet.lex.ordinary:
            return
        if kind == COIN and _is_phrase_of_words(sheet, at, end):
            alone = sheet.lex.hit(sheet.low(at))
            if alone and alone[0] == EXCHANGE:
                sheet.mark(at, at + 1, *alone)
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
    hit = sheet.lex.hit(sheet.low(at))
    if sheet.low(end - 1) in ("coin", "token") and hit and hit[0] == EXCHANGE:
        return sheet.low(at - 1) in _ANY_COINS or LEMMAS.get(sheet.low(end)) == "list"
    return sheet.low(at) in GRAMMAR and all(sheet.low(spot) in sheet.lex.ordinary for spot in range(at, end)) and not stands_for_coin(sheet, at, end)


def ticker_of(sheet: Sheet, at: int) -> str | None:
    """The ticker that a token is; BTCs and 1INCH included."""
    text = sheet.tokens[at].text.partition("'")[0].partition("’")[0].upper()
    if sheet.tokens[at].kind == NUMBER:
        goes_on = sheet.glued(at + 1) and sheet.is_kind(at + 1, WORD)
        return both if goes_on and (both := text + sheet.tokens[at + 1].text.upper()) in sheet.lex.tickers else None
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
        if not all(sheet.is_kind(spot, WORD) for spot in range(first, end)):
            continue
        if any(not sheet.free(spot) and sheet.slot(spot) != ASSET for spot in range(first, end)):
            continue
        if sheet.low(first + end - 1 - at) in GRAMMAR and sheet.lex.meant(sheet.low(at)):
            continue  # "on" belongs to the sentence where the word alone is one that is known
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
    name = sheet.lex.words.names_of.get(value, "")
    sheet.notes.append(f"{typed} was read as {name if name.lower() == meant.replace(' ', '') else meant.title()}.")
