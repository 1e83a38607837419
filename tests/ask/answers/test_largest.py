"""Contracts of all coins in words: the most open interest, and the furthest from their index price."""

import pytest

from markets.ask.answer import Used
from markets.ask.answers.largest import Held, Largest, limit_pct
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import cells, one, route
from tests.ask.answers.test_derivatives import A, B, row
from tests.markets.analysis.boards import NOW, D


def told(found=None, way=None, **asked):
    known = Largest(sources=(Used(A, A.title(), NOW, 20.0, "fresh"),), **(found or {}))
    return one(Frame("?", intent="derivatives", **asked), way or route("derivatives"), known)


def test_the_most_open_interest():
    coins = (Held(base="BTC", open_interest_usd=D(30_000_000), exchanges=5, largest=A, largest_usd=D(20_000_000)),
             Held(base="ETH", open_interest_usd=D(10_000_000), exchanges=4, largest=B, largest_usd=D(9_000_000)))  # fmt: skip
    answer = told({"coins": coins, "count": 385, "whole_usd": D(40_000_000)})
    assert answer.sentence == f"BTC has the most open interest: 30.0M USD, most of it on {A.title()}; 40.0M USD are open in 385 coins together."
    assert (answer.value, answer.unit, answer.max_age_s) == (D(30_000_000), "USD", 20.0) and answer.table.more == 383
    assert cells(answer, "share_pct") == ["75.0 %", "25.0 %"] and cells(answer, "exchanges") == ["5", "4"]
    assert cells(answer, "largest") == [f"{A.title()} 20.0M", f"{B.title()} 9.00M"]
    assert (answer.page, answer.api) == ("/funding/?sort=-open_interest", "/api/v1/derivatives/?kind=perp&ordering=-open_interest_usd")


def test_nothing_is_known():
    answer = told()
    assert answer.kind == "nothing" and answer.sentence == "No open interest is known right now."
    assert answer.table is None and (answer.value, answer.unit) == (None, "")
    assert told(topic="basis").sentence == "No basis is known right now."


def test_the_furthest_from_their_index():
    rows = (row(A, "0.49", "0.5"), row(B, "0.505", "0.5"))
    answer = told({"apart": rows, "count": 12}, topic="basis", exchanges=(A,), way=route("derivatives", exchanges=(A,)), quote="USDT")
    assert answer.sentence == f"Furthest from its index price is POL/USDT on {A.title()}: 2.00 % below it." and (answer.value, answer.unit) == (D(-2), "%")
    assert cells(answer, "basis_pct") == ["\N{MINUS SIGN}2.00 %", "+1.00 %"] and answer.table.more == 10
    assert answer.page == f"/funding/?sort=-basis&exchange={A}&quote=USDT" and f"ordering=-basis_pct&exchange={A}&quote=USDT" in answer.api
    assert told({"apart": rows[1:], "count": 1}, topic="basis").sentence.endswith("1.00 % above it.")


def test_those_beyond_a_limit_are_counted():
    limit = Threshold(">", "30", "bps")
    many = told({"apart": (row(A, "0.49", "0.5"),), "count": 12}, topic="basis", threshold=limit)
    assert many.sentence.startswith("12 perpetuals stand more than 0.3 % from their index price; furthest is POL/USDT")
    one_far = told({"apart": (row(A, "0.49", "0.5"),), "count": 1}, topic="basis", threshold=limit)
    assert one_far.sentence.startswith("Furthest from its index price is POL/USDT")
    assert told(topic="basis", threshold=limit).sentence == "No perpetual that counts stands more than 0.3 % from their index price."


@pytest.mark.parametrize(("limit", "pct"), [
    (Threshold(">", "30", "bps"), "0.3"), (Threshold(">", "0.3", "pct"), "0.3"), (Threshold(">", "2"), "2"), (None, None),
])  # fmt: skip
def test_a_limit_in_percent(limit, pct):
    assert limit_pct(Frame("?", threshold=limit)) == (None if pct is None else D(pct))
