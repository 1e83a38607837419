"""Questions over the API: read, answered with the numbers of the other addresses, changed part by part, refused plainly, kept for nobody else."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from exchanges.models import Exchange
from markets import rollouts
from markets.api import throttle
from markets.api.serialize_ask import FRAME
from markets.ask.frame import Frame
from markets.models import Receipt, Rollout, Setting
from markets.reads.findings import asked as findings_asked
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
    monkeypatch.setattr(findings_asked, "PATIENCE_S", 0.0)
    rollouts.forget()
    yield
    rollouts.forget()


def test_the_numbers_are_those_of_the_comparison(get):
    reply, compared = get("ask/?q=best+price+for+btc"), get("compare/BTC-USDT/")
    (answer,) = reply["answers"]
    best = compared["best"]["buy"]
    assert (answer["kind"], answer["value"], answer["unit"]) == ("answer", best["price"], "USDT")
    ranked = {row["exchange"]: row for row in compared["quotes"] if row["rank"]}
    assert [used["exchange"] for used in answer["sources"]] == sorted(ranked, key=lambda slug: ranked[slug]["rank"])
    assert {row["ask"] for row in answer["table"]["rows"]} == {row["ask"] for row in ranked.values()}
    assert {row["net_price"] for row in answer["table"]["rows"]} == {row["net_price"] for row in ranked.values()}
    gone = {left["exchange"]: left["reason"] for left in answer["excluded"]}
    assert gone["bybit"] == next(row["reason"] for row in compared["excluded"] if row["exchange"] == "bybit")
    assert get(answer["api"].removeprefix("/api/v1/"))["best"]["buy"] == best


def test_the_frame_begins_with_what_the_rules_ask_for_and_lacks_nothing(get):
    frame = get("ask/?q=where+can+i+sell+2+matic+for+usdt+except+bybit%3F")["frame"]
    assert [*frame][:7] == ["intent", "assets", "quote", "exchanges", "exclude", "side", "amount"]
    assert set(FRAME) | {"q", "also"} == set(Frame.__struct_fields__)
    assert (frame["intent"], frame["assets"], frame["quote"], frame["exclude"], frame["side"], frame["amount"]) == (
        "best_price", ["MATIC"], "USDT", ["bybit"], "sell", "2",
    )  # fmt: skip


def test_the_route_names_who_was_read_and_who_was_not_and_why(get, switch):
    switch("kucoin", False)
    (route,) = get("ask/?q=btc+price+not+on+binance")["route"]
    assert route["intent"] == "best_price" and [step["exchange"] for step in route["steps"]] == ["bybit", "gateio", "bitget"]
    assert all(step["sources"][0] == "tickers" and step["role"] == "priced" and step["why"] for step in route["steps"])
    assert {left["exchange"]: left["reason"] for left in route["left"]} == {"kucoin": "disabled", "binance": "excluded"}


def test_a_part_is_read_otherwise_on_request_and_a_part_taken_away(get):
    asked = "ask/?q=cheapest+btc+on+binance"
    assert get(asked)["frame"]["exchanges"] == ["binance"]
    changed = get(f"{asked}&exchanges=&side=sell&assets=pepe&limit=3&threshold=%3E+20+pct_year")["frame"]
    assert changed["threshold"] == {"op": ">", "value": "20", "unit": "pct_year"}
    assert (changed["exchanges"], changed["side"], changed["assets"], changed["limit"]) == ([], "sell", ["PEPE"], 3)
    assert get("ask/?q=xqzt&intent=best_price&assets=BTC")["answers"][0]["kind"] == "answer"


def test_the_askers_own_fees_count(get):
    plain, own = (get(f"ask/?q=best+price+for+btc{more}")["answers"][0]["table"]["rows"] for more in ("", "&fees=1"))
    assert {Decimal(row["net_price"]) / Decimal(row["ask"]) for row in own} == {Decimal("1.01")}
    assert {row["net_price"] for row in own}.isdisjoint({row["net_price"] for row in plain})


def test_two_questions_of_one_text_are_two_answers(get):
    reply = get("ask/?q=best+price+for+btc%3F+and+how+are+exchanges+ranked%3F")
    assert [answer["kind"] for answer in reply["answers"]] == ["answer", "help"]
    assert [each["intent"] for each in reply["route"]] == ["best_price", "help"] == [reply["frame"]["intent"], reply["frame"]["also"][0]["intent"]]


def test_every_reply_has_a_receipt_that_is_there(get, settings):
    settings.BASE_URL = "https://pebble.example"
    receipt = get("ask/?q=best+price+for+btc")["receipt"]
    assert receipt["url"] == f"https://pebble.example/receipts/{receipt['id']}/"
    assert Receipt.objects.get(pk=receipt["id"]).question == "best price for btc"


@pytest.mark.parametrize("q", ["", "%20%20", None])
def test_without_a_question_it_says_what_to_do(get, q):
    problem = get("ask/" if q is None else f"ask/?q={q}", 400)
    assert problem["field"] == "q" and "?q=" in problem["detail"]


@pytest.mark.parametrize(("more", "field"), [
    ("intent=rich", "intent"), ("exchanges=mtgox", "exchanges"), ("side=both", "side"), ("amount=-1", "amount"), ("amount=0", "amount"),
    ("time_range=7y", "time_range"), ("limit=101", "limit"), ("threshold=20", "threshold"), ("fees=x", "fees"), ("nobody=1", "nobody"),
])
def test_a_part_that_cannot_be_read_is_named(get, more, field):
    assert get(f"ask/?q=btc&{more}", 400)["field"] == field


def test_too_long_is_cut_and_said_and_control_characters_are_no_error(get):
    reply = get("ask/?q=best+price+for%0A+btc%00+" + "x" * 800)
    assert len(reply["q"]) <= 300 and reply["frame"]["assets"] == ["BTC"]
    assert any("300" in note for note in reply["frame"]["notes"])


def test_advice_is_refused_with_examples_and_it_is_still_an_answer(get):
    (answer,) = get("ask/?q=should+i+buy+bitcoin+now%3F")["answers"]
    assert answer["kind"] == "refusal" and answer["examples"] and answer["table"] is None


def test_nobody_gets_anothers_answer(get, client):
    Rollout.objects.create(intent="best_price", exchange=Exchange.objects.get(slug="kucoin"), state="percent", percent=50)
    rollouts.forget()
    routes = [client.get("/api/v1/ask/?q=btc+price", REMOTE_ADDR=f"192.0.2.{n}").json()["route"][0] for n in range(12)]
    assert {"kucoin" in {step["exchange"] for step in route["steps"]} for route in routes} == {True, False}


def test_equal_answers_have_equal_tags_and_every_question_is_asked(get, client):
    first = client.get("/api/v1/ask/?q=best+price+for+btc")
    again = client.get("/api/v1/ask/?q=best+price+for+btc", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/ask/?q=best+price+for+pepe")["ETag"] != first["ETag"]


def test_as_many_questions_as_other_requests_counted_by_themselves(client, settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    for limiter in (throttle._requests, throttle._questions):
        monkeypatch.setattr(limiter, "_counter", None)
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: 0.0))  # no new minute begins between two of them
    Setting.objects.filter(pk=1).update(api_per_minute=6, api_burst_10s=0)
    fresh_memory()
    answers = [client.get("/ask/?q=btc+price") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    refused = client.get("/api/v1/ask/?q=btc+price")
    assert refused.status_code == 429 and 1 <= int(refused["Retry-After"]) <= 61 and "questions" in refused.json()["detail"]
    assert client.get("/api/v1/exchanges/").status_code == 200


def test_without_a_receipt_it_says_why(get):
    assert get("ask/?q=btc+price")["receipt_missing"] is None
    Setting.objects.filter(pk=1).update(receipts_mb=0)
    fresh_memory()
    reply = get("ask/?q=eth+price")
    assert reply["receipt"] is None and reply["receipt_missing"] == "receipts are switched off here"
