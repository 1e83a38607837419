"""The arbitrage pages without a browser: what they say in each state, and that they say what the API says."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from markets import episodes, turns
from markets.models import Book, Reading
from markets.pages import arbitrage_detail
from markets.pages import cache as pagecache
from tests.markets import gaps
from tests.markets.build import prices, ticker
from tests.markets.gaps import BUY, SELL, THIRD

LINK = f"/arbitrage/POL-USDT/?buy={BUY}&amp;sell={SELL}"


@pytest.fixture
def paying(empty, monkeypatch):
    """The example's gap, seen twice; the second time just now."""
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)
    now = datetime.now(UTC)
    gaps.fill(now - timedelta(seconds=12))
    episodes.scan(now - timedelta(seconds=12))
    gaps.tick(now - timedelta(seconds=2))
    gaps.books(now - timedelta(seconds=2))
    episodes.scan(now - timedelta(seconds=1))
    fresh()
    return now


def fresh():
    gaps.fresh()
    pagecache.forget()


def page(client, path="/arbitrage/", status=200):
    response = client.get(path)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def answer(text):
    return re.search(r'id="answer">(.*?)</p>', text, re.DOTALL).group(1).strip()


def test_the_answer_names_the_best_route(client, paying):
    text = page(client)
    assert answer(text).startswith("1 route pays after fees right now; best +0.2")
    assert "on POL, KuCoin to Gate.io, up to 2,875 USDT." in answer(text)
    assert LINK in text
    assert "polygon, open" in text
    assert "holds" in text
    for word in ("risk free", "guaranteed", "should buy"):
        assert word not in text.lower()


def test_not_executable_routes_stand_apart_with_their_reasons(client, paying):
    apart = page(client).partition('id="not-executable"')[2]
    assert "3 gaps, not counted: 1 unconfirmed, 1 blocked, 1 suspect" in apart
    assert "The coin must be able to travel: withdrawals are closed where it is bought." in apart
    assert "the same ticker names another coin here" in apart
    assert "11,0" not in apart and "109" not in apart, "no figure between two coins"


def test_nothing_pays(client, paying):
    text = page(client, "/arbitrage/?fees=0.5")
    assert re.fullmatch(r"Nothing pays after fees\. Closest: \w+, .* short\.", answer(text))
    assert 'class="grey"' in text and "your own" in text
    filtered = page(client, "/arbitrage/?min_depth=5000")
    assert "1 more are hidden by your filters." in answer(filtered)
    assert "Pays over 5.00K USD" in filtered
    assert 'class="grey"' in page(client, "/arbitrage/?losing=true")


def test_every_control_keeps_the_others(client, paying):
    text = page(client, "/arbitrage/?amount=500&mode=transfer&kind=all&base=POL")
    for link in re.findall(r'href="(/arbitrage/\?[^"]*)"', text):
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "amount=500" in text and 'name="mode" value="transfer"' in text
    assert page(client, "/arbitrage/?amount=&min_net_pct=&base=&fees=")


def test_csv_and_api_say_the_same(client, paying):
    rows = list(csv.DictReader(io.StringIO(page(client, "/arbitrage/?format=csv"))))
    api = client.get(re.search(r'href="(/api/v1/arbitrage/[^"]*)"', page(client)).group(1).replace("&amp;", "&")).json()
    first, said = rows[0], api["results"][0]
    assert (first["class"], first["base"], first["buy_exchange"], first["sell_exchange"]) == ("executable", "POL", BUY, SELL)
    assert first["most_profit"] == said["at_most"]["profit"] == "4.41583"
    assert first["buy_price"] == said["legs"][0]["price"]
    assert {row["base"]: row["reasons"].split()[0] for row in rows if row["class"] not in ("executable", "unprofitable")} == {
        "SUI": "wallet_closed", "NOVA": "conflicted", "OLD": "stale",
    }
    nova = next(row for row in rows if row["base"] == "NOVA")
    assert (nova["net_pct"], nova["buy_price"], nova["profit"]) == ("", "", "")


def test_first_run_and_all_down(client, empty):
    assert "Collecting first prices" in page(client)
    assert answer(page(client)) == "Nothing can be compared right now: none of 5 exchanges has live prices, and a gap needs two."


