"""The operators' channels in the admin: adding, testing, secrets, the log, and who may do what."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from markets import channels, outbox
from markets.models import Channel, Delivery
from markets.reads import deliveries, machinery
from pebble.metrics import _machinery
from tests.admin.conftest import client_of, person
from tests.admin.posts import fields_of
from tests.delivery.conftest import START, message

LIST, LOG = "/admin/markets/channel/", "/admin/markets/delivery/"


@pytest.fixture
def root(db):
    return client_of(User.objects.create_superuser("root", password="river-stone-moss-9"))


def button(client, channel, name):
    return client.post(f"{LIST}{channel.pk}/{name}/", follow=True)


def test_an_operator_adds_a_channel_and_tries_it(root, receiver, clock):
    assert deliveries.NOBODY in root.get("/admin/").content.decode()
    assert deliveries.NOBODY in root.get(LIST).content.decode()
    form = fields_of(root.get(f"{LIST}add/"), kind="webhook", address=receiver.url, kinds=["incident"], quiet_from="22:00", quiet_to="07:00")
    assert root.post(f"{LIST}add/", {**form, "time_zone": "Mars"}).context["adminform"].form.errors.keys() == {"time_zone"}
    assert root.post(f"{LIST}add/", form).status_code == 302
    channel = Channel.objects.get()
    assert (channel.owner, channel.kinds, channel.open) == (None, ["incident"], True)
    assert root.post(f"{LIST}add/", form).context["adminform"].form.errors["address"] == ["Operators are told there already."]
    assert deliveries.NOBODY not in root.get("/admin/").content.decode()
    assert "The test was taken: 200 ok." in button(root, channel, "send").content.decode()
    receiver.status, receiver.said = 503, b"<b>later</b>"
    assert "The test was not taken: 503 &lt;b&gt;later&lt;/b&gt;." in button(root, channel, "send").content.decode()
    assert "22:00 to 07:00 UTC" in root.get(LIST).content.decode()


@pytest.mark.parametrize("address", ["http://hook.example/", "https://169.254.169.254/", "https://user@hook.example/", "https://2130706433/"])
def test_u11_an_address_that_may_not_be_reached_is_refused_at_save(root, address):
    form = fields_of(root.get(f"{LIST}add/"), kind="webhook", address=address)
    assert "address" in root.post(f"{LIST}add/", form).context["adminform"].form.errors
    assert not Channel.objects.exists()


def test_a_secret_is_shown_on_demand_renewed_and_stands_nowhere_else(root, hook):
    secret = channels.secret_of(hook)
    assert secret in button(root, hook, "secret").content.decode()
    fresh = button(root, hook, "rotate").content.decode()
    hook.refresh_from_db()
    assert secret not in fresh
    assert channels.secret_of(hook) in fresh
    for page in (LIST, f"{LIST}{hook.pk}/change/", "/admin/auditlog/logentry/", "/admin/"):
        told = root.get(page).content.decode()
        assert channels.secret_of(hook) not in told
        assert hook.nonce not in told
    assert {entry.additional_data["reason"] for entry in LogEntry.objects.get_for_object(hook) if entry.additional_data} == {
        "the secret was shown", "the secret was renewed",
    }  # fmt: skip


def test_the_log_shows_what_failed_and_tries_it_again_now(root, hook, receiver, clock):
    receiver.status, receiver.said = 500, b"<script>alert(1)</script>"
    outbox.tell_operators(message(), START)
    outbox.sweep(clock)
    Delivery.objects.update(state="given_up")
    page = root.get(LOG).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    row = Delivery.objects.get()
    assert "It fails." in root.get(f"{LOG}{row.pk}/change/").content.decode()
    receiver.status = 200
    assert "1 will be tried" in root.post(LOG, {"action": "retry", "_selected_action": [row.pk]}, follow=True).content.decode()
    assert outbox.sweep() == 1
    assert "None of these" in root.post(LOG, {"action": "retry", "_selected_action": [row.pk]}, follow=True).content.decode()
    assert root.post(f"{LOG}{row.pk}/change/", {"subject": "x"}).status_code == 403


def test_peoples_channels_and_words_are_theirs(root, db, clock):
    ann = User.objects.create_user("ann")
    channel = Channel.objects.create(owner=ann, kind="webhook", address="https://ann.example/")
    outbox.put(channel, message(kind="alert", subject="Secret wish", text="Secret plan"), START)
    assert "ann.example" not in root.get(LIST).content.decode()
    for name in ("send", "secret", "rotate"):
        assert root.post(f"{LIST}{channel.pk}/{name}/").status_code == 404
    log = root.get(LOG).content.decode() + root.get(f"{LOG}{Delivery.objects.get().pk}/change/").content.decode()
    assert "Webhook of a person" in log
    assert "Secret" not in log
    assert "ann.example" not in log
    assert str(channel) == "Webhook ann.example"  # and not its whole address, which the audit would keep
    (shown,), (row,) = deliveries.channels_of(ann.pk), deliveries.deliveries_of(ann.pk)
    assert (shown.address, shown.open, shown.failing, shown.quiet) == ("https://ann.example/", True, False, "")
    assert (row.subject, row.state, row.due_at, row.sent_at, row.attempts) == ("Secret wish", "waiting", START, None, 0)
    assert deliveries.channels_of(ann.pk + 1) == deliveries.deliveries_of(ann.pk + 1) == ()


def test_who_may_change_channels_may_have_a_delivery_tried_again(hook, clock):
    operator = client_of(person("operator", "markets.change_channel", "markets.view_delivery"))
    outbox.tell_operators(message(), START)
    row = Delivery.objects.get()
    Delivery.objects.update(taken_until=timezone.now() + timedelta(seconds=9))
    said = operator.post(LOG, {"action": "retry", "_selected_action": [row.pk]}, follow=True).content.decode()
    assert "None of these" in said and "left alone: 1" in said
    Delivery.objects.update(taken_until=None)
    assert "1 will be tried" in operator.post(LOG, {"action": "retry", "_selected_action": [row.pk]}, follow=True).content.decode()


def test_only_who_may_change_channels_presses_buttons(hook, receiver, clock):
    viewer = client_of(person("viewer", "markets.view_channel", "markets.view_delivery"))
    outbox.tell_operators(message(), START)
    assert viewer.get(LIST).status_code == viewer.get(LOG).status_code == viewer.get(f"{LIST}{hook.pk}/change/").status_code == 200
    for name in ("send", "secret", "rotate"):
        assert viewer.post(f"{LIST}{hook.pk}/{name}/").status_code == 403
        assert client_of(person(f"other-{name}")).post(f"{LIST}{hook.pk}/{name}/").status_code == 403
        assert client_of(User.objects.create_superuser(f"boss-{name}")).get(f"{LIST}{hook.pk}/{name}/").status_code == 405
    viewer.post(LOG, {"action": "retry", "_selected_action": [Delivery.objects.get().pk]})
    assert receiver.posts == []
    assert viewer.get("/admin/").status_code == 200


def test_the_outbox_in_numbers(hook, receiver, clock, settings):
    for number in range(3):
        outbox.tell_operators(message(number), START)
    outbox.sweep(clock)
    outbox.tell_operators(message(3), START)
    Delivery.objects.filter(key="incident 0").update(state="given_up")
    Channel.objects.create(kind="email", address="a@example.org", enabled=False)
    clock += 5
    for n, state in enumerate(("given_up", "sent", "waiting")):  # tests somebody made count for nothing, wherever deliveries are counted
        old = Delivery.objects.get(key="incident 1")
        old.pk, old.key, old.kind, old.state, old.made_at, old.sent_at, old.code = None, f"test {n}", "test", state, clock() - timedelta(hours=1), clock(), 500
        old.save()
    assert [u.kind for u in machinery.workers(clock()).undelivered] == ["incident"]
    waiting = Delivery.objects.filter(key="incident 3")
    waiting.update(attempts=1, taken_until=clock() + timedelta(seconds=9))
    assert len(machinery.workers(clock()).undelivered) == 1, "its first attempt goes on"
    assert len(machinery.workers(clock() + timedelta(seconds=9)).undelivered) == 2, "and has failed"
    waiting.update(attempts=0, taken_until=None)
    (counted,) = [metric for metric in _machinery(clock()) if metric.name == "pebble_deliveries"]
    assert {sample.labels["state"]: sample.value for sample in counted.samples} == {"sent": 2, "given_up": 1, "waiting": 1}
    found = deliveries.telling(clock())
    assert (found.channels, found.open, found.failing, found.waiting, found.oldest_s, found.sent_day, found.given_up_day) == (2, 1, 0, 1, 5.0, 2, 1)
    assert found.hint == "1 message was given up in the last 24 hours."
    Delivery.objects.filter(state="given_up").delete()
    assert deliveries.telling(clock()).hint == ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    Channel.objects.filter(kind="email").update(enabled=True)
    assert deliveries.telling(clock()).hint == deliveries.PRINTED
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert deliveries.telling(clock()).hint == ""
    Channel.objects.filter(pk=hook.pk).update(failures=1)
    assert deliveries.telling(clock()).hint == deliveries.FAILING
    Channel.objects.update(enabled=False)
    assert deliveries.telling(clock()).hint == deliveries.SILENT
