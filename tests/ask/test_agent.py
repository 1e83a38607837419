"""The agent: what fails is said, what is asked twice is worked out once, and the record gives the answers again."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from markets import read, store
from markets.ask import agent
from markets.ask.answers.unread import Unread
from markets.ask.frame import INTENTS, Frame
from markets.models import Asset, Market, Setting
from markets.reads.findings import GATHER, Asked
from markets.reads.findings.common import near

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("market")]
FRAME = Frame("best price for btc", intent="best_price", assets=("BTC",))


@pytest.fixture
def now():
    return timezone.now()


def gathers(monkeypatch, intent, function):
    monkeypatch.setitem(GATHER, intent, function)


def counting(monkeypatch, intent="best_price"):
    asked, real = [], GATHER[intent]

    def count(frame, route, terms):
        asked.append(frame)
        return real(frame, route, terms)

    gathers(monkeypatch, intent, count)
    return asked


def test_a_question_is_answered_and_its_record_gives_the_answers_again(now):
    reply = agent.replied(FRAME, Asked(now))
    assert reply.answers and reply.answers == reply.record.answers()
    assert reply.record.as_of == now and reply.record.frame == FRAME and reply.took_ms > 0


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_gives_an_answer_even_with_nothing_in_it(intent, now):
    reply = agent.replied(Frame("?", intent=intent), Asked(now))
    assert reply.answers and all(answer.sentence for answer in reply.answers)


def test_the_further_questions_of_a_text_are_answered_too_but_not_without_end(now):
    reply = agent.replied(Frame("?", intent="best_price", assets=("BTC",), also=(FRAME,) * 9), Asked(now))
    assert len(reply.record.parts) == agent.MOST == 3


@pytest.mark.parametrize(("error", "said"), [(DatabaseError("gone"), "the store is away"), (KeyError("x"), "something broke")])
def test_what_cannot_be_read_is_said_and_takes_no_other_question_with_it(error, said, monkeypatch, now):
    def fail(frame, route, asked):
        raise error

    gathers(monkeypatch, "funding", fail)
    reply = agent.replied(Frame("?", intent="funding", assets=("BTC",), also=(FRAME,)), Asked(now))
    assert isinstance(reply.record.parts[0].findings[0], Unread)
    assert (reply.answers[0].kind, reply.answers[1].kind) == ("nothing", "answer")
    assert said in reply.answers[0].sentence and "BTC" in reply.answers[0].title
    assert reply.answers == reply.record.answers()


def test_no_finding_at_all_is_an_answer_too(monkeypatch, now):
    gathers(monkeypatch, "volume_sentiment", lambda *_: ())
    answer = agent.replied(Frame("?", intent="volume_sentiment"), Asked(now)).answers[0]
    assert answer.kind == "nothing" and "nothing of it is stored" in answer.sentence


def test_what_many_ask_is_worked_out_once(monkeypatch, now):
    asked = counting(monkeypatch)
    replies = [agent.replied(FRAME, Asked(now, subject=f"user:{i}")) for i in range(3)]
    assert len(asked) == 1 and replies[0].record is replies[2].record


@pytest.mark.parametrize("other", [
    {"now": timedelta(seconds=1)}, {"fees": {"a": 1}}, {"frame": Frame("btc?", intent="best_price", assets=("BTC",))},
])  # fmt: skip
def test_another_question_second_or_fee_is_worked_out_anew(other, monkeypatch, now):
    asked = counting(monkeypatch)
    agent.replied(FRAME, Asked(now))
    agent.replied(other.get("frame", FRAME), Asked(now + other.get("now", timedelta(0)), fees=other.get("fees", {})))
    assert len(asked) == 2


def test_new_numbers_are_read_at_once(monkeypatch, now):
    asked = counting(monkeypatch)
    agent.replied(FRAME, Asked(now))
    store.touch("books")
    read.held.look_again()
    agent.replied(FRAME, Asked(now))
    assert len(asked) == 2


def test_an_exchange_that_is_switched_off_is_left_out_from_the_next_question_on(switch, now):
    assert len(agent.replied(FRAME, Asked(now)).record.parts[0].route.priced) == 5
    switch("kucoin", on=False)
    part = agent.replied(FRAME, Asked(now)).record.parts[0]
    assert len(part.route.priced) == 4 and [left.reason for left in part.route.left] == ["disabled"]


@pytest.mark.parametrize("text", [
    "", " ", "?", "\x00", "best price for btc", "BTC'; DROP TABLE markets_asset; --", "{{ 7 * 7 }} %s {0} ${x}", "😀" * 400, "a" * 5000,
])  # fmt: skip
def test_any_text_is_answered_and_changes_nothing(text, now):
    before = {model: model.objects.count() for model in (Asset, Market, Setting)}
    reply = agent.ask(text, Asked(now))
    assert reply.answers and all(answer.sentence for answer in reply.answers) and len(reply.record.frame.q) <= 300
    assert {model: model.objects.count() for model in before} == before
    assert "49" not in reply.answers[0].sentence


def test_a_plain_question_finds_its_price(now):
    answer = agent.ask("What is the best price for BTC?", Asked(now)).answers[0]
    assert answer.kind == "answer" and answer.unit == "USDT" and "KuCoin" in answer.sentence


TEXTS = (
    "best price for btc", "compare pepe prices", "arbitrage for btc", "which exchange is deepest for btc", "new coins on kucoin",
    "on kucoin but not on binance", "btc open interest", "highest funding", "btc volume", "best lead traders", "is kucoin up", "btc price yesterday",
    "what is funding", "should I buy btc", "zzqx",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_while_the_database_is_away_every_question_still_has_an_answer(text, now, monkeypatch):
    agent.ask(text, Asked(now - timedelta(seconds=60)))  # what is in memory is there

    def gone(*_, **__):
        raise OperationalError("the database is away")

    with monkeypatch.context() as patched:
        for name in ("execute", "executemany"):
            patched.setattr(CursorWrapper, name, gone)
        reply = agent.ask(text, Asked(now))
    assert reply.answers and all(answer.sentence for answer in reply.answers)
    assert reply.receipt is None and reply.why_not == "it could not be written down in time"


def test_two_exchanges_that_are_off_are_left_out_of_every_answer_and_told(switch, now):
    for slug in ("kucoin", "bybit"):
        switch(slug, on=False)
    for text in TEXTS:
        reply = agent.ask(text, Asked(now))
        assert reply.answers and not {"kucoin", "bybit"} & set(reply.record.parts[0].route.priced)
        used = {(text, source.exchange) for answer in reply.answers for source in answer.sources if source.exchange in ("kucoin", "bybit")}
        assert not used or text == "is kucoin up"  # which is about just that


@pytest.mark.parametrize("text", ["best price for XYZ", "compare XYZ prices", "best price for XYZ in USDC"])
def test_a_coin_that_is_listed_but_halted_is_told_so(text, now):
    answer = agent.ask(text, Asked(now)).answers[0]
    assert answer.kind == "nothing" and answer.sentence.startswith("No exchange has a usable price")
    assert ("binance", "not_trading") in {(left.exchange, left.reason) for left in answer.excluded}


def test_a_coin_is_never_offered_instead_of_itself():
    assert near("xyz") == () and near("XYZZ") == ("XYZ",)
