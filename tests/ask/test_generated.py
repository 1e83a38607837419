"""Made questions over a small stored market, in one process: no wrong number, nothing broken; and the checks find what is wrong."""

import copy
import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from exchanges.rows import Book, FundingRate, PerpTicker
from markets import turns
from markets.benchmarks.asking import driving, world
from markets.benchmarks.asking.checking import Reads
from markets.benchmarks.asking.checks import CHECKS, examined
from markets.benchmarks.asking.meaning import Meaning, as_read, misread
from markets.benchmarks.asking.questions import Question, generated, wordings
from markets.benchmarks.asking.wordings import SHARES
from markets.models import ExchangeAsset, IdentityState, Market
from markets.reads.findings import asked
from tests.api.conftest import fresh_memory
from tests.markets.build import catalogue, contracts, prices, rows, ticker

QUESTIONS, SEED = 200, 5
COINS = {"BTC": "92000", "ETH": "3100", "SOL": "186.1", "POL": "0.5", "DOGE": "0.17", "PEPE": "0.0000065", "AVAX": "23.6", "LINK": "14.2"}
QUOTES = ("USDT", "USDC")


@pytest.fixture
def ask(stored, client, monkeypatch):
    """The API over eight coins in two currencies on all exchanges, with books and perpetuals; nobody waits for a book, and nothing ages."""
    monkeypatch.setattr(asked, "PATIENCE_S", 0.0)
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)
    chance, now = random.Random(1), timezone.now() - timedelta(seconds=2)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=2))
    for slug in Exchange.objects.values_list("slug", flat=True):
        fill(slug, chance, now)
    ExchangeAsset.objects.update(state=IdentityState.CONFIRMED, decided=True)
    fresh_memory()

    def get(path):
        response = client.get(f"/api/v1/{path}")
        return response.status_code, 1.0, response.json()

    return get


def fill(slug, chance, now):
    """One exchange: prices a little apart from the others', a deep and a thin book, perpetuals with funding."""
    pairs = [f"{coin}/{quote}" for coin in COINS for quote in QUOTES if chance.random() < 0.8]
    middle = {pair: Decimal(COINS[pair.partition("/")[0]]) * Decimal(chance.randint(9980, 10020)) / 10_000 for pair in pairs}
    quoted = {pair: (price * Decimal("0.9999"), price * Decimal("1.0001")) for pair, price in middle.items()}
    catalogue(slug, *pairs, now=now)
    prices(slug, *(ticker(pair, bid, ask, last=bid, quote_volume_24h=chance.randint(10**5, 10**8)) for pair, (bid, ask) in quoted.items()), now=now)
    for market in Market.objects.filter(exchange__slug=slug, kind="spot", quote__code="USDT"):
        rows(slug, "book", book(market.symbol, middle[f"{market.base.code}/USDT"], chance), now=now, markets={market.symbol: market.pk},
             times={market.symbol: (now, now)})  # fmt: skip
    perps = [pair for pair in pairs if pair.endswith("USDT")]
    contracts(slug, *perps, now=now)
    symbols = {pair: pair.replace("/", "") for pair in perps}
    rows(slug, "perp_tickers", *(PerpTicker(symbols[pair], bid=quoted[pair][0], ask=quoted[pair][1], last=middle[pair], mark_price=middle[pair],
         index_price=quoted[pair][0], open_interest=Decimal(50_000_000) / middle[pair]) for pair in perps), now=now)  # fmt: skip
    rows(slug, "funding", *(FundingRate(symbols[pair], rate=Decimal(chance.randint(-20, 30)) / 100_000, interval_hours=Decimal(8)) for pair in perps), now=now)


def book(symbol, middle, chance):
    """Fifty levels on each side, one thousandth apart."""
    size = Decimal(chance.randint(500, 50_000)) / middle
    bids, asks = ([(middle * (1 + way * Decimal(step) / 1000), size) for step in range(1, 51)] for way in (-1, 1))
    return Book(symbol, bids=tuple(bids), asks=tuple(asks))


def test_a_small_market_asked_two_hundred_questions(ask):
    """One market for all of it: filling it is what takes the time."""
    get = driving.rows_of(ask)
    seen = world.seen(get)
    made_questions_are_answered_without_a_wrong_number(ask, seen)
    the_checks_find_what_is_wrong(ask, get, seen)
    prices_of_an_exchange_that_is_down_may_not_count(ask, get, seen)
    a_question_is_asked_anew_when_the_market_moved_meanwhile(ask, seen)
    the_same_seed_asks_the_same(seen)


# --- Right answers ----------------------------------------------------------------------------------------------------
def made_questions_are_answered_without_a_wrong_number(ask, seen):
    assert {coin.ticker for coin in seen.coins} == set(COINS) and len(seen.exchanges) == 5
    outcomes = [driving.asked(question, ask, seen) for question in generated(seen, QUESTIONS, SEED)]
    assert [outcome.line() for outcome in outcomes if outcome.failed or outcome.verdict.loose] == []
    assert [(outcome.question.text, outcome.verdict.wrong) for outcome in outcomes if outcome.verdict.wrong] == []
    assert sum(outcome.verdict.numbers for outcome in outcomes) > 10 * QUESTIONS
    assert sum(not outcome.slots for outcome in outcomes) >= 0.95 * QUESTIONS
    receipts = [ask(f"receipts/{outcome.reply['receipt']['id']}/")[2] for outcome in outcomes[::10]]
    assert receipts and all(receipt["same"] is True for receipt in receipts)


