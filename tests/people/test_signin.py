"""Signing in: the limits on guessing (U8), sessions (U16), and where `next` leads (U12)."""

import json
import re
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from markets import sessions, signin
from markets.models import Channel, Delivery, SignedIn
from tests.people.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("anna")


def events():
    return [entry.additional_data["event"] for entry in LogEntry.objects.filter(action=LogEntry.Action.ACCESS).order_by("pk")]


def failures(name, address, count, age=timedelta()):
    AccessFailureLog.objects.bulk_create(
        [AccessFailureLog(username=name, ip_address=address, user_agent="", http_accept="", path_info="", locked_out=False) for _ in range(count)]
    )
    AccessFailureLog.objects.filter(username=name).update(attempt_time=timezone.now() - age)


def test_five_wrong_passwords_lock_this_name_from_this_address_for_a_quarter_of_an_hour_and_no_other(sign_in):
    """U8"""
    answers = [sign_in(password="wrong-wrong-wrong") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    locked = sign_in()  # now with the right one
    assert locked.status_code == 429 and 1 <= int(locked["Retry-After"]) <= 900
    page = locked.content.decode()
    assert "Too many attempts" in page and re.search("in 1[45] m .*, at .* UTC", page)
    assert sign_in(address="192.0.2.2").status_code == 302  # the person from elsewhere
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in().status_code == 302
    assert events()[:1] == ["locked out after wrong passwords"] and events()[-1] == "signed in"


def test_a_lock_does_not_grow_while_it_is_tried(sign_in):
    """U8"""
    for _ in range(5):
        sign_in(password="wrong-wrong-wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert int(sign_in()["Retry-After"]) <= 60 and int(sign_in()["Retry-After"]) <= 60


def test_twenty_failures_of_an_address_within_an_hour_lock_it_for_every_name(sign_in):
    """U8"""
    failures("somebody", "192.0.2.1", 19)
    assert sign_in().status_code == 302
    failures("another", "192.0.2.1", 1)
    refused = sign_in()
    assert refused.status_code == 429 and 3500 < int(refused["Retry-After"]) <= 3600
    assert sign_in(address="192.0.2.2").status_code == 302
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(minutes=61))
    assert sign_in().status_code == 302


def test_fifty_failures_of_a_name_within_a_day_tell_the_operators_once_and_lock_nobody_out(sign_in):
    """U8"""
    Channel.objects.create(kind="email", address="ops@example.org")
    failures("anna", "192.0.2.9", 48)
    sign_in(password="wrong-wrong-wrong", address="192.0.2.3")
    assert Delivery.objects.count() == 0
    for address in ("192.0.2.4", "192.0.2.5"):
        sign_in(password="wrong-wrong-wrong", address=address)
    told = Delivery.objects.get()
    assert told.kind == "security" and told.critical and told.payload == {"name": "anna"}
    assert sign_in(address="192.0.2.6").status_code == 302


def test_an_ipv6_subscriber_is_one_address_and_a_forged_header_none(sign_in, rf, settings):
    """U8"""
    assert signin.address_of(rf.get("/", REMOTE_ADDR="2001:db8:1:2::7")) == signin.address_of(rf.get("/", REMOTE_ADDR="2001:db8:1:2:9::1")) == "2001:db8:1:2::"
    forged = {"REMOTE_ADDR": "192.0.2.1", "headers": {"X-Forwarded-For": "203.0.113.5"}}
    assert signin.address_of(rf.get("/", **forged)) == "192.0.2.1"
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 1}
    assert signin.address_of(rf.get("/", **forged)) == "203.0.113.5"
    assert signin.address_of(rf.get("/", REMOTE_ADDR="")) is None


def test_failures_that_are_counted_at_the_same_moment_tell_the_operators_too(sign_in):
    """U8: of two that are written before either counts, neither sees the fiftieth as the last."""
    Channel.objects.create(kind="email", address="ops@example.org")
    failures("anna", "192.0.2.9", 50)
    sign_in(password="wrong-wrong-wrong", address="192.0.2.3")
    assert Delivery.objects.count() == 1


