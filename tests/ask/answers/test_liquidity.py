"""Where a coin is most liquid, in words: by score, at an amount, by spread, one book alone, and where there are no books."""

import pytest

from markets.analysis.settings import DEFAULT
from markets.ask import text
from markets.ask.answers.common import Coin
from markets.ask.answers.measured import Liquid, Seen
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import PAIR, D
from tests.markets.analysis.scenes import ladder

# The book of methodology section 8, and one that is thinner but tighter.
DEEP = ladder(
    "ada", [(99.9, 300), (99.7, 600), (99.0, 1200), (98.2, 4000), (97.0, 8000)], [(100.0, 200), (100.1, 500), (100.5, 1000), (101.5, 4000), (102.5, 10000)],
)
TIGHT = ladder("bea", [("99.99", 20), ("98.5", 30)], [("100.01", 20), ("101.5", 30)], age=20)


def seen(book=DEEP, **more):
    return Seen(**{"exchange": book.exchange, "ladder": book, "volume": D(50_000)} | more)


def ask(*books, q="x", way=None, coin=POL, frame=None, **more):
    finding = Liquid(**{"coin": coin, "key": PAIR, "books": books or (seen(), seen(TIGHT)), "method": DEFAULT, "usd": D(1)} | more)
    given = {"q": q, "intent": "liquidity", "assets": ("POL",)} | (frame or {})
    return one(Frame(**given), way or route("liquidity", exchanges=("ada", "bea")), finding)


def said(*books, **fields):
    return text.plain(ask(*books, **fields)).splitlines()


def test_by_score():
    assert said(coin=MATIC) == [
        "MATIC (now POL) - best liquidity: Ada is most liquid, score 95.9 of 100. A 10,000 USDT buy moves the price 5.0 bps.",
        "  Exchange  Score    Depth 2 %   Slippage",
        "  Ada        95.9         577K   5.0 bps",
        "  Bea        49.8   over 4.95K   fills 50 %",
        "Within 2 % of its middle Ada holds 577K USDT on the thinner side; its spread is 10.0 bps.",
        "2 of 2 exchanges, oldest book 20 s.",
    ]


def test_the_figures_and_the_columns_for_wide_screens():
    answer = ask()
    assert (answer.kind, answer.grade, answer.unit, answer.max_age_s, answer.method) == ("answer", "B", "", 20, "1")
    assert round(answer.value, 4) == D("95.8509") and [(u.exchange, u.age_s, u.state) for u in answer.sources] == [("ada", 2, "fresh"), ("bea", 20, "fresh")]
    assert cells(answer, "spread_bps") == ["10.0 bps", "2.0 bps"] and cells(answer, "age_s") == ["2 s", "20 s"]
    assert cells(answer, "average") == ["100.00000", "–"]
    assert [c.phone for c in answer.table.columns] == [True, True, True, True, False, False, False]
    assert (answer.page, answer.api) == ("/liquidity/POL-USDT/", "/api/v1/liquidity/POL-USDT/")


def test_the_first_by_score_that_moves_more_says_why_it_is_first():
    thick = ladder("bea", [("99.995", 200), ("99.9", 5)], [("100.005", 200), ("100.1", 5)])
    answer = ask(seen(), seen(thick))
    assert cells(answer, "exchange") == ["Ada", "Bea"]
    assert answer.sentence == (
        "Ada is most liquid, score 95.9 of 100. A 10,000 USDT buy moves the price 5.0 bps, more than on Bea (0.50 bps), which is next: "
        "a score is made of several amounts, of both sides."
    )  # fmt: skip
    even = ask(seen(), seen(ladder("bea", [("99.9", 250)], [("100.0", 250)])))
    assert even.sentence.endswith("moves the price 5.0 bps; next is Bea at 5.0 bps.")


def test_at_an_amount_of_money():
    answer = ask(amount=D(5000))
    assert answer.title == "POL - liquidity for a 5,000 USDT buy"
    assert answer.sentence == "Ada is cheapest to fill. A 5,000 USDT buy moves the price 5.0 bps; next is Bea at 89.9 bps."
    assert cells(answer, "slippage_bps") == ["5.0 bps", "89.9 bps"] and answer.unit == "bps" and round(answer.value, 3) == D("5.003")
    assert answer.page == "/liquidity/POL-USDT/?amount=5000"


