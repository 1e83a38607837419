"""A small stored market, and people in front of it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api.conftest import market, stored, switch  # noqa: F401  # the same small market


@pytest.fixture
def root(market):  # noqa: F811
    """Who may see everything."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root", "root@example.org"))
    return client
