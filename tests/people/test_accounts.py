"""Passwords, invitations, the account page, and the links of mails."""

import re
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from markets import accounts, channels
from markets.models import ApiKey, Channel, Invitation, SignedIn
from markets.pages import accounts as pages
from markets.pages.account import device
from tests.admin.conftest import client_of
from tests.people.conftest import PASSWORD

NEW = "another-long-phrase-7"


@pytest.fixture
def queued(monkeypatch):
    """What a page puts into the queue, instead of the queue."""
    calls = []
    monkeypatch.setattr(pages, "async_task", lambda name, *args, **more: calls.append((name, *args)))
    return calls


# --- The password -------------------------------------------------------------------------------------------------
def test_a_changed_password_ends_every_session_this_one_too(anna, as_anna):
    """U16"""
    other = client_of(anna)
    answer = as_anna.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "The password is changed" in answer.content.decode() and not SignedIn.objects.exists()
    assert other.get("/accounts/").status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(NEW)
    assert {"event": "changed the password"} in LogEntry.objects.get_for_object(anna).values_list("additional_data", flat=True)


@pytest.mark.parametrize("weak", ["short-one-9", "anna@example", "1q2w3e4r5t6y7u8i9o0p", "123456789012345"])
def test_weak_passwords_are_refused_with_a_reason(anna, as_anna, weak):
    page = as_anna.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak})
    anna.refresh_from_db()
    assert page.status_code == 200 and anna.check_password(PASSWORD)
    assert re.search("This password is (too|entirely numeric)|The password is too similar", page.content.decode())


def test_a_forgotten_password_gives_the_same_answer_and_does_the_same_for_anybody(anna, client, queued):
    """U8: whether there is such a person is looked up in the queue, never in the request."""
    answers = [client.post("/accounts/reset/", {"email": email}, REMOTE_ADDR="192.0.2.50") for email in ("anna@example.org", "nobody@example.org")]
    assert {(a.status_code, re.sub(rb'value="[^"]*"|\d', b"", a.content)) for a in answers}.__len__() == 1
    assert queued == [("markets.tasks.send_resets", "anna@example.org"), ("markets.tasks.send_resets", "nobody@example.org")]
    more = [client.post("/accounts/reset/", {"email": "x@example.org"}, REMOTE_ADDR="192.0.2.50").status_code for _ in range(4)]
    assert more == [200, 200, 200, 429]


def test_the_mailed_link_is_of_our_own_host_works_once_and_ends_sessions(anna, as_anna, client, mailoutbox, settings):
    """U12, U16"""
    settings.BASE_URL = "https://prices.example.org"
    assert accounts.send_resets("ANNA@example.org") == 1 and accounts.send_resets("anna@example.org") == 0  # one in ten minutes
    assert accounts.send_resets("nobody@example.org") == 0
    mail, = mailoutbox
    assert "for anna at Pebble" in mail.body
    path = re.search(r"https://prices\.example\.org(/accounts/reset/\S+)", mail.body)[1]
    form = client.get(path, follow=True)
    there = form.redirect_chain[-1][0]
    assert "set-password" in there  # the token does not stay in the address
    assert client.post(there, {"new_password1": NEW, "new_password2": NEW})["Location"] == "/accounts/login/"
    anna.refresh_from_db()
    assert anna.check_password(NEW) and as_anna.get("/accounts/").status_code == 302
    assert "This link is over" in Client().get(path, follow=True).content.decode()


def test_who_is_switched_off_gets_no_link(anna, mailoutbox):
    User.objects.update(is_active=False)
    assert accounts.send_resets("anna@example.org") == 0 and not mailoutbox


# --- Invitations ----------------------------------------------------------------------------------------------------
@pytest.fixture
def invitation(root):
    return accounts.invite("berta@example.org", Group.objects.get(name="viewer"), root, timezone.now())


def path_of(invitation, settings):
    return accounts.link(invitation).removeprefix(settings.BASE_URL)


def test_an_invited_person_chooses_name_and_password_once_and_has_the_role(invitation, client, settings):
    path = path_of(invitation, settings)
    assert "berta@example.org" in client.get(path).content.decode() and not User.objects.filter(username="berta").exists()
    taken = client.post(path, {"username": "ROOT", "password1": NEW, "password2": NEW})
    assert "Somebody has this name" in taken.content.decode()
    assert client.post(path, {"username": "berta", "password1": NEW, "password2": NEW})["Location"] == "/accounts/"
    berta = User.objects.get(username="berta")
    assert (berta.email, berta.is_staff, [g.name for g in berta.groups.all()]) == ("berta@example.org", True, ["viewer"])
    page = client.get("/accounts/").content.decode()
    assert "berta@example.org · viewer" in page and "/admin/" in page
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"username": "clara", "password1": NEW, "password2": NEW}).status_code == 404


def test_two_at_once_make_one_person(invitation):
    assert accounts.accept(invitation, User(username="one"), timezone.now()) and not accounts.accept(invitation, User(username="two"), timezone.now())
    assert not User.objects.filter(username="two").exists()


