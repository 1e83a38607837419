"""Exchanges in a question, and which of them are to be left out: what a "not on", "except" or "doesn't have" reaches."""

from __future__ import annotations

from markets.ask.sheet import Sheet
from markets.ask.slots import EXCHANGE, EXCLUDED, NOT, UNCOVERED
from markets.ask.tables import words

_HERE = words("on at in by from of to via with through across")
# Words that keep what follows out, all by themselves or with those that may follow them.
_OUT = words(
    """
    except excepting excluding exclude excludes excluded excl without ignore ignoring ignored skip skipping minus besides beside avoid avoiding omit omitting
    omits disregard disregarding sans nor outside unavailable unlisted absent missing lacking barring leave leaving forget forgetting
    """
)
_OUT_PAIRS = frozenset({
    ("other", "than"), ("apart", "from"), ("aside", "from"), ("rather", "than"), ("instead", "of"), ("anything", "but"), ("anywhere",
    "but"), ("everywhere", "but"),
    ("all", "but"), ("everything", "but"), ("anyone", "but"), ("exchange", "but"), ("exchanges", "but"), ("venue", "but"), ("venues", "but"), ("one", "but"),
    ("yet", "to"), ("different", "from"), ("different", "than"),
})  # fmt: skip
_NOT = words("not no never nowhere")
_NOT_NEGATING = words("only just merely simply necessarily sure sorry")
# What may stand between a "not" and the exchange it is about.
_BETWEEN = words(
    """
    here there over admitted yet currently presently available listed list lists listing listings traded tradable tradeable trade trading trades found find
    buy bought sell sold get got be been being is are was were offered offer offers supported support present live exist exists have has had for still there
    carried carry seen appear appearing shown show made it its reach reached hit landed arrived any the a an one ones fan fond big what whatever them these
    those include including included count counting counted use using want wanting consider considering check checking interested care about need like trust
    prices price results out up even already also so far as all anything anywhere accessible purchasable go going exchange exchanges for me us please you i we
    want quotes data in on at by from of to do does did either coin coins token tokens traded
    """
)
_REACH = 7  # tokens between a "not" and its exchange, at most
_JOINING = frozenset({",", "and", "or", "nor", "&", "/", "+", "plus", "also", "not", "either", "neither", "even", "the"})
# After an exchange: it does not have / list ...
_DOES = words("does do did has have is are will was were")
_OFFERS = words(
    """
    have has had list lists listed offer offers offered support supports supported carry carries trade trades got sell sells stock yet include included show
    currently count counted available
    """
)
_STILL = words("still currently ( ) just itself apparently")
_LEFT_OUT = frozenset({("left", "out"), ("not", "included"), ("is", "missing"), ("are", "missing"), ("is", "excluded")})
_ENDS = frozenset({"", "?", ".", "!", ",", ";", ")", "but", "and", "yet", "though", "while", "or"})
_LACKS = words("lacks lack misses excluded aside omitted doesnt hasnt")


def find_negations(sheet: Sheet) -> None:
    """Turn the exchanges that a negation reaches into excluded ones, and mark its words."""
    for at in range(len(sheet)):
        if sheet.slot(at) == EXCHANGE and _begins(sheet, at):
            before = _negated_before(sheet, at)
            if before is not None:
                _spread(sheet, before, at)
            elif after := _negated_after(sheet, at):
                _exclude(sheet, at)
                _taken(sheet, _end(sheet, at), after)


def _begins(sheet: Sheet, at: int) -> bool:
    mark = sheet.marks[at]
    return mark is not None and mark.first == at


def _end(sheet: Sheet, at: int) -> int:
    mark = sheet.marks[at]
    return mark.end if mark else at + 1


def _negated_before(sheet: Sheet, at: int) -> int | None:
    """Where the negation begins that reaches an exchange, or None."""
    for spot in range(at - 1, max(-1, at - 1 - _REACH), -1):
        low = sheet.low(spot)
        if sheet.slot(spot) not in ("", NOT):
            return None
        if low in _NOT and sheet.low(spot + 1) not in _NOT_NEGATING and (low != "no" or spot == at - 1):
            return spot
        if low in _OUT or (sheet.low(spot - 1), low) in _OUT_PAIRS:
            return spot if low in _OUT else spot - 1
        if low not in _BETWEEN:
            return None
    return None


def _negated_after(sheet: Sheet, at: int) -> int:
    """Where the negation ends that follows an exchange ("... Binance doesn't have"); 0 for none."""
    spot = _end(sheet, at)
    while sheet.low(spot) in _STILL:
        spot += 1
    if sheet.low(spot) in _LACKS or (sheet.low(spot), sheet.low(spot + 1)) in _LEFT_OUT:
        return spot + 1
    if sheet.low(spot) in _DOES and sheet.low(spot + 1) == "not":
        return spot + 2 if sheet.low(spot + 2) in _OFFERS or (sheet.low(spot + 2) in _ENDS and sheet.low(spot) not in ("is", "are")) else 0
    return 0


def _spread(sheet: Sheet, first: int, at: int) -> None:
    """Exclude the exchange and those that are joined to it, and mark the words of the negation."""
    _taken(sheet, first, at)
    while True:
        _exclude(sheet, at)
        following = _end(sheet, at)
        at = following
        joined: list[str] = []
        while sheet.low(at) in _JOINING or (joined and joined[-1] in ("or", "nor", "not") and sheet.low(at) in _HERE):
            joined.append(sheet.low(at))
            at += 1
        if not joined or sheet.slot(at) not in (EXCHANGE, UNCOVERED, EXCLUDED):
            return
        _taken(sheet, following, at)


def _exclude(sheet: Sheet, at: int) -> None:
    mark = sheet.marks[at]
    if mark and mark.slot == EXCHANGE:
        sheet.mark(mark.first, mark.end, EXCLUDED, mark.value)


def _taken(sheet: Sheet, first: int, end: int) -> None:
    """The words of a negation that say nothing else belong to it: NOT is then no coin."""
    for at in range(first, end):
        if sheet.free(at) and sheet.low(at) in (_NOT | _OUT | {"but", "than", "from", "on", "other"}):
            sheet.mark(at, at + 1, NOT)
