"""When operators are told of an incident, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from markets.analysis import incidents as rules
from markets.analysis.incidents import Notice, Told, due, lasted, message

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NEW = Told(pk=7, key="down:x", kind="down", title="X is down", detail="No good answer.", about="X", opened_at=NOW)
TOLD = replace(NEW, notices=(Notice("opened", NOW),))
OVER = replace(TOLD, closed_at=NOW + HOUR, closing="X is live.")


def at(incident, now=NOW, recent=(), flapping=False, every=4 * HOUR, **more):
    return due(incident, now, recent=recent, flapping=flapping, every=every, **more)


def test_it_is_told_when_it_opens_and_when_it_is_over_once_each():
    assert (at(NEW), at(TOLD)) == ("opened", None)
    assert at(OVER, NOW + HOUR) == "closed"
    assert at(replace(OVER, notices=(*TOLD.notices, Notice("closed", NOW + HOUR))), NOW + HOUR) is None


def test_the_end_of_what_was_never_told_is_not_told():
    assert at(replace(NEW, closed_at=NOW)) is None


def test_an_end_that_could_not_be_told_for_a_day_is_no_news():
    assert at(OVER, NOW + 25 * HOUR - MINUTE) == "closed"
    assert at(OVER, NOW + 25 * HOUR) is None


def test_reminders_come_at_their_interval_since_the_last_notice():
    assert at(TOLD, NOW + 4 * HOUR - MINUTE) is None
    assert at(TOLD, NOW + 4 * HOUR) == "reminder"
    reminded = replace(TOLD, notices=(*TOLD.notices, Notice("reminder", NOW + 4 * HOUR)))
    assert at(reminded, NOW + 7 * HOUR) is None and at(reminded, NOW + 8 * HOUR) == "reminder"
    assert at(TOLD, NOW + 5 * MINUTE, every=5 * MINUTE) == "reminder"


def test_who_acknowledged_it_is_not_reminded_but_hears_of_its_end():
    assert at(replace(TOLD, noted=True), NOW + 8 * HOUR) is None
    assert at(replace(OVER, noted=True), NOW + HOUR) == "closed"


def test_three_notices_in_half_an_hour_are_enough():
    three = [NOW - 29 * MINUTE, NOW - MINUTE, NOW]
    assert at(NEW, recent=three) is None and at(NEW, recent=three[1:]) == "opened"
    assert at(NEW, recent=[NOW - 30 * MINUTE, *three[1:]]) == "opened"
    assert at(OVER, NOW + HOUR, recent=[NOW + HOUR] * 3) is None


def test_what_is_critical_is_told_however_much_was_told_before():
    critical, crowd = replace(NEW, critical=True), [NOW] * 5
    assert at(critical, recent=crowd) == "opened"
    assert at(replace(OVER, critical=True), NOW + HOUR, recent=[NOW + HOUR] * 3) is None  # its end can wait


@pytest.mark.parametrize("kind", ["down", "banned", "blocked"])
def test_while_it_is_flapping_states_are_not_told_one_by_one(kind):
    assert at(replace(NEW, kind=kind), flapping=True) is None
    assert at(replace(NEW, kind="format"), flapping=True) == "opened"


def test_a_flapping_exchange_that_has_changed_is_one_digest_in_half_an_hour():
    flapping = replace(TOLD, kind="flapping")
    assert at(flapping, NOW + 30 * MINUTE, changed=True) == "digest"
    assert at(flapping, NOW + 30 * MINUTE - timedelta(seconds=1), changed=True) is None
    assert at(flapping, NOW + 30 * MINUTE) is None
    assert at(TOLD, NOW + 30 * MINUTE, changed=True) is None
    digested = replace(flapping, notices=(*flapping.notices, Notice("digest", NOW + 30 * MINUTE)))
    assert at(digested, NOW + 59 * MINUTE, changed=True) is None and at(digested, NOW + HOUR, changed=True) == "digest"


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=60))
def test_whatever_happens_no_half_hour_has_more_than_three_notices(events):
    """Alerts of faults section 9: of one exchange, of what is not critical."""
    now, sent, open_one = NOW, [], NEW
    for seconds, over in events:
        now += timedelta(seconds=seconds)
        open_one = replace(open_one, closed_at=now) if over and open_one.closed_at is None else NEW if open_one.closed_at else open_one
        what = at(open_one, now, recent=sent, every=5 * MINUTE)
        if what:
            sent.append(now)
            open_one = replace(open_one, notices=(*open_one.notices, Notice(what, now)))
    assert all(sum(one - timedelta(minutes=30) < other <= one for other in sent) <= 3 for one in sent)


# --- Words ----------------------------------------------------------------------------------------------------------
def test_what_a_notice_says():
    said = message(NEW, "opened", NOW)
    assert (said.key, said.kind, said.subject, said.critical, said.path) == ("incident 7 opened 0", "incident", "X is down", False, "/status/")
    assert said.text == "No good answer.\nSince 22 Nov 12:00 UTC."
    assert said.payload == {
        "incident": 7, "what": "opened", "incident_key": "down:x", "incident_kind": "down", "exchange": "X", "opened_at": NOW, "closed_at": None, "lasted_s": 0,
    }  # fmt: skip


def test_what_its_end_says():
    said = message(OVER, "closed", NOW + 2 * HOUR)
    assert (said.key, said.subject) == ("incident 7 closed 0", "Over: X is down")
    assert said.text == "X is live.\nSince 22 Nov 12:00 UTC, for 1 h."
    assert (said.payload["lasted_s"], said.payload["closed_at"]) == (3600, NOW + HOUR)
    assert message(replace(OVER, closing=""), "closed", NOW).text.startswith("No good answer.\n")


def test_what_a_reminder_says_and_that_each_has_a_key_of_its_own():
    reminded = replace(TOLD, notices=(*TOLD.notices, Notice("reminder", NOW)))
    said = message(reminded, "reminder", NOW + 8 * HOUR + 5 * MINUTE)
    assert (said.key, said.subject) == ("incident 7 reminder 1", "Still: X is down")
    assert said.text.endswith("for 8 h 5 min.")
    assert message(replace(TOLD, closing="X is live."), "reminder", NOW).text.startswith("No good answer.\n"), "it is not over yet"
    assert message(TOLD, "digest", NOW).subject == "Still: X is down"


def test_what_nobody_saw_did_not_go_on_and_is_said():
    said = message(TOLD, "reminder", NOW + 8 * HOUR, 30 * MINUTE)
    assert said.text.endswith("for 7 h 30 min, and 30 min in which Pebble was away and nobody looked.")
    assert said.payload["lasted_s"] == 27_000


def test_critical_until_it_is_over():
    assert message(replace(NEW, critical=True), "opened", NOW).critical
    assert not message(replace(OVER, critical=True), "closed", NOW).critical


def test_a_flapping_notice_says_what_comes_next():
    flapping = replace(NEW, kind="flapping", detail="")
    assert message(flapping, "opened", NOW).text.splitlines()[1] == (
        "Until it has been stable for a quarter of an hour you get one digest in 30 min instead of each change."
    )
    assert len(message(flapping, "digest", NOW).text.splitlines()) == 1
    assert message(replace(NEW, about=""), "opened", NOW).payload["exchange"] is None


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("down", "incident"), ("network", "incident"), ("flapping", "incident"), ("auto_disabled", "switch"), ("security", "security"), ("workers", "service"),
     ("task", "service"), ("storage", "service"), ("slo", "service")],
)  # fmt: skip
def test_which_channels_take_it(kind, channel):
    assert message(replace(NEW, kind=kind), "opened", NOW).kind == channel


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=-5), "0 s"), (timedelta(seconds=59), "59 s"),
        (MINUTE, "1 min"), (timedelta(seconds=113), "1 min 53 s"), (timedelta(seconds=605), "10 min"),
        (59 * MINUTE + timedelta(seconds=59), "59 min"), (HOUR, "1 h"),
        (HOUR + MINUTE, "1 h 1 min"), (24 * HOUR - MINUTE, "23 h 59 min"), (24 * HOUR, "1 d"), (25 * HOUR, "1 d 1 h"), (49 * HOUR + 59 * MINUTE, "2 d 1 h"),
    ],
)  # fmt: skip
def test_how_long_it_lasted(span, text):
    assert lasted(span) == text


def test_what_was_told_can_be_asked():
    assert TOLD.has("opened") and not TOLD.has("closed") and rules.NOTICES == 3
