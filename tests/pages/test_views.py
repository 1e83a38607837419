"""The pages over a stored market: what they say, in every state, as a page, as a fragment, as CSV, and as 304."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from exchanges.models import Exchange, ExchangeState, Feed
from markets import read
from markets.analysis import display
from markets.api import throttle
from markets.models import Revision
from markets.pages import base, compare_shown
from markets.pages import cache as pagecache
from tests.pages import market
from tests.pages.market import FIFTH, FIRST, FOURTH, HOSTILE, SECOND

PAGES = ("/", "/compare/BTC-USDT/", "/status/", "/assets/btc/", "/search/", "/search/?q=bit", "/guide/")
HX = {"HTTP_HX_REQUEST": "true"}


def text_of(response) -> str:
    """What a person reads: no tags, single spaces."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def rows_of(response) -> list[str]:
    return re.findall(r'<tr role="row" id="p-([^"]+)"', response.content.decode())


@pytest.fixture
def at(stored, monkeypatch):
    """Set the clock of the pages: `at(seconds)` after the prices were stored."""
    def set_clock(seconds: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: stored + timedelta(seconds=seconds))
        pagecache.forget()

    set_clock(0)
    return set_clock


def change_exchange(slug, **values):
    Exchange.objects.filter(slug=slug).update(**values)
    Revision.objects.update_or_create(name="switches", defaults={"number": int(datetime.now(UTC).timestamp() * 1e6)})
    market.forget()


# --- Every page -------------------------------------------------------------------------------------------------
EVERYWHERE = (
    *PAGES, "/compare/BTC-USDT/?side=sell&amount=2", "/arbitrage/", "/liquidity/", "/liquidity/BTC-USDT/", "/funding/", "/funding/BTC/", "/options/",
    "/discover/", "/discover/?view=only", "/discover/?view=trending", "/copy/", "/volume/", "/watchlist/?base=BTC",
)  # fmt: skip


@pytest.mark.parametrize("path", EVERYWHERE)
def test_the_frame_takes_no_link_from_the_page_inside_it(at, client, path):
    whole, fragment = (client.get(path, **headers).content.decode() for headers in ({}, HX))
    main = whole[whole.index("<main") : whole.index("</main>")]
    links = re.findall(r'<a [^>]*href="([^"]*)"', main)
    assert "" not in links
    assert links == re.findall(r'<a [^>]*href="([^"]*)"', fragment[fragment.index("<main") : fragment.index("</main>")])


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_carry_nothing_of_the_visitor(at, client, path):
    response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.startswith("<!doctype html>")
    assert html.count("<h1") == 1
    assert "Simulated market" in html
    assert "All times UTC" in html
    assert not response.cookies
    assert "Cookie" not in response["Vary"]
    assert "csrf" not in html


@pytest.mark.parametrize("path", PAGES)
def test_the_live_part_alone_is_answered_to_htmx(at, client, path):
    response = client.get(path, **HX)
    assert response.status_code == 200
    assert b"<!doctype" not in response.content
    assert b"<header class=\"bar\"" not in response.content
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("path", [*PAGES, "/status.json"])
@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "fragment"])
def test_unchanged_pages_are_an_empty_304(at, client, path, headers):
    tag = client.get(path, **headers)["ETag"]
    again = client.get(path, HTTP_IF_NONE_MATCH=tag, **headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == tag


def test_a_row_that_turns_stale_changes_the_tag_though_nothing_was_written(at, client):
    tag = client.get("/compare/BTC-USDT/", **HX)["ETag"]
    at(20)
    assert client.get("/compare/BTC-USDT/", HTTP_IF_NONE_MATCH=tag, **HX).status_code == 304
    at(65)
    assert client.get("/compare/BTC-USDT/", HTTP_IF_NONE_MATCH=tag, **HX).status_code == 200


def test_a_new_price_changes_the_tag(at, stored, client):
    tag = client.get("/compare/BTC-USDT/", **HX)["ETag"]
    market.move(FIRST, "BTC", "64100", "64100.01", stored + timedelta(seconds=5))
    at(5)
    assert client.get("/compare/BTC-USDT/", HTTP_IF_NONE_MATCH=tag, **HX).status_code == 200


def test_a_page_is_rendered_once_a_second_and_never_served_older(at, client, monkeypatch):
    rendered = []
    real = base.render_to_string
    monkeypatch.setattr(base, "render_to_string", lambda *args: rendered.append(1) or real(*args))
    for _ in range(3):
        client.get("/compare/BTC-USDT/")
    assert len(rendered) == 1
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(seconds=2))
    client.get("/compare/BTC-USDT/")
    assert len(rendered) == 2


