"""What a log line says: one event, its ids, no secret (U13), nothing that breaks a line (P7), and never a wait (I13)."""

import json
import logging
import logging.config
import os

import pytest
import structlog

from markets import counting, redaction
from markets.analysis.masking import Mask
from pebble import logs, tracing

CANARY = "canary-7f3b91c2-never-seen"


@pytest.fixture
def pipe():
    """A pipe to log into: (its reading end as a function, its writing end)."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)

    def read():
        try:
            return os.read(reader, 1_000_000).decode()
        except BlockingIOError:
            return ""

    yield read, writer
    os.close(reader)
    os.close(writer)


@pytest.fixture
def lines(pipe):
    """Logs as a service writes them, read back as objects."""
    read, writer = pipe
    told = logs.config("json", "INFO", [CANARY])
    told["handlers"]["sink"]["descriptor"] = writer
    handler = _handler(told, writer)
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    root.handlers[:] = [handler]
    level = root.level
    root.setLevel("INFO")
    yield lambda: [json.loads(line) for line in read().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def _handler(told, writer):
    line = dict(told["formatters"]["line"])
    handler = logs.Sink(writer)
    handler.setFormatter(line.pop("()")(**line))
    return handler


def test_a_line_is_one_event_with_its_ids_and_fields(lines):
    with structlog.contextvars.bound_contextvars(cycle="one/tickers/7"):
        structlog.stdlib.get_logger("pebble.polls").info("poll", exchange="one", outcome="ok", ms=12)
    logging.getLogger("markets.held").warning("the database is away: %s", "gone")
    poll, sentence = lines()
    assert (poll["event"], poll["cycle"], poll["exchange"], poll["outcome"], poll["ms"], poll["level"]) == ("poll", "one/tickers/7", "one", "ok", 12, "info")
    assert (sentence["event"], sentence["message"]) == ("markets.held", "the database is away: gone")


def test_no_secret_gets_into_a_line_by_whatever_way_it_comes(lines):
    """U13: by value, by name, in a traceback, in an address, in a header, percent-encoded, nested, as a key."""
    log = structlog.stdlib.get_logger("x")
    odd = 'odd"\\ä/secret+value'
    redaction.remember(odd)
    log.info("a", text=f"before {CANARY} after", nested={"deep": [CANARY, {CANARY: 1}]}, api_key="unknown-value-1", headers={"X-APIKEY": "unknown-value-2"})
    log.info("b", address="https://h/p?signature=unknown-value-3&ts=1", login="postgres://u:unknown-value-4@h/db", other=odd)
    logging.getLogger("plain").error("Authorization: Bearer unknown-value-5, {'KC-API-PASSPHRASE': 'unknown-value-6'} %s", odd)
    try:
        raise ValueError(f"request failed with {CANARY} at ?token=unknown-value-7 {odd!r}")
    except ValueError:
        log.exception("c")
        logging.getLogger("plain").exception("d")
    found = lines()
    said = json.dumps(found, ensure_ascii=False)
    assert len(found) == 5 and "ValueError" in said and "before" in said
    assert CANARY not in said and "unknown-value" not in said and odd not in said and json.dumps(odd)[1:-1] not in said


def test_what_an_exchange_sends_is_cut_and_made_visible(lines):
    """P7: never more than 200 characters, and nothing that starts a line of its own."""
    structlog.stdlib.get_logger("x").warning("poll", detail="<html>\n\x1b[31m\u202e" + "a" * 1000)
    [line] = lines()
    assert line["detail"].startswith("<html>\\x0a\\x1b[31m\\u202eaaa") and len(line["detail"]) == 201 and line["detail"].endswith("…")


def test_a_line_that_is_too_long_is_told_and_is_still_json(lines):
    structlog.stdlib.get_logger("x").info("wide", **{f"f{n}": "ä" * 200 for n in range(30)})
    [line] = lines()
    assert line["event"] == "log_line_too_long" and line["bytes"] > 4096


def test_a_sink_that_nobody_reads_costs_lines_and_no_time(pipe, monkeypatch):
    """I13: a full pipe, a closed one."""
    _, writer = pipe
    counting.forget()
    sink = _handler(logs.config("json", "INFO", []), writer)
    record = logging.LogRecord("x", logging.INFO, "", 0, "y" * 1500, None, None)
    for _ in range(200):  # 64 KB are full long before
        sink.handle(record)
    assert 100 < sink.dropped < 200
    closed = os.dup(writer)
    os.close(closed)
    gone = _handler(logs.config("json", "INFO", []), closed)
    gone.handle(record)
    assert gone.dropped == 1
    assert sum(times for (name, what, *_), (times, _) in counting._waiting.items() if (name, what) == (counting.DROPPED, "log_lines")) == sink.dropped + 1
    counting.forget()


def test_a_person_at_a_terminal_reads_text_and_no_line_for_every_poll(pipe):
    read, writer = pipe
    told = logs.config("console", "INFO", [])
    handler = _handler(told, writer)
    handler.handle(logging.LogRecord("markets.held", logging.WARNING, "", 0, "away\x1b[31m", None, None))
    assert "warning markets.held away\\x1b[31m\n" in read()
    assert {told["loggers"][name]["level"] for name in logs.BUSY} == {"WARNING"}


def test_a_traceback_is_read_from_its_last_frames_below_its_line(pipe):
    """Also one that a library wrote into its message, as the queue does of a task that failed."""
    read, writer = pipe
    frames = "".join(f'  File "/some/where/{n}.py", line {n}, in f{n}\n    call_{n}()\n' for n in range(60))
    failed = f"Failed 'task' (poll) - no room : Traceback (most recent call last):\n{frames}ValueError: no room\n"
    record = logging.LogRecord("django-q", logging.ERROR, "", 0, failed, None, None)
    _handler(logs.config("console", "INFO", []), writer).handle(record)
    first, cut, *below, last = read().splitlines()
    assert first.endswith("error django-q Failed 'task' (poll) - no room") and cut == "…" and last == "ValueError: no room"
    assert below[-2:] == ['  File "/some/where/59.py", line 59, in f59', "    call_59()"] and 1900 < len("\n".join(below)) < 2000
    _handler(logs.config("json", "INFO", []), writer).handle(record)
    (line,) = read().splitlines()
    assert json.loads(line)["exception"].endswith("ValueError: no room") and "\n" in json.loads(line)["exception"]


def test_secrets_of_the_environment_are_known_by_their_names(monkeypatch):
    mask = Mask()
    monkeypatch.setattr(redaction, "mask", mask)
    redaction.remember_environment({
        "PEBBLE_ONE_API_SECRET": "secret-of-one", "PEBBLE_MODEL_KEY": "key-of-the-model", "PEBBLE_METRICS_TOKEN": "token-of-metrics",
        "DATABASE_URL": "postgres://u:p%40ss-word-1@h/d", "REDIS_URL": "not [an address", "PEBBLE_PORT": "80001234", "HOME": "somewhere-long",
    })  # fmt: skip
    text = "secret-of-one key-of-the-model token-of-metrics p@ss-word-1 p%40ss-word-1 80001234 somewhere-long"
    assert mask.of(text) == "*** *** *** *** *** 80001234 somewhere-long"


@pytest.mark.parametrize(
    ("proxies", "given", "kept"), [(0, "abcdef12", False), (1, "abcdef12", True), (1, "short", False), (1, "a b\ncdefgh", False), (1, "", False)]
)
def test_a_request_id_is_taken_from_a_trusted_proxy_only(settings, rf, proxies, given, kept):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    made = tracing.request_id(rf.get("/", headers={"X-Request-ID": given} if given else {}))
    assert (made == given) is kept and len(made) >= 8


@pytest.mark.django_db
def test_every_answer_has_an_id_that_its_lines_carry_and_is_counted_by_view(client, lines):
    counting.forget()
    answer = client.get("/guide/")
    line = next(line for line in lines() if line["event"] == "request")
    assert answer["X-Request-ID"] == line["request"] and (line["view"], line["status"], line["path"]) == ("guide", 200, "/guide/")
    assert client.get("/no/such/page/")["X-Request-ID"] != answer["X-Request-ID"]
    views = {labels for (name, labels, *_) in counting._waiting if name == "web"}
    assert views == {"guide 200", "none 404"}
    counting.forget()
