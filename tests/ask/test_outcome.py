"""How a question ended, whose fault it was that an exchange has no part in it, and the steps in which speed is counted."""

import pytest
from msgspec.structs import replace

from markets.ask import outcome
from markets.ask.answer import Answer, Left
from markets.ask.answers.unread import Unread
from markets.ask.frame import Frame
from markets.ask.record import Part
from markets.ask.router import Route

GOOD = Answer(kind="answer", title="", sentence="", grade="A")
PART = Part(Frame("?", intent="compare"), Route("compare"), ())


@pytest.mark.parametrize(("answer", "ended"), [
    ({}, "answered"), ({"grade": None}, "answered"), ({"grade": "C"}, "answered"), ({"grade": "D"}, "poor"), ({"kind": "partial"}, "answered"),
    ({"kind": "partial", "grade": "D"}, "poor"), ({"kind": "help", "grade": None}, "answered"), ({"kind": "refusal"}, "refused"),
    ({"kind": "choose"}, "asked_back"), ({"kind": "nothing"}, "nothing"),
])  # fmt: skip
def test_how_an_answer_ended(answer, ended):
    assert outcome.ended(PART, [replace(GOOD, **answer)]) == ended
    assert (ended in outcome.SUCCESS) == (ended in ("answered", "refused", "asked_back"))


def test_to_refuse_what_is_not_understood_is_no_success():
    for topic, ended in (("nonsense", "nothing"), ("off_topic", "refused"), ("advice", "refused")):
        part = replace(PART, frame=Frame("?", intent="unknown", topic=topic))
        assert outcome.ended(part, [replace(GOOD, kind="refusal")]) == ended


def test_of_several_answers_the_best_counts():
    assert outcome.ended(PART, [replace(GOOD, kind="nothing"), replace(GOOD, grade="D")]) == "poor"
    assert outcome.ended(PART, [replace(GOOD, kind="nothing"), GOOD]) == "answered"
    assert outcome.ended(PART, []) == "nothing"


def test_what_was_not_read_is_an_error_whatever_it_says():
    assert outcome.ended(replace(PART, findings=(Unread("x"),)), [GOOD]) == "unread"


@pytest.mark.parametrize(("reason", "failed"), [("stale", True), ("crossed", True), ("not_listed", False), ("excluded", False), ("conflicted", False)])
def test_an_exchange_fails_by_its_own_fault(reason, failed):
    answers = [replace(GOOD, excluded=(Left("a", "A", reason, ""),))]
    assert outcome.failed(PART, answers, "a") is failed and not outcome.failed(PART, answers, "b")
    assert outcome.failed(replace(PART, findings=(Unread("x"),)), [GOOD], "b")


@pytest.mark.parametrize(("ms", "step"), [(0, 10), (10, 10), (10.01, 20), (299, 300), (2000, 2000), (5000, 5000), (5000.1, 60_000)])
def test_speed_is_counted_in_steps(ms, step):
    assert outcome.within(ms) == step


def test_a_percentile_is_the_step_that_so_many_lie_within():
    counts = {10: 50, 100: 45, 2000: 5}
    assert [outcome.percentile(counts, share) for share in (0.01, 0.5, 0.51, 0.95, 0.951, 1)] == [10, 10, 100, 100, 2000, 2000]
    assert outcome.percentile({}, 0.5) is None and outcome.percentile({10: 0}, 0.5) is None and outcome.percentile({10: 0, 20: 1}, 0) == 20
