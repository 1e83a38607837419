"""What each number of a question is: an amount of something, or a price, a percentage, a count, a time, a depth band, a date."""

from __future__ import annotations

from decimal import Decimal

from markets.ask.frame import Threshold
from markets.ask.numbers import SCALES, WORDS, read_number
from markets.ask.sheet import Sheet
from markets.ask.slots import AMOUNT, ASSET, DATE, LIMIT, OTHER, QUOTE, THRESHOLD, TIME
from markets.ask.tables import words
from markets.ask.times import MONTHS
from markets.ask.tokens import NUMBER

_PERIODS = {
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "hourly": "h", "d": "d", "day": "d",
    "days": "d",
    "daily": "d", "w": "w", "wk": "w", "week": "w", "weeks": "w", "weekly": "w", "mo": "mo", "month": "mo", "months": "mo",
    "y": "y", "yr": "y", "yrs": "y",
    "year": "y", "years": "y", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
}  # fmt: skip
_IN_DAYS = {"mo": 30, "y": 365}
_NOT_AMOUNTS = words("strike strikes")
_PERCENT = words("% percent pct percentage")
_POINTS = words("bps bp bips pips pip")
_OVER = words("above over exceed exceeds exceeding exceeded beyond >")
_UNDER = words("below under beneath <")
_OVER_PAIRS = frozenset(
    {("more", "than"), ("greater", "than"), ("higher", "than"), ("bigger", "than"), ("larger", "than"), ("at", "least"), ("better", "than"), ("north", "of")}
)
_UNDER_PAIRS = frozenset(
    {("less", "than"), ("lower", "than"), ("smaller", "than"), ("at", "most"), ("fewer", "than"), ("tighter", "than"), ("cheaper", "than"), ("up", "to")}
)
_REACHING = words("hit hits reach reaches reached touch touches cross crosses crossed break breaks breaking pass passes crossing hitting reaching")
_COUNTED = words(
    """
    coin pair trader exchange result opportunity row time thing minute question step option contract level perpetual future gap route rise
    fall list new place cheap best high low name entries position leg way
    """
)
_RANKED = words("cheap best high low new name")
_UNLIMITED = words("exchange time minute level leg place step question way")  # of which a number is no count of rows
_LEADING = words("top first best bottom limit")
_DATED = words("in since from of by during year until end before after ,")
_IN_DATES = frozenset(":-/")
_ROUGHLY = words("a around about")
_MOVING = words("go get rise fall drop going")
_PASSED = words("last past previous every")
_CANDLES = words("interval timeframe past window change bar bars")  # lemmas beside which "m" is minutes
_MINUS = frozenset("-\N{MINUS SIGN}")
_DEPTH = words("liquidity depth slippage impact order absorb orderbook book transfer size sized")
_TRADING = words("buy sell get spend swap pay have hold own with for of size order trade invest put using")


def find_numbers(sheet: Sheet) -> None:
    """Mark every number as what it is. Amounts last: what nothing else explains and something to trade is near."""
    at = 0
    while at < len(sheet):
        read = read_number(sheet, at) if sheet.free(at) else None
        at = _classify(sheet, at, *read) if read else at + 1


def _classify(sheet: Sheet, at: int, value: str, end: int) -> int:
    """Mark the number at first..end-1, with what belongs to it; gives where to go on."""
    for rule in (_percentage, _date, _period, _count, _threshold, _amount):
        done = rule(sheet, at, value, end)
        if done:
            return done
    return end


def _percentage(sheet: Sheet, at: int, value: str, end: int) -> int:
    """A share, basis points or leverage: a threshold where "over" or "under" says so."""
    low, is_points = sheet.low(end), False
    if low in _NOT_AMOUNTS:
        sheet.mark(at, end, OTHER)
        return end
    if low in _POINTS or (low == "basis" and sheet.low(end + 1) in ("points", "point")):
        is_points, stop = True, end + (2 if low == "basis" else 1)
    elif low in _PERCENT:
        stop = end + 1
    elif (low == "x" and (sheet.glued(end) or sheet.lemma(end + 1) == "leverage")) or (low in ("st", "nd", "rd", "th") and sheet.glued(end)):
        sheet.mark(at, end + 1, OTHER)
        return end + 1
    else:
        return 0
    yearly = (
        (sheet.low(stop) in ("a", "per", "/") and sheet.lemma(stop + 1) == "year")
        or sheet.lemma(stop) == "year"
        or (sheet.low(stop), sheet.low(stop + 1)) == ("p", "a")
    )
    _bounded(sheet, at, stop, value, "bps" if is_points else "pct_year" if yearly else "pct")
    return stop


