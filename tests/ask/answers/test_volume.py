"""Volume and sentiment in words: of a coin, of all, in a time, and what stands beside them."""

import pytest

from markets.analysis.activity import Activity
from markets.analysis.sentiment import Sentiment
from markets.ask.answer import Left, Said, Used
from markets.ask.answers.volume import CANDLES, DAY, NOT_ADVICE, YOUNG, Busy, CoinVolume, Traded, Volumes, _lead, points, score
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import MATIC, POL, cells, one, route
from tests.markets.analysis.boards import NOW, D

A, B = list(route().names)[:2]
USED = (Used(A, A.title(), NOW, 12.0, "fresh"),)
MOOD = Sentiment(72.04, 12.04, None, 10.0)


def activity(volumes=None, **more):
    by = {A: D(6_000_000), B: D(2_000_000)} if volumes is None else volumes
    whole = sum(by.values(), D(0))
    given = {
        "usd": whole if by else None, "by_exchange": by, "shares": {name: usd / whole for name, usd in by.items()}, "concentration": None, "relative": None,
        "days": 0, "change": D("-0.0312"), "agree": 2, "way": -1, "told": 2, "sentiment": MOOD, "left_out": (), "markets": 4, "oldest_s": 12.0,
    }  # fmt: skip
    return Activity(**(given | more))


def told(a, coin=POL, found=None, **asked):
    known = CoinVolume(**({"coin": coin, "activity": a, "used": USED if a else ()} | (found or {})))
    return one(Frame("?", intent="volume_sentiment", assets=(coin.typed,), **asked), route("volume_sentiment"), known)


# --- One coin -----------------------------------------------------------------------------------------------------
def test_a_coins_day_by_exchange():
    answer = told(activity(relative=D("1.8"), days=14), coin=MATIC)
    where = f"8.00M USD traded in a day on 2 exchanges, most on {A.title()} (75 %)"
    assert answer.sentence == f"MATIC (now POL): {where}; that is 1.80 times its norm at this hour." and answer.title == "MATIC (now POL) - volume"
    assert (answer.value, answer.unit, answer.max_age_s) == (D(8_000_000), "USD", 12.0)
    assert cells(answer, "exchange") == [A.title(), B.title()] and cells(answer, "share_pct") == ["75.0 %", "25.0 %"]
    assert answer.lines[:2] == ("Its price fell on 2 of 2 exchanges in a day, \N{MINUS SIGN}3.12 % over all.", "Volume sentiment 72.0, bullish.")
    assert answer.notes == (DAY, NOT_ADVICE) and (answer.page, answer.api) == ("/volume/?search=POL", "/api/v1/volume/?base=POL")


def test_without_a_norm_that_is_said():
    answer = told(activity())
    assert answer.sentence.endswith("(75 %).") and answer.lines[0] == YOUNG and YOUNG not in told(activity(relative=D(1))).lines


def test_one_currency_is_said_and_no_longer_a_time_than_is_known():
    answer = told(activity(), found={"quote": "EUR"}, quote="EUR")
    assert answer.sentence.startswith("POL in EUR: 8.00M USD")
    assert answer.notes[0] == "Only what was traded in EUR is counted, in dollars: without a currency all pairs are."
    assert told(None, found={"quote": "EUR"}).notes == ()
    known = {"past": (Traded(A, D(5)),), "pair": "POL/USDT", "past_h": D(720)}
    assert told(activity(), found=known, time_range="90d").sentence.startswith("5.00 USD of POL/USDT were traded over 30 days (no more is known), most on ")
    assert told(activity(), found=known, time_range="30d").sentence.startswith("5.00 USD of POL/USDT were traded over 30 days, most on ")
    everything = Volumes(whole=activity(), past=(Traded(A, D(5)),), markets=7, past_h=D(720), quote="EUR")
    answer = one(Frame("?", intent="volume_sentiment", time_range="90d"), route("volume_sentiment"), everything)
    assert answer.value == D(5)
    assert answer.sentence.startswith("5.00 USD were traded over 30 days (no more is known) on the 7 spot markets")
    assert answer.notes[0].startswith("Only what was traded in EUR")


def test_one_exchange_and_none():
    assert told(activity({A: D(5)})).sentence == f"POL: 5.00 USD traded in a day on {A.title()}."
    assert told(activity({}, usd=D(0))).sentence == "POL: 0.00 USD traded in a day." and told(activity({}, usd=D(0))).table is None
    for nothing in (told(activity({})), told(None)):
        assert nothing.kind == "nothing" and nothing.sentence == "No volume of POL that counts is known right now." and nothing.lines == ()
    assert told(None, found={"missing": (Left(A, A.title(), "starting", "nothing yet"),)}).lines == (f"{A.title()}: nothing yet.",)


@pytest.mark.parametrize(("way", "change", "says"), [
    (1, "0.01", "Its price rose on 2 of 2 exchanges in a day, +1.00 % over all."), (0, None, "Its price points no one way over 2 of 2 exchanges."),
    (-1, None, "Its price fell on 2 of 2 exchanges in a day."),
])  # fmt: skip
def test_which_way_its_price_went(way, change, says):
    assert says in told(activity(way=way, change=None if change is None else D(change))).lines
    assert not any("Its price" in line for line in told(activity(told=0)).lines)


