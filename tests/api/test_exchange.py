"""One exchange in full: what it offers, how each source stands, the plan, its own word, its networks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.adapter import SOURCE_NAMES
from exchanges.adapters import ADAPTERS
from exchanges.models import Exchange, Feed, Run
from markets.models import Network, ServiceStatus
from tests.api import published as p
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
ONE = next(slug for slug, a in ADAPTERS.items() if a.currencies and a.book)


def sources(answer):
    return {row["source"]: row for row in answer["capabilities"]}


def test_every_source_there_is_has_a_line_offered_or_not(get):
    for slug, adapter in ADAPTERS.items():
        rows = sources(get(f"exchanges/{slug}/"))
        carried = {name for name, row in rows.items() if row["comes_with"]}
        assert tuple(rows) == SOURCE_NAMES and {name for name, row in rows.items() if row["offered"]} == set(adapter.sources) | carried
        assert carried == ({"open_interest"} if adapter.open_interest is None and adapter.perp_tickers else set())
        for name, row in rows.items():
            if name not in adapter.sources:
                assert adapter.name in row["reason"] and ("does not offer" in row["reason"]) == (name not in carried)
                assert (row["enabled"], row["state"], row["rows"], row["outcome"]) == (False, None, None, None)


def test_a_source_tells_the_operators_period_its_cost_and_how_it_stands(get):
    p.answered("book", ONE, age_s=4, rows=20, period_s=45, markets=7, enabled=True)
    row = sources(get(f"exchanges/{ONE}/"))["book"]
    assert (row["period_s"], row["markets"], row["requests"], row["rows"], row["state"], row["outcome"]) == (45, 7, 1, 20, "fresh", "ok")
    assert 3 < row["age_s"] < 30 and row["reason"] is None and row["cost"] and row["key"] == "not_needed"


def test_a_source_that_is_off_failing_or_not_yet_read_says_why(get):
    Feed.objects.filter(exchange__slug=ONE, source="book").update(enabled=False)
    p.answered("currencies", ONE, age_s=9_000_000, outcome="schema", detail="another shape")
    rows = sources(get(f"exchanges/{ONE}/"))
    assert not rows["book"]["enabled"] and rows["book"]["reason"].endswith("order books: switched off by an operator.")
    assert rows["currencies"]["state"] == "expired" and "another shape" in rows["currencies"]["reason"]
    assert rows["tickers"]["state"] is None and rows["tickers"]["rows"] is None and "spot prices: nothing has been collected yet" in rows["tickers"]["reason"]


def test_an_exchange_that_is_off_reads_nothing(get, switch):
    switch(ONE, False)
    answer = get(f"exchanges/{ONE}/")
    assert {row["enabled"] for row in answer["capabilities"]} == {False} and answer["enabled"] is False


def test_what_needs_a_key_says_whether_there_is_one(get, monkeypatch):
    slug = next(slug for slug, a in ADAPTERS.items() if a.copy_traders)
    for word in ("KEY", "SECRET"):
        monkeypatch.delenv(f"PEBBLE_{slug.upper()}_API_{word}", raising=False)
    row = sources(get(f"exchanges/{slug}/"))["copy_traders"]
    assert row["key"] == "missing" and "no key is set" in row["reason"]
    for word in ("KEY", "SECRET"):
        monkeypatch.setenv(f"PEBBLE_{slug.upper()}_API_{word}", "invented-secret")
    fresh_memory()
    answer = get(f"exchanges/{slug}/")
    assert sources(answer)["copy_traders"]["key"] == "set" and "invented-secret" not in str(answer)


def test_the_plan_is_beside_what_was_used(get):
    one, now = Exchange.objects.get(slug=ONE), timezone.now()
    Run.objects.create(exchange=one, source="tickers", token=7, started_at=now, finished_at=now - timedelta(seconds=1), outcome="ok", ms=1, requests=10)
    Feed.objects.filter(exchange=one, source="candles").update(enabled=False)
    fresh_memory()
    plan = get(f"exchanges/{ONE}/")["plan"]
    shares = {row["source"]: row for row in plan["sources"]}
    assert set(shares) == set(ADAPTERS[ONE].sources) and plan["kept_pct"] == "20"
    assert (shares["tickers"]["planned_per_minute"], shares["tickers"]["used_per_minute"]) == ("6", "2")
    assert (shares["candles"]["planned_per_minute"], shares["candles"]["used_per_minute"]) == (None, "0")
    operator = plan["limits"][0]
    assert (operator["name"], operator["published"], operator["fits"]) == ("operator", str(ADAPTERS[ONE].budget), True)
    assert float(operator["room"]) == pytest.approx(0.8 * float(operator["sustained"]))


def test_its_own_word_and_its_networks(get):
    one = Exchange.objects.get(slug=ONE)
    now = timezone.now()
    ServiceStatus.objects.create(exchange=one, key="", state="open", seen_at=now)
    ServiceStatus.objects.create(exchange=one, key="m1", state="maintenance", title="Upgrade", starts_at=now, seen_at=now)
    usdt = p.code(ONE, "USDT")
    Network.objects.create(asset=usdt, network="ERC20", chain="ethereum", contract_address="0xabc", deposit_open=True, withdraw_open=False, seen_at=now)
    Network.objects.create(asset=usdt, network="TRC20", chain="tron", deposit_open=None, withdraw_open=True, seen_at=now)
    Network.objects.create(asset=p.code(ONE, "EUR"), network="", seen_at=now)
    gone = {"deposit_open": True, "withdraw_open": True, "contract_address": "0xdef", "seen_at": now - timedelta(days=30)}
    Network.objects.create(asset=usdt, network="OMNI", **gone)
    answer = get(f"exchanges/{ONE}/")
    assert [(s["id"], s["state"], s["title"]) for s in answer["service"]] == [(None, "open", None), ("m1", "maintenance", "Upgrade")]
    assert answer["networks"] == {"coins": 1, "networks": 2, "addresses": 1, "deposits_open": 1, "withdrawals_open": 1}
    silent = next(slug for slug, a in ADAPTERS.items() if a.currencies is None)
    assert get(f"exchanges/{silent}/")["networks"] is None


def test_the_hosts_are_named_and_the_one_in_use(get):
    hosts = ADAPTERS[ONE].hosts
    assert (get(f"exchanges/{ONE}/")["hosts"], get(f"exchanges/{ONE}/")["host"]) == (list(hosts), hosts[0])
    Exchange.objects.filter(slug=ONE).update(host=hosts[-1])
    fresh_memory()
    assert get(f"exchanges/{ONE}/")["host"] == hosts[-1]
