"""What every answer about coins shares."""


import pytest
from msgspec.structs import replace

from markets.ask.answer import Answer, Figure, Left, Said, Used
from markets.ask.answers import common
from markets.ask.answers.common import Coin, Coinless, Unlisted
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, POL, inputs, kept, one, route
from tests.markets.analysis.boards import NOW, PAIR, D, quote, quotes


def used(exchange, age):
    return Used(exchange, exchange.title(), NOW, age, "fresh")


def left(exchange, reason, detail=""):
    return Left(exchange, exchange.title(), reason, detail)


def test_a_renamed_coin_is_called_by_both_tickers():
    assert (POL.label, MATIC.label) == ("POL", "MATIC (now POL)")


# --- Questions without a coin -------------------------------------------------------------------------------------
def test_a_coin_that_nobody_lists_is_said_with_what_is_spelt_like_it():
    answer = one(Frame("$qxj7", intent="best_price", assets=("QXJ7",)), route(), Unlisted(typed="QXJ7", near=("QXJ", "XJ7", "QX7")))
    assert answer.sentence == "No exchange I watch lists QXJ7. Did you mean QXJ, XJ7 or QX7?"
    assert (answer.kind, answer.title, answer.page) == ("nothing", "QXJ7", "/")
    assert answer.examples == ("best price for QXJ", "best price for XJ7", "best price for QX7")
    assert answer.notes == ("Pebble watches Ada, Bea, Cid, Dot, Eve.",)


def test_without_anything_like_it_nothing_is_suggested():
    answer = one(Frame("x", intent="compare", assets=("QXJ7",)), route(), Unlisted(typed="QXJ7"))
    assert answer.sentence == "No exchange I watch lists QXJ7." and answer.examples == ()


@pytest.mark.parametrize(("intent", "example"), [
    ("best_price", "best price for BTC"), ("compare", "compare BTC prices"), ("arbitrage", "arbitrage for BTC"), ("liquidity", "where is BTC most liquid"),
    ("price_history", "BTC price in the last 24h"), ("funding", "BTC funding rates"), ("status", "best price for BTC"),
])  # fmt: skip
def test_a_question_without_a_coin_asks_which_with_examples_of_its_kind(intent, example):
    answer = one(Frame("?", intent=intent), route(), Coinless(coins=("BTC", "ETH")))
    assert (answer.kind, answer.title, answer.examples[0]) == ("choose", "Which coin?", example)
    assert answer.sentence == "Tell me which coin you mean, by its name or ticker." and len(answer.examples) == 2


# --- Remarks ------------------------------------------------------------------------------------------------------
def test_remarks_on_the_question_stand_before_the_notes_of_its_first_answer_only():
    frame = Frame("x", intent="best_price", assets=("A", "B"), notes=("bitcon was read as Bitcoin.",), uncovered=("Coinbase", "Kraken"))
    first, second = kept(frame, route(), Unlisted(typed="A"), Unlisted(typed="B"))
    assert first.notes == ("bitcon was read as Bitcoin.", "Pebble watches Ada, Bea, Cid, Dot, Eve.")  # fmt: skip
    assert first.sentence == "Coinbase and Kraken are not covered. No exchange I watch lists A." and "Coinbase" not in second.sentence
    assert second.notes == ("Pebble watches Ada, Bea, Cid, Dot, Eve.",)


def test_one_exchange_is_not_covered_in_the_singular():
    def said(kind):
        (answer,) = common.remarked([Answer(kind=kind, title="x", sentence="Ada 1 USDT")], Frame("x", uncovered=("OKX",)), route())
        return answer.sentence

    assert said("answer") == said("partial") == "OKX is not covered. Of those that are: Ada 1 USDT"
    assert said("nothing") == "OKX is not covered. Ada 1 USDT" and said("help") == said("choose") == "Ada 1 USDT"
    assert common.remarks(Frame("x"), route()) == ()


def test_more_coins_than_are_answered_are_named():
    assert common.remarks(Frame("x", assets=("A", "B", "C", "D", "E")), route()) == ()
    assert common.remarks(Frame("x", assets=("A", "B", "C", "D", "E", "F", "G")), route()) == ("Not answered, for they are too many at once: F, G.",)


def test_no_answer_has_no_remarks():
    assert common.remarked([], Frame("x", notes=("n",)), route()) == ()


# --- Who answered -------------------------------------------------------------------------------------------------
def test_the_closing_line_counts_and_groups():
    said = Said()
    line = common.closing([used("ada", 12), used("bea", 8)], [left("cid", "disabled", "switched off by an operator"), left("dot", "stale", "stale (4 m)"),
                                                              left("eve", "stale", "stale (4 m)")], said)  # fmt: skip
    assert line == "2 of 5 exchanges, oldest price 12 s. Cid: switched off. Dot, Eve: stale (4 m)."
    assert {(f.name, f.text) for f in said.figures} == {("exchanges", "2"), ("exchanges_asked", "5"), ("max_age_s", "12 s")}


def test_the_closing_line_of_one_and_of_nothing():
    assert common.closing([used("ada", 65.4)], [], Said()) == "1 of 1 exchange, oldest price 1 m 5 s."
    assert common.closing([], [left("ada", "banned")], Said(), "book") == "0 of 1 exchange. Ada: banned."
    assert common.closing([used("ada", 3)], [], Said(), "book") == "1 of 1 exchange, oldest book 3 s."


