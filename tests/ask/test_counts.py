"""What is counted of questions, and how each exchange fares inside and outside of its rollout. How one ends, says test_outcome.py."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from msgspec.structs import replace

from exchanges.models import Exchange
from markets import rollouts, tallies
from markets.ask import agent
from markets.ask.answer import Answer
from markets.ask.frame import Frame
from markets.ask.record import Part
from markets.ask.router import Route, Step
from markets.models import AskCount, Rollout, RolloutCount
from markets.reads.findings import GATHER, Asked

DAY = date(2026, 11, 22)
FRAME = Frame("best price for btc", intent="best_price", assets=("BTC",))
GOOD = Answer(kind="answer", title="", sentence="", grade="A")
PART = Part(Frame("?", intent="compare"), Route("compare"), ())


# --- Counted ------------------------------------------------------------------------------------------------------
@pytest.fixture
def counted(market):
    tallies.forget()
    return lambda: sorted(AskCount.objects.values_list("day", "intent", "outcome", "corrected", "within_ms", "questions"))


def sides():
    return {(row.exchange.slug, row.inside): (row.answers, row.errors) for row in RolloutCount.objects.select_related("exchange")}


@pytest.mark.both
@pytest.mark.django_db
def test_the_first_is_written_at_once_and_those_of_the_next_seconds_together(counted, django_assert_num_queries):
    tallies.count(PART, [GOOD], DAY, 12.0, corrected=False)
    assert counted() == [(DAY, "compare", "answered", False, 20, 1)]
    with django_assert_num_queries(0):
        for corrected in (False, False, True):
            tallies.count(PART, [GOOD], DAY, 12.0, corrected=corrected)
    assert len(counted()) == 1
    tallies.flush()
    assert counted() == [(DAY, "compare", "answered", False, 20, 3), (DAY, "compare", "answered", True, 20, 1)]


@pytest.mark.django_db
def test_nothing_counted_writes_nothing(counted, django_assert_num_queries):
    with django_assert_num_queries(0):
        tallies.flush()


@pytest.mark.django_db
def test_what_cannot_be_written_is_kept_for_the_next_time(counted, monkeypatch):
    part = replace(PART, route=Route("compare", (Step("kucoin", "KuCoin", (), "priced", ""),)))
    with monkeypatch.context() as patched:
        def gone(*_, **__):
            raise DatabaseError("locked")

        patched.setattr(tallies.bulk, "upsert", gone)
        tallies.count(part, [GOOD], DAY, 1, corrected=False)
    assert counted() == []
    tallies.count(part, [GOOD], DAY, 1, corrected=False)
    tallies.flush()
    assert counted()[0][-1] == 2 and sides() == {("kucoin", True): (2, 0)}


@pytest.mark.django_db
def test_memory_is_bounded_while_the_database_is_away(counted, monkeypatch):
    monkeypatch.setattr(tallies, "MOST", 3)
    tallies.count(PART, [GOOD], DAY, 1, corrected=False)
    for day in range(1, 9):
        tallies.count(PART, [GOOD], DAY + timedelta(days=day), 1, corrected=False)
    assert len(tallies._asked) == 3


@pytest.mark.django_db
def test_a_question_counts_once_for_everybody_who_asks_it(counted):
    now = timezone.now()
    for _ in range(3):
        agent.replied(FRAME, Asked(now))
    agent.replied(FRAME, Asked(now), corrected=True)
    tallies.flush()
    rows = AskCount.objects.filter(intent="best_price", outcome="answered", day=now.date())
    assert sum(row.questions for row in rows.filter(corrected=False)) == 3 and sum(row.questions for row in rows.filter(corrected=True)) == 1


@pytest.mark.django_db
def test_exchanges_are_counted_in_and_out_of_their_rollout(counted, monkeypatch):
    Rollout.objects.create(intent="best_price", exchange=Exchange.objects.get(slug="kucoin"), state="off")
    rollouts.forget()
    Exchange.objects.filter(slug="gateio").update(enabled=False)
    now = timezone.now()
    agent.replied(FRAME, Asked(now))

    def broken(frame, route, asked):
        raise LookupError

    monkeypatch.setitem(GATHER, "best_price", broken)
    agent.replied(FRAME, Asked(now + timedelta(seconds=1)))
    tallies.flush()
    found = sides()
    assert found["kucoin", False] == (2, 1) and ("kucoin", True) not in found
    assert found["binance", True] == (2, 1)
    assert not any(slug == "gateio" for slug, _ in found)