def test_a_link_ends_and_a_renewed_one_ends_the_one_before(invitation, client, settings):
    old = path_of(invitation, settings)
    accounts.renew(invitation, timezone.now() + timedelta(seconds=5))
    assert client.get(old).status_code == 404 and client.get(path_of(invitation, settings)).status_code == 200
    assert accounts.invited(path_of(invitation, settings).split("/")[3], timezone.now() + timedelta(days=8)) is None
    for forged in ("x", "x:y:z", old.split("/")[3][:-1]):
        assert client.get(f"/accounts/invited/{forged}/").status_code == 404


def test_without_a_role_nobody_gets_into_the_admin(root, client, settings):
    invitation = accounts.invite("dora@example.org", None, root, timezone.now())
    client.post(path_of(invitation, settings), {"username": "dora", "password1": NEW, "password2": NEW})
    assert not User.objects.get(username="dora").is_staff and "/admin/" not in client.get("/accounts/").content.decode()


def test_the_mail_says_where_and_until_when(invitation, mailoutbox):
    accounts.send_invitation(invitation.pk)
    assert accounts.link(invitation) in mailoutbox[0].body and mailoutbox[0].to == ["berta@example.org"]


# --- The account page -----------------------------------------------------------------------------------------------
def test_a_key_is_shown_once_is_ones_own_and_can_be_revoked(anna, as_anna, root):
    page = as_anna.post("/accounts/keys/", {"name": "my script", "scopes": ["read", "ask"], "ends": "30"})
    text = re.search(r"pb_[0-9a-f]{12}_[0-9a-f]{48}", page.content.decode())[0]
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    key = ApiKey.objects.get()
    assert (key.owner, key.scopes, text.split("_")[1]) == (anna, ["read", "ask"], key.prefix)
    assert timedelta(days=29) < key.expires_at - timezone.now() < timedelta(days=31)
    assert text not in as_anna.get("/accounts/").content.decode() and key.prefix in as_anna.get("/accounts/").content.decode()
    assert client_of(root).post(f"/accounts/keys/{key.pk}/revoke/").status_code == 404
    assert as_anna.get(f"/accounts/keys/{key.pk}/revoke/").status_code == 405
    as_anna.post(f"/accounts/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert {c for entry in LogEntry.objects.get_for_object(key) for c in entry.changes_dict} & {"digest", "last_used_at"} == set()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["write"]}, {"ends": "7"}, {"name": "x" * 61}])
def test_a_key_that_cannot_be_is_refused_in_the_form(as_anna, wrong):
    answer = as_anna.post("/accounts/keys/", {"name": "n", "scopes": ["read"], "ends": "", **wrong})
    assert answer.status_code == 400 and not ApiKey.objects.exists()


def test_nobody_has_more_than_twenty_keys(as_anna):
    codes = [as_anna.post("/accounts/keys/", {"name": "n", "scopes": ["read"], "ends": ""}).status_code for _ in range(21)]
    assert codes == [200] * 20 + [400]


def test_sign_out_everywhere_ends_every_device_of_mine_and_nobody_elses(anna, as_anna, root):
    other, another = client_of(anna), client_of(root)
    assert as_anna.get("/accounts/").content.decode().count("last used <time") == 2
    assert as_anna.post("/accounts/everywhere/")["Location"] == "/accounts/login/"
    assert other.get("/accounts/").status_code == 302 and another.get("/accounts/").status_code == 200


AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0": "Edge on Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/604.1": "Safari on iPhone",
    "": "A browser",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_device_is_named_by_its_browser(agent):
    assert device(SignedIn(browser=agent)) == AGENTS[agent]


# --- Links of mails -------------------------------------------------------------------------------------------------
@pytest.fixture
def channel(anna):
    return Channel.objects.create(owner=anna, kind="email", address="anna@example.org")


def stop_path(channel):
    from django.core.signing import Signer

    from markets.wires import STOPPING

    return f"/channels/stop/{Signer(salt=STOPPING).sign(channel.pk)}/"


def test_unsubscribing_asks_by_get_and_does_it_by_post_without_a_token_as_mail_programs_do(channel):
    """U7; RFC 8058"""
    mail_program = Client(enforce_csrf_checks=True)
    assert "Stop them" in mail_program.get(stop_path(channel)).content.decode()
    channel.refresh_from_db()
    assert channel.enabled
    answer = mail_program.post(stop_path(channel), {"List-Unsubscribe": "One-Click"})
    channel.refresh_from_db()
    assert answer.status_code == 200 and not channel.enabled and "hear nothing more" in answer.content.decode()
    assert mail_program.get("/channels/stop/1:forged/").status_code == 404


def test_an_address_is_confirmed_by_post_only(channel, client):
    """U7"""
    channels.ask_to_confirm(channel, timezone.now())
    path = re.search(r"/channels/confirm/\S+", channel.deliveries.get().text)[0]
    client.get(path)
    channel.refresh_from_db()
    assert channel.confirmed_at is None
    client.post(path)
    channel.refresh_from_db()
    assert channel.confirmed_at is not None and client.get("/channels/confirm/x/").status_code == 404


def test_an_open_invitation_is_one_row(invitation):
    assert Invitation.objects.get() == invitation
