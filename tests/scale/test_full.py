"""I7: the disk is full. What is collected meanwhile is dropped and told, pages go on, and with room everything does, without a restart."""

from contextlib import closing

import pytest
from django.db import connection

from exchanges.models import Incident
from exchanges.simulator.server import running
from exchanges.transport import Deadlines, Transport
from markets import asking, read
from tests.journeys.conftest import FIVE, installed, poll


def pragma(text):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {text}")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_i7_a_full_disk_costs_what_comes_in_and_nothing_else(tmp_path, client, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("how large a PostgreSQL may get is not its own to say")
    first, second = FIVE[:2]
    patience = Deadlines(connect=5, first_byte=15, whole=20, bulk=20, cycle=30)
    with running(most=60) as simulator, installed(simulator, tmp_path), closing(Transport(upstream=simulator.url, deadlines=patience)) as patient:
        monkeypatch.setattr(asking, "transport", lambda: patient)
        assert [poll(first, source) for source in ("instruments", "tickers")] == ["ok", "ok"]
        pragma(f"max_page_count = {pragma('page_count') - pragma('freelist_count')}")
        try:
            assert {poll(second, "instruments") for _ in range(3)} == {"lease_lost"}
            read.forget()
            assert client.get("/compare/BTC-USDT/").status_code == 200
        finally:
            pragma("max_page_count = 1073741823")
        assert [poll(second, source) for source in ("instruments", "tickers")] == ["ok", "ok"]
    assert pragma("integrity_check") == "ok"
    assert Incident.objects.filter(key="storage").exists()
