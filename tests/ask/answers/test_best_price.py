"""The best price in words: at the top and at amounts, everywhere and on one exchange, and where there is none."""

from datetime import timedelta

import pytest

from markets.analysis.amounts import Order
from markets.analysis.best import Terms
from markets.analysis.cross import Peg
from markets.ask import text
from markets.ask.answer import Column
from markets.ask.answers.best_price import BestPrice
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import POL, cells, inputs, one, route
from tests.markets.analysis.boards import NOW, D, quote, quotes
from tests.markets.analysis.scenes import ladder

TICK = {"tick_size": D("0.01")}


def market(**more):
    """Ada is cheapest to buy on, Cid dearest to sell on; all at a fee of 0.1 %."""
    return {
        "ada": quote("ada", 1, bid=D("99.98"), ask=D("100.00"), age=3, **TICK), "bea": quote("bea", 1, bid=D("100.05"), ask=D("100.10"), age=12, **TICK),
        "cid": quote("cid", 1, bid=D("100.40"), ask=D("100.50"), age=9, **TICK),
    } | more


STALE = quote("cid", 1, bid=D("100.40"), ask=D("100.50"), age=240, **TICK)
FUTURE = quote("cid", 1, bid=D("100.40"), ask=D("100.50"), exchange_ts=NOW + timedelta(seconds=90), **TICK)


def ask(found=None, side="buy", way=None, order=None, books=None, **fields):
    about = {name: fields.pop(name) for name in ("both", "only", "notes", "late", "worth", "coin", "peg") if name in fields}
    terms = Terms(side, order=order) if order else Terms(side)
    finding = BestPrice(inputs=inputs(found or market(), terms=terms, books=books), **{"coin": POL} | about)
    frame = Frame(**{"q": "x", "intent": "best_price", "assets": ("POL",), "side": None if about.get("both") else side} | fields)
    return one(frame, way or route(exchanges=("ada", "bea", "cid")), finding)


def said(*args, **fields):
    return text.plain(ask(*args, **fields)).splitlines()


# --- Everywhere ---------------------------------------------------------------------------------------------------
def test_buying():
    assert said() == [
        "POL - best price to buy: Ada 100.00 USDT",
        "  Ada  100.00   best",
        "  Bea  100.10   +0.10 %",
        "  Cid  100.50   +0.50 %",
        "Price range 0.50 %. After taker fees (0.1 % + 0.1 %) up to 0.20 % is left for 900 POL if both books hold.",
        "3 of 3 exchanges, oldest price 12 s.",
    ]


def test_selling():
    assert said(side="sell") == [
        "POL - best price to sell: Cid 100.40 USDT",
        "  Cid  100.40   best",
        "  Bea  100.05   −0.35 %",
        "  Ada   99.98   −0.42 %",
        "Price range 0.42 %. After taker fees (0.1 % + 0.1 %) up to 0.20 % is left for 900 POL if both books hold.",
        "3 of 3 exchanges, oldest price 12 s.",
    ]


def test_the_table_tells_more_than_plain_text_does():
    answer = ask(both=True)
    assert [(c.name, c.phone) for c in answer.table.columns] == [
        ("exchange", True), ("ask", True), ("vs_best", True), ("net_price", False), ("fee_pct", False), ("other", False), ("age_s", False),
    ]
    assert [c.title for c in answer.table.columns][1:] == ["Ask, USDT", "Against best, after fee", "After fee, USDT", "Fee", "Bid, USDT", "Age"]
    assert cells(answer, "net_price") == ["100.1000", "100.2001", "100.6005"] and cells(answer, "other") == ["99.98", "100.05", "100.40"]
    assert cells(answer, "fee_pct") == ["0.1 %"] * 3 and cells(answer, "age_s") == ["3 s", "12 s", "9 s"]
    assert [row[2].value for row in answer.table.rows] == ["0", "0.1", "0.5"] and answer.table.more == 0
    assert [c.name for c in ask(side="sell").table.columns][1] == "bid"


