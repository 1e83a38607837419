"""What is told, when, and how it looks: quiet hours over midnight and clock changes, digests, back-off, mails, signatures."""

import hashlib
import hmac
import json
import time as clocks
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analysis import messages
from markets.analysis.messages import Message, Rule, Told, digest, email, escaped, header, line, paragraphs, plain, quiet_end, wait_s, webhook, when

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NIGHT = Rule(time(22), time(7), "Europe/Berlin")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def message(**more):
    return Message(**{"key": "k", "kind": "incident", "subject": "Down", "text": "It fails.", **more})


# --- A message ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", ["a", "x" * 200, "down: bybit é"])
def test_keys_that_may_be(key):
    assert message(key=key).key == key


@pytest.mark.parametrize(("more", "why"), [
    *(({"key": key}, "a message's key has 1 to 200 printable characters") for key in ("", "x" * 201, "a\nb")),
    ({"kind": "weather"}, "'weather' is no kind of message"), ({"kind": ""}, "'' is no kind of message"),
    *(({"path": path}, "a message's path is of this site: it begins with one / and holds neither spaces nor backslashes")
      for path in ("//evil.example", "status/", "/a b", "/a\n", "/\\evil.example", "https://evil.example/", "/" + "x" * 300, "/é")),
])  # fmt: skip
def test_what_cannot_be_told_is_refused_where_it_is_made(more, why):
    with pytest.raises(ValueError) as caught:
        message(**more)
    assert str(caught.value) == why


def test_every_kind_and_path_of_ours_may_be():
    assert list(messages.KINDS) == ["incident", "switch", "security", "service"]
    assert messages.OTHERS == ("alert", "account", "confirm", "test", "digest")
    assert (messages.KEY, messages.SUBJECT, messages.PATH, messages.SAID, messages.PARTS) == (200, 200, 300, 200, 50)
    for kind in (*messages.KINDS, *messages.OTHERS):
        assert message(kind=kind, path="/compare/BTC-USDT/?side=buy&q=%20~!").kind == kind
    assert message(path="/" + "x" * 299).critical is False
    assert message(path="/").payload == {}


# --- Quiet hours ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("now", "end"), [
    ("2026-11-22T20:59:59", None), ("2026-11-22T21:00:00", "2026-11-23T06:00:00"), ("2026-11-22T23:30:00", "2026-11-23T06:00:00"),
    ("2026-11-23T05:59:59", "2026-11-23T06:00:00"), ("2026-11-23T06:00:00", None), ("2026-11-23T12:00:00", None),
    ("2026-07-01T20:00:00", "2026-07-02T05:00:00"), ("2026-07-01T19:59:59", None),  # summer time
    ("2026-03-28T22:00:00", "2026-03-29T05:00:00"), ("2026-10-24T21:00:00", "2026-10-25T06:00:00"),  # the nights in which clocks change
])  # fmt: skip
def test_a_night_over_midnight_by_the_wall_clock(now, end):
    assert quiet_end(NIGHT, at(now)) == (at(end) if end else at(now))


@pytest.mark.parametrize(("now", "end"), [("2026-11-22T10:59:59", None), ("2026-11-22T11:00:00", "2026-11-22T13:30:00"), ("2026-11-22T13:30:00", None)])
def test_quiet_hours_within_a_day(now, end):
    assert quiet_end(Rule(time(12), time(14, 30), "Europe/Berlin"), at(now)) == (at(end) if end else at(now))


@pytest.mark.parametrize(("second", "quiet"), [(9, False), (10, True), (19, True), (20, False)])
def test_quiet_hours_are_kept_to_the_second(second, quiet):
    rule, now = Rule(time(12, 30, 10), time(12, 30, 20)), NOON.replace(minute=30, second=second)
    assert quiet_end(rule, now) == (NOON.replace(minute=30, second=20) if quiet else now)


