"""The benchmark's own tools: a figure nobody can trust is worse than none."""

import json
import threading
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from markets.benchmarks.board import enlarged, extremes
from markets.benchmarks.load import Target, drive
from markets.benchmarks.measure import Figure, in_turns
from markets.board import Board, PairKey, Quote


def test_every_contender_runs_in_every_round_and_the_first_round_does_not_count():
    ran, clock = [], iter(range(1000))
    slow = {0: 100, 1: 3, 2: 1, 3: 2}

    def contender(name):
        def work(number):
            ran.append((name, number))
            for _ in range(slow[number] if name == "b" else 0):
                next(clock)
        return work

    taken = in_turns({"a": contender("a"), "b": contender("b")}, 3, lambda: next(clock))
    assert sorted(ran) == [(name, number) for name in "ab" for number in range(4)]
    assert [name for name, _ in ran] == ["a", "b", "b", "a"] * 2, "they take turns in going first"
    assert taken == {"a": 1000, "b": 3000}


def test_a_figure_is_one_json_object_with_its_rivals():
    line = Figure("decode", 12.3456, "ms", {"rival": 250.0}, 20.25, "20 times", True, {"rows": 5}).line()
    told = {"figure": "decode", "value": 12.3, "unit": "ms", "beside": {"rival": 250}, "ratio": 20.2, "aim": "20 times", "met": True, "rows": 5}
    assert json.loads(line) == told


def test_a_missed_aim_is_told():
    assert json.loads(Figure("x", 1, "ms", {"y": 2}, 0.5, "1", False).line())["met"] is False


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        fresh = self.headers.get("If-None-Match") == '"v1"'
        body = b"" if fresh else b"x" * 300_000  # larger than one read
        self.send_response(304 if fresh else 200)
        self.send_header("ETag", '"v1"')
        if not fresh:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the load generator leaves in the middle of its last answers


@contextmanager
def pages():
    server = Server(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_load_generator_reads_whole_answers():
    with pages() as port:
        tally = drive(port, Target(["/a", "/b"]), 0.2)
    assert set(tally.statuses) == {200}
    assert tally.size >= 300_000 * tally.statuses[200]
    assert tally.per_s == pytest.approx(tally.statuses[200] / tally.seconds)


def test_the_load_generator_asks_conditionally_once_it_knows_a_tag():
    with pages() as port:
        tally = drive(port, Target(["/a"], conditional=True), 0.3)
    assert tally.statuses[200] <= 8, "each connection may ask once before the tag is known"
    assert tally.statuses[304] > tally.statuses[200]


def test_the_enlarged_board_has_its_number_of_quotes_and_the_same_extremes():
    key = PairKey("AAA", "BBB")
    quotes = {name: Quote(exchange=name, symbol="S", base="AAA", quote="BBB", bid=Decimal(n), ask=Decimal(n + 1)) for n, name in enumerate("pqr", 1)}
    large = enlarged(Board({key: quotes}))
    assert sum(map(len, large.pairs.values())) == 9_000
    assert set(extremes(large.pairs).values()) == {(Decimal(2), Decimal(3))}


def test_an_unknown_part_is_refused_before_anything_runs():
    with pytest.raises(CommandError, match="nonsense"):
        call_command("bench", "nonsense")
