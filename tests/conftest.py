"""What every test may count on: no network but loopback, and a database as it was first made."""

import gc
import os
import socket
import sqlite3
from contextlib import closing

import hypothesis
import pytest

# The same examples each time, so that a run that was green stays green; HYPOTHESIS_PROFILE=explore looks for new ones,
# and nightly for twenty thousand of every property that needs no database, however few its own settings want.
NIGHTLY = 20_000
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=NIGHTLY)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

_LOOPBACK = ("127.", "::1", "localhost")


def pytest_collection_modifyitems(items):
    """Under the nightly profile: many examples. A second `settings` on a test is refused, hence the attribute that the first one left."""
    for item in items if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else ():
        test = getattr(item, "obj", None)
        if hypothesis.is_hypothesis_test(test) and "db" not in item.fixturenames:
            test._hypothesis_internal_use_settings = hypothesis.settings(test._hypothesis_internal_use_settings, max_examples=NIGHTLY)


def pytest_ignore_collect(collection_path, config):
    """What `-m both` asks for is in a third of the files: the others need not even be read."""
    if config.option.markexpr == "both" and collection_path.name.startswith("test_"):
        return "pytest.mark.both" not in collection_path.read_text(encoding="utf-8") or None
    return None


def pytest_collection():
    """Nothing of what is imported and collected becomes garbage."""
    gc.disable()


def pytest_collection_finish():
    """Modules and tests live to the end: no collection need look at them again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def no_network_but_loopback():
    """Refuse to connect anywhere else: a test that tries is wrong, and says so."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}: only loopback is allowed")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that commit get SQLite back from a copy: emptying every table and filling it again as `migrate` does takes long."""
    from django.db import connection
    from django.test import TransactionTestCase

    from markets.pages import cache

    cache.PER_MINUTE = cache.PER_TEN_S = 0  # all tests come from one address: what one has looked at is not held against the next
    if connection.vendor != "sqlite":
        yield
        return
    with closing(sqlite3.connect(":memory:")) as copy, pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(copy)
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: copy.backup(connection.connection))
        yield
