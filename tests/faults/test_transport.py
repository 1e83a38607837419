"""Rows T1-T16 of the fault catalogue: what an exchange's connection does to the price page, the store and the other four.

How the transport itself meets each of them (memory, deadlines, certificates) is in tests/exchanges/test_transport.py.
"""

import socket
import ssl
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges import health, leases, transport
from exchanges.adapters import ADAPTERS
from exchanges.client import ExchangeClient
from exchanges.models import Feed, Run, Transition
from exchanges.state import MemoryLimits
from exchanges.transport import Transport, tls
from markets import read
from markets.models import Quote
from tests.exchanges.rough import free_port, serving, silent
from tests.faults.conftest import PAIR, PATIENT, QUICK, SICK, WELL, poll

pytestmark = pytest.mark.xdist_group("faults")  # one process: they share the stored world

OTHER_HOST, ITSELF = "https://api.example.org/", "http://127.0.0.1/api.kucoin.com/api/v1/market/allTickers"
# row, fault, outcome, requests that arrive (2: one retry is allowed)
BROKEN = [
    ("T1", "refused", "reset", 2),
    ("T4", "hang", "first_byte_timeout", 1),
    ("T5", {"name": "drip", "every_s": 0.05}, "deadline", 1),
    ("T6", "reset", "reset", 2),
    ("T7", "truncated", "truncated", 1),
    ("T7", {"name": "truncated", "chunked": True}, "truncated", 1),
    ("T8", "cut", "not_json", 1),
    ("T9", "gzip_bomb", "too_large", 1),
    ("T10", "giant", "too_large", 1),
    ("T10", {"name": "giant", "endless": True}, "too_large", 1),
    ("T11", "broken_gzip", "decode", 1),
    ("T11", {"name": "broken_gzip", "plain": True}, "decode", 1),
    ("T12", "redirect", "redirect_blocked", 1),
    ("T12", {"name": "redirect", "status": 301, "to": OTHER_HOST}, "redirect_blocked", 1),
    ("T12", {"name": "redirect", "status": 307, "to": ITSELF}, "redirect_blocked", 1),
    ("T14", "huge_headers", "too_large", 1),
    ("T14", "bad_status_line", "decode", 1),
]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case[0]}-{case[2]}")
def test_a_broken_call_stores_nothing_and_the_old_prices_stay_with_their_age(world, dial, case):
    """Rows T1 T4 T5 T6 T7 T8 T9 T10 T11 T12 T14: one typed outcome, the body thrown away whole, the others untouched, healed by the next call."""
    row, fault, outcome, requests = case
    before = world.quotes()
    if row in ("T4", "T5"):
        dial(QUICK)
    got, asked, took = world.strike(fault)
    assert (got, asked) == (outcome, requests)
    assert took < 3, "no call outlives its deadline"
    assert world.quotes() == before
    run, (_, tickers) = world.run(), world.sick()
    assert (run.outcome, run.rows, tickers.outcome) == (outcome, 0, outcome)
    assert run.detail and run.detail.isprintable() and "<" not in run.detail
    old, _ = world.compare()
    assert old[SICK]["bid"] and 4 <= old[SICK]["age_s"] < 30 and old[SICK]["state"] == "fresh"
    world.others_stay()
    world.heal()
    if row in ("T4", "T5"):
        dial(PATIENT)
    assert poll(SICK) == "ok"


def test_three_failed_cycles_are_down_and_then_nobody_knocks_until_the_probe(world, dial):
    """T1: `refused`; down after three cycles and told of once; no reconnect loop; the last good price stays with its age."""
    dial(QUICK, f"http://127.0.0.1:{free_port()}")
    assert [poll(SICK) for _ in range(5)] == ["refused"] * 3 + ["breaker_open"] * 2
    sick, tickers = world.sick()
    assert (sick.state, sick.breaker, tickers.outcome) == ("down", "open", "refused") and 20 < sick.retry_in_s <= 36
    Quote.objects.filter(market__exchange__slug=SICK).update(observed_at=timezone.now() - timedelta(seconds=70))
    read.forget()
    old, answer = world.compare()
    assert (old[SICK]["rank"], old[SICK]["state"]) == (None, "stale")
    assert "last seen" in {each["exchange"]: each["detail"] for each in answer["excluded"]}[SICK]
    for address in ("/", "/status/", "/arbitrage/"):
        nobody = world.totals()
        assert world.page(address) and world.totals() == nobody
    assert Transition.objects.filter(exchange__slug=SICK, after="down").count() == 1
    assert world.run().requests <= 2
    world.others_stay()


def test_whose_time_answers_again_is_asked_for_its_prices_and_back_only_with_them(world, dial):
    """T1: after a long outage the next probe of the prices is minutes away, and two good answers of other sources are no prices."""
    dial(QUICK, f"http://127.0.0.1:{free_port()}")
    assert [poll(SICK) for _ in range(3)] == ["refused"] * 3
    Feed.objects.filter(exchange__slug=SICK, source="tickers").update(opened=5, probe_at=timezone.now() + timedelta(minutes=4))
    dial(PATIENT)
    assert poll(SICK, "time") == "ok"
    assert (world.sick()[0].state, world.sick()[1].outcome) == ("down", "refused")
    assert poll(SICK, "instruments") == "ok"
    sick = world.sick()[0]
    assert (sick.state, sick.detail) == ("down", "It answers, but not with prices: refused.")
    assert poll(SICK) == "ok", "with the first answer the next try of its prices was due"
    assert world.sick()[0].state == "healthy"


