"""Live and simulated data never share a database."""

import sqlite3
from contextlib import closing

import pytest
from django.conf import settings
from django.core.management import call_command

from markets import stamp
from markets.models import Revision


@pytest.mark.django_db
def test_a_database_is_stamped_once_at_its_creation():
    call_command("migrate", verbosity=0)
    assert list(Revision.objects.filter(name__startswith=stamp.PREFIX).values_list("name", flat=True)) == [f"market:{settings.MARKET}"]


@pytest.mark.system
def test_a_new_file_gives_freed_pages_back(sqlite_site):
    assert sqlite_site.sql("PRAGMA auto_vacuum") == [(2,)]


def test_a_new_connection_waits_for_no_writer(tmp_path):
    opening = (settings.BASE_DIR / "pebble/settings.py").read_text().split('"init_command": "')[1].split('"')[0]
    with closing(sqlite3.connect(tmp_path / "one")) as writer, closing(sqlite3.connect(tmp_path / "one", timeout=0)) as new:
        writer.executescript(f"{opening} CREATE TABLE t (x);")
        writer.execute("BEGIN IMMEDIATE")
        new.executescript(opening)
        assert new.execute("SELECT COUNT(*) FROM t").fetchone() == (0,)


@pytest.mark.system
@pytest.mark.parametrize("command", [("healthcheck",), ("migrate", "-v0"), ("poll", "SLUG", "tickers")])
def test_no_command_opens_the_other_markets_database(site, command):
    slug = site.sql("SELECT slug FROM exchanges_exchange ORDER BY id LIMIT 1")[0][0]
    site.env["PEBBLE_MARKET"] = "live"
    done = site.manage(*[slug if word == "SLUG" else word for word in command])
    assert done.returncode != 0
    assert "holds simulated data" in done.stderr and "PEBBLE_MARKET=simulated" in done.stderr
    assert site.sql("SELECT COUNT(*) FROM exchanges_run") == [(0,)]


@pytest.mark.system
def test_run_says_so_in_a_sentence(sqlite_site):
    sqlite_site.env |= {"PEBBLE_MARKET": "live", "PEBBLE_PORT": "8391"}
    done = sqlite_site.manage("run")
    assert done.returncode == 2
    assert "holds simulated data" in done.stderr and "Traceback" not in done.stderr