def test_an_end_that_the_clocks_skip_or_repeat():
    twice = Rule(time(22), time(2, 30), "Europe/Berlin")
    assert quiet_end(twice, at("2026-03-28T23:00:00")) == at("2026-03-29T01:30:00")  # 2:30 is not: 3:30 stands for it
    assert quiet_end(twice, at("2026-10-24T23:00:00")) == at("2026-10-25T00:30:00")  # the first 2:30
    assert quiet_end(twice, at("2026-10-25T01:10:00")) == at("2026-10-25T01:30:00")  # 2:10 once more: until the second
    assert quiet_end(twice, at("2026-10-25T00:30:00")) == at("2026-10-25T00:30:00")  # the first 2:30 itself is no quiet hour


ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")


@given(st.integers(0, 2 * 366 * 86_400), st.times(), st.times(), st.sampled_from(ZONES))
def test_quiet_hours_end_within_a_day_by_the_wall_clock_and_only_then(seconds, begin, end, zone):
    now, rule = NOON + timedelta(seconds=seconds), Rule(begin.replace(microsecond=0), end.replace(microsecond=0), zone)
    found = quiet_end(rule, now)
    assert now <= found <= now + timedelta(hours=25)
    clock = now.astimezone(ZoneInfo(zone)).time()
    inside = begin_to_end(rule, clock)
    assert (found > now) == inside
    if inside:
        wall = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        off = abs((wall - wall.replace(hour=rule.quiet_to.hour, minute=rule.quiet_to.minute, second=rule.quiet_to.second)).total_seconds())
        assert off in (0, 1800, 3600)  # half an hour or an hour where the clocks skipped it


def begin_to_end(rule, clock):
    clock = clock.replace(microsecond=0)
    if rule.quiet_from <= rule.quiet_to:
        return rule.quiet_from <= clock < rule.quiet_to
    return clock >= rule.quiet_from or clock < rule.quiet_to


def test_no_rule_no_wait_and_half_a_rule_is_none():
    for rule in (Rule(), Rule(quiet_from=time(0)), Rule(quiet_to=time(23)), Rule(time(12), time(12))):
        assert when(rule, message(), NOON) == NOON


def test_critical_messages_wait_for_nothing():
    rule = Rule(time(0), time(23, 59), digest_min=60)
    assert when(rule, message(critical=True), NOON) == NOON
    assert when(rule, message(), NOON) == at("2026-11-22T23:59:00")


@pytest.mark.parametrize(("now", "due"), [("12:00:00", "12:30:00"), ("12:29:59", "12:30:00"), ("12:30:00", "13:00:00")])
def test_a_digest_is_due_at_the_end_of_its_window(now, due):
    assert when(Rule(digest_min=30), message(), at(f"2026-11-22T{now}")) == at(f"2026-11-22T{due}")


def test_a_digest_that_would_come_at_night_comes_in_the_morning():
    rule = Rule(time(22), time(7), "UTC", digest_min=60)
    assert when(rule, message(), at("2026-11-22T21:30:00")) == at("2026-11-23T07:00:00")
    assert when(rule, message(), at("2026-11-22T20:30:00")) == at("2026-11-22T21:00:00")


# --- Back-off -------------------------------------------------------------------------------------------------------
def test_the_figures_that_the_guide_promises():
    assert (timedelta(days=1), 30, 900, 300) == (messages.PATIENCE, messages.FIRST_S, messages.ROW_MOST_S, messages.CHANNEL_MOST_S)


def test_waits_double_up_to_the_most_and_spread_upwards():
    assert [wait_s(n, 900, 0) for n in (0, 1, 2, 3, 5, 6, 100)] == [30, 30, 60, 120, 480, 900, 900]
    assert [wait_s(n, 300, 0.5) for n in (1, 4, 5)] == [33, 264, 330]


# --- Texts ----------------------------------------------------------------------------------------------------------
def test_a_line_is_one_line():
    assert line("a\r\nBcc: x\u2028y\u202ez\x00\t b", 100) == "a Bcc: x y z b"
    assert (line("x" * 10, 10), line("x" * 11, 10)) == ("x" * 10, "x" * 9 + "…")
    assert line("币 é {{7*7}} <b>", 100) == "币 é {{7*7}} <b>"
    assert line("private\ue000unknown\u0378", 100) == "private unknown"


