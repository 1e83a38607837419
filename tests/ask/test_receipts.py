"""Receipts: what is kept computes again to the same, what is over or too much is said, and no answer waits for its receipt."""

import sqlite3
import time
from datetime import timedelta

import msgspec
import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from markets import brief, receipts, retention, spool, tasks
from markets.ask import agent
from markets.ask.answer import Answer
from markets.ask.answers.unread import Unread
from markets.ask.frame import INTENTS, Frame
from markets.ask.record import Part, Record
from markets.ask.router import Route
from markets.models import Receipt, Setting
from markets.reads.findings import Asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("market"), pytest.mark.both]
FRAME = Frame("best price for btc", intent="best_price", assets=("BTC",))


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.RECEIPTS_FOLDER = tmp_path / "receipts"
    return settings.RECEIPTS_FOLDER


@pytest.fixture
def locked(monkeypatch):
    """A switch: whether others are writing to the database."""
    create, state = QuerySet.bulk_create, {"is": True}

    def stored(self, *args, **kwargs):
        if state["is"]:
            raise OperationalError("database is locked")
        return create(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "bulk_create", stored)
    return state


def small(now, why="it rained", q="a question"):
    record = Record(now, "1", (Part(Frame(q, intent="compare"), Route("compare"), (Unread(why),)),))
    return record, record.answers()


def rules(**more):
    Setting.objects.filter(pk=1).update(**more)
    receipts.forget()


def test_an_answer_has_a_link_with_the_time_it_is_kept(now):
    reply = agent.replied(FRAME, Asked(now))
    assert reply.receipt.until == now + timedelta(days=30) and reply.why_not == ""
    assert reply.receipt.path == f"/receipts/{reply.receipt.id}/"
    assert len(reply.receipt.id) == 16 and reply.receipt.id.isalnum() and reply.receipt.id == reply.receipt.id.lower()


@pytest.mark.parametrize("intent", INTENTS)
def test_every_kind_of_answer_replays_letter_for_letter(intent, now):
    frame = Frame(f"{intent} of btc, eth and moon", intent=intent, assets=("BTC", "PEPE", "MOON"), also=(FRAME,))
    reply = agent.replied(frame, Asked(now))
    found = receipts.find(reply.receipt.id, now)
    assert found.same is True and found.why == ""
    assert tuple(each.answer for each in found.answers) == reply.answers == found.record.answers()
    assert found.record == reply.record and found.question == frame.q and found.created_at == now
    assert found.raw["parts"][0]["frame"]["q"] == frame.q


def test_equal_answers_share_a_receipt_and_others_do_not(now):
    first, again = receipts.keep(*small(now), now), receipts.keep(*small(now), now)
    other = receipts.keep(*small(now, q="another"), now)
    assert first == again != other and Receipt.objects.count() == 2


def test_the_name_cannot_be_made_without_the_secret(now, settings):
    record, answers = small(now)
    told, said = msgspec.json.encode(record), msgspec.json.encode(answers)
    name = receipts.name_of(told, said)
    assert receipts.keep(record, answers, now).id == name
    settings.SECRET_KEY = "another-secret-another-secret-another-secret-another-secret"
    assert receipts.name_of(told, said) != name != receipts.name_of(told, said + b" ")


def test_what_was_changed_in_the_store_is_seen(now):
    link = receipts.keep(*small(now), now)
    row = Receipt.objects.get(pk=link.id)
    forged = msgspec.json.decode(receipts.zlib.decompress(row.answers))
    forged[0]["sentence"] = "BTC costs nothing."
    Receipt.objects.filter(pk=link.id).update(answers=receipts.zlib.compress(msgspec.json.encode([*forged, forged[0]])))
    found = receipts.find(link.id, now)
    assert found.same is False and found.why == ""
    assert found.answers[0].differs == ("sentence",) and found.answers[0].answer.sentence == "BTC costs nothing."
    assert set(found.answers[1].differs) == set(Answer.__struct_fields__)


def test_another_method_is_shown_as_it_was_answered_and_says_so(now):
    link = receipts.keep(*small(now), now)
    Receipt.objects.filter(pk=link.id).update(method="0.9")
    found = receipts.find(link.id, now)
    assert found.same is None and "then 0.9, now 1" in found.why and found.record is not None
    assert found.answers[0].answer.sentence and not found.answers[0].differs


def test_another_form_is_shown_as_it_was_answered_and_says_so(now):
    link = receipts.keep(*small(now), now)
    Receipt.objects.filter(pk=link.id).update(version=99, record=receipts.zlib.compress(b'{"parts": [{"of another form": 1}]}'))
    found = receipts.find(link.id, now)
    assert found.same is None and found.record is None and "older form" in found.why
    assert found.raw == {"parts": [{"of another form": 1}]} and found.answers[0].answer.sentence


def test_unknown_and_expired_ones_are_not_found(now):
    link = receipts.keep(*small(now), now)
    assert receipts.find("nothing", now) is None and receipts.find("", now) is None
    assert receipts.find(link.id, link.until - timedelta(seconds=1)) is not None
    assert receipts.find(link.id, link.until) is None


def test_a_changed_setting_counts_for_new_ones_and_old_ones_keep_their_promise(now):
    old = receipts.keep(*small(now), now)
    rules(receipts_kept_d=2)
    new = receipts.keep(*small(now, q="new"), now)
    assert (old.until - now, new.until - now) == (timedelta(days=30), timedelta(days=2))
    retention.purge(now + timedelta(days=3), Setting.objects.get(pk=1))
    assert [row.pk for row in Receipt.objects.all()] == [old.id]
    retention.purge(old.until + timedelta(seconds=1), Setting.objects.get(pk=1))
    assert not Receipt.objects.exists()


