"""An answer as data: a sentence, a table, what was left out and why, the age of everything, and every number it says.

What writes answers lives in `markets/ask/answers`; nothing here or there knows a clock or a store.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis import display, wording
from markets.analysis.display import DASH, exact


class Figure(Struct, frozen=True):
    """One number that an answer says: what it is, its exact value as plain text, its unit, and the characters it was written with."""

    name: str
    value: str
    unit: str
    text: str


class Cell(Struct, frozen=True):
    """A cell of a table: what is read, and for a number its exact value ("" where there is none)."""

    text: str
    value: str = ""


class Column(Struct, frozen=True):
    """A column: `name` as programs say it, `title` as people read it. `number`: right-aligned. `phone`: kept on narrow screens."""

    name: str
    title: str
    number: bool = False
    phone: bool = True


class Table(Struct, frozen=True):
    """The evidence: the same rows as the full page has, the most telling first. `more` are rows that were not shown here."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0


class Used(Struct, frozen=True):
    """An exchange whose numbers the answer stands on: when they were observed, how old that is, and their state."""

    exchange: str
    name: str
    observed_at: datetime | None
    age_s: float | None
    state: str


class Left(Struct, frozen=True):
    """An exchange that was left out: a reason code of the vocabulary, and the sentence for people."""

    exchange: str
    name: str
    reason: str
    detail: str


class Reading(Struct, frozen=True):
    """Another way to understand the question: what it says, and the parameters that choose it."""

    label: str
    changes: dict[str, str]


class Answer(Struct, frozen=True, kw_only=True):
    """One answered question, or one part of it.

    `kind`: answer, partial (something asked for is missing), nothing (no data), choose (two readings), refusal, help.
    `value` and `unit` are the one number it leads with, where there is one; `max_age_s` the oldest number's age; `grade` A to D.
    `page` is the address of the full page, `api` that of the same call.
    """

    kind: str
    title: str
    sentence: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[Used, ...] = ()
    excluded: tuple[Left, ...] = ()
    value: Decimal | None = None
    unit: str = ""
    grade: str | None = None
    as_of: datetime | None = None
    max_age_s: float | None = None
    method: str = ""
    page: str = ""
    api: str = ""
    figures: tuple[Figure, ...] = ()
    readings: tuple[Reading, ...] = ()
    examples: tuple[str, ...] = ()


class Said:
    """Writes numbers for sentences and cells, and keeps each one: an answer can say no number that is not in its result."""

    def __init__(self) -> None:
        self._kept: dict[Figure, None] = {}

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every number written so far, once each, in the order of writing."""
        return tuple(self._kept)

    def _keep(self, name: str, value: str, unit: str, text: str) -> str:
        self._kept[Figure(name, value, unit, text)] = None
        return text

    def price(self, name: str, value: Decimal | None, unit: str = "", *, tick: Decimal | None = None, places: int | None = None) -> str:
        """A price with the digits of its tick (`places`: with so many)."""
        return DASH if value is None else self._keep(name, exact(value), unit, display.price(value, tick, places))

    def percent(self, name: str, value: Decimal | None, *, sign: bool = False, places: int = 2) -> str:
        """A percent figure (0.57 is 0.57 %)."""
        return DASH if value is None else self._keep(name, exact(value), "%", display.percent(value, places=places, sign=sign).replace("%", " %"))

    def rate(self, name: str, value: Decimal | None) -> str:
        """A fee or a share in percent, with the digits it has: 0.1 %."""
        return DASH if value is None else self._keep(name, exact(value), "%", f"{exact(value.normalize())} %")

    def bps(self, name: str, value: Decimal | None) -> str:
        """A gap or spread given in basis points, with its unit."""
        return DASH if value is None else self._keep(name, exact(value), "bps", " ".join(display.gap(value)))

    def amount(self, name: str, value: Decimal | None, unit: str = "") -> str:
        """A volume or depth with three digits: 42.5M."""
        return DASH if value is None else self._keep(name, exact(value), unit, display.amount(value))

    def coins(self, name: str, value: Decimal | None, unit: str = "") -> str:
        """An amount with every digit, thousands separated."""
        return DASH if value is None else self._keep(name, exact(value), unit, wording.grouped(value))

    def count(self, name: str, value: int) -> str:
        """A whole number of things."""
        return self._keep(name, str(value), "", f"{value:,}")

    def age(self, name: str, seconds: float | None) -> str:
        """12 s, 4 m, 2 h 14 m."""
        return DASH if seconds is None else self._keep(name, exact(Decimal(str(seconds))), "s", wording.age(max(0, seconds)))

    def hours(self, name: str, value: Decimal | None) -> str:
        """A length of so many hours, written as an age."""
        return DASH if value is None else self._keep(name, exact(value), "h", wording.age(float(value) * 3600))

    def text(self, name: str, value: str, unit: str = "") -> str:
        """A number that is already written: part of a sentence that analysis made, a date, a time."""
        return self._keep(name, value.replace(",", ""), unit, value)
