"""The compare page at an amount: the customer's example on page, API and CSV; the order, the bill, the books, every control and state."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import DatabaseError
from django.utils import timezone

from exchanges.models import Exchange
from exchanges.numbers import plain
from exchanges.rows import Book, Currency
from markets import held, read
from markets.api import core as api
from markets.models import Market, Reading, Setting
from tests.markets.build import catalogue, contracts, instrument, prices, rows, ticker
from tests.pages import market

FIRST, SECOND, THIRD, FOURTH, FIFTH = market.SLUGS
pytestmark = pytest.mark.usefixtures("empty")


@pytest.fixture
def ask(client):
    """A page, an answer of the API, or CSV of one pair: as text, as a dict, as a list of dicts."""
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})

    def asked(query="", pair="BTC-USDT", kind="page", status=200):
        address = f"/api/v1/compare/{pair}/" if kind == "api" else f"/compare/{pair}/"
        api.forget()
        response = client.get(f"{address}?{query}{'&format=csv' if kind == 'csv' else ''}")
        assert response.status_code == status, response.content[:300]
        if kind == "api":
            return response.json()
        text = response.content.decode()
        return list(csv.DictReader(io.StringIO(text))) if kind == "csv" else text

    return asked


@pytest.fixture
def matic():
    """KuCoin asks 0.8198, Binance 0.8234, Gate.io 0.8245 and bids 0.8239 for 900; the operator set 0.1 % everywhere."""
    now = timezone.now() - timedelta(seconds=3)
    given = {"kucoin": ("0.8190", "0.8198", 1500), "binance": ("0.8230", "0.8234", 800), "gateio": ("0.8239", "0.8245", 700)}
    for slug, (bid, asked, size) in given.items():
        catalogue(slug, instrument("POL/USDT", tick_size=Decimal("0.0001")), now=now)
        prices(slug, ticker("POL/USDT", bid, asked, ask_size=size, bid_size=900), now=now)
    Exchange.objects.update(taker_fee_pct=Decimal("0.1"))
    market.forget()


AGES = re.compile(r", \d+ s old")


def text_of(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


# --- The customer's example ---------------------------------------------------------------------------------------
def test_the_matic_example_on_page_api_and_csv(ask, matic):
    page = text_of(ask(pair="MATIC-USDT"))
    assert "MATIC is now called POL." in page
    assert re.search(r"Cheapest on KC KuCoin : 0\.82062 USDT after the 0\.10% fee", page)
    assert "price range 0.57%" in page and "after fees +0.30% for up to 900 POL" in page
    answer = ask(pair="MATIC-USDT", kind="api")
    assert [(q["exchange"], q["price"]) for q in answer["quotes"]] == [("kucoin", "0.8198"), ("binance", "0.8234"), ("gateio", "0.8245")]
    assert answer["best"]["buy"]["exchange"] == "kucoin" and answer["best"]["sell"] == {
        "exchange": "gateio", "price": "0.8239", "net_price": "0.8230761", "fee_pct": "0.1", "size": "900", "quote": "USDT"}
    said = [f"{Decimal(answer[name]):.4f}" for name in ("price_range_pct", "after_fees_pct", "after_fees_size")]
    assert said == ["0.5733", "0.2993", "900.0000"]
    assert [f"{(Decimal(q['price']) / Decimal('0.8198') - 1) * 100:+.2f} %" for q in answer["quotes"]] == ["+0.00 %", "+0.44 %", "+0.57 %"]
    lines = ask(pair="MATIC-USDT", kind="csv")
    told = [(line["rank"], line["exchange"], line["ask"]) for line in lines]
    assert told == [("1", "kucoin", "0.8198"), ("2", "binance", "0.8234"), ("3", "gateio", "0.8245")]
    assert {(line["price_range_pct"], line["after_fees_pct"], line["after_fees_size"]) for line in lines} == {
        (answer["price_range_pct"], answer["after_fees_pct"], "900")}


def test_the_matic_example_for_an_amount_in_base_units(ask, matic):
    answer = ask("amount=900&unit=base", "POL-USDT", "api")
    first = answer["quotes"][0]
    assert (first["quote_amount"], first["fee_amount"], first["base_amount"]) == ("738.55782", "0.73782", "900")
    assert [(q["exchange"], q["fill_reason"]) for q in answer["quotes"][1:]] == [("binance", "unknown_depth"), ("gateio", "unknown_depth")]
    assert answer["best"]["sell"]["size"] == "900"
    assert f"{Decimal(answer['after_fees_pct']):.2f}" == "0.30"


# --- An amount ----------------------------------------------------------------------------------------------------
@pytest.fixture
def deep():
    """BTC at 100 on three exchanges with ten coins at the best price: the first one's book is thin, the second's deep, the third's unread."""
    now = timezone.now() - timedelta(seconds=2)
    for place, slug in enumerate((FIRST, SECOND, THIRD)):
        catalogue(slug, "BTC/USDT", "BTC/USDC", "USDC/USDT", now=now)
        ask = Decimal(100) + Decimal(place) / 100
        stable = ticker("USDC/USDT", "0.9799", "0.9801")
        prices(slug, ticker("BTC/USDT", "99.9", ask, last=100), ticker("BTC/USDC", "102.0", "102.1"), stable, now=now)
    for slug, size in ((FIRST, 15), (SECOND, 1000)):
        pk = Market.objects.get(exchange__slug=slug, symbol="BTCUSDT").pk
        levels = (Decimal("100"), Decimal(10)), (Decimal("100.5"), Decimal(size))
        bids = ((Decimal("99.9"), Decimal(10)), (Decimal("99.5"), Decimal(size)))
        rows(slug, "book", Book("BTCUSDT", bids=bids, asks=levels), now=now, markets={"BTCUSDT": pk})
    market.forget()
    return now


