"""Whole answers, word by word and figure by figure, as they are written down under `whole/`."""

import pytest

from tests.ask.answers.whole import CASES, FOLDER, text


@pytest.mark.parametrize("name", CASES)
def test_an_answer_is_what_was_written_down(name):
    assert text(CASES[name]()) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_nothing_is_written_down_that_no_case_makes():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)
