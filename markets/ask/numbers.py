"""Numbers as people write them: 1,000.50, 30k, 2 million, half a, a dozen. Decimal text in, plain decimal text out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from exchanges.numbers import plain
from markets.ask.sheet import Sheet
from markets.ask.slots import QUOTE
from markets.ask.tables import words
from markets.ask.tokens import NUMBER, WORD

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: number for number, word in enumerate(_UNITS)} | {word: 10 * number for number, word in enumerate(_TENS, 2)} | {"dozen": 12, "couple": 2}
SCALES = {
    "k": 1_000, "thousand": 1_000, "thousands": 1_000, "grand": 1_000, "thou": 1_000, "m": 1_000_000, "mm": 1_000_000, "mn": 1_000_000, "mil": 1_000_000,
    "mio": 1_000_000, "mill": 1_000_000, "million": 1_000_000, "millions": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000, "billion": 1_000_000_000,
    "hundred": 100, "dozen": 12,
}  # fmt: skip
_GLUED_ONLY = words("m b")
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "third": None}
_LONGEST = 24  # digits; what has more is no amount of anything


def read_number(sheet: Sheet, at: int) -> tuple[str, int] | None:
    """The number that begins with a token, as plain text, and where it ends; None for none."""
    if sheet.is_kind(at, NUMBER):
        return _digits(sheet, at)
    return _worded(sheet, at) if sheet.is_kind(at, WORD) else None


def _digits(sheet: Sheet, at: int) -> tuple[str, int] | None:
    text, end = sheet.low(at), at + 1
    while text.isdigit() and len(text) <= _LONGEST and sheet.is_kind(end, NUMBER) and not sheet.glued(end) and _is_thousands(sheet.low(at), sheet.low(end)):
        text += sheet.low(end)  # 1 000
        end += 1
    value = unseparated(text)
    if value is None:
        return None
    if sheet.low(end) == "/" and sheet.glued(end) and sheet.glued(end + 1) and sheet.low(end + 1).isdigit() and text.isdigit() and sheet.low(end + 2) != "/":
        return _fraction(value, sheet.low(end + 1), end + 2)
    scale, end = _scale(sheet, end)
    return (value if scale == 1 else _text(Decimal(value) * scale)), end


def _is_thousands(first: str, group: str) -> bool:
    """Whether a group of digits goes on a number that began with others: 1 000, 10 000 000.50."""
    head = group.partition(".")[0]
    return len(head) == 3 and head.isdigit() and len(first) <= 3 and not first.startswith("0")


def _fraction(over: str, under: str, end: int) -> tuple[str, int] | None:
    if int(under) == 0 or int(over) >= int(under):
        return None
    return _text(Decimal(over) / Decimal(under)), end


def _text(value: Decimal) -> str:
    return plain(value) or "0"


def unseparated(text: str) -> str | None:
    """Digits with a point for decimals: 1,000.50 -> 1000.50, 1.000,50 -> 1000.50, 0,5 -> 0.5. None when it is no number."""
    text = text.replace("'", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        decimals = "," if comma > point else "."
        thousands = "." if decimals == "," else ","
        text = text.replace(thousands, "").replace(decimals, ".")
    elif comma >= 0:
        grouped = all(len(group) == 3 for group in text.split(",")[1:]) and not text.startswith("0,")
        text = text.replace(",", "" if grouped else ".")
    elif text.count(".") > 1:
        text = text.replace(".", "")
    try:
        if len(text) > _LONGEST or not Decimal(text).is_finite():
            return None
    except InvalidOperation:
        return None
    return f"0{text}" if text.startswith(".") else text


def _scale(sheet: Sheet, at: int) -> tuple[int, int]:
    """What the words after a number multiply it by, and where they end."""
    scale = 1
    while sheet.low(at) in SCALES and scale < 10**9:
        if sheet.low(at) in _GLUED_ONLY and not sheet.glued(at) and not _counts_something(sheet, at + 1):
            break
        scale *= SCALES[sheet.low(at)]
        at += 1
    return scale, at


def _counts_something(sheet: Sheet, at: int) -> bool:
    return sheet.slot(at) in (QUOTE, "asset")


def _worded(sheet: Sheet, at: int) -> tuple[str, int] | None:
    """half a, a dozen, two hundred, a million, one."""
    low = sheet.low(at)
    if low in ("a", "an") and (sheet.low(at + 1) in ("dozen", "couple", "quarter", "half") or SCALES.get(sheet.low(at + 1), 0) >= 100):
        at += 1
        low = sheet.low(at)
    if part := _PARTS.get(low):
        end = at + 1
        while sheet.low(end) in ("of", "a", "an", "one"):
            end += 1
        scale, end = _scale(sheet, end)
        return _text(part * scale), end
    value, end = _spelt(sheet, at)
    if value is None:
        return None
    if sheet.low(end) == "and" and sheet.low(end + 1) == "a" and sheet.low(end + 2) == "half":
        value, end = value + Decimal("0.5"), end + 3
    scale, end = _scale(sheet, end)
    while sheet.low(end) == "of" and low == "couple":
        end += 1
    return _text(value * scale), end


def _spelt(sheet: Sheet, at: int) -> tuple[Decimal | None, int]:
    low = sheet.low(at)
    if low in WORDS:
        value = WORDS[low]
        spot = at + 2 if sheet.low(at + 1) == "-" else at + 1
        if low in _TENS and 0 < WORDS.get(sheet.low(spot), 0) < 10:
            return Decimal(value + WORDS[sheet.low(spot)]), spot + 1
        return Decimal(value), at + 1
    if SCALES.get(low, 0) >= 100 and low.isalpha() and len(low) > 2:
        return Decimal(1), at
    return None, at
