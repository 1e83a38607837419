"""Rollouts: steady for each subject, growing without anybody falling out, and felt within a second."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange
from markets import rollouts
from markets.ask import agent
from markets.ask.frame import Frame
from markets.ask.rollout import OFF, ON, PERCENT, PLACES, Open, inside, place
from markets.models import Rollout
from markets.reads.findings import Asked

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


# --- As an operator sets them -------------------------------------------------------------------------------------
FRAME = Frame("best price for btc", intent="best_price", assets=("BTC",))


@pytest.fixture
def rollout(market):
    def made(**more):
        row, _ = Rollout.objects.update_or_create(intent="best_price", exchange=Exchange.objects.get(slug=FIRST), defaults=more)
        rollouts.forget()
        return row

    return made


def reasons(subject="", frame=FRAME):
    part = agent.replied(frame, Asked(timezone.now(), subject=subject)).record.parts[0]
    return {left.exchange: left.reason for left in part.route.left}


@pytest.mark.django_db
def test_without_a_row_everything_is_open(market):
    assert reasons() == {} and rollouts.closed("user:1") == frozenset()


@pytest.mark.django_db
def test_off_leaves_the_exchange_out_of_this_kind_of_question_alone(rollout):
    rollout(state="off")
    assert reasons() == {FIRST: "not_in_rollout"}
    assert reasons(frame=Frame("?", intent="volume_sentiment")) == {}
    assert rollouts.closed("user:1") == {("best_price", FIRST)}


@pytest.mark.django_db
def test_a_share_is_obeyed_for_each_subject_and_answers_are_not_mixed_up(rollout):
    rollout(state="percent", percent=50)
    for who in PEOPLE[:10]:
        assert (reasons(who) == {}) == (who in share(50)) == (not rollouts.closed(who))


@pytest.mark.django_db
def test_staff_and_named_subjects_are_in(rollout):
    staff = User.objects.create_user("anna", is_staff=True)
    gone, guest = User.objects.create_user("ben", is_staff=True, is_active=False), User.objects.create_user("guest")
    rollout(state="percent", percent=0, always=f"staff\n\n  user:{guest.pk}x \r\naddress:77")
    assert reasons(f"user:{staff.pk}") == reasons(f"user:{guest.pk}x") == reasons("address:77") == {}
    assert reasons(f"user:{gone.pk}") == reasons(f"user:{guest.pk}") == reasons("") == {FIRST: "not_in_rollout"}


@pytest.mark.django_db
def test_without_the_word_staff_are_like_everybody(rollout):
    staff = User.objects.create_user("anna", is_staff=True)
    rollout(state="percent", percent=0, always="user:9999")
    assert reasons(f"user:{staff.pk}") == {FIRST: "not_in_rollout"}


@pytest.mark.django_db
def test_they_are_read_once_a_second_and_kept_while_the_database_is_away(rollout, monkeypatch, django_assert_num_queries):
    from django.db import DatabaseError

    rollout(state="off")
    with django_assert_num_queries(1):
        assert [rollouts.is_open("best_price", FIRST, "") for _ in range(9)] == [False] * 9
    Rollout.objects.all().delete()
    assert not rollouts.is_open("best_price", FIRST, "")  # another process may have done that: felt within a second
    later = rollouts._kept[0] + 1.01
    monkeypatch.setattr(rollouts.time, "monotonic", lambda: later)

    def gone():
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(rollouts, "_read", gone)
        assert not rollouts.is_open("best_price", FIRST, "")
    later += 1.01
    assert rollouts.is_open("best_price", FIRST, "")


@pytest.mark.django_db
def test_a_row_that_is_on_is_as_good_as_none(rollout):
    rollout(state="on", percent=0)
    assert reasons("user:1") == {}