def test_at_an_amount_of_coins_to_sell():
    answer = ask(amount=D(30), in_base=True, side="sell")
    assert answer.sentence == "Ada is cheapest to fill. A 30 POL sell moves the price 5.0 bps; next is Bea at 50.7 bps."
    assert answer.api == "/api/v1/liquidity/POL-USDT/?amount=30&unit=base&side=sell"


def test_the_amount_decides_not_the_score():
    # One coin moves the tight book less, though its score is the lower one.
    assert ask(amount=D(1), in_base=True).sentence.startswith("Bea is cheapest to fill.")


def test_what_nobody_fills():
    answer = ask(amount=D(10**7))
    assert answer.sentence == "Ada comes closest. It fills 16 % of a 10,000,000 USDT buy, more than any other." and answer.value is None
    assert cells(answer, "slippage_bps") == ["fills 16 %", "fills less than 1 %"]
    assert ask(seen(TIGHT)).sentence == "Bea's book is the only one that counts, score 49.8 of 100. It fills 50 % of a 10,000 USDT buy."


def test_without_a_rate_there_is_no_score_and_no_usual_amount():
    answer = ask(usd=None)
    assert answer.sentence == "Ada is most liquid." and answer.value is None
    assert cells(answer, "score") == ["–", "–"] == cells(answer, "slippage_bps")
    assert ask(usd=D("0.5")).sentence.startswith("Ada is most liquid, score 93.7 of 100. A 20,000 USDT buy")


@pytest.mark.parametrize("q", ["Tightest spread for pol?", "which has the SPREAD"])
def test_by_spread(q):
    answer = ask(q=q)
    assert (answer.title, answer.sentence) == ("POL - tightest spread", "Bea is tightest with a spread of 2.0 bps; next is Ada at 10.0 bps.")
    assert cells(answer, "exchange") == ["Bea", "Ada"] and answer.table.columns[4].phone and (answer.value, answer.unit) == (D(2), "bps")
    assert not answer.table.columns[3].phone and answer.lines[1] == "Slippage is that of a 10,000 USDT buy."
    assert ask(seen(), q=q).sentence == "Ada is tightest with a spread of 10.0 bps." and len(ask(q=q, usd=None).lines) == 2
    assert not any("Slippage is" in line for line in (*ask().lines, *ask(Seen(exchange="ada", counts=False), q=q).lines))


def test_an_amount_outweighs_the_word_spread():
    assert ask(q="spread", amount=D(5000)).title == "POL - liquidity for a 5,000 USDT buy"


@pytest.mark.parametrize(("limit", "amount", "line"), [
    (Threshold("<", "5", "bps"), None, "A spread below 5.0 bps: Bea."), (Threshold(">", "0.05", "pct"), None, "A spread above 5.0 bps: Ada."),
    (Threshold("<", "2", "bps"), None, "A spread below 2.0 bps: nobody."), (Threshold(">", "2", "bps"), None, "A spread above 2.0 bps: Ada."),
    (Threshold(">", "11", "bps"), None, "A spread above 11.0 bps: nobody."),
    (Threshold("<", "10", "bps"), D(5000), "A slippage below 10.0 bps: Ada."),
    (Threshold("<", "100", "bps"), D(5000), "A slippage below 100.0 bps: Ada and Bea."),
    (Threshold("<", "100", "bps"), D(10**7), "A slippage below 100.0 bps: nobody."),
])  # fmt: skip
def test_who_passes_a_limit(limit, amount, line):
    answer = ask(frame={"threshold": limit}, amount=amount)
    assert answer.lines[1] == line.replace("100.0 bps", "1.00 %")
    assert len(ask(frame={"threshold": Threshold("<", "5", "USDT")}).lines) == 2


def test_a_book_that_is_asked_for_itself_is_shown_level_by_level():
    way = route("liquidity", exchanges=("ada",))
    answer = ask(seen(), q="show me the order book", way=way, frame={"limit": 2})
    assert [[cell.text for cell in row] for row in answer.table.rows] == [["300", "99.9000", "100.0000", "200"], ["600", "99.7000", "100.1000", "500"]]
    assert answer.table.more == 3 and answer.sentence == "Ada, score 95.9 of 100. A 10,000 USDT buy moves the price 5.0 bps."
    longer = ask(seen(ladder("ada", [(99, 1)], [(101, 1), ("102.00001", 2)])), q="orderbook", way=way)
    assert [[cell.text for cell in row] for row in longer.table.rows] == [["1", "99.00000", "101.00000", "1"], ["–", "–", "102.00001", "2"]]
    assert longer.table.more == 0
    assert cells(ask(seen(), q="depth", way=way), "exchange") == ["Ada"] and cells(ask(q="order book"), "exchange") == ["Ada", "Bea"]


