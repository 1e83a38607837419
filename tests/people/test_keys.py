"""Keys of the API: found, counted, refused; and limits that a forged header or a second web server does not bypass (U1)."""

import logging
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone

from exchanges.models import Exchange
from markets import keys, rollouts
from markets.api import shared_counter, throttle
from markets.api.visitor import subject_of
from markets.models import ApiKey, Rollout

NOW = timezone.now()


@pytest.fixture
def key(anna):
    return keys.make(anna, "script", ["read"], NOW)


@pytest.fixture
def ask(client):
    def get(text=None, path="exchanges/", scheme="Bearer", **more):
        headers = {"Authorization": f"{scheme} {text}"} if text is not None else {}
        return client.get(f"/api/v1/{path}", headers={**headers, **more}, REMOTE_ADDR="198.51.100.7")

    return get


def test_only_a_hash_is_kept(key):
    row, text = key
    stored = str(ApiKey.objects.values().get())
    assert text.split("_")[2] not in stored and row.digest == keys.digest(text.split("_")[2]) and len(text) == 64


def test_a_key_opens_until_it_ends_is_revoked_or_its_owner_is_switched_off(anna):
    row, text = keys.make(anna, "n", ["read"], NOW, NOW + timedelta(hours=1))
    assert keys.find(text, NOW) == row and keys.find(text, NOW + timedelta(hours=1, seconds=-1)) == row
    assert keys.find(text, NOW + timedelta(hours=1)) is None
    anna.is_active = False
    anna.save()
    keys.forget()
    assert keys.find(text, NOW) is None
    anna.is_active = True
    anna.save()
    keys.forget()
    keys.revoke(keys.find(text, NOW), NOW)
    assert keys.find(text, NOW) is None


def test_a_key_is_looked_up_once_a_second(key, django_assert_num_queries, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: clock[0])
    with django_assert_num_queries(1):
        for _ in range(5):
            assert keys.find(key[1], NOW)
    clock[0] += 1.01
    with django_assert_num_queries(1):
        assert keys.find(key[1], NOW)


def test_the_last_use_is_written_once_a_minute_whoever_asks(key, django_assert_num_queries):
    row = keys.find(key[1], NOW)
    keys.used(row, NOW)
    with django_assert_num_queries(0):
        keys.used(row, NOW + timedelta(seconds=59))
    other = ApiKey.objects.get()  # another process
    other.last_used_at = None
    keys.used(other, NOW + timedelta(seconds=30))
    assert ApiKey.objects.get().last_used_at == NOW
    keys.used(row, NOW + timedelta(seconds=60))
    assert ApiKey.objects.get().last_used_at == NOW + timedelta(seconds=60)


def test_a_database_that_is_away_does_not_refuse_a_key_that_is_known(key, monkeypatch):
    row = keys.find(key[1], NOW)

    def away(*args, **more):
        raise OperationalError("away")

    monkeypatch.setattr(ApiKey.objects, "filter", away)
    keys.used(row, NOW)
    assert keys.find(key[1], NOW) == row


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["write"]}, {"scopes": ["read", 5]}, {"name": ""}, {"name": "x" * 61}])
def test_a_key_that_cannot_be_is_not_made(anna, wrong):
    with pytest.raises(ValidationError):
        keys.make(anna, now=NOW, **{"name": "n", "scopes": ["read"], **wrong})


# --- In a request ---------------------------------------------------------------------------------------------------
def test_a_good_key_is_answered_like_none_and_its_use_is_noted(key, ask):
    answer = ask(key[1])
    assert answer.status_code == 200 and answer.json().keys() == ask().json().keys()
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize("text", ["", "pb_", "x" * 64, "pb_000000000000_" + "0" * 48, "pb_000000000000_" + "0" * 47 + "é"])
def test_a_wrong_key_is_a_401_that_says_what_to_do_and_never_falls_back_to_none(key, ask, text):
    refused = ask(text)
    assert refused.status_code == 401 and refused["WWW-Authenticate"] == "Bearer" and refused["Content-Type"] == "application/problem+json"
    assert refused.json()["title"] == "Key needed" and "/accounts/" in refused.json()["detail"] and (not text or text not in refused.content.decode())


def test_the_right_prefix_with_another_secret_opens_nothing(key, ask):
    assert ask(key[1][:-1] + ("0" if key[1][-1] != "0" else "1")).status_code == 401


def test_another_scheme_says_how_it_reads(key, ask):
    assert "must read: Bearer pb_" in ask("dXNlcjpw", scheme="Basic").json()["detail"]
    assert ask(key[1], scheme="bearer").status_code == 200


