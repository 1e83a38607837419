"""Every address of the site, page and API alike, asked what nobody should ask: refused with the reason or answered, never broken."""

import re
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from markets.api import docs as api_docs
from markets.api import filters
from markets.ask import agent
from markets.pages import cache as pagecache
from markets.reads.findings import asked as findings_asked
from tests.api.test_contracts import chain, contracts  # noqa: F401
from tests.api.test_events import events, traders  # noqa: F401

pytestmark = [pytest.mark.usefixtures("market", "chain", "events", "traders"), pytest.mark.both]
PLACES = {"pair": "BTC-USDT", "slug": "btc", "base": "BTC", "exchange": "kucoin", "name": "compare", "rest": "nowhere", "id": "nobody"}
NEEDED = {  # what an address does not answer without
    "/arbitrage/{pair}/": {"buy": "kucoin", "sell": "binance"}, "/api/v1/arbitrage/{pair}/": {"buy": "kucoin", "sell": "binance"},
    "/api/v1/funding/history/": {"base": "BTC"}, "/api/v1/options/": {"base": "BTC"},
    "/ask/": {"q": "btc price"}, "/api/v1/ask/": {"q": "btc price"},
}
NASTY = {
    "empty": "", "NUL": "B%00TC", "newline": "BTC%0A", "not UTF-8": "%FF", "surrogate": "%ED%A0%80", "8 KB": "x" * 8192, "400 digits": "9" * 400,
    "exponent": "1e999", "negative": "-1", "zero": "0", "NaN": "NaN", "too many": "1001", "deep": "10000000", "long": "99999999999999999999.999999999999999999",
    "tiny": "0.000000000000000001", "full-width": "%EF%BC%91%EF%BC%92", "Arabic": "%D9%A1", "nobody": "mtgox", "commas": ",,", "fees": "kucoin:999,:,mtgox:1",
    "markup": "%3Cscript%3E", "no date": "2026-02-30", "first day": "0001-01-01T00:00:00%2B14:00", "last day": "2199-12-31", "ligature": "%EF%B7%BA",
}  # fmt: skip
PATHS = ("B%00TC-USDT", "%FF-USDT", "x" * 300, "x" * 300 + "-USDT", "-", "--", "%EF%BC%91", "BTC-", "-USDT", "..", "%0A", "%F0%9F%90%95-USDT", "%3Ci0%3E")
ENVELOPE = ["as_of", "simulated", "count", "next", "previous", "results"]
REFUSED = {"NUL", "newline", "not UTF-8", "surrogate", "8 KB"}  # by whatever reads it


def addresses(resolver=None, before="/"):
    for found in (resolver or get_resolver()).url_patterns:
        here = before + re.sub(r"<\w+:(\w+)>", r"{\1}", str(found.pattern))
        if isinstance(found, URLResolver):
            yield from addresses(found, here) if "admin" not in here else ()
        else:
            yield here


OWN = ("/admin/", "/alerts/", "/accounts/", "/channels/", "/api/v1/alerts/")  # those have tests of their own
EVERY = [address for address in addresses() if not address.startswith(OWN)]


@pytest.fixture
def declared(monkeypatch):
    """The parameters each address reads its query by, as it is asked."""
    found, parse = {}, filters.parse

    def noting(query, parameters):
        found.update({p.name: p for p in parameters})
        return parse(query, parameters)

    monkeypatch.setattr(filters, "parse", noting)
    monkeypatch.setattr(pagecache, "_count", lambda request: None)
    monkeypatch.setattr(findings_asked, "PATIENCE_S", 0.0)  # no queue reads here: a book that an answer lacks does not come
    return found


def plain(address):
    slug = "kucoin" if "exchanges" in address or "feeds" in address else PLACES["slug"]
    if "receipts" in address:
        name = agent.ask("btc price", findings_asked.Asked(timezone.now())).receipt.id
        return address.format(id=name, name=name), {}
    return address.format(**PLACES | {"slug": slug}), NEEDED.get(address, {})


def asked(client, path, query):
    return client.get(path + ("?" + "&".join(f"{name}={text}" for name, text in query.items()) if query else ""))


