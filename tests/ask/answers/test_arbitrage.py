"""What is left between exchanges, in words."""

import pytest
from msgspec.structs import replace

from markets.analysis.arbitrage import Way
from markets.analysis.classes import Facts
from markets.ask import text
from markets.ask.answer import Left
from markets.ask.answers.arbitrage import Gaps, Others
from markets.ask.answers.common import Coin
from markets.ask.answers.gap import Pair
from markets.ask.frame import Frame
from markets.board import PairKey
from tests.ask.answers.build import MATIC, cells, one, route
from tests.ask.answers.test_gap import GAP, QUOTES, TERMS, pair
from tests.markets.analysis.boards import D
from tests.markets.analysis.scenes import POL, at, ladder

BACK = replace(GAP, buy="bea", sell="ada")
DOUBTED = replace(GAP, facts=Facts(snapshots=1, clocks={"ada": 100.0}))
OTHERS = (Others(kind="suspect", code="conflicted", count=3), Others(kind="unconfirmed", code="books_awaited", count=2),
          Others(kind="unconfirmed", code="skew", count=1))  # fmt: skip
PROFIT = "How far prices are apart is not profit: this is what is left after taker fees, if both books hold."


def ask(*gaps, frame=None, way=None, pairs=None, terms=TERMS, **more):
    given = {"coins": (MATIC,), "total": len(gaps), "tickers": {"POL": "POL"}} | more
    finding = Gaps(gaps=gaps, pairs=pairs or (pair(),), terms=terms, **given)
    return one(Frame(**{"q": "x", "intent": "arbitrage", "assets": ("MATIC",)} | (frame or {})), way or route("arbitrage", ("ada", "bea", "cid")), finding)


# --- What pays ----------------------------------------------------------------------------------------------------
def test_a_gap_that_pays():
    assert text.plain(ask(GAP)).splitlines() == [
        "MATIC (now POL) - arbitrage: 1 gap pays after fees; best: POL from Ada to Bea leaves 0.15 % for up to 2,874.87 USDT, a profit of 4.42 USDT.",
        "  POL from Ada to Bea  0.15 %   4.42 USDT",
        "Buy POL at 0.82000 USDT on Ada, sell POL at 0.82410 USDT on Bea: 0.50 % before fees, taker fees 0.1 % + 0.1 %.",
        "If the coins are sent (ERC20, 1.5 POL) 0.11 % is left; in 10 minutes the price usually moves by 0.25 %.",
        "Looked at 3 exchanges, oldest price shown 2 s.",
        PROFIT,
    ]


def test_its_figures():
    answer = ask(GAP)
    assert (answer.kind, answer.grade, answer.unit, answer.max_age_s, answer.method) == ("answer", "A", "%", 2, "1") and round(answer.value, 4) == D("0.1536")
    assert (answer.page, answer.api) == ("/arbitrage/?base=POL", "/api/v1/arbitrage/?base=POL")
    assert [cell.text for cell in answer.table.rows[0]][3:] == ["0.82000", "0.82410", "50.0 bps", "2.87K USDT", "executable", "2 s"]
    assert [(u.exchange, u.age_s, u.state) for u in answer.sources] == [("ada", 2, "fresh"), ("bea", 2, "fresh")]


def test_several_gaps_with_what_is_not_told():
    answer = ask(GAP, replace(GAP, sell="cid"), total=7, others=OTHERS, filtered=2)
    assert answer.sentence.startswith("7 gaps pay after fees; best: POL from Ada to Bea ") and answer.table.more == 5
    assert answer.lines[2] == ("Not told as gaps: 3 unconfirmed (books awaited 2, skew 1), 3 suspect (conflicted 3). "
                               "2 pay after fees, but less than you asked for.")  # fmt: skip


def test_the_profit_of_a_row_is_a_figure_as_it_is_written():
    answer = ask(GAP)
    at = next(at for at, column in enumerate(answer.table.columns) if column.name == "profit")
    assert {row[at].value for row in answer.table.rows} <= {figure.value for figure in answer.figures}


