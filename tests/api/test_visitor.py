"""Who asks, for rollouts: always the same name for the same visitor, and no address in it."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory

from markets.api.visitor import subject_of


def request(address="203.0.113.7", user=None, cookie=False):
    made = RequestFactory(REMOTE_ADDR=address).get("/ask/")
    made.user = user or AnonymousUser()
    if cookie:
        made.COOKIES["sessionid"] = "x"
    return made


def test_an_address_is_hashed_with_the_secret_and_steady(settings):
    first = subject_of(request())
    assert first == subject_of(request()) != subject_of(request("203.0.113.8"))
    assert first.startswith("address:") and len(first) == 32
    settings.SECRET_KEY = "another-secret-another-secret-another-secret-another-secret"
    assert subject_of(request()) != first


def test_one_subscriber_of_ipv6_is_one_visitor():
    assert subject_of(request("2001:db8:1:2::1")) == subject_of(request("2001:db8:1:2:ffff::9")) != subject_of(request("2001:db8:1:3::1"))


def test_a_nonsense_address_is_a_visitor_too():
    assert subject_of(request("")).startswith("address:") and subject_of(request("unix:")).startswith("address:")


@pytest.mark.django_db
def test_somebody_who_is_signed_in_is_known_by_their_number():
    user = User.objects.create_user("anna")
    assert subject_of(request(user=user, cookie=True)) == f"user:{user.pk}"
    assert subject_of(request(cookie=True)).startswith("address:")  # a cookie that nobody stands behind


def test_without_a_session_nobody_is_looked_up():
    class Never:
        @property
        def is_authenticated(self):
            raise AssertionError("the session was loaded")

    assert subject_of(request(user=Never())).startswith("address:")