def test_kept_pages_are_bounded(empty):
    for offset in range(pagecache.KEPT + 20):
        pagecache._keep((str(offset), False, "", 0), pagecache.Page("t", lambda: b""))
    assert len(pagecache._kept) == pagecache.KEPT


def test_packed_pages_are_the_same_pages(at, client):
    import gzip

    plain = client.get("/")
    packed = client.get("/", HTTP_ACCEPT_ENCODING="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 3 < len(plain.content)


def test_numbers_carry_their_exact_value(at, client):
    html = client.get("/compare/BTC-USDT/").content.decode()
    ask = read.compare("BTC", "USDT", timezone.now()).best_buy
    assert f'<data value="{display.exact(ask.price)}">' in html


# --- Overview ---------------------------------------------------------------------------------------------------
def test_overview_shows_where_to_buy_and_sell(at, client):
    response = client.get("/")
    assert rows_of(response)[0] == "BTC-USDT"
    assert "64,200.11" in text_of(response)
    assert "5 of 5" not in text_of(response)
    assert "4 of 5 live" in text_of(response)


def test_overview_sorts_by_every_numeric_column_both_ways(at, client):
    for key in ("asset", "buy", "sell", "gap", "after_fees", "change", "volume", "live"):
        up, down = rows_of(client.get(f"/?sort={key}")), rows_of(client.get(f"/?sort=-{key}"))
        assert sorted(up) == sorted(down)
        assert len(up) >= 5
        if key == "asset":
            assert up == sorted(up) == down[::-1]


@pytest.mark.parametrize(("query", "rows"), [
    ("quote=USDC", ["BTC-USDC"]),
    ("base=ETH,SOL", ["ETH-USDT", "SOL-USDT"]),
    ("search=polyg", ["POL-USDT"]),
    ("min_exchanges=5&sort=asset", ["BTC-USDT", "ETH-USDT", "POL-USDT", "SOL-USDT"]),
    ("min_volume_usd=1000000000", []),
    (f"exchange={FIRST}&base=HOSTILE", ["HOSTILE-USDT"]),
    (f"exchange={SECOND}&base=HOSTILE", []),
])
def test_overview_filters(at, client, query, rows):
    assert sorted(rows_of(client.get(f"/?{query}"))) == sorted(rows)


def test_empty_after_filters_names_the_widest_and_removes_each_by_one_click(at, client):
    response = client.get("/?min_volume_usd=10000000000&search=BTC")
    html = response.content.decode()
    assert "No pair matches. Widest filter" in text_of(response)
    assert 'href="/?search=BTC"' in html
    assert 'href="/?min_volume_usd=10000000000"' in html


def test_empty_fields_of_the_form_are_no_filter(at, client):
    assert len(rows_of(client.get("/?search=&min_volume_usd=&min_change_pct=&base=&min_exchanges=1&hide_leveraged=true&density=normal"))) >= 5


@pytest.mark.parametrize("query", [
    "nonsense=1", "price__gte=1", "_connector=OR", "order_by=user__password", "sort=user__password", "sort=volume&sort=gap", "limit=1000000000",
    "offset=-1", "min_volume_usd=1e9",
    "net=perhaps", "exchange=nowhere", "base=" + "A," * 300, "search=" + "x" * 61, "search=%00", "search=%ff",
    "q=" + "x" * 8000, "&".join(f"a{i}=1" for i in range(1001)),
])
def test_what_is_not_understood_is_a_400_that_says_so(empty, client, query):
    response = client.get("/?" + query)
    assert response.status_code == 400
    assert "cannot be read" in text_of(response)


def test_unknown_parameters_are_refused_everywhere(empty, client):
    for path in ("/compare/BTC-USDT/", "/assets/btc/", "/status/", "/status.json", "/guide/", "/search/"):
        assert client.get(f"{path}?x=1").status_code == 400


def test_nothing_but_reading_is_allowed(empty, client):
    for path in PAGES:
        assert client.post(path).status_code in (403, 405)


def test_csv_holds_the_same_rows_as_plain_numbers(at, client):
    response = client.get("/?format=csv&quote=USDT&sort=asset")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert response["Content-Type"].startswith("text/csv")
    assert [r["base"] for r in rows] == ["BTC", "ETH", "HOSTILE", "PEPE", "POL", "SOL"]
    pepe = next(r for r in rows if r["base"] == "PEPE")
    assert Decimal(pepe["buy_price"]) == Decimal("0.0000073035")
    assert "E" not in pepe["buy_price"]
    assert rows[0]["after_fees_pct"].startswith("-")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_text_cannot_start_a_formula(at, client, name):
    from markets.models import Asset

    Asset.objects.filter(ticker="BTC").update(name=name)
    Revision.objects.update_or_create(name="assets", defaults={"number": 10**9})
    market.forget()
    rows = list(csv.DictReader(io.StringIO(client.get("/?format=csv&base=BTC").content.decode(), newline="")))
    assert rows[0]["name"] == f"'{name}"


def test_more_rows_are_the_same_address_with_a_higher_limit(at, client):
    from markets.pages import query

    assert 'id="next"' not in client.get("/").content.decode()  # all rows fit the page
    paging = query.paging(query.asked(_request("/?limit=150"), query.OVERVIEW), total=842, shown=150)
    assert paging["more"] == "/?limit=200"
    paging = query.paging(query.asked(_request("/?limit=200"), query.OVERVIEW), total=842, shown=200)
    assert (paging["more"], paging["appends"]) == ("/?offset=200", False)


def _request(path):
    from django.test import RequestFactory

    return RequestFactory().get(path)


# --- Compare ----------------------------------------------------------------------------------------------------
def test_the_answer_sentence(at, client):
    text = text_of(client.get("/compare/BTC-USDT/"))
    c = read.compare("BTC", "USDT", timezone.now())
    first, second = (r for r in c.rows if r.rank in (1, 2))
    name = {e.slug: e.name for e in read.exchanges(timezone.now())}
    difference = second.net_price - first.net_price
    said = f"{first.net_price:,.2f} USDT after the 0.10% fee; {difference:,.2f} less than on {name[second.quote.exchange]}"
    assert f"Cheapest on BN {name[first.quote.exchange]} : {said}" in text


def test_selling_and_before_fees(at, client):
    text = text_of(client.get("/compare/BTC-USDT/?side=sell&net=false"))
    assert "Pays most on" in text
    assert "before fees; 3.00 more than on" in text
    assert "You get" in text


def test_what_is_left_out_stays_visible_with_its_reason(at, client):
    html = client.get("/compare/BTC-USDT/").content.decode()
    row = re.search(rf'<tbody role="rowgroup" id="x-{FOURTH}" class="([^"]*)">(.*?)</tbody>', html, re.S)
    assert row.group(1) == "grey"
    assert "Stale, not ranked" in row.group(2)
    assert "Left out of the ranking" in html
    assert "is stale and left out" in html


def test_not_listed(at, client):
    html = client.get("/compare/PEPE-USDT/").content.decode()
    row = re.search(rf'id="x-{FIFTH}" class="absent">(.*?)</tbody>', html, re.S)
    assert "not listed" in row.group(1)


def test_why_this_rank_writes_the_sum_out(at, client):
    text = text_of(client.get("/compare/BTC-USDT/"))
    c = read.compare("BTC", "USDT", timezone.now())
    first = c.rows[0]
    assert f"ask {first.price:,.2f} × (1 + 0.10% taker fee) = {first.net_price:,.2f} USDT for one BTC; the fee is" in text
    assert "The lowest of 4." in text and "Place 2 of 4." in text


def test_links_to_exchanges_give_nothing_away(at, client):
    links = re.findall(r'<a [^>]*href="https://[^>]*>', client.get("/compare/BTC-USDT/").content.decode())
    assert len(links) >= 5
    assert all('rel="noopener noreferrer nofollow"' in link for link in links)


def test_a_sick_exchange_gets_a_notice_and_the_page_stays_whole(at, client):
    text = text_of(client.get("/compare/BTC-USDT/"))
    name = {e.slug: e.name for e in read.exchanges(timezone.now())}[FOURTH]
    assert f"{name} has not answered for 1 m" in text
    assert "Its last prices are shown in grey and do not count" in text


def test_ageing_prices_are_not_said_to_be_out_where_they_still_count(at, client):
    at(40)
    face = replace(read.exchanges(timezone.now())[0], state="degraded", freshness="aging", age_s=40.0)
    [notice] = compare_shown.notices({face.slug: face}, [face.slug])
    assert notice.means == "Its last prices count only where nobody has fresh ones."
    Feed.objects.update(finished_at=timezone.now())  # polls end, if in vain
    assert "the youngest are still ranked, and marked as ageing" in text_of(client.get("/status/"))
    at(120)
    Feed.objects.update(finished_at=timezone.now())
    assert "nothing is ranked" in text_of(client.get("/status/"))


def test_an_old_ticker_answers_with_the_new_coin_and_says_so(at, client):
    text = text_of(client.get("/compare/MATIC-USDT/"))
    assert "POL/USDT" in text
    assert "MATIC" in text
    assert re.search(r"MATIC is now called POL|formerly MATIC", text)


def test_case_does_not_matter(at, client):
    assert "BTC/USDT" in text_of(client.get("/compare/btc-usdt/"))


@pytest.mark.parametrize("pair", ["XXX-USDT", "BTC", "-", "BTC-", "-USDT", "%00-USDT", "A" * 500 + "-USDT", "<b>-USDT", "🙂-USDT"])
def test_an_unknown_pair_is_a_404_with_the_nearest_and_the_renamed(at, client, pair):
    response = client.get(f"/compare/{pair}/")
    assert response.status_code == 404
    assert "No exchange lists this pair" in text_of(response)
    assert "MATIC now POL" in text_of(response)


def test_nearest_matches_are_links(at, client):
    assert 'href="/compare/BTC-USDT/"' in client.get("/compare/BTCC-USDT/").content.decode()


def test_switched_off_by_an_operator(at, client):
    change_exchange(SECOND, enabled=False)
    compare, overview = client.get("/compare/BTC-USDT/"), client.get("/")
    row = re.search(rf'id="x-{SECOND}" class="(grey|absent)">(.*?)</tbody>', compare.content.decode(), re.S)
    assert row
    assert "switched off by an operator" in text_of(compare)
    name = Exchange.objects.get(slug=SECOND).name
    assert f"{name} off" in text_of(overview)
    assert f"{name} , shown" not in text_of(overview)


def test_a_degraded_exchange_that_answers_still_counts(at, client):
    change_exchange(FIRST, state=ExchangeState.DEGRADED)
    text = text_of(client.get("/compare/BTC-USDT/"))
    assert "degraded." in text
    assert "Cheapest on" in text


def test_aging_prices_are_marked(at, client):
    at(45)
    html = client.get("/compare/BTC-USDT/").content.decode()
    assert 'class="age aging"' in html
    assert "Aging" in html


def test_all_down_shows_the_last_values_and_no_best(at, client):
    at(120)
    compare, overview = client.get("/compare/BTC-USDT/"), client.get("/")
    assert "No live prices since" in text_of(compare)
    assert "what each said last stands on the page of a pair" in text_of(overview)
    assert "Best price" not in text_of(compare)
    assert 'class="best"' not in compare.content.decode()
    assert "Cheapest on" not in text_of(compare)
    assert "64,2" in text_of(compare)


def test_a_suspect_price_is_struck_and_never_wins(at, stored, client):
    market.refresh(stored)
    market.move(FIRST, "BTC", "50000", "50000.01", stored)
    at(0)
    html = client.get("/compare/BTC-USDT/").content.decode()
    row = re.search(rf'id="x-{FIRST}" class="([^"]*)">(.*?)</tbody>', html, re.S)
    assert row.group(1) == "suspect"
    assert "struck" in row.group(2)
    assert "Suspect, not ranked" in row.group(2)
    assert "below the others" in row.group(2)


# --- First run --------------------------------------------------------------------------------------------------
def test_first_run_says_who_answered(empty, client):
    text = text_of(client.get("/"))
    assert "Collecting first prices." in text
    assert "No exchange has answered yet" in text
    assert client.get("/status/").status_code == 200


def test_first_run_fills_in(empty, client):
    now = datetime.now(UTC)
    market.catalogue(FIRST, *market._instruments(FIRST), now=now)
    market.prices(FIRST, *market._tickers(FIRST, 0), now=now)
    market.forget()
    text = text_of(client.get("/"))
    assert "Binance answered, 4 to go" in text
    assert "BTC" in text


# --- Assets, search, status -------------------------------------------------------------------------------------
def test_an_asset_lists_its_pairs_and_former_tickers(at, client):
    assert rows_of(client.get("/assets/btc/")) == ["BTC-USDT", "BTC-USDC"]
    assert "formerly MATIC" in text_of(client.get("/assets/pol/"))


def test_other_spellings_of_an_asset_lead_to_it(at, client):
    for slug in ("BTC", "matic", "bitcoin"):
        assert client.get(f"/assets/{slug}/").status_code == 302
    assert client.get("/assets/nosuchcoin/").status_code == 404
    assert client.get("/assets/%00/").status_code == 404


@pytest.mark.parametrize(("q", "path"), [
    ("btc", "/assets/btc/"), ("Bitcoin", "/assets/btc/"), ("MATIC", "/assets/pol/?was=MATIC"),
    ("BTC/USDT", "/compare/BTC-USDT/"), ("btc-usdc", "/compare/BTC-USDC/"),
])
def test_an_exact_hit_goes_straight_there(at, client, q, path):
    response = client.get("/search/", {"q": q})
    assert (response.status_code, response["Location"]) == (302, path)


def test_search_lists_what_is_nearest_and_what_nothing_is_called_is_a_question(at, client):
    listed = client.get("/search/?q=bitc")
    assert "BTC/USDT" in text_of(listed) and 'href="/ask/?q=bitc"' in listed.content.decode()
    for text in ("zzzzzz", "where is btc cheapest?", "x" * 300):
        response = client.get("/search/", {"q": text})
        assert (response.status_code, parse_qs(urlsplit(response["Location"]).query)) == (302, {"q": [text]})
        assert response["Location"].startswith("/ask/?")
    assert client.get("/search/?q=zzzzzz", **HX).status_code == 200  # what refreshes stays where it is
    assert "Results" not in client.get("/search/?q=").content.decode()


def test_suggestions_are_options_and_never_redirect(at, client):
    response = client.get("/search/suggestions/?q=btc", **HX)
    assert response.status_code == 200
    assert 'role="option"' in response.content.decode()


@pytest.mark.parametrize("q", ["btc", "zzzzzz", "where is btc cheapest?"])
def test_the_last_suggestion_is_to_ask(at, client, q):
    options = re.findall(r'<a class="hit" role="option"[^>]*id="([^"]+)" href="([^"]+)"', client.get("/search/suggestions/", {"q": q}, **HX).content.decode())
    assert options[-1] == ("hit-ask", f"/ask/?q={quote_plus(q)}") and (len(options) > 1) == (q == "btc")
    assert client.get("/search/suggestions/?q=", **HX).content.strip() == b""


def test_status_says_everything(at, client):
    text = text_of(client.get("/status/"))
    for part in ("tickers", "instruments", "Latency p50", "Success 1 h", "Breaker", "closed", "Workers", "Coverage", "Recent events", "requests / min"):
        assert part in text


def test_status_json_is_the_same(at, client):
    body = client.get("/status.json").json()
    assert body["simulated"] is True
    assert body["pairs"] == read.status(timezone.now()).pairs
    assert {e["exchange"] for e in body["exchanges"]} == set(market.SLUGS)


# --- Hostile text -----------------------------------------------------------------------------------------------
def test_names_are_text(at, client):
    for path in ("/?base=HOSTILE", "/compare/HOSTILE-USDT/", "/assets/hostile/", "/search/?q=hostil"):
        html = client.get(path).content.decode()
        assert HOSTILE not in html
        assert "&lt;img src=x" in html


def test_an_exchange_name_is_text_in_every_attribute(at, client):
    change_exchange(FIRST, name='"><script>x</script>', state_detail='"><script>y</script>')
    for path in PAGES:
        assert b"<script>x" not in client.get(path).content
        assert b"<script>y" not in client.get(path).content


@pytest.mark.parametrize("path", [
    "/search/?q=%3Cscript%3Ex%3C/script%3E", "/compare/%3Cscript%3Ex%3C%2Fscript%3E-A/", "/?search=%22%3E%3Cscript%3Ex", "/?%3Cscript%3Ex=1",
])
def test_what_is_asked_is_text(empty, client, path):
    assert b"<script>x" not in client.get(path).content


# --- Errors -----------------------------------------------------------------------------------------------------
def test_an_unknown_address_is_a_friendly_404(db, client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is no such page" in text_of(response)


def test_a_foreign_host_is_a_400(db, client):
    response = client.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert b"evil" not in response.content


def test_a_broken_page_has_a_reference(at, monkeypatch, caplog):
    def breaks(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(read, "overview", breaks)
    response = Client(raise_request_exception=False).get("/")
    reference = re.search(r"reference ([0-9a-f]{8})", text_of(response)).group(1)
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert any(reference in record.getMessage() for record in caplog.records)


def test_the_500_page_needs_no_database():
    assert base.server_error(_request("/")).status_code == 500  # without the db mark a query would fail the test


def test_too_many_renderings_are_a_429_with_the_wait(at, client, monkeypatch):
    monkeypatch.setattr(throttle.Counter, "wait", lambda *args: 17)
    response = client.get("/")
    assert (response.status_code, response["Retry-After"]) == (429, "17")
    assert "Please wait 17 s" in text_of(response)


def test_kept_pages_are_not_counted(at, client, monkeypatch):
    client.get("/")
    monkeypatch.setattr(throttle.Counter, "wait", lambda *args: 17)
    assert client.get("/").status_code == 200


def test_a_missing_token_is_a_plain_403(db):
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert response.status_code == 403


def test_pages_keep_answering_from_memory_while_the_database_is_away(at, client, monkeypatch):
    from django.db import OperationalError

    from markets import held

    client.get("/compare/BTC-USDT/")
    pagecache.forget()

    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(Revision.objects, "values_list", away)
    monkeypatch.setattr(held, "LOOK_S", 0)
    assert "Cheapest on" in text_of(client.get("/compare/BTC-USDT/"))
