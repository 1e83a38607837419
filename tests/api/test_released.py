"""An exchange that is not released to everybody: who sees it, on pages, in the API and in answers alike."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.utils import timezone
from django_q.models import Schedule

from exchanges.models import Exchange, Incident
from markets import audience, held, incidents, read, store
from markets.models import ExchangeAsset, FundingSettlement, Market
from markets.reads import machinery, shadow, vocabulary
from tests.api.conftest import fresh_memory
from tests.markets.build import NOW, catalogue, contract, contracts, prices, ticker

pytestmark = pytest.mark.usefixtures("market")
BTC = "/compare/BTC-USDT/"


def release(slug, state, percent=0):
    Exchange.objects.filter(slug=slug).update(release=state, release_percent=percent)
    store.touch("switches")
    fresh_memory()


def on_page(client, address, **more):
    return "KuCoin" in client.get(address, **more).content.decode()


def test_in_the_shadow_it_is_compared_and_shown_nowhere(client, get):
    contracts("kucoin", contract("BTC/USDT"))
    release("kucoin", "shadow")
    for address in (BTC, "/", "/status/", "/arbitrage/", "/liquidity/", "/volume/", "/funding/", "/discover/", "/assets/btc/", "/ask/?q=best+price+for+BTC"):
        assert not on_page(client, address), address
    for address in ("compare/BTC-USDT/", "markets/", "pairs/", "exchanges/", "derivatives/", "listings/?exchange=kucoin", "markets/?exchange=kucoin", "status/",
                    "arbitrage/", "ask/?q=best+price+for+BTC"):  # fmt: skip
        assert '"kucoin"' not in json.dumps(get(address)["results"] if "results" in get(address) else get(address)), address
    assert get("compare/BTC-USDT/")["best"]["buy"]["exchange"] == "binance"
    assert "kucoin" in held.everything().entries and held.everything().own["kucoin"]
    with audience.of(None):  # operators
        assert "kucoin" in {e.slug for e in read.exchanges(timezone.now())}


def test_to_a_question_it_is_an_exchange_that_is_not_covered(client, get):
    """And no untrue word of it: that it does not list what it does list."""
    release("kucoin", "shadow")
    for question in ("BTC+price+on+kucoin", "is+kucoin+up", "Are+ETH+withdrawals+open+on+KuCoin"):
        said = " ".join(answer["sentence"] for answer in get(f"ask/?q={question}")["answers"])
        assert "KuCoin is not covered." in said and "does not list" not in said, question
    with audience.of(None):
        assert "kucoin" in vocabulary.vocabulary().exchanges.values()


def test_prices_that_are_not_shown_are_measured_by_the_others():
    now = timezone.now() - timedelta(seconds=1)
    catalogue("gateio", "BTC/USDT", now=now)
    release("gateio", "shadow")
    prices("gateio", ticker("BTC/USDT", "100.1", "100.8"), now=now)
    found = shadow.agreement("gateio", timezone.now())
    assert (found.compared, found.within, found.pct) == (1, 1, 100)
    prices("gateio", ticker("BTC/USDT", 135, 136), now=now + timedelta(seconds=1))
    found = shadow.agreement("gateio", timezone.now())
    assert (found.compared, found.within, found.pct) == (1, 0, 0)
    assert shadow.agreement("bitget", NOW).pct is None
    assert read.compare("BTC", "USDT", timezone.now()).best_buy.exchange != "gateio"


def test_a_share_of_visitors_sees_it_and_each_of_them_the_same_everywhere(client, get):
    """By the address, which stays: pages and the API agree for one visitor, and no kept page is shown to somebody else."""
    addresses = [f"198.51.100.{n}" for n in range(24)]
    seen = {}
    for percent in (0, 30, 60, 100):
        release("kucoin", "percent", percent)
        page = {a: on_page(client, BTC, REMOTE_ADDR=a) for a in addresses}
        api = {a: any(q["exchange"] == "kucoin" for q in client.get("/api/v1/compare/BTC-USDT/", REMOTE_ADDR=a).json()["quotes"]) for a in addresses}
        assert page == api
        seen[percent] = {a for a in addresses if page[a]}
    assert seen[0] == set() and seen[100] == set(addresses)
    assert set() < seen[30] < seen[60] < seen[100]  # the same ones stay in while it grows


def test_inside_the_share_it_counts_in_full(client):
    release("kucoin", "percent", 100)
    best = client.get("/api/v1/compare/BTC-USDT/").json()
    assert best["best"]["buy"]["exchange"] == "kucoin"
    with audience.of(audience.NOBODY):  # where nobody is looking, as in a worker
        assert "kucoin" not in {row.quote.exchange for row in read.compare("BTC", "USDT", timezone.now()).rows}


def test_no_incident_of_it_is_told_to_who_does_not_see_it(get):
    Incident.objects.create(key="down:kucoin", kind="down", exchange=Exchange.objects.get(slug="kucoin"), title="KuCoin is down", opened_at=timezone.now())
    assert incidents.going_on().count() == 1
    release("kucoin", "shadow")
    assert not incidents.going_on()
    with audience.of(None):
        assert incidents.going_on().count() == 1


def test_nothing_that_is_stored_beside_the_board_names_it(client, get):
    """Settled funding, the days of each exchange, late schedules, switches by operators, and incidents of our own."""
    contracts("kucoin", contract("BTC/USDT"))
    exchange, now = Exchange.objects.get(slug="kucoin"), timezone.now()
    FundingSettlement.objects.create(market=Market.objects.get(exchange=exchange, kind="perp"), settled_at=now, rate=Decimal("0.0001"))
    Schedule.objects.create(name="start kucoin", func="f", next_run=now - timedelta(hours=1))
    LogEntry.objects.log_create(exchange, force_log=True, action=LogEntry.Action.UPDATE, changes={"enabled": ["False", "True"]})
    Incident.objects.create(key="network", kind="network", title="Our network", detail="On 3 exchanges: KuCoin, Bybit.", opened_at=now)
    ExchangeAsset.objects.filter(exchange__slug="binance", code="BTC").update(evidence="its full name is Bitcoin, as on KuCoin and Bybit")
    addresses = ("/status/", "/status.json", "/feeds/incidents/", "/api/v1/status/", "/api/v1/funding/history/?base=BTC", "/assets/btc/", "/api/v1/assets/btc/")
    said = {address: client.get(address).content.decode().lower() for address in addresses}
    assert all("kucoin" in text for text in said.values())
    release("kucoin", "shadow")
    for address in addresses:
        assert "kucoin" not in client.get(address).content.decode().lower().partition("day of")[0], address
    assert "On 3 exchanges: one that is not shown, Bybit." in client.get("/feeds/incidents/").content.decode()
    Exchange.objects.filter(slug="kucoin").update(name="Secret Venue")
    fresh_memory()
    assert not on_page(client, "/feeds/incidents/"), "nor by the name it had when that was written"
    assert "as on one that is not shown and Bybit" in client.get("/assets/btc/").content.decode()
    with audience.of(None):
        assert "kucoin" in {late.name.removeprefix("start ") for late in machinery.overdue(now)}


def test_back_to_off_nothing_is_asked_and_it_stands_there_as_off(get):
    release("kucoin", "off")
    found = next(e for e in get("exchanges/")["results"] if e["exchange"] == "kucoin")
    assert (found["enabled"], found["state"]) == (False, "disabled")


def test_released_to_everybody_there_is_one_view():
    assert held.current() is held.everything() and held.looker() == ""