def _operator(sheet: Sheet, at: int) -> tuple[str, int]:
    """> or < when the words before a number bound it, and where those begin."""
    start = at
    while sheet.slot(at - 1) == QUOTE or sheet.low(at - 1) in _ROUGHLY:
        at -= 1
    one, two = sheet.low(at - 1), (sheet.low(at - 2), sheet.low(at - 1))
    if one in _OVER or two in _OVER_PAIRS:
        return ">", at - (1 if one in _OVER else 2)
    if one in _UNDER or two in _UNDER_PAIRS:
        return "<", at - (1 if one in _UNDER else 2)
    return "", start


def _sign(sheet: Sheet, at: int) -> str:
    """A minus that belongs to a number, and to nothing before it."""
    return "-" if sheet.low(at - 1) in _MINUS and sheet.glued(at) and not sheet.glued(at - 1) else ""


def _bounded(sheet: Sheet, at: int, end: int, value: str, unit: str) -> None:
    sign = _sign(sheet, at)
    op, first = _operator(sheet, at - len(sign))
    sheet.mark(first, end, THRESHOLD if op else OTHER, value)
    if op and sheet.threshold is None:
        sheet.threshold = Threshold(op, sign + value, unit)


def _date(sheet: Sheet, at: int, value: str, end: int) -> int:
    """2025, 3 November, 2025-01-31, 2025/01/31, 12:30."""
    before, after = sheet.low(at - 1), sheet.low(end)
    is_year = end == at + 1 and len(value) == 4 and value.isdigit() and 1990 <= int(value) <= 2100
    is_year = is_year and sheet.slot(end) not in (ASSET, QUOTE) and sheet.slot(at - 1) != QUOTE
    joined = after in _IN_DATES and sheet.glued(end) and sheet.is_kind(end + 1, NUMBER) and sheet.glued(end + 1)
    if not (joined or after in MONTHS or before in MONTHS or (is_year and (before in _DATED or after == "-" or end == len(sheet)))):
        return 0
    while sheet.low(end) in _IN_DATES and sheet.is_kind(end + 1, NUMBER):
        end += 2
    sheet.mark(at, end, DATE)
    return end


def _period(sheet: Sheet, at: int, value: str, end: int) -> int:
    """4h, last 7 days, a 15m chart."""
    dashed = sheet.low(end) == "-" and sheet.low(end + 1) in _PERIODS
    word = sheet.low(end + 1 if dashed else end)
    unit, stop = _PERIODS.get(word), end + (2 if dashed else 1)
    if unit is None and sheet.low(end - 1) == "m" and end == at + 2 and _is_minutes(sheet, at, end):
        unit, stop, value = "m", end, sheet.low(at)
    if unit is None or (len(word) == 1 and not sheet.glued(end) and not dashed and stop != end):
        return 0
    sheet.mark(at, stop, TIME, "" if unit == "s" else _range(value, unit))
    return stop


def _is_minutes(sheet: Sheet, at: int, end: int) -> bool:
    """Whether "m" is of time, not of money: after "last", or of candles."""
    return sheet.lemma(end) in _CANDLES or sheet.low(at - 1) in _PASSED or bool({"chart", "history"} & set(sheet.lemmas))


def _range(value: str, unit: str) -> str:
    """As a frame says it; "" for a time of no length."""
    number = int(value.partition(".")[0])
    return "" if number == 0 else f"{number * _IN_DAYS[unit]}d" if unit in _IN_DAYS else f"{number}{unit}"


