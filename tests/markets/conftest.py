"""Fixtures for tests over stored markets."""

import pytest

from markets import read


@pytest.fixture
def stored(db):
    """A fresh installation: rows of the adapters and the seeds, and nothing held in memory from another test."""
    read.forget()
    yield
    read.forget()
