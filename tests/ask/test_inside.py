"""Who is in: steady for each subject, growing without anybody falling out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges.adapters import ADAPTERS
from markets.ask.rollout import OFF, ON, PERCENT, PLACES, Open, inside, place

FIRST, SECOND = list(ADAPTERS)[:2]
PEOPLE = [f"user:{i}" for i in range(2000)]


def share(percent, intent="best_price", exchange=FIRST, people=PEOPLE):
    return {who for who in people if inside(Open(PERCENT, percent), intent, exchange, who)}


def test_on_is_for_all_and_off_for_nobody_whatever_the_share_and_the_list():
    for percent in (0, 50, 100):
        assert inside(Open(ON, percent), "compare", FIRST, "user:1")
        assert not inside(Open(OFF, percent, frozenset({"user:1"})), "compare", FIRST, "user:1")
    assert inside(Open(), "compare", FIRST, "")


def test_a_share_is_about_what_it_says_and_both_ends_are_exact():
    assert share(0) == set() and share(100) == set(PEOPLE)
    assert abs(len(share(25)) / len(PEOPLE) - 0.25) < 0.03
    assert abs(len(share(1)) / len(PEOPLE) - 0.01) < 0.01


@settings(max_examples=50)
@given(st.integers(0, 100), st.integers(0, 100), st.text(max_size=20))
def test_raising_a_share_only_adds(low, high, subject):
    low, high = sorted((low, high))
    assert not inside(Open(PERCENT, low), "funding", FIRST, subject) or inside(Open(PERCENT, high), "funding", FIRST, subject)


def test_who_is_in_differs_by_kind_of_question_and_exchange():
    half = share(50)
    assert half != share(50, intent="funding") and half != share(50, exchange=SECOND)
    assert 0.4 < len(half & share(50, exchange=SECOND)) / len(half) < 0.6  # not the same people first everywhere


def test_the_place_of_a_subject_is_always_the_same():
    assert place("best_price", "a", "user:7") == 6730
    assert min(place("x", "y", who) for who in PEOPLE) >= 0 and max(place("x", "y", who) for who in PEOPLE) < PLACES == 10_000


@pytest.mark.parametrize(("percent", "expected"), [(67, False), (68, True)])
def test_a_share_ends_where_it_says(percent, expected):
    assert inside(Open(PERCENT, percent), "best_price", "a", "user:7") is expected


def test_the_first_of_all_is_not_in_a_share_of_nothing_and_the_middle_one_not_in_half():
    assert (place("best_price", "a", "user:17964"), place("best_price", "a", "user:12573")) == (0, 5000)
    assert not inside(Open(PERCENT, 0), "best_price", "a", "user:17964") and inside(Open(PERCENT, 1), "best_price", "a", "user:17964")
    assert not inside(Open(PERCENT, 50), "best_price", "a", "user:12573") and inside(Open(PERCENT, 51), "best_price", "a", "user:12573")


def test_the_list_is_in_at_a_share_of_nothing():
    assert inside(Open(PERCENT, 0, frozenset({"user:1"})), "compare", FIRST, "user:1")
    assert not inside(Open(PERCENT, 0, frozenset({"user:1"})), "compare", FIRST, "user:2")
