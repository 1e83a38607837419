"""What the status page says of questions: the counts of a week as shares."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError
from django.utils import timezone

from markets import read
from markets.ask import agent
from markets.models import AskCount
from markets.reads import measures
from markets.reads.findings import Asked


def test_shares_are_of_questions_not_of_rows():
    found = measures.summed([
        ("best_price", "answered", False, 20, 6), ("best_price", "nothing", True, 500, 2), ("funding", "poor", False, 20, 1),
        ("unknown", "refused", False, 10, 1),
    ])  # fmt: skip
    assert (found.questions, found.success_pct, found.corrected_pct, found.p50_ms, found.p95_ms) == (10, 70, 20, 20, 500)
    assert [(kind.intent, kind.label, kind.questions, kind.success_pct, kind.corrected_pct) for kind in found.kinds] == [
        ("best_price", "Best price", 8, 75, 25), ("funding", "Funding", 1, 0, 0), ("unknown", "Unknown", 1, 100, 0),
    ]
    assert isinstance(found.success_pct, Decimal)


def test_nothing_asked_is_unknown_and_not_zero():
    found = measures.summed(())
    assert (found.questions, found.success_pct, found.corrected_pct, found.p50_ms, found.p95_ms, found.kinds) == (0, None, None, None, None, ())


@pytest.mark.django_db
def test_a_week_counts_today_included_and_no_day_more(market):
    today = timezone.now().date()
    for days, number in ((0, 1), (6, 10), (7, 100), (-1, 1000)):
        AskCount.objects.create(day=today - timedelta(days=days), intent="compare", outcome="answered", corrected=False, within_ms=10, questions=number)
    assert measures.asking(timezone.now()).questions == 11


@pytest.mark.django_db
def test_the_page_the_api_and_the_json_say_it(market, client):
    agent.ask("best price for btc", Asked(timezone.now()))
    read.forget()
    page = client.get("/status/").content.decode()
    assert "Questions, last 7 days" in page and "Best price: 1 asked, 100.0% answered well" in page
    asking = client.get("/api/v1/status/").json()["asking"]
    assert asking["questions"] == 1 and asking["success_pct"] == "100" and asking["kinds"][0]["intent"] == "best_price"
    assert client.get("/status.json").json()["asking"] == asking


@pytest.mark.django_db
def test_without_questions_the_page_is_silent(market, client):
    assert "Questions, last" not in client.get("/status/").content.decode()


@pytest.mark.django_db
def test_while_the_database_is_away_there_is_nothing_to_say(market, monkeypatch):
    def gone(now):
        raise DatabaseError

    monkeypatch.setattr(measures, "_read", gone)
    assert measures.asking(timezone.now()).questions == 0