@pytest.mark.parametrize("fails", [2, 3])
def test_below_three_failures_and_behind_a_page_it_is_not_back_either(world, dial, fails):
    """Its time failed, too, so it is down before the prices' breaker opens; or a maintenance page has closed that breaker."""
    dial(QUICK, f"http://127.0.0.1:{free_port()}")
    for source in ("tickers", "time", "tickers", "tickers")[: fails + 1]:
        poll(SICK, source)
    assert world.sick()[0].state == "down"
    dial(PATIENT)
    if fails == 3:
        Feed.objects.filter(exchange__slug=SICK, source="tickers").update(probe_at=timezone.now())
        assert world.strike("html")[0] == "content_type"
        world.heal()
    assert (poll(SICK, "time"), poll(SICK, "instruments")) == ("ok", "ok")
    assert world.sick()[0].state == "down"
    assert poll(SICK) == "ok" and world.sick()[0].state == "healthy"


def test_where_only_prices_fail_the_breaker_keeps_its_own_pace(world, dial):
    """T1: an exchange that answers again and again has not just come back."""
    feed = Feed.objects.filter(exchange__slug=SICK, source="tickers")
    dial(QUICK, f"http://127.0.0.1:{free_port()}")
    assert [poll(SICK) for _ in range(3)] == ["refused"] * 3
    dial(PATIENT)
    assert poll(SICK, "time") == "ok" and feed.get().probe_at <= timezone.now(), "the first answer brings the next try forward"
    dial(QUICK, f"http://127.0.0.1:{free_port()}")
    assert poll(SICK) == "refused" and feed.get().probe_at > timezone.now()
    dial(PATIENT)
    assert poll(SICK, "time") == "ok" and feed.get().probe_at > timezone.now(), "the second one does not"


def test_a_name_that_is_not_found_is_looked_up_again_the_next_time(world, monkeypatch):
    """T2: `dns` while the resolver fails, for whoever is asked; the very next cycle asks it again."""
    looked_up, real = [], socket.getaddrinfo

    def failing(host, *args, **kwargs):
        looked_up.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", failing)
        patch.setattr(transport, "is_address", lambda host: False)  # the simulator's address stands for exchanges' names
        assert [poll(slug) for slug in (SICK, "bybit", SICK)] == ["dns"] * 3
    assert len(looked_up) == 3 and socket.getaddrinfo is real
    assert [poll(SICK), poll("bybit")] == ["ok", "ok"]
    assert {world.sick(slug)[0].state for slug in (SICK, "bybit")} == {"healthy"}


def test_no_setting_turns_verification_off(monkeypatch):
    """T3: certificates and names are always verified, whatever the environment says."""
    for name, text in {"SSL_CERT_FILE": "/nowhere", "SSL_CERT_DIR": "/nowhere", "PYTHONHTTPSVERIFY": "0", "REQUESTS_CA_BUNDLE": ""}.items():
        monkeypatch.setenv(name, text)
    context = tls.__wrapped__()
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 50


def test_a_hanging_exchange_costs_the_others_no_time(world):
    """T4: while one call waits in silence, the other four are asked and stored as ever."""
    world.simulator.control(**{SICK: {"fault": {"name": "hang", "for_s": 1.5}}})
    apart = Transport(upstream=world.simulator.url, deadlines=PATIENT)
    done = threading.Event()

    def hang():
        ExchangeClient(ADAPTERS[SICK], apart, MemoryLimits()).fetch("time")
        done.set()

    threading.Thread(target=hang).start()
    assert {poll(slug, "time") for slug in WELL} == {"ok"}
    assert not done.is_set(), "all four were done while it hung"
    assert done.wait(20)
    apart.close()


def test_an_idle_connection_that_was_closed_is_no_failure(world):
    """T13: the second call meets a closed connection, is made again on a new one and counts as good."""
    for _ in range(2):
        assert world.strike("idle_close")[0] == "ok"
    feed = Feed.objects.get(exchange__slug=SICK, source="tickers")
    assert (feed.fails, world.sick()[0].state) == (0, "healthy")


def test_the_environments_proxy_gets_nothing(world, dial, monkeypatch):
    """T15: a proxy named by the environment is not used."""
    with serving(silent) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.upstream)
        dial(PATIENT)
        assert poll(SICK) == "ok"
        assert proxy.connections == 0


def test_slow_is_degraded_after_three_cycles_and_slows_nobody_else(world, monkeypatch):
    """T16: no error, only time: degraded by p95 after three cycles, and from then on its batches go one at a time."""
    monkeypatch.setattr(health, "SLOW_MS", 200)  # a fifth of a second stands for two
    Run.objects.all().delete()
    states = []
    for _ in range(3):
        assert world.strike({"name": "slow", "ms": 210})[0] == "ok"
        states.append(world.sick()[0].state)
    assert states == ["healthy", "healthy", "degraded"] and "Slow" in world.sick()[0].detail
    assert {poll(slug) for slug in WELL} == {"ok"}
    quotes, _ = world.compare(PAIR)
    assert quotes[SICK]["rank"], "slow is not wrong"
    now = timezone.now()
    batches = [source for source in ("book", "candles", "funding_history") if Feed.objects.filter(exchange__slug=SICK, source=source, enabled=True).exists()]
    for feed in Feed.objects.filter(exchange__slug=SICK, source__in=batches):
        Feed.objects.filter(pk=feed.pk).update(started_at=now - timedelta(seconds=feed.firing_s))
    taken = [isinstance(leases.claim(SICK, source, now), leases.Claim) for source in batches]
    assert len(batches) > 1 and taken == [True] + [False] * (len(batches) - 1)
    assert isinstance(leases.claim(SICK, "tickers", now, spaced=False), leases.Claim), "prices always go"
    assert all(isinstance(leases.claim(WELL[0], source, now), leases.Claim) for source in batches), "and so does what is well"
