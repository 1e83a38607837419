"""Questions about volume, copy trading, the status of exchanges, wallets and help, answered from what their pages read."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exchanges.adapters import ADAPTERS
from exchanges.capabilities import needs_key
from exchanges.models import Exchange
from exchanges.rows import Currency
from markets import read, store
from markets.ask.frame import Threshold
from markets.models import Candle, Market, Snapshot
from markets.reads import volume
from tests.ask.answers.build import cells
from tests.ask.findings.replies import one, replied
from tests.markets.build import rows
from tests.pages import market
from tests.pages.conftest import empty, stored  # noqa: F401 - fixtures
from tests.pages.market import FIFTH, FIRST, FOURTH, SECOND, SLUGS, THIRD
from tests.pages.test_copy import COPYING, NAME, keys, traders  # noqa: F401 - fixtures
from tests.pages.test_volume import remembered  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def name(slug):
    return Exchange.objects.get(slug=slug).name


# --- Volume -------------------------------------------------------------------------------------------------------
def test_a_coins_volume_is_that_of_its_page(stored):  # noqa: F811
    answer = one("volume_sentiment", now=stored, assets=("BTC",))
    line = next(line for line in volume.view(volume.Asked(), stored).lines if line.base == "BTC")
    assert answer.value == line.activity.usd and cells(answer, "exchange")[0] == name(FIRST) and FOURTH not in {used.exchange for used in answer.sources}
    assert {each.exchange: each.detail for each in answer.excluded}[FOURTH] == "spot prices: what is stored is stale"
    assert one("volume_sentiment", now=stored, assets=("QXJ7",)).kind == "nothing"


def test_some_exchanges_or_one_currency_only(stored):  # noqa: F811
    assert cells(one("volume_sentiment", now=stored, assets=("BTC",), exchanges=(SECOND,)), "exchange") == [name(SECOND)]
    assert name(FIRST) not in cells(one("volume_sentiment", now=stored, assets=("BTC",), exclude=(FIRST,)), "exchange")
    assert one("volume_sentiment", now=stored, assets=("BTC",), quote="USDC").page == "/volume/?search=BTC&quote=USDC"
    told = one("volume_sentiment", now=stored, assets=("BTC",), quote="USDT")
    assert told.sentence.startswith("BTC in USDT: ") and "Only what was traded in USDT is counted, in dollars: without a currency all pairs are." in told.notes
    whole, dollars = (one("volume_sentiment", now=stored, assets=("ETH",), quote=quote).value for quote in (None, "USD"))
    assert whole == dollars, "dollars are no currency of a book: everything is told in USD"


def test_the_norm_the_unusual_and_the_mood(remembered, stored):  # noqa: F811
    assert "2.00 times its norm at this hour" in one("volume_sentiment", now=stored, assets=("BTC",)).sentence
    unusual = one("volume_sentiment", now=stored, topic="unusual")
    assert unusual.sentence.startswith("Most unusual is BTC, at 2.00 times its norm") and cells(unusual, "coin") == ["BTC"]
    mood = one("volume_sentiment", now=stored, topic="sentiment")
    assert any(line.startswith("Highest is ") for line in mood.lines) and len(cells(mood, "coin")) >= 4
    assert one("volume_sentiment", now=stored, topic="sentiment", threshold=Threshold("<", "1")).table is None
    low = one("volume_sentiment", now=stored, topic="sentiment", threshold=Threshold("<", "99"))
    scores = [Decimal(text) for text in cells(low, "sentiment")]
    assert scores == sorted(scores) and any(line.startswith("Lowest is ") for line in low.lines)


def test_all_coins_by_volume_and_by_exchange(stored):  # noqa: F811
    every = one("volume_sentiment", now=stored, limit=2)
    assert every.sentence.startswith("Most traded is BTC") and len(cells(every, "coin")) == 2 and every.table.more > 0
    assert cells(one("volume_sentiment", now=stored, topic="share"), "exchange")[0] == name(FIRST)


def test_what_was_traded_in_a_time(remembered, stored):  # noqa: F811
    for back in range(1, 5):
        Candle.objects.filter(market__exchange__slug=FIRST, opened_at=stored.replace(minute=0, second=0, microsecond=0) - HOUR * back).update(quote_volume=1000)
    answer = one("volume_sentiment", now=stored, assets=("BTC",), time_range="4h")
    assert answer.sentence.endswith(f"USD of BTC/USDT were traded over 4 hours, most on {name(FIRST)}.")
    assert cells(answer, "volume_usd") in (["4.00K"], ["3.00K"])
    every = one("volume_sentiment", now=stored, time_range="3h")
    assert "on the 1 spot markets whose candles are read" in every.sentence
    assert "not stored" in "".join(one("volume_sentiment", now=stored, assets=("ETH",), time_range="3d").notes)


# --- Copy trading -------------------------------------------------------------------------------------------------
def test_traders_by_the_figure_that_is_asked_for(traders, stored):  # noqa: F811
    best = one("copy_trading", now=stored)
    assert best.sentence.startswith("4 lead traders are published") and cells(best, "name")[:2] == ["B", "A"] and best.value == Decimal("12.5")
    assert cells(one("copy_trading", now=stored, topic="drawdown"), "name")[0] == "A" and [used.exchange for used in best.sources] == [COPYING]
    assert any("Young records" in note for note in best.notes) and len(cells(one("copy_trading", now=stored, limit=1), "name")) == 1
    assert cells(one("copy_trading", now=stored, threshold=Threshold(">", "12.5", "pct")), "name") == ["B"]
    assert cells(one("copy_trading", now=stored, threshold=Threshold("<", "12.5", "pct")), "name") == ["D"]
    assert cells(one("copy_trading", now=stored, assets=("ETH",)), "name") == ["A"]
    assert one("copy_trading", now=stored, assets=("SOL",), quote="USDC").sentence == "No lead trader trades SOLUSDC right now."


def test_without_a_key_the_answer_says_which_to_set(stored, monkeypatch):  # noqa: F811
    answer = one("copy_trading", now=stored)
    assert answer.kind == "nothing" and answer.sentence == f"Copy-trading statistics are published by {NAME}, but none are stored here."
    assert "_API_KEY" in answer.lines[0] and COPYING in {each.exchange for each in answer.excluded}
    other = next(slug for slug in SLUGS if slug != COPYING)
    assert one("copy_trading", now=stored, exchanges=(other,)).sentence == f"Copy-trading statistics are not published by {name(other)}."


# --- Status and wallets -------------------------------------------------------------------------------------------
def test_who_is_up_and_what_is_covered(stored):  # noqa: F811
    answer = one("status", now=stored)
    assert answer.sentence.startswith("4 of 5 exchanges are up with fresh prices. ") and name(FOURTH) in answer.sentence
    assert answer.lines[-1].startswith(f"{read.pairs_traded():,} pairs of") and len(cells(answer, "exchange")) == 5
    assert one("status", now=stored, exchanges=(SECOND,)).title == f"{name(SECOND)} - status"
    assert name(FIRST) not in cells(one("status", now=stored, exclude=(FIRST,)), "exchange")


def test_one_that_is_off_says_so_instead_of_being_left_out(stored):  # noqa: F811
    Exchange.objects.filter(slug=SECOND).update(enabled=False)
    store.touch("switches")
    answer = one("status", now=stored, exchanges=(SECOND,))
    assert answer.sentence.startswith(f"{name(SECOND)} is switched off by an operator") and answer.excluded == ()


def test_wallets_of_a_coin(stored):  # noqa: F811
    teller = next(slug for slug in SLUGS if ADAPTERS[slug].currencies and not needs_key(ADAPTERS[slug].currencies))
    coin = {"deposit_open": True, "withdraw_open": False, "withdraw_fee": Decimal("0.5")}
    rows(teller, "currencies", Currency("POL", network="ERC20", chain="ethereum", **coin), now=stored)
    answer = one("status", now=stored, assets=("MATIC",), topic="wallets", exchanges=(teller,))
    says = "MATIC (now POL) deposits are open on its one network and withdrawals are closed on its one network"
    assert answer.sentence == f"{name(teller)}: {says}." and cells(answer, "withdraw_fee") == ["0.5 POL"]
    every = one("status", now=stored, assets=("POL",), topic="deposits")
    assert {each.exchange for each in every.excluded} == set(SLUGS) - {teller}
    old = one("status", now=stored + timedelta(hours=30), assets=("POL",), topic="deposits", exchanges=(teller,))
    assert "on no network that says so" in old.sentence, "what was told long ago may have changed"
    first, second = replied("status", now=stored, assets=("POL",), exchanges=(teller,))
    assert first.title == f"{name(teller)} - status" and second.title == "POL - deposits and withdrawals"
    assert one("status", now=stored, assets=("POL",), topic="age").title == "Status of the exchanges"


# --- Help ---------------------------------------------------------------------------------------------------------
def test_help_knows_the_exchanges_their_fees_and_ages(stored):  # noqa: F811
    assert len(cells(one("help", now=stored, topic="fees"), "exchange")) == 5 and "4 of 5 exchanges are up" in one("help", now=stored, topic="age").sentence
    assert one("help", now=stored).sentence.endswith("on 5 exchanges.") and one("unknown", now=stored, topic="advice").kind == "refusal"


# --- Nothing is stored yet ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("intent", ["volume_sentiment", "copy_trading", "status", "help", "unknown", "funding", "derivatives", "new_tokens", "trending_not_on"])
def test_a_fresh_installation_answers_that_there_is_nothing_yet(intent, empty):  # noqa: F811
    for asked in ({}, {"topic": "open_interest"}, {"exchanges": (FIRST, FIFTH)}, {"exclude": (THIRD,)}, {"time_range": "7d"}):
        answer = one(intent, **asked)
        assert answer.kind in ("nothing", "help", "refusal") or intent == "trending_not_on", (asked, answer.sentence)
    assert Snapshot.objects.count() == 0 == Market.objects.count() and market.SLUGS
