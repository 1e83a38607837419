"""The audit: only added to, also by superusers; to be carried away as JSON lines without secrets."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from exchanges.models import IncidentKind
from markets import audit, incidents, keys, store
from tests.admin.conftest import client_of, person
from tests.people.test_keys import NOW


@pytest.fixture
def entry(anna):
    audit.note(anna, "signed in")
    return LogEntry.objects.order_by("-pk").first()


def test_a_line_is_neither_changed_nor_deleted(entry, root):
    entry.object_repr = "somebody else"
    for attempt in (entry.save, entry.delete, LogEntry.objects.all().delete):
        with pytest.raises(PermissionDenied), transaction.atomic():
            attempt()
    for page in ("change", "delete"):
        assert client_of(root).post(reverse(f"admin:auditlog_logentry_{page}", args=(entry.pk,)), {"post": "yes"}).status_code == 403
    assert LogEntry.objects.get(pk=entry.pk).object_repr == "anna"


def test_no_page_role_or_bulk_action_changes_or_deletes_a_line(entry, root):
    """U9: whatever rights somebody was given, the list offers only to carry lines away, and the clean-up leaves them."""
    every = person("every", *(f"auditlog.{right}_logentry" for right in ("view", "add", "change", "delete")))
    before, address = set(LogEntry.objects.values_list("pk", flat=True)), reverse("admin:auditlog_logentry_changelist")
    for user in (every, root):
        client = client_of(user)
        assert set(re.findall(r'<option value="(\w+)"', client.get(address).content.decode())) >= {"export", "export_lines"}
        for action in ("delete_selected", "export"):
            client.post(address, {"action": action, "_selected_action": [entry.pk], "select_across": "1", "post": "yes"})
        assert "delete_selected" not in client.get(address).content.decode()
        assert client.get(reverse("admin:auditlog_logentry_add")).status_code == 403
    store.purge(NOW + timedelta(days=9_999))
    assert before <= set(LogEntry.objects.values_list("pk", flat=True))
    assert LogEntry.objects.get(pk=entry.pk).object_repr == "anna"
    given = Group.objects.filter(permissions__content_type__app_label="auditlog").values_list("permissions__codename", flat=True)
    assert not {"add_logentry", "change_logentry", "delete_logentry"} & set(given)


def test_keys_and_rights_leave_a_line_without_what_opens_anything(anna, entry):
    key, text = keys.make(anna, "script", ["read"], NOW)
    keys.revoke(key, NOW)
    lines = [json.loads(line) for line in audit.lines(LogEntry.objects.order_by("pk"))]
    made, revoked = (line for line in lines if line["table"] == "markets.apikey")
    assert "name" in made["changes"] and list(revoked["changes"]) == ["revoked_at"]
    assert text.split("_")[2] not in json.dumps(lines) and key.digest not in json.dumps(lines)


def test_what_is_named_like_a_secret_is_masked_wherever_it_stands():
    given = {"api_key": 1, "password": "x", "deep": [{"Secret": "y", "name": "n"}], "tokens": "z", "nonce": "a", "keys": 3}
    assert audit.masked(given) == {
        "api_key": 1, "password": "***", "deep": [{"Secret": "***", "name": "n"}], "tokens": "***", "nonce": "***", "keys": 3,
    }  # fmt: skip


def test_the_command_goes_on_where_the_last_export_ended(entry, anna):
    def printed(**options):
        out = StringIO()
        call_command("audit", stdout=out, **options)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    every = printed()
    assert every[-1]["id"] == entry.pk and every[-1]["more"] == {"event": "signed in"} and every[-1]["who"] == "anna"
    audit.note(anna, "signed out")
    assert [line["more"] for line in printed(after=entry.pk)] == [{"event": "signed out"}]
    assert printed(since="2999-01-01") == []
    with pytest.raises(CommandError, match="is no time"):
        printed(since="yesterday")


def test_the_button_gives_the_chosen_lines(entry, root):
    answer = client_of(root).post(reverse("admin:auditlog_logentry_changelist"), {"action": "export_lines", "_selected_action": [entry.pk]})
    assert answer["Content-Type"].startswith("application/x-ndjson")
    assert [json.loads(line)["id"] for line in answer.content.decode().splitlines()] == [entry.pk]


def test_a_line_names_the_columns_of_the_row_and_not_what_points_at_it(root):
    words = "unrelated stone lamp"
    client_of(root).post(reverse("admin:auth_user_add"), {"username": "newcomer", "usable_password": "true", "password1": words, "password2": words})
    made = LogEntry.objects.get(object_repr="newcomer", action=LogEntry.Action.CREATE)
    assert {"username", "is_staff"} <= set(made.changes_dict) and not {"alerts", "api_keys", "sessions", "channels", "password"} & set(made.changes_dict)


def test_signing_out_everywhere_is_told(anna):
    client_of(anna).post("/accounts/everywhere/")
    assert LogEntry.objects.filter(actor=anna, additional_data__event="signed out everywhere").count() == 1


def test_an_incident_that_begins_is_no_line_and_a_note_on_it_is_one(anna):
    incident = incidents.opened("down:x", IncidentKind.DOWN, NOW, title="It is down", detail="No answer.")
    lines = LogEntry.objects.filter(content_type__model="incident")
    assert not lines.exists()
    incident.note = "seen"
    incident.save(update_fields=["note"])
    assert lines.get().changes_dict["note"][1] == "seen"