def test_the_same_numbers_on_page_api_and_csv(ask, deep):
    query = f"amount=2000&fees={FIRST}:0.2,0.05"
    page, answer, lines = ask(query), ask(query + "&why=true", kind="api"), ask(query, kind="csv")
    assert [(q["exchange"], q["fill_reason"], q["rank"]) for q in answer["quotes"]] == [(SECOND, None, 1), (FIRST, None, 2), (THIRD, "unknown_depth", 3)]
    shown = set(re.findall(r'<data value="([^"]+)"', page))
    for told, line in zip(answer["quotes"], lines, strict=True):
        assert told["net_price"] is None or told["net_price"] in shown
        names = ("fill_price", "base_amount", "quote_amount", "net_price", "fee_amount", "depth_ask")
        assert [line[name] for name in names] == [told[name] or "" for name in names]
    first, second = answer["quotes"][:2]
    assert Decimal(first["fill_price"]) == pytest.approx(Decimal(2000) / (10 + Decimal(1000) / Decimal("100.5")))
    assert (first["fee_pct"], second["fee_pct"], first["fee_source"], first["levels"]) == ("0.05", "0.2", "visitor", 2)
    assert first["depth_ask"] == "101500" and first["badges"][:1] == ["best_price"]
    text = AGES.sub("", text_of(page))
    winner = f"Buy on {read.exchanges(timezone.now())[1].monogram}"
    for sentence in (winner, "Fees: your own", "depth not known", "its order book has not been read yet", *(AGES.sub("", step) for step in first["why"])):
        assert sentence in text, sentence
    assert "2 levels of" in first["why"][0] and "the fee is your own" in " ".join(first["why"])


def test_too_little_depth_says_how_much_is_filled_and_is_never_best(ask, deep):
    text = text_of(ask("amount=4000"))
    assert "Fills 62% of your amount" in text and "Not enough depth" in text
    answer = ask("amount=4000", kind="api")
    partly = next(q for q in answer["quotes"] if q["fill_reason"] == "thin_book")
    assert (partly["exchange"], partly["rank"], partly["fill_pct"], partly["fillable"]) == (FIRST, 3, "62.6875", "2507.5")
    assert partly["flags"] == ["unknown_identity", "partial"]
    text = text_of(ask("amount=9000000"))
    assert "Nobody is known to fill 9,000,000 USDT." in text and "No exchange is known to fill 9,000,000 USDT." in text
    assert "Best price" not in text


def test_selling_counts_the_coins_given_or_the_money_brought(ask, deep):
    given = text_of(ask("side=sell&amount=500"))
    assert re.search(r"Sell on \w\w \S+ \. You give 5\.01\d* BTC", given), given[:1500]
    assert "BTC bring 499." in text_of(ask("side=sell&amount=5&unit=base"))
    assert "5 BTC cost 500.5" in text_of(ask("amount=5&unit=base"))


def test_books_that_are_missing_are_asked_for_once_and_the_page_looks_again_soon(ask, deep, monkeypatch):
    sent = []
    monkeypatch.setattr("markets.turns.async_task", lambda *args, **kw: sent.append(args[1:3]))
    assert "data-soon" not in ask() and "data-soon" not in ask("amount=200") and sent == [], "the best prices are enough"
    page = ask("amount=2000")
    assert 'data-soon="0.5"' in page and "Asking for the order books of" in page and sorted(sent) == sorted((slug, "book") for slug in (FIRST, SECOND, THIRD))
    ask("amount=2000")
    assert len(sent) == 3, "asked a moment ago"
    Reading.objects.update(tried_at=timezone.now(), outcome="timeout")
    assert "data-soon" not in ask("amount=2000")


def test_a_withdrawal_is_taken_from_what_arrives(ask, deep):
    def coin(**more):
        return Currency("BTC", network="BTC", chain="bitcoin", deposit_open=True, **more)

    rows(FIRST, "currencies", coin(withdraw_open=True, withdraw_fee=Decimal("0.5")), now=deep)
    rows(SECOND, "currencies", coin(withdraw_open=False, withdraw_fee=Decimal("0.1")), now=deep)
    market.forget()
    answer = ask("amount=5&unit=base&withdraw=true", kind="api")
    told = {q["exchange"]: (q["rank"], q["received"], q["withdrawal"]) for q in answer["quotes"]}
    assert told[FIRST] == (1, "4.5", {"network": "bitcoin", "fee": "0.5", "reason": None})
    assert told[SECOND][2] == {"network": None, "fee": None, "reason": "withdrawals are closed"} and told[SECOND][1] is None
    text = text_of(ask("amount=5&unit=base&withdraw=true&network=bitcoin"))
    assert "0.5 BTC to withdraw by bitcoin = 4.5 BTC that arrive" in text and "Withdrawing is not counted: withdrawals are closed." in text
    assert ask("amount=5&unit=base&withdraw=true&network=nosuch", kind="api")["quotes"][0]["withdrawal"]["reason"] == "it does not list the network nosuch"


