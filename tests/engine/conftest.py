"""A site of its own for tests with real processes: database, simulator, clusters; looked at and steered by plain SQL."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests import servers

ROOT = Path(__file__).parents[2]


def until(condition, seconds=20.0, why="it never happened"):
    """Wait for a condition and give back what it found."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, why() if callable(why) else why
        threading.Event().wait(0.05)
    return found


class Site:
    """One data folder and database. Programs run in groups of their own and are killed at the end."""

    def __init__(self, folder: Path, database: str, **env: str) -> None:
        self.folder, self.database = folder, database
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PEBBLE_", "DATABASE_URL", "REDIS_URL", "PYTEST"))}
        ours = {"DJANGO_SETTINGS_MODULE": "pebble.settings", "PEBBLE_MARKET": "simulated", "PEBBLE_DATA_DIR": str(folder), "DATABASE_URL": database}
        self.env = {**clean, **ours, **env}
        self.processes: list[subprocess.Popen] = []

    def manage(self, *args: str, timeout: float = 180, **options) -> subprocess.CompletedProcess:
        """A command, waited for."""
        command = [sys.executable, ROOT / "manage.py", *args]
        return subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False, **options)

    def start(self, *args: str, **env: str) -> subprocess.Popen:
        """A command in a process group of its own; its output goes to a file of the site's folder."""
        log = (self.folder / f"{args[0]}-{len(self.processes)}.log").open("w")
        command = [sys.executable, ROOT / "manage.py", *args]
        process = subprocess.Popen(command, env={**self.env, **env}, cwd=ROOT, start_new_session=True, stdout=log, stderr=subprocess.STDOUT)
        process.log = Path(log.name)
        log.close()
        self.processes.append(process)
        return process

    def sql(self, text: str, *args) -> list[tuple]:
        """Rows of a statement, on either database; `?` for arguments."""
        if self.database.startswith("sqlite"):
            with closing(sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20, isolation_level=None)) as db:
                return db.execute(text, args).fetchall()
        import psycopg

        with psycopg.connect(self.database, autocommit=True) as db:
            cursor = db.execute(text.replace("?", "%s"), args)
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        """Nothing of ours is left: no group of a program, and none of a program that it started, which is a group of its own."""
        groups = [pid for process in self.processes for pid in (process.pid, *_children(process.pid))]
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for process in self.processes:
            process.wait()


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def _prepare(site: Site) -> None:
    for command in (("migrate", "-v0"), ("createcachetable",)):
        done = site.manage(*command)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An SQLite file as `migrate` leaves it, made once and copied."""
    folder = tmp_path_factory.mktemp("migrated")
    site = Site(folder, f"sqlite:///{folder}/site.sqlite3")
    _prepare(site)
    assert site.sql("PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0
    return folder / "site.sqlite3"


@pytest.fixture(scope="session")
def postgres_url():
    if given := os.environ.get("PEBBLE_TEST_DATABASE_URL"):
        yield given
    else:
        with servers.postgresql() as url:
            yield url


@pytest.fixture(scope="session")
def valkey_url():
    if given := os.environ.get("PEBBLE_TEST_REDIS_URL"):
        yield given
    else:
        with servers.valkey() as url:
            yield url


@pytest.fixture
def sqlite_site(tmp_path, migrated):
    shutil.copy(migrated, tmp_path / "site.sqlite3")
    site = Site(tmp_path, f"sqlite:///{tmp_path}/site.sqlite3")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory, postgres_url):
    """The name of a migrated PostgreSQL database, made once and copied."""
    folder, name = tmp_path_factory.mktemp("template"), f"template_{os.getpid()}"
    Site(folder, postgres_url).sql(f"CREATE DATABASE {name}")
    _prepare(Site(folder, postgres_url.rpartition("/")[0] + f"/{name}"))
    return name


@pytest.fixture
def postgres_site(tmp_path, postgres_url, postgres_template, valkey_url):
    """As in production: PostgreSQL, and Valkey for the queue and the cache."""
    import redis

    with redis.from_url(valkey_url) as client:
        client.flushdb()
    name = f"site_{time.monotonic_ns()}"
    Site(tmp_path, postgres_url).sql(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    site = Site(tmp_path, postgres_url.rpartition("/")[0] + f"/{name}", REDIS_URL=valkey_url)
    yield site
    site.stop()
    if os.environ.get("PEBBLE_TEST_DATABASE_URL"):  # somebody else's server outlives us
        Site(tmp_path, postgres_url).sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def site(request):
    """The same test embedded (SQLite does everything) and as in production."""
    return request.getfixturevalue(f"{request.param}_site")
