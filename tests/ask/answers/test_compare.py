"""Prices side by side: one coin over the exchanges, several coins beside each other."""

from msgspec.structs import replace

from markets.ask import text
from markets.ask.answers.common import Coin
from markets.ask.answers.compare import Beside, Compared
from markets.ask.frame import Frame
from markets.board import PairKey
from tests.ask.answers.build import MATIC, POL, cells, inputs, one, route
from tests.markets.analysis.boards import D, quote, quotes

ABC = ("ada", "bea", "cid")
BTC, BTC_USDT = Coin("BTC", "BTC", "BTC", "Bitcoin"), PairKey("BTC", "USDT")


def market(**more):
    tick = {"tick_size": D("0.01"), "change_24h_pct": D("2.5")}
    return {
        "ada": quote("ada", 1, bid=D("99.98"), ask=D("100.00"), age=3, **tick), "bea": quote("bea", 1, bid=D("100.05"), ask=D("100.10"), age=12, **tick),
        "cid": quote("cid", 1, bid=D("100.40"), ask=D("100.50"), age=9, **tick),
    } | more


def bitcoin(*mids):
    return {name: replace(q, base="BTC", symbol="BTCUSDT", tick_size=D("0.1"), change_24h_pct=D(-3)) for name, q in quotes(*mids, half="0").items()}


def ask(*coins, frame=None, way=None, **more):
    return one(frame or Frame("x", intent="compare", assets=("POL",)), way or route("compare", exchanges=ABC), Compared(coins=coins, **more))


def pol(found=None, side="buy", coin=POL, **more):
    return Beside(coin=coin, inputs=inputs(found or market(), side), **more)


def btc(*mids, side="buy"):
    return Beside(coin=BTC, inputs=inputs(bitcoin(*mids), side, key=BTC_USDT))


# --- One coin -----------------------------------------------------------------------------------------------------
def test_one_coin_over_all_exchanges():
    assert text.plain(ask(pol(coin=MATIC))).splitlines() == [
        "MATIC (now POL) - prices side by side: Cheapest to buy on Ada, 100.00 USDT; best to sell on Cid, 100.40 USDT",
        "  Exchange  Ask, USDT   Bid, USDT   Against best",
        "  Ada          100.00       99.98   best",
        "  Bea          100.10      100.05   +0.10 %",
        "  Cid          100.50      100.40   +0.50 %",
        "Price range 0.50 %. After taker fees (0.1 % + 0.1 %) up to 0.20 % is left for 900 POL if both books hold.",
        "The price changed by +2.50 % in 24 h.",
        "3 of 3 exchanges, oldest price 12 s.",
    ]


def test_the_figures_and_the_other_columns():
    answer = ask(pol())
    assert (answer.kind, answer.value, answer.unit, answer.max_age_s, answer.method) == ("answer", D("100.00"), "USDT", 12, "1")
    assert (answer.page, answer.api) == ("/compare/POL-USDT/", "/api/v1/compare/POL-USDT/")
    assert cells(answer, "spread_bps") == ["2.0 bps", "5.0 bps", "10.0 bps"] and cells(answer, "change_24h_pct") == ["+2.50 %"] * 3
    assert cells(answer, "volume_24h") == ["50.0K"] * 3 and cells(answer, "age_s") == ["3 s", "12 s", "9 s"]
    assert [c.phone for c in answer.table.columns] == [True, True, True, True, False, False, False, False]


def test_selling_ranks_by_bids():
    answer = ask(pol(side="sell"), frame=Frame("x", intent="compare", exchanges=ABC))
    assert cells(answer, "vs_best") == ["best", "−0.35 %", "−0.42 %"] and answer.value == D("100.40")
    assert answer.page == "/compare/POL-USDT/?side=sell&exchange=ada,bea,cid"


def test_who_does_not_count_is_shown_with_the_reason_and_a_price():
    answer = ask(pol(market(cid=quote("cid", 100, age=240), dot=quote("dot", 100, bid=None))), way=route("compare", exchanges=("ada", "bea", "cid", "dot")))
    assert cells(answer, "exchange") == ["Ada", "Bea", "Dot", "Cid"] and cells(answer, "vs_best")[2:] == ["no bid", "stale (4 m)"]
    assert answer.lines[-1] == "2 of 4 exchanges, oldest price 12 s. Dot: no bid. Cid: stale (4 m)."
    assert cells(answer, "bid")[2] == "–"


def test_a_limit_of_rows():
    answer = ask(pol(), frame=Frame("x", intent="compare", limit=1))
    assert cells(answer, "exchange") == ["Ada"] and answer.table.more == 2


def test_the_grade_is_that_of_the_exchanges_that_count():
    assert ask(pol()).grade == "A" and ask(pol(quotes(100, 100))).grade == "B" and ask(pol({"ada": quote("ada", 100, age=300)})).grade == "D"