def test_a_key_in_an_address_is_an_unknown_parameter(key, ask):
    assert ask(path=f"exchanges/?key={key[1]}").status_code == 400


def test_a_key_without_the_scope_is_a_403_that_names_what_it_may(key, ask):
    refused = ask(key[1], path="ask/?q=best+price+for+btc")
    assert refused.status_code == 403 and "It may: read." in refused.json()["detail"]


def test_a_key_is_never_logged(key, ask, caplog):
    """U13"""
    with caplog.at_level(logging.DEBUG):
        ask(key[1])
        ask(key[1] + "x")
        ask(key[1], path="ask/?q=x")
    assert key[1] not in caplog.text and key[1].split("_")[2] not in caplog.text


# --- Counted --------------------------------------------------------------------------------------------------------
def test_a_key_has_its_own_limit_from_wherever_it_is_used_and_wrong_ones_use_up_the_addresses(key, ask, client, limits):
    """U1"""
    limits(api_per_minute=3, api_burst_10s=0, api_key_per_minute=5)
    assert [ask().status_code for _ in range(4)] == [200, 200, 200, 429]
    addresses = [client.get("/api/v1/exchanges/", headers={"Authorization": f"Bearer {key[1]}"}, REMOTE_ADDR=f"198.51.100.{n}") for n in range(50, 56)]
    assert [a.status_code for a in addresses] == [200] * 5 + [429]
    assert "with this key" in addresses[-1].json()["detail"] and int(addresses[-1]["Retry-After"]) >= 1
    guesses = [client.get("/api/v1/exchanges/", headers={"Authorization": "Bearer pb_x"}, REMOTE_ADDR="198.51.100.99").status_code for _ in range(5)]
    assert guesses == [401, 401, 401, 429, 429]


def test_a_hundred_a_second_with_rotated_headers_are_twenty_in_ten_seconds(client, limits, settings):
    """U1"""
    limits(api_per_minute=60, api_burst_10s=20)
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 0}
    forged = [{"X-Forwarded-For": f"203.0.113.{n}, 203.0.113.9"} for n in range(100)]
    codes = [client.get("/api/v1/exchanges/", headers=headers, REMOTE_ADDR="198.51.100.200").status_code for headers in forged]
    assert 20 <= codes.count(200) <= 40 and set(codes) == {200, 429}  # 40 where the ten seconds end in the middle


# --- Several web servers --------------------------------------------------------------------------------------------
@pytest.fixture
def second_server(tmp_path):
    """The same limiter on another host: its own file, the same store."""
    limiter = throttle.Limiter("api")
    limiter._counter = throttle.Counter(tmp_path / "other-host")
    return limiter


@pytest.mark.both
def test_two_web_servers_count_together_where_there_is_a_shared_store(stored, second_server, tmp_path):
    """U1: with Valkey one count for both; without it each host counts for itself."""
    shared_counter.forget()
    first = throttle.Limiter("api")
    first._counter = throttle.Counter(tmp_path / "first-host")
    who = f"key:{tmp_path.name}"
    passed = [limiter.wait(who, 6, 4) == 0 for limiter in (first, second_server) * 4]
    assert passed.count(True) == (4 if django_settings.REDIS_URL else 8)
    if django_settings.REDIS_URL:
        assert 1 <= first.wait(who, 6, 4) <= 10 and 0 < second_server.wait(who, 4, 0) <= 60
        assert first.wait(f"{who}-another", 6, 4) == 0


def test_a_shared_store_that_is_away_is_asked_again_after_a_while_and_each_host_counts_meanwhile(stored, second_server, settings, monkeypatch):
    """U1"""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    shared_counter.forget()
    asked, script = [], shared_counter._script
    monkeypatch.setattr(shared_counter, "_script", lambda address: asked.append(address) or script(address))
    assert [second_server.wait("key:away", 2, 0) == 0 for _ in range(3)] == [True, True, False]
    assert len(asked) == 1
    shared_counter.forget()
    second_server.wait("key:away", 2, 0)
    assert len(asked) == 2
    shared_counter.forget()


# --- Rollouts -------------------------------------------------------------------------------------------------------
def test_a_listed_key_is_always_in_and_a_key_is_a_visitor_of_its_own(key, rf):
    row, _ = key
    request = rf.get("/api/v1/ask/")
    assert subject_of(request, row) == f"key:{row.prefix}" != subject_of(request)
    Rollout.objects.create(intent="best_price", exchange=Exchange.objects.first(), state="percent", percent=0, always=f"key:{row.prefix}")
    rollouts.forget()
    slug = Exchange.objects.first().slug
    assert rollouts.is_open("best_price", slug, subject_of(request, row)) and not rollouts.is_open("best_price", slug, "key:000000000000")
    rollouts.forget()
