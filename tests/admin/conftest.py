"""People of every kind in front of the admin of a small stored market."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from tests.api.conftest import market, stored, switch  # noqa: F401  # the same small market


def person(name, *permissions, **more):
    user = User.objects.create_user(name, password="river-stone-moss-9", is_staff=True, **more)
    for permission in permissions:
        app, code = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=code))
    return user


def client_of(user, **more):
    client = Client(**more)
    client.force_login(user)
    return client


@pytest.fixture
def root(stored):  # noqa: F811
    return client_of(User.objects.create_superuser("root", password="river-stone-moss-9"))


@pytest.fixture
def operator(stored):  # noqa: F811
    """May switch and tune exchanges, nothing else."""
    may = (f"exchanges.{verb}_{model}" for model in ("exchange", "feed", "allowance") for verb in ("view", "change"))
    return client_of(person("operator", *may))


@pytest.fixture
def viewer(stored):  # noqa: F811
    """May look at exchanges."""
    return client_of(person("viewer", "exchanges.view_exchange"))
