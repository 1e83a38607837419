"""Time ranges: how long they are, and how they are written."""

from datetime import timedelta

import pytest

from markets.ask.answer import Said
from markets.ask.answers import spans
from tests.markets.analysis.boards import D


@pytest.mark.parametrize(("text", "long", "hours", "words"), [
    ("30m", timedelta(minutes=30), "0.5", "30 minutes"), ("24h", timedelta(hours=24), "24", "24 hours"), ("1h", timedelta(hours=1), "1", "1 hour"),
    ("7d", timedelta(days=7), "168", "7 days"), ("1d", timedelta(days=1), "24", "1 day"), ("2w", timedelta(weeks=2), "336", "2 weeks"),
    ("1w", timedelta(weeks=1), "168", "1 week"),
])  # fmt: skip
def test_a_range(text, long, hours, words):
    said = Said()
    assert spans.length(text) == long and spans.hours(text) == D(hours) and spans.words(said, text) == words
    assert [figure.text for figure in said.figures] == [words.split()[0]]


@pytest.mark.parametrize(("text", "says"), [("1h", "last hour"), ("24h", "last 24 hours"), ("1w", "last week"), (None, "last 7 days")])
def test_the_last_of_it(text, says):
    assert spans.last(Said(), text) == says and spans.last(Said(), None, "1d") == "last day"


@pytest.mark.parametrize(("text", "known", "says"), [
    ("90d", None, "90 days"), ("90d", "1944", "90 days"), ("90d", "1943.9", "81 days (no more is known)"), ("90d", "48", "2 days (no more is known)"),
    ("90d", "47.4", "47 hours (no more is known)"), ("9999w", "0.2", "1 hour (no more is known)"), ("1h", "3", "1 hour"), (None, "1", "7 days"),
])  # fmt: skip
def test_what_is_known_of_it(text, known, says):
    said = Said()
    assert spans.reached(said, text, None if known is None else D(known)) == says
    assert [figure.text for figure in said.figures] == [says.split()[0]]


def test_without_one_the_default():
    assert spans.length(None) == timedelta(days=7) and spans.length(None, "24h") == timedelta(hours=24) and spans.words(Said(), None, "24h") == "24 hours"