def sound(response, path, allowed=(200, 302, 400, 404)):
    """Answered or refused, in the form of its kind, and with nothing secret in it."""
    assert response.status_code in allowed, (path, response.status_code)
    if path.startswith("/api/v1/"):
        assert response["Content-Type"] == ("application/json" if response.status_code == 200 else "application/problem+json")
    assert settings.SECRET_KEY.encode() not in response.content and b"Traceback" not in response.content
    return response


def test_no_value_of_any_parameter_breaks_any(client, declared, subtests):
    known = Counter()
    for address in EVERY:
        with subtests.test(address):
            declared.clear()
            tried(client, declared, address, known)


def tried(client, declared, address, known):
    """Every value for every parameter; what one and the same parameter has refused once, or taken twice, is not asked again elsewhere.

    What cannot even be read is refused alike for all parameters of an address, before a database is asked: it is asked of one, and on one database.
    """
    path, needed = plain(address)
    first = sound(asked(client, path, needed), path)
    assert first.status_code == (404 if "{rest}" in address else 302 if address == "/assets/{slug}/{exchange}/" else 200)
    if declared:
        assert asked(client, path, {**needed, "nobody_knows": "1"}).status_code == 400
    told = set() if connection.vendor == "sqlite" else {*NASTY}
    for name, parameter in [*declared.items()]:
        for kind, text in NASTY.items():
            unread = refused(name, parameter, text)
            if known[parameter.read, kind] >= 2 or (unread and kind in told):
                continue
            told |= {kind} if unread else set()
            response = sound(asked(client, path, {**needed, name: text}), path)
            assert response.status_code == 400 or kind not in REFUSED or parameter.free, (name, kind)
            known[parameter.read, kind] += 2 if response.status_code == 400 else 1
            if response.status_code == 400 and path.startswith("/api/v1/"):
                assert response.json()["field"] in (name, "query") and response.json()["detail"]


def refused(name, parameter, text):
    """By what reads it, which says of what and why."""
    try:
        filters.parse(f"{name}={text}", (parameter,))
    except filters.BadParameter as error:
        assert error.name in (name, "") and error.detail, (name, text)
        return True
    return False


def test_nothing_in_a_path_breaks_any(client, declared, subtests):
    for address in EVERY:
        for text in PATHS if "{" in address else ():
            with subtests.test(address, text=text):
                path = re.sub(r"\{\w+\}", text, address, count=1).format(**PLACES)
                response = sound(asked(client, path, plain(address)[1]), path)
                assert response["Content-Type"].startswith("application/") or b"<i0>" not in response.content


def test_they_only_read_a_head_is_a_get_without_its_body_and_other_sites_scripts_are_not_let_in(client, declared, subtests):
    for address in EVERY:
        with subtests.test(address):
            path, needed = plain(address)
            head = client.head(path, needed)
            assert (head.status_code, head.content) == (asked(client, path, needed).status_code, b"")
            assert "Access-Control-Allow-Origin" not in head
            assert client.post(path).status_code == 405


def test_every_list_has_its_envelope_bounds_and_named_orders(client, declared, subtests):
    for path, item in api_docs.document()["paths"].items():
        known = {p["name"]: p["schema"] for p in item.get("get", {}).get("parameters", ())}
        if "offset" not in known or path.startswith(OWN):
            continue
        with subtests.test(path):
            needed = NEEDED.get(path, {})
            answer = asked(client, path, needed).json()
            assert [name for name in answer if name in ENVELOPE] == ENVELOPE and len(answer["results"]) <= 100
            assert known["limit"]["maximum"] == 1000 and asked(client, path, {**needed, "limit": "1000"}).status_code == 200
            behind = asked(client, path, {**needed, "offset": "9999999", "limit": "1"}).json()
            assert (behind["results"], behind["next"], behind["count"]) == ([], None, answer["count"])
            for order in known.get("ordering", {}).get("enum", ()):
                assert asked(client, path, {**needed, "ordering": order}).status_code in (200, 400 if path.endswith("discover/") else 200), order