def test_an_unknown_name_gets_the_same_words_and_the_same_work(sign_in, settings, monkeypatch):
    """U8: the hash of the password, nearly all of the time it takes, is computed for nobody, too."""
    from django.contrib.auth import hashers

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    User.objects.get(username="anna").set_password(PASSWORD)
    computed, encode = [], hashers.Argon2PasswordHasher.encode
    verify = hashers.Argon2PasswordHasher.verify
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", lambda *args, **more: computed.append("hash") or encode(*args, **more))
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", lambda *args, **more: computed.append("hash") or verify(*args, **more))
    person = User.objects.get(username="anna")
    person.set_password(PASSWORD)
    person.save()
    pages = []
    for name in ("anna", "nobody-here"):
        computed.clear()
        text = sign_in(name, "wrong-wrong-wrong").content.decode()
        assert computed == ["hash"]
        pages.append(text.replace(name, "…"))
    assert "Please enter a correct username" in pages[0]
    known, unknown = (page.partition('role="alert"')[2].partition("<form")[0] for page in pages)
    assert known == unknown


def test_what_is_written_of_a_failure_holds_no_password(sign_in):
    """U13"""
    sign_in("anna", "canary-canary-canary")
    rows = json.dumps([*AccessAttempt.objects.values(), *AccessFailureLog.objects.values()], default=str)
    assert "canary" not in rows


# --- Sessions -----------------------------------------------------------------------------------------------------
def test_signing_in_gives_a_new_session_and_signing_out_ends_it_on_the_server(client, sign_in):
    """U16"""
    client.cookies["sessionid"] = "x" * 32  # fixed by somebody else
    assert sign_in().status_code == 302
    key = client.cookies["sessionid"].value
    assert key != "x" * 32 and client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"
    assert SignedIn.objects.get().user.username == "anna"
    assert client.get("/accounts/logout/").status_code == 405 and SignedIn.objects.exists()
    assert client.post("/accounts/logout/").status_code == 302 and not SignedIn.objects.exists()
    again = Client()
    again.cookies["sessionid"] = key
    assert again.get("/accounts/")["Location"] == "/accounts/login/?next=/accounts/"
    assert events() == ["signed in", "signed out"]


def test_a_session_ends_after_eight_hours_without_use_and_is_renewed_by_use(as_anna):
    """U16"""
    def age(hours):
        SignedIn.objects.update(expire_date=timezone.now() + timedelta(hours=8 - hours))

    age(7.9)
    assert as_anna.get("/accounts/").status_code == 200
    assert SignedIn.objects.get().expire_date > timezone.now() + timedelta(hours=7, minutes=59)
    age(8.01)
    assert as_anna.get("/accounts/").status_code == 302
    assert sessions.purge(timezone.now()) == 1


def test_a_session_that_was_just_renewed_is_not_written_again(as_anna, django_assert_num_queries):
    with django_assert_num_queries(5):
        as_anna.get("/accounts/")


def test_public_pages_know_no_session(as_anna, client):
    """U12, U16: they are kept for everybody."""
    for page in ("/guide/", "/status/"):
        answer = as_anna.get(page)
        assert not answer.cookies and "Cookie" not in answer["Vary"] and "anna" not in answer.content.decode()


# --- Where it leads -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", "\x00//evil"])
def test_next_leads_to_this_site_only(sign_in, there):
    """U12"""
    assert sign_in(next=there)["Location"] == "/accounts/"


def test_next_may_be_a_page_of_ours_and_the_admin_sends_here(client, sign_in):
    """U12"""
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/accounts/login/?next=/admin/"
    assert sign_in(next="/status/")["Location"] == "/status/"
    assert "who may not open that page" in client.get("/accounts/login/?next=/admin/").content.decode()


def test_another_host_is_refused(client):
    """U12"""
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400
    page = client.get("/accounts/login/", headers={"x-forwarded-host": "evil.example"})
    assert page.status_code == 200 and "evil.example" not in page.content.decode()


def test_a_form_without_its_token_does_nothing(anna):
    """U7"""
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/login/", {"username": "anna", "password": PASSWORD}).status_code == 403
    strict.force_login(anna)
    for address in ("logout", "everywhere", "keys", "password"):
        assert strict.post(f"/accounts/{address}/", {"name": "x", "scopes": ["read"]}).status_code == 403
    assert SignedIn.objects.exists() and not anna.api_keys.exists()


def test_passwords_are_argon2_and_older_ones_are_renewed_when_they_are_used(sign_in, settings):
    from pebble import settings as real

    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS.reverse()
    person = User.objects.get(username="anna")
    person.set_password(PASSWORD)
    person.save()
    assert identify_hasher(person.password).algorithm == "pbkdf2_sha256"
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    assert sign_in().status_code == 302
    person.refresh_from_db()
    assert identify_hasher(person.password).algorithm == "argon2"