def test_a_full_store_gives_no_new_receipts_and_keeps_the_old_ones(now):
    rules(receipts_mb=0)
    assert receipts.keep(*small(now), now) == "receipts are switched off here" and not Receipt.objects.exists()
    rules(receipts_mb=1)
    link = receipts.keep(*small(now), now)
    Receipt.objects.filter(pk=link.id).update(size=1_000_000)
    receipts.forget()
    reply = agent.replied(FRAME, Asked(now))
    assert reply.receipt is None and reply.why_not == "the room for receipts is full" and reply.answers
    assert receipts.find(link.id, now) is not None


def test_the_last_byte_of_the_room_is_used(now, monkeypatch):
    record, answers = small(now)
    receipts.keep(record, answers, now)
    size = Receipt.objects.get().size
    Receipt.objects.all().delete()
    monkeypatch.setattr(receipts, "MB", 2 * size)
    rules(receipts_mb=1)
    kept = [receipts.keep(*small(now + timedelta(seconds=i)), now) for i in range(3)]
    assert [kept[0] != receipts.FULL, kept[2]] == [True, receipts.FULL]


def test_one_that_is_too_large_is_not_kept(now):
    from random import Random

    noise = Random(1).randbytes(receipts.LARGEST).hex()  # packs to half of its length
    assert receipts.keep(*small(now, why=noise), now) == receipts.TOO_LARGE
    assert receipts.keep(*small(now, why="x" * 1_000_000), now).id
    assert all(row.size <= receipts.LARGEST == 65536 for row in Receipt.objects.all())


def test_a_database_that_is_away_costs_the_receipt_and_nothing_else(now, monkeypatch):
    def gone(row):
        raise DatabaseError("gone")

    monkeypatch.setattr(receipts, "_write", gone)
    reply = agent.replied(FRAME, Asked(now))
    assert reply.receipt is None and reply.why_not == receipts.AWAY and reply.answers


def test_a_receipt_that_finds_the_database_locked_waits_and_is_found_meanwhile(now, locked, client, folder):
    reply = agent.replied(FRAME, Asked(now))
    assert reply.receipt is not None and reply.why_not == "" and not Receipt.objects.exists()
    found = receipts.find(reply.receipt.id, now)
    assert found.same is True and found.link == reply.receipt and found.record == reply.record and found.created_at == now
    assert client.get(reply.receipt.path).status_code == client.get(f"/api/v1/receipts/{reply.receipt.id}/").status_code == 200
    assert receipts.standing({reply.receipt.id, "b" * 16}, now) == {reply.receipt.id}
    assert receipts.find(reply.receipt.id, reply.receipt.until) is None and receipts.find("a" * 16, now) is None
    assert [path.name for path in folder.iterdir()] == [reply.receipt.id]


@pytest.mark.parametrize("next_writer", ["asking", "housekeeping"])
def test_what_waits_is_stored_by_the_next_writer_with_the_time_it_was_promised(now, locked, next_writer, folder):
    link = receipts.keep(*small(now), now)
    rules(receipts_kept_d=1)
    locked["is"] = False
    if next_writer == "asking":
        receipts.keep(*small(now, why="it snowed"), now)
    else:
        tasks.purge()
    row = Receipt.objects.get(pk=link.id)
    assert (row.until, row.question, row.created_at) == (now + timedelta(days=30), "a question", now) and list(folder.iterdir()) == []
    assert receipts.find(link.id, now).same is True


def test_what_was_stored_by_another_meanwhile_is_stored_once(now, locked, folder):
    link = receipts.keep(*small(now), now)
    row = spool.find(link.id)
    locked["is"] = False
    Receipt.objects.bulk_create([row])
    receipts.settle()
    assert Receipt.objects.count() == 1 and spool.names() == frozenset()


def test_only_so_many_wait_and_then_it_says_so(now, locked, monkeypatch):
    monkeypatch.setattr(spool, "MOST", 2)
    kept = [receipts.keep(*small(now, why=f"rain {i}"), now) for i in range(3)]
    assert [isinstance(link, str) for link in kept] == [False, False, True] and kept[2] == receipts.AWAY and len(spool.names()) == 2


def test_no_more_than_some_are_stored_at_once(now, locked, monkeypatch):
    monkeypatch.setattr(spool, "AT_ONCE", 2)
    for i in range(3):
        receipts.keep(*small(now, why=f"rain {i}"), now)
    locked["is"] = False
    receipts.settle()
    assert (Receipt.objects.count(), len(spool.names())) == (2, 1)


def test_a_folder_that_cannot_be_written_costs_the_receipt_only(now, locked, folder):
    folder.write_text("a file where the folder should be")
    assert receipts.keep(*small(now), now) == receipts.AWAY
    assert receipts.find("a" * 16, now) is None and spool.names() == frozenset()


def test_a_waiting_receipt_that_cannot_be_read_is_dropped(now, folder):
    folder.mkdir()
    (folder / ("a" * 16)).write_bytes(b"rubbish")
    receipts.settle()
    assert spool.names() == frozenset() and not Receipt.objects.exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows")
def test_a_locked_database_is_not_waited_for(tmp_path, now, monkeypatch):
    other = connections.create_connection("default")
    other.settings_dict = {**other.settings_dict, "NAME": str(tmp_path / "locked.sqlite3")}
    monkeypatch.setattr(brief, "connection", other)
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE t (x)")
        locker = sqlite3.connect(other.settings_dict["NAME"], isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        with pytest.raises(DatabaseError, match="locked"), brief.brief(50):
            cursor.execute("INSERT INTO t VALUES (1)")
        assert time.monotonic() - start < 2  # and not the 20 s that workers wait
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
    locker.close()
    other.close()
