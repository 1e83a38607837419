"""Whether every number that an answer says is in its result: the rule of all answers, held by the tests of each."""

import re
from decimal import Decimal

from markets.ask.answer import Answer
from markets.benchmarks.asking.checks import UNTOLD

# A number as it is written; digits that are part of a name (1INCH, 2Z, XYZ9, 3L, Web3) are not one.
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![A-Z]*\d|[A-Z]{2}|[a-z]{2}|[AC-JLN-SU-Z])")
FORBIDDEN = re.compile(r"risk[- ]free|guaranteed|you should (?:buy|sell)|\d[eE][+-]?\d", re.IGNORECASE)


def texts(answer: Answer) -> list[str]:
    """Everything an answer says."""
    cells = [cell.text for row in answer.table.rows for cell in row] if answer.table else []
    return [answer.title, answer.sentence, *answer.lines, *answer.notes, *cells, *(each.detail for each in answer.excluded)]


def numbers_not_in(answer: Answer) -> list[str]:
    """The numbers it says that occur in none of its figures."""
    known = {number for figure in answer.figures for number in NUMBER.findall(figure.text)}
    return [number for text in texts(answer) for number in NUMBER.findall(text) if number not in known]


def values_not_in(answer: Answer) -> list[str]:
    """The exact values of its table that are those of none of its figures; ages, which the answer's own tell, and the zero of the best one apart."""
    if answer.table is None:
        return []
    known = {_plain(figure.value) for figure in answer.figures}
    columns = [at for at, column in enumerate(answer.table.columns) if column.number and column.name not in UNTOLD]
    return [value for row in answer.table.rows for at in columns if (value := row[at].value) not in ("", "0") and _plain(value) not in known]


def _plain(value: str):
    try:
        return Decimal(value)
    except ArithmeticError:
        return value


def holds(answer: Answer) -> None:
    """What is true of every answer."""
    assert numbers_not_in(answer) == [] == values_not_in(answer)
    said = " ".join(texts(answer))
    assert not FORBIDDEN.search(said)
    assert "None" not in said and "Decimal" not in said and "  " not in said
    assert answer.title and answer.sentence and answer.as_of
