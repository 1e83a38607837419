"""The reading plan as arithmetic, worked out by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exchanges import plan
from exchanges.adapter import Adapter, Part, Pool, Request, Source

HOST = "api.toy.test"


def part(name="all", pages=1, periods=None, **cost):
    return Part(name, Request(HOST, f"/{name}"), cost, lambda *_: None, pages=pages, periods=periods or {})


LIST = Source((part(weight=40), part("second", pages=3, weight=5, each=1)), period_s=15)
BOOKS = Source((part("spot", weight=5), part("perp", weight=20)), period_s=30, whole=False, markets=20)
CANDLES = Source((part("spot", weight=2, periods={60: "1m", 900: "15m", 3600: "1h"}),), period_s=3600, whole=False, markets=10)
TOY = Adapter(
    slug="toy", name="Toy", monogram="TY", hosts=(HOST,), budget=100, taker_fee=Decimal("0.001"), trade_page="https://toy.test", check=lambda *_: None,
    pools=(Pool("weight", 2000, 30, unit="weight"), Pool("each", 20, 1, per_endpoint=True)), tickers=LIST, book=BOOKS, candles=CANDLES,
)  # fmt: skip


def test_a_whole_list_costs_all_its_parts_and_pages_at_each_sweep():
    # Four requests every 15 s; 40 + 3 x 5, four times.
    assert plan.line("tickers", LIST, 15, None) == plan.Line("tickers", 15, None, 16, {"weight": 220, "each": 12})
    assert plan.line("tickers", LIST, 15, None, 2) == plan.Line("tickers", 15, None, 32, {"weight": 440, "each": 24}, 2)


def test_markets_that_take_turns_cost_their_dearest_part():
    assert plan.line("book", BOOKS, 30, 20) == plan.Line("book", 30, 20, 40, {"weight": 800})
    assert plan.line("book", BOOKS, 30, None) == plan.Line("book", 30, None, 0, {"weight": 0})


def test_candles_are_asked_for_once_a_period_that_the_exchange_knows_and_we_keep():
    assert plan.asks(CANDLES.parts[0]) == (3600, 60)  # a quarter of an hour is no tier of ours
    assert plan.asks(BOOKS.parts[0]) == (3600,)
    assert plan.line("candles", CANDLES, 3600, 10).requests == pytest.approx(10 * 2 / 60)


@pytest.mark.parametrize(
    ("source", "period_s", "markets", "firing_s", "turns"),
    [
        (LIST, 15, None, 15, 1),
        (BOOKS, 30, 20, 5, 4),  # 40 a minute: four every five seconds
        (BOOKS, 30, 3, 10, 1),
        (CANDLES, 3600, 10, 360, 1),
        (BOOKS, 30, 0, 30, 1),  # nothing planned: only what people look at
        (BOOKS, 30, None, 30, 1),
        (BOOKS, 30, 1, 30, 1),
    ],
)
def test_how_often_a_task_fires_and_how_many_markets_it_reads(source, period_s, markets, firing_s, turns):
    assert plan.firing_s(source, period_s, markets) == firing_s
    assert plan.turns(source, period_s, markets) == turns


def test_a_limit_keeps_a_fifth_of_what_it_sustains_for_people():
    operator, weight, each = plan.limits(TOY, 100, [plan.line("tickers", LIST, 15, None), plan.line("book", BOOKS, 30, 20)])
    assert operator == plan.Limit("operator", 100, 70, 56)
    assert (operator.unit, operator.room, operator.fits) == ("requests", 56, True)
    assert weight == plan.Limit("weight", 4000, 2800, 1020, "weight")
    assert each == plan.Limit("each", 1200, pytest.approx(840), 12)
    assert [limit.planned for limit in plan.limits(TOY, 100, [])] == [0, 0, 0]


@pytest.mark.parametrize(("source", "priority"), [("time", "prices"), ("tickers", "prices"), ("candles", "spare"), ("book", "others")])
def test_lists_and_history_wait_first_and_prices_last(source, priority):
    assert plan.usual(source) == priority


def test_the_dearest_request_of_a_pool_and_the_heaviest_weight_slow_what_it_sustains():
    """A tenth is kept, and room for the dearest request: of 100 units 90 - 25."""
    line = plan.line("book", BOOKS, 30, 1, 25)
    operator, weight, each = plan.limits(TOY, 100, [plan.line("tickers", LIST, 15, None), line])
    assert operator.sustained == pytest.approx(65)
    assert weight.sustained == pytest.approx(2 * (1800 - 20 * 25))
    assert each.sustained == pytest.approx(840)
    small = replace(TOY, pools=(Pool("each", 5, 60),))
    assert [limit.sustained for limit in plan.limits(small, 5, [])] == pytest.approx([3.5, 3.5]), "nothing but a request of one unit needs room"


def test_of_a_pool_that_is_shared_only_our_share_is_planned_with():
    lines = [plan.line("tickers", LIST, 15, None), plan.line("book", BOOKS, 30, 20)]
    _, weight, each = plan.limits(TOY, 100, lines, {"weight": 0.25})
    assert (weight.published, weight.sustained, each.published) == (1000, pytest.approx(700), 1200)
    assert "takes 1020 weight a minute; our share of Toy's published limit 'weight' of 1000" in plan.refusal(TOY, 100, lines, {"weight": 0.25})


def test_a_budget_of_nothing_counts_as_one_and_a_weight_beyond_it_is_refused_in_words():
    assert plan.limits(TOY, 0, [])[0].published == 1
    said = plan.refusal(TOY, 10, [plan.line("book", BOOKS, 30, 1, 10)])
    assert said == "A weight is too large (one request of 10 does not fit into 10 per 60.0 s): lower it, or raise the budget."


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
    assert plan.refusal(tight, 1000, [plan.Line("time", 1, None, 400), *lines]) == (
        "This plan takes 1020 weight a minute; our share of Toy's published limit 'weight' of 1400 sustains 980, of which a fifth is kept for what people ask:"
        " 784 may be planned. Most goes to book 800 and tickers 220: lengthen a period or read fewer markets."
    )
    gone = replace(TOY, pools=(Pool("each", 5, 60, per_endpoint=True),))
    assert "Most goes to tickers 12 and book 0:" in plan.refusal(gone, 1000, [lines[1], lines[0]])
