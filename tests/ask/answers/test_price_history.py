"""What a price was and is, in words."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from markets.analysis.settings import DEFAULT
from markets.ask import text
from markets.ask.answer import Left
from markets.ask.answers.common import Coin
from markets.ask.answers.price_history import History, Past, merged, seconds_of
from markets.ask.frame import Frame, Threshold
from tests.ask.answers.build import MATIC, cells, one, route
from tests.markets.analysis.boards import NOW, PAIR, D, quote

HOUR = timedelta(hours=1)


def bar(hours_ago, opened, low, high, close):
    return Past(opened_at=NOW - hours_ago * HOUR, open=D(opened), low=D(low), high=D(high), close=D(close))


BARS = (bar(3, 100, 98, 101, "100.5"), bar(2, "100.5", 100, 110, 105), bar(1, 105, 97, 106, 104))
QUOTE = quote("ada", 1, bid=D("101.9"), ask=D("102.1"), tick_size=D("0.01"), age=4)


def ask(bars=BARS, frame=None, way=None, **more):
    about = {"coin": MATIC, "key": PAIR, "exchange": "ada", "quote": QUOTE, "method": DEFAULT}
    finding = History(bars=bars, candles=len(bars), **about | {"span_s": 3 * 3600, "period_s": 3600} | more)
    asked = Frame(**{"q": "x", "intent": "price_history", "time_range": "3h"} | (frame or {}))
    return one(asked, way or route("price_history", ("ada",)), finding)


def test_then_and_now():
    assert text.plain(ask()).splitlines() == [
        "MATIC (now POL) - price over the last 3 h: Ada 102.00 USDT now, up 2.00 % in 3 h (100.00 then)",
        "  22 Nov 11:00 UTC  105.00   +5.00 %",
        "  22 Nov 10:00 UTC  100.50   +0.50 %",
        "  22 Nov 09:00 UTC  100.00   0.00 %",
        "Low 97.00 around 22 Nov 11:00 UTC, high 110.00 around 22 Nov 10:00 UTC.",
        "From 3 candles: Pebble's own hourly prices of the middle on Ada.",
        "The price now is the middle on Ada, 4 s old.",
    ]


@pytest.mark.parametrize(("q", "sentence", "value"), [
    ("7 day HIGH of pol", "Ada high 110.00 USDT in 3 h, around 22 Nov 10:00 UTC; 102.00 USDT now.", "110"),
    ("lowest pol price", "Ada low 97.00 USDT in 3 h, around 22 Nov 11:00 UTC; 102.00 USDT now.", "97"),
    ("average pol price", "Ada averaged 103.17 USDT in 3 h, over 3 closing prices; 102.00 USDT now.", "103.1667"),
    ("pol price 3 hours ago", "Ada 100.00 USDT 3 h ago; 102.00 USDT now.", "100"),
    ("high and low", "Ada high 110.00 USDT in 3 h, around 22 Nov 10:00 UTC; low 97.00 USDT in 3 h, around 22 Nov 11:00 UTC; 102.00 USDT now.", "110"),
])  # fmt: skip
def test_the_word_of_the_question_decides_what_leads(q, sentence, value):
    answer = ask(frame={"q": q})
    assert answer.sentence == sentence and round(answer.value, 4) == D(value) and answer.unit == "USDT"


def test_a_named_figure_of_what_is_not_covered_says_since_when():
    def says(q):
        return ask(span_s=86_400, frame={"time_range": "24h", "q": q}).sentence

    assert says("pol price a day ago") == "Ada 100.00 USDT at 22 Nov 09:00 UTC, before which nothing is known; 102.00 USDT now."
    assert says("average of pol").startswith("Ada averaged 103.17 USDT since 22 Nov 09:00 UTC, over")
    assert ask((), frame={"q": "high of pol"}).kind == "nothing"


def test_the_price_of_now_may_be_the_highest_or_the_lowest():
    assert ask(quote=replace(QUOTE, bid=D(112), ask=D(112)), frame={"q": "high"}).sentence.startswith("Ada high 112.00 USDT in 3 h, around 22 Nov 12:00 UTC;")
    assert ask(quote=replace(QUOTE, bid=D(90), ask=D(90)), frame={"q": "low"}).sentence.startswith("Ada low 90.00 USDT in 3 h, around 22 Nov 12:00 UTC;")
    alone = ask(BARS[1:2], quote=None, frame={"q": "average"})
    assert alone.lines[0].startswith("Low 100.0") and " and high 110.0" in alone.lines[0] and "over 1 closing price;" in alone.sentence


@pytest.mark.parametrize("q", ["price of POL at 3pm", "pol at 15:00", "how was pol on monday", "pol on 5 november", "POL price 3:30 PM", "pol at noon"])
def test_a_moment_that_is_not_understood_is_said_first(q):
    assert ask(frame={"q": q}).sentence.startswith("A day or an hour by its name is not understood: say how long ago, or over how long. Ada 102.00 USDT now")


@pytest.mark.parametrize("q", ["pol since monday", "pol on ada", "pol at 3", "how was pol on mondays", "highlight of pol", "lowdown"])
def test_other_words_name_nothing(q):
    assert ask(frame={"q": q}).sentence == ask().sentence


def test_its_figures():
    answer = ask()
    assert (answer.kind, answer.grade, answer.value, answer.unit, answer.max_age_s, answer.method) == ("answer", "C", D(2), "%", 4, "1")
    assert answer.page == "/compare/POL-USDT/?range=24h"
    assert answer.api == "/api/v1/history/POL-USDT/?exchange=ada&period=3600&from=2026-11-22T09%3A00%3A00Z"
    assert cells(answer, "low") == ["97.00", "100.00", "98.00"] and cells(answer, "high") == ["106.00", "110.00", "101.00"]
    assert [(u.exchange, u.state, u.age_s) for u in answer.sources] == [("ada", "fresh", 4)]


@pytest.mark.parametrize(("mid", "said"), [("99", "99.00 USDT now, down 1.00 % in 3 h"), ("100", "100.00 USDT now, unchanged in 3 h")])
def test_down_and_unchanged(mid, said):
    assert said in ask(quote=replace(QUOTE, bid=D(mid), ask=D(mid))).sentence


@pytest.mark.parametrize(("quoted", "state"), [
    (replace(QUOTE, observed_at=NOW - timedelta(seconds=61)), "stale"), (replace(QUOTE, bid=None), "fresh"),
    (replace(QUOTE, status="halted"), "fresh"), (None, "expired"),
])  # fmt: skip
def test_without_a_price_of_now_the_last_stored_one_is_told(quoted, state):
    answer = ask(quote=quoted)
    assert re.match(r"Ada 104\.00(00)? USDT at last, up 4\.00 %", answer.sentence) and answer.sources[0].state == state
    assert answer.lines[-1] == "What it costs there now is not known: this is the last stored price of Ada."


def test_whose_past_is_another_coins_is_told():
    gone = Left("bea", "Bea", "conflicted", "the same ticker names another coin here")
    for answer in (ask(missing=(gone,)), ask((), missing=(gone,))):
        assert answer.excluded == (gone,) and answer.lines[-1].endswith("Bea: the same ticker names another coin here.")


def test_an_ageing_price_of_now_still_counts():
    answer = ask(quote=replace(QUOTE, observed_at=NOW - timedelta(seconds=45)))
    assert answer.sentence.startswith("Ada 102.00 ") and answer.lines[-1] == "The price now is the middle on Ada, 45 s old."


def test_a_window_that_is_not_covered_says_since_when_there_is_something():
    answer = ask(span_s=86_400, frame={"time_range": "24h"}, since=NOW - 3 * HOUR)
    assert answer.kind == "partial" and answer.sentence == "Ada 102.00 USDT now, up 2.00 % since 22 Nov 09:00 UTC (100.00 then)"
    assert answer.lines[2] == "Stored since 22 Nov 09:00 UTC: nothing of before is known."


def test_a_window_is_covered_within_two_candles():
    assert ask(span_s=5 * 3600).kind == "answer" and ask(span_s=5 * 3600 + 1).kind == "partial"


def test_nothing_is_stored():
    answer = ask((), since=NOW - 50 * HOUR, way=route("price_history", ("ada",), left=[("bea", "disabled", "switched off by an operator")]))
    assert (answer.kind, answer.grade, answer.value, answer.table, answer.sources) == ("nothing", "D", None, None, ())
    assert answer.sentence == "No past prices of POL/USDT are stored for the last 3 h."
    assert answer.lines == ("Stored since 20 Nov 10:00 UTC: nothing of before is known.", "Bea: switched off.")
    assert ask(()).lines == ("Nothing is stored of it yet.",)


@pytest.mark.parametrize(("sources", "period", "said"), [
    (("own",) * 3, 60, "Pebble's own minute prices of the middle on Ada."), (("exchange",) * 3, 86_400, "Ada's daily candles of trades."),
    (("exchange", "own", "own"), 300, "Ada's five-minute candles of trades, and Pebble's own of the middle where there are some."),
    (("both",) * 3, 3600, "Ada's hourly candles of trades, and Pebble's own of the middle where there are some."),
])  # fmt: skip
def test_which_candles(sources, period, said):
    answer = ask(tuple(replace(each, source=source) for each, source in zip(BARS, sources, strict=True)), period_s=period)
    assert f"From 3 candles: {said}" in answer.lines


def test_one_candle():
    assert "From 1 candle: " in ask(BARS[:1]).lines[1]


@pytest.mark.parametrize(("op", "value", "line"), [
    (">", "109.99", "Yes, it has been above 109.99."), (">", "110", "No, it has not been above 110."), ("<", "97.1", "Yes, it has been below 97.1."),
    ("<", "97", "No, it has not been below 97."),
])  # fmt: skip
def test_whether_it_has_passed_a_limit(op, value, line):
    assert ask(frame={"threshold": Threshold(op, value)}).lines[1] == line == ask(frame={"threshold": Threshold(op, value, "usdt")}).lines[1]
    assert len(ask(frame={"threshold": Threshold(op, value, "pct")}).lines) == 3


def test_a_long_window_is_told_in_days_with_their_year():
    far = (replace(BARS[0], opened_at=NOW - timedelta(days=365)), BARS[2])
    answer = ask(far, span_s=365 * 86_400, period_s=86_400, frame={"time_range": "365d"})
    assert cells(answer, "time") == ["22 Nov 2026", "22 Nov 2025"] and answer.page.endswith("range=30d") and answer.title.endswith("last 365 d")


@pytest.mark.parametrize(("span", "page"), [(3600, "1h"), (3601, "24h"), (86_400, "24h"), (86_401, "7d"), (604_801, "30d"), (10**9, "30d")])
def test_the_page_shows_the_nearest_window(span, page):
    assert ask(span_s=span).page.endswith(f"range={page}")


def test_a_table_of_at_most_eight_rows_or_as_many_as_asked():
    many = tuple(bar(n, 100, 98, 101, 100) for n in range(24, 0, -1))
    assert len(ask(many).table.rows) == 8 and len(ask(many, frame={"limit": 3}).table.rows) == 3


def test_notes():
    coin = Coin("AAA", "POL", "POL", "", "AAA", "1 AAA became 1000 POL.")
    assert ask(coin=coin, notes=("Dollars are answered in USDT.",)).notes == ("1 AAA became 1000 POL.", "Dollars are answered in USDT.")


def test_neighbours_are_taken_together():
    assert merged([], 5) == () and merged(list(BARS), 3) == BARS
    assert merged(list(BARS), 2) == (bar(3, 100, 98, 110, 105), BARS[2])
    assert merged([BARS[0], replace(BARS[1], source="exchange")], 1)[0].source == "both"


@pytest.mark.parametrize(("text_", "seconds"), [
    (None, 86_400), ("24h", 86_400), ("90m", 5400), ("7d", 604_800), ("2w", 1_209_600), ("h", 86_400), ("0h", 86_400), ("3y", 86_400), ("", 86_400),
    ("-1h", 86_400),
])  # fmt: skip
def test_a_time_range_in_seconds(text_, seconds):
    assert seconds_of(text_) == seconds
