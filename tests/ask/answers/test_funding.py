"""Funding of one coin in words: who pays most and least, what was paid, what holding costs, and what does not count."""

from datetime import timedelta

import pytest

from markets.ask.answer import Left
from markets.ask.answers.funding import Funding, Paid, Pair, Rate
from markets.ask.frame import Frame
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B, C = list(route().names)[:3]


def rate(exchange=A, pct="0.01", hours="8", reason="", **more):
    ratio, known = D(pct) / 100, None if hours is None else D(hours)
    given = {"open_interest_usd": D(5_000_000), "price": D("0.5"), "age_s": 20.0, "state": "fresh", "base": "POL", "quote": "USDT"} | more
    return Rate(exchange=exchange, rate=ratio, hours=known, hourly=None if known is None else ratio / known, reason=reason, observed_at=NOW, **given)


def pair(**more):
    given = {"diff_hourly": D("0.000025"), "fees": D("0.0024"), "open_interest_usd": D(2_000_000)} | more
    return Pair(base="POL", quote="USDT", long=B, short=A, **given)


def told(*rates, coin=POL, way=None, found=None, **asked):
    known = {"coin": coin, "quote": "USDT" if rates else "", "rates": rates} | (found or {})
    return one(Frame("?", intent="funding", assets=(coin.typed,), **asked), way or route("funding"), Funding(**known))


# --- Rates --------------------------------------------------------------------------------------------------------
def test_the_highest_and_the_lowest_lead():
    answer = told(rate(A, "0.005"), rate(B, "0.03"), rate(C, "0.01", "4"))
    high, low = f"{B.title()}, +0.0300 % every 8 h (+32.85 % a year)", f"{A.title()}, +0.0050 % every 8 h (+5.48 % a year)"
    assert answer.sentence == f"POL funding is highest on {high}, and lowest on {low}. Longs pay shorts on all of them."
    assert answer.title == "POL - funding" and (answer.value, answer.unit) == (D("32.85"), "% a year") and answer.kind == "answer"
    assert cells(answer, "exchange") == [B.title(), C.title(), A.title()] and cells(answer, "interval") == ["8 h", "4 h", "8 h"]
    assert cells(answer, "rate_8h_pct") == ["+0.0300 %", "+0.0200 %", "+0.0050 %"] and cells(answer, "apr_pct") == ["+32.85 %", "+21.90 %", "+5.48 %"]
    assert cells(answer, "open_interest_usd") == ["5.00M"] * 3 and answer.max_age_s == 20.0


@pytest.mark.parametrize("topic", ["lowest", "negative"])
def test_seen_from_below_the_lowest_leads(topic):
    answer = told(rate(A, "-0.005"), rate(B, "0.03"), topic=topic)
    assert answer.sentence.startswith(f"POL funding is lowest on {A.title()}, \N{MINUS SIGN}0.0050 % every 8 h")
    assert f"and highest on {B.title()}" in answer.sentence and answer.sentence.endswith("where it is negative shorts pay longs.")
    assert cells(answer, "exchange") == [A.title(), B.title()] and answer.value == D("-5.475")


def test_one_exchange_says_who_pays_and_when():
    answer = told(rate(A, "-0.01", next_at=NOW + timedelta(hours=3, minutes=32)))
    rates = "\N{MINUS SIGN}0.0100 % every 8 h (\N{MINUS SIGN}10.95 % a year)"
    assert answer.sentence == f"POL funding on {A.title()} is {rates}: shorts pay longs; the next payment is in 3 h 32 m, at 15:32:00 UTC."
    assert cells(answer, "next_at") == ["3 h 32 m"]
    assert told(rate(A, "0")).sentence.endswith(": nobody pays.") and told(rate(A)).sentence.endswith(": longs pay shorts.")
    assert cells(told(rate(A)), "next_at") == ["–"]


def test_the_same_everywhere():
    assert told(rate(A), rate(B)).sentence == "POL funding is the same everywhere: +0.0100 % every 8 h (+10.95 % a year); longs pay shorts."


def test_what_does_not_count_is_shown_and_left_out_with_its_reason():
    answer = told(rate(A), rate(B, "9", reason="thin"), rate(C, "9", reason="stale", age_s=240.0), rate("dot", "1", None, reason="partial"))
    assert answer.sentence.startswith(f"POL funding on {A.title()} is") and len(answer.sources) == 1
    left = {each.exchange: each.detail for each in answer.excluded}
    assert left[B] == "not ranked, too little open interest" and left[C] == "not ranked, an old rate (4 m)"
    assert answer.lines == () and cells(answer, "exchange")[0] == A.title()
    assert cells(answer, "ranked")[:3] == ["yes", "no, too little open interest", "no, an old rate (4 m)"] and len(cells(answer, "exchange")) == 4
    assert "ranked" not in [column.name for column in told(rate(A)).table.columns]
    assert cells(answer, "apr_pct")[-1] == "–" and cells(answer, "interval")[-1] == "–" and cells(answer, "rate_pct")[-1] == "+1.0000 %"


