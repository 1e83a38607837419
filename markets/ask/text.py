"""An answer as plain text, for a terminal: the sentence, the short table, the lines, the notes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markets.ask.answer import Answer, Column, Table

PLAIN_COLUMNS = 3  # a table of so few explains itself


def plain(answer: Answer) -> str:
    """Title and sentence in one line, the rows below each other, then lines, notes and what else to ask."""
    head = f"{answer.title}{'' if answer.title.endswith('?') else ':'} {answer.sentence}"
    others = [f"Or read as: {' | '.join(reading.label for reading in answer.readings)}"] if answer.readings else []
    tries = [f"Try: {' | '.join(answer.examples)}"] if answer.examples else []
    return "\n".join([head, *_rows(answer.table), *answer.lines, *answer.notes, *others, *tries])


def _rows(table: Table | None) -> list[str]:
    """The columns that narrow screens keep, with their heads where there are many."""
    if table is None:
        return []
    kept = [at for at, column in enumerate(table.columns) if column.phone]
    columns = [table.columns[at] for at in kept]
    texts = [[row[at].text for at in kept] for row in table.rows]
    if len(columns) > PLAIN_COLUMNS:
        texts.insert(0, [column.title for column in columns])
    widths = [max(len(text[at]) for text in texts) for at in range(len(columns))] if texts else []
    more = [f"  and {table.more:,} more"] if table.more else []
    return [*(_line(text, columns, widths) for text in texts), *more]


def _line(texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    """One row: names to the left, numbers to the right, and the last column as it is."""
    last = len(texts) - 1
    padded = [text if at == last else text.rjust(widths[at]) if columns[at].number else text.ljust(widths[at]) for at, text in enumerate(texts)]
    return f"  {padded[0]}  {'   '.join(padded[1:])}".rstrip()