def test_without_a_side_the_best_place_to_sell_is_told_last():
    assert said(both=True)[-1] == "Best to sell: Cid 100.40 USDT."
    assert (ask(both=True).value, ask(side="sell").value) == (D("100.00"), D("100.40"))


def test_nothing_left_after_fees_is_said_plainly():
    assert said(quotes(100, 100.01, **TICK))[-2] == "Price range 0.01 %. After taker fees (0.1 % + 0.1 %) nothing is left."


def test_hardly_anything_left_is_nothing():
    # Net 0.0040 %: written with two digits it would be 0.00 %.
    found = {"ada": quote("ada", 1, bid=D("99.9"), ask=D(100), **TICK), "bea": quote("bea", 1, bid=D("100.2043"), ask=D("100.21"), **TICK)}
    assert "nothing is left" in said(found)[-2]
    found["bea"] = quote("bea", 1, bid=D("100.2063"), ask=D("100.21"), **TICK)
    assert "up to 0.01 % is left" in said(found)[-2]


def test_a_missing_fee_leaves_the_net_unknown():
    lines = said({name: quote(name, 100, taker_fee=None, **TICK) for name in ("ada", "bea")})
    assert lines[-2] == "Price range 0.00 %. What is left after fees is not known: a fee is missing."


def test_a_size_that_is_not_known_is_not_told():
    found = market(cid=quote("cid", 1, bid=D("100.40"), ask=D("100.50"), bid_size=None, **TICK))
    assert said(found)[-2].endswith("up to 0.20 % is left if both books hold.")


def test_the_digits_are_those_of_the_finest_tick_that_counts():
    fine = {"ada": quote("ada", 100, tick_size=D("0.000001")), "bea": quote("bea", 101, tick_size=D("0.01"))}
    assert cells(ask(fine), "net_price") == ["100.125025", "101.126275"] and cells(ask(fine), "ask") == ["100.025000", "101.025250"]
    assert ask(market(dot=quote("dot", 100, age=300, tick_size=D("0.000001")))).sentence == "Ada 100.00 USDT"  # a price too old to count sets none
    old = {"ada": quote("ada", 101, age=300, tick_size=D(1))}
    assert "Ada 101 USDT" in ask(old, order=Order(D(2), "base"), way=route(exchanges=("ada",))).lines[-1]


def test_what_is_left_is_told_from_half_of_a_hundredth_percent():
    found = {"ada": quote("ada", 1, bid=D(99), ask=D(100), taker_fee="0", **TICK), "bea": quote("bea", 1, bid=D("100.005"), ask=D(101), taker_fee="0", **TICK)}
    assert "% is left" in said(found)[-2]


def test_where_nobody_sells_as_much_there_is_nothing_between_the_two_sides():
    books = {"ada": ladder("ada", [("99.98", 900)], [("100.00", 90_000)])}
    found = {"ada": market()["ada"]}
    assert ask(found, order=Order(D(1000), "base"), books=books, way=route(exchanges=("ada",))).lines[0] == "1 of 1 exchange, oldest price 3 s."


def test_fees_that_change_the_winner_are_pointed_out():
    found = market(ada=quote("ada", 1, bid=D("99.98"), ask=D("100.00"), taker_fee="0.003", **TICK))
    lines = said(found)
    assert lines[0] == "POL - best price to buy: Bea 100.10 USDT" and lines[2] == "  Ada  100.00   +0.10 %"
    assert lines[-1] == "Fees change the winner: before fees Ada is cheapest, after fees Bea."


def test_only_so_many_rows():
    answer = ask(limit=2)
    assert cells(answer, "exchange") == ["Ada", "Bea"] and answer.table.more == 1


def test_equal_prices_are_all_best():
    assert cells(ask(quotes(100, 100, 101)), "vs_best")[:2] == ["best", "best"]


@pytest.mark.parametrize(("op", "value", "line"), [
    ("<", "100.01", "Yes: 100.00 is below 100.01."), ("<", "100", "No: 100.00 is not below 100."), (">", "99.5", "Yes: 100.00 is above 99.5."),
    (">", "1000", "No: 100.00 is not above 1,000."), (">", "100", "No: 100.00 is not above 100."),
])  # fmt: skip
def test_whether_the_price_passes_a_limit(op, value, line):
    assert {ask(threshold=Threshold(op, value, unit)).lines[0] for unit in ("", "usd", "USD", "usdt", "USDT")} == {line}


