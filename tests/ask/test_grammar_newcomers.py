"""What people ask first: fees, several things at once, coins nobody knows, amounts that are none, other languages, coins side by side."""

import pytest

from markets.ask.answers import unknown
from markets.ask.answers.common import Unlisted, unlisted
from markets.ask.answers.unknown import Unknown
from markets.ask.frame import Frame
from markets.ask.grammar import parse
from markets.reads.vocabulary import built_in
from tests.ask.answers.build import route
from tests.markets.analysis.boards import NOW

WORDS = built_in()


def read(q):
    return parse(q, WORDS)


def asked(frame):
    return frame.intent, frame.assets, frame.exchanges


# --- Several questions --------------------------------------------------------------------------------------------
FOUR = "best price for btc? and is kucoin up? and eth funding? and sol volume?"


def test_each_of_three_questions_has_its_own_slots_and_a_fourth_is_told():
    frame = read(FOUR)
    assert [asked(each) for each in (frame, *frame.also)] == [
        ("best_price", ("BTC",), ()), ("status", (), ("kucoin",)), ("funding", ("ETH",), ()),
    ]  # fmt: skip
    assert frame.notes == ("Only the first 3 questions were read.",) and frame.q == FOUR
    three = read(FOUR.removesuffix(" and sol volume?"))
    assert three.notes == () and len(three.also) == 2


def test_a_question_without_a_coin_is_about_the_one_before_it_unless_it_is_about_an_exchange():
    frame = read("how deep is SOL? what was its price yesterday? what is the open interest of ETH?")
    assert [each.assets for each in (frame, *frame.also)] == [("SOL",), ("SOL",), ("ETH",)]
    assert [each.assets for each in read("price of SOL? are withdrawals open on kucoin?").also] == [("SOL",)]
    assert [each.assets for each in read("price of SOL? what is slippage?").also] == [()]


@pytest.mark.parametrize("q", ["btc? eth?", "price of btc? and please", "hello. price of btc?", "price of btc? price of eth? price of sol? price of doge?"])
def test_what_asks_for_one_thing_is_one_question(q):
    frame = read(q)
    assert frame.also == () and frame.notes == () and frame.intent == "best_price"


# --- Fees ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("q", "exchanges"), [
    ("what are the trading fees on binance", ("binance",)), ("taker fee on gate", ("gateio",)), ("trading fee kucoin", ("kucoin",)),
    ("which exchange has the lowest fees", ()), ("compare fees of binance and kucoin", ("binance", "kucoin")), ("lowest taker fee", ()),
])  # fmt: skip
def test_fees_of_exchanges(q, exchanges):
    frame = read(q)
    assert (frame.intent, frame.topic, frame.exchanges) == ("help", "fees", exchanges)


@pytest.mark.parametrize(("q", "intent"), [
    ("lowest fees to buy ETH", "best_price"), ("withdrawal fee for btc on kucoin", "status"), ("arbitrage above 0.5% after fees", "arbitrage"),
    ("set binance taker fee to 0.2%", "unknown"), ("gas fees on ethereum", "unknown"),
])  # fmt: skip
def test_fees_that_only_belong_to_something_else(q, intent):
    frame = read(q)
    assert frame.intent == intent and frame.topic != "fees"


def test_a_fee_that_is_to_be_explained():
    assert (read("what is a maker fee").intent, read("what is a maker fee").topic) == ("help", "maker fee")


# --- Coins nobody knows -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("q", "word"), [
    ("best price for wobblecoin", "wobblecoin"), ("price of Flurbo", "Flurbo"), ("funding for wobblecoin", "wobblecoin"),
    ("price of Zorbium and fluffium?", "fluffium"),
])  # fmt: skip
def test_a_word_where_a_coin_should_stand_is_named(q, word):
    assert read(q).unknown == (word,)


@pytest.mark.parametrize("q", [
    "best price", "price of btc on wobbleplace", "best price of zq", "arbitrage opportunities wobbledy now", "price of a1b2c3", "is wobblecoin up",
    f"price of {'wobble' * 5}",
])  # fmt: skip
def test_no_word_is_named_where_none_stands_for_a_coin(q):
    assert read(q).unknown == ()


def test_the_answer_names_the_word():
    told = unlisted(Frame("?", "best_price", unknown=("wobblecoin",)), route("best_price"), Unlisted(typed="wobblecoin"), NOW)
    assert told.sentence == "No coin I know is called wobblecoin."
    ticker = unlisted(Frame("?", "best_price", assets=("QXJ7",), unknown=("QXJ7",)), route("best_price"), Unlisted(typed="QXJ7", near=("QXJ",)), NOW)
    assert ticker.sentence == "No exchange I watch lists QXJ7. Did you mean QXJ?"


