"""Everything that is refused: a problem document that says what is allowed, and never a 500."""

from urllib.parse import quote

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markets import read
from markets.api import core as api
from markets.api import filters, filters_contracts, filters_events

pytestmark = [pytest.mark.usefixtures("market"), pytest.mark.both]

REFUSED = {
    "compare/BTC-USDT/?side=hold": ("side", "buy, sell"),
    "compare/BTC-USDT/?net=maybe": ("net", "true or false"),
    "compare/BTC-USDT/?prefer=mtgox": ("prefer", "kucoin"),
    "compare/BTC-USDT/?sum=5": ("sum", "Known here: side, net, amount"),
    "compare/BTC-USDT/?amount=0": ("amount", "above zero"),
    "compare/BTC-USDT/?amount=1e5": ("amount", "plain decimal"),
    "compare/BTC-USDT/?unit=usd": ("unit", "quote, base"),
    "compare/BTC-USDT/?kind=option": ("kind", "spot, perp, future"),
    "compare/BTC-USDT/?side=buy&side=sell": ("side", "twice"),
    "compare/BTC-USDT/?side=b%00uy": ("side", "control"),
    "compare/B%00C-USDT/": ("pair", "BASE-QUOTE"),
    f"compare/{'B' * 200}-USDT/": ("pair", "60"),
    "markets/?limit=1001": ("limit", "1 to 1000"),
    "markets/?limit=1000000000": ("limit", "1 to 1000"),
    "markets/?limit=%D9%A1": ("limit", "whole number"),
    "markets/?offset=-1": ("offset", "0 to"),
    "markets/?ordering=user__password": ("ordering", "base, quote"),
    "markets/?state=rotten": ("state", "fresh, aging"),
    "markets/?flag=": ("flag", "crossed"),
    "markets/?symbol=" + "x" * 61: ("symbol", "60"),
    "markets/?after=nonsense": ("after", "next"),
    "markets/?price__gte=1": ("price__gte", "no such parameter"),
    "markets/?_connector=OR": ("_connector", "no such parameter"),
    "markets/?base=%FF": ("query", "UTF-8"),
    "markets/?base=" + "x" * 5000: ("query", "4096"),
    "markets/?" + "&".join(f"a{n}=1" for n in range(1001)): ("query", ""),
    "pairs/?min_volume_usd=1e9": ("min_volume_usd", "plain decimal"),
    "pairs/?min_change_pct=NaN": ("min_change_pct", "plain decimal"),
    "exchanges/kucoin/?x=1": ("x", "Known here: none"),
    "status/?%0d%0aSet-Cookie:x=1": ("??Set-Cookie:x", "no such parameter"),
}


@pytest.mark.parametrize("address", REFUSED, ids=lambda address: address[:40])
def test_a_bad_question_is_a_400_that_says_what_is_allowed(client, address):
    field, says = REFUSED[address]
    response = client.get(f"/api/v1/{address}")
    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert set(body) == {"type", "title", "status", "detail", "field"}
    assert (body["status"], body["field"]) == (400, field) and says in body["detail"]


def test_an_unknown_pair_names_the_nearest(get):
    body = get("compare/BTX-USDT/", 404)
    assert "BTC-USDT" in body["nearest"] and "BTC-USDT" in body["detail"]


@pytest.mark.parametrize("address", ["compare/BTC/", "compare/-/", "compare/%FF-USDT/", "exchanges/mtgox/", "nothing/", "v9/x/y/"])
def test_what_is_not_there_is_a_404_problem(client, address):
    response = client.get(f"/api/v1/{address}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_but_reading(client, method):
    response = getattr(client, method)("/api/v1/markets/")
    assert (response.status_code, response["Allow"], response["Content-Type"]) == (405, "GET, HEAD", "application/problem+json")


def test_the_store_away_is_a_503_not_a_trace(client, monkeypatch):
    def gone(now):
        raise OperationalError("connection refused at 10.0.0.7")

    monkeypatch.setattr(read, "status", gone)
    response = client.get("/api/v1/status/")
    assert response.status_code == 503 and response["Retry-After"] and b"10.0.0.7" not in response.content


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ALL = (
    *filters.MARKETS, *filters.PAIRS, *filters.COMPARE, *filters_contracts.DERIVATIVES, *filters_contracts.FUNDING, *filters_contracts.SETTLED,
    *filters_contracts.OPTIONS, *filters_events.LISTINGS, *filters_events.ANNOUNCEMENTS, *filters_events.HISTORY, *filters_events.COPY_TRADING,
)
NAMES = st.sampled_from([p.name for p in ALL]) | TEXT
KNOWN = ["1", "-1", "BTC", "kucoin", "true", "fresh", "a|b|c|d", "BTC|USDT|spot|kucoin", "-volume", "1e999", "\x00", "2026-11-22", "9999-12-31"]
VALUES = TEXT | st.sampled_from(KNOWN) | st.integers().map(str)
PLACES = ["markets/", "pairs/", "exchanges/", "status/", "exchanges/kucoin/", "compare/BTC-USDT/", "derivatives/", "funding/", "funding/history/", "options/"]
PLACES += ["listings/", "listings/announcements/", "copy-trading/", "history/BTC-USDT/"]
ADDRESSES = st.sampled_from(PLACES) | TEXT.map(lambda t: f"compare/{quote(t, safe='')}/") | TEXT.map(lambda t: f"history/{quote(t, safe='')}/")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=ADDRESSES, query=st.lists(st.tuples(NAMES, VALUES), max_size=4), raw=st.binary(max_size=12))
def test_no_question_whatever_breaks_it(client, address, query, raw):
    api.forget()
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query) + (f"&{quote(raw)}" if raw else "")
    response = client.get(f"/api/v1/{address}?{text}")
    assert response.status_code in (200, 400, 404), response.content
    assert response["Content-Type"] in ("application/json", "application/problem+json")
