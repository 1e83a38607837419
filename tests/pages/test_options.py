"""The page of options: the chain, what an expiry comes to, exchanges side by side, and who offers none."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from exchanges.models import Exchange
from markets import read
from markets.models import Market, OptionQuote
from markets.pages import cache as pagecache
from tests.api import published as p
from tests.pages.market import FIFTH, FIRST, SECOND, THIRD
from tests.pages.test_funding import perp
from tests.pages.test_views import text_of

EXPIRY = datetime(2027, 12, 31, 8, tzinfo=UTC)
CALLS = {90: {"bid": 11, "ask": 12, "mark_iv": "0.6", "delta": "0.8", "open_interest": 10}, 100: {"mark_iv": "0.5", "open_interest": 30, "base_volume_24h": 4}}
PUTS = {90: {"bid": 1, "ask": 2, "mark_iv": "0.6", "open_interest": 30}, 100: {"mark_iv": "0.54", "open_interest": 30, "base_volume_24h": 3}}


def listed(slug, strike, kind, expiry=EXPIRY, age_s=2, base="BTC", **numbers):  # noqa: PLR0917
    name = f"{base}-{expiry:%y%m%d}-{strike}-{kind[0].upper()}"
    row = p.market(slug, f"{base}/USDT", "option", name, strike=strike, option_type=kind, expiry=expiry, contract_size=1)
    p.option(row, age_s, **({"underlying_price": 101} | numbers))


@pytest.fixture
def look(empty):
    """BTC on two exchanges, two strikes and two expiries on the first; the third tells no underlying."""
    for kind, sides in (("call", CALLS), ("put", PUTS)):
        for strike, numbers in sides.items():
            listed(FIRST, strike, kind, **numbers)
    listed(FIRST, 100, "call", EXPIRY + timedelta(days=90), open_interest=1)
    listed(SECOND, 100, "call", mark_iv="0.7", open_interest=5)
    p.answered("option_tickers")

    def get(path="/options/", status=200, **headers):
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


def test_the_nearest_expiry_of_the_exchange_with_most_open_is_summed_up(look):
    said = text_of(look())
    name = Exchange.objects.get(slug=FIRST).name
    assert f"BTC options to 31 Dec 2027 on {name}: at-the-money volatility 52.0% a year, 1.50 open puts for one open call, max pain 100." in said
    assert "Put/call, 24 h 0.75" in said and "Put-call parity holds" in said and "4 of 4 options count" in said


def test_calls_stand_left_and_puts_right_of_the_strike(look):
    found = row(look(), "k-90")
    call, put = found.split('<th scope="row"')
    assert 'value="11"' in call and 'value="12"' in call and "+0.80" in call and "60.0%" in call and 'value="1"' in put and 'value="2"' in put
    assert "at the money" in row(look(), "k-100") and "at the money" not in found


def test_another_exchange_and_expiry_are_chosen_by_links(look):
    html = look().content.decode()
    assert f"exchange={SECOND}" in html and "expiry=2028-03-30" in html
    page = look(f"/options/?exchange={SECOND}")
    assert "70.0% a year" in text_of(page) and f'id="e-{FIRST}-USDT"' in page.content.decode()
    assert "30 Mar 2028" in text_of(look("/options/?expiry=2028-03-30"))
    assert "This exchange lists no such expiry." in text_of(look("/options/?expiry=2027-01-01"))


def test_old_options_are_shown_grey_and_not_counted(look):
    OptionQuote.objects.filter(market__option_type="put").update(observed_at=timezone.now() - timedelta(minutes=7))
    said = text_of(look())
    assert "2 of 4 options count" in said and "open puts" not in said and "an old rate" in look().content.decode()


def test_quotes_that_contradict_parity_are_marked(look):
    OptionQuote.objects.filter(market__option_type="call", bid__isnull=False).update(bid=p.number(15), ask=p.number(16))
    page = look()
    assert "parity" in row(page, "k-90") and "Put-call parity 1 strikes" in text_of(page)


def test_who_tells_no_underlying_takes_the_index_of_its_own_perpetual(look):
    listed(THIRD, 100, "call", underlying_price=None, mark_iv="0.8")
    listed(THIRD, 120, "call", underlying_price=None, mark_iv="0.9")
    assert "80.0% a year" not in text_of(look(f"/options/?exchange={THIRD}"))
    perp(THIRD, "BTC/USDT", "0.0001", index_price=99)
    assert "80.0% a year" in text_of(look(f"/options/?exchange={THIRD}"))


def test_who_offers_none_stands_in_one_line(look):
    said = text_of(look())
    assert "No options are offered by " in said and Exchange.objects.get(slug=FIFTH).name in said.split("No options are offered by ")[1][:40]


def test_without_options_the_tab_is_absent_and_the_page_says_so(look):
    assert 'href="/options/"' in look("/funding/").content.decode()
    Market.objects.filter(kind="option").delete()
    assert 'href="/options/"' not in look("/funding/").content.decode()
    assert "No option on BTC is listed by an exchange that has answered." in text_of(look())


def test_the_csv_has_a_line_for_each_option_of_the_chain(look):
    found = list(csv.DictReader(io.StringIO(look("/options/?format=csv").content.decode())))
    assert len(found) == 4 and {r["option_type"] for r in found} == {"call", "put"} and found[0]["underlying"] == "101"
    assert [r["at_the_money"] for r in found] == ["false", "false", "true", "true"] and found[0]["parity"] == "holds"


@pytest.mark.parametrize(("path", "status"), [("/options/?exchange=nobody", 400), ("/options/?expiry=soon", 400), ("/options/?base=NOPE", 200)])
def test_an_address_that_cannot_be_is_explained(look, path, status):
    look(path, status)
