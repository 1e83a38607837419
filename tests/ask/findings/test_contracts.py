"""Questions about funding, contracts and options, answered from what their pages read."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from markets import store
from markets.ask.frame import Threshold
from markets.models import Market
from markets.reads import funding as reads
from tests.api import published as p
from tests.ask.answers.build import cells
from tests.ask.findings.replies import one, replied
from tests.pages.conftest import empty  # noqa: F401 - a fixture
from tests.pages.market import FIRST, SECOND, THIRD
from tests.pages.test_funding import contracts, perp  # noqa: F401 - a fixture
from tests.pages.test_options import EXPIRY, listed

pytestmark = [pytest.mark.usefixtures("contracts"), pytest.mark.django_db]


def name(slug):
    return Exchange.objects.get(slug=slug).name


# --- Funding ------------------------------------------------------------------------------------------------------
def test_a_coins_rates_are_those_of_its_page():
    answer = one("funding", assets=("BTC",))
    line = reads.of_coin("BTC", timezone.now())[0]
    assert answer.value == line.cells[FIRST].apr_pct == Decimal("32.85")
    assert f"highest on {name(FIRST)}, +0.0300 % every 8 h (+32.85 % a year)" in answer.sentence
    assert f"Long on {name(SECOND)}, short on {name(FIRST)}: 21.90 % a year" in answer.lines[0] and "even after 4 d" in answer.lines[0]
    assert cells(answer, "next_at")[0].startswith("2 h 1") and [used.exchange for used in answer.sources] == [FIRST, SECOND]


def test_a_rate_of_one_that_is_off_is_told_and_says_why_it_does_not_count():
    Exchange.objects.filter(slug=FIRST).update(state="auto_disabled")
    store.touch("switches")
    answer = one("funding", assets=("BTC",), exchanges=(FIRST,))
    assert answer.sentence.startswith(f"BTC funding on {name(FIRST)} is +0.0300 %") and answer.value is None
    assert answer.sentence.endswith("It is not ranked, switched off by Pebble for poor performance.")


def test_thin_old_and_strange_rates_are_named_and_not_ranked():
    assert {each.exchange: each.detail for each in one("funding", assets=("ETH",)).excluded}[SECOND] == "not ranked, too little open interest"
    assert "an old rate" in {each.exchange: each.detail for each in one("funding", assets=("SOL",)).excluded}[SECOND]
    assert one("funding", assets=("WIF",)).sentence == "No funding rate of WIF counts right now."


def test_exchanges_that_were_asked_for_or_left_out_narrow_it():
    assert cells(one("funding", assets=("BTC",), exchanges=(SECOND,)), "exchange") == [name(SECOND)]
    assert cells(one("funding", assets=("BTC",), exclude=(SECOND,)), "exchange") == [name(FIRST)]


def test_all_coins_from_either_end_and_beyond_a_limit():
    high = one("funding")
    assert "BTC/USDT" in high.sentence and cells(high, "coin")[:2] == ["BTC/USDT", "BTC/USDT"] and high.table.more == 0
    assert "too little open interest" in high.notes[0] and cells(one("funding", limit=1), "coin") == ["BTC/USDT"]
    above = one("funding", threshold=Threshold(">", "20", "pct_year"))
    assert above.sentence.startswith("One funding rate is above 20 % a year: that of BTC/USDT") and len(cells(above, "coin")) == 1
    assert one("funding", topic="negative").sentence == "No funding rate that counts is below zero."
    assert one("funding", topic="lowest").value < high.value


def test_the_widest_pairs_and_means():
    assert one("funding", topic="spread").sentence.startswith(f"Widest on BTC: long on {name(SECOND)}, short on {name(FIRST)}")
    market = Market.objects.get(symbol="BTCUSDT", exchange__slug=FIRST)
    for hours in (8, 16):
        p.settled(market, timezone.now() - timedelta(hours=hours), "0.0001")
    answer = one("funding", assets=("BTC",), time_range="7d")
    assert answer.sentence == f"Over 16 hours (no more is known) BTC funding averaged +10.95 % a year on {name(FIRST)}." and cells(answer, "payments") == ["2"]
    assert cells(one("funding", assets=("BTC",), time_range="8h"), "apr_pct"), "an interval, not a past"
    assert "that time" in one("funding", assets=("ETH",), time_range="7d").notes[0]
    assert "as a mean of seven days" in one("funding", time_range="7d").sentence


def test_money_in_dollars_is_held_in_usdt():
    perp(FIRST, "BTC/USD", "0.0002", symbol="BTCUSD_PERP", inverse=True, open_interest=900_000)
    p.answered("funding")
    answer = one("funding", assets=("BTC",), amount="10000", quote="USD", time_range="1d")
    assert "Dollars are answered in USDT." in answer.notes and cells(answer, "cost")[0] == "9.00 USDT"
    assert "quote=USD" in one("funding", assets=("BTC",), quote="USD").page


def test_fees_of_whoever_asks_are_counted():
    assert "even after 8 h" in one("funding", assets=("BTC",), fees={"": Decimal("0.00005")}).lines[0]


def test_a_coin_without_perpetuals_and_one_that_nobody_knows():
    p.code(FIRST, "NOVA")
    found = {answer.title: answer for answer in replied("funding", assets=("QXJ7",))}
    assert found["QXJ7"].kind == "nothing"


def test_an_exchange_that_is_off_is_said():
    Exchange.objects.filter(slug=SECOND).update(enabled=False)
    store.touch("switches")
    answer = one("funding", assets=("BTC",))
    assert cells(answer, "exchange") == [name(FIRST)] and f"{name(SECOND)}: switched off." in answer.lines


# --- Perpetuals and futures ---------------------------------------------------------------------------------------
def test_perpetuals_stand_as_the_api_has_them():
    answer = one("derivatives", assets=("BTC",))
    assert answer.sentence == f"BTC perpetuals on 2 exchanges: mark prices from 100.0000 to 100.1000 USDT; 50.0M USD open, most on {name(SECOND)}."
    assert cells(answer, "basis_pct") == ["+0.100 %", "0.000 %"] and answer.kind == "answer"


def test_open_interest_of_a_coin_over_all_its_currencies_and_of_all_coins():
    perp(FIRST, "BTC/USDC", "0.0002", open_interest=100_000)
    p.answered("perp_tickers")
    answer = one("derivatives", assets=("BTC",), topic="open_interest")
    assert answer.value == 50_030_000 and cells(answer, "contract") == ["BTC/USDT", "BTC/USDT", "BTC/USDC"]
    assert cells(answer, "open_interest_usd")[-1] == "–", "no rate of USDC is known"
    assert cells(one("derivatives", assets=("BTC",), topic="open_interest", quote="USDC"), "contract") == ["BTC/USDC"]
    every = one("derivatives")
    assert every.sentence.startswith(f"BTC has the most open interest: 50.0M USD, most of it on {name(SECOND)}")
    assert cells(every, "coin")[0] == "BTC" and cells(every, "exchanges")[0] == "2"


def test_the_furthest_from_their_index():
    answer = one("derivatives", topic="basis")
    assert f"BTC/USDT on {name(SECOND)}: 0.10 % above it." in answer.sentence
    assert one("derivatives", topic="basis", threshold=Threshold(">", "30", "bps")).kind == "nothing"
    assert cells(one("derivatives", topic="basis", threshold=Threshold(">", "5", "bps")), "contract") == ["BTC/USDT"]
    assert one("derivatives", assets=("BTC",), topic="basis").value == Decimal("0.1")


def test_dated_futures_by_expiry_without_those_that_are_over():
    for days in (40, 10, -1):
        row = p.market(FIRST, "BTC/USDT", "future", f"BTC{days}", expiry=timezone.now() + timedelta(days=days), contract_size=1)
        p.ticker(row, mark_price="101", open_interest=5, base_volume_24h=1, quote_volume_24h=100, last=100)
    p.answered("perp_tickers")
    answer = one("derivatives", assets=("BTC",), topic="futures")
    assert len(cells(answer, "contract")) == 2 and answer.sentence.startswith("The nearest dated future on BTC is that of") and "a year" in answer.sentence
    assert one("derivatives", assets=("ETH",), topic="futures").title == "ETH - perpetuals", "where there is no dated one"


def test_old_contracts_do_not_count():
    perp(THIRD, "BTC/USDT", "0.0001", age_s=2000)
    p.answered("perp_tickers")
    assert THIRD in {each.exchange for each in one("derivatives", assets=("BTC",)).excluded}


# --- Options ------------------------------------------------------------------------------------------------------
def test_options_of_a_coin_and_the_coins_that_have_any():
    listed(FIRST, 100, "call", mark_iv="0.5", open_interest=30)
    listed(FIRST, 100, "put", mark_iv="0.54", open_interest=60)
    listed(FIRST, 100, "call", EXPIRY + timedelta(days=90), open_interest=1)
    listed(SECOND, 100, "call", mark_iv="0.7", open_interest=5)
    p.answered("option_tickers")
    answer = one("derivatives", assets=("BTC",), topic="options")
    says = "at-the-money volatility 52.0 % a year, 2.00 open puts for one open call, max pain 100 USDT"
    assert answer.sentence == f"BTC options to 31 Dec 2027 on {name(FIRST)}: {says}." and len(cells(answer, "expiry")) == 3
    assert {used.exchange for used in answer.sources} == {FIRST, SECOND}
    assert cells(one("derivatives", assets=("BTC",), topic="iv", exchanges=(SECOND,)), "exchange") == [name(SECOND)]
    assert one("derivatives", topic="options").sentence == "Options are listed on BTC. Name one for its expiries."
    assert "There are options on BTC." in one("derivatives", assets=("ETH",), topic="options").sentence
