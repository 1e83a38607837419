"""Text to numbers, strictly: the one place where a wire number becomes a Decimal and a wire epoch becomes a time.

The grammar is ASCII: `-?digits[.digits][e[+-]dd]`, at most 64 characters. What is stored carries at most 15
significant digits and 18 decimals, because SQLite keeps no more; longer numbers are rounded half-even here, once, so
that SQLite and PostgreSQL hold the same value. Magnitudes outside [1e-18, 1e20) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HUNDRED = Decimal(100)

# prec=15 gives 15 significant digits; Emin=-4 makes everything below 1e-4 subnormal, which libmpdec rounds at
# Etiny = Emin - prec + 1 = -18: the whole storage contract in one C call. Emax=19 refuses 1e20 and more.
STORED = Context(prec=15, Emin=-4, Emax=19, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, Overflow])
EXACT = Context(prec=34, rounding=ROUND_HALF_EVEN)

_NUMBER = re.compile(r"-?[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]{1,2}+)?+")
_MAX_TEXT = 64

Read = Callable[[str | None], Decimal | None]

UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
_RANGE = {"s": (10**8, 10**11), "ms": (10**11, 10**14), "us": (10**14, 10**17)}


class BadNumber(ValueError):
    """Text that is not a number by the grammar above, or out of range."""


def number(text: str | None, *, signed: bool = False) -> Decimal | None:
    """Read one wire number. None and "" mean absent (None); anything that is not a number raises BadNumber."""
    if text is None or text == "":
        return None
    if len(text) > _MAX_TEXT or not _NUMBER.fullmatch(text):
        raise BadNumber(text[:_MAX_TEXT])
    try:
        value = STORED.create_decimal(text)
    except (InvalidOperation, Overflow):
        raise BadNumber(text) from None
    if (value < 0 and not signed) or (not value and _has_digits_above_zero(text)):
        raise BadNumber(text)
    return value or abs(value)


def price(text: str | None) -> Decimal | None:
    """Read a price. Zero and "-1", like nothing at all, mean that there is none."""
    return None if text == "-1" else number(text) or None


def size(text: str | None) -> Decimal | None:
    """Read a size or a volume; zero is a real zero, "-1" is absent."""
    return None if text == "-1" else number(text)


def change(text: str | None) -> Decimal | None:
    """Read a signed figure such as a 24-hour change."""
    return number(text, signed=True)


def percent(text: str | None) -> Decimal | None:
    """Read a signed fraction (0.0057) as percent (0.57)."""
    value = change(text)
    try:
        return value and STORED.scaleb(value, 2)
    except Overflow:
        raise BadNumber(str(text)) from None


def column(texts: Sequence[str | None], read: Read) -> tuple[list[Decimal | None], dict[int, str]]:
    """Read one column of a reply at once; return its values and {index: offending text} of what is not a number.

    The same as `read` value by value, several times faster: a column of plain numbers is checked as one text and
    converted in C, then only its zeros and gaps are looked at one by one. `read` is one of price, size, change, percent.
    """
    if not any(texts):
        return [None] * len(texts), {}
    filled = [text or "0" for text in texts]  # gaps are put back below
    try:
        if not _plain(filled, signed=read in (change, percent)):
            return _one_by_one(texts, read)
        values: list[Decimal | None] = list(map(STORED.create_decimal, filled))
        if read is percent:
            shift, places = STORED.scaleb, Decimal(2)
            values = [value and shift(value, places) for value in values]
    except (InvalidOperation, Overflow):
        return _one_by_one(texts, read)
    return (values, {}) if all(values) else _with_zeros(values, texts, read)


def _with_zeros(values: list[Decimal | None], texts: Sequence[str | None], read: Read) -> tuple[list[Decimal | None], dict[int, str]]:
    """Let `read` say what each zero of a converted column is: zero, nothing, or a number too small to keep."""
    zeros = [index for index, value in enumerate(values) if not value]
    kinds = list({texts[index] for index in zeros})
    meanings, wrong = _one_by_one(kinds, read)
    meaning, bad = dict(zip(kinds, meanings, strict=True)), {kinds[index] for index in wrong}
    for index in zeros:
        values[index] = meaning[texts[index]]
    return values, {index: str(texts[index]) for index in zeros if texts[index] in bad}


def _plain(texts: list[str], *, signed: bool) -> bool:
    """Whether Decimal may see these texts: it takes far more than our grammar ("1_0", " 1", "NaN", ".5", other digits)."""
    joined = ",".join(texts)
    allowed = b"0123456789.,-" if signed else b"0123456789.,"
    return (
        joined.isascii()
        and not joined.encode().translate(None, allowed)
        and not joined.startswith(".")
        and ",." not in joined
        and "-." not in joined
        and max(map(len, texts), default=0) <= _MAX_TEXT
    )


def _one_by_one(texts: Iterable[str | None], read: Read) -> tuple[list[Decimal | None], dict[int, str]]:
    values: list[Decimal | None] = []
    bad: dict[int, str] = {}
    for index, text in enumerate(texts):
        try:
            values.append(read(text))
        except BadNumber as error:
            values.append(None)
            bad[index] = str(error)
    return values, bad


def _has_digits_above_zero(text: str) -> bool:
    return any(char in "123456789" for char in text.lower().partition("e")[0])


def product(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Multiply, as stored; None when either is unknown. Raises BadNumber beyond the range."""
    if one is None or other is None:
        return None
    try:
        return STORED.plus(EXACT.multiply(one, other))
    except Overflow:
        raise BadNumber(f"{one} x {other}") from None