def test_at_an_amount():
    answer = ask(GAP, terms=replace(TERMS, amount=D(100)))
    assert answer.sentence.endswith("POL from Ada to Bea leaves 0.30 % of 100 USDT, a profit of 0.2992008 USDT; it pays up to 2,874.87 USDT.")
    assert answer.lines[1].startswith("If the coins are sent (ERC20, 1.5 POL) nothing is left; ") and answer.page == "/arbitrage/?base=POL&amount=100"
    assert " 0.09 % is left; " in ask(GAP, terms=replace(TERMS, amount=D(600))).lines[1]  # less than one, but something
    assert ask(GAP, terms=replace(TERMS, amount=D("33.3333"))).page == "/arbitrage/?base=POL&amount=33.33"
    assert ask(GAP, asked=True, terms=replace(TERMS, amount=D(100))).page == "/arbitrage/POL-USDT/?buy=ada&sell=bea&amount=100"


def even(bid, fee="0", **more):
    """One coin is bought at 1 on Ada and sold at `bid` on Bea, which ask for no fee; all of it can be traded."""
    found = tuple(at(b, a, name, taker_fee=fee, size=101) for name, b, a in (("ada", "0.9999", "1"), ("bea", bid, str(D(bid) + D("0.0001")))))
    return {"pairs": (pair(quotes=found, books=()),), **more}


def test_what_a_withdrawal_fee_eats_up_leaves_nothing():
    books = (ladder("ada", [("0.9999", 101)], [("1", 101)]), ladder("bea", [("1.01", 101)], [("1.0101", 101)]))
    found = even("1.01")["pairs"][0]
    sent = replace(GAP, facts=Facts(way=Way("open", "ERC20", D(1), "x"), snapshots=3))
    assert "(ERC20, 1 POL) nothing is left; " in ask(sent, pairs=(replace(found, books={book.exchange: book for book in books}),)).lines[1]


def test_half_of_a_hundredth_percent_is_nothing():
    answer = ask(DOUBTED, asked=True, **even("1.00005"))
    assert answer.sentence.startswith("Nothing is left after fees. ") and len(answer.lines) == 2
    assert "would leave 0.01 %" in ask(DOUBTED, asked=True, **even("1.00006")).sentence


@pytest.mark.parametrize("way", [None, Way("unknown", detail="x"), Way("open", "ERC20", None, "x")])
def test_nothing_is_said_of_sending_where_the_way_or_its_fee_is_not_known(way):
    assert len(ask(replace(GAP, facts=Facts(way=way, snapshots=3))).lines) == 2


def test_what_is_only_indicative_says_why():
    answer = ask(replace(GAP, facts=Facts(way=Way("unknown", detail="the networks are not known"), snapshots=3)), terms=replace(TERMS, mode="transfer"))
    assert answer.grade == "B" and answer.lines[1] == "The way must be known: the networks are not known."
    assert cells(answer, "class") == ["indicative"] and answer.notes == (PROFIT,)


def test_a_route_in_another_money_than_most_is_told_by_its_pair():
    key = PairKey("POL", "USDC")
    there = tuple(replace(quote, quote="USDC") for quote in QUOTES)
    answer = ask(GAP, replace(GAP, key=key), pairs=(pair(), pair(quotes=there, books=(), key=key)))
    assert cells(answer, "route") == ["POL from Ada to Bea", "POL-USDC from Ada to Bea"]


# --- By name ------------------------------------------------------------------------------------------------------
def test_a_route_by_name_that_does_not_pay():
    answer = ask(BACK, asked=True)
    assert answer.sentence == "Nothing is left after fees. POL from Bea to Ada is 0.74 % short."
    assert cells(answer, "profit") == ["nothing"] == cells(answer, "most") and answer.grade == "B" and answer.notes == ()
    assert answer.lines[0].startswith("Buy POL at 0.82430 USDT on Bea, sell POL at 0.81980 USDT on Ada: −0.55 % before fees") and len(answer.lines) == 2
    assert answer.page == "/arbitrage/POL-USDT/?buy=bea&sell=ada" and answer.api == "/api/v1/arbitrage/POL-USDT/?buy=bea&sell=ada"


def test_both_ways_by_name_with_the_better_one_first():
    answer = ask(BACK, GAP, asked=True)
    assert answer.sentence.startswith("POL from Ada to Bea leaves 0.15 %") and cells(answer, "net_pct") == ["0.15 %", "−0.74 %"]
    assert answer.page == "/arbitrage/?base=POL"