# --- Wrong answers ----------------------------------------------------------------------------------------------------
def spoilt(reply, change):
    """The reply with something changed in its first answer."""
    bad = copy.deepcopy(reply)
    change(bad["answers"][0])
    return bad


def twist(name):
    """One digit of one number of the table's last row."""
    def change(answer):
        answer["table"]["rows"][-1][name] = str(Decimal(answer["table"]["rows"][-1][name]) + Decimal("0.0000000001"))

    return change


def swap(answer):
    answer["table"]["rows"].reverse()


def forget_one(answer):
    answer["table"]["rows"].pop()


def lead(answer):
    answer["value"] = str(Decimal(answer["value"]) * 2)


def another_winner(answer):
    answer["sentence"] = answer["sentence"].replace(answer["table"]["rows"][0]["exchange"], answer["table"]["rows"][-1]["exchange"])


def late(answer):
    answer["sources"][0]["observed_at"] = "2026-01-01T00:00:00Z"


def silent(answer):
    answer["sources"].pop()


WRONG = [
    ("best price for BTC", twist("ask")), ("best price for BTC", twist("net_price")), ("best price for BTC", twist("fee_pct")), ("best price for BTC", swap),
    ("best price for BTC", forget_one), ("best price for BTC", lead), ("best price for BTC", another_winner), ("best price for BTC", late),
    ("best price for BTC", silent), ("where should I buy 2 ETH", twist("average")), ("where should I buy 2 ETH", lead),
    ("compare SOL prices", twist("bid")), ("compare SOL prices", twist("spread_bps")), ("compare BTC and ETH prices", twist("btc")),
    ("which exchange has the best liquidity for SOL", twist("score")), ("which exchange has the best liquidity for SOL", twist("depth_2")),
    ("slippage of buying 5000 USDT of SOL", twist("slippage_bps")), ("slippage of buying 5000 USDT of SOL", swap),
    ("BTC funding rates", twist("apr_pct")), ("BTC funding rates", lead), ("ETH open interest", twist("open_interest_usd")), ("ETH open interest", lead),
    ("highest funding rates", twist("rate_pct")), ("highest funding rates", swap), ("BTC volume", twist("share_pct")), ("BTC volume", lead),
    ("is there any arbitrage right now?", twist("net_pct")), ("status of all exchanges", twist("markets")),
]  # fmt: skip


def the_checks_find_what_is_wrong(ask, get, seen):
    missed = []
    for text, change in WRONG:
        reply = ask(f"ask/?q={text.replace(' ', '+')}")[2]
        meant = as_read(Meaning(reply["frame"]["intent"], topic=reply["frame"]["topic"]), reply["frame"])
        assert examined(meant, reply, Reads(get), seen).wrong == []
        if not examined(meant, spoilt(reply, change), Reads(get), seen).wrong:
            missed.append((text, change.__qualname__))
    assert missed == []


def prices_of_an_exchange_that_is_down_may_not_count(ask, get, seen):
    reply = ask("ask/?q=best+price+for+BTC")[2]
    verdict = examined(Meaning("best_price", ("BTC",)), reply, Reads(get), seen, [reply["answers"][0]["sources"][0]["exchange"]])
    assert len(verdict.wrong) == 1 and "which are down" in verdict.wrong[0]


# --- Made questions ---------------------------------------------------------------------------------------------------
def the_same_seed_asks_the_same(seen):
    first, again, other = (list(generated(seen, 300, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert {question.meaning.intent for question in first} == set(SHARES) == set(wordings()) and set(CHECKS) < set(SHARES)
    assert all("{" not in question.text for question in first if question.meaning.intent != "unknown")


def test_a_misread_question_is_told_by_its_slots():
    meant = Meaning("best_price", ("BTC",), exchanges=("a", "b"), amount="2", unit="BTC")
    frame = {"intent": "best_price", "assets": ["BTC"], "quote": None, "exchanges": ["b", "a"], "exclude": [], "side": None, "amount": "2.0"}
    assert misread(meant, frame) == ()
    assert misread(meant, {**frame, "side": "buy", "amount": None}) == ("side", "amount")
    assert misread(Meaning("unknown", ("BTC",)), {**frame, "intent": "unknown"}) == ()


def a_question_is_asked_anew_when_the_market_moved_meanwhile(ask, seen):
    """The answer's price fits neither what is read before nor after, twice; then it does."""
    calls = []

    def moving(path):
        status, ms, found = ask(path)
        calls.append(path)
        if path.startswith("ask/") and sum(each.startswith("ask/") for each in calls) < 3:
            found = spoilt(found, lead)
        return status, ms, found

    outcome = driving.asked(Question("best price for BTC", Meaning("best_price", ("BTC",))), moving, seen)
    assert outcome.tries == 3 and outcome.verdict.wrong == []
