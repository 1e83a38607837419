"""Other words for a coin: which count today."""

from datetime import date, timedelta

import pytest

from markets.analysis.aliases import Alias, standing, vocabulary

DAY = date(2024, 9, 4)
ONE = timedelta(days=1)


@pytest.mark.parametrize(("kind", "start", "end", "today", "expected"), [
    ("former", None, DAY, DAY, "former"), ("former", None, DAY, DAY - ONE, "current"), ("former", None, None, DAY, "former"),
    ("ticker", None, None, DAY, "current"), ("ticker", None, DAY, DAY - ONE, "current"), ("ticker", None, DAY, DAY, "former"),
    ("ticker", DAY, None, DAY - ONE, ""), ("ticker", DAY, None, DAY, "current"), ("former", DAY, None, DAY - ONE, ""), ("name", None, DAY, DAY, "former"),
])
def test_a_word_counts_between_its_dates(kind, start, end, today, expected):
    assert standing(Alias("MATIC", kind, "POL", start, end), today) == expected


def test_matic_means_pol_since_the_day_it_was_renamed():
    matic = Alias("matic", "former", "POL", valid_to=DAY)
    assert vocabulary([matic], DAY) == {"MATIC": matic}
    assert vocabulary([Alias("X", "ticker", "Y", valid_from=DAY + ONE)], DAY) == {}


def test_tickers_beat_names_todays_beat_former_ones_and_of_those_the_latest_counts():
    name, old = Alias("LUNA", "name", "A"), Alias("LUNA", "former", "B", valid_to=DAY - 9 * ONE)
    older, now = Alias("LUNA", "former", "C", valid_to=DAY - 99 * ONE), Alias("LUNA", "ticker", "D")
    undated = Alias("LUNA", "former", "E")
    for words, meant in (([name, old], "B"), ([old, older], "B"), ([name, old, older, now], "D"), ([now, name], "D"), ([old, undated], "E"), ([name], "A")):
        assert vocabulary(words, DAY)["LUNA"].coin == vocabulary(words[::-1], DAY)["LUNA"].coin == meant


def test_of_two_equal_words_the_order_they_come_in_does_not_decide():
    one, two = Alias("X", "ticker", "A"), Alias("X", "ticker", "B")
    assert vocabulary([one, two], DAY) == vocabulary([two, one], DAY)
