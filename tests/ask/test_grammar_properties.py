"""What holds for any text: there is a frame, the same for the same words, in time that grows with the length."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markets.ask.frame import INTENTS, LONGEST
from markets.ask.grammar import parse
from markets.ask.phrases import Phrases
from markets.ask.sheet import Sheet
from markets.ask.spelling import edits
from markets.ask.tokens import cleaned
from markets.reads.vocabulary import built_in

WORDS = built_in()
SAID = ("intent", "assets", "quote", "exchanges", "exclude", "side", "amount", "unit", "time_range", "threshold", "limit", "topic")
PIECES = (
    "price", "of", "bitcoin", "eth", "sol", "on", "gate.io", "kucoin", "not", "binance", "buy", "sell", "2.5", "10k", "usdt", "in", "euros", "vs", "funding",
    "liquidity", "since", "yesterday", "?", ",", "and", "where", "cheapest", "top 5", "0.5 %", "new", "coins", "without",
)  # fmt: skip


def said(text):
    frame = parse(text, WORDS)
    return {name: getattr(frame, name) for name in SAID}


hostile = st.one_of(
    st.text(max_size=400),
    st.text(alphabet=st.characters(categories=("Cc", "Cf", "Mn", "Zs", "So", "Lo", "Nd", "Sc")), max_size=400),
    st.sampled_from("()[]{}<>'\"$%;\\/\u202e\u0301\ufdfa\x00").flatmap(lambda char: st.integers(1, 5_000).map(lambda times: char * times)),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
)


@settings(max_examples=100)
@given(hostile)
def test_any_text_has_a_frame(text):
    frame = parse(text, WORDS)
    assert frame.intent in INTENTS
    assert len(frame.q) <= LONGEST
    assert frame.q == cleaned(frame.q)
    assert not any(char.isspace() and char != " " for char in frame.q)
    assert 0 <= frame.confidence <= 1
    assert not set(frame.exchanges) & set(frame.exclude)
    assert frame.amount is None or set(frame.amount) <= set(string.digits + ".")
    assert all(0 <= span.start < span.end <= len(frame.q) for span in frame.spans)
    assert parse(text, WORDS) == frame


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map(" ".join).filter(lambda text: text[-1] not in "?,"))
def test_spaces_around_a_final_question_mark_and_case_change_nothing(text):
    assert said(f"  {text}\t ") == said(text)
    assert said(f"{text}?") == said(text)
    assert said(text.upper()) == said(text)
    assert said(text.title()) == said(text)


@pytest.mark.parametrize("text", ["", " ", "\x00\x1f", "\u202e", "\u0301" * 5_000, "\ud800", "🚀" * 400, "x" * 5_000])
def test_texts_that_are_none(text):
    assert parse(text, WORDS).assets == ()


def test_a_text_is_cut_and_that_is_said():
    assert parse("price of btc " + "x" * 400, WORDS).notes == ("Only the first 300 characters were read.",)
    assert len(parse("a " * 400, WORDS).q) <= LONGEST
    assert parse("x" * LONGEST, WORDS).notes == ()


@pytest.fixture
def work(monkeypatch):
    """Counts the looks at tokens and the steps through phrases, which are what a reading consists of."""
    steps = [0]
    look, walk = Sheet.low, Phrases._from

    def counted(self, at):
        steps[0] += 1
        return look(self, at)

    def walked(self, stream, is_skipped, start):
        steps[0] += 1
        return walk(self, stream, is_skipped, start)

    monkeypatch.setattr(Sheet, "low", counted)
    monkeypatch.setattr(Phrases, "_from", walked)

    def of(text):
        steps[0] = 0
        parse(text, WORDS)
        return steps[0]

    return of


@pytest.mark.parametrize("piece", ["a ", "the ", "btc ", "btc/", "$a", "1 ", "or not ", "binance or ", "not binance ", "solanna ", "half a ", "is it ", "(",
    "price of the "])
def test_twice_the_text_is_at_most_about_twice_the_work(work, piece):
    once = piece * (LONGEST // 2 // len(piece))
    assert work(once + once) <= 2.3 * work(once) + 200


@pytest.mark.parametrize(("a", "b", "distance"), [("", "", 0), ("abc", "abc", 0), ("abc", "ab", 1), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "xbd", 2),
    ("", "abc", 3), ("ca", "abc", 3)])
def test_edits(a, b, distance):
    assert edits(a, b) == edits(b, a) == distance
