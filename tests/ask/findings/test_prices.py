"""Prices that are read for a question: of which coin, in which money, with which books; the same numbers as the pages."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.models import Exchange
from markets import polls, read
from markets.ask.grammar import parse
from markets.models import Asset, AssetKind, ExchangeAsset, Market
from markets.reads.findings import common
from markets.reads.vocabulary import vocabulary
from tests.ask.answers.build import cells
from tests.ask.findings.market import ask, one
from tests.markets import gaps
from tests.markets.build import NOW, catalogue, prices, ticker
from tests.markets.gaps import BUY, SELL, THIRD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gapped")]
D = Decimal


def third(*rows, now=NOW):
    """A third exchange with these prices."""
    pairs = (f"{row.symbol.removesuffix(quote)}/{quote}" for row in rows for quote in ("USDT", "USDC", "EUR", "POL") if row.symbol.endswith(quote))
    catalogue(THIRD, *pairs, now=now)
    prices(THIRD, *rows, now=now)
    gaps.fresh()


# --- Gainers and losers -------------------------------------------------------------------------------------------
def test_who_rose_or_fell_most_is_what_the_overview_says():
    third(*(ticker(f"{base}USDT", "1.000", "1.001", change_24h_pct=D(change), quote_volume_24h=D(volume))
            for base, change, volume in (("AAA", 30, 900_000), ("BBB", 20, 900_000), ("CCC", -40, 900_000), ("DDD", 90, 900))))  # fmt: skip
    up, down = (one("price_history", topic=topic, exchanges=(THIRD,)) for topic in ("gainers", "losers"))
    assert cells(up, "asset") == ["AAA", "BBB"] and cells(down, "asset") == ["CCC"] and down.value == D(-40)
    assert cells(one("price_history", topic="gainers", exchanges=(THIRD,), limit=1, quote="USD"), "asset") == ["AAA"]
    assert one("price_history", topic="gainers", exchanges=(THIRD,), quote="EUR").kind == "nothing"


# --- Which coin ---------------------------------------------------------------------------------------------------
def test_an_old_ticker_answers_with_todays_coin():
    answer = one("best_price", "MATIC", side="buy")
    assert answer.title == "MATIC (now POL) - best price to buy" and answer.page == "/compare/POL-USDT/"


def test_an_old_and_a_new_name_of_a_coin_are_answered_once_as_the_first_was_typed():
    assert [a.title for a in ask("best_price", "MATIC", "POL", side="buy")] == ["MATIC (now POL) - best price to buy"]
    assert ask("best_price", "POL", "QXJ7", "MATIC", side="buy")[0].title == "POL - best price to buy"


def test_a_coin_that_nobody_lists_is_said_beside_one_that_is():
    known, unknown = ask("best_price", "POL", "QXJ7", side="buy")
    assert known.kind == "answer" and unknown.sentence.startswith("No exchange I watch lists QXJ7.")


def test_a_busier_pair_without_a_price_does_not_answer_for_the_coin():
    third(ticker("AAAUSDT", None, None, quote_volume_24h=D(900_000)), ticker("AAAUSDC", "1.000", "1.001", quote_volume_24h=D(900)))
    assert [str(key) for key in common.pairs_of("AAA")] == ["AAA-USDC", "AAA-USDT"]
    assert one("best_price", "AAA", exchanges=(THIRD,)).page.startswith("/compare/AAA-USDC/")


def test_a_word_that_stands_where_a_coin_should_is_looked_for():
    assert one("best_price", unknown=("POLL",)).sentence == "No exchange I watch lists POLL. Did you mean POL?"


def test_money_is_not_said_to_be_unlisted():
    for intent in ("best_price", "arbitrage"):
        (answer,) = ask(intent, "USDT")
        assert answer.sentence == "USDT is what prices are given in: no exchange I watch has a pair that prices it in something else."
        assert answer.examples == ()


def test_before_the_first_list_nobody_is_said_to_list_nothing():
    Market.objects.all().delete()
    for name in (BUY, SELL):
        polls.touch(f"catalogue:{name}")
    polls.touch("assets")
    gaps.fresh()
    assert one("best_price", "POL").sentence == "No list of markets has been read yet, so who lists POL is not known."


def test_a_question_without_a_coin_is_asked_back_with_the_busiest():
    for intent in ("best_price", "compare", "price_history"):
        answer = one(intent)
        assert answer.kind == "choose" and len(answer.examples) == 3 and "POL" in " ".join(answer.examples)


def test_at_most_five_coins():
    answers = ask("best_price", "POL", "ETH", "SUI", "NOVA", "OLD", "QXJ7", side="buy")
    assert len(answers) == common.MOST == 5 and "Not answered, for they are too many at once: QXJ7." in answers[0].notes


# --- In which money -----------------------------------------------------------------------------------------------
def test_the_busiest_pair_answers_where_no_money_is_named():
    third(ticker("POL/USDC", "0.82", "0.8201", quote_volume_24h=9))
    assert one("best_price", "POL", side="buy").unit == "USDT"
    assert one("best_price", "POL", side="buy", quote="USDC").unit == "USDC"
    assert one("best_price", "POL", side="buy", exchanges=(THIRD,)).unit == "USDC"  # all that exchange has


def test_dollars_are_usdt_and_the_answer_says_so():
    answer = one("best_price", "POL", side="buy", quote="USD", amount="100", unit="USD")
    assert answer.unit == "USDT" and "Dollars are answered in USDT." in answer.notes and answer.title.endswith("for 100 USDT")


def test_money_that_nobody_trades_it_in_is_told_beside_by_a_fresh_rate():
    answer = one("best_price", "POL", side="buy", quote="EUR")
    assert answer.unit == "USDT" and "No exchange I watch lists POL/EUR: this is POL/USDT." in answer.notes
    assert not any("EUR" in line for line in answer.lines)  # no rate is known
    third(ticker("USDT/EUR", "0.90", "0.90"))
    assert one("best_price", "POL", side="buy", quote="EUR").lines[-1].endswith(" EUR by today's rate.")


def test_an_amount_of_a_coins_money_chooses_the_pair():
    third(ticker("POL/USDC", "0.82", "0.8201", quote_volume_24h=9))
    answer = one("best_price", "POL", side="buy", amount="5", unit="USDC")
    assert answer.unit == "USDC" and answer.title.endswith("for 5 USDC")


def test_an_amount_of_other_money_is_converted():
    third(ticker("USDT/EUR", "0.80", "0.80"))
    answer = one("best_price", "POL", side="buy", amount="4", unit="EUR")
    assert answer.title.endswith("for 5 USDT") and "4 EUR are 5 USDT by today's rate." in answer.notes


def read_of(q):
    frame = parse(q, vocabulary())
    return ask("best_price", *frame.assets, **{name: getattr(frame, name) for name in ("q", "side", "amount", "unit", "quote", "spans")})


def test_a_coin_for_another_is_bought_with_what_the_other_brings():
    bought, sold = read_of("how many pol can I get for 1 eth")
    assert sold.title == "ETH - best price to sell 1 ETH" and sold.sentence.endswith("1 ETH bring 2,997 USDT after the 0.1 % fee")
    assert bought.title == "POL - best price to buy for 2,997 USDT" and " buy " in bought.sentence
    assert bought.notes[0] == f"1 ETH bring 2,997 USDT on {sold.sources[0].name} after the fee: that is what is spent here."


def test_a_market_between_two_coins_answers_alone():
    third(ticker("ETH/POL", "3600", "3700"))
    (sold,) = read_of("where can I swap 1 eth for pol")
    assert sold.unit == "POL" and sold.title == "ETH - best price to sell 1 ETH"
    (bought,) = read_of("how many eth for 4000 pol")
    assert bought.unit == "POL" and bought.title == "ETH - best price to buy for 4,000 POL"


def test_what_prices_are_counted_in_is_told_by_another_stablecoin():
    third(ticker("USDC/USDT", "0.9998", "1.0001"))
    Asset.objects.filter(ticker__in=("USDC", "USDT")).update(kind=AssetKind.STABLECOIN)
    gaps.fresh()
    answer = one("best_price", "USDT", topic="peg")
    assert answer.title == "USDC - best price to buy" and "peg" in answer.sentence and "USDC/USDT: " in answer.sentence
    assert answer.notes[0] == "Prices are counted in USDT: what it is worth is told by USDC/USDT."


def test_of_two_currencies_the_one_is_the_coin():
    third(ticker("USDC/USDT", "0.9998", "1.0001"))
    for q in ("usdt usdc price", "how much is 100 usdc in usdt"):
        answer, *others = read_of(q)
        assert answer.title.startswith("USDC - best price") and answer.unit == "USDT" and others == []


def test_of_two_coins_each_has_its_own_amount():
    assert [answer.title for answer in read_of("best price for 1 ETH and 3 POL")] == ["ETH - best price to buy 1 ETH", "POL - best price to buy 3 POL"]


# --- The same numbers ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_the_numbers_are_those_of_the_page(side):
    answer, c = one("best_price", "POL", side=side), read.compare("POL", "USDT", NOW, side=side)
    best = c.best_buy if side == "buy" else c.best_sell
    assert (answer.value, answer.grade) == (best.price, c.grade) and len(answer.sources) == 2
    assert [row[1].value for row in answer.table.rows] == [f"{row.price.normalize():f}" for row in c.rows if row.rank]


def test_at_an_amount_from_the_stored_books():
    answer, c = one("best_price", "POL", side="buy", amount="3000", unit="POL"), read.compare("POL", "USDT", NOW, amount=D(3000), unit="base")
    assert answer.value == c.best_buy.price and cells(answer, "exchange")[0] == "KuCoin" and answer.kind == "answer"


def test_a_visitors_own_fees_count():
    assert cells(one("best_price", "POL", side="buy", fees={"": D(0)}), "fee_pct") == ["0 %", "0 %"]


def test_an_exchange_that_is_left_out_is_not_read():
    answer = one("best_price", "POL", side="buy", exclude=(BUY,))
    assert cells(answer, "exchange") == ["Gate.io"] and (BUY, "excluded") in [(each.exchange, each.reason) for each in answer.excluded]


def test_every_exchange_left_out_leaves_nothing():
    everybody = tuple(Exchange.objects.values_list("slug", flat=True))
    for intent in ("best_price", "compare", "liquidity", "price_history", "arbitrage"):
        assert one(intent, "POL", exclude=everybody).kind == "nothing"


def test_one_exchange_is_told_against_all():
    answer = one("best_price", "POL", side="buy", exchanges=(SELL,))
    assert answer.title.endswith(" on Gate.io") and answer.lines[0].startswith("Best of 2 exchanges: KuCoin ") and len(answer.sources) == 2


def test_side_by_side():
    answer = one("compare", "POL", "ETH", "QXJ7")
    assert [c.name for c in answer.table.columns] == ["exchange", "pol", "eth"] and "No exchange I watch lists QXJ7." in answer.notes
    assert one("compare", "POL").title == "POL - prices side by side"


def test_side_by_side_of_coins_that_nobody_lists():
    assert [answer.kind for answer in ask("compare", "QXJ7", "ZZZ9")] == ["nothing", "nothing"]


@pytest.mark.parametrize("fields", [{"amount": "5", "unit": "POL"}, {"exchanges": (BUY,)}])
def test_side_by_side_at_an_amount_or_on_one_exchange_is_its_price_there(fields):
    assert "price" in one("compare", "POL", **fields).title and "side by side" not in one("compare", "POL", **fields).title


# --- Waiting for books --------------------------------------------------------------------------------------------
def test_books_that_an_amount_needs_are_asked_for_once_and_missed_by_name(gapped):
    gapped.clear()
    answer = one("best_price", "SUI", side="buy", amount="5000", unit="SUI")
    assert sorted(gapped) == sorted([(BUY, "book"), (SELL, "book")]) and answer.kind == "partial"
    assert "The order books of KuCoin and Gate.io did not arrive in time." in answer.notes


def test_no_book_is_asked_for_where_the_best_price_is_enough(gapped):
    gapped.clear()
    assert one("best_price", "SUI", side="buy", amount="1", unit="SUI").kind == "answer" and gapped == []
    assert one("best_price", "SUI", side="buy").kind == "answer" and gapped == []


def test_books_that_come_in_time_are_in_the_answer(monkeypatch):
    waited = []

    def arrive(seconds):
        waited.append(seconds)
        if len(waited) == 2:
            gaps.books(NOW, "SUI")

    monkeypatch.setattr(common.time, "sleep", arrive)
    answer = one("best_price", "SUI", side="buy", amount="50", unit="SUI", patience=60)
    assert waited == [common.STEP_S] * 2 and answer.kind == "answer" and not any("in time" in note for note in answer.notes)


# --- Which exchanges ----------------------------------------------------------------------------------------------
def test_another_coin_of_the_name_gives_no_past_and_no_gap_and_is_told():
    ExchangeAsset.objects.filter(exchange__slug=BUY, code="POL").update(state="conflicted")
    polls.touch("assets")
    gaps.fresh()
    for intent in ("price_history", "arbitrage", "best_price"):
        told = {left.exchange: left.reason for left in one(intent, "POL").excluded}
        assert told.get(BUY) == "conflicted", intent
    assert one("price_history", "POL").page and BUY not in {used.exchange for used in one("price_history", "POL").sources}


def test_a_market_that_is_halted_is_told_and_has_no_price_of_now():
    Market.objects.filter(exchange__slug=BUY, base__code="POL").update(status="halted")
    polls.touch("assets")
    gaps.fresh()
    assert {left.exchange: left.reason for left in one("arbitrage", "POL").excluded}[BUY] == "not_trading"


def test_no_gap_is_denied_where_nothing_could_be_looked_at():
    answer = one("arbitrage", "POL", now=NOW + timedelta(hours=3))
    assert (answer.kind, answer.grade, answer.sentence) == ("nothing", "D", "No exchange has a usable price right now.")
    assert {left.exchange for left in answer.excluded} >= {BUY, SELL}
