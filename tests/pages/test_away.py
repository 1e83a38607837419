"""I2: the database is away: not one statement is answered. Prices are compared from memory; the rest says so and when to come back."""

import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from markets import held, store
from markets.api import core
from markets.pages import cache as pagecache
from tests.pages.market import SLUGS

KEPT = ("/compare/BTC-USDT/", "/compare/BTC-USDT/?amount=1000", "/compare/BTC-USDT/?side=sell", "/api/v1/compare/BTC-USDT/", "/")
OTHERS = ("/status/", "/funding/", "/volume/", "/accounts/login/", "/api/v1/status/")


@contextmanager
def away(monkeypatch, later=timedelta(minutes=2)):
    """Every statement fails, as on a connection to a server that has stopped."""

    def refused(execute, sql, params, many, context):
        raise OperationalError("connection refused at 10.0.0.7")

    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 120)  # whatever is kept for seconds is read again
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + later)  # or for the minute
    pagecache.forget()
    core.forget()
    with connection.execute_wrapper(refused):
        yield


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", KEPT)
def test_i2_prices_are_compared_from_memory_with_their_age(stored, visitor, monkeypatch, address):
    before = visitor.get(address)
    assert before.status_code == 200
    with away(monkeypatch):
        after = visitor.get(address)
    assert after.status_code == 200, after.content[:300]


@pytest.mark.parametrize("seen_before", [True, False])
@pytest.mark.parametrize("address", KEPT)
def test_i2_also_by_who_comes_first_after_something_else_has_changed(stored, visitor, monkeypatch, address, seen_before):
    """The board is renewed by any page; what else a comparison is made of may be older, or was never read."""
    if seen_before:
        visitor.get(address)
    store.touch("books", "assets", "switches", *(f"{name}:{slug}" for name in ("contracts", "funding", "catalogue") for slug in SLUGS))
    held.look_again()
    visitor.get("/guide/")
    with away(monkeypatch):
        answer = visitor.get(address)
    assert answer.status_code == 200, answer.content[:300]


def test_i2_the_overview_is_there_when_an_hour_begins_meanwhile(stored, visitor, monkeypatch):
    assert visitor.get("/").status_code == 200
    with away(monkeypatch, timedelta(hours=1)):
        assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("address", OTHERS)
def test_i2_what_needs_the_database_says_when_to_come_back_and_nothing_of_it(stored, visitor, monkeypatch, address):
    visitor.get(address)
    with away(monkeypatch):
        answer = visitor.get(address)
    assert answer.status_code == 200 or (answer.status_code == 503 and answer["Retry-After"]), answer.content[:300]
    assert b"10.0.0.7" not in answer.content and b"Traceback" not in answer.content


def test_i3_the_status_page_says_that_the_queue_does_not_answer(stored, visitor, monkeypatch):
    from redis.exceptions import ConnectionError as Refused

    from markets.reads import machinery

    def refused(*_):
        raise Refused("connection refused at 10.0.0.7")

    monkeypatch.setattr(machinery.settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(machinery.Stat, "get_all", refused)
    monkeypatch.setattr(machinery, "get_broker", refused)
    machinery.forget()
    page = visitor.get("/status/")
    assert page.status_code == 200 and b"does not answer" in page.content
    assert visitor.get("/api/v1/status/").json()["workers"]["queued"] is None
