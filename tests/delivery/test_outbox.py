"""The outbox against real servers: what is put in is delivered at least once, whoever dies, fails or is slow (I12)."""

import json
import time
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.conf import settings
from django.db import connection, transaction
from django_q.models import Schedule

from markets import channels, outbox, retention, tasks, wires
from markets.analysis import messages
from markets.analysis.messages import FIRST_S, JITTER
from markets.models import Channel, Delivery
from markets.schedules import DELIVER_S
from tests.delivery.conftest import START, message
from tests.delivery.servers import Receiver, running

LONGEST = FIRST_S * (1 + JITTER)


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def keys_of(receiver):
    return [headers["pebble-key"] for headers, _ in receiver.posts]


# --- Putting in -----------------------------------------------------------------------------------------------------
@pytest.mark.both
def test_a_message_is_put_once_for_each_channel_that_wants_it(db, clock):
    everything = Channel.objects.create(kind="email", address="a@example.org")
    switches = Channel.objects.create(kind="email", address="b@example.org", kinds=["switch"])
    Channel.objects.create(kind="email", address="c@example.org", enabled=False)
    assert outbox.tell_operators(message(), START) == 1
    assert outbox.tell_operators(message(subject="other words"), START) == 0
    assert outbox.tell_operators(message(1, kind="switch"), START) == 2
    assert sorted(Delivery.objects.values_list("channel", "key")) == [(everything.pk, "incident 0"), (everything.pk, "incident 1"), (switches.pk, "incident 1")]
    outbox.Delivery.objects.bulk_create([outbox._row(everything, message(), START, START)], ignore_conflicts=True)  # the race of two
    assert Delivery.objects.count() == 3


def test_people_are_told_where_they_confirmed_and_by_nobody_elses_news(db, clock, django_user_model, mailbox):
    ann = django_user_model.objects.create_user("ann")
    channel = Channel.objects.create(owner=ann, kind="email", address="ann@example.org")
    assert outbox.tell_operators(message(), START) == 0
    assert not outbox.put(channel, message(kind="alert"), START)
    channels.ask_to_confirm(channel, START)
    channels.ask_to_confirm(channel, START)  # as often as somebody likes
    assert outbox.sweep(clock) == 1
    token = mailbox.mails[0].get_content().partition("/channels/confirm/")[2].partition("/")[0]
    assert channels.to_confirm(token) == channel
    assert channels.to_confirm(f"{token}x") is None
    channels.confirm(channel, START)
    assert outbox.put(channel, message(kind="alert"), START)
    assert outbox.sweep(clock) == 1
    stop = mailbox.mails[1]["List-Unsubscribe"].strip("<>").rstrip("/").rpartition("/")[2]
    assert channels.to_stop(f"{stop}x") is None
    channels.stop(channels.to_stop(stop))
    channel.refresh_from_db()
    assert not outbox.put(channel, message(1, kind="alert"), START)


def test_a_change_that_is_taken_back_tells_nobody(hook, clock):
    with transaction.atomic():
        outbox.tell_operators(message(), START)
        transaction.set_rollback(True)
    assert states() == []


def test_a_schedule_sweeps_every_five_seconds(db):
    row = Schedule.objects.get(name="deliveries")
    assert (row.func, row.cron) == ("markets.tasks.deliver", "* * * * * 3-59/5")
    assert tasks.deliver() == 0


