"""The pages of funding: what is widest, what is left out and why, one coin's contracts, the carry, CSV, and odd addresses."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from exchanges.models import Exchange
from markets import read
from markets.models import ExchangeAsset, Funding, Market, OpenInterest
from markets.pages import cache as pagecache
from markets.reads import funding as reads
from tests.api import published as p
from tests.markets.build import catalogue, prices, ticker
from tests.pages.market import FIFTH, FIRST, FOURTH, SECOND, SLUGS, THIRD
from tests.pages.test_views import text_of

MATRIX, COIN = "/funding/", "/funding/BTC/"
SOUND = {"mark_price": 100, "index_price": 100, "last": 100, "open_interest": 200_000, "base_volume_24h": 1000, "quote_volume_24h": 100_000}


def perp(slug, pair, rate, hours=8, *, age_s=2, funding=None, **more):
    about = {name: more.pop(name) for name in ("symbol", "status", "base", "settle", "inverse", "contract_size", "taker_fee", "max_leverage") if name in more}
    row = p.market(slug, pair, **{"contract_size": 1, "taker_fee": p.number("0.0006"), **about})
    p.ticker(row, age_s=age_s, **(SOUND | more))
    p.paid(row, rate, hours, age_s=age_s, **(funding or {}))
    return row


@pytest.fixture
def contracts(empty):
    """BTC as the methodology's pair; ETH with one thin leg; WIF of an interval nobody knows; old SOL; a stranger's DOGE."""
    soon = timezone.now() + timedelta(hours=2, minutes=14, seconds=30)
    perp(FIRST, "BTC/USDT", "0.0003", 8, funding={"next_funding_at": soon, "next_rate": p.number("0.0004")})
    perp(SECOND, "BTC/USDT", "0.00005", 4, mark_price="100.1", open_interest=300_000, max_leverage="100.00")
    perp(FIRST, "ETH/USDT", "0.0001", 8)
    perp(SECOND, "ETH/USDT", "0.001", 8, open_interest=9)
    perp(FIRST, "WIF/USDT", "-0.0004", None)
    perp(FIRST, "SOL/USDT", "0.0001", 8)
    perp(SECOND, "SOL/USDT", "0.002", 8, age_s=400)
    perp(FIRST, "DOGE/USDT", "0.0001", 8)
    perp(SECOND, "DOGE/USDT", "0.002", 8, base={"state": "conflicted"})
    p.answered("funding")
    p.answered("perp_tickers")


@pytest.fixture
def look(contracts):
    def get(path=MATRIX, status=200, **headers):
        pagecache.forget()
        read.forget()
        response = Client().get(path, **headers)
        assert response.status_code == status, text_of(response)[:500]
        return response

    return get


def row(response, name):
    html = response.content.decode()
    start = html.index(f'<tr id="{name}"')
    return html[start : html.index("</tr>", start)]


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode())))


# --- The matrix ---------------------------------------------------------------------------------------------------
def test_the_answer_is_the_widest_pair_that_counts(look):
    said = text_of(look())
    names = {e.slug: e.name for e in Exchange.objects.all()}
    assert f"Widest on BTC: long on {names[SECOND]}, short on {names[FIRST]}, 21.90% a year before fees; four taker fees are even after 96 h." in said


def test_rates_are_rescaled_and_the_tag_tells_the_real_interval(look):
    btc = row(look(), "r-BTC-USDT")
    assert '<data value="0.03">+0.0300%</data><small>8h</small>' in btc and '<data value="0.01">+0.0100%</data><small>4h</small>' in btc
    assert ('class="heat num heat-7"' in btc and 'class="heat num heat-5"' in btc and btc.count("not listed") == 3) or "not collected yet" in btc
    year = row(look("/funding/?scale=year"), "r-BTC-USDT")
    assert '<data value="32.85">+32.85%</data><small>8h</small>' in year and '<data value="10.95">+10.95%</data><small>4h</small>' in year
    paid = row(look("/funding/?scale=paid"), "r-BTC-USDT")
    assert '<data value="0.005">+0.0050%</data><small>4h</small>' in paid
    assert "2 h 14 m" in btc and 'value="50030000"' in btc and "21.9%" in btc


def test_an_unknown_interval_is_shown_as_it_is_on_every_scale_and_coloured_nowhere(look):
    for scale in ("8h", "year", "paid"):
        wif = row(look(f"/funding/?scale={scale}"), "r-WIF-USDT")
        assert '<data value="-0.04">−0.0400%</data>' in wif and "heat-0" in wif and "its interval is not known" in wif


@pytest.mark.parametrize(("coin", "why"), [("ETH", "too little open interest"), ("SOL", "an old rate"), ("DOGE", "another coin of the same name")])
def test_what_does_not_count_says_why_and_makes_no_route(look, coin, why):
    page = look()
    html = row(page, f"r-{coin}-USDT")
    assert f"in no route: {why}" in html and '<td class="route"><span class="quiet">–' in html
    assert why in text_of(page)
    assert ("grey" in html) == (coin == "SOL")


def test_foretold_rates_and_means_are_views_of_their_own(look):
    said = row(look("/funding/?when=predicted"), "r-BTC-USDT")
    assert "+0.0400%" in said and "+0.0300%" not in said
    btc = reads.of_coin("BTC", timezone.now())[0].cells[FIRST].contract
    market = Funding.objects.get(market__symbol=btc.symbol, market__exchange__slug=FIRST).market
    for days, rate in ((1, "0.0001"), (2, "0.0003"), (8, "0.04")):
        p.settled(market, timezone.now() - timedelta(days=days), rate)
    mean = row(look("/funding/?when=mean"), "r-BTC-USDT")
    assert "+0.0200%" in mean and "mean of 2 payments" in mean


def test_filters_narrow_and_an_empty_page_offers_to_drop_each(look):
    assert "1–3 of 3" in text_of(look("/funding/?min_open_interest_usd=30000000"))
    assert 'id="r-WIF-USDT"' in look("/funding/?sign=any&search=wif").content.decode()
    assert 'id="r-ETH-USDT"' not in look("/funding/?interval=4").content.decode()
    page = look("/funding/?search=nothing&interval=2")
    said = text_of(page)
    assert "No perpetual matches." in said and "Search “nothing” ×" in said and "Paid every 2 h ×" in said and "Remove all" in said
    assert 'href="/funding/?interval=2"' in page.content.decode()


def test_own_fees_change_when_it_is_even(look):
    assert "even after 160 h" in text_of(look("/funding/?fees=0.1"))


def test_order_is_by_any_column(look):
    def order(sort):
        return [r["base"] for r in rows(look(f"/funding/?format=csv&sort={sort}"))]

    assert order("-spread")[0] == "BTC" and order("asset") == sorted(order("asset"))
    assert order(f"-{SECOND}")[:2] == ["DOGE", "SOL"] and order("-open_interest")[0] == "BTC"


def test_the_csv_has_the_same_rows_as_plain_numbers(look):
    found = {r["base"]: r for r in rows(look("/funding/?format=csv"))}
    btc = found["BTC"]
    assert (btc["spread_apr_pct"], btc["long"], btc["short"], btc["break_even_hours"], btc["fees_pct"]) == ("21.9", SECOND, FIRST, "96", "0.24")
    assert (btc[f"{FIRST}_rate"], btc[f"{FIRST}_interval_hours"], btc[f"{SECOND}_apr_pct"]) == ("0.0003", "8", "10.95")
    assert btc[f"{FIFTH}_reason"] == "not_listed" and found["DOGE"][f"{SECOND}_reason"] == "conflicted" and found["WIF"][f"{FIRST}_apr_pct"] == ""


def test_page_csv_and_api_say_the_same(look):
    shown = rows(look("/funding/?format=csv&fees=0.1&quote=ALL"))
    told = look("/api/v1/funding/routes/?fees=0.1").json()["results"]
    assert len(shown) == len(told) == 5
    for one, other in zip(shown, told, strict=True):
        assert (one["base"], one["spread_apr_pct"], one["open_interest_usd"], one["basis_pct"]) == (
            other["base"], other["spread_apr_pct"] or "", other["open_interest_usd"], other["basis_pct"])
        assert one["break_even_hours"] == (other["route"] or {}).get("break_even_hours", "")
        assert {rate["exchange"]: rate["reason"] or "" for rate in other["rates"]}.items() <= {slug: one[f"{slug}_reason"] for slug in SLUGS}.items()
    link = look("/funding/?fees=0.1&sign=longs&sort=asset").content.decode().split('Same as API call')[0].rsplit('href="', 1)[1].split('"')[0]
    assert [row["base"] for row in look(link.replace("&amp;", "&")).json()["results"]] == ["BTC", "DOGE", "ETH", "SOL"]


def test_first_run_and_all_old_say_so(look):
    Funding.objects.update(observed_at=timezone.now() - timedelta(hours=2))
    said = text_of(look())
    assert "No current funding rates." in said and "No two rates can be compared" in said
    Market.objects.all().delete()
    assert "No funding rate has been collected yet." in text_of(look())


def test_unchanged_rates_are_a_304_and_changed_ones_are_not(look):
    first = look()
    assert Client().get(MATRIX, headers={"if-none-match": first["ETag"]}).status_code == 304
    Funding.objects.filter(rate=p.number("0.0003")).update(rate=p.number("0.0005"))
    assert look(headers={"if-none-match": first["ETag"]}).status_code == 200


def test_an_exchange_that_is_off_is_no_column(look):
    Exchange.objects.filter(slug=SECOND).update(enabled=False)
    page = look()
    assert f"{SECOND}_rate" not in rows(look("/funding/?format=csv"))[0]
    assert "No two rates can be compared" in text_of(page)


def test_the_highest_for_the_overview(look):
    look()
    cell = reads.highest(timezone.now())
    assert (cell.contract.base, cell.contract.exchange, cell.apr_pct) == ("BTC", FIRST, p.number("32.85"))


# --- One coin -------------------------------------------------------------------------------------------------------
def test_one_coins_perpetuals_are_compared_with_each_other(look):
    page = look(COIN)
    said = text_of(page)
    assert "(+10.95% a year), short on" in said and "21.90% a year at the running rates" in said and "even after 96 h" in said
    pays, stands = row(page, f"p-{FIRST}"), row(page, f"s-{SECOND}")
    assert "+0.0300%" in pays and "+32.85%" in pays and "+0.0400%" in pays
    assert 'value="100.1"' in stands and "+0.100%" in stands and "300K" in stands and "1 BTC" in stands and "0.06%" in stands
    assert ">100×<" in stands and "×" not in row(page, f"s-{FIRST}")


def test_the_carry_adds_up_and_its_caveat_stands_beside_it(look):
    pair = f"buy=perp:{SECOND}:BTCUSDT&sell=perp:{FIRST}:BTCUSDT"
    said = text_of(look(f"{COIN}?{pair}&amount=10000&days=30"))
    # 10 000 x 0.0025 %/h x 720 h = 180, less 4 x 0.06 % of 10 000 = 24.
    assert "+156.00 USDT are left after 30 days and four taker fees if the running rate stays as it is." in said
    assert "Break even 4 days" in said and "+6.00 USDT" in said and "−24.00 USDT" in said and "Funding changes with every payment" in said
    assert "never at this rate" in text_of(look(f"{COIN}?buy=perp:{FIRST}:BTCUSDT&sell=perp:{SECOND}:BTCUSDT"))
    assert "cannot be worked out right now" in text_of(look(f"{COIN}?buy=spot:nowhere:X"))


def test_unasked_it_buys_the_cheapest_spot_and_shorts_what_pays_most(look):
    assert f'<option value="perp:{FIRST}:BTCUSDT" selected>' in look(COIN).content.decode()
    for slug, ask in ((THIRD, 101), (FOURTH, 100)):
        catalogue(slug, "BTC/USDT", now=timezone.now())
        prices(slug, ticker("BTC/USDT", 99, ask), now=timezone.now())
    assert "Spot on" not in text_of(look(COIN)), "a coin that is not known to be this one is not bought"
    ExchangeAsset.objects.update(state="confirmed")
    html = look(COIN).content.decode()
    assert f'<option value="spot:{FOURTH}:BTCUSDT" selected>' in html and f'<option value="perp:{FIRST}:BTCUSDT" selected>' in html
    assert "are left after 30 days" in text_of(look(COIN))


def test_a_spot_price_in_dispute_is_not_bought_for_a_carry(look):
    for slug, ask in ((THIRD, 140), (FOURTH, 100)):
        catalogue(slug, "BTC/USDT", now=timezone.now())
        prices(slug, ticker("BTC/USDT", ask - 1, ask), now=timezone.now())
    ExchangeAsset.objects.update(state="confirmed")
    assert "spot:" not in look(COIN).content.decode()


def test_old_or_conflicted_contracts_are_not_offered_for_a_carry(look):
    html = look("/funding/DOGE/").content.decode()
    assert f"perp:{FIRST}:DOGEUSDT" in html and f"perp:{SECOND}:DOGEUSDT" not in html
    assert "another coin of the same name" in text_of(look("/funding/DOGE/"))


def test_history_is_drawn_and_the_last_payments_are_summed(look):
    market = Funding.objects.get(market__symbol="BTCUSDT", market__exchange__slug=FIRST).market
    now = timezone.now()
    assert "No payment is stored" in text_of(look(COIN)) and "No open interest is stored" in text_of(look(COIN))
    for i in range(35):
        p.settled(market, now - timedelta(hours=8 * i + 1), "0.0001")
    hour = now.replace(minute=0, second=0, microsecond=0)
    for i in range(5):
        OpenInterest.objects.create(market=market, opened_at=hour - timedelta(hours=i), open_interest=p.number(100 + i))
    page = look(COIN)
    assert "+0.3000%" in row(page, f"p-{FIRST}") and "of 30" in row(page, f"p-{FIRST}")
    html = page.content.decode()
    assert 'aria-label="Funding paid on BTC per 8 h' in html and 'aria-label="Open interest in BTC' in html and html.count('class="line ex-1"') == 4


def test_dated_futures_show_their_basis_by_the_year(look):
    expiry = timezone.now() + timedelta(days=73)
    p.ticker(p.market(THIRD, "BTC/USDT", kind="future", symbol="BTCF", expiry=expiry), mark_price=102, index_price=100)
    p.ticker(p.market(FOURTH, "BTC/USDT", kind="future", symbol="BTCB", expiry=expiry), mark_price=99, index_price=100)
    up, down = row(look(COIN), f"d-{THIRD}-BTCF"), row(look(COIN), f"d-{FOURTH}-BTCB")
    assert "+2.000%" in up and "+10.00%" in up and "contango" in up
    assert "−1.000%" in down and "−5.00%" in down and "backwardation" in down
    said = text_of(look(f"{COIN}?buy=perp:{FIRST}:BTCUSDT&sell=future:{THIRD}:BTCF&days=365"))
    assert "closes by expiry" in said and "Future on" in said


def test_the_csv_of_a_coin_has_a_line_for_each_exchange(look):
    found = {r["exchange"]: r for r in rows(look(f"{COIN}?format=csv"))}
    assert set(found) == {FIRST, SECOND} and found[FIRST]["apr_pct"] == "32.85" and found[SECOND]["basis_pct"] == "0.1" and found[FIRST]["reason"] == ""


@pytest.mark.parametrize(("path", "status"), [
    ("/funding/NOPE/", 404), ("/funding/btc/", 302), ("/funding/BTC/?quote=EUR", 400), ("/funding/?sort=price", 400), ("/funding/BTC/?amount=1e9", 400),
])
def test_an_address_that_cannot_be_is_explained(look, path, status):
    look(path, status)
