"""Which pairs are the tightest or the most liquid."""

import pytest

from markets.ask import text
from markets.ask.answers.pairs_books import Measured, PairsBooks
from markets.ask.frame import Frame, Threshold
from markets.board import PairKey
from tests.ask.answers.build import one, route
from tests.markets.analysis.boards import D

POL = Measured(key=PairKey("POL", "USDT"), exchange="ada", spread_bps=D("0.5"), depth_usd=D(480_123), score=D("99.84"), age_s=12.0)
BTC = Measured(key=PairKey("BTC", "USDC"), exchange="bea", spread_bps=D("1.23"), depth_usd=None, score=None, age_s=27.0)


def ask(*rows, by="spread", total=None, measured=20, **frame):
    given = PairsBooks(rows=rows, total=len(rows) if total is None else total, measured=measured, by=by, method="1")
    return one(Frame(**{"q": "x", "intent": "liquidity"} | frame), route("liquidity"), given)


def test_the_tightest():
    answer = ask(POL, BTC, total=5)
    assert text.plain(answer).splitlines() == [
        "Tightest spreads: Tightest is POL/USDT on Ada with 0.50 bps.",
        "  Pair      Exchange     Spread   Depth 2 %, USD",
        "  POL/USDT  Ada        0.50 bps   480K",
        "  BTC/USDC  Bea         1.2 bps   –",
        "  and 3 more",
        "Of 20 pairs with stored order books, the oldest of those shown 27 s old. Books of other pairs are read when somebody asks for them.",
    ]
    assert (answer.kind, answer.grade, answer.max_age_s) == ("answer", "C", 27) and [u.exchange for u in answer.sources] == ["ada", "bea"]
    assert (answer.page, answer.api) == ("/liquidity/?quote=ALL&sort=spread", "/api/v1/liquidity/?ordering=spread")


def test_those_that_pass_a_limit_are_counted():
    answer = ask(POL, total=7, threshold=Threshold("<", "1", "bps"))
    assert answer.sentence == "7 of 20 pairs fit; tightest is POL/USDT on Ada with 0.50 bps."


@pytest.mark.parametrize(("by", "title", "sort"), [("score", "Most liquid pairs", "-score"), ("depth", "Deepest pairs", "-depth")])
def test_the_most_liquid_and_the_deepest(by, title, sort):
    answer = ask(POL, by=by, quote="USDT", exclude=("bea",))
    assert (answer.title, answer.sentence) == (title, "First is POL/USDT on Ada, score 99.8 of 100.")
    assert answer.page == f"/liquidity/?exchange=ada,bea,cid,dot,eve&quote=USDT&sort={sort}" and f"ordering={sort}" in answer.api


def test_without_a_score_the_spread_is_told():
    assert ask(BTC, by="score").sentence == "First is BTC/USDC on Bea, with a spread of 1.2 bps."


def test_nothing_fits_or_nothing_is_stored():
    assert ask().sentence == "No pair with a stored order book fits." and ask().kind == "nothing" and ask().grade == "D" and ask().table is None
    assert ask(measured=0).sentence == "No order book is stored yet." and ask(measured=0).lines[0].startswith("Of 0 pairs with stored order books. ")
