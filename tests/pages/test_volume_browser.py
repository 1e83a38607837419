"""The pages of volume and of copy trading in Chromium: accessibility in every state, no sideways scroll, rows that stay, no script."""

import re

import pytest

from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.test_browser import SIZES, THEMES, refresh, site, site_page  # noqa: F401 - fixtures
from tests.pages.test_copy import KEYS, traders  # noqa: F401 - a fixture
from tests.pages.test_volume import remembered  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = ("/volume/", "/volume/?search=nothing-like-this", "/copy/", "/copy/?min_days=500&max_fall_pct=5")


@pytest.fixture
def keys(monkeypatch):
    for name in KEYS:
        monkeypatch.setenv(name, "invented")


def sound(page, path, width):
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    for summary in page.locator("table summary").all()[:2]:
        summary.click()
    results = Axe().run(page)
    assert results.violations_count == 0, f"{path} {width}\n{results.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {width}"


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, browser, traders, remembered, size):  # noqa: F811
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=THEMES[size], reduced_motion="reduce")
    for path in PATHS:
        page.goto(site + path)
        sound(page, path, width)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways at 320"
    page.close()


def test_the_first_run_and_a_missing_key_pass_too(live_server, browser, empty, monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for path in ("/volume/", "/copy/"):
        page.goto(live_server.url + path)
        sound(page, path, 390)
    page.close()


def test_rows_stay_while_figures_change_and_an_opened_one_stays_open(site_page, remembered):  # noqa: F811
    page = site_page
    page.goto(page.site + "/volume/")
    page.locator("#d-v-BTC summary").click()
    page.evaluate("document.querySelector('#v-BTC').mark = 'the same node'")
    market.forget()
    refresh(page)
    assert page.evaluate("document.querySelector('#v-BTC').mark") == "the same node"
    assert page.locator("#d-v-BTC").get_attribute("open") is not None
    page.locator("body").press("j")  # on from the opened row
    page.locator("body").press("Enter")
    page.wait_for_url(re.compile("/assets/(?!btc/)[a-z]+/$"))
    assert page.wrong == []