def test_a_route_in_doubt_says_why_and_what_else_does_not_hold():
    answer = ask(DOUBTED, asked=True)
    assert answer.sentence == ("POL from Ada to Bea would leave 0.15 % after fees, but it is unconfirmed: clocks must agree within 30 s: "
                               "Ada's and ours are 100 s apart.")  # fmt: skip
    assert answer.lines[1] == "The gap must last 2 snapshots in a row: 1 so far." and answer.grade == "C" and answer.notes == ()
    travels = ask(replace(GAP, facts=Facts(way=GAP.facts.way, snapshots=1)), asked=True)
    assert " it is unconfirmed: " in travels.sentence and not any("are sent" in line for line in travels.lines)


def test_a_route_between_two_coins_shows_no_figures():
    wrong = (QUOTES[0], replace(QUOTES[1], identity="conflicted"), QUOTES[2])
    answer = ask(GAP, asked=True, pairs=(pair(quotes=wrong),))
    assert answer.sentence == "Nothing can be said of POL from Ada to Bea: both prices must count: Bea POL/USDT: the same ticker names another coin here."
    assert [cell.text for cell in answer.table.rows[0]] == ["POL from Ada to Bea", *["–"] * 6, "suspect", "2 s"] and answer.value is None
    assert answer.lines == ("Looked at 3 exchanges, oldest price shown 2 s.",)


def test_a_side_without_a_price():
    answer = ask(asked=True, absent=("bea", "cid"))
    assert (answer.kind, answer.grade, answer.sentence) == ("nothing", "D", "No price on Bea or Cid counts right now.")
    assert [(each.exchange, each.reason) for each in answer.excluded] == [("bea", "no_bid_ask"), ("cid", "no_bid_ask")]
    assert answer.lines[-1] == "Looked at 3 exchanges. Bea, Cid: no price of today."


def test_sold_for_other_money():
    usdc, swap = PairKey("POL", "USDC"), PairKey("USDC", "USDT")
    pairs = (Pair(key=POL, quotes={"ada": QUOTES[0]}), Pair(key=usdc, quotes={"bea": at("0.8300", "0.8302", "bea", key=usdc)}),
             Pair(key=swap, quotes={"bea": at("0.9994", "0.9996", "bea", key=swap)}))  # fmt: skip
    answer = ask(replace(GAP, sold="USDC"), asked=True, pairs=pairs)
    assert "POL from Ada to Bea for USDC would leave 0.8" in answer.sentence and answer.page.endswith("?buy=ada&sell=bea&sold=USDC")
    assert answer.lines[0].startswith("Buy POL at 0.82000 USDT on Ada, sell POL at 0.83000 USDC on Bea, sell USDC at 0.99940 USDT on Bea: ")
    assert "taker fees 0.1 % + 0.1 % + 0.1 %" in answer.lines[0]


# --- Loops --------------------------------------------------------------------------------------------------------
def test_a_loop():
    btc, pol_btc = PairKey("BTC", "USDT"), PairKey("POL", "BTC")
    pairs = (pair(quotes=QUOTES[:1], books=()), Pair(key=btc, quotes={"ada": at("59990", "60000", "ada", key=btc, size=1)}),
             Pair(key=pol_btc, quotes={"ada": at("0.0000138", "0.0000139", "ada", key=pol_btc)}))  # fmt: skip
    loop = replace(GAP, sell="ada", turns=((POL, "buy"), (pol_btc, "sell"), (btc, "sell")))
    answer = ask(loop, pairs=pairs, loops=True, coins=(), nearest=True, frame={"exchanges": ("ada",)}, way=route("arbitrage", ("ada",)))
    assert answer.title == "Loops inside one exchange" and "USDT > POL > BTC > USDT on Ada" in answer.sentence
    assert answer.page == "/arbitrage/?kind=triangle&exchange=ada" and answer.lines[-1] == "Looked at 1 exchange, oldest price shown 2 s."


OLD = tuple(Left(slug, name, "expired", "too old") for slug, name in route("arbitrage").names.items())


# --- Nothing ------------------------------------------------------------------------------------------------------
def test_what_comes_closest():
    answer = ask(BACK, nearest=True)
    assert answer.sentence == "Nothing is left after fees. Closest: POL from Bea to Ada is 0.74 % short." and answer.kind == "answer" and answer.notes == ()


