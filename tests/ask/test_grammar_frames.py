"""Questions and all that is read of each, as frames.txt has them: which words count, where, and where no longer."""

import pytest

from markets.ask.grammar import parse
from markets.reads.vocabulary import built_in
from tests.ask.frames import rows, spread, told

WORDS = built_in()


@pytest.mark.parametrize(("row", "frame"), rows())
def test_a_question_is_read_as_it_is_written_down(row, frame):
    assert {question: told(parse(question, WORDS)) for question in spread(row)} == dict.fromkeys(spread(row), frame)
