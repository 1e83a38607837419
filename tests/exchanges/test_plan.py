"""The reading plan as arithmetic, worked out by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exchanges import plan
from exchanges.adapter import Adapter, Part, Pool, Request, Source

HOST = "api.toy.test"


def part(name="all", pages=1, periods=None, **cost):
    return Part(name, Request(HOST, f"/{name}"), {"weight": 0, "each": 0} | cost, lambda *_: None, pages=pages, periods=periods or {})


LIST = Source((part(weight=40), part("second", pages=3, weight=5)), period_s=15)
BOOKS = Source((part("spot", weight=5), part("perp", weight=20)), period_s=30, whole=False, markets=20)
CANDLES = Source((part("spot", weight=2, periods={60: "1m", 900: "15m", 3600: "1h"}),), period_s=3600, whole=False, markets=10)
TOY = Adapter(
    slug="toy", name="Toy", monogram="TY", hosts=(HOST,), budget=100, taker_fee=Decimal("0.001"), trade_page="https://toy.test", check=lambda *_: None,
    pools=(Pool("weight", 2000, 30, unit="weight"), Pool("each", 20, 1, per_endpoint=True)), tickers=LIST, book=BOOKS, candles=CANDLES,
)  # fmt: skip


def test_a_whole_list_costs_all_its_parts_and_pages_at_each_sweep():
    line = plan.line("tickers", LIST, 15, None)
    assert line.requests == 16  # four requests every 15 s
    assert line.weights == {"weight": 220, "each": 0}  # 40 + 3 x 5, four times


def test_markets_that_take_turns_cost_their_dearest_part():
    line = plan.line("book", BOOKS, 30, 20)
    assert (line.requests, line.weights["weight"]) == (40, 800)


def test_candles_are_asked_for_once_a_period_that_the_exchange_knows_and_we_keep():
    assert plan.asks(CANDLES.parts[0]) == (3600, 60)  # a quarter of an hour is no tier of ours
    assert plan.line("candles", CANDLES, 3600, 10).requests == pytest.approx(10 * 2 / 60)


@pytest.mark.parametrize(
    ("source", "period_s", "markets", "firing_s", "turns"),
    [
        (LIST, 15, None, 15, 1),
        (BOOKS, 30, 20, 5, 4),  # 40 a minute: four every five seconds
        (BOOKS, 30, 3, 10, 1),
        (CANDLES, 3600, 10, 360, 1),
        (BOOKS, 30, 0, 30, 1),  # nothing planned: only what people look at
        (BOOKS, 30, 1, 30, 1),
    ],
)
def test_how_often_a_task_fires_and_how_many_markets_it_reads(source, period_s, markets, firing_s, turns):
    assert plan.firing_s(source, period_s, markets) == firing_s
    assert plan.turns(source, period_s, markets) == turns


def test_a_limit_keeps_a_fifth_of_what_it_sustains_for_people():
    operator, weight, each = plan.limits(TOY, 100, [plan.line("tickers", LIST, 15, None), plan.line("book", BOOKS, 30, 20)])
    assert (operator.published, operator.sustained, operator.room, operator.planned) == (100, 70, 56, 56)
    assert operator.fits
    assert (weight.published, weight.sustained, weight.planned) == (4000, 2800, 1020)
    assert (each.published, each.planned) == (1200, 0)


def test_endpoints_with_a_pool_of_their_own_do_not_add_up():
    lines = [plan.Line("a", 1, None, 60, {"each": 600}), plan.Line("b", 1, None, 60, {"each": 700})]
    each = plan.limits(TOY, 10_000, lines)[2]
    assert (each.planned, each.room, each.fits) == (700, pytest.approx(672), False)


def test_a_plan_that_cannot_fit_is_refused_with_the_reason_and_what_to_do():
    lines = [plan.line("tickers", LIST, 15, None), plan.line("book", BOOKS, 30, 20)]
    assert plan.refusal(TOY, 100, lines) == ""
    said = plan.refusal(TOY, 99, lines)
    assert "takes 56 requests a minute; the budget of 99 sustains 69" in said
    assert "55 may be planned. Most goes to book 40 and tickers 16: raise the budget, lengthen a period or read fewer markets." in said
    tight = replace(TOY, pools=(Pool("weight", 700, 30, unit="weight"), TOY.pools[1]))
    assert "Toy's published limit 'weight' of 1400" in plan.refusal(tight, 1000, lines)