def test_other_currencies_join_only_when_asked_and_with_their_rate(ask, deep):
    assert {q["quote"] for q in ask(kind="api")["quotes"]} == {"USDT"}
    answer = ask("normalise=true", kind="api")
    joined = [q for q in answer["quotes"] if q["quote"] == "USDC"]
    assert len(joined) == 3 and joined[0]["converted"]["rate"] == "0.98" and joined[0]["converted"]["path"] == ["USDC", "USDT"]
    assert joined[0]["price"] == str(Decimal("102.1") * Decimal("0.98")) and {q["rank"] for q in answer["quotes"]} == {1, 2, 3, 4, 5, 6}
    page = ask("normalise=true")
    assert "USDC × 0.98000" in text_of(page) and f'id="x-{FIRST}-USDC"' in page and f'id="x-{FIRST}"' in page


def test_only_some_exchanges_and_the_order_of_any_column(ask, deep):
    assert [q["exchange"] for q in ask(f"exchange={SECOND},{THIRD}", kind="api")["quotes"]] == [SECOND, THIRD]

    def order(sort):
        return re.findall(r'<tbody role="rowgroup" id="x-(\w+)"', ask(f"sort={sort}"))[:3]

    assert order("rank") == [FIRST, SECOND, THIRD] and order("-rank") == order("-net") == order("-ask") == [THIRD, SECOND, FIRST]
    assert order("depth")[0] == FIRST and order("-depth") == [SECOND, FIRST, THIRD], "what is not known comes last either way"
    assert order("exchange") == sorted(order("exchange"), key=lambda slug: Exchange.objects.get(slug=slug).name.casefold())
    page = ask("hide=volume,depth&sort=-ask")
    assert "Volume 24 h" not in re.search(r"<thead.*?</thead>", page, re.S)[0] and 'aria-sort="descending"' in page


def test_fees_of_the_form_become_the_short_parameter(ask, deep):
    page = unescape(ask(f"fee_{FIRST}=0.08&fee=&fee_{SECOND}="))
    links = re.findall(r'<a [^>]*href="([^"]*)"', page)
    assert any(f"fees={FIRST}%3A0.08" in link for link in links) and not any("fee_" in link for link in links) and 'value="0.08"' in page
    assert "at most 5 percent" in ask(f"fee_{FIRST}=9", status=400)
    assert "above zero" in ask("amount=0", status=400) and ask("amount=&network=&expiry=")
    assert 'value="25,000"' in ask("amount=25,000")


# --- Contracts ----------------------------------------------------------------------------------------------------
def test_perpetuals_are_compared_with_perpetuals_only(ask, deep):
    from exchanges.rows import PerpTicker
    from markets.reads import contracts as reads

    for slug, price in ((FIRST, "101"), (SECOND, "100.5")):
        contracts(slug, "BTC/USDT", now=deep)
        rows(slug, "perp_tickers", PerpTicker("BTCUSDT", bid=Decimal(price), ask=Decimal(price) + 1, bid_size=Decimal(5), ask_size=Decimal(5)), now=deep)
    market.forget()
    answer = ask("kind=perp", kind="api")
    assert {(q["exchange"], q["kind"], q["price"]) for q in answer["quotes"]} == {(FIRST, "perp", "102"), (SECOND, "perp", "101.5")}
    told = {(c.exchange, plain(c.taker_fee * 100), c.fee_source) for c in reads.contracts()}
    assert {(q["exchange"], q["fee_pct"], q["fee_source"]) for q in answer["quotes"]} == told, "the fees of the page of funding"
    page = text_of(ask("kind=perp"))
    assert "Perpetuals on 2 of 5 exchanges" in page
    assert "No exchange that has answered lists a dated future on BTC/USDT." in text_of(ask("kind=future"))
    assert {q["kind"] for q in ask(kind="api")["quotes"]} == {"spot"}


def test_a_page_is_answered_from_memory_while_nobody_can_be_asked(ask, deep, monkeypatch):
    def away(*_, **__):
        raise DatabaseError("away")

    monkeypatch.setattr("markets.reads.books.look", away)
    page = ask("amount=2000")
    assert "Fees: base" in text_of(page) and "data-soon" not in page


def test_an_exchange_that_is_off_is_not_asked_for_its_book(ask, deep, monkeypatch):
    sent = []
    monkeypatch.setattr("markets.turns.async_task", lambda *args, **kw: sent.append(args[1]))
    Exchange.objects.filter(slug=THIRD).update(enabled=False)
    held.forget()
    ask("amount=2000")
    assert THIRD not in sent