# --- Orders -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("q", "first"), [
    ("sell 100 SOL", ["Where would 100 SOL sell best?"]), ("buy eth under 3000", ["Where is ETH cheapest?"]),
    ("convert 3 sol to usdt", ["Where is 3 SOL cheapest?", "Where would 3 SOL sell best?"]), ("buy 500 usd of eth", ["How much ETH do I get for 500 USD?"]),
])  # fmt: skip
def test_who_gives_an_order_is_shown_what_may_be_asked_of_it(q, first):
    frame = read(q)
    shown = unknown.compose(frame, route("unknown"), Unknown(), NOW).examples
    assert (frame.topic, list(shown[: len(first)])) == ("order", first) and len(shown) > len(first)
    again = [read(each) for each in first]
    assert {each.intent for each in again} == {"best_price"} and {(each.assets, each.amount) for each in again} == {(frame.assets, frame.amount)}


@pytest.mark.parametrize("frame", [
    Frame("?", topic="order"), Frame("?", topic="advice", assets=("SOL",)), Frame("?", topic="order", assets=("X",), unknown=("X",)),
])  # fmt: skip
def test_nothing_is_made_of_other_refusals_and_strange_words(frame):
    shown = unknown.compose(frame, route("unknown"), Unknown(), NOW).examples
    assert shown == unknown.compose(Frame("?", topic=frame.topic), route("unknown"), Unknown(), NOW).examples


# --- Gainers, exchanges, what moves a price -----------------------------------------------------------------------
@pytest.mark.parametrize(("q", "topic"), [
    ("top gainers today", "gainers"), ("which coins dropped the most in 24h", "losers"), ("top losers", "losers"), ("how did btc do yesterday", ""),
])  # fmt: skip
def test_who_rose_and_fell_most(q, topic):
    frame = read(q)
    assert (frame.intent, frame.topic) == ("price_history", topic)


@pytest.mark.parametrize("q", ["what exchanges are there", "list exchanges", "which exchanges are there?"])
def test_which_exchanges_there_are(q):
    assert (read(q).intent, read(q).topic) == ("help", "coverage")


@pytest.mark.parametrize(("q", "intent"), [
    ("how much to move btc 1%", "liquidity"), ("how much money to move btc by 2%", "liquidity"), ("how much to move btc from kucoin to binance", "arbitrage"),
])  # fmt: skip
def test_what_it_takes_to_move_a_price_is_liquidity(q, intent):
    assert read(q).intent == intent


# --- Other languages ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("q", ["wo kann ich bitcoin kaufen", "где купить биткоин"])
def test_another_language_is_told_that_only_english_is_read(q):
    assert (read(q).intent, read(q).topic, read(q).unknown) == ("unknown", "language", ())


def test_what_is_answered_all_the_same_says_so():
    only = ("I read English only, so this may not be what was meant.",)
    assert read("quel est le prix du bitcoin").notes == read("cual es el precio de bitcoin").notes == only
    assert read("prix bitcoin").notes == read("best price for bitcoin").notes == ()


# --- Coins side by side, misspellings, amounts --------------------------------------------------------------------
def test_a_misspelt_word_takes_no_little_word_with_it():
    frame = read("price of bitcon on kucoin")
    assert (frame.assets, frame.exchanges, frame.notes) == (("BTC",), ("kucoin",), ("bitcon was read as Bitcoin.",))


@pytest.mark.parametrize(("q", "assets"), [
    ("compare the price of hot and one", ("HOT", "ONE")), ("compare the price of btc and one more", ("BTC",)), ("the hot and one on bybit", ()),
    ("bitcoin against ether against solana", ("BTC", "ETH", "SOL")),
])  # fmt: skip
def test_coins_side_by_side(q, assets):
    assert (read(q).assets, read(q).quote) == (assets, None)


@pytest.mark.parametrize(("q", "said"), [("best price for -5 btc", "-5"), ("0 eth", "0"), ("buy sol for -$20 where", "-20"), ("where to buy 0.0 eth", "0.0")])
def test_an_amount_that_is_none_is_told(q, said):
    frame = read(q)
    assert frame.amount is None and frame.notes == (f"{said} is no amount that can be traded: it is left out.",)


@pytest.mark.parametrize(("q", "amount"), [("best price for 5 btc", "5"), ("0.01 eth", "0.01"), ("buy sol for $20 where", "20"), ("price of btc-5", None)])
def test_an_amount_that_is_one_is_no_matter(q, amount):
    assert (read(q).amount, read(q).notes) == (amount, ())