def test_a_message_calls_for_a_sweep_when_it_is_committed(hook, clock, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setitem(outbox._again, "haste", float("-inf"))
    called = []
    monkeypatch.setattr(outbox, "async_task", lambda name, **_: called.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        outbox.tell_operators(message(), START)
        outbox.tell_operators(message(1), START)
        assert called == []
    assert called == ["markets.tasks.deliver"]  # one for both


# --- Delivered ------------------------------------------------------------------------------------------------------
def test_a_webhook_gets_a_signed_post_that_its_receiver_can_verify(hook, receiver, clock):
    outbox.tell_operators(message(payload={"price": "1.50", "at": START}), START)
    assert outbox.sweep(clock) == 1
    headers, body = receiver.posts[0]
    assert headers["pebble-signature"] == messages.signature(channels.secret_of(hook), int(headers["pebble-timestamp"]), body)
    assert int(headers["pebble-timestamp"]) == START.timestamp()
    assert headers["content-type"] == "application/json"
    told = json.loads(body)
    assert (told["key"], told["payload"], told["link"]) == (
        "incident 0", {"price": "1.50", "at": START.isoformat()}, "http://127.0.0.1:8000/status/",
    )  # fmt: skip
    row = Delivery.objects.get()
    assert (row.state, row.sent_at, row.attempts, row.code, row.said) == ("sent", START, 1, 200, "ok")
    before = channels.secret_of(hook)
    assert channels.rotate(hook) != before
    assert channels.secret_of(Channel.objects.get()) == channels.secret_of(hook) != before
    assert before not in body.decode()


def test_d17_a_mail_is_plain_text_with_one_subject_whatever_the_data_holds(mail, mailbox, clock):
    """D17, U12: no header can be smuggled in, no HTML is made of data."""
    evil = "Down\r\nBcc: all@example.org\u2028\u202e\x00<img src=x onerror=alert(1)>{{7*7}}"
    outbox.tell_operators(message(subject=evil, text=f"{evil}\n.\nend", key="évil: <k>"), START)
    assert outbox.sweep(clock) == 1
    got = mailbox.mails[0]
    assert got["Subject"] == "[Pebble, simulated market] Down Bcc: all@example.org <img src=x onerror=alert(1)>{{7*7}}"
    assert got["Bcc"] is None
    assert got["To"] == "operator@example.org"
    assert got.get_content_type() == "text/plain"
    assert not got.is_multipart()
    assert "\n.\nend\n" in got.get_content()
    assert "http://127.0.0.1:8000/status/" in got.get_content()
    assert got["Pebble-Key"] == "\\xe9vil: <k>"


# --- Deaths ---------------------------------------------------------------------------------------------------------
class Killed(BaseException):
    """What no handler catches: the process is gone."""


def _dying(monkeypatch, moments):
    """Let the process die at the next of `moments` that comes: (name of a step, whether before it or after)."""
    for home, name in ((outbox, "_take"), (outbox, "_claim"), (wires, "send"), (Delivery, "save")):
        real = getattr(home, name)

        def step(*args, _real=real, _name=name, **more):
            if moments and moments[0] == (_name, "before"):
                moments.pop(0)
                raise Killed
            found = _real(*args, **more)
            if moments and moments[0] == (_name, "after"):
                moments.pop(0)
                raise Killed
            return found

        monkeypatch.setattr(home, name, step)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["webhook", "email"])
def test_no_notice_is_lost_over_100_kills(kind, receiver, mailbox, clock, monkeypatch):
    """I12: killed before and after every step; each notice arrives, a second one carries the key of the first."""
    Channel.objects.create(kind=kind, address=receiver.url if kind == "webhook" else "operator@example.org")
    steps = [(name, side) for name in ("_take", "_claim", "send", "save") for side in ("before", "after")]
    deaths = [steps[number % 8] for number in range(52)]
    moments, killed, numbers = [], 0, count()
    _dying(monkeypatch, moments)
    for death in deaths:
        outbox.tell_operators(message(next(numbers)), clock())
        moments[:] = [death]
        try:
            outbox.sweep(clock)
        except Killed:
            killed += 1
        moments.clear()
        clock += 2 * LONGEST  # whatever rests has rested
        outbox.sweep(clock)
    assert killed == len(deaths)
    wanted = [f"incident {number}" for number in range(len(deaths))]
    got = keys_of(receiver) if kind == "webhook" else [got["Pebble-Key"] for got in mailbox.mails]
    assert sorted(set(got)) == sorted(wanted)
    assert set(states()) == {"sent"}
    twice = [key for key in set(got) if got.count(key) > 1]
    assert 0 < len(twice) <= 2 * len(deaths) // 8  # only those that died between taken and marked
    if kind == "email":
        assert len({got["Message-ID"] for got in mailbox.mails}) == len(wanted)  # a mail server can drop the second


def test_after_a_death_it_is_sent_again_within_a_minute(hook, receiver, clock, monkeypatch):
    """From fault to delivered within 60 s, a killed worker included: the schedule's period, and what a claim lasts."""
    outbox.tell_operators(message(), START)
    moments = [("send", "before")]
    _dying(monkeypatch, moments)
    with pytest.raises(Killed):
        outbox.sweep(clock)
    while not receiver.posts:
        clock += DELIVER_S
        outbox.sweep(clock)
        assert clock() - START < timedelta(seconds=60)
    assert clock() - START >= timedelta(seconds=FIRST_S)  # not while the first may still be sending
    assert DELIVER_S + LONGEST + outbox.TURN_S + wires.DEADLINES.whole < 60


# --- Failures -------------------------------------------------------------------------------------------------------
def test_i12_a_failing_webhook_is_tried_for_a_day_and_never_marked_as_sent(hook, receiver, clock):
    receiver.status, receiver.said = 500, b"No\r\n\x1b[31m entry"
    outbox.tell_operators(message(), START)
    while (row := Delivery.objects.get()).state == "waiting":
        clock.now = max(clock(), min(row.due_at, row.until), Channel.objects.get().rests_until or START)
        outbox.sweep(clock)
    assert (row.state, row.sent_at, row.code, row.said) == ("given_up", None, 500, "No\\r\\n\\x1b[31m entry")
    assert timedelta(hours=24) <= clock() - START < timedelta(hours=24, minutes=6)
    assert 80 < row.attempts < 105  # after 30 s, doubling to a quarter of an hour, up to a fifth later
    assert len(receiver.posts) == row.attempts
    assert {headers["pebble-key"] for headers, _ in receiver.posts} == {"incident 0"}
    assert len({body for _, body in receiver.posts}) == 1


@pytest.mark.parametrize("status", [301, 308])
def test_u11_a_redirect_is_a_failure_and_is_not_followed(hook, receiver, clock, status):
    receiver.status, receiver.more = status, {"Location": f"{receiver.url}/elsewhere"}
    outbox.tell_operators(message(), START)
    assert outbox.sweep(clock) == 0
    row = Delivery.objects.get()
    assert (row.state, len(receiver.posts)) == ("waiting", 1)
    assert row.said.startswith(f"redirect_blocked: HTTP {status}")


def test_i12_a_mail_server_that_is_away_or_refuses_is_tried_again(mail, mailbox, clock, settings, monkeypatch):
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1  # nobody listens
    outbox.tell_operators(message(), START)
    assert outbox.sweep(clock) == 0
    row = Delivery.objects.get()
    assert (row.state, row.code, row.said) == ("waiting", None, "ConnectionRefusedError: [Errno 111] Connection refused")
    settings.EMAIL_PORT = port
    clock += 40
    assert outbox.sweep(clock) == 0  # this process leaves a silent mail server alone
    monkeypatch.setitem(outbox._again, "mail", float("-inf"))
    for verb, reply in (("RCPT", "550 no such box"), ("MAIL", "451 later"), ("DATA", "554 spam")):
        mailbox.refuse = {verb: reply}
        clock += 310
        assert outbox.sweep(clock) == 0
        row.refresh_from_db()
        assert (row.state, row.code, row.said) == ("waiting", int(reply[:3]), reply[4:])
    mailbox.refuse = {}
    clock += 310
    assert outbox.sweep(clock) == 1
    assert len(mailbox.mails) == 1


def test_i12_a_slow_webhook_ends_in_time_and_delays_nobody_twice(hook, receiver, clock, monkeypatch):
    monkeypatch.setattr(wires, "DEADLINES", wires.Deadlines(connect=2.0, first_byte=1.0, whole=2.5))
    receiver.hold.clear()
    with running(Receiver()) as other:
        Channel.objects.create(kind="webhook", address=other.url)
        for number in range(20):
            outbox.tell_operators(message(number), START)
        began = time.monotonic()
        assert outbox.sweep(clock) == 20  # the other's, all of them
        clock += 0.5
        assert outbox.sweep(clock) == 0  # the slow one rests: nothing is asked
        assert time.monotonic() - began < 10
        assert (len(receiver.posts), len(other.posts)) == (1, 20)
    receiver.hold.set()
    row = Delivery.objects.get(channel=hook, attempts=1)
    assert row.said.startswith("first_byte_timeout")
    clock += LONGEST
    assert outbox.sweep(clock) == 20
    hook.refresh_from_db()
    assert (hook.failures, hook.rests_until) == (0, None)


def test_u13_no_secret_gets_into_what_is_kept_or_logged(db, mailbox, clock, settings, caplog):
    """The mail server's password, the path of a webhook's address, and what it is signed with."""
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "pebble", "CANARY-1"
    settings.LOOPBACK_WEBHOOKS = True
    mailbox.refuse = {"EHLO": "250-toy\r\n250 AUTH PLAIN", "AUTH": "535 no"}
    Channel.objects.create(kind="email", address="a@example.org")
    hook = Channel.objects.create(kind="webhook", address="http://127.0.0.1:1/services/CANARY-2")
    outbox.tell_operators(message(), START)
    assert outbox.sweep(clock) == 0
    kept = str(list(Delivery.objects.values())) + str(Channel.objects.values_list("nonce", "failures")) + caplog.text
    assert Delivery.objects.filter(code=535).exists()
    assert "Connection refused" in kept
    for secret in ("CANARY", channels.secret_of(hook), settings.SECRET_KEY):
        assert secret not in kept


def test_a_message_that_is_refused_does_not_stand_before_others(hook, receiver, clock, monkeypatch):
    real, bad = wires.send, wires.Said(False, 400, "bad")
    monkeypatch.setattr(wires, "send", lambda row, now: bad if row.key == "incident 0" else real(row, now))
    for number in range(3):
        outbox.tell_operators(message(number), START)
    assert outbox.sweep(clock) == 0
    clock += LONGEST
    assert outbox.sweep(clock) == 2
    assert states() == ["waiting", "sent", "sent"]


def test_a_channel_that_is_switched_off_gets_nothing_more(hook, receiver, clock):
    outbox.tell_operators(message(), START)
    hook.enabled = False
    hook.save()
    assert outbox.sweep(clock) == 0
    clock += 86_401
    outbox.sweep(clock)
    assert (receiver.posts, states()) == ([], ["given_up"])


def test_what_nobody_could_try_for_a_day_is_still_tried(hook, receiver, clock):
    outbox.tell_operators(message(), START)
    clock += 2 * 86_400
    assert outbox.sweep(clock) == 1


@pytest.mark.both
def test_two_workers_never_send_the_same_row_at_once(db, clock, monkeypatch):
    hook = Channel.objects.create(kind="webhook", address="https://hook.example/")
    for number in range(2):
        outbox.tell_operators(message(number), START)
    sent = []

    def send(row, now):
        sent.append(row.key)
        assert outbox.sweep(clock) == 0  # the second worker, while the first is sending
        stale = Channel.objects.get()
        stale.failures, stale.rests_until = 0, None
        assert not outbox._take(stale, now)  # nor one that looked at the channel before it was taken
        return wires.Said(True, 200, "")

    monkeypatch.setattr(wires, "send", send)
    assert outbox.sweep(clock) == 2
    assert sent == ["incident 0", "incident 1"]
    outbox.tell_operators(message(2), START)
    row = outbox._claim(hook, START)
    assert (row.key, outbox._claim(hook, START)) == ("incident 2", None)  # even a worker whose turn was over comes too late


@pytest.mark.both
def test_a_retry_leaves_alone_what_is_being_sent(db, clock, monkeypatch):
    hook = Channel.objects.create(kind="webhook", address="https://hook.example/")
    outbox.tell_operators(message(), START)
    sent = []

    def send(row, now):
        sent.append(row.key)
        assert outbox.retry(Delivery.objects.all(), now) == 0
        assert outbox.sweep(clock) == 0
        return wires.Said(len(sent) > 1, None, "no")

    monkeypatch.setattr(wires, "send", send)
    assert outbox.sweep(clock) == 0 and len(sent) == 1
    assert outbox.retry(Delivery.objects.all(), clock()) == 1  # it failed: nobody has it in hand
    assert outbox.sweep(clock) == 1 and len(sent) == 2
    outbox.tell_operators(message(1), clock())
    assert outbox._claim(hook, clock())  # by a worker that died
    clock += FIRST_S - 1
    assert outbox.retry(Delivery.objects.all(), clock()) == 0
    clock += 1
    assert outbox.retry(Delivery.objects.all(), clock()) == 1


def test_a_sweep_ends_in_time_and_slow_receivers_stand_before_nobody_twice(db, clock, monkeypatch):
    """I12: of four of whom each takes seven seconds a message and always has more, all get their turns, and no attempt begins late."""
    for name in "abcd":
        Channel.objects.create(kind="webhook", address=f"https://{name}.example/")
    for number in range(20):
        outbox.tell_operators(message(number), START)
    began, starts = clock(), []

    def send(row, now):
        starts.append(((now - began).total_seconds(), row.channel.address[8]))
        clock.now += timedelta(seconds=7)
        return wires.Said(row.channel.address[8] != "a", 200, "")  # and one fails

    monkeypatch.setattr(wires, "send", send)
    for _ in range(2):
        began = clock()
        outbox.sweep(clock)
        assert clock() - began < timedelta(seconds=settings.Q_CLUSTER["timeout"] - wires.DEADLINES.whole)
    assert {name for _, name in starts} == set("abcd")
    assert max(second for second, _ in starts) <= outbox.SWEEP_S
    clock += LONGEST
    starts.clear()
    for _ in range(3):
        began = clock()
        outbox.sweep(clock)
    assert "a" in {name for _, name in starts}  # also the one that fails, however much the others have


# --- Quiet hours and digests ----------------------------------------------------------------------------------------
@pytest.mark.both
def test_a_quiet_night_ends_with_one_digest_and_critical_ones_come_through_it(db, receiver, clock):
    Channel.objects.create(kind="webhook", address=receiver.url, quiet_from="10:00", quiet_to="14:00", time_zone="Europe/Berlin")
    outbox.tell_operators(message(0, critical=True), START)
    for number in (1, 2):
        outbox.tell_operators(message(number), START)
    assert outbox.sweep(clock) == 1
    clock += 3599
    assert outbox.sweep(clock) == 0
    clock += 1
    assert outbox.sweep(clock) == 1
    assert outbox.sweep(clock) == 0
    assert sorted(states()) == ["merged", "merged", "sent", "sent"]
    told = json.loads(receiver.posts[1][1])
    assert [part["key"] for part in told["payload"]["notices"]] == ["incident 1", "incident 2"]
    assert told["subject"] == "2 notices: Down 2"


def test_a_digest_gathers_a_window_and_one_alone_stays_itself(db, receiver, clock):
    Channel.objects.create(kind="webhook", address=receiver.url, digest_min=30)
    outbox.tell_operators(message(), START + timedelta(minutes=1))
    clock += 1799
    assert outbox.sweep(clock) == 0
    clock += 1
    assert outbox.sweep(clock) == 1
    for number in range(1, 102):
        outbox.tell_operators(message(number), clock())
    clock += 1800
    assert outbox.sweep(clock) == 3  # 50, 50, and one
    told = [json.loads(body) for _, body in receiver.posts]
    assert told[0]["key"] == "incident 0"
    assert sum(len(each["payload"]["notices"]) for each in told if each["kind"] == "digest") == 100


def test_two_workers_make_one_digest(db, clock):
    Channel.objects.create(kind="webhook", address="https://hook.example/", digest_min=30)
    for number in range(2):
        outbox.tell_operators(message(number), START)
    rows = list(Delivery.objects.select_related("channel"))
    for _ in range(2):
        outbox._merge(rows, START + timedelta(hours=1))
    assert sorted(states()) == ["merged", "merged", "waiting"]


def test_a_retry_keeps_the_quiet_hours(hook, receiver, clock):
    outbox.tell_operators(message(), START)
    outbox.tell_operators(message(1, critical=True), START)
    receiver.status = 503
    outbox.sweep(clock)
    Channel.objects.update(quiet_from="12:00", quiet_to="20:00")
    receiver.status = 200
    clock += 600
    outbox.sweep(clock)
    assert Delivery.objects.get(key="incident 0").due_at == datetime(2026, 11, 22, 20, tzinfo=START.tzinfo)
    assert Delivery.objects.get(key="incident 1").state == "sent"


# --- Trying out and forgetting --------------------------------------------------------------------------------------
def test_a_test_is_tried_once_and_says_what_came_of_it(hook, receiver, clock):
    Channel.objects.update(enabled=False, quiet_from="00:00", quiet_to="23:59")
    hook.refresh_from_db()
    assert (channels.test(hook, START).state, receiver.posts[0][0]["pebble-key"][:5]) == ("sent", "test ")
    receiver.status = 503
    row = channels.test(hook, START + timedelta(seconds=1))
    assert (row.state, row.code) == ("given_up", 503)
    Channel.objects.update(enabled=True, quiet_from=None, quiet_to=None)
    clock += 600
    assert outbox.sweep(clock) == 0


def test_a_mail_that_was_only_printed_says_so(db, clock, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert channels.test(Channel.objects.create(kind="email", address="a@example.org"), START).said == wires.PRINTED


@pytest.mark.both
def test_old_deliveries_are_forgotten(db, clock):
    Channel.objects.create(kind="email", address="a@example.org")
    for number, days in enumerate((89, 91)):
        outbox.tell_operators(message(number), START - timedelta(days=days))
    from markets.method import setting

    retention.purge(START, setting())
    assert [row.key for row in Delivery.objects.all()] == ["incident 0"]
    assert connection.vendor in ("sqlite", "postgresql")


def test_the_guides_recipe_verifies_what_is_sent_and_nothing_else(hook, receiver, clock, monkeypatch):
    text = (settings.BASE_DIR / "docs/guide/notices.md").read_text(encoding="utf-8")
    recipe = {}
    exec(text.partition("```python\n")[2].partition("```")[0], recipe)  # noqa: S102 - our own page
    monkeypatch.setattr(time, "time", lambda: START.timestamp() + 299)
    outbox.tell_operators(message(), START)
    outbox.sweep(clock)
    (headers, body), secret = receiver.posts[0], channels.secret_of(hook)
    headers = {name.title(): value for name, value in headers.items()}
    assert recipe["verified"](secret, headers, body)
    assert not recipe["verified"](secret, headers, body + b" ")
    assert not recipe["verified"](secret, {**headers, "Pebble-Timestamp": str(int(START.timestamp()) + 1)}, body)
    assert not recipe["verified"](secret + "x", headers, body)
    monkeypatch.setattr(time, "time", lambda: START.timestamp() + 300)
    assert not recipe["verified"](secret, headers, body)
