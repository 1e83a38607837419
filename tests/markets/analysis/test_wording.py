"""The sentences people read: each whole, with what changes it."""

import pytest

from markets.analysis import quality, verdict, wording
from markets.analysis.settings import DEFAULT
from tests.markets.analysis.boards import NOW, D, quote, quotes


def look(**fields):
    return quality.look(quote(**fields), NOW, DEFAULT)


def judged(*rows, **more):
    return verdict.judge({q.exchange: q for q in rows}, NOW, **more)


@pytest.mark.parametrize(("seconds", "text"), [
    (59.9, "59 s"), (61, "1 m 1 s"), (3599, "59 m 59 s"), (3659, "1 h"), (3660, "1 h 1 m"), (7260, "2 h 1 m"), (86_399, "23 h 59 m"), (86_400, "1 d"),
    (2 * 86_400 - 1, "1 d"),
])
def test_ages_at_the_ends_of_their_units(seconds, text):
    assert wording.age(seconds) == text


def test_percents_have_two_digits_and_no_sign():
    assert (wording.percent(D("-0.0522")), wording.percent(0.1), wording.percent(D(12))) == ("5.22 %", "10.00 %", "1,200.00 %")


@pytest.mark.parametrize(("flag", "reason", "mid", "reference", "said"), [
    ("", "price_anomaly", 95, 100, "5.00 % below the others' median"),
    ("", "identity_conflict", 300, 100, "200.00 % above the others' median: probably another coin"),
    ("", "unit_mismatch", 1000, 100, "900.00 % above the others' median: probably counted in another unit"),
    ("dislocated", "dislocated", 105, 100,
     "5.00 % above the others' median for a while: a real difference, perhaps because deposits or withdrawals are closed"),
    ("", "price_anomaly", 100, 100, "0.00 % below the others' median"),
    ("", "price_anomaly", 95, None, "was far from the others and is being watched until it has stayed close for some time"),
])
def test_an_anomaly_says_how_far_off_and_what_it_may_be(flag, reason, mid, reference, said):
    seen = look(mid=mid, flag=flag)
    seen.reason = reason
    assert wording.detail(seen, None if reference is None else D(reference)) == said


def test_what_calms_down_is_watched_and_what_is_found_anew_is_measured():
    calming = look(mid=95, flag="price_anomaly", calm=1)
    calming.reason = "price_anomaly"
    assert wording.detail(calming, D(100)).startswith("was far from the others")
    calming.reason = "identity_conflict"
    assert wording.detail(calming, D(100)) == "5.00 % below the others' median: probably another coin"


@pytest.mark.parametrize(("fields", "said"), [
    ({"bid": None}, "no bid"), ({"ask": None}, "no ask"), ({"bid": None, "ask": None}, "no bid and no ask"),
    ({"bid": None, "ask": None, "bad": ("bid", "ask")}, "its bid and ask is not a number"), ({"bid": None, "bad": ("bid",)}, "its bid is not a number"),
    ({"status": "delisted"}, "no longer listed"), ({"status": "delisting"}, "being delisted"), ({"status": "halted"}, "trading is halted"),
    ({"bid": "80", "ask": "100"}, "bid and ask are 22.22 % apart"), ({"age": 901}, "last seen 15 m 1 s ago"), ({"age": 61}, "last seen 1 m 1 s ago"),
    ({"age": 45, "identity": "unknown"}, "45 s old, not yet confirmed to be the same coin"), ({"identity": "unknown"}, "not yet confirmed to be the same coin"),
    ({"switch": "banned"}, "paused by the exchange"), ({"identity": "probable"}, ""),
])
def test_why_a_quote_does_not_count_or_what_to_know_of_it(fields, said):
    assert wording.detail(look(**fields), None) == said


def test_a_still_feed_and_one_that_lost_to_fresher_ones():
    still, old = look(), look(age=45)
    still.reason, old.reason = "frozen", "aging"
    assert wording.detail(still, None) == "its numbers have stood still while the others moved"
    assert wording.detail(old, None) == "45 s old, and fresher prices exist"


def test_the_spread_needs_both_sides():
    assert wording.spread(quote(bid="99", ask="101")) == D("0.02")
    assert [wording.spread(quote(**{side: None})) for side in ("bid", "ask")] == [None, None]
    assert wording.spread(quote(bid="0")) is wording.spread(quote(ask="0")) is None


def test_a_comparison_in_order_has_no_remark():
    assert wording.notes(judged(quote("ada"), quote("bea")), "buy", None) == ()


def test_remarks_on_a_status():
    assert wording.notes(judged(quote("ada", 107), quote("bea", 100)), "buy", None) == (
        "The exchanges disagree by 7.00 %, and two are too few to say who is right: no best price.",)
    assert wording.notes(judged(), "buy", None) == ("No exchange has a usable price right now.",)
    assert wording.notes(judged(quote(age=45, identity="unknown")), "buy", None) == ("A single source: no cross-check is possible.",)
    assert wording.notes(verdict.judge(quotes(1, 1, "1.2", "1.2"), NOW), "buy", None) == (
        "The exchanges disagree, and not enough of them agree on a price: no best price.",)


def test_remarks_where_all_that_rank_are_old_or_unknown():
    ageing = "No fresh price exists: ageing ones are ranked instead."
    unsure = "That these are the same coin is not yet confirmed: it takes ten minutes of agreeing prices."
    assert wording.notes(judged(quote("ada", age=45), quote("bea", age=40)), "buy", None) == (ageing,)
    assert wording.notes(judged(quote("ada", identity="unknown"), quote("bea", identity="unknown")), "buy", None) == (unsure,)
    old = {"age": 45, "identity": "unknown"}
    assert wording.notes(judged(quote("ada", **old), quote("bea", **old)), "buy", None) == (ageing, unsure)
    assert wording.notes(judged(quote("ada", identity="unknown"), quote("bea")), "buy", None) == ()


@pytest.mark.parametrize(("side", "verb"), [("buy", "is cheapest"), ("sell", "pays most")])
def test_who_wins_before_and_after_fees(side, verb):
    said = wording.notes(judged(quote("ada"), quote("bea")), side, ("Ada", "Bea"))
    assert said == (f"Fees change the winner: before fees Ada {verb}, after fees Bea.",)


def test_an_amount_nobody_fills():
    assert wording.unfilled(D(25_000), "USDT", None) == "No exchange is known to fill 25,000 USDT."
    assert wording.unfilled(D("0.5"), "BTC", ("Ada", D("0.629"))) == "No exchange is known to fill 0.5 BTC. Ada's book holds most, 62% of it."


@pytest.mark.parametrize(("amount", "text"), [("25000.00", "25,000"), ("1E+6", "1,000,000"), ("0.50", "0.5"), ("0", "0")])
def test_amounts_have_their_thousands_separated(amount, text):
    assert wording.grouped(D(amount)) == text


@pytest.mark.parametrize(("ratio", "text"), [("0.9999", "99%"), ("0.01", "1%"), ("0.0099", "less than 1%"), ("0", "0%"), ("1", "100%")])
def test_a_share_is_never_rounded_up_to_all(ratio, text):
    assert wording.share(D(ratio)) == text


def test_who_is_best_at_more():
    assert wording.at_more(D(5000), "USDT", "Bea", "Ada", "buy") == "At 5,000 USDT Bea is cheaper than Ada."
    assert wording.at_more(D(5000), "USDT", "Bea", "Ada", "sell") == "At 5,000 USDT Bea pays more than Ada."
