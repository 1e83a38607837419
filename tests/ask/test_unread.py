"""What is said where nothing could be read."""

from datetime import UTC, datetime

from markets.ask.answer import Left
from markets.ask.answers.unread import AWAY, Unread, compose
from markets.ask.frame import Frame
from markets.ask.router import Route

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_it_says_what_was_asked_why_it_cannot_be_answered_and_no_number():
    left = (Left("a", "A", "disabled", "off"),)
    answer = compose(Frame("?", intent="best_price", assets=("BTC", "ETH")), Route("best_price", left=left), Unread(AWAY), NOW)
    assert (answer.kind, answer.title) == ("nothing", "BTC ETH best price")
    assert answer.sentence == "This cannot be answered right now: the store is away."
    assert answer.notes == ("No number is shown, because none was read.",)
    assert (answer.excluded, answer.as_of, answer.figures, answer.value) == (left, NOW, (), None)
