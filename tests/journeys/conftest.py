"""A whole installation in one process: the simulator, the product's own client, store and reads, on a test database."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import override_settings

from exchanges.setup import ensure_rows
from exchanges.simulator.server import running
from exchanges.transport import Deadlines, Transport
from markets import asking, read, tasks

FIVE = ("binance", "kucoin", "bybit", "gateio", "bitget")


@pytest.fixture(scope="session")
def one_simulator():
    with running() as simulator:
        yield simulator


@pytest.fixture
def simulator(one_simulator):
    one_simulator.control(reset=True)
    yield one_simulator
    one_simulator.control(reset=True)


@contextmanager
def installed(simulator, folder):
    """Fresh rows, fresh limits, short deadlines (a hanging exchange costs a test a second, not ten)."""
    short = Transport(upstream=simulator.url, deadlines=Deadlines(connect=1, first_byte=1, whole=2, bulk=2, cycle=4))
    with override_settings(LIMITS_FILE=folder / "limits.sqlite3", UPSTREAM=simulator.url), pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "transport", lambda: short)
        ensure_rows()
        read.forget()
        yield simulator
        short.close()
        asking.limits().close()
        read.forget()


@pytest.fixture
def installation(db, simulator, tmp_path):
    with installed(simulator, tmp_path):
        yield simulator


@pytest.fixture(scope="module")
def catalogues(django_db_setup, django_db_blocker, one_simulator, tmp_path_factory):
    """All five exchanges' catalogues, stored once for a file: its tests work within this transaction and leave it as it was."""
    one_simulator.control(reset=True)
    with django_db_blocker.unblock(), transaction.atomic():
        with installed(one_simulator, tmp_path_factory.mktemp("catalogues")):
            assert {poll(slug, "instruments") for slug in FIVE} == {"ok"}
        yield
        transaction.set_rollback(True)


@pytest.fixture
def collected(catalogues, installation):
    """All five exchanges' catalogues and first prices are stored."""
    assert {poll(slug, "tickers") for slug in FIVE} == {"ok"}
    return installation


def poll(slug, source="tickers"):
    """One poll as a worker does it; what this process holds of the board is dropped."""
    outcome = tasks.poll(slug, source, spaced=False)
    read.forget()
    return outcome
