"""The page of questions: how one was understood and how that is changed, answers with their evidence, what is kept of it and what is not."""

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from msgspec.structs import replace

from markets import pausing, read
from markets.api import throttle
from markets.ask import agent
from markets.ask.agent import Reply
from markets.ask.answer import Answer, Cell, Column, Left, Reading, Table, Used
from markets.ask.frame import INTENTS, Frame, Threshold
from markets.ask.record import Part, Record
from markets.ask.router import Route
from markets.models import Setting
from markets.pages import ask_shown
from markets.receipts import Link
from tests.pages import market
from tests.pages.test_views import HX, at, text_of  # noqa: F401

FIRST, SECOND, THIRD, FOURTH = market.SLUGS[:4]
HOSTILE = "<img src=x onerror=document.title='owned'>"


@dataclass
class Answering:
    """What the agent was asked, and what it is to answer."""

    frame: Frame = field(default_factory=lambda: Frame("", "best_price", ("BTC",)))
    answers: tuple[Answer, ...] = (Answer(kind="answer", title="BTC - best price", sentence="The sentence."),)
    receipt: bool = True
    asked: list[Any] = field(default_factory=list)

    def __call__(self, text, asked, changes):
        self.asked.append((text, asked, dict(changes)))
        record = Record(asked.now, "1", tuple(Part(each, Route(each.intent), ()) for each in (self.frame, *self.frame.also)))
        receipt = Link("abc", asked.now + timedelta(days=30)) if self.receipt else None
        return Reply(record, self.answers, receipt, "" if receipt else "the room for it is full", 3.0)


@pytest.fixture
def answering(at, monkeypatch):  # noqa: F811
    """The page over answers made by hand; everything else is the real thing."""
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})
    throttle.forget()
    made = Answering()
    monkeypatch.setattr(agent, "ask", made, raising=False)
    yield made
    throttle.forget()


def asked(client, q="where is btc cheapest", **changes):
    response = client.get("/ask/", {"q": q, **changes})
    assert response.status_code == 200
    return response


def chips(page):
    """{what a chip is about: what it says}."""
    found = re.findall(r'<summary class="chip[^"]*"><span class="vh">([^<]*): </span>([^<]*)<span', page.content.decode())
    return {what: html.unescape(text) for what, text in found}


def links(page, within=""):
    """Every link of the page, or of the part behind a text: (words, address)."""
    text = page.content.decode()
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', text[text.find(within):])
    return [(re.sub(r"<[^>]+>", "", words), html.unescape(href)) for href, words in found]


def link(page, words, within=""):
    return next(href for text, href in links(page, within) if text == words)


def query_of(href):
    return {name: values[0] for name, values in parse_qs(urlsplit(href).query, keep_blank_values=True).items()}


# --- Before a question ------------------------------------------------------------------------------------------
def test_that_nothing_is_collected_is_said_beside_the_answers(answering, client):
    assert "Collection is paused" not in client.get("/ask/").content.decode()
    pausing.pause(timezone.now(), "moving house")
    try:
        assert "Collection is paused by an operator" in client.get("/ask/?q=best+price+for+BTC").content.decode()
    finally:
        pausing.forget()


def test_without_a_question_it_says_what_can_be_asked_and_asks_nobody(answering, client):
    response = client.get("/ask/")
    text = text_of(response)
    assert "What can be asked" in text and answering.asked == []
    examples = [(words, href) for words, href in links(response, "kinds") if href.startswith("/ask/?q=")]
    assert len(examples) >= 11 and all(query_of(href) == {"q": html.unescape(words)} for words, href in examples)
    assert client.get("/ask/", {"q": "   "}).content.decode().count("What can be asked") and answering.asked == []


def test_robots_stay_away_from_questions(answering, client):
    for response in (client.get("/ask/"), asked(client)):
        assert '<meta name="robots" content="noindex">' in response.content.decode()


# --- What is kept -----------------------------------------------------------------------------------------------
def test_every_question_is_asked_anew_and_its_page_belongs_to_who_asked(answering, client):
    first, second = asked(client), asked(client)
    assert len(answering.asked) == 2
    assert "private" in first["Cache-Control"] and "ETag" not in second and not first.cookies


def test_a_refresh_brings_the_strip_and_asks_nothing(answering, client):
    page = asked(client).content.decode()
    address = html.unescape(re.search(r'<div id="live" hx-get="([^"]*)"', page)[1])
    fragment = client.get(address, **HX).content.decode()
    assert len(answering.asked) == 1
    assert "<main" not in fragment and "The sentence." not in fragment and fragment.count('<li id="f-') == 5


