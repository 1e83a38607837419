"""What every address of the site does with a request nobody honest sends (U4, U12), and what goes out with its answers whatever they are (U14)."""

import re
import time

import pytest
from django.test import Client

from markets.api import throttle
from markets.pages import cache as pagecache
from tests.abuse.addresses import every
from tests.people.test_deploy import HEADERS, POLICY

pytestmark = pytest.mark.usefixtures("market")
EVERY = [*every()]
FOREIGN = re.compile(
    rb"<(?:script|img|iframe|source|video|audio|embed|object|use)\b[^>]*\b(?:src|data|href)=[\"']?(?:https?:)?//"
    rb"|<link\b[^>]*rel=[\"']?(?:stylesheet|icon|preload)[^>]*href=[\"']?(?:https?:)?//"
)
QUERIES = {
    "8 KB": "q=" + "x" * 8192, "1 MB": "q=" + "x" * 2**20, "1,001 parameters": "&".join(f"p{n}=1" for n in range(1001)),
    "not UTF-8": "q=%FF%FE", "surrogate": "q=%ED%A0%80", "NUL": "q=%00", "NUL in a name": "q%00=1", "NUL in a lookup": "id__exact=%00",
}  # fmt: skip

# A key or a post is asked for first; of what is nowhere nothing is read.
LET_BE = {address: (400, 401, 404, 405) for address in EVERY if address.startswith("/api/")}


@pytest.mark.both
def test_no_query_breaks_any_address_or_takes_long(client, root):
    """U4: refused with 400 within 50 ms of a processor, by every page, API address and page of the admin, to who may see it."""
    wrong = []
    for kind, query in QUERIES.items():
        for address in EVERY:
            status, took = timed(root if address.startswith("/admin/") else client, f"{address}?{query}")
            wrong += [(kind, address, status, took)] if status not in LET_BE.get(address, (400,)) or took > 0.05 else []
    assert wrong == []


def timed(client, path):
    """The status and seconds of a processor; asked again where it took long, since a collection of garbage is nobody's query."""
    for _ in range(3):
        began = time.thread_time()
        status = client.get(path).status_code
        if (took := time.thread_time() - began) <= 0.05:
            break
    return status, took


def test_every_answer_has_the_headers_whatever_it_is(root, client, monkeypatch):
    """U14: pages, feeds, API, accounts and admin, for nobody and for who may see everything."""
    monkeypatch.setattr(pagecache, "_count", lambda request: None)
    for address in EVERY:
        guarded(client.get(address), address)
        if address.startswith(("/admin/", "/accounts/", "/alerts/")):
            guarded(root.get(address), address)


def test_so_has_every_refusal_and_every_failure(client, monkeypatch):
    """U14: 400, 403, 404, 405, 429 and 500."""
    careful = Client(raise_request_exception=False, enforce_csrf_checks=True)
    guarded(client.get("/", headers={"host": "evil.example"}), "400", 400)
    guarded(careful.post("/accounts/login/", {"username": "x"}), "403", 403)
    guarded(client.get("/nothing/"), "404", 404)
    guarded(client.post("/status/"), "405", 405)
    guarded(client.get("/api/v1/nothing/"), "404", 404)
    with monkeypatch.context() as patch:
        patch.setattr(throttle, "wait", lambda *_: 7)
        guarded(client.get("/api/v1/pairs/"), "429", 429)
    with monkeypatch.context() as patch:
        patch.setattr("markets.read.status", lambda now: 1 / 0)
        pagecache.forget()
        guarded(careful.get("/status/"), "500", 500)


def guarded(answer, what, status=None):
    assert status is None or answer.status_code == status, (what, answer.status_code)
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == {part.strip() for part in POLICY.split(";")}, what
    assert all(answer[name] == value for name, value in HEADERS.items()), what
    assert "camera=()" in answer["Permissions-Policy"], what
    if answer["Content-Type"].startswith("text/html"):
        assert not FOREIGN.search(answer.content), what
    return answer


EVIL = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "http:evil.example", "javascript:alert(1)", "\thttps://evil.example", "////evil.example",
    "/%0d%0aSet-Cookie:x=1", "/\r\nSet-Cookie: x=1", "https:///evil.example", "https://testserver@evil.example/",
)  # fmt: skip


def test_no_address_leads_to_another_site_or_writes_a_header(root, client):
    """U12: whatever `next` and its like say, and for every address that redirects."""
    for each in (client, root):
        for address in EVERY:
            if address.startswith(("/accounts/", "/admin/log", "/admin/password", "/alerts/")):
                for evil in EVIL:
                    answer = each.get(address, {"next": evil})
                    where = answer.get("Location", "/")
                    assert where.startswith("/") and not where.startswith(("//", "/\\")), (address, evil, where)
                    assert "x" not in answer.cookies


def test_another_host_is_refused_everywhere_and_no_link_is_made_of_it(client):
    """U12"""
    for address in EVERY:
        assert client.get(address, headers={"host": "evil.example"}).status_code == 400, address
        forwarded = client.get(address, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
        assert b"evil.example" not in forwarded.content and "evil.example" not in forwarded.get("Location", ""), address