@pytest.mark.parametrize(("more", "kind", "grade", "sentence"), [
    ({}, "answer", "B", "Nothing is left after fees anywhere right now."),
    ({"filtered": 1}, "answer", "B", "Nothing passes your limit. 1 pays after fees, but less than you asked for."),
    ({"measured_off": True}, "nothing", "D", "Nothing can be said: this machine's clock and the exchanges' are too far apart."),
    ({"way": route("arbitrage", ())}, "nothing", "D", "No exchange is left to look at."),
    ({"absent": ("bea",)}, "answer", "B", "Nothing is left after fees anywhere right now."),
    ({"asked": True}, "nothing", "D", "Nothing is left after fees anywhere right now."),
    ({"missing": OLD[:1]}, "answer", "B", "Nothing is left after fees anywhere right now."),
    ({"missing": OLD}, "nothing", "D", "No exchange has a usable price right now."),
])  # fmt: skip
def test_nothing_to_tell(more, kind, grade, sentence):
    answer = ask(**more)
    assert (answer.kind, answer.grade, answer.sentence, answer.table) == (kind, grade, sentence, None)


def test_who_could_not_be_looked_at_is_told_and_not_counted():
    answer = ask(GAP, missing=(OLD[2],))
    assert answer.excluded[-1] == OLD[2] and f"{OLD[2].name}: too old." in answer.lines[-1]
    before, after = (int(each.lines[-1].split()[2]) for each in (ask(GAP), answer))
    assert after == before - 1


def test_titles():
    assert ask(coins=()).title == "Arbitrage" and ask(coins=(MATIC, Coin("BTC", "BTC", "BTC"))).title == "MATIC (now POL) and BTC - arbitrage"
    assert ask(loops=True).title == "MATIC (now POL) - loops inside one exchange"


def test_over_one_exchange_all_its_partners_were_looked_at():
    way = route("arbitrage", ("ada", "bea", "cid"), left=[("bea", "not_asked", ""), ("cid", "not_asked", "")])
    answer = ask(GAP, frame={"exchanges": ("ada",)}, way=way)
    assert answer.lines[-1].startswith("Looked at 3 exchanges, ") and answer.page == "/arbitrage/?base=POL"
    two = ask(frame={"exchanges": ("ada", "bea")}, way=route("arbitrage", ("ada", "bea", "cid"), left=[("cid", "not_asked", "")]))
    assert two.lines[-1].startswith("Looked at 2 exchanges")
    assert ask(GAP, asked=True, way=route("arbitrage", ("ada", "bea")), frame={"exchanges": ("ada", "bea")}).lines[-1].startswith("Looked at 2 exchanges, ")


def test_notes_and_what_did_not_come():
    coin = Coin("AAA", "POL", "POL", "", "AAA", "1 AAA became 1000 POL.")
    answer = ask(GAP, coins=(coin,), notes=("n",), late=("bea", "cid"))
    assert answer.kind == "partial" and answer.notes == ("1 AAA became 1000 POL.", "n", "The order books of Bea and Cid did not arrive in time.", PROFIT)
    assert ask(GAP, late=("bea",)).notes[0] == "The order book of Bea did not arrive in time."



def test_an_exchange_is_as_old_as_its_oldest_price():
    key = PairKey("POL", "USDC")
    old = tuple(replace(at(str(quote.bid), str(quote.ask), quote.exchange, key=key, age=9), bid_size=quote.bid_size) for quote in QUOTES)
    pairs = (pair(), pair(quotes=old, books=(), key=key))
    other = replace(GAP, key=key)
    assert {each.age_s for each in ask(GAP, other, pairs=pairs).sources} == {9.0} == {each.age_s for each in ask(other, GAP, pairs=pairs).sources}


def test_only_the_first_three_reasons_are_told():
    codes = [Others(kind="suspect", code=code, count=1) for code in ("one", "two", "three", "four")]
    assert ask(others=tuple(codes)).lines[0] == "Not told as gaps: 4 suspect (one 1, two 1, three 1)."
    worst = Facts(snapshots=1, clocks={"ada": 100.0})
    quotes = tuple(replace(quote, observed_at=at("1", "2", age=25).observed_at, bid_size=None, ask_size=None) for quote in QUOTES)
    answer = ask(replace(GAP, facts=worst), asked=True, pairs=(pair(quotes=quotes, books=()),))
    assert [line.split(" must ")[0] for line in answer.lines[1:-1]] == ["Fresh order books", "The sizes at the best prices", "At least 50 USD"]