def test_nothing_counts_or_is_listed():
    answer, rates = told(rate(A, reason="thin", next_at=NOW + timedelta(hours=1))), "+0.0100 % every 8 h (+10.95 % a year): longs pay shorts"
    assert answer.sentence == f"POL funding on {A.title()} is {rates}; the next payment is in 1 h, at 13:00:00 UTC. It is not ranked, too little open interest."
    assert answer.kind == "nothing" and answer.value is None
    thin = rate(B, "9", reason="thin", open_interest_usd=None), rate(C, "9", reason="thin", open_interest_usd=D(1))
    several = told(thin[0], rate(A, reason="stale", age_s=240.0), thin[1])
    says = f"POL funding on {A.title()} is {rates}. It is not ranked, an old rate (4 m)."
    assert several.sentence == f"No funding rate of POL counts right now. {says}"
    assert told(rate(A, reason="partial", hours=None)).sentence == "No funding rate of POL counts right now."
    nothing = told(coin=MATIC, found={"missing": (Left(A, A.title(), "starting", "nothing has been collected yet"),)})
    assert nothing.sentence == "No exchange that was asked lists a perpetual on MATIC (now POL)." and nothing.table is None and nothing.page == "/funding/"
    assert nothing.excluded[-1].reason == "starting"


def test_addresses_and_notes_follow_what_was_asked():
    answer = told(rate(A), quote="EUR", exchanges=(A,), way=route("funding", exchanges=(A,)), found={"quotes": ("USD", "USDC")})
    assert (answer.page, answer.api) == ("/funding/POL/", f"/api/v1/funding/?base=POL&quote=USDT&exchange={A}")
    assert answer.notes == ("Perpetuals on POL are priced in USD, USDC, too.", "No perpetual that was asked for is priced in EUR: these are priced in USDT.")
    assert told(rate(A, quote="USDC"), found={"quote": "USDC"}, quote="USDC").page == "/funding/POL/?quote=USDC"
    assert told(rate(A), quote="USDT").notes == ()


# --- Pairs and holding --------------------------------------------------------------------------------------------
def test_the_two_furthest_apart_are_told_with_their_fees():
    answer = told(rate(A), rate(B, "0.005"), found={"pair": pair()})
    assert answer.lines == (
        f"Long on {B.title()}, short on {A.title()}: 21.90 % a year at the running rates, before fees; four taker fees are even after 4 d; "
        "2.00M USD open on the thinner leg.",
    )  # fmt: skip
    assert "even" not in told(rate(A), rate(B, "0.005"), found={"pair": pair(fees=None)}).lines[0]


def test_holding_money_costs_what_the_rates_say():
    answer = told(rate(A, "0.03"), rate(B, "-0.01"), amount="10000", unit="USD", time_range="1w")
    assert cells(answer, "cost") == ["63.00 USDT", "\N{MINUS SIGN}21.00 USDT"]
    assert answer.lines[0].startswith(f"If rates stayed as they are, a long of that size would over 1 week pay 63.00 USDT on {A.title()}")
    assert told(rate(A, "0.03"), amount="10000").lines[0].count("1 day") == 1


def test_holding_coins_is_worth_what_each_exchange_says():
    answer = told(rate(A, "0.03", price=D(2)), rate(B, "0.01", price=None), amount="1000", unit="POL", time_range="8h")
    assert cells(answer, "cost") == ["0.60 USDT", "–"]
    assert told(rate(A, "0.03", price=None), amount="1000", unit="POL").lines == ()
    assert cells(told(rate(A, "0.03"), rate(B, reason="thin"), amount="1000"), "cost") == ["0.90 USDT", "–"]


# --- What was paid ------------------------------------------------------------------------------------------------
def paid(exchange, hourly, payments=21, hours="168"):
    return Paid(exchange=exchange, hourly=D(hourly), total=D(hourly) * D(hours), payments=payments, hours=D(hours))


def test_means_of_a_time_lead_where_a_time_is_asked_for():
    answer = told(rate(A), rate(B), found={"paid": (paid(A, "0.00001"), paid(B, "-0.00001"))}, time_range="7d")
    says = f"+8.76 % a year on {A.title()} (highest) and \N{MINUS SIGN}8.76 % a year on {B.title()} (lowest)"
    assert answer.sentence == f"Over 7 days POL funding averaged {says}." and answer.value == D("8.76")
    assert cells(answer, "mean_8h_pct") == ["+0.0080 %", "\N{MINUS SIGN}0.0080 %"] and cells(answer, "total_pct") == ["+0.1680 %", "\N{MINUS SIGN}0.1680 %"]
    assert cells(answer, "payments") == ["21", "21"] and cells(answer, "hours") == ["168", "168"]
    assert answer.api == "/api/v1/funding/history/?base=POL&quote=USDT"
    short = told(rate(A), rate(B), found={"paid": (paid(A, "0.00001", hours="16"), paid(B, "-0.00001", hours="8"))}, time_range="7d")
    assert short.sentence.startswith("Over 16 hours (no more is known) POL funding averaged ")
    alone = told(rate(A), found={"paid": (paid(A, "0.00001"),)}, time_range="24h")
    assert alone.sentence == f"Over 24 hours POL funding averaged +8.76 % a year on {A.title()}."


def test_the_lowest_mean_leads_where_the_lowest_is_asked_for():
    answer = told(rate(A), found={"paid": (paid(A, "0.00001"), paid(B, "-0.00001"))}, time_range="7d", topic="lowest")
    assert answer.sentence.startswith("Over 7 days POL funding averaged \N{MINUS SIGN}8.76 % a year")
    assert "(lowest) and" in answer.sentence and answer.sentence.endswith("(highest).")


def test_a_time_of_which_nothing_is_stored_is_said():
    assert told(rate(A), time_range="7d").notes == ("Nothing that was paid in that time is stored: these are the running rates.",)
    assert told(rate(A), time_range="7d", amount="5").notes == ()
