"""A plugged-in model that is honest, lies, is slow, or talks nonsense: the answers' numbers are the same as without one."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from exchanges.transport import Named
from markets import chat, read, receipts
from markets.ask import agent
from markets.ask.model import NOTE
from markets.reads.findings import Asked
from markets.reads.vocabulary import built_in

SPANISH = "que pasa con kucoin"  # which our grammar does not read; a model may


class StandIn:
    """A server of the chat-completions kind that says what it is told to; `seen` are the requests it got."""

    def __init__(self):
        self.reads, self.says, self.raw, self.status, self.seen, self.go = {}, None, None, 200, [], threading.Event()
        self.go.set()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                stand_in.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, asked))
                stand_in.go.wait(5)
                rules, text = (message["content"] for message in asked["messages"])
                said = json.dumps(stand_in.reads) if rules.startswith("You turn") else stand_in.says or text
                body = stand_in.raw if stand_in.raw is not None else json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]}).encode()
                self.send_response(stand_in.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/chat/completions"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def stand_in(monkeypatch):
    made = StandIn()
    plugged = chat.Chat(made.url, "small-model", "secret-key", budget_s=0.3)
    monkeypatch.setattr(chat, "model", lambda: plugged)
    yield made
    made.go.set()
    made.server.shutdown()
    made.server.server_close()
    plugged._wire.close()


def ask(text):
    read.forget()
    return agent.ask(text, Asked(timezone.now()))


@pytest.fixture
def without(market, monkeypatch):
    """What is answered with no model at all."""
    with monkeypatch.context() as patched:
        patched.setattr(chat, "model", lambda: None)
        return ask("best price for btc").answers[0]


@pytest.mark.django_db
def test_an_honest_proposal_is_answered_from_the_store_and_says_who_read_it(market, stand_in):
    stand_in.reads = {"intent": "status", "assets": [], "side": None, "exchanges": ["kucoin"], "amount": None}
    reply = ask(SPANISH)
    assert reply.answers[0].kind != "refusal" and reply.record.frame.exchanges == ("kucoin",) and "KuCoin" in reply.answers[0].sentence
    assert NOTE in reply.answers[0].notes and receipts.find(reply.receipt.id, timezone.now()).same
    path, headers, asked = stand_in.seen[0]
    assert path == "/v1/chat/completions" and headers["authorization"] == "Bearer secret-key" and headers["content-type"] == "application/json"
    assert asked["model"] == "small-model" and asked["messages"][1]["content"] == SPANISH and "cookie" not in headers


@pytest.mark.django_db
@pytest.mark.parametrize("lie", [
    {"intent": "best_price", "assets": ["DOGE"]}, {"intent": "status", "amount": "1000000"}, {"intent": "send_coins", "exchanges": ["kucoin"]},
    {"intent": "status", "exchanges": ["binance"]}, {"assets": ["BTC"]}, {"intent": 7}, [], "SELL",
])  # fmt: skip
def test_a_lying_proposal_is_as_good_as_none(market, stand_in, lie):
    stand_in.reads = lie
    reply = ask(SPANISH)
    assert reply.answers[0].kind == "refusal" and NOTE not in reply.record.frame.notes


@pytest.mark.django_db
def test_what_the_grammar_reads_or_refuses_is_not_shown_to_the_model(market, stand_in):
    stand_in.reads = {"intent": "best_price", "assets": ["BTC"]}
    assert ask("should I buy btc?").answers[0].kind == "refusal" and stand_in.seen == []
    assert ask("best price for btc").answers[0].kind == "answer"
    assert [asked["messages"][0]["content"][:3] for _, _, asked in stand_in.seen] == ["Put"]  # only to rephrase


@pytest.mark.django_db
def test_faithful_words_are_used_and_the_receipt_keeps_our_own(without, stand_in):
    ours = without.sentence
    stand_in.says = f"Well, {ours}"
    reply = ask("best price for btc")
    assert reply.answers[0].sentence == stand_in.says
    found = receipts.find(reply.receipt.id, timezone.now())
    assert found.same and found.answers[0].answer.sentence == ours
    assert reply.answers[0].figures == found.answers[0].answer.figures


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["BTC costs 1 USDT.", "You should buy BTC now!", "", "x" * 5000, "<script>alert(1)</script>"])
def test_other_numbers_and_advice_are_not(without, stand_in, said):
    stand_in.says = said
    assert ask("best price for btc").answers[0].sentence == without.sentence


@pytest.mark.django_db
@pytest.mark.parametrize(("raw", "status"), [
    (b"", 200), (b"no json", 200), (b'{"choices": []}', 200), (b'{"choices": [{"message": {"content": null}}]}', 200), (b"\xff\xfe", 200), (b"{}", 500),
    (b'{"choices": [{"message": {"content": "' + b"x" * 100_000 + b'"}}]}', 200), (b"", 302),
])  # fmt: skip
def test_garbage_is_as_good_as_no_model_and_it_is_then_left_alone(market, stand_in, raw, status):
    stand_in.raw, stand_in.status = raw, status
    assert ask(SPANISH).answers[0].kind == "refusal"
    asked = len(stand_in.seen)
    assert ask("best price for btc").answers[0].kind == "answer" and len(stand_in.seen) == asked == 1


@pytest.mark.django_db
def test_a_slow_model_is_not_waited_for(market, stand_in):
    stand_in.go.clear()
    start = time.monotonic()
    assert ask(SPANISH).answers[0].kind == "refusal"
    assert time.monotonic() - start < 2
    assert len(stand_in.seen) == 1 and ask(SPANISH + " now").answers[0].kind == "refusal" and len(stand_in.seen) == 1


def test_after_its_rest_it_is_asked_again(stand_in, monkeypatch):
    stand_in.raw = b"garbage"
    plugged = chat.model()
    assert plugged.propose("x", built_in()) is None
    stand_in.raw, stand_in.reads = None, {"intent": "compare"}
    assert plugged.propose("x", built_in()) is None and len(stand_in.seen) == 1
    later = time.monotonic() + chat.REST_S + 1
    monkeypatch.setattr(chat.time, "monotonic", lambda: later)
    assert plugged.propose("x", built_in()).intent == "compare"


def test_fences_around_json_are_taken_off(stand_in):
    stand_in.raw = json.dumps({"choices": [{"message": {"content": 'Sure!\n```json\n{"intent": "compare"}\n```'}}]}).encode()
    assert chat.model().propose("x", built_in()).intent == "compare"


def test_without_an_address_there_is_no_model(settings):
    settings.MODEL_URL = ""
    assert chat.model() is None
    settings.MODEL_URL, settings.MODEL_NAME, settings.MODEL_KEY = "http://127.0.0.1:9/v1/chat/completions", "m", "k"
    assert chat.model() is chat.model() is not None


# --- Where it may lead --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("url", ["", "ftp://host/x", "file:///etc/passwd", "https://user:password@host/x", "https:///x", "host/x", "https://host/x#y"])
def test_other_addresses_are_refused_at_once(url):
    with pytest.raises(ValueError, match="the address must be"):
        Named(url)


def test_a_plain_address_on_the_internet_is_refused(monkeypatch):
    import socket

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))])
    with pytest.raises(Exception, match="may not be reached"):
        Named("http://model.example/x").post(b"{}", {}, whole_s=1)