def test_paragraphs_keep_their_lines_and_no_other_control():
    assert paragraphs("a\r\nb\rc\nd\u2029e\x1b[0m\ud800") == "a\nb\nc\nd\ne [0m "
    assert len(paragraphs("x" * 20_001)) == 20_000
    assert paragraphs("x" * 20_000) == "x" * 20_000


def test_what_strangers_say_is_escaped_and_short():
    assert escaped("no\r\n\x1b\u202e é") == "no\\r\\n\\x1b\\u202e \\xe9"
    assert escaped("x" * 201) == "x" * 200
    assert len(escaped("é" * 200)) == 200
    assert escaped("é" * 200).endswith("…")


def test_a_payload_becomes_what_json_and_both_databases_hold():
    given_ = {"price": Decimal("1.50"), "at": NOON, "n": 1, "yes": True, "none": None, "parts": ({"a\x00": "b\x00c"}, [1.5]), "set": {2}}
    assert plain(given_) == {"price": "1.50", "at": NOON.isoformat(), "n": 1, "yes": True, "none": None, "parts": [{"a": "b c"}, ["1.5"]], "set": [2]}
    assert json.loads(json.dumps(plain({"nan": float("nan")}), allow_nan=False)) == {"nan": "nan"}


# --- Digests --------------------------------------------------------------------------------------------------------
def test_a_digest_says_all_of_its_parts_oldest_first_whatever_order_they_come_in():
    parts = [Told(message(key=f"k{n}", subject=f"Down {n}", text=f"Line\nof {n}", payload={"n": n}), NOON + timedelta(minutes=n)) for n in range(3)]
    whole = digest(parts)
    assert whole == digest(parts[::-1])
    assert (whole.kind, whole.subject, whole.critical) == ("digest", "3 notices: Down 2", False)
    assert whole.text.startswith("22 Nov 12:00 UTC  Down 0\n    Line\n    of 0\n\n22 Nov 12:01 UTC  Down 1\n")
    assert [part["payload"] for part in whole.payload["notices"]] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert whole.payload["notices"][1]["made_at"] == "2026-11-22T12:01:00+00:00"
    assert whole.key != digest(parts[:2]).key
    assert whole.key == "digest " + hashlib.sha256(b"k0\nk1\nk2").hexdigest()[:32]
    assert "x" * 299 + "…" in digest([Told(message(text="x" * 301), NOON)] * 2).text
    assert "x" * 300 in digest([Told(message(text="x" * 300), NOON)] * 2).text


