"""How often one address may ask."""

import pytest

from markets.api.throttle import Counter
from markets.models import Setting
from tests.api.conftest import fresh_memory

pytestmark = [pytest.mark.usefixtures("stored"), pytest.mark.both]
START = 60_000.0


@pytest.fixture
def counter(tmp_path):
    return Counter(tmp_path / "throttle")


def test_twenty_in_ten_seconds_sixty_in_a_minute(counter):
    allowed = [second for tenth in range(600) if counter.wait("192.0.2.1", START + (second := tenth / 10), 60, 20) == 0]
    assert len(allowed) == 60
    assert [sum(s // 10 == ten for s in allowed) for ten in range(6)] == [20, 20, 20, 0, 0, 0]


def test_the_wait_is_when_it_may_go_on(counter):
    for _ in range(20):
        assert counter.wait("192.0.2.1", START + 3, 60, 20) == 0
    wait = counter.wait("192.0.2.1", START + 3, 60, 20)
    assert wait == 8 and counter.wait("192.0.2.1", START + 3 + wait, 60, 20) == 0


def test_addresses_do_not_pay_for_each_other_but_one_ipv6_network_is_one(counter):
    for _ in range(20):
        counter.wait("192.0.2.1", START, 60, 20)
        counter.wait("2001:db8:1:2::1", START, 60, 20)
    assert counter.wait("192.0.2.2", START, 60, 20) == 0
    assert counter.wait("2001:db8:1:2:ffff::9", START, 60, 20) > 0
    assert counter.wait("2001:db8:1:3::1", START, 60, 20) == 0


def test_two_processes_count_together(counter, tmp_path):
    other = Counter(tmp_path / "throttle")
    passed = [c.wait("192.0.2.1", START, 0, 5) == 0 for c in (counter, other) * 5]
    assert passed == [True] * 5 + [False] * 5


@pytest.fixture
def limited():
    Setting.objects.filter(pk=1).update(api_per_minute=3, api_burst_10s=0)
    fresh_memory()


def ask(client, **headers):
    return client.get("/api/v1/exchanges/", headers=headers, REMOTE_ADDR="198.51.100.7")


def test_too_many_is_a_429_with_the_wait_and_a_forged_header_is_no_way_round(client, limited, settings):
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 0}
    answers = [ask(client, x_forwarded_for=f"203.0.113.{n}") for n in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    refused = answers[-1]
    assert 1 <= int(refused["Retry-After"]) <= 60 and refused["Content-Type"] == "application/problem+json" and refused.json()["status"] == 429


def test_behind_one_proxy_its_own_entry_counts_and_what_a_client_wrote_does_not(client, limited, settings):
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 1}
    assert [ask(client, x_forwarded_for=f"203.0.113.{n}, 198.51.100.20").status_code for n in range(4)] == [200, 200, 200, 429]
    assert ask(client, x_forwarded_for="198.51.100.21").status_code == 200


def test_no_limit_is_no_limit(client):
    assert {ask(client).status_code for _ in range(30)} == {200}