def test_a_limit_of_another_kind_is_none_of_the_price():
    assert ask(threshold=Threshold("<", "5", "bps")).lines == ask().lines


def test_a_currency_nobody_trades_it_in_is_converted_and_the_note_says_so():
    note = "No exchange I watch lists POL/EUR: this is POL/USDT."
    answer = ask(worth=("EUR", D("0.9")), notes=(note,))
    assert answer.lines[-1] == "100.00 USDT are about 90.0000 EUR by today's rate." and answer.notes == (note,)


def test_a_changed_unit_is_said():
    coin = Coin("AAA", "POL", "POL", "", "AAA", "AAA is now called POL: 1 AAA became 1000 POL. Prices are for one POL.")
    answer = ask(coin=coin)
    assert answer.title == "AAA (now POL) - best price to buy" and answer.notes == (coin.note,)


def test_without_a_fee_the_distance_is_that_of_the_prices():
    found = {"ada": quote("ada", 1, bid=D(99), ask=D(100), taker_fee=None, **TICK), "bea": quote("bea", 1, bid=D(99), ask=D(101), taker_fee=None, **TICK)}
    assert cells(ask(found), "vs_best") == ["best", "+1.00 %"]
    one = found | {"ada": quote("ada", 1, bid=D(99), ask=D(100), **TICK)}
    assert cells(ask(one), "vs_best") == ["best", "+1.00 %"]
    assert ask(found, order=Order(D(2), "base"), both=True).lines[-1] == "Best to sell: Ada 99.0000 USDT."


def test_exchanges_that_are_named_narrow_the_address():
    assert ask(exchanges=("ada", "bea"), way=route(exchanges=("ada", "bea"))).page == "/compare/POL-USDT/?exchange=ada,bea"
    assert ask(order=Order(D("2.50"), "base")).page == "/compare/POL-USDT/?amount=2.5&unit=base"


# --- How far it can be trusted ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("exchanges", "grade"), [(("ada", "bea", "cid"), "A"), (("ada", "bea"), "B"), (("ada",), "C")])
def test_the_grade_is_no_better_than_the_exchanges_that_count_allow(exchanges, grade):
    assert ask({name: market()[name] for name in exchanges}).grade == grade


def test_who_does_not_fill_the_order_does_not_count_for_the_grade():
    assert ask(order=Order(D(10_000), "base"), books=BOOKS).grade == "C"  # one fills it
    assert ask(order=Order(D(10**9), "base"), books=BOOKS).grade == "D"


# --- The other end ------------------------------------------------------------------------------------------------
def test_the_dearest_place_to_buy():
    answer = ask(topic="dearest", both=True)
    assert answer.title == "POL - worst price to buy"
    assert answer.sentence == "Dearest: Cid 100.50 USDT, 0.50 % dearer than the best after fees: Ada 100.00 USDT"
    assert cells(answer, "exchange") == ["Cid", "Bea", "Ada"] and cells(answer, "vs_best") == ["+0.50 %", "+0.10 %", "best"] and answer.value == D("100.50")
    assert ask(topic="worst").sentence == answer.sentence and cells(ask(topic="worst", limit=1), "exchange") == ["Cid"]


def test_the_worst_place_to_sell_pays_least_and_the_dearest_is_the_best():
    answer = ask(side="sell", topic="worst")
    assert answer.title == "POL - worst price to sell" and answer.value == D("99.98")
    assert answer.sentence == "Pays least: Ada 99.98 USDT, 0.42 % less than the best after fees: Cid 100.40 USDT"
    assert ask(side="sell", topic="dearest").sentence == "Cid 100.40 USDT"