def test_a_limit_of_rows():
    answer = ask(frame={"limit": 1})
    assert cells(answer, "exchange") == ["Ada"] and answer.table.more == 1


# --- What does not count ------------------------------------------------------------------------------------------
OLD = ladder("bea", [(1, 1)], [(2, 1)], age=400)


@pytest.mark.parametrize(("other", "told", "reason"), [
    (Seen(exchange="bea", counts=False), "its order book has not been read yet", "unknown_depth"),
    (Seen(exchange="bea", counts=False, reason="last try: timeout"), "last try: timeout", "unknown_depth"),
    (seen(TIGHT, counts=False, reason="another coin by its price", code="conflicted"), "another coin by its price", "conflicted"),
    (seen(OLD), "its order book is stale (6 m 40 s)", "stale"), (seen(ladder("bea", [(3, 1)], [(2, 1)])), "its order book has no middle", "crossed"),
    (Seen(exchange="bea", waiting=True), "its order book did not arrive in time", "unknown_depth"),
    (seen(OLD, waiting=True), "its order book did not arrive in time", "unknown_depth"),
])  # fmt: skip
def test_a_book_that_does_not_count_is_left_out_with_the_reason(other, told, reason):
    answer = ask(seen(), other)
    assert [(each.exchange, each.reason, each.detail) for each in answer.excluded] == [("bea", reason, told)]
    assert answer.lines[-1] == f"1 of 2 exchanges, oldest book 2 s. Bea: {told}."
    assert answer.sentence.startswith("Ada's book is the only one that counts, ") and answer.grade == "C"
    assert answer.kind == ("partial" if other.waiting else "answer")


def test_no_book_at_all():
    way = route("liquidity", exchanges=("ada", "bea"), left=[("cid", "disabled", "switched off by an operator")])
    answer = ask(Seen(exchange="ada", counts=False), way=way)
    assert (answer.kind, answer.grade, answer.table, answer.value) == ("nothing", "D", None, None)
    assert answer.sentence == "No order book of POL/USDT can be measured right now."
    assert answer.lines == ("0 of 3 exchanges. Cid: switched off. Ada: its order book has not been read yet. Bea: no POL/USDT market.",)


def test_a_book_that_may_still_be_walked_counts_though_it_ages():
    answer = ask(seen(ladder("ada", DEEP.bids, DEEP.asks, age=200)))
    assert answer.grade == "C" and answer.sources[0].state == "aging" and answer.lines[-1].startswith("1 of 2 exchanges, oldest book 3 m 20 s.")


def test_three_fresh_books_are_grade_a_and_turnover_without_a_book_is_said():
    third = ladder("cid", [("99.99", 20), ("98.5", 30), (97, 1)], [("100.01", 20), ("101.5", 30), (103, 1)])
    answer = ask(seen(volume=D(10**9)), seen(TIGHT, volume=D(1)), seen(third, volume=D(5000)), way=route("liquidity", exchanges=("ada", "bea", "cid")))
    assert answer.grade == "A" and answer.notes == ("The volume that Ada reports is not backed by its book.",)


def test_how_it_was_read_and_what_did_not_come_are_notes():
    coin = Coin("AAA", "POL", "POL", "", "AAA", "1 AAA became 1000 POL.")
    answer = ask(seen(), Seen(exchange="bea", waiting=True), Seen(exchange="cid", waiting=True), coin=coin, notes=("Dollars are answered in USDT.",),
                 way=route("liquidity", exchanges=("ada", "bea", "cid")))  # fmt: skip
    assert answer.notes == ("1 AAA became 1000 POL.", "Dollars are answered in USDT.", "The order books of Bea and Cid did not arrive in time.")
    assert ask(seen(), Seen(exchange="bea", waiting=True)).notes == ("The order book of Bea did not arrive in time.",)


def test_five_whole_books_stay_small():
    side = [(100 + n / 1000, f"{n + 1}.12345") for n in range(50)]
    books = [seen(ladder(name, [(200 - price, size) for price, size in side], side)) for name in ("ada", "bea", "cid", "dot", "eve")]
    assert ask(*books, way=route("liquidity")).grade == "A"  # and `kept` bounds the bytes
