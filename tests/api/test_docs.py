"""The API's own pages: a real call, every address and every field."""

import re

import pytest

from markets.api import docs as api_docs

pytestmark = [pytest.mark.usefixtures("market")]


def test_the_landing_page_shows_a_call_and_its_real_answer(client):
    page = client.get("/api/").content.decode()
    call = re.search(r"curl 'http://[^/]+(/api/v1/compare/[^']+)'", page)[1]
    answer = client.get(call).json()
    assert f"&quot;base&quot;: &quot;{answer['base']}&quot;" in page and "60 requests" not in page and "No limit a minute" in page
    for status in (400, 404, 405, 429, 503):
        assert f'id="error-{status}"' in page


def test_the_landing_page_lists_every_address_as_an_unknown_one_promises(client):
    page = client.get("/api/").content.decode()
    assert "/api/." in client.get("/api/v1/nowhere/").json()["detail"]
    for address, item in api_docs.document()["paths"].items():
        assert f'href="/api/reference/#{api_docs.operations(item)[0][1]["operationId"]}">{address}</a>' in page
    assert "`" not in page


def test_the_change_log_names_every_address(client):
    log = " ".join(text for _, text in api_docs.CHANGES).lower().replace("copy trading", "copy-trading")
    assert {address.split("/")[3] for address in api_docs.document()["paths"]} <= set(re.findall(r"[\w-]+", log))


def test_an_empty_installation_has_a_landing_page_too(client, db):
    api_docs.read.forget()
    assert client.get("/api/").status_code == 200


def test_the_reference_names_every_address_parameter_and_field(client):
    page, found = client.get("/api/reference/").content.decode(), api_docs.document()
    for address, item in found["paths"].items():
        assert address in page
        assert all(f">{p['name']}</th>" in page for _, each in api_docs.operations(item) for p in each.get("parameters", ()))
    for name in api_docs._used(found):
        assert f'id="{name}"' in page


@pytest.mark.parametrize("address", ["/api/", "/api/reference/"])
def test_no_inline_script_or_style_and_nothing_from_elsewhere(client, address):
    page = client.get(address).content.decode()
    assert "style=" not in page and "<style" not in page and " onclick" not in page
    assert not re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page)
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page)