def test_fees_say_who_is_dearest():
    found = market(ada=quote("ada", 1, bid=D("99.98"), ask=D("100.00"), taker_fee="0.009", **TICK))
    assert ask(found, topic="worst").sentence == "Dearest: Ada 100.00 USDT, 0.70 % dearer than the best after fees: Bea 100.10 USDT"


def test_the_worst_is_one_that_fills_the_order():
    answer = ask(topic="worst", order=Order(D(1000), "base"), books=BOOKS)
    assert cells(answer, "exchange") == ["Bea", "Ada", "Cid"] or cells(answer, "exchange") == ["Ada", "Bea", "Cid"]
    assert cells(answer, "vs_best")[2] == "depth not known" and answer.sentence.startswith(f"Dearest: {cells(answer, 'exchange')[0]} ")


BARELY = {name: quote(name, 1, bid=D(99), ask=D(ask), tick_size=D("0.001")) for name, ask in (("ada", "100"), ("bea", "100.005"))}


def test_where_one_counts_or_all_are_the_same_nobody_is_called_worse():
    assert ask(quotes(100), topic="worst").sentence == "Only one exchange counts, so none is worse: Ada 100.0250 USDT"
    assert "practically the same as the best after fees" in ask(quotes(100, 100), topic="worst").sentence
    assert "% dearer than the best after fees" in ask(BARELY, topic="worst").sentence
    assert ask(quotes(100, 130), topic="worst").title == "POL - best price to buy" and alone("cid", topic="worst").sentence == "Cid 100.50 USDT"


# --- Amounts ------------------------------------------------------------------------------------------------------
BOOKS = {
    "ada": ladder("ada", [("99.98", 900), ("99.90", 5000)], [("100.00", 900), ("100.20", 5000)]),
    "bea": ladder("bea", [("100.05", 90_000)], [("100.10", 90_000)]),
}


def test_an_amount_says_how_old_the_oldest_book_is_that_it_was_walked_through():
    order = Order(D(1000), "base")
    answer = ask(order=order, books=BOOKS)
    compared = inputs(market(), terms=Terms("buy", order=order), books=BOOKS).compared(answer.as_of)
    ages = [row.deal.book_age_s for row in compared.rows if row.deal.fills]
    assert [line for line in answer.lines if "order books" in line] == [f"Walked through order books, the oldest {int(max(filter(None, ages)))} s old."]
    assert not any("order books" in line for line in ask(order=Order(D(1), "base"), books=BOOKS).lines)


def test_an_amount_of_coins():
    lines = said(order=Order(D(2), "base"), both=True)
    assert lines[0] == "POL - best price to buy 2 POL: Ada 100.0000 USDT on average: 2 POL cost 200.2 USDT after the 0.1 % fee"
    assert lines[1:4] == ["  Ada  100.0000   best", "  Bea  100.1000   +0.10 %", "  Cid  100.5000   +0.50 %"]
    assert lines[-1] == "Best to sell: Cid 100.4000 USDT on average; 2 POL bring 200.6 USDT after the 0.1 % fee."


@pytest.mark.parametrize(("amount", "unit", "says"), [
    ("0.000000000001", "base", " 0.000000000001 POL"), ("0.00000000001", "quote", " for 0.00000000001 USDT"), ("0.123456789", "base", " 0.12345679 POL"),
])  # fmt: skip
def test_little_of_something_is_not_nothing(amount, unit, says):
    assert ask(order=Order(D(amount), unit)).title == f"POL - best price to buy{says}"


def test_an_amount_of_money():
    answer = ask(order=Order(D(1000)))
    assert answer.title == "POL - best price to buy for 1,000 USDT"
    assert answer.sentence == "Ada 100.0000 USDT on average: 1,000 USDT buy 9.99000999 POL after the 0.1 % fee"
    assert answer.table.columns[5] == Column("comes_to", "Comes to, POL", True, False) and cells(answer, "comes_to")[0] == "9.99000999"
    assert answer.table.columns[5].phone is False
    assert answer.page == "/compare/POL-USDT/?amount=1000" and answer.api == "/api/v1/compare/POL-USDT/?amount=1000"