def test_all_exchanges_down(client, empty, monkeypatch):
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)
    gaps.fill(datetime.now(UTC) - timedelta(minutes=5))
    fresh()
    assert "No live prices since" in page(client)
    assert answer(page(client)).startswith("Nothing can be compared right now: none of ")


def test_one_live_exchange_is_too_few_for_a_gap_and_enough_for_a_loop(client, empty, monkeypatch):
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)
    now = datetime.now(UTC)
    gaps.fill(now - timedelta(minutes=5))
    prices(SELL, ticker("ETH/USDT", 3000, 3001), now=now)
    fresh()
    assert answer(page(client)) == "Nothing can be compared right now: 1 of 5 exchanges has live prices, and a gap needs two."
    assert answer(page(client, f"/arbitrage/?exchange={BUY}&kind=triangle")) == "Nothing can be compared right now: none of 1 exchange has live prices."
    assert answer(page(client, "/arbitrage/?kind=triangle")) == "Nothing pays after fees."


def test_every_row_has_an_age_and_says_what_its_figures_are(client, paying):
    text = page(client)
    assert "Gross, bps" in text and "Fees, bps" in text
    for row in re.findall(r'<tr role="row"[^>]* data-row.*?</tr>', text, re.DOTALL):
        assert 'data-label="Net"' in row and re.search(r'data-label="Age"><span class="age[^>]*data-at=', row), row


def test_one_route(client, paying):
    text = page(client, LINK.replace("&amp;", "&"))
    assert "POL/USDT: buy on" in text and "Executable" in text
    assert "+4.42 USDT for all that pays" in text
    assert text.count('class="taken') == 5 and text.count("taken in part") == 1
    assert 'aria-label="Profit by amount: most at 2.87K USDT' in text
    assert "The line begins after a quarter of an hour" in text
    assert "so far" in text
    assert "The other way round" in text
    back = page(client, f"/arbitrage/POL-USDT/?buy={SELL}&sell={BUY}")
    assert "Does not pay" in back and "It has not paid after base fees" in back
    assert client.get(re.search(r'href="(/api/v1/arbitrage/POL[^"]*)"', text).group(1).replace("&amp;", "&")).json()["class"] == "executable"


def test_books_that_are_old_are_asked_for_and_the_page_fills_in(client, paying):
    Book.objects.all().delete()
    fresh()
    text = page(client, LINK.replace("&amp;", "&"))
    assert "Asking both exchanges" in text and "data-soon" in text
    assert "Both tickers" in text
    Reading.objects.update(tried_at=datetime.now(UTC))
    assert "Asking both exchanges" not in page(client, LINK.replace("&amp;", "&"))


def test_two_coins_have_no_sum(client, paying):
    text = page(client, f"/arbitrage/NOVA-USDT/?buy={SELL}&sell={BUY}")
    assert "not of one and the same thing" in text
    assert "Profit by amount" not in text


@pytest.mark.parametrize(("path", "status"), [
    ("/arbitrage/?kind=magic", 400), ("/arbitrage/POL-USDT/", 400), (f"/arbitrage/POL-USDT/?buy={BUY}&sell={THIRD}", 404),
    (f"/arbitrage/XXX-USDT/?buy={BUY}&sell={SELL}", 404),
])
def test_what_cannot_be_shown(client, paying, path, status):
    page(client, path, status)


def test_an_unchanged_page_is_a_304(client, paying):
    first = client.get("/arbitrage/")
    pagecache.forget()
    assert client.get("/arbitrage/", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_last_day_is_drawn_once_there_are_three_points():
    at = datetime(2026, 11, 22, tzinfo=UTC)
    points = [(at + timedelta(minutes=5 * n), Decimal(n - 1) / 1000) for n in range(3)]
    assert arbitrage_detail.gap_chart(points[:2]) == ""
    drawn = arbitrage_detail.gap_chart(points)
    assert drawn.count("<svg") == 2 and "between −0.10% and +0.10%, now +0.10%" in drawn
    assert arbitrage_detail.curve_chart([(Decimal(0), Decimal(0)), (Decimal(1), Decimal(1))], Decimal(1), "USDT") == ""
