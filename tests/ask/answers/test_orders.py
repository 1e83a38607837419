"""How much of what a question means."""

import pytest

from markets.analysis.amounts import TOP, Order
from markets.ask.answers.common import Coin
from markets.ask.answers.orders import order, swap
from markets.ask.frame import Frame, Span
from markets.board import PairKey
from tests.ask.answers.build import MATIC, POL
from tests.markets.analysis.boards import PAIR, D


def read(coin=POL, key=PAIR, rates=None, **fields):
    return order(Frame(**{"q": "x", "assets": (coin.typed,)} | fields), coin, key, rates or {})


@pytest.mark.parametrize("amount", [None, "0", "0.0"])
def test_no_amount_is_the_top_of_the_book(amount):
    assert read(amount=amount, unit="POL") == (TOP, "")


@pytest.mark.parametrize(("coin", "unit"), [(POL, "POL"), (MATIC, "MATIC"), (MATIC, "POL")])
def test_the_coin_itself_counts_coins(coin, unit):
    assert read(coin, amount="2.5", unit=unit) == (Order(D("2.5"), "base"), "")


def test_the_pairs_money_is_money_and_dollars_are_usdt():
    assert read(amount="100", unit="USDT") == read(amount="100", unit="USD") == (Order(D(100)), "")


def test_dollars_are_no_other_money():
    found, note = read(key=PairKey("POL", "EUR"), amount="100", unit="USD")
    assert found == TOP and note == "The amount is left out: what USD is worth in EUR is not known."


def test_other_money_is_converted_and_said():
    found, note = read(amount="100", unit="EUR", rates={"EUR": D("1.08456")})
    assert found == Order(D("108.456000")) and note == "100 EUR are 108.46 USDT by today's rate."


def test_the_amount_of_another_coin_of_the_question_is_none_of_this_one():
    assert read(amount="2", unit="ETH", assets=("POL", "ETH")) == (TOP, "")


@pytest.mark.parametrize(("q", "spans", "unit", "note"), [
    ("5000 pol", (Span(0, 4, "amount", "5000"), Span(5, 8, "asset", "POL")), "base", "5,000 was read as 5,000 POL, not 5,000 USDT."),
    ("5000pol", (Span(0, 4, "amount", "5000"), Span(4, 7, "asset", "POL")), "base", "5,000 was read as 5,000 POL, not 5,000 USDT."),
    ("5000 of pol", (Span(0, 4, "amount", "5000"), Span(8, 11, "asset", "POL")), "quote", "5,000 was read as 5,000 USDT, not 5,000 POL."),
    ("pol 5000", (Span(4, 8, "amount", "5000"), Span(0, 3, "asset", "POL")), "quote", "5,000 was read as 5,000 USDT, not 5,000 POL."),
    ("5000 eth", (Span(0, 4, "amount", "5000"), Span(5, 8, "asset", "ETH")), "quote", "5,000 was read as 5,000 USDT, not 5,000 POL."),
    ("x", (), "quote", "5,000 was read as 5,000 USDT, not 5,000 POL."),
])  # fmt: skip
def test_without_a_unit_it_is_coins_right_before_the_coin_else_money_and_the_note_says_so(q, spans, unit, note):
    assert read(q=q, spans=spans, amount="5000") == (Order(D(5000), unit), note)


def test_a_money_sign_before_the_number_makes_it_money_whatever_follows():
    spans = (Span(0, 1, "quote", "USD"), Span(1, 5, "amount", "5000"), Span(6, 9, "asset", "POL"))
    assert read(q="$5000 pol", spans=spans, amount="5000", unit="POL") == (Order(D(5000)), "")
    behind = (Span(0, 4, "amount", "5000"), Span(5, 8, "asset", "POL"), Span(9, 12, "quote", "USD"))
    assert read(q="5000 pol usd", spans=behind, amount="5000", unit="POL") == (Order(D(5000), "base"), "")
    apart = (Span(0, 3, "quote", "USD"), Span(7, 11, "amount", "5000"), Span(12, 15, "asset", "POL"))
    assert read(q="usd or 5000 pol", spans=apart, amount="5000", unit="POL") == (Order(D(5000), "base"), "")


# --- Several amounts, several coins -------------------------------------------------------------------------------
ETH = Coin("ETH", "ETH", "ETH")


def spans(q, **slots):
    """The spans of these words of a text, in its order: {word: slot, value}."""
    found = [Span(q.index(word), q.index(word) + len(word), slot, value) for word, (slot, value) in slots.items()]
    return {"q": q, "spans": tuple(sorted(found, key=lambda span: span.start))}