def test_selling_coins_comes_to_money():
    answer = ask(side="sell", order=Order(D(2), "base"))
    assert answer.sentence == "Cid 100.4000 USDT on average: 2 POL bring 200.6 USDT after the 0.1 % fee"
    assert [c.title for c in answer.table.columns][5] == "Comes to, USDT" and cells(answer, "comes_to") == ["200.6", "199.9", "199.76"]
    assert answer.page == "/compare/POL-USDT/?side=sell&amount=2&unit=base"


def test_who_cannot_fill_comes_last_with_what_it_fills():
    lines = said(order=Order(D(10_000), "base"), books=BOOKS)
    assert lines[0].startswith("POL - best price to buy 10,000 POL: Bea 100.1000 USDT on average: 10,000 POL cost 1,002,001 USDT")
    assert lines[2:4] == ["  Cid         –   depth not known", "  Ada         –   fills 59 %"]
    assert cells(ask(order=Order(D(10_000), "base"), books=BOOKS), "comes_to") == ["1,002,001", "–", "–"]


def test_nobody_fills_it():
    answer = ask(order=Order(D(10**9), "base"), books=BOOKS)
    assert answer.kind == "partial" and answer.value is None
    assert answer.sentence == "No exchange is known to fill 1,000,000,000 POL. Bea's book holds most, less than 1 % of it."
    assert answer.notes == () and answer.lines[-1] == "Before fees the best price is Ada 100.0000 USDT for up to 900 POL."
    wide = market(cid=quote("cid", 1, bid=D("100.40"), ask=D("100.50"), bid_size=700, **TICK))
    sold = ask(wide, side="sell", order=Order(D(10**9), "base"), books=BOOKS)
    assert sold.lines[-1] == "Before fees the best price is Cid 100.4000 USDT for up to 700 POL."
    unsized = {name: quote(name, 100, ask_size=None) for name in ("ada", "bea")}
    assert ask(unsized, order=Order(D(2), "base")).lines[-1] == "Before fees the best price is Ada 100.0250 USDT."


def test_what_else_there_is_to_say_where_nobody_fills_it_is_a_note():
    answer = ask({"ada": quote("ada", 100)}, order=Order(D(10**9), "base"), way=route(exchanges=("ada",)))
    assert answer.sentence == "No exchange is known to fill 1,000,000,000 POL." and answer.notes == ("A single source: no cross-check is possible.",)


def test_below_the_smallest_order():
    found = market(ada=quote("ada", 1, bid=D("99.98"), ask=D(100), min_notional=D(500), **TICK))
    assert "  Ada         –   below its minimum" in said(found, order=Order(D(20)))


def test_a_cost_without_a_fee_is_before_fees():
    found = {name: quote(name, 100, half="0", taker_fee=None, **TICK) for name in ("ada", "bea")}
    assert ask(found, order=Order(D(2), "base")).sentence == "Ada 100.0000 USDT on average: 2 POL cost 200 USDT before fees"
    assert ask(found, side="sell", order=Order(D(2), "base")).sentence == "Ada 100.0000 USDT on average: 2 POL bring 200 USDT before fees"


def test_small_money_keeps_its_digits():
    assert "0.5005 USDT after" in ask(order=Order(D("0.005"), "base")).sentence


def test_books_that_did_not_come_make_it_partial():
    answer = ask(order=Order(D(2), "base"), late=("bea",))
    assert answer.kind == "partial" and answer.notes == ("The order book of Bea did not arrive in time.",)
    assert ask(late=("bea", "cid")).notes == ("The order books of Bea and Cid did not arrive in time.",)


# --- One exchange -------------------------------------------------------------------------------------------------
def alone(only, found=None, side="buy", left=(), **fields):
    """A question about one exchange: the others were not asked for."""
    others = [(slug, "not_asked", "") for slug in ("ada", "bea", "cid") if slug != only]
    return ask(found, side, route(exchanges=("ada", "bea", "cid"), left=[*others, *left]), only=only, exchanges=(only,), **fields)