def _count(sheet: Sheet, at: int, value: str, end: int) -> int:
    """top 5, the 3 cheapest, 10 coins."""
    led = sheet.low(at - 1) in _LEADING and sheet.slot(end) not in (ASSET, QUOTE)
    noun = sheet.lemma(end) if sheet.slot(end) == "" else ""
    counted = (noun in _COUNTED and (sheet.low(end).endswith("s") or noun in _RANKED) and end == at + 1) or (
        sheet.low(end) in ("new", "most", "more", "different", "other") and sheet.lemma(end + 1) in _COUNTED | {"active", "liquidity"}
    )
    if not (led or counted) or not value.isdigit():
        return 0
    is_limit = int(value) > 0 and (led or noun not in _UNLIMITED)
    sheet.mark(at, end, LIMIT if is_limit else OTHER, value)
    return end


def _threshold(sheet: Sheet, at: int, value: str, end: int) -> int:
    """A price or another bound: above 0.90, hits 100k."""
    sign = _sign(sheet, at)
    op, _ = _operator(sheet, at - len(sign))
    before = at - 1
    while sheet.slot(before) == QUOTE or sheet.low(before) in _ROUGHLY:
        before -= 1
    aims = sheet.low(before) in _REACHING or (sheet.low(before) == "to" and sheet.low(before - 1) in _MOVING)
    at_price = sheet.low(before) in ("at", "@", "from", "=") and not _DEPTH & set(sheet.lemmas) and sheet.slot(end) != ASSET
    if not (op or aims or at_price):
        return 0
    money = sheet.slot(at - 1) == QUOTE or sheet.slot(end) == QUOTE
    unit = next((mark.value for spot in (end, at - 1) if (mark := sheet.mark_of(spot)) and mark.slot in (ASSET, QUOTE)), "")
    if op and sheet.threshold is None:
        sheet.threshold = Threshold(op, sign + value, "usd" if money and unit == "USD" else unit)
    sheet.mark(at, end, THRESHOLD, value)
    return end


def _amount(sheet: Sheet, at: int, value: str, end: int) -> int:
    """What can be bought, sold or filled: beside a coin or a currency, or where the words trade."""
    beside = sheet.slot(end) in (ASSET, QUOTE) or (sheet.low(end) in ("of", "worth", "in") and _is_coin_near(sheet, end))
    money = sheet.slot(at - 1) == QUOTE
    if sheet.low(at) in WORDS and sheet.slot(end) not in (ASSET, QUOTE) and sheet.low(end) != "of":
        return 0
    if not (beside or money or _is_traded(sheet, at, end)):
        return 0
    sign = _sign(sheet, at) or (_sign(sheet, at - 1) if money else "")
    if sign or not Decimal(value):
        sheet.notes.append(f"{sign}{sheet.q[sheet.tokens[at].start : sheet.tokens[end - 1].end]} is no amount that can be traded: it is left out.")
        sheet.mark(at, end, OTHER)
        return end
    sheet.mark(at, end, AMOUNT, value)
    return end


def _is_coin_near(sheet: Sheet, at: int) -> bool:
    return any(sheet.slot(spot) in (ASSET, QUOTE) for spot in range(at, at + 4))


def _is_traded(sheet: Sheet, at: int, end: int) -> bool:
    """Whether a bare number is one of something that is traded: it has a scale, or a coin or currency is named."""
    if sheet.low(end - 1) in SCALES and end > at + 1:
        return True
    if not any(mark and mark.slot in (ASSET, QUOTE) for mark in sheet.marks):
        return False
    before = sheet.lemma(at - 1) if sheet.slot(at - 1) == "" else ""
    beside_coin = sheet.slot(at - 1) == ASSET and end == len(sheet)
    return before in _TRADING or sheet.lemma(end) in _DEPTH or beside_coin or (bool(_DEPTH & set(sheet.lemmas)) and at > 0)


def amount_of(sheet: Sheet) -> tuple[str, str | None] | None:
    """The first amount and the ticker it counts; one that says what it counts comes first."""
    found = [(mark.value, _unit(sheet, mark.first, mark.end)) for mark in sheet.marked(AMOUNT)]
    return next((each for each in found if each[1]), found[0] if found else None)


def _unit(sheet: Sheet, first: int, end: int) -> str | None:
    spot = end
    while sheet.low(spot) in ("of", "worth"):
        spot += 1
    for near in (end, first - 1, spot):
        mark = sheet.mark_of(near)
        if mark and mark.slot in (ASSET, QUOTE) and (near != spot or spot == end or mark.slot == ASSET):
            return mark.value
    return None
