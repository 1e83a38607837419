"""A small stored market for questions."""

from tests.api.conftest import get, market, stored, switch  # noqa: F401  # the same small market
