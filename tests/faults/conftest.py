"""A small world for faults: the simulator's best-known coins, the product's own client, store and reads, all in this process."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from exchanges.models import Feed, Run
from exchanges.simulator.server import running
from exchanges.transport import Deadlines, Transport
from markets import asking, read
from markets.api import core, throttle
from markets.models import Quote, Setting
from markets.pages import cache
from tests.journeys.conftest import FIVE, installed, poll

SICK = "kucoin"
QUICK = Deadlines(connect=0.5, first_byte=0.3, whole=0.6, bulk=0.6, cycle=1.5)
PATIENT = Deadlines(connect=3, first_byte=6, whole=8, bulk=8, cycle=12)
WELL = tuple(slug for slug in FIVE if slug != SICK)
PAIR = "BTC-USDT"


@pytest.fixture(scope="package")
def small():
    """A simulator in which few coins trade: a poll takes a few hundredths of a second."""
    with running(most=60) as simulator:
        yield simulator


@pytest.fixture(scope="package")
def stored_once(django_db_setup, django_db_blocker, small, tmp_path_factory):
    """All catalogues and first prices, stored once: every test works on them within this transaction and leaves them as they were."""
    with django_db_blocker.unblock(), transaction.atomic():
        with installed(small, tmp_path_factory.mktemp("faults")):
            Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})
            assert {poll(slug, source) for source in ("instruments", "tickers") for slug in FIVE} == {"ok"}
        yield
        transaction.set_rollback(True)


@pytest.fixture
def dial(small, monkeypatch):
    """dial(deadlines, upstream): from now on the product asks through such a transport. All are closed at the end."""
    made = []

    def through(deadlines, upstream=small.url):
        made.append(Transport(upstream=upstream, deadlines=deadlines))
        monkeypatch.setattr(asking, "transport", lambda: made[-1])

    yield through
    for one in made:
        one.close()


@pytest.fixture
def world(stored_once, db, small, tmp_path, client, dial):  # noqa: PLR0917 - what a world is made of
    """Five healthy exchanges a moment after everybody was polled, with limits of their own and deadlines that a busy machine keeps."""
    small.control(reset=True)
    with installed(small, tmp_path):
        dial(PATIENT)
        as_if_now()
        yield World(small, client)
    small.control(reset=True)


def as_if_now():
    """Everything stored is a few seconds old, as if all five had just been asked again."""
    now = timezone.now() - timedelta(seconds=4)
    Quote.objects.update(observed_at=now, received_at=now, requested_at=now)
    Feed.objects.filter(source__in=("instruments", "tickers")).update(ok_at=now, finished_at=now)
    for memory in (read, core, throttle):
        memory.forget()


class World:
    """The installation under a fault, and what people and programs see of it."""

    def __init__(self, simulator, client):
        self.simulator, self.client = simulator, client

    def strike(self, fault, slug=SICK, source="tickers", **also):
        """One poll under a fault: (outcome, requests that arrived, seconds it took)."""
        self.simulator.control(**{slug: {"fault": fault}}, **also)
        before, start = self.asked(slug), time.monotonic()
        outcome = poll(slug, source)
        return outcome, self.asked(slug) - before, time.monotonic() - start

    def asked(self, slug=SICK):
        return self.totals()[slug]

    def totals(self):
        """Requests that arrived, by exchange."""
        return {slug: told["requests"]["total"] for slug, told in self.simulator.state()["exchanges"].items()}

    def heal(self, slug=SICK):
        self.simulator.control(**{slug: {"fault": None}})

    def quotes(self, slug=SICK):
        """What is stored of an exchange's prices, as a value that can be compared."""
        rows = Quote.objects.filter(market__exchange__slug=slug).order_by("pk")
        return list(rows.values_list("pk", "bid", "ask", "last", "token"))

    def run(self, slug=SICK, source="tickers"):
        return Run.objects.filter(exchange__slug=slug, source=source).order_by("-id").first()

    def compare(self, pair=PAIR, **query):
        """The API's answer about a pair: {exchange: its quote}, and the whole answer."""
        answer = self.api(f"compare/{pair}/", **query)
        return {quote["exchange"]: quote for quote in answer["quotes"]}, answer

    def api(self, address, **query):
        core.forget()
        response = self.client.get(f"/api/v1/{address}", query)
        assert response.status_code == 200, response.content[:300]
        return response.json()

    def page(self, address):
        cache.forget()
        response = self.client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response.content.decode()

    def sick(self, slug=SICK):
        """An exchange as the status page has it, and its tickers' line."""
        found = next(e for e in read.exchanges(timezone.now()) if e.slug == slug)
        return found, next(s for s in found.sources if s.source == "tickers")

    def others_stay(self, pair=PAIR):
        """The other four are live and ranked, page and API answer, and nothing was asked for it."""
        asked = self.totals()
        quotes, answer = self.compare(pair)
        assert {slug for slug, quote in quotes.items() if quote["rank"]} >= set(WELL)
        assert all(quote["age_s"] is not None and quote["state"] for quote in quotes.values())
        assert answer["best"]["buy"] and answer["best"]["sell"]
        self.page(f"/compare/{pair}/")
        assert self.totals() == asked, "a page asked an exchange"