def test_sentiment_leads_with_its_parts():
    answer = told(activity(), topic="sentiment")
    assert answer.sentence.startswith("Volume sentiment of POL is 72.0, bullish; 8.00M USD traded") and (answer.value, answer.unit) == (D("72.04"), "")
    assert answer.title == "POL - volume sentiment" and "Made of 50 and price +12.0, breadth +10.0; not in it, for it is not known: volume." in answer.lines
    whole = told(activity(sentiment=Sentiment(50.0, -5.0, 5.0, 0.0)), topic="sentiment")
    assert "Made of 50 and price \N{MINUS SIGN}5.0, volume +5.0, breadth 0.0." in whole.lines
    unknown = told(activity(sentiment=Sentiment(None, None, None, None)), topic="sentiment")
    assert "is not known: none of its parts is;" in unknown.sentence and unknown.value is None and NOT_ADVICE not in unknown.notes
    assert not any("Made of" in line for line in unknown.lines)


def test_what_stands_beside_it():
    beside = {"imbalance": D("-0.03"), "funding_8h_pct": D("0.0203"), "open_interest_usd": D(20_800_000_000)}
    assert told(activity(), found=beside).lines[-1] == (
        "Beside it: books lean \N{MINUS SIGN}3.0 % to the bids, funding +0.0203 % per eight hours, 20.8B USD open in perpetuals."
    )
    assert told(activity(), found={"imbalance": D("0.03")}).lines[-1] == "Beside it: books lean +3.0 % to the bids."


def test_a_time_that_was_asked_for():
    answer = told(activity(), found={"pair": "POL/USDT", "past": (Traded(A, D(9_000_000)), Traded(B, D(1_000_000)))}, time_range="3d")
    assert answer.sentence == f"10.0M USD of POL/USDT were traded over 3 days, most on {A.title()}." and cells(answer, "share_pct") == ["90.0 %", "10.0 %"]
    assert CANDLES in answer.notes and DAY not in answer.notes
    missing = "What was traded in that time is not stored: these are volumes of the last day."
    assert missing in told(activity(), time_range="3d").notes
    for usual in ("24h", "1d", None):
        assert missing not in told(activity(), time_range=usual).notes


# --- All coins ----------------------------------------------------------------------------------------------------
def all_of(*coins, whole=None, found=None, **asked):
    known = Volumes(**({"whole": whole, "coins": coins, "count": len(coins), "used": USED} | (found or {})))
    return one(Frame("?", intent="volume_sentiment", **asked), route("volume_sentiment"), known)


BTC = Busy(base="BTC", usd=D(35_000_000), relative=D("2.5"), change=D("-0.0318"), score=D("40.0"), label="neutral")


def test_the_most_traded():
    answer = all_of(BTC, Busy(base="ETH", usd=D(6_000_000)), whole=activity(), found={"count": 2301})
    assert answer.sentence.startswith("Most traded is BTC, 35.0M USD in a day. All coins together: 8.00M USD traded in a day on 2 exchanges")
    assert cells(answer, "relative") == ["2.50", "–"] and cells(answer, "label") == ["neutral", "–"]
    assert cells(answer, "change_pct") == ["\N{MINUS SIGN}3.18 %", "–"]
    assert answer.table.more == 2299 and answer.page == "/volume/?sort=-volume" and answer.lines == (YOUNG,)
    assert (answer.value, answer.unit) == (D(8_000_000), "USD")


def test_the_most_unusual():
    answer = all_of(BTC, whole=activity(relative=D("1.2")), topic="unusual")
    assert answer.sentence.startswith("Most unusual is BTC, at 2.50 times its norm at this hour. All coins together") and answer.lines == ()
    assert answer.title == "Unusual volume" and answer.api == "/api/v1/volume/?ordering=-relative"
    assert all_of(whole=activity(), topic="unusual").sentence.startswith("No coin has enough history to say whether its volume is unusual. ")
    assert all_of(whole=activity(), topic="unusual").lines == ()


def test_the_mood_of_all():
    answer = all_of(BTC, whole=activity(relative=D(1)), topic="sentiment")
    assert answer.sentence.startswith("Volume sentiment of all coins together is 72.0, bullish; ") and answer.lines == ("Highest is BTC: 40.0, neutral.",)
    assert answer.page == "/volume/?sort=-sentiment"
    below = all_of(BTC, whole=activity(relative=D(1)), topic="sentiment", threshold=Threshold("<", "40"))
    assert below.page == "/volume/?sort=sentiment" and below.lines == ("Lowest is BTC: 40.0, neutral.",)


def test_shares_and_times():
    shares = all_of(BTC, whole=activity(), topic="share")
    assert shares.title == "Share of volume by exchange" and cells(shares, "exchange") == [A.title(), B.title()]
    past = all_of(BTC, whole=activity(), found={"past": (Traded(B, D(9_000_000)), Traded(A, D(1_000_000))), "markets": 45}, time_range="7d")
    assert past.sentence == f"10.0M USD were traded over 7 days on the 45 spot markets whose candles are read, most on {B.title()}."
    assert cells(past, "share_pct") == ["90.0 %", "10.0 %"] and past.notes == (CANDLES, NOT_ADVICE)


def test_nothing_is_known():
    for whole in (None, activity({})):
        answer = all_of(whole=whole)
        assert answer.kind == "nothing" and answer.sentence == "No volume that counts is known right now." and answer.unit == "" and answer.table is None


def test_a_score_is_told_shortly_and_kept_as_exactly_as_the_api_tells_it():
    said = Said()
    assert score(said, "BTC", Sentiment(31.3051234, 12.0, None, 10.0)) == "31.3, bearish"
    assert [(figure.value, figure.text) for figure in said.figures] == [("31.305123", "31.3")] and points(None) is None



def test_the_most_unusual_leads_with_how_many_times_its_norm_it_trades():
    unusual = Frame("?", intent="volume_sentiment", topic="unusual")
    assert _lead(unusual, Volumes(coins=(BTC,))) == D("2.5") and _lead(unusual, Volumes()) is None
