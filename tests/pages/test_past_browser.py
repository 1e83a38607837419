"""The detail chart and the watch list in Chromium: what their scripts add, silently and within the content policy."""

from datetime import UTC, datetime

import pytest

from markets.reads import deviation
from tests.markets import past
from tests.pages.axe import Axe
from tests.pages.market import FIRST, SECOND
from tests.pages.test_browser import refresh, site, site_page  # noqa: F401  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_detail_chart_draws_reads_off_and_survives_a_refresh(site_page):  # noqa: F811
    page = site_page
    past.fill("BTCUSDT", {FIRST: ["64200", None, "64210", "64205"], SECOND: ["64201", "64202", "64203", "64204"]}, datetime.now(UTC), 300)
    deviation.forget()
    page.goto(page.site + "/compare/BTC-USDT/?range=24h")
    assert page.locator("svg.deviation.wide").is_visible() and not page.locator("svg.deviation.narrow").is_visible()
    assert page.evaluate("typeof uPlot") == "undefined"  # 50 KB that most visitors never need
    page.get_by_role("button", name="Look closer").click()
    page.wait_for_selector("#detail canvas")
    refresh(page)
    assert page.locator("#detail canvas").count() == 1
    page.get_by_role("button", name="Distances, bps").click()
    over = page.locator("#detail .u-over")
    over.hover(position={"x": over.bounding_box()["width"] - 3, "y": 20})
    page.wait_for_function("() => /[0-9]/.test(document.querySelectorAll('#detail .u-value')[1].textContent)")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.locator(".theme").click()
    assert page.locator("#detail canvas").count() == 1 and page.wrong == []


def test_on_a_phone_the_narrow_drawing_is_shown(site_page):  # noqa: F811
    page = site_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.site + "/compare/BTC-USDT/?range=1h")
    assert page.locator("svg.hours.narrow").is_visible() and not page.locator("svg.hours.wide").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_browsers_list_follows_what_is_changed_on_it_and_keeps_apart_from_others(site_page):  # noqa: F811
    page = site_page
    stored = "() => localStorage.getItem('pebble.watch')"
    page.goto(page.site + "/watchlist/")
    page.fill("#add", "btc")
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector("#p-BTC-USDT")
    assert page.evaluate(stored) == '["BTC"]' and not page.locator("#other-list").is_visible()
    page.goto(page.site + "/watchlist/")
    page.wait_for_url("**/watchlist/?base=BTC")
    page.goto(page.site + "/watchlist/?base=ETH,SOL")
    assert page.locator("#other-list").is_visible()
    refresh(page)
    assert page.locator("#other-list").is_visible() and page.evaluate(stored) == '["BTC"]'
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.get_by_role("button", name="Keep this list here").click()
    assert page.evaluate(stored) == '["ETH","SOL"]' and not page.locator("#other-list").is_visible()
    page.get_by_role("link", name="ETH × remove").click()
    page.wait_for_url("**/watchlist/?base=SOL")
    page.get_by_role("link", name="SOL × remove").click()
    page.wait_for_selector(".empty")
    assert page.evaluate(stored) == "[]" and page.wrong == []
