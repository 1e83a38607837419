"""Questions worth a look are written down once, without who asked; one decision teaches everybody's next question the word."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from markets import learning, read, retention
from markets.ask import agent
from markets.ask.answer import Answer
from markets.ask.answers.common import Unlisted
from markets.ask.frame import Frame
from markets.ask.record import Part
from markets.ask.router import Route
from markets.models import Asset, AssetAlias, Question, Setting
from markets.reads.findings import Asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("market"), pytest.mark.both]
NOTHING, REFUSAL, GOOD = (Answer(kind=kind, title="", sentence="") for kind in ("nothing", "refusal", "answer"))


@pytest.fixture
def now():
    return timezone.now()


def note(now, answer=NOTHING, *, corrected=False, findings=(), **frame):
    part = Part(Frame(**{"q": "what is this", "intent": "compare"} | frame), Route("compare"), findings)
    learning.note(part, [answer], now, corrected=corrected)
    return [(q.text, q.why, q.word, q.count) for q in Question.objects.order_by("pk")]


@pytest.mark.parametrize(("more", "why", "word"), [
    ({"intent": "unknown", "topic": "nonsense", "answer": REFUSAL}, "unknown", ""), ({"intent": "unknown", "topic": "off_topic"}, "unknown", ""),
    ({"unknown": ("QXJ7", "B")}, "coin", "QXJ7"),
    ({"findings": (Unlisted(typed="MOON"),)}, "coin", "MOON"), ({}, "nothing", ""), ({"corrected": True, "answer": GOOD}, "corrected", ""),
    ({"corrected": True, "unknown": ("QXJ7",)}, "corrected", ""), ({"unknown": ("jane@example.com",)}, "coin", "[e-mail]"),
])  # fmt: skip
def test_why_a_question_is_written_down(more, why, word, now):
    assert note(now, **more) == [("what is this", why, word, 1)]


@pytest.mark.parametrize("more", [{"answer": GOOD}, {"answer": REFUSAL}, {"intent": "unknown", "topic": "advice"}, {"intent": "unknown"}])
def test_what_was_answered_or_rightly_refused_is_not(more, now):
    assert note(now, **more) == []


def test_the_same_question_is_one_row_with_a_count(now):
    note(now)
    note(now + timedelta(hours=2))
    assert note(now, unknown=("X",))[0][3] == 2
    row = Question.objects.get(why="nothing")
    assert (row.first_at, row.last_at, row.intent) == (now, now + timedelta(hours=2), "compare")
    assert Question.objects.count() == 2


def test_nothing_in_it_tells_of_a_person(now):
    assert note(now, q="tell jane@example.com or 0171 123 456 789 about  btc")[0][0] == "tell [e-mail] or [number] about btc"


def test_a_flood_of_nonsense_is_bounded(now, monkeypatch):
    monkeypatch.setattr(learning, "MOST", 2)
    for text in ("a", "b", "c", "a"):
        note(now, q=text)
    assert [(q.text, q.count) for q in Question.objects.order_by("pk")] == [("a", 2), ("b", 1)]


def test_a_database_that_is_away_costs_the_note_alone(now, monkeypatch):
    def gone(*_, **__):
        raise DatabaseError

    monkeypatch.setattr(learning.bulk, "upsert", gone)
    assert note(now) == []
    learning.forget()


def test_what_could_not_be_written_is_written_with_the_next_one(now, monkeypatch):
    upsert, state = learning.bulk.upsert, {"locked": True}

    def tried(*args, **more):
        if state["locked"]:
            raise DatabaseError("database is locked")
        return upsert(*args, **more)

    monkeypatch.setattr(learning.bulk, "upsert", tried)
    monkeypatch.setattr(learning, "WAITING", 2)
    learning.forget()
    for minutes, text in enumerate(("a", "b", "c", "a")):  # no room for the third
        assert note(now + timedelta(minutes=minutes), q=text) == []
    state["locked"] = False
    assert note(now + timedelta(minutes=4), q="b") == [("a", "nothing", "", 2), ("b", "nothing", "", 2)]
    row = Question.objects.get(text="a")
    assert (row.first_at, row.last_at) == (now, now + timedelta(minutes=3))
    assert note(now, q="c")[-1] == ("c", "nothing", "", 1) and len(Question.objects.all()) == 3


def test_it_is_gone_after_thirty_days_however_often_it_was_asked(now):
    note(now)
    note(now + timedelta(days=29))
    retention.purge(now + timedelta(days=29), Setting.objects.get(pk=1))
    assert Question.objects.exists()
    retention.purge(now + timedelta(days=30, seconds=1), Setting.objects.get(pk=1))
    assert not Question.objects.exists()


def test_a_question_nobody_can_answer_is_written_down_by_asking_it(now):
    agent.replied(Frame("price of moon", intent="best_price", assets=("MOON",)), Asked(now))
    assert [(q.text, q.why, q.word) for q in Question.objects.all()] == [("price of moon", "coin", "MOON")]


def test_a_name_that_nobody_knows_is_found_in_the_question(now):
    for text in ("where is the cheapest place to buy zorbium please?", "best price"):
        agent.ask(text, Asked(now))
    assert [(q.why, q.word) for q in Question.objects.all()] == [("coin", "ZORBIUM")]
    learning.teach(Question.objects.get(), Asset.objects.get(slug="btc"))
    read.held.look_again()
    reply = agent.ask("where is the cheapest place to buy zorbium please?", Asked(now + timedelta(seconds=1)))
    assert reply.record.frame.assets == ("BTC",) and reply.answers[0].kind == "answer"


def test_one_decision_makes_a_word_understood_at_once(now):
    note(now, q="price of kuhcoin", unknown=("KUHCOIN",))
    note(now, q="where to get kuhcoin", unknown=("KUHCOIN",))
    btc = Asset.objects.get(slug="btc")
    assert read.resolve("KUHCOIN") == (None, None)
    alias = learning.teach(Question.objects.first(), btc)
    read.held.look_again()
    assert (alias.text, alias.kind, alias.asset) == ("KUHCOIN", "name", btc)
    assert read.resolve("kuhcoin")[0].ticker == "BTC"
    assert {q.means for q in Question.objects.all()} == {btc}
    assert learning.teach(Question.objects.first(), btc) == alias and AssetAlias.objects.filter(text="KUHCOIN").count() == 1


def test_a_question_without_such_a_word_teaches_nothing(now):
    note(now)
    with pytest.raises(ValueError, match="has no word"):
        learning.teach(Question.objects.get(), Asset.objects.first())


def test_the_reading_is_kept_beside_it(now):
    note(now, intent="funding")
    assert Question.objects.get().intent == "funding"
