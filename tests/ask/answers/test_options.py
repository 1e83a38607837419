"""Options of a coin in words: volatility, puts for calls, max pain, by expiry and exchange."""

from datetime import timedelta

import pytest

from markets.analysis.chain import Expiry
from markets.ask.answer import Left, Used
from markets.ask.answers.options import Options, Underlyings
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B = list(route().names)[:2]


def expiry(exchange=A, days=7, **more):
    given = {"atm_iv": D("0.545"), "call_open_interest": D(100), "put_open_interest": D(130), "call_volume": D(10), "put_volume": D(8), "max_pain": D("1E+5")}
    at = {"expiry": NOW + timedelta(days=days), "underlying": D(92_000), "atm_strike": D(92_000)}
    return Expiry(exchange=exchange, base="POL", quote="USDT", broken=(), counted=4, listed=4, **at, **(given | more))


def told(chosen, *others, coin=POL, found=None, **asked):
    rows = (chosen, *others) if chosen else ()
    known = {"coin": coin, "chosen": chosen, "expiries": rows, "count": len(rows), "sources": (Used(A, A.title(), NOW, 21.0, "fresh"),)} | (found or {})
    return one(Frame("?", intent="derivatives", assets=(coin.typed,), **asked), route("derivatives"), Options(**known))


@pytest.mark.parametrize("topic", ["", "options"])
def test_the_nearest_expiry_in_full(topic):
    answer = told(expiry(), expiry(B, 14, atm_iv=None, max_pain=None, call_open_interest=None, call_volume=None), topic=topic, found={"count": 9})
    says = "at-the-money volatility 54.5 % a year, 1.30 open puts for one open call, max pain 100,000 USDT"
    assert answer.sentence == f"POL options to 29 Nov 2026 on {A.title()}: {says}." and answer.lines == ()
    assert answer.title == "POL - options" and (answer.value, answer.unit, answer.max_age_s) == (D("54.5"), "% a year", 21.0)
    assert cells(answer, "expiry") == ["29 Nov 2026", "6 Dec 2026"] and cells(answer, "exchange") == [A.title(), B.title()] and answer.table.more == 7
    assert cells(answer, "atm_iv_pct") == ["54.5 %", "–"] and cells(answer, "put_call") == ["1.30", "–"] and cells(answer, "put_call_volume") == ["0.80", "–"]
    assert cells(answer, "max_pain") == ["100,000", "–"] and cells(answer, "open") == ["230", "130"]
    assert (answer.page, answer.api) == (f"/options/?base=POL&exchange={A}", "/api/v1/options/?base=POL")


@pytest.mark.parametrize(("topic", "says", "beside"), [
    ("iv", "at-the-money volatility 54.5 % a year", "1.30 open puts"), ("put_call", "1.30 open puts for one open call", "max pain"),
    ("max_pain", "max pain 100,000 USDT", "at-the-money"),
])  # fmt: skip
def test_what_is_asked_for_leads_and_the_rest_follows(topic, says, beside):
    answer = told(expiry(), topic=topic)
    assert answer.sentence == f"POL options to 29 Nov 2026 on {A.title()}: {says}."
    assert answer.lines[0].startswith("Beside that: ") and beside in answer.lines[0]
    assert says not in answer.lines[0]


def test_nothing_counts():
    bare = expiry(atm_iv=None, call_open_interest=None, put_open_interest=None, max_pain=None)
    answer = told(bare)
    assert answer.sentence.endswith("nothing that counts right now.") and (answer.value, answer.unit) == (None, "") and cells(answer, "open") == ["–"]
    assert told(bare, topic="iv").lines == ()


def test_none_is_listed():
    missing = (Left(B, B.title(), "not_offered", "does not offer options: not published"),)
    answer = told(None, coin=MATIC, found={"coins": ("BTC", "ETH"), "missing": missing})
    assert answer.kind == "nothing" and answer.excluded == missing and answer.table is None
    assert answer.sentence == "No exchange that was asked lists options on MATIC (now POL). There are options on BTC, ETH."
    assert told(None).sentence == "No exchange that was asked lists options on POL." and told(None).page == "/options/?base=POL"


def test_without_a_coin_which_there_are():
    way, frame = route("derivatives"), Frame("?", intent="derivatives", topic="options")
    answer = one(frame, way, Underlyings(coins=("BNB", "BTC", "ETH", "SOL")))
    assert answer.kind == "choose" and answer.sentence == "Options are listed on BNB, BTC, ETH, SOL. Name one for its expiries."
    assert answer.examples == ("BNB options", "BTC options", "ETH options") and answer.api == "/api/v1/options/?base=BNB"
    nothing = one(frame, way, Underlyings())
    assert nothing.kind == "nothing" and nothing.sentence.startswith("No exchange that was asked lists options") and nothing.api == ""