def products(values: Sequence[Decimal | None], factor: Decimal | None) -> tuple[list[Decimal | None], dict[int, str]]:
    """Multiply a column; return it and {index: what goes beyond the range}."""
    found: list[Decimal | None] = []
    bad: dict[int, str] = {}
    for index, value in enumerate(values):
        try:
            found.append(product(value, factor))
        except BadNumber as error:
            found.append(None)
            bad[index] = str(error)
    return found, bad


def stored(value: Decimal | None) -> Decimal | None:
    """Round a computed number to what the databases keep: 15 significant digits, 18 decimals, half-even."""
    return None if value is None else STORED.plus(value)


def epoch(value: str | int | None, unit: str) -> datetime | None:
    """Read an epoch in a declared unit (s, ms, us). 0, "" and None are absent; a wrong magnitude raises BadNumber."""
    if value in (None, "", 0, "0"):
        return None
    text = str(value)
    if len(text) > 20 or not text.isascii() or not text.isdigit():
        raise BadNumber(text[:_MAX_TEXT])
    low, high = _RANGE[unit]
    if not low <= int(text) < high:
        raise BadNumber(text)
    return EPOCH + timedelta(microseconds=int(text) * UNITS[unit])


def seconds(value: str | float | None) -> datetime | None:
    """Read an epoch in seconds that may have decimals (1684930166.384), as a number or as text; 0, "" and None are absent."""
    whole, _, decimals = ("" if value is None else str(value)).partition(".")  # a float's shortest text is what stood on the wire
    return epoch(whole + f"{decimals:0<6}"[:6], "us") if decimals.strip("0") else epoch(whole, "s")


def epochs(values: Sequence[str | int | None], unit: str) -> tuple[list[datetime | None], dict[int, str]]:
    """Read a column of epochs; return the times and {index: offending text}."""
    (low, high), second = _RANGE[unit], _PER_SECOND[unit]
    whole = _integers(values)
    if whole and low <= min(whole) and max(whole) < high:
        # A double holds microseconds until the year 2242, so the division and its rounding lose nothing.
        return [datetime.fromtimestamp(value / second, UTC) for value in whole], {}
    times: list[datetime | None] = []
    bad: dict[int, str] = {}
    for index, value in enumerate(values):
        try:
            times.append(epoch(value, unit))
        except BadNumber as error:
            times.append(None)
            bad[index] = str(error)
    return times, bad


def _integers(values: Sequence[str | int | None]) -> list[int]:
    """A column of nothing but integers, or of their texts; of anything else, nothing."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(values)  # type: ignore[arg-type]
    texts: Sequence[str] = values if kinds == {str} else ()  # type: ignore[assignment]
    joined = "".join(texts)
    short = joined.isascii() and joined.isdigit() and "" not in texts and max(map(len, texts)) <= _MAX_TEXT
    return list(map(int, texts)) if short else []


def plain(value: Decimal | None) -> str | None:
    """Write a decimal without an exponent and without trailing zeros: what API, CSV and text carry."""
    if not value:
        return None if value is None else "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
