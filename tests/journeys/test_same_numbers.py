"""Pages, API and an independent computation agree on every pair of the simulated universe."""

import html
import re
from decimal import Decimal

import pytest

from tests.journeys.conftest import FIVE, poll

pytestmark = pytest.mark.system
EXCLUDING = {
    "disabled", "auto_disabled", "banned", "blocked", "not_in_rollout", "not_listed", "not_trading", "no_bid_ask", "bad_number", "crossed", "wide", "future",
    "frozen", "price_anomaly", "unit_mismatch", "identity_conflict", "dislocated", "disputed", "no_consensus", "conflicted",
}


@pytest.fixture
def still(collected, settings, client, monkeypatch):
    """The API without a limit, and nothing polled any more: two answers a moment apart must be the same."""
    from markets.models import Setting

    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})
    for slug in FIVE:
        poll(slug)  # again: bundles found at first sight are per coin by now
    return client


def everything(client, path):
    rows, url = [], f"/api/v1/{path}/?limit=1000"
    while url:
        page = client.get(url).json()
        rows += page["results"]
        url = page["next"]
    return rows


def computed(quotes):
    """{pair: (cheapest after fee, dearest after fee)} by nothing but the rows of `markets/`."""
    found = {}
    for q in quotes:
        if q["state"] != "fresh" or q["bid"] is None or q["ask"] is None or EXCLUDING & set(q["flags"]):
            continue
        fee = Decimal(q["fee_pct"]) / 100
        buy, sell = (Decimal(q["ask"]) * (1 + fee), q["exchange"]), (Decimal(q["bid"]) * (1 - fee), q["exchange"])
        found.setdefault((q["base"], q["quote"]), []).append((buy, sell, "unknown_identity" in q["flags"]))
    best = {}
    for pair, rows in found.items():
        sure = [r for r in rows if not r[2]] or rows
        best[pair] = min(r[0][0] for r in sure), max(r[1][0] for r in sure)
    return best


def test_one_market_seen_by_program_and_person(still):
    """One installation for all three: collecting five exchanges is what takes the time."""
    the_best_of_every_pair_is_what_the_single_quotes_say(still)
    pages_show_the_numbers_of_the_api(still)
    no_number_is_written_with_an_exponent(still)


def the_best_of_every_pair_is_what_the_single_quotes_say(client):
    expected = computed(everything(client, "markets"))
    answered = {}
    for row in everything(client, "pairs"):
        ends = row["best"]["buy"], row["best"]["sell"]
        if all(ends):
            answered[row["base"], row["quote"]] = tuple(Decimal(end["net_price"]) for end in ends)
    assert len(expected) > 2000
    assert answered == expected


def pages_show_the_numbers_of_the_api(client):
    page = html.unescape(client.get("/?limit=50").content.decode())
    shown = set(re.findall(r'<data value="([^"]+)"', page))
    for row in client.get("/api/v1/pairs/?quote=USDT&ordering=-volume&limit=50").json()["results"][:50]:
        for end in ("buy", "sell"):
            assert row["best"][end]["price"] in shown, (row["base"], end)
    for pair in ("BTC-USDT", "ETH-USDT", "POL-USDT", "PEPE-USDT"):
        page = html.unescape(client.get(f"/compare/{pair}/").content.decode())
        shown = set(re.findall(r'<data value="([^"]+)"', page))
        answer = client.get(f"/api/v1/compare/{pair}/").json()
        for quote in answer["quotes"]:
            if quote["rank"]:
                assert {quote["bid"], quote["ask"], quote["net_price"]} <= shown, (pair, quote["exchange"])
        assert answer["reference_price"] in shown


def no_number_is_written_with_an_exponent(client):
    for path in ("/", "/?quote=BTC", "/compare/PEPE-USDT/", "/api/v1/markets/?limit=1000&quote=BTC", "/api/v1/pairs/?limit=1000"):
        text = client.get(path).content.decode()
        assert not re.search(r'(?<![\w#"-])\d[\d.]*[eE][+-]?\d+(?![\w-])', text), path