def test_what_was_not_asked_for_is_not_told():
    out = [left("ada", "excluded", "you left it out"), left("bea", "excluded", "you left it out")]
    assert (common.reasons(out), common.reasons(out[:1])) == (["Ada, Bea: you left them out."], ["Ada: you left it out."])
    assert common.reasons([left("ada", "not_asked", "you did not ask for it"), left("bea", "not_in_rollout", "not offered to everybody yet")]) == [
        "Bea: not offered to everybody yet.",
    ]
    assert [each.exchange for each in common.told(route(left=[("ada", "not_asked", "x"), ("bea", "excluded", "y")]))] == ["bea"]


def test_everybody_who_does_not_count_is_told_once_with_the_reason():
    found = {**quotes(100, 100.01, 100.02), "dot": quote("dot", 100, age=300)}
    way = route(left=[("eve", "disabled", "switched off by an operator")], exchanges=("ada", "bea", "cid", "dot"))
    c = inputs({**found, "eve": quote("eve", 100, switch="disabled")}).compared(NOW)
    said = Said()
    assert common.left_out(c, way, said, "POL") == (
        Left("eve", "Eve", "disabled", "switched off by an operator"), Left("dot", "Dot", "stale", "stale (5 m)"),
    )
    assert [(f.name, f.text) for f in said.figures] == [("age of Dot", "5 m")]
    assert [u.exchange for u in common.used(c.rows, way)] == ["ada", "bea", "cid"]


def test_who_does_not_list_the_pair_is_told_last():
    c = inputs(quotes(100, 100.01)).compared(NOW)
    assert common.left_out(c, route(exchanges=("ada", "bea", "cid")), Said(), "POL") == (Left("cid", "Cid", "not_listed", "no POL/USDT market"),)


def test_a_reason_in_words_keeps_its_numbers():
    said = Said()
    c = inputs({**quotes(100, 100.01, 100.02), "dot": quote("dot", 120)}).compared(NOW)
    (dot,) = common.left_out(c, route(exchanges=("ada", "bea", "cid", "dot")), said, "POL")
    assert dot.reason == "price_anomaly" and "19.99 % above" in dot.detail
    assert "19.99" in {f.text for f in said.figures}


def test_the_oldest_number():
    assert common.oldest([used("ada", 1), used("bea", None), used("cid", 7)]) == 7
    assert common.oldest([used("bea", None)]) is None and common.oldest([]) is None


# --- Numbers and addresses ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("sentence", "found"), [
    ("12,000.5 USDT and 0.57 %, 3 s.", ["12,000.5", "0.57", "3"]), ("1INCH, LUNA2, XYZ9 and C98 stay", []), ("+0.44 % (4 m)", ["0.44", "4"]),
    ("at 42.5M of 2.14B", ["42.5", "2.14"]), ("from 24h on", ["24"]), ("nothing", []),
])  # fmt: skip
def test_the_numbers_of_a_sentence_are_those_that_belong_to_no_word(sentence, found):
    assert common.said_in(sentence) == found


def test_numbers_of_a_sentence_are_kept_and_it_stays_as_it_is():
    said = Said()
    assert common.numbers(said, "remark", "At 10,000 USDT Ada.") == "At 10,000 USDT Ada."
    assert [(f.name, f.value, f.text) for f in said.figures] == [("remark", "10000", "10,000")]


def test_an_address_says_what_was_given_and_nothing_else():
    assert common.address("/compare/POL-USDT/", side=None, amount="", exchange=()) == "/compare/POL-USDT/"
    assert common.address("/x/", exchange=("ada", "bea"), side="sell") == "/x/?exchange=ada,bea&side=sell"
    assert common.address("/compare/A B-USDT/") == "/compare/A%20B-USDT/"


def test_an_address_names_exchanges_only_where_the_question_did():
    way = route(exchanges=("ada", "bea"))
    assert common.only(Frame("x"), way) == ()
    assert common.only(Frame("x", exchanges=("ada",)), way) == common.only(Frame("x", exclude=("cid",)), way) == ("ada", "bea")


def test_prices_of_a_column_share_their_decimals():
    assert common.digits([D("0.8198"), D(2)], [D("0.0001"), D("0.01"), None]) == 4
    assert common.digits([D("1.5"), None, D(2000)]) == 4 and common.digits([D(2000)], [None]) == 2 and common.digits([]) == 2


def test_lists_in_words():
    assert [common.listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert common.listed(["a", "b"], "or") == "a or b"


def test_cells_and_pairs():
    assert common.cell("0.8", D("0.80")).value == "0.8" and common.cell("-", None).value == ""
    assert common.seconds(1.5) == "1.5" and common.seconds(None) == ""
    assert common.pair(PAIR, replace(MATIC, ticker="POL")) == "POL/USDT" and common.pair(PAIR, Coin("X", "POL", "POLY")) == "POLY/USDT"


def test_numbers_that_others_wrote_are_figures_once():
    left = Left("a", "Ada", "down", "no good answer 4 times in a row: [Errno 104]")
    known = Figure("exchanges", "4", "", "4")
    answer = Answer(kind="answer", title="t", sentence="s", notes=("Only 300 were read.",), excluded=(left,), figures=(known,))
    first, second = common.remarked([answer, replace(answer, notes=())], Frame("x"), route())
    assert [(figure.name, figure.text) for figure in first.figures] == [("exchanges", "4"), ("remark", "300"), ("about Ada", "104")]
    assert [figure.text for figure in second.figures] == ["4", "104"]
    quiet = replace(answer, notes=(), excluded=())
    assert common.remarked([quiet], Frame("x"), route()) == (quiet,)
