"""The compare page at an amount, in a browser: axe, phones, what is remembered, and typing that outlives a refresh."""

import pytest

from tests.pages.axe import Axe
from tests.pages.test_browser import refresh, site, site_page  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKED = "/compare/BTC-USDT/?amount=5000"


@pytest.mark.parametrize("width", [1280, 390])
def test_an_order_and_everything_that_opens_pass_axe(site_page, width):  # noqa: F811
    page = site_page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(page.site + ASKED)
    page.locator("#fees-own summary").click()
    page.locator("details[id^=d-] summary").first.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_an_amount_and_fees_are_remembered_and_forgotten(site_page):  # noqa: F811
    page = site_page
    page.goto(page.site + ASKED)
    page.goto(page.site + "/compare/ETH-USDT/")
    page.wait_for_url("**/compare/ETH-USDT/?amount=5%2C000")
    page.fill("#amount", "")
    page.locator(".amount-form button").click()
    page.wait_for_url("**amount=&unit=quote")
    page.goto(page.site + "/compare/BTC-USDT/")
    assert page.input_value("#amount") == "" and page.url.endswith("/compare/BTC-USDT/")


def test_what_is_being_typed_outlives_a_refresh(site_page):  # noqa: F811
    page = site_page
    page.goto(page.site + ASKED)
    page.fill("#amount", "777")
    refresh(page)
    assert page.input_value("#amount") == "777"
