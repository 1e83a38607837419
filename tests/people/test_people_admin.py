"""Inviting, and what somebody who may edit people cannot do for all that (U9)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils import timezone

from markets import accounts, keys, roles, store
from markets.admin import people as shown
from markets.models import Invitation
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of
from tests.people.test_keys import NOW

pytestmark = pytest.mark.usefixtures("stored")
ADD = reverse("admin:markets_invitation_add")


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr(shown, "async_task", lambda name, *args, **more: calls.append((name, *args)))
    return calls


def in_role(name, *more):
    user = person(f"an {name}", *more)
    user.groups.add(Group.objects.get(name=name))
    return user


def test_an_operator_invites_into_roles_that_are_not_above_their_own(queued):
    operator = in_role(roles.OPERATOR)
    client = client_of(operator)
    page = client.get(ADD).content.decode()
    assert ">viewer<" in page and ">operator<" in page and ">auditor<" not in page
    viewer, auditor = (Group.objects.get(name=name) for name in (roles.VIEWER, roles.AUDITOR))
    assert client.post(ADD, {"email": "berta@example.org", "role": auditor.pk}).status_code == 200 and not Invitation.objects.exists()
    answer = client.post(ADD, {"email": "berta@example.org", "role": viewer.pk}, follow=True)
    made = Invitation.objects.get()
    assert (made.invited_by, made.role, queued) == (operator, viewer, [("markets.tasks.send_invitation", made.pk)])
    assert accounts.link(made).rsplit(":", 2)[0] in answer.content.decode()  # what follows is signed with the second it was made in
    changed = client.post(reverse("admin:markets_invitation_change", args=(made.pk,)), {"email": "x@example.org", "role": auditor.pk})
    assert changed.status_code == 403


def test_sending_again_makes_a_new_link_and_only_within_ones_rights(queued):
    operator = in_role(roles.OPERATOR)
    mine = accounts.invite("berta@example.org", None, operator, NOW)
    above = accounts.invite("clara@example.org", Group.objects.get(name=roles.AUDITOR), None, NOW)
    old = accounts.link(mine)
    client_of(operator).post(reverse("admin:markets_invitation_changelist"), {"action": "send_again", "_selected_action": [mine.pk, above.pk]})
    mine.refresh_from_db()
    assert accounts.link(mine) != old and queued == [("markets.tasks.send_invitation", mine.pk)]


@pytest.mark.parametrize(("backend", "said"), [
    ("smtp", "A mail goes to x@example.org."), ("console", "No mail server is set (EMAIL_URL). Give x@example.org this link: http"),
])  # fmt: skip
def test_whoever_invites_is_told_whether_a_mail_goes(queued, settings, backend, said):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    answer = client_of(in_role(roles.OPERATOR)).post(ADD, {"email": "x@example.org"}, follow=True)
    assert said in answer.content.decode()


def test_an_invitation_that_ended_says_so_and_goes_after_a_month():
    now = timezone.now()
    made = {name: accounts.invite(f"{name}@example.org", None, None, now) for name in ("open", "ended", "accepted")}
    made["accepted"].accepted_at = now
    made["accepted"].save()
    Invitation.objects.exclude(pk=made["open"].pk).update(expires_at=now - timedelta(days=1))
    page = client_of(in_role(roles.OPERATOR)).get(reverse("admin:markets_invitation_changelist")).content.decode()
    assert all(f'<td class="field-state">{word}</td>' in page for word in ("Open", "Ended", "Accepted"))
    store.purge(now + timedelta(days=29) - timedelta(seconds=1))
    assert Invitation.objects.count() == 3
    store.purge(now + timedelta(days=29, seconds=1))
    assert set(Invitation.objects.values_list("email", flat=True)) == {"open@example.org", "accepted@example.org"}


def test_who_edits_people_takes_over_nobody_with_more_rights_and_gives_none():
    """U9"""
    clerk = person("clerk", "auth.view_user", "auth.change_user", "auth.add_user")
    operator, equal = in_role(roles.OPERATOR), User.objects.create_user("equal", "equal@example.org")
    client = client_of(clerk)

    def change(user, **fields):
        address = reverse("admin:auth_user_change", args=(user.pk,))
        shown_fields = fields_of(client.get(address)) if not roles.above(clerk, user) else {"username": user.username}
        return client.post(address, {**shown_fields, **fields})

    assert change(operator, email="mine@example.org").status_code == 403
    page = client.get(reverse("admin:auth_user_change", args=(equal.pk,))).content.decode()
    assert 'name="is_superuser"' not in page and 'name="groups"' not in page and "Superuser status" not in page
    crafted = {"is_superuser": "on", "is_staff": "on", "groups": [Group.objects.get(name="viewer").pk], "user_permissions": [Permission.objects.first().pk]}
    assert change(equal, email="new@example.org", **crafted).status_code == 302
    equal.refresh_from_db()
    assert equal.email == "new@example.org" and not (equal.is_superuser or equal.is_staff or equal.get_all_permissions())


def test_the_three_roles_are_what_this_version_says_and_nobody_edits_them(root):
    group = Group.objects.get(name=roles.VIEWER)
    group.permissions.add(Permission.objects.get(codename="change_user"))
    group.permissions.remove(Permission.objects.get(codename="view_exchange"))
    roles.ensure()
    assert {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()} == roles.permissions()[roles.VIEWER]
    address = reverse("admin:auth_group_change", args=(group.pk,))
    assert client_of(root).post(address, {"name": "viewer", "permissions": []}).status_code == 403


def test_rows_of_people_are_no_viewers():
    viewer, operator = roles.permissions()[roles.VIEWER], roles.permissions()[roles.OPERATOR]
    of_people = {"apikey", "invitation", "signedin", "channel", "delivery"}
    assert not {name for name in viewer if name.partition("_")[2] in of_people} and "markets.view_alert" not in operator
    assert not {name for name in viewer | operator if name.startswith("auth.")} and all(".view_" in name for name in viewer)
    assert not roles.permissions()[roles.AUDITOR] & operator


def test_an_operator_revokes_a_key_and_a_viewer_does_not(anna):
    key, _ = keys.make(anna, "n", ["read"], NOW)
    posted = {"action": "revoke", "_selected_action": [key.pk]}
    address = reverse("admin:markets_apikey_changelist")
    assert client_of(in_role(roles.VIEWER)).post(address, posted).status_code == 403
    client_of(person("looker", "markets.view_apikey")).post(address, posted)
    key.refresh_from_db()
    assert key.revoked_at is None
    page = client_of(in_role(roles.OPERATOR)).get(address).content.decode()
    assert key.prefix in page and key.digest not in page
    client_of(User.objects.get(username="an operator")).post(address, posted)
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_only_a_superuser_chooses_the_host_that_keys_are_sent_to(root):
    """U9"""
    from exchanges.models import Exchange

    first = Exchange.objects.first()
    address = reverse("admin:exchanges_exchange_change", args=(first.pk,))
    host = first.adapter.hosts[0]
    operator = client_of(in_role(roles.OPERATOR))
    assert 'name="host"' not in operator.get(address).content.decode()
    operator.post(address, fields_of(operator.get(address), host=host))
    first.refresh_from_db()
    assert first.host == ""
    assert 'name="host"' in client_of(root).get(address).content.decode()