# --- E-mail ---------------------------------------------------------------------------------------------------------
def test_a_mail_of_a_person_can_be_stopped_and_leads_to_this_site_only():
    told = Told(message(path="/compare/BTC-USDT/", key="k é"), NOON)
    mail = email(told, base_url="https://prices.example.org:8443/", change="/alerts/", stop="/stop/x/", name="n", simulated=False)
    assert mail.subject == "[Pebble] Down"
    assert mail.body == (
        "It fails.\n\n22 Nov 2026 12:00:00 UTC\n\n-- \nLook: https://prices.example.org:8443/compare/BTC-USDT/\n"
        "What you are told, and when: https://prices.example.org:8443/alerts/\nNo more of these: https://prices.example.org:8443/stop/x/\n"
    )
    assert mail.headers == {
        "Auto-Submitted": "auto-generated", "Message-ID": f"<{hashlib.sha256(b'n').hexdigest()[:40]}@prices.example.org>", "Pebble-Key": "k \\xe9",
        "List-Unsubscribe": "<https://prices.example.org:8443/stop/x/>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }  # fmt: skip


def test_a_mail_of_operators_has_no_stop_and_one_click_needs_https():
    mail = email(Told(message(), NOON), base_url="http://127.0.0.1:8000", change="/admin/", name="n", simulated=False)
    assert mail.body.endswith("-- \nWhat you are told, and when: http://127.0.0.1:8000/admin/\n")
    assert set(mail.headers) == {"Auto-Submitted", "Message-ID", "Pebble-Key"}
    assert mail.headers["Message-ID"].endswith("@127.0.0.1>")
    plain_ = email(Told(message(), NOON), base_url="http://x", change="/", stop="/s/", name="n", simulated=False).headers
    assert (plain_["List-Unsubscribe"], plain_.get("List-Unsubscribe-Post")) == ("<http://x/s/>", None)
    assert email(Told(message(), NOON), base_url="", change="/", name="n", simulated=False).headers["Message-ID"].endswith("@pebble>")
    assert header("a~ \x7f\n\\n") == "a~ \\x7f\\n\\\\n"


def test_an_address_with_a_path_and_odd_letters_is_led_to_as_it_is_and_names_mails_by_its_plain_ones():
    told = Told(message(path="/status/"), NOON)
    mail = email(told, base_url="https://My_Prices.example/X/", change="/alerts/", name="n", simulated=False)
    assert "Look: https://My_Prices.example/X/status/\nWhat you are told, and when: https://My_Prices.example/X/alerts/\n" in mail.body
    assert mail.headers["Message-ID"].endswith("@myprices.example>")
    posted = webhook(told, base_url="https://My_Prices.example/X/", secret="s", now=NOON, simulated=False)
    assert json.loads(posted.body)["link"] == "https://My_Prices.example/X/status/"


def test_times_are_utc_wherever_the_machine_stands():
    told = Told(message(), NOON.astimezone(ZoneInfo("Asia/Kolkata")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        clocks.tzset()
        said = digest([told]).text, email(told, base_url="http://x", change="/", name="n", simulated=False).body
        made_at = json.loads(webhook(told, base_url="x", secret="s", now=NOON, simulated=False).body)["made_at"]
    clocks.tzset()
    assert said[0].startswith("22 Nov 12:00 UTC") and "22 Nov 2026 12:00:00 UTC" in said[1]
    assert made_at == "2026-11-22T12:00:00+00:00"


def test_a_simulated_market_says_so_by_every_way():
    mail = email(Told(message(), NOON), base_url="http://x", change="/", name="n", simulated=True)
    assert mail.subject == "[Pebble, simulated market] Down"
    assert mail.body.startswith("From a simulated market: its prices are invented.\n\nIt fails.\n\n22 Nov")
    assert json.loads(webhook(Told(message(), NOON), base_url="x", secret="s", now=NOON, simulated=True).body)["simulated"] is True


# --- Webhooks -------------------------------------------------------------------------------------------------------
def test_a_post_is_canonical_and_signed_over_time_and_body():
    told = Told(message(payload={"b": "é", "a": 1}, path="/status/"), NOON)
    post = webhook(told, base_url="https://p.example/", secret="pbw_x", now=NOON, simulated=False)
    assert post.body == (
        b'{"critical":false,"key":"k","kind":"incident","link":"https://p.example/status/","made_at":"2026-11-22T12:00:00+00:00",'
        b'"payload":{"a":1,"b":"\\u00e9"},"simulated":false,"subject":"Down","text":"It fails."}'
    )
    stamp = str(int(NOON.timestamp()))
    expected = hmac.new(b"pbw_x", stamp.encode() + b"." + post.body, hashlib.sha256).hexdigest()
    assert post.headers == {"pebble-timestamp": stamp, "pebble-signature": f"v1={expected}", "pebble-key": "k"}
    later = webhook(told, base_url="https://p.example/", secret="pbw_x", now=NOON + timedelta(seconds=1), simulated=False)
    assert later.body == post.body
    assert later.headers["pebble-signature"] != post.headers["pebble-signature"]
    assert json.loads(webhook(Told(message(), NOON), base_url="x", secret="s", now=NOON, simulated=False).body)["link"] is None
    with pytest.raises(ValueError, match="JSON"):
        webhook(Told(message(payload={"price": float("nan")}), NOON), base_url="x", secret="s", now=NOON, simulated=False)


def test_a_secret_hangs_on_the_installation_and_on_the_channel():
    one = messages.secret("key", "nonce")
    assert one == "pbw_" + hmac.new(b"key", b"pebble webhook 1 nonce", hashlib.sha256).hexdigest()
    assert len({one, messages.secret("key2", "nonce"), messages.secret("key", "nonce2")}) == 3
