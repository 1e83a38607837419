"""The guide: every page is listed, every link and picture leads somewhere, thresholds are the operator's, no raw HTML gets through."""

import re
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from markets.analysis.settings import DEFAULT
from markets.ask.frame import INTENTS
from markets.pages import guide, guide_ask

FILES = sorted(path.stem for path in guide.FOLDER.glob("*.md"))
INTERNAL = re.compile(r'(?:href|src)="(/[^"]*)"')


@pytest.fixture
def written(monkeypatch):
    """Render a text as if it were a page of the guide."""
    def render(text, method=DEFAULT):
        monkeypatch.setattr(guide, "_text", lambda name: text)
        guide.article.cache_clear()
        return guide.article("x", method).body

    yield render
    guide.article.cache_clear()


def test_the_first_page_links_to_every_other():
    linked = set(re.findall(r"\(([a-z-]+)\.md", guide._text("index")))
    assert linked == set(FILES) - {"index"} == set(guide.names()) - {"index"}


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_served_and_all_it_links_to_exists(empty, client, name):
    response = client.get(guide.address(name))
    html = response.content.decode()
    assert response.status_code == 200 and html.count("<h1") == 1
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "a heading has the id of a part of the page, which scripts would take for it"
    body = guide.article(name, DEFAULT).body
    for link in INTERNAL.findall(body):
        path, _, anchor = link.partition("#")
        if path.startswith("/static/"):
            assert finders.find(path.removeprefix("/static/")), f"{name}: {link}"
        elif path.startswith("/guide/"):
            there = path.removeprefix("/guide/").strip("/") or "index"
            assert there in FILES and (not anchor or f'id="{anchor}"' in guide.article(there, DEFAULT).body), f"{name}: {link}"
        else:
            assert client.get(path).status_code in (200, 301, 302), f"{name}: {link}"
    for link in re.findall(r'href="([^"/#][^"]*)"', body):
        assert link.startswith("https://"), f"{name}: {link}"
    assert "(missing" not in body


@pytest.mark.parametrize("name", FILES)
def test_pictures_are_there_and_small_and_thresholds_print_the_defaults(name):
    text = guide._text(name)
    for source in re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text):
        file = guide.FOLDER / source
        assert file.is_file() and file.stat().st_size < 150_000, source
    for printed, setting in re.findall(r"\[([^\]]*)\]\(setting:([a-z_]+)\)", text):
        assert guide.valued(setting, DEFAULT) == printed, setting


def test_the_operators_thresholds_replace_the_defaults(empty, client, monkeypatch):
    monkeypatch.setattr(guide, "current_method", lambda: replace(DEFAULT, tol_mid=0.0225, fresh_periods=4, major_volume_usd=Decimal(80_000_000)))
    body = client.get("/guide/how-we-rank/").content.decode()
    assert "<td>2.25 %</td>" in body and "<td>4 polling intervals" in body and "from 80.0M USD" in body and "setting:" not in body


def test_what_can_be_asked_is_written_from_the_questions_that_are_tested():
    assert guide_ask.PAGE.read_text(encoding="utf-8") == guide_ask.page(), "run manage.py guide --write"
    assert [group.title for group in guide_ask.groups()] == re.findall(r"^### (.*)$", guide_ask.section(), re.MULTILINE)
    assert {example.intent for group in guide_ask.groups() for example in group.ask} == set(INTENTS)


def test_the_command_prints_what_it_writes(monkeypatch, tmp_path):
    out = StringIO()
    call_command("guide", stdout=out)
    assert out.getvalue().strip() == guide_ask.section().strip()
    page = tmp_path / "ask.md"
    page.write_text(f"# Ask\n\n{guide_ask.HEAD}\n\n- Old?\n\n## Next\n\nStays.\n")
    monkeypatch.setattr(guide_ask, "PAGE", page)
    call_command("guide", write=True, stdout=out)
    assert page.read_text() == f"# Ask\n\n{guide_ask.HEAD}\n\n{guide_ask.section()}## Next\n\nStays.\n"


def test_raw_html_stays_text(written):
    body = written("# <b>x</b>\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n![a](https://example.com/x.png)")
    assert re.findall(r"<(\w+)", body) == ["h1", "p", "p", "p"]  # no script, no picture of a stranger, no link that runs


def test_links_between_files_become_links_between_pages_and_headings_have_anchors(written):
    body = written("# A\n\n## Two words, here\n\n[x](index.md#simulated) [y](how-we-rank.md) [z](https://example.com/a.md)")
    assert re.findall(r'href="([^"]+)"', body) == ["/guide/#simulated", "/guide/how-we-rank/", "https://example.com/a.md"]
    assert 'id="two-words-here"' in body


def test_a_picture_that_is_not_there_is_named(written):
    assert "(A chart)" in written("# A\n\n![A chart](images/none.png)")


def test_an_unknown_page_is_a_404_that_names_the_others(empty, client: Client):
    response = client.get("/guide/nothing/")
    assert response.status_code == 404 and "/guide/how-we-rank/" in response.content.decode()
    assert client.get("/guide/../settings/").status_code == 404


@pytest.mark.parametrize(("path", "expected"), [
    ("/history/x/", "/guide/history/"), ("/status/", "/guide/status/"), ("/nothing/", "/guide/"), ("/watchlist/?base=BTC", "/guide/watchlist/"),
])
def test_each_page_leads_to_its_explanation(path, expected):
    assert guide.read_about(path) == expected


def test_pages_carry_the_link_and_the_guide_does_not(empty, client):
    assert 'href="/guide/status/">How to read this page' in client.get("/status/").content.decode()
    assert 'href="/guide/api/">How to read this page' in client.get("/api/").content.decode()
    assert "How to read this page" not in client.get("/guide/terms/").content.decode()
