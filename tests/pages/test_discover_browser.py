"""Discovery and the overview's new controls in Chromium: accessibility in every state, no sideways scroll, keys, and what is fetched ahead."""

import pytest

from tests.pages.axe import Axe
from tests.pages.test_browser import SIZES, THEMES, site, site_page  # noqa: F401 - fixtures
from tests.pages.test_discover import news  # noqa: F401 - a fixture
from tests.pages.test_views import at  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = (
    "/discover/", "/discover/?view=only", "/discover/?view=trending", "/discover/?view=only&min_volume_usd=99999999999", "/?amount=1000&hide=gap,strip",
)


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(site, browser, news, size):  # noqa: F811
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=THEMES[size], reduced_motion="reduce")
    for path in PATHS:
        page.goto(site + path)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        results = Axe().run(page)
        assert results.violations_count == 0, f"{path} {width}\n{results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways at {width}"
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways at 320"
    page.close()


def test_rows_are_walked_by_keys_and_a_rested_on_row_is_fetched_ahead(site_page, news):  # noqa: F811
    page = site_page
    page.goto(page.site + "/discover/?view=only")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("/assets/")
    page.keyboard.press("w")  # no star stands in this table: the name says that it is watched
    assert page.evaluate("document.activeElement.closest('tr').matches('.watched')")
    page.goto(page.site + "/volume/")
    page.keyboard.press("j")
    page.keyboard.press("w")
    assert page.evaluate("JSON.parse(localStorage['pebble.watch']).length") == 2
    assert page.evaluate("document.activeElement.closest('tr').matches('.watched')")
    page.goto(page.site + "/")
    page.hover("#p-BTC-USDT .vol-cell")
    page.wait_for_selector("link[rel=prefetch]", state="attached")
    assert page.locator("link[rel=prefetch]").first.get_attribute("href").endswith("/compare/BTC-USDT/")
    page.click("#columns summary")
    page.click("#columns a:has-text('Gap')")
    page.wait_for_url("**/?hide=gap")
    assert not page.locator("th.gap-cell").is_visible()
    assert page.wrong == []
