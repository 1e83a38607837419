"""The customer's questions over the simulated market, on page, API and command line; and every question that the guide says can be asked."""

import html
import json
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from exchanges.adapters import ADAPTERS
from markets import episodes, read, rollouts, tasks, turns
from markets.ask import agent, text
from markets.ask.answer import Answer
from markets.ask.answers import examples
from markets.models import ExchangeAsset, IdentityState, Setting
from markets.pages import cache as pagecache
from markets.pages import guide_ask
from markets.reads.findings import Asked
from tests.ask.figures import holds
from tests.journeys.conftest import FIVE, poll

pytestmark = pytest.mark.system
NAMES = {adapter.slug: adapter.name for adapter in ADAPTERS.values()}
SLUGS = {name: slug for slug, name in NAMES.items()}
# Nobody is limited; and one worker polls one exchange after the other, which on a busy machine takes longer than prices stay fresh.
CALM = {"api_per_minute": 0, "api_burst_10s": 0, "fresh_periods": 60, "aging_periods": 120, "arbitrage_skew_s": 300}
SOURCES = ("currencies", "perp_instruments", "perp_tickers", "funding")
BEST = "What's the best price for MATIC?"
GAPS = "Find arbitrage opportunities between BTC on different exchanges"
DEEPEST = "Which exchange has the best liquidity for MATIC?"
TRENDING = "Show me tokens trending on KuCoin but not on Binance"
BESIDE = "Compare ETH prices across all exchanges"


@pytest.fixture
def asking(collected, client, monkeypatch):
    """Everything collected once, every coin known as after ten minutes, a queue that reads at once. Returns the client."""
    Setting.objects.update_or_create(pk=1, defaults=CALM)
    monkeypatch.setattr(turns, "async_task", lambda name, *args, **_: tasks.look(*args))
    monkeypatch.setattr(pagecache, "_count", lambda request: None)
    for slug in FIVE:
        for source in SOURCES:
            poll(slug, source)
    ExchangeAsset.objects.filter(state=IdentityState.UNKNOWN).update(state=IdentityState.PROBABLE)
    rollouts.forget()
    fresh_prices()
    return client


def fresh_prices():
    for slug in FIVE:
        poll(slug)
    episodes.scan(timezone.now())
    read.forget()


def test_one_market_questioned_by_person_and_program(asking, monkeypatch):
    """One installation for all: collecting five exchanges is what takes the time."""
    every_question_of_the_guide_is_read_and_answered_as_it_says()
    fresh_prices()
    for question in (BEST, GAPS, DEEPEST, TRENDING, BESIDE):
        agent.ask(question, Asked(timezone.now()))  # brings the books
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    told = {question: the_same_on_page_api_and_command_line(asking, question) for question in (BEST, GAPS, DEEPEST, TRENDING, BESIDE)}
    the_best_price_is_that_of_the_comparison(asking, *told[BEST])
    the_prices_side_by_side_are_those_of_the_comparison(asking, *told[BESIDE])
    the_deepest_is_the_first_of_the_order_books(asking, *told[DEEPEST])
    the_gaps_are_those_of_their_routes(asking, *told[GAPS])
    what_trends_here_is_not_there(asking, *told[TRENDING])


def the_same_on_page_api_and_command_line(client, question):
    reply = client.get("/api/v1/ask/", {"q": question}).json()
    out = StringIO()
    call_command("ask", question, json=True, stdout=out)
    printed = json.loads(out.getvalue())
    assert {**printed, "took_ms": 0} == {**reply, "took_ms": 0}
    page = html.unescape(client.get("/ask/", {"q": question}).content.decode())
    shown, words = set(re.findall(r'<data value="([^"]+)"', page)), read_aloud(page)
    plain = StringIO()
    call_command("ask", question, stdout=plain)
    for answer in reply["answers"]:
        assert answer["sentence"] in words and f"{answer['title']}: {answer['sentence']}" in plain.getvalue()
        numbers = [column["name"] for column in answer["table"]["columns"] if column["number"]]
        assert {row[name] for row in answer["table"]["rows"] for name in numbers} - {None} <= shown
    assert client.get(reply["receipt"]["url"]).status_code == 200 and reply["receipt"]["url"] in plain.getvalue()
    return reply["answers"]


def read_aloud(page):
    """The words of a page, without the letters in pebbles."""
    return re.sub(r"<[^>]+>", "", re.sub(r'<span class="pebble[^>]*>[^<]*</span> ', "", page)).replace("\xa0", " ")


def everything(value):
    """Every text of an answer."""
    if isinstance(value, dict | list):
        return set().union(*map(everything, value.values() if isinstance(value, dict) else value))
    return {value} if isinstance(value, str) else set()


