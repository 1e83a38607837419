"""A whole installation in one process: the simulator, the product's own client, store and reads, on a test database."""

import pytest

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


@pytest.fixture
def installation(db, simulator, settings, tmp_path, monkeypatch):
    """Fresh rows, fresh limits, short deadlines (a hanging exchange costs a test a second, not ten)."""
    settings.LIMITS_FILE, settings.UPSTREAM = tmp_path / "limits.sqlite3", simulator.url
    short = Transport(upstream=simulator.url, deadlines=Deadlines(connect=1, first_byte=1, whole=2, bulk=2, cycle=4))
    monkeypatch.setattr(asking, "transport", lambda: short)
    ensure_rows()
    read.forget()
    yield simulator
    short.close()
    asking.limits().close()
    read.forget()


@pytest.fixture
def collected(installation):
    """All five exchanges' catalogues and first prices are stored."""
    assert {poll(slug, "instruments") for slug in FIVE} == {"ok"}
    assert {poll(slug, "tickers") for slug in FIVE} == {"ok"}
    return installation


def poll(slug, source="tickers"):
    """One poll as a worker does it; what this process holds of the board is dropped."""
    outcome = tasks.poll(slug, source, spaced=False)
    read.forget()
    return outcome
