"""An answer as plain text."""

from markets.ask.answer import Answer, Cell, Column, Reading, Table
from markets.ask.text import plain


def answer(**fields):
    return Answer(**{"kind": "answer", "title": "POL", "sentence": "It is.", **fields})


def table(*rows, columns=3, more=0):
    names = (Column("exchange", "Exchange"), Column("price", "Price", True), Column("hidden", "Hidden", True, False), Column("far", "Far", True),
             Column("age", "Age", True))[: columns + 1]  # fmt: skip
    return Table(names, tuple(tuple(Cell(text) for text in row) for row in rows), more)


def test_title_and_sentence_alone():
    assert plain(answer()) == "POL: It is." and plain(answer(title="Which coin?")) == "Which coin? It is."


def test_three_columns_explain_themselves_and_line_up():
    found = answer(table=table(("Ada", "9.5", "x", "best"), ("Beatrix", "10.5", "x", "")))
    assert plain(found).splitlines()[1:] == ["  Ada       9.5   best", "  Beatrix  10.5"]
    assert plain(answer(table=table())) == "POL: It is."


def test_more_columns_have_heads():
    found = answer(table=table(("Ada", "9.5", "x", "best", "3 s"), columns=4, more=1200))
    assert plain(found).splitlines()[1:] == ["  Exchange  Price    Far   Age", "  Ada         9.5   best   3 s", "  and 1,200 more"]


def test_lines_then_notes_then_what_to_try():
    assert plain(answer(lines=("a", "b"), notes=("c",), examples=("d", "e"))) == "POL: It is.\na\nb\nc\nTry: d | e"
    assert plain(answer(readings=(Reading("a price", {}), Reading("a loop", {})))) == "POL: It is.\nOr read as: a price | a loop"