def test_as_many_questions_as_api_calls_and_the_wait_is_told(answering, client, tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(throttle._questions, "_counter", None)
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: 0.0))  # no new ten seconds begin between two of them
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 3})
    throttle.forget()
    answers = [client.get("/ask/", {"q": "btc"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 11 and f"Please wait {answers[-1]['Retry-After']} s" in text_of(answers[-1])
    assert client.get("/ask/").status_code == 200 and len(answering.asked) == 3


# --- How it was understood --------------------------------------------------------------------------------------
def test_the_question_goes_on_as_it_was_typed_with_whats_changed_and_the_visitors_fees(answering, client):
    asked(client, "  Where is\nBTC? " + "x" * 500, side="sell", exclude="", fees="0.08", limit="5", amount="1,000.50", assets="eth,sol")
    text, wanted, changes = answering.asked[0]
    assert text == "Where is BTC? " + "x" * 500
    assert changes == {"side": "sell", "exclude": "", "limit": "5", "amount": "1000.5", "assets": "ETH,SOL"}
    assert str(wanted.fees[""]) == "0.0008" and wanted.subject.startswith("address:") and "127.0.0.1" not in wanted.subject


@pytest.mark.parametrize(("name", "text"), [
    ("intent", "nothing"), ("exchanges", "mtgox"), ("side", "both"), ("amount", "-1"), ("time_range", "24"), ("limit", "0"), ("limit", "101"),
    ("threshold", "20"), ("nobody", "1"),
])
def test_a_part_that_cannot_be_read_is_refused_with_what_can(answering, client, name, text):
    response = client.get("/ask/", {"q": "btc", name: text})
    assert response.status_code == 400 and name in text_of(response) and answering.asked == []


def test_a_chip_for_each_part_that_is_said_or_matters(answering, client):
    answering.frame = Frame("", "liquidity", ("MATIC", "ETH"), "USDT", exclude=(SECOND,), side="sell", amount="10000", unit="USDT", limit=3)
    names = {slug: face.name for slug, face in faces().items()}
    assert chips(asked(client)) == {
        "What is asked for": "Liquidity", "Coins": "POL, formerly MATIC, ETH", "Currency of the prices": "USDT", "Only these exchanges": "5 exchanges",
        "Exchanges left out": f"Not {names[SECOND]}", "Buying or selling": "Selling", "Amount": "10,000 USDT", "How many rows": "Top 3",
        "Taker fees": "Public fees",
    }
    answering.frame = Frame("", "status", exchanges=(FIRST, THIRD))
    assert chips(asked(client)) == {"What is asked for": "Status", "Only these exchanges": f"{names[FIRST]} and {names[THIRD]}"}
    answering.frame = Frame("", "funding", threshold=Threshold(">", "20", "pct_year"))
    assert chips(asked(client))["A number that rows must pass"] == "Above 20 % a year"
    answering.frame = Frame("", "best_price", threshold=Threshold("<", "1500", "usdt"))
    assert chips(asked(client))["A number that rows must pass"] == "Below 1,500 USDT"
    answering.frame = Frame("", "price_history", ("SOL",), time_range="7d")
    assert chips(asked(client))["Over how long"] == "Over 7d"


def faces():

    return {face.slug: face for face in read.exchanges(timezone.now())}


def test_each_kind_of_question_has_a_name_and_can_be_chosen(answering, client):
    page = asked(client, exclude=FIRST)
    for intent in INTENTS:
        if intent != "unknown":
            assert query_of(link(page, ask_shown.INTENT_WORDS[intent], "choices")) == {"q": "where is btc cheapest", "exclude": FIRST, "intent": intent}
    assert set(ask_shown.INTENT_WORDS) == set(INTENTS)


def test_an_exchange_is_put_in_and_taken_out_by_a_link(answering, client):
    answering.frame = replace(answering.frame, exchanges=(FIRST,))
    page = asked(client)
    name = {slug: face.name for slug, face in faces().items()}
    both = [query_of(href)["exchanges"] for words, href in links(page, "Only these exchanges") if "exchanges" in query_of(href)]
    assert both == ["", *(f"{FIRST},{slug}" for slug in market.SLUGS[1:])]
    assert f"{name[FIRST]}, chosen; take it away" in text_of(page).replace("  ", " ").replace(f"{name[FIRST]} ,", f"{name[FIRST]},")


def test_a_form_carries_everything_but_what_it_asks_for(answering, client):
    answering.frame = replace(answering.frame, amount="2", unit="BTC")
    page = asked(client, side="sell", amount="5", fees="0.1").content.decode()
    form = next(part for part in re.findall(r"<form.*?</form>", page, re.S) if 'name="amount"' in part and "hidden" in part and "unit" in part)
    carried = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
    assert carried == {"q": "where is btc cheapest", "side": "sell", "fees": "0.1"}
    assert 'name="amount" value="2"' in form and 'name="unit" value="BTC"' in form


def test_what_was_changed_can_be_taken_back(answering, client):
    assert "As it was asked" not in text_of(asked(client))
    assert query_of(link(asked(client, side="sell"), "As it was asked")) == {"q": "where is btc cheapest"}


def test_of_two_questions_the_parts_are_those_of_the_first(answering, client):
    answering.frame = replace(answering.frame, also=(Frame("", "funding", ("ETH",)),))
    assert "The first of 2 questions" in text_of(asked(client))


# --- Answers ----------------------------------------------------------------------------------------------------
def evidence():
    name = {slug: face.name for slug, face in faces().items()}
    columns = (Column("exchange", "Exchange"), Column("ask", "Ask, USDT", True), Column("vs", "From best", True), Column("fee", "Fee", True, phone=False))
    best = Cell(name[SECOND]), Cell("0.8198", "0.8198"), Cell("best"), Cell("0.1 %", "0.1")
    return Table(columns, (best, (Cell(name[FIRST]), Cell("0.8234", "0.82340"), Cell("+0.44 %", "0.44"), Cell("\N{EN DASH}"))), more=2)


def full(now):
    name = {slug: face.name for slug, face in faces().items()}
    return Answer(
        kind="answer", title="MATIC (now POL) - best price to buy", sentence=f"{name[SECOND]} 0.8198 USDT", lines=("Price range 0.57 %.",), table=evidence(),
        notes=("A note.",), sources=(Used(SECOND, name[SECOND], now, 3.0, "fresh"), Used(FIRST, name[FIRST], now, 42.0, "aging")),
        excluded=(Left(THIRD, name[THIRD], "disabled", "switched off by an operator"),), grade="B", as_of=now, page="/compare/POL-USDT/?side=buy",
        api="/api/v1/compare/POL-USDT/?side=buy",
    )  # fmt: skip


def test_the_sentence_comes_first_then_the_table_then_what_was_left_out_and_why(answering, stored, client):
    answering.answers = (full(stored),)
    page = asked(client)
    text = text_of(page)
    name = {slug: face.name for slug, face in faces().items()}
    said = ["MATIC (now POL)", "0.8198 USDT", "Ask, USDT", "2 more on the full page", "Price range 0.57 %.", "A note.", "42 s", "Confidence B", "Left out",
            "switched off by an operator", "Open full page", "Same as API call", "As of", "Receipt"]  # fmt: skip
    places = [text.index(part, text.index("MATIC (now POL)")) for part in said]
    assert places == sorted(places)
    assert link(page, "Open full page") == "/compare/POL-USDT/?side=buy" and link(page, "Same as API call") == "/api/v1/compare/POL-USDT/?side=buy"
    body = page.content.decode()
    assert re.search(rf'aria-hidden="true">\w\w</span> <b>{re.escape(name[SECOND])}</b> 0.8198 USDT', body.replace("</b>0", "</b> 0"))


def test_numbers_stand_right_carry_their_exact_value_and_the_best_row_is_marked(answering, stored, client):
    answering.answers = (full(stored),)
    table = re.search(r"<table.*?</table>", asked(client).content.decode(), re.S)[0]
    assert table.count('<tr role="row" class="best">') == 1 and table.index('class="best"') < table.index("0.8234")
    assert '<td role="cell" class="num"><data value="0.82340">0.8234</data></td>' in table
    assert table.count('class="num wide"') == 3 and "\N{EN DASH}" in table
    assert len(re.findall(r'<th role="rowheader" scope="row" class="short"><span class="pebble', table)) == 2


def test_every_answer_is_a_section_and_a_refusal_has_no_colour_of_one(answering, client):
    refusal = Answer(kind="refusal", title="No advice", sentence="I cannot say.", examples=("price of btc",), page="/ask/")
    answering.answers = (Answer(kind="answer", title="One", sentence="First."), refusal)
    page = asked(client)
    assert "Open full page" not in text_of(page)
    assert re.findall(r'<section class="card reply( answer)?"', page.content.decode()) == [" answer", ""]
    assert query_of(link(page, "price of btc")) == {"q": "price of btc"}


def test_two_readings_are_offered_with_what_chooses_them(answering, client):
    readings = Reading("Buying", {"side": "buy"}), Reading("Depth", {"intent": "liquidity"})
    answering.answers = (Answer(kind="choose", title="?", sentence="Two ways.", readings=readings),)
    page = asked(client, exclude=FIRST)
    assert "Which one is meant?" in text_of(page)
    assert query_of(link(page, "Depth")) == {"q": "where is btc cheapest", "exclude": FIRST, "intent": "liquidity"}


def test_the_receipt_has_a_link_and_a_day_and_without_one_there_is_none(answering, client, stored):
    until = stored + timedelta(days=30)
    page = asked(client)
    assert f"kept until {until:%-d %b %Y}" in text_of(page) and link(page, "Link to this answer") == "/receipts/abc/"
    assert 'data-copy="/receipts/abc/"' in page.content.decode()
    answering.receipt = False
    without = asked(client)
    assert "No receipt of it: the room for it is full." in text_of(without) and "/receipts/" not in without.content.decode()


def test_the_api_call_and_asking_again_carry_the_changes(answering, client):
    page = asked(client, side="sell", fees="0.1")
    assert query_of(link(page, "Ask by API")) == query_of(link(page, "Ask again")) == {"q": "where is btc cheapest", "side": "sell", "fees": "0.1"}
    assert link(page, "Ask by API").startswith("/api/v1/ask/?") and link(page, "Ask again").startswith("/ask/?")


def test_nothing_that_turns_the_text_round_or_cannot_be_seen_is_written_back(answering, client):
    body = asked(client, "best\u202e price\u200b \x1b[31mfor btc").content.decode()
    assert answering.asked[0][0] == "best price [31mfor btc" and 'value="best price [31mfor btc"' in body
    assert not any(char in body for char in "\u202e\u200b\x1b")


def test_nothing_typed_or_answered_is_markup(answering, client):
    answering.frame = Frame(HOSTILE, "unknown", (HOSTILE,))
    answering.answers = (Answer(
        kind="answer", title=HOSTILE, sentence=HOSTILE, lines=(HOSTILE,), notes=(HOSTILE,), table=Table((Column("x", HOSTILE),), ((Cell(HOSTILE, HOSTILE),),)),
        excluded=(Left("x", HOSTILE, "x", HOSTILE),), examples=(HOSTILE,), readings=(Reading(HOSTILE, {"side": HOSTILE}),),
        sources=(Used("x", HOSTILE, None, None, ""),),
    ),)
    body = asked(client, HOSTILE).content.decode()
    assert "<img" not in body and body.count("&lt;img src=x") >= 11


def test_a_number_and_its_unit_stay_on_one_line():
    assert ask_shown.unbroken("+0.57 % every 8 h, 12 bps, 3 s old, 5 of 5, 4 m") == "+0.57\xa0% every 8\xa0h, 12\xa0bps, 3\xa0s old, 5 of 5, 4\xa0m"
    assert ask_shown.unbroken("5 markets, 3 sources") == "5 markets, 3 sources"


# --- States -----------------------------------------------------------------------------------------------------
def test_when_all_are_old_the_page_says_so_above_the_answer(answering, at, client):  # noqa: F811
    at(1200)
    text = text_of(asked(client))
    assert text.index("No live prices since") < text.index("The sentence.")


def test_before_the_first_prices_it_says_that_they_are_being_collected(empty, client, monkeypatch):
    monkeypatch.setattr(agent, "ask", Answering(), raising=False)
    assert "Collecting first prices" in text_of(client.get("/ask/"))


def test_ages_in_the_table_count_on_like_those_below_it(client, answering):
    table = Table((Column("exchange", "Exchange"), Column("age_s", "Age", True)), ((Cell("A"), Cell("12 s", "12.3")), (Cell("B"), Cell("\N{EN DASH}"))))
    answering.answers = (Answer(kind="answer", title="BTC", sentence="The sentence.", table=table),)
    cells = re.findall(r'<td role="cell" class="num">(.*?)</td>', asked(client).content.decode())
    assert re.fullmatch(r'<data value="12.3"><span class="age " data-at="[0-9.]+">12 s</span></data>', cells[0]), cells
    assert cells[1] == "\N{EN DASH}"