def test_of_several_amounts_each_is_of_the_coin_it_stands_before():
    asked = spans("2 eth and 3 pol", **{"2": ("amount", "2"), "eth": ("asset", "ETH"), "3": ("amount", "3"), "pol": ("asset", "POL")})
    fields = asked | {"amount": "2", "unit": "ETH", "assets": ("ETH", "POL"), "rates": {"ETH": D(3000)}}
    assert read(ETH, PairKey("ETH", "USDT"), **fields) == (Order(D(2), "base"), "") and read(**fields) == (Order(D(3), "base"), "")
    money = spans("9 usdt of eth, 5 usdt of pol", **{"9": ("amount", "9"), "eth": ("asset", "ETH"), "5": ("amount", "5"), "pol": ("asset", "POL")})
    money["spans"] = (*money["spans"], Span(2, 6, "quote", "USDT"), Span(17, 21, "quote", "USDT"))
    fields = money | {"amount": "9", "unit": "USDT", "assets": ("ETH", "POL")}
    assert read(ETH, PairKey("ETH", "USDT"), **fields) == (Order(D(9)), "") and read(**fields) == (Order(D(5)), "")
    first = spans("2 eth and 3 pol", **{"2": ("amount", "2"), "eth": ("asset", "ETH"), "3": ("amount", "3"), "pol": ("asset", "POL")})
    assert read(ETH, PairKey("ETH", "USDT"), **first, amount="3", unit="POL", assets=("ETH", "POL")) == (Order(D(2), "base"), "")
    signed = {"q": "$9 eth, 5 pol", "spans": (Span(0, 1, "quote", "USDT"), Span(1, 2, "amount", "9"), Span(3, 6, "asset", "ETH"), Span(8, 9, "amount", "5"),
                                              Span(10, 13, "asset", "POL"))}  # fmt: skip
    assert read(ETH, PairKey("ETH", "USDT"), **signed, amount="5", unit="POL", assets=("ETH", "POL")) == (Order(D(9)), "")


def test_a_coin_without_an_amount_beside_one_that_has_it_takes_none_of_it():
    asked = spans("2 eth and pol", **{"2": ("amount", "2"), "eth": ("asset", "ETH"), "pol": ("asset", "POL")})
    assert read(**asked, amount="2", unit="ETH", assets=("ETH", "POL"), rates={"ETH": D(3000)}) == (TOP, "")
    beside = {"2": ("amount", "2"), "eth": ("asset", "ETH"), "3": ("amount", "3"), "$sui": ("asset", "SUI"), "$pol": ("asset", "POL")}
    many = spans("2 eth, 3 $sui$pol", **beside)
    assert read(**many, amount="2", unit="ETH", assets=("ETH", "SUI", "POL")) == (TOP, "")


@pytest.mark.parametrize(("q", "side", "found"), [
    ("how many pol can i get for 2 eth", "buy", ("ETH", "POL")), ("pol for my 2 eth", None, ("ETH", "POL")), ("where to sell pol for 2 eth", "sell", None),
    ("swap 2 eth for pol", None, ("ETH", "POL")), ("i have 2 eth, how many pol is that", None, ("ETH", "POL")), ("2 eth and pol", None, None),
    ("pol and 2 eth", None, None), ("pol 2 eth", None, None), ("price of pol and my 2 eth", None, None), ("pol from 2 eth", None, ("ETH", "POL")),
    ("pol with 2 eth", None, ("ETH", "POL")), ("pol using my 2 eth", None, ("ETH", "POL")), ("pol for all my 2 eth", None, None),
])  # fmt: skip
def test_one_coin_in_exchange_for_another(q, side, found):
    asked = spans(q, **{"2": ("amount", "2"), "eth": ("asset", "ETH"), "pol": ("asset", "POL")})
    frame = {"side": side, "amount": "2", "unit": "ETH", "assets": ("ETH", "POL")}
    assert swap(Frame(**asked, **frame)) == found
    assert swap(Frame(**asked, **frame | {"unit": "USDT"})) is None and swap(Frame(**asked, **frame | {"assets": ("ETH", "POL", "SUI")})) is None
    twice = {"q": q, "spans": (*asked["spans"], asked["spans"][-1], Span(len(q), len(q), "amount", "3"))}
    assert swap(Frame(**twice, **frame)) is None


@pytest.mark.parametrize("missing", ["eth", "pol"])
def test_a_coin_that_was_chosen_by_hand_stands_nowhere_in_the_question(missing):
    asked = spans("pol for 2 eth", **{"2": ("amount", "2"), "eth": ("asset", "ETH"), "pol": ("asset", "POL")})
    there = tuple(span for span in asked["spans"] if span.value != missing.upper())
    assert swap(Frame(q=asked["q"], spans=there, amount="2", unit="ETH", assets=("ETH", "POL"))) is None


def test_what_is_given_for_a_coin_is_worth_money():
    asked = spans("how many pol for 2 eth", **{"2": ("amount", "2"), "eth": ("asset", "ETH"), "pol": ("asset", "POL")})
    found, note = read(**asked, amount="2", unit="ETH", assets=("POL", "ETH"), rates={"ETH": D(3000)})
    assert found == Order(D(6000)) and note == "2 ETH are 6,000 USDT by today's rate."
