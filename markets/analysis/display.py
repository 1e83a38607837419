"""How a number, an age or a time is written for people. The one formatter of pages, API sentences and answers.

Pure: text in, text out. Decimals never pass through a float; the `*_html` forms carry the exact value in <data value>.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

from exchanges.numbers import plain

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
SIGNIFICANT = 5  # digits of a price below 1
MANY_ZEROS = 4  # from this many zeros after the point on, they are counted instead of written
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_UNITS = ((Decimal(10**12), "T"), (Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K"))
_LEADING_ZEROS = re.compile(rf"^({MINUS}?)0\.(0{{{MANY_ZEROS},}})([1-9]\d*)$")


def known(value: Decimal | None) -> bool:
    """Whether there is a finite number to show. Unknown is written as a dash, never as 0 and never as nothing."""
    return value is not None and value.is_finite()


def exact(value: Decimal | None) -> str:
    """Every digit that says something, plain, for `value` attributes and CSV, as the API writes it; "" when unknown."""
    return plain(value) or "" if value is not None and value.is_finite() else ""


def fixed(value: Decimal, places: int) -> str:
    """Rounded half-even to `places` decimals, thousands separated, with a real minus sign; a zero has no sign."""
    rounded = value.quantize(Decimal(1).scaleb(-places), context=_WIDE)
    text = f"{rounded.copy_abs():,.{places}f}"  # abs() would round to the context's digits
    return MINUS + text if rounded < 0 else text


def signed(value: Decimal, places: int) -> str:
    """Like `fixed`, with a plus before what is above zero after rounding."""
    text = fixed(value, places)
    return text if text.startswith(MINUS) or not any("1" <= digit <= "9" for digit in text) else f"+{text}"


# --- Prices -----------------------------------------------------------------------------------------------------
def places_of(value: Decimal | None, tick: Decimal | None = None) -> int:
    """Decimals a price is written with: its tick's when known, else 2 from 1000 on, 4 from 1 on, five digits below."""
    if tick is not None and tick.is_finite() and tick > 0:
        return max(0, -int(tick.normalize(_WIDE).as_tuple().exponent))
    if value is None or not value.is_finite() or value == 0 or abs(value) >= 1000:
        return 2
    return 4 if abs(value) >= 1 else SIGNIFICANT - 1 - value.adjusted()


def price(value: Decimal | None, tick: Decimal | None = None, places: int | None = None) -> str:
    """A price in plain characters (0.000012340, not a subscript), for sentences, titles and screen readers."""
    if value is None or not value.is_finite():
        return DASH
    return fixed(value, places_of(value, tick) if places is None else places) if value else "0.00"


def price_html(value: Decimal | None, places: int | None = None) -> str:
    """A price as <data>: many zeros become a subscript count, read out in full through a hidden text."""
    text = price(value, places=places)
    if value is None or not value.is_finite():
        return text
    return f'<data value="{exact(value)}"{_body(text)}</data>'


def _body(text: str) -> str:
    found = _LEADING_ZEROS.match(text)
    if not found:
        return f">{text}"
    sign, zeros, digits = found.groups()
    return f' title="{text}"><span class="vh">{text}</span><span aria-hidden="true">{sign}0.0<sub>{len(zeros)}</sub>{digits}</span>'


def split_price_html(value: Decimal | None, places: int | None = None) -> str:
    """The hero price: like `price_html`, with the decimals of a large number set apart."""
    html = price_html(value, places)
    if value is None or not value.is_finite() or abs(value) < 1:
        return html
    return re.sub(r">([\d,]*\d)(\.\d+)</data>$", r'>\1<span class="cents">\2</span></data>', html)


# --- Gaps, percents, amounts ------------------------------------------------------------------------------------
def percent(value: Decimal | None, *, places: int = 2, sign: bool = True) -> str:
    """A percent figure (0.57 is 0.57 %): signed unless told."""
    if value is None or not value.is_finite():
        return DASH
    return (signed(value, places) if sign else fixed(value, places)) + "%"


def rate(value: Decimal | None) -> str:
    """A fee or a share: as many decimals as it has, at least two, at most four."""
    if value is None or not value.is_finite():
        return DASH
    return fixed(value, min(4, max(2, -int(value.normalize(_WIDE).as_tuple().exponent)))) + "%"


def gap(value: Decimal | None, *, sign: bool = False) -> tuple[str, str]:
    """(figure, unit) of a gap or spread given in basis points: bps below 1 %, percent from there on."""
    if value is None or not value.is_finite():
        return DASH, ""
    if abs(value) >= 100:
        return (signed if sign else fixed)(value / 100, 2), "%"
    if value and abs(value) < Decimal("0.01"):
        return ("<0.01" if value > 0 else f"{MINUS}<0.01"), "bps"
    return (signed if sign else fixed)(value, 1 if abs(value) >= 1 else 2), "bps"


def amount(value: Decimal | None) -> str:
    """A volume or depth with three significant digits: 2.14B, 42.5M, 912M."""
    if value is None or not value.is_finite():
        return DASH
    size = abs(value).normalize(Context(prec=3, rounding=ROUND_HALF_EVEN))  # rounded first, so 999,600 is 1.00M
    unit, letter = next(((u, s) for u, s in _UNITS if size >= u), (Decimal(1), ""))
    shown = size / unit
    text = fixed(shown, max(0, 2 - shown.adjusted()))
    return (MINUS if value < 0 else "") + text + letter


# --- Ages and times ---------------------------------------------------------------------------------------------
def age(seconds: float | None) -> str:
    """3 s, 1 m 34 s, 2 h 14 m, 3 d. Whole units that have passed; never negative."""
    if seconds is None or not math.isfinite(seconds):
        return DASH
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} m"
    return f"{whole // 86_400} d"


def moment(at: datetime | None) -> str:
    """22 Nov 12:24 UTC."""
    return DASH if at is None else at.astimezone(UTC).strftime("%-d %b %H:%M UTC")


def clock(at: datetime | None, now: datetime) -> str:
    """Today 11:58, or 21 Nov 22:14, in UTC: the short form of lists."""
    if at is None:
        return DASH
    here = at.astimezone(UTC)
    return here.strftime("Today %H:%M" if here.date() == now.astimezone(UTC).date() else "%-d %b %H:%M")


def direction(value: Decimal | None) -> Literal["up", "down", ""]:
    """The class of a change: what rounds to nothing has no direction."""
    if value is None or not value.is_finite() or abs(value) < Decimal("0.005"):
        return ""
    return "up" if value > 0 else "down"


def nice_scale(largest: Decimal) -> str:
    """The half width of a strip, in bps: one decimal below 2, whole above; never less than what it must hold."""
    step = Decimal("0.1") if largest < 2 else Decimal(1)
    return str(_WIDE.divide(largest, step).quantize(Decimal(1), rounding=ROUND_CEILING) * step)
