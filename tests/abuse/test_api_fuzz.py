"""The API against its own schema: no answer of 500 or above, no status that is not documented, no body that is not as described.

Examples, every boundary of every parameter, random cases, and sequences in which one answer feeds the next request. `PEBBLE_FUZZ_CASES`
says how many of each operation (`make drills PART=api-fuzz`: 500), `PEBBLE_FUZZ_SEED` which.
"""

import logging
import os
import re
from copy import deepcopy
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs  # what schemathesis itself holds answers against
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
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

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


def excepted(case, response):
    """Nothing has to be refused where what was spoilt did not get into the address: an empty object is no text, a number is a list of one."""
    return [*EXCEPT, negative_data_rejection] if case.method == "GET" and "{" not in case.path and is_described(case, response.request.url) else EXCEPT


def is_described(case, url):
    """Whether the query that was sent is one that the schema allows: once each, known, and of the described kind."""
    known = {p["name"]: p["schema"] for p in case.operation.definition.raw["parameters"] if p["in"] == "query"}
    sent = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    fits = (name in known and any(jsonschema_rs.is_valid(known[name], value) for value in meant(text)) for name, text in sent)
    return len(dict(sent)) == len(sent) and all(fits)


def meant(text):
    """What a text in an address can be: itself, a list with commas, a number."""
    yield text
    yield text.split(",") if text else []
    if re.fullmatch(r"-?[0-9]{1,15}", text):
        yield int(text)
    if text in ("true", "false"):
        yield text == "true"


@api.parametrize()
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_operation_is_as_its_schema_says(case):
    response = case.call(headers=headers(case))
    case.validate_response(response, excluded_checks=excepted(case, response), headers=headers(case), transport_kwargs={"headers": headers(case)})


@pytest.mark.parametrize(("query", "as_described"), [
    ("", True), ("quote=USDT", True), ("quote=USDT,EUR", True), ("quote=0", True), ("offset=3&quote=", True),
    ("offset=x", False), ("offset=-1", False), ("quote=USDT&quote=EUR", False), ("nothing=1", False), ("kind=swap", False),
])
def test_a_query_is_told_from_one_that_no_schema_allows(query, as_described):
    case = api["/api/v1/markets/"]["GET"].Case()
    assert is_described(case, f"http://localhost/api/v1/markets/?{query}") is as_described


class Sequences(api.as_state_machine()):
    """Requests made of earlier answers."""

    def get_call_kwargs(self, case):
        return {"headers": headers(case)}

    def validate_response(self, response, case, additional_checks=None, **kwargs):
        excluded = [*excepted(case, response), ignored_auth]  # asks again with a wrong key, which our header overwrites; the test above holds it
        case.validate_response(response, additional_checks=additional_checks, excluded_checks=excluded, transport_kwargs=kwargs)


def test_no_sequence_of_requests_breaks_it():
    found = settings(max_examples=max(CASES // 4, 1), stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Sequences, settings=found)