def test_the_price_on_one_exchange_and_how_it_stands():
    answer = alone("cid", both=True)
    assert (answer.title, answer.sentence) == ("POL - price on Cid", "Cid 100.50 USDT to buy, 100.40 USDT to sell")
    assert answer.lines == ("Best of 3 exchanges: Ada 100.00 USDT. Cid is 0.50 % dearer.", "Price range 0.50 %.", "3 of 3 exchanges, oldest price 12 s.")
    assert answer.value == D("100.50") and answer.page == "/compare/POL-USDT/"


def test_on_one_exchange_with_a_side():
    assert (alone("bea").title, alone("bea").sentence) == ("POL - price to buy on Bea", "Bea 100.10 USDT")
    sold = alone("ada", side="sell")
    assert (sold.title, sold.sentence) == ("POL - price to sell on Ada", "Ada 99.98 USDT")
    assert sold.lines[0] == "Best of 3 exchanges: Cid 100.40 USDT. Ada is 0.42 % less."


def test_on_one_exchange_at_an_amount():
    answer = alone("bea", order=Order(D(2), "base"))
    assert answer.title == "POL - price to buy 2 POL on Bea"
    assert answer.sentence == "Bea 100.1000 USDT on average: 2 POL cost 200.4 USDT after the 0.1 % fee"


def test_on_one_exchange_that_is_not_known_to_fill_the_amount():
    answer = alone("ada", order=Order(D(10_000), "base"), books=BOOKS, both=True)
    assert answer.title == "POL - price of 10,000 POL on Ada" and answer.kind == "partial"
    assert answer.sentence == "Ada is not known to fill 10,000 POL: its best price is 100.0000 USDT"
    assert alone("ada", order=Order(D(10_000_000))).sentence.startswith("Ada is not known to fill 10,000,000 USDT: ")
    assert alone("cid", order=Order(D(3000), "base"), books=BOOKS).lines[0] == "Best of 3 exchanges after fees: Bea 100.1000 USDT."
    assert alone("ada", order=Order(D(1000)), both=True).title == "POL - price for 1,000 USDT on Ada"


def test_on_one_exchange_whose_book_makes_an_amount_dearer_than_its_best_price():
    assert alone("ada", order=Order(D(3000), "base"), books=BOOKS).lines[0] == "Best of 3 exchanges: Bea 100.1000 USDT. Ada is 0.04 % dearer."


# --- Stablecoins --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("state", "off", "says"), [
    ("pegged", "0.02", "USDT holds its peg: 0.02 % above the median of the other stablecoins."),
    ("wobbling", "-0.6", "USDT wobbles around its peg: 0.60 % below the median of the other stablecoins."),
    ("depegged", "-5", "USDT has lost its peg: 5.00 % below the median of the other stablecoins."),
    ("unknown", None, "Whether USDT holds its peg is not known."), ("unknown", "0.1", "Whether USDT holds its peg is not known."),
    ("pegged", "0", "USDT holds its peg: 0.00 % above the median of the other stablecoins."),
])  # fmt: skip
def test_whether_a_stablecoin_holds_comes_first_where_that_is_asked(state, off, says):
    peg = Peg(ticker="USDT", fiat="USD", state=state, deviation_pct=D(off) if off else None)
    assert ask(peg=peg, topic="peg").sentence == f"{says} POL/USDT: Ada 100.00 USDT" and says not in ask(peg=peg, topic="peg").lines
    assert ask(peg=peg).sentence == "Ada 100.00 USDT" and ask(peg=peg).lines[0] == says and ask(topic="peg").sentence == "Ada 100.00 USDT"


def test_the_one_exchange_is_the_best_or_the_only_one():
    assert alone("ada").lines[0] == "That is the best of 3 exchanges."
    assert alone("ada", quotes(100)).lines[0] == "It is the only exchange with a usable price."
    assert alone("ada", quotes(100, "100.1")).lines[0] == "That is the best of 2 exchanges."


def test_the_one_exchange_is_practically_the_same():
    found = market(bea=quote("bea", 1, bid=D("99.9"), ask=D("100.004"), tick_size=D("0.001")))
    assert alone("bea", found).lines[0] == "Best of 3 exchanges: Ada 100.000 USDT. Bea is practically the same."
    assert alone("bea", BARELY).lines[0].endswith("% dearer.")