def test_without_a_change_none_is_told():
    assert ask(pol(quotes(100, 100))).lines == (
        "Price range 0.00 %. After taker fees (0.1 % + 0.1 %) nothing is left.", "2 of 3 exchanges, oldest price 2 s. Cid: no POL/USDT market.",
    )


def test_no_usable_price_at_all():
    answer = ask(pol({"ada": quote("ada", 100, age=300)}), way=route("compare", exchanges=("ada",)))
    assert (answer.kind, answer.sentence, answer.value) == ("nothing", "No exchange has a usable price right now.", None)
    assert answer.notes == () and cells(answer, "vs_best") == ["stale (5 m)"]
    nobody = ask(pol({"ada": replace(quote("ada", 100), bid=None, ask=None)}), way=route("compare", exchanges=("ada",)))
    assert nobody.table is None


def test_two_that_disagree_have_no_best_price():
    answer = ask(pol(quotes(100, 130)), way=route("compare", exchanges=("ada", "bea")))
    assert answer.sentence == "The exchanges disagree by 30.00 %, and two are too few to say who is right: no best price." and answer.notes == ()


# --- Several coins ------------------------------------------------------------------------------------------------
def test_several_coins_beside_each_other_without_a_difference_between_them():
    answer = ask(btc(60_000, 60_001), pol(), frame=Frame("btc vs pol", intent="compare", assets=("BTC", "POL")))
    assert text.plain(answer).splitlines() == [
        "BTC and POL - side by side: BTC 60,000.0 USDT on Ada (−3.00 % in 24 h); POL 100.00 USDT on Ada (+2.50 % in 24 h)",
        "  Ada    60,000.0   100.00",
        "  Bea    60,001.0   100.10",
        "  Cid  not listed   100.50",
        "BTC: price range 0.00 % over 2 exchanges.",
        "POL: price range 0.50 % over 3 exchanges.",
        "3 of 3 exchanges, oldest price 12 s.",
    ]


def test_the_table_of_several_coins():
    answer = ask(btc(60_000, 60_001), pol())
    assert [c.title for c in answer.table.columns] == ["Exchange", "BTC ask, USDT", "POL ask, USDT"]
    assert cells(answer, "btc") == ["60,000.0", "60,001.0", "not listed"] and cells(answer, "pol") == ["100.00", "100.10", "100.50"]
    assert answer.api == "/api/v1/pairs/?base=BTC,POL&quote=USDT" and answer.page == "/compare/BTC-USDT/" and answer.value is None
    sold = ask(btc(60_000, 60_001, side="sell"), pol(side="sell"))
    assert [c.title for c in sold.table.columns][1:] == ["BTC bid, USDT", "POL bid, USDT"] and cells(sold, "pol") == ["99.98", "100.05", "100.40"]


def test_the_worst_grade_and_the_oldest_price_of_several():
    answer = ask(btc(60_000), pol())
    assert answer.grade == "C" and answer.max_age_s == 12 and answer.notes == ("BTC: a single source: no cross-check is possible.",)
    assert [u.age_s for u in answer.sources] == [3, 12, 9]
    old = ask(Beside(coin=BTC, inputs=inputs({"ada": replace(bitcoin(5)["ada"], observed_at=quote("ada", age=20).observed_at)}, key=BTC_USDT)), pol())
    assert [u.age_s for u in old.sources] == [20, 12, 9]


def test_a_coin_without_a_price_stands_beside_the_others():
    answer = ask(Beside(coin=BTC, inputs=inputs({"ada": quote("ada", 5, age=300)}, key=BTC_USDT)), pol())
    assert answer.kind == "answer" and answer.sentence.startswith("BTC: no usable price; POL 100.00 USDT")
    assert cells(answer, "btc") == ["stale (5 m)", "not listed", "not listed"] and "BTC" not in answer.lines[0]
    assert answer.excluded == ()


def test_none_of_several_has_a_price():
    old = {"ada": quote("ada", 5, age=300)}
    answer = ask(Beside(coin=BTC, inputs=inputs(old, key=BTC_USDT)), pol(old), way=route("compare", exchanges=("ada",)))
    assert answer.kind == "nothing" and [(each.exchange, each.reason) for each in answer.excluded] == [("ada", "stale")]


def test_notes_say_how_it_was_read_and_who_is_listed_nowhere():
    coin = Coin("AAA", "POL", "POL", "", "AAA", "AAA is now called POL: 1 AAA became 1000 POL.")
    answer = ask(pol(coin=coin, notes=("Dollars are answered in USDT.",)), pol(), unlisted=("QXJ7",))
    assert answer.notes == (coin.note, "Dollars are answered in USDT.", "No exchange I watch lists QXJ7.")
