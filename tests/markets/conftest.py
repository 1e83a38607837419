"""Fixtures for tests over stored markets."""

import pytest

from exchanges.setup import ensure_rows
from markets import read


@pytest.fixture
def stored(db):
    """A fresh installation: rows of the adapters and the seeds, and nothing held in memory from another test."""
    ensure_rows()
    read.forget()
    yield
    read.forget()
