"""The funding rates of all coins in words: the highest, the lowest, those beyond a limit, and the widest pairs."""

import pytest

from markets.ask.answer import Used
from markets.ask.answers.fundings import MEANS, Fundings, apr_limit, passes
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import cells, one, route
from tests.ask.answers.test_funding import A, B, pair, rate
from tests.markets.analysis.boards import NOW, D

SOURCES = (Used(A, A.title(), NOW, 20.0, "fresh"),)


def told(*rates, pairs=(), count=None, way=None, found=None, **asked):
    known = Fundings(rates=rates, pairs=pairs, count=len(rates) + len(pairs) if count is None else count, sources=SOURCES, **(found or {}))
    return one(Frame("?", intent="funding", **asked), way or route("funding"), known)


def test_the_highest():
    answer = told(rate(A, "0.03"), rate(B, "0.02"), count=12, found={"uncounted": {"thin": 257, "zorp_like": 2}})
    says = f"POL/USDT on {A.title()}: +0.0300 % every 8 h (+32.85 % a year); longs pay shorts."
    assert answer.title == "Funding - highest rates" and answer.sentence == f"The highest funding rate is that of {says}" and answer.value == D("32.85")
    assert answer.notes == ("Not ranked: 257 too little open interest, 2 zorp like.",) and answer.table.more == 10
    assert cells(answer, "coin") == ["POL/USDT"] * 2 and cells(answer, "exchange") == [A.title(), B.title()]
    assert (answer.page, answer.api) == ("/funding/?scale=year&quote=ALL", "/api/v1/funding/?ordering=-apr_pct")


def test_the_lowest():
    answer = told(rate(A, "-0.03"), topic="lowest", quote="USDT", exchanges=(A,), way=route("funding", exchanges=(A,)))
    assert answer.title == "Funding - lowest rates" and answer.sentence.startswith("The lowest funding rate is that of") and answer.value == D("-32.85")
    assert answer.page == f"/funding/?scale=year&exchange={A}&quote=USDT" and answer.api == f"/api/v1/funding/?ordering=apr_pct&exchange={A}&quote=USDT"


def test_those_beyond_a_limit_are_counted():
    limit = Threshold(">", "20", "pct_year")
    assert told(rate(A, "0.03"), count=354, threshold=limit).sentence.startswith("354 funding rates are above 20 % a year; the highest is that of POL/USDT")
    assert told(rate(A, "0.03"), threshold=limit).sentence.startswith("One funding rate is above 20 % a year: that of POL/USDT")
    assert told(threshold=limit).sentence == "No funding rate that counts is above 20 % a year." and told(threshold=limit).kind == "nothing"
    assert told(threshold=Threshold("<", "0.05", "pct")).sentence == "No funding rate that counts is below 0.05 % per eight hours."
    assert told(threshold=Threshold("<", "5", "bps")).sentence == "No funding rate that counts is below 5 bps per eight hours."
    assert told(rate(A, "-0.03"), count=70, topic="negative").sentence.startswith("70 funding rates are below zero; the lowest is")
    assert told(topic="positive").sentence == "No funding rate that counts is above zero."
    assert told().sentence == "No funding rate that counts is stored right now." and told().table is None and told().value is None


def test_means_say_that_they_are():
    answer = told(rate(A, "0.03"), found={"mean": True}, time_range="30d")
    assert f"on {A.title()}, as a mean of seven days: " in answer.sentence and MEANS in answer.notes and "when=mean" in answer.page
    for usual in ("7d", "1w"):
        assert MEANS not in told(rate(A, "0.03"), found={"mean": True}, time_range=usual).notes


@pytest.mark.parametrize("topic", ["spread", "carry"])
def test_the_widest_pairs(topic):
    answer = told(pairs=(pair(), pair(fees=None)), count=9, topic=topic)
    assert answer.title == "Funding - widest pairs" and answer.sentence.startswith(f"Widest on POL: long on {B.title()}, short on {A.title()}: 21.90 % a year")
    assert cells(answer, "break_even_h") == ["4 d", "–"] and cells(answer, "spread_apr_pct") == ["21.90 %"] * 2 and answer.table.more == 7
    assert cells(answer, "open_interest_usd") == ["2.00M"] * 2 and answer.api == "/api/v1/funding/routes/" and answer.value is None
    nothing = told(topic=topic)
    assert nothing.kind == "nothing" and nothing.sentence.startswith("No two rates") and nothing.table is None


@pytest.mark.parametrize(("limit", "apr"), [
    (Threshold(">", "20", "pct_year"), "20"), (Threshold(">", "20"), "20"), (Threshold(">", "0.01", "pct"), "10.95"), (Threshold(">", "1", "bps"), "10.95"),
    (None, None),
])  # fmt: skip
def test_a_limit_as_percent_a_year(limit, apr):
    assert apr_limit(Frame("?", threshold=limit)) == (None if apr is None else D(apr))


@pytest.mark.parametrize(("asked", "apr", "there"), [
    ({"threshold": Threshold(">", "20")}, "20.1", True), ({"threshold": Threshold(">", "20")}, "20", False),
    ({"threshold": Threshold("<", "20")}, "19.9", True), ({"threshold": Threshold("<", "20")}, "20", False),
    ({"topic": "negative"}, "-0.1", True), ({"topic": "negative"}, "0", False), ({"topic": "positive"}, "0.1", True), ({"topic": "positive"}, "0", False),
    ({}, "0", True), ({"topic": "negative", "threshold": Threshold("<", "-5")}, "-4", False),
])  # fmt: skip
def test_which_rates_are_asked_for(asked, apr, there):
    assert passes(Frame("?", **asked))(D(apr)) is there
