"""What every check of an answer uses: the API's answers as they were asked for, and how an answer's table is held against their rows.

Nothing here or in the checks knows how answers are made: an answer and what it is held against are both what a program gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any
from urllib.parse import urlencode

from markets.benchmarks.asking.meaning import Meaning
from markets.benchmarks.asking.world import Get, World

Row = Mapping[str, Any]
Value = Callable[[Row], Any]
HUNDRED = Decimal(100)
DIGITS = 15  # of figures that two ways of computing share


class Reads:
    """The API's answers, each address asked once; `paths` are those that were. `ask_again` asks for them anew, before or after a question."""

    def __init__(self, get: Get, paths: Iterable[str] = ()) -> None:
        self._get, self.answers = get, dict[str, Row]()
        for path in paths:
            self.read(path)

    def read(self, path: str, **parameters: str | Sequence[str] | None) -> Row:
        """An address under /api/v1/; parameters that are empty are left away."""
        given = {name: value if isinstance(value, str) else ",".join(value) for name, value in parameters.items() if value}
        full = f"{path}?{urlencode(given, safe=',')}" if given else path
        if full not in self.answers:
            self.answers[full] = self._get(full)
        return self.answers[full]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every address that was asked."""
        return tuple(self.answers)


@dataclass
class Checked:
    """One answer under examination: what was meant, the coin it is about ("" for none), and what was found wrong with it.

    `numbers` counts what was compared. `unchecked` says why nothing could be, where that is so. `down` are exchanges that do not answer.
    """

    meant: Meaning
    coin: str
    answer: Row
    reads: Reads
    world: World
    down: Sequence[str] = ()
    wrong: list[str] = field(default_factory=list)
    numbers: int = 0
    unchecked: str = ""

    # --- What it says -----------------------------------------------------------------------------------------------
    @property
    def rows(self) -> list[Row]:
        """The rows of its table."""
        return list(self.answer["table"]["rows"]) if self.answer["table"] else []

    @property
    def scope(self) -> list[str]:
        """The exchanges it may use."""
        return [slug for slug in self.meant.exchanges or self.world.exchanges if slug not in self.meant.exclude]

    @property
    def narrowed(self) -> list[str] | None:
        """The same for an address: None where it is all of them."""
        return self.scope if self.meant.exchanges or self.meant.exclude else None

    def figure(self, name: str) -> str | None:
        """The exact value of a number it says; None where it does not."""
        return next((each["value"] for each in self.answer["figures"] if each["name"] == name), None)

    def slug(self, name: str) -> str:
        """An exchange of a table."""
        return self.world.slug(name)

    # --- Holding it against the API -----------------------------------------------------------------------------------
    def same(self, what: str, said: Any, known: Any) -> None:
        """A number, or a word, must be exactly what the API has."""
        self.numbers += 1
        if number(said) != number(known):
            self.wrong.append(f"{what}: {said}, the API has {known}")

    def near(self, what: str, said: Any, known: Decimal | None) -> None:
        """The same of what is computed here again: to DIGITS digits."""
        self.numbers += 1
        if (said is None) != (known is None) or (said is not None and known is not None and rounded(Decimal(said)) != rounded(known)):
            self.wrong.append(f"{what}: {said}, computed {known}")

    def holds(self, what: str, fact: bool) -> None:
        """Something else that must be so."""
        self.numbers += 1
        if not fact:
            self.wrong.append(what)

    def table(self, known: Sequence[Row], key: Callable[[Row], Any], mine: Callable[[Row], Any], columns: Mapping[str, Value], *, ordered: bool = True) -> None:
        """Every row of the table is one of the API's, with the same numbers; `ordered`: they are its first rows, in its order."""
        by_key = {key(row): row for row in known}
        for row in self.rows:
            found = by_key.get(mine(row))
            if found is None:
                self.holds(f"row {mine(row)} is none of the API's", False)
                continue
            for name, value in columns.items():
                if name in row:
                    self.same(f"{name} of {mine(row)}", row[name], value(found))
        if ordered:
            expected, said = [key(row) for row in known][: len(self.rows)], [mine(row) for row in self.rows]
            self.holds(f"order {said}, the API has {expected}", said == expected)
            self.same("rows", len(self.rows) + self.answer["table"]["more"] if self.answer["table"] else 0, len(known))


def number(value: Any) -> Any:
    """As a number where it is one: 1 and 1.0 are the same."""
    try:
        return value if value is None or isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        return value


def rounded(value: Decimal) -> Decimal:
    """To DIGITS significant digits, and what is nearly nothing as nothing."""
    with localcontext(prec=DIGITS):
        return Decimal(0) if abs(value) < Decimal("1e-15") else +value


def times_100(name: str) -> Value:
    """A ratio of the API as percent."""
    return lambda row: None if row[name] is None else Decimal(row[name]) * HUNDRED
