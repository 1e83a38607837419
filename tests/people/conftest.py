"""People who may sign in, in front of an installation without limits on how often a test may ask."""

import pytest
from django.contrib.auth.models import User

from markets import keys
from tests.admin.conftest import client_of
from tests.api.conftest import fresh_memory, stored  # noqa: F401

PASSWORD = "river-stone-moss-9"


@pytest.fixture
def anna(stored):  # noqa: F811
    keys.forget()
    return User.objects.create_user("anna", "anna@example.org", PASSWORD)


@pytest.fixture
def as_anna(anna):
    return client_of(anna)


@pytest.fixture
def root(stored):  # noqa: F811
    return User.objects.create_superuser("root", "root@example.org", PASSWORD)


@pytest.fixture
def sign_in(client):
    """Try a password, from an address."""
    def attempt(name="anna", password=PASSWORD, address="192.0.2.1", **more):
        return client.post("/accounts/login/", {"username": name, "password": password, **more}, REMOTE_ADDR=address)

    return attempt


@pytest.fixture
def limits(stored):  # noqa: F811
    """The operator's limits of the API, from now on."""
    def to(**changes):
        from markets.models import Setting

        Setting.objects.filter(pk=1).update(**changes)
        fresh_memory()

    return to
