"""Rollouts as an operator sets them: felt within a second. Who is in, says test_inside.py."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from exchanges.models import Exchange
from markets import rollouts
from markets.ask import agent
from markets.ask.frame import Frame
from markets.models import Rollout
from markets.reads.findings import Asked
from tests.ask.test_inside import FIRST, PEOPLE, share

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
