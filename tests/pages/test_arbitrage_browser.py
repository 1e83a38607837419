"""The arbitrage pages in Chromium: accessibility in every state and size, rows that stay, keys, no script."""

from datetime import UTC, datetime, timedelta

import pytest

from markets import episodes, turns
from tests.markets import gaps
from tests.markets.gaps import BUY, SELL
from tests.pages import market
from tests.pages.axe import Axe
from tests.pages.test_browser import SIZES, THEMES, swapped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROUTE = f"/arbitrage/POL-USDT/?buy={BUY}&sell={SELL}"
PAGES = ("/arbitrage/", "/arbitrage/?fees=0.5&min_depth=9000", ROUTE)


@pytest.fixture
def site(live_server, empty, monkeypatch):
    """A running site over the small market of gaps, just answered."""
    monkeypatch.setattr(turns, "async_task", lambda *_, **__: None)
    now = datetime.now(UTC)
    gaps.fill(now - timedelta(seconds=12))
    episodes.scan(now - timedelta(seconds=12))
    again(now)
    return live_server.url


def again(now, bid="0.8241"):
    gaps.tick(now, bid)
    gaps.books(now)
    episodes.scan(now)
    market.forget()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, browser):
    for name, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=THEMES[name], reduced_motion="reduce")
        for path in PAGES:
            page.goto(site + path)
            page.evaluate("document.querySelectorAll('main details:not(#filters)').forEach(each => { each.open = true })")
            report = Axe().run(page)
            assert report.violations_count == 0, f"{path} {name}\n{report.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {width}"
        page.close()


def test_on_a_phone_a_gap_has_an_age_and_its_figures_have_names(site, browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(site + "/arbitrage/")
    row = page.locator("#routes [data-row]").first
    labels = "cells => cells.filter(c => c.offsetParent).map(c => getComputedStyle(c, '::before').content.replaceAll('\"', '').trim())"
    assert row.locator(".num").evaluate_all(labels) == ["Net", "For your amount", "Age"]
    assert row.locator(".age").inner_text().endswith(" s")
    page.close()


def test_rows_stay_while_numbers_change_and_keys_reach_them(site, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(site + "/arbitrage/")
    row = page.locator("#routes tbody").first
    row.locator("summary").click()
    name = row.get_attribute("id")
    page.evaluate("id => { document.getElementById(id).mark = 'the same node' }", name)
    again(datetime.now(UTC) + timedelta(seconds=1.1))
    with page.expect_response(swapped):
        page.evaluate("htmx.trigger('#live', 'pebble:refresh')")
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping')")
    assert page.evaluate("id => document.getElementById(id).mark", name) == "the same node"
    assert page.locator(f"#d-{name}").get_attribute("open") is not None
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/arbitrage/POL-USDT/**")
    assert page.locator("#answer").inner_text().startswith("Executable")
    assert wrong == []
    page.close()


def test_without_scripts_everything_is_there(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/arbitrage/")
    page.fill("#in-amount", "500")
    page.locator(".amount-form button").click()
    assert "amount=500" in page.url
    page.locator("#not-executable > summary").click()
    assert page.locator("#not-executable .why-cell").count() == 3
    page.locator("#filters summary").click()
    page.fill("#in-depth", "5000")
    page.locator("#filters button").click()
    assert "hidden by your filters" in page.locator("#answer").inner_text()
    context.close()
