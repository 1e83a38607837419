"""The published schema: valid, complete, and what the API really answers."""

import json
from decimal import Decimal

import jsonschema
import pytest
import yaml
from django.contrib.auth import get_user_model
from django.utils import timezone
from drf_spectacular.validation import validate_schema

from markets import alerts
from markets.analysis.alerts import Price
from markets.api import docs as api_docs
from tests.api.test_contracts import chain, contracts  # noqa: F401  # their rows are answers, too
from tests.api.test_events import events, past, traders  # noqa: F401

pytestmark = [pytest.mark.usefixtures("chain", "events", "traders")]

REAL = {
    "/api/v1/exchanges/": "exchanges/",
    "/api/v1/exchanges/{slug}/": "exchanges/kucoin/",
    "/api/v1/assets/": "assets/?asset=MATIC",
    "/api/v1/assets/{slug}/": "assets/btc/",
    "/api/v1/markets/": "markets/",
    "/api/v1/pairs/": "pairs/",
    "/api/v1/compare/{pair}/": "compare/BTC-USDT/?prefer=kucoin",
    "/api/v1/status/": "status/",
    "/api/v1/ask/": "ask/?q=best+price+for+btc",
    "/api/v1/receipts/{id}/": "receipts/{id}/",
    "/api/v1/arbitrage/": "arbitrage/?kind=all&show=not_executable",
    "/api/v1/arbitrage/{pair}/": "arbitrage/BTC-USDT/?buy=kucoin&sell=bybit",
    "/api/v1/liquidity/": "liquidity/",
    "/api/v1/liquidity/{pair}/": "liquidity/BTC-USDT/",
    "/api/v1/rates/": "rates/",
    "/api/v1/derivatives/": "derivatives/",
    "/api/v1/funding/": "funding/",
    "/api/v1/funding/routes/": "funding/routes/",
    "/api/v1/funding/history/": "funding/history/?base=BTC",
    "/api/v1/options/": "options/?base=BTC",
    "/api/v1/listings/": "listings/",
    "/api/v1/listings/announcements/": "listings/announcements/",
    "/api/v1/discover/": "discover/?view=only",
    "/api/v1/history/{pair}/": "history/BTC-USDT/",
    "/api/v1/history/{pair}/deviation/": "history/BTC-USDT/deviation/",
    "/api/v1/history/{pair}/hours/": "history/BTC-USDT/hours/",
    "/api/v1/volume/": "volume/?window=24h",
    "/api/v1/copy-trading/": "copy-trading/?symbol=BTCUSDT",
    "/api/v1/alerts/": "alerts/",
    "/api/v1/alerts/{id}/": "alerts/{id}/",
}


@pytest.fixture(scope="module")
def published():
    return api_docs.document()


def checked(published, schema, value):
    """Hold the value against the schema, and refuse a field that the schema does not know."""
    closed = json.loads(json.dumps({**schema, "components": published["components"]}))
    for shape in closed["components"]["schemas"].values():
        if shape.get("type") == "object":
            shape["additionalProperties"] = False
    jsonschema.Draft202012Validator(closed).validate(value)


def test_it_is_valid_openapi_names_every_address_and_is_made_without_a_warning(published, capfd):
    validate_schema(published)
    api_docs.document.cache_clear()
    assert api_docs.document() == published and capfd.readouterr().err == ""
    assert published["openapi"].startswith("3.1") and set(published["paths"]) == {*REAL, "/api/v1/alerts/{id}/test/"}


@pytest.fixture
def an_alert(client, market):
    """The number of an alert of who asks, with something told."""
    owner = get_user_model().objects.create(username="ann")
    client.force_login(owner)
    now = timezone.now()
    alert = alerts.create(owner, alerts.Wish(Price(base="BTC", quote="USDT", level=Decimal(1))), now)
    alerts.test(alert, now)
    return alert.pk


@pytest.mark.parametrize("path", REAL)
def test_a_real_answer_and_the_example_are_what_it_says(published, get, path, request):
    request.getfixturevalue("past" if "history" in path else "market")
    content = published["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    kept = get("ask/?q=best+price+for+btc")["receipt"]["id"] if "receipts" in path else request.getfixturevalue("an_alert") if "alerts" in path else ""
    checked(published, content["schema"], get(REAL[path].format(id=kept)))
    checked(published, content["schema"], content["examples"]["answer"]["value"])


@pytest.mark.parametrize(("address", "status"), [("markets/?x=1", 400), ("compare/NO-WAY/", 404), ("exchanges/none/", 404)])
def test_an_error_is_what_it_says(published, get, address, status):
    path = "/api/v1/compare/{pair}/" if "compare" in address else "/api/v1/markets/" if "markets" in address else "/api/v1/exchanges/{slug}/"
    content = published["paths"][path]["get"]["responses"][str(status)]["content"]["application/problem+json"]
    checked(published, content["schema"], get(address, status))


def test_every_parameter_is_described_with_its_bounds(published):
    parameters = {p["name"]: p for p in published["paths"]["/api/v1/markets/"]["get"]["parameters"]}
    assert parameters["limit"]["schema"]["maximum"] == 1000 and parameters["state"]["schema"]["items"]["enum"] == ["fresh", "aging", "stale", "expired"]
    assert parameters["state"]["explode"] is False and all(p["description"] for p in parameters.values())


def test_it_is_served_as_json_and_yaml(client, published):
    assert client.get("/api/schema/").json() == published
    assert yaml.safe_load(client.get("/api/schema/?format=yaml").content) == published
    assert client.get("/api/schema/", headers={"Accept": "application/yaml"})["Content-Type"] == "application/vnd.oai.openapi"
    assert client.get("/api/schema/?format=xml").status_code == 400
