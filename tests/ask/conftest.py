"""A small stored market for questions."""

import pytest

from markets.api import core
from markets.pages import cache
from tests.api.conftest import get, market, stored, switch  # noqa: F401  # the same small market


@pytest.fixture(autouse=True)
def no_page_of_before():
    """A page of the test before is kept for the rest of its second."""
    cache.forget()
    core.forget()
