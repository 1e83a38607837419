"""Lead traders in words: who leads by which figure, who publishes, and why there is nothing where there is nothing."""

import pytest

from markets.ask.answers.copying import ORDERS, PREDICTS, Copying, Leader, Stand, order_of
from markets.ask.frame import Frame
from tests.ask.answers.build import cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B = list(route().names)[:2]
READY = Stand(A, "ok", "", "", NOW, 600.0, "fresh")


def leader(name="Ann 7", **more):
    given = {"roi_pct": D("45.2"), "profit": D(12_000), "max_drawdown_pct": D("9.5"), "win_rate_pct": D("71"), "trades": 120, "days": 90, "followers": 300,
             "managed": D(1_200_000)}  # fmt: skip
    return Leader(exchange=A, name=name, **(given | more))


def told(*leaders, found=None, way=None, **asked):
    known = Copying(**({"leaders": leaders, "count": len(leaders), "stands": (READY,), "median_roi_pct": D("12.5") if leaders else None} | (found or {})))
    return one(Frame("?", intent="copy_trading", **asked), way or route("copy_trading"), known)


def test_the_best_by_result_without_a_recommendation():
    answer = told(leader(), leader("Bob", roi_pct=None, trades=None), found={"count": 120})
    assert answer.sentence == f"120 lead traders are published, half of them with a result above +12.50 %; first by result is Ann 7 on {A.title()} (+45.20 %)."
    assert answer.title == "Lead traders" and (answer.value, answer.unit, answer.max_age_s) == (D("12.5"), "%", 600.0) and answer.table.more == 118
    assert cells(answer, "roi_pct") == ["+45.20 %", "–"] and cells(answer, "trades") == ["120", "–"] and cells(answer, "managed") == ["1.20M"] * 2
    assert answer.notes[-1] == PREDICTS and (answer.page, answer.api) == ("/copy/", "/api/v1/copy-trading/")


@pytest.mark.parametrize(("topic", "says"), [
    ("win_rate", "first by win rate is Ann 7 on Ada (71.00 %)"), ("drawdown", "first by smallest largest fall is Ann 7 on Ada (9.50 %)"),
    ("followers", "first by most followers is Ann 7 on Ada (300)"), ("profit", "first by profit is Ann 7 on Ada (12.0K USDT)"),
    ("managed", "first by money under copy is Ann 7 on Ada (1.20M USDT)"), ("days", "first by longest record is Ann 7 on Ada (90)"),
])  # fmt: skip
def test_other_figures_that_order(topic, says):
    answer = told(leader(), topic=topic, found={"order": ORDERS[topic]})
    assert says in answer.sentence and f"sort={ORDERS[topic]}" in answer.page and f"ordering={ORDERS[topic]}" in answer.api
    bare = leader(roi_pct=None, profit=None, win_rate_pct=None, max_drawdown_pct=None, followers=None, managed=None, days=None)
    assert told(bare, found={"order": ORDERS[topic]}).sentence.endswith(f"Ann 7 on {A.title()}.")


@pytest.mark.parametrize(("q", "topic", "order"), [
    ("copy trader ROI", "drawdown", "-roi_pct"), ("traders by pnl", "drawdown", "-profit"), ("largest aum", "drawdown", "-managed"),
    ("smallest drawdown", "drawdown", "max_drawdown_pct"), ("roi and drawdown", "drawdown", "max_drawdown_pct"),
    ("largest fall", "drawdown", "max_drawdown_pct"),
    ("win rate and roi", "win_rate", "-win_rate_pct"), ("lead traders", "", "-roi_pct"), ("heroic traders", "drawdown", "max_drawdown_pct"),
])  # fmt: skip
def test_the_word_that_was_typed_decides_the_order(q, topic, order):
    assert order_of(Frame(q, intent="copy_trading", topic=topic)) == order


def test_a_symbol_narrows():
    answer = told(leader(), found={"symbol": "BTCUSDT", "median_roi_pct": None}, assets=("BTC",))
    assert answer.title == "Lead traders of BTCUSDT" and answer.sentence.startswith("1 lead traders of BTCUSDT are published; first by result")
    assert answer.api == "/api/v1/copy-trading/?symbol=BTCUSDT"
    assert told(found={"symbol": "BTCUSDT"}).sentence == "No lead trader trades BTCUSDT right now."
    assert told().sentence == "No lead trader that fits is published."


def test_short_records_are_marked():
    notes = told(leader(young=True), leader("Bob", few=True)).notes
    assert "Young records, under 30 days: Ann 7." in notes and "Few trades, under 20: Bob." in notes
    assert len(told(leader()).notes) == 2


def test_why_there_is_nothing():
    off = Stand(A, "off", f"{A.title()} tells this to signed calls only, and no key is set.", "Make a read-only key.")
    answer = told(found={"stands": (off,)})
    assert answer.kind == "nothing" and answer.sentence == f"Copy-trading statistics are published by {A.title()}, but none are stored here."
    assert answer.lines == (f"{A.title()}: Make a read-only key.", f"{A.title()}: tells this to signed calls only, and no key is set.")
    assert answer.notes == (PREDICTS,) and answer.sources == () and answer.excluded[-1].reason == "off"


def test_who_does_not_publish():
    left = [(B, "not_offered", "does not publish what this needs")]
    answer = told(found={"stands": ()}, exchanges=(B,), way=route("copy_trading", exchanges=(B,), left=left))
    assert answer.sentence == f"Copy-trading statistics are not published by {B.title()}." and answer.api == f"/api/v1/copy-trading/?exchange={B}"
    assert told(found={"stands": ()}).sentence == "No exchange here that may be asked publishes copy-trading statistics."
