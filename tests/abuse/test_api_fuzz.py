"""The API against its own schema: no answer of 500 or above, no status that is not documented, no body that is not as described.

Examples, every boundary of every parameter, random cases, and sequences in which one answer feeds the next request. `PEBBLE_FUZZ_CASES`
says how many of each operation (`make drills PART=api-fuzz`: 500), `PEBBLE_FUZZ_SEED` which.
"""

import logging
import os
from copy import deepcopy

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.stateful import run_state_machine_as_test
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from markets import keys
from markets.api import docs as api_docs
from tests.api.conftest import market, stored  # noqa: F401
from tests.api.test_contracts import chain, contracts  # noqa: F401  # their rows are answers, too
from tests.api.test_events import events, past, traders  # noqa: F401

pytestmark = [pytest.mark.usefixtures("key"), pytest.mark.both]
CASES = int(os.environ.get("PEBBLE_FUZZ_CASES", "10"))
SEED = int(os.environ.get("PEBBLE_FUZZ_SEED", "1"))
api = schemathesis.openapi.from_dict(deepcopy(api_docs.document()), config=SchemathesisConfig(seed=SEED))  # it writes links into what it is given
api.app = get_wsgi_application()
KEY: dict[str, str] = {}


@pytest.fixture
def key(market, chain, events, traders, monkeypatch):  # noqa: F811
    """A key for what is somebody's own, and nobody who counts or logs."""
    keys.forget()
    KEY["Authorization"] = "Bearer " + keys.make(User.objects.create(username="ann"), "fuzz", ["alerts"], timezone.now())[1]
    monkeypatch.setattr(logging.getLogger("pebble.requests"), "disabled", True)
    around = (request_started, request_finished)  # as Django's own client does: the test's transaction lives on this connection
    for signal in around:
        signal.disconnect(close_old_connections)
    yield
    for signal in around:
        signal.connect(close_old_connections)


# A schema cannot say of a text that no exchange has such a coin, or of two parameters that they exclude each other.
EXCEPT = [positive_data_acceptance]


def headers(case):
    return KEY if "/alerts/" in case.path else {}


@api.parametrize()
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_is_as_its_schema_says(case):
    case.call_and_validate(headers=headers(case), excluded_checks=EXCEPT)


class Sequences(api.as_state_machine()):
    """Requests made of earlier answers."""

    def get_call_kwargs(self, case):
        return {"headers": headers(case)}

    def validate_response(self, response, case, additional_checks=None, **kwargs):
        excluded = [*EXCEPT, ignored_auth]  # asks again with a wrong key, which our header overwrites; the test above holds it
        case.validate_response(response, additional_checks=additional_checks, excluded_checks=excluded, transport_kwargs=kwargs)


def test_no_sequence_of_requests_breaks_it():
    found = settings(max_examples=max(CASES // 4, 1), stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Sequences, settings=found)
