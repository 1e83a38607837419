"""Books, gaps and the past that are read for a question: the same as the pages, cut to what the answer needs."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from exchanges.models import Exchange
from exchanges.rows import Candle as CandleRow
from markets import episodes, read, store
from markets.analysis import wording
from markets.ask.frame import Frame, Threshold
from markets.ask.record import Part, Record
from markets.ask.router import route
from markets.board import PairKey
from markets.models import Candle, Market, Reading
from markets.reads import arbitrage as pages
from markets.reads import comparisons, liquidity, routing
from markets.reads.findings import Asked, arbitrage, common, cuts
from tests.ask.answers.build import cells
from tests.ask.figures import holds
from tests.ask.findings.market import ask, one
from tests.markets import gaps
from tests.markets.build import NOW, rows
from tests.markets.gaps import BUY, SELL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gapped")]
POL, D = PairKey("POL", "USDT"), Decimal
LATER = NOW + timedelta(seconds=10)


def seen_twice():
    """The gap is followed over two snapshots, so it may count."""
    for at in (NOW, LATER):
        gaps.tick(at)
        gaps.books(at)
        episodes.scan(at)
        gaps.fresh()


def off(state="auto_disabled"):
    """KuCoin is off by Pebble, with prices and books as young as before."""
    Exchange.objects.filter(slug=BUY).update(state=state, state_detail="Off by Pebble until noon.")
    store.touch("switches")
    read.forget()


@pytest.mark.parametrize("state", ["auto_disabled", "banned", "blocked"])
def test_books_of_one_that_is_off_do_not_count_and_say_why(state, gapped):
    assert BUY in {used.exchange for used in one("liquidity", "POL").sources}
    off(state)
    gapped.clear()
    answer = one("liquidity", "POL")
    assert BUY not in {used.exchange for used in answer.sources} and answer.notes == ()
    assert {left.exchange: left.detail for left in answer.excluded}[BUY] == wording.PLAIN[state]
    (line,) = [line for line in liquidity.of(POL, NOW).lines if line.view.exchange == BUY]
    assert (line.rank, line.view.reason, line.view.waiting) == (None, wording.PLAIN[state], False)


def test_between_two_of_which_one_is_off_it_is_named_alone():
    off()
    answer = one("arbitrage", "POL", exchanges=(BUY, SELL))
    assert answer.sentence == "No price on KuCoin counts right now."
    assert [(left.exchange, left.reason, left.detail) for left in answer.excluded] == [(BUY, "auto_disabled", "off by Pebble until noon")]


# --- Liquidity ----------------------------------------------------------------------------------------------------
def test_books_are_ranked_as_on_the_page():
    answer, found = one("liquidity", "POL"), liquidity.of(POL, NOW)
    assert [u.exchange for u in answer.sources] == [line.view.exchange for line in found.lines if line.rank]
    assert answer.value == found.best.measure.score.value
    assert cells(answer, "score") == [f"{line.measure.score.value:.1f}".replace("0.0", "0.00") for line in found.lines if line.rank]


def test_at_an_amount_too():
    answer = one("liquidity", "POL", amount="1000", unit="POL", side="sell")
    found = liquidity.of(POL, NOW, wish=liquidity.Wish(D(1000), "sell", in_base=True))
    assert answer.value == found.best.cost.slippage_bps and answer.title == "POL - liquidity for a 1,000 POL sell"


def test_the_queue_is_asked_once_for_books_that_are_missing(gapped):
    gapped.clear()
    answer = one("liquidity", "ETH")
    assert sorted(gapped) == sorted([(BUY, "book"), (SELL, "book")]) and answer.kind == "nothing"
    assert answer.notes == ("The order books of KuCoin and Gate.io did not arrive in time.",)
    assert {each.detail for each in answer.excluded if each.exchange in (BUY, SELL)} == {"its order book did not arrive in time"}


def test_the_books_of_all_coins_are_asked_for_before_any_is_waited_for(gapped, monkeypatch):
    gapped.clear()
    seen = []
    monkeypatch.setattr(common.time, "sleep", lambda _: seen or seen.extend(gapped) or [gaps.books(NOW, coin) for coin in ("ETH", "SUI")])
    assert [answer.kind for answer in ask("liquidity", "ETH", "SUI", patience=60)] == ["answer", "answer"]
    assert Reading.objects.filter(market__symbol__in=("ETHUSDT", "SUIUSDT"), source="book", wanted_at__isnull=False).count() == 4 and len(seen) >= 2


def test_books_that_come_in_time_are_measured(monkeypatch):
    monkeypatch.setattr(common.time, "sleep", lambda _: gaps.books(NOW, "ETH"))
    assert one("liquidity", "ETH", patience=60).kind == "answer"


def test_a_book_that_is_too_old_says_so():
    answer = one("liquidity", "POL", now=NOW + timedelta(minutes=8), exchanges=(BUY,))
    assert answer.kind == "nothing" and answer.excluded[0].exchange == BUY


def test_without_a_coin_every_pair_with_books_is_told():
    answer = one("liquidity", q="what is most liquid")
    assert [row[0].text for row in answer.table.rows] == ["POL/USDT"] and answer.title == "Most liquid pairs"
    spread = one("liquidity", q="spread under 1 bps", threshold=Threshold("<", "1", "bps"))
    assert spread.title == "Tightest spreads" and spread.kind == "nothing"
    assert one("liquidity", q="spread over 0.01 %", threshold=Threshold(">", "0.01", "pct")).kind == "answer"
    assert one("liquidity", q="deepest").title == "Deepest pairs" and one("liquidity", q="liquid", quote="EUR").kind == "nothing"
    assert one("liquidity", q="depth over 50 usd", threshold=Threshold(">", "50", "usd")).kind == "answer"
    assert one("liquidity", q="depth over 1m", threshold=Threshold(">", "1000000", "usd")).kind == "nothing"


# --- Gaps ---------------------------------------------------------------------------------------------------------
def test_a_gap_that_lasts_is_told_as_on_the_page():
    seen_twice()
    answer, found = one("arbitrage", "POL", now=LATER), pages.find(pages.Wanted(base=("POL",)), LATER)
    (line,) = found.main
    assert answer.grade == "A" and answer.value == line.judged.trade.net * 100 and cells(answer, "class") == ["executable"]
    assert answer.sentence.startswith("1 gap pays after fees; best: POL from KuCoin to Gate.io leaves 0.15 %")


def test_over_all_coins_what_is_in_doubt_is_counted():
    seen_twice()
    answer = one("arbitrage", now=LATER)
    assert len(answer.table.rows) == 1 and any(line.startswith("Not told as gaps: ") and "suspect" in line for line in answer.lines)


def test_before_it_has_lasted_it_is_no_gap_and_the_closest_is_told():
    answer = one("arbitrage", "ETH")
    assert answer.sentence.startswith("Nothing is left after fees. Closest: ETH from ") and answer.grade == "B"


def test_of_a_coin_whose_best_route_is_among_the_closest_of_all_the_next_ones_are_told_too():
    answer, listed = one("arbitrage", "ETH"), pages.find(pages.Wanted(base=("ETH",)), NOW)
    assert [(line.route.buy.exchange, line.route.sell.exchange) for line in listed.near] == [(BUY, SELL)]
    assert [row[0].text for row in answer.table.rows] == ["ETH from KuCoin to Gate.io", "ETH from Gate.io to KuCoin"]


def test_limits():
    seen_twice()
    for limit, told in (
        (Threshold(">", "0.1", "pct"), True), (Threshold(">", "1", "pct"), False), (Threshold(">", "10", "bps"), True), (Threshold(">", "20", "bps"), False),
        (Threshold(">", "4", "usd"), True), (Threshold(">", "5", "usdt"), False), (Threshold("<", "1", "pct"), True),
    ):  # fmt: skip
        answer = one("arbitrage", "POL", now=LATER, threshold=limit)
        assert ("1 gap pays" in answer.sentence) == told, limit
        assert ("1 pays after fees, but less than you asked for." in " ".join((answer.sentence, *answer.lines))) != told, limit


def test_over_which_exchanges_in_which_money_and_how_much():
    seen_twice()
    for fields, told in (
        ({"exchanges": (BUY,)}, "1 gap pays"), ({"exchanges": ("bitget",)}, "Nothing"), ({"exclude": (SELL,)}, "Nothing"), ({"quote": "USDT"}, "1 gap pays"),
        ({"quote": "USDC"}, "Nothing"), ({"quote": "USD"}, "1 gap pays"), ({"exclude": ("bitget",)}, "1 gap pays"),
        ({"amount": "100", "unit": "USDT"}, "of 100 USDT, a profit of "), ({"amount": "100", "unit": "USD"}, "of 100 USDT, a profit of "),
        ({}, "for up to 2,874.87 USDT, a profit of "),
    ):  # fmt: skip
        assert told in one("arbitrage", "POL", now=LATER, **fields).sentence, fields


def test_an_amount_of_coins_is_worth_its_price():
    coin = common.coin("POL")
    frame = Frame("x", intent="arbitrage", assets=("POL",), amount="100", unit="POL")
    assert D(80) < arbitrage.amount_usd(frame, (coin,), Asked(NOW)) < D(85)
    assert arbitrage.amount_usd(msgspec.structs.replace(frame, unit="ZZZ"), (coin,), Asked(NOW)) is None
    assert arbitrage.amount_usd(msgspec.structs.replace(frame, unit=None), (coin,), Asked(NOW)) == 100
    assert arbitrage.amount_usd(msgspec.structs.replace(frame, amount=None), (coin,), Asked(NOW)) is None


def test_between_two_exchanges_in_the_direction_that_is_asked():
    seen_twice()
    answer = one("arbitrage", "POL", q="buy pol on kucoin and sell on gate", now=LATER, exchanges=(BUY, SELL))
    assert answer.sentence.startswith("POL from KuCoin to Gate.io leaves 0.15 %") and answer.page == f"/arbitrage/POL-USDT/?buy={BUY}&sell={SELL}"
    back = one("arbitrage", "POL", q="sell pol on kucoin, buy on gate", now=LATER, exchanges=(BUY, SELL))
    assert back.sentence.startswith("Nothing is left after fees. POL from Gate.io to KuCoin ")
    assert len(one("arbitrage", "POL", q="pol kucoin gate", now=LATER, exchanges=(BUY, SELL)).table.rows) == 2


def test_between_two_exchanges_of_which_one_does_not_list_it():
    answer = one("arbitrage", "POL", q="x", exchanges=(BUY, "bitget"))
    assert (answer.kind, answer.sentence) == ("nothing", "No price on Bitget counts right now.")


def test_a_gap_by_tickers_asks_for_its_books(gapped):
    gapped.clear()
    answer = one("arbitrage", "SUI", q="buy sui on kucoin sell on gate", exchanges=(BUY, SELL))
    assert sorted(gapped) == sorted([(BUY, "book"), (SELL, "book")]) and answer.kind == "partial" and answer.grade == "C"
    assert "did not arrive in time." in answer.notes[0]


def test_loops():
    assert one("arbitrage", q="triangular arbitrage").title == "Loops inside one exchange"


def test_coins_that_nobody_lists_stand_beside_those_that_somebody_does():
    known, unknown = ask("arbitrage", "ETH", "QXJ7")
    assert known.title == "ETH - arbitrage" and unknown.title == "QXJ7" and one("arbitrage", "QXJ7").kind == "nothing"


def test_any_route_of_the_pages_can_be_kept():
    seen_twice()
    line = pages.one(POL, BUY, SELL, pages.Wanted(amount=D(1000)), LATER).line
    finding = arbitrage.one_route(line, pages.Wanted(amount=D(1000)), Asked(LATER))
    frame = Frame("x", intent="arbitrage")
    record = Record(LATER, "1", (Part(frame, route(frame, routing.standings("arbitrage", "", LATER)), (finding,)),))
    again = msgspec.json.decode(msgspec.json.encode(record), type=Record)
    (answer,) = again.answers()
    holds(answer)
    assert again == record and answer.value == line.judged.trade.net * 100 and answer.title == "POL - arbitrage"
    assert len(msgspec.json.encode(record)) < 10_000


# --- The past -----------------------------------------------------------------------------------------------------
def candles(period_s, count, price=100, slug=BUY):
    prices = (D(price), D(price + 1), D(price - 1), D(price), D(1), D(1))
    made = [CandleRow("POLUSDT", period_s, NOW - timedelta(seconds=period_s * n), *prices) for n in range(count)]
    rows(slug, "candles", *made, markets={"POLUSDT": Market.objects.get(exchange__slug=slug, symbol="POLUSDT", kind="spot").pk})
    gaps.fresh()


def test_the_past_of_a_day_from_five_minute_candles():
    candles(300, 300)
    answer = one("price_history", "POL")
    assert answer.kind == "answer" and "288 candles: KuCoin's five-minute candles of trades" in " ".join(answer.lines)
    assert answer.api.startswith(f"/api/v1/history/POL-USDT/?exchange={BUY}&period=300&from=")


def test_the_candles_that_reach_back_furthest_answer():
    candles(300, 20)
    candles(3600, 40, slug=SELL)
    answer = one("price_history", "POL", time_range="24h")
    assert "Gate.io's hourly candles of trades" in " ".join(answer.lines) and answer.kind == "answer"
    assert one("price_history", "POL", time_range="24h", exchanges=(BUY,)).kind == "partial"


def test_a_long_window_is_kept_small():
    candles(86_400, 400)
    answer = one("price_history", "MATIC", time_range="365d")
    assert answer.title == "MATIC (now POL) - price over the last 365 d" and len(answer.table.rows) == 8


def test_a_past_that_is_not_stored():
    Candle.objects.all().delete()
    answer = one("price_history", "OLD", time_range="30d", exchanges=("bitget",))
    assert answer.kind == "nothing" and answer.sentence.startswith("No past prices of OLD/USDT are stored")


# --- What is kept of books ----------------------------------------------------------------------------------------
def test_a_comparison_without_an_amount_keeps_no_books():
    found = comparisons.inputs(read.board(), POL, NOW, comparisons.Wanted())
    assert found.books and cuts.compared(found).books == {}