def test_the_one_exchange_is_only_worse_after_fees():
    found = market(ada=quote("ada", 1, bid=D("99.98"), ask=D("100.00"), taker_fee="0.003", **TICK))
    assert alone("ada", found).lines[0] == "Best of 3 exchanges after fees: Bea 100.10 USDT."


def test_the_one_exchange_is_old_or_in_doubt():
    answer = alone("cid", market(cid=STALE))
    assert (answer.kind, answer.sentence) == ("partial", "Cid 100.50 USDT, but that does not count: stale (4 m)")
    assert answer.lines[0] == "Best of 2 exchanges: Ada 100.00 USDT." and answer.lines[-1] == "2 of 3 exchanges, oldest price 12 s. Cid: stale (4 m)."
    halted = alone("cid", market(cid=quote("cid", 1, bid=D("100.40"), ask=D("100.50"), status="halted", **TICK)))
    assert halted.sentence == "Cid 100.50 USDT, but that does not count: trading is halted"
    coded = alone("cid", market(cid=quote("cid", 1, bid=D("100.40"), ask=D("100.50"), switch="under_repair", **TICK)))
    assert coded.sentence == "Cid 100.50 USDT, but that does not count: under repair"  # a reason without words of its own is told by its code


def test_the_one_exchange_is_off_or_does_not_list_it():
    off = alone("bea", {name: q for name, q in market().items() if name != "bea"}, left=[("bea", "disabled", "switched off by an operator")])
    assert (off.kind, off.sentence) == ("nothing", "Bea: switched off by an operator.") and off.lines[0] == "Best of 2 exchanges: Ada 100.00 USDT."
    absent = alone("bea", {name: q for name, q in market().items() if name != "bea"})
    assert (absent.kind, absent.sentence) == ("nothing", "Bea does not list POL/USDT.")


def test_the_limit_is_that_of_the_one_exchange():
    assert alone("cid", threshold=Threshold("<", "100.2")).lines[0] == "No: 100.50 is not below 100.2."


# --- Nothing ------------------------------------------------------------------------------------------------------
def test_no_usable_price_shows_the_last_one_with_its_age():
    answer = ask({"ada": quote("ada", 100, age=300, **TICK), "bea": quote("bea", 101, age=200, **TICK)}, way=route(exchanges=("ada", "bea")))
    assert (answer.kind, answer.sentence, answer.table, answer.grade) == ("nothing", "No exchange has a usable price right now.", None, "D")
    assert answer.lines == ("0 of 2 exchanges. Ada: stale (5 m). Bea: stale (3 m 20 s).", "Last seen: Bea 101.03 USDT, 3 m 20 s ago.")
    assert (answer.value, answer.max_age_s, answer.sources) == (None, None, ())
    half = {"ada": quote("ada", 100, age=300, **TICK), "bea": quote("bea", 101, ask=None, age=200, **TICK)}
    assert ask(half, way=route(exchanges=("ada", "bea"))).lines[-1] == "Last seen: Ada 100.02 USDT, 5 m ago."


def test_nobody_lists_it_any_more():
    way = route(exchanges=("ada",))
    answer = one(Frame("x", intent="best_price"), way, BestPrice(coin=POL, inputs=inputs({})))
    assert answer.kind == "nothing" and answer.lines == ("0 of 1 exchange. Ada: no POL/USDT market.",)


def test_two_that_disagree_have_no_best_price():
    answer = ask(quotes(100, 130))
    assert answer.kind == "nothing" and answer.grade == "D"
    assert answer.sentence == "The exchanges disagree by 30.00 %, and two are too few to say who is right: no best price."


def test_ageing_prices_are_ranked_where_nothing_is_fresh():
    answer = ask({"ada": quote("ada", 100, age=45), "bea": quote("bea", 100.1, age=50)})
    assert answer.grade == "C" and "No fresh price exists: ageing ones are ranked instead." in answer.notes and answer.max_age_s == 50
