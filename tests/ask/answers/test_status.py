"""The status of exchanges in words: who is up, who is not and why, and how old the newest prices are."""

from datetime import timedelta

import pytest

from markets.ask.answers.status import Seen, Status
from markets.ask.frame import Frame
from tests.ask.answers.build import cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]


def seen(slug, state="healthy", age=3.0, freshness="fresh", **more):
    label = {"healthy": "Live", "down": "Down", "disabled": "Off"}.get(state, state.title())
    at = None if age is None else NOW - timedelta(seconds=age)
    return Seen(slug=slug, name=slug.title(), state=state, label=label, observed_at=at, age_s=age, freshness=freshness if age is not None else "", **more)


def told(*rows, topic="", left=(), **more):
    return one(Frame("?", intent="status", topic=topic), route("status", left=left), Status(seen=rows, **more))


@pytest.mark.parametrize(("row", "says"), [
    (seen(A), "is up; its newest price is 3 s old."),
    (seen(A, age=45.0, freshness="aging"), "is up; its newest price is 45 s old and counts only where nothing fresher is."),
    (seen(A, age=240.0, freshness="stale"), "is up; its newest price is 4 m old and does not count."),
    (seen(A, "degraded"), "answers, but late or with errors; its newest price is 3 s old."),
    (seen(A, "disabled"), "is switched off by an operator; its newest price is 3 s old and does not count."),
    (seen(A, "banned"), "has told Pebble to wait; its newest price is 3 s old and does not count."),
    (seen(A, "disabled", age=45.0, freshness="aging"), "is switched off by an operator; its newest price is 45 s old and does not count."),
    (seen(A, "healthy", age=None), "has not finished a poll yet; no price of it is stored."),
    (seen(A, "down", age=None), "is down; no price of it is stored."),
])  # fmt: skip
def test_one_exchange(row, says):
    answer = told(row)
    assert answer.title == f"{A.title()} - status" and answer.sentence == f"{A.title()} {says}" and answer.api == f"/api/v1/exchanges/{A}/"
    assert answer.kind == ("nothing" if row.age_s is None else "answer") and len(answer.sources) == (row.age_s is not None)


def test_all_are_up():
    answer = told(seen(A), seen(B, age=12.0), seen(C, age=5.0), pairs=3375, assets=2301)
    assert answer.sentence == "All 3 exchanges are up, with prices 3 s to 12 s old." and answer.max_age_s == 12.0
    assert answer.lines == ("3,375 pairs of 2,301 coins are followed.",) and (answer.page, answer.api) == ("/status/", "/api/v1/status/")
    assert told(seen(A), seen(B)).sentence == "Both exchanges are up, with prices 3 s old." and told(seen(A), seen(B), pairs=1).lines == ()


def test_some_are_not():
    answer = told(seen(A), seen(B, "down", age=240.0, freshness="stale"), seen(C, "starting", age=None))
    down = f"{B.title()} is down, newest price 4 m old; {C.title()} has not finished a poll yet."
    assert answer.sentence == f"1 of 3 exchanges is up with fresh prices. {down}"
    assert told(seen(A), seen(B), seen(C, "down", age=None)).sentence.startswith("2 of 3 exchanges are up")
    assert cells(answer, "state") == ["Live", "Down, prices stale", "Starting"] and cells(answer, "age_s") == ["3 s", "4 m", "–"]


def test_none_is():
    old = told(seen(A, age=240.0, freshness="stale"), seen(B, age=300.0, freshness="stale"))
    assert old.sentence == "Both exchanges are switched on, but none has fresh prices: the newest are 4 m to 5 m old."
    assert told(seen(A, "down", age=None), seen(B, "down", age=None)).sentence.startswith("No exchange of 2 is up with fresh prices. ")
    cold = told(seen(A, age=None), seen(B, age=None))
    assert cold.kind == "nothing" and cold.sentence.startswith("No exchange of 2 is up") and cold.max_age_s is None
    assert told().sentence == "No exchange was asked for." and told().table is None


def test_ages_are_told_where_they_are_asked_for():
    assert told(seen(A), seen(B, age=12.0), topic="age").lines == (f"Youngest: {A.title()}, 3 s. Oldest: {B.title()}, 12 s.",)
    assert told(seen(A), topic="age").lines == () and told(seen(A), seen(B, age=12.0)).lines == ()


def test_what_an_exchange_says_of_itself_is_noted():
    row = seen(A, "degraded", detail="12 of 20 polls failed", maintenance="upgrade, 22 Nov 14:00 UTC", failing=("options", "announcements"))
    assert told(row).notes == (
        f"{A.title()}: 12 of 20 polls failed", f"{A.title()} announces maintenance: upgrade, 22 Nov 14:00 UTC.",
        f"{A.title()}: no good answer lately for options, announcements.",
    )  # fmt: skip
    assert told(seen(A, "disabled", detail="Switched off", failing=("options",))).notes == ()


@pytest.mark.parametrize("topic", ["wallets", "deposits", "withdrawals"])
def test_who_wants_to_move_coins_is_asked_for_one(topic):
    line = "Whether deposits and withdrawals are open is told by coin: name one."
    assert told(seen(A), topic=topic).lines == told(seen(A), seen(B, age=12.0), topic=topic).lines == (line,)


def test_that_an_exchange_is_not_covered_is_said_once():
    frame = Frame("is okx up", intent="status", uncovered=("OKX",))
    assert one(frame, route("status"), Status(seen=(seen(A), seen(B)))).sentence == (
        "OKX is not covered. Of those that are: Both exchanges are up, with prices 3 s old."
    )  # fmt: skip


def test_the_table_says_how_its_polls_went_and_what_is_off_is_not_called_old_too():
    row = seen(A, markets=1493, success_pct=D("99.5"))
    assert cells(told(row), "markets") == ["1,493"] and cells(told(row), "success_pct") == ["99.50 %"]
    assert cells(told(seen(A, age=45.0, freshness="aging")), "state") == ["Live, prices ageing"]
    assert cells(told(seen(A, "disabled", age=240.0, freshness="stale")), "state") == ["Off"]


def test_who_is_shown_is_not_left_out_too():
    left = [(A, "disabled", "switched off by an operator"), (B, "excluded", "you left it out"), (C, "not_asked", "you did not ask for it")]
    assert [each.exchange for each in told(seen(A, "disabled"), left=left).excluded] == [B]