def same_numbers(client, answer, *columns):
    """The columns hold the very numbers that the call beside the answer gives; that call's answer."""
    told = client.get(answer["api"]).json()
    assert {row[name] for row in answer["table"]["rows"] for name in columns} - {None} <= everything(told)
    return told


def the_best_price_is_that_of_the_comparison(client, answer):
    told = same_numbers(client, answer, "ask", "net_price", "fee_pct", "other")
    assert answer["title"] == "MATIC (now POL) - best price to buy" and answer["api"].startswith("/api/v1/compare/POL-USDT/")
    best = told["best"]["buy"]
    assert (SLUGS[answer["table"]["rows"][0]["exchange"]], answer["value"]) == (best["exchange"], best["price"])
    ranked = sorted((row for row in told["quotes"] if row["rank"]), key=lambda row: row["rank"])
    assert [SLUGS[row["exchange"]] for row in answer["table"]["rows"]] == [row["exchange"] for row in ranked]
    assert len(ranked) == 5 and f"{Decimal(told['price_range_pct']):.2f} %" in answer["lines"][0]


def the_prices_side_by_side_are_those_of_the_comparison(client, answer):
    told = same_numbers(client, answer, "ask", "bid", "spread_bps", "change_24h_pct", "volume_24h")
    rows = {SLUGS[row["exchange"]]: (row["ask"], row["bid"]) for row in answer["table"]["rows"]}
    assert rows == {quote["exchange"]: (quote["ask"], quote["bid"]) for quote in told["quotes"]}


def the_deepest_is_the_first_of_the_order_books(client, answer):
    told = same_numbers(client, answer, "score", "depth_2", "slippage_bps", "spread_bps")
    first = min((row for row in told["results"] if row["rank"]), key=lambda row: row["rank"])
    assert SLUGS[answer["table"]["rows"][0]["exchange"]] == first["exchange"] and answer["value"] == first["book"]["score"]
    assert answer["sentence"].startswith(NAMES[first["exchange"]])


def the_gaps_are_those_of_their_routes(client, answer):
    assert len(answer["table"]["rows"]) >= (3 if answer["sentence"].startswith("Nothing is left") else 1)
    for row in answer["table"]["rows"]:
        pair, buy, sell, money = re.fullmatch(r"(BTC(?:-\S+)?) from (.+?) to (.+?)(?: for (\S+))?", row["route"]).groups()
        route = the_route(client, pair if "-" in pair else "BTC-USDT", SLUGS[buy], SLUGS[sell], money)
        assert (row["buy"], row["sell"]) == tuple(leg["price"] for leg in route["legs"]), row["route"]
        net = Decimal(route["net_pct"])  # that address writes computed figures with fifteen digits
        assert Decimal(row["net_pct"]).quantize(net) == net, row["route"]


def the_route(client, pair, buy, sell, money):
    """As the API has it at its own address; one that is sold for another money stands in the list only."""
    if not money:
        return client.get(f"/api/v1/arbitrage/{pair}/?buy={buy}&sell={sell}").json()
    known = client.get("/api/v1/arbitrage/?kind=cross&base=BTC&limit=200").json()
    ends = [(*pair.split("-"), buy), ("BTC", money, sell)]
    (route,) = [each for each in (*known["results"], *known["closest"]) if [(leg["base"], leg["quote"], leg["exchange"]) for leg in each["legs"]] == ends]
    return route


def what_trends_here_is_not_there(client, answer):
    coins = [row["asset"] for row in answer["table"]["rows"]]
    assert coins
    for coin in coins:
        listed = {row["exchange"] for row in client.get(f"/api/v1/markets/?base={coin}&kind=spot").json()["results"] if row["status"] == "trading"}
        assert "kucoin" in listed and "binance" not in listed, coin


def every_question_of_the_guide_is_read_and_answered_as_it_says():
    for group in guide_ask.groups():
        for example in group.ask:
            reply = agent.ask(example.q, Asked(timezone.now()))
            assert reply.record.frame.intent == example.intent, example.q
            sound(example.q, reply.answers, example.shows)
    for texts in examples.every(NAMES).values():
        for question in texts:
            sound(question, agent.ask(question, Asked(timezone.now())).answers)


def sound(question: str, answers: tuple[Answer, ...], shows=()):
    """Answered, not only received: with a sentence, the texts that are promised, and no number that is not in its result."""
    said = "\n".join(map(text.plain, answers))
    assert answers and "cannot be answered right now" not in said, question
    for part in shows:
        assert part in said, (question, part, said)
    for answer in answers:
        holds(answer)
        assert answer.sentence and not re.search(r"\d[eE][+-]?\d", said), question
